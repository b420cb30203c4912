"""Direct images: of the images beside a slitless spectrum one is chosen, and files made of it are members."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from scrub.frames.arrays import Columns, list_words, pick
from scrub.frames.columns import Positions
from scrub.jwst.choices import pick_joining
from scrub.jwst.joins import Joins
from scrub.jwst.names import write_names
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.patterns import fold_words
from scrub.tables.rules import once

Floats = np.ndarray[Any, np.dtype[np.float64]]
_ROLE = "direct_image"
_BASE = 36  # in which numbers of activities are written


def list_catalogs(rules: Rules, members: Columns, answers: Columns, joins: Joins) -> pd.DataFrame:
    """Return the files of the direct image of each product that has one: the one that ``closest_images`` says.

    Args:
        rules: a JWST rule set with the tables ``closest_images``, ``direct_images`` and ``catalog_files``.
        members: columns of exposures.
        answers: those of the tables to each case.
        joins: which exposures join which products.

    Returns:
        ``product_row`` (a row of members), ``row`` (that of the image), ``exposure`` (the name of the Level-3 product),
        ``exptype`` and ``suffix``, a row for each file.
    """
    own = joins.role == _ROLE
    product, image = joins.product_row[own], joins.row[own]
    names = np.asarray(members["exposure"][image], dtype=str)
    pairs = pd.DataFrame({"product_row": product, "row": image, "name": names})
    pairs = pairs.assign(**_measure(rules, members, answers, (product, image)))
    chosen = pairs.sort_values(["product_row", "other", "follows", "name"]).drop_duplicates("product_row")
    naming = answers["naming"][members["case"][chosen["product_row"].to_numpy()]]
    chosen = chosen.assign(exposure=_name(rules, members, answers, chosen["row"].to_numpy(), naming))
    kinds = pd.DataFrame(rules["catalog_files"].records())[["exptype", "ending"]].rename(columns={"ending": "suffix"})
    return chosen[["product_row", "row", "exposure"]].merge(kinds, how="cross")


@once
def _list_closest(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    """Return the rows of ``closest_images`` by naming."""
    return MappingProxyType({row["naming"]: row for row in rules["closest_images"].records()})


def _measure(
    rules: Rules, members: Columns, answers: Columns, pairs: tuple[Positions, Positions]
) -> dict[str, Floats | Flags]:
    """Return by what the images of a product are chosen: whether on ``other`` detectors, and how soon each ``follows``.

    Where an image does not follow, or nothing says when it was taken, the number is infinite.
    """
    naming = answers["naming"][members["case"][pairs[0]]]
    follows, other = np.full(len(naming), np.inf), np.zeros(len(naming), dtype=bool)
    for name, row in _list_closest(rules).items():
        own = np.flatnonzero(naming == name)
        if row["order"] and len(own):
            order, later = (_rank(rules, members, answers, row["order"], side[own]) for side in pairs)
            follows[own] = np.where(later > order, later, np.inf)
        detectors = [word or "" for word in list_words(pick(members["DETECTOR"], pairs[1][own]))]
        fits = fold_words([row["detector"], "*"], ["", "other"], detectors)
        other[own] = np.array(fits, dtype=object) == "other"
    return {"follows": follows, "other": other}


def _rank(rules: Rules, members: Columns, answers: Columns, keyword: str, rows: Positions) -> Floats:
    """Return the order in which exposures were taken, by a keyword or what stands for it, in base 36."""
    (words,) = pick_joining(rules, members, answers, [keyword], rows)
    return np.array([int(word, _BASE) if word and word.isalnum() else np.nan for word in words], dtype="float64")


def _name(rules: Rules, members: Columns, answers: Columns, rows: Positions, naming: Any) -> list[str]:
    """Return the Level-3 names of images, by the naming of the spectrum that each is beside."""
    names = np.full(len(rows), "", dtype=object)
    for form in rules["direct_images"].records():
        own = np.flatnonzero(naming == form["naming"])
        if len(own):
            names[own] = write_names(rules, form, members, answers, rows[own])
    return [str(name) for name in names]
