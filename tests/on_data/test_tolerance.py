"""Tolerance: a share of rows may fail a check, and warnings may count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import tables
from scrub.formats.findings import Finding, Report
from scrub.on_data import gate, tolerance
from scrub.tables import NoSuchRulesError

ROWS = 100
names = st.sampled_from([("TARG_RA", "in_range"), ("TARG_RA", "dtype"), ("GS_MAG", "in_range"), ("", "torn")])
errors = st.builds(lambda pair, line: Finding(pair[1], pair[0], "r", "v", line=line), names, st.integers(2, ROWS + 1))


@given(
    st.lists(errors, max_size=20),
    st.sampled_from(["targ_ra", "in_range", "targ_ra/in_range", "torn"]),
    st.floats(0, 0.2),
)
def test_findings_of_a_name_warn_only_if_no_more_rows_than_may_have_one(findings, name, rate):
    report = Report("t.csv", "s", tuple(findings), ROWS)
    own = [one for one in findings if name in (one.column.lower(), one.check, one.name.lower())]
    told = tolerance.tolerate(report, {name: rate})
    within = len({one.line for one in own}) / ROWS <= rate
    for before, after in zip(findings, told.findings, strict=True):
        assert (after.severity == "warning") is (before in own and within)


def test_a_finding_of_the_header_is_never_tolerated():
    header = Finding("column_in_dataframe", "TARG_RA", "no such column", line=1)
    assert tolerance.tolerate(Report("t.csv", "s", (header,), 10), {"targ_ra": 1.0}).count("error") == 1


@pytest.mark.parametrize(
    "text", ["TARG_RA", "TARG_RA=", "TARG_RA=2", "TARG_RA=-1", "TARG_RA=nan", "=0.1", "TARG_AR=0.1"]
)
def test_a_share_that_is_none_or_of_no_check_is_refused(text):
    known = tolerance.list_names(gate.read_stage("jwst/archive", tables.read))
    with pytest.raises(NoSuchRulesError, match=f"--max-rate {text}: "):
        tolerance.read_rates([text], known)


def test_checks_of_the_contract_and_of_the_rules_can_be_named():
    known = tolerance.list_names(gate.read_stage("jwst/archive", tables.read))
    assert {"targ_ra", "in_range", "targ_ra/in_range", "name-program", "program/name-program", "copy", "torn"} <= known
