"""Data sets: what each row of a table is called."""

import pandas as pd

from scrub.files.table_files import SourceError
from scrub.frames.cells import TEXT, Words, text
from scrub.frames.plain import is_plain, keep_plain
from scrub.frames.rejects import Fault, Split, join, none_rejected, reject, set_aside
from scrub.frames.spelling import bare
from scrub.tables import Rules, words
from scrub.tables.rules import once


def name_datasets(rules: Rules, table: pd.DataFrame) -> "pd.Series[str]":
    """Return the name of each row: of the columns in ``dataset_names``, the first whose cell is one.

    A table without such a column is named by its text index.

    Args:
        rules: a rule set with the table ``dataset_names``.
        table: one row a data set.

    Raises:
        SourceError: neither such a column nor a text index.

    >>> from scrub import hst_cal
    >>> table = pd.DataFrame({"Dataset": ["b", "c"], "IPST": ["j8zs05020", None]})
    >>> name_datasets(hst_cal.read_rules(), table).tolist()
    ['j8zs05020', 'c']
    """
    spell, wanted = words(rules), list_names(rules)
    spelled = {bare(column): position for position, column in enumerate(table.columns)}
    columns = [read_names(spell, table.iloc[:, spelled[name.lower()]]) for name in wanted if name.lower() in spelled]
    if not columns:
        if isinstance(table.index, pd.RangeIndex):
            raise SourceError(f"no column names the data set: none of {', '.join(wanted)}")
        return read_names(spell, table.index.to_series(index=table.index))
    names = columns[0]
    for other in columns[1:]:
        names = names.fillna(other)
    return names


@once
def list_names(rules: Rules) -> tuple[str, ...]:
    """Return the columns that may name a data set, the first to be asked first.

    >>> from scrub import hst_cal
    >>> list_names(hst_cal.read_rules())
    ('ipst', 'ipppssoot', 'dataset', 'index')
    """
    return tuple(row["column"] for row in sorted(rules["dataset_names"].records(), key=lambda r: int(r["priority"])))


def read_names(words: Words, cells: pd.Series) -> "pd.Series[str]":
    """Return cells as names; what no cell of a table can hold is no name.

    Args:
        words: the spellings of missing.
        cells: raw cells of any type.

    >>> read_names(Words(set(), set()), pd.Series(["j8zs05020", ["a", "b"]])).tolist()
    ['j8zs05020', nan]
    """
    return text(words, keep_plain(cells).values)


def split_rows(frame: pd.DataFrame, stage: str) -> Split:
    """Return the rows that have a name, and whose cells a table can hold; the others are rejected.

    Args:
        frame: any frame; its first column names the rows.
        stage: of the rejects.

    >>> frame = pd.DataFrame({"dataset": ["a", None, "c"], "DETECTOR": ["WFC", "WFC", {"WFC": 1}]})
    >>> split_rows(frame, "hst_cal/inputs").rejected[["what", "reason", "value"]].values.tolist()
    [['row 2', 'missing', ''], ['c', 'not a value that a cell can hold', "{'WFC': 1}"]]
    """
    named, unnamed = _split_unnamed(frame, stage)
    doubtful = [column for column, dtype in zip(named, named.dtypes.tolist(), strict=True) if not is_plain(dtype)]
    if not doubtful:
        return Split(named, unnamed)
    read = {str(column): keep_plain(named[column]) for column in doubtful}
    plain = named.assign(**{column: values for column, (values, _) in read.items()})
    faults = [
        Fault(odd, "not a value that a cell can hold", column, named[column])
        for column, (_, odd) in read.items()
        if odd.any()
    ]
    good, rejected = set_aside(plain, stage, faults)
    return Split(good, join([unnamed, rejected]))


def _split_unnamed(frame: pd.DataFrame, stage: str) -> Split:
    """Return the rows whose first column, their name, is there; the others are rejected by their number.

    Args:
        frame: any frame.
        stage: of the rejects.

    >>> _split_unnamed(pd.DataFrame({"dataset": ["a", None]}), "hst_cal/inputs").rejected["what"].tolist()
    ['row 2']
    """
    frame = frame.reset_index(drop=True)
    column = str(frame.columns[0])
    blank = frame[column].isna()
    if not blank.any():
        return Split(frame, none_rejected())
    rows = pd.DataFrame({"what": [f"row {i + 1}" for i in frame.index[blank]]}, dtype=TEXT)
    return Split(frame[~blank].reset_index(drop=True), reject(rows, stage, "missing", column, [""] * len(rows)))
