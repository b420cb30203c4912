"""Targets: which exposures have the same one, and the label that stands for it in a name."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.frames.arrays import Cells, Columns, make_cells
from scrub.frames.columns import Positions
from scrub.frames.places import rank_places
from scrub.tables import Rules
from scrub.tables.rules import once


class _Identity(NamedTuple):
    """What makes two targets one: keywords (whether each is a right ascension), rounded; and how labels look.

    With a tolerance, ``place`` has the right ascension and the declination: what is near each other is one target.
    """

    name: str
    keywords: tuple[tuple[str, bool], ...]
    place: tuple[str, ...]
    decimals: str
    tolerance: float
    prefix: str
    width: int


@once
def _list_identities(rules: Rules) -> tuple[_Identity, ...]:
    """Return the identities by their rank."""
    kinds = {row["keyword"]: row["kind"] for row in rules["keywords"].records()}
    rows = sorted(rules["identities"].records(), key=lambda row: int(row["rank"]))
    return tuple(_read_identity(row, kinds) for row in rows)


def _read_identity(row: Mapping[str, str], kinds: Mapping[str, str]) -> _Identity:
    keywords, tolerance = row["keywords"].split(), float(row.get("tolerance") or 0)
    place = [keyword for kind in ("ra", "dec") for keyword in keywords if tolerance and kinds[keyword] == kind]
    return _Identity(
        row["identity"],
        tuple((keyword, kinds[keyword] == "ra") for keyword in keywords if keyword not in place),
        tuple(place),
        row["decimals"],
        tolerance,
        row["prefix"],
        int(row.get("digits") or 1),
    )


def label_targets(rules: Rules, members: Columns, answers: Columns) -> Cells:
    """Return the label of each exposure's target: a fixed one, or a number within its program.

    The targets of one program are numbered by one counter: by the rank of their identity (rule table
    ``identities``), then by value, numbers as numbers. Neither row order nor other programs change a
    label, and two kinds of identity never share a number. Where an exposure states the number of its target (table
    ``stated_targets``), that is its label.

    Args:
        rules: a JWST rule set.
        members: columns of exposures, with the number of their ``case`` and their ``group``; where that is missing
            they make no product, and have no label.
        answers: for each case ``identity``, and the fixed ``label`` where that is ``label``.
    """
    labels = np.full(len(members["case"]), None, dtype=object)
    makes = np.flatnonzero(pd.notna(members["group"]))
    case = members["case"][makes]
    labels[makes] = answers["label"][case]
    program, _ = pd.factorize(members["PROGRAM"][makes])
    counted = np.zeros(len(makes), dtype=np.int64)
    for identity in _list_identities(rules):
        own = np.flatnonzero(answers["identity"][case] == identity.name)
        if not len(own):
            continue
        of = program[own]
        rank = _rank_values(members, makes[own], of, identity)
        least = np.full(len(counted), len(rank))
        np.minimum.at(least, of, rank)
        number = counted[of] + rank - least[of] + 1
        np.maximum.at(counted, of, number)
        numbers, codes = np.unique(number, return_inverse=True)
        words = make_cells(f"{identity.prefix}{n:0{identity.width}d}" for n in numbers)
        labels[makes[own]] = words[codes]
    for keyword, prefix, digits in _list_stated(rules):
        if keyword in members:
            stated = makes[pd.notna(members[keyword][makes])]
            labels[stated] = make_cells(f"{prefix}{number:0>{digits}}" for number in members[keyword][stated])
    return labels


@once
def _list_stated(rules: Rules) -> tuple[tuple[str, str, int], ...]:
    """Return the keywords that are the number of a target, with the prefix and the digits of a label."""
    rows = rules["stated_targets"].records() if "stated_targets" in rules.tables else []
    return tuple((row["keyword"], row["prefix"], int(row["digits"])) for row in rows)


def _rank_values(members: Columns, rows: Positions, program: Positions, identity: _Identity) -> Positions:
    """Return the rank of each row's target by program, then value: angles rounded and wrapped, the rest as it is.

    Where the identity has a tolerance, positions are ranked by their place.
    """
    rank = program
    for keyword, is_ra in identity.keywords:
        value = members[keyword][rows]
        if identity.decimals:
            value = np.asarray(value, dtype="float64").round(int(identity.decimals)) + 0.0  # -0.0 and 0.0 are one
        own, distinct = pd.factorize(value % 360.0 if is_ra else value, sort=True, use_na_sentinel=False)
        _, rank = np.unique(rank * len(distinct) + own, return_inverse=True)
    if identity.place:
        ra, dec = (np.asarray(members[keyword][rows], dtype="float64") for keyword in identity.place)
        return rank_places(rank, ra, dec, identity.tolerance)
    return rank
