"""Tables as files: read as they are written; what is torn costs only itself."""

import gzip

import pandas as pd
import pytest

from scrub import jwst
from scrub.files.table_files import SourceError, read_table
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
    assert answer.ledger["exposures"] == {"in": 2, "products": 1, "left_out": 0, "rejected": 1}


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
