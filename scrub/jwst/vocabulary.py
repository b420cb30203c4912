"""The words of each instrument, and which of them a word is one letter off."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from scrub.tables import Rules


class Vocabulary(NamedTuple):
    """The words of one keyword: of each instrument, and those that are of any; both in the order of the alphabet."""

    own: Mapping[str, tuple[str, ...]]
    common: frozenset[str]

    def knows(self, instrument: str, word: str) -> bool:
        """Return whether the word is the instrument's, or any's; an instrument without words knows all."""
        return word in self.own.get(instrument, ()) or word in self.common or not self.own.get(instrument)

    def find_near(self, instrument: str, word: str) -> str | None:
        """Return the first word of the instrument from which one letter was changed to give this word."""
        return next((own for own in self.own.get(instrument, ()) if is_letter_changed(own, word)), None)

    def find_owner(self, word: str) -> str | None:
        """Return the first instrument that has the word."""
        return next((instrument for instrument, words in self.own.items() if word in words), None)


def is_letter_changed(one: str, other: str) -> bool:
    """Return whether one letter of a word was changed to give the other.

    >>> is_letter_changed("F210M", "F219M"), is_letter_changed("F277W", "F277WP")
    (True, False)
    """
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def read_vocabulary(rules: Rules, keyword: str) -> Vocabulary:
    """Return the words of a keyword: those in ``instrument_words``, and those that have a code and no instrument.

    Args:
        rules: a JWST rule set.
        keyword: such as FILTER.

    >>> from scrub import tables
    >>> filters = read_vocabulary(tables.read("jwst"), "FILTER")
    >>> filters.knows("NIRCAM", "F200W"), filters.find_near("NIRCAM", "F2OOW"), filters.find_near("NIRCAM", "F20OW")
    (True, None, 'F200W')
    """
    own: dict[str, tuple[str, ...]] = {}
    rows = [row for row in rules["instrument_words"].records() if row["keyword"] == keyword]
    for instrument, word in sorted((row["instrume"], row["word"]) for row in rows):
        own[instrument] = (*own.get(instrument, ()), word)
    codes = {row["value"] for row in rules["encodings"].records() if row["column"] == keyword.lower()}
    return Vocabulary(MappingProxyType(own), frozenset(codes.difference(*own.values())))
