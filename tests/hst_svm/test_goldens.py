"""What an older toolkit answered on the same mosaics."""

import json
from io import StringIO

import pandas as pd
import pytest

from scrub import hst_svm
from scrub.hst_svm.summary import count_sources
from tests import hst
from tests.data import frame_of


@pytest.fixture
def golden(goldens):
    return json.loads((goldens / "hst" / "v114.json").read_text())


@pytest.mark.parametrize("case", ["svm_single", "svm_12", "svm_12_labels", "svm_12_crpt"])
def test_the_goldens_of_tables(golden, case):
    size = "single" if case == "svm_single" else "12"
    table, told = frame_of(golden[f"svm_input_{size}"]), golden[case]
    found = hst_svm.mosaics(hst.RULES, hst_svm.from_table(hst.RULES, table).good).set_index("index").loc[table.index]
    pd.testing.assert_frame_equal(found, frame_of(told["scrub_columns"]), check_names=False)
    table = table.join(frame_of(golden[f"svm_extra_{size}"]))
    if case == "svm_12_labels":
        table["label"] = hst.LABELS
    answer = hst_svm.run(table, crpt=case == "svm_12_crpt")
    features, raw = (frame.loc[table.index] for frame in (answer.features, answer.raw))  # answers are sorted by name
    pd.testing.assert_frame_equal(features, frame_of(told["labelled"]), check_names=False, check_dtype=False)
    encoded = frame_of(told["encoded"]).drop(columns=["cat", "det", "wcs"])
    pd.testing.assert_frame_equal(raw.drop(columns="label", errors="ignore"), encoded, check_names=False)
    if case != "svm_12_crpt":
        assert answer.positive == sorted((told["pos_txt"] or "").split())
        assert hst_svm.positives(features) == (told["pos_txt"] or "").split()
    saved = pd.read_csv(StringIO(told["saved_csv"]), index_col="index")
    pd.testing.assert_frame_equal(features, saved, check_names=False, check_dtype=False)


def test_the_goldens_of_subsets(golden):
    table = frame_of(golden["svm_input_12"]).join(frame_of(golden["svm_extra_12"])).assign(label=hst.LABELS)
    features = hst_svm.run(table).features.loc[table.index]
    last = [name.rpartition("_")[2] for name in hst_svm.subset(features)]
    assert last == golden["svm_subsamples_path"]["text"].split()
    many = pd.concat([features.set_axis([f"{name}_{end}" for name in features.index]) for end in "abc"])
    for seed in (0, 1):
        told = golden[f"svm_subsamples36_seed{seed}"]
        assert many.index.tolist() == told["index"]
        assert [name[-1] for name in hst_svm.subset(many, seed=seed)] == told["text"].split()


def test_the_goldens_of_files(golden, goldens):
    folder = goldens / "hst" / "svmfiles"
    read = hst_svm.read_qa(hst.RULES, sorted((folder / "json").glob("*.json")), folder).good.set_index("index")
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
        found = (
            hst_svm.mosaics(hst.RULES, hst_svm.from_table(hst.RULES, table).good).set_index("index").loc[table.index]
        )
    pd.testing.assert_frame_equal(found, frame_of(golden["svm_no_gaia"]), check_names=False)
