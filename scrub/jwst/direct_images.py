"""Direct images: of the images beside a slitless spectrum one is chosen, and files made of it are members."""

from typing import Any

import numpy as np
import pandas as pd

from scrub.frames.arrays import Columns
from scrub.frames.columns import Positions
from scrub.jwst.choices import pick_joining
from scrub.jwst.joins import Joins
from scrub.jwst.names import write_names
from scrub.tables import Rules

_ROLE, _ORDER, _BASE = "direct_image", "EXPSPCIN", 36


def list_catalogs(rules: Rules, members: Columns, answers: Columns, joins: Joins) -> pd.DataFrame:
    """Return the files of the direct image of each product that has one: the next one taken after it, else the first.

    Args:
        rules: a JWST rule set with the tables ``direct_images`` and ``catalog_files``.
        members: columns of exposures.
        answers: those of the tables to each case.
        joins: which exposures join which products.

    Returns:
        ``product_row`` (a row of members), ``row`` (that of the image), ``exposure`` (the name of the Level-3 product),
        ``exptype`` and ``suffix``, a row for each file.
    """
    own = joins.role == _ROLE
    product, image = joins.product_row[own], joins.row[own]
    order, later = (_rank(rules, members, answers, rows) for rows in (product, image))
    follows = np.where(later > order, later, np.inf)
    names = np.asarray(members["exposure"][image], dtype=str)
    pairs = pd.DataFrame({"product_row": product, "row": image, "follows": follows, "name": names})
    chosen = pairs.sort_values(["product_row", "follows", "name"]).drop_duplicates("product_row")
    naming = answers["naming"][members["case"][chosen["product_row"].to_numpy()]]
    chosen = chosen.assign(exposure=_name(rules, members, answers, chosen["row"].to_numpy(), naming))
    kinds = pd.DataFrame(rules["catalog_files"].records())[["exptype", "ending"]].rename(columns={"ending": "suffix"})
    return chosen[["product_row", "row", "exposure"]].merge(kinds, how="cross")


def _rank(rules: Rules, members: Columns, answers: Columns, rows: Positions) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return the order in which exposures were taken: their specification, or what stands for it, in base 36."""
    (words,) = pick_joining(rules, members, answers, [_ORDER], rows)
    return np.array([int(word, _BASE) if word and word.isalnum() else np.nan for word in words], dtype="float64")


def _name(rules: Rules, members: Columns, answers: Columns, rows: Positions, naming: Any) -> list[str]:
    """Return the Level-3 names of images, by the naming of the spectrum that each is beside."""
    names = np.full(len(rows), "", dtype=object)
    for form in rules["direct_images"].records():
        own = np.flatnonzero(naming == form["naming"])
        if len(own):
            names[own] = write_names(rules, form, members, answers, rows[own])
    return [str(name) for name in names]
