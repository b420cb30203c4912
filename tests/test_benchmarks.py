"""Attacks that anyone can run: no fault ends in silence."""

import subprocess
import sys

import pytest

from tests.data import TOP


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
