"""Comparison of contracts: a change that is said to break no reader gives readers nothing that they did not have."""

import pandas as pd
import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from scrub.contracts import contracts
from scrub.contracts.compare import compare
from scrub.contracts.fields import Field, Sheet, read_fields

NUMBERS = [-1.0, 0.0, 1.0, 2.0, None]
WORDS = ["a", "ab", "b", "", None]
bounds = st.sampled_from([-1, 0, 1, 2])
ends = st.fixed_dictionaries({}, optional={"include_min": st.booleans(), "include_max": st.booleans()})
ranges = st.tuples(bounds, ends).map(lambda pair: {"min_value": pair[0], "max_value": pair[0] + 1, **pair[1]})
limits = st.fixed_dictionaries(
    {}, optional={"greater_than": bounds, "less_than_or_equal_to": bounds, "in_range": ranges, "notin": st.lists(bounds, min_size=1, max_size=2)}
)  # fmt: skip
texts = st.fixed_dictionaries(
    {},
    optional={
        "isin": st.lists(st.sampled_from(["a", "ab", "b"]), min_size=1, unique=True), "str_matches": st.sampled_from(["^a", "^[ab]+$"]),
        "str_length": st.fixed_dictionaries({"min_value": st.integers(0, 1), "max_value": st.integers(1, 2)}),
    },
)  # fmt: skip
flags = st.fixed_dictionaries({}, optional=dict.fromkeys(["nullable", "unique", "required"], st.booleans()))
numbers = st.tuples(limits, flags).map(lambda pair: {"dtype": "float64", "checks": pair[0], **pair[1]})
words = st.tuples(texts, flags).map(lambda pair: {"dtype": "str", "checks": pair[0], **pair[1]})
tables = st.fixed_dictionaries(
    {"strict": st.booleans(), "columns": st.fixed_dictionaries({}, optional={"n": numbers, "w": words, "x": words})}
)
frames = st.fixed_dictionaries(
    {}, optional={"n": st.lists(st.sampled_from(NUMBERS), min_size=2, max_size=2), **{w: st.lists(st.sampled_from(WORDS), min_size=2, max_size=2) for w in "wx"}}
)  # fmt: skip
TYPES = {"n": "float64", "w": "str", "x": "str"}


class Plain(yaml.SafeDumper):
    """Writes each value out, never a reference to an equal one."""

    def ignore_aliases(self, data) -> bool:
        return True


def contract(table: dict) -> contracts.Contract:
    return contracts._read("own", yaml.dump(table, Dumper=Plain).encode(), ())


def changes(old: dict, new: dict):
    return compare(*(read_fields(contract(table)) for table in (old, new)))


@pytest.mark.slow
@given(tables, tables, frames)
@settings(max_examples=300)
@example(
    {"strict": True, "columns": {"n": {"dtype": "float64", "checks": {"greater_than": 0}}}},
    {"strict": True, "columns": {"n": {"dtype": "float64", "checks": {"in_range": {"min_value": 0, "max_value": 9}}}}},
    {"n": [0.0, 1.0]},
)
def test_tables_that_the_new_contract_takes_break_no_reader_unless_it_says_so(old, new, columns):
    if any(change.breaks for change in changes(old, new)):
        return
    frame = pd.DataFrame({name: pd.Series(cells, dtype=TYPES[name]) for name, cells in columns.items()})
    assume(contracts.failures(contract(new), frame).empty)
    kept = frame[[name for name in frame if name in old["columns"] or not old["strict"]]]
    assert contracts.failures(contract(old), kept).empty, [str(change) for change in changes(old, new)]


@given(tables)
def test_a_contract_does_not_differ_from_itself(table):
    assert changes(table, table) == []


BASE = {"strict": True, "columns": {"a": {"dtype": "float64", "unit": "deg", "checks": {"greater_than": 0}}}}


