"""Links between tables: lists that do not exist, conditions that nothing fills, answers unknown to a later table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scrub.tables.conditions import find_open
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding
from scrub.tables.language import NOT_ASKED, hint
from scrub.tables.rows import Cells, pick_rows
from scrub.tables.rule_files import Sheet

Lists = Mapping[str, Sequence[str]]


def find_no_lists(table: Declaration, lists: Lists) -> Iterator[Finding]:
    """Yield the lists that a declaration names and that there are not.

    Args:
        table: what tables.toml says of it.
        lists: the closed lists in force.

    >>> from scrub.tables.declare import section
    >>> print(*find_no_lists(section("parts", policy="list", key=["part"], covers="prat"), {"part": ["a"]}))
    tables.toml:1: declaration: parts.covers: no list 'prat' (nearest: 'part')
    """
    for name, key in table.lists().items():
        if name not in lists:
            yield table.finding(key, f"no list {name!r}{hint(name, lists)}")
    for name in table.ordered:
        if name not in lists:
            yield table.finding("ordered", f"no list {name!r}{hint(name, lists)}")


class _Answers(NamedTuple):
    """Rows that fill a condition: at which turn, the condition, the column, and the rows."""

    turn: int
    condition: str
    column: str
    cells: Cells


def find_unknown_answers(sheets: Sequence[Sheet], lists: Lists) -> Iterator[Finding]:
    """Yield answers that a later table has as a condition, and that are not on the list of that condition.

    Args:
        sheets: of a rule set at an edition.
        lists: the closed lists in force.

    >>> from scrub.tables.declare import section
    >>> early = Sheet(section("a", policy="unique", conditions={"x": "x"}, answers={"kind": ""}, turn=1),
    ...     {"kind": ["tac", "tax"], "rule": ["a.csv:2", "a.csv:3"]})
    >>> late = Sheet(section("b", policy="unique", conditions={"kind": "group"}, answers={"y": ""}, turn=2),
    ...     {})
    >>> print(*find_unknown_answers([early, late], {"group": ["tac", "spec"]}))
    a.csv:3: word: kind: 'tax' is not on the list group, which b asks for
    """
    turns = [sheet.declaration for sheet in sheets if sheet.declaration.turn]
    answers = [*_collect_answers(sheets), *_collect_classes(sheets)]
    for late in turns:
        early = [entry for entry in answers if entry.turn < late.turn]
        yield from _find_unfilled(late, sheets, [entry.condition for entry in early])
        for condition, name in late.conditions.items():
            for entry in early:
                if entry.condition == condition:
                    yield from _find_unknown(entry, lists.get(name, ()), f"{name}, which {late.name} asks for")
            yield from _find_not_asked(turns, late, condition, lists.get(name, ()))


def _collect_answers(sheets: Sequence[Sheet]) -> Iterator[_Answers]:
    """Yield the answers of decision tables, of the rows with which a case goes on."""
    for sheet in sheets:
        table, cells = sheet.declaration, sheet.cells
        if table.turn:
            for column, word in table.leaves_out.items():
                cells = pick_rows(cells, [row for row, cell in enumerate(cells[column]) if cell != word])
            yield from (_Answers(table.turn, column, column, cells) for column in table.answers)


def _collect_classes(sheets: Sequence[Sheet]) -> Iterator[_Answers]:
    """Yield the classes to which pattern tables fold header words, each as an answer to its keyword."""
    for sheet in sheets:
        if key := sheet.declaration.fills:
            column = next(iter(sheet.declaration.answers))
            words = sheet.cells[key]
            for word in dict.fromkeys(words):
                own = pick_rows(sheet.cells, [row for row, cell in enumerate(words) if cell == word])
                yield _Answers(0, word.lower(), column, own)


def _find_unfilled(late: Declaration, sheets: Sequence[Sheet], answered: Sequence[str]) -> Iterator[Finding]:
    """Yield conditions that nothing fills: no answer, class or flag, and no keyword of closed words.

    A keyword whose words no list closes stands in conditions by its class; the list of one that is closed has its name.
    """
    keywords = next((sheet.cells for sheet in sheets if sheet.name == "keywords"), None)
    flags = [word for s in sheets if s.declaration.flags for word in s.cells[s.declaration.flags]]
    if keywords is None or not any(sheet.declaration.flags for sheet in sheets):
        return  # these declarations do not say which conditions are flags
    pairs = zip(keywords["keyword"], keywords["kind"], strict=True)
    kinds = {keyword.lower(): kind for keyword, kind in pairs}
    cells = next(sheet.cells for sheet in sheets if sheet.declaration is late)
    is_open = find_open({column: cells[column] for column in late.conditions if column in cells})
    for condition, name in late.conditions.items():
        closed = kinds.get(condition) == "flag" or (condition in kinds and name == condition)
        if condition not in answered and condition not in flags and not closed and condition not in is_open:
            yield Finding(f"{late.name}.csv", 1, "gap", f"nothing fills the condition {condition}")


def _find_unknown(entry: _Answers, known: Sequence[str], listing: str) -> Iterator[Finding]:
    listed = set(known)
    for word, rule in zip(entry.cells[entry.column], entry.cells["rule"], strict=True):
        if word not in listed:
            kind = "word" if word else "blank"
            yield Finding.at(rule, kind, f"{word!r} is not on the list {listing}", entry.column)


def _find_not_asked(
    turns: Sequence[Declaration], late: Declaration, condition: str, known: Sequence[str]
) -> Iterator[Finding]:
    """Yield tables that do not apply to every case, though a later table asks for their answer of every case."""
    for early in turns:
        if early.turn < late.turn and early.applies_to and condition in early.answers and NOT_ASKED not in known:
            message = f"{late.name} asks for {condition} of every case, and its list lacks the word {NOT_ASKED!r}"
            yield early.finding("applies_to", message)
