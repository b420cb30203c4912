"""Wrong usage, and what cannot run: exit codes 2 and 3, and what is printed."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from scrub.cli import main
from scrub.files import atomic, shipped

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


def test_every_folder_of_contracts_has_stages_but_that_of_rule_tables(tmp_path, table, monkeypatch, capsys):
    for file in ("roman/exposures.yaml", "rules/table.yaml"):
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).touch()
    monkeypatch.setattr(shipped, "find", lambda folder: tmp_path)
    assert main.main(["validate", "roman/nothing", str(table)]) == 2
    assert capsys.readouterr().err == "skyscrub: no stage roman/nothing: there are roman/exposures\n"


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


@pytest.mark.parametrize("command", ["jwst", "hst-svm", "hst-cal"])
def test_an_input_that_is_no_folder_and_no_plain_file_is_3(command, capsys):
    assert main.main([command, os.devnull]) == 3
    assert capsys.readouterr().err == f"skyscrub: {os.devnull}: neither a folder nor a plain file\n"
    assert main.main([command, "nowhere"]) == 3
    assert capsys.readouterr().err == "skyscrub: nowhere: no such folder or file\n"


def test_an_error_of_the_system_is_a_file_and_what_is_wrong(table, tmp_path, capsys):
    file = tmp_path / "file"
    file.touch()
    assert main.main(["jwst", str(table), "--out", str(file)]) == 3
    assert capsys.readouterr().err.splitlines()[-1].endswith(f"skyscrub: {file}: File exists")
    assert main.main(["sample", str(file)]) == 3
    assert capsys.readouterr().err == f"skyscrub: {file / 'jwst'}: Not a directory\n"


def test_a_rejected_line_has_no_column_and_no_second_blank(table, tmp_path, capsys):
    first, *rest = table.read_text().splitlines()
    (tmp_path / "t.csv").write_text("\n".join([first, "torn", *rest[:2]]) + "\n")
    assert main.main(["jwst", str(tmp_path / "t.csv")]) == 1
    assert "rejected at table: 1: a line of fewer than" in capsys.readouterr().out


def test_a_very_long_value_is_cut_where_it_is_printed_and_whole_in_json(table, tmp_path, capsys):
    long = "x" * 5000
    frame = pd.read_csv(table, dtype="str").head(2)
    frame.loc[0, "FILTER"] = long
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert main.main(["jwst", str(tmp_path / "t.csv"), "--out", str(tmp_path / "out")]) == 1
    assert max(map(len, capsys.readouterr().out.splitlines())) < 1500
    assert long in (tmp_path / "out" / "rejected.csv").read_text()
    lines = table.read_text().splitlines()
    (tmp_path / "n.csv").write_text("\n".join([f"{lines[0]},{long},{long}", f"{lines[1]},,", long]) + "\n")
    assert main.main(["validate", "jwst/headers", str(tmp_path / "n.csv")]) == 1
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) < 1500
    assert main.main(["validate", "jwst/headers", str(tmp_path / "n.csv"), "--json"]) == 1
    assert long in capsys.readouterr().out


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


LIGHT = "import sys, scrub; sys.exit(any(m.partition('.')[0] in ('pandera', 'astropy', 'pyarrow', 'toolz') for m in sys.modules))"


def test_importing_is_light():
    # pandas itself loads pyarrow where it is installed
    code = LIGHT.replace("'pyarrow', ", "")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_asn_without_out_is_wrong_usage(fits_folder, capsys):
    assert main.main(["jwst", str(fits_folder), "--asn"]) == 2
    assert "--asn needs --out" in capsys.readouterr().err
