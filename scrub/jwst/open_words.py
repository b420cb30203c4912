"""Open words: classes, or missing words, that agree with any other word of their keyword (table ``open_words``)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from scrub.frames.arrays import Columns, make_cells, pick, take
from scrub.frames.columns import Positions, number_rows
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.rules import once

Open = Mapping[str, frozenset[str]]
CLOSED = "closed "  # stands before the name of a key, in the name of the column with the words that replace open ones
_AGAIN = "again"
_NONE = "none"  # how the table writes a keyword that is missing


def list_open(rules: Rules) -> Open:
    """Return the open words of each key; none for rules without the table.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> sorted(list_open(jwst.read_rules("jwst_dms"))["fxd_slit"])
    ['none', 's200a']
    """
    return _list_open(rules)[0]


def list_first(rules: Rules) -> Open:
    """Return the open words whose exposures are in one product only, the first by the alphabet.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> [len(list_first(jwst.read_rules("jwst_dms", edition=edition))) for edition in ("3.1", "3.2")]
    [1, 0]
    """
    return _list_open(rules)[1]


@once
def _list_open(rules: Rules) -> tuple[Open, Open]:
    rows = rules["open_words"].records() if "open_words" in rules.tables else []
    return _map(rows), _map([row for row in rows if row["every"] != "true"])


def _map(rows: Sequence[Mapping[str, str]]) -> Open:
    keys = dict.fromkeys(row["key"] for row in rows)
    return MappingProxyType({key: frozenset(row["class"] for row in rows if row["key"] == key) for key in keys})


def close_words(open_: Open, keys: Sequence[str], values: Sequence[Any]) -> list[Any]:
    """Return the values of keys with each open word replaced by the other word of the rows that agree in all else.

    Of several others it is the first by the alphabet; where there is none, the open word stays.

    Args:
        open_: of ``list_first``.
        keys: names of columns.
        values: the column of each key.

    >>> slits = {"fxd_slit": frozenset({"s200a"})}
    >>> columns = [make_cells(["g", "g", "h"]), make_cells(["s200a", "s400a1", "s200a"])]
    >>> [column.tolist() for column in close_words(slits, ["GRATING", "fxd_slit"], columns)]
    [['g', 'g', 'h'], ['s400a1', 's400a1', 's200a']]
    """
    closed = list(values)
    for at, key in enumerate(keys):
        if key in open_:
            others = _list_others(open_, key, closed, at)
            own = closed[at].tolist()
            closed[at] = make_cells(others[row][0] if row in others else word for row, word in enumerate(own))
    return closed


def _list_others(open_: Open, key: str, values: Sequence[Any], at: int) -> dict[int, list[str]]:
    """Return for each row with an open word the other words of the rows that agree in all else, if there are any."""
    is_open = find_open(open_, key, values[at])
    if not is_open.any() or is_open.all():
        return {}
    sets = number_rows([*values[:at], *values[at + 1 :]] or [np.zeros(len(is_open))]).codes
    words: dict[int, set[str]] = {}
    for number, word in zip(sets[~is_open].tolist(), pick(values[at], np.flatnonzero(~is_open)).tolist(), strict=True):
        words.setdefault(number, set()).add(word)
    numbers = sets.tolist()
    return {row: sorted(words[numbers[row]]) for row in np.flatnonzero(is_open).tolist() if numbers[row] in words}


def find_open(open_: Open, key: str, words: Any) -> Flags:
    """Return which words of a key are open.

    Args:
        open_: of ``list_open``.
        key: the name of a column; of a keyword (in upper case) what is missing may be open, of its classes each.
        words: the column.

    >>> find_open({"fxd_slit": frozenset({"s200a"})}, "fxd_slit", make_cells(["s200a", "s400a1"])).tolist()
    [True, False]
    """
    known = open_.get(key, frozenset())
    if key.isupper():
        return np.asarray(pd.isna(words), dtype=bool) & (_NONE in known)
    return np.fromiter((word in known for word in words.tolist()), dtype=bool, count=len(words))


def pick_values(members: Columns, answers: Columns, words: Sequence[str], rows: Positions) -> list[Any]:
    """Return columns of some rows by their words: of members, or of the answers to their case.

    Args:
        members: columns of exposures, with the number of their ``case``.
        answers: those of the tables to each case.
        words: names of columns.
        rows: of members.
    """
    case = members["case"][rows]
    return [pick(members[word], rows) if word in members else answers[word][case] for word in words]


def pick_closed(members: Columns, answers: Columns, words: Sequence[str], rows: Positions) -> list[Any]:
    """Return what ``pick_values`` does, with open words replaced.

    Args:
        members: columns of exposures, as ``expand_open`` gives them.
        answers: those of the tables to each case.
        words: names of columns.
        rows: of members.
    """
    values = pick_values(members, answers, words, rows)
    return [replace_open(members, word, cells, rows) for word, cells in zip(words, values, strict=True)]


def replace_open(members: Columns, word: str, cells: Any, rows: Positions) -> Any:
    """Return the cells of a column, those that are open replaced by the words that stand for them in these rows.

    Args:
        members: columns of exposures, as ``expand_open`` gives them.
        word: the name of the column.
        cells: of the column, of some rows.
        rows: of members.
    """
    if CLOSED + word not in members:
        return cells
    instead = members[CLOSED + word][rows]
    return np.where(pd.isna(instead), np.asarray(cells, dtype=object), instead)


def expand_open(rules: Rules, members: dict[str, Any], answers: Columns) -> dict[str, Any]:
    """Return a row for each product that an exposure with an open word is in: one for each other word of its set.

    Args:
        rules: a JWST rule set.
        members: columns of exposures with ``group``, ``EXP_TYPE`` and the number of their ``case``.
        answers: for each case ``keys``, what keeps products apart.

    Returns:
        The rows; where there are open words, with the columns ``CLOSED`` key: the word that stands for an open one,
        and ``again``, which is true of all rows of an exposure but the first.
    """
    for key in (key for key in list_open(rules) if key not in list_first(rules)):
        words = _find_words(list_open(rules), key, members, answers)
        if words:
            counts = np.ones(len(members["case"]), dtype=np.intp)
            counts[list(words)] = [len(own) for own in words.values()]
            instead = [word for row in range(len(counts)) for word in words.get(row, [None])]
            rows = np.repeat(np.arange(len(counts)), counts)
            again = np.diff(rows, prepend=-1) == 0
            members = take({_AGAIN: np.zeros(len(counts), dtype=bool), **members}, rows)
            members |= {CLOSED + key: make_cells(instead), _AGAIN: members[_AGAIN] | again}
    return members


def is_again(members: Columns) -> Flags:
    """Return which rows are of an exposure that has such a row already, with another word in place of an open one.

    Args:
        members: columns of exposures, as ``expand_open`` gives them.
    """
    return np.asarray(members.get(_AGAIN, np.zeros(len(members["case"]), dtype=bool)))


def _find_words(open_: Open, key: str, members: Columns, answers: Columns) -> dict[int, list[str]]:
    """Return for each row whose word of a key is open the other words of its set, if there are any."""
    known = answers[key][members["case"]] if key in answers else members[key]
    is_open = find_open(open_, key, known) & np.asarray(pd.notna(members["group"]))
    if not is_open.any():
        return {}
    mixed = np.isin(_number(members["EXP_TYPE"]), _number(members["EXP_TYPE"])[is_open])
    keys, words = answers["keys"][members["case"]], dict[int, list[str]]()
    for form in dict.fromkeys(keys[is_open].tolist()):
        names = [*form.split(), "PROGRAM", "candidate" if "candidate" in members else "OBSERVTN"]
        own = np.flatnonzero(mixed & (keys == form))
        if key in names and not is_open[own].all():
            others = _list_others(open_, key, pick_closed(members, answers, names, own), names.index(key))
            words |= {int(own[row]): more for row, more in others.items()}
    return words


def _number(words: Any) -> Positions:
    return number_rows([words]).codes
