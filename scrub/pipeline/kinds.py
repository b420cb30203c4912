"""Cells by kind: a raw column read as what a rule table declares it to be."""

import numpy as np
import pandas as pd

from scrub.frames.cells import TEXT, Parsed, Words, count, digits, flag, number, text
from scrub.frames.rejects import Fault

NOUNS = {"ra": "number", "dec": "number", "number": "number", "count": "whole number", "flag": "flag"}
_NUMBERS = ("ra", "dec", "number")
NO_WORDS = Words(frozenset(), frozenset())


def parse(words: Words, cells: pd.Series, kind: str, *, width: str = "") -> Parsed:
    """Return a column as its kind, and which of its cells are not of it.

    Kinds: ``number``, ``ra`` and ``dec`` (floats), ``count`` (Int64), ``flag`` (boolean), ``digits`` (text padded with
    zeros to ``width``), ``word`` (text in upper case), ``text``, ``verbatim`` (text of any spelling), ``tally`` (a
    whole number in any spelling, or a word).

    Args:
        words: the spellings of missing, of true and of false.
        cells: raw cells.
        kind: one of the above.
        width: digits at least, of ``digits``.

    >>> parse(Words({"N/A"}, set()), pd.Series(["7", "N/A", "many"]), "count").unreadable.tolist()
    [False, False, True]
    >>> parse(Words({"N/A"}, set()), pd.Series(["2.0", "n"]), "tally").values.tolist()
    ['2', 'n']
    """
    if kind == "count":
        return count(words, cells)
    if kind in _NUMBERS:
        return number(words, cells)
    if kind == "flag":
        return flag(words, cells)
    if kind == "digits":
        values = digits(words, cells, int(width))
    elif kind == "tally":
        numbers, _ = count(words, cells)
        values = numbers.astype(TEXT).fillna(text(words, cells))
    else:
        values = text(NO_WORDS if kind == "verbatim" else words, cells, upper=kind == "word")
    return Parsed(values, np.zeros(len(cells), dtype=bool))


def find_unreadable(parsed: Parsed, kind: str, column: str, cells: pd.Series) -> list[Fault]:
    """Return the fault of cells that are not of their kind; none for a kind that every cell is of.

    Args:
        parsed: what ``parse`` gave.
        kind: of the column.
        column: its name.
        cells: its raw cells.

    >>> cells = pd.Series(["7", "many"])
    >>> [f.reason for f in find_unreadable(parse(NO_WORDS, cells, "count"), "count", "n", cells)]
    ['not a whole number']
    """
    return [Fault(parsed.unreadable, f"not a {NOUNS[kind]}", column, cells, "dtype")] if kind in NOUNS else []
