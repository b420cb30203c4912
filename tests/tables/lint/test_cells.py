"""Cells of rule tables: words off their list, and cells that break the contract of their table."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from scrub import tables
from scrub.files.shipped import find
from scrub.tables.declare import section
from scrub.tables.findings import RuleError
from scrub.tables.lint.cells import _COMPARED, _has_contract, _name_nearest, find_breaches, find_cells, find_undated
from scrub.tables.lint.check import check
from tests.many import MANY, RULES, WORDS


@pytest.mark.parametrize("listed", [["w", "none"], [f"v{i}" for i in range(MANY)]], ids=["short", "long"])
def test_many_words_off_a_list_are_told(listed):
    rows = pd.DataFrame({"k": WORDS, "a": WORDS, "rule": RULES})
    found = list(find_cells(rows, section("t", policy="list", key=["k"], answers={"a": "l"}), {"l": listed}))
    assert [f.rule for f in found] == RULES
    assert found[0].case.startswith("'w0' is not on the list (")


def overlay_of(table: str, old: str, new: str) -> Path:
    """A copy of the shipped JWST rules with one cell changed."""
    folder = Path(shutil.copytree(find("rules") / "jwst", Path.cwd() / "jwst"))
    text = (folder / table).read_text()
    assert text.count(old) == 1
    (folder / table).write_text(text.replace(old, new))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "old", "new", "column"),
    [
        ("features.csv", "BKGDTARG,boolean,0,", "BKGDTARG,boolean,NONE,", "missing"),
        ("features.csv", "BKGDTARG,boolean,0,", "BKGDTARG,boolean,0.5,", "missing"),
        ("features.csv", "GS_MAG,continuous,0,", "GS_MAG,continuous,reject,", "missing"),
        ("features.csv", "GS_MAG,continuous,0,", "GS_MAG,continuous,nan,", "missing"),
    ],
)
def test_a_cell_that_would_stop_a_run_breaks_its_contract(table, old, new, column, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = check(overlay_of(table, old, new))
    assert [(f.kind, f.column) for f in found] == [("contract", column)]
    with pytest.raises(RuleError, match=f"{table}:[0-9]+: contract: {column}: "):
        tables.read(Path("jwst").absolute())


@pytest.mark.parametrize(("first", "kinds"), [("999", []), ("1000", ["contract"]), ("9" * 30, ["contract"])])
def test_a_name_keeps_at_most_999_characters_of_a_word(first, kinds):
    rows = {"first": [first], "rule": ["name_parts.csv:2"]}
    assert [f.kind for f in find_breaches("name_parts", rows)] == kinds


@pytest.mark.parametrize(
    ("since", "until", "count"), [("1", "2", 0), ("2", "2", 1), ("3", "2", 1), ("", "1", 1), ("3", "", 0)]
)
def test_a_row_that_ends_when_it_begins_is_never_in_force(since, until, count):
    row = {"rule": "t.csv:2", "since": since, "until": until, "source": "a page", "note": ""}
    findings = list(find_undated({name: [word] for name, word in row.items()}, ["1", "2", "3"]))
    assert [finding.kind for finding in findings] == ["edition"] * count


@pytest.mark.parametrize(("before", "is_named"), [(0, True), (400, True), (401, False)])
def test_the_nearest_word_is_named_until_too_many_were_compared(before, is_named):
    words = [f"v{i}" for i in range(_COMPARED // 400)]
    assert ("nearest: 'v12'" in _name_nearest("v12x", words, before)) == is_named


def test_a_name_that_leads_elsewhere_is_no_contract():
    assert _has_contract("agreements")
    assert not _has_contract("../rules/agreements")
