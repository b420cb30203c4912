"""Columns as lines of CSV: the same bytes with and without pyarrow, and with any size of the pieces."""

import builtins
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.files import atomic, csv_columns
from scrub.files.csv_columns import Column

words = st.text(st.sampled_from('ab ,"\n\r=é\u2028\U0001f52d'), max_size=4)


@st.composite
def tables(draw):
    """Rows of text, and their columns as distinct cells and positions."""
    rows = draw(st.lists(st.lists(words, min_size=2, max_size=2), max_size=8))
    columns = []
    for cells in zip(*rows, strict=True):
        distinct = list(dict.fromkeys(cells))
        columns.append(Column(atomic.quote_all(distinct), np.array([distinct.index(cell) for cell in cells])))
    return rows, columns


def write(columns):
    stream = BytesIO()
    csv_columns.write(columns, stream)
    return stream.getvalue()


@given(tables(), st.integers(1, 9))
def test_the_bytes_are_those_of_a_line_by_line_writer(table, piece):
    rows, columns = table
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_columns, "PIECE", piece)
        assert write(columns).decode() == "".join(atomic.csv_lines(rows))


@given(tables())
def test_the_bytes_are_the_same_without_pyarrow(table):
    rows, columns = table
    load = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return load(name, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "__import__", refuse)
        assert write(columns).decode() == "".join(atomic.csv_lines(rows))
