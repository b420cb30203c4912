"""Gaps, duplicates and shadowed patterns."""

import pandas as pd
import pytest
from hypothesis import example, given

from scrub.tables.declare import section
from scrub.tables.findings import Finding
from scrub.tables.lint.coverage import find_listed, find_patterns
from tests.many import MANY, RULES, WORDS
from tests.profiles import times
from tests.rulesets import ALPHABET, first, patterns


@times(4)
@given(patterns)
@example(["a*", "ab*"])
@example(["*a", "a*", "*"])
def test_a_pattern_is_shadowed_if_and_only_if_no_word_reaches_it(listed):
    frame = pd.DataFrame({"key": "k", "pattern": listed, "rule": [f"t.csv:{i + 2}" for i in range(len(listed))]})
    findings = list(find_patterns(section("t", policy="first", key=["key"], answers={"a": ""}), frame))
    reached = {first(listed, word) for word in ALPHABET}
    shadowed = {int(f.rule.partition(":")[2]) - 2 for f in findings if f.kind == "shadowed"}
    assert shadowed == set(range(len(listed))) - reached
    assert any(f.kind == "gap" for f in findings) == (-1 in reached)


def test_many_patterns_are_judged():
    rows = pd.DataFrame({"k": "k", "pattern": [*WORDS[:-1], "*"], "rule": RULES})
    assert list(find_patterns(section("t", policy="first", key=["k"], answers={"a": ""}), rows)) == []


def test_many_rows_of_a_key_and_many_gaps_are_told():
    rows = pd.DataFrame({"p": [f"w{i // 2}" for i in range(MANY)], "t": "x", "rule": RULES})
    table = section("t", policy="list", key=["p"], answers={"t": ""})
    found = list(find_listed(table, rows, WORDS))
    assert found[0] == Finding("t.csv", 3, "duplicate", "t.csv:2 also matches p=w0, with the same answer")
    assert [f.kind for f in found] == ["duplicate"] * (MANY // 2) + ["gap"] * (MANY // 2)


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        (["*"], []), (["a*", "*"], []), (["ab*", "a*", "*"], []),
        (["a*", "ab*", "*"], ["t.csv:3: shadowed: 'a*' of t.csv:2 fits every word that 'ab*' fits"]),
        (["a", "a", "*"], ["t.csv:3: shadowed: 'a' of t.csv:2 fits every word that 'a' fits"]),
        (["b", "*", "a"], ["t.csv:4: shadowed: '*' of t.csv:3 fits every word that 'a' fits"]),
        (["a", "b*"], ["t.csv:1: gap: no row for k=x, m=y and a word that no pattern fits: the last pattern must be *"]),
    ],
)  # fmt: skip
def test_a_pattern_that_no_word_reaches_and_a_key_without_a_last_pattern_are_named(listed, wanted):
    rules = [f"t.csv:{at + 2}" for at in range(len(listed))]
    rows = {"k": ["x"] * len(listed), "m": ["y"] * len(listed), "pattern": listed, "rule": rules}
    table = section("t", policy="first", key=["k", "m"], answers={"a": ""})
    assert [str(finding) for finding in find_patterns(table, rows)] == wanted
    other = {"k": ["z"], "m": ["y"], "pattern": ["*"], "rule": ["t.csv:99"]}
    both = {name: [*rows[name], *other[name]] for name in rows}
    assert [str(finding) for finding in find_patterns(table, both)] == wanted
