"""Rule sets and contracts count by what is in their files: a change is seen, and nobody can spoil what others read."""

import dataclasses
import os
import shutil

import numpy as np
import pandas as pd
import pytest

from scrub import contracts, jwst, tables
from scrub.contracts import contracts as contract_files
from scrub.files.shipped import find
from scrub.tables import ask, rule_files, ruleset
from scrub.tables.boxes import Piece
from scrub.tables.declare import Declaration
from scrub.tables.rules import once


@pytest.fixture
def own(tmp_path):
    """A rule set of one's own: a copy of the shipped one."""
    shutil.copytree(find("rules"), tmp_path / "rules")
    return tmp_path / "rules"


def change(path, old, new):
    """Change a file and keep its size and times."""
    times, text = path.stat(), path.read_text()
    assert old in text
    assert len(old) == len(new)
    path.write_text(text.replace(old, new, 1))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def content(rules):
    """All that a rule set says."""
    frames = {name: table.rows.to_csv() for name, table in rules.tables.items()}
    hits = {name: table.hits.tolist() for name, table in rules.tables.items()}
    declared = [table.declaration for table in rules.tables.values()]
    return rules.name, rules.edition, rules.lists, rules.hashes, rules.fingerprint, frames, hits, declared


@pytest.mark.parametrize("name", ["jwst", "jwst_dms", "hst_cal", "hst_svm"])
def test_the_same_bytes_give_an_equal_rule_set_without_reading_it_again(name, monkeypatch):
    first = tables.read(name)
    monkeypatch.setattr(rule_files, "load", None)
    second = tables.read(name)
    assert second is not first
    assert content(second) == content(first)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("jwst/pixel_scales.csv", "0.03", "0.04"),
        ("common/words.csv", "NaN,", "NIL,"),
        ("tables.toml", "Spellings that", "spellings that"),
    ],
)
def test_a_file_of_the_same_size_and_time_is_read_again_when_it_changes(own, file, old, new):
    before = content(tables.read(own / "jwst"))
    change(own / file, old, new)
    assert content(tables.read(own / "jwst")) != before
    change(own / file, new, old)
    assert content(tables.read(own / "jwst")) == before


def test_a_table_that_comes_or_goes_is_seen(own):
    rows = (own / "jwst_dms" / "needs.csv").read_bytes()
    before = tables.read(own / "jwst_dms")
    (own / "jwst_dms" / "needs.csv").unlink()
    with pytest.raises(tables.RuleError, match="needs.csv:1: file: no such file"):
        tables.read(own / "jwst_dms")
    (own / "jwst_dms" / "needs.csv").write_bytes(rows)
    assert content(tables.read(own / "jwst_dms")) == content(before)


def test_a_contract_of_rule_tables_that_changes_is_seen(own, tmp_path, monkeypatch):
    folder = shutil.copytree(find("schemas"), tmp_path / "schemas")
    monkeypatch.setattr(contract_files, "find", lambda name: folder)
    tables.read(own / "jwst")
    path = folder / "rules" / "pixel_scales.yaml"
    change(path, "strict: false", "strict:  true")
    with pytest.raises(tables.RuleError, match=r"pixel_scales\.csv"):
        tables.read(own / "jwst")


def spoil_rows(rules):
    """Do to the rows of a rule set what a careless caller may do."""
    rows = rules["groups"].rows
    rows.loc[0, "offsets"] = "HACK"
    rows["more"] = "HACK"
    rows["group"].array[0] = "HACK"
    rows.columns.name = rows.index.name = "HACK"


def spoil(rules):
    """The same to everything of a rule set that can be changed."""
    spoil_rows(rules)
    rules.lists.pop("group")
    rules.hashes["groups"] = "HACK"
    rules.tables["needs"] = rules.tables.pop("features")


def test_nobody_can_spoil_the_rules_of_others():
    before = content(jwst.read_rules())
    spoil(jwst.read_rules())
    assert content(jwst.read_rules()) == before
    rules = jwst.read_rules()
    for table in rules.tables.values():
        with pytest.raises(ValueError, match="read-only"):
            table.hits[...] = 0
        with pytest.raises(TypeError):
            table.conditions["more"] = ()
        with pytest.raises(TypeError):
            table.cells["more"] = ()
        with pytest.raises(TypeError):
            table.declaration.answers["more"] = ""


