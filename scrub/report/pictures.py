"""Pictures of the sky: footprints of a product's exposures around its fiducial, as shapes that are drawn or printed."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.frames import sky
from scrub.frames.sky import Floats
from scrub.jwst.saved import Footprint
from scrub.report.saved_run import Known

_FAR = 2.0  # half widths of the footprints: a target farther than that is outside the picture
_MARGIN = 1.08
_TICKS = 5


class Outline(NamedTuple):
    """The footprints of one detector: its name, polygons and fiducials of its exposures, arcseconds east and north."""

    detector: str
    polygons: list[Floats]
    points: Floats


class Picture(NamedTuple):
    """A product on the sky: offsets in arcseconds (east, north) from a centre, which is its fiducial if it has one.

    ``target`` is None where it is missing or outside the picture; then ``aside`` says so. ``size`` is the half width,
    around ``middle``.
    """

    product: str
    group: str
    centre: tuple[float, float]
    fiducial: bool
    target_name: str
    target: tuple[float, float] | None
    aside: str
    outlines: list[Outline]
    outline: str
    exposures: int
    middle: tuple[float, float]
    size: float

    @property
    def ticks(self) -> list[float]:
        """Offsets at which the axes of the picture have ticks, both for east and for north from ``middle``."""
        step = _choose_step(2 * self.size / _TICKS)
        far = max(map(abs, self.middle)) + self.size
        return [step * i for i in range(-math.ceil(far / step), math.ceil(far / step) + 1)]


def draw_products(
    known: Known, exposures: pd.DataFrame, products: pd.DataFrame, names: Collection[str]
) -> dict[str, Picture]:
    """Return the pictures of some products of a run; one without any footprint has none.

    Args:
        known: the rules of the run.
        exposures: its exposures, all of them, as their contract has them.
        products: its products.
        names: of the products (``product_id``).

    >>> from scrub import jwst
    >>> from scrub.on_data.registry import find_pipeline
    >>> rules = jwst.read_rules()
    >>> answer = jwst.run(jwst.example(rules), rules=rules)
    >>> known = Known(rules, find_pipeline("jwst"), [])
    >>> pictures = draw_products(known, answer.exposures, answer.products.reset_index(), answer.products.index)
    >>> [(picture.outlines[0].detector, picture.exposures, picture.outline) for picture in pictures.values()]
    [('NIS', 2, 'pixel_scales')]
    """
    find = known.pipeline.saved.find_footprints
    if find is None:
        return {}
    footprints = find(known.rules, exposures, names)
    rows = products.drop_duplicates("product_id").set_index("product_id")
    by_product = {name: list(own) for name, own in groupby(footprints, key=lambda one: one.product_id)}
    return {name: _draw(name, rows.loc[name], own) for name, own in by_product.items() if name in rows.index}


def _draw(name: str, row: pd.Series, footprints: Sequence[Footprint]) -> Picture:
    """Return the picture of one product."""
    centre = (_number(row, "fx_ra"), _number(row, "fy_dec"))
    measured = not any(map(math.isnan, centre))
    if not measured:
        vertices = np.concatenate([polygon for one in footprints for polygon in one.polygons], axis=1)
        ra, dec = sky.middle(sky.unit_vectors(*vertices), np.array([0]))
        centre = (float(ra[0]), float(dec[0]))
    by_detector = sorted(footprints, key=lambda one: (one.detector, one.exposure))
    outlines = [
        _outline(detector, list(own), centre) for detector, own in groupby(by_detector, key=lambda one: one.detector)
    ]
    middle, size = _frame(outlines)
    target, aside = _place_target(row, centre, middle, size)
    if target:
        middle, size = _frame(outlines, [np.array([[target[0]], [target[1]]])])
    return Picture(
        name,
        str(row["group"]),
        centre,
        measured,
        _text(row, "TARGNAME"),
        target,
        aside,
        outlines,
        " and ".join(sorted({one.outline for one in footprints})),
        len(footprints),
        middle,
        size,
    )


def _outline(detector: str, footprints: Sequence[Footprint], centre: tuple[float, float]) -> Outline:
    """Return the footprints of one detector around a centre."""
    polygons = [
        np.stack(sky.tangent_offsets(polygon[0], polygon[1], *centre)) for one in footprints for polygon in one.polygons
    ]
    fiducials = np.array([(one.ra, one.dec) for one in footprints]).T
    points = np.stack(sky.tangent_offsets(fiducials[0], fiducials[1], *centre))
    return Outline(detector, polygons, points[:, np.isfinite(points).all(axis=0)])


def _frame(outlines: Iterable[Outline], more: Iterable[Floats] = ()) -> tuple[tuple[float, float], float]:
    """Return the middle and the half width of a square that holds all polygons, and the centre."""
    parts = [np.zeros((2, 1)), *more, *(polygon for outline in outlines for polygon in outline.polygons)]
    everything = np.concatenate(parts, axis=1)
    low, high = np.nanmin(everything, axis=1), np.nanmax(everything, axis=1)
    middle = (low + high) / 2
    return (float(middle[0]), float(middle[1])), float(max((high - low).max() / 2, 1e-3)) * _MARGIN


def _place_target(
    row: pd.Series, centre: tuple[float, float], middle: tuple[float, float], size: float
) -> tuple[tuple[float, float] | None, str]:
    """Return where the target is, or why it is not in the picture."""
    ra, dec = _number(row, "TARG_RA"), _number(row, "TARG_DEC")
    if math.isnan(ra) or math.isnan(dec):
        return None, "target: no position"
    east, north = (float(offset) for offset in sky.tangent_offsets(ra, dec, *centre))
    if max(abs(east - middle[0]), abs(north - middle[1])) <= _FAR * size:  # not, if it is NaN
        return (east, north), ""
    away = float(sky.separation(ra, dec, *centre))
    return None, f"target: {away:,.0f} arcsec away, outside the picture"


def _number(row: Mapping[str, object] | pd.Series, column: str) -> float:
    """Return a cell as a number; NaN where it is missing."""
    value = row.get(column)
    return float(value) if isinstance(value, int | float | np.number) else math.nan


def _text(row: pd.Series, column: str) -> str:
    """Return a cell as text; blank where it is missing."""
    value = row.get(column)
    return "" if pd.isna(value) else str(value)


def _choose_step(least: float) -> float:
    """Return the first of 1, 2, 5, 10, 20 … and their like below 1 that is no less than a number.

    >>> [_choose_step(least) for least in (0.3, 3.0, 60.0)]
    [0.5, 5.0, 100.0]
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next(float(f"{power * digit:.6g}") for digit in (1, 2, 5, 10) if power * digit >= least)
