"""Spelling: names of columns as people write them, and names that are one letter from the one that is meant."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

_AGAIN = re.compile(r"(.+)\.[0-9]+")


class Misspelt(NamedTuple):
    """A name as it is given, and the wanted name that it is one letter from."""

    given: str
    wanted: str


def bare(name: object) -> str:
    """Return a name without the blanks around it, in lower case: names that differ in nothing else are one name.

    >>> bare(" PUPIL ")
    'pupil'
    """
    return str(name).strip().lower()


def first_of(name: str) -> str:
    """Return the name that a second column of one name has without the number that pandas writes behind it.

    >>> first_of("PUPIL.1"), first_of("PUPIL"), first_of("header.TARGNAME")
    ('PUPIL', 'PUPIL', 'header.TARGNAME')
    """
    match = _AGAIN.fullmatch(name)
    return match[1] if match else name


def find_seconds(given: Iterable[object], wanted: Iterable[str]) -> Iterator[Misspelt]:
    """Yield the names that are a second one of a wanted name of which the first is not there, whatever their case.

    Args:
        given: the names that are there.
        wanted: the names that are looked for.

    >>> list(find_seconds(["PUPIL.1", "FILTER", "FILTER.1", "Notes.1"], ["PUPIL", "FILTER"]))
    [Misspelt(given='PUPIL.1', wanted='PUPIL')]
    """
    spelled = {bare(name): name for name in wanted}
    there = {bare(name): str(name) for name in given}
    for low, name in there.items():
        first = bare(first_of(low))
        if low not in spelled and first in spelled and first not in there:
            yield Misspelt(name, spelled[first])


def is_near(word: str, other: str) -> bool:
    """Return whether one letter makes two different words equal: changed, added, dropped, or swapped with the next.

    >>> [is_near("PUPIL", word) for word in ("PUPLI", "PUPI", "PUPILS", "PUBIL", "PUPIL", "PULIP")]
    [True, True, True, True, False, False]
    """
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    one, two = word[same:], other[same:]
    if one[1:] == two or one == two[1:] or one[1:] == two[1:]:
        return True
    return one[:2] == two[1::-1] and one[2:] == two[2:]


def find_misspelt(given: Iterable[object], wanted: Iterable[str], known: Collection[str] = ()) -> Iterator[Misspelt]:
    """Yield the names that are one letter from a wanted name which is not there, whatever their case.

    Args:
        given: the names that are there.
        wanted: the names that are looked for.
        known: other names that may be there, and mean something else, in lower case.

    >>> list(find_misspelt(["PUPLI", "TARGURA"], ["PUPIL", "TARG_RA"], {"targura"}))
    [Misspelt(given='PUPLI', wanted='PUPIL')]
    """
    spelled = {bare(name): name for name in wanted}
    there = {bare(first_of(str(name))): str(name) for name in given}
    lacking = [low for low in spelled if low not in there]
    for low, name in there.items():
        if low not in spelled and low not in known:
            yield from (Misspelt(name, spelled[word]) for word in lacking if is_near(low, word))
