"""Tables as files: read as they are written; what is torn costs only itself."""

import csv
import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import jwst
from scrub.files import csv_records
from scrub.files.table_files import SourceError, read_table, read_whole
from tests.exposures import BASE


def test_tables_are_read_as_they_are_written(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\ufeffexposure,TARGNAME,PROGRAM\na,1E5,007\nb,None,\n", encoding="utf-8")
    told = read_table(path).good
    assert told.to_numpy().tolist() == [["a", "1E5", "007"], ["b", "None", ""]]
    assert told.columns[0] == "exposure"


def test_a_torn_line_costs_only_itself(tmp_path):
    path = tmp_path / "t.csv"
    frame = pd.DataFrame([BASE, {**BASE, "exposure": "e2"}])
    lines = frame.to_csv(index=False).splitlines()
    path.write_text("\n".join([lines[0], lines[1] + ",stray", lines[2]]) + "\n")
    answer = jwst.run(path)
    assert answer.members["exposure"].tolist() == ["e2"]
    assert answer.rejected[["what", "stage", "reason"]].to_numpy().tolist() == [
        ["e1", "table", "a line of more than 11 cells"]
    ]
    assert answer.ledger["exposures"] == {"in": 2, "products": 1, "left_out": 0, "rejected": 1, "duplicates": 0}


@pytest.mark.parametrize(
    ("name", "content"), [("t.csv", b""), ("t.csv", b"a,b\n\xff\xfe,1\n"), ("t.parquet", b"PAR0"), ("t.xlsx", b"")]
)
def test_a_file_that_is_no_table_is_an_error(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=name):
        jwst.run(tmp_path / name)


def ten_rows(tmp_path, change):
    rows = pd.DataFrame([{**BASE, "exposure": f"e{i}", "TARGNAME": "M 31"} for i in range(10)])
    path = tmp_path / "t.csv"
    path.write_text("\n".join(change(rows.to_csv(index=False).splitlines())) + "\n")
    return jwst.run(path)


@pytest.mark.parametrize("places", [[3], [3, 7]])
def test_a_stray_quote_costs_only_its_line(tmp_path, places):
    answer = ten_rows(
        tmp_path, lambda lines: [s.replace("M 31", '"M 31') if i in places else s for i, s in enumerate(lines)]
    )
    assert answer.rejected["what"].tolist() == [f"e{i - 1}" for i in places]
    assert set(answer.rejected["reason"]) == {"a quote that is never closed"}
    assert len(answer.members) == 10 - len(places)
    assert answer.ledger["exposures"]["in"] == 10


def test_a_comma_behind_each_line_does_no_harm(tmp_path):
    assert len(ten_rows(tmp_path, lambda lines: [lines[0], *(f"{line}," for line in lines[1:])]).members) == 10


def test_a_torn_packed_table_is_an_error(tmp_path):
    packed = gzip.compress(pd.DataFrame([BASE]).to_csv(index=False).encode())
    (tmp_path / "t.csv.gz").write_bytes(packed)
    assert len(jwst.run(tmp_path / "t.csv.gz").members) == 1
    (tmp_path / "t.csv.gz").write_bytes(packed[:60])
    with pytest.raises(SourceError, match=r"t.csv.gz: cannot be read"):
        jwst.run(tmp_path / "t.csv.gz")


def test_one_fits_file_is_no_table(tmp_path):
    (tmp_path / "a_uncal.fits").touch()
    with pytest.raises(SourceError, match="give its folder"):
        jwst.run(tmp_path / "a_uncal.fits")


cells = st.text(st.sampled_from('ab ,"\n\r0'), max_size=4).filter(lambda cell: cell.count(",") < 2)
records = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=5)


def write_csv(path: Path, rows: list, **options) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, **options).writerows(rows)
    return path


@given(records, st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.sampled_from(["\n", "\r\n"]))
@example([["a", "x\ny", "b"], ["c", '"', ""]], csv.QUOTE_MINIMAL, "\n")
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, rows, quoting, ending):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    write_csv(path, [["p", "q", "r"], *rows], quoting=quoting, lineterminator=ending)
    read = read_table(path)
    assert read.rejected.empty
    assert read.good.columns.tolist() == ["p", "q", "r"]
    assert read.good.to_numpy().tolist() == rows


@given(st.lists(st.integers(0, 8), max_size=8))
def test_every_line_is_a_row_or_an_account(tmp_path_factory, widths):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    lines = [",".join(f"c{i}" for i in range(width)) for width in widths]
    path.write_text("\n".join(["p,q,r", *lines]) + "\n")
    read = read_table(path)
    assert len(read.good) == sum(width == 3 for width in widths)
    torn = [width for width in widths if width not in (0, 3)]
    reasons = [f"a line of {'more' if width > 3 else 'fewer'} than 3 cells" for width in torn]
    assert read.rejected["reason"].tolist() == reasons
    places = [at for at, width in enumerate(widths, start=2) if width not in (0, 3)]
    assert [value.partition(":")[0] for value in read.rejected["value"]] == [f"line {at}" for at in places]


