"""Choices: which of the exposures that could join a product do, and the values by which they are compared."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.frames.arrays import Columns, make_cells, pick
from scrub.frames.columns import Positions, number_rows
from scrub.frames.sky import Floats
from scrub.jwst.counts import count, list_counts
from scrub.jwst.open_words import pick_values, replace_open
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.patterns import fold_words
from scrub.tables.rules import once

SCIENCE = "science"
Pairs = tuple[Positions, Positions]  # rows of products, and rows of the exposures that could join them


class Choice(NamedTuple):
    """How pairs are chosen: in what the two must differ, in what they should agree, and in which order they were taken.

    ``apart`` is blank, or a keyword or count in which they differ; ``strictly`` says that both must have it.
    """

    apart: str
    strictly: bool
    prefer: tuple[str, ...]
    order: str
    other: bool


def read_choice(row: Mapping[str, str]) -> Choice:
    """Return how a row of ``joins`` chooses; not at all where the table has no such columns.

    >>> read_choice({"naming": "image"})
    Choice(apart='', strictly=False, prefer=(), order='', other=False)
    """
    prefer = tuple(row.get("prefer", "").split())
    return Choice(row.get("apart", ""), row.get("differs") == "required", prefer, row.get("order", ""), "beside" in row)


def choose(
    rules: Rules, members: Columns, answers: Columns, choice: Choice, within: Sequence[str], pairs: Pairs
) -> Pairs:
    """Return the pairs that are chosen.

    Args:
        rules: a JWST rule set.
        members: columns of exposures.
        answers: those of the tables to each case.
        choice: how.
        within: what the two of each pair agree in.
        pairs: a row of a product, and one of an exposure that could join it.
    """
    if not choice.other or not len(pairs[0]):
        return pairs
    names = members["exposure"]
    pairs = _keep(pairs, names[pairs[0]] != names[pairs[1]])
    if choice.apart:
        pairs = _keep(pairs, _are_apart(rules, members, answers, choice, pairs))
    products = pairs[0]
    if choice.order == "jointly":
        (codes,) = _number(rules, members, answers, [within], pairs)
        products = codes[0]
    for key in choice.prefer:
        ((one, other),) = _number(rules, members, answers, [[key]], pairs)
        kept = _prefer(one == other, products, pairs, jointly=choice.order == "jointly")
        pairs, products = _keep(pairs, kept), products[kept]
    if choice.order in ("after", "before"):
        pairs = _keep(pairs, _are_in_time(names, pairs, first=choice.order == "before"))
    if choice.order == "onward":
        pairs = _keep(pairs, (members["role"][pairs[1]] == SCIENCE) | _are_in_time(names, pairs, first=False))
    if choice.order in ("one", "next", "onward") and len(pairs[0]):
        pairs = _keep(pairs, _are_next(rules, members, names, pairs, choice))
    return pairs


def _keep(pairs: Pairs, where: Flags) -> Pairs:
    return pairs[0][where], pairs[1][where]


def _number(
    rules: Rules, members: Columns, answers: Columns, keys: Sequence[Sequence[str]], pairs: Pairs
) -> list[Pairs]:
    """Return for each set of keys the numbers of the values of both sides of the pairs."""
    rows, count = np.concatenate(pairs), len(pairs[0])
    numbers = (number_rows(pick_joining(rules, members, answers, own, rows)).codes for own in keys)
    return [(codes[:count], codes[count:]) for codes in numbers]


def _prefer(agree: Flags, products: Positions, pairs: Pairs, *, jointly: bool) -> Flags:
    """Return the pairs that agree, and all pairs of products without one; jointly, an exposure counts for them all."""
    if jointly:
        helper = number_rows([products, pairs[1]]).codes
        agree = np.isin(helper, helper[agree])
    return agree | ~np.isin(products, products[agree])


def _are_in_time(names: Any, pairs: Pairs, *, first: bool) -> Flags:
    """Return the pairs whose exposure was taken after its product's; if ``first``, the first product of each, too."""
    rank = _rank(names)
    earliest = np.full(len(rank), len(rank))
    np.minimum.at(earliest, pairs[1], rank[pairs[0]])
    after = rank[pairs[0]] < rank[pairs[1]]
    return after | (rank[pairs[0]] == earliest[pairs[1]]) if first else after


def _rank(names: Any) -> Positions:
    """Return the order in which exposures were taken: that of their names."""
    return np.unique(np.asarray(names, dtype=str), return_inverse=True)[1]


