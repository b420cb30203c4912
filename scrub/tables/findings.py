"""Findings: what is wrong with a rule table, where, and a case that shows it.

Checks yield them; they never print or stop.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self

KINDS = {
    "gap": "a case that no row answers",
    "duplicate": "a case that two rows answer alike",
    "conflict": "a case that two rows answer differently",
    "shadowed": "a row of a pattern table that no word can reach",
    "never-fired": "a row that no row of your table matches",
    "word": "a word that is on no list",
    "blank": "a blank cell where a word is required",
    "source": "a row without a source",
    "renumbered": "a word whose code changed",
    "reused": "a code that belonged to another word",
    "many-to-one": "a code that two words share without a declaration in tables.toml",
    "edition": "a date that is no edition, or editions out of order",
    "edited": "a case that a released edition answers differently now",
    "damage": "a file or a cell that a spreadsheet changed",
    "contract": "a cell that the contract of its table refuses",
    "file": "a file or a line that cannot be read as its table",
    "uncoded": "a note: a word that has no code, and is not in the table of those that are to have none",
    "case": "a note: a word in small letters among capital ones, or the other way round",
    "declaration": "a line of tables.toml that breaks the language of declarations",
}
NOTES = ("uncoded", "case")  # what an expert may have meant: no rule set is refused for them


class Finding(NamedTuple):
    """Something wrong with a rule table: the file, the line, the kind, a case that shows it, and the column."""

    file: str
    line: int
    kind: str
    case: str
    column: str = ""

    @classmethod
    def at(cls, rule: str, kind: str, case: str, column: str = "") -> Self:
        """Return a finding at a rule row, which is known by its ``file:line``.

        Args:
            rule: the row, as ``file:line``.
            kind: one of ``KINDS``.
            case: a case that shows it.
            column: the column at fault, if it is one.

        >>> Finding.at("visit_types.csv:2", "blank", "a word is required", "wfsc").line
        2
        """
        file, _, line = rule.rpartition(":")
        return cls(file, int(line), kind, case, column)

    @property
    def rule(self) -> str:
        """The row at fault, as ``file:line``."""
        return f"{self.file}:{self.line}"

    @property
    def is_note(self) -> bool:
        """Whether the rule tables can be used all the same."""
        return self.kind in NOTES

    def __str__(self) -> str:
        """Return the finding as one line.

        >>> print(Finding("visit_types.csv", 1, "gap", "no row for visitype=GENERIC"))
        visit_types.csv:1: gap: no row for visitype=GENERIC
        >>> print(Finding("visit_types.csv", 2, "blank", "a word is required", "wfsc"))
        visit_types.csv:2: blank: wfsc: a word is required
        """
        return ": ".join(part for part in (self.rule, self.kind, self.column, self.case) if part)


class RuleError(ValueError):
    """A rule table that cannot be used: the message names the file, the line and what is wrong."""


def refuse(findings: Iterable[Finding]) -> None:
    """Refuse rule tables with findings.

    Args:
        findings: on the tables.

    Raises:
        RuleError: there is a finding; the message is the first of them.

    >>> refuse([])
    >>> refuse([Finding("visit_types.csv", 1, "gap", "no row for visitype=GENERIC")])
    Traceback (most recent call last):
    scrub.tables.findings.RuleError: visit_types.csv:1: gap: no row for visitype=GENERIC
    """
    for finding in findings:
        raise RuleError(str(finding))
