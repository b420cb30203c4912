"""Rows in force: those of a table at one edition, with the rows of an overlay in place of those that ship."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import pandas as pd

from scrub.tables.declare import Declaration
from scrub.tables.rows import OWN, Cells, make_frame, pick_rows, read_frame

DATES = ("since", "until")


def version(edition: str) -> tuple[int, ...]:
    """Return an edition as numbers, so that 1.9 comes before 1.11.

    >>> version("1.9") < version("1.11")
    True
    """
    return tuple(int(part) for part in edition.split("."))


def at_edition(cells: Cells, edition: str, editions: Sequence[str]) -> Cells:
    """Return the rows in force: ``since`` is the first edition with a row, ``until`` the first without.

    Args:
        cells: of a sheet.
        edition: one of the editions.
        editions: every edition; a date that is none of them leaves its row out of force.

    >>> at_edition({"since": ("", "2"), "until": ("2", ""), "group": ("none", "spec")}, "2", ["1", "2"])["group"]
    ('spec',)
    """
    if not is_dated(cells):
        return cells
    ranks = _rank(tuple(editions))
    now = ranks[edition]
    since = (ranks.get(date, len(ranks)) if date else 0 for date in cells["since"])
    until = (ranks.get(date, 0) if date else len(ranks) for date in cells["until"])
    dates = enumerate(zip(since, until, strict=True))
    return pick_rows(cells, (row for row, (first, last) in dates if first <= now < last))


@lru_cache(maxsize=32)
def _rank(editions: tuple[str, ...]) -> Mapping[str, int]:
    """Return the position of each edition among all, by version."""
    return {edition: i for i, edition in enumerate(sorted(set(editions), key=version))}


def find_turning(sheets: Iterable[Cells], editions: Sequence[str]) -> list[str]:
    """Return the editions at which some row begins or ends, after the first one, oldest first.

    Between two of them the rules are the same.

    Args:
        sheets: the columns of each.
        editions: every edition.

    >>> find_turning([{"since": ("", "3"), "until": ("3", "")}], ["1", "2", "3"])
    ['3']
    """
    dates = {date for cells in sheets if is_dated(cells) for column in DATES for date in cells[column]}
    return sorted(dates & set(editions), key=version)


def is_dated(cells: Cells) -> bool:
    """Return whether any row begins or ends with an edition.

    >>> is_dated({"since": ("", "2"), "until": ("", "")})
    True
    """
    return "since" in cells and (any(cells["since"]) or any(cells["until"]))


def lay_over(cells: Cells, table: Declaration) -> Cells:
    """Return the rows in force with those of an overlay in place of the shipped rows of the same key.

    Of a pattern table the overlay's rows are tried first, but for a row whose pattern ships: it stands in its place.
    Decision tables keep both: an overlay's rows win the cases they answer when the table is expanded. A row that
    repeats a shipped row is that row.

    Args:
        cells: of the rows in force, with the column ``layer`` where there is an overlay.
        table: what tables.toml says of it.

    >>> from scrub.tables.declare import section
    >>> cells = {"feature": ("a", "b", "a"), "code": ("0", "1", "5"), "layer": (0, 0, 1)}
    >>> lay_over(cells, section("t", policy="list", key=["feature"], answers={"code": ""}))["code"]
    ('5', '1')
    """
    if OWN not in cells:
        return cells
    if not any(cells[OWN]):
        return {name: words for name, words in cells.items() if name != OWN}
    return read_frame(_lay_over(make_frame(cells), table))


def _lay_over(rows: pd.DataFrame, table: Declaration) -> pd.DataFrame:
    """Return what ``lay_over`` does, for rows of which some are of an overlay."""
    own = rows[OWN] == 1
    if table.policy == "unique":
        repeats = own & rows.duplicated([*table.conditions, *table.answers])
        return rows[~repeats].reset_index(drop=True)
    keys = [*table.key, *(["pattern"] if table.policy == "first" else [])]
    return _replace_rows(rows[~own], rows[own], keys, new_first=table.policy == "first")


def _replace_rows(below: pd.DataFrame, own: pd.DataFrame, keys: list[str], *, new_first: bool) -> pd.DataFrame:
    """Return rows with own rows in the place of those of the same key; rows of a new key come first, or last."""
    position = below.reset_index().drop_duplicates(keys).set_index(keys)["index"]
    own_keys = pd.MultiIndex.from_frame(own[keys]) if len(keys) > 1 else pd.Index(own[keys[0]])
    taken = position.reindex(own_keys).to_numpy(dtype="float64")
    end = -math.inf if new_first else math.inf
    placed = own.assign(at=pd.Series(taken, index=own.index).fillna(end))
    kept = below[~below.index.isin(taken)].assign(at=lambda frame: frame.index.astype("float64"))
    return pd.concat([placed, kept]).sort_values("at", kind="stable").drop(columns="at").reset_index(drop=True)
