"""Positions on the sky: against astropy and numpy."""

import numpy as np
import pandas as pd
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from hypothesis import example, given
from hypothesis import strategies as st

from scrub.frames import sky
from tests.strategies import angles, latitudes


@given(angles, latitudes, angles, latitudes)
@example(0.0, 90.0, 180.0, 90.0)
@example(10.0, 0.0, 190.0, 0.0)
@example(359.9999999, 20.0, 1e-7, 20.0)
def test_separation_is_that_of_astropy(ra1, dec1, ra2, dec2):
    theirs = SkyCoord(ra1, dec1, unit="deg").separation(SkyCoord(ra2, dec2, unit="deg")).arcsec
    assert sky.separation(ra1, dec1, ra2, dec2) == pytest.approx(theirs, rel=1e-12, abs=1e-9)


@given(angles, latitudes)
def test_angles_undo_unit_vectors(ra, dec):
    back_ra, back_dec = sky.angles(sky.unit_vectors(ra, dec))
    assert sky.separation(ra, dec, back_ra, back_dec) == pytest.approx(0, abs=1e-8)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_statistics_are_those_of_numpy(values):
    offsets = np.array(values)
    told = {name: value[0] for name, value in sky.offset_statistics(offsets, np.array([0])).items()}
    assert told["max_offset"] == offsets.max()
    assert told["mean_offset"] == pytest.approx(offsets.mean(), rel=1e-9)
    assert told["sigma_offset"] == pytest.approx(offsets.std(), rel=1e-6, abs=1e-6)
    assert told["err_offset"] == pytest.approx(offsets.std() / np.sqrt(len(values)), rel=1e-6, abs=1e-6)
    assert 0 <= told["frac"] < 1
    if told["frac"]:
        assert told["sigma1_mean"] > told["mean_offset"]
    else:
        assert told["sigma1_mean"] == 0


def test_a_flat_footprint_ignores_the_declination_and_a_sky_one_does_not():
    centre = (np.array([10.0, 10.0]), np.array([60.0, 60.0]), np.array([0.01, 0.01]), np.array([0.01, 0.01]))
    ra, _ = sky.corners(*centre, flat=np.array([True, False]))
    assert np.ptp(ra, axis=1) == pytest.approx([0.02, 0.04])


@pytest.mark.parametrize(
    ("region", "ra", "dec"),
    [
        ("POLYGON ICRS  359 -1 1 -1 1 1 359 1", 0.0, 0.0),
        ("POLYGON 9 -1 11 -1 11 1 9 1", 10.0, 0.0),
        ("POLYGON ICRS 9 -1 11 -1 11 1 9 1 POLYGON ICRS 19 -1 21 -1 21 1 19 1", 15.0, 0.0),
        ("CIRCLE ICRS 10 0 1", np.nan, np.nan),
        ("POLYGON ICRS nan nan", np.nan, np.nan),
        ("polygon icrs 9 -1 11 -1 11 1 9 1", 10.0, 0.0),
        ("POLYGON ICRS nan -70 81 -70 81 -68 79 -68", np.nan, np.nan),
        ("POLYGON J2000 79 -70 81 -70 81 -68 79 -68", np.nan, np.nan),
        ("POLYGON ICRS 1000 -70 81 -70 81 -68", np.nan, np.nan),
        ("POLYGON ICRS 79 -170 81 -70 81 -68", np.nan, np.nan),
        ("POLYGON ICRS 79 -70 81 -70 81", np.nan, np.nan),
        ("POLYGON ICRS 79 -70 81 -70 inf 3", np.nan, np.nan),
        ("POLYGON", np.nan, np.nan),
        (None, np.nan, np.nan),
    ],
)
def test_the_middle_of_a_region(region, ra, dec):
    told = sky.polygon_middle(pd.Series([region], dtype="str")).iloc[0]
    assert np.isnan(told["ra"]) == np.isnan(ra)
    if not np.isnan(ra):
        assert sky.separation(told["ra"], told["dec"], ra, dec) < 0.01


