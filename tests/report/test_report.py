"""The report of a run: it says what the ledger and the tables say, whatever they hold, and asks for nothing."""

import json
import re
import shutil
import sys

import pandas as pd
import pytest

from scrub import tables
from scrub.cli import main
from scrub.report import render
from scrub.report.page import MOST_ROWS, report
from tests.pages import HOSTILE, assert_safe


@pytest.fixture(scope="module")
def page(saved):
    return report(saved)


@pytest.fixture
def copy(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "out")


def rows_of(text: str) -> list[list[str]]:
    """The cells of every table row of a page, as text."""
    cells = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
    return [[re.sub("<[^>]+>", "", cell) for cell in cells.findall(row)] for row in re.findall("<tr>.*?</tr>", text)]


def test_the_page_says_what_the_ledger_says(saved, page):
    ledger = json.loads((saved / "ledger.json").read_text())
    taken_apart = assert_safe(page.page)
    assert page.good
    for part in ("files", "exposures", "products"):
        for name, number in ledger[part].items():
            assert f"{number:,} {name.replace('_', ' ')}" in taken_apart.text
    rows = rows_of(page.page)
    assert ["run", ledger["run"]] in rows
    assert ["edition", "3"] in rows
    assert ["fingerprint of rules and contracts", ledger["fingerprint"]["all"]] in rows
    assert ["F200WX", "PUPIL", "NIRCAM", "1"] in rows


def test_rejects_are_counted_by_reason_and_listed(saved, page):
    rejected = pd.read_csv(saved / "rejected.csv", keep_default_na=False)
    rows = rows_of(page.page.replace("&lt;", "<").replace("&gt;", ">"))
    assert len(rejected) == 3
    for what, stage, reason, column, _ in rejected.itertuples(index=False, name=None):
        assert any(row[:5] == ["1", reason, column, stage, what] for row in rows)
        assert any(row[:4] == [what, stage, reason, column] for row in rows)


def test_every_product_is_listed_with_its_rule_and_whether_it_has_features(saved, page):
    members = pd.read_csv(saved / "members.csv").dropna(subset="product_id").drop_duplicates("product_id")
    named = dict(zip(members["product_id"], members["rule"], strict=True))
    listed = {row[0]: row for row in rows_of(page.page) if row and row[0] in named}
    assert set(listed) == set(named)
    assert {name: row[-2] for name, row in listed.items()} == named
    assert sum(row[-1] == "none" for row in listed.values()) == 1


def test_the_rules_that_fired_stand_with_their_sources(saved, page):
    members = pd.read_csv(saved / "members.csv")
    rows = {row[0]: row for row in rows_of(page.page) if row and ".csv:" in row[0]}
    naming = {row["rule"]: row for row in tables.read("jwst")["product_names"].records()}
    for rule, number in members["rule"].value_counts().items():
        assert rows[rule][1] == str(number)
    assert rows["product_names.csv:2"][4] == naming["product_names.csv:2"]["source"]
    assert {rule.partition(".")[0] for rule in rows} >= {"exposure_types", "product_names", "encodings", "targets"}


def test_a_file_that_changed_is_reported(copy, capsys):
    with (copy / "products.csv").open("a") as stream:
        stream.write("torn\n")
    assert main.main(["report", str(copy)]) == 1
    text = (copy / "report.html").read_text()
    assert "products.csv: changed since the run" in text
    assert "products.csv: 1 torn line(s)" in text
    assert capsys.readouterr().out == f"{copy / 'report.html'}\n"


def test_a_table_that_breaks_its_contract_is_reported(copy):
    text = (copy / "products.csv").read_text().replace(",80.0,-69.5,", ",80.0,-99.5,")
    (copy / "products.csv").write_text(text)
    page = report(copy)
    assert not page.good
    assert ["1", "TARG_DEC", "outside -90..90", "-99.5"] in rows_of(page.page)


@pytest.mark.slow
def test_a_table_that_is_gone_is_reported(copy):
    (copy / "products.csv").unlink()
    page = report(copy)
    assert not page.good
    assert "products.csv: gone" in page.page
    assert_safe(page.page)


@pytest.mark.slow
def test_other_rules_are_named_and_explain_nothing(saved):
    page = report(saved, edition="2").page
    assert "edition 3, here 2" in page
    assert "product_names.csv:2</th>" not in page


def test_hostile_names_are_text(hostile):
    page = report(hostile).page
    text = assert_safe(page).text
    for name in HOSTILE:
        shown = render.show(name)
        assert shown in text, name
    assert "\u202e" not in page
    assert "\\u202e" in page


