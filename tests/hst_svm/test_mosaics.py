"""Mosaics: the columns of a table, whatever it calls them, and the cells that are rejected."""

import pandas as pd
import pytest

from scrub import hst_svm
from scrub.files.table_files import SourceError
from tests import hst


def test_a_gaia_column_that_is_nowhere_is_0_with_a_warning():
    table = hst.table(3).drop(columns="Number_of_GAIA_sources.Number_of_GAIA_sources")
    with pytest.warns(UserWarning, match="no column number_of_gaia_sources: 0 stands for it"):
        answer = hst_svm.run(table)
    assert answer.features["gaia"].tolist() == [0, 0, 0]


def test_columns_that_must_be_there_are_all_named():
    lacking = hst.table(1).drop(columns=["header.TARGNAME", "number_of_sources.point"])
    with pytest.raises(SourceError, match="the table has no column targname, point"):
        hst_svm.run(lacking)
    with pytest.raises(SourceError, match="rms_ra, rms_dec, nmatches, wcstype: name the folder of FITS files"):
        hst_svm.run(hst.bare(hst.table(1)))


def test_of_two_columns_of_one_name_the_one_in_its_block_counts():
    table = hst.table(2).assign(**{"header.DETECTOR": "x", "other.point": 3})
    assert hst_svm.run(table).features["point"].tolist() == [0, 10]
    with pytest.raises(SourceError, match=r"point may be any of the columns a\.point, b\.point"):
        hst_svm.run(hst.table(2).rename(columns={"number_of_sources.point": "a.point"}).assign(**{"b.point": 1}))


@pytest.mark.parametrize(
    ("cells", "stage", "column", "reason"),
    [
        ({"index": "hst_12286_38_wfc3"}, "mosaics", "index", "not of the form hst_proposal_visit_instrument_detector"),
        ({"index": "jwst_1_38_wfc3_ir_total_x"}, "mosaics", "index", "not of the form"),
        ({"header.NUMEXP": "2.5"}, "mosaics", "numexp", "not a whole number"),
        ({"header.RA_TARG": "here"}, "mosaics", "ra_targ", "not a number"),
        ({"header.RA_TARG": "361"}, "mosaics", "ra_targ", "outside 0..360"),
        ({"header.TARGNAME": "N/A"}, "mosaics", "targname", "missing"),
        ({"label": "2"}, "mosaics", "label", "not on the list"),
        ({"category": "WEIRD;X"}, "features", "cat", "no code for this word"),
        ({"wcstype": "by hand"}, "features", "wcs", "no code for this word"),
        ({"index": hst.index(1, "nicmos")}, "features", "det", "no code for this word"),
    ],
)
def test_bad_cells_are_rejected_by_name(cells, stage, column, reason):
    answer = hst_svm.run(
        pd.DataFrame([hst.row(1), hst.row(2, **cells)] if "label" not in cells else [hst.row(2, **cells)])
    )
    (told,) = answer.rejected.to_dict("records")
    assert (told["stage"], told["column"]) == (f"hst_svm/{stage}", column)
    assert told["reason"].startswith(reason)


def test_a_row_without_a_name_is_told_by_its_number():
    table = hst.table(2).assign(index=[hst.index(0), None])
    assert hst_svm.run(table).rejected.iloc[0].tolist() == ["row 2", "hst_svm/qa", "missing", "index", ""]


def test_csv_parquet_and_the_raw_copy_read_back_the_same(tmp_path):
    frame = hst.table(20).assign(label=[i % 2 for i in range(20)])
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.set_index("index").rename_axis(None).to_csv(tmp_path / "b.csv")
    frame.to_parquet(tmp_path / "c.parquet")
    for name in ("a.csv", "b.csv", "c.parquet"):
        hst.same(hst_svm.run(tmp_path / name), frame)
    hst_svm.run(frame).raw.reset_index().to_csv(tmp_path / "raw.csv", index=False)
    hst.same(hst_svm.run(tmp_path / "raw.csv"), frame)
