"""Contracts: read with their units, refused by file and key where they are misspelt."""

import pandas as pd
import pytest

from scrub import jwst
from scrub.contracts import contracts
from scrub.files.shipped import find

GOOD = "title: T\ncolumns:\n  a:\n    dtype: str\n    unit: deg\n    checks:\n      isin: [x]\n"
MISSPELT = {
    "a key of the table": (GOOD + "colums: {}\n", "own.yaml: unknown key 'colums'"),
    "a key of a column": (GOOD.replace("unit", "units"), "own.yaml: a: unknown key 'units'"),
    "a check": (GOOD.replace("isin", "is_in"), "own.yaml: a: checks: unknown key 'is_in'"),
    "a flat check": (GOOD.replace("    checks:\n      isin: [x]\n", "    isin: [x]\n"), "own.yaml: a: unknown key 'isin'"),
    "an argument of a check": (GOOD.replace("isin: [x]", "in_range: {min: 0}"), "own.yaml: .*min"),
    "a list": (GOOD.replace("unit: deg", "list: exp_typ"), "own.yaml: a: list: no list 'exp_typ'"),
    "a column without keys": ("columns:\n  a:\n", "own.yaml: a: None stands where keys are required"),
    "no YAML": ("a: [", "own.yaml"),
    "code": ("columns: !!python/object/apply:os.getcwd []\n", "own.yaml"),
}  # fmt: skip


@pytest.fixture
def own_contract(tmp_path, monkeypatch):
    monkeypatch.setattr(contracts, "find", lambda name: tmp_path)
    contracts._read.cache_clear()
    yield lambda text: (tmp_path / "own.yaml").write_text(text)
    contracts._read.cache_clear()


@pytest.mark.parametrize(("text", "message"), MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_contract_is_refused_by_file_and_key(own_contract, text, message):
    own_contract(text)
    with pytest.raises(contracts.ContractError, match=message):
        contracts.read("own")


def test_a_word_one_letter_off_one_of_its_list_names_that(own_contract):
    own_contract(GOOD.replace("[x]", "[MIR_MRS, NRC_IMAGE, x]"))
    words = ["MIR_MRS", "MIR_MR", "NRC_IMGAE", "NRC_GRISM", "y", "MIR_MR", ""]
    found = contracts.failures(contracts.read("own"), pd.DataFrame({"a": words}))
    assert found[["row", "reason"]].to_numpy().tolist() == [
        [1, "not on the list: one letter off MIR_MRS"], [2, "not on the list: one letter off NRC_IMAGE"],
        [3, "not on the list"], [4, "not on the list"], [5, "not on the list: one letter off MIR_MRS"],
        [6, "not on the list"],
    ]  # fmt: skip


def test_a_good_contract_is_read_with_its_units(own_contract):
    own_contract(GOOD)
    contract = contracts.read("own")
    assert contract.units == {"a": "deg"}
    frame = pd.DataFrame({"a": ["x", "y", None]}, index=[5, 5, 5])
    good, rejected = contracts.split(contract, frame)
    assert good["a"].tolist() == ["x"]
    assert rejected[["what", "reason", "column", "value"]].to_numpy().tolist() == [
        ["y", "not on the list", "a", "y"], ["", "missing", "a", ""],
    ]  # fmt: skip
    with pytest.raises(
        contracts.ContractError, match="own: 2 rows break the contract; the first is y: a not on the list"
    ):
        contracts.check(contract, frame)
    with pytest.raises(contracts.ContractError, match="own: column a: no such column"):
        contracts.split(contract, pd.DataFrame())
    told = contracts.split(contract, pd.DataFrame({"a": [1]})).rejected
    assert told["reason"].str.startswith("not of the type str").tolist() == [True]
    with pytest.raises(contracts.ContractError, match="own: column b: unknown column"):
        contracts.split(contract, pd.DataFrame({"a": ["x"], "b": [1]}))


def test_every_contract_can_be_used_without_this_project():
    import pandera.io.pandas_io as pandera_io

    files = sorted((find("schemas") / "jwst").glob("*.yaml"))
    assert len(files) == 6
    for file in files:
        schema = pandera_io.from_yaml(file)
        assert all(column.description for column in schema.columns.values()), file


def test_a_contract_says_which_checks_of_the_rules_only_warn():
    lists = jwst.read_rules().lists
    assert contracts.read("jwst/exposures", lists).only_warn == (
        "channel", "filter", "grating", "pupil", "subarray", "new-word",
    )  # fmt: skip
    assert contracts.read("jwst/members", lists).only_warn == ()


def test_a_contract_says_the_units_forms_and_lists_of_its_columns():
    text = (
        b"title: T\nwarnings: [pairs]\ncolumns:\n  a: {dtype: float64, unit: deg}\n  b: {dtype: str, form: a word}\n"
        b"  c: {dtype: str, list: kinds}\n  d: {}\n"
    )
    own = contracts.Contract("own", text, (("kinds", ("x", "y")),), None)
    assert own.units == {"a": "deg"}
    assert own.forms == {"b": "a word"}
    assert own.listed == {"c": "kinds"}
    assert own.only_warn == ("pairs",)
    assert own.table["columns"]["c"]["checks"] == {"isin": ["x", "y"]}
    assert list(own.schema.columns) == ["a", "b", "c", "d"]
