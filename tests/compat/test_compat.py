"""The classes of the older toolkit: scripts run as they are, and answer what the functions answer."""

import json
import runpy
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.compat import HstCalScrubber, HstSvmScrubber, JwstCalScrubber, Scrubber
from scrub.contracts import contracts
from scrub.files.table_files import SourceError
from tests import hst
from tests.data import frame_of

SCRIPTS = Path(__file__).parent / "scripts"


def script(name):
    return runpy.run_path(str(SCRIPTS / f"{name}.py"))


def test_the_script_for_calibration_runs_as_it_is():
    assert script("hst_cal")["inputs"].tolist() == [61, 1237, 1, 1, 2, 0, 1, 1, 0]


def test_the_script_for_mosaics_runs_as_it_is(tmp_path, monkeypatch, astroquery):
    frame = hst.table(20).assign(label=[i % 2 for i in range(20)])
    told = dict(zip(frame["header.TARGNAME"], frame["category"], strict=True))
    astroquery.known |= {name: [category] for name, category in told.items() if category}
    hst.bare(frame).to_csv(tmp_path / "qa.csv", index=False)
    hst.images(tmp_path / "visits", frame)
    monkeypatch.chdir(tmp_path)
    df = script("hst_svm")["df"]
    answer = hst_svm.run(frame)
    pd.testing.assert_frame_equal(df, answer.features)
    saved = pd.read_csv("out/scrubbed.csv", index_col="index")
    pd.testing.assert_frame_equal(saved, df, check_index_type=False, check_dtype=False)
    assert Path("out/pos.txt").read_text().split() == answer.positive
    assert Path("out/subset.txt").read_text().split() == answer.subset
    raw = pd.read_csv("out/raw_scrubbed.csv", index_col="index", keep_default_na=False)
    assert raw["wcstype"].tolist() == frame["wcstype"].tolist()


@pytest.mark.slow
def test_the_script_for_jwst_runs_as_it_is(tmp_path, monkeypatch, capsys):
    samples.write_jwst(tmp_path / "exposures")
    monkeypatch.chdir(tmp_path)
    told = script("jwst_cal")
    answer = jwst.run("exposures")
    for name, frame in told["frames"].items():
        pd.testing.assert_frame_equal(frame, answer.features[name.lower()], check_names=False, check_dtype=False)
    assert set(told["products"]) == set(answer.products.index)
    assert capsys.readouterr().out == f"57 exposures {len(answer.products)} products\n"


def test_saving(tmp_path):
    frame = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    scrubber = Scrubber(data=frame, output_path=tmp_path / "new", output_file="batch.csv", console_log_level="info")
    assert scrubber.save_csv_file(pfx="raw_") == scrubber.data_path == str(tmp_path / "new" / "raw_batch.csv")
    assert (tmp_path / "new" / "raw_batch.csv").read_text() == "index,a\nx,1\ny,2\n"
    scrubber.save_csv_file(df=frame.iloc[:1], index_col="name")
    assert (tmp_path / "new" / "batch.csv").read_text() == "name,a\nx,1\n"
    assert frame.columns.tolist() == ["a"]


def test_column_work():
    frame = pd.DataFrame({"h.A": ["x", None], "h.B": ["y", "z"], "C": [1, 2]}, index=["i", "j"])
    scrubber = Scrubber(data=frame, col_order=["c", "a"])
    assert scrubber.col_splitter() == ["a", "b", "c"]
    assert scrubber.col_splitter(keep=0, make_lowercase=False) == ["h", "h", "C"]
    scrubber.rename_cols()
    scrubber.rename_cols(old=["b"], new=["label"])
    assert scrubber.uppercase_vals(["a", "label"], exceptions=["label"])["label"].tolist() == ["y", "z"]
    assert scrubber.df["a"].tolist()[0] == "X"
    scrubber.drop_nans()
    assert scrubber.df.index.tolist() == ["i"]
    assert scrubber.rejected["column"].tolist() == ["a"]
    scrubber.drop_and_set_cols()
    assert scrubber.df.columns.tolist() == ["c", "a", "label"]
    scrubber.extract_matching_columns(["a", "zzz"])
    assert scrubber.df.columns.tolist() == ["a"]
    kept = Scrubber(data=frame, dropnans=False)
    kept.drop_nans()
    kept.drop_and_set_cols()
    assert kept.df.equals(frame)
    assert Scrubber().df is None


