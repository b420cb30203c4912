"""Gaps, duplicates and shadowed patterns."""

import pandas as pd
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
