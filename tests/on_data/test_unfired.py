"""Rows of rules that a table never reaches."""

from pathlib import Path

from scrub import samples
from scrub.cli import main
from scrub.on_data.unfired import find_unfired
from tests.data import FINDINGS

FOLDER = FINDINGS / "never-fired"


def test_rows_that_a_table_never_reaches_are_found():
    findings = find_unfired("hst_cal", FOLDER / "on.csv")
    assert {finding.kind for finding in findings} == {"never-fired"}
    told = [str(finding._replace(file=Path(finding.file).name)) for finding in findings]
    assert told == (FOLDER / "expected.txt").read_text().splitlines()


def test_a_torn_line_is_a_finding_of_its_own(tmp_path, capsys):
    path = tmp_path / "t.csv"
    lines = samples.hst.CALIBRATION.read_text().splitlines()
    path.write_text("\n".join([*lines[:3], lines[3].rpartition(",")[0], *lines[4:]]) + "\n")
    torn = [finding for finding in find_unfired("hst_cal", path) if finding.kind == "file"]
    assert [(finding.file, finding.line) for finding in torn] == [(str(path), 4)]
    assert torn[0].case.startswith("a line of fewer than 8 cells: ")
    assert not [finding for finding in find_unfired("hst_cal", samples.hst.CALIBRATION) if finding.kind == "file"]
    assert main.main(["rules", "check", "hst_cal", "--on", str(path)]) == 1
    assert f"{path}:4: file: a line of fewer than 8 cells" in capsys.readouterr().out
