"""The checks of what a header says twice, as the table ``agreements`` states them, and how two words agree."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from scrub.jwst.vocabulary import Vocabulary, read_vocabulary
from scrub.tables import Rules
from scrub.tables.conditions import allows
from scrub.tables.patterns import fold_words
from scrub.tables.rules import once

NAMES, WORDS, SKY, DIGITS, THERE = (
    {"name_part"},
    {"begins", "own_word", "known_word", "follows"},
    {"within"},
    {"one_digit"},
    {"always"},
)
LISTS = {"own_word", "known_word"}


class Check(NamedTuple):
    """A row of ``agreements``."""

    check: str
    keyword: str
    other: str
    agreement: str
    where: str
    words: str
    text: str
    tolerance: str
    reason: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of words that the check reads."""
        return tuple(name for name in (self.keyword, self.other, self.where) if name)

    def fits(self, word: str | None) -> bool:
        """Return whether the check is of exposures with this word in its column ``where``."""
        return not self.where or word == self.words or (word is not None and allows(self.words, [word])[0])


class _Channels(NamedTuple):
    """The patterns of DETECTOR in ``channels``, and the channel of each."""

    patterns: tuple[str, ...]
    answers: tuple[str, ...]


class Plan(NamedTuple):
    """The checks of a rule set in the order of their names, and what they look up."""

    checks: tuple[Check, ...]
    vocabularies: Mapping[str, Vocabulary]
    channels: _Channels


@once
def read_checks(rules: Rules) -> Plan:
    """Return the checks of a rule set, and what they look up.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> [check.check for check in read_checks(jwst.read_rules()).checks if check.agreement in SKY][:1]
    ['crval-reference']
    """
    rows = sorted(rules["agreements"].records(), key=lambda row: row["check"])
    checks = tuple(Check(*(row[name] for name in Check._fields)) for row in rows)
    words = {check.keyword: read_vocabulary(rules, check.keyword) for check in checks if check.agreement in LISTS}
    channels = rules["channels"].records()
    answer = rules["channels"].answers[0]
    return Plan(
        checks,
        MappingProxyType(words),
        _Channels(*(tuple(row[name] for row in channels) for name in ("pattern", answer))),
    )


# The agreements of words: each returns what is wrong with a word beside another, nothing if they agree.
# Both are there.


def _begins(_plan: Plan, check: Check, word: str, _other: str) -> str:
    return "" if word.startswith(check.text) else check.reason


def _follows(plan: Plan, check: Check, word: str, other: str) -> str:
    (follows,) = fold_words(plan.channels.patterns, plan.channels.answers, [other])
    return "" if follows in (word, "NONE") else check.reason


def _known_word(plan: Plan, check: Check, word: str, other: str) -> str:
    vocabulary = plan.vocabularies[check.keyword]
    if vocabulary.knows(other, word):
        return ""
    near = vocabulary.find_near(other, word)
    return f"{check.reason}: one letter off {near}" if near else ""


def _own_word(plan: Plan, check: Check, word: str, other: str) -> str:
    vocabulary = plan.vocabularies[check.keyword]
    owner = None if vocabulary.knows(other, word) else vocabulary.find_owner(word)
    return f"{check.reason}: {owner} has it" if owner else _known_word(plan, check, word, other)


AGREE: Mapping[str, Callable[[Plan, Check, str, str], str]] = {
    "begins": _begins, "follows": _follows, "known_word": _known_word, "own_word": _own_word,
}  # fmt: skip
