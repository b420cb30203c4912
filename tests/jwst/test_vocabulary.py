"""Vocabulary: the words of each instrument, and those of any."""

import pytest

from scrub.jwst.vocabulary import Vocabulary, is_letter_changed, read_vocabulary
from tests.strategies import RULES

KNOWN = Vocabulary({"A": ("F10", "F12", "F20"), "B": ("F20", "G10"), "C": ()}, frozenset({"NONE"}))


@pytest.mark.parametrize(
    ("instrument", "word", "known"),
    [
        ("A", "F10", True),
        ("A", "G10", False),
        ("A", "NONE", True),
        ("C", "G10", True),
        ("D", "x", True),
        ("B", "x", False),
    ],
)
def test_an_instrument_without_words_knows_all(instrument, word, known):
    assert KNOWN.knows(instrument, word) is known


@pytest.mark.parametrize(
    ("instrument", "word", "near"),
    [
        ("A", "F11", "F10"),
        ("A", "F22", "F12"),
        ("A", "F10", "F12"),
        ("B", "F11", None),
        ("C", "F11", None),
        ("D", "F", None),
    ],
)
def test_the_first_word_one_letter_off_is_near(instrument, word, near):
    assert KNOWN.find_near(instrument, word) == near


@pytest.mark.parametrize(("word", "owner"), [("F20", "A"), ("G10", "B"), ("NONE", None)])
def test_the_first_instrument_with_a_word_owns_it(word, owner):
    assert KNOWN.find_owner(word) == owner


@pytest.mark.parametrize(
    ("one", "other", "changed"),
    [("ab", "ac", True), ("ab", "ab", False), ("ab", "cd", False), ("ab", "abc", False), ("ab", "a", False)],
)
def test_one_letter_is_changed(one, other, changed):
    assert is_letter_changed(one, other) is changed


@pytest.mark.parametrize("keyword", ["FILTER", "PUPIL", "GRATING"])
def test_a_code_without_an_instrument_is_of_any(keyword):
    found = read_vocabulary(RULES, keyword)
    rows = [row for row in RULES["instrument_words"].records() if row["keyword"] == keyword]
    own = {row["instrume"]: [] for row in rows}
    for row in rows:
        own[row["instrume"]].append(row["word"])
    assert list(found.own.items()) == [(name, tuple(sorted(own[name]))) for name in sorted(own)]
    assert found.common == {"NONE"}
