"""Cells by kind: a raw column read as what a rule table declares it to be."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames import cells as cells_
from scrub.frames.arrays import make_frame, make_words
from scrub.frames.cells import UNREADABLE, Distinct, Parsed, Words, list_distinct, make_counts
from scrub.frames.rejects import Fault

NOUNS = {"ra": "number", "dec": "number", "number": "number", "count": "whole number", "flag": "flag"}
_NUMBERS = ("ra", "dec", "number", "count")
NO_WORDS = Words(frozenset(), frozenset())


class Read(NamedTuple):
    """A column as its kind, and which of its cells are not of it; None for a kind that every cell is of."""

    values: Any
    unreadable: npt.NDArray[np.bool_] | None


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
    values, unreadable = read(words, cells.array, kind, width=width)
    column = make_frame({"cells": values}, index=cells.index)["cells"]
    return Parsed(column, np.zeros(len(cells), dtype=bool) if unreadable is None else unreadable)


def read(words: Words, array: Any, kind: str, *, width: str = "") -> Read:
    """Return a column as its kind, as ``parse`` does, in plain arrays: words as ``arrays.make_words`` has them.

    Args:
        words: the spellings of missing, of true and of false.
        array: raw cells.
        kind: as ``parse`` has them.
        width: digits at least, of ``digits``.

    >>> read(NO_WORDS, np.array(["7", "many"], dtype=object), "number").values.tolist()
    [7.0, nan]
    """
    if kind in _NUMBERS:
        numbers, unreadable = cells_.number_array(words, array)
        if kind != "count":
            return Read(numbers, unreadable)
        counts, fractions = make_counts(numbers)
        return Read(counts, unreadable | fractions)
    distinct = list_distinct(array)
    if kind == "flag":
        codes = distinct.spread(np.array(cells_.read_flags(words, distinct.cells), dtype="int8"))
        return Read(pd.arrays.BooleanArray(codes == 1, np.zeros(len(codes), dtype=bool)), codes == UNREADABLE)
    return Read(make_words(_read_words(words, distinct, kind, width), distinct.codes), None)


def _read_words(words: Words, distinct: Distinct, kind: str, width: str) -> list[str | None]:
    """Return the distinct cells of a column as the words of its kind."""
    if kind == "digits":
        return cells_.read_digits(words, distinct.cells, int(width))
    read_ = cells_.read_texts(NO_WORDS if kind == "verbatim" else words, distinct.cells, upper=kind == "word")
    if kind != "tally":
        return read_
    counts, _ = make_counts(cells_.read_numbers(words, distinct.cells).values)
    return [word if count is pd.NA else str(count) for count, word in zip(counts.tolist(), read_, strict=True)]


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
