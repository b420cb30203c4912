"""Findings as SARIF 2.1.0, the format of code scanning: a result for each, at the line of its file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scrub.formats.findings import Finding, Report
from scrub.formats.hosts import count_repeats

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
MOST = 25_000  # results: a host takes no more in one run


def as_sarif(reports: Iterable[Report], *, tool: str) -> dict[str, Any]:
    """Return a SARIF document of one run. Of more results than a host takes, the first; a notification counts the rest.

    Args:
        reports: a report for each file.
        tool: the version of the program.

    >>> finding = Finding("in_range", "TARG_DEC", "outside -90..90", "-95", line=7)
    >>> (run,) = as_sarif([Report("t.csv", "jwst/exposures", (finding,), 30)], tool="0.1.0")["runs"]
    >>> run["results"][0]["ruleId"], run["results"][0]["locations"][0]["physicalLocation"]["region"]
    ('in_range', {'startLine': 7})
    """
    marked = [(report.file, *pair) for report in reports for pair in count_repeats(report)]
    rules = list(dict.fromkeys(finding.check for _, finding, _ in marked))
    results = [_write_result(file, finding, mark, rules.index(finding.check)) for file, finding, mark in marked[:MOST]]
    driver = {"name": "skyscrub", "version": tool, "rules": [{"id": rule, "name": rule} for rule in rules]}
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    if len(marked) > MOST:
        text = f"{len(marked) - MOST} more findings (--format json has all)"
        notification = {"level": "warning", "message": {"text": text}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [notification]}]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _write_result(file: str, finding: Finding, mark: str, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": name_uri(file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.column:
        location["logicalLocations"] = [{"name": finding.column, "kind": "member"}]
    return {
        "ruleId": finding.check,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"skyscrubFinding/v1": mark},
    }


def name_uri(file: str) -> str:
    """Return the name of a file as a URI reference: relative names stay relative.

    Args:
        file: as it was named.

    >>> name_uri("night 1/t.csv"), name_uri("/data/t.csv")
    ('night%201/t.csv', 'file:///data/t.csv')
    """
    path = Path(file)
    text = quote(path.as_posix().encode("utf-8", "surrogateescape"))
    return f"file://{text}" if path.is_absolute() else text
