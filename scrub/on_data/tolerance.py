"""Tolerance: which findings set the exit code. Warnings may count as errors, and a share of rows may fail a check."""

from collections.abc import Collection, Iterable, Mapping

from scrub.formats.findings import ERROR, WARNING, Finding, Report
from scrub.on_data.gate import Stage, list_checks
from scrub.tables import NoSuchRulesError

_OF_FILES = ("torn",)


def read_rates(texts: Iterable[str], known: Collection[str]) -> dict[str, float]:
    """Return the share of rows that may fail each check, from texts such as ``TARG_RA/in_range=0.01``.

    Args:
        texts: a column, a check, or both with a ``/`` between; then ``=`` and a share from 0 to 1.
        known: the names that there are, in lower case.

    Raises:
        NoSuchRulesError: no such name, or no share.

    >>> read_rates(["TARG_RA=0.01"], {"targ_ra"})
    {'targ_ra': 0.01}
    >>> read_rates(["TARG=0.01"], {"targ_ra"})
    Traceback (most recent call last):
    scrub.tables.locate.NoSuchRulesError: --max-rate TARG=0.01: no column or check 'TARG'
    """
    rates = {}
    for text in texts:
        name, equals, share = text.rpartition("=")
        try:
            rate = float(share)
        except ValueError:
            rate = -1.0
        if not equals or not 0 <= rate <= 1:
            raise NoSuchRulesError(f"--max-rate {text}: give a share from 0 to 1, such as {name or 'TARG_RA'}=0.01")
        if name.lower() not in known:
            raise NoSuchRulesError(f"--max-rate {text}: no column or check {name!r}")
        rates[name.lower()] = rate
    return rates


def list_names(stage: Stage) -> set[str]:
    """Return the names, in lower case, that a share can be given for: columns, checks, and both.

    Args:
        stage: that tables are held against.
    """
    pairs = list_checks(stage.contract)
    names = {name for column, check in pairs for name in (column, check, f"{column}/{check}")}
    if "agreements" in stage.rules.tables:
        rows = stage.rules["agreements"].records()
        names |= {name for row in rows for name in (row["check"], f"{row['keyword']}/{row['check']}", row["keyword"])}
    return {name.lower() for name in (*names, *stage.contract.only_warn, *_OF_FILES, "contradiction", "copy")}


def be_strict(report: Report) -> Report:
    """Return a report in which each warning is an error.

    Args:
        report: of a file.

    >>> be_strict(Report("t.csv", "s", (Finding("c", "a", "r", severity="warning"),))).count("error")
    1
    """
    return report._replace(findings=tuple(finding._replace(severity=ERROR) for finding in report.findings))


def tolerate(report: Report, rates: Mapping[str, float]) -> Report:
    """Return a report in which errors are warnings where no more rows fail than may.

    A finding of the whole file, or of its header, is never tolerated.

    Args:
        report: of a file.
        rates: the share of rows that may fail, by column, check, or both with a ``/`` between, in lower case.

    >>> report = Report("t.csv", "s", (Finding("in_range", "a", "outside 0..1", "7", line=2),), 200)
    >>> tolerate(report, {"a": 0.01}).findings[0].severity, tolerate(report, {"a": 0.001}).findings[0].severity
    ('warning', 'error')
    """
    allowed = {name: rate for name, rate in rates.items() if _measure(report, name) <= rate}

    def judge(finding: Finding) -> Finding:
        rate = max((allowed[name] for name in _name(finding) if name in allowed), default=None)
        if rate is None or finding.severity != ERROR or not _is_of_row(finding):
            return finding
        return finding._replace(severity=WARNING, reason=f"{finding.reason}; up to {rate:g} of the rows may be")

    return report._replace(findings=tuple(map(judge, report.findings)))


def _measure(report: Report, name: str) -> float:
    """Return the share of rows with an error of a name."""
    own = (one for one in report.findings if one.severity == ERROR and name in _name(one) and _is_of_row(one))
    return len({(one.line, one.row) for one in own}) / (report.rows or 1)


def _name(finding: Finding) -> tuple[str, str, str]:
    return finding.column.lower(), finding.check.lower(), finding.name.lower()


def _is_of_row(finding: Finding) -> bool:
    return finding.line > 1 or finding.row > 0
