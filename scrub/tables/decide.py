"""Decision tables: expand one, answer cases with it.

A decision table is a compressed lookup. Each row stands for the cases that its condition cells allow. Expanded over the
closed lists of its conditions it holds one row a case: answering is indexing, a gap is an empty position and an overlap
is a position taken twice. A row whose condition cells are all ``else`` answers the cases that no other row answers,
where the declaration allows one.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.tables.ask import Lookup, find_rows, number_words
from scrub.tables.conditions import ELSE, find_positions, list_words
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding, RuleError
from scrub.tables.patterns import fold

OWN = "layer"  # the column that is 1 for rows of an overlay, 0 for those below

Conditions = Mapping[str, Sequence[str]]


class Expansion(NamedTuple):
    """An expanded decision table: for every case the position of the row that answers it, and what is wrong."""

    hits: np.ndarray
    findings: tuple[Finding, ...]


def expand(
    rows: pd.DataFrame,
    conditions: Conditions,
    *,
    answers: Sequence[str] = (),
    file: str = "table",
    else_row: bool = False,
) -> Expansion:
    """Return an expanded table, with a finding for each word off its list, pair of rows that overlap, and gap.

    Rows of a higher ``layer``, where there is such a column, answer in place of those below.

    Args:
        rows: the table's rows with a column for each condition and ``rule``, the row's ``file:line``.
        conditions: for each condition column its closed list.
        answers: the columns in which rows that overlap must agree to be called duplicates.
        file: the name of the table's file.
        else_row: whether a row whose condition cells are all ``else`` answers what no other row answers.

    Returns:
        hits: integers of one dimension a condition, each as long as its closed list; -1 where no row answers.

    >>> rows = pd.DataFrame({"tso": ["*", "true"], "group": ["spec", "tac"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> print(*expand(rows, {"tso": ["true", "false"]}, answers=["group"]).findings)
    t.csv:3: conflict: t.csv:2 also matches tso=true, with a different answer
    >>> rows = pd.DataFrame({"tso": ["true", "else"], "group": ["tac", "spec"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> expand(rows, {"tso": ["true", "false"]}, else_row=True).hits.tolist()
    [0, 1]
    """
    hits = np.full([len(words) for words in conditions.values()], -1)
    sheet = _Rows(
        rows["rule"].tolist(),
        rows[OWN].tolist() if OWN in rows else [0] * len(rows),
        list(zip(*(rows[column].tolist() for column in answers), strict=True)) or [()] * len(rows),
        {column: rows[column].tolist() for column in conditions},
    )
    rest = [i for i in range(len(rows)) if else_row and all(sheet.cells[c][i] == ELSE for c in conditions)]
    findings: list[Finding] = []
    for row in sorted(set(range(len(rows))) - set(rest), key=lambda i: sheet.layers[i]):
        block, faults = _find_block(sheet, row, conditions)
        findings.extend(faults)
        if block is not None:
            findings.extend(_find_overlaps(sheet, row, hits, block, conditions))
            hits[np.ix_(*block)] = row
    findings.extend(_fill_rest(sheet, rest, hits))
    empty = np.argwhere(hits < 0)
    if len(empty):
        name = sheet.rules[-1].rpartition(":")[0] if sheet.rules else file
        findings.append(Finding(name, 1, "gap", f"no row for {_name_case(empty[0], conditions)}{_more(len(empty))}"))
    return Expansion(hits, tuple(findings))


class _Rows(NamedTuple):
    """The rows of a table as lists: names, layers, answers, and the cells of each condition."""

    rules: list[str]
    layers: list[int]
    answers: list[tuple[str, ...]]
    cells: dict[str, list[str]]

    def compare(self, row: int, other: int) -> tuple[str, str]:
        """Return the kind of finding that two rows for one case make, and how their answers compare."""
        return ("duplicate", "the same") if self.answers[row] == self.answers[other] else ("conflict", "a different")


def _find_block(sheet: _Rows, row: int, conditions: Conditions) -> tuple[list[list[int]] | None, list[Finding]]:
    """Return for each condition of a row the positions in its list; none if a cell is not of the language."""
    block, faults = [], []
    for column, words in conditions.items():
        cell = sheet.cells[column][row]
        try:
            block.append(find_positions(cell, words))
        except RuleError as error:
            blank = "" in list_words(cell)
            faults.append(Finding.at(sheet.rules[row], "blank" if blank else "word", str(error), column))
    return (None if faults else block), faults


def _find_overlaps(
    sheet: _Rows, row: int, hits: np.ndarray, block: Sequence[list[int]], conditions: Conditions
) -> Iterable[Finding]:
    """Yield the rows of the same layer that answer cases of a row's block, each with the first such case."""
    held = hits[np.ix_(*block)]
    for other in np.unique(held):
        if other >= 0 and sheet.layers[other] == sheet.layers[row]:
            shared = np.argwhere(held == other)
            case = _name_case([words[i] for words, i in zip(block, shared[0], strict=True)], conditions)
            kind, how = sheet.compare(row, other)
            message = f"{sheet.rules[other]} also matches {case}, with {how} answer{_more(len(shared))}"
            yield Finding.at(sheet.rules[row], kind, message)


def _fill_rest(sheet: _Rows, rest: Sequence[int], hits: np.ndarray) -> Iterable[Finding]:
    """Fill the cases that no row answers with the ``else`` row of the highest layer; yield repeated else rows."""
    first: dict[int, int] = {}
    for row in rest:
        other = first.setdefault(sheet.layers[row], row)
        if other != row:
            kind, how = sheet.compare(row, other)
            yield Finding.at(sheet.rules[row], kind, f"{sheet.rules[other]} is an else row, too, with {how} answer")
    if first:
        hits[hits < 0] = first[max(first)]


def _more(cases: int) -> str:
    return f" ({cases} such cases)" if cases > 1 else ""


def _name_case(positions: Sequence[int], conditions: Conditions) -> str:
    """Return a case as an expert reads it: ``exp_type=NRC_IMAGE, tsovisit=true``."""
    words = zip(conditions.items(), positions, strict=True)
    return ", ".join(f"{column}={listed[i]}" for (column, listed), i in words)


def answer(rows: pd.DataFrame, hits: np.ndarray, conditions: Conditions, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the row of the table that answers each row of facts.

    Args:
        rows: the table, as ``expand`` took it.
        hits: what ``expand`` gave.
        conditions: for each condition column its closed list.
        facts: a column for each condition, holding words of its closed list.

    Returns:
        The table's rows, one for each row of ``facts`` and under its index.

    Raises:
        RuleError: a fact that is on no closed list.

    >>> rows = pd.DataFrame({"tso": ["true", "false"], "group": ["tac", "spec"], "rule": ["t:2", "t:3"]})
    >>> lists = {"tso": ["true", "false"]}
    >>> answer(rows, expand(rows, lists).hits, lists, pd.DataFrame({"tso": ["false"]}))["group"].tolist()
    ['spec']
    """
    numbers = find_rows(number_words(conditions), hits, {column: facts[column].tolist() for column in conditions})
    return rows.take(numbers).set_axis(facts.index)


class Table(NamedTuple):
    """One rule table at one edition: its declaration, the closed list of each condition, its rows, expanded."""

    declaration: Declaration
    conditions: Conditions
    rows: pd.DataFrame
    hits: np.ndarray

    @property
    def name(self) -> str:
        """Its name."""
        return self.declaration.name

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
        """Return the table as it is asked of cases in plain columns."""
        cells = {column: self.rows[column].to_numpy(dtype=object).copy() for column in (*self.answers, "rule")}
        for column in cells.values():
            column.setflags(write=False)
        return Lookup(self.declaration, number_words(self.conditions), self.hits, MappingProxyType(cells))

    def answer(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Return the row that answers each row of facts: see ``decide.answer``."""
        return answer(self.rows, self.hits, self.conditions, facts)

    def fold(self, key: str, values: pd.Series) -> pd.Series:
        """Return the first answer that fits each value, of the rows under one key.

        Args:
            key: the words of which key.
            values: words.
        """
        rows = self.rows[self.rows[self.keys[0]] == key]
        if rows.empty:
            return values
        return fold(rows["pattern"].tolist(), rows[self.answers[0]].tolist(), values)

    def records(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries."""
        names = [str(name) for name in self.rows]
        cells = (map(str, self.rows[name].tolist()) for name in self.rows)
        return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]

    def column(self, name: str) -> pd.Series:
        """Return one column, indexed by the table's (first) key."""
        return self.rows.set_index(self.keys[0])[name]
