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
    [("CIRCLE 10 20 1", True), ("CIRCLE ICRS 10 20 1", True), ("CIRCLE 10 20 0", False), ("CIRCLE FK5 10 20 1", False)],
)
def test_a_circle_has_a_centre_with_its_frame_or_without(region, is_one):
    centre = [float(angle[0]) for angle in sky.find_centres(np.array([region], dtype=object))]
    assert (centre == [10.0, 20.0]) if is_one else np.isnan(centre).all()
