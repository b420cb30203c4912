"""Properties of grouping: what holds for any exposures, whatever the tables say of them."""

import os
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scrub import jwst
from scrub.contracts.ledger import balance
from tests.profiles import times
from tests.strategies import DMS, RULES, crowds, exposure, tables

KEYS = ["PROGRAM", "OBSERVTN", "INSTRUME"]
by_rules = pytest.mark.parametrize("rules", [pytest.param(r, id=r.name) for r in (RULES, DMS)])


def run(table: pd.DataFrame, rules=RULES, **options) -> jwst.Answer:
    return jwst.run(table, rules=rules, **options)


@by_rules
@times(0.4)
@given(data=st.data())
def test_every_exposure_is_in_a_product_or_left_out_by_a_rule_or_rejected(rules, data):
    table = data.draw(crowds(rules=rules))
    answer = run(table, rules)
    kept, lost = set(answer.members["exposure"]), set(answer.rejected["what"])
    exposures_lost = lost & set(table["exposure"])
    assert kept | exposures_lost == set(table["exposure"])
    assert not kept & exposures_lost
    assert answer.members["exposure"].is_unique
    left_out = answer.members["product_id"].isna()
    assert (answer.members["product"].isna() == left_out).all()
    assert (answer.members["group"].isna() == left_out).all()
    assert answer.members["rule"].str.fullmatch("[a-z_]+[.]csv:[0-9]+").all()
    assert set(answer.members["product_id"].dropna()) == set(answer.products.index)
    assert answer.products["NEXPOSUR"].sum() == (~left_out).sum()
    ledger = answer.ledger["exposures"]
    assert ledger["left_out"] + ledger.get("unknown", 0) == left_out.sum()
    assert balance(answer.ledger) == []


@by_rules
@times(0.4)
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_neither_row_order_nor_other_programs_nor_bad_rows_change_an_answer(rules, data, random):
    """One run has all three beside it: what of them is not needed to break an answer, shrinks away."""
    table, others = data.draw(crowds(rules=rules)), data.draw(st.lists(exposure(rules), max_size=4))
    bad = data.draw(st.lists(exposure(rules), max_size=2))
    foreign = [{"exposure": f"x{i}", **row, "PROGRAM": "00777"} for i, row in enumerate(others)]
    far = {"CRVAL1": "10", "RA_REF": "10", "TARG_RA": "10"}
    broken = [{"exposure": f"y{i}", **row, **far, "EXP_TYPE": "NRC_TYPO"} for i, row in enumerate(bad)]
    beside = pd.concat([table, pd.DataFrame([*foreign, *broken], columns=table.columns, dtype="str")])
    order = list(range(len(beside)))
    random.shuffle(order)
    alone, together = run(table, rules), run(beside.iloc[order], rules)
    for one, other in zip(frames(alone), frames(together), strict=True):
        assert_frame_equal(one, other)
    lost = together.rejected[together.rejected["what"].str.startswith("y")]
    assert lost[["column", "value"]].to_numpy().tolist() == [["EXP_TYPE", "NRC_TYPO"]] * len(bad)


def frames(answer: jwst.Answer) -> list[pd.DataFrame]:
    """The frames of an answer without what is of another program, or bad; rejected rows in an order of their own."""
    named = [frame[~frame["exposure"].str.startswith(("x", "y"))] for frame in (answer.exposures, answer.members)]
    made = [frame[~frame.index.str.startswith("jw00777")] for frame in (answer.products, *answer.features.values())]
    lost = answer.rejected[~answer.rejected["what"].str.startswith(("x", "y", "jw00777"))]
    lost = lost.sort_values(list(lost.columns))
    return [*(frame.reset_index(drop=True) for frame in (*named, lost)), *made]


@times(0.4)
@given(crowds())
@example(pd.DataFrame())
def test_a_product_never_mixes_programs_observations_instruments_or_targets(table):
    if table.empty:  # the old toolkit merged these two: same name of a program, RA as a name, RA as a position
        table = pd.DataFrame([{**BASE, "exposure": "a"}, {**BASE, "exposure": "b", "TARG_RA": "", "TARGNAME": "M 31"}])
    answer = run(table)
    joined = answer.members.merge(answer.exposures, on="exposure").dropna(subset="product_id")
    for _, rows in joined.groupby("product_id"):
        assert all(rows[key].nunique() == 1 for key in KEYS)
        assert rows["group"].nunique() == 1
    own = rules_say_own(joined)
    for _, rows in joined[own].groupby("product_id"):
        fixed = rows["VISITYPE"] == "PRIME_TARGETED_FIXED"
        placed = fixed & rows["TARG_RA"].notna()
        assert placed.all() or not placed.any()
        assert rows.loc[placed, ["TARG_RA", "TARG_DEC"]].round(6).drop_duplicates().shape[0] <= 1
        assert rows.loc[~placed, "TARGNAME"].nunique(dropna=False) <= 1


