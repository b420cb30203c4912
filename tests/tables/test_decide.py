"""Decision tables: complete and exact, against an oracle that tries every row on every case."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.tables import read
from scrub.tables.ask import Walk, ask_in_turn, leave_open
from scrub.tables.conditions import find_positions
from scrub.tables.decide import answer, expand
from scrub.tables.findings import RuleError
from scrub.tables.patterns import fold
from scrub.tables.rows import read_frame
from scrub.tables.rules import look_up
from tests.rulesets import LISTS, cells, fits

rows = st.lists(st.tuples(*(cells(words) for words in LISTS.values())), min_size=1, max_size=4)


@given(rows)
def test_an_expanded_table_has_no_finding_if_and_only_if_every_case_has_one_row(cells):
    table = pd.DataFrame(cells, columns=list(LISTS)).assign(rule=[f"t.csv:{i + 2}" for i in range(len(cells))])
    cases = list(product(*LISTS.values()))
    found = [[i for i, row in enumerate(cells) if all(map(fits, row, case))] for case in cases]
    hits, findings = expand(read_frame(table), LISTS)
    assert any(f.kind == "duplicate" for f in findings) == any(len(places) > 1 for places in found)
    assert any(f.kind == "gap" for f in findings) == any(not places for places in found)
    if not findings:
        facts = pd.DataFrame(cases, columns=list(LISTS))
        assert answer(table, hits, LISTS, facts)["rule"].tolist() == [f"t.csv:{places[0] + 2}" for places in found]


def test_a_fact_on_no_list_is_refused_by_name():
    table = pd.DataFrame({"a": ["*"], "b": ["*"], "rule": ["t.csv:2"]})
    with pytest.raises(RuleError, match="a: 'zz' is not on the list .*'z'"):
        answer(table, expand(read_frame(table), LISTS).hits, LISTS, pd.DataFrame({"a": ["x", "zz"], "b": ["0", "1"]}))


def test_an_empty_table_is_all_gap():
    (finding,) = expand({"a": (), "b": (), "rule": ()}, LISTS).findings
    assert str(finding) == "table:1: gap: no row for a=x, b=0 (6 such cases)"


def test_none_of_several_words():
    assert find_positions("!x|z", LISTS["a"]) == [1]


def test_only_the_star_of_a_pattern_is_special():
    values = pd.Series(["A.B", "AxB", "A|B", "a.b"])
    assert fold(["A.B", "A|*", "*"], ["dot", "bar", "*"], values).tolist() == ["dot", "AxB", "bar", "a.b"]


def test_an_abstaining_table_ends_a_case():
    rules = read("jwst_dms")
    facts = {"visit": ["moving", "fixed"], "position": ["true", "true"], "name": ["false", "false"]}
    facts |= {"proposal": ["false", "false"], "targeted": ["false", "false"]}
    columns = {name: np.array(words, dtype=object) for name, words in facts.items()}
    decided = ask_in_turn([look_up(rules, "targets")], columns, 2)
    assert decided.lacking.tolist() == ["TARGPROP", None]
    assert decided.makes.tolist() == [False, True]


def test_a_condition_that_every_row_leaves_open_needs_nothing_that_fills_it():
    facts = {"visit": ["moving"], "position": ["true"], "name": ["false"]}
    columns = {name: np.array(words, dtype=object) for name, words in facts.items()}
    before = look_up(read("jwst_dms", edition="3.0"), "targets")
    assert ask_in_turn([before], columns, 1).lacking.tolist() == ["TARGNAME"]
    with pytest.raises(KeyError, match="proposal"):
        ask_in_turn([look_up(read("jwst_dms"), "targets")], columns, 1)


def make_rows(*rows):
    return dict(zip((*LISTS, "answer"), zip(*rows, strict=True), strict=True)) | {
        "rule": tuple(f"t.csv:{at + 2}" for at in range(len(rows)))
    }


@pytest.mark.parametrize(
    ("rows_", "finding"),
    [
        ([("x", "*", "p"), ("!x", "*", "q")], []),
        ([("x", "*", "p")], ["t.csv:1: gap: no row for a=y, b=0 (4 such cases)"]),
        ([("x", "*", "p"), ("!x", "0", "q"), ("y", "1", "q")], ["t.csv:1: gap: no row for a=z, b=1"]),
        ([("*", "*", "p"), ("x", "0", "q")], ["t.csv:3: conflict: t.csv:2 also matches a=x, b=0, with a different answer"]),
        ([("*", "*", "p"), ("x", "0", "p")], ["t.csv:3: duplicate: t.csv:2 also matches a=x, b=0, with the same answer"]),
        (
            [("x|y", "*", "p"), ("*", "0", "p"), ("z", "1", "p")],
            ["t.csv:3: duplicate: t.csv:2 also matches a=x, b=0, with the same answer (2 such cases)"],
        ),
    ],
)  # fmt: skip
def test_a_case_of_no_row_or_of_two_is_named_with_the_number_of_such_cases(rows_, finding):
    assert [str(one) for one in expand(make_rows(*rows_), LISTS, answers=["answer"]).findings] == finding


def test_an_else_row_answers_the_rest_and_another_is_named():
    one = expand(make_rows(("x", "*", "p"), ("else", "else", "q")), LISTS, else_row=True)
    assert (list(one.findings), one.hits.tolist()) == ([], [[0, 0], [1, 1], [1, 1]])
    two = make_rows(("x", "*", "p"), ("else", "else", "q"), ("else", "else", "q"))
    message = "t.csv:4: duplicate: t.csv:3 is an else row, too, with the same answer"
    assert [str(finding) for finding in expand(two, LISTS, else_row=True).findings] == [message]


@pytest.mark.parametrize("is_open", list(product([False, True], repeat=3)))
def test_conditions_that_every_row_leaves_open_are_left_out(is_open):
    members = tuple(np.full((size, 1), fill_value=True) for size in (2, 3, 4))
    left = leave_open(Walk(members, np.array([0]), -1), is_open)
    assert [len(own) for own in left.members] == [
        size for size, skipped in zip((2, 3, 4), is_open, strict=True) if not skipped
    ]
    hits = np.arange(24).reshape(2, 3, 4)
    assert (
        leave_open(hits, is_open).tolist() == hits[tuple(0 if skipped else slice(None) for skipped in is_open)].tolist()
    )
