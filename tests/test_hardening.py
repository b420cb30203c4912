"""Hostile and large inputs: answers stay right, in time that grows with their rows; what is broken is told."""

import re
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import tables
from scrub.files.shipped import find
from scrub.tables.diff.versions import read as read_version
from scrub.tables.findings import Finding, RuleError
from scrub.tables.lint.cells import find_breaches, find_cells
from scrub.tables.lint.check import check
from scrub.tables.lint.codes import find_codes
from scrub.tables.lint.coverage import find_listed, find_patterns
from scrub.tables.lint.spreadsheet import find_damage, find_rewritten
from scrub.tables.new_edition import new_edition
from scrub.tables.patterns import first_fit

MANY = 20_000
SECONDS = 10  # what takes a fraction of one; quadratic work takes minutes
RULES = [f"t.csv:{i + 2}" for i in range(MANY)]
WORDS = [f"w{i}" for i in range(MANY)]


def told(findings) -> list[Finding]:
    """The findings, in time."""
    begun = time.monotonic()
    found = list(findings)
    assert time.monotonic() - begun < SECONDS
    return found


CODES = {"policy": "list", "key": ["f", "w"], "codes": {"of": "f", "word": "w", "code": "c", "shared": {}}}
CODE_ROWS = st.lists(
    st.fixed_dictionaries(
        {"f": st.sampled_from("ab"), "w": st.sampled_from("uvw"), "c": st.sampled_from("12")}
        | {column: st.sampled_from(["", "2", "3"]) for column in ("since", "until")}
    ),
    max_size=8,
)


def test_many_words_of_one_code_are_told_once_each():
    rows = pd.DataFrame({"f": "x", "w": WORDS, "c": "1", "since": "", "until": "", "rule": RULES})
    found = told(find_codes(rows, CODES, ["1", "2"]))
    assert [f.place for f in found] == RULES[1:]
    assert found[-1].case == f"x {WORDS[-1]} has the code 1, as w0 has (t.csv:2)"


@given(CODE_ROWS)
def test_codes_are_compared_as_every_pair_of_rows_would_be(drawn):
    rows = pd.DataFrame([{**row, "rule": f"t.csv:{i + 2}"} for i, row in enumerate(drawn)])
    rows = rows.reindex(columns=["f", "w", "c", "since", "until", "rule"]).astype("str")
    place = {"": 0, "1": 0, "2": 1, "3": 2}
    live = [{e for e in range(3) if place[r["since"]] <= e < (place[r["until"]] if r["until"] else 3)} for r in drawn]
    expected = set()
    for y, new in enumerate(drawn):
        for x, old in enumerate(drawn):
            if not live[x] or not live[y] or old["f"] != new["f"]:
                continue
            if old["w"] == new["w"] and old["c"] != new["c"] and min(live[x]) < min(live[y]):
                expected.add((f"t.csv:{y + 2}", "renumbered"))
            holds = [live[i] for i, r in enumerate(drawn) if all(r[k] == old[k] for k in "fwc")]
            if old["w"] != new["w"] and old["c"] == new["c"]:
                if max(set().union(*holds)) < min(live[y]):
                    expected.add((f"t.csv:{y + 2}", "reused"))
                if live[x] & live[y] and (min(live[x]), x) < (min(live[y]), y):
                    expected.add((f"t.csv:{y + 2}", "many-to-one"))
    found = list(find_codes(rows, CODES, ["1", "2", "3"]))
    assert {(f.place, f.kind) for f in found} == expected
    assert len(found) == len(expected)


def test_a_word_whose_code_comes_back_is_renumbered_each_time():
    rows = pd.DataFrame(
        {"f": "x", "w": "a", "c": ["1", "2", "1"], "since": ["", "2", "3"], "until": ["2", "3", ""], "rule": RULES[:3]}
    )
    found = list(find_codes(rows, CODES, ["1", "2", "3"]))
    assert [f.case for f in found if f.kind == "renumbered"] == [
        "x a had the code 1 (t.csv:2), and has 2",
        "x a had the code 2 (t.csv:3), and has 1",
    ]


@given(
    st.lists(st.text("ab*", max_size=6), max_size=5),
    st.lists(st.text("ab\n", max_size=7), max_size=5),
)
def test_the_first_fit_is_what_regular_expressions_say(patterns, values):
    tests = [re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL) for pattern in patterns]
    expected = [next((i for i, test in enumerate(tests) if test.fullmatch(value)), -1) for value in values]
    assert first_fit(patterns, values) == expected


def test_a_pattern_of_many_stars_is_fitted_in_time():
    begun = time.monotonic()
    assert first_fit(["*a" * 12 + "b", "*"], ["a" * 40]) == [1]
    assert time.monotonic() - begun < 1


