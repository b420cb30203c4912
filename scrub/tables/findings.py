"""Findings: what is wrong with a rule table, where, and a case that shows it.

Finders yield them; they never print or stop.
"""

from typing import NamedTuple

KINDS = {
    "gap": "a case that no row answers",
    "duplicate": "a case that two rows answer, and the same",
    "conflict": "a case that two rows answer, and otherwise",
    "shadowed": "a row of a pattern table that no word can reach",
    "never-fired": "a row that nothing of a table reaches",
    "word": "a word that is on no list",
    "blank": "a blank cell where a word must stand",
    "source": "a row without a source",
    "renumbered": "a word whose code changed",
    "reused": "a code that was another word's",
    "many-to-one": "a code that two words have, and tables.toml does not say that they share it",
    "edition": "a date that is no edition, or editions out of order",
    "edited": "a case that a released edition answers otherwise than it did",
    "damage": "what a spreadsheet did to a file or a cell",
    "contract": "a cell that the contract of its table refuses",
    "file": "a file or a line that cannot be read as its table",
}


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
