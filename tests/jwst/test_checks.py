"""Checks: of which exposures a check is, and how two words agree."""

import pytest

from scrub.jwst import checks
from scrub.jwst.vocabulary import Vocabulary
from tests.strategies import RULES

CHECK = checks.Check("c", "FILTER", "INSTRUME", "begins", "", "", "F", "", "not its word")
VOCABULARY = Vocabulary({"A": ("F10", "F20"), "B": ("G10",)}, frozenset({"NONE"}))
PLAN = checks.Plan((CHECK,), {"FILTER": VOCABULARY}, checks._Channels(("N*1", "*"), ("SHORT", "NONE")))


@pytest.mark.parametrize(
    ("where", "words", "word", "fits"),
    [
        ("", "", None, True),
        ("", "", "x", True),
        ("EXP_TYPE", "a|b", "b", True),
        ("EXP_TYPE", "a|b", "c", False),
        ("EXP_TYPE", "!a", "c", True),
        ("EXP_TYPE", "!a", "a", False),
        ("EXP_TYPE", "*", None, False),
        ("EXP_TYPE", "*", "x", True),
        ("EXP_TYPE", "x", "x", True),
    ],
)
def test_a_check_is_of_exposures_with_its_words(where, words, word, fits):
    assert CHECK._replace(where=where, words=words).fits(word) is fits


@pytest.mark.parametrize(
    ("where", "other", "columns"),
    [
        ("", "", ("FILTER",)),
        ("", "INSTRUME", ("FILTER", "INSTRUME")),
        ("EXP_TYPE", "", ("FILTER", "EXP_TYPE")),
        ("EXP_TYPE", "INSTRUME", ("FILTER", "INSTRUME", "EXP_TYPE")),
    ],
)
def test_a_check_reads_the_columns_that_it_names(where, other, columns):
    assert CHECK._replace(where=where, other=other).columns == columns


WORDS = {
    "begins so": ("begins", "F10", "A", ""),
    "begins otherwise": ("begins", "GF", "A", "not its word"),
    "follows": ("follows", "SHORT", "NRC1", ""),
    "follows not": ("follows", "LONG", "NRC1", "not its word"),
    "nothing follows": ("follows", "LONG", "MIRI", ""),
    "a known word": ("known_word", "F10", "A", ""),
    "a word of any": ("known_word", "NONE", "A", ""),
    "a word that is near": ("known_word", "F11", "A", "not its word: one letter off F10"),
    "a new word": ("known_word", "X99", "A", ""),
    "of another, for all that": ("known_word", "G10", "A", "not its word: one letter off F10"),
    "its own word": ("own_word", "F20", "A", ""),
    "a word of another": ("own_word", "G10", "A", "not its word: B has it"),
    "near, and of none": ("own_word", "F21", "A", "not its word: one letter off F20"),
    "new, and of none": ("own_word", "X99", "A", ""),
}


@pytest.mark.parametrize(("agreement", "word", "other", "reason"), WORDS.values(), ids=WORDS)
def test_how_two_words_agree(agreement, word, other, reason):
    assert checks.AGREE[agreement](PLAN, CHECK, word, other) == reason


def test_the_checks_of_the_rules_are_in_the_order_of_their_names():
    plan = checks.read_checks(RULES)
    names = [check.check for check in plan.checks]
    assert names == sorted(RULES["agreements"].cells["check"])
    row = next(row for row in RULES["agreements"].records() if row["check"] == names[0])
    assert plan.checks[0]._asdict() == {name: row[name] for name in checks.Check._fields}
    wanted = {check.keyword for check in plan.checks if check.agreement in ("own_word", "known_word")}
    assert set(plan.vocabularies) == wanted
    assert plan.channels.patterns == tuple(RULES["channels"].cells["pattern"])
    assert plan.channels.answers == tuple(RULES["channels"].cells["channel"])