def test_a_quoted_line_break_keeps_the_ledger_closed(tmp_path):
    rows = [{**BASE, "exposure": f"e{i}", "TARGNAME": "NGC\n104" if i == 1 else "M 31, north"} for i in range(3)]
    pd.DataFrame(rows).to_csv(tmp_path / "t.csv", index=False)
    answer = jwst.run(tmp_path / "t.csv")
    assert answer.rejected.empty
    assert answer.ledger["exposures"]["in"] == 3
    assert answer.exposures["TARGNAME"].tolist() == ["M 31, north", "NGC\n104", "M 31, north"]


def test_a_stray_quote_swallows_no_line(tmp_path):
    def change(lines):
        opened = [line.replace("M 31", '"M 31') if i == 3 else line for i, line in enumerate(lines)]
        return [line.replace("M 31", 'M 31"') if i == 5 else line for i, line in enumerate(opened)]

    answer = ten_rows(tmp_path, change)
    assert answer.rejected["what"].tolist() == ["e2"]
    assert answer.rejected["reason"].tolist() == ["a quoted cell that holds whole lines"]
    assert len(answer.members) == 9
    assert answer.ledger["exposures"]["in"] == 10


def test_a_cut_file_is_told(tmp_path):
    text = pd.DataFrame([BASE, {**BASE, "exposure": "e2"}]).to_csv(index=False)
    (tmp_path / "t.csv").write_text(text[:-25])
    answer = jwst.run(tmp_path / "t.csv")
    assert answer.rejected[["what", "reason"]].to_numpy().tolist() == [["e2", "a line of fewer than 11 cells"]]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('a,b,"c\n1,2,3\n4,5,6\n', "line 1: the header has a quote that is never closed"),
        ('\n\na,b,"c\n1,2,3\n4,5,6\n', "line 3: the header has a quote that is never closed"),
        ('a,b,"c\n1,2,3\n4,5,"6"\n', "line 1: the header has a quote that is never closed"),
        ('a,b,"c\n' + '1,2,""\n' * 40_000, "line 1: the header has a quote that is never closed"),
        ('a,"b"x,c\n1,2,3\n', "line 1: the header has a quote that stands wrong"),
        ('a,b,"c\n1,2,3\n4,5,"\n', "line 1: the header has a quoted cell that holds whole lines"),
        ("a,b," + "c" * 140_000 + "\n1,2,3\n", "line 1: the header has a cell that cannot be read: field larger"),
    ],
)
def test_a_header_that_swallows_its_table_is_refused(tmp_path, text, wrong):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(SourceError) as caught:
        read_table(tmp_path / "t.csv")
    assert str(caught.value).startswith(f"{tmp_path / 't.csv'}: cannot be read: {wrong}")


def test_a_header_may_have_quoted_line_breaks(tmp_path):
    (tmp_path / "t.csv").write_text('"a\nb",c\n1,"2, 3"\n')
    assert read_table(tmp_path / "t.csv").good.to_dict("records") == [{"a\nb": "1", "c": "2, 3"}]


class Lines(list):
    """Lines that count how often one of them is looked at."""

    looks = 0

    def __getitem__(self, at):
        self.looks += 1
        return super().__getitem__(at)


def test_a_quote_that_is_never_closed_costs_one_look_at_each_line_behind_it():
    lines = Lines(['1,2,"x\n', *['1,2,""\n'] * 1000])
    assert csv_records.take_record(lines, 0, 3) == (1, "a quote that is never closed")
    assert lines.looks <= len(lines) + 1


@pytest.mark.parametrize("blank", ["", "   ", "\t", "\x0b"])
@pytest.mark.parametrize("first", ["1,2,3,", '1,"2",3,'])
def test_a_blank_line_is_no_row_however_the_table_is_read(tmp_path, blank, first):
    (tmp_path / "t.csv").write_text(f'a,b,c\n{first}\n{blank}\n4,"5\n{blank}\n",6\n')
    read = read_table(tmp_path / "t.csv")
    assert read.rejected.empty
    assert read.good.to_numpy().tolist() == [["1", "2", "3"], ["4", f"5\n{blank}\n", "6"]]


def test_a_row_that_is_too_long_for_its_reader_is_an_error_and_no_blank_row(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2,\n" + "x" * 140_000 + ",4\n")
    with pytest.raises(SourceError, match="field larger than field limit"):
        read_table(tmp_path / "t.csv")


def test_a_second_column_of_one_name_is_refused(tmp_path):
    text = pd.DataFrame([{**BASE, "more": "F560W"}]).to_csv(index=False)
    (tmp_path / "t.csv").write_text(text.replace("more", "FILTER"))
    with pytest.raises(SourceError, match="more than one column FILTER"):
        jwst.run(tmp_path / "t.csv")


def test_a_table_that_must_be_whole(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n1\n1,2,3\n")
    with pytest.raises(
        SourceError, match=r"2 torn line\(s\), mend them: the first is a line of fewer than 2 cells: line 3: 1"
    ):
        read_whole(tmp_path / "t.csv")
