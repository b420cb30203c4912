"""Which of the rows that fired for a product matter: with another answer, the product, or a cell of it, is another.

The exposures of the product are asked alone, with one other answer at a time: what others do is not seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.stage import chain
from scrub.files.table_files import untracked
from scrub.frames.arrays import Cells, Columns, make_cells, read_frame
from scrub.frames.columns import Positions
from scrub.jwst.cases import MEASURES, answer_cases, collect_cases, list_lookups
from scrub.jwst.counts import count_keys
from scrub.jwst.groups import form_groups
from scrub.jwst.names import name_products
from scrub.jwst.pipeline import steps
from scrub.jwst.readings import spread
from scrub.jwst.targets import label_targets
from scrub.pipeline.features import list_features
from scrub.tables import RuleError, Rules, Table
from scrub.tables.ask import Lookup, ask_in_turn
from scrub.tables.language import Spec, read_spec
from scrub.tables.patterns import first_fit

_KEPT = ("role", "need")  # answers by which other exposures join a product
_NONE = "NONE"
_REFUSED = "refused"  # how answers end that no table may have there
Facts = Mapping[str, Cells]


class Question(NamedTuple):
    """The exposures of a product as tables are asked of them, and what counts of the answers.

    ``cells`` are of their distinct cases, ``facts`` the words that no table answers, ``fired`` the row of each table,
    ``folded`` the row that folded the word of each condition; ``codes`` has the number of each exposure's case.
    ``measures`` are the answers of ``pixel_scales`` that count.
    """

    members: Columns
    codes: Positions
    facts: Facts
    fired: Facts
    folded: Facts
    tables: tuple[Lookup, ...]
    feature: str
    measures: tuple[str, ...]


def ask(rules: Rules, exposures: pd.DataFrame, feature: str, *, reading: str = "", scaled: bool = False) -> Question:
    """Return the exposures of a product as tables are asked of them.

    Args:
        rules: a JWST rule set.
        exposures: of one product, under the contract ``jwst/exposures``.
        feature: whose cell is weighed.
        reading: a word of ``further_products``, where that makes the product.
        scaled: whether another scale makes another cell.
    """
    members = read_frame(exposures)
    cells, codes = collect_cases(rules, members)
    answers, fired = answer_cases(rules, cells, reading=reading)
    tables = list_lookups(rules, reading=reading)
    given = {column for table in tables for column in table.declaration.answers}
    conditions = {c for table in tables for c in (*dict(table.words), *table.declaration.applies_to)}
    facts = {column: answers[column] for column in conditions - given}
    folded = _find_folds(rules, {**cells, "CHANNEL": answers["CHANNEL"]})
    blank = {
        k: np.full(len(codes), None, dtype=object)
        for row in rules["identities"].records()
        for k in row["keywords"].split()
    }
    members = {**blank, **members, "CHANNEL": answers["CHANNEL"][codes]}
    return Question(members, codes, facts, fired, folded, tables, feature, MEASURES if scaled else ())


def _find_folds(rules: Rules, cells: Facts) -> dict[str, Cells]:
    """Return for each condition that ``classes`` fills, and each case, the row that folded its word."""
    table = rules["classes"]
    folded = {}
    for keyword in dict.fromkeys(table.rows["keyword"]):
        rows = [row for row in table.records() if row["keyword"] == keyword]
        words = [_NONE if word is None else word for word in cells[keyword].tolist()]
        places = first_fit([row["pattern"] for row in rows], words)
        folded[keyword.lower()] = make_cells(rows[at]["rule"] if at >= 0 else None for at in places)
    return folded


def find_deciding(rules: Rules, question: Question) -> set[str]:
    """Return the rows of decision tables and classes, of those that fired, whose other answers make another product.

    Args:
        rules: a JWST rule set.
        question: what ``ask`` gave.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> exposures = jwst.exposures(rules, jwst.example(rules))
    >>> sorted(find_deciding(rules, ask(rules, exposures, "filter")))[:3]
    ['classes.csv:6', 'elements.csv:4', 'exposure_types.csv:41']
    """
    before, deciding = _end(rules, question, question.tables, question.facts), set[str]()
    for rule, tables, facts in _change_answers(rules, question):
        if rule not in deciding and _end(rules, question, tables, facts) not in (before, _REFUSED):
            deciding.add(rule)
    return deciding


def _change_answers(rules: Rules, question: Question) -> Iterator[tuple[str, Sequence[Lookup], Facts]]:
    """Yield each row that fired, with the tables and the facts as another answer of it makes them."""
    for number, table in enumerate(question.tables):
        for rule in _list_rules(question.fired[table.declaration.name]):
            for changed in _change_tables(rules, question.tables, number, rule):
                yield rule, changed, question.facts
    words = {column: tuple(known) for table in question.tables for column, known in table.words}
    for condition in question.folded.keys() & words.keys():
        rows = question.folded[condition]
        for rule in _list_rules(rows):
            for word in words[condition]:
                facts = np.where(rows == rule, word, question.facts[condition])
                yield rule, question.tables, {**question.facts, condition: facts}


def _list_rules(cells: Cells) -> list[str]:
    return [rule for rule in dict.fromkeys(cells.tolist()) if rule]


def _change_tables(rules: Rules, tables: Sequence[Lookup], number: int, rule: str) -> Iterator[list[Lookup]]:
    """Yield the tables with each other answer of a row."""
    table = tables[number]
    at = table.cells["rule"] == rule
    for column, spec in table.declaration.answers.items():
        (old,) = set(table.cells[column][at].tolist())
        for word in list_others(rules, read_spec(spec), old, table.cells[column].tolist()):
            cells = np.where(at, word, table.cells[column]).astype(object)
            changed = table._replace(cells={**table.cells, column: cells})
            yield [*tables[:number], changed, *tables[number + 1 :]]


def list_others(rules: Rules, spec: Spec, old: str, column: Sequence[str]) -> list[str]:
    """Return what an answer may be instead: a word of its list, what another row has; of several words other ones.

    Other ones are those of other rows, or else of the list.

    Args:
        rules: a rule set.
        spec: what the answer may be.
        old: the answer.
        column: the answers of all rows.

    >>> from scrub import tables
    >>> list_others(tables.read("jwst"), read_spec("part+"), "filter pupil", ["grating"])
    ['grating', 'pupil', 'grating pupil', 'filter', 'filter grating', 'pupil filter']
    """
    words = [*column, *(() if spec.several else rules.lists.get(spec.listed, ())), *([""] if spec.optional else [])]
    if spec.several:
        parts = old.split()
        known = dict.fromkeys(word for cell in column for word in cell.split() if word not in parts)
        more = [[], *([word] for word in known or rules.lists.get(spec.listed, ()) if word not in parts)]
        for at in range(len(parts)):
            words += [" ".join(parts[:at] + instead + parts[at + 1 :]) for instead in more]
        words.append(" ".join(reversed(parts)))
    elif not spec.listed:
        words.append(str(float(old) * 3 + 1) if old.replace(".", "", 1).isdigit() else f"x{old}")
    return [word for word in dict.fromkeys(words) if word != old and (word or spec.optional)]


def _end(rules: Rules, question: Question, tables: Sequence[Lookup], facts: Facts) -> Any:
    """Return how exposures end: their names, whether they are one product, and what else counts of their answers."""
    try:
        turns = ask_in_turn(tables, facts, len(next(iter(facts.values()))))
    except RuleError:
        return _REFUSED
    if not turns.makes.all():
        return None
    answers = turns.facts
    members = {**question.members, **spread(answers, question.codes)}
    members["target"] = label_targets(rules, members, answers)
    members |= count_keys(rules, members, answers)
    named = name_products(rules, members, answers)
    rows = set(zip(named["product"].tolist(), named["key"].tolist(), members["group"].tolist(), strict=True))
    has = [any(row["feature"] == question.feature for row in list_features(rules, group)) for _, _, group in rows]
    kept = [tuple(answers[column].tolist()) for column in (*_KEPT, *question.measures) if column in answers]
    return (sorted({name for name, _, _ in rows}), len(rows) == 1, all(has), kept)


def changes_cell(rules: Rules, exposures: pd.DataFrame, names: Sequence[str], feature: str, rule: str) -> bool:
    """Return whether another answer of a row makes another cell of a product; yes where the cell cannot be made again.

    Args:
        rules: a JWST rule set.
        exposures: those of the product and those that join it, under the contract ``jwst/exposures``.
        names: of those of the product.
        feature: of the cell.
        rule: a row of a table that is asked after headers are read.
    """
    table, before = _find_table(rules, rule), _make_cell(rules, exposures, names, feature)
    cells = (_make_cell(changed, exposures, names, feature) for changed in _change_rules(rules, table, rule))
    return before is None or any(cell not in (None, before) for cell in cells)


def changes_members(rules: Rules, exposures: pd.DataFrame, product: str, rule: str) -> bool:
    """Return whether by another answer of a row a product has other exposures, or stands back behind another product.

    Args:
        rules: a JWST rule set.
        exposures: all of its program, under the contract ``jwst/exposures``.
        product: its id.
        rule: a row of a table that is asked after headers are read.
    """
    table, columns = _find_table(rules, rule), read_frame(exposures)
    before = _list_exposures(rules, columns, product)
    return any(_list_exposures(changed, columns, product) != before for changed in _change_rules(rules, table, rule))


def _list_exposures(rules: Rules, exposures: Columns, product: str) -> list[str]:
    members = form_groups(rules, exposures).members
    return sorted(members["exposure"][members["product_id"] == product].tolist())


def _find_table(rules: Rules, rule: str) -> Table:
    return next(own for own in rules.tables.values() if rule in own.cells["rule"])


def _change_rules(rules: Rules, table: Table, rule: str) -> Iterator[Rules]:
    """Yield the rules with each other answer of a row."""
    at = table.cells["rule"].index(rule)
    for column, spec in table.declaration.answers.items():
        words = table.cells[column]
        for word in list_others(rules, read_spec(spec), words[at], words):
            cells = {**table.cells, column: (*words[:at], word, *words[at + 1 :])}
            yield replace(rules, tables={**rules.tables, table.name: table._replace(cells=cells)})


def _make_cell(rules: Rules, exposures: pd.DataFrame, names: Sequence[str], feature: str) -> Any:
    """Return a cell of the product of some exposures; None where something is rejected, or they are not one product."""
    (members, _, features), aside = chain(steps(rules)[1:], exposures, track=untracked)
    products = members.loc[members["exposure"].isin(names), "product_id"].drop_duplicates()
    row = features[features["product_id"].isin(products)]
    return None if len(aside) or len(products) != 1 or len(row) != 1 else row[feature].iloc[0]
