"""Decision tables: open one out, answer it for a frame, fold a word by the first pattern that fits.

A decision table is a compressed lookup. Each row stands for the cases that its condition cells allow:
a word, ``a|b`` (one of these), ``!a|b`` (none of these) or ``*`` (any). Opened out over the closed
lists of its conditions it holds one row a case, so that answering is indexing, a gap is an empty
place and an overlap is a place taken twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from scrub.tables.findings import Finding, RuleError
from scrub.tables.patterns import first_fit


def allowed(cell: str, words: Sequence[str]) -> list[int]:
    """Return the places in a closed list that a condition cell stands for.

    Raises:
        RuleError: the cell is blank, or a word in it is not on the list.

    >>> allowed("image|fgs", ["image", "spec", "tac", "fgs"])
    [0, 3]
    >>> allowed("!tac", ["image", "spec", "tac", "fgs"])
    [0, 1, 3]
    >>> allowed("imag", ["image", "spec"])
    Traceback (most recent call last):
    scrub.tables.findings.RuleError: 'imag' is not on the list (nearest: 'image')
    """
    if cell == "*":
        return list(range(len(words)))
    named = cell.removeprefix("!").split("|")
    for word in named:
        on_list(word, words)
    return [i for i, word in enumerate(words) if (word in named) != cell.startswith("!")]


def on_list(word: str, words: Sequence[str]) -> str:
    """Return the word if it is on the closed list.

    Raises:
        RuleError: it is not; the message has the nearest word, or the whole list if none is near.
    """
    if word in words:
        return word
    if not word:
        raise RuleError("a blank cell where a word must stand")
    near = get_close_matches(word, words, n=1)
    hint = f"nearest: {near[0]!r}" if near else f"the list: {', '.join(words)}"
    raise RuleError(f"{word!r} is not on the list ({hint})")


class Opened(NamedTuple):
    """A decision table opened out: for every case the place of the row that answers it, and what is wrong."""

    hits: np.ndarray
    findings: tuple[Finding, ...]


def open_out(rows: pd.DataFrame, conditions: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Return, for every case, the place of the row that answers it.

    Args:
        rows: the table's rows with a column for each condition and ``rule``, the row's ``file:line``.
        conditions: for each condition column its closed list.

    Returns:
        Integers of one dimension a condition, each as long as its closed list.

    Raises:
        RuleError: a word not on its list, a case with two rows (duplicate or conflict) or with none (gap).

    >>> rows = pd.DataFrame({"tso": ["true", "!true"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> open_out(rows, {"tso": ["true", "false"]}).tolist()
    [0, 1]
    >>> open_out(rows.head(1), {"tso": ["true", "false"]})
    Traceback (most recent call last):
    scrub.tables.findings.RuleError: t.csv:1: gap: no row for tso=false
    """
    hits, findings = opened(rows, conditions)
    for finding in findings:
        raise RuleError(str(finding))
    return hits


def opened(
    rows: pd.DataFrame, conditions: Mapping[str, Sequence[str]], *, answers: Sequence[str] = (), file: str = "table"
) -> Opened:
    """Return a table opened out, with a finding for each word off its list, pair of rows that overlap, and gap.

    Rows of a higher ``layer``, where there is such a column, answer in place of those below.

    Args:
        rows: as ``open_out`` takes them.
        conditions: as ``open_out`` takes them.
        answers: the columns in which rows that overlap must agree to be called duplicates.
        file: the name of the table's file.

    >>> rows = pd.DataFrame({"tso": ["*", "true"], "group": ["spec", "tac"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> print(*opened(rows, {"tso": ["true", "false"]}, answers=["group"]).findings)
    t.csv:3: conflict: t.csv:2 answers tso=true, too, and otherwise
    """
    hits = np.full([len(words) for words in conditions.values()], -1)
    layers = rows["layer"].tolist() if "layer" in rows else [0] * len(rows)
    said = list(zip(*(rows[column].tolist() for column in answers), strict=True)) or [()] * len(rows)
    rules, asked = rows["rule"].tolist(), {column: rows[column].tolist() for column in conditions}
    findings: list[Finding] = []
    for place in sorted(range(len(rows)), key=lambda i: layers[i]):
        rule = rules[place]
        cells, wrong = _places(rule, {column: cells[place] for column, cells in asked.items()}, conditions)
        findings.extend(wrong)
        if wrong:
            continue
        block = np.ix_(*cells)
        for other in np.unique(hits[block]):
            if other >= 0 and layers[other] == layers[place]:
                shared = np.argwhere(hits[block] == other)
                case = _case([places[i] for places, i in zip(cells, shared[0], strict=True)], conditions)
                agree = said[other] == said[place]
                kind, how = ("duplicate", "and the same") if agree else ("conflict", "and otherwise")
                told = f"{rules[other]} answers {case}, too, {how}{_more(len(shared))}"
                findings.append(Finding(rule, kind, told))
        hits[block] = place
    empty = np.argwhere(hits < 0)
    if len(empty):
        where = rules[-1].rpartition(":")[0] if rules else file
        told = f"no row for {_case(empty[0], conditions)}{_more(len(empty))}"
        findings.append(Finding(f"{where}:1", "gap", told))
    return Opened(hits, tuple(findings))


