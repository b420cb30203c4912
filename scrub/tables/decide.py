"""Decision tables: expand one, answer cases with it.

A decision table is a compressed lookup. Each row stands for the cases that its condition cells allow, which are a box
(``tables.boxes``): an overlap is where two boxes meet, a gap is what no box holds. A table with few cases is expanded
over the closed lists of its conditions to one row a case, and answering is indexing. One with many keeps its boxes. A
row whose condition cells are all ``else`` answers what no other row answers, where the declaration allows one.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.tables.ask import Hits, Lookup, find_rows, leave_open, number_words, prepare_walk
from scrub.tables.boxes import (
    MOST,
    Box,
    Piece,
    TangledError,
    count,
    cover,
    fill,
    find_first,
    find_gap,
    find_rest,
    list_positions,
    make_bits,
)
from scrub.tables.conditions import ELSE, find_open, find_positions, list_words
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding, RuleError
from scrub.tables.patterns import fold
from scrub.tables.rows import OWN, Cells, count_rows, make_frame

Conditions = Mapping[str, Sequence[str]]


FEW_CASES = 2**20  # that are expanded


class Expansion(NamedTuple):
    """An expanded decision table: for every case the position of the row that answers it, and what is wrong."""

    hits: Hits
    findings: tuple[Finding, ...]


def expand(
    cells: Cells,
    conditions: Conditions,
    *,
    answers: Sequence[str] = (),
    file: str = "table",
    else_row: bool = False,
) -> Expansion:
    """Return an expanded table, with a finding for each word off its list, pair of rows that overlap, and gap.

    Rows of a higher ``layer``, where there is such a column, answer in place of those below.

    Args:
        cells: the table's rows with a column for each condition and ``rule``, the row's ``file:line``.
        conditions: for each condition column its closed list.
        answers: the columns in which rows that overlap must agree to be called duplicates.
        file: the name of the table's file.
        else_row: whether a row whose condition cells are all ``else`` answers what no other row answers.

    Returns:
        hits: up to ``FEW_CASES`` cases, integers of one dimension a condition, each as long as its closed list; -1
            where no row answers. For more cases the boxes of the rows.

    >>> rows = {"tso": ["*", "true"], "group": ["spec", "tac"], "rule": ["t.csv:2", "t.csv:3"]}
    >>> print(*expand(rows, {"tso": ["true", "false"]}, answers=["group"]).findings)
    t.csv:3: conflict: t.csv:2 also matches tso=true, with a different answer
    >>> rows = {"tso": ["true", "else"], "group": ["tac", "spec"], "rule": ["t.csv:2", "t.csv:3"]}
    >>> expand(rows, {"tso": ["true", "false"]}, else_row=True).hits.tolist()
    [0, 1]
    """
    sheet = _read_rows(cells, conditions, answers, else_row=else_row)
    sizes = [len(words) for words in conditions.values()]
    boxes, faults = _make_boxes(sheet, conditions)
    try:
        covered = cover(boxes, sizes)
    except TangledError as error:
        message = f"this row and those before it overlap in more than {MOST} places: part them, and check again"
        return Expansion(np.empty(0, int), (Finding.at(sheet.rules[error.row], "conflict", message),))
    findings: list[Finding] = []
    for row in sheet.order:
        findings.extend(faults.get(row, ()))
        findings.extend(_find_overlaps(sheet, row, covered.taken.get(row, {}), conditions))
    findings.extend(_find_repeated(sheet))
    missing, case = (0, ()) if sheet.rest else find_gap(covered.pieces, fill(sizes))
    if missing:
        name = sheet.rules[-1].rpartition(":")[0] if sheet.rules else file
        findings.append(Finding(name, 1, "gap", f"no row for {_name_case(case, conditions)}{_more(missing)}"))
    if prod(sizes) > FEW_CASES:
        return Expansion(prepare_walk(covered.pieces, sizes, sheet.last), tuple(findings))
    return Expansion(_index(boxes, sizes, sheet.last), tuple(findings))


class _Rows(NamedTuple):
    """The rows of a table as lists: names, layers, answers, the cells of each condition; then the rows in the order in
    which later ones answer in place of earlier ones, and the else rows.
    """  # noqa: D205

    rules: Sequence[str]
    layers: Sequence[int]
    answers: list[tuple[str, ...]]
    cells: dict[str, Sequence[str]]
    order: list[int]
    rest: list[int]

    @property
    def last(self) -> int:
        """The row that answers what no other row answers: the first else row of the highest layer; -1 for none."""
        return max(self.rest, key=lambda i: (self.layers[i], -i), default=-1)

    def compare(self, row: int, other: int) -> tuple[str, str]:
        """Return the kind of finding that two rows for one case make, and how their answers compare."""
        return ("duplicate", "the same") if self.answers[row] == self.answers[other] else ("conflict", "a different")


def _read_rows(own: Cells, conditions: Conditions, answers: Sequence[str], *, else_row: bool) -> _Rows:
    size = count_rows(own)
    cells = {column: own[column] for column in conditions}
    layers = own.get(OWN, [0] * size)
    rest = [i for i in range(size) if else_row and all(words[i] == ELSE for words in cells.values())]
    return _Rows(
        own["rule"],
        layers,
        list(zip(*(own[column] for column in answers), strict=True)) or [()] * size,
        cells,
        sorted(set(range(size)) - set(rest), key=lambda i: layers[i]),
        rest,
    )


def _make_boxes(sheet: _Rows, conditions: Conditions) -> tuple[list[Piece], dict[int, list[Finding]]]:
    """Return the box of each row, without rows that have a cell which is not of the language; and what those lack."""
    boxes, faults = [], dict[int, list[Finding]]()
    read = {c: {cell: _read_bits(cell, words) for cell in set(sheet.cells[c])} for c, words in conditions.items()}
    for row in sheet.order:
        cells = {column: read[column][sheet.cells[column][row]] for column in conditions}
        wrong = {column: bits for column, bits in cells.items() if isinstance(bits, RuleError)}
        for column, error in wrong.items():
            kind = "blank" if "" in list_words(sheet.cells[column][row]) else "word"
            faults.setdefault(row, []).append(Finding.at(sheet.rules[row], kind, str(error), column))
        if not wrong:
            boxes.append(Piece(row, tuple(bits for bits in cells.values() if isinstance(bits, int))))
    return boxes, faults


def _read_bits(cell: str, words: Sequence[str]) -> int | RuleError:
    """Return the words that a condition cell allows as a bit set, or what is wrong with the cell."""
    try:
        return make_bits(find_positions(cell, words))
    except RuleError as error:
        return error


def _find_overlaps(
    sheet: _Rows, row: int, taken: Mapping[int, Sequence[Box]], conditions: Conditions
) -> Iterable[Finding]:
    """Yield the rows of the same layer that answer cases which a row answers, each with the first such case."""
    for other in sorted(taken):
        if sheet.layers[other] == sheet.layers[row]:
            kind, how = sheet.compare(row, other)
            case = _name_case(find_first(taken[other]), conditions)
            message = f"{sheet.rules[other]} also matches {case}, with {how} answer{_more(count(taken[other]))}"
            yield Finding.at(sheet.rules[row], kind, message)


def _find_repeated(sheet: _Rows) -> Iterable[Finding]:
    """Yield the else rows that are not the first of their layer."""
    first: dict[int, int] = {}
    for row in sheet.rest:
        other = first.setdefault(sheet.layers[row], row)
        if other != row:
            kind, how = sheet.compare(row, other)
            yield Finding.at(sheet.rules[row], kind, f"{sheet.rules[other]} is an else row, too, with {how} answer")


def _index(boxes: Sequence[Piece], sizes: Sequence[int], rest: int) -> np.ndarray:
    """Return the row that answers each case: the last whose box holds the case, or the rest."""
    hits = np.full(sizes, rest)
    for row, box in boxes:
        hits[np.ix_(*map(list_positions, box))] = row
    return hits


def _more(cases: int) -> str:
    return f" ({cases} such cases)" if cases > 1 else ""


def _name_case(positions: Sequence[int], conditions: Conditions) -> str:
    """Return a case as an expert reads it: ``exp_type=NRC_IMAGE, tsovisit=true``."""
    words = zip(conditions.items(), positions, strict=True)
    return ", ".join(f"{column}={listed[i]}" for (column, listed), i in words)


def list_pieces(table: "Table") -> list[Piece]:
    """Return in which boxes each row of a decision table answers: disjoint, and all of its cases.

    Args:
        table: a decision table without findings.

    Raises:
        RuleError: rows that overlap in more places than are followed.

    >>> from scrub import tables
    >>> from scrub.tables.boxes import count
    >>> table = tables.read("jwst")["visit_types"]
    >>> count(piece.box for piece in list_pieces(table)) == table.hits.size
    True
    """
    sheet = _read_rows(table.cells, table.conditions, table.answers, else_row=table.declaration.else_row)
    sizes = [len(words) for words in table.conditions.values()]
    try:
        pieces = cover(_make_boxes(sheet, table.conditions)[0], sizes).pieces
        if sheet.last < 0:
            return pieces
        rest = find_rest(fill(sizes), [piece.box for piece in pieces])
    except TangledError as error:
        raise RuleError(f"{table.name}.csv: rows overlap in more than {MOST} places: part them") from error
    return [*pieces, *(Piece(sheet.last, box) for box in rest)]


def answer(rows: pd.DataFrame, hits: Hits, conditions: Conditions, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the row of the table that answers each row of facts.

    Args:
        rows: the table, as ``expand`` took it, as a frame.
        hits: what ``expand`` gave.
        conditions: for each condition column its closed list.
        facts: a column for each condition, holding words of its closed list.

    Returns:
        The table's rows, one for each row of ``facts`` and under its index.

    Raises:
        RuleError: a fact that is on no closed list.

    >>> rows = pd.DataFrame({"tso": ["true", "false"], "group": ["tac", "spec"], "rule": ["t:2", "t:3"]})
    >>> lists = {"tso": ["true", "false"]}
    >>> answer(rows, expand(dict(rows.items()), lists).hits, lists, pd.DataFrame({"tso": ["false"]}))["group"].tolist()
    ['spec']
    """
    numbers = find_rows(number_words(conditions), hits, {column: facts[column].tolist() for column in conditions})
    return rows.take(numbers).set_axis(facts.index)


