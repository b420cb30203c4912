"""Products: statistics of their offsets, and keywords joined over their exposures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import jwst
from scrub.frames import sky
from scrub.jwst.products import _find_starts as find_starts
from scrub.jwst.products import _join_words as join_words
from scrub.jwst.products import _measure_from_fiducial as measure_from_fiducial
from scrub.jwst.products import _plan as read_plan
from scrub.jwst.saved import find_footprints
from tests.exposures import BASE, one
from tests.profiles import times
from tests.strategies import RULES, angles

POINTING = {
    "PROGRAM": "1018", "OBSERVTN": "1", "EXP_TYPE": "MIR_IMAGE", "INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE",
    "VISITYPE": "PRIME_TARGETED_FIXED", "FILTER": "F770W", "SUBARRAY": "FULL",
}  # fmt: skip
STATISTICS = ["max_offset", "mean_offset", "sigma_offset", "err_offset", "targ_max_offset", "targ_mean_offset"]


def rows_of(pointings, target=(10.0, 0.0), **options) -> list[dict]:
    """Exposures of one product that point to positions."""
    here = {"TARG_RA": target[0] % 360, "TARG_DEC": target[1]}
    name = f"e-{options.get('PROGRAM', '')}"
    return [
        {**POINTING, "exposure": f"{name}-{i}", "CRVAL1": ra % 360, "CRVAL2": dec, **here, **options}
        for i, (ra, dec) in enumerate(pointings)
    ]


def products(pointings, target=(10.0, 0.0), **options) -> pd.DataFrame:
    return jwst.run(pd.DataFrame(rows_of(pointings, target, **options)), rules=RULES).products


pointings = st.lists(st.tuples(st.floats(9.9, 10.1), st.floats(-0.1, 0.1)), min_size=1, max_size=5)


def fields(turns: st.SearchStrategy) -> st.SearchStrategy[list]:
    """Several fields, each with a turn of the sky: all are in one run."""
    return st.lists(st.tuples(pointings, turns), min_size=1, max_size=6)


@pytest.mark.slow
@times(0.4)
@given(fields(st.sampled_from([90, 180, 270])))
@example([([(10.0, 0.01), (10.02, 0.0)], 270)])
def test_a_quarter_turn_in_ra_changes_no_statistic(drawn):
    compare(drawn, tolerance=1e-6)


@times(0.4)
@given(fields(st.floats(0, 360)))
@example([([(10.0, 0.01), (10.02, 0.0)], 349.99)])  # across RA 0
def test_any_turn_in_ra_changes_statistics_in_the_second_order_only(drawn):
    """The fiducial is the middle of a box along fixed axes: it moves by about the square of the field (0.13 deg)."""
    compare(drawn, tolerance=np.deg2rad(0.13) ** 2 * np.rad2deg(1) * 3600 / 0.11)


def compare(drawn, tolerance):
    """Compare the statistics of each field before and after its turn: each is a program of its own."""
    rows = []
    for i, (places, turn) in enumerate(drawn):
        turned = [(ra + turn, dec) for ra, dec in places]
        rows += rows_of(places, PROGRAM=str(2 * i + 1))
        rows += rows_of(turned, target=(10.0 + turn, 0.0), PROGRAM=str(2 * i + 2))
    answer = jwst.run(pd.DataFrame(rows), rules=RULES).products
    assert answer["NEXPOSUR"].tolist() == [len(places) for places, _ in drawn for _ in "ab"]
    for name in STATISTICS:
        numbers = answer[name].to_numpy()
        assert numbers[1::2] == pytest.approx(numbers[::2], rel=1e-6, abs=tolerance), name


@times(0.4)
@given(st.lists(angles, min_size=1, max_size=20))
def test_one_exposure_on_the_equator_is_at_the_products_own_fiducial(places):
    rows = [row for i, ra in enumerate(places) for row in rows_of([(ra, 0.0)], PROGRAM=str(i + 1))]
    answer = jwst.run(pd.DataFrame(rows), rules=RULES).products
    assert len(answer) == len(places)
    assert sky.separation(answer["fx_ra"], answer["fy_dec"], np.array(places), 0.0) == pytest.approx(0, abs=1e-8)
    assert answer[["max_offset", "mean_offset", "sigma_offset", "frac"]].to_numpy() == pytest.approx(0, abs=1e-7)


def test_a_product_across_ra_zero_has_its_fiducial_there():
    told = products([(359.99, 0.0), (0.01, 0.0)]).iloc[0]
    assert sky.separation(told["fx_ra"], told["fy_dec"], 0.0, 0.0) == pytest.approx(0, abs=1e-8)
    assert told["max_offset"] == pytest.approx(36 / 0.11)


def test_two_offsets_are_never_above_mean_and_sigma():
    told = products([(10.0, 0.0), (10.003, 0.001), (10.0, 40.0)][:2], target=(11.0, 0.5)).iloc[0]
    assert told["sigma_offset"] >= 0
    assert told[["frac", "sigma1_mean", "targ_frac", "targ_sigma1_mean"]].tolist() == [0, 0, 0, 0]


def test_each_exposure_has_its_own_scale_and_the_reference_that_of_the_guide_star():
    rows = [
        {**POINTING, "EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM", "FILTER": "F200W", "exposure": name, "DETECTOR": detector,
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


def test_guiders_are_not_measured():
    told = one(EXP_TYPE="FGS_IMAGE", INSTRUME="FGS", DETECTOR="GUIDER1", CRVAL1="", FILTER="")
    assert told.rejected.empty
    assert told.products["max_offset"].isna().all()
    assert "max_offset" not in told.features["fgs"]
    series = one(EXP_TYPE="FGS_IMAGE", INSTRUME="FGS", DETECTOR="GUIDER1", TSOVISIT="t")
    assert series.products["scale"].tolist() == [0.069]
    assert series.features["tac"]["max_offset"].notna().all()


def test_detectors_and_bands_are_those_of_the_exposures_of_each_product(sample):
    answer = jwst.run(sample, rules=RULES)
    words = answer.exposures.set_index("exposure")
    of = answer.members.dropna(subset="product_id").set_index("exposure")["product_id"]
    for product_id, row in answer.products.iterrows():
        own = words.loc[of.index[of == product_id]]
        assert row["DETECTOR"] == "|".join(sorted(own["DETECTOR"].dropna().unique()))
        parts = {part for band in own["BAND"].dropna() for part in band.split("-")}
        assert row["BAND"] == ("|".join(sorted(parts, reverse=True)) or "NONE")
    assert len(answer.products) > 20


def test_band_and_detector_are_joined_over_the_exposures():
    rows = [
        {**BASE, "exposure": f"e{i}", "DETECTOR": d, "BAND": b}
        for i, (d, b) in enumerate([("MIRIMAGE", "SHORT-MEDIUM"), ("MIRIFULONG", "LONG"), ("", "N/A")])
    ]
    told = jwst.run(pd.DataFrame(rows)).products.iloc[0]
    assert (told["DETECTOR"], told["BAND"], told["NEXPOSUR"]) == ("MIRIFULONG|MIRIMAGE", "SHORT|MEDIUM|LONG", 3)


WORDS = st.sampled_from(["A", "B", "C", "A-B", "C-A", None])


@given(st.lists(st.tuples(st.integers(0, 3), WORDS), min_size=1, max_size=12), st.booleans())
@example([(0, "A"), (0, "B"), (1, "A"), (1, "B"), (2, "C")], False)
def test_words_of_a_product_are_joined_sorted_and_each_once(rows, parts):
    of, words = zip(*sorted(rows, key=lambda row: row[0]), strict=True)
    numbers, cells = np.array(of, dtype=np.intp), pd.array(words, dtype="str")
    joined = list(join_words(numbers, cells, 4, parts=parts))
    for product in range(4):
        own = [word for number, word in rows if number == product and word]
        distinct = {part for word in own for part in (word.split("-") if parts else [word])}
        assert joined[product] == ("|".join(sorted(distinct, reverse=parts)) or ("NONE" if parts else None))


def test_a_product_without_a_guide_star_is_no_distance_from_one():
    rules = jwst.read_rules("jwst")
    table = jwst.example(rules)
    lonely = jwst.run(table.assign(GS_RA="", GS_DEC=""), rules=rules).products
    assert lonely["gs_offset"].tolist() == [0.0]
    near = jwst.run(table.assign(GS_RA="80.49", GS_DEC="-69.4975"), rules=rules).products
    fiducial = near[["fx_ra", "fy_dec"]].iloc[0].tolist()
    assert near["gs_offset"].iloc[0] == pytest.approx(
        sky.separation(*fiducial, 80.49, -69.4975) / near["scale"].iloc[0]
    )


def test_a_footprint_without_a_region_is_as_wide_and_as_high_as_its_detector():
    rules = jwst.read_rules()
    exposures = jwst.exposures(rules, jwst.example(rules)).head(1)
    members = jwst.group(rules, exposures)
    scale, width, height = members[["scale", "width", "height"]].iloc[0]
    (footprint,) = find_footprints(rules, exposures, members["product_id"].tolist())
    ra, dec = footprint.polygons[0]
    assert np.ptp(ra) * 3600 == pytest.approx(scale * width, rel=1e-6)  # image footprints are flat
    assert np.ptp(dec) * 3600 == pytest.approx(scale * height, rel=1e-6)


def test_the_plan_of_products_is_that_of_keywords_and_groups():
    rows = {"footprint": ("flat", "round", "flat", "disk"), "offsets": ("true", "false", "true", "unknown")}
    table = RULES["groups"]
    other = replace(RULES, tables={**RULES.tables, "groups": table._replace(cells={**table.cells, **rows})})
    plan = read_plan(other)
    names = table.cells["group"]
    assert plan.flat == {names[0], names[2]}
    assert plan.measured == {names[0], names[2]}
    assert read_plan(RULES).measured == {"image", "spec", "tac"}
    assert read_plan(RULES).flat == {"image", "spec", "tac", "fgs"}
    assert (plan.counted, plan.joined, plan.parts) == (("NEXPOSUR",), ("DETECTOR",), ("BAND",))
    ways = {row["keyword"]: row["combine"] for row in RULES["keywords"].records()}
    assert set(ways) - set(plan.kept) == {keyword for keyword, way in ways.items() if way == "none"} != set()


@pytest.mark.parametrize(
    ("product", "starts"), [([0, 0, 1, 2, 2], [0, 2, 3]), ([1, 1, 3], [0, 2]), ([0], [0]), ([2], [0]), ([], [])]
)
def test_a_product_starts_at_its_first_row(product, starts):
    assert find_starts(np.array(product, dtype=np.intp)).tolist() == starts


def test_guide_star_and_target_are_so_far_from_the_fiducial():
    columns = {
        "fx_ra": np.array([10.0, 10.0, np.nan]), "fy_dec": np.array([0.0, 0.0, np.nan]), "scale": np.array([0.5, 2.0, 1.0]),
        "GS_RA": np.array([10.0, np.nan, 10.0]), "GS_DEC": np.array([1.0, 0.0, 0.0]),
        "TARG_RA": np.array([10.0, 10.0, 10.0]), "TARG_DEC": np.array([0.0, -1.0, 0.0]),
    }  # fmt: skip
    found = measure_from_fiducial(columns)
    np.testing.assert_allclose(found["gs_offset"], [7200.0, 0.0, np.nan])
    np.testing.assert_allclose(found["t_offset"], [0.0, 1800.0, np.nan])
