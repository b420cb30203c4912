"""Findings for people: by check and column, counted; of a large group the first few."""

from collections.abc import Callable, Iterable, Iterator

from scrub.formats.findings import ERROR, SHOWN, WARNING, Group, Report, group, place


def as_text(reports: Iterable[Report], *, shorten: Callable[[str], str] = str) -> Iterator[str]:
    r"""Yield the lines of a report for people: groups of findings, then what the file has in all.

    Args:
        reports: a report for each file.
        shorten: cuts a very long text.

    >>> from scrub.formats.findings import Finding
    >>> findings = [Finding("in_range", "DEC", "outside -90..90", "-95", line=line) for line in range(2, 14)]
    >>> lines = list(as_text([Report("t.csv", "jwst/exposures", tuple(findings), 30)]))
    >>> print(lines[0], lines[1], *lines[-2:], sep="\n")
    t.csv: error: DEC: outside -90..90 (in_range): 12 of 30 rows
      t.csv:2: '-95'
      ... and 2 more (--format json has all)
    t.csv: 30 rows, 12 errors, 0 warnings (jwst/exposures)
    """
    for report in reports:
        for one in group(report.findings):
            yield from _write_group(report, one, shorten)
        yield f"{report.file}: {summarise(report)}"


def summarise(report: Report) -> str:
    """Return how many rows and findings a file has, and what it was held against.

    Args:
        report: of the file.

    >>> summarise(Report("t.csv", "jwst/products", (), 25))
    '25 rows, 0 errors, 0 warnings (jwst/products)'
    """
    counts = [
        _count(report.count(ERROR), "error"),
        _count(report.count(WARNING), "warning"),
    ]
    rows = [] if report.rows is None else [_count(report.rows, "row")]
    return f"{', '.join([*rows, *counts])} ({report.stage})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _write_group(report: Report, one: Group, shorten: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of a group: one line for one finding, else a title, the first of them, and how many more."""
    column = f"{shorten(one.column)}: " if one.column else ""
    if len(one.findings) == 1:
        (finding,) = one.findings
        where = place(report.file, finding)
        yield f"{where}: {one.severity}: {_show(finding._replace(column=shorten(one.column)).sentence, shorten)}"
        return
    reasons = {finding.reason for finding in one.findings}
    reason = f"{shorten(reasons.pop())} ({one.check})" if len(reasons) == 1 else one.check  # then none is left
    total = f"{len(one.findings):,}" + (f" of {report.rows:,} rows" if report.rows and one.findings[0].line else "")
    yield f"{report.file}: {one.severity}: {column}{reason}: {total}"
    for finding in one.findings[:SHOWN]:
        own = shorten(finding.reason) if reasons else ""
        value = shorten(repr(finding.value)) if finding.value or one.column else ""
        parts = [part for part in (own, value) if part]
        yield f"  {place(report.file, finding)}: {': '.join(parts)}"
    if len(one.findings) > SHOWN:
        yield f"  ... and {len(one.findings) - SHOWN:,} more (--format json has all)"


def _show(sentence: str, shorten: Callable[[str], str]) -> str:
    return shorten(sentence)