def test_many_patterns_are_judged_in_time():
    rows = pd.DataFrame({"k": "k", "pattern": [*WORDS[:-1], "*"], "rule": RULES})
    assert told(find_patterns("t", rows, {"key": ["k"]})) == []


def test_many_rows_of_a_key_and_many_gaps_are_told_in_time():
    rows = pd.DataFrame({"p": [f"w{i // 2}" for i in range(MANY)], "t": "x", "rule": RULES})
    found = told(find_listed("t", rows, {"key": ["p"], "answers": {"t": ""}}, WORDS))
    assert found[0] == Finding("t.csv:3", "duplicate", "t.csv:2 answers p=w0, too, and the same")
    assert [f.kind for f in found] == ["duplicate"] * (MANY // 2) + ["gap"] * (MANY // 2)


@pytest.mark.parametrize("listed", [["w", "none"], [f"v{i}" for i in range(MANY)]], ids=["short", "long"])
def test_many_words_off_a_list_are_told_in_time(listed):
    rows = pd.DataFrame({"a": WORDS, "rule": RULES})
    found = told(find_cells(rows, {"answers": {"a": "l"}}, {"l": listed}))
    assert [f.place for f in found] == RULES
    assert found[0].case.startswith("'w0' is not on the list (")


def test_much_damage_is_told_in_time():
    rows = pd.DataFrame({"a": [f"{word} " for word in WORDS], "b": "01", "rule": RULES})
    assert [f.place for f in told(find_damage(rows, ["a"]))] == RULES


def test_many_rewritten_words_are_told_in_time():
    rows = pd.DataFrame({"a": [f"{i}.0" for i in range(MANY)], "rule": RULES})
    found = told(find_rewritten(rows, {"answers": {"a": "l"}}, {"l": [str(i) for i in range(MANY)]}))
    assert [f.place for f in found] == RULES
    assert found[7].case == "'7.0' stands where a spreadsheet rewrote '7'"


@pytest.mark.parametrize(
    ("word", "listed", "was"),
    [
        ("TRUE", ["true", "false"], "true"),
        ("True", ["TRUE"], None),
        ("2", ["2.0", "2.00"], "2.0"),
        ("007", ["7"], "7"),
        ("1.1", ["1.10", "1.11"], "1.10"),
        ("0", ["0.0"], "0.0"),
        ("9" * 5000, ["1"], None),
        ("F2", ["f2"], None),
    ],
)
def test_a_word_is_rewritten_as_spreadsheets_do(word, listed, was):
    rows = pd.DataFrame({"a": [word], "rule": ["t.csv:2"]})
    found = list(find_rewritten(rows, {"answers": {"a": "l"}}, {"l": listed}))
    told_ = [f"{word!r} stands where a spreadsheet rewrote {was!r}"] if was else []
    assert [f.case for f in found] == told_


TOY = Path(__file__).parent / "findings" / "toy"


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(TOY, "toy"))


def test_a_rule_set_without_an_edition_says_so(toy):
    whole = toy / "editions.csv"
    whole.write_text(whole.read_text().splitlines(keepends=True)[0])
    assert [str(f) for f in check(toy)] == ["toy/editions.csv:1: gap: no edition"]
    for asked in (lambda: tables.read(toy), lambda: read_version("toy", base="toy"), lambda: new_edition(toy, "3.0")):
        with pytest.raises(RuleError, match=r"^editions\.csv:1: gap: no edition$"):
            asked()


def test_a_rule_set_whose_editions_cannot_be_read_says_why(toy):
    (toy / "editions.csv").write_text("")
    with pytest.raises(RuleError, match=r"^editions\.csv:1: file: the columns are"):
        read_version("toy", base="toy")


@pytest.mark.parametrize(
    ("make", "why"),
    [(Path.mkdir, "Is a directory"), (lambda path: path.symlink_to("nowhere"), "No such file or directory")],
    ids=["folder", "link"],
)
def test_a_table_that_cannot_be_opened_is_told(make, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    overlay = Path("jwst")
    overlay.mkdir()
    make(overlay / "groups.csv")
    assert [str(f) for f in check(overlay.absolute())] == [f"jwst/groups.csv:1: file: cannot be read: {why}"]


def overlay_of(table: str, old: str, new: str) -> Path:
    """A copy of the shipped JWST rules with one cell changed."""
    folder = Path(shutil.copytree(find("rules") / "jwst", Path.cwd() / "jwst"))
    text = (folder / table).read_text()
    assert text.count(old) == 1
    (folder / table).write_text(text.replace(old, new))
    return folder


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
    rows = pd.DataFrame({"first": [first], "rule": ["name_parts.csv:2"]})
    assert [f.kind for f in find_breaches("name_parts", rows)] == kinds
