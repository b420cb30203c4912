"""The command ``skyscrub validate``: each fault of a table is found by line and column, whatever the form and format."""

import io
import json
import re
import sys
from types import SimpleNamespace

import jsonschema
import pandas as pd
import pytest
import xmlschema
from astropy.table import Table

from scrub import jwst, samples
from scrub.cli import main
from scrub.files.table_files import read_table
from scrub.formats import FORMATS
from tests.data import SHARED, TOP
from tests.formats import schemas
from tests.planted import ONLY_WARN, plant


@pytest.fixture(scope="module")
def exposures(tmp_path_factory) -> pd.DataFrame:
    """The exposures of the sample, as a run writes them."""
    folder = tmp_path_factory.mktemp("out")
    assert main.main(["jwst", str(samples.TABLE), "--out", str(folder), "-q"]) == 0
    return read_table(folder / "exposures.csv").good


@pytest.fixture
def products(capsys, tmp_path) -> list[str]:
    """The lines of the products of the sample."""
    assert main.main(["jwst", str(samples.TABLE), "--out", str(tmp_path / "out"), "-q"]) == 0
    capsys.readouterr()
    return (tmp_path / "out" / "products.csv").read_text().splitlines()


def findings(capsys, *words) -> tuple[int, list[dict]]:
    """The exit code of the command, and its findings in all files."""
    code = main.main(["validate", *map(str, words), "--format", "json"])
    content = json.loads(capsys.readouterr().out)
    jsonschema.validate(content, json.loads((TOP / "docs" / "findings.schema.json").read_text()))
    return code, [finding for file in content["files"] for finding in file["findings"]]


def stand(told: list[dict]) -> dict[str, set[tuple[int, str]]]:
    """Where the findings on each column stand, and how grave each is."""
    where: dict[str, set[tuple[int, str]]] = {}
    for finding in told:
        where.setdefault(finding["column"], set()).add((finding["line"], finding["severity"]))
    return where


def test_nine_faults_of_exposures_are_found_by_line_and_column(exposures, tmp_path, capsys):
    bad, lines = plant(exposures)
    bad.to_csv(tmp_path / "t.csv", index=False)
    code, told = findings(capsys, "jwst/exposures", tmp_path / "t.csv")
    assert code == 1
    for column, line in lines.items():
        severity = "warning" if column in ONLY_WARN else "error"
        assert (line, severity) in stand(told)[column], column
    lines_told = {
        (one["column"], one["line"]) for one in told if "/" not in one["column"] and one["column"] != "exposure"
    }
    assert lines_told == {pair for pair in lines.items() if pair[0] != "exposure"}
    exposures.to_csv(tmp_path / "clean.csv", index=False)
    assert findings(capsys, "jwst/exposures", tmp_path / "clean.csv") == (0, [])


@pytest.mark.parametrize("spell", [str.upper, str.lower])
def test_nine_faults_of_a_raw_table_are_found_before_a_run(sample, tmp_path, capsys, spell):
    bad, lines = plant(sample.rename(columns=spell), name=spell("exposure"), spell=spell)
    bad.to_csv(tmp_path / "t.csv", index=False)
    code, told = findings(capsys, "jwst/archive", tmp_path / "t.csv")
    assert code == 1
    where = stand(told)
    for column, line in lines.items():
        severity = "warning" if column in ONLY_WARN or column.lower() == "exposure" else "error"
        assert (line, severity) in where[spell(column)], column


def test_rows_of_one_name_that_differ_are_errors_before_a_run(sample, tmp_path, capsys):
    again = sample.iloc[[3]].assign(TARG_RA="81.0")
    pd.concat([sample, again]).to_csv(tmp_path / "t.csv", index=False)
    code, told = findings(capsys, "jwst/archive", tmp_path / "t.csv")
    assert code == 1
    lines = [one["line"] for one in told if one["check"] == "contradiction"]
    assert lines == [5, len(sample) + 2]


