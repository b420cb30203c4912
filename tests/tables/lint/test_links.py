"""Links between tables: rows that other tables ask for."""

import pytest

from scrub.tables.lint.check import check


@pytest.mark.slow
@pytest.mark.parametrize(("table", "row"), [("keywords", "PROGRAM,"), ("identities", "name,"), ("classes", "PUPIL,*")])
def test_a_row_that_other_tables_ask_for_cannot_be_left_out(rule_sets, table, row):
    path = rule_sets / "jwst" / f"{table}.csv"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith(row)))
    assert {finding.kind for finding in check(rule_sets / "jwst")} == {"gap"}
