"""Findings on rule tables, and changes between them, as the formats take them: at the line of their file."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scrub.formats.findings import ERROR, NOTE, Finding, Report
from scrub.on_data.report import Comparison
from scrub.tables import findings as of_tables

_KINDS = tuple(("", kind) for kind in of_tables.KINDS)


def report_findings(name: str, findings: Iterable[of_tables.Finding]) -> list[Report]:
    """Return a report for each file with findings; one report of the rule set where there are none.

    Args:
        name: of the rule set, or its folder.
        findings: on its tables.

    >>> [report.file for report in report_findings("jwst", [of_tables.Finding("groups.csv", 2, "blank", "a word")])]
    ['groups.csv']
    >>> report_findings("jwst", [])[0].findings
    ()
    """
    files: dict[str, list[Finding]] = {}
    for one in findings:
        severity = NOTE if one.is_note else ERROR
        files.setdefault(one.file, []).append(Finding(one.kind, one.column, one.case, line=one.line, severity=severity))
    return [Report(file, name, tuple(own), None, _KINDS) for file, own in files.items()] or [
        Report(name, name, (), None, _KINDS)
    ]


def report_changes(comparison: Comparison, refused: Sequence[str], folder: Path) -> list[Report]:
    """Return a report for each table with changes: those that are refused are errors, the others notes.

    Args:
        comparison: of two versions of the rules.
        refused: kinds of change.
        folder: where the tables of the new version lie; a table that is not there keeps its bare name.
    """
    files: dict[str, list[Finding]] = {}
    rows = comparison.changes.to_dict("records")
    for row in rows:
        file, _, line = str(row["new_rule"]).rpartition(":")
        path = folder / (file or f"{row['table']}.csv")
        name = str(path) if path.is_file() else path.name
        severity = ERROR if row["kind"] in refused else NOTE
        number = int(line) if file and line.isdigit() else 0
        files.setdefault(name, []).append(Finding(row["kind"], "", describe(row), line=number, severity=severity))
    label = f"{comparison.old} -> {comparison.new}"
    return [Report(file, label, tuple(own)) for file, own in files.items()] or [Report(comparison.new, label, ())]


def describe(change: Mapping[Any, Any]) -> str:
    """Return a change of the rules as a sentence: the case, and what becomes of its answer.

    Args:
        change: a row of ``diff.rule_sets``.

    >>> describe({"case": "filter=F555W", "was": "", "now": "code=52"}), describe({"case": "a", "was": "1", "now": "2"})
    ('filter=F555W: code=52 is new', 'a: 1 -> 2')
    """
    if not change["was"]:
        return f"{change['case']}: {change['now']} is new"
    if not change["now"]:
        return f"{change['case']}: {change['was']} is gone"
    return f"{change['case']}: {change['was']} -> {change['now']}"
