"""Names: the form of a name, its parts, and what keeps two of one name apart."""

import numpy as np
import pandas as pd
import pytest

from scrub.frames.arrays import make_cells
from scrub.jwst import names
from scrub.tables import RuleError
from tests.strategies import DMS, RULES

CELLS = {"head": "program", "tail": "elements slit", "elements": "pupil filter", "otherwise": "clear", "keys": "role"}


@pytest.mark.parametrize(
    ("arrange", "tail"),
    [
        ("sorted", ("elements", "slit")),
        ("", ("pupil", "filter", "slit")),
        ("as_listed", ("pupil", "filter", "slit")),
        ("unsorted", ("pupil", "filter", "slit")),
    ],
)
def test_elements_that_are_not_sorted_stand_in_the_tail_one_by_one(arrange, tail):
    form = names.read_form({**CELLS, "arrange": arrange})
    assert form == names.Form(("program",), tail, ("pupil", "filter"), "clear", ("role",))


def test_a_tail_without_elements_is_as_it_is_written():
    assert names.read_form({**CELLS, "arrange": "", "tail": "slit band"}).tail == ("slit", "band")


@pytest.mark.parametrize(
    ("part", "word", "written"),
    [
        ("program", "01018", "jw01018"),
        ("program", "", ""),
        ("subarray", "FULL", ""),
        ("subarray", "SUB256", "-SUB256"),
        ("channel", "34", "-ch3"),
        ("band", "SHORT", "-SHORT"),
        ("ch4", "", "-ch4"),
        ("image3", "word", "-image3"),
    ],
)
def test_a_part_is_written_by_its_row(part, word, written):
    assert names._read_parts(RULES)[part].write(word) == written


def test_a_part_is_read_cell_by_cell():
    parts = names._read_parts(RULES)
    assert parts["program"] == names._Part("PROGRAM", "", "jw", None, ())
    assert parts["target"] == names._Part("target", "", "_", None, ())
    assert parts["channel"] == names._Part("CHANNEL", "", "-ch", 1, ())
    assert parts["subarray"] == names._Part("SUBARRAY", "", "-", None, ("FULL",))


@pytest.mark.parametrize("asked", [False, True])
def test_a_candidate_stands_in_place_of_the_observation(asked):
    own = names._read_parts(DMS)
    parts = names._list_parts(DMS, {"candidate": None} if asked else {})
    assert parts["observation"] == own["candidate" if asked else "observation"]
    assert parts["program"] == own["program"]


@pytest.mark.parametrize(
    ("elements", "joined"),
    [(["b", "A"], "A-b"), (["", "x"], "x"), (["", ""], "none"), ([], "none"), (["B", "a"], "a-B")],
)
def test_elements_are_sorted_whatever_their_case(elements, joined):
    assert names._sort_elements(elements, "none") == joined


@pytest.mark.parametrize(("tail", "begun"), [("-a-b", "_a-b"), ("_a-b", "_a-b"), ("", ""), ("a-b", "a-b"), ("-", "_")])
def test_the_first_dash_of_a_tail_is_another(tail, begun):
    assert names._begin_tail(tail) == begun


def test_parts_are_written_one_behind_the_other():
    parts = [names._read_parts(RULES)[part] for part in ("program", "subarray", "ch4")]
    words = {"PROGRAM": ["1", "2"], "SUBARRAY": ["FULL", "SUB"]}
    assert names._write_parts(parts, words, 2) == ["jw1-ch4", "jw2-SUB-ch4"]
    assert names._write_parts([], {}, 2) == ["", ""]
    assert names._write_parts(parts[:2], {}, 1) == [""]


def test_a_key_is_the_values_of_each_row_as_one_text():
    columns = [make_cells(["a", "a", None, "a"]), pd.array([1, 2, 3, 1])]
    assert names._join_key(columns, 4).tolist() == ["a\x1f1", "a\x1f2", "\x1f3", "a\x1f1"]
    assert names._join_key([], 2).tolist() == ["", ""]


def test_words_are_gathered_over_rows_that_share_all_else():
    shared = [make_cells(["p", "p", "q", "p", "q"])]
    words = make_cells(["b", "a", "c", None, None])
    assert names._gather_words(shared, words).tolist() == ["a-b", "a-b", "c", None, None]


