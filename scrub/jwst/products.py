"""Products: the pixel offsets of their exposures, and the keywords that stand for them."""

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import sky
from scrub.frames.arrays import Columns, count_rows, is_ascending, make_cells, make_frame, read_frame
from scrub.frames.cells import make_counts
from scrub.frames.columns import Positions
from scrub.frames.rejects import NONE_REJECTED, SplitColumns
from scrub.frames.sky import Floats
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.rules import once

_MEASURES = ("fiducial_ra", "fiducial_dec", "scale", "width", "height")
_EACH = ("max_offset", "mean_offset", "sigma_offset", "err_offset", "sigma1_mean", "frac")
_OF_PRODUCT = ("fx_ra", "fy_dec", *_EACH, *(f"targ_{name}" for name in _EACH))
_STATISTICS = (
    *("fx_ra", "fy_dec", "scale", "offset", "targ_offset"),
    *_EACH,
    *(f"targ_{name}" for name in _EACH),
    *("gs_offset", "t_offset"),
)


class _Plan(NamedTuple):
    """The keywords of products by how they are combined; the groups that are measured, those with a flat footprint."""

    kept: tuple[str, ...]
    counted: tuple[str, ...]
    joined: tuple[str, ...]
    parts: tuple[str, ...]
    measured: frozenset[str]
    flat: frozenset[str]


@once
def _plan(rules: Rules) -> _Plan:
    ways = {row["keyword"]: row["combine"] for row in rules["keywords"].records()}
    groups = rules["groups"].records()
    return _Plan(
        kept=tuple(keyword for keyword, way in ways.items() if way != "none"),
        counted=tuple(keyword for keyword, way in ways.items() if way == "count"),
        joined=tuple(keyword for keyword, way in ways.items() if way == "join"),
        parts=tuple(keyword for keyword, way in ways.items() if way == "parts"),
        measured=frozenset(row["group"] for row in groups if row["offsets"] == "true"),
        flat=frozenset(row["group"] for row in groups if row["footprint"] == "flat"),
    )


@stage("jwst/members", "jwst/products", columns=read_frame)
def products(rules: Rules, members: Columns) -> SplitColumns:
    """Return one row a product: its keywords, its fiducial (degrees) and the statistics of its offsets (pixels).

    An exposure's offset is the separation of its fiducial from the product's in pixels of its own scale.
    The reference exposure, that of the smallest offset and the first by name on a tie, gives the keywords
    and the scale of ``gs_offset`` and ``t_offset``. A group that is not measured has no offsets, nor has a product
    with an exposure that has no fiducial; its first exposure by name gives the keywords.

    Args:
        rules: a JWST rule set.
        members: exposures with their product and measures, as ``jwst.group`` gives them.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> grouped = jwst.group(rules, jwst.exposures(rules, jwst.example(rules)))
    >>> products(rules, grouped)["NEXPOSUR"].tolist()
    [2]
    """
    plan = _plan(rules)
    order, product = _sort_members(members, plan)
    starts = _find_starts(product)
    groups = np.asarray(members["group"], dtype=object)[order]
    measured = _is_among(groups, plan.measured)
    aimless = np.isnan(np.asarray(members["fiducial_ra"], dtype="float64")[order])
    measured &= ~np.isin(product, product[aimless])
    flat = _is_among(groups[measured], plan.flat)
    offsets, statistics = _measure_offsets(members, order[measured], product[measured], flat)
    own = np.full((2, len(order)), np.nan)
    own[:, measured] = offsets
    nearest = np.lexsort((np.where(measured, own[0], 0.0), product))[starts]
    names = ("product_id", "product", "group", *plan.kept)
    columns = {name: members[name][order[nearest]] for name in (*names, "scale")}
    columns |= {"offset": own[0][nearest], "targ_offset": own[1][nearest]}
    columns |= _combine_keywords(plan, members, order, product, len(starts))
    columns |= {name: np.full(len(starts), np.nan) for name in _OF_PRODUCT}
    with_offsets = np.unique(product[measured])
    for name, values in statistics.items():
        columns[name][with_offsets] = values
    columns |= _measure_from_fiducial(columns)
    return SplitColumns({name: columns[name] for name in (*names, *_STATISTICS)}, NONE_REJECTED)


def list_measured(rules: Rules) -> frozenset[str]:
    """Return the groups of products that have offsets.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> sorted(list_measured(jwst.read_rules()))
    ['image', 'spec', 'tac']
    """
    return _plan(rules).measured


