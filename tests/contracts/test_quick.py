"""The quick look before Pandera: it never passes what Pandera refuses, and passes the frames of a clean run."""

import itertools
import operator

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from scrub import hst_cal, hst_svm, jwst
from scrub.contracts import contracts, quick
from scrub.files.table_files import read_table
from scrub.samples import TABLE, hst

WORDS = ["", "a", "b", "ab", "a\n", "é", "12", "nan"]
WHOLE = [0, 1, -1, 2, 2**53, 2**53 + 1, 2**63 - 1]
FLOATS = [0.0, -0.0, 1.0, 0.5, -1.0, 2.0**53, float("inf"), float("nan")]
KINDS = {
    "str": WORDS, "float64": FLOATS, "int64": WHOLE, "Int64": [*WHOLE, pd.NA], "boolean": [True, False, pd.NA],
    "object": [*WORDS, None, np.nan, pd.NA, 1, 1.0, True], "string": [*WORDS, pd.NA], "bool": [True, False],
    "category": [*WORDS, np.nan], "Float64": [*FLOATS[:-1], pd.NA], "float32": FLOATS, "int32": WHOLE[:4],
    "datetime64[ns]": [pd.Timestamp("2020-01-01"), pd.NaT],
}  # fmt: skip
DTYPES = ["str", "float64", "int64", "Int64", "boolean"]
numbers = st.sampled_from(
    [0, 1, -1, 2, 0.0, 0.5, 1.0, 2**53, 2**53 - 1, -1.5, float("inf"), float("-inf"), float("nan")]
)
words = st.sampled_from(WORDS)
odd = st.sampled_from([None, True, [], {}, "", "a", 1, [None], ["a", 1], {"min_value": 0}, {"value": 1}, "[", 10**30])
patterns = st.sampled_from(
    [
        "^a*$",
        "[^ ]",
        "^(a(b|n)?|[0-9]{1,2})?$",
        "(a|b)n?",
        "^[a-z]{1,2}$",
        "a$",
        "^(a|b|)$",
        "^.$",
        r"\d",
        "b",
        "^$",
        r"^\w+$",
        "(",
    ]
)


def ranges(bounds):
    ends = st.fixed_dictionaries({}, optional={"include_min": st.booleans(), "include_max": st.booleans()})
    both = st.fixed_dictionaries({"min_value": bounds, "max_value": bounds})
    return st.tuples(both, ends).map(lambda pair: {**pair[0], **pair[1]})


def arguments(plain):
    compare = dict.fromkeys(
        ["equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to"],
        plain,
    )
    lists = dict.fromkeys(["isin", "notin"], st.lists(plain, max_size=4))
    return {
        **compare, **lists, "in_range": ranges(plain), "str_matches": patterns,
        "str_length": st.fixed_dictionaries({}, optional={"min_value": st.integers(0, 2), "max_value": st.integers(1, 3)}),
    }  # fmt: skip


def checks(dtype):
    """One or two checks; mostly of the kind of the column, and mostly with arguments that make sense."""
    own = arguments(words if dtype == "str" else numbers)
    other = arguments(numbers if dtype == "str" else words)
    some = st.sampled_from(sorted(own)).flatmap(
        lambda name: st.one_of(own[name], own[name], own[name], other[name], odd).map(lambda value: {name: value})
    )
    return st.lists(some, max_size=2).map(lambda many: {k: v for one in many for k, v in one.items()})


@st.composite
def columns(draw):
    dtype = draw(st.sampled_from([*DTYPES, *DTYPES, None, "object", "string", "datetime64[ns]"]))
    asked = st.just({}) if dtype == "datetime64[ns]" else st.just({}) | checks(dtype)  # pandas warns of 0 as a date
    spec = {"dtype": dtype, "checks": draw(asked)}
    keys = {"nullable": st.booleans(), "unique": st.sampled_from([False, False, True]), "required": st.booleans()}
    return {**spec, **draw(st.fixed_dictionaries({}, optional=keys))}


class Plain(yaml.SafeDumper):
    """Writes each value out, never a reference to an equal one."""

    def ignore_aliases(self, data) -> bool:
        return True


