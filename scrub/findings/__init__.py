"""Findings: what is wrong with a rule table, where, and a case that shows it.

Finders yield them; they never print or stop.
"""

from typing import NamedTuple


class Finding(NamedTuple):
    """Something wrong with a rule table: ``file:line: kind: a case that shows it``."""

    place: str
    kind: str
    case: str
    column: str = ""

    def __str__(self) -> str:
        """Return the finding as one line.

        >>> print(Finding("visit_types.csv:1", "gap", "no row for visitype=GENERIC"))
        visit_types.csv:1: gap: no row for visitype=GENERIC
        >>> print(Finding("visit_types.csv:2", "blank", "a word must stand here", "wfsc"))
        visit_types.csv:2: blank: wfsc: a word must stand here
        """
        return ": ".join(part for part in (self.place, self.kind, self.column, self.case) if part)


class RuleError(ValueError):
    """A rule table that cannot be used: the message names the file, the line and what is wrong."""
