"""Programs that anyone can run: attacks, of which no fault ends in silence, and what speed is measured upon."""

import subprocess
import sys

import pytest

from benchmarks import __main__ as program
from benchmarks import made
from benchmarks.measure import Figure
from scrub import jwst
from tests.data import TOP

FIGURES = [
    Figure("headers", "two getheader calls", 145.2, "files a second"),
    Figure("headers", "one process", 1957.0, "files a second", "two getheader calls", 13.478),
    Figure("few rows", "jwst.run, 2 exposures", 8.0, "ms", "import pandas", 0.04),
]


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["1", "2"])
def test_no_fault_of_a_table_ends_in_silence(seed):
    command = [sys.executable, str(TOP / "benchmarks" / "table_faults.py"), "--faults", "150", "--seed", seed, "--show"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    *_, total = done.stdout.splitlines()
    name, faults, *ends, silent, crashed = total.split()
    assert (name, silent, crashed) == ("all", "0", "0")
    assert int(faults) == sum(map(int, ends)) >= 150


@pytest.mark.slow
def test_the_gate_finds_nine_faults_in_every_format():
    command = [sys.executable, str(TOP / "benchmarks" / "gate.py"), "--rows", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" 9 of 9 faults by line and column\n") == 6


def test_exposures_that_speed_is_measured_upon_are_no_copies():
    count = 200
    answer = jwst.run(made.exposures(count))
    assert answer.ledger["exposures"] | {"products": 0, "left_out": 0} == {
        "in": count, "products": 0, "left_out": 0, "rejected": 0, "duplicates": 0,
    }  # fmt: skip
    assert answer.ledger["exposures"]["products"] > count / 2


def test_files_that_speed_is_measured_upon_are_read_whole(tmp_path):
    paths = made.fits_files(tmp_path, 70)
    answer = jwst.run(paths[0].parent)
    assert answer.ledger["files"] == {"found": 70, "read": 70, "unreadable": 0}
    assert set(answer.exposures["PROGRAM"]) <= {"00000", "00001"}


def test_figures_become_a_page_with_a_table_for_each_part(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(program.small, "measure", lambda: iter(FIGURES))
    program.main(["--part", "small", "--page", str(tmp_path / "page.md")])
    page = (tmp_path / "page.md").read_text()
    assert "| one process | 1,957 files a second | 13.5 times two getheader calls |" in page
    assert "| jwst.run, 2 exposures | 8 ms | 0.04 of import pandas |" in page
    assert [line for line in page.splitlines() if line.startswith("## ")] == ["## Headers", "## Few rows"]
    assert capsys.readouterr().out.splitlines()[0].split() == [
        "headers", "two", "getheader", "calls", "145", "files", "a", "second",
    ]  # fmt: skip


def test_a_part_that_is_none_is_refused_by_name(capsys):
    with pytest.raises(SystemExit):
        program.main(["--part", "everything"])
    assert "no part everything; the parts are small, headers" in capsys.readouterr().err
