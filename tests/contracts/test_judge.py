"""Judgement: a table of text is judged cell by cell, as Pandera judges the same table with its types."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from scrub import jwst, tables
from scrub.contracts import contracts
from scrub.contracts.cells import read_cells
from scrub.contracts.judge import arrange, judge
from scrub.files.shipped import find

CONTRACT = b"""
strict: true
columns:
  name: {dtype: str, unique: true, checks: {str_matches: '^[a-c]+$'}}
  word: {dtype: str, nullable: true, checks: {isin: [x, y], str_length: {min_value: 1, max_value: 1}}}
  angle: {dtype: float64, nullable: true, checks: {less_than_or_equal_to: 720, in_range: {min_value: 0, max_value: 360, options: {raise_warning: true}}}}
  count: {dtype: Int64, checks: {greater_than_or_equal_to: 0}}
  code: {dtype: int64, unique: true, checks: {notin: [7]}}
  flag: {dtype: boolean, nullable: true}
  free: {nullable: true, required: false}
"""
OWN = contracts._read("own", CONTRACT, ())
CELLS = {
    "name": ["a", "b", "ab", "z", ""], "word": ["x", "y", "z", "xx", ""], "angle": ["1.5", "-3", "400", "900", "", "bright", "1e3"],
    "count": ["0", "2", "-1", "1.5", "", "many", "3.0"], "code": ["0", "1", "2", "7", "", "x", "12345678901234567890"],
    "flag": ["True", "False", "", "yes", "1"], "free": ["", "anything"],
}  # fmt: skip
READ = {
    "angle": lambda cell: float(cell), "count": lambda cell: int(float(cell)) if float(cell).is_integer() else None,
    "code": lambda cell: int(cell) if abs(int(cell)) < 2**63 else None, "flag": {"True": True, "False": False}.get,
}  # fmt: skip
rows = st.lists(st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()}), max_size=6)


def read_cell(column: str, cell: str):
    """The value of a cell of text; None where it is missing or not of its type."""
    if not cell:
        return None
    try:
        return READ[column](cell) if column in READ else cell
    except ValueError:
        return None


def ask_pandera(contract: contracts.Contract, column: str, cells: pd.Series, wanted: str) -> set[tuple[int, str]]:
    """The rows of a column that Pandera refuses, with the check, when it is asked for that column alone."""
    schema = contract.schema.select_columns([column])
    for check in schema.columns[column].checks:
        check.raise_warning = False
    try:
        schema.validate(cells.to_frame(column), lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        return {
            (int(row), str(check).partition("(")[0]) for row, check in zip(cases["index"], cases["check"], strict=True)
        }
    return set()


@pytest.mark.slow
@given(rows)
@example([{name: cells[-1] for name, cells in CELLS.items()}])
def test_cells_are_judged_as_pandera_judges_those_that_can_be_read(drawn):
    table = pd.DataFrame(drawn, columns=list(CELLS), dtype="str")
    told = judge(OWN, table)
    for column in CELLS:
        values = pd.Series([read_cell(column, cell) for cell in table[column]], dtype="object")
        there = values.notna()
        dtype = {
            "name": "str",
            "word": "str",
            "angle": "float64",
            "count": "Int64",
            "code": "int64",
            "flag": "boolean",
        }.get(column)
        own = told[told["column"] == column]
        by_check = set(zip(own["row"], own["check"], strict=True))
        missing = {row for row, cell in enumerate(table[column]) if not cell}
        unread = {row for row in range(len(table)) if not there[row]} - missing
        assert {row for row, check in by_check if check == "dtype"} == unread
        nullable = OWN.schema.columns[column].nullable
        assert {row for row, check in by_check if check == "not_nullable"} == (set() if nullable else missing)
        plain = values[there].astype(dtype) if dtype else values[there]
        assert {pair for pair in by_check if pair[1] not in ("dtype", "not_nullable")} == ask_pandera(
            OWN, column, plain, "all"
        )


@pytest.mark.slow
@given(rows)
def test_a_check_that_warns_is_a_warning_and_rejects_no_row(drawn):
    table = pd.DataFrame(drawn, columns=list(CELLS), dtype="str")
    told = judge(OWN, table)
    assert set(told.loc[told["severity"] == "warning", "check"]) <= {"in_range"}
    assert set(told.loc[told["check"] == "in_range", "severity"]) <= {"warning"}
    clean = pd.DataFrame({"name": ["a"], "word": ["x"], "angle": [400.0], "count": [1], "code": [1], "flag": [True]})
    typed = contracts.typed(OWN, clean)
    assert contracts.failures(OWN, typed).empty
    assert len(contracts.split(OWN, typed).good) == 1
    assert contracts.find_warnings(OWN, typed)["reason"].tolist() == ["outside 0..360"]


def test_values_are_the_cells_as_they_are_written():
    table = pd.DataFrame([{name: cells[0] for name, cells in CELLS.items()}], dtype="str").assign(
        count="-1.0", angle="0900"
    )
    assert judge(OWN, table)[["column", "value"]].values.tolist() == [
        ["angle", "0900"],
        ["count", "-1.0"],
        ["angle", "0900"],
    ]


def test_a_table_with_types_is_judged_by_its_rows_too():
    table = pd.DataFrame({"name": ["a", "b"], "word": "x", "angle": np.array([1, 900], dtype=">i2"), "count": [1.0, 2.0], "code": [1, 2], "flag": [True, None]}, index=[7, 7])  # fmt: skip
    told = judge(OWN, table)
    assert told[["row", "column", "severity", "value"]].values.tolist() == [
        [1, "angle", "error", "900"],
        [1, "angle", "warning", "900"],
    ]


@pytest.mark.parametrize("stage", ["exposures", "archive", "products", "members", "features", "headers"])
def test_plain_pandera_reads_every_contract_and_takes_warnings_for_warnings(stage, sample):
    import pandera.io.pandas_io as pandera_io

    schema = pandera_io.from_yaml(find("schemas") / "jwst" / f"{stage}.yaml")
    contract = contracts.read(f"jwst/{stage}", tables.read("jwst").lists)
    for column, spec in contract.table["columns"].items():
        own = {str(check.name): check.raise_warning for check in schema.columns[column].checks}
        warn = {
            name for name, value in (spec["checks"] or {}).items() if isinstance(value, dict) and "options" in value
        }
        assert {name for name, warns in own.items() if warns} == warn
    if stage == "exposures":
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            schema.select_columns(["TARG_RA"]).validate(pd.DataFrame({"TARG_RA": [400.0]}))
        assert "in_range" in str(caught[0].message)


@pytest.mark.parametrize("options", ["{raise_warnings: true}", "yes", "{raise_warning: true, n: 1}"])
def test_a_misspelt_option_is_refused(options):
    text = f"columns: {{a: {{dtype: float64, checks: {{greater_than: {{value: 0, options: {options}}}}}}}}}".encode()
    with pytest.raises(contracts.ContractError, match="own.yaml: a: greater_than: options: "):
        contracts._read("own", text, ())


@pytest.mark.slow
def test_the_command_of_pandera_agrees_on_a_table_with_types(sample, tmp_path):
    rules = tables.read("jwst")
    exposures = jwst.exposures(rules, jwst.load(rules, sample).headers)
    bad = exposures.assign(TARG_DEC=exposures["TARG_DEC"].mask(exposures.index == 3, -95.0))
    contract = contracts.read("jwst/exposures", rules.lists)
    schema = str(find("schemas") / "jwst" / "exposures.yaml")
    for frame, wanted in ((exposures, 0), (bad, 1)):
        frame.to_parquet(tmp_path / "t.parquet")
        words = [
            str(Path(sys.executable).with_name("pandera")),
            "validate",
            "-s",
            schema,
            "-d",
            str(tmp_path / "t.parquet"),
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == wanted, done.stdout + done.stderr
        assert ("TARG_DEC" in done.stdout and "-95.0" in done.stdout) if wanted else "passed" in done.stdout
        assert len(judge(contract, frame)) == wanted


def test_findings_are_numbered_anew_in_the_order_of_rows():
    rows = [[2, "a", "dtype", "odd", "x", "error"], [1, "b", "isin", "odd", "", "error"]]
    told = arrange(pd.DataFrame(rows, columns=["row", "column", "check", "reason", "value", "severity"]))
    assert told["row"].tolist() == [1, 2]
    assert told.index.tolist() == [0, 1]


def test_a_whole_number_of_64_bits_is_one_and_a_longer_one_is_none():
    table = {"columns": {"n": {"dtype": "int64"}}}
    exact = [str(-(2**63)), "-9007199254740993", "-5", "0", str(2**63 - 1)]
    typed = read_cells(table, pd.DataFrame({"n": exact}))
    assert (typed.frame["n"].tolist(), typed.faults) == ([int(cell) for cell in exact], [])
    typed = read_cells(table, pd.DataFrame({"n": ["-5", "7", str(2**64), str(-(2**64))]}))
    assert typed.faults[0].where.tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("dtype", "cells", "values", "reasons"),
    [
        ("int64", ["0", "", "x", "1"], [0, 2, 2, 1], {"not a whole number": [2], "missing": [1]}),
        ("int64", ["1", "2"], [1, 2], {}),
        ("Int64", ["2.0", "2.5", "", "-3"], [2, None, None, -3], {"not a whole number": [1]}),
        ("float64", ["1.5", "bright", "", "-2"], [1.5, None, None, -2.0], {"not a number": [1]}),
        ("float64", [True, 1.5], [1.0, 1.5], {}),
        ("boolean", ["True", "False", "true", ""], [True, False, None, None], {"not True or False": [2]}),
        ("str", ["a", "", None], ["a", None, None], {}),
        ("", ["a", "", 1], ["a", None, 1], {}),
    ],
)
def test_cells_are_read_with_the_type_of_their_column(dtype, cells, values, reasons):
    frame = pd.DataFrame({"n": pd.Series(cells, index=range(5, 5 + len(cells)))})
    typed = read_cells({"columns": {"n": {"dtype": dtype}}}, frame)
    assert [None if pd.isna(value) else value for value in typed.frame["n"].tolist()] == values
    assert {fault.reason: np.flatnonzero(fault.where).tolist() for fault in typed.faults} == reasons
    assert {(fault.column, fault.check) for fault in typed.faults} <= {("n", "dtype"), ("n", "not_nullable")}
    assert typed.frame.index.tolist() == frame.index.tolist()
    stand_ins = {name: where.tolist() for name, where in typed.stand_ins.items()}
    bad = [row for rows in reasons.values() for row in rows]
    assert stand_ins == ({"n": [row in bad for row in range(len(cells))]} if dtype == "int64" else {})


def test_a_cell_that_cannot_be_read_is_one_finding_in_the_first_row_too():
    plain = {
        "name": ["a", "b"],
        "word": "x",
        "angle": "1",
        "count": ["many", "many"],
        "code": ["1", "2"],
        "flag": "True",
    }
    found = judge(OWN, pd.DataFrame(plain, dtype="str"))
    assert found[["row", "column", "check"]].to_numpy().tolist() == [[0, "count", "dtype"], [1, "count", "dtype"]]
