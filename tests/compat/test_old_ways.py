"""What scripts of the older toolkit rely on: values of dictionaries, products made by hand, files, missing values."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scrub import jwst, write
from scrub.compat import HstCalScrubber, HstSvmScrubber, JwstCalScrubber, NaNdler, Scrubber
from scrub.contracts.parse import ContractError
from tests import hst

MEASURED = 48  # keywords and statistics of a measured product
KEYWORDS = 29
PARTIAL = {
    "PROGRAM": "01018", "OBSERVTN": "006", "INSTRUME": "NIRISS", "DETECTOR": "NIS", "EXP_TYPE": "NIS_IMAGE", "FILTER": "CLEAR",
    "PUPIL": "F200W", "SUBARRAY": "FULL", "VISITYPE": "PRIME_TARGETED_FIXED", "TSOVISIT": False,
}  # fmt: skip
PLACE = {"TARG_RA": 10.0, "TARG_DEC": 5.0, "RA_REF": 10.0, "DEC_REF": 5.0, "CRVAL1": 10.0, "CRVAL2": 5.0}
CORON = {
    **PARTIAL,
    "INSTRUME": "NIRCAM",
    "DETECTOR": "NRCALONG",
    "EXP_TYPE": "NRC_CORON",
    "FILTER": "F335M",
    "PUPIL": "MASKRND",
}


@pytest.fixture
def scrubber(sample):
    return JwstCalScrubber(None, data=sample, mode="df")


def test_missing_words_are_none_in_every_dictionary(scrubber):
    measured = [row for own in scrubber.input_data.values() for row in own.values()]
    cells = [cell for row in (*scrubber.exp_headers.values(), *measured) for cell in row.values()]
    assert "NONE" in cells
    assert None not in cells
    assert not any(cell is pd.NA for cell in cells)
    assert {type(cell) for cell in cells if cell != cell} <= {float, np.float64}


def test_dictionaries_hold_keywords_and_statistics_alone(scrubber):
    assert {len(row) for row in scrubber.exp_headers.values()} == {KEYWORDS}
    assert {len(row) for row in scrubber.fgspix.values()} == {KEYWORDS}
    for own in (scrubber.imgpix, scrubber.specpix, scrubber.tacpix):
        assert {len(row) for row in own.values()} == {MEASURED}
        assert {*scrubber.rules["keywords"].rows["keyword"]} & {*next(iter(own.values()))} >= {"PROGRAM", "CRVAL2"}
        assert not {"group", "product", "product_id", "S_REGION"} & {*next(iter(own.values()))}


def test_a_missing_reference_is_a_number_that_is_none(sample):
    row = sample[sample["EXP_TYPE"] == "MIR_MRS"].head(1)
    told = JwstCalScrubber(None, data=row.assign(RA_REF="", DEC_REF=""), mode="df")
    assert np.isnan(told.exp_headers[row["exposure"].iloc[0]]["RA_REF"])


def test_features_count_exposures_in_whole_numbers_and_have_no_index_name(scrubber):
    for name, products in scrubber.input_data.items():
        frame = scrubber.scrub_inputs(name)
        assert frame.index.name is None
        assert frame["nexposur"].dtype == "int64"
        assert frame["nexposur"].to_dict() == {key: row["NEXPOSUR"] for key, row in products.items()}


def test_lists_of_exposure_types_come_from_the_rules(scrubber):
    types = {row["exp_type"] for row in scrubber.rules["exposure_types"].records() if row["group"] != "none"}
    assert set(scrubber.level3_types) == types >= {"NRC_IMAGE", "MIR_WFSS", "NRS_BRIGHTOBJ"}
    assert len(scrubber.level3_types) == len(types)
    assert set(scrubber.source_based) == {"MIR_WFSS", "NRC_WFSS", "NIS_WFSS", "NRS_MSASPEC", "NRS_FIXEDSLIT"}
    assert set(scrubber.tso_ami_coron) == {
        "MIR_4QPM", "MIR_LYOT", "NRC_CORON", "NIS_AMI", "NRS_BRIGHTOBJ", "NRC_TSGRISM", "NRC_TSIMAGE",
    }  # fmt: skip
    assert scrubber.xcol_order == scrubber.xcols


def test_a_name_needs_only_the_keywords_that_are_in_it(scrubber, caplog):
    name = scrubber.make_image_product_name("jw01018006001_02101_00009_nis", PARTIAL, "t7")
    assert name == "jw01018-o006_t7_niriss_clear-f200w"
    assert scrubber.img_products[name] == {"jw01018006001_02101_00009_nis": PARTIAL}
    assert "not measured" in caplog.text
    scrubber.pixel_offsets()
    assert name not in scrubber.imgpix
    with pytest.raises(ContractError, match="PROGRAM"):
        scrubber.make_image_product_name("x", {**PARTIAL, "PROGRAM": ""}, "t7")


def test_products_made_by_hand_are_measured_and_encoded(scrubber):
    before = {name: dict(row) for name, row in scrubber.imgpix.items()}
    for number, shift in ((1, 0.0), (2, 0.01)):
        keywords = {**PARTIAL, **PLACE, "CRVAL1": 10.0 + shift, "RA_REF": 10.0 + shift}
        name = scrubber.make_image_product_name(f"jw01018006001_02101_0000{number}_nis", keywords, "t7")
    scrubber.pixel_offsets()
    assert scrubber.imgpix[name]["NEXPOSUR"] == 2
    assert scrubber.imgpix[name]["max_offset"] > 0
    assert scrubber.products[name] == scrubber.imgpix[name]
    assert {key: row for key, row in scrubber.imgpix.items() if key != name}.keys() == before.keys()
    assert scrubber.scrub_inputs("IMAGE").loc[name, "max_offset"] == scrubber.imgpix[name]["max_offset"]
    del scrubber.img_products[name]
    scrubber.pixel_offsets()
    assert name not in scrubber.imgpix


def test_a_time_series_product_has_the_name_that_is_given(scrubber):
    keywords = {**PARTIAL, "TSOVISIT": True}
    assert scrubber.make_tac_product_name("jw01018006001_02101_00001_nis", keywords, "any_name") == "any_name"
    assert list(scrubber.tac_products["any_name"]) == ["jw01018006001_02101_00001_nis"]
    own, own_name = {**CORON, **PLACE}, "jw01018-o006_t5_nircam_maskrnd-f335m"
    assert scrubber.make_tac_product_name("jw01018006001_02101_00001_nrcalong", own, own_name) == f"{own_name}-image3"
    scrubber.pixel_offsets()
    assert scrubber.tacpix[f"{own_name}-image3"]["NEXPOSUR"] == 1


def test_saving_a_column_named_as_the_index_and_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    frame = pd.DataFrame({"index": ["old"], "a": [1]}, index=["x"])
    path = Scrubber(data=frame, output_path="~/out", output_file="batch").save_csv_file()
    assert path == str(tmp_path / "out" / "batch.csv")
    assert Path(path).read_text() == "index,a\nx,1\n"
    assert frame.columns.tolist() == ["index", "a"]
    assert write.table(frame[["a"]], str(tmp_path / "t.csv")).read_text() == "a\n1\n"


def test_inputs_in_the_home_folder(tmp_path, monkeypatch, fits_folder):
    monkeypatch.setenv("HOME", str(fits_folder.parent))
    assert JwstCalScrubber(f"~/{fits_folder.name}", pfx="jw09999001").fpaths[0].startswith(str(fits_folder))
    assert HstSvmScrubber("~/x").input_path == fits_folder.parent / "x"


def test_the_case_of_three_columns_stays():
    frame = pd.DataFrame([["short", "asn", "nrc_image", "f200w"]], columns=["channel", "asn_rule", "exptype", "filter"])
    told = Scrubber(data=frame).uppercase_vals([*frame.columns])
    assert told.iloc[0].tolist() == ["short", "asn", "nrc_image", "F200W"]


def test_no_subset_without_labels(tmp_path):
    scrubber = HstSvmScrubber(tmp_path, output_path=tmp_path, make_subsamples=True)
    scrubber.df = jwst_free = hst.table(3)
    scrubber.find_subsamples()
    assert scrubber.df is jwst_free
    assert not (tmp_path / "subset.txt").exists()


def test_missing_values_are_filled_by_the_kind_of_their_column():
    frame = pd.DataFrame(
        {
            "offset": ["1.5", "NONE", None], "points": [0.0, np.nan, 4.0], "filter": ["F200W", "N/A", None],
            "tsovisit": ["T", "N/A", "F"], "dataset": ["a", None, "b"], "other": ["N/A", "x", "y"],
        }
    )  # fmt: skip
    kinds = {
        "continuous": ["offset", "absent"], "discrete": ["points"], "categorical": ["filter"], "boolean": ["tsovisit"],
        "special_bools": ["dataset"],
    }  # fmt: skip
    before = frame.copy()
    told = NaNdler(frame, kinds, allow_neg=True).apply_nandlers()
    assert told.to_dict("list") == {
        "offset": [1.5, 0.0, 0.0], "points": [0.0, -1.0, 4.0], "filter": ["F200W", "NONE", "NONE"], "tsovisit": [1, 0, 0],
        "dataset": [1, 0, 1], "other": ["N/A", "x", "y"],
    }  # fmt: skip
    pd.testing.assert_frame_equal(frame, before)
    assert NaNdler(frame, kinds).apply_nandlers()["points"].tolist() == [0.0, 0.0, 4.0]
    beside = NaNdler(frame, kinds)
    beside.boolean_nandler(replace=False)
    assert beside.df[["tsovisit", "tsovisit_enc"]].iloc[0].tolist() == ["T", 1]


def test_the_functions_and_the_bridge_encode_the_same(scrubber, sample):
    answer = jwst.run(sample)
    for name in scrubber.input_data:
        pd.testing.assert_frame_equal(
            scrubber.scrub_inputs(name), answer.features[name.lower()], check_names=False, check_dtype=False
        )


@pytest.mark.parametrize("edition", ["1", 2, "3"])
def test_an_earlier_edition_can_be_asked_for(sample, edition):
    rows = sample[sample["EXP_TYPE"].isin(["MIR_WFSS", "NIS_WFSS"])]
    told = JwstCalScrubber(None, data=rows, mode="df", edition=edition)
    answer = jwst.run(rows, edition=str(edition))
    assert set(told.products) == set(answer.products.index)
    pd.testing.assert_frame_equal(
        told.scrub_inputs("SPEC"), answer.features["spec"], check_names=False, check_dtype=False
    )
    assert any("miri" in name for name in told.products) == (str(edition) != "1")
    assert any("_s00001_" in name for name in told.products) == (str(edition) == "1")


def test_without_an_edition_it_is_the_one_that_packaged_models_saw(scrubber):
    assert scrubber.rules.edition == "3"


@pytest.mark.parametrize("kind", [Scrubber, HstCalScrubber, HstSvmScrubber, JwstCalScrubber])
def test_a_misspelt_keyword_is_a_type_error(kind, sample, tmp_path):
    inputs = {
        JwstCalScrubber: {"input_path": None, "data": sample, "mode": "df"},
        HstSvmScrubber: {"input_path": tmp_path},
    }
    with pytest.raises(TypeError, match=rf"^{kind.__name__}\(\) got an unexpected keyword argument 'editoin'$"):
        kind(**inputs.get(kind, {"output_path": tmp_path}), editoin="1")