def test_a_run_by_spoilt_rules_does_not_reach_others():
    table = jwst.example(jwst.read_rules())
    before = jwst.run(table)
    ruleset._read.cache_clear()  # nobody has worked anything out of these rules
    mine = jwst.read_rules()
    spoil_rows(mine)
    own = jwst.run(table, rules=mine)
    pd.testing.assert_frame_equal(own.products, before.products)
    after = jwst.run(table)
    pd.testing.assert_frame_equal(after.products, before.products)
    assert after.ledger == before.ledger


def test_what_is_known_once_belongs_to_one_rule_set_and_to_copies_of_it():
    calls = []

    @once
    def count(rules, name):
        calls.append(name)
        return len(rules[name].rows)

    rules = tables.read("hst_cal")
    assert count(rules, "files") == count(rules, "files") == count(tables.read("hst_cal"), "files")
    assert calls == ["files"]
    fewer = rules["files"]._replace(cells=dict.fromkeys(rules["files"].cells, ()))
    assert count(dataclasses.replace(rules, tables={**rules.tables, "files": fewer}), "files") == 0
    assert count(rules, "inputs") == len(rules["inputs"].rows)
    assert calls == ["files", "files", "inputs"]


def test_what_functions_know_once_is_frozen():
    rules = jwst.read_rules("jwst_dms")
    rules = dataclasses.replace(rules)
    jwst.run(jwst.example(rules), rules=rules)
    assert len(rules._known) > 10
    for value in rules._known.values():
        assert_frozen(value)


def test_a_frame_that_is_kept_is_handed_out_as_a_copy():
    rules = jwst.read_rules()
    first = jwst.run(jwst.example(rules), rules=rules).features["fgs"]
    first["instr"] = first["instr"].astype("str")
    del first["detector"]
    second = jwst.run(jwst.example(rules), rules=rules).features["fgs"]
    assert "detector" in second
    assert second["instr"].dtype == "int64"


def assert_frozen(value):
    if isinstance(value, pd.DataFrame):
        assert value.empty  # features of no products: handed out as copies
    elif isinstance(value, np.ndarray):
        assert not value.flags.writeable
    elif isinstance(value, tuple | frozenset):
        for part in value:
            assert_frozen(part)
    elif not isinstance(value, str | int | float | None | Declaration):
        with pytest.raises(TypeError):
            value["more"] = ""
        for part in value.values():
            assert_frozen(part)


def test_a_contract_is_parsed_once_whatever_its_place_and_read_again_when_it_changes(tmp_path, monkeypatch):
    folder = shutil.copytree(find("schemas"), tmp_path / "schemas")
    before = contracts.hashes("jwst"), contracts.read("jwst/products", jwst.read_rules().lists)
    monkeypatch.setattr(contract_files, "find", lambda name: folder)
    monkeypatch.setattr("yaml.load", None)
    assert (contracts.hashes("jwst"), contracts.read("jwst/products", jwst.read_rules().lists)) == before
    monkeypatch.undo()
    monkeypatch.setattr(contract_files, "find", lambda name: folder)
    change(folder / "jwst" / "products.yaml", "min_value: -360", "min_value: -369")
    assert contracts.hashes("jwst")["products.yaml"] != before[0]["products.yaml"]
    assert contracts.read("jwst/products", jwst.read_rules().lists) != before[1]


def test_nobody_can_spoil_the_contracts_of_others():
    lists = jwst.read_rules().lists
    contract = contracts.read("jwst/products", lists)
    contract.schema.columns.clear()
    contract.units.clear()
    again = contracts.read("jwst/products", lists)
    assert again.schema.columns
    assert again.units["scale"] == "arcsec"
    hashes = contracts.hashes("jwst")
    hashes.clear()
    assert contracts.hashes("jwst")


def test_a_walk_leaves_a_condition_out_that_every_row_leaves_open():
    walk = ask.prepare_walk([Piece(7, (1, 3)), Piece(8, (2, 3))], [2, 2], -1)
    assert [ask.leave_open(walk, [False, True]).find([word]) for word in (0, 1)] == [7, 8]
