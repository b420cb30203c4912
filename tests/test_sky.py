"""Positions on the sky: against astropy, and what must not change when the sky is turned."""

import numpy as np
import pandas as pd
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import jwst
from scrub.frames import sky
from tests.strategies import RULES, angles, latitudes

BASE = {
    "PROGRAM": "1018", "OBSERVTN": "1", "EXP_TYPE": "MIR_IMAGE", "INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE",
    "VISITYPE": "PRIME_TARGETED_FIXED", "FILTER": "F770W", "SUBARRAY": "FULL",
}  # fmt: skip
STATISTICS = ["max_offset", "mean_offset", "sigma_offset", "err_offset", "targ_max_offset", "targ_mean_offset"]


def products(pointings, target=(10.0, 0.0), **options):
    rows = [
        {
            **BASE,
            "exposure": f"e{i}",
            "CRVAL1": ra % 360,
            "CRVAL2": dec,
            "TARG_RA": target[0] % 360,
            "TARG_DEC": target[1],
        }
        for i, (ra, dec) in enumerate(pointings)
    ]
    return jwst.run(pd.DataFrame([{**row, **options} for row in rows]), rules=RULES).products


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


pointings = st.lists(st.tuples(st.floats(9.9, 10.1), st.floats(-0.1, 0.1)), min_size=1, max_size=5)


@given(pointings, st.sampled_from([90, 180, 270]))
@example([(10.0, 0.01), (10.02, 0.0)], 270)
def test_a_quarter_turn_in_ra_changes_no_statistic(places, turn):
    compare(places, turn, tolerance=1e-6)


@given(pointings, st.floats(0, 360))
@example([(10.0, 0.01), (10.02, 0.0)], 349.99)  # across RA 0
def test_any_turn_in_ra_changes_statistics_in_the_second_order_only(places, turn):
    """The fiducial is the middle of a box along fixed axes: it moves by about the square of the field (0.13 deg)."""
    compare(places, turn, tolerance=np.deg2rad(0.13) ** 2 * np.rad2deg(1) * 3600 / 0.11)


def compare(places, turn, tolerance):
    still = products(places)
    turned = products([(ra + turn, dec) for ra, dec in places], target=(10.0 + turn, 0.0))
    assert len(still) == len(turned) == 1
    for name in STATISTICS:
        assert turned[name].iloc[0] == pytest.approx(still[name].iloc[0], rel=1e-6, abs=tolerance), name


@given(angles)
def test_one_exposure_on_the_equator_is_at_the_products_own_fiducial(ra):
    told = products([(ra, 0.0)]).iloc[0]
    assert sky.separation(told["fx_ra"], told["fy_dec"], ra, 0.0) == pytest.approx(0, abs=1e-8)
    assert told[["max_offset", "mean_offset", "sigma_offset", "frac"]].to_numpy() == pytest.approx(0, abs=1e-7)


def test_a_product_across_ra_zero_has_its_fiducial_there():
    told = products([(359.99, 0.0), (0.01, 0.0)]).iloc[0]
    assert sky.separation(told["fx_ra"], told["fy_dec"], 0.0, 0.0) == pytest.approx(0, abs=1e-8)
    assert told["max_offset"] == pytest.approx(36 / 0.11)


def test_two_offsets_are_never_above_mean_and_sigma():
    told = products([(10.0, 0.0), (10.003, 0.001), (10.0, 40.0)][:2], target=(11.0, 0.5)).iloc[0]
    assert told["sigma_offset"] >= 0
    assert told[["frac", "sigma1_mean", "targ_frac", "targ_sigma1_mean"]].tolist() == [0, 0, 0, 0]


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


def test_each_exposure_has_its_own_scale_and_the_reference_that_of_the_guide_star():
    rows = [
        {**BASE, "EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM", "FILTER": "F200W", "exposure": name, "DETECTOR": detector,
         "CRVAL1": ra, "CRVAL2": "0", "TARG_RA": "10", "TARG_DEC": "0", "GS_RA": "10", "GS_DEC": "0.1"}
        for name, detector, ra in (("a", "NRCA1", "10.0"), ("b", "NRCALONG", "10.01"))
    ]  # fmt: skip
    told = jwst.run(pd.DataFrame(rows), rules=RULES).products.iloc[0]
    assert told["scale"] == 0.06  # the long-wave exposure has the larger footprint, so lies nearer the middle
    assert told["targ_max_offset"] == pytest.approx(36 / 0.06)
    arcsec = sky.separation(told["fx_ra"], told["fy_dec"], 10, 0.1)
    assert told["gs_offset"] == pytest.approx(arcsec / 0.06)


def test_a_missing_guide_star_and_target_are_at_no_distance():
    told = products([(10.0, 5.0)], TARG_RA="", TARGNAME="IO", GS_RA="", GS_DEC="").iloc[0]
    assert told[["gs_offset", "t_offset", "targ_offset", "targ_max_offset"]].tolist() == [0, 0, 0, 0]


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
