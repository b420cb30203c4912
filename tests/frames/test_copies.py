"""Copies: rows of one name are one row where they are equal, and at fault where they are not."""

import numpy as np
import pandas as pd
import pytest

from scrub.frames.copies import Read, count_copies, fold
from scrub.frames.rejects import Fault


def list_faults(read):
    """What is wrong with which rows, and what is shown of each."""
    return [(f.column, np.flatnonzero(f.where).tolist(), list(np.asarray(f.cells)[f.where])) for f in read.faults]


@pytest.mark.parametrize(
    ("names", "n", "m", "kept", "faults"),
    [
        ("ab", [1, 2], [1, 2], [0, 1], []),
        ("aa", [1, 1], [5, 5], [0], []),
        ("aab", [1, 1, 1], [5, 5, 5], [0, 2], []),
        ("aaa", [1, 2, 1], [5, 5, 5], [0, 1, 2], [("n", [0, 1, 2], ["1", "2", "1"])]),
        ("baba", [1, 2, 1, 3], [5, 6, 5, 7], [0, 1, 3], [("n", [1, 2], ["2", "3"])]),
        ("aa", [1, 1], [5, 6], [0, 1], [("m", [0, 1], ["5", "6"])]),
        ("aabb", [1, 2, 3, 3], [5, 6, 7, 8], [0, 1, 2, 3], [("n", [0, 1], ["1", "2"]), ("m", [2, 3], ["7", "8"])]),
        ("aa", [1, None], [5, 5], [0, 1], [("n", [0, 1], ["1", ""])]),
        ("aa", [None, None], [5, 5], [0], []),
        ("aabb", [None, 1, 1, None], [5, 5, 5, 5], [0, 1, 2, 3], [("n", [0, 1, 2, 3], ["", "1", "1", ""])]),
        ("aaa", [None, None, 1], [5, 5, 5], [0, 1, 2], [("n", [0, 1, 2], ["", "", "1"])]),
    ],
)
def test_equal_rows_are_one_and_others_are_at_fault_in_the_first_column_that_differs(names, n, m, kept, faults):
    frame = pd.DataFrame({"name": list(names), "n": pd.array(n, dtype="Int64"), "m": m})
    folded = fold(Read(frame, []))
    assert folded.frame.equals(frame.iloc[kept].reset_index(drop=True))
    assert list_faults(folded) == faults
    assert {fault.reason for fault in folded.faults} <= {"not what another row of this name has"}
    assert count_copies(frame, lambda raw: Read(raw, [])) == len(frame) - len(kept)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("xy", ["'x' in f1; 'y' in f2", "'y' in f2; 'x' in f1"]),
        ("yx", ["'y' in f1; 'x' in f2", "'x' in f2; 'y' in f1"]),
        ("xxy", ["'x' in f1; 'y' in f3", "'x' in f2; 'y' in f3", "'y' in f3; 'x' in f1"]),
        ("yxz", ["'y' in f1; 'x' in f2", "'x' in f2; 'y' in f1", "'z' in f3; 'y' in f1"]),
    ],
)
def test_a_row_at_fault_names_the_first_other_file_and_its_value(words, shown):
    files = [f"f{number + 1}" for number in range(len(words))]
    frame = pd.DataFrame({"name": "a", "file": files, "word": list(words)}, dtype="str")
    assert list_faults(fold(Read(frame, []), path="file")) == [("word", list(range(len(words))), shown)]
    order = list(reversed(range(len(words))))
    folded = fold(Read(frame.iloc[order].reset_index(drop=True), []), path="file")
    assert list_faults(folded) == [("word", list(range(len(words))), shown[::-1])]


@pytest.mark.parametrize(
    ("files", "stays"),
    [(["f2", "f1", "f3"], 1), (["f1", "f2", "f3"], 0), (["f2", "f3", None], 2), (["f2", "f2", "f1"], 2)],
)
def test_of_equal_rows_the_one_of_the_first_file_stays(files, stays):
    frame = pd.DataFrame({"name": "a", "file": files, "word": "x"}, dtype="str")
    folded = fold(Read(frame, []), path="file")
    assert folded.frame.equals(frame.iloc[[stays]].reset_index(drop=True))
    assert folded.faults == []


@pytest.mark.parametrize("kind", [pd.Series, np.array])
@pytest.mark.parametrize(("written", "rows"), [(["?", "?"], 1), (["?", "!"], 2)])
def test_cells_that_could_not_be_read_are_equal_as_they_are_written(written, rows, kind):
    frame = pd.DataFrame({"name": ["b", "a", "a"], "n": [1.0, None, None]})
    fault = Fault(np.array([False, True, True]), "no number", "n", kind(["1", *written], dtype=object))
    folded = fold(Read(frame, [fault]))
    assert folded.frame["name"].tolist() == ["b", *"a" * rows]
    own = [("n", list(range(1, rows + 1)), written[:rows])]
    assert list_faults(folded) == own * rows
