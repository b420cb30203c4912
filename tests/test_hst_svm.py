"""HST single-visit mosaics: whatever the input, the same rows; labels kept, nothing lost."""

import csv
import json
import pickle
import sys
import warnings
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import hst_svm
from scrub.cli import main
from scrub.contracts import contracts
from scrub.files import hdf5
from scrub.files.shipped import stays_inside
from scrub.files.table_files import SourceError
from scrub.hst_svm import mast
from scrub.hst_svm.qa import QaError, flat
from scrub.hst_svm.summary import count_sources
from scrub.tables.findings import RuleError
from tests import hst

RULES = hst_svm.read_rules()
CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "hst_svm.csv").read_text().splitlines()))
FEATURES = ["numexp", "rms_ra", "rms_dec", "nmatches", "point", "segment", "gaia", "det", "wcs", "cat"]

cells = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(["0", "1"]),
        "category": st.sampled_from([*hst.CATEGORIES, "WEIRD;X"]),
        "header.TARGNAME": st.sampled_from(["ANY", "M-1", "NONE"]),
        "number_of_sources.point": st.sampled_from(["5", "-5", "x", ""]),
        "gen_info.imgname": st.sampled_from(["../x.fits", ""]),
        "nmatches": st.sampled_from([3, float("nan")]),
    },
)
rows = st.tuples(st.integers(0, 30), st.sampled_from([*hst.DETECTORS, "xyz"]), cells)


@st.composite
def tables(draw):
    told = draw(st.lists(rows, min_size=1, max_size=6))
    labelled = draw(st.booleans())
    found = [hst.row(i, detector, **more) for i, detector, more in told]
    frame = pd.DataFrame(found).assign(index=[hst.index(i, d, f"_{n}") for n, (i, d, _) in enumerate(told)])
    return (
        frame.assign(label=[more.get("label", "1") for _, _, more in told])
        if labelled
        else frame.drop(columns="label", errors="ignore")
    )


@given(tables())
def test_any_subset_of_rows_gives_the_same_rows_and_none_is_lost(table):
    untouched = table.copy()
    answer = hst_svm.run(table)
    told = answer.ledger["datasets"]
    assert told["in"] == len(table) == told["features"] + told["rejected"]
    alone = [hst_svm.run(table.iloc[[i]]) for i in range(len(table))]
    kept = [one.features for one in alone if len(one.features)]
    if kept:
        pd.testing.assert_frame_equal(answer.features, pd.concat(kept))
    lost = pd.concat([one.rejected for one in alone], ignore_index=True)
    order = ["what", "stage", "reason", "column", "value"]
    pd.testing.assert_frame_equal(
        answer.rejected.sort_values(order, ignore_index=True), lost.sort_values(order, ignore_index=True)
    )
    pd.testing.assert_frame_equal(table, untouched)


@given(tables())
def test_labels_are_never_lost(table):
    answer = hst_svm.run(table)
    if "label" in table:
        given_ = table.set_index("index")["label"].astype(int)
        assert answer.features.columns.tolist() == [*FEATURES, "label"]
        assert answer.features["label"].tolist() == given_[answer.features.index].tolist()
        assert answer.positive == [name for name in answer.features.index if given_[name] == 1]
        assert answer.raw["label"].tolist() == given_[answer.raw.index].tolist()
    else:
        assert answer.features.columns.tolist() == FEATURES
        assert answer.positive == []
    corrupted = hst_svm.run(table, crpt=True)
    assert corrupted.positive == corrupted.features.index.tolist() == answer.features.index.tolist()
    assert corrupted.subset == []


@given(tables(), st.integers(0, 2**32 - 1))
def test_a_subset_repeats_with_its_seed_and_covers_each_detector_and_category_once(table, seed):
    answer = hst_svm.run(table, seed=seed)
    assert answer.subset == hst_svm.subset(answer.features, seed=seed)
    aligned = answer.features
    if "label" in aligned:
        aligned = aligned[aligned["label"] == 0]
    drawn = aligned.loc[answer.subset, ["det", "cat"]]
    assert not drawn.duplicated().any()
    assert drawn.to_numpy().tolist() == aligned[["det", "cat"]].drop_duplicates().to_numpy().tolist()


