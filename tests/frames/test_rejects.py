"""Rejects: an account of rows that were set aside."""

import numpy as np
import pandas as pd
import pytest

from scrub.frames import rejects
from scrub.frames.cells import TEXT


def test_an_account_of_no_rows_is_the_callers_own():
    first = rejects.none_rejected()
    first.loc[0] = ["a", "s", "missing", "n", ""]
    first.attrs["mark"] = "x"
    second = rejects.none_rejected()
    second.columns = list("abcde")
    third = rejects.none_rejected()
    assert (len(first), len(third), third.attrs, third.columns.tolist()) == (1, 0, {}, rejects.REJECTED)


def account(rows: list[tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=rejects.REJECTED, dtype=TEXT)


@pytest.mark.parametrize("is_frame", [True, False])
def test_of_two_faults_of_a_row_the_first_counts(is_frame):
    frame = pd.DataFrame({"name": ["a", "b", None, "d"], "n": [1, 2, 3, 4]})
    cells = np.array(["p", "q", None, 2.0], dtype=object)
    faults = [
        rejects.Fault([False] * 4, "never", "n", cells),
        rejects.Fault([False, True, True, False], "odd", "n", cells),
        rejects.Fault(pd.Series([True, True, False, False]), "far", "m", cells),
    ]
    wanted = [("b", "s", "odd", "n", "q"), ("", "s", "odd", "n", ""), ("a", "s", "far", "m", "p")]
    if is_frame:
        good, rejected = rejects.set_aside(frame, "s", faults)
        assert good.to_dict("list") == {"name": ["d"], "n": [4]}
        assert good.index.tolist() == [0]
    else:
        columns = {name: cells.to_numpy(dtype=object) for name, cells in frame.items()}
        good, rejected = rejects.set_columns_aside(columns, "s", faults)
        assert {name: cells.tolist() for name, cells in good.items()} == {"name": ["d"], "n": [4]}
    pd.testing.assert_frame_equal(rejected, account(wanted))


def test_rows_without_a_fault_come_back_as_they_are():
    frame = pd.DataFrame({"name": ["a"]}, index=[7])
    good, rejected = rejects.set_aside(frame, "s", [rejects.Fault([False], "odd", "", frame["name"])])
    assert good is frame
    pd.testing.assert_frame_equal(rejected, account([]))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("é", "é"), ("\udcff", "\\udcff"), (pd.NA, ""), (1.5, "1.5"), (True, "True"), (pd.NaT, ""),
        (2**1000 - 1, str(2**1000 - 1)[:38] + "..." + str(2**1000 - 1)[-39:]), (2**1000, "a whole number of 1001 bits"),
        (["x" * 100], "['" + "x" * 37 + "..." + "x" * 38 + "']"),
    ],
)  # fmt: skip
def test_a_cell_is_written_in_short(cell, text):
    assert rejects.write(cell) == text


def test_an_account_is_arranged_by_stage_as_they_come_then_by_what_was_rejected():
    one, two, three = ("b", "t", "odd", "n", "1"), ("a", "s", "odd", "n", "1"), ("a", "t", "odd", "n", "1")
    more = [("a", "t", "odd", "m", "1"), ("a", "t", "far", "n", "9"), ("a", "t", "odd", "n", "0")]
    arranged = rejects.arrange(account([one, two, three, *more]))
    pd.testing.assert_frame_equal(arranged, account([more[0], more[1], more[2], three, one, two]))
    pair = [("b", "s", "odd", "n", ""), ("a", "s", "odd", "n", "")]
    pd.testing.assert_frame_equal(rejects.arrange(account(pair)), account(pair[::-1]))


def test_reasons_are_counted_over_accounts_with_the_first_of_each():
    one, two = ("a", "s", "odd", "n", "1"), ("b", "s", "odd", "n", "2")
    three, four = ("c", "s", "odd", "m", "3"), ("d", "s", "far", "n", "4")
    counted = rejects.count_reasons([account([two, three]), account([one, four, one])])
    assert counted.to_dict("split", index=False)["data"] == [
        ["s", "far", "n", "d", "4", 1],
        ["s", "odd", "m", "c", "3", 1],
        ["s", "odd", "n", "b", "2", 3],
    ]
    assert counted.columns.tolist() == ["stage", "reason", "column", "what", "value", "count"]


def test_accounts_are_joined_in_their_order():
    one, two = account([("b", "s", "odd", "n", "")]), account([("a", "s", "odd", "n", "")])
    joined = rejects.join([one, account([]), two])
    assert joined["what"].tolist() == ["b", "a"]
    assert joined.index.tolist() == [0, 1]
