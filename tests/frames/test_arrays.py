"""Columns as arrays: what a frame holds comes back from them, and few words are what many are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.frames import arrays, cells, columns
from scrub.frames.plain import are_plain, is_odd

TIMES = cells.FEW + 1
words = st.lists(st.sampled_from(["b", "a", "", None]), min_size=1, max_size=5)


@given(words, st.sampled_from([1, TIMES]))
def test_a_frame_comes_back_from_its_columns(listed, times):
    frame = pd.DataFrame({"word": pd.Series(listed * times, dtype="str"), "n": range(len(listed) * times)})
    back = arrays.make_frame(arrays.read_frame(frame))
    pd.testing.assert_frame_equal(back, frame.astype({"n": "int64"}))


@given(words)
def test_many_words_are_compared_sorted_and_numbered_as_few_are(listed):
    few = arrays.read_words(cells.make_text(listed))
    many = arrays.read_words(cells.make_text(listed * TIMES))
    assert arrays.list_words(many) == arrays.list_words(few) * TIMES
    assert (many == "a").tolist() == (few == "a").tolist() * TIMES
    for sort in (False, True):
        few_codes, distinct = pd.factorize(few, sort=sort)
        many_codes, own = pd.factorize(many, sort=sort)
        assert many_codes.tolist() == few_codes.tolist() * TIMES
        assert list(own) == list(distinct)
    assert columns.number_rows([many]).codes.tolist() == columns.number_rows([few]).codes.tolist() * TIMES


@given(words, st.lists(st.integers(0, 4), max_size=5))
def test_cells_are_picked_by_their_rows(listed, rows):
    many = arrays.read_words(cells.make_text(listed * TIMES))
    wanted = [(listed * TIMES)[row] for row in rows]
    assert arrays.pick(many, np.array(rows, dtype=np.intp)).tolist() == wanted


@pytest.mark.parametrize("times", [1, TIMES])
def test_words_that_repeat_are_not_unique(times):
    assert arrays.is_unique(arrays.make_cells(map(str, range(times))))
    assert not arrays.is_unique(arrays.read_words(cells.make_text(["a", "a"] * times)))


@given(
    st.lists(
        st.sampled_from(["a", "é", "\udcff", None, 1.5, np.nan, True, 7, 10**60, ["a"], np.int64(3), 1j]), max_size=4
    )
)
def test_cells_that_are_surely_plain_are_none_that_a_table_cannot_hold(listed):
    assert not (are_plain(listed) and any(map(is_odd, listed)))


@pytest.mark.parametrize(
    ("listed", "ascending"),
    [([], True), (["a"], True), (["a", "b", "c"], True), (["a", "c", "b"], False), (["b", "a"], False), (["a", "a"], False)],
)  # fmt: skip
def test_words_ascend_if_each_is_less_than_the_next(listed, ascending):
    assert arrays.is_ascending(listed) is ascending


@pytest.mark.parametrize(
    ("listed", "unique"),
    [([], True), (["a"], True), ([None], True), (["a", "b", None], True), (["a", None, None], False), (["b", "a", "b"], False)],
)  # fmt: skip
def test_numbered_words_are_unique_as_plain_ones_are(listed, unique):
    assert arrays.is_unique(arrays.make_cells(listed)) is unique
    assert arrays.is_unique(pd.Categorical(listed, categories=["a", "b"])) is unique


def test_many_words_are_numbered_in_the_order_of_the_words():
    codes = np.arange(TIMES * 3) % 3
    words = arrays.make_words(["b", None, "a"], codes)
    assert (words.categories.tolist(), words.codes[:3].tolist()) == (["a", "b"], [1, -1, 0])
    assert arrays.list_words(words) == ["b", None, "a"] * TIMES
    assert arrays.make_words(["b", None, "a"]).tolist() == ["b", None, "a"]


def test_objects_that_are_no_words_stay_objects_in_a_frame():
    columns = {"word": arrays.make_cells(["a", None]), "any": arrays.make_cells(["a", 1]), "n": np.array([1, 2])}
    frame = arrays.make_frame(columns, index=pd.Index([5, 6]))
    assert [str(dtype) for dtype in frame.dtypes] == ["str", "object", "int64"]
    assert (frame["any"].tolist(), frame.index.tolist()) == (["a", 1], [5, 6])
    assert arrays.count_rows(columns) == 2
