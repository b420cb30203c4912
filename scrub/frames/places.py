"""Places: positions that are near each other are one place, however their last digits are rounded."""

import numpy as np
import numpy.typing as npt

from scrub.frames.columns import Positions
from scrub.frames.sky import ARCSEC, Floats, separation


def rank_places(groups: Positions, ra: Floats, dec: Floats, tolerance: float) -> Positions:
    """Return the rank of each position's place: by group, then by the first right ascension and declination in it.

    Positions of one group that are at most ``tolerance`` apart are in one place, and so are those that others link:
    a star that moves a little from exposure to exposure stays in one place.

    Args:
        groups: the number of each position's group; positions of two groups are never in one place.
        ra: right ascension, degrees.
        dec: declination, degrees.
        tolerance: arcseconds.

    >>> rank_places(np.zeros(3, dtype=int), np.array([10.0, 359.99999, 0.0]), np.zeros(3), 0.1).tolist()
    [1, 0, 0]
    """
    rows = np.stack([groups, ra % 360.0, dec + 0.0], axis=1)
    distinct, of = np.unique(rows, axis=0, return_inverse=True)
    first = _find_first(*_list_near(distinct, tolerance), len(distinct))
    _, rank = np.unique(first[of.reshape(-1)], return_inverse=True)
    return rank


def _list_near(distinct: Floats, tolerance: float) -> tuple[Positions, Positions]:
    """Return the pairs of distinct positions that are near each other: compared are those of near declinations."""
    order = np.lexsort((distinct[:, 2], distinct[:, 0]))
    group, ra, dec = distinct[order].T
    pairs = [np.empty((2, 0), dtype=np.intp)]
    for step in range(1, len(order)):
        low, high = np.arange(len(order) - step), np.arange(step, len(order))
        near = (group[low] == group[high]) & ((dec[high] - dec[low]) * ARCSEC <= tolerance)
        if not near.any():
            break
        low, high = low[near], high[near]
        near = separation(ra[low], dec[low], ra[high], dec[high]) <= tolerance
        pairs.append(np.stack([order[low[near]], order[high[near]]]))
    one, other = np.concatenate(pairs, axis=1)
    return one, other


def _find_first(one: Positions, other: Positions, count: int) -> npt.NDArray[np.intp]:
    """Return for each of some things the first of those that pairs link with it."""
    first = np.arange(count)
    while True:
        linked = first.copy()
        np.minimum.at(linked, one, first[other])
        np.minimum.at(linked, other, first[one])
        linked = linked[linked]
        if (linked == first).all():
            return first
        first = linked
