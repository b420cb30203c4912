"""The command line from end to end: what it writes, what it prints, and how it says that it went."""

import csv
import json
import subprocess
import sys

import pandas as pd
import pytest

from scrub import jwst
from scrub.cli import main
from scrub.files import atomic
from scrub.pipeline import save

TABLES = [
    "exposures",
    "members",
    "products",
    "features-image",
    "features-spec",
    "features-tac",
    "features-fgs",
    "rejected",
]


def read(folder, name) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def table(tmp_path_factory, sample):
    """The sample with one exposure of every fate."""
    bad = sample.iloc[[0]].assign(exposure="jw09999001001_02101_00009_nrca1", EXP_TYPE="NRC_TYPO")
    path = tmp_path_factory.mktemp("table") / "table.csv"
    pd.concat([sample, bad]).to_csv(path, index=False)
    return path


def test_jwst_on_files_writes_every_table_and_a_ledger_that_closes(fits_folder, tmp_path, capsys):
    assert main.main(["jwst", str(fits_folder), "--out", str(tmp_path / "out")]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        [f"{t}.csv{end}" for t in TABLES for end in ("", "-metadata.json")] + ["ledger.json"]
    )
    members = read(tmp_path / "out", "members")
    assert members.columns.tolist() == ["exposure", "group", "product_id", "product", "rule"]
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text())
    assert ledger["files"] == {"found": 57, "read": 57, "unreadable": 0}
    assert ledger["exposures"] == {"in": 57, "products": 54, "left_out": 3, "rejected": 0}
    assert len(members) == 57
    assert (members["product"] == "").sum() == 3
    assert set(read(tmp_path / "out", "exposures")["EXP_TYPE"]) >= set(level3_types())
    printed = capsys.readouterr()
    assert "exposures: 57 in = 54 products + 3 left_out + 0 rejected" in printed.out
    assert "headers" in printed.err


def level3_types():
    types = jwst.read_rules()["exposure_types"].rows
    return types.loc[types["group"] != "none", "exp_type"]


def test_a_rejected_row_is_accounted_for_and_the_exit_code_says_so(table, tmp_path, capsys):
    assert main.main(["jwst", str(table), "--out", str(tmp_path), "--json"]) == 1
    ledger = json.loads(capsys.readouterr().out)
    assert ledger == json.loads((tmp_path / "ledger.json").read_text())
    assert ledger["exposures"] == {"in": 58, "products": 54, "left_out": 3, "rejected": 1}
    assert read(tmp_path, "rejected").to_numpy().tolist() == [
        ["jw09999001001_02101_00009_nrca1", "jwst/exposures", "not on the list", "EXP_TYPE", "NRC_TYPO"]
    ]
    assert main.main(["jwst", str(table)]) == 1
    assert "rejected at jwst/exposures: 1: EXP_TYPE not on the list, such as 'jw09999001" in capsys.readouterr().out


def test_what_is_written_reads_back_as_it_was(table, tmp_path):
    answer = jwst.run(table)
    for form in ("csv", "parquet"):
        main.main(["jwst", str(table), "--out", str(tmp_path), "--format", form])
    for name, frame in {"exposures": answer.exposures, "products": answer.products.reset_index()}.items():
        packed = pd.read_parquet(tmp_path / f"{name}.parquet")
        pd.testing.assert_frame_equal(packed, frame)
        plain = pd.read_csv(tmp_path / f"{name}.csv", dtype={c: frame[c].dtype for c in frame}, keep_default_na=True)
        pd.testing.assert_frame_equal(plain, frame, check_exact=True)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_validate_holds_what_was_written_against_its_contract(table, tmp_path, form, capsys):
    main.main(["jwst", str(table), "--out", str(tmp_path), "--format", form])
    stages = {"exposures": "exposures", "members": "members", "products": "products"}
    stages |= {f"features-{group}": "features" for group in ("image", "spec", "tac", "fgs")}
    for name, stage in stages.items():
        assert main.main(["validate", f"jwst/{stage}", str(tmp_path / f"{name}.{form}")]) == 0, name
    assert main.main(["validate", "jwst/products", str(tmp_path / f"members.{form}")]) == 1
    assert "instrume" not in capsys.readouterr().out