def _are_next(rules: Rules, members: Columns, names: Any, pairs: Pairs, choice: Choice) -> Flags:
    """Return the pair of each product whose exposure was taken next after it, else first; or all that are like it.

    By the orders ``next`` and ``onward``, those are like it that have the same number, by which they differ from the
    product's.
    """
    rank = _rank(names)
    earlier = rank[pairs[1]] < rank[pairs[0]]
    order = np.lexsort((rank[pairs[1]], earlier, pairs[0]))
    first = np.zeros(len(order), dtype=bool)
    first[order[np.diff(pairs[0][order], prepend=-1) != 0]] = True
    if choice.order == "one":
        return first
    number = count(rules, members, choice.apart, pairs[1])
    of_product = dict(zip(pairs[0][first].tolist(), number[first].tolist(), strict=True))
    return np.asarray(number == np.array([of_product[product] for product in pairs[0].tolist()]), dtype=bool)


def _are_apart(rules: Rules, members: Columns, answers: Columns, choice: Choice, pairs: Pairs) -> Flags:
    """Return the pairs that are as far apart as table ``distances`` says; one apart where it does not."""
    one, other = (count(rules, members, choice.apart, rows) for rows in pairs)
    naming = answers["naming"][members["case"][pairs[0]]]
    least = np.ones(len(naming))
    for name, (patterns, words) in _list_distances(rules).items():
        own = naming == name
        if own.any():
            points = _write_counts(count(rules, members, "points", pairs[0][own]))
            least[own] = [float(word) for word in fold_words(patterns, words, points)]
    unknown = np.isnan(one) | np.isnan(other)
    return np.where(unknown, not choice.strictly, np.abs(one - other) >= least)


def _write_counts(counts: Floats) -> list[str]:
    return ["NONE" if np.isnan(number) else f"{number:.0f}" for number in counts.tolist()]


@once
def _list_distances(rules: Rules) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return for each naming the patterns of how many positions there are, and the least distance of each."""
    rows = rules["distances"].records()
    return MappingProxyType(
        {
            naming: (
                tuple(row["pattern"] for row in rows if row["naming"] == naming),
                tuple(row["least"] for row in rows if row["naming"] == naming),
            )
            for naming in dict.fromkeys(row["naming"] for row in rows)
        }
    )


def pick_compared(rules: Rules, members: Columns, answers: Columns, words: Sequence[str], rows: Positions) -> list[Any]:
    """Return columns of some rows as ``pick_values`` does; a word of ``counts`` is a number made of keywords.

    Args:
        rules: a JWST rule set.
        members: columns of exposures, with the number of their ``case``.
        answers: those of the tables to each case.
        words: names of columns, or of counts.
        rows: of members.
    """
    counts = list_counts(rules)
    return [
        count(rules, members, word, rows) if word in counts else pick_values(members, answers, [word], rows)[0]
        for word in words
    ]


def pick_joining(
    rules: Rules, members: Columns, answers: Columns, words: Sequence[str], rows: Positions, *, closed: bool = False
) -> list[Any]:
    """Return columns of some rows as ``pick_compared`` does; where a cell is missing, its stand-in (``stand_ins``).

    Args:
        rules: a JWST rule set.
        members: columns of exposures, with the number of their ``case``.
        answers: those of the tables to each case.
        words: names of columns, or of counts.
        rows: of members.
        closed: whether open words are replaced.
    """
    columns = pick_compared(rules, members, answers, words, rows)
    if closed:
        columns = [replace_open(members, word, cells, rows) for word, cells in zip(words, columns, strict=True)]
    return _fill_missing(rules, members, words, columns, rows)


def _fill_missing(
    rules: Rules, members: Columns, words: Sequence[str], columns: Sequence[Any], rows: Positions
) -> list[Any]:
    """Return columns of some rows; where a cell is missing, its stand-in."""
    filled, others = list(columns), _list_stand_ins(rules)
    for at, word in enumerate(words):
        if word in others:
            other = np.asarray(pick(members[others[word]], rows), dtype=object)
            pairs = zip(np.asarray(columns[at], dtype=object).tolist(), other.tolist(), strict=True)
            filled[at] = make_cells(_write(second if pd.isna(one) else one) for one, second in pairs)
    return filled


def _write(cell: Any) -> str | None:
    return None if pd.isna(cell) else str(cell)


@once
def _list_stand_ins(rules: Rules) -> Mapping[str, str]:
    """Return the keyword that stands for another where that is missing."""
    rows = rules["stand_ins"].records() if "stand_ins" in rules.tables else []
    return MappingProxyType({row["keyword"]: row["other"] for row in rows})
