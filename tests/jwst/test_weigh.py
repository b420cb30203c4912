"""Weighing: what an answer may be instead, and the tables and rules with another answer."""

import pandas as pd
import pytest

from scrub import jwst
from scrub.frames.arrays import make_cells
from scrub.jwst import weigh
from scrub.jwst.cases import list_lookups
from scrub.tables.language import Spec
from tests.strategies import DMS, RULES

PLAIN = Spec("", optional=False, several=False)
OTHERS = {
    "words of other rows, then one of its own": (PLAIN, "a", ["b", "a", "b"], ["b", "xa"]),
    "a whole number": (PLAIN, "2", ["2"], ["7.0"]),
    "a number with a point": (PLAIN, "0.5", ["0.5"], ["2.5"]),
    "two points are no number": (PLAIN, "1.2.3", [], ["x1.2.3"]),
    "blank, where that may be": (PLAIN._replace(optional=True), "a", [""], ["", "xa"]),
    "never blank, where that may not be": (PLAIN, "a", [""], ["xa"]),
    "words of a list": (PLAIN._replace(listed="instrume"), "MIRI", ["NIRCAM"], None),
    "several": (PLAIN._replace(several=True), "a b", ["c"], ["c", "b", "c b", "a", "a c", "b a"]),
    "one of several": (PLAIN._replace(several=True), "a", ["b a"], ["b a", "b"]),
}


@pytest.mark.parametrize(("spec", "old", "column", "others"), OTHERS.values(), ids=OTHERS)
def test_what_an_answer_may_be_instead(spec, old, column, others):
    if others is None:
        others = [*column, *(word for word in RULES.lists["instrume"] if word not in (old, *column))]
    assert weigh.list_others(RULES, spec, old, column) == others


def test_rules_that_fired_are_each_named_once():
    assert weigh._list_rules(make_cells(["b:1", None, "a:2", "b:1", ""])) == ["b:1", "a:2"]


def test_each_other_answer_of_a_row_makes_other_tables():
    tables = list_lookups(RULES)
    number = [table.declaration.name for table in tables].index("targets")
    table = tables[number]
    rule = table.cells["rule"][0]
    for changed in weigh._change_tables(RULES, tables, number, rule):
        assert [own is other for own, other in zip(tables, changed, strict=True)].count(False) == 1
        assert changed[number] is not table
        differ = [c for c in table.cells if table.cells[c].tolist() != changed[number].cells[c].tolist()]
        assert len(differ) == 1
        assert differ[0] in table.declaration.answers
        hit = table.cells[differ[0]] != changed[number].cells[differ[0]]
        assert set(table.cells["rule"][hit]) == {rule}
        assert hit.tolist() == (table.cells["rule"] == rule).tolist()


def test_each_other_answer_of_a_row_makes_other_rules():
    table = RULES["groups"]
    for at in (0, 1, len(table.cells["rule"]) - 1):
        changed = list(weigh._change_rules(RULES, table, table.cells["rule"][at]))
        words = {
            column: {rules["groups"].cells[column][at] for rules in changed} for column in table.declaration.answers
        }
        assert all(len(own) > 1 for own in words.values())
        for rules in changed:
            cells = rules["groups"].cells
            differ = [(c, i) for c in cells for i in range(len(cells[c])) if cells[c][i] != table.cells[c][i]]
            assert len(differ) == 1
            assert differ[0][1] == at
            assert rules.tables.keys() == RULES.tables.keys()
            assert rules["classes"] is RULES["classes"]


@pytest.mark.parametrize("word", ["SUB256", "FULL", "no such word", None])
def test_a_word_is_folded_by_the_first_row_that_fits(word):
    keywords = {row["keyword"] for row in RULES["classes"].records()}
    cells = {keyword: make_cells([word]) for keyword in keywords}
    folded = weigh._find_folds(RULES, cells)
    assert set(folded) == {keyword.lower() for keyword in keywords}
    for keyword in keywords:
        rows = [row for row in RULES["classes"].records() if row["keyword"] == keyword]
        fits = [row["rule"] for row in rows if weigh.first_fit([row["pattern"]], [word or "NONE"])[0] == 0]
        assert folded[keyword.lower()].tolist() == [fits[0] if fits else None]


NAMES = ["jw01018006001_02101_00001_nis", "jw01018006001_02101_00002_nis"]


def make_exposures(**columns: object) -> pd.DataFrame:
    return jwst.exposures(RULES, jwst.example(RULES).assign(**columns))


@pytest.mark.parametrize(
    ("columns", "names", "cell"),
    [
        ({}, NAMES, 2.0),
        ({}, NAMES[:1], 2.0),
        ({}, ["another"], None),
        ({"FILTER": ["CLEAR", "F200W"]}, NAMES, None),
        ({"FILTER": ["CLEAR", "F200W"]}, NAMES[1:], 1.0),
        ({"CRVAL1": None}, NAMES, None),
    ],
)
def test_a_cell_is_that_of_the_one_product_of_some_exposures(columns, names, cell):
    assert weigh._make_cell(RULES, make_exposures(**columns), names, "nexposur") == cell


@pytest.mark.parametrize(
    ("feature", "table", "column", "changes"),
    [
        ("nexposur", "groups", "image", False),
        ("nexposur", "groups", "fgs", False),
    ],
)
def test_a_row_matters_where_another_answer_makes_another_cell(feature, table, column, changes):
    row = next(own for own in RULES[table].records() if column in own.values())
    assert weigh.changes_cell(RULES, make_exposures(), NAMES, feature, row["rule"]) is changes
    assert weigh.changes_cell(RULES, make_exposures(), ["another"], "nexposur", row["rule"]) is True


def test_of_several_words_that_no_other_row_has_another_each_word_of_their_list_is_tried():
    spec = Spec("key", optional=False, several=True)
    others = weigh.list_others(DMS, spec, "product", ["product"])
    assert others == [word for word in DMS.lists["key"] if word != "product"]
    assert weigh.list_others(DMS, spec, "product", ["product", "role"]) == ["role"]


@pytest.mark.parametrize(("observations", "changes"), [(["006", "006"], False), (["006", "007"], True)])
def test_a_clash_matters_where_by_another_word_a_product_stands_back(observations, changes):
    """Three exposures in two observations are a product of two and one of one, or one product."""
    table = pd.concat([jwst.example(DMS)] * 2, ignore_index=True).head(3)
    names = [f"jw01018{number}001_02101_0000{i}_nis" for i, number in enumerate(["006", *observations])]
    exposures = jwst.exposures(DMS, table.assign(exposure=names, OBSERVTN=["006", *observations]))
    products = jwst.group(DMS, exposures).set_index("exposure")["product_id"]
    (rule,) = DMS["clashes"].cells["rule"]
    assert weigh.changes_members(DMS, exposures, products[names[-1]], rule) is changes
    assert weigh.changes_members(DMS, exposures, products[names[0]], rule) is False
