"""A few exposures of a table, read as columns at once: what ``from_table`` gives, for less than making its frame."""

import re

import numpy as np
import pandas as pd

from scrub.frames.arrays import Cells, make_cells, read_raw
from scrub.frames.cells import FEW, read_texts
from scrub.frames.columns import spell
from scrub.frames.plain import are_plain
from scrub.frames.rejects import NONE_REJECTED, SplitColumns
from scrub.frames.spelling import bare
from scrub.jwst.inputs import from_table, list_keywords
from scrub.pipeline.column_names import list_lookalikes
from scrub.tables import Rules, words


def read_few(rules: Rules, table: pd.DataFrame) -> SplitColumns:
    """Return the columns of the headers of a table: see ``inputs.from_table``.

    Where the table is not few rows of plain cells with plain names, ``from_table`` reads it.

    Args:
        rules: a JWST rule set.
        table: as ``from_table`` takes it.

    Raises:
        SourceError: as ``from_table`` raises it.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> read_few(rules, jwst.example(rules)).good["EXP_TYPE"].tolist()
    ['NIS_IMAGE', 'NIS_IMAGE']
    """
    columns = _read_plain(rules, table) if 0 < len(table) <= FEW else None
    if columns is not None:
        return SplitColumns(columns, NONE_REJECTED)
    headers, rejected = from_table(rules, table)
    return SplitColumns(read_raw(headers), rejected)


def _read_plain(rules: Rules, table: pd.DataFrame) -> dict[str, Cells] | None:
    """Return the columns of a table; None where a column, a name or a cell is in doubt."""
    plan = list_keywords(rules)
    lower = {bare(column) for column in table.columns}
    if any(column.lower() in lower for column, _ in plan.others):
        return None
    try:
        given = spell(table.columns.tolist(), plan.wanted, known=list_lookalikes(rules))
    except ValueError:
        return None
    cells = table.to_numpy(dtype=object)
    at = {name: position for position, name in enumerate(given)}
    if not at.keys() >= set(plan.required) or not are_plain(cells.ravel().tolist()):
        return None
    names = _read_names(rules, [(cells[:, at[column]], unless) for column, unless in plan.names if column in at])
    if names is None:
        return None
    blank = np.full(len(table), "", dtype=object)
    keywords = {word: cells[:, at[word]] if word in at else blank for word in plan.keywords}
    return {"exposure": names, "file": blank, **keywords, **{w: cells[:, at[w]] for w in plan.checked if w in at}}


def _read_names(rules: Rules, ranked: list[tuple[Cells, str]]) -> Cells | None:
    """Return the names in the first of the columns that may have them; None where a cell there is no plain name."""
    if not ranked:
        return None
    cells, unless = ranked[0]
    names = read_texts(words(rules), cells.tolist())
    plain = (name and not (unless and re.fullmatch(unless, name)) and ".fits" not in name for name in names)
    return make_cells(names) if all(plain) else None
