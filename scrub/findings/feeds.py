"""Feeds: answers of one table that a later table asks for, and does not know."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from scrub.findings import Finding
from scrub.sheets import Sheet


def find_unasked(sheets: Sequence[Sheet], lists: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Yield answers that a later table asks as a condition, and that are not on the list of that condition.

    Args:
        sheets: of a rule set at an edition.
        lists: the closed lists in force.

    >>> early = Sheet("a", {"turn": 1, "answers": {"kind": ""}, "policy": "unique"},
    ...     pd.DataFrame({"kind": ["tac", "tax"], "rule": ["a.csv:2", "a.csv:3"]}), (), ())
    >>> late = Sheet("b", {"turn": 2, "conditions": {"kind": "group"}, "policy": "unique"}, pd.DataFrame(), (), ())
    >>> print(*find_unasked([early, late], {"group": ["tac", "spec"]}))
    a.csv:3: word: kind: 'tax' is not on the list group, which b asks
    """
    turns = [sheet for sheet in sheets if sheet.declared.get("turn")]
    for late in turns:
        for condition, name in late.declared.get("conditions", {}).items():
            known = lists.get(name, ())
            for sheet in turns:
                if sheet.declared["turn"] < late.declared["turn"] and condition in sheet.declared.get("answers", ()):
                    yield from _unknown(_going_on(sheet), condition, known, f"{name}, which {late.name} asks")
            for sheet in sheets:
                if key := sheet.declared.get("fills"):
                    column = next(iter(sheet.declared["answers"]))
                    rows = sheet.rows[sheet.rows[key].str.lower() == condition]
                    yield from _unknown(rows, column, known, f"{name}, which {late.name} asks")


def _going_on(sheet: Sheet) -> pd.DataFrame:
    """Return the rows with which a case does not end."""
    rows = sheet.rows
    for column, word in sheet.declared.get("leaves_out", {}).items():
        rows = rows[rows[column] != word]
    return rows


def _unknown(rows: pd.DataFrame, column: str, known: Sequence[str], asked: str) -> Iterator[Finding]:
    for word in set(rows[column]).difference(known):
        for rule in rows.loc[rows[column] == word, "rule"]:
            yield Finding(rule, "word" if word else "blank", f"{word!r} is not on the list {asked}", column)
