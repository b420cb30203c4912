"""Ask decision tables of cases that lie in plain columns, so that few cases cost no more than a few look-ups.

``tables.decide`` asks one table of the rows of a frame.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from scrub.frames.arrays import Cells
from scrub.frames.columns import Positions
from scrub.tables.boxes import Piece, list_positions
from scrub.tables.conditions import allows, on_list
from scrub.tables.declare import Declaration
from scrub.tables.findings import RuleError
from scrub.tables.language import read_spec

Flags = npt.NDArray[np.bool_]
WordPositions = tuple[tuple[str, Mapping[str, int]], ...]


class Walk(NamedTuple):
    """Pieces as they are asked: for each condition and word which pieces allow it; the row of each; and of the rest."""

    members: tuple[Flags, ...]
    rows: Positions
    rest: int

    def find(self, case: Sequence[int]) -> int:
        """Return the row that answers a case; -1 where none does."""
        own = np.logical_and.reduce([allowed[at] for allowed, at in zip(self.members, case, strict=True)])
        numbers = np.flatnonzero(own)
        return int(self.rows[numbers[0]]) if len(numbers) else self.rest


def prepare_walk(pieces: Sequence[Piece], sizes: Sequence[int], rest: int) -> Walk:
    """Return pieces as they are asked.

    Args:
        pieces: disjoint.
        sizes: how many words each closed list has.
        rest: the row that answers what no piece holds; -1 for none.

    >>> prepare_walk([Piece(7, (1, 3))], [2, 2], -1).find([0, 1])
    7
    """
    members = []
    for at, size in enumerate(sizes):
        allowed = np.zeros((size, len(pieces)), dtype=bool)
        for number, piece in enumerate(pieces):
            allowed[list_positions(piece.box[at]), number] = True
        members.append(allowed)
    return Walk(tuple(members), np.array([piece.row for piece in pieces], dtype=np.intp), rest)


Hits = npt.NDArray[np.int_] | Walk


def leave_open(hits: Hits, is_open: Sequence[bool]) -> Hits:
    """Return the hits of a table without the conditions that every row leaves open.

    Args:
        hits: of an expanded table.
        is_open: of each condition.

    >>> leave_open(np.array([[7, 7], [8, 8]]), [False, True]).tolist()
    [7, 8]
    """
    if isinstance(hits, Walk):
        members = tuple(own for own, skipped in zip(hits.members, is_open, strict=True) if not skipped)
        return hits._replace(members=members)
    kept: npt.NDArray[np.int_] = hits[tuple(0 if skipped else slice(None) for skipped in is_open)]
    return kept


class Lookup(NamedTuple):
    """A decision table as it is asked: the position of each word of its conditions, and its rows by column."""

    declaration: Declaration
    words: WordPositions
    hits: Hits
    cells: Mapping[str, Cells]

    def find(self, facts: Mapping[str, Iterable[Any]]) -> Positions:
        """Return the number of the row that answers each case: see ``find_rows``."""
        return find_rows(self.words, self.hits, facts)


class Turns(NamedTuple):
    """Cases with every answer, the rule of each table that answered, and which make something.

    What was not answered is None. ``lacking`` names what a table needs that could not answer a case.
    """

    facts: dict[str, Cells]
    rules: dict[str, Cells]
    makes: Flags
    lacking: Cells


def number_words(conditions: Mapping[str, Sequence[str]]) -> WordPositions:
    """Return for each condition the position of each word of its closed list.

    >>> number_words({"tso": ["true", "false"]})
    (('tso', mappingproxy({'true': 0, 'false': 1})),)
    """
    return tuple(
        (column, MappingProxyType({word: i for i, word in enumerate(words)})) for column, words in conditions.items()
    )


def find_rows(positions: WordPositions, hits: Hits, facts: Mapping[str, Iterable[Any]]) -> Positions:
    """Return the number of the row that answers each case.

    Args:
        positions: what ``number_words`` gave.
        hits: of the expanded table.
        facts: for each condition a word of its closed list, one a case.

    Raises:
        RuleError: a fact that is on no closed list.

    >>> find_rows(number_words({"tso": ["true", "false"]}), np.array([7, 8]), {"tso": ["false", "true"]}).tolist()
    [8, 7]
    """
    index = []
    for column, known in positions:
        words = facts[column]
        try:
            index.append(np.array([known[word] for word in words], dtype=np.intp))
        except KeyError:
            odd = next(word for word in words if word not in known)
            raise _refuse(column, str(odd), list(known)) from None
    if isinstance(hits, Walk):
        return np.fromiter(map(hits.find, zip(*index, strict=True)), dtype=np.intp)
    rows: Positions = hits[tuple(index)]
    return rows


def _refuse(column: str, word: str, words: Sequence[str]) -> RuleError:
    try:
        on_list(word, words)
    except RuleError as error:
        return RuleError(f"{column}: {error}")
    return RuleError(f"{column}: {word!r} is no text")


def ask_in_turn(tables: Iterable[Lookup], facts: Mapping[str, Cells], count: int) -> Turns:
    """Return the answers of tables to cases, asked one after another: each sees the facts and the answers before it.

    A case that a table leaves out, or cannot answer (``abstains``), goes no further: later answers, and their rules,
    are None. A table that does not apply to a case answers ``none``, and by no rule.

    Args:
        tables: decision tables in their turn.
        facts: for each condition that no answer fills, a word a case.
        count: how many cases there are.

    >>> from scrub import tables
    >>> from scrub.tables.rules import look_up
    >>> facts = {"visitype": np.array(["PRIME_TARGETED_FIXED"], dtype=object)}
    >>> ask_in_turn([look_up(tables.read("jwst"), "visit_types")], facts, 1).makes.tolist()
    [True]
    """
    facts, rules = dict(facts), {}
    makes, lacking = np.ones(count, dtype=bool), np.full(count, None, dtype=object)
    for table in tables:
        declaration = table.declaration
        applies = makes & _find_applying(declaration, facts, count)
        cases = np.flatnonzero(applies)
        rows = table.find({column: facts[column][cases] for column, _ in table.words})
        rules[declaration.name] = _place(table.cells["rule"][rows], cases, count)
        elsewhere = makes & ~applies
        for column, spec in declaration.answers.items():
            facts[column] = _place(table.cells[column][rows], cases, count)
            facts[column][elsewhere] = read_spec(spec).elsewhere
        for column, word in declaration.leaves_out.items():
            makes = makes & (facts[column] != word)
        if declaration.abstains:
            need = facts[declaration.abstains]
            unknown = makes & (need != "")
            lacking[unknown] = need[unknown]
            makes = makes & ~unknown
    return Turns(facts, rules, makes, lacking)


def _find_applying(declaration: Declaration, facts: Mapping[str, Cells], count: int) -> Flags:
    """Return which cases a table is asked of: those that fit ``applies_to``."""
    applies = np.ones(count, dtype=bool)
    for column, cell in declaration.applies_to.items():
        applies &= np.array(allows(cell, facts[column]), dtype=bool)
    return applies


def _place(cells: Cells, cases: npt.NDArray[np.intp], count: int) -> Cells:
    """Return the cells of some cases among all cases."""
    placed = np.full(count, None, dtype=object)
    placed[cases] = cells
    return placed
