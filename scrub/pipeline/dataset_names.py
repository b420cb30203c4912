"""Data sets: what each row of a table is called."""

import pandas as pd

from scrub.files.table_files import SourceError
from scrub.frames.cells import text
from scrub.frames.rejects import Split, none_rejected, reject
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
    columns = [text(spell, table.iloc[:, spelled[name.lower()]]) for name in wanted if name.lower() in spelled]
    if not columns:
        if isinstance(table.index, pd.RangeIndex):
            raise SourceError(f"no column names the data set: none of {', '.join(wanted)}")
        return text(spell, table.index.to_series(index=table.index))
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


def split_unnamed(frame: pd.DataFrame, stage: str) -> Split:
    """Return the rows whose first column, their name, is there; the others are rejected by their number.

    Args:
        frame: any frame.
        stage: of the rejects.

    >>> split_unnamed(pd.DataFrame({"dataset": ["a", None]}), "hst_cal/inputs").rejected["what"].tolist()
    ['row 2']
    """
    frame = frame.reset_index(drop=True)
    column = str(frame.columns[0])
    blank = frame[column].isna()
    if not blank.any():
        return Split(frame, none_rejected())
    rows = pd.DataFrame({"what": [f"row {i + 1}" for i in frame.index[blank]]}, dtype="str")
    return Split(frame[~blank].reset_index(drop=True), reject(rows, stage, "missing", column, [""] * len(rows)))
