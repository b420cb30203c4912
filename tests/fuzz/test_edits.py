"""Edits of rule tables: none is missed, and the oracle sees what it should. ``.ci/nightly`` counts a thousand."""

from random import Random

import pytest

from scrub.files.shipped import find
from scrub.tables.diff.compare import Change
from tests.fuzz import edits, naive
from tests.rulesets import copy_shipped, edit, replace


@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
def test_an_edit_is_noticed_or_changes_nothing(number):
    end = edits.attack(number, seed=20261128)
    assert not {"traceback", "miss", "alarm"} & {*end.marks}, end.failure


def test_the_oracle_names_the_cases_of_an_edit(tmp_path):
    own = copy_shipped(tmp_path) / "jwst"
    edit(own, "pixel_scales", "FGS,*,*,0.069", "FGS,*,*,0.07")
    edit(own, "encodings", "filter,F070W,3,", "filter,F070W,993,")
    replace(own / "abbreviations.csv", "subarray,SUB*,SUB,", "subarray,SUB*,SUX,")
    sides = naive.Set(find("rules"), "jwst"), naive.Set(own.parent, "jwst")
    chance = Random(1)
    cases = naive.differences(*sides, "pixel_scales", "3", chance)
    assert {case["instrume"] for case in cases} == {"FGS"}
    assert len(cases) == len(sides[0].words("exp_type", "3")) * len(sides[0].words("channel_class", "3"))
    assert naive.differences(*sides, "encodings", "3", chance) == [{"column": "filter", "value": "F070W"}]
    words = {case[naive.WORD] for case in naive.differences(*sides, "abbreviations", "3", chance)}
    assert words == {"SUB", "SUBQ", "SUBQ7"}
    assert naive.differences(*sides, "groups", "3", chance) == []


@pytest.mark.parametrize(
    ("case", "words", "held"),
    [("a=x|y", {"a": "x", "b": "0"}, True), ("a=!x", {"a": "x", "b": "0"}, False), ("every case", {"a": "x"}, True),
     ("a=x, b=0 and 3 more", {"a": "y", "b": "0"}, None)],
)  # fmt: skip
def test_a_case_of_diff_is_read_as_it_is_written(case, words, held):
    assert naive.covers(case, words) is held


def test_a_change_that_diff_lacks_is_a_miss_and_one_too_many_an_alarm(tmp_path):
    own = copy_shipped(tmp_path) / "jwst"
    edit(own, "pixel_scales", "FGS,*,*,0.069", "FGS,*,*,0.07")
    sides = naive.Set(find("rules"), "jwst"), naive.Set(own.parent, "jwst")
    cases = naive.differences(*sides, "pixel_scales", "3", Random(1))
    judged = [list(edits._judge_cases(sides, "pixel_scales", "3", cases, own_)) for own_ in ([], [change("MIRI")])]
    assert [[mark for mark, _ in marks] for marks in judged] == [["miss"], ["miss", "alarm"]]
    assert list(edits._judge_cases(sides, "pixel_scales", "3", cases, [change("FGS")])) == []


def change(instrument: str) -> Change:
    return Change("RENUMBER", "pixel_scales", f"instrume={instrument}", "", "", "", "")
