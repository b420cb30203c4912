"""Chunks of a table, however they overlap, are the table: the same rows in the same order, and the same hash."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scrub.files import digest, sorted_runs
from scrub.pipeline import chunks

names = st.lists(st.text("abc", min_size=1, max_size=3), max_size=30)


def get_keys(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["name", "at"]].astype("str")


@pytest.fixture(autouse=True, scope="module")
def small_batches():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorted_runs, "BATCH", 2)
        yield


@given(names, st.data(), st.integers(1, 5))
def test_chunks_are_merged_to_the_order_of_the_whole(words, data, rows):
    frame = pd.DataFrame({"name": words, "at": range(len(words)), "n": 0.5}).astype({"name": "str", "at": "Int64"})
    of = data.draw(st.lists(st.integers(0, 3), min_size=len(words), max_size=len(words)))
    whole = chunks._sort(frame, get_keys)
    with TemporaryDirectory() as name:
        folder = Path(name)
        parts = [
            chunks.save_chunk(whole[pd.Series(of, dtype="int64") == i], get_keys, folder / f"t-{i}") for i in range(4)
        ]
        arranged = chunks.arrange(parts, get_keys, folder, rows=rows)
        assert_frame_equal(pd.concat(map(chunks.read_chunk, arranged), ignore_index=True), whole)
        assert chunks.hash_chunks(arranged) == digest.of_frame(whole)
        assert all(chunk.rows for chunk in arranged) or len(whole) == 0


def test_chunks_that_do_not_overlap_are_left_as_they_are(tmp_path):
    frame = pd.DataFrame({"name": ["a", "b", "c"], "at": ["1", "2", "3"]})
    parts = [
        chunks.save_chunk(frame[2:], get_keys, tmp_path / "x"),
        chunks.save_chunk(frame[:2], get_keys, tmp_path / "y"),
    ]
    assert chunks.arrange(parts, get_keys, tmp_path, rows=1) == parts[::-1]
