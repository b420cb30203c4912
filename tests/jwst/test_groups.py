"""Groups: what keeps an exposure from being measured, and where exposures point."""

import numpy as np
import pandas as pd
import pytest

from scrub import jwst
from scrub.frames.arrays import make_cells
from scrub.jwst import groups
from tests.strategies import DMS, RULES

SQUARE = "POLYGON ICRS 9.9 -0.1 10.1 -0.1 10.1 0.1 9.9 0.1"
WHOLE = {"group": "image", "ra": 10.0, "dec": 0.0, "scale": 0.1, "region": None, "channel": "SHORT"}
RA, DEC = "fiducial_ra", "fiducial_dec"
MISSING = "missing, and no S_REGION polygon either"
FAULTS = {
    "none": ({}, []),
    "at the bounds": ({"ra": 0.0, "dec": -90.0}, []),
    "at the other bounds": ({"ra": 360.0, "dec": 90.0}, []),
    "below the right ascensions": ({"ra": -0.5}, [("outside 0..360", RA)]),
    "above the right ascensions": ({"ra": 360.5}, [("outside 0..360", RA)]),
    "below the declinations": ({"dec": -90.5}, [("outside -90..90", DEC)]),
    "above the declinations": ({"dec": 90.5}, [("outside -90..90", DEC)]),
    "no right ascension": ({"ra": np.nan}, [(MISSING, RA), ("outside 0..360", RA)]),
    "no declination": ({"dec": np.nan}, [(MISSING, DEC), ("outside -90..90", DEC)]),
    "a bad polygon": (
        {"ra": np.nan, "region": "POLYGON"},
        [("no polygon on the sky", "S_REGION"), (MISSING, RA), ("outside 0..360", RA)],
    ),
    "a polygon that is not wanted": ({"region": SQUARE}, []),
    "no scale": ({"scale": np.nan}, [("no pixel scale for this channel", "CHANNEL")]),
    "no channel": (
        {"scale": np.nan, "channel": None},
        [("missing, and does not follow from DETECTOR", "CHANNEL"), ("no pixel scale for this channel", "CHANNEL")],
    ),
    "no channel is wanted": ({"channel": None}, []),
    "a group that is not measured": ({"group": "fgs", "ra": np.nan, "dec": np.nan, "scale": np.nan}, []),
    "no group": ({"group": None, "ra": 999.0, "dec": np.nan, "scale": np.nan}, []),
}


def make(row: dict) -> dict:
    rows = [WHOLE, {**WHOLE, **row}]
    cells = {name: [own[name] for own in rows] for name in WHOLE}
    return {
        "group": make_cells(cells["group"]), "case": np.array([0, 0]), "scale": np.array(cells["scale"]),
        RA: np.array(cells["ra"]), DEC: np.array(cells["dec"]),
        "S_REGION": make_cells(cells["region"]), "CHANNEL": make_cells(cells["channel"]),
    }  # fmt: skip


@pytest.mark.parametrize(("row", "faults"), FAULTS.values(), ids=FAULTS)
def test_what_keeps_an_exposure_from_being_measured_is_named(row, faults):
    found = list(groups._find_faults(RULES, make(row), {}))
    assert [(fault.reason, fault.column) for fault in found if fault.where.any()] == faults
    assert {str(fault.where.dtype) for fault in found} == {"bool"}
    assert not any(fault.where[0] for fault in found)
    for fault in found:
        assert pd.Series(fault.cells).equals(pd.Series(make(row)[fault.column]))


def test_without_a_group_that_is_measured_nothing_is_at_fault():
    cells = {**make({}), "group": make_cells(["fgs", None])}
    assert list(groups._find_faults(RULES, cells, {})) == []


POINTS = {
    "the first pair": ("image", [1.0, 2.0, 3.0, 4.0], [1.0, 2.0]),
    "the first pair of spectra": ("spec", [1.0, 2.0, 3.0, 4.0], [3.0, 4.0]),
    "the second pair": ("image", [1.0, np.nan, 3.0, 4.0], [3.0, 4.0]),
    "the second pair of spectra": ("spec", [1.0, 2.0, np.nan, 4.0], [1.0, 2.0]),
    "the polygon": ("image", [1.0, np.nan, 3.0, np.nan], [10.0, 0.0]),
    "none": ("fgs", [1.0, 2.0, 3.0, 4.0], [np.nan, np.nan]),
}


@pytest.mark.parametrize(("group", "angles", "point"), POINTS.values(), ids=POINTS)
def test_an_exposure_points_by_the_first_that_it_has(group, angles, point):
    cells = {"group": make_cells(["image", group]), "S_REGION": make_cells([None, SQUARE])}
    names = ("CRVAL1", "CRVAL2", "RA_REF", "DEC_REF")
    cells |= {name: np.array([5.0, angle]) for name, angle in zip(names, angles, strict=True)}
    found = groups._find_fiducials(RULES, cells)
    assert list(found) == [RA, DEC]
    assert [found[RA][0], found[DEC][0]] == [5.0, 5.0]
    np.testing.assert_allclose([found[RA][1], found[DEC][1]], point, atol=1e-9)


def test_a_circle_has_its_centre_and_a_polygon_its_middle():
    cells = {"S_REGION": make_cells(["CIRCLE ICRS 20 -30 0.5", "CIRCLE ICRS 21 -31 0.5"])}
    assert groups._point_by(cells, "CIRCLE", np.array([1])).tolist() == [[21.0], [-31.0]]
    middle = groups._point_by({"S_REGION": make_cells([SQUARE])}, "S_REGION", np.array([0]))
    np.testing.assert_allclose(middle, [[10.0], [0.0]], atol=1e-9)


def test_the_groups_that_are_measured_have_their_pairs():
    assert groups._list_measured(RULES) == (
        groups._Group("image", ("CRVAL1/CRVAL2", "RA_REF/DEC_REF", "S_REGION")),
        groups._Group("spec", ("RA_REF/DEC_REF", "CRVAL1/CRVAL2", "S_REGION")),
        groups._Group("tac", ("RA_REF/DEC_REF", "CRVAL1/CRVAL2", "S_REGION")),
    )


@pytest.mark.parametrize(
    ("targeted", "cells", "pointless"),
    [
        ("true", {}, True),
        ("false", {}, False),
        (None, {}, False),
        ("true", {"CRVAL1": 1.0}, False),
        ("true", {"DEC_REF": 1.0}, False),
        ("true", {"S_REGION": SQUARE}, False),
    ],
)
def test_an_exposure_of_a_pool_has_a_target_and_no_position(targeted, cells, pointless):
    words = {word for own in groups._list_measured(DMS) for pair in own.pairs for word in pair.split("/")} - {"CIRCLE"}
    columns = {word: make_cells([cells.get(word)]) for word in words}
    own = {**columns, "group": make_cells(["image"]), "case": np.array([0])}
    assert groups._is_pointless(DMS, own, {"targeted": make_cells([targeted])}).tolist() == [pointless]


def test_members_are_shown_without_keywords():
    rows = jwst.group(RULES, jwst.exposures(RULES, jwst.example(RULES)))
    shown = groups.list_members(rows.assign(psf_of="p", candidate="o1", role="science"))
    assert list(shown) == ["exposure", "candidate", "group", "product_id", "product", "rule", "role", "psf_of"]