def _more(cases: int) -> str:
    return f" ({cases} such cases)" if cases > 1 else ""


def _places(
    rule: str, row: Mapping[str, str], conditions: Mapping[str, Sequence[str]]
) -> tuple[list[list[int]], list[Finding]]:
    """Return for each condition of a row the places in its list, and the cells that are not of the language."""
    cells, wrong = [], []
    for column, words in conditions.items():
        try:
            cells.append(allowed(row[column], words))
        except RuleError as error:
            blank = "" in row[column].removeprefix("!").split("|")
            wrong.append(Finding(rule, "blank" if blank else "word", str(error), column))
    return cells, wrong


def _case(places: Sequence[int], conditions: Mapping[str, Sequence[str]]) -> str:
    """Return a case as an expert reads it: ``exp_type=NRC_IMAGE, tsovisit=true``."""
    named = zip(conditions.items(), places, strict=True)
    return ", ".join(f"{column}={words[i]}" for (column, words), i in named)


def answer(
    rows: pd.DataFrame,
    hits: np.ndarray,
    conditions: Mapping[str, Sequence[str]],
    facts: pd.DataFrame,
) -> pd.DataFrame:
    """Return the row of the table that answers each row of facts.

    Args:
        rows: the table, as ``open_out`` took it.
        hits: what ``open_out`` gave.
        conditions: for each condition column its closed list.
        facts: a column for each condition, holding words of its closed list.

    Returns:
        The table's rows, one for each row of ``facts`` and under its index.

    Raises:
        RuleError: a fact that is on no closed list.

    >>> rows = pd.DataFrame({"tso": ["true", "false"], "group": ["tac", "spec"], "rule": ["t:2", "t:3"]})
    >>> lists = {"tso": ["true", "false"]}
    >>> answer(rows, open_out(rows, lists), lists, pd.DataFrame({"tso": ["false"]}))["group"].tolist()
    ['spec']
    """
    places = []
    for column, words in conditions.items():
        place = pd.Index(list(words)).get_indexer(pd.Index(facts[column]))
        if (place < 0).any():
            try:
                on_list(str(facts[column].iloc[int(np.argmin(place))]), words)
            except RuleError as error:
                raise RuleError(f"{column}: {error}") from None
        places.append(place)
    return rows.take(hits[tuple(places)]).set_axis(facts.index)


class Asked(Protocol):
    """A decision table that has its turn: a rule table."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def answers(self) -> tuple[str, ...]:
        """Its answer columns."""
        ...

    @property
    def leaves_out(self) -> Mapping[str, str]:
        """For an answer column, the word with which a case ends here."""
        ...

    @property
    def abstains(self) -> str:
        """The answer column that says what would have to be known, where the table cannot tell."""
        ...

    def answer(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Return the row that answers each row of facts."""
        ...


class Decided(NamedTuple):
    """Cases with every answer, the row (``file:line``) of each table that answered, and which were not left out.

    ``lacking`` says what would have to be known where a table abstained; it is missing elsewhere.
    """

    facts: pd.DataFrame
    rules: pd.DataFrame
    makes: pd.Series
    lacking: pd.Series


def in_turn(tables: Iterable[Asked], facts: pd.DataFrame) -> Decided:
    """Return what tables say of cases, asked one after another: each sees the facts and the answers before it.

    A case that a table leaves out, or abstains from, is not asked further: later answers, and their rules, are missing.

    Args:
        tables: decision tables in their turn.
        facts: one row a case, a column for each condition that no answer fills.
    """
    makes = pd.Series(True, index=facts.index)
    lacking = pd.Series(None, index=facts.index, dtype="str")
    rules = pd.DataFrame(index=facts.index)
    for table in tables:
        told = table.answer(facts[makes]).reindex(facts.index)
        rules = rules.assign(**{table.name: told["rule"]})
        facts = facts.assign(**{column: told[column] for column in table.answers})
        for column, word in table.leaves_out.items():
            makes = makes & (told[column] != word)
        if table.abstains:
            unknown = makes & (told[table.abstains] != "")
            lacking, makes = lacking.mask(unknown, told[table.abstains]), makes & ~unknown
    return Decided(facts, rules, makes, lacking)


def fold(patterns: Sequence[str], answers: Sequence[str], values: pd.Series) -> pd.Series:
    """Return for each value the answer of the first pattern that fits; the answer ``*`` keeps the value.

    The work grows with the number of distinct values.

    Raises:
        RuleError: a value that no pattern fits.

    >>> fold(["SUB*", "*"], ["SUB", "*"], pd.Series(["SUB64", "FULL", "SUB80"])).tolist()
    ['SUB', 'FULL', 'SUB']
    """
    codes, distinct = pd.factorize(values)
    places = first_fit(patterns, distinct)
    if -1 in places:
        raise RuleError(f"no pattern fits {distinct[places.index(-1)]!r}")
    told = [v if answers[i] == "*" else answers[i] for v, i in zip(distinct, places, strict=True)]
    return pd.Series(told, dtype="str").take(codes).set_axis(values.index)
