"""Open words: classes that agree with any other class of their keyword (table ``open_words``)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from scrub.frames.arrays import Cells, make_cells
from scrub.frames.columns import Positions, number_rows
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.rules import once

Open = Mapping[str, frozenset[str]]


@once
def list_open(rules: Rules) -> Open:
    """Return the open words of each key; none for rules without the table.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> sorted(list_open(jwst.read_rules("jwst_dms"))["fxd_slit"])
    ['none', 's200a']
    """
    rows = rules["open_words"].records() if "open_words" in rules.tables else []
    keys = dict.fromkeys(row["key"] for row in rows)
    return MappingProxyType({key: frozenset(row["class"] for row in rows if row["key"] == key) for key in keys})


def close_words(open_: Open, keys: Sequence[str], values: Sequence[Any]) -> list[Any]:
    """Return the values of keys with each open word replaced by the other word of the rows that agree in all else.

    Of several others it is the first by the alphabet; where there is none, the open word stays.

    Args:
        open_: of ``list_open``.
        keys: names of columns.
        values: the column of each key.

    >>> slits = {"fxd_slit": frozenset({"s200a"})}
    >>> columns = [make_cells(["g", "g", "h"]), make_cells(["s200a", "s400a1", "s200a"])]
    >>> [column.tolist() for column in close_words(slits, ["GRATING", "fxd_slit"], columns)]
    [['g', 'g', 'h'], ['s400a1', 's400a1', 's200a']]
    """
    closed = list(values)
    for at, key in enumerate(keys):
        is_open = find_open(open_, key, closed[at])
        if is_open.any() and not is_open.all():
            sets = number_rows([*closed[:at], *closed[at + 1 :]] or [np.zeros(len(is_open))]).codes
            closed[at] = _close(closed[at], is_open, sets)
    return closed


def _close(words: Cells, is_open: Flags, sets: Positions) -> Cells:
    """Return words with those that are open replaced by the first other word of their set."""
    first: dict[int, str] = {}
    for number, word in zip(sets[~is_open].tolist(), words[~is_open].tolist(), strict=True):
        first[number] = min(word, first.get(number, word))
    rows = zip(sets.tolist(), words.tolist(), is_open.tolist(), strict=True)
    return make_cells(first.get(number, word) if skipped else word for number, word, skipped in rows)


def find_open(open_: Open, key: str, words: Any) -> Flags:
    """Return which words of a key are open.

    Args:
        open_: of ``list_open``.
        key: the name of a column.
        words: the column.

    >>> find_open({"fxd_slit": frozenset({"s200a"})}, "fxd_slit", make_cells(["s200a", "s400a1"])).tolist()
    [True, False]
    """
    known = open_.get(key, frozenset())
    return np.fromiter((word in known for word in words.tolist()), dtype=bool, count=len(words))
