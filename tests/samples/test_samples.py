"""The samples: small files for every command."""

import pytest

from scrub.cli import main
from tests.data import read_written


@pytest.mark.slow
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
    assert len(read_written(tmp_path / "hst-svm", "features")) == 12
    assert set(read_written(tmp_path / "hst-svm", "features")["cat"]) == set("01234567")
    assert len(read_written(tmp_path / "hst-cal", "features")) == 8