@st.composite
def cases(draw):
    """A contract, and a frame that keeps it, or nearly, or not at all."""
    table = {"columns": draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), columns(), min_size=1))}
    table |= draw(st.fixed_dictionaries({}, optional={"strict": st.sampled_from([True, False, False, "filter"])}))
    if draw(st.sampled_from([False, False, False, True])):
        table["unique"] = draw(st.lists(st.sampled_from(["a", "b", "x"]), min_size=1, max_size=2, unique=True))
    rows = draw(st.integers(0, 4))
    there = draw(st.permutations([*table["columns"], *draw(st.sampled_from([[], [], [], ["x"]]))]))
    there = there[: draw(st.sampled_from([len(there), len(there), len(there), 1]))]
    cells = {}
    for name in there:
        asked = table["columns"].get(name, {}).get("dtype") or "object"
        dtype = draw(st.sampled_from([asked] * 5 + sorted(KINDS)))
        some = draw(st.lists(st.sampled_from(KINDS[dtype]), min_size=1, max_size=3))
        cells[name] = pd.Series(list(itertools.islice(itertools.cycle(some), rows)), dtype=dtype)
        if draw(st.booleans()) and dtype in ("str", "float64", "Int64", "object"):
            cells[name] = cells[name].mask(np.array([draw(st.booleans()) for _ in range(rows)], dtype=bool))
    frame = pd.DataFrame(cells)
    if draw(st.sampled_from([False] * 7 + [True])) and len(there) > 1:
        frame.columns = [there[0], *there[:-1]]
    frame.index = draw(st.sampled_from([range(rows), [7] * rows, list("dcba")[:rows]]))
    return yaml.dump(table, Dumper=Plain), frame


def is_clean(schema, frame) -> bool:
    """What Pandera says."""
    try:
        schema.validate(frame.reset_index(drop=True), lazy=True)
    except SchemaErrors:
        return False
    return True


NULLABLE = "columns: {a: {dtype: float64, nullable: true, checks: {greater_than: 0}}}"


@pytest.mark.slow
@given(cases())
@settings(max_examples=max(150, settings().max_examples))
@example((NULLABLE, pd.DataFrame({"a": [np.nan, 1.0]})))
@example((NULLABLE.replace("true", "false"), pd.DataFrame({"a": [np.nan, 1.0]})))
@example((NULLABLE.replace("float64", "Int64"), pd.DataFrame({"a": pd.array([2**53 + 1, None], dtype="Int64")})))
@example(("columns: {a: {dtype: str, unique: true, nullable: true}}", pd.DataFrame({"a": [None, None]}, dtype="str")))
@example(("columns: {a: {dtype: str, checks: {str_matches: 'a$'}}}", pd.DataFrame({"a": ["a\n"]}, dtype="str")))
@example(("columns: {a: {dtype: int64, checks: {isin: [true]}}}", pd.DataFrame({"a": [1]})))
@example(("columns: {a: {required: false}}\nstrict: false", pd.DataFrame({("a", "b"): [1]})))
def test_what_passes_the_quick_look_passes_pandera(case):
    text, frame = case
    try:
        contract = contracts._read("own", text.encode(), ())
    except contracts.ContractError:
        return  # Pandera refused it: a quick look never takes what Pandera does not
    schema = contract.schema
    if contract.look and quick.surely_keeps(contract.look, frame):
        assert is_clean(schema, frame)
        assert contracts.failures(contract, frame).empty


@given(cases())
def test_the_quick_look_changes_no_answer(case):
    text, frame = case
    try:
        contract = contracts._read("own", text.encode(), ())
    except contracts.ContractError:
        return
    told, judged = [], contract._replace(look=None)
    for one in (contract, judged):
        try:
            told.append(contracts.failures(one, frame).to_string())
        except Exception as error:
            told.append(repr(error))
    assert told[0] == told[1]