def test_calibration_of_one_and_of_many():
    frame = pd.DataFrame.from_dict(hst.CAL, orient="index")
    scrubber = HstCalScrubber(data=frame)
    assert scrubber.scrub_inputs().tolist() == hst_cal.run(frame).features.to_numpy().tolist()
    assert scrubber.df.index.tolist() == list(hst.CAL)
    assert HstCalScrubber(data=frame.iloc[:1]).scrub_inputs().shape == (9,)
    with pytest.raises(contracts.ContractError, match="n_files"):
        HstCalScrubber(data=frame.iloc[:1].assign(n_files=None)).scrub_inputs()
    assert scrubber.image_pixel_scales() == {"ACS": {"WFC": 0.05}, "WFC3": {"UVIS": 0.04, "IR": 0.13}}


def test_mosaics_step_by_step(tmp_path):
    frame = hst.table(4)
    hst.images(tmp_path, frame)
    scrubber = HstSvmScrubber(tmp_path, data=hst.bare(frame).set_index("index"), output_path=tmp_path / "out", crpt=1)
    assert scrubber.new_cols[:2] == ["targname", "ra_targ"]
    scrubber.scrub_columns()
    assert scrubber.df.columns.tolist()[:3] == ["detector", "dataset", "targname"]
    scrubber.df = hst.bare(frame)
    scrubber.classify = lambda asked: pd.Series(["ISM;X"] * len(asked))
    scrubber.scrub_qa_data()
    assert scrubber.df["category"].tolist() == ["ISM;X"] * 4
    assert scrubber.preprocess_data() is scrubber
    assert scrubber.df["label"].tolist() == [1] * 4
    assert (tmp_path / "out" / "pos.txt").read_text().split() == frame["index"].tolist()
    assert not (tmp_path / "out" / "subset.txt").exists()
    scrubber.df = scrubber.df.drop(columns="label")
    assert scrubber.add_crpt_labels()["label"].tolist() == [1] * 4
    scrubber.crpt = 0
    assert scrubber.add_crpt_labels() is None


def test_mosaics_without_labels_and_with_rejects(tmp_path, caplog):
    frame = hst.table(3).assign(**{"header.NUMEXP": ["1", "", "2"]})
    hst.images(tmp_path, frame)
    scrubber = HstSvmScrubber(tmp_path, data=frame, output_path=tmp_path / "out", save_raw=False)
    scrubber.preprocess_data()
    assert len(scrubber.df) == 2
    assert scrubber.rejected["column"].tolist() == ["numexp"]
    assert "1 rejected" in caplog.text
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["svm_data.csv"]


def test_mosaics_from_qa_files(tmp_path, astroquery):
    frame = hst.table(3)
    hst.qa_files(tmp_path / "in", frame)
    hst.images(tmp_path / "in", frame)
    scrubber = HstSvmScrubber(tmp_path / "in", output_path=tmp_path / "out").preprocess_data()
    assert scrubber.df.index.tolist() == frame["index"].tolist()


def test_mosaics_from_a_summary(tmp_path):
    scrubber = HstSvmScrubber(tmp_path)
    assert scrubber.scrub_qa_summary() is None
    table = pd.DataFrame(
        [{"proposal": "12286", "visit": "ibl738", "config": "WFC3/IR", "n_exposures": 2, "target": "ANY"}]
    )
    table.to_csv(tmp_path / "single_visit_mosaics_1.csv")
    found = scrubber.scrub_qa_summary()
    assert found.index.tolist() == ["hst_12286_38_wfc3_ir_total_ibl738"]
    assert found.iloc[0][["dataset", "numexp", "targname", "gaia"]].tolist() == ["ibl738", 2, "ANY", 0]
    table.to_csv(tmp_path / "single_visit_mosaics_2.csv")
    with pytest.raises(SourceError, match="choose one"):
        scrubber.scrub_qa_summary()