def with_column(**keys) -> dict:
    return {**BASE, "columns": {"a": {**BASE["columns"]["a"], **keys}}}


CASES = {
    "a type": (with_column(dtype="Int64"), "a: type: float64 -> Int64", True),
    "a unit": (with_column(unit="rad"), "a: unit: deg -> rad", True),
    "a column that goes": ({"columns": {}}, "a: column: float64 -> nothing", True),
    "a column that comes": (
        {"columns": {**BASE["columns"], "b": {"dtype": "str"}}},
        "b: column: nothing -> str",
        False,
    ),
    "a wider limit": (with_column(checks={"greater_than": -1}), "a: least: more than 0 -> more than -1", True),
    "a closer limit": (with_column(checks={"greater_than": 1}), "a: least: more than 0 -> more than 1", False),
    "a limit that comes": (
        with_column(checks={"greater_than": 0, "less_than": 9}),
        "a: greatest: nothing -> less than 9",
        False,
    ),
    "a hole": (with_column(nullable=True), "a: may be missing: no -> yes", True),
    "other columns": ({**BASE, "strict": False}, "other columns: no -> yes", True),
    "a warning": (
        with_column(checks={"greater_than": 0, "less_than": {"value": 9, "options": {"raise_warning": True}}}),
        "a: warnings: nothing -> less_than 9",
        False,
    ),
    "a closer limit among two": (
        with_column(checks={"greater_than": 0, "greater_than_or_equal_to": 2}),
        "a: least: more than 0 -> 2, more than 0",
        False,
    ),
    "a description": (with_column(description="An angle"), "a: description: nothing -> An angle", False),
}


@pytest.mark.parametrize(("new", "sentence", "breaks"), CASES.values(), ids=CASES)
def test_each_change_is_named(new, sentence, breaks):
    (change,) = changes(BASE, new)
    assert (str(change), change.breaks) == (sentence, breaks)


def test_of_two_limits_the_closer_one_counts():
    two = with_column(checks={"less_than": 9, "less_than_or_equal_to": 5})
    (change,) = changes(two, with_column(checks={"less_than": 9, "less_than_or_equal_to": 7}))
    assert change.breaks
    (change,) = changes(two, with_column(checks={"less_than": 8, "less_than_or_equal_to": 5}))
    assert not change.breaks


@pytest.mark.parametrize(
    ("now", "breaks"), [(["x"], False), (["x", "y", "z"], True), (["z"], True), (["y", "x"], None)]
)
def test_a_new_word_can_break_a_reader_and_one_that_is_gone_cannot(now, breaks):
    column = {"columns": {"a": {"dtype": "str", "checks": {"isin": ["x", "y"]}}}}
    new = {"columns": {"a": {"dtype": "str", "checks": {"isin": now}}}}
    assert [change.breaks for change in changes({**BASE, **column}, {**BASE, **new})] == (
        [] if breaks is None else [breaks]
    )


FIELD = Field("a", "", "str", "", False, True, False, "", {}, {})
PLAIN = Sheet("s", "", False, (FIELD,))
FREE = Sheet("s", "", False, (FIELD._replace(dtype="", unit=""),))


def having(**keys) -> Sheet:
    return Sheet("s", "", False, (FIELD._replace(**keys),))


