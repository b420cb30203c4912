"""Columns are taken at their word: a name with a blank or in another case is mended, one in doubt is refused by name."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.files.table_files import SourceError, read_table
from tests import hst
from tests.strategies import DMS, RULES

SAMPLE = read_table(samples.TABLE).good
READ = [keyword for keyword in RULES.lists["keyword"] if keyword in SAMPLE]


def rename(frame: pd.DataFrame, old: str, new: str) -> pd.DataFrame:
    return frame.set_axis([new if column == old else column for column in frame.columns], axis=1)


@pytest.fixture(scope="module")
def clean() -> jwst.Answer:
    return jwst.run(SAMPLE, rules=RULES)


@pytest.mark.parametrize("write", [str.lower, str.title, "{} ".format, " {}".format, "\t{}\xa0".format])
def test_case_and_blanks_change_no_answer(clean, write):
    answer = jwst.run(SAMPLE.rename(columns=write), rules=RULES)
    pd.testing.assert_frame_equal(answer.products, clean.products)
    assert answer.ledger == clean.ledger


@st.composite
def misspelt(draw) -> tuple[str, str]:
    """A keyword, and a name one letter from it that no header has."""
    keyword = draw(st.sampled_from(READ))
    at = draw(st.integers(0, len(keyword) - 1))
    kind = draw(st.sampled_from(["drop", "change", "add", "swap"]))
    if kind == "drop":
        return keyword, keyword[:at] + keyword[at + 1 :]
    if kind == "swap" and keyword[at : at + 2] != keyword[at : at + 2][::-1]:
        return keyword, keyword[:at] + keyword[at : at + 2][::-1] + keyword[at + 2 :]
    return keyword, keyword[:at] + "%" + keyword[at + (kind == "change") :]


@given(misspelt())
def test_a_keyword_one_letter_off_is_refused_with_the_wanted_spelling(pair):
    keyword, wrong = pair
    with pytest.raises(
        SourceError, match=f"is one letter from {keyword}, which is not there: rename it, or take it out"
    ):
        jwst.run(rename(SAMPLE, keyword, wrong), rules=RULES)


@given(st.sampled_from(READ), st.sampled_from(["{}", "{} ", "{}.1"]), st.booleans())
def test_a_second_column_of_one_name_is_refused(keyword, form, lower):
    name = form.format(keyword.lower() if lower else keyword)
    twice = pd.concat([SAMPLE, SAMPLE[[keyword]].set_axis([name], axis=1)], axis=1)
    with pytest.raises(SourceError, match=f"more than one column {keyword}, whatever its case"):
        jwst.run(twice, rules=RULES)


@given(st.sampled_from(READ))
def test_a_second_column_without_a_first_is_refused(keyword):
    with pytest.raises(SourceError, match=f"the column '{keyword}.1' is a second {keyword}, and the first is not"):
        jwst.run(rename(SAMPLE, keyword, f"{keyword}.1"), rules=RULES)


def test_a_second_column_of_calibration_or_mosaics_without_a_first_is_refused():
    frame = pd.DataFrame([{**hst.CAL["j8zs05020"], "ipst": "j8zs05020"}])
    with pytest.raises(SourceError, match="the column 'DRIZCORR.1' is a second DRIZCORR, and the first is not there"):
        hst_cal.run(rename(frame, "DRIZCORR", "DRIZCORR.1"))
    for column in ("header.TARGNAME", "wcstype", "rms_ra"):
        with pytest.raises(SourceError, match=f"the column '{column}.1' is a second {column}, and the first is not"):
            hst_svm.run(rename(hst.table(2), column, f"{column}.1"))


def test_names_that_archives_use_are_no_misspellings():
    others = ["TARGURA", "TARGUDEC", "gs_ura", "GS_UDEC", "GS_UMAG", "CRVAL3", "XPOSURE", "name", "obsid", "title"]
    table = SAMPLE.drop(columns=["GS_RA", "GS_DEC", "GS_MAG"]).assign(**dict.fromkeys(others, "x"))
    assert len(jwst.run(table, rules=RULES).exposures) == len(SAMPLE)
    assert len(jwst.run(table, rules=DMS).exposures) == len(SAMPLE)


def test_no_table_at_hand_is_refused(shared):
    tables = [*sorted((shared / "jwst_pools" / "headers").glob("*.csv")), shared / "flight" / "mast_sample.csv"]
    for path in [*tables, shared / "spacekit_golden" / "jwst300" / "input.csv"]:
        for rules in (RULES, DMS):
            assert len(jwst.load(rules, path).headers), path


def test_no_keyword_of_the_official_schema_is_refused(shared):
    keywords = pd.read_csv(shared / "jwst_keyword_values.csv")["keyword"].unique()
    others = [keyword for keyword in keywords if keyword not in SAMPLE]
    assert len(jwst.load(RULES, SAMPLE.assign(**dict.fromkeys(others, ""))).headers) == len(SAMPLE)


@pytest.mark.parametrize("wrong", ["DETECTR", "detectors", "DETECTOR.1"])
def test_an_input_of_calibration_one_letter_off_is_refused(wrong):
    frame = pd.DataFrame([{**hst.CAL["j8zs05020"], "ipst": "j8zs05020"}])
    with pytest.raises(SourceError, match="DETECTOR"):
        hst_cal.run(rename(frame, "DETECTOR", wrong))


def test_a_keyword_of_a_feature_file_one_letter_off_rejects_the_file(tmp_path):
    hst.feature_files(tmp_path)
    file = tmp_path / "j8zs05020" / "j8zs05020_MemModelFeatures.txt"
    text = file.read_text()
    reasons = {
        "DETECTR=": "the column 'DETECTR' is one letter from DETECTOR, which is not there: rename it, or take it out",
        "CAMERA=": "no keyword DETECTOR",
        "n_files=2\nDETECTOR=": "line 7 has n_files again",
        "N_FILES =2\nDETECTOR=": "more than one column n_files, whatever its case: take out all but one",
    }
    for line, reason in reasons.items():
        file.write_text(text.replace("DETECTOR=", line))
        answer = hst_cal.run(tmp_path)
        assert answer.features.index.tolist() == ["la8mffg5q"]
        assert answer.rejected["reason"].tolist() == [f"cannot be read: {reason}"]
    file.write_text(text.replace("DETECTOR=", " detector ="))
    assert len(hst_cal.run(tmp_path).features) == 2


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("Number_of_GAIA_sources.Number_of_GAIA_sources", "Number_of_GAIA_sources.Number_of_GAIA_source"),
        ("wcstype", "wcstpye"), ("category", "categor"), ("rms_ra", "rms_ra_"), ("header.NUMEXP", "header.NUMEX"),
    ],
)  # fmt: skip
def test_a_column_of_mosaics_one_letter_off_is_refused(column, wrong):
    with pytest.raises(SourceError, match="is one letter from"):
        hst_svm.run(rename(hst.table(2), column, wrong))


def test_columns_of_mosaics_may_have_blanks_and_not_stand_twice():
    frame = hst.table(2)
    hst.same(hst_svm.run(frame.rename(columns=lambda name: f" {name} ")), frame)
    for second in ("header.TARGNAME.1", "header.TARGNAME ", "HEADER.targname"):
        twice = pd.concat([frame, frame[["header.TARGNAME"]].set_axis([second], axis=1)], axis=1)
        with pytest.raises(SourceError, match="targname may be any of the columns"):
            hst_svm.run(twice)
