"""Plain CSV files: what is read at once is what is read line by line; all else is left to the other reader."""

import builtins
import gzip

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub.files import table_files
from scrub.files.plain_csv import read_plain

pytest.importorskip("pyarrow")

PLAIN = {
    "a header alone": b"a,b\n",
    "lines": b"a,b\n1,2\n3,4\n",
    "no line break at the end": b"a,b\n1,2\n3,4",
    "Windows": b"a,b\r\n1,2\r\n3,4\r\n",
    "a byte order mark": b"\xef\xbb\xbfa,b\n1,2\n",
    "two columns of one name": b"a,a\n1,2\n",
    "columns without a name": b"a,,\n1,2,3\n",
    "words for missing": b"a,b\nNA,\nnull,NaN\n,None\n",
    "blanks, tabs and other letters": "a,b\n x ,\ty\n\u00e9,\u2028\n".encode(),
    "numbers, dates and flags": b"a,b\n007,1E5\n2024-01-01,true\n",
    "what pandas takes as a comment or an escape": b"a,b\n#1,\\n\n'x',\x1a\n",
}
LEFT = {
    "nothing": b"",
    "one column": b"a\n1\n",
    "a quote": b'a,b\n"1",2\n',
    "a torn line": b"a,b\n1\n",
    "a comma behind each line": b"a,b\n1,2,\n",
    "a blank line": b"a,b\n1,2\n\n3,4\n",
    "a line of blanks": b"a,b\n1,2\n  \n3,4\n",
    "a blank line in front": b"\na,b\n1,2\n",
    "a line break of old": b"a,b\n1,2\r3,4\n",
    "a zero byte": b"a,b\n1,\x002\n",
    "another encoding": b"a,b\n\xe9,2\n",
    "a header in another encoding": b"\xe9,b\n1,2\n",
}


def read_slowly(path):
    """What the other reader has: rows, lines; nothing where it has torn lines or none at all."""
    try:
        read = table_files._read_csv(path)
    except (ValueError, pd.errors.EmptyDataError):
        return None
    return None if len(read.rejected) else read


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("packed", [False, True])
def test_a_plain_file_is_read_at_once_and_alike(tmp_path, data, packed):
    path = tmp_path / ("t.csv.gz" if packed else "t.csv")
    path.write_bytes(gzip.compress(data) if packed else data)
    pd.testing.assert_frame_equal(read_plain(path), table_files._read_csv(path).good)
    assert table_files.read_numbered(path).lines == table_files._read_csv(path).lines


@pytest.mark.parametrize("data", LEFT.values(), ids=LEFT)
def test_any_other_file_is_left_to_the_other_reader(tmp_path, data):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert read_plain(path) is None


def test_a_damaged_or_absent_file_is_left_to_the_other_reader(tmp_path):
    packed = gzip.compress(b"a,b\n1,2\n" * 100)
    (tmp_path / "t.csv.gz").write_bytes(packed[:-4])
    assert read_plain(tmp_path / "t.csv.gz") is None
    assert read_plain(tmp_path / "absent.csv") is None


def test_without_the_extra_every_file_is_left_to_the_other_reader(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(PLAIN["lines"])
    assert read_plain(path) is not None
    load = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return load(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert read_plain(path) is None
    assert table_files.read_table(path).good.to_numpy().tolist() == [["1", "2"], ["3", "4"]]


odd = [b'"', b"\0", b"\r", b",", b"\n", b"\xe9", b"\xed\xa0\x80"]
common = [b" ", b"\t", b"\x0b", b"a", b"1", b"NA", b"#", b"\\", b"'", b"\xef\xbb\xbf", "\u00e9\u2028".encode(), b"\x1a"]
hostile = st.lists(st.sampled_from([b",", b"\n", b"\r\n", *odd, *common]), max_size=30).map(b"".join)
cells = st.lists(st.sampled_from(common), max_size=3).map(b"".join)
rows = st.lists(cells, min_size=2, max_size=2).map(b",".join)
tables = st.tuples(st.sampled_from([b"\n", b"\r\n"]), st.lists(rows, min_size=2, max_size=6)).map(
    lambda t: t[0].join(t[1])
)


@given(tables | hostile | st.tuples(tables, hostile, tables).map(b"".join))
@example(b"a,b\n\xef\xbb\xbf1,2\n")
@example(b"\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n")
@example(b"a,b\r\n1,2\r")
def test_what_is_read_at_once_is_what_is_read_line_by_line(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "t.csv"
    path.write_bytes(data)
    plain = read_plain(path)
    if plain is not None:
        slow = read_slowly(path)
        assert slow is not None
        pd.testing.assert_frame_equal(plain, slow.good)
        assert slow.lines == [*range(2, len(plain) + 2)]
