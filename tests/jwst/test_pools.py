"""Pools of the association generator are an input: observations, targets by number, products without offsets."""

import pandas as pd
import pytest

from scrub import jwst

RULES = jwst.read_rules("jwst_dms")
SHARED = {
    "PROGRAM": "1018", "OBS_NUM": "6", "VISITYPE": "PRIME_TARGETED_FIXED", "EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM",
    "DETECTOR": "NRCA1", "CHANNEL": "SHORT", "TARGETID": "12", "FILTER": "F200W", "PUPIL": "CLEAR", "SUBARRAY": "FULL",
    "TSOVISIT": "F", "BKGDTARG": "NULL", "IS_PSF": "NULL", "ASN_CANDIDATE": "[('o006', 'OBSERVATION')]",
}  # fmt: skip
NAMES = [f"jw01018006001_02101_0000{i}_nrca1" for i in (1, 2, 3)]


def make_pool(**columns):
    """Return three exposures of one image, as a pool has them."""
    rows = [{"FILENAME": f"{name}_uncal.fits", **SHARED} for name in NAMES]
    return pd.DataFrame(rows).assign(**columns)


def test_a_pool_file_is_an_input(tmp_path):
    """The exposures are in the product that the generator makes, named by the number of their target."""
    path = tmp_path / "jw01018_20261128t120000_pool.csv"
    make_pool().to_csv(path, sep="|", index=False)
    answer = jwst.run(path, rules=RULES)
    assert answer.members["exposure"].tolist() == NAMES
    assert answer.members["product_id"].unique().tolist() == ["jw01018-o006_t012_nircam_clear-f200w"]
    assert answer.ledger["exposures"] == {
        "in": 3, "products": 3, "left_out": 0, "unknown": 0, "rejected": 0, "duplicates": 0,
    }  # fmt: skip


def test_without_positions_there_are_no_features(tmp_path):
    """No offset is made up: features are rejected, the product stays."""
    answer = jwst.run(make_pool(), rules=RULES)
    (product,) = answer.products.to_dict("records")
    assert product["NEXPOSUR"] == 3
    assert pd.isna(product["max_offset"])
    assert answer.features["image"].empty
    assert answer.rejected["reason"].tolist() == ["no offsets: an exposure of it says nowhere where it points"]
    assert answer.ledger["products"] == {"in": 1, "features": 0, "rejected": 1}


def test_the_number_tells_targets_apart():
    """Two numbers are two products, whatever else a row says of its target."""
    answer = jwst.run(make_pool(TARGETID=["1", "1", "2"], TARGNAME="ONE"), rules=RULES)
    assert answer.members["product_id"].str[13:17].tolist() == ["t001", "t001", "t002"]


def test_without_a_number_positions_are_wanted():
    """A row of a pool without TARGETID is treated as any other."""
    answer = jwst.run(make_pool(TARGETID=["1", "1", "NULL"]), rules=RULES)
    assert answer.members["exposure"].tolist() == NAMES[:2] + NAMES[2:]
    assert answer.members["lacking"].tolist()[2] == "TARGETID"


def test_one_exposure_without_position_leaves_a_product_unmeasured():
    """Offsets of part of the exposures would be those of no product."""
    place = {"CRVAL1": [80.0, 80.0, None], "CRVAL2": [-69.0, -69.0, None]}
    answer = jwst.run(make_pool(**place), rules=RULES)
    assert answer.products["max_offset"].isna().tolist() == [True]


@pytest.mark.parametrize("name", ["OBS_NUM", "obs_num"])
def test_a_keyword_of_its_own_name_comes_first(name):
    """OBS_NUM stands for OBSERVTN only where that is not there."""
    pool = make_pool().drop(columns="OBS_NUM").assign(**{name: "7", "OBSERVTN": "6"})
    assert jwst.run(pool, rules=RULES).exposures["OBSERVTN"].unique().tolist() == ["006"]


def test_jwst_needs_positions():
    """The rules of trained models know no TARGETID: nothing changes for them."""
    answer = jwst.run(make_pool(), rules="jwst")
    assert "TARGETID" not in answer.exposures
    assert answer.ledger["exposures"]["rejected"] == 3


def test_headers_of_files_have_no_such_column(tmp_path):
    """What no header has is no column of a run on files."""
    from scrub import samples

    samples.write_jwst(tmp_path)
    assert "TARGETID" not in jwst.load(RULES, tmp_path).headers