@given(cases())
def test_a_look_at_few_words_says_what_a_look_at_many_says(case):
    text, frame = case
    looked = quick.look({"strict": False, **yaml.safe_load(text)})
    told = []
    for few in (0, 2, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(quick, "_FEW", few)
            told.append(looked and quick.surely_keeps(looked, frame))
    assert told == told[:1] * 3


RULES = [
    *((jwst, jwst.read_rules(edition=e)) for e in "123"), (jwst, jwst.read_rules("jwst_dms")),
    (hst_cal, hst_cal.read_rules()), (hst_svm, hst_svm.read_rules()),
]  # fmt: skip
SAMPLES = {jwst: TABLE, hst_cal: hst.CALIBRATION, hst_svm: hst.MOSAICS}


@pytest.fixture
def no_pandera(monkeypatch):
    """Whoever asks Pandera fails."""

    def never(*asked):
        raise AssertionError(f"Pandera was asked for {asked[0]}")

    monkeypatch.setattr(contracts, "_schema", never)


@pytest.mark.slow
@pytest.mark.parametrize(("telescope", "rules"), RULES)
def test_clean_runs_pass_the_quick_look_at_every_stage(no_pandera, telescope, rules):
    sample = read_table(SAMPLES[telescope]).good
    for frame in (telescope.example(rules), sample, sample.head(0)):
        assert telescope.run(frame, rules=rules).rejected.empty


def test_every_shipped_contract_is_known_to_the_quick_look(no_pandera, rules):
    for folder in ("jwst", "hst_cal", "hst_svm", "rules"):
        for name in contracts.hashes(folder):
            asked = {**hst_cal.read_rules().lists, **rules.lists, "edition": ("1", "2")}
            assert contracts.read(f"{folder}/{name.removesuffix('.yaml')}", asked).look, name


def test_a_frame_that_breaks_its_contract_does_not_pass(rules):
    frame = jwst.exposures(rules, jwst.example(rules))
    known = contracts.read("jwst/exposures", rules.lists).look
    assert quick.surely_keeps(known, frame)
    for broken in (
        frame.drop(columns="PROGRAM"), frame.assign(more=1), frame.assign(PROGRAM="1"), frame.assign(EXP_TYPE="NIS"),
        frame.assign(TARG_RA=721.0), frame.assign(TARG_RA="1"), frame.assign(TSOVISIT=None), frame.assign(EXP_TYPE=None),
        frame.assign(NUMDTHPT=-1), frame.assign(FILTER=frame["FILTER"].astype("object")),
    ):  # fmt: skip
        assert not quick.surely_keeps(known, broken)


@pytest.mark.parametrize(("word", "keeps"), [("", False), ("a", True), ("ab", True), ("abc", True), ("abcd", False)])
def test_a_word_of_an_allowed_length_surely_keeps_its_contract(word, keeps):
    column = {"dtype": "str", "checks": {"str_length": {"min_value": 1, "max_value": 3}}}
    looked = quick.look({"strict": True, "columns": {"word": column}})
    assert quick.surely_keeps(looked, pd.DataFrame({"word": [word]}, dtype="str")) == keeps


@pytest.mark.parametrize("asked", DTYPES)
@pytest.mark.parametrize("given", sorted(KINDS))
def test_a_column_of_another_type_never_surely_keeps_its_contract(asked, given):
    looked = quick.look({"strict": True, "columns": {"a": {"dtype": asked, "nullable": True}}})
    cells = [next(cell for cell in KINDS[given] if not pd.isna(cell))]
    assert quick.surely_keeps(looked, pd.DataFrame({"a": pd.Series(cells, dtype=given)})) == (asked == given)


OPERATORS = {
    "greater_than": operator.gt, "greater_than_or_equal_to": operator.ge, "less_than": operator.lt,
    "less_than_or_equal_to": operator.le,
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "int64", "Int64"])
@pytest.mark.parametrize("bound", [-1, 0, 2])
@pytest.mark.parametrize("check", OPERATORS)
def test_a_number_surely_keeps_a_bound_where_it_does(check, bound, dtype):
    looked = quick.look({"strict": True, "columns": {"a": {"dtype": dtype, "checks": {check: bound}}}})
    for value in range(-3, 5):
        frame = pd.DataFrame({"a": pd.Series([value], dtype=dtype)})
        assert quick.surely_keeps(looked, frame) == OPERATORS[check](value, bound), value


@pytest.mark.parametrize("ends", [*itertools.product([True, False], repeat=2)])
def test_a_number_surely_keeps_an_interval_where_it_does(ends):
    interval = {"min_value": 1, "max_value": 3, "include_min": ends[0], "include_max": ends[1]}
    looked = quick.look({"strict": True, "columns": {"a": {"dtype": "float64", "checks": {"in_range": interval}}}})
    for value in (0.9, 1.0, 1.1, 2.9, 3.0, 3.1):
        kept = 1 < value < 3 or (value == 1 and ends[0]) or (value == 3 and ends[1])
        assert quick.surely_keeps(looked, pd.DataFrame({"a": [value]})) == kept, value


