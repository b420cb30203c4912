"""Findings for the places where code is reviewed: GitHub's workflow commands, GitLab's code quality."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from scrub.formats.findings import ERROR, NOTE, SHOWN, WARNING, Finding, Report, group

_LEVELS = {ERROR: "error", WARNING: "warning", NOTE: "notice"}
_GRAVITY = {ERROR: "major", WARNING: "minor", NOTE: "info"}
_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def as_github(reports: Iterable[Report]) -> Iterator[str]:
    """Yield workflow commands: an annotation for each finding, of a large group for the first few.

    Args:
        reports: a report for each file.

    >>> finding = Finding("in_range", "TARG_DEC", "outside -90..90", "-95", line=7)
    >>> print(*as_github([Report("t.csv", "jwst/exposures", (finding,), 30)]))
    ::error file=t.csv,line=7,title=TARG_DEC/in_range::TARG_DEC: outside -90..90: '-95'
    """
    for report in reports:
        for one in group(report.findings):
            for finding in one.findings[:SHOWN]:
                line = f",line={finding.line}" if finding.line else ""
                title = _encode(finding.name, _IN_PROPERTY)
                text = _encode(finding.message, _IN_DATA)
                yield f"::{_LEVELS[one.severity]} file={_encode(report.file, _IN_PROPERTY)}{line},title={title}::{text}"
            if len(one.findings) > SHOWN:
                more = f"{one.findings[0].name}: {len(one.findings) - SHOWN} more (--format json has all)"
                yield f"::notice file={_encode(report.file, _IN_PROPERTY)}::{_encode(more, _IN_DATA)}"


def _encode(text: str, marks: dict[str, str]) -> str:
    return "".join(marks.get(letter, letter) for letter in text)


def as_gitlab(reports: Iterable[Report]) -> list[dict[str, Any]]:
    """Return the entries of a code quality report. A finding without a line stands on line 1, and says its row.

    The fingerprint of an entry is of the file, the check, the reason and the value: it stays when lines move.

    Args:
        reports: a report for each file.

    >>> finding = Finding("in_range", "TARG_DEC", "outside -90..90", "-95", line=7)
    >>> (entry,) = as_gitlab([Report("t.csv", "jwst/exposures", (finding,), 30)])
    >>> entry["check_name"], entry["severity"], entry["location"]
    ('TARG_DEC/in_range', 'major', {'path': 't.csv', 'lines': {'begin': 7}})
    """
    return [
        {
            "description": finding.message,
            "check_name": finding.name,
            "fingerprint": mark,
            "severity": _GRAVITY[finding.severity],
            "location": {"path": report.file, "lines": {"begin": finding.line or 1}},
        }
        for report in reports
        for finding, mark in count_repeats(report)
    ]


def fingerprint(*parts: str) -> str:
    """Return a hash that stands for a finding.

    Args:
        *parts: what tells it from others.

    >>> len(fingerprint("t.csv", "TARG_DEC/in_range"))
    64
    """
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def count_repeats(report: Report) -> list[tuple[Finding, str]]:
    """Return each finding with its fingerprint, which differs where findings are alike.

    Args:
        report: of a file.

    >>> finding = Finding("isin", "group", "not on the list", "x", line=3)
    >>> len({mark for _, mark in count_repeats(Report("t.csv", "s", (finding, finding)))})
    2
    """
    repeats = Counter[tuple[str, ...]]()
    marked = []
    for finding in report.findings:
        key = (report.file, finding.name, finding.reason, finding.value)
        repeats[key] += 1
        marked.append((finding, fingerprint(*key, str(repeats[key]))))
    return marked
