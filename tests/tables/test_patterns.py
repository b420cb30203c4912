"""Patterns: the first that fits is what regular expressions say."""

import re

from hypothesis import given
from hypothesis import strategies as st

from scrub.tables.patterns import first_fit


@given(
    st.lists(st.text("ab*", max_size=6), max_size=5),
    st.lists(st.text("ab\n", max_size=7), max_size=5),
)
def test_the_first_fit_is_what_regular_expressions_say(patterns, values):
    tests = [re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL) for pattern in patterns]
    expected = [next((i for i, test in enumerate(tests) if test.fullmatch(value)), -1) for value in values]
    assert first_fit(patterns, values) == expected


def test_a_pattern_of_many_stars_is_fitted():
    assert first_fit(["*a" * 12 + "b", "*"], ["a" * 40]) == [1]
