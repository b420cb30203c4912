"""What a table of exposures gets wrong beside its contract: sides that do not agree, copies, new words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.files.table_files import SourceError
from scrub.frames.arrays import make_cells, read_frame
from scrub.frames.plain import keep_plain
from scrub.frames.rejects import Fault
from scrub.frames.spelling import bare
from scrub.jwst.agreements import find_new_words
from scrub.jwst.exposures import read
from scrub.jwst.inputs import find_name_column, to_headers
from scrub.jwst.vocabulary import read_vocabulary
from scrub.pipeline.features import NO_CODE, encode_words, order_features
from scrub.tables import Rules

RAW = "jwst/archive"
TYPED = "jwst/exposures"
_CONTRACTED = {"dtype", "off-sky"}  # what the contract of a typed table says too


class Read(NamedTuple):
    """What a contract judges in place of a table, row by row; what the table calls its columns; what else is wrong."""

    frame: pd.DataFrame
    names: Mapping[str, str]
    faults: list[Fault]


def read_for(rules: Rules, stage: str, table: pd.DataFrame) -> Read:
    """Return a table as its contract judges it, and what is wrong with it beside the contract.

    A raw table (``jwst/archive``) is read as a run reads it. A table of another stage is judged as it is; of exposures
    (``jwst/exposures``) it is told, too, where two sides do not agree.

    Args:
        rules: a JWST rule set.
        stage: the contract.
        table: rows as they are written.

    Raises:
        SourceError: a raw table lacks a column that must be there, or the name of a column is in doubt.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> faults = read_for(rules, "jwst/archive", jwst.example(rules).assign(PROGRAM="7")).faults
    >>> [(fault.check, fault.column) for fault in faults if fault.where.any()]
    [('name-program', 'PROGRAM')]
    """
    if stage not in (RAW, TYPED):
        return Read(table, {}, [])
    plain = {str(column): keep_plain(table[column]) for column in table}
    known = pd.DataFrame({column: cells.values for column, cells in plain.items()}, index=table.index)
    try:
        headers = to_headers(rules, known)
    except SourceError:
        if stage == RAW:
            raise
        return Read(table, {}, [])  # its contract says which columns are missing
    frame, faults = read(rules, headers.assign(exposure=headers["exposure"].fillna("")))
    faults = [*faults, *_find_new(rules, frame, faults), *_find_uncoded(rules, frame)]
    if stage == TYPED:
        return Read(table, {}, [fault for fault in faults if fault.check not in _CONTRACTED])
    named = frame.assign(exposure=headers["exposure"].array)
    odd = [
        Fault(cells.unreadable, "not a value that a cell can hold", column, table[column], "dtype")
        for column, cells in plain.items()
        if cells.unreadable.any()
    ]
    names = {bare(column).upper(): str(column) for column in table.columns}
    own_names = {**names, "exposure": find_name_column(rules, known)}
    own = [fault for fault in faults if fault.check != "off-sky"]
    return Read(named, own_names, [*odd, *own, *_find_copies(named)])


def _find_copies(frame: pd.DataFrame) -> Iterator[Fault]:
    """Yield rows of a name that is there already: those that say the same, then those that differ."""
    names = frame["exposure"]
    again = frame.drop(columns="file").duplicated() & names.notna()
    yield Fault(again, "there already, in a row that says the same: a run counts it once", "exposure", names, "copy")
    distinct = names[~again]
    differ = names.isin(distinct[distinct.duplicated()].dropna())
    yield Fault(differ, "not what another row of this name has", "exposure", names, "contradiction")


def _find_new(rules: Rules, frame: pd.DataFrame, faults: Sequence[Fault]) -> Iterator[Fault]:
    """Yield rows with a word that no list of their instrument has, but for words that are at fault already."""
    for new in find_new_words(rules, read_frame(frame)):
        keyword, word, instrument = new["keyword"], new["word"], new["INSTRUME"]
        where = ((frame[keyword] == word) & (frame["INSTRUME"] == instrument)).to_numpy(dtype=bool, na_value=False)
        for fault in faults:
            if fault.column == keyword:
                where = where & ~np.asarray(fault.where, dtype=bool)
        yield Fault(where, f"a word that no list of {instrument} has", keyword, frame[keyword], "new-word")


def _find_uncoded(rules: Rules, frame: pd.DataFrame) -> Iterator[Fault]:
    """Yield rows with a word that has no code, of an instrument whose words are on no list."""
    for row in order_features(rules):
        keyword = row["column"]
        listed = read_vocabulary(rules, keyword).own if row["kind"] == "category" and keyword in frame else {}
        if listed:
            there = frame["INSTRUME"].notna() & frame[keyword].notna()
            own = (there & ~frame["INSTRUME"].isin(listed)).to_numpy(dtype=bool)
            cells = make_cells(frame[keyword][own].tolist())
            codes = encode_words(rules, row["feature"], cells, missing=row["missing"], handle_unknown="error")
            where = np.zeros(len(frame), dtype=bool)
            where[own] = codes.unknown
            reason = f"{NO_CODE}: a run rejects the features of its product"
            yield Fault(where, reason, keyword, frame[keyword], "new-word")
