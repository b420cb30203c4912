"""Rule tables as pages: every row of every table is there, can be linked, and links to its words."""

import re

import pytest

from scrub.cli import main
from scrub.report.rule_pages import make_pages
from scrub.tables import locate, rule_files
from tests.pages import HOSTILE, Page, assert_safe

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return make_pages([locate.locate(name) for name in locate.sets()])


@pytest.fixture(scope="module")
def taken_apart(pages) -> dict[str, Page]:
    return {name: assert_safe(page) for name, page in pages.items()}


def test_every_row_of_every_table_is_a_place(taken_apart):
    for name in locate.sets():
        for sheet in rule_files.load(locate.locate(name)):
            rule_set = name if sheet.name in locate.locate(name).tables else "common"
            page = taken_apart[f"{rule_set}-{sheet.name}.html"]
            ids = {element.attributes.get("id") for element in page.elements if element.name == "tr"}
            own = {rule.rpartition(":")[2] for rule in sheet.rows["rule"] if "/" not in rule}
            assert {f"L{line}" for line in own} <= ids
            assert len(ids - {None}) == len(sheet.rows)


def test_what_a_page_links_to_is_there(taken_apart):
    ids = {name: {e.attributes.get("id") for e in page.elements} for name, page in taken_apart.items()}
    links = 0
    for name, page in taken_apart.items():
        for element in page.elements:
            href = element.attributes.get("href")
            if href and "://" not in href:
                file, _, place = href.partition("#")
                assert file in ("", *ids), f"{name}: {href}"
                assert not place or place in ids[file or name], f"{name}: {href}"
                links += 1
    assert links > 5000


def test_words_link_to_the_list_that_they_are_from(pages):
    row = re.search(r'<tr id="L5".*?</tr>', pages["jwst-product_names.html"], re.DOTALL)[0]
    line = re.search(r'!<a href="jwst-lists.html#L(\d+)">tac</a>', row)[1]
    target = re.search(rf'<tr id="L{line}".*?</tr>', pages["jwst-lists.html"], re.DOTALL)[0]
    assert "product_group" in target
    assert ">tac<" in target
    assert '<a href="jwst-features.html#L2">instr</a>' in pages["jwst-encodings.html"]


def test_a_closed_row_says_by_which_edition(pages):
    closed = re.findall(r'<tr id="L\d+" class="closed">.*?</tr>', pages["jwst-product_names.html"], re.DOTALL)
    assert len(closed) == 1
    assert '<span class="e0">1</span> closed by 2' in closed[0]
    since = [row for row in re.findall(r"<tr id=.*?</tr>", pages["jwst-product_names.html"]) if "from 2" in row]
    assert all('<span class="e1">2</span><span class="e2">3</span> from 2' in row for row in since)
    assert since


def test_a_page_explains_its_columns(taken_apart):
    text = taken_apart["jwst-keywords.html"].text
    assert "It looks at: FITS keyword; it says: its header and kind" in text
    assert "Digits, zero-padded" in text
    assert "asked in turn 4" in taken_apart["jwst-product_names.html"].text


def test_rows_of_an_overlay_stand_beside_those_that_ship(tmp_path, capsys):
    folder = tmp_path / "mine" / "jwst"
    folder.mkdir(parents=True)
    notes = [name.replace('"', '""') for name in HOSTILE if name.isprintable()]
    rows = [f'filter,F55{i}W,{52 + i},,,https://example.org/{i},"{note}"' for i, note in enumerate(notes)]
    rows.append("filter,F600W,99,,,javascript:alert(1),")
    (folder / "encodings.csv").write_text("\n".join(["column,value,code,since,until,source,note", *rows, ""]))
    assert main.main(["rules", "html", str(tmp_path / "pages"), "--rules", str(tmp_path / "mine")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'pages' / 'index.html'}\n"
    text = (tmp_path / "pages" / "jwst-encodings.html").read_text()
    page = assert_safe(text)
    assert 'id="mine-jwst-encodings-csv-2"' in text
    assert 'id="L2"' in text
    assert '<a href="https://example.org/0" rel="noreferrer">' in text
    assert "javascript:alert(1)" in page.text
    assert "<script>alert(1)</script>" in page.text


def test_a_broken_table_shows_what_is_broken(tmp_path):
    (tmp_path / "jwst").mkdir()
    (tmp_path / "jwst" / "encodings.csv").write_text("column,value,code,since,until,source,note\nfilter,<b>,1\n")
    pages = make_pages([locate.locate(tmp_path)])
    assert "encodings.csv:2: file: 3 cells; the header has 7" in assert_safe(pages["jwst-encodings.html"]).text


def test_no_such_rules_is_2_and_writes_nothing(tmp_path, capsys):
    assert main.main(["rules", "html", str(tmp_path / "pages"), "--rules", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "pages").exists()
