"""Cases that an expert can add: one line in ``tests/cases/*.csv`` each."""

from functools import cache

import pandas as pd
import pytest

from scrub import jwst
from scrub.frames.arrays import make_cells, read_frame
from scrub.jwst import cases
from scrub.tables.ask import Lookup
from tests.data import read_cases
from tests.strategies import DMS, INSTRUMENT, RULES

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


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([True, False, None, "x", 3, float("nan"), pd.NA], ["true", "false", None, "x", "3", None, None]),
        (["", "NONE", 2.5], ["", "NONE", "2.5"]),
        ([], []),
    ],
)
def test_cells_are_written_as_tables_write_them(cells, words):
    assert cases._write_words(cells).tolist() == words


LAST = {
    "the last that answered": (["a:1", None, "a:1"], ["b:1", "b:2", None], ["b:1", "b:2", "a:1"]),
    "none": ([None], [None], [None]),
}


@pytest.mark.parametrize(("one", "other", "last"), LAST.values(), ids=LAST)
def test_the_rule_is_that_of_the_last_table_that_answered(one, other, last):
    fired = {"a": make_cells(one), "b": make_cells(other), "c": make_cells(["c:1"] * len(one))}
    assert cases._find_last(fired, ["a", "b"]).tolist() == last
    assert cases._find_last(fired, ["a"]).tolist() == one
    assert cases._find_last(fired, ["c", "a", "b"]).tolist() == [rule or "c:1" for rule in last]
    further = {**fired, "further_products": make_cells(["f:1"] * len(one))}
    assert cases._find_last(further, ["exposure_types"]).tolist() == ["f:1"] * len(one)


def test_measures_are_numbers():
    found = cases._read_numbers(make_cells(["0.065", "", None, "2040"]))
    assert found[[0, 3]].tolist() == [0.065, 2040.0]
    assert pd.isna(found).tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("channel", "detector", "filled"),
    [
        ("LONG", "NRCA1", "LONG"),
        (None, "NRCA1", "SHORT"),
        (None, "NRCALONG", "LONG"),
        (None, "NIS", None),
        (None, None, None),
    ],
)
def test_a_missing_channel_follows_from_the_detector(channel, detector, filled):
    cells = {"CHANNEL": make_cells([channel]), "DETECTOR": make_cells([detector])}
    assert cases._fill_channel(cases._plan(RULES), cells) == [filled]


def test_the_plan_of_the_rules():
    plan, official = cases._plan(RULES), cases._plan(DMS)
    assert plan.making == plan.ending == ("exposure_types", "product_names")
    assert official.ending == (*official.making, "targets")
    assert plan.identities == ("position", "name", "guide")
    assert plan.facts == (("position", ("TARG_RA", "TARG_DEC")), ("name", ("TARGNAME",)), ("guide", ("GS_MAG",)))
    assert ("activity", ("OBS_ID", "ACT_ID")) in official.facts
    assert plan.further == ()
    first, more = ([table.declaration.name for table in tables] for tables in (official.tables, official.further))
    assert more == [
        name for own in first for name in (["masks", "further_products"] if own == "exposure_types" else [own])
    ]
    assert [len(cases.list_lookups(DMS, reading=reading)) for reading in ("", "x")] == [len(first), len(first) + 1]


@pytest.mark.parametrize(
    ("cells", "position", "name"),
    [
        ({}, "true", "false"),
        ({"TARGNAME": "IO"}, "true", "true"),
        ({"TARG_RA": None}, "false", "false"),
        ({"TARG_DEC": None}, "false", "false"),
    ],
)
def test_a_fact_is_true_where_all_its_keywords_are_given(cells, position, name):
    exposures = read_frame(jwst.exposures(RULES, jwst.example(RULES)))
    blank = {word: make_cells([cell] * 2) for word, cell in cells.items()}
    found = cases.collect_cases(RULES, {**exposures, **blank})
    assert (found.cells["position"].tolist(), found.cells["name"].tolist()) == ([position], [name])
    assert found.codes.tolist() == [0, 0]


def test_a_stated_target_has_all_that_could_identify_it():
    exposures = read_frame(jwst.exposures(DMS, jwst.example(DMS)))
    bare = {**exposures, "TARG_RA": make_cells([None] * 2), "TARGETID": make_cells(["7", None])}
    found = cases.collect_cases(DMS, bare)
    assert {name: found.cells[name].tolist() for name in ("placed", "position", "proposal", "name", "targeted")} == {
        "placed": ["true", "false"], "position": ["true", "false"], "proposal": ["true", "false"],
        "name": ["true", "false"], "targeted": ["true", "false"],
    }  # fmt: skip
    assert found.codes.tolist() == [0, 1]
    assert found.cells["activity"].tolist() == ["false", "false"]