def test_a_word_without_a_code_is_found_where_the_instrument_has_no_list(tmp_path, capsys):
    """FGS has no list of filters; a run has no features of its product."""
    rows = jwst.example(jwst.read_rules()).assign(
        EXP_TYPE="FGS_IMAGE", INSTRUME="FGS", DETECTOR="GUIDER1", PUPIL="", FILTER=["F999W", "CLEAR"],
        exposure=[f"jw01018006001_02101_0000{number}_guider1" for number in (1, 2)],
    )  # fmt: skip
    rows.to_csv(tmp_path / "t.csv", index=False)
    code, told = findings(capsys, "jwst/archive", tmp_path / "t.csv")
    reason = "no code for this word: a run rejects the features of its product"
    assert code == 0
    assert [(one["line"], one["column"], one["reason"], one["severity"]) for one in told] == [
        (2, "FILTER", reason, "warning")
    ]
    rejected = jwst.run(tmp_path / "t.csv").rejected
    assert rejected[["column", "reason", "value"]].to_numpy().tolist() == [["filter", "no code for this word", "F999W"]]


def test_an_export_of_the_archive_passes(shared, capsys):
    code, told = findings(capsys, "jwst/archive", SHARED / "flight" / "mast_sample.csv")
    assert code == 0
    assert {one["check"] for one in told} == {"copy"}


def test_a_raw_table_without_a_column_that_must_be_there_says_so(sample, tmp_path, capsys):
    sample.drop(columns=["PROGRAM", "EXP_TYPE"]).to_csv(tmp_path / "t.csv", index=False)
    code, (told,) = findings(capsys, "jwst/archive", tmp_path / "t.csv")
    assert (code, told["line"], told["reason"]) == (1, 1, "the table has no column PROGRAM, EXP_TYPE")


