"""Agreements: each row of the table rejects what it says, asks nothing where one side lacks, and leaves good data alone."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from scrub import jwst
from scrub.jwst import agreements
from scrub.jwst.agreements import _is_digit_changed as is_digit_changed
from scrub.jwst.checks import Check
from scrub.jwst.pointings import read_pointings
from tests.data import SHARED
from tests.exposures import BASE, one
from tests.rulesets import copy_shipped
from tests.strategies import RULES, tables

NRCA2 = {
    "PROGRAM": "01075", "OBSERVTN": "001", "VISIT": "002", "VISITYPE": "PRIME_TARGETED_FIXED", "TSOVISIT": False,
    "TARGTYPE": "FIXED", "TARG_RA": 359.999, "TARG_DEC": 60.0, "PROP_RA": 359.999, "PROP_DEC": 60.0, "INSTRUME": "NIRCAM",
    "DETECTOR": "NRCA2", "MODULE": "A", "CHANNEL": "SHORT", "FILTER": "F210M", "PUPIL": "MASKRND", "EXP_TYPE": "NRC_CORON",
    "SUBARRAY": "FULL",
}  # fmt: skip
SCI = {"RA_REF": 0.001, "DEC_REF": 60.001, "CRVAL1": 0.001, "CRVAL2": 60.001}
NAME = "jw01075001002_03105_00009_nrca2"


def write(folder: Path, name: str = NAME, **changes: object) -> jwst.Answer:
    """Run one file of a NIRCam coronagraph, with some cards changed; None takes a card out."""
    cards = {**NRCA2, **SCI, **changes}
    first, second = fits.Header(), fits.Header()
    for keyword, value in cards.items():
        if value is not None:
            (second if keyword in SCI else first)[keyword] = value
    content = fits.HDUList([fits.PrimaryHDU(header=first), fits.ImageHDU(header=second, name="SCI")])
    content.writeto(folder / f"{name}_uncal.fits", overwrite=True)
    return jwst.run(folder)


SAYS, THERE = "not what the name of the exposure says", "missing, and always in the headers of"
MRS = {"INSTRUME": "MIRI", "DETECTOR": "MIRIFULONG", "EXP_TYPE": "MIR_MRS", "CHANNEL": "34", "BAND": "LONG", "FILTER": None, "PUPIL": None, "MODULE": None}  # fmt: skip
IFU = {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_IFU", "CHANNEL": None, "GRATING": "G395H", "FILTER": "F290LP", "PUPIL": None, "MODULE": None}  # fmt: skip
MRS_NAME, IFU_NAME = NAME.replace("nrca2", "mirifulong"), NAME.replace("nrca2", "nrs1")
FAULTS = {
    "program of another name": ({"PROGRAM": "01076"}, "PROGRAM", SAYS),
    "observation of another name": ({"OBSERVTN": "011"}, "OBSERVTN", SAYS),
    "visit of another name": ({"VISIT": "001"}, "VISIT", SAYS),
    "detector of another name": ({"DETECTOR": "NRCA3"}, "DETECTOR", SAYS),
    "detector a letter off": ({"name": "any", "DETECTOR": "NRCAZ", "MODULE": None}, "DETECTOR", "not a detector of this instrument: one letter off NRCA1"),
    "detector of another instrument": ({"name": "any", "DETECTOR": "NRS1", "MODULE": None}, "DETECTOR", "not a detector of this instrument: NIRSPEC has it"),
    "filter a letter off": ({"FILTER": "F219M"}, "FILTER", "not a filter of this instrument: one letter off F210M"),
    "pupil a letter off": ({"PUPIL": "MASKRNX"}, "PUPIL", "not a pupil element of this instrument: one letter off MASKRND"),
    "grating a letter off": ({**IFU, "name": IFU_NAME, "GRATING": "G395X"}, "GRATING", "not a grating of this instrument: one letter off G395H"),
    "channel a letter off": ({"CHANNEL": "SHO7T"}, "CHANNEL", "not a channel of this instrument: one letter off SHORT"),
    "subarray a letter off": ({"SUBARRAY": "FUL1"}, "SUBARRAY", "not a subarray of this instrument: one letter off FULL"),
    "type of another instrument": ({"EXP_TYPE": "NIS_IMAGE"}, "EXP_TYPE", "not an exposure type of this instrument"),
    "channel of another detector": ({"CHANNEL": "LONG"}, "CHANNEL", "not the channel of this detector"),
    "MRS channel of another detector": ({**MRS, "name": MRS_NAME, "CHANNEL": "12"}, "CHANNEL", "not the channel of this detector"),
    "detector of another module": ({"MODULE": "B"}, "DETECTOR", "not a detector of this module"),
    "another reference point": ({"CRVAL1": 0.00105}, "CRVAL1/CRVAL2", "not the position of the reference point"),
    "another reference point, in declination": ({"CRVAL2": 60.00102}, "CRVAL1/CRVAL2", "not the position of the reference point"),
    "a target far away": ({"TARG_RA": 2.0, "PROP_RA": 2.0}, "TARG_RA/TARG_DEC", "not near where the exposure points"),
    "a target that nobody proposed": ({"TARG_DEC": 60.1}, "TARG_RA/TARG_DEC", "not near the position proposed"),
    "a digit of a target": ({"TARG_DEC": 60.00000134, "PROP_DEC": 60.00000934}, "TARG_DEC", "one digit off the position proposed"),
    "a digit of a right ascension": ({"TARG_RA": 0.000012, "PROP_RA": 0.000712}, "TARG_RA", "one digit off the position proposed"),
    "a proposed position off the sky": ({"PROP_DEC": 95.0}, "PROP_DEC", "outside -90..90"),
    "a proposed position that is no number": ({"PROP_RA": "north"}, "PROP_RA", "not a number"),
    "a proposed position that is infinite": ({"PROP_RA": "inf"}, "PROP_RA", "not a number"),
    "no visit type": ({"VISITYPE": None}, "VISITYPE", f"{THERE} exposures"),
    "no flag": ({"TSOVISIT": None}, "TSOVISIT", f"{THERE} exposures"),
    "no subarray": ({"SUBARRAY": None}, "SUBARRAY", f"{THERE} exposures"),
    "no detector": ({"DETECTOR": None}, "DETECTOR", f"{THERE} exposures"),
    "no filter": ({"FILTER": None}, "FILTER", f"{THERE} this instrument"),
    "no pupil": ({"PUPIL": None}, "PUPIL", f"{THERE} this instrument"),
    "no channel": ({"CHANNEL": None}, "CHANNEL", f"{THERE} this instrument"),
    "no grating": ({**IFU, "name": IFU_NAME, "GRATING": None}, "GRATING", f"{THERE} this instrument"),
    "no MRS band": ({**MRS, "name": MRS_NAME, "BAND": None}, "BAND", f"{THERE} this exposure type"),
    "no MRS channel": ({**MRS, "name": MRS_NAME, "CHANNEL": None}, "CHANNEL", f"{THERE} this exposure type"),
    "no target position": ({"TARG_RA": None}, "TARG_RA", f"{THERE} fixed targets"),
    "no reference point": ({"RA_REF": None}, "RA_REF", f"{THERE} fixed targets"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "column", "reason"), FAULTS.values(), ids=FAULTS)
def test_sides_that_do_not_agree_reject_the_exposure_with_the_reason(tmp_path, changes, column, reason):
    answer = write(tmp_path, **changes)
    assert answer.rejected[["stage", "column", "reason"]].to_numpy().tolist() == [["jwst/exposures", column, reason]]
    assert answer.ledger["exposures"]["rejected"] == 1


FAR = {"RA_REF": 80.0, "CRVAL1": 80.0}
FINE = {
    "all there": {},
    "a name that says nothing": {"name": "my_best_of_m31", "PROGRAM": "00001", "VISIT": "009"},
    "a position across the circle, in a unit of its own": {"TARG_RA": -0.001, "PROP_RA": 0.0, "CRVAL1": 360.001},
    "within 0.02 arcsec": {"CRVAL1": 0.001 + 1.0e-5, "CRVAL2": 60.001 + 2e-6},
    "a star that moves": {"TARG_DEC": 60.00012, "PROP_DEC": 60.00001},
    "the last digit": {"TARG_DEC": 60.0000000000012, "PROP_DEC": 60.0000000000019},
    "a number that was rounded": {"TARG_RA": 80.00000012, "PROP_RA": 80.00000013, **FAR},
    "a star that moves a little": {"TARG_RA": 80.00012, "PROP_RA": 80.00014, **FAR},
    "the last digit but one": {"TARG_RA": 80.00012, "PROP_RA": 80.00042, **FAR},
    "last digits of a small number": {"TARG_DEC": 1.2e-5, "PROP_DEC": 1.3e-5, "DEC_REF": 1.2e-5, "CRVAL2": 1.2e-5},
    "no other digits": {"TARG_RA": 80.00012, "PROP_RA": 80.0001234, **FAR},
    "a moving target": {"VISITYPE": "PRIME_TARGETED_MOVING", "TARGTYPE": "MOVING", "TARG_RA": 3.0, "TARG_DEC": None},
    "an archive's visit without zeros": {"VISIT": "2"},
    "no module, no proposed position": {"MODULE": None, "PROP_RA": None, "TARGTYPE": None, "VISIT": None},
    "a module that is both": {"MODULE": "MULTIPLE"},
    "lower case": {"DETECTOR": "nrca2", "FILTER": "f210m"},
    "MRS": {**MRS, "name": MRS_NAME},
    "one channel of MRS": {**MRS, "name": MRS_NAME, "CHANNEL": "3"},
    "an integral field unit": {**IFU, "name": IFU_NAME},
    "a segment": {"name": NAME.replace("_nrca2", "-seg001_nrca2")},
}  # fmt: skip


@pytest.mark.parametrize("changes", FINE.values(), ids=FINE)
def test_sides_that_agree_or_are_not_both_there_reject_nothing(tmp_path, changes):
    answer = write(tmp_path, **changes)
    assert len(answer.exposures) == 1
    assert answer.ledger["new_words"] == []


def test_the_order_of_rows_decides_no_reject(tmp_path):
    folder = copy_shipped(tmp_path) / "jwst"
    for name in ("agreements", "instrument_words"):
        path = folder / f"{name}.csv"
        head, *lines = path.read_text().splitlines(keepends=True)
        path.write_text(head + "".join(reversed(lines)))
    turned = jwst.read_rules(folder)
    assert turned.fingerprint == RULES.fingerprint
    wrong = [
        {"FILTER": "F77OW", "SUBARRAY": "FUIL"}, {"FILTER": "F20OW", "INSTRUME": "NIRCAM", "EXP_TYPE": "MIR_IMAGE"},
        {"TARG_RA": "90", "RA_REF": "85", "DEC_REF": "-69.4975"}, {"DETECTOR": "NIZ"}, {"DETECTOR": "NRSX", "INSTRUME": "NIRSPEC"},
        {"FILTER": "F170LX", "INSTRUME": "NIRSPEC", "EXP_TYPE": "NRS_IFU", "GRATING": "G395X"},
    ]  # fmt: skip
    table = pd.DataFrame([{**BASE, **cells, "exposure": f"e{i}"} for i, cells in enumerate(wrong)]).fillna("")
    one_way, other_way = (jwst.run(table, rules=rules).rejected for rules in (RULES, turned))
    assert set(one_way["what"]) >= {"e0", "e1", "e2", "e4", "e5"}
    pd.testing.assert_frame_equal(one_way, other_way)


def test_a_new_word_is_let_through_and_noted(tmp_path):
    answer = write(tmp_path, FILTER="F210MP", PUPIL="F770W", SUBARRAY="SUB9NEW")
    assert answer.rejected["stage"].isin(["jwst/features"]).all()
    assert answer.exposures[["FILTER", "PUPIL", "SUBARRAY"]].iloc[0].tolist() == ["F210MP", "F770W", "SUB9NEW"]
    assert [(new["keyword"], new["word"]) for new in answer.ledger["new_words"]] == [
        ("FILTER", "F210MP"), ("PUPIL", "F770W"), ("SUBARRAY", "SUB9NEW")
    ]  # fmt: skip


def test_the_positions_and_the_angle_between_them_are_in_the_reject(tmp_path):
    (value,) = write(tmp_path, CRVAL1=0.00105).rejected["value"]
    assert value == "0.00105 60.001, 0.090 arcsec from RA_REF/DEC_REF 0.001 60.001"


def test_footprints_of_tables_are_near_what_they_belong_to():
    square = "POLYGON ICRS 80.4 -69.5 80.6 -69.5 80.6 -69.4 80.4 -69.4"
    assert one(S_REGION=square).rejected.empty
    assert one(S_REGION=square, CRVAL1="80.0").rejected["reason"].tolist() == ["not near the footprint"]
    assert one(S_REGION=square, CRVAL1="", TARG_RA="90").rejected["reason"].tolist() == ["not near the footprint"]
    assert one(S_REGION="no polygon").rejected.empty


def test_a_table_may_lack_what_files_always_have():
    assert one(SUBARRAY="", DETECTOR="", TARG_RA="").rejected.empty


def test_a_word_with_a_code_of_its_own_is_known_for_every_instrument(tmp_path):
    folder = tmp_path / "jwst"
    folder.mkdir()
    head = ",".join(RULES["encodings"].rows.columns[:3]) + ",since,until,source,note"
    (folder / "encodings.csv").write_text(f"{head}\nfilter,F570W,52,,,our filter,\n")
    table = pd.DataFrame([{**BASE, "FILTER": "F570W"}])
    assert jwst.run(table).rejected["reason"].tolist() == ["not a filter of this instrument: one letter off F560W"]
    own = jwst.run(table, rules=folder)
    assert own.rejected.empty
    assert own.ledger["new_words"] == []


@given(tables())
def test_drawn_exposures_that_agree_raise_no_alarm(table):
    answer = jwst.run(table, rules=RULES)
    reasons = set(RULES["agreements"].rows["reason"])
    off = set(table.loc[table["CRVAL1"] == "400", "exposure"])  # drawn to be wrong
    alarms = [row for row in answer.rejected.itertuples() if row.reason.partition(": ")[0] in reasons]
    assert [row for row in alarms if row.what not in off] == []


SILENT = {  # what a byte may change without a word
    "TARG_RA": {"TARG_RA"},  # the last digits, and a sign or an exponent in front of few digits
    "TARG_DEC": {"TARG_DEC"},
    "CRVAL1": {"CRVAL1"},  # a digit far behind the point
    "TSOVISIT": {"TSOVISIT"},  # T where F stood
    "FILTER": {"FILTER"},  # F250M where F210M stood: both are of this instrument
}


@pytest.mark.slow
@given(draw=st.randoms(use_true_random=False))
def test_a_changed_byte_of_a_wanted_card_never_changes_a_value_in_silence(tmp_path_factory, draw):
    folder = tmp_path_factory.mktemp("byte")
    plain = write(folder)
    path = folder / f"{NAME}_uncal.fits"
    data = path.read_bytes()
    for keyword in draw.sample(sorted(NRCA2), 3):
        at = data.index(keyword.encode().ljust(8) + b"=") + draw.randrange(30)
        path.write_bytes(data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :])
        changed = jwst.run(folder)
        if changed.exposures.empty:
            assert len(changed.rejected) == 1
        else:
            before, after = (answer.exposures.iloc[0].fillna("") for answer in (plain, changed))
            differ = {name for name in before.index if before[name] != after[name]}
            assert differ <= SILENT.get(keyword, set()) | {new["keyword"] for new in changed.ledger["new_words"]}
    shutil.rmtree(folder)


GOOD = ("flight/mast_sample.csv", "jwst_exposures", "spacekit_golden/jwst300/input.csv", "jwst_pools/headers")


@pytest.mark.parametrize("name", ["jwst", "jwst_dms"])
@pytest.mark.parametrize("source", GOOD)
def test_no_false_alarm_on_data_from_observatories_and_goldens(shared, source, name):
    path = SHARED / source
    rules = jwst.read_rules(name)
    reasons = set(rules["agreements"].rows["reason"])
    for each in sorted(path.glob("*.csv")) if path.name == "headers" else [path]:
        rejected = jwst.run(each, rules=rules).rejected
        alarms = {
            (row.what[:7], row.column) for row in rejected.itertuples() if row.reason.partition(": ")[0] in reasons
        }
        assert alarms <= {("jw84600", "OBSERVTN")}, "names of one pool are those of another observation"


def test_words_that_two_names_have_the_other_way_round_are_both_at_fault():
    """Whichever word comes first in the table."""
    names = ["jw01018006001_02101_00001_nis", "jw01019006001_02101_00001_nis"]
    rows = [{**BASE, "exposure": name, "PROGRAM": name[2:7], "OBSERVTN": "6"} for name in names]
    assert jwst.run(pd.DataFrame(rows), rules=RULES).rejected.empty
    swapped = pd.DataFrame(rows).assign(PROGRAM=["01019", "01018"])
    rejected = jwst.run(swapped, rules=RULES).rejected
    assert set(zip(rejected["what"], rejected["column"], strict=True)) == {(name, "PROGRAM") for name in names}


@pytest.mark.parametrize(
    ("dec", "there"), [(-90.0, True), (-90.5, False), (90.0, True), (90.5, False), (np.nan, False)]
)
def test_a_position_is_there_only_where_it_is_on_the_sky(dec, there):
    read = {"exposure": pd.array(["e"], dtype="str"), "RA_REF": np.array([10.0]), "DEC_REF": np.array([dec])}
    assert read_pointings("RA_REF/DEC_REF", read).there.tolist() == [there]


def test_a_footprint_is_where_its_middle_is_and_nowhere_without_a_region():
    square = "POLYGON ICRS 1 -1 3 -1 3 1 1 1"
    read = {"exposure": np.array(["e", "f"], dtype=object), "S_REGION": np.array([None, square], dtype=object)}
    pointings = read_pointings("S_REGION", read)
    assert pointings.there.tolist() == [False, True]
    assert (pointings.ra[1], pointings.dec[1]) == pytest.approx((2.0, 0.0))
    blank = np.array([None, None], dtype=object)
    assert read_pointings("S_REGION", {**read, "S_REGION": blank}).there.tolist() == [False, False]


@pytest.mark.parametrize(
    ("one", "other", "last", "changed"),
    [
        (80.00112, 80.00412, 2, True),
        (80.00112, 80.00412, 3, False),
        (80.00012, 80.00014, 0, True),
        (80.00012, 80.00014, 1, False),
        (80.5, 80.5, 0, False),
        (80.25, 81.35, 1, False),
        (80.25, 8.25, 1, False),
        (-80.25, 80.25, 1, False),
        (80.25, 90.25, 3, True),
        (80.25, 90.25, 4, False),
    ],
)
def test_a_digit_is_changed_with_others_behind(one, other, last, changed):
    assert is_digit_changed(one, other, last=last) is changed


@pytest.mark.parametrize(
    ("number", "parts"), [(1, ["a", "d", ""]), (2, ["b", None, None]), (3, ["c", None, None]), (5, [None] * 3)]
)
def test_parts_of_a_name_are_counted_from_one(number, parts):
    codes, words = agreements._find_parts(["a_b_c_x", "d", ""], number)
    assert [words[code] for code in codes] == parts
    assert len(words) == len(set(parts))


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        ("jw([0-9]{2})([0-9])?.*", ["8", "12", None, None]),
        ("jw[0-9]+.*", ["jw128", "jw12", None, None]),
        ("(jw)[0-9]+", ["jw", "jw", None, None]),
    ],
)
def test_a_pattern_takes_its_last_group_or_all(pattern, read):
    assert agreements._read_parts(pattern, ["jw128", "jw12", "x", None]) == read


def test_words_are_compared_whatever_their_case():
    one, other = agreements._compare_words(["a", "B", None, "c"], ["A", "x", None, "b"])
    assert one.tolist() == [0, 1, -1, 2]
    assert other.tolist() == [0, 3, -1, 1]


def test_a_position_that_is_too_far_is_told_with_both_sides():
    check = Check("c", "A/B", "C/D", "within", "", "", "", "3.6", "too far")
    read = {
        "exposure": ["e", "f", "g", "h"],
        "A": np.array([10.0, 10.0, np.nan, 10.0]), "B": np.array([0.0, 0.0, 0.0, 91.0]),
        "C": np.array([10.0, 10.0, 10.0, 10.0]), "D": np.array([0.0009, -0.0011, 0.0, 0.0]),
    }  # fmt: skip
    off, far = (fault for fault in agreements._find_apart([check], read) if fault.where.any())
    assert (off.where.tolist(), off.column, off.check) == ([False, False, False, True], "B", "off-sky")
    assert (far.where.tolist(), far.reason, far.column, far.check) == (
        [False, True, False, False],
        "too far",
        "A/B",
        "c",
    )
    assert list(far.cells) == [None, "10.0 0.0, 3.960 arcsec from C/D 10.0 -0.0011", None, None]
    near = {**read, "D": np.array([0.0009, 0.0009, 0.0, 0.0])}
    assert [fault.column for fault in agreements._find_apart([check], near) if fault.where.any()] == ["B"]
