"""Wrong usage, and what cannot run: exit codes 2 and 3, and what is printed."""

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