def test_301_rows_of_which_3_lack_the_gaia_count():
    table = hst.table(301)
    gaia = "Number_of_GAIA_sources.Number_of_GAIA_sources"
    table[gaia] = table[gaia].astype("object")
    table.loc[[5, 100, 300], gaia] = [None, "NaN", ""]
    answer = hst_svm.run(table)
    assert len(answer.features) == 298
    assert answer.rejected["column"].tolist() == ["number_of_gaia_sources"] * 3
    assert answer.rejected["reason"].tolist() == ["missing"] * 3
    assert answer.rejected["what"].tolist() == table["index"].iloc[[5, 100, 300]].tolist()
    assert answer.ledger["datasets"] == {"in": 301, "features": 298, "rejected": 3}


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


@pytest.mark.parametrize("category", [float("nan"), None, "", "None", "NaN", "UNIDENTIFIED", "UNIDENTIFIED;FIELD"])
def test_a_missing_category_is_unidentified(category):
    answer = hst_svm.run(pd.DataFrame([hst.row(1, category=category), hst.row(2, category="GALAXY")]))
    assert answer.features["cat"].tolist() == [3, 7]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["what"]) for case in CASES])
def test_cases(case):
    told = {name: case[name] for name in ("category", "wcstype") if case[name]}
    answer = hst_svm.run(pd.DataFrame([hst.row(1, case["detector"] or "ir", **told)]))
    if case["answer"] == "reject":
        assert answer.rejected["column"].tolist() == [case["feature"]]
    else:
        assert str(answer.features.iloc[0][case["feature"]].astype(int)) == case["answer"]


def test_hdf5_as_pandas_writes_it(tmp_path):
    pytest.importorskip("tables")
    frame = hst.table(5).set_index("index").rename_axis(None)
    with warnings.catch_warnings(action="ignore"):
        frame.to_hdf(tmp_path / "good.h5", key="mydata", format="table", data_columns=True)
        frame.to_hdf(tmp_path / "packed.h5", key="mydata", format="table")
        frame.to_hdf(tmp_path / "fixed.h5", key="mydata", format="fixed")
    same(hst_svm.run(tmp_path / "good.h5"), hst.table(5))
    for name in ("packed", "fixed"):
        with pytest.raises(SourceError, match="pickles are never read"):
            hst_svm.run(tmp_path / f"{name}.h5")


def test_a_row_without_a_name_is_told_by_its_number():
    table = hst.table(2).assign(index=[hst.index(0), None])
    assert hst_svm.run(table).rejected.iloc[0].tolist() == ["row 2", "hst_svm/qa", "missing", "index", ""]


def test_a_step_called_alone_raises():
    good = hst_svm.mosaics(RULES, hst_svm.from_table(RULES, hst.table(2)).good)
    with pytest.raises(contracts.ContractError, match="column rms_ra: no such column"):
        hst_svm.alignments(RULES, good.drop(columns="rms_ra"))
    with pytest.raises(contracts.ContractError, match="column category: no such column"):
        hst_svm.targets(RULES, hst_svm.alignments(RULES, good.drop(columns="category")))
    with pytest.raises(RuleError):
        hst_svm.read_rules(edition=9)


# files


def same(answer, frame):
    pd.testing.assert_frame_equal(answer.features, hst_svm.run(frame).features)


def test_csv_parquet_and_the_raw_copy_read_back_the_same(tmp_path):
    frame = hst.table(20).assign(label=[i % 2 for i in range(20)])
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.set_index("index").rename_axis(None).to_csv(tmp_path / "b.csv")
    frame.to_parquet(tmp_path / "c.parquet")
    for name in ("a.csv", "b.csv", "c.parquet"):
        same(hst_svm.run(tmp_path / name), frame)
    hst_svm.run(frame).raw.reset_index().to_csv(tmp_path / "raw.csv", index=False)
    same(hst_svm.run(tmp_path / "raw.csv"), frame)


