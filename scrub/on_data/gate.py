"""The gate: a table held against the contract of a stage, each finding at the line or row of its file."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.contracts import contracts
from scrub.contracts.contracts import Contract
from scrub.contracts.judge import join, judge, list_faults, show_cells
from scrub.contracts.parse import WARNING
from scrub.files import shipped
from scrub.files.any_table import Table
from scrub.files.table_files import SourceError
from scrub.formats.findings import Finding, Report
from scrub.on_data.registry import find_pipeline
from scrub.tables import NoSuchRulesError, Rules

UNREADABLE = "unreadable"
SEPARATORS = {";": "';'", "\t": "a tab", "|": "'|'"}


class Stage(NamedTuple):
    """A stage of a pipeline, and what its tables are held against."""

    name: str
    contract: Contract
    rules: Rules

    @property
    def base(self) -> str:
        """The rule set of its pipeline."""
        return self.name.partition("/")[0]


def list_stages(own: Path | None = None) -> dict[str, Path]:
    """Return the stages that have a contract, and its file.

    Args:
        own: the folder of a rule set of one's own; the contracts in its folder ``schemas`` are stages, too.

    >>> "jwst/archive" in list_stages(), "rules/table" in list_stages()
    (True, False)
    """
    folder = shipped.find("schemas")
    files = [file for file in folder.glob("*/*.yaml") if file.parent.name != "rules"]
    stages = {file.relative_to(folder).with_suffix("").as_posix(): file for file in sorted(files)}
    beside = sorted((own / "schemas").glob("*.yaml")) if own else []
    return stages | {f"{file.parents[1].resolve().name}/{file.stem}": file for file in beside}


def read_stage(name: str, read_rules: Callable[[str], Rules], *, own: Path | None = None) -> Stage:
    """Return a stage, with its lists filled from a rule set.

    Args:
        name: of its contract.
        read_rules: takes the name of the rule set that ships for the stage.
        own: the folder of a rule set of one's own, whose contracts are stages, too.

    Raises:
        NoSuchRulesError: no such stage.
    """
    known = list_stages(own)
    if name not in known:
        raise NoSuchRulesError(f"no stage {name}: there are {', '.join(known)}")
    rules = read_rules(name.partition("/")[0])
    return Stage(name, contracts.read(name, rules.lists, file=known[name]), rules)


def find_all(stage: Stage, frame: pd.DataFrame) -> pd.DataFrame:
    """Return everything that rows of a table get wrong, as ``contracts.judge`` lists it, under the table's own names.

    Args:
        stage: what the table is held against.
        frame: its rows; columns may stand twice.

    Raises:
        SourceError: a raw table lacks a column without which no row can be read.

    >>> from scrub import tables
    >>> stage = read_stage("jwst/members", tables.read)
    >>> row = {"exposure": "a", "group": "spectra", "product_id": "p", "product": "p", "rule": "x.csv:2"}
    >>> find_all(stage, pd.DataFrame([row]))[["row", "column", "reason"]].values.tolist()
    [[0, 'group', 'not on the list']]
    """
    table = frame.loc[:, ~frame.columns.duplicated()].reset_index(drop=True)
    read = find_pipeline(stage.base).read_for(stage.rules, stage.name, table)
    only_warn = stage.contract.only_warn
    must = [fault for fault in read.faults if fault.check not in only_warn]
    should = [fault for fault in read.faults if fault.check in only_warn]
    findings = join([judge(stage.contract, read.frame), list_faults(must), list_faults(should, WARNING)])
    named = findings.assign(column=findings["column"].map(lambda column: read.names.get(column, column)))
    return show_cells(named, table)


def judge_table(stage: Stage, table: Table, *, differences: Sequence[str] = ()) -> Report:
    """Return the report of a table: what its file, its columns and its rows get wrong.

    Args:
        stage: what the table is held against.
        table: as it was read.
        differences: how its stamp differs from the rules at hand.
    """
    rows, checks = len(table.frame) + len(table.torn), tuple(list_checks(stage.contract))
    report = Report(table.name, stage.name, tuple(Finding("stamp", "", line) for line in differences), rows, checks)
    if separator := find_separator(table.frame.columns):
        reason = f"one column, whose name holds {separator}: the separator of the file seems to be {separator}, not ','"
        return add_findings(report, [Finding("separator", "", reason, line=_head(table))])
    twice = table.frame.columns[table.frame.columns.duplicated()].unique()
    reason = "more than one column of this name"
    own = [Finding("column_twice", str(name), reason, line=_head(table)) for name in twice]
    own += [Finding("torn", "", reason, text, line=number) for number, reason, text in table.torn]
    try:
        own += place_findings(find_all(stage, table.frame), table)
    except SourceError as error:
        own.append(Finding("columns", "", str(error), line=_head(table)))
    return add_findings(report, own)


def add_findings(report: Report, findings: Iterable[Finding]) -> Report:
    """Return a report with more findings.

    Args:
        report: of a file.
        findings: that come after its own.

    >>> add_findings(Report("t.csv", "jwst/products", ()), [Finding("isin", "group", "not on the list")]).count("error")
    1
    """
    return report._replace(findings=(*report.findings, *findings))


def report_unreadable(stage: Stage, file: str, reason: str) -> Report:
    """Return the report of a file that could not be read.

    Args:
        stage: what it was to be held against.
        file: its name.
        reason: why.
    """
    return Report(file, stage.name, (Finding(UNREADABLE, "", reason.removeprefix(f"{file}: ")),))


def _head(table: Table) -> int:
    """Return the line of a table's header; 0 where it has no lines."""
    return 1 if table.lines or table.torn else 0


def place_findings(findings: pd.DataFrame, table: Table) -> list[Finding]:
    """Return findings with the line of each row in its file, or its number from 1 where the file has no lines.

    Args:
        findings: as ``find_all`` lists them.
        table: that they are of.
    """
    lines, head = table.lines, _head(table)
    return [
        Finding(
            str(check),
            str(column),
            str(reason),
            str(value),
            line=(lines[row] if row >= 0 else head) if head else 0,
            row=0 if head else row + 1,
            severity=severity,
        )
        for row, column, check, reason, value, severity in findings.itertuples(index=False, name=None)
    ]


def find_separator(columns: Iterable[object]) -> str:
    """Return what a table seems to have in place of commas, where all of its header is one name; else blank.

    >>> find_separator(["a;b;c"]), find_separator(["a", "b;c"])
    ("';'", '')
    """
    names = [str(column) for column in columns]
    if len(names) != 1:
        return ""
    counts = {mark: names[0].count(mark) for mark in SEPARATORS if mark in names[0]}
    return SEPARATORS[max(counts, key=lambda mark: counts[mark])] if counts else ""


def list_checks(contract: Contract) -> list[tuple[str, str]]:
    """Return each check that a contract asks for, after its column.

    >>> from scrub import tables
    >>> list_checks(contracts.read("jwst/members", tables.read("jwst").lists))[:2]
    [('exposure', 'not_nullable'), ('exposure', 'dtype')]
    """
    pairs = []
    for column, spec in contract.table["columns"].items():
        pairs += [(column, "not_nullable")] if not spec.get("nullable") else []
        pairs += [(column, "dtype")] if spec.get("dtype") else []
        pairs += [(column, "field_uniqueness")] if spec.get("unique") else []
        pairs += [(column, check) for check in spec.get("checks") or {}]
    pairs += [(column, "multiple_fields_uniqueness") for column in (contract.table.get("unique") or [])[:1]]
    return pairs
