"""Files far away: the same answer as near ones, few bytes, and a reason for each that cannot be read."""

import gzip
import shutil
import subprocess
import sys

import fsspec
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from scrub import hst_cal, jwst
from scrub.cli import main
from scrub.files import remote_access, remote_errors
from scrub.files.table_files import SourceError
from tests.range_server import serve

NAME = "jw09999001001_02101_00001_nrca1_uncal.fits"
OTHER = NAME.replace("nrca1", "nrca2")
FRAMES = ("members", "products", "rejected")
LARGE = 50_000_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Errors are asked again at once."""
    monkeypatch.setattr(remote_errors, "WAITS", (0.0, 0.0, 0.0))


def wait_briefly(monkeypatch, faults):
    """Give a slow server half a second; every other one has its 30 seconds."""
    if "slow" in faults:
        monkeypatch.setattr("scrub.files.http_parts.LIMIT", 0.5)


@pytest.fixture
def folder(fits_folder, tmp_path):
    """Two good files."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in (NAME, OTHER):
        shutil.copy(fits_folder / name, folder / name)
    return folder


@pytest.fixture
def server(folder):
    with serve(folder) as server:
        yield server


@pytest.fixture
def memory(folder):
    """The two files in the memory of fsspec; its URL."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    for path in folder.iterdir():
        fs.pipe_file(f"/data/{path.name}", path.read_bytes())
    yield "memory://data"
    fs.store.clear()


def make_large(path):
    """Put 50 MB of pixels behind the SCI header: a sparse file."""
    card = b"NAXIS   =                    0"
    data = path.read_bytes()
    at = data.rindex(card)
    data = (
        data[:at]
        + b"NAXIS   =                    1"
        + data[at + len(card) :].replace(
            b"PCOUNT  =                    0", b"NAXIS1  =" + str(LARGE).encode().rjust(21), 1
        )
    )
    path.write_bytes(data)
    with path.open("r+b") as stream:
        stream.truncate(-(-(len(data) + LARGE) // 2880) * 2880)


def assert_same(far, near, prefix):
    """The answers are equal; the column ``file`` has the URL."""
    for name in FRAMES:
        assert_frame_equal(getattr(far, name), getattr(near, name))
    assert_frame_equal(far.exposures.drop(columns="file"), near.exposures.drop(columns="file"))
    assert far.exposures["file"].tolist() == [f"{prefix}/{name}" for name in near.exposures["file"]]
    assert far.ledger["files"] == near.ledger["files"]
    for group, frame in near.features.items():
        assert_frame_equal(far.features[group], frame)


def test_files_in_memory_answer_as_those_of_a_folder(folder, memory):
    near = jwst.run(folder)
    assert len(near.members) == 2
    assert_same(jwst.run(memory), near, memory)


def test_files_of_a_web_server_answer_as_those_of_a_folder(folder, server):
    assert_same(jwst.run(server.url), jwst.run(folder), server.url)
    assert server.requests[NAME] == server.requests[OTHER] == 1


def test_the_whole_sample_answers_as_its_folder(fits_folder):
    with serve(fits_folder) as server:
        near, far = jwst.run(fits_folder), jwst.run(server.url)
        assert len(near.members) == 57
        assert_same(far, near, server.url)
        assert 1 <= server.most_together <= remote_access.AT_ONCE


def test_a_large_file_costs_few_bytes_and_at_most_two_requests(folder, server):
    make_large(folder / NAME)
    near = jwst.run(folder)
    assert len(near.members) == 2
    assert (folder / NAME).stat().st_size > LARGE
    assert_same(jwst.run(server.url), near, server.url)
    assert server.requests[NAME] <= 2
    assert 2880 < server.bytes[NAME] < 100_000


def test_a_header_behind_data_and_a_long_one_are_read_in_parts(folder, server):
    data = (folder / NAME).read_bytes()
    end = b"END".ljust(80)
    more = (b"COMMENT ".ljust(80) * 36) * 22
    at = data.index(end)
    at -= at % 80
    (folder / NAME).write_bytes(data[:at] + more + data[at:])
    near = jwst.run(folder)
    assert len(near.members) == 2
    assert_same(jwst.run(server.url), near, server.url)
    assert server.requests[NAME] == 2
    assert server.bytes[NAME] < 100_000


def test_a_truncated_file_is_rejected_as_it_is_in_a_folder(folder, server):
    make_large(folder / NAME)
    with (folder / NAME).open("r+b") as stream:
        stream.truncate(1_000_000)
    near, far = jwst.run(folder).rejected, jwst.run(server.url).rejected
    assert near["reason"].tolist() == ["truncated in the data of SCI"]
    assert_frame_equal(far.drop(columns="what"), near.drop(columns="what"))
    assert far["what"].tolist() == [f"{server.url}/{NAME}"]


@pytest.mark.parametrize("content", [b"", b"<html>502</html>", b"SIMPLE  =" + b" " * 500])
def test_what_is_no_fits_file_is_rejected_as_it_is_in_a_folder(folder, server, content):
    (folder / NAME).write_bytes(content)
    near, far = jwst.run(folder).rejected, jwst.run(server.url).rejected
    assert len(near) == 1
    assert_frame_equal(far.drop(columns="what"), near.drop(columns="what"))


@pytest.mark.parametrize("fast", [False, True])
def test_a_packed_file_is_read_to_its_end_unless_fast(folder, server, fast):
    packed = gzip.compress((folder / NAME).read_bytes() + bytes(range(256)) * 40_000, compresslevel=0)
    (folder / f"{NAME}.gz").write_bytes(packed[:-8] + b"12345678")
    (folder / NAME).unlink()
    near, far = jwst.run(folder, fast=fast), jwst.run(server.url, fast=fast)
    assert near.rejected["reason"].tolist() == ([] if fast else ["cannot be read: BadGzipFile"])
    assert_frame_equal(far.rejected.drop(columns="what"), near.rejected.drop(columns="what"))
    assert len(far.members) == len(near.members)
    assert (server.bytes[f"{NAME}.gz"] < 100_000) is fast
    assert (server.bytes[f"{NAME}.gz"] == len(packed)) is not fast


FAULTS = {
    "403": (["403"], "forbidden (403)", 1),
    "404": (["404"], "not there (404)", 1),
    "400": (["400"], "the server refused (400)", 1),
    "500": (["500"] * 4, "the server failed (500), 4 times", 4),
    "429": (["429"] * 4, "the server failed (429), 4 times", 4),
    "reset": (["reset"] * 9, "the connection failed, 4 times", None),
    "short": (["short"] * 4, "a short read, 4 times", 4),
    "torn": (["torn"] * 9, "a short read, 4 times", None),
    "slow": (["slow"] * 4, "no answer within 30 s, 4 times", 4),
    "another part": (["other part"], "the server sent another part than was asked for", 1),
}


@pytest.mark.parametrize(("faults", "reason", "requests"), FAULTS.values(), ids=FAULTS)
def test_a_file_that_fails_is_a_reject_with_its_reason_and_ends_nothing(server, monkeypatch, faults, reason, requests):
    wait_briefly(monkeypatch, faults)
    server.faults[NAME] = [*faults]
    answer = jwst.run(server.url)
    row = [f"{server.url}/{NAME}", "files", reason, "", ""]
    assert answer.rejected.to_numpy().tolist() == [row]
    assert answer.members["exposure"].tolist() == [OTHER.removesuffix("_uncal.fits")]
    assert answer.ledger["files"] == {"found": 2, "read": 1, "unreadable": 1}
    assert requests in (None, server.requests[NAME])


@pytest.mark.parametrize("faults", [["500"], ["503", "500", "500"], ["short"], ["torn"], ["slow"], ["reset", "500"]])
def test_an_error_that_passes_leaves_no_trace(folder, server, monkeypatch, faults):
    wait_briefly(monkeypatch, faults)
    server.faults[NAME] = [*faults]
    assert_same(jwst.run(server.url), jwst.run(folder), server.url)
    assert server.requests[NAME] > len(faults)


def test_what_failed_can_be_asked_again_alone(folder, server, tmp_path):
    server.faults[NAME] = ["500"] * 4
    failed = jwst.run(server.url).rejected
    again = tmp_path / "again.txt"
    failed.loc[failed["stage"] == "files", "what"].to_csv(again, index=False, header=False)
    server.requests.clear()
    answer = jwst.run(again)
    assert answer.members["exposure"].tolist() == [NAME.removesuffix("_uncal.fits")]
    assert OTHER not in server.requests


def test_a_server_without_parts_is_read_from_the_start_only(folder, server):
    make_large(folder / NAME)
    near = jwst.run(folder)
    server.has_ranges = False
    assert_same(jwst.run(server.url), near, server.url)
    assert server.bytes[NAME] < 10_000_000, "the connection is closed once the headers are there"


def test_a_redirect_without_end_is_a_reject(server):
    server.faults[NAME] = ["redirect"] * 100
    assert jwst.run(server.url).rejected["what"].tolist() == [f"{server.url}/{NAME}"]


def test_files_one_folder_down_are_read_where_there_is_none(folder, server):
    for name in ("a", "b"):
        (folder / name).mkdir()
    (folder / NAME).rename(folder / "a" / NAME)
    (folder / OTHER).rename(folder / "b" / OTHER)
    (folder / "b" / "deep").mkdir()
    near, far = jwst.run(folder), jwst.run(server.url + "/")
    assert len(near.members) == 2
    assert sorted(far.exposures["file"]) == [f"{server.url}/a/{NAME}", f"{server.url}/b/{OTHER}"]
    assert far.ledger["not_looked_into"] == [f"{server.url}/b/deep/"]
    server.faults["a"] = ["403"]
    answer = jwst.run(server.url)
    assert answer.rejected["reason"].tolist() == ["a folder that cannot be read: forbidden (403)"]
    assert len(answer.members) == 1


LISTS = {
    "text": ("list.txt", lambda lines: "# files\n\n" + "\n".join(lines) + "\n"),
    "dataURI": ("list.csv", lambda lines: "obsID,dataURI,size\n" + "".join(f"1,{line},2\n" for line in lines)),
    "s3_uri": ("list.csv", lambda lines: "URL,S3_URI\n" + "".join(f"file:///x,{line}\n" for line in lines)),
}


@pytest.mark.parametrize(("name", "write"), LISTS.values(), ids=LISTS)
def test_a_list_of_urls_is_an_input_and_bad_lines_are_rejects(folder, server, tmp_path, name, write):
    bad = {
        "file:///etc/passwd": "the protocol file is not read, only s3, https, http, memory",
        "ftp://host/a_uncal.fits": "the protocol ftp is not read, only s3, https, http, memory",
        "zip://a_uncal.fits::https://host/b.zip": "a chained URL: name the file itself",
        "/etc/passwd": "not a URL of s3, https, http, memory",
        "https:///a_uncal.fits": "a URL without a host or a bucket",
        "https://host:port/a_uncal.fits": "a URL that cannot be parsed",
        f"{server.url}/{NAME.replace('uncal', 'cal')}": "not a name that is asked for (--prefix, --suffix)",
    }
    path = tmp_path / name
    path.write_text(write([f"{server.url}/{NAME}?token=secret", *bad, f"{server.url}/{OTHER}"]))
    answer = jwst.run(path)
    assert dict(answer.rejected[["what", "reason"]].to_numpy().tolist()) == bad
    assert len(answer.members) == 2
    assert answer.ledger["files"] == {"found": 2 + len(bad), "read": 2, "unreadable": len(bad)}
    assert server.queries.count("token=secret") == 1
    assert not answer.exposures["file"].str.contains("secret").any()


def test_a_frame_with_a_column_of_urls_is_an_input_and_one_with_keywords_is_a_table(memory, sample):
    urls = [f"{memory}/{name}" for name in (NAME, OTHER)]
    assert len(jwst.run(pd.DataFrame({"uri": urls})).members) == 2
    assert jwst.run(sample.assign(uri=urls[0])).ledger["exposures"]["in"] == 57
    with pytest.raises(SourceError, match="the table has no column PROGRAM"):
        jwst.run(pd.DataFrame({"other": urls}))


def test_no_secret_is_in_any_message(server, tmp_path, capsys):
    server.faults[NAME] = ["403"]
    secret = server.url.replace("http://", "http://me:s3cr3t@")
    (tmp_path / "list.txt").write_text(f"{secret}/{NAME}?key=s3cr3t\nftp://me:s3cr3t@host/b_uncal.fits?s3cr3t\n")
    for source in (str(tmp_path / "list.txt"), f"{secret}/nothing?key=s3cr3t", "ftp://me:s3cr3t@host/a?key=s3cr3t"):
        assert main.main(["jwst", source, "--out", str(tmp_path / "out"), "-v"]) in (1, 3)
    shown = "".join(capsys.readouterr())
    assert "forbidden (403)" in shown
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert f"{server.url}/{NAME}".encode() in written
    assert "s3cr3t" not in shown
    assert b"s3cr3t" not in written


REFUSED = {
    "file:///etc/passwd": "the protocol file is not read",
    "ftp://host/folder": "the protocol ftp is not read",
    "zip://a.fits::https://host/b.zip": "a chained URL",
    "simplecache::s3://bucket/folder": "a chained URL",
    "https://host/table.csv": "a table far away is not read",
    "memory://nowhere": "not there",
    "https://host/folder?key=1": "a folder with a query is not read",
}


@pytest.mark.parametrize(("url", "reason"), REFUSED.items(), ids=REFUSED)
def test_a_url_that_is_no_input_is_refused_by_name(url, reason, capsys):
    assert main.main(["jwst", url]) == 3
    assert capsys.readouterr().err.startswith(f"skyscrub: {url.partition('?')[0]}: {reason}")


def test_a_folder_far_away_without_files_is_refused(server):
    with pytest.raises(SourceError, match="no files of the names"):
        jwst.run(server.url, suffix="_rate.fits")


def test_a_cache_is_of_near_folders_alone(memory, tmp_path):
    with pytest.raises(SourceError, match="leave --cache out for memory://data"):
        jwst.run(memory, cache=tmp_path / "cache.parquet")


def test_other_pipelines_refuse_urls_in_a_sentence(memory):
    with pytest.raises(SourceError, match="memory://data: URLs are no input here"):
        hst_cal.run(memory)


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert main.main(["jwst", "s3://bucket/folder"]) == 3
    assert "pip install 'skyscrub[remote]'" in capsys.readouterr().err


def test_a_run_on_urls_writes_its_folder_and_nothing_else(memory, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    assert main.main(["jwst", memory, "--out", "out"]) == 0
    assert set(tmp_path.iterdir()) - before == {tmp_path / "out"}
    assert main.main(["verify", "out"]) == 0


def test_a_table_with_a_keyword_is_no_list_of_files(memory):
    table = pd.DataFrame({"uri": [f"{memory}/{NAME}"], "PROGRM": ["1"], "EXP_TYPE": ["NRC_IMAGE"]})
    with pytest.raises(SourceError, match="PROGRM"):
        jwst.run(table)


@pytest.mark.slow
def test_rules_take_urls_too_and_show_no_secret(server, capsys):
    (server.folder / "bad_uncal.fits").write_bytes(b"no FITS file")
    url = server.url.replace("http://", "http://me:s3cr3t@")
    assert main.main(["rules", "check", "--on", url]) == 1
    shown = capsys.readouterr().out
    assert f"{server.url}/bad_uncal.fits:1: file: not a FITS file" in shown
    for form in ("text", "json", "markdown", "sarif"):
        assert main.main(["rules", "diff", "jwst@1", "jwst@2", "--on", url, "--format", form]) == 0
        shown += "".join(capsys.readouterr())
    assert f"on {server.url}" in shown
    assert "s3cr3t" not in shown


def test_a_table_near_by_loads_nothing_of_the_extra():
    code = "import sys; from scrub import jwst, samples; jwst.run(samples.TABLE); print({'fsspec', 'aiohttp', 'botocore'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