def test_images_are_read_by_data_set_and_name(tmp_path):
    frame = hst.table(6)
    hst.images(tmp_path, frame)
    same(hst_svm.run(hst.bare(frame), fits=tmp_path, classify=hst_svm.classes(RULES, classes(frame))), frame)
    same(hst_svm.run(frame.assign(rms_ra="stale"), fits=tmp_path), frame)


def classes(frame):
    return frame[["header.TARGNAME", "category"]].rename(columns={"header.TARGNAME": "TargName"})


@pytest.mark.parametrize("path", ["../x.fits", "/etc/passwd", "a/../../x.fits", "C:\\x.fits", "..\\x.fits", "a\0b"])
def test_no_path_from_data_leaves_its_folder(tmp_path, path):
    assert not stays_inside(path)
    hst.image(tmp_path / "x.fits")
    answer = hst_svm.run(pd.DataFrame([hst.row(1, **{"gen_info.imgname": path})]), fits=tmp_path / "in")
    assert answer.rejected["reason"].tolist() == ["a path that leaves its folder"]


def test_images_that_say_nothing_reject_their_row(tmp_path):
    frame = hst.table(6)
    hst.images(tmp_path, frame.iloc[:1])
    names = [tmp_path / f"i{i:05d}" / name for i, name in enumerate(frame["gen_info.imgname"])]
    hst.image(names[1], RMS_RA=1.0, RMS_DEC=1.0, NMATCHES=2)
    hst.image(names[2], RMS_RA="wide", RMS_DEC=1.0, NMATCHES=2, WCSTYPE="a b c")
    names[3].parent.mkdir()
    names[3].write_bytes(b"not a FITS file")
    hst.image(names[4], RMS_RA=1.0, RMS_DEC=1.0, NMATCHES=2, WCSTYPE="one")
    answer = hst_svm.run(frame, fits=tmp_path)
    told = answer.rejected.set_index("what")[["column", "reason"]].agg(": ".join, axis=1).to_dict()
    assert told == dict(
        zip(
            frame["index"][1:],
            [
                "wcstype: missing",
                "rms_ra: not a number",
                "imgname: not a FITS file",
                "wcstype: missing",
                "imgname: no such file",
            ],
            strict=True,
        )
    )
    assert answer.features.index.tolist() == [frame["index"][0]]


def test_qa_files_give_the_same_rows_as_the_table(tmp_path):
    frame = hst.table(8)
    hst.qa_files(tmp_path / "one", frame.iloc[:4])
    hst.qa_files(tmp_path / "two", frame.iloc[4:])
    hst.images(tmp_path, frame)
    shown = []

    def track(steps, *, total, desc):
        shown.append((desc, total))
        return steps

    answer = hst_svm.run(tmp_path, classify=hst_svm.classes(RULES, classes(frame)), track=track)
    same(answer, frame)
    assert answer.ledger["files"] == {"found": 16, "read": 16, "unreadable": 0}
    assert ("files", 16) in shown


def test_qa_files_that_are_none_and_that_disagree(tmp_path):
    frame = hst.table(3)
    hst.qa_files(tmp_path, frame)
    hst.images(tmp_path, frame)
    broken = {
        "a": "{broken",
        "b": "[1]",
        "c": '{"header": 3}',
        "d": "{}",
        "e": "[" * 100_000,
        "f": '{"general information": {"dataframe_index": 5}}',
    }
    for name, text in broken.items():
        (tmp_path / f"{name}_total_x_svm_1.json").write_text(text)
    odd = json.loads((tmp_path / f"{frame['index'][1]}_svm_0.json").read_text())
    odd["header"]["NUMEXP"] = 99
    (tmp_path / f"{frame['index'][1]}_svm_9.json").write_text(json.dumps(odd))
    answer = hst_svm.run(tmp_path, classify=hst_svm.classes(RULES, classes(frame)))
    assert answer.features.index.tolist() == [frame["index"][0], frame["index"][2]]
    assert answer.ledger["files"] == {"found": 13, "read": 7, "unreadable": 6}
    assert answer.ledger["datasets"] == {"in": 3, "features": 2, "rejected": 1}
    (told,) = answer.rejected.query("stage != 'files'").to_dict("records")
    assert (told["reason"], told["column"]) == ("files of one data set disagree", "header.NUMEXP")