def test_the_goldens_of_saved_files(tmp_path, goldens):
    golden = json.loads((goldens / "hst" / "v114.json").read_text())
    table = frame_of(golden["svm_input_12"]).join(frame_of(golden["svm_extra_12"])).assign(label=hst.LABELS)
    answer = hst_svm.run(table)
    scrubber = HstSvmScrubber(tmp_path, output_path=tmp_path, make_subsamples=True)
    scrubber.df = answer.features.loc[table.index]
    scrubber.make_pos_label_list()
    scrubber.find_subsamples()
    scrubber.save_csv_file()
    told = golden["svm_12_labels"]
    assert (tmp_path / "pos.txt").read_text() == told["pos_txt"].rstrip("\n") + "\n"
    last = [name.rpartition("_")[2] for name in (tmp_path / "subset.txt").read_text().split()]
    assert last == golden["svm_subsamples_path"]["text"].split()
    saved = pd.read_csv(tmp_path / "svm_data.csv")
    assert saved.columns[0] == "index"  # the older toolkit has it last
    told = pd.read_csv(StringIO(told["saved_csv"]))
    pd.testing.assert_frame_equal(saved[told.columns], told, check_dtype=False)


@pytest.fixture(scope="module")
def scrubber(fits_folder):
    return JwstCalScrubber(fits_folder)


@pytest.mark.slow
def test_jwst_attributes_are_those_of_the_functions(scrubber, fits_folder):
    answer = jwst.run(fits_folder)
    assert set(scrubber.exp_headers) == set(answer.exposures["exposure"])
    assert len(scrubber.fpaths) == 57
    assert Path(scrubber.fpaths[0]).is_file()
    members = answer.members.dropna(subset="product_id")
    for exposures in (scrubber.expdata, scrubber.verify_target_groups()):
        told = {name: set(own) for products in exposures.values() for name, own in products.items()}
        assert told == {name: set(own) for name, own in members.groupby("product_id")["exposure"]}
    assert set(scrubber.products) == set(answer.products.index)
    assert {name: len(own) for name, own in scrubber.input_data.items()} == {
        name.upper(): len(own) for name, own in answer.features.items()
    }
    name = next(iter(scrubber.imgpix))
    assert scrubber.imgpix[name]["max_offset"] == answer.products.loc[name, "max_offset"]
    assert scrubber.fake_target_ids() == dict(
        zip(members["exposure"], members["product"].str.split("_").str[1], strict=True)
    )
    assert scrubber.get_dtype_keys()["boolean"] == ["bkgdtarg", "is_imprt", "tsovisit", "crowdfld"]


@pytest.mark.slow
def test_jwst_product_names(fits_folder):
    scrubber = JwstCalScrubber(fits_folder)
    name, own = next(iter(scrubber.img_products.items()))
    exposure, keywords = next(iter(own.items()))
    new = scrubber.make_image_product_name(exposure, keywords, "t99")
    assert new.split("_") == [name.split("_")[0], "t99", *name.split("_")[2:]]
    assert list(scrubber.img_products[new]) == [exposure]
    name, own = next(iter(scrubber.tac_products.items()))
    exposure, keywords = next(iter(own.items()))
    assert scrubber.make_tac_product_name(exposure, keywords, name) == name.partition("#")[0]
    name, own = next((n, o) for n, o in scrubber.spec_products.items() if n.split("_")[1].startswith("s0"))
    exposure, keywords = next(iter(own.items()))
    assert scrubber.make_spec_product_name(exposure, keywords, "t9") == name
    optics = {"FILTER": "OPAQUE", "PUPIL": None, "GRATING": "MIRROR", "CHANNEL": None}
    left_out = {**keywords, **optics, "EXP_TYPE": "NRS_DARK", "INSTRUME": "NIRSPEC", "DETECTOR": "NRS1"}
    assert scrubber.make_spec_product_name("jw09999008001_02101_00001_nrs1", left_out, "t9") is None


def test_jwst_from_a_frame_with_pairs_of_its_own(sample):
    some = sample[sample["EXP_TYPE"] == "NRC_IMAGE"]
    frame = JwstCalScrubber(None, data=some, mode="df", encoding_pairs={"instr": {"NIRCAM": 77}}).scrub_inputs()
    assert set(frame["instr"]) == {77}
    told = JwstCalScrubber(None, data=some, mode="df")
    pd.testing.assert_frame_equal(told.scrub_inputs("IMAGE").drop(columns="instr"), frame.drop(columns="instr"))
    assert told.scrub_inputs("FGS") is None
    assert np.issubdtype(frame["instr"].dtype, np.integer)


def test_jwst_with_nothing_to_read(tmp_path):
    for options in ({"input_path": None}, {"input_path": None, "mode": "df"}, {"input_path": tmp_path}):
        with pytest.raises(SourceError):
            JwstCalScrubber(**options)
