"""Check is complete and exact: it finds something if and only if a case has not exactly one answer."""

import re
import tempfile
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrub import tables
from scrub.tables import locate
from scrub.tables.lint.check import check
from scrub.tables.lint.coverage import find_patterns
from scrub.tables.lint.spreadsheet import find_damage
from tests.rulesets import EDITIONS, answers, rows, sound, write


@settings(max_examples=40)
@given(rows | sound())
@example([("*", "*", "p", ("", "2"))])  # complete in one edition only
@example([("*", "*", "p", ("", "")), ("!x|y", "1", "p", ("3", ""))])  # overlaps in one edition only, and agrees
def test_check_finds_nothing_if_and_only_if_every_case_has_one_answer_in_every_edition(table):
    with tempfile.TemporaryDirectory() as folder:
        findings = check(write(Path(folder), table))
    counts = {edition: [len(said) for said in answers(table, edition).values()] for edition in EDITIONS}
    assert (not findings) == all(n == 1 for count in counts.values() for n in count)
    kinds = {finding.kind for finding in findings}
    assert ("gap" in kinds) == any(0 in count for count in counts.values())
    assert bool(kinds & {"duplicate", "conflict"}) == any(n > 1 for count in counts.values() for n in count)
    assert kinds <= {"gap", "duplicate", "conflict"}


@given(sound())
def test_each_edition_of_a_sound_table_answers_as_its_rows_say(table):
    with tempfile.TemporaryDirectory() as folder:
        own = write(Path(folder), table)
        for edition in EDITIONS:
            facts = pd.DataFrame(list(answers(table, edition)), columns=["a", "b"])
            told = tables.read(own, edition=edition)["t"].answer(facts)["group"]
            assert [[word] for word in told] == list(answers(table, edition).values())


patterns = st.lists(st.text("ab*", min_size=1, max_size=3), min_size=1, max_size=4)
WORDS = ["".join(letters) for n in range(6) for letters in product("abz", repeat=n)]


def first(listed: list[str], word: str) -> int:
    tests = [re.compile(pattern.replace("*", ".*")) for pattern in listed]
    return next((i for i, test in enumerate(tests) if test.fullmatch(word)), -1)


@settings(max_examples=100)
@given(patterns)
@example(["a*", "ab*"])
@example(["*a", "a*", "*"])
def test_a_pattern_is_shadowed_if_and_only_if_no_word_reaches_it(listed):
    frame = pd.DataFrame({"key": "k", "pattern": listed, "rule": [f"t.csv:{i + 2}" for i in range(len(listed))]})
    findings = list(find_patterns("t", frame, {"key": ["key"]}))
    reached = {first(listed, word) for word in WORDS}
    shadowed = {int(f.place.partition(":")[2]) - 2 for f in findings if f.kind == "shadowed"}
    assert shadowed == set(range(len(listed))) - reached
    assert any(f.kind == "gap" for f in findings) == (-1 in reached)


@pytest.mark.parametrize("name", locate.sets())
def test_the_shipped_rules_have_no_finding(name):
    assert [str(finding) for finding in check(name)] == []


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
    assert [f.place for f in find_damage(frame)] == ["t.csv:2"]


@pytest.mark.parametrize("cell", SOUND)
def test_sound_cells_are_not(cell):
    assert list(find_damage(pd.DataFrame({"word": [cell], "note": ["1E5"], "rule": ["t.csv:2"]}))) == []


def test_a_finding_of_some_editions_says_of_which(tmp_path):
    table = [("*", "*", "p", ("", "3")), ("x", "*", "p", ("3", ""))]
    (finding,) = check(write(tmp_path, table))
    assert finding.case == "no row for a=y, b=0 (4 such cases) (edition 3)"
    assert finding.place.endswith("own/t.csv:1")
