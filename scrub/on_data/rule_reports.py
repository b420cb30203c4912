"""Findings on rule tables, and changes between them, as the formats take them: at the line of their file."""

import glob
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
    is_overlay = any("/" in str(row["new_rule"]) for row in rows)
    for row in rows:
        file, _, line = str(row["new_rule"]).rpartition(":")
        name = _name_file(file or f"{row['table']}.csv", folder, is_overlay=is_overlay)
        severity = ERROR if row["kind"] in refused else NOTE
        number = int(line) if file and line.isdigit() else 0
        files.setdefault(name, []).append(Finding(row["kind"], "", describe(row), line=number, severity=severity))
    label = f"{comparison.old} -> {comparison.new}"
    return [Report(file, label, tuple(own)) for file, own in files.items()] or [Report(comparison.new, label, ())]


def _name_file(file: str, folder: Path, *, is_overlay: bool) -> str:
    """Return the path of a rule table below the folder of its version; its own name where it is not there.

    Args:
        file: as a rule names it: rows of an overlay have the folder before the name, rows that ship have not.
        folder: of the version.
        is_overlay: whether the folder lies over the tables that ship.
    """
    parts = Path(file).parts
    if len(parts) == 1 and is_overlay:
        return file
    for path in (folder / parts[-1], *sorted(folder.glob(f"*/{glob.escape(parts[-1])}"))):
        if path.is_file() and path.resolve().parts[-len(parts) :] == parts:
            return str(path)
    return parts[-1]


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
