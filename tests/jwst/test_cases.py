"""Cases that an expert can add: one line in ``tests/cases/*.csv`` each."""

from functools import cache

import pandas as pd
import pytest

from scrub import jwst
from scrub.tables.ask import Lookup
from tests.data import read_cases
from tests.strategies import INSTRUMENT

BASE = {
    "OBSERVTN": "6", "TARG_RA": "80.4875", "TARG_DEC": "-69.4975", "CRVAL1": "80.4875", "CRVAL2": "-69.4975",
    "EXP_TYPE": "MIR_IMAGE", "FILTER": "F770W", "TARGNAME": "IO",
}  # fmt: skip
ASKED = ["product_names", "elements", "targets", "archive_filters"]


@cache
def members(name: str, edition: str) -> pd.DataFrame:
    """All cases of a file in one run, each a program of its own."""
    rows = [{**BASE, **{k: v for k, v in case.items() if k.isupper()}} for case in read_cases(name)]
    named = [
        {"INSTRUME": INSTRUMENT[row["EXP_TYPE"][:3]], **row, "exposure": f"e{i:03d}", "PROGRAM": str(2000 + i)}
        for i, row in enumerate(rows)
    ]
    answer = jwst.run(pd.DataFrame(named), edition=edition)
    assert answer.rejected.empty
    return answer.members.fillna("")


def parameters(name: str) -> list:
    return [pytest.param(i, case, id=case["what"]) for i, case in enumerate(read_cases(name))]


@pytest.mark.parametrize(("i", "case"), parameters("product_names"))
def test_product_names(i, case):
    told = members("product_names", case["edition"]).iloc[i]
    assert told["product"].replace(f"jw{2000 + i:05d}", "jw01018") == case["product"]
    assert told["group"] == case["group"]


@pytest.mark.parametrize(("i", "case"), parameters("targets"))
def test_targets(i, case):
    told = members("targets", case["edition"]).iloc[i]
    assert told["product"].split("_")[1] == case["label"]


@pytest.mark.parametrize("edition", ["1", "2", "3"])
def test_every_row_of_the_naming_tables_answers_a_case(edition, monkeypatch):
    """A row without a case fails here: add a line to the case files."""
    answered = {table: set() for table in ASKED}
    find = Lookup.find

    def listen(self, facts):
        rows = find(self, facts)
        answered.setdefault(self.declaration.name, set()).update(self.cells["rule"][rows])
        return rows

    monkeypatch.setattr(Lookup, "find", listen)
    members.cache_clear()
    members("product_names", edition)
    members("targets", edition)
    rules = jwst.read_rules(edition=edition)
    assert [sorted(set(rules[table].rows["rule"]) - answered[table]) for table in ASKED] == [[]] * len(ASKED)


@pytest.mark.parametrize(("name", "abstains"), [("jwst", False), ("jwst_dms", True)])
def test_what_an_exposure_lacks_is_said_where_a_table_abstains(name, abstains):
    rules = jwst.read_rules(name)
    members = jwst.group(rules, jwst.exposures(rules, jwst.example(rules)))
    assert ("lacking" in members) == abstains
