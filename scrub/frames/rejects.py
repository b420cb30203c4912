"""Rejects: rows that may not go on are set aside, each with its stage, reason, column and value."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

REJECTED = ["what", "stage", "reason", "column", "value"]


class Split(NamedTuple):
    """Rows that may go on, and an account of those that may not (what, stage, reason, column, value)."""

    good: pd.DataFrame
    rejected: pd.DataFrame


class Fault(NamedTuple):
    """Something wrong with rows of a frame: where, why, and in which cells."""

    where: "pd.Series | np.ndarray[Any, np.dtype[np.bool_]]"
    reason: str
    column: str
    cells: pd.Series


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
    values = ["" if pd.isna(v) else str(v) for v in value]
    cells = {
        "what": rows.iloc[:, 0].fillna("").to_numpy(),
        "stage": stage,
        "reason": reason,
        "column": column,
        "value": values,
    }
    return pd.DataFrame(cells, columns=REJECTED).astype("str")


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
    clean, rejected = judge(frame, stage, faults)
    return Split(frame if clean.all() else frame[clean].reset_index(drop=True), rejected)


class Verdict(NamedTuple):
    """Which rows are clean, and an account of the others."""

    clean: "np.ndarray[Any, np.dtype[np.bool_]]"
    rejected: pd.DataFrame


def judge(rows: pd.DataFrame, stage: str, faults: Iterable[Fault]) -> Verdict:
    """Return which rows no fault is in, and an account of the others: the first fault of each.

    Args:
        rows: any frame; its first column names the rows.
        stage: where rows are rejected.
        faults: what is wrong with which rows; the first of a row counts.

    >>> frame = pd.DataFrame({"exposure": ["a", "b"], "scale": [0.03, None]})
    >>> judge(frame, "s", [Fault(frame["scale"].isna(), "missing", "scale", frame["scale"])]).clean.tolist()
    [True, False]
    """
    clean = np.ones(len(rows), dtype=bool)
    accounts = []
    for fault in faults:
        hit = clean & np.asarray(fault.where, dtype=bool)
        if hit.any():
            accounts.append(reject(rows[hit], stage, fault.reason, fault.column, fault.cells[hit]))
            clean &= ~hit
    return Verdict(clean, join(accounts))


def join(accounts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return accounts as one, in their order.

    >>> join([none_rejected(), none_rejected()]).columns.tolist()
    ['what', 'stage', 'reason', 'column', 'value']
    """
    some = [account for account in accounts if len(account)]
    return pd.concat(some, ignore_index=True) if some else none_rejected()


def none_rejected() -> pd.DataFrame:
    """Return an account of no rows."""
    return _NONE.copy()


_NONE = pd.DataFrame(columns=REJECTED, dtype="str")  # nobody else has it: each caller gets a copy
