"""Tables as input: whatever way an export spells things, and what becomes of cells that say nothing sensible."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from scrub import jwst
from scrub.files.table_files import SourceError
from scrub.jwst.exposures import _read_band
from tests.exposures import BASE, WORDS, one
from tests.strategies import RULES


@pytest.mark.slow
def test_an_export_with_lower_case_names_says_the_same(sample):
    flags = {"BKGDTARG", "IS_IMPRT", "TSOVISIT", "CROWDFLD"}
    export = sample.assign(**{k: sample[k].str.lower() for k in flags})
    export = export.assign(PROGRAM=export["PROGRAM"].str.lstrip("0"), OBSERVTN=export["OBSERVTN"].str.lstrip("0"))
    export = export.rename(columns=str.lower).rename(columns={"exposure": "filename"})
    export = export.assign(filename=export["filename"] + "_cal.fits", exposure="1", extra="x")
    one, other = jwst.run(export), jwst.run(sample)
    assert_frame_equal(one.members, other.members)
    assert_frame_equal(one.products, other.products)


def test_a_typed_frame_says_the_same_as_text(sample):
    number = ["TARG_RA", "TARG_DEC", "GS_RA", "GS_DEC", "GS_MAG", "RA_REF", "DEC_REF", "CRVAL1", "CRVAL2"]
    typed = sample.assign(
        **{k: sample[k].astype(float) for k in number},
        **{k: sample[k] == "T" for k in ("BKGDTARG", "IS_IMPRT", "TSOVISIT", "CROWDFLD")},
        **{k: sample[k].astype(int) for k in ("PROGRAM", "OBSERVTN", "NEXPOSUR", "NUMDTHPT")},
    )
    as_text = jwst.exposures(RULES, jwst.load(RULES, sample).headers)
    for frame in (typed, typed.astype(object), typed.convert_dtypes()):
        assert_frame_equal(jwst.exposures(RULES, jwst.load(RULES, frame).headers), as_text)


@pytest.mark.parametrize("word", ["", *sorted(WORDS.missing), None, float("nan"), pd.NA])
def test_every_spelling_of_missing_is_missing(word):
    answer = one(PUPIL=word, TARGNAME=word, GS_MAG=word, NUMDTHPT=word, TSOVISIT=word)
    exposure = answer.exposures.iloc[0]
    assert exposure[["PUPIL", "TARGNAME", "GS_MAG", "NUMDTHPT"]].isna().all()
    assert not exposure["TSOVISIT"]
    assert answer.features["image"]["pupil"].tolist() == [0]


@pytest.mark.parametrize("word", ["n/a", "NAN", "Null", "nOnE", " Na "])
def test_a_word_in_any_case_is_missing_if_it_is_in_upper_case(word):
    answer = one(PUPIL=word, FXD_SLIT=word, SUBARRAY=word)
    assert answer.exposures.loc[0, ["PUPIL", "FXD_SLIT", "SUBARRAY"]].isna().all()
    assert answer.products.index.tolist() == one().products.index.tolist()


@pytest.mark.parametrize("word", [*sorted(WORDS.true), True, 1, 1.0, np.True_])
def test_every_spelling_of_true_is_true(word):
    answer = one(TSOVISIT=word)
    assert answer.members["group"].tolist() == ["tac"]
    assert answer.features["tac"]["tsovisit"].tolist() == [1]


@pytest.mark.parametrize("word", [*sorted(WORDS.false), False, 0, 0.0, np.False_, None])
def test_every_spelling_of_false_is_false(word):
    answer = one(TSOVISIT=word)
    assert answer.rejected.empty
    assert answer.members["group"].tolist() == ["image"]


@pytest.mark.parametrize("word", ["yes", "Y", "on", "truth", 2, "2", "-1", 0.5, "T F", "tRUE"])
@pytest.mark.parametrize("column", ["TSOVISIT", "BKGDTARG", "IS_IMPRT", "CROWDFLD"])
def test_a_flag_that_is_neither_true_nor_false_is_rejected(column, word):
    answer = one(**{column: word})
    assert answer.rejected[["column", "reason", "value"]].to_numpy().tolist() == [[column, "not a flag", str(word)]]
    assert answer.members.empty


@pytest.mark.parametrize("exposure_type", ["MIR_IMAGE", "MIR_LRS-FIXEDSLIT", "MIR_DARK"])
@pytest.mark.parametrize("column", ["CRVAL1", "CRVAL2", "RA_REF", "DEC_REF", "GS_RA", "GS_MAG", "TARG_DEC"])
@pytest.mark.parametrize("cell", ["inf", "-Infinity", float("inf")])
def test_a_number_that_is_not_finite_is_in_no_exposure(column, cell, exposure_type):
    table = pd.DataFrame([{**BASE, "EXP_TYPE": exposure_type}]).assign(**{column: cell})
    answer = jwst.run(table, rules=RULES)
    assert answer.exposures.empty
    assert answer.rejected[["column", "reason"]].to_numpy().tolist() == [[column, "not a number"]]


REJECTED = {
    "a word for a number": ({"GS_MAG": "bright"}, "GS_MAG", "not a number", "bright"),
    "a fraction of a count": ({"NUMDTHPT": "2.5"}, "NUMDTHPT", "not a whole number", "2.5"),
    "a count below none": ({"NUMDTHPT": "-1"}, "NUMDTHPT", "less than 0", "-1"),
    "a type on no list": ({"EXP_TYPE": "MIR_IMAG"}, "EXP_TYPE", "not on the list: one letter off MIR_IMAGE", "MIR_IMAG"),
    "no type": ({"EXP_TYPE": "N/A"}, "EXP_TYPE", "missing", ""),
    "a visit type on no list": ({"VISITYPE": "PRIME"}, "VISITYPE", "not on the list", "PRIME"),
    "an instrument on no list": ({"INSTRUME": "TFI"}, "INSTRUME", "not on the list", "TFI"),
    "no instrument": ({"INSTRUME": ""}, "INSTRUME", "missing", ""),
    "a program that is no number": ({"PROGRAM": "abc"}, "PROGRAM", "not of the form ^[0-9]{5}$", "abc"),
    "a long program": ({"PROGRAM": "123456"}, "PROGRAM", "not of the form ^[0-9]{5}$", "123456"),
    "foreign digits": ({"PROGRAM": "١٢٣٤٥"}, "PROGRAM", "not of the form ^[0-9]{5}$", "١٢٣٤٥"),
    "no program": ({"PROGRAM": "--"}, "PROGRAM", "missing", ""),
    "an observation below none": ({"OBSERVTN": "-1"}, "OBSERVTN", "not of the form ^[0-9]{3}$", "-1"),
    "a declination beyond the pole": ({"TARG_DEC": "91"}, "TARG_DEC", "outside -90..90", "91.0"),
    "a name of another program": ({"exposure": "jw01019006001_02101_00001_mirimage"}, "PROGRAM", "not what the name of the exposure says", "01018"),
    "a name of another observation": ({"exposure": "jw01018007001_02101_00001_mirimage"}, "OBSERVTN", "not what the name of the exposure says", "006"),
    "no fiducial": ({"CRVAL1": ""}, "fiducial_ra", "missing, and no S_REGION polygon either", ""),
    "a fiducial that is no number": ({"CRVAL1": "x"}, "CRVAL1", "not a number", "x"),
    "an infinite fiducial": ({"CRVAL1": "inf"}, "CRVAL1", "not a number", "inf"),
    "a fiducial beyond the circle": ({"CRVAL1": "360.5"}, "fiducial_ra", "outside 0..360", "360.5"),
    "a fiducial beyond the pole": ({"CRVAL2": "-90.5"}, "CRVAL2", "outside -90..90", "-90.5"),
    "an infinite target": ({"TARG_RA": "-Infinity"}, "TARG_RA", "not a number", "-Infinity"),
    "a number beyond all floats": ({"GS_MAG": "1E999"}, "GS_MAG", "not a number", "1E999"),
    "a reference point beyond the pole": ({"DEC_REF": "91"}, "DEC_REF", "outside -90..90", "91.0"),
    "a reference point far off the circle": ({"RA_REF": "1000"}, "RA_REF", "outside -360..720", "1000.0"),
    "an infinite count": ({"NUMDTHPT": "inf"}, "NUMDTHPT", "not a whole number", "inf"),
    "no channel": ({"EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM", "FILTER": "F200W", "DETECTOR": "NRCX"}, "CHANNEL", "missing, and does not follow from DETECTOR", ""),
    "a channel that is none": ({"EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM", "FILTER": "F200W", "DETECTOR": "NRCA1", "CHANNEL": "MEDIUM"}, "CHANNEL", "no pixel scale for this channel", "MEDIUM"),
    "a region that is no polygon": ({"CRVAL1": "", "S_REGION": "CIRCLE ICRS 1 2 3"}, "S_REGION", "no polygon on the sky", "CIRCLE ICRS 1 2 3"),
    "MRS without a channel": ({"EXP_TYPE": "MIR_MRS", "DETECTOR": "MIRIMAGE"}, "CHANNEL", "missing, and does not follow from DETECTOR", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def rejects() -> jwst.Answer:
    """All bad cells in one run, each a row of its own."""
    rows = [{**BASE, "exposure": f"e{i:02d}", **cells} for i, (cells, *_) in enumerate(REJECTED.values())]
    return jwst.run(pd.DataFrame(rows, dtype="str"), rules=RULES)


@pytest.mark.parametrize(
    ("i", "case"), [pytest.param(i, case, id=name) for i, (name, case) in enumerate(REJECTED.items())]
)
def test_a_bad_cell_rejects_its_row_with_column_and_value(rejects, i, case):
    cells, column, reason, value = case
    told = rejects.rejected[rejects.rejected["what"] == cells.get("exposure", f"e{i:02d}")]
    assert told[["column", "reason", "value"]].to_numpy().tolist() == [[column, reason, value]]
    assert rejects.members.empty
    assert rejects.products.empty
    count = len(REJECTED)
    assert rejects.ledger["exposures"] == {
        "in": count,
        "products": 0,
        "left_out": 0,
        "rejected": count,
        "duplicates": 0,
    }


ACCEPTED = {
    "the other pair": {"CRVAL1": "", "RA_REF": "80.4", "DEC_REF": "-69.4"},
    "half a pair": {"CRVAL2": "", "RA_REF": "80.4", "DEC_REF": "-69.4"},
    "a polygon": {"CRVAL1": "", "S_REGION": "POLYGON ICRS 79.5 -70.5 81.5 -70.5 81.5 -68.5 79.5 -68.5"},
    "a target beyond the circle": {"TARG_RA": "360.001", "CRVAL1": "0.002"},
    "a word no table knows": {"SUBARRAY": "SUB999NEW"},
    "no channel where none is asked": {"DETECTOR": ""},
    "lower-case words": {"EXP_TYPE": "mir_image", "INSTRUME": "miri", "FILTER": "f770w"},
    "spaces around words": {"EXP_TYPE": " MIR_IMAGE ", "PROGRAM": " 1018", "CRVAL1": " 80 "},
}  # fmt: skip


@pytest.fixture(scope="module")
def accepted() -> jwst.Answer:
    """All cells that do no harm in one run, each a row and a program of its own."""
    rows = [
        {**BASE, "exposure": f"e{i:02d}", "PROGRAM": str(2000 + i), **cells}
        for i, cells in enumerate(ACCEPTED.values())
    ]
    return jwst.run(pd.DataFrame(rows), rules=RULES)


@pytest.mark.parametrize(
    ("i", "cells"), [pytest.param(i, cells, id=name) for i, (name, cells) in enumerate(ACCEPTED.items())]
)
def test_what_need_not_be_there_does_no_harm(accepted, i, cells):
    assert accepted.rejected.empty
    (product,) = accepted.members.loc[accepted.members["exposure"] == f"e{i:02d}", "product"]
    program = int(cells.get("PROGRAM", 2000 + i))
    assert product.startswith(f"jw{program:05d}-o006_t1_miri_f770w")


def test_an_exposure_that_makes_no_product_needs_no_fiducial():
    answer = one(EXP_TYPE="MIR_DARKIMG", CRVAL1="")
    assert answer.rejected.empty
    assert answer.members["rule"].str.startswith("exposure_types.csv:").all()


NAMES = {
    "exposure before dname": ({"exposure": "a", "dname": "b"}, "a"),
    "dname before Dataset": ({"dname": "b", "Dataset": "c"}, "b"),
    "a file name": ({"filename": "jw01018006001_02101_00001_mirimage_uncal.fits"}, "jw01018006001_02101_00001_mirimage"),
    "a segment": ({"filename": "jw01018006001_02101_00001-seg001_mirimage_uncal.fits.gz"}, "jw01018006001_02101_00001-seg001_mirimage"),
    "the number of an exposure is no name": ({"exposure": "3", "filename": "x_cal.fits"}, "x"),
    "unless nothing else is": ({"exposure": "3"}, "3"),
    "a missing cell gives way": ({"exposure": "N/A", "index": "b"}, "b"),
    "a whole number": ({"index": 7}, "7"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "name"), NAMES.values(), ids=NAMES)
def test_the_name_of_an_exposure(cells, name):
    row = {**{k: v for k, v in BASE.items() if k != "exposure"}, **cells}
    assert jwst.run(pd.DataFrame([row])).exposures["exposure"].tolist() == [name]


def test_a_text_index_names_exposures_and_a_plain_one_does_not():
    frame = pd.DataFrame([BASE]).drop(columns="exposure")
    assert jwst.run(frame.set_axis(["e9"])).exposures["exposure"].tolist() == ["e9"]
    with pytest.raises(
        SourceError, match="no column names the exposure: none of exposure, dname, Dataset, index, filename"
    ):
        jwst.run(frame)


def test_a_row_without_a_name_is_rejected_by_its_place():
    answer = jwst.run(pd.DataFrame([BASE, {**BASE, "exposure": ""}]))
    assert answer.rejected[["what", "column", "reason"]].to_numpy().tolist() == [["row 2", "exposure", "missing"]]
    assert answer.ledger["exposures"] == {"in": 2, "products": 1, "left_out": 0, "rejected": 1, "duplicates": 0}


@pytest.mark.parametrize("column", ["EXP_TYPE", "PROGRAM", "OBSERVTN", "INSTRUME"])
def test_a_column_that_must_be_there(column):
    with pytest.raises(SourceError, match=f"the table has no column {column}"):
        jwst.run(pd.DataFrame([BASE]).drop(columns=column))


def test_two_spellings_of_one_column_are_refused():
    with pytest.raises(SourceError, match="more than one column FILTER, whatever its case"):
        jwst.run(pd.DataFrame([{**BASE, "filter": "F560W"}]))


def test_an_empty_table_gives_empty_frames():
    answer = jwst.run(pd.DataFrame([BASE]).head(0))
    assert answer.products.empty
    assert answer.ledger["exposures"]["in"] == 0
    assert list(answer.features["image"].columns) == list(one().features["image"].columns)


@pytest.mark.parametrize("column", ["FILTER", "DETECTOR", "SUBARRAY", "TARGNAME"])
def test_a_line_break_in_a_cell_ends_nothing(column):
    answer = one(**{column: "F770W\nX"})
    assert sum(answer.ledger["exposures"][fate] for fate in ("products", "rejected")) == 1


def test_whole_numbers_may_be_written_with_a_point():
    told = one(PROGRAM="1018.0", OBSERVTN="6.0", TSOVISIT="1.0", CHANNEL="12.0", EXP_TYPE="MIR_MRS", NUMDTHPT="4.0")
    assert told.rejected.empty
    assert told.members[["product", "group"]].to_numpy().tolist() == [["jw01018-o006_t1_miri_f770w-ch1", "tac"]]
    assert told.features["tac"][["channel", "numdthpt"]].to_numpy().tolist() == [[1, 4]]


def test_other_columns_may_be_there_twice():
    frame = pd.concat([pd.DataFrame([BASE]), pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [2]})], axis=1)
    assert len(jwst.run(frame).members) == 1


def test_a_text_index_names_before_the_number_of_an_exposure():
    frame = pd.DataFrame([{**BASE, "exposure": "1"}]).set_axis(["jw01018006001_02101_00001_mirimage_cal.fits"])
    assert jwst.run(frame).members["exposure"].tolist() == ["jw01018006001_02101_00001_mirimage"]


def test_the_example_is_two_exposures_of_one_image():
    table = jwst.example(RULES)
    given = {
        "PROGRAM": "1018", "OBSERVTN": "6", "EXP_TYPE": "NIS_IMAGE", "INSTRUME": "NIRISS", "DETECTOR": "NIS",
        "VISITYPE": "PRIME_TARGETED_FIXED", "TSOVISIT": "f", "FILTER": "CLEAR", "PUPIL": "F200W", "SUBARRAY": "FULL",
        "TARG_RA": 80.4875, "TARG_DEC": -69.4975, "CRVAL2": -69.4975,
    }  # fmt: skip
    assert table[list(given)].to_dict("records") == [given, given]
    assert table["CRVAL1"].tolist() == [80.4875, 80.4885]
    assert table["exposure"].tolist() == ["jw01018006001_02101_00001_nis", "jw01018006001_02101_00002_nis"]
    blank = table.drop(columns=[*given, "CRVAL1", "exposure"])
    assert (blank == "").all(axis=None)


@pytest.mark.parametrize(
    ("band", "pupil", "expected"),
    [
        ("NC.F150W2.F164N", "F164N", ("NC.F150W2.F164N", "F150W2", "F150W2.F164N", "NC", "second")),
        ("NC.F150W2.F164N", "F150W2", ("NC.F150W2.F164N", "F150W2", "F150W2.F164N", "NC", "none")),
        ("XX.F200W", "F200W", ("XX.F200W", "F200W", "F200W", "other", "first")),
        ("F200W", "CLEAR", ("F200W", "", "", "none", "none")),
        (None, None, ("", "", "", "none", "none")),
    ],
)
def test_a_band_is_taken_apart_and_says_where_the_pupil_is(band, pupil, expected):
    pupil = "".join(pupil) if pupil else pupil  # equal to a part of the band, not the same object
    assert _read_band(band, pupil, {"NC"}) == expected
