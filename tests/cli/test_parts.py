"""Runs in parts as commands: the files are those of a run in one piece, and whatever reads a run reads them."""

import json

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from scrub import samples, stamp
from scrub.cli import main
from scrub.files import run_folder
from scrub.files.table_files import read_table
from tests.data import TABLES

PROGRAMS = ("00003", "00001", "00002")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The sample as three programs, in no order, with a bad row, a copy, and a row without a name."""
    sample = read_table(samples.TABLE).good
    own = [sample.assign(PROGRAM=p, exposure=f"jw{p}" + sample["exposure"].str[7:]) for p in PROGRAMS]
    whole = pd.concat(own, ignore_index=True)
    odd = whole.iloc[[3, 4, 5]].assign(
        CRVAL1=["x", whole.loc[4, "CRVAL1"], "1"], exposure=["new", whole.loc[4, "exposure"], ""]
    )
    path = tmp_path_factory.mktemp("input") / "t.csv"
    pd.concat([whole, odd]).sample(frac=1, random_state=2).to_csv(path, index=False)
    return path


def run(*words) -> int:
    return main.main(["jwst", *map(str, words)])


def read_files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("rules", ["jwst", pytest.param("jwst_dms", marks=pytest.mark.slow)])
def test_csv_files_of_a_run_in_parts_are_those_of_a_run_in_one_piece(table, tmp_path, capsys, rules):
    options = (table, "--rules", rules, "--asn", "--out")
    assert run(*options, tmp_path / "one") == run(*options, tmp_path / "parts", "--part", 50) == 1
    whole, part, rest = capsys.readouterr().out.partition("rules jwst")[2].partition("rules jwst")
    assert part
    assert whole == rest
    assert read_files(tmp_path / "one") == read_files(tmp_path / "parts")
    assert read_files(tmp_path / "one" / "asn") == read_files(tmp_path / "parts" / "asn")


def test_a_large_table_is_a_dataset_and_a_small_one_a_file(table, tmp_path, capsys):
    assert run(table, "--format", "parquet", "--out", tmp_path / "one") == 1
    assert run(table, "--format", "parquet", "--out", tmp_path / "parts", "--part", 57) == 1
    for name in TABLES:
        one, parts = (tmp_path / side / f"{name}.parquet" for side in ("one", "parts"))
        assert_frame_equal(pd.read_parquet(parts), pd.read_parquet(one))
        assert stamp.read(parts) == stamp.read(one)
        assert stamp.read_origin(parts) == stamp.read_origin(one)
    files = sorted(path.name for path in (tmp_path / "parts" / "exposures.parquet").iterdir())
    assert files == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert (tmp_path / "parts" / "rejected.parquet").is_file()
    one, parts = (run_folder.read_ledger(tmp_path / side) for side in ("one", "parts"))
    assert {**one, "outputs": {}} == {**parts, "outputs": {}}
    capsys.readouterr()
    assert main.main(["verify", str(tmp_path / "parts")]) == 0


def test_without_a_folder_only_the_ledger_is_printed(table, capsys):
    assert run(table, "--part", 57, "--json") == run(table, "--json") == 1
    whole, parts = capsys.readouterr().out.strip().split("}\n{")
    assert json.loads(whole + "}") == json.loads("{" + parts)


@pytest.mark.slow
def test_one_form_follows_another_in_a_folder(table, tmp_path):
    for options in (["--part", 57], [], ["--part", 57]):
        assert run(table, "--format", "parquet", "--out", tmp_path / "out", "-q", *options) == 1
        assert main.main(["verify", str(tmp_path / "out")]) == 0
        assert (tmp_path / "out" / "exposures.parquet").is_dir() == bool(options)
    assert run(table, "--out", tmp_path / "out", "-q") == 1
    assert not (tmp_path / "out" / "exposures.parquet").exists()


@pytest.mark.slow
def test_a_file_of_somebody_else_in_a_dataset_is_no_part_of_the_run(table, tmp_path, capsys):
    out = tmp_path / "out"
    run(table, "--format", "parquet", "--out", out, "--part", 57, "-q")
    stranger = out / "exposures.parquet" / "mine.parquet"
    stranger.write_bytes((out / "rejected.parquet").read_bytes())
    capsys.readouterr()
    assert main.main(["verify", str(out)]) == 1
    assert f"{stranger}: not of this run" in capsys.readouterr().out
    assert run(table, "--format", "parquet", "--out", out, "-q") == 3
    assert stranger.exists()
    assert "is a folder, and an output has its name" in capsys.readouterr().err


@pytest.mark.slow
def test_a_file_of_another_run_in_a_dataset_is_refused(table, tmp_path):
    for name, rows in (("one", 57), ("other", 50)):
        edition = ["--edition", "2"] if name == "other" else []
        run(table, "--format", "parquet", "--out", tmp_path / name, "--part", rows, "-q", *edition)
    dataset = tmp_path / "one" / "exposures.parquet"
    (dataset / "part-00001.parquet").write_bytes(
        (tmp_path / "other" / "exposures.parquet" / "part-00001.parquet").read_bytes()
    )
    with pytest.raises(stamp.StampError, match="its files are of different runs"):
        stamp.read(dataset)


@pytest.mark.slow
def test_a_dataset_is_read_as_an_input(table, tmp_path, capsys):
    run(table, "--format", "parquet", "--out", tmp_path / "out", "--part", 57, "-q")
    dataset = tmp_path / "out" / "exposures.parquet"
    capsys.readouterr()
    assert run(dataset, "--json") == run(dataset, "--json", "--part", 57) == 0
    whole, parts = capsys.readouterr().out.strip().split("}\n{")
    assert json.loads(whole + "}") == json.loads("{" + parts)
    assert main.main(["validate", "jwst/exposures", str(dataset), "-q"]) == 0


@pytest.mark.slow
def test_a_report_and_a_score_are_of_the_whole_run(table, tmp_path, capsys):
    out = tmp_path / "out"
    run(table, "--format", "parquet", "--out", out, "--part", 57, "-q", "--asn")
    capsys.readouterr()
    assert main.main(["score", str(out), str(out / "asn"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main.main(["report", str(out)]) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "jw00002-o001_t3_nircam_clear-f200w" in page


def test_what_cannot_be_divided_is_said(tmp_path, capsys):
    (tmp_path / "uris.csv").write_text("uri\ns3://stpubdata/a_uncal.fits\n")
    assert run(tmp_path / "uris.csv", "--part", 5, "--out", tmp_path / "out") == 2
    assert "can be read in one piece only" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_a_run_in_parts_that_fails_leaves_the_run_before(table, tmp_path, monkeypatch):
    from scrub.pipeline import save_parts

    out = tmp_path / "out"
    run(table, "--out", out, "-q")
    before = read_files(out)
    monkeypatch.setattr(save_parts, "tables", lambda *_, **__: 1 / 0)
    assert run(table, "--out", out, "--part", 57, "-q") == 3
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