def test_qa_files_of_which_none_can_be_read(tmp_path):
    (tmp_path / "a_total_x_svm_1.json").write_text("{")
    answer = hst_svm.run(tmp_path, classify=lambda asked: pd.Series([], dtype="str"))
    assert answer.ledger["files"] == {"found": 1, "read": 0, "unreadable": 1}
    assert answer.features.empty


def test_everything_in_qa_files_is_kept_on_request(tmp_path):
    name = hst.index(1)
    content = {
        "header": {"FOO": 1, "NOT": float("nan")},
        "general information": {"dataframe_index": name},
        "data": {
            "a table": {"dtype": {}, "unit": {}, "data": {"x y": [1, 2]}},
            "bare": 3,
            "without data": {"dtype": "int", "n": {"deep": 4}},
        },
    }
    files = [tmp_path / f"{name}_{end}-cat_svm_compare_sourcelists.json" for end in ("point", "segment")]
    for file in files:
        file.write_text(json.dumps(content))
    (row,) = hst_svm.read_qa(RULES, files, tmp_path, everything=True).good.to_dict("records")
    assert row["hap_vs_hla_point_a_table.x_y"] == row["hap_vs_hla_segment_a_table.x_y"] == [1, 2]
    assert row["hap_vs_hla_point_bare"] == 3
    assert row["hap_vs_hla_point_without_data.n.deep"] == 4
    assert row["header.FOO"] == 1
    assert hst_svm.read_qa(RULES, files, tmp_path).good.columns.tolist() == ["index"]
    with pytest.raises(QaError):
        flat(RULES, [])


def test_hdf5_tables(tmp_path):
    pytest.importorskip("h5py")
    import h5py

    frame = hst.table(7)
    records = frame.to_records(index=False, column_dtypes=dict.fromkeys(frame.select_dtypes("str"), "S80"))
    with h5py.File(tmp_path / "fields.h5", "w") as file:
        file["mydata/table"] = np.asarray(records)
    with h5py.File(tmp_path / "columns.hdf5", "w") as file:
        for name in frame:
            file[f"qa/{name}"] = (
                frame[name].astype("object").tolist() if frame[name].dtype == "str" else frame[name].to_numpy()
            )
    for name in ("fields.h5", "columns.hdf5"):
        same(hst_svm.run(tmp_path / name), frame)
    assert hdf5.read_table(tmp_path / "fields.h5")["wcstype"].tolist() == frame["wcstype"].tolist()


