"""What features are: nothing is said that the tables and the contract do not say."""

import pytest
import yaml

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.files.shipped import find
from scrub.pipeline.describe import COLUMNS

TELESCOPES = [jwst, hst_svm, hst_cal]


@pytest.mark.parametrize("telescope", TELESCOPES, ids=lambda module: module.__name__)
def test_each_row_is_that_of_the_tables_and_of_the_contract(telescope):
    rules = telescope.read_rules()
    described = telescope.describe(rules)
    assert described.columns.tolist() == COLUMNS
    columns = yaml.safe_load((find("schemas") / f"{telescope.features.returns}.yaml").read_text())["columns"]
    rows = {row["feature"]: row for row in rules["features"].records()}
    assert described.index.tolist() == sorted(rows, key=lambda name: int(rows[name]["position"]))
    codes = rules["encodings"].records()
    for name, row in described.iterrows():
        spec = columns[name]
        assert [row["unit"], row["description"]] == [spec.get("unit", ""), spec["description"]]
        assert row["numeric"] == (spec["dtype"] != "str"), name
        assert row["codes"] == {one["value"]: int(one["code"]) for one in codes if one["column"] == name}
        assert bool(row["codes"]) == (row["kind"] == "category")
        assert [row[key] for key in ("kind", "column", "missing", "rule", "source")] == [
            rows[name][key] for key in ("kind", "column", "missing", "rule", "source")
        ]


@pytest.mark.parametrize("group", ["image", "spec", "tac", "fgs"])
def test_a_group_has_the_features_of_its_frame(group):
    described = jwst.describe(jwst.read_rules(), group=group)
    features = jwst.run(samples.TABLE).features[group]
    assert described.index.tolist() == features.columns.tolist()
    assert described.index[~described["numeric"]].tolist() == ["fxd_slit"]
    assert described.loc["gs_mag", "unit"] == "mag"


def test_a_group_that_is_none_is_refused():
    with pytest.raises(ValueError, match="^no feature is of the group 'stars': there are fgs, image, spec, tac$"):
        jwst.describe(jwst.read_rules(), group="stars")


def test_the_caller_may_change_what_is_described():
    rules = hst_cal.read_rules()
    hst_cal.describe(rules).loc["instr", "codes"].clear()
    assert hst_cal.describe(rules).loc["instr", "codes"]["J"] == 0
