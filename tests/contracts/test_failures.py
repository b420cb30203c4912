"""Failures: every case that Pandera refuses is a row, with a reason that a person reads."""

import pandas as pd
import pytest

from scrub.contracts.failures import describe_check, list_failures

CASES = ["schema_context", "column", "check", "failure_case", "index"]
COLUMNS = {"name": (), "mag": (), "word": ("left", "right")}


def list_rows(*cases: tuple) -> list[list]:
    """The failures of some cases, without their reasons."""
    return list_failures(pd.DataFrame(cases, columns=CASES), COLUMNS).drop(columns="reason").to_numpy().tolist()


def test_one_check_of_two_columns_of_a_row_fails_twice():
    missing = [("Column", column, "not_nullable", None, 3) for column in ("word", "name")]
    assert list_rows(*missing) == [[3, "name", "not_nullable", None], [3, "word", "not_nullable", None]]


def test_a_check_of_several_columns_is_a_fault_of_the_first_of_them():
    again = [
        ("DataFrameSchema", column, "multiple_fields_uniqueness", value, 1)
        for column, value in (("mag", 4), ("name", "a"))
    ]
    assert list_rows(*again) == [[1, "name", "multiple_fields_uniqueness", "a"]]


def test_of_a_column_of_another_type_only_the_type_is_a_fault():
    whole = [("Column", "mag", check, "str", None) for check in ("dtype('float64')", "in_range(0, 1)", "isin([1])")]
    other = ("Column", "name", "not_nullable", "", None)
    assert list_rows(*whole, other) == [[-1, "name", "not_nullable", ""], [-1, "mag", "dtype", "str"]]


def test_a_missing_column_and_rows_are_in_order():
    cases = [
        ("Column", "mag", "in_range(0, 1)", 2.0, 4),
        ("DataFrameSchema", None, "column_in_dataframe", "word", None),
        ("Column", "mag", "in_range(0, 1)", 3.0, 0),
    ]
    assert [row[:3] for row in list_rows(*cases)] == [
        [-1, "word", "column_in_dataframe"],
        [0, "mag", "in_range"],
        [4, "mag", "in_range"],
    ]


@pytest.mark.parametrize(
    ("given", "reason"),
    [("lift", "not on the list: one letter off left"), ("up", "not on the list")],
)
def test_a_word_one_letter_off_is_named(given, reason):
    cases = pd.DataFrame([("Column", "word", "isin(['left', 'right'])", given, 0)], columns=CASES)
    assert list_failures(cases, COLUMNS)["reason"].tolist() == [reason]


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ("str_matches('^a+$')", "not of the form ^a+$"),
        ("dtype('float64')", "not of the type float64"),
        ("str_length(1, 8)", "not of a length 1..8"),
        ("equal_to(7)", "not 7"),
        ("greater_than(0)", "not greater than 0"),
        ("a check of my own", "a check of my own"),
    ],
)
def test_a_check_is_said_in_words(check, reason):
    assert describe_check(check) == reason
