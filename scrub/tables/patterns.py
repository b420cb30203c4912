"""Patterns: words with ``*`` for any run of characters, and the first of them that fits a value."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from scrub.frames.cells import TEXT
from scrub.tables.findings import RuleError


def first_fit(patterns: Sequence[str], values: Iterable[str]) -> list[int]:
    """Return for each value the position of the first pattern that fits it; -1 where none does.

    In a pattern ``*`` stands for any run of characters and every other character for itself.

    Args:
        patterns: in the order in which they are tried.
        values: words.

    >>> first_fit(["SUB*", "*"], ["SUB64", "FULL"])
    [0, 1]
    """
    plain, open_, lengths = _prepare(tuple(patterns))
    positions = []
    for value in values:
        best = plain.get(value, len(patterns))
        for group in (open_.get(value[:n], ()) for n in lengths if n <= len(value)):
            first = next((i for i, pieces in group if i >= best or _fits(pieces, value)), best)
            best = min(best, first)
        positions.append(best if best < len(patterns) else -1)
    return positions


class _Prepared(NamedTuple):
    """Patterns as values are held against them: words, and by their beginnings those with ``*``, by position."""

    plain: Mapping[str, int]
    open: Mapping[str, Sequence[tuple[int, Sequence[str]]]]
    lengths: Sequence[int]


@lru_cache(maxsize=1024)
def _prepare(patterns: tuple[str, ...]) -> _Prepared:
    plain: dict[str, int] = {}
    open_: dict[str, tuple[tuple[int, Sequence[str]], ...]] = {}
    for i, pattern in enumerate(patterns):
        beginning, *rest = pattern.split("*")
        if rest:
            open_[beginning] = (*open_.get(beginning, ()), (i, (beginning, *rest)))
        else:
            plain.setdefault(pattern, i)
    lengths = tuple(sorted({len(beginning) for beginning in open_}))
    return _Prepared(MappingProxyType(plain), MappingProxyType(open_), lengths)


def _fits(pieces: Sequence[str], value: str) -> bool:
    """Return whether a value has the pieces between the ``*`` of a pattern in order, each as far left as it can be.

    >>> _fits("a*b*c".split("*"), "a-b-b-c"), _fits("ab*b".split("*"), "ab")
    (True, False)
    """
    first, *between, last = pieces
    at, end = len(first), len(value) - len(last)
    if at > end or not (value.startswith(first) and value.endswith(last)):
        return False
    for piece in between:
        at = value.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def fold(patterns: Sequence[str], answers: Sequence[str], values: pd.Series) -> pd.Series:
    """Return for each value the answer of the first pattern that fits; the answer ``*`` keeps the value.

    The work grows with the number of distinct values.

    Args:
        patterns: in the order in which they are tried.
        answers: the answer of each pattern.
        values: words.

    Raises:
        RuleError: a value that no pattern fits.

    >>> fold(["SUB*", "*"], ["SUB", "*"], pd.Series(["SUB64", "FULL", "SUB80"])).tolist()
    ['SUB', 'FULL', 'SUB']
    """
    codes, distinct = pd.factorize(values)
    words = fold_words(patterns, answers, distinct.tolist())
    return pd.Series(words, dtype=TEXT).take(codes).set_axis(values.index)


def fold_words(patterns: Sequence[str], answers: Sequence[str], words: Sequence[str]) -> list[str]:
    """Return for each word of a list what ``fold`` returns for each value; each distinct word is tried once.

    Args:
        patterns: in the order in which they are tried.
        answers: the answer of each pattern.
        words: words.

    Raises:
        RuleError: a word that no pattern fits.

    >>> fold_words(["SUB*", "*"], ["SUB", "*"], ["SUB64", "FULL"])
    ['SUB', 'FULL']
    """
    distinct = list(dict.fromkeys(words))
    positions = first_fit(patterns, distinct)
    if -1 in positions:
        raise RuleError(f"no pattern fits {distinct[positions.index(-1)]!r}")
    folded = {w: w if answers[i] == "*" else answers[i] for w, i in zip(distinct, positions, strict=True)}
    return [folded[word] for word in words]
