"""Copies: rows of one name. Those that say the same are one row; those that differ are at fault, by column."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames.cells import as_text
from scrub.frames.rejects import Fault

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]


class Read(NamedTuple):
    """Rows as they were read, and what is wrong with which of them."""

    frame: pd.DataFrame
    faults: list[Fault]


def fold(read: Read, *, path: str = "") -> Read:
    """Return each row once: rows of one name that differ have a fault, in the first column in which they do.

    Rows are equal as they were read: ``1`` and ``1.0`` of a count are, and so are two spellings of missing. A cell that
    could not be read is equal to one that is written the same way.

    Args:
        read: rows named by their first column; a row that is there again has the faults of the first.
        path: a column that says where a row comes from, and is no difference; of rows that are equal, the one with the
            least path stays.

    >>> frame = pd.DataFrame({"name": ["a", "b", "a", "b"], "n": [1, 2, 1, 3]})
    >>> folded = fold(Read(frame, []))
    >>> folded.frame["name"].tolist(), folded.faults[0].where.tolist(), folded.faults[0].column
    (['a', 'b', 'b'], [False, True, True], 'n')
    """
    frame, faults = read
    names = frame.iloc[:, 0]
    if names.is_unique:
        return read
    twice = np.flatnonzero(names.duplicated(keep=False))
    groups, _ = pd.factorize(names.iloc[twice])
    differ, different = _find_differences(read, twice, groups, path)
    stays = np.ones(len(frame), dtype=bool)
    order = np.argsort(frame[path].fillna("").to_numpy(dtype=object)[twice], kind="stable") if path else slice(None)
    stays[twice[order]] = differ[order] | ~pd.Series(groups[order]).duplicated().to_numpy()
    kept = [
        fault._replace(where=np.asarray(fault.where, dtype=bool)[stays], cells=_take(fault.cells, stays))
        for fault in [*faults, *different]
    ]
    return Read(frame[stays].reset_index(drop=True), kept)


def _take(cells: Any, where: Flags) -> Any:
    return cells[where].reset_index(drop=True) if isinstance(cells, pd.Series) else cells[where]


def _find_differences(read: Read, twice: Numbers, groups: Numbers, path: str) -> tuple[Flags, list[Fault]]:
    """Return which of the rows that are there twice differ from another of their name, and a fault for each column."""
    frame, faults = read
    parts = [(str(column), frame[column].array[twice]) for column in frame.columns[1:] if column != path]
    parts += [(fault.column, written) for fault in faults if (written := _write(fault, twice)) is not None]
    differ = np.zeros(len(twice), dtype=bool)
    different = []
    for name, cells in parts:
        codes, _ = pd.factorize(cells, use_na_sentinel=False)
        own = _vary(groups, codes)[groups] & ~differ
        if own.any():
            where, shown = np.zeros(len(frame), dtype=bool), np.full(len(frame), "", dtype=object)
            where[twice[own]] = True
            texts = [as_text(value) for value in cells[own].tolist()]
            files = [as_text(file) for file in frame[path].iloc[twice[own]].tolist()] if path else []
            shown[twice[own]] = _name_others(texts, groups[own].tolist(), files) if any(files) else texts
            different.append(Fault(where, "not what another row of this name has", name, shown))
            differ |= own
    return differ, different


def _write(fault: Fault, twice: Numbers) -> Any:
    """Return the cells of a fault as they are written, where rows have it; None where no row has."""
    at_fault = np.asarray(fault.where, dtype=bool)[twice]
    if not at_fault.any():
        return None
    cells, hit = np.full(len(twice), "", dtype=object), twice[at_fault]
    values = fault.cells.iloc[hit].tolist() if isinstance(fault.cells, pd.Series) else list(fault.cells[hit])
    cells[at_fault] = [as_text(value) for value in values]
    return cells


def _vary(groups: Numbers, codes: Numbers) -> Flags:
    """Return whether each group has more than one code."""
    count = int(groups.max()) + 1
    least, most = np.full(count, np.iinfo(np.intp).max), np.full(count, -1)
    np.minimum.at(least, groups, codes)
    np.maximum.at(most, groups, codes)
    vary: Flags = least != most
    return vary


def _name_others(texts: Sequence[str], groups: Sequence[int], files: Sequence[str]) -> list[str]:
    """Return each value with its file, and the first other file of its name that has another value."""
    rows = sorted(zip(groups, files, texts, strict=True))
    first = {group: (file, word) for group, file, word in reversed(rows)}
    second = {group: (file, word) for group, file, word in reversed(rows) if word != first[group][1]}
    shown = []
    for group, file, word in zip(groups, files, texts, strict=True):
        other, value = first[group] if first[group][1] != word else second.get(group, first[group])
        shown.append(f"{word!r} in {file}; {value!r} in {other}")
    return shown


def count_copies(raw: pd.DataFrame, read: Callable[[pd.DataFrame], Read], *, path: str = "") -> int:
    """Return how many rows say what another row of their name says.

    Args:
        raw: rows named by their first column.
        read: reads rows.
        path: a column that is no difference, see ``fold``.

    >>> count_copies(pd.DataFrame({"name": ["a", "b", "a"], "n": 1}), lambda raw: Read(raw, []))
    1
    """
    twice = raw.iloc[:, 0].duplicated(keep=False)
    if not twice.any():
        return 0
    some = read(raw[twice].reset_index(drop=True))
    return len(some.frame) - len(fold(some, path=path).frame)
