"""Cases: the distinct combinations of what the rule tables ask of exposures, and the answers of the tables to each.

Cases lie in plain columns (arrays of words, None where missing), which costs little where there are few.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.frames.arrays import Cells, Columns, count_rows, make_cells, pick
from scrub.frames.columns import Positions, number_rows
from scrub.tables import Rules, Table
from scrub.tables.ask import Lookup, ask_in_turn
from scrub.tables.patterns import fold_words
from scrub.tables.rules import look_up, once

MEASURES = ("scale", "width", "height")
FURTHER, _REPLACED = "further_products", "exposure_types"
_INSTEAD = ("masks", FURTHER)  # in a further reading these are asked in place of that
_NONE = "NONE"  # how tables write a missing word


class Cases(NamedTuple):
    """What the tables ask of each distinct case, and the number of each exposure's case."""

    cells: dict[str, Cells]
    codes: Positions


class CaseAnswers(NamedTuple):
    """The answers of the tables to each case (the measures are floats), and for each table the row that answered."""

    answers: dict[str, Any]
    rules: dict[str, Cells]


class _Fold(NamedTuple):
    """The patterns of one key of a pattern table, and the answer of each."""

    patterns: tuple[str, ...]
    answers: tuple[str, ...]

    def apply(self, words: Sequence[str]) -> list[str]:
        return fold_words(self.patterns, self.answers, words) if self.patterns else list(words)


class _Plan(NamedTuple):
    """What the rules ask of an exposure, in their order."""

    keywords: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    identities: tuple[str, ...]
    channels: _Fold
    classes: tuple[tuple[str, _Fold], ...]
    conditions: frozenset[str]
    tables: tuple[Lookup, ...]
    further: tuple[Lookup, ...]
    making: tuple[str, ...]
    ending: tuple[str, ...]


@once
def _plan(rules: Rules) -> _Plan:
    turns = rules.in_turn()
    further = [rules[name] for name in _INSTEAD] if FURTHER in rules.tables else []
    deciding = {column for table in [*turns, *further] for column in (*table.conditions, *table.declaration.applies_to)}
    conditions = {name.upper() for table in rules.tables.values() for name in table.conditions}
    conditions |= {name.upper() for name in deciding}
    conditions |= {row["keyword"] for name in ("classes", "channels") for row in rules[name].records()}
    sources = [("identity", "identities"), ("fact", "facts")]
    folded = dict.fromkeys(row["keyword"] for row in rules["classes"].records())
    return _Plan(
        tuple(row["keyword"] for row in rules["keywords"].records() if row["keyword"] in conditions),
        tuple(
            (row[key], tuple(row["keywords"].split()))
            for key, name in sources
            if name in rules.tables
            for row in rules[name].records()
        ),
        tuple(row["identity"] for row in rules["identities"].records()),
        _read_fold(rules, "channels", "DETECTOR"),
        tuple((keyword, _read_fold(rules, "classes", keyword)) for keyword in folded),
        frozenset(deciding),
        tuple(look_up(rules, table.name) for table in turns),
        tuple(look_up(rules, name) for name in (_list_further(turns) if further else ())),
        tuple(table.name for table in turns if table.declaration.leaves_out),
        tuple(table.name for table in turns if table.declaration.leaves_out or table.declaration.abstains),
    )


def _list_further(turns: Sequence[Table]) -> list[str]:
    """Return the names of the tables that a further reading asks, in their turn."""
    return [name for table in turns for name in (_INSTEAD if table.name == _REPLACED else (table.name,))]


def list_lookups(rules: Rules, *, reading: str = "") -> tuple[Lookup, ...]:
    """Return the decision tables that are asked of each case, in their turn.

    Args:
        rules: a JWST rule set.
        reading: a word of ``further_products``, which then answers in place of ``exposure_types``.

    >>> from scrub import jwst
    >>> [table.declaration.name for table in list_lookups(jwst.read_rules())][:2]
    ['visit_types', 'exposure_types']
    """
    plan = _plan(rules)
    return plan.further if reading else plan.tables


def _read_fold(rules: Rules, name: str, key: str) -> _Fold:
    """Return the patterns under one key of a pattern table."""
    table = rules[name]
    rows = [row for row in table.records() if row[table.keys[0]] == key]
    return _Fold(tuple(row["pattern"] for row in rows), tuple(row[table.answers[0]] for row in rows))


def collect_cases(rules: Rules, exposures: Columns) -> Cases:
    """Return the distinct cases of exposures: keywords as words, and for each fact whether all its keywords are given.

    An exposure that states its target (table ``stated_targets``) has all that could identify it.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, the columns of the contract ``jwst/exposures``.

    >>> from scrub import jwst
    >>> from scrub.frames.arrays import read_frame
    >>> rules = jwst.read_rules()
    >>> cases = collect_cases(rules, read_frame(jwst.exposures(rules, jwst.example(rules))))
    >>> cases.cells["EXP_TYPE"].tolist(), cases.cells["position"].tolist(), cases.codes.tolist()
    (['NIS_IMAGE'], ['true'], [0, 0])
    """
    plan = _plan(rules)
    arrays = {keyword: exposures[keyword] for keyword in plan.keywords}
    every = np.ones(count_rows(exposures), dtype=bool)
    keywords = dict.fromkeys(word for _, words in plan.facts for word in words)
    given = {word: pd.notna(exposures[word]) if word in exposures else ~every for word in keywords}
    facts = {name: reduce(np.logical_and, (given[word] for word in words), every) for name, words in plan.facts}
    numbers = [pd.notna(exposures[word]) for word in list_stated(rules) if word in exposures]
    stated = reduce(np.logical_or, numbers, ~every)
    facts |= {name: facts[name] | stated for name in plan.identities}
    codes, first = number_rows([*arrays.values(), *facts.values()])
    cells = {name: _write_words(pick(array, first).tolist()) for name, array in {**arrays, **facts}.items()}
    return Cases(cells, codes)


