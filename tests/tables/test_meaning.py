"""What a table says: the same for every way to write it, another as soon as an answer is."""

from dataclasses import fields, replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import diff, tables
from scrub.files import digest
from scrub.tables import meaning
from scrub.tables.conditions import find_positions
from scrub.tables.decide import Table, expand
from scrub.tables.declare import Declaration
from scrub.tables.meaning import describe
from scrub.tables.rows import read_frame
from tests.rulesets import LISTS, cells, copy_shipped
from tests.rulesets import replace as edit

DECLARED = Declaration("t", "unique", conditions={c: c for c in LISTS}, answers={"answer": ""}, else_row=True)
REST = (*("else" for _ in LISTS), "rest")
row = st.tuples(*(cells(words) for words in LISTS.values()), st.sampled_from("uv"))


def make_table(rows, declaration=DECLARED, lists=LISTS):
    frame = pd.DataFrame([*rows, REST], columns=[*LISTS, "answer"])
    frame = frame.assign(rule=[f"t.csv:{i + 2}" for i in range(len(frame))])
    return Table(declaration, lists, read_frame(frame), expand(read_frame(frame), lists, else_row=True).hits)


def say(table):
    return digest.of(describe(table))


def answers(table):
    return table.rows["answer"].to_numpy()[table.hits].tolist()


@given(one=st.lists(row, max_size=3), other=st.lists(row, max_size=3))
def test_tables_say_the_same_if_and_only_if_they_answer_the_same(one, other):
    one, other = make_table(one), make_table(other)
    assert (say(one) == say(other)) == (answers(one) == answers(other))


@given(rows=st.lists(row, max_size=3), data=st.data())
def test_how_a_table_is_written_says_nothing(rows, data):
    """A row is split by each word of one condition; words of a cell, words of the lists, and conditions change places."""
    table, written = make_table(rows), []
    for *own, answer in rows:
        column = data.draw(st.sampled_from(list(LISTS)))
        at = list(LISTS).index(column)
        for position in find_positions(own[at], LISTS[column]):
            parted = [*own[:at], LISTS[column][position], *own[at + 1 :]]
            listed = [
                [words[i] for i in find_positions(cell, words)]
                for cell, words in zip(parted, LISTS.values(), strict=True)
            ]
            written.append((*("|".join(data.draw(st.permutations(words))) or "!a" for words in listed), answer))
    written = [one for one in written if "!a" not in one]
    lists = {c: tuple(data.draw(st.permutations(LISTS[c]))) for c in data.draw(st.permutations(list(LISTS)))}
    other = make_table(written, replace(DECLARED, conditions={c: c for c in lists}), lists)
    assert say(other) == say(table)


def test_a_word_that_no_row_names_says_nothing():
    table = make_table([("x", "*", "u")] if len(LISTS) == 2 else [])
    assert say(make_table([("x", "*", "u")], lists={**LISTS, "a": (*LISTS["a"], "new")})) == say(table)


def test_a_table_of_too_many_parts_says_its_rows(monkeypatch):
    table = make_table([("x", "0", "u"), ("y", "*", "v")])
    monkeypatch.setattr(meaning, "_MOST", 0)
    assert describe(table)[1] == sorted([["x", "0", "u"], ["y", "*", "v"], list(REST)])


def test_a_table_of_too_many_parts_says_which_rows_stand_over_others(monkeypatch):
    rows = pd.DataFrame({"a": ["*", "x"], "b": "*", "answer": ["u", "v"], "rule": ["t.csv:2", "t.csv:3"]})
    monkeypatch.setattr(meaning, "_MOST", 0)
    below, over = (rows.assign(layer=layers) for layers in ([1, 0], [0, 1]))
    tables_ = [
        Table(DECLARED, LISTS, read_frame(frame), expand(read_frame(frame), LISTS).hits) for frame in (below, over)
    ]
    assert answers(tables_[0]) != answers(tables_[1])
    assert say(tables_[0]) != say(tables_[1])


READ = ("policy", "conditions", "answers")  # by which the rows are read: the rows say them too
OTHER = {
    "policy": "list", "key": ("a",), "conditions": {"a": "b"}, "answers": {"answer": "b"}, "words": {"a": "b"},
    "covers": "a", "applies_to": {"a": "x"}, "else_row": False, "turn": 7, "leaves_out": {"answer": "u"},
    "abstains": "answer", "fills": "a", "flags": "a", "needs": ({"where": {"a": "x"}, "filled": ["b"]},),
    "expressions": {"answer": 1}, "codes": ("a", "b", "c", {}), "also": ("a",), "ordered": ("a",),
}  # fmt: skip


@pytest.mark.parametrize("key", [key for key in OTHER if key not in READ])
def test_every_key_of_tables_toml_that_can_change_an_answer_is_said(key):
    table = make_table([])
    assert say(table._replace(declaration=replace(DECLARED, **{key: OTHER[key]}))) != say(table)


def test_no_key_of_tables_toml_is_forgotten():
    assert {key.name for key in fields(Declaration)} == {*OTHER, *meaning._SILENT, "name"}


def test_the_order_of_a_list_is_said_where_it_counts(tmp_path):
    own = copy_shipped(tmp_path) / "hst_svm"
    before = tables.read(own, base="hst_svm")
    lists = own / "lists.csv"
    text = lists.read_text()
    lists.write_text(text.replace("_drc.fits", "_X").replace("_drz.fits", "_drc.fits").replace("_X", "_drz.fits"))
    after = tables.read(own, base="hst_svm")
    assert before.hashes["lists"] != after.hashes["lists"]
    (change,) = diff.compare(before, after)
    assert (change.kind, change.table, change.case) == ("REGROUP", "lists", "list=image_suffix")
    assert (change.was, change.now) == ("_drc.fits, _drz.fits", "_drz.fits, _drc.fits")
    lists.write_text(
        "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:29]), *text.splitlines()[29:]]) + "\n"
    )
    assert tables.read(own, base="hst_svm").hashes == before.hashes, "the order of other lists says nothing"


def test_an_ordered_list_that_is_none_is_a_finding(tmp_path):
    own = copy_shipped(tmp_path) / "hst_svm"
    edit(own.parent / "tables.toml", 'ordered = ["image_suffix"]', 'ordered = ["image_sufix"]')
    with pytest.raises(tables.RuleError, match=r"tables.toml:\d+: declaration: lists.ordered: no list 'image_sufix'"):
        tables.read(own, base="hst_svm")


@pytest.mark.parametrize(("policy", "counts"), [("list", False), ("first", True)])
def test_the_order_of_rows_counts_where_the_first_that_fits_answers(policy, counts):
    frame = pd.DataFrame(
        {"key": ["a", "a"], "pattern": ["x*", "*"], "answer": ["u", "v"], "rule": ["t.csv:2", "t.csv:3"]}
    )
    one, other = (
        Table(Declaration("t", policy, key=("key",), answers={"answer": ""}), {}, read_frame(rows), None)
        for rows in (frame, frame[::-1])
    )
    assert (say(one) != say(other)) == counts