@pytest.mark.slow
def test_a_hostile_ledger_is_text(copy):
    ledger = json.loads((copy / "ledger.json").read_text())
    ledger |= {
        "run": "<script>1</script>", "new_words": [{"word": ["<i>"], "keyword": {}}, "x"], "input": 7,
        "not_looked_into": ["<b>"], "files": {"found": -3, "read": "x"}, "products": {"in": True}, "exposures": [],
    }  # fmt: skip
    (copy / "ledger.json").write_text(json.dumps(ledger))
    page = report(copy)
    assert not page.good
    assert "<script>1" in assert_safe(page.page).text


@pytest.mark.slow
def test_a_run_of_own_rules_is_reported_with_them(tmp_path, sample, capsys):
    folder = tmp_path / "mine" / "jwst"
    folder.mkdir(parents=True)
    row = "filter,F555W,52,,,https://example.org/filters,"
    (folder / "encodings.csv").write_text(f"column,value,code,since,until,source,note\n{row}\n")
    sample.assign(FILTER=sample["FILTER"].replace("F770W", "F555W")).to_csv(tmp_path / "table.csv", index=False)
    rules, out = ["--rules", str(tmp_path / "mine")], tmp_path / "out"
    assert main.main(["jwst", str(tmp_path / "table.csv"), "--out", str(out), *rules]) == 0
    assert main.main(["report", str(out)]) == 2
    assert main.main(["report", str(out), *rules]) == 0
    page = (out / "report.html").read_text()
    assert '<a href="https://example.org/filters" rel="noreferrer">' in page
    assert any(row[0] == "mine/jwst/encodings.csv:2" and row[3] == "code=52" for row in rows_of(page) if row)
    assert main.main(["verify", str(out)]) == 0
    capsys.readouterr()


@pytest.mark.slow
def test_what_is_unknown_and_what_is_borrowed_is_reported(saved, tmp_path):
    table, out = saved.parent / "table.csv", tmp_path / "out"
    assert main.main(["jwst", str(table), "--out", str(out), "--rules", "jwst_dms"]) == 1
    page, ledger = report(out).page, json.loads((out / "ledger.json").read_text())
    assert ledger["exposures"]["unknown"] > 0
    assert f"{ledger['exposures']['unknown']} unknown" in assert_safe(page).text
    assert "jwst/encodings.csv:" in page


@pytest.mark.slow
def test_hst_runs_have_a_report(saved_hst):
    for name, results in (("hst-svm", 12), ("hst-cal", 8)):
        page = report(saved_hst[name])
        assert page.good
        assert f"{results} raw features" in assert_safe(page.page).text
        assert "encodings.csv:" in page.page


@pytest.mark.slow
def test_parquet_and_csv_give_one_report(saved, tmp_path):
    table = saved.parent / "table.csv"
    assert main.main(["jwst", str(table), "--out", str(tmp_path / "parquet"), "--format", "parquet"]) == 1

    def sections(folder):
        return report(folder).page.partition('id="rejects"')[2].partition("<footer>")[0]

    assert sections(tmp_path / "parquet") == sections(saved)


def test_a_long_table_is_cut_and_says_so():
    from scrub.report.page import _list_rows

    listing = _list_rows(pd.DataFrame({"what": range(MOST_ROWS + 5)}), "rejects", ["what"])
    assert (len(listing.rows), listing.total) == (MOST_ROWS, MOST_ROWS + 5)


@pytest.mark.slow
def test_the_same_run_gives_the_same_page(saved, page):
    assert report(saved).page == page.page


@pytest.mark.slow
def test_what_cannot_be_reported_ends_in_a_sentence(saved, copy, tmp_path, capsys, monkeypatch):
    assert main.main(["report", str(tmp_path)]) == 3
    assert "no ledger.json" in capsys.readouterr().err
    before = (copy / "products.csv").read_bytes()
    assert main.main(["report", str(copy), "--html", str(copy / "products.csv")]) == 3
    assert "would replace it" in capsys.readouterr().err
    assert (copy / "products.csv").read_bytes() == before
    ledger = json.loads((copy / "ledger.json").read_text()) | {"rules": "mine"}
    (copy / "ledger.json").write_text(json.dumps(ledger))
    assert main.main(["report", str(copy)]) == 2
    assert "name their folder by --rules" in capsys.readouterr().err
    render._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert main.main(["report", str(saved), "--html", str(tmp_path / "r.html")]) == 3
    assert "pip install 'skyscrub[report]'" in capsys.readouterr().err
    assert not (tmp_path / "r.html").exists()
