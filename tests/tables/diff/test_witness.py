"""Witnesses: a word for every pair of patterns that it reaches."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub.tables.diff.witness import REST, witnesses
from scrub.tables.findings import RuleError
from tests.profiles import times
from tests.rulesets import ALPHABET, first, patterns


@times(4)
@given(patterns, patterns)
@example(["SUB*", "*"], ["SUB64", "SUB*", "*"])
def test_every_pair_of_rows_that_a_word_reaches_has_a_witness(old, new):
    brute = {(first(old, word), first(new, word)) for word in ALPHABET}
    told = list(witnesses(old, new))
    assert {(w.old, w.new) for w in told} >= brute
    for w in told:
        word = w.word.replace(REST, "z")
        assert (first(old, word), first(new, word)) == (w.old, w.new)


folds = st.lists(
    st.tuples(st.text("ab*", min_size=1, max_size=3), st.sampled_from(["*", "a", "ab"])), min_size=1, max_size=3
)


def folded(rows: list, word: str) -> str:
    place = first([pattern for pattern, _ in rows], word)
    return "" if place < 0 else word if rows[place][1] == "*" else rows[place][1]


@times(4)
@given(folds, folds)
@example([("ab*", "ab"), ("*", "*")], [("*", "*")])  # the shortest word that ab* fits is folded alike by both
def test_a_word_folded_otherwise_always_has_a_witness(old, new):
    differ = lambda w: folded(old, w.word.replace(REST, "z")) != folded(new, w.word.replace(REST, "z"))  # noqa: E731
    told = list(witnesses([p for p, _ in old], [p for p, _ in new], differ))
    brute = {
        (first([p for p, _ in old], w), first([p for p, _ in new], w))
        for w in ALPHABET
        if folded(old, w) != folded(new, w)
    }
    assert {(w.old, w.new) for w in told} >= brute
    assert all(differ(w) for w in told)


@pytest.mark.slow
def test_patterns_that_cannot_be_compared_are_refused():
    old = [f"*{a}*{b}*" for a, b in pairwise("abcdefghij")]
    with pytest.raises(RuleError, match="too many patterns"):
        list(witnesses(old, [*old[::-1]]))


@pytest.mark.parametrize("letter", [" ", "(", "+", "a"])
def test_a_star_alone_stands_for_several_letters(letter):
    told = [tuple(witness) for witness in witnesses([letter], [letter * 2])]
    assert told == [("", -1, -1), (letter, 0, -1), (letter * 2, -1, 0)]


@pytest.mark.parametrize(
    ("old", "new", "wanted", "tried"),
    [
        (["#a", "*"], ["*"], [("", 1, 0), ("#a", 0, 0)], ["", "#", "a", REST, "#a"]),
        (["a*"], ["*"], [("", -1, 0), ("a", 0, 0)], ["", "a", REST, "aa", f"{REST}a"]),
        (["a", "b"], ["b"], [("", -1, -1), ("a", 0, -1), ("b", 1, 0)], ["", "a", "b", REST, "aa"]),
    ],
)
def test_each_state_of_both_lists_is_reached_by_two_words_at_most(old, new, wanted, tried):
    words = []
    assert [tuple(w) for w in witnesses(old, new)] == wanted
    assert list(witnesses(old, new, lambda w: words.append(w.word))) == []
    assert words == tried