def test_hdf5_objects_are_refused_and_never_unpickled(tmp_path):
    h5py = pytest.importorskip("h5py")

    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "exploded"), "w"))

    vlen = h5py.vlen_dtype(np.dtype("uint8"))
    with h5py.File(tmp_path / "objects.h5", "w") as file:
        data = file.create_dataset("k/block0_values", (1,), dtype=vlen)
        data[0] = np.frombuffer(pickle.dumps(Bomb()), dtype="uint8")
        data.attrs["index"] = np.void(pickle.dumps(Bomb()))
    with h5py.File(tmp_path / "packed.h5", "w") as file:
        file["k/table"] = np.array([(b"x", [1])], dtype=[("index", "S1"), ("values_block_0", "<i8", (1,))])
    with h5py.File(tmp_path / "matrix.h5", "w") as file:
        file["k/a"] = np.zeros((2, 2))
    with h5py.File(tmp_path / "bytes.h5", "w") as file:
        file["k/table"] = np.array([(b"\xff",)], dtype=[("index", "S1")])
    for name in ("objects", "packed", "matrix"):
        with pytest.raises(SourceError, match="pickles are never read"):
            hst_svm.run(tmp_path / f"{name}.h5")
    with pytest.raises(SourceError, match="index: 'utf-8'"):
        hst_svm.run(tmp_path / "bytes.h5")
    assert not (tmp_path / "exploded").exists()
    with h5py.File(tmp_path / "two.h5", "w") as file:
        file["a/x"], file["b/x"] = [1], [2]
    with pytest.raises(SourceError, match="one table is expected, found: a, b"):
        hst_svm.run(tmp_path / "two.h5")
    with h5py.File(tmp_path / "none.h5", "w") as file:
        file.create_group("a")
        file.create_group("_i_index").create_dataset("x", data=[1])
    with pytest.raises(SourceError, match="found: none"):
        hst_svm.run(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("text")
    with pytest.raises(SourceError, match="cannot be read"):
        hst_svm.run(tmp_path / "text.h5")


def test_hdf5_needs_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "a.h5").touch()
    with pytest.raises(SourceError, match=r"pip install 'skyscrub\[hdf5\]'"):
        hst_svm.run(tmp_path / "a.h5")


# summaries

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
    assert answer.ledger["datasets"] == {"in": 6, "features": 2, "rejected": 4}


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


# classes of targets


def test_classes_from_a_table_by_name_and_by_position(tmp_path):
    frame = pd.DataFrame(
        [
            hst.row(1, **{"header.TARGNAME": "m-1"}),
            hst.row(2, **{"header.TARGNAME": "ANY"}),
            hst.row(3),
            hst.row(4, **{"header.TARGNAME": "ANY"}),
        ]
    )
    table = pd.DataFrame(
        {
            "targname": ["M-1", "ANY"],
            "category": ["GALAXY;SPIRAL", "ISM;X"],
            "proposal": ["", "10002"],
            "ra_targ": ["", "2.5"],
            "dec_targ": ["", "1.5000000001"],
        }
    )
    table.to_csv(tmp_path / "classes.csv", index=False)
    answer = hst_svm.run(frame, classify=hst_svm.classes(RULES, tmp_path / "classes.csv"))
    assert answer.raw["category"].tolist() == ["GALAXY;SPIRAL", "ISM;X", "UNIDENTIFIED", "UNIDENTIFIED"]
    twice = pd.concat([table, table.assign(category="STAR")])
    with pytest.raises(SourceError, match="two categories for name M-1"):
        hst_svm.classes(RULES, twice)
    with pytest.raises(SourceError, match="no column category"):
        hst_svm.classes(RULES, table[["targname"]])


def test_each_distinct_target_is_asked_for_once_and_all_are_answered():
    frame = pd.concat([hst.table(4)] * 3, ignore_index=True).assign(index=[hst.index(i) for i in range(12)])
    asked = []

    def classify(targets):
        asked.append(targets)
        return pd.DataFrame({"category": ["ISM", None, "STAR", "GALAXY"], "reason": ["", "", "", "closed"]})

    answer = hst_svm.run(frame, classify=classify)
    assert [len(targets) for targets in asked] == [4]
    assert asked[0].columns.tolist() == ["question", "targname", "proposal", "ra_targ", "dec_targ"]
    assert answer.rejected["reason"].tolist() == ["closed"] * 3
    assert answer.raw["category"].tolist() == ["ISM", "UNIDENTIFIED", "STAR"] * 3
    with pytest.raises(SourceError, match="4 targets were asked for, 1 answered"):
        hst_svm.run(frame, classify=lambda targets: pd.Series(["ISM"]))


