"""Decision tables: complete and exact, against an oracle that tries every row on every case."""

from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.tables import read
from scrub.tables.decide import allowed, answer, fold, in_turn, open_out
from scrub.tables.findings import RuleError
from tests.rulesets import LISTS, cells, fits

rows = st.lists(st.tuples(*(cells(words) for words in LISTS.values())), min_size=1, max_size=4)


@given(rows)
def test_a_table_opens_out_if_and_only_if_every_case_has_one_row(cells):
    table = pd.DataFrame(cells, columns=list(LISTS)).assign(rule=[f"t.csv:{i + 2}" for i in range(len(cells))])
    cases = list(product(*LISTS.values()))
    found = [[i for i, row in enumerate(cells) if all(map(fits, row, case))] for case in cases]
    if all(len(places) == 1 for places in found):
        hits = open_out(table, LISTS)
        facts = pd.DataFrame(cases, columns=list(LISTS))
        assert answer(table, hits, LISTS, facts)["rule"].tolist() == [f"t.csv:{places[0] + 2}" for places in found]
    else:
        with pytest.raises(RuleError, match="duplicate" if any(len(places) > 1 for places in found) else "gap"):
            open_out(table, LISTS)


def test_a_fact_on_no_list_is_refused_by_name():
    table = pd.DataFrame({"a": ["*"], "b": ["*"], "rule": ["t.csv:2"]})
    with pytest.raises(RuleError, match="a: 'zz' is not on the list .*'z'"):
        answer(table, open_out(table, LISTS), LISTS, pd.DataFrame({"a": ["x", "zz"], "b": ["0", "1"]}))


def test_an_empty_table_is_all_gap():
    with pytest.raises(RuleError, match="table:1: gap: no row for a=x, b=0"):
        open_out(pd.DataFrame(columns=["a", "b", "rule"]), LISTS)


def test_none_of_several_words():
    assert allowed("!x|z", LISTS["a"]) == [1]


def test_only_the_star_of_a_pattern_is_special():
    values = pd.Series(["A.B", "AxB", "A|B", "a.b"])
    assert fold(["A.B", "A|*", "*"], ["dot", "bar", "*"], values).tolist() == ["dot", "AxB", "bar", "a.b"]


def test_an_abstaining_table_ends_a_case():
    rules = read("jwst_dms")
    asked = {"visit": ["moving", "fixed"], "position": ["true", "true"], "name": ["false", "false"]}
    decided = in_turn([rules["targets"]], pd.DataFrame(asked))
    assert decided.lacking.fillna("").tolist() == ["TARGNAME", ""]
    assert decided.makes.tolist() == [False, True]
