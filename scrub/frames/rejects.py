"""Rejects: rows that may not go on are set aside, each with its stage, reason, column and value."""

from collections.abc import Iterable, Mapping, Sequence
from reprlib import Repr
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.frames.cells import TEXT
from scrub.frames.plain import is_odd

REJECTED = ["what", "stage", "reason", "column", "value"]
_MOST_BITS = 1000  # of a number that is written in full
_SHORT = Repr()
_SHORT.maxother = _SHORT.maxstring = _SHORT.maxlong = 80


class Split(NamedTuple):
    """Rows that may go on, and an account of those that may not (what, stage, reason, column, value)."""

    good: pd.DataFrame
    rejected: pd.DataFrame


class SplitColumns(NamedTuple):
    """What ``Split`` says, with the rows that may go on as columns: arrays of one length.

    ``rejected`` may be ``NONE_REJECTED``, which all share: whoever hands it on joins it with other accounts.
    """

    good: Mapping[str, Any]
    rejected: pd.DataFrame


class Fault(NamedTuple):
    """Something wrong with rows of a frame: where, why, in which cells, and which check says so, if it has a name."""

    where: "pd.Series | np.ndarray[Any, np.dtype[np.bool_]]"
    reason: str
    column: str
    cells: Any
    check: str = ""


def set_columns_aside(columns: Mapping[str, Any], stage: str, faults: Iterable[Fault]) -> SplitColumns:
    """Return what ``set_aside`` does, for the columns of a frame.

    Args:
        columns: arrays of one length; the first names the rows.
        stage: where rows are rejected.
        faults: what is wrong with which rows; the first of a row counts.

    >>> columns = {"exposure": np.array(["a", "b"], dtype=object)}
    >>> set_columns_aside(columns, "s", [Fault([True, False], "odd", "", np.array([1, 2]))]).good["exposure"].tolist()
    ['b']
    """
    clean, rejected = judge(next(iter(columns.values())), stage, faults)
    return SplitColumns(columns if clean.all() else {name: own[clean] for name, own in columns.items()}, rejected)


def reject(
    rows: pd.DataFrame, stage: str, reason: str | list[str], column: str | list[str], value: Sequence[Any] | pd.Series
) -> pd.DataFrame:
    """Return an account of rows that may not go on; ``what`` is their first column.

    Args:
        rows: the rows; their first column names them.
        stage: where they are rejected.
        reason: why: one for all, or one a row.
        column: the column at fault: one for all, or one a row.
        value: the cell at fault of each row.

    >>> reject(pd.DataFrame({"exposure": ["a"]}), "jwst/members", "missing", "CHANNEL", [""]).iloc[0].tolist()
    ['a', 'jwst/members', 'missing', 'CHANNEL', '']
    """
    cells = {
        "what": rows.iloc[:, 0].fillna("").to_numpy(),
        "stage": stage,
        "reason": reason,
        "column": column,
        "value": [write(cell) for cell in value],
    }
    return pd.DataFrame(cells, columns=REJECTED).astype(TEXT)


def write(cell: object) -> str:
    r"""Return a raw cell, or the name of a file, as an account shows it: text that UTF-8 can write, "" if missing.

    What is no cell of a table (a list, a number of many digits) is shown in short.

    >>> write(2.0), write(None), write([1, 2]), write("a\udcff"), write(1 << 5000)
    ('2.0', '', '[1, 2]', 'a\\udcff', 'a whole number of 5001 bits')
    """
    if isinstance(cell, str):
        return cell if cell.isascii() else cell.encode("utf-8", "backslashreplace").decode("utf-8")
    if not is_odd(cell):
        return "" if pd.isna(cell) else str(cell)  # type: ignore[call-overload]
    if isinstance(cell, int) and cell.bit_length() > _MOST_BITS:
        return f"a whole number of {cell.bit_length()} bits"
    return write(_SHORT.repr(cell))