@pytest.mark.parametrize(
    "interval",
    [
        {"min_value": 3, "max_value": 1}, {"min_value": 1, "max_value": 1}, {"min_value": "a", "max_value": 3},
        {"min_value": 1, "max_value": float("inf")}, {"min_value": float("-inf"), "max_value": 1},
        {"min_value": 1, "max_value": 3, "include_min": 1}, {"min_value": 1}, {"min_value": 1, "max_value": 3, "x": 1},
    ],
)  # fmt: skip
def test_an_interval_that_is_none_is_left_to_pandera(interval):
    assert (
        quick.look({"strict": True, "columns": {"a": {"dtype": "float64", "checks": {"in_range": interval}}}}) is None
    )


@pytest.mark.parametrize(
    ("dtype", "cells"), [("float64", ["1.5", "True"]), ("Int64", ["1", "False"]), ("boolean", ["True", "1.5"])]
)
def test_a_table_of_text_gets_a_type_only_where_every_cell_has_it(dtype, cells):
    contract = contracts.Contract("own", f"columns: {{a: {{dtype: {dtype}, nullable: true}}}}".encode(), (), None)
    assert contracts.typed(contract, pd.DataFrame({"a": cells}, dtype="str"))["a"].tolist() == cells
    assert str(contracts.typed(contract, pd.DataFrame({"a": cells[:1]}, dtype="str"))["a"].dtype) == dtype


@pytest.mark.parametrize(
    ("low", "high", "known"), [(1, 3, True), (3, 3, True), (3, 1, False), (1.5, 2.5, False), (1, 2.5, False)]
)
def test_a_length_is_known_only_between_whole_numbers_in_their_order(low, high, known):
    spec = {"dtype": "str", "checks": {"str_length": {"min_value": low, "max_value": high}}}
    assert (quick.look({"strict": True, "columns": {"a": spec}}) is not None) == known


def test_a_check_of_words_that_is_not_known_is_left_to_pandera():
    spec = {"dtype": "str", "checks": {"str_startswith": "a"}}
    assert quick.look({"strict": True, "columns": {"a": spec}}) is None


@pytest.mark.parametrize(("words", "keeps"), [(["a", "b", "a"], True), (["a", "c", "a"], False)])
def test_words_that_repeat_are_judged_once_each(words, keeps):
    looked = quick.look({"strict": True, "columns": {"a": {"dtype": "str", "checks": {"isin": ["a", "b"]}}}})
    assert quick.columns_surely_keep(looked, {"a": pd.Categorical(words)}) == keeps


@pytest.mark.parametrize(("product", "keeps"), [(["p", "q"], True), (["p", "p"], False)])
def test_rows_that_must_differ_surely_do(product, keeps):
    columns = {name: {"dtype": "str"} for name in ("exposure", "product")}
    looked = quick.look({"strict": True, "columns": columns, "unique": ["exposure", "product"]})
    assert quick.surely_keeps(looked, pd.DataFrame({"exposure": ["a", "a"], "product": product}, dtype="str")) == keeps


INF = float("inf")
ABOVE, BELOW = np.nextafter(2.0, INF), np.nextafter(2.0, -INF)


@pytest.mark.parametrize(
    ("dtype", "check", "value", "interval"),
    [
        ("float64", "equal_to", 2, (2.0, 2.0)), ("float64", "greater_than", 2, (ABOVE, INF)),
        ("Int64", "greater_than_or_equal_to", 2, (2.0, INF)), ("int64", "less_than", 2, (-INF, BELOW)),
        ("float64", "less_than_or_equal_to", 2.0, (-INF, 2.0)), ("float64", "not_equal_to", 2, None),
        ("str", "equal_to", 2, None), (None, "less_than", 2, None), ("boolean", "less_than", 2, None),
        ("float64", "less_than", INF, None), ("float64", "less_than", float("nan"), None), ("float64", "less_than", "2", None),
        ("float64", "less_than", True, None), ("float64", "less_than", 2**53, None), ("float64", "less_than", 2**53 - 1, (-INF, 2.0**53 - 2)),
        ("float64", "greater_than_or_equal_to", -(2**53), None), ("float64", "greater_than_or_equal_to", 1 - 2**53, (1.0 - 2**53, INF)),
        ("Int64", "isin", [3, 1, 2], (1, 3)), ("Int64", "isin", [1, 3], None), ("Int64", "isin", [4], (4, 4)),
        ("Int64", "isin", [], None), ("Int64", "isin", [1, 2.0], None), ("Int64", "isin", (1, 2), None),
        ("float64", "isin", [1, 2], None),
    ],
)  # fmt: skip
def test_a_check_of_numbers_is_an_interval_or_none(dtype, check, value, interval):
    assert quick._read_interval(dtype, check, value) == interval


