"""Products: the pixel offsets of their exposures, and the keywords that stand for them."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import sky
from scrub.frames.rejects import Split, none_rejected
from scrub.tables import Rules

Positions = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
_MEASURES = ("fiducial_ra", "fiducial_dec", "scale", "width", "height")
_EACH = ("max_offset", "mean_offset", "sigma_offset", "err_offset", "sigma1_mean", "frac")
_STATISTICS = (
    *("fx_ra", "fy_dec", "scale", "offset", "targ_offset"),
    *_EACH,
    *(f"targ_{name}" for name in _EACH),
    *("gs_offset", "t_offset"),
)


@stage("jwst/members", "jwst/products")
def products(rules: Rules, members: pd.DataFrame) -> Split:
    """Return one row a product: its keywords, its fiducial (degrees) and the statistics of its offsets (pixels).

    An exposure's offset is the separation of its fiducial from the product's in pixels of its own scale.
    The reference exposure, that of the smallest offset and the first by name on a tie, gives the keywords
    and the scale of ``gs_offset`` and ``t_offset``. A group that is not measured has no offsets, and its
    first exposure by name gives the keywords.

    Args:
        rules: a JWST rule set.
        members: exposures with their product and measures, as ``jwst.group`` gives them.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> grouped = jwst.group(rules, jwst.exposures(rules, jwst.example(rules)))
    >>> products(rules, grouped)["NEXPOSUR"].tolist()
    [2]
    """
    keywords = rules["keywords"].rows
    kept = list(keywords.loc[keywords["combine"] != "none", "keyword"])
    rows = _sort_members(members[["exposure", "product_id", "product", "group", *kept, *_MEASURES]])
    first = ~rows["product_id"].duplicated().to_numpy()
    product = first.cumsum() - 1
    measured = (rows["group"].map(rules["groups"].column("offsets")) == "true").to_numpy()
    own, statistics = _measure_offsets(rules, rows[measured], first[measured])
    rows = rows.assign(**own.reindex(rows.index))
    nearest = np.lexsort((rows["offset"].fillna(0.0), product))
    reference = rows.iloc[nearest[first]].reset_index(drop=True)
    frame = reference.assign(**_combine_keywords(rules, rows, product))
    frame = frame.assign(**statistics.set_axis(product[first & measured]).reindex(frame.index))
    frame = frame.assign(**_measure_from_fiducial(frame))
    return Split(frame[["product_id", "product", "group", *kept, *_STATISTICS]], none_rejected())


def _sort_members(members: pd.DataFrame) -> pd.DataFrame:
    """Return members of products by product, then exposure; rows of one name in an order that their cells decide."""
    ties = [] if members["exposure"].is_unique else [c for c in members.columns if c not in ("product_id", "exposure")]
    if ties or not members["exposure"].is_monotonic_increasing:
        members = members.sort_values(["exposure", *ties])
    codes, _ = pd.factorize(members["product_id"], sort=True)
    order = np.argsort(codes, kind="stable")
    return members.iloc[order[codes[order] >= 0]].reset_index(drop=True)


def _measure_offsets(rules: Rules, rows: pd.DataFrame, first: Flags) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the offsets of exposures, which lie product by product, and the statistics of each product."""
    ra, dec, scale = (rows[name].to_numpy() for name in ("fiducial_ra", "fiducial_dec", "scale"))
    half_width, half_height = (rows[side].to_numpy() / 2.0 * scale / sky.ARCSEC for side in ("width", "height"))
    flat = (rows["group"].map(rules["groups"].column("footprint")) == "flat").to_numpy()
    starts, product = np.flatnonzero(first), first.cumsum() - 1
    vectors = sky.unit_vectors(*sky.corners(ra, dec, half_width, half_height, flat=flat))
    fx_ra, fy_dec = sky.middle(vectors.reshape(-1, 3), starts * vectors.shape[1])
    offset = sky.separation(fx_ra[product], fy_dec[product], ra, dec) / scale
    aim_ra, aim_dec = (rows[name].to_numpy()[starts][product] for name in ("TARG_RA", "TARG_DEC"))
    targ_offset = np.nan_to_num(sky.separation(aim_ra, aim_dec, ra, dec) / scale)
    target = {f"targ_{name}": value for name, value in sky.offset_statistics(targ_offset, starts).items()}
    statistics = {"fx_ra": fx_ra, "fy_dec": fy_dec, **sky.offset_statistics(offset, starts), **target}
    each = pd.DataFrame({"offset": offset, "targ_offset": targ_offset}, index=rows.index)
    return each, pd.DataFrame(statistics)


def _measure_from_fiducial(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Return how far guide star and target are from the fiducial of their product; 0 where missing."""
    offsets = {}
    for name, ra, dec in (("gs_offset", "GS_RA", "GS_DEC"), ("t_offset", "TARG_RA", "TARG_DEC")):
        apart = sky.separation(frame["fx_ra"], frame["fy_dec"], frame[ra], frame[dec]) / frame["scale"]
        offsets[name] = apart.fillna(0.0).where(frame["fx_ra"].notna())
    return offsets


def _combine_keywords(rules: Rules, rows: pd.DataFrame, product: Positions) -> dict[str, pd.Series]:
    """Return the keywords of products that are not those of the reference exposure."""
    ways = rules["keywords"].column("combine")
    combined = {k: pd.Series(np.bincount(product), dtype="Int64") for k in ways.index[ways == "count"]}
    for keyword in ways.index[ways == "join"]:
        combined[keyword] = _join_words(product, rows[keyword], ascending=True)
    for keyword in ways.index[ways == "parts"]:
        given = rows[keyword].dropna().str.split("-").explode()
        combined[keyword] = _join_words(product[given.index], given, ascending=False).reindex(
            range(product.max(initial=-1) + 1), fill_value="NONE"
        )
    return combined


def _join_words(product: Positions, words: pd.Series, *, ascending: bool) -> pd.Series:
    """Return the distinct words of each product, sorted and joined with ``|``."""
    pairs = pd.DataFrame({"product": product, "word": words.to_numpy()}).dropna().drop_duplicates()
    pairs = pairs.sort_values("word", ascending=ascending).sort_values("product", kind="stable")
    starts = np.flatnonzero(~pairs["product"].duplicated())
    sorted_words = pairs["word"].tolist()
    joined = ["|".join(sorted_words[start:end]) for start, end in pairwise([*starts, len(pairs)])]
    return pd.Series(joined, index=pairs["product"].iloc[starts], dtype="str")
