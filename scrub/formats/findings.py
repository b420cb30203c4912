"""Findings on files as every format takes them: where, which check, why, and how grave it is."""

from collections.abc import Iterable
from typing import NamedTuple

ERROR, WARNING, NOTE = "error", "warning", "note"
SHOWN = 10  # findings of a group that are printed; the documents for machines have all


class Finding(NamedTuple):
    """Something wrong in a file. It has a line, or a row where the file has no lines; neither if it is the file's."""

    check: str
    column: str
    reason: str
    value: str = ""
    line: int = 0
    row: int = 0
    severity: str = ERROR

    @property
    def name(self) -> str:
        """The column and the check, as one name: ``TARG_DEC/in_range``."""
        return "/".join(part for part in (self.column, self.check) if part)

    @property
    def sentence(self) -> str:
        """What is wrong, with the column and the value.

        >>> Finding("in_range", "TARG_DEC", "outside -90..90", "-95.0").sentence
        "TARG_DEC: outside -90..90: '-95.0'"
        """
        return ": ".join([*([self.column] if self.column else []), self.reason, *self._show_value()])

    @property
    def message(self) -> str:
        """The sentence, behind the number of the row where the file has no lines.

        >>> Finding("isin", "group", "not on the list", "x", row=6).message
        "row 6: group: not on the list: 'x'"
        """
        return f"row {self.row}: {self.sentence}" if self.row else self.sentence

    def _show_value(self) -> list[str]:
        return [repr(self.value)] if self.value or (self.column and (self.line > 1 or self.row)) else []


class Report(NamedTuple):
    """What a file was held against, its findings, how many rows it has, and the checks that were asked of it.

    ``rows`` is None for what is no table of data. ``checks`` names each pair of column and check.
    """

    file: str
    stage: str
    findings: tuple[Finding, ...]
    rows: int | None = None
    checks: tuple[tuple[str, str], ...] = ()

    def count(self, severity: str) -> int:
        """Return how many findings there are of a severity.

        Args:
            severity: ``error`` or ``warning``.
        """
        return sum(finding.severity == severity for finding in self.findings)


class Group(NamedTuple):
    """Findings of one severity, check and column."""

    severity: str
    column: str
    check: str
    findings: tuple[Finding, ...]


def group(findings: Iterable[Finding]) -> list[Group]:
    """Return findings by severity, column and check; errors come first, else as each group first comes.

    >>> low, high = Finding("a", "x", "low", severity="warning"), Finding("b", "y", "high")
    >>> [(one.check, len(one.findings)) for one in group([low, high, low])]
    [('b', 1), ('a', 2)]
    """
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.column, finding.check), []).append(finding)
    ordered = sorted(groups.items(), key=lambda item: item[0][0] != ERROR)
    return [Group(*key, tuple(own)) for key, own in ordered]


def place(file: str, finding: Finding) -> str:
    """Return where a finding is, as an editor takes it: ``table.csv:7``; ``table.parquet: row 6`` where no line is.

    Args:
        file: the name of the file.
        finding: in it.

    >>> place("t.csv", Finding("isin", "a", "x", line=7)), place("t.fits", Finding("isin", "a", "x", row=6))
    ('t.csv:7', 't.fits: row 6')
    """
    if finding.line:
        return f"{file}:{finding.line}"
    return f"{file}: row {finding.row}" if finding.row else file