def test_validate_names_row_and_column(table, tmp_path, capsys):
    main.main(["jwst", str(table), "--out", str(tmp_path)])
    path = tmp_path / "exposures.csv"
    path.write_text(path.read_text().replace("NIS_SOSS", "NIS_SOS", 1).replace(",09999,002,", ",9999,002,", 1))
    capsys.readouterr()
    assert main.main(["validate", "jwst/exposures", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].endswith(": PROGRAM: not of the form ^[0-9]{5}$: '9999'")
    assert lines[1].endswith(": EXP_TYPE: not on the list: 'NIS_SOS'")
    assert main.main(["validate", "jwst/exposures", str(path), "--json"]) == 1
    assert [finding["column"] for finding in json.loads(capsys.readouterr().out)] == ["PROGRAM", "EXP_TYPE"]


def test_editions_and_rules_are_options(table, tmp_path):
    names = {}
    for edition in ("1", "2", "3"):
        main.main(["jwst", str(table), "--edition", edition, "--out", str(tmp_path / edition)])
        names[edition] = set(read(tmp_path / edition, "products")["product"])
    assert "jw09999-o007_t4_miri_ch4" in names["1"]
    assert "jw09999-o007_t4_miri_ch3-short" in names["2"]
    assert "jw09999-o008_s000000001_miri_p750l" in names["3"] - names["2"]


USAGE = {
    "no command": [],
    "an unknown option": ["jwst", ".", "--colour"],
    "a part of an option": ["jwst", ".", "--edit", "3"],
    "an unknown policy": ["jwst", ".", "--handle-unknown", "ignore"],
    "an unknown form": ["jwst", ".", "--format", "xlsx"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_wrong_usage_is_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main.main(arguments)
    assert caught.value.code == 2
    assert "usage: skyscrub" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--edition", "9"], ["--rules", "nowhere"]])
def test_an_unknown_edition_or_rule_set_is_2(table, options, capsys):
    assert main.main(["jwst", str(table), *options]) == 2
    assert "skyscrub: no " in capsys.readouterr().err


@pytest.mark.parametrize("stage", ["jwst/nothing", "jwst", "../jwst/products", "rules/table"])
def test_an_unknown_stage_is_2(table, stage, capsys):
    assert main.main(["validate", stage, str(table)]) == 2
    assert "jwst/exposures" in capsys.readouterr().err


def test_what_cannot_run_is_3(tmp_path, table, sample, capsys):
    sample.drop(columns="EXP_TYPE").to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "file").touch()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "groups.csv").write_text("group\n")
    assert main.main(["jwst", str(tmp_path)]) == 3
    assert main.main(["jwst", str(tmp_path / "nowhere")]) == 3
    assert main.main(["jwst", str(tmp_path / "t.csv")]) == 3
    assert main.main(["jwst", str(table), "--out", str(tmp_path / "file")]) == 3
    assert main.main(["jwst", str(table), "--rules", str(tmp_path / "rules")]) == 3
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in told if line.startswith("skyscrub")] == ["skyscrub"] * 5
    assert any("the table has no column EXP_TYPE" in line for line in told)


def test_parquet_without_its_extra_is_3(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(atomic, "find_spec", lambda name: None)
    assert main.main(["jwst", str(table), "--out", str(tmp_path), "--format", "parquet"]) == 3
    assert "pip install 'skyscrub[parquet]'" in capsys.readouterr().err

    def absent(path):
        raise ImportError("no pyarrow")

    monkeypatch.setattr(pd, "read_parquet", absent)
    assert main.main(["jwst", str(table.with_suffix(".parquet"))]) == 3
    (tmp_path / "t.parquet").touch()
    assert main.main(["jwst", str(tmp_path / "t.parquet")]) == 3
    assert "pip install 'skyscrub[parquet]'" in capsys.readouterr().err


def test_sample_writes_small_files_for_every_command(tmp_path, capsys):
    folder = tmp_path / "new" / "folder"
    assert main.main(["sample", str(folder)]) == 0
    printed = [
        f"57 files in {folder / 'jwst'}",
        f"37 files in {folder / 'hst-svm'}",
        f"8 files in {folder / 'hst-cal'}",
    ]
    assert capsys.readouterr().out.splitlines() == printed
    assert max(p.stat().st_size for p in folder.rglob("*") if p.is_file()) <= 3 * 2880
    classes = str(folder / "hst-svm" / "classes.csv")
    for command in (["jwst"], ["hst-svm", "--classes", classes], ["hst-cal"]):
        out = tmp_path / command[0]
        assert main.main([command[0], str(folder / command[0]), *command[1:], "--out", str(out)]) == 0
    assert len(read(tmp_path / "hst-svm", "features")) == 12
    assert set(read(tmp_path / "hst-svm", "features")["cat"]) == set("01234567")
    assert len(read(tmp_path / "hst-cal", "features")) == 8


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


LIGHT = "import sys, scrub; sys.exit(any(m.partition('.')[0] in ('pandera', 'astropy', 'pyarrow', 'toolz') for m in sys.modules))"


def test_importing_is_light():
    # pandas itself loads pyarrow where it is installed
    code = LIGHT.replace("'pyarrow', ", "")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