@pytest.mark.parametrize("kind", ["text", "categories"])
def test_missing_words_are_blank(kind):
    cells = make_cells(["x", None, "y"]) if kind == "text" else pd.Categorical(["x", None, "y"])
    assert names._read_words(cells, np.array([2, 1, 0, 2])) == ["y", "", "x", "y"]


IDS = {
    "one group": (["p", "p"], ["g", "g"], ["", ""], ["p", "p"]),
    "two groups, by their order": (["p", "p"], ["h", "g"], ["", ""], ["p#2", "p"]),
    "two keys, by their order": (["p", "p"], ["g", "g"], ["1", "2"], ["p", "p#2"]),
    "three, and one of another name": (["p", "q", "p", "p"], ["g"] * 4, ["3", "1", "1", "2"], ["p#3", "q", "p", "p#2"]),
    "two names": (["p", "p", "q", "q"], ["g", "h"] * 2, [""] * 4, ["p", "p#2", "q", "q#2"]),
    "no product": ([None, None, "p"], [None, "g", "g"], [None, None, ""], [None, None, "p"]),
}


@pytest.mark.parametrize(("product", "group", "key", "ids"), IDS.values(), ids=IDS)
def test_products_of_one_name_are_numbered(product, group, key, ids):
    cells = (make_cells(column) for column in (product, group, key))
    found = names.identify_products(dict(zip(("product", "group", "key"), cells, strict=True)))
    assert [found[name].tolist() for name in ("product", "product_id")] == [product, ids]


def test_each_row_is_named_by_the_form_of_its_case():
    forms = {"head": ["program", "program target", "program"], "tail": ["elements", "band", "elements ch4"]}
    forms |= {"elements": ["pupil filter", "", "filter"], "arrange": ["", "", "sorted"], "otherwise": ["", "", "clear"]}
    answers = {name: make_cells(cells) for name, cells in forms.items()}
    answers |= {"group": make_cells(["g"] * 3), "keys": make_cells(["BAND", "", "FILTER"])}
    members = {
        "group": make_cells(["g", "g", None, "g", "g"]), "case": np.array([0, 1, 0, 2, 0]),
        "PROGRAM": make_cells(["01018"] * 5), "target": make_cells(["t1"] * 5), "FILTER": make_cells(["F1", "F2", "F3", None, "F1"]),
        "PUPIL": make_cells(["P", "P", "P", "P", None]), "BAND": make_cells(["A", "B", "C", "D", "E"]),
    }  # fmt: skip
    found = names.name_products(DMS, members, answers)
    assert found["product"].tolist() == ["jw01018_p-f1", "jw01018_t1_b", None, "jw01018_clear-ch4", "jw01018_f1"]
    assert found["key"].tolist() == ["A", "", None, "", "E"]
    named = {**answers, "naming": make_cells(["x", "y", "z"])}
    assert names.name_products(DMS, members, named)["key"].tolist() == ["A\x1fx", "y", None, "\x1fz", "E\x1fx"]
    form = {name: cells[0] for name, cells in forms.items()}
    written = names.write_names(DMS, form, members, answers, np.array([4, 1]))
    assert written.tolist() == ["jw01018_f1", "jw01018_p-f2"]


@pytest.mark.parametrize("arrange", ["", "sorted"])
def test_elements_may_be_text_and_stand_in_the_head(arrange):
    form = {"head": "program elements", "tail": "elements", "elements": "ch4 filter"}
    form |= {"arrange": arrange, "otherwise": "clear", "keys": ""}
    members = {"case": np.array([0]), "PROGRAM": make_cells(["01018"]), "FILTER": make_cells(["F1"])}
    assert names.write_names(DMS, form, members, {}, np.array([0])).tolist() == ["jw01018-ch4-f1_ch4-f1"]


def test_elements_that_are_not_sorted_stand_in_the_head_one_by_one():
    assert names.read_form({**CELLS, "arrange": "", "head": "program elements"}).head == ("program", "pupil", "filter")


def test_elements_are_none_of_the_elements():
    with pytest.raises(RuleError, match="'filter elements': the word 'elements' stands for them, and is none of them"):
        names.read_form({**CELLS, "elements": "filter elements"})
