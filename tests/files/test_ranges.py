"""A file in parts is the file: whatever is read of it, in whatever order, is what a whole file gives."""

import io

from hypothesis import given
from hypothesis import strategies as st

from scrub.files import ranges

READS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 90)), max_size=8)


def make_fetch(data, is_known, parts):
    """Parts of some bytes; ``parts`` keeps what was asked for."""

    def fetch(start, end):
        parts.append((start, end))
        return ranges.Part(data[start:end], len(data) if is_known else None)

    return fetch


@given(st.binary(max_size=250), st.integers(1, 40), st.booleans(), READS)
def test_reads_in_any_order_give_what_a_whole_file_gives(data, step, is_known, reads):
    parts = []
    raw, size = ranges.open_raw(make_fetch(data, is_known, parts), step=step)
    assert size == (len(data) if is_known else None)
    far, near = io.BufferedReader(raw, 16), io.BytesIO(data)
    for at, length in reads:
        assert far.seek(at) == near.seek(at)
        assert far.read(length) == near.read(length)
    assert parts[0] == (0, ranges.FIRST)
    assert all(end - start == step for start, end in parts[1:])


@given(st.integers(0, 300), st.integers(1, 40))
def test_nothing_is_asked_for_behind_an_end_that_is_known(at, step):
    parts = []
    raw, _ = ranges.open_raw(make_fetch(b"x" * 100, True, parts), step=step)
    raw.seek(100 + at)
    assert raw.read(10) == b""
    assert parts == [(0, ranges.FIRST)]


def test_a_file_beyond_the_first_part_is_asked_for_in_steps():
    data, parts = bytes(range(256)) * 300, []
    stream, _ = ranges.open_buffered(make_fetch(data, True, parts))
    assert stream.read() == data
    steps = [(at, at + ranges.NEXT) for at in range(ranges.FIRST, len(data), ranges.NEXT)]
    assert parts == [(0, ranges.FIRST), *steps]
