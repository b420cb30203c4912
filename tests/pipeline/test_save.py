"""Tables as they are saved: whole or not at all, quoted where they must be."""

import csv

import pandas as pd
import pytest

from scrub.files import atomic
from scrub.pipeline import save


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("before")
    frame = pd.DataFrame({"a": ["x"]})
    monkeypatch.setattr(save, "_csv", lambda frame, path: path.write_text("half") and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save.table(frame, path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_csv_cells_are_quoted_where_they_must_be(tmp_path):
    frame = pd.DataFrame({"a,b": ['say "so"', "x,y", "two\nlines", None], "n": [0.1, float("nan"), 1e-300, 2.0]})
    save.table(frame, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as stream:
        told = list(csv.reader(stream))
    assert told == [["a,b", "n"], ['say "so"', "0.1"], ["x,y", ""], ["two\nlines", "1e-300"], ["", "2.0"]]
    assert (tmp_path / "t.csv").stat().st_mode & 0o777 == 0o666 & ~atomic._umask()
