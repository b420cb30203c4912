"""Nothing that check passes fails in a run: rows that code looks up, and columns of contracts, must be there."""

import csv
import re

import pytest

from scrub import samples, tables
from scrub.cli import main
from scrub.contracts import contracts
from scrub.tables import locate, rule_files
from scrub.tables.lint.check import check
from scrub.tables.lint.presence import find_untyped
from tests.rulesets import copy_shipped, edit, replace

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


TYPED = [
    (name, table, types)
    for name in ("jwst", "jwst_dms", "hst_svm", "hst_cal")
    for table in tables.read(name).tables.values()
    for types in table.declaration.types
    if table.declaration.answers.get(types.kind)
]


@pytest.mark.parametrize(("name", "table", "types"), TYPED, ids=lambda part: part if isinstance(part, str) else "")
def test_a_kind_that_its_contract_contradicts_is_refused_by_line(name, table, types):
    kinds = tables.read(name).lists[table.declaration.answers[types.kind]]
    dtypes = contracts.list_dtypes(types.file)
    assert {word for own in types.dtypes.values() for word in own} <= {*kinds}
    for at, row in enumerate(table.records()):
        dtype = dtypes.get(row[types.column], "")
        held = dtype and all(row[column] == word for column, word in types.where.items())
        for kind in kinds:
            rows = table.rows.copy()
            rows.loc[at, types.kind] = kind
            start = f"{row['rule']}: word: {types.kind}: {kind!r} is no {types.kind} of {row[types.column]}, which is "
            start += f"{dtype} in the contract {types.file}: use "
            refused = any(str(finding).startswith(start) for finding in find_untyped(table.declaration, rows))
            assert refused == bool(held and kind not in types.dtypes[dtype])


REFUSED = {
    "decimals of a name": (
        "jwst", "identities", "position,1,TARG_RA TARG_DEC,6", "position,1,TARG_RA TARGNAME,6",
        "identities.csv:2: word: decimals: '6' is no decimals of TARGNAME, which is str in the contract jwst/exposures: "
        "leave the cell blank",
    ),
    "decimals of a place of a program": (
        "jwst_dms", "identities", "position,1,TARG_RA TARG_DEC,6", "position,1,TARGPROP TARG_DEC,6",
        "identities.csv:2: word: decimals: '6' is no decimals of TARGPROP, which is str in the contract jwst/exposures: "
        "leave the cell blank",
    ),
    "flags that are joined like words": (
        "jwst", "keywords", "CROWDFLD,PRIMARY,flag,,reference", "CROWDFLD,PRIMARY,flag,,join",
        "keywords.csv:26: word: combine: 'join' is no combine of CROWDFLD, which is boolean in the contract jwst/products: "
        "use reference",
    ),
    "a kind that data sets contradict": (
        "hst_cal", "inputs", "PCTECORR,word", "PCTECORR,count",
        "inputs.csv:5: word: kind: 'count' is no kind of PCTECORR, which is str in the contract "
        "hst_cal/datasets: use word, tally",
    ),
    "a column of words for a feature of numbers": (
        "hst_svm", "features", "rms_dec,3,rms_dec", "rms_dec,3,category",
        "features.csv:4: word: kind: 'number' is no kind of category, which is str in the contract "
        "hst_svm/targets: use category",
    ),
    "two tolerances": (
        "jwst_dms", "identities", "TARG_RA TARG_DEC,,60,", "TARG_RA TARG_DEC,,60|0.1,",
        "contract: tolerance: '60|0.1' is not a number or blank",
    ),
    "digits in words": (
        "jwst_dms", "stated_targets", "TARGETID,t,3", "TARGETID,t,three", "contract: digits: 'three' is not a whole number",
    ),
    "a need in words": ("jwst_dms", "needs", "psf,psf,1", "psf,psf,one", "contract: least: 'one' is not a whole number"),
    "what is taken off in words": (
        "jwst_dms2", "counts", "primary,PATT_NUM,1", "primary,PATT_NUM,one", "contract: less: 'one' is not a whole number",
    ),
    "a column that nothing is called": (
        "hst_svm", "columns", "qa,nmatches,nmatches", "qa,nmatches,",
        "columns.csv:1: gap: no row with name=nmatches, a column of the contract hst_svm/mosaics",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "table", "old", "new", "line"), REFUSED.values(), ids=REFUSED)
def test_what_a_run_would_refuse_is_refused_by_check(tmp_path, name, table, old, new, line):
    own = copy_shipped(tmp_path) / name
    edit(own, table, old, new)
    assert any(line in str(finding) for finding in check(own))


@pytest.mark.parametrize(("key", "old"), [("contract", "hst_cal/inputs"), ("types", "hst_cal/datasets")])
@pytest.mark.parametrize("new", ["", "hst_cal/input", "\x07", "../pyproject", "hst_cal"])
def test_a_contract_that_is_not_there_is_refused(tmp_path, key, old, new):
    own = copy_shipped(tmp_path) / "hst_cal"
    path = own.parent / "tables.toml"
    written = new.replace("\x07", "\\u0007")
    path.write_text(path.read_text().replace(f'file = "{old}"', f'file = "{written}"'))
    assert any(f"inputs.{key}: {new!r} is no contract of schemas/" in str(finding) for finding in check(own))