class Archive:
    """A recorded archive: it answers what it knows, fails as often as it is told, and remembers the requests."""

    def __init__(self, known, failures=0):
        self.known, self.failures, self.requests = known, failures, []

    def __call__(self, **criteria):
        self.requests.append(criteria)
        if self.failures:
            self.failures -= 1
            raise OSError("busy")
        names = [name.upper() for name in criteria.get("target_name", ["ANY"])]
        told = [(name, category) for name in names for category in self.known.get(name, [])]
        return pd.DataFrame(told, columns=["target_name", "target_classification"])


def targets(count, **cells):
    return pd.DataFrame([hst.row(i, **cells) for i in range(count)]).drop(columns="category")


def test_the_archive_is_asked_in_batches_and_its_answers_are_kept(tmp_path):
    archive = Archive({f"TARG-{i}": ["STAR;B", "ISM;A", "STAR;B"] for i in range(100)} | {"ANY": ["GALAXY;X", ""]})
    frame = pd.concat(
        [targets(120), targets(2, **{"header.TARGNAME": "ANY"}).assign(index=[hst.index(500), hst.index(501)])]
    )
    cache = tmp_path / "deep" / "classes.json"
    classify = mast.classifier(RULES, cache=cache, ask=archive)
    raw = hst_svm.run(frame, classify=classify).raw
    assert raw["category"].tolist() == ["STAR;B"] * 100 + ["UNIDENTIFIED"] * 20 + ["GALAXY;X"] * 2
    sizes = [len(request.get("target_name", [])) for request in archive.requests]
    assert sizes == [50, 50, 20, 0, 0]
    asked = [name for request in archive.requests for name in request.get("target_name", [])]
    assert len(asked) == len(set(asked)) == 120
    assert archive.requests[-1]["proposal_id"] == "10501"
    assert archive.requests[-1]["coordinates"] == (1.5, 0.5)
    archive.requests.clear()
    assert hst_svm.run(frame, classify=mast.classifier(RULES, cache=cache, ask=archive)).raw.equals(raw)
    assert [request["target_name"] for request in archive.requests] == [[f"TARG-{i}" for i in range(100, 120)]]


def test_a_name_with_a_wildcard_is_asked_for_alone():
    archive = Archive({"V*-AB-AUR": ["STAR;X"], "TARG-0": ["ISM"], "V2-AB-AUR": ["GALAXY"]})
    frame = pd.concat([targets(2), targets(1, **{"header.TARGNAME": "V*-AB-Aur"})])
    assert hst_svm.run(frame, classify=mast.classifier(RULES, ask=archive)).raw["category"].tolist()[2] == "STAR;X"
    assert [request["target_name"] for request in archive.requests] == [["TARG-0", "TARG-1"], ["V*-AB-Aur"]]


def test_the_archive_is_asked_again_after_longer_and_longer_waits():
    waits = []
    archive = Archive({"TARG-0": ["ISM"]}, failures=3)
    answer = hst_svm.run(targets(1), classify=mast.classifier(RULES, ask=archive, wait=waits.append))
    assert answer.raw["category"].tolist() == ["ISM"]
    assert waits == [1.0, 2.0, 4.0]
    shut = Archive({}, failures=4)
    answer = hst_svm.run(targets(2), classify=mast.classifier(RULES, ask=shut, wait=waits.append))
    assert answer.rejected["reason"].tolist() == ["the archive did not answer: busy"] * 2
    assert answer.rejected["column"].tolist() == ["targname"] * 2


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}'])
def test_a_cache_that_is_none(tmp_path, text):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(SourceError, match="not a cache of target classes"):
        hst_svm.run(targets(1), classify=mast.classifier(RULES, cache=tmp_path / "c.json", ask=Archive({})))


@pytest.fixture
def astroquery(monkeypatch, tmp_path):
    """A stand-in for astroquery with a recorded archive."""
    package, exceptions, client = (
        ModuleType(name) for name in ("astroquery", "astroquery.exceptions", "astroquery.mast")
    )
    for name in ("InvalidQueryError", "RemoteServiceError", "TimeoutError"):
        setattr(exceptions, name, type(name, (Exception,), {}))
    archive = Archive({"TARG-0": ["ISM;X"], "ANY": ["STAR;X"]})

    def query_criteria(**criteria):
        try:
            found = archive(**criteria)
        except OSError as error:
            raise exceptions.RemoteServiceError("closed") from error
        return SimpleNamespace(to_pandas=lambda: found)

    client.Observations = SimpleNamespace(query_criteria=query_criteria)
    package.exceptions = exceptions
    for module in (package, exceptions, client):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return archive