@given(angles, latitudes, st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_offsets_on_the_tangent_plane_are_those_of_astropy(ra, dec, along, up):
    centre = SkyCoord(ra, dec, unit="deg")
    place = centre.directional_offset_by(along * u.rad, up * u.deg)
    x, y, z = place.transform_to(centre.skyoffset_frame()).cartesian.xyz.value
    east, north = sky.tangent_offsets(place.ra.deg, place.dec.deg, centre.ra.deg, centre.dec.deg)
    assert np.allclose([east, north], np.rad2deg([y / x, z / x]) * 3600, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize(("distance", "there"), [(89.9, True), (90.0, False), (120.0, False), (180.0, False)])
def test_a_position_a_quarter_of_the_sky_away_has_no_tangent_offset(distance, there):
    place = SkyCoord(30.0, 40.0, unit="deg").directional_offset_by(0.3 * u.rad, distance * u.deg)
    offsets = sky.tangent_offsets(place.ra.deg, place.dec.deg, 30.0, 40.0)
    assert np.isfinite(offsets).tolist() == [there, there]


@pytest.mark.parametrize(
    ("ra", "dec", "there"),
    [(0, 0, 1), (359.5, 0, 1), (360, 90, 1), (360.5, 0, 0), (-0.5, 0, 0), (0, 90.5, 0), (0, -90.5, 0)],
)
def test_a_polygon_has_all_its_corners_on_the_sky_or_is_none(ra, dec, there):
    assert len(sky.read_polygons(f"POLYGON ICRS {ra} {dec} 1 1 1 2")) == there


@pytest.mark.parametrize(
    ("region", "is_one"),
    [
        ("CIRCLE 10 20 1", True), ("CIRCLE ICRS 10 20 1", True), ("circle icrs 10 20 1", True), ("CIRCLE 10 20 0", False),
        ("CIRCLE FK5 10 20 1", False), ("CIRCLE ICRS ICRS 10 20 1", False), ("CIRCLE 10 20", False), ("", False),
        ("CIRCLE 10 20 1 1", False), ("POLYGON 10 20 1", False), ("ELLIPSE ICRS 10 20 1", False), ("BOX 10 20 1", False),
        ("CIRCLE 10 20 nan", False), ("CIRCLE nan 20 1", False), ("CIRCLE 10 20 one", False), (None, False),
    ],
)  # fmt: skip
def test_a_circle_has_a_centre_with_its_frame_or_without(region, is_one):
    centre = [float(angle[0]) for angle in sky.find_centres(np.array([region], dtype=object))]
    assert (centre == [10.0, 20.0]) if is_one else np.isnan(centre).all()


@pytest.mark.parametrize(
    ("ra", "dec", "radius", "there"),
    [
        (0, 0, 1, True), (-0.5, 0, 1, False), (360, 0, 1, True), (360.5, 0, 1, False), (1, 90, 1, True),
        (1, 90.5, 1, False), (1, -90, 1, True), (1, -90.5, 1, False), (1, 1, 0.5, True), (1, 1, 0, False),
        (1, 1, -0.5, False), (1, 1, 179.5, True), (1, 1, 180, False),
    ],
)  # fmt: skip
def test_the_centre_and_the_radius_of_a_circle_are_on_the_sky(ra, dec, radius, there):
    centre = [
        float(angle[0]) for angle in sky.find_centres(np.array([f"CIRCLE ICRS {ra} {dec} {radius}"], dtype=object))
    ]
    assert centre == [ra, dec] if there else np.isnan(centre).all()


def test_a_region_that_is_missing_has_neither_the_centre_nor_the_middle_of_another():
    circles = np.array(["CIRCLE 10 20 1", None, "CIRCLE 30 -40 1", "CIRCLE 10 20 1"], dtype=object)
    assert np.array_equal(sky.find_centres(circles), [[10, np.nan, 30, 10], [20, np.nan, -40, 20]], equal_nan=True)
    squares = np.array(["POLYGON 9 -1 11 -1 11 1 9 1", None, "POLYGON 29 -1 31 -1 31 1 29 1"], dtype=object)
    assert np.allclose(sky.find_middles(squares), [[10, np.nan, 30], [0, np.nan, 0]], equal_nan=True)


@pytest.mark.parametrize(
    ("region", "sizes"),
    [
        ("POLYGON 1 1 2 1 1 2", [3]), ("POLYGON 1 1 2 1", []), ("POLYGON 1 1 2 1 1 2 3", []),
        ("POLYGON 1 1 2 1 2 2 1 2 POLYGON ICRS 3 1 4 1 3 2", [4, 3]), ("POLYGON 1 1 2 1 1 2 POLYGON 3 1 4 1", []),
        ("POLYGON 1 1 2 1 1 2 POLYGON 3 1 4 1 361 2", []), ("FK5 POLYGON 1 1 2 1 1 2", []), ("  POLYGON 1 1 2 1 1 2", [3]),
        ("POLYGON ICRS ICRS 1 1 2 1 1 2", []), ("1 1 2 1 1 2", []), ("", []),
    ],
)  # fmt: skip
def test_a_region_is_polygons_of_three_corners_at_least(region, sizes):
    assert [polygon.shape for polygon in sky.read_polygons(region)] == [(2, size) for size in sizes]


@pytest.mark.parametrize(
    ("ra", "dec", "ra0", "dec0"),
    [(30.0, 41.0, 30.0, 40.0), (31.0, 40.0, 30.0, 40.0), (10.0, -5.0, 30.0, 40.0), (250.0, 60.0, 200.0, 20.0)],
)
def test_offsets_on_the_tangent_plane_are_those_of_astropy_far_from_the_centre(ra, dec, ra0, dec0):
    frame = SkyCoord(ra0, dec0, unit="deg").skyoffset_frame()
    x, y, z = SkyCoord(ra, dec, unit="deg").transform_to(frame).cartesian.xyz.value
    assert sky.tangent_offsets(ra, dec, ra0, dec0) == pytest.approx(np.rad2deg([y / x, z / x]) * 3600, abs=1e-6)


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        ([[2.0]], [(2.0, 2.0, 0.0, 0.0, 0.0, 0.0)]),
        ([[3.0, 3.0]], [(3.0, 3.0, 0.0, 0.0, 0.0, 0.0)]),
        ([[0.0, 0.0, 0.0, 0.0, 10.0]], [(10.0, 2.0, 4.0, 4.0 / 5**0.5, 10.0, 0.2)]),
        ([[2.0], [1.0, 1.0, 1.0, 5.0]], [(2.0, 2.0, 0.0, 0.0, 0.0, 0.0), (5.0, 2.0, 3**0.5, 3**0.5 / 2, 5.0, 0.25)]),
        ([[0.0] * 8 + [9.0, 11.0]], [(11.0, 2.0, 16.2**0.5, 1.62**0.5, 10.0, 0.2)]),
    ],
)
def test_each_run_has_its_own_statistics(runs, wanted):
    starts = np.cumsum([0, *map(len, runs[:-1])])
    found = sky.offset_statistics(np.concatenate(runs), starts)
    assert list(found) == ["max_offset", "mean_offset", "sigma_offset", "err_offset", "sigma1_mean", "frac"]
    assert np.allclose(np.array(list(found.values())).T, wanted)


def test_every_vertex_counts_in_the_middle_of_a_region():
    triangle = np.array(["POLYGON ICRS 10 0 12 0 11 3"], dtype=object)
    ra, dec = sky.find_middles(triangle)
    vectors = sky.unit_vectors(np.array([10.0, 12.0, 11.0]), np.array([0.0, 0.0, 3.0]))
    x, y, z = vectors.max(axis=0) + vectors.min(axis=0)
    assert (ra[0], dec[0]) == pytest.approx((np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))))