FIND = {
    "text": lambda text: re.search(r"t\.csv:7: error: TARG_DEC: outside -90\.\.90: '-95'", text),
    "json": lambda text: [(f["line"], f["column"]) for f in json.loads(text)["files"][0]["findings"]] == [(7, "TARG_DEC")],
    "junit": lambda text: re.search(r'name="TARG_DEC/in_range">\n<failure [^>]*>\n[^<]*t\.csv:7: error: TARG_DEC', text),
    "github": lambda text: re.fullmatch(r"::error file=[^,]*t\.csv,line=7,title=TARG_DEC/in_range::.*\n", text),
    "gitlab": lambda text: [(e["location"]["lines"]["begin"], e["check_name"]) for e in json.loads(text)] == [(7, "TARG_DEC/in_range")],
    "sarif": lambda text: json.loads(text)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_a_bad_cell_is_found_by_line_and_column_in_every_format(exposures, tmp_path, capsys, form):
    table = exposures.assign(TARG_RA="", TARGNAME="two\nlines")  # the header, then five lines of two rows and a half
    table.loc[2, "TARG_DEC"] = "-95"
    table.loc[3:, "TARGNAME"] = "one"
    table.loc[2, "TARGNAME"] = "one"
    table.loc[0, "TARGNAME"] = "three\nline\nbreaks"
    table.to_csv(tmp_path / "t.csv", index=False)
    assert "-95" in (tmp_path / "t.csv").read_text().split("\n")[6]
    assert main.main(["validate", "jwst/exposures", str(tmp_path / "t.csv"), "--format", form]) == 1
    text = capsys.readouterr().out
    assert FIND[form](text), text
    if form == "junit":
        xmlschema.XMLSchema(schemas.JUNIT).validate(text)
    elif form == "sarif":
        jsonschema.validate(json.loads(text), schemas.SARIF)
    elif form == "gitlab":
        jsonschema.validate(json.loads(text), schemas.GITLAB)


@pytest.mark.parametrize("form", ["csv.gz", "parquet", "ecsv", "fits"])
def test_tables_of_every_form_are_read_and_a_row_is_named(exposures, tmp_path, capsys, form):
    table = exposures.copy()
    table.loc[4, "TARG_DEC"] = "-95"
    path = tmp_path / f"t.{form}"
    typed = table.assign(**{name: pd.to_numeric(table[name]) for name in ("TARG_RA", "TARG_DEC", "NEXPOSUR", "GS_MAG")})
    if form == "csv.gz":
        table.to_csv(path, index=False)
    elif form == "parquet":
        typed.to_parquet(path)
    else:
        Table.from_pandas(typed.fillna(dict.fromkeys(typed.select_dtypes("str"), ""))).write(path)
    code, (told,) = findings(capsys, "jwst/exposures", path)
    assert code == 1
    assert (told["column"], told["reason"], float(told["value"])) == ("TARG_DEC", "outside -90..90", -95.0)
    assert (told["line"], told["row"]) == ((6, None) if form == "csv.gz" else (None, 5))
    main.main(["validate", "jwst/exposures", str(path)])
    where = f"{path}:6:" if form == "csv.gz" else f"{path}: row 5:"
    assert capsys.readouterr().out.startswith(where)


def test_a_fits_column_of_several_values_a_cell_is_refused_by_name(tmp_path, capsys):
    Table({"a": [[1, 2], [3, 4]]}).write(tmp_path / "t.fits")
    code, (told,) = findings(capsys, "jwst/exposures", tmp_path / "t.fits")
    assert code == 3
    assert told["reason"] == "a: a cell of this column holds several values: take the column out"


def test_a_damaged_fits_table_is_no_error_of_the_program(exposures, tmp_path, capsys):
    Table.from_pandas(exposures[["exposure"]]).write(tmp_path / "t.fits")
    whole = (tmp_path / "t.fits").read_bytes()
    for old, new in ((b"TTYPE1  =", b"TTYPE1  \xff"), (b"TFORM1  = '", b"TFORM1  = X"), (b"BINTABLE", b"BINTABLX")):
        assert old in whole
        (tmp_path / "t.fits").write_bytes(whole.replace(old, new))
        assert main.main(["validate", "jwst/exposures", str(tmp_path / "t.fits")]) in (1, 3)
        assert "please report" not in capsys.readouterr().err
    (tmp_path / "t.fits").write_bytes(whole[:2880])
    assert main.main(["validate", "jwst/exposures", str(tmp_path / "t.fits")]) == 3


def test_standard_input_has_no_stamp(exposures, capsys, monkeypatch):
    text = exposures.head(2).to_csv(index=False).encode()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    assert main.main(["validate", "jwst/exposures", "-", "--same-rules"]) == 1
    assert capsys.readouterr().out.startswith("stdin: error: no stamp: standard input has none")


def test_patterns_several_tables_and_standard_input(exposures, tmp_path, capsys, monkeypatch):
    exposures.to_csv(tmp_path / "a.csv", index=False)
    exposures.assign(GS_MAG="x").head(2).to_csv(tmp_path / "b.csv", index=False)
    assert main.main(["validate", "jwst/exposures", str(tmp_path / "*.csv")]) == 1
    last = capsys.readouterr().out.splitlines()
    assert f"{tmp_path / 'a.csv'}: 57 rows, 0 errors, 0 warnings (jwst/exposures)" in last
    assert last[-1] == f"{tmp_path / 'b.csv'}: 2 rows, 2 errors, 0 warnings (jwst/exposures)"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO((tmp_path / "b.csv").read_bytes())))
    assert main.main(["validate", "jwst/exposures", "-"]) == 1
    assert "  stdin:3: 'x'" in capsys.readouterr().out.splitlines()
    assert main.main(["validate", "jwst/exposures", str(tmp_path / "no*.csv")]) == 3
    assert capsys.readouterr().err == f"skyscrub: {tmp_path / 'no*.csv'}: no file is of this pattern\n"


def test_a_table_that_cannot_be_read_stops_no_other(exposures, tmp_path, capsys):
    exposures.head(2).to_csv(tmp_path / "b.csv", index=False)
    (tmp_path / "a.parquet").write_bytes(b"no")
    code = main.main(["validate", "jwst/exposures", str(tmp_path / "a.parquet"), str(tmp_path / "b.csv")])
    printed = capsys.readouterr()
    assert code == 3
    assert printed.err.startswith(f"skyscrub: {tmp_path / 'a.parquet'}: cannot be read")
    assert printed.out.splitlines()[-1] == f"{tmp_path / 'b.csv'}: 2 rows, 0 errors, 0 warnings (jwst/exposures)"


@pytest.mark.parametrize(("mark", "name"), [(";", "';'"), ("\t", "a tab")])
def test_another_separator_is_named(exposures, tmp_path, capsys, mark, name):
    exposures.to_csv(tmp_path / "t.csv", index=False, sep=mark)
    code, (told,) = findings(capsys, "jwst/exposures", tmp_path / "t.csv")
    assert code == 1
    assert f"the separator of the file seems to be {name}" in told["reason"]