def _is_among(groups: Any, wanted: Collection[str]) -> Flags:
    return np.isin(groups, list(wanted))


def _sort_members(members: Columns, plan: _Plan) -> tuple[Positions, Positions]:
    """Return the rows of products by product, then exposure, and the number of the product of each.

    Rows of one name are in an order that their cells decide.
    """
    names, by_name = members["exposure"].tolist(), np.arange(count_rows(members))
    if not is_ascending(names):
        keys = make_frame({name: members[name] for name in ("exposure", "product", "group", *plan.kept, *_MEASURES)})
        by_name = keys.sort_values(keys.columns.tolist()).index.to_numpy()
    codes, _ = pd.factorize(members["product_id"][by_name], sort=True)
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    return by_name[order], codes[order]


def _find_starts(product: Positions) -> Positions:
    """Return the first row of each product, whose rows lie one behind the other."""
    return np.flatnonzero(np.diff(product, prepend=-1))


def _measure_offsets(
    members: Columns, rows: Positions, product: Positions, flat: Flags
) -> tuple[Floats, dict[str, Floats]]:
    """Return the two offsets of exposures, which lie product by product, and the statistics of each product."""
    if not len(rows):
        return np.empty((2, 0)), {}
    ra, dec, scale, width, height = (members[name][rows] for name in _MEASURES)
    half_width, half_height = (sky.half_side(side, scale) for side in (width, height))
    starts = _find_starts(product)
    of = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(rows))))
    vectors = sky.unit_vectors(*sky.corners(ra, dec, half_width, half_height, flat=flat))
    fx_ra, fy_dec = sky.middle(vectors.reshape(-1, 3), starts * vectors.shape[1])
    offset = sky.separation(fx_ra[of], fy_dec[of], ra, dec) / scale
    aim_ra, aim_dec = (members[name][rows][starts][of] for name in ("TARG_RA", "TARG_DEC"))
    targ_offset = np.nan_to_num(sky.separation(aim_ra, aim_dec, ra, dec) / scale)
    target = {f"targ_{name}": value for name, value in sky.offset_statistics(targ_offset, starts).items()}
    statistics = {"fx_ra": fx_ra, "fy_dec": fy_dec, **sky.offset_statistics(offset, starts), **target}
    return np.stack([offset, targ_offset]), statistics


def _measure_from_fiducial(columns: Columns) -> dict[str, Floats]:
    """Return how far guide star and target are from the fiducial of their product; 0 where missing."""
    offsets = {}
    for name, ra, dec in (("gs_offset", "GS_RA", "GS_DEC"), ("t_offset", "TARG_RA", "TARG_DEC")):
        apart = sky.separation(columns["fx_ra"], columns["fy_dec"], columns[ra], columns[dec]) / columns["scale"]
        offsets[name] = np.where(np.isnan(columns["fx_ra"]), np.nan, np.where(np.isnan(apart), 0.0, apart))
    return offsets


def _combine_keywords(
    plan: _Plan, members: Columns, order: Positions, product: Positions, count: int
) -> dict[str, Any]:
    """Return the keywords of products that are not those of the reference exposure."""
    counts = np.bincount(product, minlength=count).astype("float64")
    combined: dict[str, Any] = {keyword: make_counts(counts)[0] for keyword in plan.counted}
    for keyword in (*plan.joined, *plan.parts):
        combined[keyword] = make_cells(
            _join_words(product, members[keyword][order], count, parts=keyword in plan.parts)
        )
    return combined


def _join_words(product: Positions, words: Any, count: int, *, parts: bool) -> Iterator[str | None]:
    """Yield the distinct words of each product joined with ``|``: sorted; or their parts, in reverse, NONE if none."""
    codes, distinct = pd.factorize(words)
    split = [word.split("-") if parts else [word] for word in distinct.tolist()]
    known = sorted({part for own in split for part in own}, reverse=parts)
    rank = {part: i for i, part in enumerate(known)}
    ranks = np.full((max(map(len, split), default=0), len(split) + 1), -1)  # the last is of what is missing
    for i, own in enumerate(split):
        ranks[: len(own), i] = [rank[part] for part in own]
    of_row = ranks[:, codes]
    pairs = np.unique((product * len(known) + of_row)[of_row >= 0])
    of, which = np.divmod(pairs, max(len(known), 1))
    listed = [known[i] for i in which.tolist()]
    ends = np.searchsorted(of, np.arange(count), side="right").tolist()
    for start, end in pairwise([0, *ends]):
        yield "|".join(listed[start:end]) if end > start else "NONE" if parts else None