BASE = {
    "PROGRAM": "1018", "OBSERVTN": "1", "EXP_TYPE": "MIR_IMAGE", "INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE",
    "VISITYPE": "PRIME_TARGETED_FIXED", "FILTER": "F770W", "SUBARRAY": "FULL", "TARG_RA": "10.5", "TARG_DEC": "0",
    "TARGNAME": "IO", "CRVAL1": "10.5", "CRVAL2": "0",
}  # fmt: skip


def rules_say_own(exposures: pd.DataFrame) -> pd.Series:
    by_source = RULES["exposure_types"].rows.query("target == 'source'")["exp_type"]
    return ~exposures["EXP_TYPE"].isin(by_source)


@by_rules
@times(0.4)
@given(data=st.data())
def test_inputs_are_left_alone(rules, data):
    table = data.draw(crowds(rules=rules))
    before = table.copy(deep=True)
    frame = jwst.load(rules, table).headers
    assert_frame_equal(table, before)
    for step in jwst.steps(rules):
        copy = frame.copy(deep=True)
        after, _ = step.func.split(rules, frame)
        assert_frame_equal(frame, copy)
        frame = after


@times(0.4)
@given(tables(min_size=8, max_size=12))
def test_two_kinds_of_identity_never_share_a_number(table):
    table = table.assign(EXP_TYPE="MIR_IMAGE", INSTRUME="MIRI", DETECTOR="MIRIMAGE", CRVAL1="10", PROGRAM="1018")
    answer = run(table)
    joined = answer.members.merge(answer.exposures, on="exposure").dropna(subset="product_id")
    label = joined["product_id"].str.split("_").str[1]
    fixed = (joined["VISITYPE"] == "PRIME_TARGETED_FIXED") & joined["TARG_RA"].notna()
    named = ~fixed & joined["TARGNAME"].notna()
    assert not set(label[fixed]) & set(label[named])


def test_targets_are_numbered_by_kind_then_value_with_numbers_as_numbers():
    rows = [
        {**BASE, "exposure": "guide 9.5", "TARG_RA": "", "TARGNAME": "", "GS_MAG": "9.5"},
        {**BASE, "exposure": "guide 10", "TARG_RA": "", "TARGNAME": "", "GS_MAG": "10.0"},
        {**BASE, "exposure": "name", "TARG_RA": ""},
        {**BASE, "exposure": "ra 9", "TARG_RA": "9.25"},
        {**BASE, "exposure": "ra 100", "TARG_RA": "100.25"},
        {**BASE, "exposure": "same to 6 decimals", "TARG_RA": "100.2500004"},
        {**BASE, "exposure": "nothing", "TARG_RA": "", "TARGNAME": "", "GS_MAG": ""},
    ]
    members = run(pd.DataFrame(rows)).members.set_index("exposure")["product"]
    assert members.str.split("_").str[1].to_dict() == {
        "ra 9": "t1", "ra 100": "t2", "same to 6 decimals": "t2", "name": "t3", "guide 9.5": "t4", "guide 10": "t5",
        "nothing": "t0",
    }  # fmt: skip