def keeping(**checks) -> Sheet:
    return having(checks=checks)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (PLAIN, PLAIN._replace(is_open=True), [("other columns: no -> yes", True)]),
        (PLAIN._replace(is_open=True), PLAIN, [("other columns: yes -> no", False)]),
        (PLAIN, PLAIN._replace(together=("a",)), [("rows differ in: nothing -> a", False)]),
        (PLAIN._replace(together=("a",)), PLAIN, [("rows differ in: a -> nothing", True)]),
        (PLAIN._replace(together=("a", "b")), PLAIN._replace(together=("a",)), [("rows differ in: a, b -> a", False)]),
        (PLAIN._replace(together=("a",)), PLAIN._replace(together=("a", "b")), [("rows differ in: a -> a, b", True)]),
        (PLAIN._replace(together=("a",)), PLAIN._replace(together=("b",)), [("rows differ in: a -> b", True)]),
        (FREE, FREE._replace(fields=()), [("a: column: any type -> nothing", True)]),
        (FREE._replace(fields=()), FREE, [("a: column: nothing -> any type", False)]),
        (FREE, PLAIN, [("a: type: nothing -> str", False)]),
        (PLAIN, FREE, [("a: type: str -> nothing", True)]),
        (PLAIN, having(unit="deg"), [("a: unit: nothing -> deg", False)]),
        (having(nullable=True), PLAIN, [("a: may be missing: yes -> no", False)]),
        (PLAIN, having(required=False), [("a: may be absent: no -> yes", True)]),
        (having(required=False), PLAIN, [("a: may be absent: yes -> no", False)]),
        (PLAIN, having(unique=True), [("a: may repeat: yes -> no", False)]),
        (having(unique=True), PLAIN, [("a: may repeat: no -> yes", True)]),
        (PLAIN, keeping(str_matches="^x$"), [("a: form: nothing -> ^x$", False)]),
        (keeping(str_matches="^x$"), PLAIN, [("a: form: ^x$ -> nothing", True)]),
        (PLAIN, keeping(isin=["x"]), [("a: words: any -> x", False)]),
        (keeping(isin=["x"]), PLAIN, [("a: words: x -> any", True)]),
        (keeping(isin=["x", "y"]), keeping(isin=["x", "z"]), [("a: words: 1 words, y -> 1 words, z", True)]),
        (keeping(isin=["x", "y"]), keeping(isin=["x"]), [("a: words: 1 words, y -> 1 words", False)]),
        (PLAIN, keeping(notin=["y", "x"]), [("a: refused words: nothing -> x, y", False)]),
        (keeping(notin=["x", "y"]), keeping(notin=["x"]), [("a: refused words: x, y -> x", True)]),
        (PLAIN, keeping(str_length={"min_value": 1}), [("a: minLength: nothing -> 1", False)]),
        (keeping(str_length={"min_value": 2}), keeping(str_length={"min_value": 1}), [("a: minLength: 2 -> 1", True)]),
        (keeping(str_length={"min_value": 1}), keeping(str_length={"min_value": 2}), [("a: minLength: 1 -> 2", False)]),
        (keeping(str_length={"max_value": 1}), keeping(str_length={"max_value": 2}), [("a: maxLength: 1 -> 2", True)]),
        (keeping(str_length={"max_value": 2}), keeping(str_length={"max_value": 1}), [("a: maxLength: 2 -> 1", False)]),
        (keeping(str_length={"max_value": 0}), PLAIN, [("a: maxLength: 0 -> nothing", True)]),
        (keeping(greater_than=0), keeping(greater_than_or_equal_to=0), [("a: least: more than 0 -> 0", True)]),
        (keeping(greater_than_or_equal_to=0), keeping(greater_than=0), [("a: least: 0 -> more than 0", False)]),
        (keeping(less_than=0), keeping(less_than_or_equal_to=0), [("a: greatest: less than 0 -> 0", True)]),
        (keeping(less_than_or_equal_to=0), keeping(less_than=0), [("a: greatest: 0 -> less than 0", False)]),
        (keeping(less_than=1), keeping(less_than=2), [("a: greatest: less than 1 -> less than 2", True)]),
        (keeping(less_than=1), PLAIN, [("a: greatest: less than 1 -> nothing", True)]),
        (having(warnings={"isin": ["x"]}), PLAIN, [("a: warnings: isin ['x'] -> nothing", False)]),
    ],
)  # fmt: skip
def test_each_change_is_a_sentence_that_says_whether_readers_break(old, new, wanted):
    assert [(str(change), bool(change.breaks)) for change in compare(old, new)] == wanted
