"""Findings as JUnit XML: a test suite for each file, a test case for each column and check."""

import re
from collections.abc import Iterable, Iterator
from html import escape

from scrub.formats.findings import ERROR, SHOWN, Group, Report, group, place

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(reports: Iterable[Report]) -> Iterator[str]:
    """Yield the lines of a JUnit document. A warning is no failure: it stands in the output of its test case.

    Args:
        reports: a report for each file.

    >>> for line in as_junit([Report("t.csv", "jwst/products", (), 25, (("group", "isin"),))]):
    ...     print(line)
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="skyscrub" tests="1" failures="0">
    <testsuite name="t.csv" tests="1" failures="0" errors="0" skipped="0">
    <testcase classname="t.csv" name="group/isin"/>
    </testsuite>
    </testsuites>
    """
    suites = [(report, _list_cases(report)) for report in reports]
    failures = [sum(_fails(groups) for _, groups in cases) for _, cases in suites]
    total = sum(len(cases) for _, cases in suites)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="skyscrub" tests="{total}" failures="{sum(failures)}">'
    for (report, cases), failed in zip(suites, failures, strict=True):
        name = _attribute(report.file)
        yield f'<testsuite name={name} tests="{len(cases)}" failures="{failed}" errors="0" skipped="0">'
        for test, groups in cases:
            yield from _write_case(report, test, groups)
        yield "</testsuite>"
    yield "</testsuites>"


def _list_cases(report: Report) -> list[tuple[str, list[Group]]]:
    """Return each test case of a file by name, with its groups of findings."""
    cases: dict[str, list[Group]] = {"/".join(filter(None, pair)): [] for pair in report.checks}
    for one in group(report.findings):
        cases.setdefault(one.findings[0].name, []).append(one)
    return list((cases or {report.stage: []}).items())


def _fails(groups: list[Group]) -> bool:
    return any(one.severity == ERROR for one in groups)


def _write_case(report: Report, test: str, groups: list[Group]) -> Iterator[str]:
    head = f"<testcase classname={_attribute(report.file)} name={_attribute(test)}"
    if not groups:
        yield f"{head}/>"
        return
    yield f"{head}>"
    errors = [one for one in groups if one.severity == ERROR]
    if errors:
        findings = [finding for one in errors for finding in one.findings]
        message = f"{findings[0].sentence}; {len(findings)} in all"
        yield f"<failure type={_attribute(findings[0].check)} message={_attribute(message)}>"
        yield from (line for one in errors for line in _list_lines(report, one))
        yield "</failure>"
    warnings = [line for one in groups if one.severity != ERROR for line in _list_lines(report, one)]
    if warnings:
        yield from ("<system-out>", *warnings, "</system-out>")
    yield "</testcase>"


def _list_lines(report: Report, one: Group) -> Iterator[str]:
    for finding in one.findings[:SHOWN]:
        yield _escape(f"{place(report.file, finding)}: {one.severity}: {finding.sentence}")
    if len(one.findings) > SHOWN:
        yield f"... and {len(one.findings) - SHOWN} more (--format json has all)"


def _escape(text: str) -> str:
    """Return a text as XML can hold it: a character that no XML document may have is replaced."""
    return escape(_NO_XML.sub("\ufffd", text), quote=True)


def _attribute(text: str) -> str:
    return '"' + _escape(text).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;") + '"'
