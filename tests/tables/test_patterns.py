"""Patterns: the first that fits is what regular expressions say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.tables.findings import RuleError
from scrub.tables.patterns import first_fit, fold_words


@given(
    st.lists(st.text("ab*", max_size=6), max_size=5),
    st.lists(st.text("ab\n", max_size=7), max_size=5),
)
def test_the_first_fit_is_what_regular_expressions_say(patterns, values):
    tests = [re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL) for pattern in patterns]
    expected = [next((i for i, test in enumerate(tests) if test.fullmatch(value)), -1) for value in values]
    assert first_fit(patterns, values) == expected


def test_a_star_stands_for_no_character_too():
    assert first_fit(["AB*"], ["AB", "A", "ABC"]) == [0, -1, 0]


def test_a_pattern_of_many_stars_is_fitted():
    assert first_fit(["*a" * 12 + "b", "*"], ["a" * 40]) == [1]


@pytest.mark.parametrize(("words", "stranger"), [(["SUB64", "FULL"], "FULL"), (["MASK", "FULL", "SUB1"], "MASK")])
def test_a_word_that_no_pattern_fits_is_named(words, stranger):
    with pytest.raises(RuleError, match=f"^no pattern fits '{stranger}'$"):
        fold_words(["SUB*"], ["SUB"], words)