def test_astroquery_is_asked_unless_told_otherwise(astroquery):
    frame = pd.concat([targets(1), targets(2, **{"header.TARGNAME": "ANY"}).iloc[[1]]])
    assert hst_svm.run(frame).raw["category"].tolist() == ["ISM;X", "STAR;X"]
    assert astroquery.requests[1]["coordinates"].ra.deg == 1.5
    assert json.loads(mast.cache_file().read_text())["name TARG-0"] == "ISM;X"


def test_astroquery_that_fails(astroquery):
    astroquery.failures = 9
    classify = mast.classifier(RULES, wait=lambda seconds: None)
    reason = hst_svm.run(targets(1), classify=classify).rejected["reason"].tolist()
    assert reason == ["the archive did not answer: RemoteServiceError: closed"]


def test_mast_needs_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "astroquery", None)
    with pytest.raises(SourceError, match=r"pip install 'skyscrub\[mast\]'"):
        hst_svm.run(targets(1))


# the command


def test_the_command(tmp_path, capsys):
    frame = hst.table(10).assign(label=[i % 2 for i in range(10)])
    frame.drop(columns="category").to_csv(tmp_path / "in.csv", index=False)
    classes(frame).to_csv(tmp_path / "classes.csv", index=False)
    argv = [
        "hst-svm",
        str(tmp_path / "in.csv"),
        "--classes",
        str(tmp_path / "classes.csv"),
        "--out",
        str(tmp_path / "out"),
    ]
    assert main.main([*argv, "--seed", "7"]) == 0
    assert "datasets: 10 in = 10 features + 0 rejected" in capsys.readouterr().out
    out = tmp_path / "out"
    names = {"features.csv", "raw_features.csv", "rejected.csv", "ledger.json", "pos.txt", "subset.txt"}
    sidecars = {f"{name}-metadata.json" for name in names if name.endswith(".csv")}
    assert {p.name for p in out.iterdir()} == names | sidecars
    answer = hst_svm.run(frame, seed=7)
    assert (out / "pos.txt").read_text().split() == answer.positive
    assert (out / "subset.txt").read_text().split() == answer.subset
    saved = pd.read_csv(out / "features.csv")
    assert saved.columns.tolist() == ["index", *FEATURES, "label"]
    raw = pd.read_csv(out / "raw_features.csv", keep_default_na=False)
    assert raw["category"].tolist() == [c or "UNIDENTIFIED" for c in frame["category"]]
    assert main.main([*argv, "--crpt"]) == 0
    assert len((out / "pos.txt").read_text().split()) == 10


def test_the_command_on_what_is_wrong(tmp_path, capsys, astroquery):
    bare = hst.table(1).drop(columns="category")
    bare.to_csv(tmp_path / "in.csv", index=False)
    assert (
        main.main(
            ["hst-svm", str(tmp_path / "in.csv"), "--cache", str(tmp_path / "c.json"), "--out", str(tmp_path / "o")]
        )
        == 0
    )
    assert (tmp_path / "c.json").exists()
    assert not (tmp_path / "o" / "pos.txt").exists()
    assert main.main(["hst-svm", str(tmp_path / "none")]) == 3
    assert main.main(["hst-svm", str(tmp_path / "in.csv"), "--edition", "9"]) == 2
    hst.table(1).assign(wcstype="odd").to_csv(tmp_path / "odd.csv", index=False)
    assert main.main(["hst-svm", str(tmp_path / "odd.csv")]) == 1
    assert "no code for this word" in capsys.readouterr().out


# what an older toolkit answered, where that data is at hand


