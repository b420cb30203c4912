"""What the saved exposures of a run say of it: the rules that decided on them, and their footprints on the sky."""

from collections import Counter
from collections.abc import Collection, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.stage import chain
from scrub.files.table_files import untracked
from scrub.frames import sky
from scrub.frames.sky import Floats
from scrub.jwst.groups import decide, find_cases, group
from scrub.tables import Rules


class Footprint(NamedTuple):
    """Where an exposure of a product lies: its detector, its own fiducial (NaN if it has none), polygons; degrees.

    ``outline`` says what the polygons are: ``S_REGION``, or ``pixel_scales`` where the rules give the size.
    """

    exposure: str
    product_id: str
    detector: str
    ra: float
    dec: float
    polygons: tuple[Floats, ...]
    outline: str


def count_fired(rules: Rules, exposures: pd.DataFrame) -> Counter[str]:
    """Return on how many exposures each row of the decision tables decided.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, under the contract ``jwst/exposures``.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> count_fired(rules, jwst.exposures(rules, jwst.example(rules)))["product_names.csv:2"]
    2
    """
    cases, codes = find_cases(rules, exposures)
    _, fired = decide(rules, cases)
    counts = Counter[str]()
    for sizes, (_, rows) in zip(np.bincount(codes, minlength=len(cases)).tolist(), fired.iterrows(), strict=True):
        counts.update(dict.fromkeys(rows.dropna(), sizes))
    return counts


def find_footprints(rules: Rules, exposures: pd.DataFrame, products: Collection[str]) -> list[Footprint]:
    """Return the footprints of the exposures of some products: their S_REGION, else what the rules say they cover.

    An exposure with neither has no footprint.

    Args:
        rules: the JWST rule set of the run.
        exposures: its exposures, all of them, under the contract ``jwst/exposures``.
        products: names of products (``product_id``).

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> exposures = jwst.exposures(rules, jwst.example(rules))
    >>> footprints = find_footprints(rules, exposures, ["jw01018-o006_t1_niriss_clear-f200w"])
    >>> [(footprint.detector, footprint.outline) for footprint in footprints]
    [('NIS', 'pixel_scales'), ('NIS', 'pixel_scales')]
    """
    (members,), _ = chain([partial(group, rules)], exposures, track=untracked)
    own = members[members["product_id"].isin(list(products))].sort_values(["product_id", "exposure"])
    return list(_outline(rules, own))


def _outline(rules: Rules, members: pd.DataFrame) -> Iterator[Footprint]:
    """Yield the footprints of members."""
    ra, dec, scale, width, height = (
        members[name].to_numpy(dtype="float64") for name in ("fiducial_ra", "fiducial_dec", "scale", "width", "height")
    )
    flat_groups = [row["group"] for row in rules["groups"].records() if row["footprint"] == "flat"]
    halves = (sky.half_side(side, scale) for side in (width, height))
    corners = np.stack(sky.corners(ra, dec, *halves, flat=members["group"].isin(flat_groups).to_numpy()), axis=1)
    words = members[["exposure", "product_id", "DETECTOR", "S_REGION"]].astype(object).where(members.notna(), "")
    for position, (exposure, product_id, detector, region) in enumerate(words.itertuples(index=False, name=None)):
        polygons = tuple(sky.read_polygons(str(region)))
        outline = "S_REGION" if polygons else "pixel_scales"
        if not polygons and np.isfinite(corners[position]).all():
            polygons = (corners[position],)
        if polygons:
            yield Footprint(
                exposure, product_id, detector, float(ra[position]), float(dec[position]), polygons, outline
            )
