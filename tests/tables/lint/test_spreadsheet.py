"""What a spreadsheet does to cells: told; sound cells are not."""

import pandas as pd
import pytest

from scrub.tables.declare import section
from scrub.tables.lint import spreadsheet
from scrub.tables.lint.spreadsheet import find_damage, find_rewritten
from tests.many import MANY, RULES, WORDS

DAMAGED = [
    "1E5",
    "1.00E+05",
    "3e-4",
    "Jul-25",
    "25-Jul",
    "2025-07-01",
    "1/2/2025",
    "7/25",
    " F200W",
    "F200W\u00a0",
    "#REF!",
]
SOUND = [
    "F200W",
    "1A",
    "0x10",
    "S200A1",
    "12",
    "Sep",
    "May",
    "10-4",
    "NRC",
    "E5",
    "ch4",
    "G140M",
    "2025-07",
    "3.0",
    "-",
    "*",
]


@pytest.mark.parametrize("cell", DAMAGED)
def test_damaged_cells_are_told(cell):
    frame = pd.DataFrame({"word": [cell, "F200W"], "rule": ["t.csv:2", "t.csv:3"]})
    assert [f.rule for f in find_damage(frame)] == ["t.csv:2"]


@pytest.mark.parametrize("cell", SOUND)
def test_sound_cells_are_not(cell):
    assert list(find_damage(pd.DataFrame({"word": [cell], "note": ["1E5"], "rule": ["t.csv:2"]}))) == []


def test_much_damage_is_told():
    rows = pd.DataFrame({"a": [f"{word} " for word in WORDS], "b": "01", "rule": RULES})
    assert [f.rule for f in find_damage(rows, ["a"])] == RULES


def test_many_rewritten_words_are_told():
    rows = pd.DataFrame({"a": [f"{i}.0" for i in range(MANY)], "rule": RULES})
    found = list(
        find_rewritten(
            rows, section("t", policy="list", key=["k"], answers={"a": "l"}), {"l": [str(i) for i in range(MANY)]}
        )
    )
    assert [f.rule for f in found] == RULES
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
    found = list(find_rewritten(rows, section("t", policy="list", key=["k"], answers={"a": "l"}), {"l": listed}))
    told_ = [f"{word!r} stands where a spreadsheet rewrote {was!r}"] if was else []
    assert [f.case for f in found] == told_


def test_a_zero_alone_is_no_number_with_a_leading_zero():
    assert list(spreadsheet._find_shortened([("001", "t.csv:2"), ("0", "t.csv:3")], "code")) == []
    (found,) = spreadsheet._find_shortened([("001", "t.csv:2"), ("002", "t.csv:3"), ("0", "t.csv:4")], "code")
    assert (found.line, found.case) == (4, "'0' has lost its leading zeros, to judge by '001'")
