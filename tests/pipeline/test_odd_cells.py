"""A cell that no table can hold rejects its row, with its column and value, and nothing else: in every pipeline."""

import numpy as np
import pandas as pd
import pytest

from scrub import hst_cal, hst_svm, jwst
from tests.odd_cells import ODD, PLAIN, column

PIPELINES = {
    "jwst": (jwst, "exposure", ("GS_MAG", "FILTER")),
    "hst_cal": (hst_cal, "dataset", ("n_files", "DETECTOR")),
    "hst_svm": (hst_svm, "index", ("numexp", "targname")),
}
REASON = "not a value that a cell can hold"


def table_of(module, name, count):
    """Return the example of a pipeline as objects, over and over, each row with a name of its own."""
    example = module.example(module.read_rules()).head(1).astype(object)
    rows = pd.concat([example] * count, ignore_index=True)
    stem = str(example[name].iloc[0])
    return rows.assign(**{name: [stem[: len(stem) - 3] + f"{i:03d}" for i in range(count)]})


def counts(answer):
    return answer.ledger.get("exposures") or answer.ledger["datasets"]


@pytest.mark.parametrize("count", [3, pytest.param(150, marks=pytest.mark.slow)])  # few cells are read one by one
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_an_odd_cell_rejects_its_row_only(pipeline, count):
    module, name, keys = PIPELINES[pipeline]
    clean = table_of(module, name, count)
    alone = module.run(clean.iloc[1:])
    for what, cell in ODD.items():
        for key in keys:
            table = clean.assign(**{key: column(cell, clean[key].tolist()[1:])})
            answer = module.run(table)
            rows = answer.rejected[["what", "column", "reason"]].values.tolist()
            assert rows == [[clean[name].iloc[0], key, REASON]], what
            assert answer.rejected["value"].iloc[0], what
            assert counts(answer)["in"] == count
            if pipeline != "jwst":
                pd.testing.assert_frame_equal(answer.features, alone.features)
            else:
                pd.testing.assert_frame_equal(answer.members, alone.members)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_an_odd_name_is_no_name(pipeline):
    module, name, _ = PIPELINES[pipeline]
    clean = table_of(module, name, 3)
    for what, cell in ODD.items():
        answer = module.run(clean.assign(**{name: column(cell, clean[name].tolist()[1:])}))
        assert answer.rejected[["what", "reason"]].values.tolist() == [["row 1", "missing"]], what


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_any_other_cell_ends_no_run(pipeline):
    module, name, keys = PIPELINES[pipeline]
    clean = table_of(module, name, 3)
    for what, cell in PLAIN.items():
        for key in keys:
            answer = module.run(clean.assign(**{key: column(cell, clean[key].tolist()[1:])}))
            assert counts(answer)["in"] == 3, (what, key)
            assert REASON not in set(answer.rejected["reason"]), (what, key)


def test_a_complex_column_is_no_number():
    clean = table_of(jwst, "exposure", 3)
    answer = jwst.run(clean.assign(CRVAL1=np.array([1j, 1, 2])))
    assert set(answer.rejected["reason"]) == {REASON}
    assert answer.rejected["value"].tolist() == ["1j", "(1+0j)", "(2+0j)"]


def test_a_row_named_by_several_indices_has_no_name():
    table = table_of(hst_cal, "dataset", 2).drop(columns="dataset")
    answer = hst_cal.run(table.set_index(pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])))
    assert answer.rejected["reason"].tolist() == ["missing", "missing"]
