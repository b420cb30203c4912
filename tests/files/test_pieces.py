"""Pieces of a table together are the table: the same rows, cells, kinds of cells and torn lines."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scrub.files import pieces
from scrub.files.table_files import SourceError, read_table

cell = st.sampled_from(["", "x", "1.0", '"a,b"', '"two\nlines"', '"it ""is"""', 'stray"', '"open', "é"])
line = st.lists(cell, min_size=1, max_size=4).map(",".join)
ends = st.sampled_from(["\n", "\r\n"])


@pytest.fixture(autouse=True, scope="module")
def short_rows():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "ROW", 2)
        yield


def join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


def assert_whole(path: Path, *, rows: int = 2) -> None:
    """Assert that the pieces of a table have what the table has."""
    whole = read_table(path)
    listed = pieces.list_pieces(path, path.parent, rows=rows)
    read = [part for piece in listed for part in pieces.read_piece(piece, rows=rows)]
    assert_frame_equal(join([part.good for part in read]), whole.good.reset_index(drop=True))
    assert_frame_equal(join([part.rejected for part in read]), whole.rejected)


@given(lines=st.lists(line, min_size=1, max_size=12), end=ends, last=st.booleans(), size=st.sampled_from([1, 4, 15]))
@example(lines=["x,1,2", '"open,1,2', "y,1,2"], end="\n", last=True, size=1)
@example(lines=['"two\nlines",1,2', "", "y,1"], end="\r\n", last=False, size=1)
def test_lines_of_csv_are_cut_between_records(lines, end, last, size):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        text = end.join(["a,b,c", "1,2,3", *lines]) + (end if last else "")
        path.write_bytes(text.encode())
        assert_whole(path, rows=size)


@pytest.mark.parametrize("head", ["\ufeffa,b,c", "\n\na,b,c", 'a,"b\nb",c'])
def test_every_piece_has_the_header(tmp_path, head):
    path = tmp_path / "t.csv"
    path.write_text(head + "\n1,2,3\n4,5\n6,7,8\n", encoding="utf-8")
    assert_whole(path)


def test_a_packed_file_is_cut_too(tmp_path):
    path = tmp_path / "t.csv.gz"
    pd.DataFrame({"a": ["1", "2"], "b": ["x", "y"]}).to_csv(path, index=False)
    assert_whole(path)


def test_formulas_are_unquoted(tmp_path):
    from scrub.pipeline import save

    path = save.table(pd.DataFrame({"a": ["=1", "'x", "y"]}), tmp_path / "t.csv")
    assert_whole(path, rows=1)


ROWS = pd.DataFrame(
    {
        "count": [1, 2, None, 4, 5],
        "flag": [True, None, False, True, True],
        "whole": [1, 2, 3, 4, 5],
        "nullable": pd.array([1, None, 3, 4, 5], dtype="Int64"),
        "number": [0.5, None, 1.0, 2.0, 3.0],
        "text": ["a", None, "c", "d", "e"],
    }
)


def write_parquet(frame: pd.DataFrame, path: Path, **options) -> None:
    """Write whole numbers and flags that may be missing as what they are."""
    import pyarrow
    from pyarrow import parquet

    cells = {"count": pyarrow.array([1, 2, None, 4, 5], pyarrow.int64())}
    table = pyarrow.Table.from_pandas(frame.assign(count=range(5)), preserve_index=False)
    table = table.set_column(0, "count", cells["count"])
    parquet.write_table(table, path, **options)


@pytest.mark.parametrize("statistics", [True, False])
def test_cells_of_parquet_are_of_the_kind_that_the_whole_column_has(tmp_path, statistics):
    write_parquet(ROWS, tmp_path / "t.parquet", row_group_size=2, write_statistics=statistics)
    assert_whole(tmp_path / "t.parquet", rows=2)
    assert_whole(tmp_path / "t.parquet", rows=1)


def test_a_dataset_is_read_file_by_file(tmp_path):
    folder = tmp_path / "d.parquet"
    folder.mkdir()
    for name in ("b", "a"):
        write_parquet(ROWS.assign(text=name), folder / f"{name}.parquet", row_group_size=2)
    (folder / "_notes.parquet").write_text("no table")
    assert pieces.count_rows(folder) == 10
    listed = pieces.list_pieces(folder, tmp_path, rows=100)
    assert [piece.path.name for piece in listed] == ["a.parquet", "b.parquet"]
    assert_whole(folder, rows=3)


def test_a_dataset_of_two_kinds_of_files_is_no_list_of_pieces(tmp_path):
    ROWS[["text"]].to_parquet(tmp_path / "a.parquet")
    ROWS[["whole"]].to_parquet(tmp_path / "b.parquet")
    assert pieces.list_pieces(tmp_path, tmp_path, rows=3) is None
    with pytest.raises(SourceError, match=r"a\.parquet and b\.parquet have other columns: give one of them"):
        read_table(tmp_path)
    (tmp_path / "b.parquet").write_text("no table")
    with pytest.raises(SourceError, match="cannot be read"):
        read_table(tmp_path)
