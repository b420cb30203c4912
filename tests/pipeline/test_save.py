"""Tables as they are saved: whole or not at all, quoted where they must be."""

import csv
import json

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import hst_cal
from scrub.cli import main
from scrub.files import atomic, formulas
from scrub.files.table_files import read_table
from scrub.pipeline import save, stamp
from tests.profiles import times

CELLS = st.text(st.sampled_from("=+-@\t'\"a1.e,;"), max_size=6)


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("before")
    frame = pd.DataFrame({"a": ["x"]})
    monkeypatch.setattr(save, "csv", lambda frame, path, raw_cells: path.write_text("half") and 1 / 0)
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


@times(4)
@given(st.lists(CELLS, min_size=1, max_size=6), CELLS, st.booleans())
@example(["'=1", "=1", "''", "-", "-.5", "+1e5", "@"], "=a", True)
def test_what_looks_like_a_formula_is_text_to_a_spreadsheet_and_reads_back_as_it_was(
    tmp_path_factory, cells, name, stamped
):
    path = tmp_path_factory.mktemp("save") / "t.csv"
    frame = pd.DataFrame({f"{name}n": ["a"] * len(cells), name or "x": cells}, dtype="str")
    save.table(frame, path, stamp.of(hst_cal.read_rules(), "hst_cal") if stamped else None)
    with path.open(newline="") as stream:
        written = [cell for line in csv.reader(stream) for cell in line]
    assert not [cell for cell in written if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not is_number(cell)]
    expected = frame.map(str.strip)
    pd.testing.assert_frame_equal(read_table(path).good, expected)
    if stamped:
        assert stamp.read(path) == stamp.of(hst_cal.read_rules(), "hst_cal")


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def test_a_table_of_ones_own_keeps_its_apostrophes(tmp_path):
    path = tmp_path / "t.csv"
    save.table(pd.DataFrame({"a": ["=1", "x"]}), path)
    assert json.loads(formulas.sidecar(path).read_text())["skyscrub"]["formulas_quoted"] is True
    path.write_text("a\n'=2\n'x\n")
    assert read_table(path).good["a"].tolist() == ["'=2", "'x"]
    for content in ("", "[]", '{"skyscrub": 1}'):
        formulas.sidecar(path).write_text(content)
        assert read_table(path).good["a"].tolist() == ["'=2", "'x"]


def test_a_table_without_such_cells_needs_no_sidecar(tmp_path):
    save.table(pd.DataFrame({"a": ["x", "-0.5"], "n": [-0.5, 1]}), tmp_path / "t.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
    assert (tmp_path / "t.csv").read_text() == "a,n\nx,-0.5\n-0.5,1.0\n"


def test_a_run_quotes_formulas_unless_it_is_told_not_to(sample, tmp_path, capsys):
    cell = '=HYPERLINK("http://example.org";"x")'
    sample.iloc[:1].assign(TARGNAME=cell).to_csv(tmp_path / "in.csv", index=False)
    exposures = tmp_path / "out" / "exposures.csv"
    for options, first in (([], "'"), (["--raw-cells"], "")):
        assert main.main(["jwst", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out"), *options]) == 0
        assert pd.read_csv(exposures, dtype="str")["TARGNAME"].tolist() == [first + cell]
        assert read_table(exposures).good["TARGNAME"].tolist() == [cell]
        assert main.main(["validate", "jwst/exposures", str(exposures), "--same-rules"]) == 0
        assert main.main(["verify", str(tmp_path / "out")]) == 0
    capsys.readouterr()
