"""Nothing that check passes fails in a run: rows that code looks up, and columns of contracts, must be there."""

import csv
import re

import pytest

from scrub import samples
from scrub.cli import main
from scrub.tables import locate, rule_files
from tests.rulesets import copy_shipped, replace

LOOKED_UP = [
    (sheet.files[0].parent.name, sheet.name, column, word)
    for name in ("jwst", "hst_svm", "hst_cal")
    for sheet in rule_files.load(locate.locate(name))
    for column, words in sheet.declaration.must_have.items()
    for word in words or [""]
]
SHAPED = [
    (name, sheet.name, sheet.declaration.contract)
    for name in ("jwst", "hst_svm", "hst_cal")
    for sheet in rule_files.load(locate.locate(name))
    if sheet.declaration.contract
]


def drop(path, column, word):
    """Take out the rows of a table that have a word; all rows for a blank word."""
    with path.open(newline="") as stream:
        header, *rows = csv.reader(stream)
    kept = [row for row in rows if word and row[header.index(column)] != word]
    assert len(kept) < len(rows)
    with path.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *kept])


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "table", "column", "word"), sorted(set(LOOKED_UP)))
def test_a_row_that_code_looks_up_is_asked_for_by_name(tmp_path, folder, table, column, word, capsys):
    rules = copy_shipped(tmp_path)
    drop(rules / folder / f"{table}.csv", column, word)
    asked = {"common": "jwst"}.get(folder, folder)
    assert main.main(["rules", "check", str(rules / asked)]) == 1
    wanted = f"no row with {column}={word}, which the pipeline asks for" if word else "no row at all"
    assert f"{table}.csv:1: gap: {wanted}" in capsys.readouterr().out
    command = {"jwst": "jwst", "hst_svm": "hst-svm", "hst_cal": "hst-cal"}[asked]
    assert main.main([command, str(samples.TABLE), "--rules", str(rules / asked)]) == 3
    assert f"{table}.csv:1: gap: {wanted}" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("name", "table", "shape"), SHAPED, ids=lambda part: part if isinstance(part, str) else "")
def test_a_table_and_its_contract_name_the_same_columns(tmp_path, name, table, shape, capsys):
    rules = copy_shipped(tmp_path)
    path = rules / name / f"{table}.csv"
    header, first, *_ = path.read_text().splitlines()
    at = header.split(",").index(shape.column)
    word = first.split(",")[at]
    path.write_text(re.sub(rf"\b{word},", "unheard_of,", path.read_text(), count=1))
    assert main.main(["rules", "check", str(rules / name)]) == 1
    printed = capsys.readouterr().out
    assert f"{table}.csv:1: gap: no row with {shape.column}={word}, a column of the contract {shape.file}" in printed
    assert f"{table}.csv:2: word: {shape.column}: 'unheard_of' is " in printed


def test_a_feature_that_comes_with_a_later_edition_is_missed_at_the_editions_before(tmp_path, capsys):
    rules = copy_shipped(tmp_path)
    path = rules / "jwst" / "features.csv"
    line = next(line for line in path.read_text().splitlines() if line.startswith("crowdfld,"))
    dated = line.replace(",,,", ",2,,", 1)
    replace(path, line, dated)
    assert main.main(["rules", "check", str(rules / "jwst")]) == 1
    printed = capsys.readouterr().out
    assert "no row with feature=crowdfld, a column of the contract jwst/features (edition 1)" in printed


def test_the_keys_of_tables_toml_have_a_form(tmp_path, capsys):
    rules = copy_shipped(tmp_path)
    replace(rules / "tables.toml", 'must_have = { what = ["qa", "summary"] }', 'must_have = ["qa"]')
    replace(rules / "tables.toml", 'beside = ["index"] }', 'besides = ["index"] }')
    assert main.main(["rules", "check", str(rules / "hst_svm")]) == 1
    printed = capsys.readouterr().out
    assert "must_have: ['qa'] stands where a table of columns, each with a list of words is required" in printed
    assert "contract: unknown key 'besides' (nearest: 'beside')" in printed
