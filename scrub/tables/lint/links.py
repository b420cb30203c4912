"""Feeds: answers of one table that a later table asks for, and does not know."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from scrub.tables.findings import Finding
from scrub.tables.rule_files import Sheet


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
    said = [
        (sheet.declared["turn"], column, column, rows)
        for sheet in turns
        for rows in [_going_on(sheet)]
        for column in sheet.declared.get("answers", ())
    ]
    for sheet in sheets:
        if key := sheet.declared.get("fills"):
            column = next(iter(sheet.declared["answers"]))
            said += [(0, str(word).lower(), column, rows) for word, rows in sheet.rows.groupby(key, sort=False)]
    for late in turns:
        yield from _unfilled(late, sheets, [answer for turn, answer, _, _ in said if turn < late.declared["turn"]])
        for condition, name in late.declared.get("conditions", {}).items():
            for turn, answer, column, rows in said:
                if answer == condition and turn < late.declared["turn"]:
                    yield from _unknown(rows, column, lists.get(name, ()), f"{name}, which {late.name} asks")


def _unfilled(late: Sheet, sheets: Sequence[Sheet], answered: Sequence[str]) -> Iterator[Finding]:
    """Yield conditions that nothing fills: no answer, class or flag, and no keyword of closed words.

    A keyword whose words no list closes is asked by its class; the list of one that is closed has its name.
    """
    keywords = next((sheet.rows for sheet in sheets if sheet.name == "keywords"), None)
    if keywords is None or not any("flags" in sheet.declared for sheet in sheets):
        return  # declarations that do not say which conditions are flags
    kinds = dict(zip(keywords["keyword"].str.lower(), keywords["kind"], strict=True))
    flags = [word for s in sheets if "flags" in s.declared for word in s.rows[s.declared["flags"]]]
    for condition, name in late.declared.get("conditions", {}).items():
        closed = kinds.get(condition) == "flag" or (condition in kinds and name == condition)
        if condition not in answered and condition not in flags and not closed:
            yield Finding(f"{late.name}.csv:1", "gap", f"nothing fills the condition {condition}")


def _going_on(sheet: Sheet) -> pd.DataFrame:
    """Return the rows with which a case does not end."""
    rows = sheet.rows
    for column, word in sheet.declared.get("leaves_out", {}).items():
        rows = rows[rows[column] != word]
    return rows


def _unknown(rows: pd.DataFrame, column: str, known: Sequence[str], asked: str) -> Iterator[Finding]:
    listed = set(known)
    for word, rule in zip(rows[column].tolist(), rows["rule"].tolist(), strict=True):
        if word not in listed:
            yield Finding(rule, "word" if word else "blank", f"{word!r} is not on the list {asked}", column)
