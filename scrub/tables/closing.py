"""Closing: a row of an overlay that repeats a row below it, with an earlier ``until``, ends that row."""

from collections.abc import Sequence

import pandas as pd

from scrub.frames.cells import make_text
from scrub.tables.rows import OWN

_FREE = ("until", "source", "note", "rule", OWN)  # in which a row and the one that closes it may differ
_NEVER = ""


def close_rows(rows: pd.DataFrame, editions: Sequence[str]) -> pd.DataFrame:
    """Return rows in which each row below an overlay ends where a row of the overlay closes it.

    A closing row has the cells of the row that it closes, ``since`` too, and the first edition without it as ``until``.
    A row with other cells closes none: it stands in the place of the row below only as long as it is in force itself.

    Args:
        rows: of a table, every edition, with the column ``layer`` where there is an overlay.
        editions: every edition, oldest first; an ``until`` that is none of them closes nothing.

    >>> rows = pd.DataFrame({"word": ["a", "b", "a"], "since": "", "until": ["", "", "2"], "layer": [0, 0, 1]})
    >>> close_rows(rows, ["1", "2"])["until"].tolist()
    ['2', '', '2']
    """
    if OWN not in rows or "until" not in rows:
        return rows
    ranks = {_NEVER: len(editions), **{edition: number for number, edition in enumerate(editions)}}
    until, layers = rows["until"].tolist(), rows[OWN].tolist()
    own = [number for number, layer in enumerate(layers) if layer == 1 and until[number] and until[number] in ranks]
    if not own:
        return rows
    cells = list(zip(*(rows[name].tolist() for name in rows if name not in _FREE), strict=True))
    ends: dict[tuple[str, ...], str] = {}
    for number in own:
        ends[cells[number]] = min(until[number], ends.get(cells[number], _NEVER), key=ranks.__getitem__)
    for number, layer in enumerate(layers):
        end = ends.get(cells[number], _NEVER) if layer == 0 else _NEVER
        if ranks[end] < ranks.get(until[number], 0):
            until[number] = end
    return rows.assign(until=make_text(until))
