"""Readings: how often the tables are asked of an exposure, which by some rules makes a second product beside the first.

The first reading asks all tables in their turn. A further one asks the table ``further_products`` in place of
``exposure_types``. Where a candidate's label stands for the target, the target counts as given.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.frames.arrays import Cells, Columns, make_cells, make_words, take
from scrub.frames.columns import Positions, match_numbers, number_rows
from scrub.jwst.cases import FURTHER, MEASURES, answer_cases, list_target_facts
from scrub.jwst.joins import is_served
from scrub.tables import Rules
from scrub.tables.conditions import allows
from scrub.tables.language import NOT_ASKED
from scrub.tables.rules import once

ROLES = ("role", "need", "lacking")
_TRUE = "true"


class Readings(NamedTuple):
    """Cases that were asked: the answers, the number of each among the distinct ones, the word of its reading."""

    answers: dict[str, Any]
    of: Positions
    words: Cells


def read_cases(rules: Rules, cells: Mapping[str, Cells]) -> Readings:
    """Return the answers to each distinct case, in their order, and behind them those of further readings.

    Args:
        rules: a JWST rule set.
        cells: of distinct cases, as ``collect_cases`` gives them.
    """
    answers = answer_cases(rules, cells).answers
    count = len(answers["group"])
    readings = Readings(answers, np.arange(count), np.full(count, "", dtype=object))
    types = _list_types(rules)
    some = np.flatnonzero([exp_type in types for exp_type in cells["EXP_TYPE"].tolist()])
    for word in rules.lists["reading"] if len(some) else ():
        more = answer_cases(rules, take(cells, some), reading=word).answers
        own = np.flatnonzero(pd.notna(more["naming"]) & (more["naming"] != ""))
        readings = _add(readings, take(more, own), some[own], word) if len(own) else readings
    return readings


@once
def _list_types(rules: Rules) -> frozenset[str]:
    """Return the exposure types that some row of ``further_products`` names."""
    if FURTHER not in rules.tables:
        return frozenset()
    cells = {row["exp_type"] for row in rules[FURTHER].records() if row["group"] != NOT_ASKED}
    return frozenset(word for word in rules.lists["exp_type"] for cell in cells if allows(cell, [word])[0])


def _add(readings: Readings, answers: Columns, of: Positions, word: str) -> Readings:
    """Return readings with the answers of one more of some of the distinct cases."""
    return Readings(
        {name: np.concatenate([array, answers[name]]) for name, array in readings.answers.items()},
        np.concatenate([readings.of, of]),
        np.concatenate([readings.words, np.full(len(of), word, dtype=object)]),
    )


def list_rows(readings: Readings, codes: Positions) -> tuple[Positions, Positions]:
    """Return the number of an exposure and the number of its case, for each reading of each exposure.

    Args:
        readings: of the cases.
        codes: the number of each exposure's case.

    >>> several = Readings({}, np.array([0, 1, 1]), np.array(["", "", "second"], dtype=object))
    >>> [numbers.tolist() for numbers in list_rows(several, np.array([1, 0]))]
    [[0, 0, 1], [1, 2, 0]]
    """
    if (readings.words == "").all():
        return np.arange(len(codes)), codes
    return match_numbers(codes, readings.of)


def give_targets(
    rules: Rules, cells: Mapping[str, Cells], readings: Readings, case: Positions
) -> tuple[Readings, Positions]:
    """Return readings with the cases of some rows asked once more, their target given, and the new case of each row.

    Args:
        rules: a JWST rule set.
        cells: of distinct cases.
        readings: of these cases.
        case: the number of the case of each row.
    """
    distinct, codes = np.unique(case, return_inverse=True)
    new = np.empty(len(distinct), dtype=np.intp)
    for word in dict.fromkeys(readings.words[distinct].tolist()):
        own = np.flatnonzero(readings.words[distinct] == word)
        new[own] = len(readings.of) + np.arange(len(own))
        of = readings.of[distinct[own]]
        targeted = {name: np.full(len(of), _TRUE, dtype=object) for name in list_target_facts(rules)}
        answers = answer_cases(rules, {**take(cells, of), **targeted}, reading=word).answers
        readings = _add(readings, answers, of, word)
    return readings, new[codes]


def spread(answers: Columns, case: Positions) -> dict[str, Any]:
    """Return the columns that each row takes from the answers to its case, and the number of the case.

    Args:
        answers: to each case.
        case: the number of the case of each row.
    """
    kept = [c for c in ("CHANNEL", "group", "rule", *MEASURES, *ROLES) if c in answers]
    columns = {
        c: make_words(answers[c].tolist(), case) if answers[c].dtype == object else answers[c][case] for c in kept
    }
    return {**columns, "case": case}


def keep_rows(members: Columns) -> dict[str, Any]:
    """Return the rows of products, and the first row of each exposure that is in none.

    Each has all products that its exposure serves, whichever of its rows they are of.

    Args:
        members: columns: ``exposure`` and ``product_id``, missing where a row makes none.

    >>> members = {"exposure": np.array(["a", "a", "b", "b"]), "product_id": np.array([None, "p", None, None])}
    >>> keep_rows(members)["product_id"].tolist()
    ['p', None]
    """
    with_product = np.asarray(pd.notna(members["product_id"]))
    exposure = number_rows([members["exposure"]]).codes
    first = np.zeros(len(exposure), dtype=bool)
    first[np.unique(exposure, return_index=True)[1]] = True
    served = np.isin(exposure, exposure[with_product])
    rows = np.flatnonzero(np.where(served, with_product, first))
    return take({**members, **_join_served(members, exposure)}, rows)


def _join_served(members: Columns, exposure: Positions) -> dict[str, Cells]:
    """Return all products that each exposure serves, in each of its rows."""
    columns = {}
    for name in filter(is_served, members):
        served: dict[int, set[str]] = {}
        for number, cell in zip(exposure.tolist(), members[name].tolist(), strict=True):
            served.setdefault(number, set()).update((cell or "").split())
        joined = {number: " ".join(sorted(own)) or None for number, own in served.items()}
        columns[name] = make_cells(joined[number] for number in exposure.tolist())
    return columns