@pytest.fixture
def golden(shared):
    return json.loads((shared / "spacekit_golden" / "hst" / "v114.json").read_text())


def frame_of(told):
    return pd.DataFrame(told["data"], columns=told["columns"], index=told["index"])


LABELS = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1]


@pytest.mark.parametrize("case", ["svm_single", "svm_12", "svm_12_labels", "svm_12_crpt"])
def test_the_goldens_of_tables(golden, case):
    size = "single" if case == "svm_single" else "12"
    table, told = frame_of(golden[f"svm_input_{size}"]), golden[case]
    found = hst_svm.mosaics(RULES, hst_svm.from_table(RULES, table).good).set_index("index")
    pd.testing.assert_frame_equal(found, frame_of(told["scrub_columns"]), check_names=False)
    table = table.join(frame_of(golden[f"svm_extra_{size}"]))
    if case == "svm_12_labels":
        table["label"] = LABELS
    answer = hst_svm.run(table, crpt=case == "svm_12_crpt")
    pd.testing.assert_frame_equal(answer.features, frame_of(told["labelled"]), check_names=False, check_dtype=False)
    encoded = frame_of(told["encoded"]).drop(columns=["cat", "det", "wcs"])
    pd.testing.assert_frame_equal(answer.raw.drop(columns="label", errors="ignore"), encoded, check_names=False)
    if case != "svm_12_crpt":
        assert answer.positive == (told["pos_txt"] or "").split()
    saved = pd.read_csv(StringIO(told["saved_csv"]), index_col="index")
    pd.testing.assert_frame_equal(answer.features, saved, check_names=False, check_dtype=False)


def test_the_goldens_of_subsets(golden):
    table = frame_of(golden["svm_input_12"]).join(frame_of(golden["svm_extra_12"])).assign(label=LABELS)
    features = hst_svm.run(table).features
    last = [name.rpartition("_")[2] for name in hst_svm.subset(features)]
    assert last == golden["svm_subsamples_path"]["text"].split()
    many = pd.concat([features.set_axis([f"{name}_{end}" for name in features.index]) for end in "abc"])
    for seed in (0, 1):
        told = golden[f"svm_subsamples36_seed{seed}"]
        assert many.index.tolist() == told["index"]
        assert [name[-1] for name in hst_svm.subset(many, seed=seed)] == told["text"].split()


def test_the_goldens_of_files(golden, shared):
    folder = shared / "spacekit_golden" / "hst" / "svmfiles"
    read = hst_svm.read_qa(RULES, sorted((folder / "json").glob("*.json")), folder).good.set_index("index")
    pd.testing.assert_frame_equal(
        read, frame_of(golden["json_one"]), check_names=False, check_dtype=False, check_index_type=False
    )
    table = frame_of(golden["svm_input_single"])
    raw = hst_svm.run(table, fits=folder, classify=lambda asked: pd.Series(["ISM"])).raw
    pd.testing.assert_frame_equal(raw.drop(columns="category"), frame_of(golden["svm_fits"]), check_names=False)
    name = table.index[0]
    assert count_sources(folder / f"{name}_point-cat.ecsv", "Flags", "5") == golden["scrape_catalogs"]["point"]
    assert count_sources(folder / "ref_cat.ecsv", "", "") == golden["scrape_catalogs"]["ref"]
    # the older toolkit counts cells, not sources
    assert count_sources(folder / f"{name}_segment-cat.ecsv", "Flags", "5") == 1 != golden["scrape_catalogs"]["segment"]


def test_the_golden_without_gaia(golden):
    table = frame_of(golden["svm_input_12"]).drop(columns="Number_of_GAIA_sources.Number_of_GAIA_sources")
    with pytest.warns(UserWarning, match="0 stands for it"):
        found = hst_svm.mosaics(RULES, hst_svm.from_table(RULES, table).good).set_index("index")
    pd.testing.assert_frame_equal(found, frame_of(golden["svm_no_gaia"]), check_names=False)