def set_aside(frame: pd.DataFrame, stage: str, faults: Iterable[Fault]) -> Split:
    """Return the rows that no fault is in, and an account of the others: the first fault of each.

    Args:
        frame: any frame; its first column names the rows.
        stage: where rows are rejected.
        faults: what is wrong with which rows; the first of a row counts.

    >>> frame = pd.DataFrame({"exposure": ["a", "b"], "scale": [0.03, None]})
    >>> split = set_aside(frame, "s", [Fault(frame["scale"].isna(), "missing", "scale", frame["scale"])])
    >>> split.good["exposure"].tolist(), split.rejected["what"].tolist()
    (['a'], ['b'])
    """
    clean, rejected = judge(frame.iloc[:, 0].array, stage, faults)
    if clean.all():
        return Split(frame, none_rejected())
    return Split(frame[clean].reset_index(drop=True), rejected)


class Verdict(NamedTuple):
    """Which rows are clean, and an account of the others."""

    clean: "np.ndarray[Any, np.dtype[np.bool_]]"
    rejected: pd.DataFrame


def judge(names: Any, stage: str, faults: Iterable[Fault]) -> Verdict:
    """Return which rows no fault is in, and an account of the others: the first fault of each.

    Args:
        names: an array of what the rows are called.
        stage: where rows are rejected.
        faults: what is wrong with which rows; the first of a row counts.

    >>> frame = pd.DataFrame({"exposure": ["a", "b"], "scale": [0.03, None]})
    >>> faults = [Fault(frame["scale"].isna(), "missing", "scale", frame["scale"])]
    >>> judge(frame["exposure"].array, "s", faults).clean.tolist()
    [True, False]
    """
    clean = np.ones(len(names), dtype=bool)
    accounts = []
    for fault in faults:
        hit = clean & np.asarray(fault.where, dtype=bool)
        if hit.any():
            named = pd.DataFrame({"what": np.asarray(names, dtype=object)[hit]}, dtype=TEXT)
            accounts.append(reject(named, stage, fault.reason, fault.column, fault.cells[hit]))
            clean &= ~hit
    return Verdict(clean, join(accounts) if accounts else NONE_REJECTED)


def join(accounts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return accounts as one, in their order.

    >>> join([none_rejected(), none_rejected()]).columns.tolist()
    ['what', 'stage', 'reason', 'column', 'value']
    """
    some = [account for account in accounts if len(account)]
    return pd.concat(some, ignore_index=True) if some else none_rejected()


def arrange(rejected: pd.DataFrame) -> pd.DataFrame:
    """Return an account in an order that no order of rows decides: by stage, as they come, then by what was rejected.

    >>> rows = pd.DataFrame({"name": ["b", "a"]})
    >>> arrange(reject(rows, "s", "missing", "n", ["", ""]))["what"].tolist()
    ['a', 'b']
    """
    if len(rejected) < 2:
        return rejected
    stages, _ = pd.factorize(rejected["stage"])
    ordered = rejected.assign(at=stages).sort_values(["at", "what", "column", "reason", "value"], ignore_index=True)
    return ordered.drop(columns="at")


def count_reasons(accounts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return a row for each stage, reason and column: the first reject of them, and how many there are (``count``).

    Args:
        accounts: all rejects, in their order, in one account or several.

    >>> rows = pd.DataFrame({"name": ["a", "b"]})
    >>> whole = reject(rows, "s", "missing", "n", ["", ""])
    >>> count_reasons([whole.head(1), whole.tail(1)])[["what", "count"]].values.tolist()
    [['a', 2]]
    """
    by = ["stage", "reason", "column"]
    firsts = [
        account.groupby(by).agg(what=("what", "first"), value=("value", "first"), count=("what", "size"))
        for account in accounts
    ]
    ways = {"what": "first", "value": "first", "count": "sum"}
    return pd.concat(firsts).groupby(level=by).agg(ways).reset_index()


def none_rejected() -> pd.DataFrame:
    """Return an account of no rows."""
    return NONE_REJECTED.copy(deep=False)


NONE_REJECTED = pd.DataFrame(columns=REJECTED, dtype=TEXT)  # pandas copies the cells of a copy where it is written to
