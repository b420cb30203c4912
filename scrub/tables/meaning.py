"""Meaning: what a rule table says, as content to hash, whatever its rows look like.

A row of a decision table that is split in two says the same, and so do rows in another order, and words of a condition
in another order. Sources, notes, dates and what only tools ask for say nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from scrub.files import digest
from scrub.tables.boxes import Piece
from scrub.tables.decide import Table, list_pieces
from scrub.tables.rows import OWN, count_rows
from scrub.tables.rule_files import COMMON

# Keys of tables.toml that change no answer
_SILENT = ("what", "source", "extends", "must_have", "contract", "types", "order", "changes", "file", "lines")
_SILENT_COLUMNS = {*COMMON, "rule", OWN}
_MOST = 20_000  # parts of a decision table that are told apart
Condition = tuple[int, str, Sequence[str]]  # its position in a box, its name, its closed list


class _TooManyError(ValueError):
    """A decision table with more parts than are told apart."""


def describe(table: Table) -> list[Any]:
    """Return what a table says: what tables.toml declares of it, and its answers.

    Args:
        table: without findings.

    >>> from scrub import tables
    >>> declared, answers = describe(tables.read("jwst")["visit_types"])
    >>> declared["policy"], len(answers)
    ('unique', 64)
    """
    keys = (key.name for key in fields(table.declaration) if key.name not in _SILENT)
    declared = {key: _thaw(getattr(table.declaration, key)) for key in keys}
    if table.policy == "unique":
        try:
            return [declared, _hash_decisions(table)]
        except _TooManyError:
            return [declared, sorted(_list_layered(table))]
    rows = _list_rows(table)
    if table.policy == "first":
        return [declared, rows]
    kept = [row for row in rows if row[0] in table.declaration.ordered]
    return [declared, sorted(rows), kept]


def _list_rows(table: Table) -> list[list[str]]:
    """Return every cell but source, note and dates."""
    cells = [words for column, words in table.cells.items() if column not in _SILENT_COLUMNS]
    return [list(row) for row in zip(*cells, strict=True)]


def _list_layered(table: Table) -> list[list[str]]:
    """Return the rows of a decision table as ``_list_rows`` does; those that stand over others say so."""
    layers = table.cells.get(OWN, (0,) * count_rows(table.cells))
    return [[*row, "over"] if layer else row for row, layer in zip(_list_rows(table), layers, strict=True)]


def _hash_decisions(table: Table) -> str:
    """Return a hash of the answer to every case.

    Condition by condition, words after which the table says the same are one group; of the largest group, only what the
    table says counts, so that a word which a list gains, and no row names, changes no hash.

    Raises:
        _TooManyError: the table has more parts than are told apart.
    """
    pieces = list_pieces(table)
    answers = list(zip(*(table.cells[column] for column in table.answers), strict=True))
    ends = [digest.of(answers[piece.row]) for piece in pieces]
    named = [(at, column, words) for at, (column, words) in enumerate(table.conditions.items())]
    conditions = sorted(named, key=lambda condition: condition[1])
    known: dict[tuple[int, tuple[int, ...]], str] = {}

    def hash_part(depth: int, own: tuple[int, ...]) -> str:
        """Return the hash of what some pieces say of the conditions from a depth on."""
        if depth == len(conditions):
            return ends[own[0]] if own else ""
        if (depth, own) not in known:
            if len(known) == _MOST:
                raise _TooManyError
            groups: dict[str, list[str]] = defaultdict(list)
            for part, words in _split(pieces, own, conditions[depth]).items():
                groups[hash_part(depth + 1, part)] += words
            known[depth, own] = _join(conditions[depth][1], groups)
        return known[depth, own]

    return hash_part(0, tuple(range(len(pieces))))


def _split(pieces: Sequence[Piece], own: tuple[int, ...], condition: Condition) -> dict[tuple[int, ...], list[str]]:
    """Return the words of a condition by the pieces that allow them."""
    at, _, words = condition
    parts: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for position, word in enumerate(words):
        parts[tuple(number for number in own if pieces[number].box[at] >> position & 1)].append(word)
    return parts


def _join(column: str, groups: Mapping[str, list[str]]) -> str:
    """Return the hash of a condition whose groups of words are followed by these hashes."""
    if len(groups) == 1:
        return next(iter(groups))
    rest = max(groups, key=lambda group: (len(groups[group]), group))
    return digest.of([column, rest, sorted([sorted(words), group] for group, words in groups.items() if group != rest)])


def _thaw(value: Any) -> Any:
    """Return a declared value as JSON has it."""
    if isinstance(value, str):  # most values are
        return value
    if isinstance(value, Mapping):
        return {key: _thaw(part) for key, part in value.items()}
    return [_thaw(part) for part in value] if isinstance(value, (tuple, list)) else value