def test_targets_south_of_the_equator_come_before_those_north_of_it():
    rows = [{**BASE, "exposure": f"e{dec}", "TARG_RA": "9.25", "TARG_DEC": dec} for dec in ("1.5", "-1.5", "-80", "80")]
    members = run(pd.DataFrame(rows)).members.set_index("exposure")["product"]
    assert members.str.split("_").str[1].to_dict() == {"e-80": "t1", "e-1.5": "t2", "e1.5": "t3", "e80": "t4"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_the_hash_seed_changes_nothing(seed, fits_folder, tmp_path):
    env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Asia/Kathmandu"}
    command = [sys.executable, "-m", "scrub.cli", "jwst", str(fits_folder), "--out", str(tmp_path / seed)]
    subprocess.run(command, env=env, cwd=tmp_path, check=True, capture_output=True)
    here = jwst.run(fits_folder)
    members = pd.read_csv(tmp_path / seed / "members.csv", dtype="str", keep_default_na=False)
    assert_frame_equal(members, here.members.fillna(""), check_dtype=False)
    products = pd.read_csv(tmp_path / seed / "products.csv", index_col=0)
    pd.testing.assert_series_equal(products["max_offset"], here.products["max_offset"], check_exact=True)


def test_one_name_in_two_groups_has_two_ids():
    rows = [{**BASE, "exposure": "plain", "TSOVISIT": "f"}, {**BASE, "exposure": "series", "TSOVISIT": "t"}]
    members = run(pd.DataFrame(rows)).members.set_index("exposure")
    assert members["product"].nunique() == 1
    assert members.loc["plain", "product_id"] == members.loc["plain", "product"]
    assert members.loc["series", "product_id"] == members.loc["series", "product"] + "#2"


def test_an_exposure_left_out_does_not_change_how_others_are_called():
    rules = jwst.read_rules()
    one = jwst.example(rules).head(1)
    twice = pd.concat([one.assign(exposure="a"), one.assign(exposure="b", TSOVISIT="t")])
    left = one.assign(exposure="c", EXP_TYPE="NIS_DARK")
    alone, beside = jwst.run(twice).members, jwst.run(pd.concat([twice, left])).members
    assert alone["product_id"].tolist() == beside["product_id"].tolist()[:2]
    assert alone["product_id"].str.endswith("#2").sum() == 1


def test_an_exposure_without_a_position_of_its_target_is_rejected_nowhere_and_makes_a_product_of_its_own():
    """What docs/migration.md says of TARG_RA: the name, then the guide star, tells the target."""
    base = {**BASE, "TARGNAME": "", "GS_MAG": ""}
    rows = [
        {**base, "exposure": "a"},
        {**base, "exposure": "b", "TARG_RA": ""},
        {**base, "exposure": "c", "TARG_RA": "", "TARGNAME": "M 31"},
        {**base, "exposure": "d", "TARG_RA": "", "GS_MAG": "14.2"},
    ]
    answer = jwst.run(pd.DataFrame(rows), rules=RULES)
    assert answer.rejected.empty
    targets = answer.members.set_index("exposure")["product"].str.split("_").str[1]
    assert targets.to_dict() == {"a": "t1", "b": "t0", "c": "t2", "d": "t3"}
    assert answer.products["NEXPOSUR"].tolist() == [1] * 4


def test_a_target_on_the_meridian_is_one_whichever_way_its_angle_is_written():
    table = jwst.example(RULES).assign(CRVAL1="0.001", TARG_DEC="-69.4975")
    for angles, products in ((["0.0", "360.0"], 1), (["0.0", "359.9999999"], 1), (["0.0", "359.9"], 2)):
        answer = jwst.run(table.assign(TARG_RA=angles), rules=RULES)
        assert (len(answer.rejected), len(answer.products)) == (0, products), angles


@pytest.mark.parametrize("ra", ["0", "0.5", "359.5", "360"])
@pytest.mark.parametrize("dec", ["-90", "-89.5", "89.5", "90"])
def test_a_position_up_to_the_poles_and_the_meridian_is_one(ra, dec):
    answer = jwst.run(jwst.example(RULES).assign(CRVAL1=ra, CRVAL2=dec), rules=RULES)
    assert (len(answer.members), answer.rejected["reason"].tolist()) == (2, [])


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"CRVAL1": "360.5"}, "fiducial_ra", "outside 0..360"),
        ({"CRVAL1": "-0.5"}, "fiducial_ra", "outside 0..360"),
        ({"CRVAL2": "90.5"}, "CRVAL2", "outside -90..90"),
        ({"CRVAL2": "-90.5"}, "CRVAL2", "outside -90..90"),
        ({"CRVAL1": ""}, "fiducial_ra", "missing, and no S_REGION polygon either"),
        ({"CRVAL1": "", "S_REGION": "CIRCLE 1 2 3"}, "S_REGION", "no polygon on the sky"),
    ],
)
def test_an_exposure_that_points_nowhere_is_rejected(change, column, reason):
    answer = jwst.run(jwst.example(RULES).assign(**change), rules=RULES)
    assert answer.ledger["exposures"]["rejected"] == 2
    assert set(zip(answer.rejected["column"], answer.rejected["reason"], strict=True)) == {(column, reason)}
