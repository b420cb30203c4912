"""URLs: no secret is shown, and what is not read is refused before it is opened."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.files import urls

SECRET = st.text("SECRET/:%+=!", min_size=4).map(lambda text: f"5ECRET{text}5ECRET")
PART = st.text("abc._-0", min_size=1, max_size=8)


@given(st.sampled_from([*urls.PROTOCOLS, "ftp", "file", "zip"]), PART, PART, SECRET, SECRET)
def test_no_user_no_password_and_no_query_is_shown(protocol, host, name, password, query):
    user = password.replace("/", "")
    for url in (f"{protocol}://{user}@{host}/{name}?{query}", f"{protocol}://me:{user}@{host}/{name}?{query}#{query}"):
        assert "5ECRET" not in urls.show(url)
        assert urls.show(url).endswith(f"{host}/{name}")
        assert "5ECRET" not in urls.find_fault(url)


def test_a_password_with_a_slash_is_not_shown():
    assert urls.show("https://me:pass/word@host/a") == "https://host/a"


@given(st.text(max_size=30))
def test_any_text_is_judged_and_shown(text):
    fault = urls.find_fault(text)
    assert fault == "" or len(fault) > 10
    if not fault:
        assert urls.protocol(text) in (*urls.PROTOCOLS, "mast")
    urls.show(text).encode("utf-8")


READ = ["s3://bucket/a", "https://host/a", "http://[::1]:80/a", "memory://a", "mast:JWST/product/a", "S3://bucket/a::b".replace("::", ":")]  # fmt: skip


@pytest.mark.parametrize("url", READ)
def test_what_is_read_has_no_fault(url):
    assert urls.is_url(url)
    assert urls.find_fault(url) == ""


UNREAD = ["file:///a", "ftp://host/a", "gs://bucket/a", "zip://a::s3://b/c", "s3://b/a::zip://c", "simplecache::s3://b/c", "https://", "s3://", "http://host:port/a", "http://[::1/a", "https://host/a b", "https://host/a\nb", "data:,x", "a.fits", ""]  # fmt: skip


@pytest.mark.parametrize("url", UNREAD)
def test_what_is_not_read_has_one(url):
    assert urls.find_fault(url)


@pytest.mark.parametrize("path", ["folder", "/a/b", "C:\\a", "C:/a", "a:b", "sample.csv", "a::b"])
def test_paths_are_no_urls(path):
    assert not urls.is_url(path)


def test_a_mast_uri_is_asked_of_the_archive_and_cannot_name_another_server():
    asked = urls.resolve("mast:JWST/product/a b&c?uri=d#e")
    assert asked == urls.MAST + "mast:JWST/product/a%20b%26c%3Furi%3Dd%23e"
    assert urls.resolve("https://host/a") == "https://host/a"


def test_the_best_column_of_a_table_is_taken():
    table = pd.DataFrame({"dataURI": ["mast:a"], " URL ": ["https://host/a"], "S3_URI": [None]})
    assert urls.take_column(table) == [""]
    assert urls.take_column(table.drop(columns="S3_URI")) == ["https://host/a"]
    assert urls.take_column(table[["dataURI"]]) == ["mast:a"]
    assert urls.take_column(pd.DataFrame({"url_of": ["https://host/a"]})) is None
