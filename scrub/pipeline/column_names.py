"""Names of columns: a table with its columns as a pipeline calls them, or refused by the column that is in doubt."""

from collections.abc import Collection, Iterable

import pandas as pd

from scrub.files.table_files import SourceError
from scrub.frames import columns
from scrub.tables import Rules
from scrub.tables.rules import once


def name_columns(rules: Rules, table: pd.DataFrame, wanted: Iterable[str], *, what: str = "the table") -> pd.DataFrame:
    """Return a table with the wanted columns spelled as they are wanted, whatever their case and blanks.

    Args:
        rules: a rule set; its table ``lookalikes`` has names that are near a wanted one, and mean something else.
        table: any table.
        wanted: the names of columns that are read.
        what: the table, for messages.

    Raises:
        SourceError: a second column of one name, or a column one letter from a wanted one that is not there.

    >>> from scrub import tables
    >>> rules = tables.read("jwst")
    >>> name_columns(rules, pd.DataFrame(columns=["pupil ", "TARGURA"]), ["PUPIL", "TARG_RA"]).columns.tolist()
    ['PUPIL', 'TARGURA']
    >>> name_columns(rules, pd.DataFrame(columns=["PUPLI"]), ["PUPIL"])
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: the table: the column 'PUPLI' is one letter from PUPIL, which is not there: rename it, or take it out
    """  # noqa: E501
    try:
        return columns.rename(table, wanted, known=list_lookalikes(rules))
    except ValueError as error:
        raise SourceError(f"{what}: {error}") from None


@once
def list_lookalikes(rules: Rules) -> Collection[str]:
    """Return the names, in lower case, that are near a wanted name and mean something else.

    >>> from scrub import tables
    >>> "targura" in list_lookalikes(tables.read("jwst"))
    True
    """
    return frozenset(rules["lookalikes"].rows["column"].str.lower())