@once
def list_stated(rules: Rules) -> tuple[str, ...]:
    """Return the keywords that are themselves the number of a target: those of ``stated_targets``.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> list_stated(jwst.read_rules("jwst_dms")), list_stated(jwst.read_rules())
    (('TARGETID',), ())
    """
    rows = rules["stated_targets"].records() if "stated_targets" in rules.tables else []
    return tuple(row["keyword"] for row in rows)


@once
def list_target_facts(rules: Rules) -> tuple[str, ...]:
    """Return the facts that are true where the number of the target is given.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> list_target_facts(jwst.read_rules("jwst_dms"))
    ('targeted',)
    """
    rows = rules["facts"].records() if "facts" in rules.tables else []
    return tuple(row["fact"] for row in rows if set(row["keywords"].split()) <= set(list_stated(rules)))


def _write_words(cells: Sequence[Any]) -> Cells:
    """Return cells as tables write them: flags as true or false, numbers as digits; None where missing."""
    return make_cells(cell if isinstance(cell, str) else _write_word(cell) for cell in cells)


def _write_word(cell: Any) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return None if pd.isna(cell) else str(cell)


def answer_cases(rules: Rules, cells: Mapping[str, Cells], *, reading: str = "") -> CaseAnswers:
    """Return the answers of the tables, asked in their turn, to each case: see ``groups.decide``.

    Args:
        rules: a JWST rule set.
        cells: of distinct cases, as ``collect_cases`` gives them.
        reading: a word of ``further_products``, which then answers in place of ``exposure_types``.
    """
    plan = _plan(rules)
    channel = _fill_channel(plan, cells)
    words = {name: [_NONE if word is None else word for word in own] for name, own in cells.items()}
    words["CHANNEL"] = [word or _NONE for word in channel]
    words |= {keyword: fold.apply(words[keyword]) for keyword, fold in plan.classes}
    deciding = [name for name in words if name.lower() in plan.conditions]
    known: dict[tuple[str, ...], int] = {}
    rows = zip(*(words[name] for name in deciding), strict=True)
    codes = np.array([known.setdefault(row, len(known)) for row in rows], dtype=np.intp)
    columns = zip(*known, strict=True) if known else ([] for _ in deciding)
    facts = {name.lower(): make_cells(column) for name, column in zip(deciding, columns, strict=True)}
    if reading:
        facts["reading"] = np.full(len(known), reading, dtype=object)
    answers, fired = _ask(plan, plan.further if reading else plan.tables, facts, len(known))
    return CaseAnswers(
        {**{name: cells[codes] for name, cells in answers.items()}, "CHANNEL": make_cells(channel)},
        {name: cells[codes] for name, cells in fired.items()},
    )


def _fill_channel(plan: _Plan, cells: Mapping[str, Cells]) -> list[str | None]:
    """Return CHANNEL; where a header has none, the one that follows from DETECTOR."""
    detectors = [_NONE if word is None else word for word in cells["DETECTOR"]]
    follows = (None if word == _NONE else word for word in plan.channels.apply(detectors))
    return [other if own is None else own for own, other in zip(cells["CHANNEL"], follows, strict=True)]


def _ask(plan: _Plan, tables: Sequence[Lookup], facts: Mapping[str, Cells], count: int) -> CaseAnswers:
    """Return the answers with the group that each case makes, the rule that decided and the measures as numbers."""
    turns = ask_in_turn(tables, facts, count)
    answers: dict[str, Any] = dict(turns.facts)
    answers |= {name: _read_numbers(answers[name]) for name in MEASURES}
    answers["group"] = np.where(turns.makes, answers["group"], None)
    answers["rule"] = np.where(
        pd.isna(turns.lacking), _find_last(turns.rules, plan.making), _find_last(turns.rules, plan.ending)
    )
    if plan.ending != plan.making:
        answers["lacking"] = turns.lacking
    return CaseAnswers(answers, turns.rules)


def _read_numbers(words: Cells) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.array([float(word) if word else np.nan for word in words], dtype="float64")


def _find_last(fired: Mapping[str, Cells], tables: Sequence[str]) -> Cells:
    """Return for each case the row of the last of some tables that answered it."""
    own = [fired[FURTHER if name == _REPLACED and FURTHER in fired else name] for name in tables]
    return reduce(lambda last, rules: np.where(pd.isna(last), rules, last), own[-2::-1], own[-1])
