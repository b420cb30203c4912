"""Counts: numbers made of keywords (table ``counts``), such as the primary position of a dither with subpixel steps."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from scrub.frames.arrays import Columns, pick
from scrub.frames.columns import Positions
from scrub.frames.sky import Floats
from scrub.tables import Rules
from scrub.tables.rules import once


def count(rules: Rules, members: Columns, word: str, rows: Positions) -> Floats:
    """Return numbers of some rows: a keyword, or a count made of keywords; NaN where unknown.

    Args:
        rules: a JWST rule set.
        members: columns of exposures.
        word: a keyword, or a count of the table.
        rows: of members.
    """
    counts = list_counts(rules)
    if word not in counts:
        return _read_number(members, word, rows)
    row = counts[word]
    value, per = (_read_number(members, row[column], rows) for column in ("keyword", "per"))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(per > 0, (value - float(row["less"])) // per, np.nan), dtype="float64")


@once
def list_counts(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    """Return the rows of ``counts`` by their names; none where the rule set has no such table."""
    rows = rules["counts"].records() if "counts" in rules.tables else []
    return MappingProxyType({row["count"]: row for row in rows})


def count_keys(rules: Rules, members: Columns, answers: Columns) -> dict[str, Floats]:
    """Return a column of each count that keeps products of one name apart.

    Args:
        rules: a JWST rule set.
        members: columns of exposures, with the number of their ``case``.
        answers: those of the tables to each case.

    >>> from scrub import jwst
    >>> count_keys(jwst.read_rules(), {}, {})
    {}
    """
    counts = list_counts(rules)
    if not counts or "keys" not in answers:
        return {}
    keys = {word for cell in set(answers["keys"].tolist()) if cell for word in cell.split()}
    rows = np.arange(len(members["case"]))
    return {word: count(rules, members, word, rows) for word in counts if word in keys}


def _read_number(members: Columns, word: str, rows: Positions) -> Floats:
    cells = pd.Series(pick(members[word], rows)).astype("Float64")
    return np.asarray(cells.to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)
