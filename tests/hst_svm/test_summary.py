"""Summaries: what stands in for QA that did not run."""

import numpy as np
import pandas as pd
import pytest

from scrub import hst_svm
from scrub.files.table_files import SourceError
from tests import hst

SUMMARY = pd.DataFrame(
    {
        "proposal": [12286, 12286, 12287, None, 12289, 12290],
        "visit": ["IBL738", "ibl739", "../x40", "ibl741", "ibl742", "ibl743"],
        "config": ["WFC3/IR", "ACS/WFC", "WFC3/IR", "WFC3/IR", "WFC3", "WFC3/UVIS"],
        "n_exposures": [2, 4, 1, 1, 1, 6],
        "target": ["ANY", "M-1", "M-2", "M-3", "M-4", "M-5"],
    }
)
FIRST, SECOND, LAST = (
    "hst_12286_38_wfc3_ir_total_ibl738",
    "hst_12286_39_acs_wfc_total_ibl739",
    "hst_12290_43_wfc3_uvis_total_ibl743",
)
SOLVED = {"RMS_RA": 1.5, "RMS_DEC": 2.5, "NMATCHES": 3, "WCSTYPE": "fit a priori solution"}


@pytest.fixture
def visits(tmp_path):
    SUMMARY.to_csv(tmp_path / "single_visit_mosaics_2021.csv")
    hst.image(tmp_path / "ibl738" / f"{FIRST}_drz.fits", primary={"RA_TARG": 262.5, "DEC_TARG": 52.25}, **SOLVED)
    hst.image(tmp_path / "ibl739" / f"{SECOND}_drc.fits", **SOLVED)
    hst.image(tmp_path / "ibl739" / f"{SECOND}_drz.fits", **SOLVED)
    flags = {"ID": [1, 2, 3], "Flags_a": [0, 6, 5], "Flags_b": [9, 0, 5]}
    hst.catalog(tmp_path / f"{FIRST}_point-cat.ecsv", flags)
    hst.catalog(tmp_path / "ibl738" / f"{FIRST}_segment-cat.ecsv", {"ID": [1, 2]})
    hst.catalog(tmp_path / "ref_cat.ecsv", {"RA": [1.0, 2.0, 3.0, 4.0]})
    (tmp_path / "ibl743").mkdir()
    (tmp_path / "ibl743" / f"{LAST}_point-cat.ecsv").write_text("not ECSV")
    return tmp_path


def test_a_summary_with_its_images_and_catalogs(visits):
    answer = hst_svm.run(visits, classify=lambda asked: pd.Series(["ISM"] * len(asked)))
    assert answer.raw.index.tolist() == [FIRST, SECOND]
    first, second = answer.raw.to_dict("records")
    assert (first["imgname"], first["ra_targ"], first["dec_targ"]) == (f"{FIRST}_drz.fits", 262.5, 52.25)
    assert (first["point"], first["segment"], first["gaia"]) == (1, 2, 4)
    assert (first["dataset"], first["numexp"], first["targname"]) == ("ibl738", 2, "ANY")
    assert second["imgname"] == f"{SECOND}_drc.fits"
    assert np.isnan(second["ra_targ"])
    assert (second["point"], second["segment"], second["gaia"]) == (0, 0, 4)
    told = {(row["column"], row["reason"]) for row in answer.rejected.to_dict("records")}
    assert told == {
        ("visit", "a path that leaves its folder"),
        ("proposal", "missing"),
        ("config", "not of the form instrument/detector"),
        ("point", "a catalog that cannot be read"),
    }
    assert answer.ledger["datasets"] == {"in": 6, "features": 2, "rejected": 4, "duplicates": 0}


def test_a_summary_of_a_visit_without_an_image(visits):
    SUMMARY.iloc[[0]].assign(visit="ibl750").to_csv(visits / "single_visit_mosaics_2021.csv")
    answer = hst_svm.run(visits, classify=lambda asked: pd.Series(["ISM"] * len(asked)))
    assert answer.rejected[["column", "reason"]].to_numpy().tolist() == [["imgname", "missing"]]


def test_of_several_summaries_one_is_chosen(visits):
    SUMMARY.iloc[:1].to_csv(visits / "single_visit_mosaics_2022.csv")
    with pytest.raises(
        SourceError, match=r"choose one: single_visit_mosaics_2021\.csv, single_visit_mosaics_2022\.csv"
    ):
        hst_svm.run(visits)
    chosen = visits / "single_visit_mosaics_2022.csv"
    assert hst_svm.run(chosen, classify=lambda asked: pd.Series([None])).features["cat"].tolist() == [3]


def test_a_folder_with_nothing_and_a_summary_with_too_little(tmp_path):
    with pytest.raises(SourceError, match="no files named"):
        hst_svm.run(tmp_path)
    with pytest.raises(SourceError, match="no such folder or file"):
        hst_svm.run(tmp_path / "none")
    SUMMARY.drop(columns=["config", "target"]).to_csv(tmp_path / "single_visit_mosaics.csv")
    with pytest.raises(SourceError, match="the summary has no column config, target"):
        hst_svm.run(tmp_path)
