"""Which of the rows that fired for a case matter: with another answer, the case would end otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from scrub.frames.arrays import Cells, make_cells
from scrub.jwst.cases import MEASURES
from scrub.tables import Rules, Table
from scrub.tables.ask import Lookup, ask_in_turn
from scrub.tables.language import read_spec
from scrub.tables.rules import look_up

OTHER = "another"  # an answer that no open column has
Facts = Mapping[str, str]


def list_ends(rules: Rules, *, measured: bool) -> tuple[str, ...]:
    """Return the answers that code takes from a case: those that no later table asks for, and what makes a product.

    Args:
        rules: a JWST rule set.
        measured: whether scales and footprints are among them.

    >>> from scrub import tables
    >>> list_ends(tables.read("jwst"), measured=False)[:4]
    ('group', 'elements', 'product', 'head')
    """
    turns = rules.in_turn()
    conditions = {column for table in turns for column in table.conditions}
    kept = {column for table in turns for column in table.declaration.leaves_out}
    answers = [column for table in turns for column in table.answers if column not in conditions or column in kept]
    return tuple(column for column in dict.fromkeys(answers) if measured or column not in MEASURES)


def find_deciding(rules: Rules, facts: Facts, fired: Mapping[str, str], ends: Sequence[str]) -> set[str]:
    """Return the rows of tables, of those that fired for a case, that would make it end otherwise with another answer.

    Args:
        rules: a JWST rule set.
        facts: the word of each condition that no table answers.
        fired: the row of each table that fired.
        ends: the answers that count, see ``list_ends``.
    """
    tables = [look_up(rules, table.name) for table in rules.in_turn()]
    before = _ask(tables, facts, ends)
    return {
        fired[table.name]
        for number, table in enumerate(rules.in_turn())
        if table.name in fired and _decides(rules, tables, number, table, facts, fired[table.name], ends, before)
    }


def _decides(
    rules: Rules, tables: Sequence[Lookup], number: int, table: Table, facts: Facts, rule: str, ends: Sequence[str],
    before: tuple[Any, ...],
) -> bool:  # fmt: skip
    """Return whether another answer of a row gives a case another end."""
    for column in table.answers:
        for word in _list_others(rules, table, column):
            changed = [*tables[:number], _replace_answer(tables[number], rule, column, word), *tables[number + 1 :]]
            if _ask(changed, facts, ends) != before:
                return True
    return False


def is_asked(rules: Rules, facts: Facts, condition: str, words: Sequence[str], ends: Sequence[str]) -> bool:
    """Return whether another word of a condition gives a case another end.

    Args:
        rules: a JWST rule set.
        facts: the word of each condition that no table answers.
        condition: one of them.
        words: those that it may have.
        ends: the answers that count.
    """
    if condition not in facts:
        return False
    tables = [look_up(rules, table.name) for table in rules.in_turn()]
    before = _ask(tables, facts, ends)
    return any(_ask(tables, {**facts, condition: word}, ends) != before for word in words if word != facts[condition])


def _ask(tables: Sequence[Lookup], facts: Facts, ends: Sequence[str]) -> tuple[Any, ...]:
    """Return how a case ends: its answers, and whether it makes a product."""
    turns = ask_in_turn(tables, {name: make_cells([word]) for name, word in facts.items()}, 1)
    return (bool(turns.makes[0]), turns.lacking[0], *(turns.facts[name][0] for name in ends))


def _list_others(rules: Rules, table: Table, column: str) -> Iterator[str]:
    """Yield words that an answer may have instead; of an open answer, one that it has nowhere."""
    spec = read_spec(table.declaration.answers[column])
    yield from rules.lists.get(spec.listed, ()) if not spec.several else ()
    if spec.several or not spec.listed:
        yield OTHER


def _replace_answer(table: Lookup, rule: str, column: str, word: str) -> Lookup:
    """Return a table with another answer in one row."""
    cells: Cells = np.where(table.cells["rule"] == rule, word, table.cells[column]).astype(object)
    return table._replace(cells={**table.cells, column: cells})
