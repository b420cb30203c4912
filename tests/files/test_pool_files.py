"""Pool files: tables with ``|`` between cells are told from CSV files, and nothing of them is lost."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.files import pool_files, table_files
from scrub.files.table_files import SourceError

CELLS = st.text("ab,\"'[()] 1", max_size=6).map(str.strip)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5)


@given(ROWS)
def test_each_cell_comes_back(tmp_path_factory, rows):
    """Commas, quotes and brackets in cells are no matter."""
    path = tmp_path_factory.mktemp("pool") / "jw01018_pool.csv"
    path.write_text("\n".join("|".join(row) for row in [("FILENAME", "OBS_NUM", "ASN_CANDIDATE"), *rows]) + "\n")
    pool = pool_files.read_pool(path)
    assert [tuple(row) for row in pool.frame.to_numpy()] == rows
    assert pool.lines == [*range(2, len(rows) + 2)]
    assert not pool.torn


def test_torn_lines_are_rejects(tmp_path):
    """A line of another width is rejected by its number; a blank line is none."""
    path = tmp_path / "pool.csv"
    path.write_text("a|b\n1\n\n1|2\n1|2|3\n")
    table, rejected, lines = table_files.read_numbered(path)
    assert table.to_dict("records") == [{"a": "1", "b": "2"}]
    assert lines == [4]
    assert rejected["value"].tolist() == ["line 2: 1", "line 5: 1|2|3"]
    assert rejected["reason"].tolist() == ["a line of fewer than 2 cells", "a line of more than 2 cells"]


def test_a_packed_pool_is_read(tmp_path):
    """``.csv.gz`` is read as ``.csv``."""
    path = tmp_path / "pool.csv.gz"
    path.write_bytes(gzip.compress(b"a|b\n1|[('o001', 'OBSERVATION')]\n"))
    assert table_files.read_table(path).good["b"].tolist() == ["[('o001', 'OBSERVATION')]"]


@pytest.mark.parametrize("text", ["a,b\n1|2,3\n", '"a|b"\n1\n', "a\n1|2\n", ""])
def test_other_files_are_none(tmp_path, text):
    """A header with commas, quotes or no mark at all is of no pool."""
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert pool_files.read_pool(path) is None


def test_a_column_that_stands_twice_is_refused(tmp_path):
    """No cell is taken for another's."""
    path = tmp_path / "pool.csv"
    path.write_text("a|a\n1|2\n")
    with pytest.raises(SourceError, match="a column stands twice: rename one of them"):
        table_files.read_table(path)
