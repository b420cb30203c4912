"""What is written: whole files, and quotes only where they must be."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from scrub.files import atomic

cells = st.text(st.sampled_from('ab1.|!*,"; \n\r\té−日\u2028\x85\ufeff'), max_size=4)


@example(rows=[["a", "b"], ['"', ","], ["\n", "x\ry"]])
@given(rows=st.lists(st.lists(cells, min_size=2, max_size=2)))
def test_quotes_stand_only_where_they_must(rows):
    text = "".join(atomic.csv_lines(rows))
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == rows
    quoted = sum(any(mark in cell for mark in ',"\r\n') for row in rows for cell in row)
    inside = sum(cell.count('"') for row in rows for cell in row)
    assert text.count('"') == 2 * quoted + 2 * inside