def test_no_error_of_the_program_is_a_finding(exposures, tmp_path, capsys):
    text = exposures.assign(**{name: "bright" for name in exposures.columns if name != "exposure"})
    text.to_csv(tmp_path / "t.csv", index=False)
    code, told = findings(capsys, "jwst/exposures", tmp_path / "t.csv")
    assert code == 1
    assert not [one for one in told if "Error" in one["reason"]]
    magnitudes = [one for one in told if one["column"] == "GS_MAG"]
    assert [(one["line"], one["reason"]) for one in magnitudes] == [(i + 2, "not a number") for i in range(57)]


def test_a_column_of_whole_numbers_may_not_have_a_hole(products, tmp_path, capsys):
    table = read_table(tmp_path / "out" / "features-spec.csv").good
    table.loc[0, "detector"], table.loc[1, "detector"], table.loc[2, "detector"] = "", "1.5", "-1"
    table.to_csv(tmp_path / "t.csv", index=False)
    _, told = findings(capsys, "jwst/features", tmp_path / "t.csv")
    assert [(one["line"], one["reason"], one["value"]) for one in told] == [
        (2, "missing", ""), (3, "not a whole number", "1.5"), (4, "less than 0", "-1"),
    ]  # fmt: skip


def test_quiet_says_nothing_of_a_table_without_findings(products, tmp_path, capsys):
    path = tmp_path / "out" / "products.csv"
    assert main.main(["validate", "jwst/products", str(path), "-q"]) == 0
    assert capsys.readouterr().out == ""
    assert main.main(["validate", "jwst/products", str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: 25 rows, 0 errors, 0 warnings (jwst/products)\n"


def test_a_torn_line_is_a_finding(products, capsys, tmp_path):
    path = tmp_path / "products.csv"
    for change, reason in {
        (lambda line: line + ",more"): "a line of more than",
        (lambda line: line.rpartition(",")[0]): "a line of fewer than",
        (lambda line: '"' + line): "a quote that is never closed",
    }.items():
        path.write_text("\n".join([*products[:3], change(products[3]), *products[4:]]) + "\n")
        assert main.main(["validate", "jwst/products", str(path)]) == 1
        finding, total = capsys.readouterr().out.splitlines()
        assert finding.startswith(f"{path}:4: error: {reason}")
        assert total == f"{path}: 25 rows, 1 error, 0 warnings (jwst/products)"
        code, (entry,) = findings(capsys, "jwst/products", path)
        assert (code, entry["line"], entry["check"]) == (1, 4, "torn")
        assert entry["reason"].startswith(reason)
    path.write_text("\n".join(products) + "\n")
    assert main.main(["validate", "jwst/products", str(path)]) == 0


def test_a_column_that_stands_twice_is_a_finding(products, capsys, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("\n".join(f"{line},{line.split(',')[1]}" for line in products) + "\n")
    name = products[0].split(",")[1]
    code, told = findings(capsys, "jwst/products", path)
    assert code == 1
    assert [(one["line"], one["column"], one["reason"]) for one in told] == [
        (1, name, "more than one column of this name")
    ]


def test_a_header_with_a_quote_that_is_never_closed_is_3(products, capsys, tmp_path):
    path = tmp_path / "products.csv"
    first, _, last = products[0].rpartition(",")
    path.write_text("\n".join([f'{first},"{last}', *products[1:]]) + "\n")
    for command in (["validate", "jwst/products"], ["jwst"]):
        assert main.main([*command, str(path)]) == 3
        sentence = f"skyscrub: {path}: cannot be read: line 1: the header has a quote that is never closed"
        assert capsys.readouterr().err.startswith(sentence)


def test_other_stages_have_no_checks_but_their_contract(capsys):
    for telescope, stage in ((samples.hst.CALIBRATION, "hst_cal/datasets"), (samples.hst.MOSAICS, "hst_svm/mosaics")):
        code, told = findings(capsys, stage, telescope)
        assert code in (0, 1)
        assert all(one["check"] not in ("copy", "new-word") for one in told)
    assert jwst.read_rules().name == "jwst"


def test_a_file_where_split_writes_a_folder_is_named(products, tmp_path, capsys):
    (tmp_path / "there").touch()
    assert main.main(["validate", "jwst/products", str(products), "--split", str(tmp_path / "there")]) == 2
    assert "there is no folder: name one, or a new one" in capsys.readouterr().err
