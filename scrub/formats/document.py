"""Findings as one JSON document; its schema is ``docs/findings.schema.json``."""

from collections.abc import Iterable
from typing import Any

from scrub.formats.findings import ERROR, NOTE, WARNING, Finding, Report

VERSION = 1  # of the document; a key that is new does not change it


def as_document(reports: Iterable[Report], *, command: str, tool: str) -> dict[str, Any]:
    """Return all findings as a document that JSON can hold.

    Args:
        reports: a report for each file.
        command: the command that found them.
        tool: the version of the program.

    >>> report = Report("t.csv", "jwst/products", (Finding("isin", "group", "not on the list", "x", line=3),), 2)
    >>> document = as_document([report], command="validate", tool="0.1.0")
    >>> document["passed"], document["files"][0]["findings"][0]["line"]
    (False, 3)
    """
    reports = list(reports)
    files = [_write_file(report) for report in reports]
    counts = {key: sum(file["counts"][key] for file in files) for key in ("errors", "warnings", "notes")}
    return {
        "schema_version": VERSION,
        "tool": {"name": "skyscrub", "version": tool},
        "command": command,
        "passed": not counts["errors"],
        "counts": {"files": len(reports), **counts},
        "files": files,
    }


def _write_file(report: Report) -> dict[str, Any]:
    return {
        "name": report.file,
        "stage": report.stage,
        "rows": report.rows,
        "counts": {f"{severity}s": report.count(severity) for severity in (ERROR, WARNING, NOTE)},
        "findings": [_write_finding(finding) for finding in report.findings],
    }


def _write_finding(finding: Finding) -> dict[str, Any]:
    return {
        "line": finding.line or None,
        "row": finding.row or None,
        "column": finding.column,
        "check": finding.check,
        "severity": finding.severity,
        "reason": finding.reason,
        "value": finding.value,
    }