@pytest.mark.parametrize(
    ("checks", "low", "high"),
    [
        ({"greater_than_or_equal_to": 1, "in_range": {"min_value": 0, "max_value": 5}}, 1.0, 5.0),
        ({"in_range": {"min_value": 0, "max_value": 5}, "less_than_or_equal_to": 7}, 0.0, 5.0),
        ({"less_than_or_equal_to": 3, "in_range": {"min_value": 0, "max_value": 5}}, 0.0, 3.0),
        ({}, -INF, INF),
    ],
)
def test_a_column_of_several_checks_has_the_interval_that_keeps_them_all(checks, low, high):
    (column,) = quick.look({"strict": True, "columns": {"a": {"dtype": "float64", "checks": checks}}}).columns
    assert column == quick.Column("a", "float64", False, False, True, low, high, ())


@pytest.mark.parametrize(
    ("dtype", "check", "value", "frozen"),
    [
        ("str", "isin", ["a", "b"], frozenset("ab")), ("str", "notin", ["a"], frozenset("a")), ("str", "isin", ["a", 1], None),
        ("str", "isin", "ab", None), ("str", "equal_to", "a", frozenset("a")), ("str", "not_equal_to", 1, None),
        ("float64", "isin", [1, 0.5], frozenset([1, 0.5])), ("Int64", "isin", [1, 0.5], None), ("Int64", "notin", [1, 5], frozenset([1, 5])),
        ("boolean", "isin", [1], None), (None, "isin", ["a"], None), ("str", "str_matches", "^a", "^a"), ("str", "str_matches", "(", None),
        ("str", "str_matches", 1, None), ("Int64", "str_matches", "a", None), ("str", "str_contains", "a", None),
        ("str", "unique_values_eq", "a", None), ("str", "str_length", {"min_value": 1, "max_value": 2}, (1, 2)),
        ("str", "str_length", {"min_value": 1}, None), ("Int64", "str_length", {"min_value": 1, "max_value": 2}, None),
        ("str", "in_range", {"min_value": 1, "max_value": 2}, None), ("str", "str_length", 2, None),
    ],
)  # fmt: skip
def test_the_arguments_of_a_check_are_kept_where_they_are_of_a_plain_form(dtype, check, value, frozen):
    assert quick._freeze(dtype, check, value) == frozen


@pytest.mark.parametrize("count", [99, 100, 101])
@pytest.mark.parametrize(("pattern", "keeps"), [("^a[0-9]+$", True), ("^a[0-8]+$", False), (r"^a\d+$", True)])
def test_few_words_and_many_are_judged_alike(pattern, keeps, count):
    looked = quick.look({"strict": True, "columns": {"a": {"dtype": "str", "checks": {"str_matches": pattern}}}})
    words = [f"a{number}" for number in range(count)]
    assert quick.surely_keeps(looked, pd.DataFrame({"a": words}, dtype="str")) == keeps


@pytest.mark.parametrize("count", [100, 101])
@pytest.mark.parametrize("last", ["w0", None, 1, "new"])
def test_a_word_that_repeats_or_is_missing_or_is_none_is_seen_among_few_and_many(last, count):
    words = np.array([*(f"w{number}" for number in range(count - 1)), last], dtype=object)
    for nullable, unique in itertools.product([False, True], repeat=2):
        looked = quick.look(
            {"strict": True, "columns": {"a": {"dtype": "str", "nullable": nullable, "unique": unique}}}
        )
        keeps = {"w0": not unique, None: nullable, 1: False, "new": True}[last]
        assert quick.columns_surely_keep(looked, {"a": words}) == keeps
        if last != 1:
            assert quick.columns_surely_keep(looked, {"a": pd.Categorical(words)}) == keeps


