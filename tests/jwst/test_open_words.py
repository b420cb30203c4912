"""Open words: a word that stands for any other takes the others of rows that agree in all else."""

import numpy as np
import pytest

from scrub.frames.arrays import make_cells
from scrub.jwst import open_words

SLITS = {"slit": frozenset({"any", "all"}), "FILTER": frozenset({"none"})}


@pytest.mark.parametrize(
    ("columns", "closed"),
    [
        ({"g": "aaa", "slit": ["any", "s1", "s2"], "h": "xxx"}, ["s1", "s1", "s2"]),  # the first by the alphabet
        ({"g": "aaa", "slit": ["any", "s2", "s1"], "h": "xyx"}, ["s1", "s2", "s1"]),
        ({"g": "aab", "slit": ["any", "s2", "s1"], "h": "xyx"}, ["any", "s2", "s1"]),  # each has another word beside it
        ({"g": "aba", "slit": ["any", "s2", "all"], "h": "xxx"}, ["any", "s2", "all"]),
        ({"slit": ["any", "s2", "all"]}, ["s2", "s2", "s2"]),
        ({"slit": ["any", "all"]}, ["any", "all"]),
        ({"slit": ["s1", "s2"]}, ["s1", "s2"]),
    ],
)
def test_an_open_word_takes_a_word_of_rows_that_agree_in_all_else(columns, closed):
    values = [make_cells(list(words)) for words in columns.values()]
    kept = [array.copy() for array in values]
    answer = open_words.close_words(SLITS, list(columns), values)
    assert answer[list(columns).index("slit")].tolist() == closed
    assert all((now == before).all() for now, before in zip(values, kept, strict=True))
    others = [own for name, own in zip(columns, answer, strict=True) if name != "slit"]
    assert [own.tolist() for own in others] == [list(own) for name, own in columns.items() if name != "slit"]


def test_of_a_keyword_what_is_missing_may_be_open():
    words = make_cells([None, "F1", "none"])
    assert open_words.find_open(SLITS, "FILTER", words).tolist() == [True, False, False]
    assert open_words.find_open(SLITS, "PUPIL", words).tolist() == [False] * 3
    assert open_words.find_open({**SLITS, "FILTER": frozenset({"other"})}, "FILTER", words).tolist() == [False] * 3
    assert open_words.find_open(SLITS, "slit", make_cells(["any", None, "s1"])).tolist() == [True, False, False]


def test_values_are_of_members_or_of_the_answers_to_their_case():
    members = {"case": np.array([1, 0, 1]), "g": make_cells(["a", "b", "c"])}
    members |= {open_words.CLOSED + "slit": make_cells([None, "s9", None])}
    answers = {"slit": make_cells(["any", "s1"])}
    rows = np.array([1, 2])
    assert [own.tolist() for own in open_words.pick_values(members, answers, ["slit", "g"], rows)] == [
        ["any", "s1"],
        ["b", "c"],
    ]
    closed = open_words.pick_closed(members, answers, ["slit", "g"], rows)
    assert [own.tolist() for own in closed] == [["s9", "s1"], ["b", "c"]]


def test_rows_are_their_first_unless_they_say_so():
    assert open_words.is_again({"case": np.array([0, 0])}).tolist() == [False, False]
    assert open_words.is_again({"case": np.array([0, 0]), "again": np.array([False, True])}).tolist() == [False, True]
