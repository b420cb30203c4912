"""Quarantine: a table in two, the rows that may go on and those that may not with the reasons, and back again."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.files.any_table import Table
from scrub.files.table_files import SourceError
from scrub.formats.findings import ERROR, Report
from scrub.frames.cells import TEXT
from scrub.frames.rejects import write

ROW, LINE, REASONS, TORN = MARKS = ("skyscrub_row", "skyscrub_line", "skyscrub_reasons", "skyscrub_torn")


class Parts(NamedTuple):
    """A table in two: good rows as they are, and bad ones behind what marks them; all cells are text."""

    good: pd.DataFrame
    bad: pd.DataFrame


class Joined(NamedTuple):
    """A table that was in two: its rows, their numbers, the torn lines, and what the line of a number was."""

    frame: pd.DataFrame
    numbers: list[int]
    torn: pd.DataFrame
    lines: dict[str, str]


def divide(table: Table, report: Report) -> Parts:
    """Return the rows of a table without an error, and the others: good and bad rows are those of the table.

    A torn line is a bad row: its text stands in ``skyscrub_torn``. An error of the whole file is one of each row.
    ``skyscrub_row`` is the number of a row in the table, from 1, torn lines with it.

    Args:
        table: as it was read.
        report: of the table, with its errors.

    Raises:
        SourceError: a column of the table has a name that marks bad rows.

    >>> from scrub.formats.findings import Finding
    >>> table = Table("t.csv", pd.DataFrame({"a": ["0", "7"]}, dtype="str"), [], [2, 3])
    >>> parts = divide(table, Report("t.csv", "s", (Finding("in_range", "a", "outside 0..1", "7", line=3),), 2))
    >>> parts.good["a"].tolist(), parts.bad.iloc[0].tolist()
    (['0'], ['2', '3', "a: outside 0..1: '7'", '', '7'])
    """
    if clash := [column for column in MARKS if column in table.frame.columns]:
        raise SourceError(f"{table.name}: the column {clash[0]} marks bad rows: rename it")
    reasons = _list_reasons(report)
    lines = table.lines or list(range(1, len(table.frame) + 1))
    places = sorted([*((line, row) for row, line in enumerate(lines)), *((torn.number, -1) for torn in table.torn)])
    numbers = {place: number for number, (place, _) in enumerate(places, start=1)}
    whole = reasons.get(0, [])
    own = [[*whole, *reasons.get(line, [])] for line in lines]
    is_bad = np.array([bool(some) for some in own], dtype=bool)
    text = as_text(table.frame)
    rows = pd.DataFrame(
        {
            ROW: [str(numbers[line]) for line in lines],
            LINE: [str(line) if table.lines else "" for line in lines],
            REASONS: ["; ".join(some) for some in own],
            TORN: "",
        },
        dtype=TEXT,
    )
    bad = pd.concat([rows[is_bad].reset_index(drop=True), text[is_bad].reset_index(drop=True)], axis=1)
    torn = pd.DataFrame(
        {
            ROW: [str(numbers[line.number]) for line in table.torn],
            LINE: [str(line.number) for line in table.torn],
            REASONS: [line.reason for line in table.torn],
            TORN: [line.text for line in table.torn],
        },
        dtype=TEXT,
    )
    return Parts(text[~is_bad].reset_index(drop=True), sort_bad([bad, torn], list(text.columns)))


def sort_bad(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return bad rows in the order of their numbers, with blank cells where a row has none.

    Args:
        parts: bad rows.
        columns: those of the table.
    """
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    whole = rows.reindex(columns=[*MARKS, *columns]).fillna("").astype(TEXT)
    order = np.argsort(whole[ROW].astype("int64").to_numpy(), kind="stable")
    return whole.iloc[order].reset_index(drop=True)


def _list_reasons(report: Report) -> dict[int, list[str]]:
    """Return the errors of each line or row; those of the whole file are of line 0."""
    reasons: dict[int, list[str]] = {}
    for one in report.findings:
        if one.severity == ERROR and one.check != "torn":
            place = one.row or (one.line if one.line > 1 else 0)
            reasons.setdefault(place, []).append(one.sentence)
    return reasons


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of any types as text, blank where a cell is missing.

    Args:
        frame: any table.

    >>> as_text(pd.DataFrame({"a": [1.5, None]}))["a"].tolist()
    ['1.5', '']
    """
    cells = [pd.Series([write(cell) for cell in frame.iloc[:, i].tolist()], dtype=TEXT) for i in range(frame.shape[1])]
    if not cells:
        return pd.DataFrame(index=range(len(frame)))
    return pd.concat(cells, axis=1).set_axis([str(column) for column in frame.columns], axis=1)


def rejoin(good: Table, bad: Table, account: Mapping[str, object]) -> Joined:
    """Return a table that was divided as one again, each row in its place; torn lines that nobody mended stay apart.

    Args:
        good: the good rows.
        bad: the bad rows, mended or not.
        account: how many rows there were: ``rows``.

    Raises:
        SourceError: a row is gone, or is there twice; or the columns differ.
    """
    where = bad.name
    if list(bad.frame.columns) != [*MARKS, *good.frame.columns] or bad.torn or good.torn:
        raise SourceError(f"{where}: not the columns of {good.name} behind {', '.join(MARKS)}, or a torn line: mend it")
    numbers = [int(text) if text.isascii() and text.isdigit() else 0 for text in bad.frame[ROW].tolist()]
    total = account["rows"]
    if len(set(numbers)) != len(numbers) or not all(0 < number <= int(str(total)) for number in numbers):
        raise SourceError(f"{where}: the numbers in {ROW} are not those that were written: put them back")
    count = len(numbers) + len(good.frame)
    if count != total:
        raise SourceError(f"{where}: {total} rows were divided, and {count} are left: put the others back")
    taken = set(numbers)
    free = [number for number in range(1, count + 1) if number not in taken]
    is_torn = (bad.frame[TORN] != "").to_numpy(dtype=bool)
    mended = bad.frame[~is_torn].drop(columns=list(MARKS))
    own = [*free, *(number for number, torn in zip(numbers, is_torn, strict=True) if not torn)]
    order = np.argsort(own, kind="stable")
    frame = pd.concat([good.frame, mended], ignore_index=True).iloc[order].reset_index(drop=True)
    lines = dict(zip(bad.frame[ROW].tolist(), bad.frame[LINE].tolist(), strict=True))
    return Joined(frame, [own[i] for i in order], bad.frame[is_torn], lines)
