"""Rows of rules that a table never reaches."""

from pathlib import Path

from scrub.on_data.unfired import find_unfired
from tests.data import FINDINGS

FOLDER = FINDINGS / "never-fired"


def test_rows_that_a_table_never_reaches_are_found():
    findings = find_unfired("hst_cal", FOLDER / "on.csv")
    assert {finding.kind for finding in findings} == {"never-fired"}
    told = [str(finding._replace(file=Path(finding.file).name)) for finding in findings]
    assert told == (FOLDER / "expected.txt").read_text().splitlines()
