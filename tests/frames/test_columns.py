"""Columns: kept, ordered, and refused where they are not there."""

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
