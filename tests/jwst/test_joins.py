"""Joins: how the members of a product are counted, which of them stay, and what is listed of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scrub import jwst
from scrub.frames.arrays import make_cells
from scrub.jwst import choices, counts, joins
from scrub.jwst.joins import Joins
from scrub.tables import read
from scrub.tables.ask import Flags
from tests.exposures import LYOT
from tests.strategies import DMS, RULES

RULES2 = read("jwst_dms2")


def make(role: list[str], products: list[int], rows: list[int]) -> Joins:
    return Joins(np.array(products, dtype=np.intp), np.array(rows, dtype=np.intp), make_cells(role))


@pytest.mark.parametrize(
    ("role", "counts"),
    [("science", [4, 4, 1, 0, 0]), ("psf", [2, 2, 0, 0, 0]), ("background", [2, 2, 0, 0, 0])],
)
def test_only_of_science_a_product_has_exposures_of_its_own(role, counts):
    members = {"product": make_cells(["p", "p", "q", None, None])}
    codes = np.array([0, 0, 1, 2, 3])
    assert joins._count(members, codes, np.array([0, 1]), role).tolist() == counts


@pytest.mark.parametrize(
    ("cells", "column", "own"),
    [
        (["a", "b", None], ["a", "b", "c"], [True, True, False]),
        (["c", "a", "b"], ["a"], [False, True, False]),
    ],
)
def test_a_naming_is_among_those_that_are_wanted(cells, column, own):
    found = joins._is_among(make_cells(cells), column)
    assert (found.tolist(), found.dtype) == (own, np.dtype(bool))


def flag(*where: bool) -> Flags:
    return np.array(where)


@pytest.mark.parametrize(
    ("where", "product", "group", "rule"),
    [
        (flag(True, False, True), [None, "q", None], [None, "h", "i"], ["n:1", "r:2", "r:3"]),
        (flag(False, True, False), ["p", None, None], ["g", None, "i"], ["r:1", "n:1", "r:3"]),
        (flag(False, False, True), ["p", "q", None], ["g", "h", "i"], ["r:1", "r:2", "r:3"]),
    ],
)
def test_a_rule_takes_products_where_there_is_one(where, product, group, rule):
    members = {
        "product": make_cells(["p", "q", None]),
        "group": make_cells(["g", "h", "i"]),
        "rule": make_cells(["r:1", "r:2", "r:3"]),
    }
    dropped = joins.drop_products(members, where, "n:1")
    assert [dropped[name].tolist() for name in ("product", "group", "rule")] == [product, group, rule]


def test_rows_of_needs_and_joins_are_read_cell_by_cell():
    psf, pair = joins._list_needs(DMS, "needs")
    assert (psf.role, psf.need, psf.least, psf.of, psf.exptype) == ("psf", "psf", 1, "science", "psf")
    assert (pair.role, pair.need, pair.least, pair.naming, pair.within) == ("science", "pair", 2, ("",), ())
    (clash,) = joins._list_needs(DMS, "clashes")
    assert (clash.role, clash.need, clash.least, clash.within) == ("", "", 0, ("product",))
    first = joins._list_needs(DMS, "joins")[0]
    assert (first.naming, first.beside, first.role, first.of, first.exptype) == (
        ("coronagraph",), ("coronagraph",), "psf", "science", "psf",
    )  # fmt: skip
    assert first.within == ("PROGRAM", "OBSERVTN", "INSTRUME", "EXP_TYPE", "FILTER", "PUPIL", "SUBARRAY")


@pytest.mark.parametrize(("within", "kept"), [("product", [True] * 3), ("fxd_slit", [True, True, False])])
def test_products_may_clash_in_a_word_that_tables_answer(within, kept):
    clashes = DMS["clashes"]
    clashes = clashes._replace(cells={**clashes.cells, "within": (within,)})
    slit = {
        **LYOT, "EXP_TYPE": "NRS_FIXEDSLIT", "INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "FILTER": "F290LP",
        "GRATING": "G395H", "FXD_SLIT": "S200A1", "SUBARRAY": "SUBS200A1",
    }  # fmt: skip
    rows = [{**slit, "exposure": f"e{i}", "OBSERVTN": number} for i, number in enumerate(["006", "006", "007"])]
    answer = jwst.run(pd.DataFrame(rows, dtype="str"), rules=replace(DMS, tables={**DMS.tables, "clashes": clashes}))
    assert answer.members["product_id"].notna().tolist() == kept
    assert (answer.members["rule"] == clashes.cells["rule"][0]).tolist() == [not own for own in kept]


def test_what_is_compared_may_be_a_column_an_answer_or_a_count():
    members = {
        "case": np.array([1, 0, 1]),
        "PROGRAM": make_cells(["a", "b", "c"]),
        "PATT_NUM": pd.array([1, 2, None], dtype="Int64"),
        "SUBPXPTS": pd.array([1, 1, 1], dtype="Int64"),
    }
    answers, rows = {"slit": make_cells(["s1", "s2"])}, np.array([0, 1, 2])
    program, slit = choices.pick_compared(DMS, members, answers, ["PROGRAM", "slit"], rows)
    assert (program.tolist(), slit.tolist()) == (["a", "b", "c"], ["s2", "s1", "s2"])
    (count,) = choices.pick_compared(RULES2, members, answers, ["primary"], rows)
    assert np.array_equal(count, counts.count(RULES2, members, "primary", rows), equal_nan=True)
    assert np.isnan(count).tolist() == [False, False, True]


def test_exposures_join_within_a_count_as_within_a_column():
    """Exposures whose primary positions differ do not join, though they agree in all else."""
    members = {
        "product": make_cells(["a", "b"]), "group": make_cells(["x"] * 2), "key": make_cells(["k"] * 2),
        "exposure": make_cells(["a", "b"]), "role": make_cells(["science"] * 2), "PROGRAM": make_cells(["1"] * 2),
        "case": np.zeros(2, dtype=np.intp), "PATT_NUM": pd.array([1, 2], dtype="Int64"),
        "SUBPXPTS": pd.array([1, 1], dtype="Int64"),
    }  # fmt: skip
    answers = {"need": make_cells(["n"]), "naming": make_cells(["slit"])}
    table = RULES2["joins"]
    for within, count in (("PROGRAM", 2), ("PROGRAM primary", 0)):
        row = dict.fromkeys(table.cells, ("",))
        row |= {
            "naming": ("slit",),
            "beside": ("slit",),
            "of": ("science",),
            "role": ("science",),
            "rule": ("joins.csv:2",),
        }
        own = table._replace(cells={**row, "within": (within,), "exptype": ("background",)})
        rules = replace(RULES2, tables={**RULES2.tables, "joins": own})
        assert len(joins.find_joins(rules, members, answers).row) == count


def test_roles_of_joins_are_in_the_order_of_their_list():
    assert joins._list_roles(DMS) == ("psf", "background")


@pytest.mark.parametrize(("column", "served"), [("psf_of", True), ("of_psf", False), ("role", False), ("_of", True)])
def test_a_column_of_served_products_ends_so(column, served):
    assert joins.is_served(column) is served


def test_rules_without_joins_serve_nothing_and_drop_nothing():
    members = {"product": make_cells(["p"])}
    assert joins.list_served(RULES, members, {}) == {}
    assert joins.drop_unmet(RULES, members, {}) is members


def test_without_catalogs_every_file_counts_for_its_own_product():
    own = make(["psf", "background"], [3, 1], [4, 5])
    assert joins._list_files(DMS, own).tolist() == [3, 1]


COPIES = {
    "the same files": (["a", "a"], [(0, 2, "psf"), (1, 2, "psf")], [False, True, False]),
    "files in other roles": (["a", "a"], [(0, 2, "psf"), (1, 2, "background")], [False, False, False]),
    "a file more": (["a", "a"], [(0, 2, "psf")], [False, False, False]),
    "another name": (["a", "b"], [], [False, False, False]),
}


@pytest.mark.parametrize(("names", "pairs", "copies"), COPIES.values(), ids=COPIES)
def test_a_product_is_a_copy_where_its_name_and_its_files_are_those_of_another(names, pairs, copies):
    members = {
        "product": make_cells([*names, None]),
        "exposure": make_cells(["e", "e", "f"]),
        "OBSERVTN": make_cells(["006", "006", "006"]),
        "case": np.array([0, 0, 0]),
    }
    found = make([role for *_, role in pairs], [product for product, *_ in pairs], [row for _, row, _ in pairs])
    codes = np.array([0, 1, 2])
    ending = {"ending": make_cells(["cal"])}
    assert joins._find_copies(RULES2, members, ending, codes, found).tolist() == copies
    assert joins._find_copies(RULES2, members, {}, codes, found).tolist() == [False] * 3


def test_of_three_copies_the_first_stays_and_endings_part_files():
    members = {
        "product": make_cells(["a", "a", "a", "a"]),
        "exposure": make_cells(["e", "e", "e", "e"]),
        "OBSERVTN": make_cells(["006"] * 4),
        "case": np.array([0, 0, 1, 0]),
    }
    ending = {"ending": make_cells(["cal", "rate"])}
    found = joins._find_copies(RULES2, members, ending, np.array([0, 1, 2, 3]), make([], [], []))
    assert found.tolist() == [False, True, False, True]


def test_files_of_a_direct_image_are_those_of_their_candidate():
    """Two candidates with the same image name its files each by its own name."""
    members = {
        "product": make_cells(["a", "a", "a", None]), "exposure": make_cells(["e", "e", "e", "image"]),
        "candidate": make_cells(["o006", "c1000", "c1000", "o006"]), "OBSERVTN": make_cells(["006"] * 4),
        "case": np.array([0, 0, 0, 0]),
    }  # fmt: skip
    images = make(["direct_image"] * 3, [0, 1, 2], [3, 3, 3])
    assert joins.name_joining(RULES2, members, images) == ["o006", "c1000", "c1000"]
    ending = {"ending": make_cells(["rate"])}
    copies = joins._find_copies(RULES2, members, ending, np.array([0, 1, 2, 3]), images)
    assert copies.tolist() == [False, False, True, False]
    backgrounds = make(["background"] * 3, [0, 1, 2], [3, 3, 3])
    copies = joins._find_copies(RULES2, members, ending, np.array([0, 1, 2, 3]), backgrounds)
    assert copies.tolist() == [False, True, True, False]


PAIRS = {
    "equal words": ({"A": (["x", "y"], ["y", "x", "z"])}, [(0, 1), (1, 0)]),
    "words of two keys": ({"A": (["x", "x"], ["x", "x"]), "B": (["1", "2"], ["2", "3"])}, [(1, 0)]),
    "missing is like missing": ({"A": ([None, "x"], [None, "y"])}, [(0, 0)]),
    "open words agree with all": ({"A": (["x"], ["x", "x", "y"]), "k": (["1"], ["any", "2", "1"])}, [(0, 0)]),
    "an open word of the product": ({"A": (["x"], ["x", "x"]), "k": (["any"], ["2", None])}, [(0, 0), (0, 1)]),
    "an open key that is equal": ({"A": (["x"], ["x", "x"]), "k": (["1"], ["1", "2"])}, [(0, 0)]),
    "an open key that is missing on both sides": ({"A": (["x"], ["x", "x"]), "k": ([None], [None, "2"])}, [(0, 0)]),
}


@pytest.mark.parametrize(("columns", "pairs"), PAIRS.values(), ids=PAIRS)
def test_products_pair_with_what_agrees(columns, pairs):
    values = {key: [make_cells(own), make_cells(other)] for key, (own, other) in columns.items()}
    products, helpers = joins._pair({"k": frozenset({"any"})}, values)
    assert sorted(zip(products.tolist(), helpers.tolist(), strict=True)) == pairs


def test_numbers_of_two_columns_stand_one_behind_the_other():
    assert joins._number_both(["x", None], ["y", "x", None]).tolist() == [0, 1, 2, 0, 1]


def test_an_exposure_joins_onward_where_it_is_science_or_taken_later():
    """Of equal exposures beside a product: science at any time, another one only where it was taken afterwards."""
    members = {
        "exposure": make_cells(["e3", "e1", "e2", "e4"]),
        "role": make_cells(["science", "imprint", "science", "imprint"]),
        "case": np.zeros(4, dtype=np.intp),
        "NEXPOSUR": make_cells(["1", "2", "2", "2"]),
    }
    pairs = (np.zeros(3, dtype=np.intp), np.array([1, 2, 3]))
    answers = {"naming": make_cells(["image"])}
    onward = choices.Choice("NEXPOSUR", False, (), "onward", True)
    whenever = onward._replace(order="")
    assert choices.choose(RULES2, members, answers, whenever, [], pairs)[1].tolist() == [1, 2, 3]
    assert 1 not in choices.choose(RULES2, members, answers, onward, [], pairs)[1].tolist()
    for order, kept in (("after", [3]), ("before", [1, 2, 3]), ("one", [3])):
        chosen = choices.Choice("", False, (), order, True)
        assert choices.choose(RULES2, members, answers, chosen, [], pairs)[1].tolist() == kept


def test_the_next_exposure_is_the_first_of_those_taken_after_else_the_first_of_all():
    members = {"exposure": make_cells(["e2", "e5", "e3", "e1", "e9"]), "case": np.zeros(5, dtype=np.intp)}
    one = choices.Choice("", False, (), "one", True)
    pairs = (np.array([0, 0, 0, 4, 4]), np.array([1, 2, 3, 1, 3]))
    products, helpers = choices.choose(RULES2, members, {}, one, [], pairs)
    assert list(zip(products.tolist(), helpers.tolist(), strict=True)) == [(0, 2), (4, 3)]
