"""Narrow: the rows of decision tables that can still decide, when only some facts of a case are known."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from scrub.frames.cells import TEXT
from scrub.tables.boxes import Box, intersect, list_positions, make_bits, unite
from scrub.tables.conditions import allows, on_list, write_cell
from scrub.tables.decide import Table, list_pieces
from scrub.tables.findings import RuleError
from scrub.tables.language import read_spec
from scrub.tables.rules import Rules

Domains = dict[str, tuple[str, ...]]


class Choice(NamedTuple):
    """A row that can still decide: its ``file:line``, the conditions that are still open, and its answers."""

    rule: str
    conditions: Mapping[str, str]
    answers: Mapping[str, str]
    ends: bool


class Step(NamedTuple):
    """A decision table in its turn, and its rows that can still decide."""

    table: Table
    choices: list[Choice]


def narrow(rules: Rules, given: Mapping[str, str]) -> list[Step]:
    """Return the rows that can still decide, table by table in the order in which they are asked.

    What is not given may be any word of its closed list; an answer, any that an earlier row can still give. So a row
    that is not listed can never decide, and a row that is listed nearly always can.

    Args:
        rules: a rule set.
        given: for some conditions the word.

    >>> from scrub import tables
    >>> steps = narrow(tables.read("jwst"), {"exp_type": "MIR_MRS", "tsovisit": "false"})
    >>> [choice.answers["group"] for step in steps if step.table.name == "exposure_types" for choice in step.choices]
    ['spec']
    """
    domains: Domains = {column: (word,) for column, word in given.items()}
    steps = []
    for table in rules.in_turn():
        applies = _find_applies(table, domains)
        if not any(applies):
            domains |= {column: (read_spec(spec).elsewhere,) for column, spec in table.declaration.answers.items()}
            continue
        choices = _list_choices(table, domains)
        steps.append(Step(table, choices))
        going = [choice for choice in choices if not choice.ends]
        if not going:
            break
        for column, spec in table.declaration.answers.items():
            words = dict.fromkeys(choice.answers.get(column, "") for choice in going)
            if not all(applies):
                words[read_spec(spec).elsewhere] = None
            domains[column] = tuple(words)
    return steps


def _find_applies(table: Table, domains: Domains) -> list[bool]:
    """Return, for what is known, whether the table applies: [True], [False], or both."""
    outcomes = {True}
    for column, cell in table.declaration.applies_to.items():
        words = domains.get(column)
        allowed = set(allows(cell, words)) if words else {True, False}
        outcomes = {a and b for a in outcomes for b in allowed}
    return sorted(outcomes, reverse=True)


def _list_choices(table: Table, domains: Domains) -> list[Choice]:
    """Return the rows that answer a case whose every condition is in its domain."""
    known = []
    for column, words in table.conditions.items():
        domain = domains.get(column, tuple(words))
        known.append([i for i, word in enumerate(words) if word in domain])
    box, own, answering = tuple(map(make_bits, known)), dict[int, Box](), set[int]()
    for row, its in list_pieces(table):
        own[row] = unite(own.get(row, its), its)
        if all(intersect(box, its)):
            answering.add(row)
    return [_describe(table, row, own[row], domains) for row in sorted(answering)]


def _describe(table: Table, number: int, box: Box, domains: Domains) -> Choice:
    """Return one row with the conditions that what is known leaves open; the box has the words that it answers."""
    row = {column: words[number] for column, words in table.cells.items()}
    conditions = {}
    for bits, (column, words) in zip(box, table.conditions.items(), strict=True):
        known = [word for word in words if word in domains.get(column, tuple(words))]
        allowed = [words[i] for i in list_positions(bits) if words[i] in known]
        if len(allowed) < len(known):
            conditions[column] = write_cell(allowed, known)
    answers = {column: str(row[column]) for column in table.answers if row[column]}
    left_out = any(row[column] == word for column, word in table.declaration.leaves_out.items())
    undecided = bool(table.declaration.abstains and row[table.declaration.abstains])
    return Choice(str(row["rule"]), conditions, answers, left_out or undecided)


def read_given(rules: Rules, words: Sequence[str]) -> dict[str, str]:
    """Return facts from words: ``KEYWORD=VALUE``, or a word of a closed list, such as an EXP_TYPE.

    A value of an open keyword is folded to its class (rule table ``classes``).

    Args:
        rules: a rule set.
        words: of the command line.

    Raises:
        RuleError: a word that is on no list, or a keyword that no table asks for.

    >>> from scrub import tables
    >>> read_given(tables.read("jwst"), ["MIR_MRS", "SUBARRAY=FULL"])
    {'exp_type': 'MIR_MRS', 'subarray': 'full'}
    """
    lists = {column: words_ for table in rules.in_turn() for column, words_ in table.conditions.items()}
    everything = {column: rules.lists.get(column, words_) for column, words_ in lists.items()}
    given = {}
    for word in words:
        column, mark, value = word.partition("=")
        column = column.lower() if mark else _find_column(word, everything)
        value = value if mark else word
        if column not in lists:
            raise RuleError(f"no table asks for {column.upper()}: they ask for {', '.join(lists).upper()}")
        given[column] = _write_word(rules, column, value, everything[column])
    return given


def _find_column(word: str, lists: Mapping[str, Sequence[str]]) -> str:
    """Return the condition whose closed list has a word."""
    columns = [column for column, words in lists.items() if word in words]
    if not columns:
        on_list(word, [w for words in lists.values() for w in words])
    return columns[0]


def _write_word(rules: Rules, column: str, value: str, words: Sequence[str]) -> str:
    """Return a value as tables write it: its class, true or false, or the word itself."""
    classes = rules.tables.get("classes")
    if classes is not None and column.upper() in set(classes.cells["keyword"]) and value not in words:
        return str(classes.fold(column.upper(), pd.Series([value.upper()], dtype=TEXT)).iloc[0])
    return on_list(value if value in words else value.lower() if value.lower() in words else value.upper(), words)