@pytest.mark.parametrize("count", [100, 101])
@pytest.mark.parametrize("repeated", [None, 0, 1, -1])
@pytest.mark.parametrize("order", [list, lambda words: words[::-1], lambda words: words[1::2] + words[::2]])
def test_words_that_repeat_are_seen_in_any_order(order, repeated, count):
    names = [f"w{number:03d}" for number in range(count)]
    words = order(names if repeated is None else [*names[:-1], names[repeated if repeated >= 0 else count - 2]])
    looked = quick.look({"strict": True, "columns": {"a": {"dtype": "str", "unique": True}}})
    assert quick.columns_surely_keep(looked, {"a": np.array(words, dtype=object)}) == (repeated is None)
    both = quick.look(
        {"strict": True, "columns": {"a": {"dtype": "str"}, "n": {"dtype": "int64"}}, "unique": ["a", "n"]}
    )
    columns = {"a": np.array(words, dtype=object), "n": np.zeros(count, dtype="int64")}
    assert quick.columns_surely_keep(both, columns) == (repeated is None)
    assert quick.columns_surely_keep(both, {**columns, "n": np.arange(count)})


@pytest.mark.parametrize("count", [100, 101])
@pytest.mark.parametrize("row", [0, 50, -1])
@pytest.mark.parametrize(
    ("dtype", "number", "keeps"),
    [
        ("float64", 5.0, True), ("float64", 5.5, False), ("float64", -0.5, False), ("float64", np.nan, True),
        ("int64", 5, True), ("int64", 6, False), ("int64", -1, False), ("Int64", pd.NA, True), ("Int64", 6, False),
    ],
)  # fmt: skip
def test_a_number_outside_its_interval_is_seen_in_any_row(dtype, number, keeps, row, count):
    interval = {"in_range": {"min_value": 0, "max_value": 5}}
    free, bound = {"dtype": "float64", "nullable": True}, {"dtype": dtype, "nullable": True, "checks": interval}
    looked = quick.look({"strict": True, "columns": {"free": free, "a": bound}})
    cells = [3] * count
    cells[row] = number
    frame = pd.DataFrame({"free": [np.nan] * count, "a": pd.Series(cells, dtype=dtype)})
    assert quick.surely_keeps(looked, frame) == keeps
    assert quick.surely_keeps(looked, frame.head(0))


@pytest.mark.parametrize("count", [100, 101])
@pytest.mark.parametrize(("first", "second", "keeps"), [(0, 0, False), (0, 1, True), (1, 0, True), (1, 1, True)])
def test_rows_differ_in_the_first_column_or_another(first, second, keeps, count):
    columns = {name: {"dtype": "int64"} for name in "ab"}
    looked = quick.look({"strict": True, "columns": columns, "unique": ["a", "b"]})
    own = [np.array([*range(count - 1), count if is_new else 0]) for is_new in (first, second)]
    assert quick.columns_surely_keep(looked, dict(zip("ab", own, strict=True))) == keeps


@pytest.mark.parametrize(
    ("dtype", "value", "keeps"),
    [("int64", 2**53 - 1, True), ("int64", 2**53, False), ("int64", -(2**53), False), ("float64", 2.0**53, True)],
)
def test_whole_numbers_that_floats_do_not_tell_apart_are_left_to_pandera(dtype, value, keeps):
    looked = quick.look({"strict": True, "columns": {"a": {"dtype": dtype}, "b": {"dtype": "float64"}}})
    assert quick.surely_keeps(looked, pd.DataFrame({"a": np.array([value], dtype=dtype), "b": [0.5]})) == keeps


@pytest.mark.parametrize(
    ("spec", "known"),
    [
        ({"dtype": "str"}, True), ({"dtype": None}, True), ({"dtype": "object"}, False), ({"dtype": "str", "nullable": 1}, False),
        ({"dtype": "str", "unique": "no"}, False), ({"dtype": "str", "required": None}, False), ({"dtype": ["str"]}, False),
    ],
)  # fmt: skip
def test_a_column_of_flags_and_a_type_that_are_plain_is_known(spec, known):
    assert (quick.look({"strict": True, "columns": {"a": spec}}) is not None) == known
    assert quick.look({"strict": True, "columns": {1: {"dtype": "str"}}}) is None


@pytest.mark.parametrize(
    ("strict", "unique", "columns", "known"),
    [
        (True, ["a"], {"a": {"dtype": "str"}}, True), ("filter", [], {"a": {"dtype": "str"}}, False),
        (False, ["b"], {"a": {"dtype": "str"}}, False), (True, ["a"], {"a": {"dtype": "str", "required": False}}, False),
        (True, ["a"], {"a": {"dtype": None}}, False), (True, None, {"a": {"dtype": None}}, True),
    ],
)  # fmt: skip
def test_rows_that_must_differ_do_so_in_columns_of_a_type_that_are_there(strict, unique, columns, known):
    assert (quick.look({"strict": strict, "columns": columns, "unique": unique}) is not None) == known
