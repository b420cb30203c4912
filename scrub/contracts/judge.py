"""Judgement: every cell of a table that breaks its contract, or is not as it should be."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scrub.contracts.cells import Typed, own_order, read_cells
from scrub.contracts.contracts import Contract, find_errors, find_warnings
from scrub.contracts.failures import FAILURE
from scrub.contracts.parse import ERROR, WARNING
from scrub.frames.rejects import Fault, write

FOUND = [*FAILURE, "severity"]


def judge(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a table gets wrong: row (from 0; -1 is no row), column, check, reason, value, severity.

    A cell that is not of its type is a finding of its own, and every other cell is judged none the less. A column that
    stands twice is judged by its first.

    Args:
        contract: what the table must keep.
        frame: cells of text, blank where missing, or of any type; its rows have any index.

    >>> from scrub.contracts.contracts import read
    >>> from scrub import tables
    >>> members = read("jwst/members", tables.read("jwst").lists)
    >>> row = {"exposure": "a", "group": "", "product_id": "", "product": "", "rule": "x.csv:2"}
    >>> table = pd.DataFrame([row, {**row, "exposure": "b"}]).assign(scale=["wide", "-1"])
    >>> judge(members, table)[["row", "column", "reason", "value"]].values.tolist()
    [[0, 'scale', 'not a number', 'wide'], [1, 'scale', 'not greater than 0', '-1']]
    """
    table = frame.loc[:, ~frame.columns.duplicated()].reset_index(drop=True)
    typed = read_cells(contract.table, table)
    parts = [list_faults(typed.faults)]
    for severity, find in ((ERROR, find_errors), (WARNING, find_warnings)):
        parts.append(_drop_unread(find(contract, typed.frame), typed).assign(severity=severity))
    return show_cells(join(parts), table)


def join(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return lists of findings as one, in the order of ``arrange``.

    Args:
        parts: each as ``judge`` gives it.

    >>> join([]).columns.tolist()
    ['row', 'column', 'check', 'reason', 'value', 'severity']
    """
    some = [part for part in parts if len(part)]
    return arrange(pd.concat(some, ignore_index=True)) if some else pd.DataFrame(columns=FOUND)


def arrange(findings: pd.DataFrame) -> pd.DataFrame:
    """Return findings by row, those of no row first; what is there twice is there once.

    Args:
        findings: as ``judge`` gives them.

    >>> rows = [[1, "a", "dtype", "not a number", "x", "error"], [0, "b", "isin", "not on the list", "", "error"]]
    >>> arrange(pd.DataFrame([*rows, rows[0]], columns=FOUND))["row"].tolist()
    [0, 1]
    """
    once = findings.astype({"row": int}).drop_duplicates(["row", "column", "reason"])
    return once.sort_values("row", kind="stable", ignore_index=True)


def show_cells(findings: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return findings whose values are the cells of a table, as text.

    Args:
        findings: as ``judge`` gives them.
        table: with their rows by position, and columns of their names.

    >>> finding = pd.DataFrame([[1, "a", "in_range", "outside 0..1", 7.0, "error"]], columns=FOUND)
    >>> show_cells(finding, pd.DataFrame({"a": ["0", "7"]}))["value"].tolist()
    ['7']
    """
    pairs = zip(findings["column"].tolist(), findings["value"].tolist(), strict=True)
    shown = ["" if isinstance(value, str) and value == column else write(value) for column, value in pairs]
    for column, part in findings.reset_index(drop=True).query("row >= 0").groupby("column"):
        if column in table:
            cells = own_order(table[column]).iloc[part["row"]].tolist()
            for at, cell in zip(part.index.tolist(), cells, strict=True):
                shown[at] = write(cell)
    return findings.assign(value=np.array(shown, dtype=object))


def list_faults(faults: Iterable[Fault], severity: str = ERROR) -> pd.DataFrame:
    """Return faults as findings, a row each.

    Args:
        faults: what is wrong with which rows.
        severity: of them all.

    >>> fault = Fault(pd.Series([False, True]), "not a number", "mag", pd.Series(["1", "x"]), "dtype")
    >>> list_faults([fault]).iloc[0, 1:].tolist()
    ['mag', 'dtype', 'not a number', 'x', 'error']
    """
    parts = []
    for fault in faults:
        rows = np.flatnonzero(np.asarray(fault.where, dtype=bool))
        cells = pd.Series(fault.cells).reset_index(drop=True).iloc[rows].tolist()
        values = pd.Series([write(cell) for cell in cells], dtype="object")
        same = {"column": fault.column, "check": fault.check, "reason": fault.reason, "severity": severity}
        parts.append(pd.DataFrame({"row": rows, "value": values}).assign(**same)[FOUND])
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else pd.DataFrame(columns=FOUND)


def _drop_unread(findings: pd.DataFrame, typed: Typed) -> pd.DataFrame:
    """Return findings without those on cells that were not read, or that are a stand-in: they are faults already."""
    unread = {fault.column: fault.where for fault in typed.faults}
    keep = []
    for row, column in findings[["row", "column"]].itertuples(index=False, name=None):
        masks = [masks[column] for masks in (unread, typed.stand_ins) if column in masks and row >= 0]
        keep.append(not any(mask[row] for mask in masks))
    return findings[keep]
