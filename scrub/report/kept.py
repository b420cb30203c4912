"""Contracts held against the tables of a run once more: which table keeps which, and what breaks it."""

from typing import NamedTuple

import pandas as pd

from scrub.contracts import contracts
from scrub.report.saved_run import Known, SavedRun

_MOST = 20  # findings of a table that a page lists


class Broken(NamedTuple):
    """A finding: the row number (blank where it is no row's fault), the column, the reason and the value."""

    row: str
    column: str
    reason: str
    value: str


class Result(NamedTuple):
    """A table against its contract: its rows, how often they break it, the first findings, typed cells."""

    table: str
    contract: str
    rows: int
    broken: int
    findings: list[Broken]
    typed: pd.DataFrame


def hold_tables(run: SavedRun, known: Known) -> list[Result]:
    """Return the result of each table of a run that has a contract, in the order of the pipeline.

    Args:
        run: a run.
        known: its rules.
    """
    results = []
    for name, frame in run.tables.items():
        contract_name = known.pipeline.saved.contracts.get(name.partition("-")[0])
        if contract_name is None:
            continue
        contract = contracts.read(contract_name, known.rules.lists)
        typed = contracts.typed(contract, frame)
        failures = contracts.failures(contract, typed)
        first = [
            Broken(str(row + 1) if row >= 0 else "", str(column), str(reason), str(value))
            for row, column, reason, value in failures.head(_MOST)[["row", "column", "reason", "value"]].itertuples(
                index=False, name=None
            )
        ]
        results.append(Result(name, contract_name, len(frame), len(failures), first, typed))
    order = list(known.pipeline.saved.contracts)
    return sorted(results, key=lambda result: (order.index(result.table.partition("-")[0]), result.table))
