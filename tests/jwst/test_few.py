"""Few exposures: which tables are read as columns at once, and what comes of them."""

import pandas as pd
import pytest

from scrub.frames.arrays import make_cells
from scrub.frames.cells import FEW
from scrub.jwst import few
from tests.exposures import BASE
from tests.strategies import RULES

TABLE = pd.DataFrame([{**BASE, "exposure": "a"}, {**BASE, "exposure": "b"}])


def test_a_plain_table_is_read_at_once():
    columns = few._read_plain(RULES, TABLE)
    assert columns["exposure"].tolist() == ["a", "b"]
    assert columns["file"].tolist() == ["", ""]
    given = TABLE.drop(columns="exposure").to_dict("list")
    assert {name: columns[name].tolist() for name in given} == given
    blank = columns.keys() - given.keys() - {"exposure", "file"}
    assert blank
    assert all(columns[name].tolist() == ["", ""] for name in blank)


DOUBTS = {
    "no name": TABLE.drop(columns="exposure"),
    "a blank name": TABLE.assign(exposure=["a", ""]),
    "a missing name": TABLE.assign(exposure=["a", None]),
    "a name of a file": TABLE.assign(exposure=["a", "b.fits"]),
    "a cell that is none": TABLE.assign(FILTER=[["F"], "F770W"]),
    "a column twice": TABLE.assign(**{"filter": "F770W"}),
    "a column less": TABLE.drop(columns="EXP_TYPE"),
}


@pytest.mark.parametrize("table", DOUBTS.values(), ids=DOUBTS)
def test_what_is_in_doubt_is_not_read_at_once(table):
    assert few._read_plain(RULES, table) is None


@pytest.mark.parametrize("count", [0, 1, FEW, FEW + 1])
def test_few_rows_and_many_are_read_alike(count):
    table = pd.concat([TABLE.head(1)] * max(count, 1), ignore_index=True).head(count)
    table = table.assign(exposure=[f"e{i}" for i in range(count)])
    good, rejected = few.read_few(RULES, table)
    assert good["exposure"].tolist() == [f"e{i}" for i in range(count)]
    assert len(rejected) == 0
    assert list(good["FILTER"]) == [BASE["FILTER"]] * count


@pytest.mark.parametrize(
    ("cells", "unless", "names"),
    [
        (["a", "b"], "", ["a", "b"]),
        (["a", "12"], "[0-9]+", None),
        (["a", "12"], "", ["a", "12"]),
        (["a", "12b"], "[0-9]+", ["a", "12b"]),
        (["a", "x.fits"], "", None),
        (["", "b"], "", None),
    ],
)
def test_names_are_those_of_the_first_column(cells, unless, names):
    found = few._read_names(RULES, [(make_cells(cells), unless), (make_cells(["c", "d"]), "")])
    assert (found if found is None else found.tolist()) == names


def test_without_a_column_there_are_no_names():
    assert few._read_names(RULES, []) is None
