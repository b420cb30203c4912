"""Findings as people and machines read them: text, JSON, JUnit, SARIF, and what GitHub and GitLab take.

It knows no telescope and no rule table: a command makes ``Report``s of what it found, and writes them here.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scrub.formats.document import as_document
from scrub.formats.findings import Report
from scrub.formats.hosts import as_github, as_gitlab
from scrub.formats.junit import as_junit
from scrub.formats.sarif import as_sarif
from scrub.formats.text import as_text

FORMATS = ("text", "json", "junit", "github", "gitlab", "sarif")


def write(
    form: str, reports: Sequence[Report], *, command: str, tool: str, shorten: Callable[[str], str] = str
) -> Iterator[str]:
    """Yield the lines of reports in a format.

    Args:
        form: one of ``FORMATS``.
        reports: a report for each file.
        command: the command that found them.
        tool: the version of the program.
        shorten: cuts a very long text where people read it.

    >>> print(*write("text", [Report("t.csv", "jwst/products", (), 25)], command="validate", tool="0.1.0"))
    t.csv: 25 rows, 0 errors, 0 warnings (jwst/products)
    """
    if form == "text":
        yield from as_text(reports, shorten=shorten)
    elif form == "junit":
        yield from as_junit(reports)
    elif form == "github":
        yield from as_github(reports)
    else:
        yield from json.dumps(_make_document(form, reports, command, tool), indent=2).split("\n")


def _make_document(form: str, reports: Sequence[Report], command: str, tool: str) -> Any:
    if form == "gitlab":
        return as_gitlab(reports)
    return as_sarif(reports, tool=tool) if form == "sarif" else as_document(reports, command=command, tool=tool)
