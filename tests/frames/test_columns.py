"""Columns: kept, ordered, and refused where they are not there."""

import numpy as np
import pandas as pd
import pytest

from scrub.frames import columns


def test_column_work():
    frame = pd.DataFrame({"a": ["x", None], "label": [1, 0]})
    assert columns.keep(frame, ["b", "a"]).columns.tolist() == ["a"]
    with pytest.raises(ValueError, match="no such columns: b, c"):
        columns.order(frame, ["b", "a", "c"])
    assert columns.order(frame, ["label", "a"]).columns.tolist() == ["label", "a"]
    good, rejected = columns.complete(frame, "s", ["a"])
    assert len(good) == len(rejected) == 1
    assert columns.upper(frame)["a"].tolist()[0] == "X"


def test_cases_of_many_columns_of_many_words_stay_apart():
    words = [f"w{i}" for i in range(256)]
    arrays = [np.array([*words, "w0"], dtype=object) for _ in range(9)]
    arrays[0][-1] = "w1"  # the last row differs from the first in one cell, and so from each
    numbers = columns.number_rows(arrays)
    assert len(set(numbers.codes.tolist())) == 257


def test_the_names_1_and_true_are_two_whichever_comes_first():
    for others in ([], ["notes"]):
        spelled = [columns.spell([first, *others], ["NOTES"])[0] for first in (1, True, 1.0)]
        assert list(map(repr, spelled)) == ["1", "True", "1.0"]