class Table(NamedTuple):
    """One rule table at one edition: its declaration, the closed list of each condition, its rows, expanded.

    ``cells`` has a tuple for each column.
    """

    declaration: Declaration
    conditions: Conditions
    cells: Cells
    hits: Hits

    @property
    def name(self) -> str:
        """Its name."""
        return self.declaration.name

    @property
    def rows(self) -> pd.DataFrame:
        """Its rows as a frame of text, each time a new one."""
        return make_frame(self.cells)

    @property
    def policy(self) -> str:
        """Its hit policy: unique, first or list."""
        return self.declaration.policy

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns by which rows differ, of the policies first and list."""
        return self.declaration.key

    @property
    def answers(self) -> tuple[str, ...]:
        """Its answer columns."""
        return tuple(self.declaration.answers)

    def prepare(self) -> Lookup:
        """Return the table as it is asked of cases in plain columns; what every row leaves open is not asked."""
        is_open = find_open({column: self.cells[column] for column in self.conditions})
        conditions = {column: words for column, words in self.conditions.items() if column not in is_open}
        cells = {column: np.array(self.cells[column], dtype=object) for column in (*self.answers, "rule")}
        for column in cells.values():
            column.setflags(write=False)
        return Lookup(
            self.declaration,
            number_words(conditions),
            leave_open(self.hits, [column in is_open for column in self.conditions]),
            MappingProxyType(cells),
        )

    def answer(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Return the row that answers each row of facts: see ``decide.answer``."""
        return answer(self.rows, self.hits, self.conditions, facts)

    def fold(self, key: str, values: pd.Series) -> pd.Series:
        """Return the first answer that fits each value, of the rows under one key.

        Args:
            key: the words of which key.
            values: words.
        """
        rows = [row for row in self.records() if row[self.keys[0]] == key]
        if not rows:
            return values
        return fold([row["pattern"] for row in rows], [row[self.answers[0]] for row in rows], values)

    def records(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries."""
        columns = (map(str, words) for words in self.cells.values())
        return [dict(zip(self.cells, row, strict=True)) for row in zip(*columns, strict=True)]

    def column(self, name: str) -> pd.Series:
        """Return one column, indexed by the table's (first) key."""
        return self.rows.set_index(self.keys[0])[name]
