"""Cells: a number is read, missing or unreadable."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub.frames import cells, plain
from tests.exposures import WORDS


@given(st.lists(st.sampled_from(["1", "1.0", "1e3", "x", "NONE", "", "-2", "0x1", "inf", "-inf", "1e999", "1_0"])))
@example(["NaN", "١"])
def test_a_number_is_read_missing_or_unreadable_and_never_two_of_these(listed):
    told = cells.number(WORDS, pd.Series(listed, dtype="str"))
    for cell, value, unreadable in zip(listed, told.values, told.unreadable, strict=True):
        if cell in {"", "NONE", "NaN"}:
            assert (np.isnan(value), unreadable) == (True, False)
        elif unreadable:
            assert np.isnan(value)
        else:
            assert float(cell) == value
            assert np.isfinite(value)


@pytest.mark.parametrize("infinite", [float("inf"), float("-inf")])
@pytest.mark.parametrize("dtype", ["float64", "Float64", "object", "float64[pyarrow]"])
def test_what_is_not_finite_is_no_number_in_a_column_of_any_type(infinite, dtype):
    parsed = cells.number(WORDS, pd.Series([1.5, infinite, None], dtype=dtype))
    assert parsed.unreadable.tolist() == [False, True, False]
    np.testing.assert_array_equal(parsed.values, [1.5, np.nan, np.nan])


def test_cells_of_several_types_do_not_become_one_another():
    mixed = pd.Series([True, 1, "1", 1.0, 2.5], dtype=object)
    assert cells.text(WORDS, mixed).tolist() == ["True", "1", "1", "1", "2.5"]
    assert cells.text(WORDS, mixed.iloc[::-1]).tolist() == ["2.5", "1", "1", "1", "True"]


@pytest.mark.parametrize(("whole", "odd"), [(-(2**63), False), (-(2**63) - 1, True), (2**64 - 1, False), (2**64, True)])
def test_a_whole_number_has_64_bits(whole, odd):
    assert plain.is_odd(whole) is odd


@pytest.mark.parametrize(
    ("number", "kept"), [(2.0**53 - 1, True), (2.0**53, False), (2.0**60, False), (-(2.0**53), False)]
)
def test_a_whole_number_counts_where_a_float_holds_it_exactly(number, kept):
    counts, fraction = cells.make_counts(np.array([number]))
    assert fraction.tolist() == [not kept]
    assert counts.isna().tolist() == [not kept]
    assert not kept or int(counts[0]) == int(number)


@pytest.mark.parametrize(
    ("dtype", "is_plain"),
    [
        (pd.StringDtype("python"), False),
        (pd.StringDtype("pyarrow"), True),
        (np.dtype("datetime64[ns]"), True),
        (np.dtype("complex128"), False),
    ],
)
def test_a_column_is_plain_where_its_type_holds_only_what_tables_hold(dtype, is_plain):
    assert plain.is_plain(dtype) is is_plain
