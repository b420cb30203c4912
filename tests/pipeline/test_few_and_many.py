"""Few cells are read one by one, many by their distinct values: both ways give the same, and so does a whole run."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.files.table_files import read_table
from scrub.frames import arrays, cells, columns
from scrub.samples import hst

WORDS = cells.Words(frozenset({"NONE", "N/A", "nan"}), frozenset({"T", "t", "1", "True"}), frozenset({"0", "False"}))
TIMES = cells.FEW + 1
TEXTS = [
    "",
    " x ",
    "NONE",
    "N/A",
    "nan",
    "1",
    "1.0",
    "01.00",
    "1.5",
    "1e3",
    "inf",
    "t",
    "True",
    "clear",
    "é",
    "ß",
    "-2",
]
MIXED = [*TEXTS, None, np.nan, True, False, 1, 1.0, 2.5, 2**53, np.int64(4), np.float64(3.0)]
raw = st.one_of(
    st.lists(st.sampled_from(TEXTS), max_size=4).map(lambda listed: pd.Series(listed, dtype="str")),
    st.lists(st.sampled_from([*TEXTS, None]), max_size=4).map(lambda listed: pd.Series(listed, dtype="str")),
    st.lists(st.sampled_from(MIXED), max_size=4).map(lambda listed: pd.Series(listed, dtype="object")),
    st.lists(st.sampled_from([1.0, 2.5, -0.0, np.nan, np.inf, 2.0**53]), max_size=4).map(pd.Series),
    st.lists(st.sampled_from([True, False]), max_size=4).map(lambda listed: pd.Series(listed, dtype="bool")),
    st.lists(st.sampled_from([1, 0, None]), max_size=4).map(lambda listed: pd.Series(listed, dtype="Int64")),
    st.lists(st.sampled_from(TEXTS), max_size=4).map(lambda listed: pd.Series(listed, dtype="category")),
)
READERS = {
    "text": lambda column: cells.text(WORDS, column),
    "word": lambda column: cells.text(WORDS, column, upper=True),
    "digits": lambda column: cells.digits(WORDS, column, 3),
    "flag": lambda column: cells.flag(WORDS, column).values,
    "number": lambda column: cells.number(WORDS, column).values,
    "count": lambda column: cells.count(WORDS, column).values,
    "no flag": lambda column: pd.Series(cells.flag(WORDS, column).unreadable),
    "no number": lambda column: pd.Series(cells.number(WORDS, column).unreadable),
    "no count": lambda column: pd.Series(cells.count(WORDS, column).unreadable),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(raw)
@example(pd.Series([True, 1, "1", 1.0, 2.5], dtype="object"))
def test_a_cell_is_read_the_same_among_few_and_among_many(reader, column):
    few, many = reader(column), reader(pd.concat([column] * TIMES, ignore_index=True))
    pd.testing.assert_series_equal(many, pd.concat([few] * TIMES, ignore_index=True))


def force(patch: pytest.MonkeyPatch, few: int) -> None:
    """Let so many cells be few, and so many tell whether those of a column repeat."""
    for module, name in ((cells, "FEW"), (cells, "_SAMPLE"), (arrays, "FEW"), (columns, "FEW")):
        patch.setattr(module, name, few)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("few", [0, 3, 10**9])
@given(column=raw)
def test_what_counts_as_few_changes_no_cell(reader, few, column):
    wanted = reader(column)
    with pytest.MonkeyPatch.context() as patch:
        force(patch, few)
        pd.testing.assert_series_equal(reader(column), wanted)


@pytest.mark.parametrize("few", [0, 3, 10**9])
def test_what_counts_as_few_changes_no_answer(few, monkeypatch):
    table = read_table(samples.TABLE).good
    wanted = jwst.run(table)
    force(monkeypatch, few)
    told = jwst.run(table)
    for name in ("exposures", "members", "products", "rejected"):
        pd.testing.assert_frame_equal(getattr(told, name), getattr(wanted, name), check_exact=True)
    assert told.ledger == wanted.ledger
    for group, features in wanted.features.items():
        pd.testing.assert_frame_equal(told.features[group], features, check_exact=True)


keys = st.sampled_from(["a", "b", "", None])
rows = st.lists(st.tuples(keys, keys, st.sampled_from([1.0, 0.0, -0.0, np.nan])), min_size=1, max_size=6)


@given(rows, st.sampled_from([0, 10**9]))
def test_rows_are_numbered_alike_whatever_counts_as_few(listed, few):
    frame = pd.DataFrame(listed, columns=["a", "b", "c"]).astype({"a": "str", "b": "object"})
    held = [frame[column].array for column in frame]
    wanted = columns.number_rows(held)
    with pytest.MonkeyPatch.context() as patch:
        force(patch, few)
        told = columns.number_rows(held)
    assert told.codes.tolist() == wanted.codes.tolist()
    assert told.first.tolist() == wanted.first.tolist()


@given(rows, st.sampled_from([1, TIMES]))
def test_rows_are_numbered_as_pandas_groups_them(listed, times):
    frame = pd.DataFrame(listed * times, columns=["a", "b", "c"]).astype({"a": "str", "b": "object"})
    codes, first = columns.number_rows([frame[column].array for column in frame])
    groups = frame.groupby(list(frame), sort=False, dropna=False)
    assert codes.tolist() == groups.ngroup().tolist()
    assert first.tolist() == sorted(groups.head(1).index)


@pytest.mark.parametrize("rules", [jwst.read_rules(), jwst.read_rules("jwst_dms")], ids=["jwst", "jwst_dms"])
def test_a_program_gets_the_same_products_alone_and_among_others(rules):
    table = read_table(samples.TABLE).good
    programs = [
        table.assign(PROGRAM=f"{i:05d}", exposure=f"jw{i:05d}" + table["exposure"].str[7:])
        for i in (20001, 20002, 20003)
    ]
    together = jwst.run(pd.concat(programs, ignore_index=True), rules=rules)
    for program in programs:
        alone = jwst.run(program, rules=rules)
        mine = together.products["PROGRAM"] == program["PROGRAM"].iloc[0]
        pd.testing.assert_frame_equal(together.products[mine], alone.products, check_exact=True)
        for group, features in alone.features.items():
            own = together.features[group]
            pd.testing.assert_frame_equal(own[own.index.isin(features.index)], features, check_exact=True)
        members = together.members[together.members["exposure"].isin(program["exposure"])]
        pd.testing.assert_frame_equal(members.reset_index(drop=True), alone.members)


@pytest.mark.parametrize(
    ("telescope", "table"), [(hst_cal, hst.CALIBRATION), (hst_svm, hst.MOSAICS)], ids=["hst_cal", "hst_svm"]
)
def test_a_data_set_gets_the_same_features_alone_and_among_many(telescope, table):
    raw_ = read_table(table).good
    name = str(raw_.columns[0])
    copies = [raw_.assign(**{name: raw_[name] + letter * i}) for i in range(TIMES // len(raw_) + 2) for letter in "x"]
    rules = telescope.read_rules()
    alone, together = telescope.run(raw_, rules=rules), telescope.run(pd.concat(copies, ignore_index=True), rules=rules)
    pd.testing.assert_frame_equal(together.features.loc[alone.features.index], alone.features)


def test_a_clean_run_loads_no_pandera_and_scrub_itself_no_pandas():
    code = (
        "import sys, scrub\n"
        "assert 'pandas' not in sys.modules\n"
        "from scrub import jwst\n"
        "rules = jwst.read_rules()\n"
        "assert jwst.run(jwst.example(rules), rules=rules).rejected.empty\n"
        "assert 'pandera' not in sys.modules\n"
        "jwst.run(jwst.example(rules).assign(EXP_TYPE='NIS_IMAG'), rules=rules)\n"
        "assert 'pandera' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
