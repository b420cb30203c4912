"""Pattern tables compared: for which words two lists of patterns have different answers."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from scrub.tables.findings import RuleError

MOST = 4000  # states of both lists at once: shipped tables have some hundreds

REST = "…"  # stands for the characters that no pattern names


class Witness(NamedTuple):
    """A word, and the positions of the first pattern of each list that fits it (-1: none)."""

    word: str
    old: int
    new: int


def witnesses(
    old: Sequence[str], new: Sequence[str], differ: Callable[[Witness], bool] = lambda _: True
) -> Iterator[Witness]:
    """Yield, for each pair of rows that answer one word in either list, the shortest such word that differs.

    Both lists are walked letter by letter at once, each pattern at every position it can be in. This reaches every
    pair that any word reaches, and no other. A ``…`` is any letter that no pattern names. Each state is reached by
    two words, where there are two: a row that keeps the word and one that answers ``SUB`` agree in that word alone.

    Args:
        old: patterns, the first that fits counts.
        new: other patterns.
        differ: whether the rows of a pair fold the word differently: they agree in one word at most, or in all.

    Raises:
        RuleError: patterns with so many ``*`` that they cannot be compared.

    >>> [tuple(w) for w in witnesses(["SUB*", "*"], ["SUB64", "SUB*", "*"])]
    [('', 1, 2), ('SUB', 0, 1), ('SUB64', 0, 0)]
    """
    patterns = [*old, *new]
    letters = sorted({letter for pattern in patterns for letter in pattern} - {"*"})
    start = tuple(_skip_stars(pattern, frozenset([0])) for pattern in patterns)
    waiting, seen, yielded = [("", start)], {start: 1}, set()
    while waiting:
        following = []
        for word, state in waiting:
            fits = [len(pattern) in positions for pattern, positions in zip(patterns, state, strict=True)]
            pair = (_first(fits[: len(old)]), _first(fits[len(old) :]))
            if pair not in yielded and differ(Witness(word, *pair)):
                yielded.add(pair)
                yield Witness(word, *pair)
            for letter in (*letters, REST):
                after = tuple(_step(pattern, at, letter) for pattern, at in zip(patterns, state, strict=True))
                if seen.get(after, 0) < 2:
                    seen[after] = seen.get(after, 0) + 1
                    following.append((word + letter, after))
        if len(seen) > MOST:
            raise RuleError(f"too many patterns with several * to compare, such as {max(patterns, key=len)!r}")
        waiting = following


def _first(fits: Sequence[bool]) -> int:
    return next((i for i, fit in enumerate(fits) if fit), -1)


def _step(pattern: str, positions: frozenset[int], letter: str) -> frozenset[int]:
    """Return the positions in a pattern after one more letter."""
    stay = {i for i in positions if i < len(pattern) and pattern[i] == "*"}
    move = {i + 1 for i in positions if i < len(pattern) and pattern[i] == letter != "*"}
    return _skip_stars(pattern, frozenset(stay | move))


def _skip_stars(pattern: str, positions: frozenset[int]) -> frozenset[int]:
    """Return positions with those that a ``*`` for no letter at all leads to."""
    reached = set(positions)
    for i in sorted(positions):
        while i < len(pattern) and pattern[i] == "*":
            i += 1
            reached.add(i)
    return frozenset(reached)
