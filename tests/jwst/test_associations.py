"""Associations: the whole rows of the members of a product."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scrub import jwst
from scrub.frames.arrays import make_cells
from scrub.jwst import joins
from scrub.jwst.associations import associations
from scrub.tables.findings import RuleError
from tests.exposures import LYOT
from tests.strategies import DMS

NAME = "jw01018-o006_t001_niriss_clear-f200w"


def test_the_whole_rows_of_an_image():
    answer = jwst.run(jwst.example(DMS).iloc[::-1], rules=DMS)
    found = associations(DMS, answer)
    rule = answer.members["rule"].iloc[0]
    assert found.to_dict("records") == [
        {
            "product_id": NAME, "product": NAME, "exposure": f"jw01018006001_02101_0000{i}_nis", "exptype": "science",
            "program": "01018", "observation": "006", "exp_type": "NIS_IMAGE", "rule": rule, "asn_type": "image3",
            "suffix": "cal",
        }
        for i in (1, 2)
    ]  # fmt: skip


def make_coronagraph() -> pd.DataFrame:
    rows = [
        {**LYOT, "exposure": "z", "TARGNAME": "IO"},
        {**LYOT, "exposure": "y", "TARGNAME": "EU", "IS_PSF": "t"},
        {**LYOT, "exposure": "x", "TARGNAME": "IO"},
        {**LYOT, "exposure": "w", "TARGNAME": "CA", "BKGDTARG": "t"},
    ]
    return pd.DataFrame(rows)


def test_science_comes_first_then_what_joins_it():
    answer = jwst.run(make_coronagraph(), rules=DMS)
    found = associations(DMS, answer)
    assert found[["exposure", "exptype"]].to_numpy().tolist() == [
        ["x", "science"], ["z", "science"], ["y", "psf"],
    ]  # fmt: skip
    assert set(found["asn_type"]) == {"coron3"}
    assert found["product_id"].nunique() == 1
    served = answer.members.set_index("exposure")
    product = found["product_id"].iloc[0]
    assert served.loc[["w", "x", "y", "z"], "psf_of"].fillna("").tolist() == ["", "", product, ""]
    assert served["background_of"].isna().all()


def test_without_a_psf_there_is_no_product_and_the_need_is_the_rule():
    answer = jwst.run(make_coronagraph().iloc[[0, 2, 3]], rules=DMS)
    members = answer.members.set_index("exposure")
    assert members["product"].isna().all()
    assert members.loc[["x", "z"], "rule"].tolist() == ["needs.csv:2", "needs.csv:2"]


@pytest.mark.parametrize("column", ["asn_type", "science"])
def test_a_blank_type_or_suffix_is_refused_by_its_row(column):
    answer = jwst.run(jwst.example(DMS), rules=DMS)
    table = DMS["association_types"]
    blank = table._replace(cells={**table.cells, column: ("",) * len(table.cells[column])})
    with pytest.raises(RuleError) as error:
        associations(replace(DMS, tables={**DMS.tables, "association_types": blank}), answer)
    message = str(error.value)
    assert message.startswith("association_types.csv:")
    assert message.endswith(f": no asn_type or no suffix for NIS_IMAGE, in '{NAME}'")


def make_members(*rows: tuple) -> dict:
    """Exposures as (product, key, role, case); all of one program and set."""
    product, key, role, case = zip(*rows, strict=True)
    words = ("PROGRAM", "OBSERVTN", "INSTRUME", "EXP_TYPE", "FILTER", "PUPIL", "SUBARRAY")
    return {
        "product": make_cells(product), "key": make_cells(key), "role": make_cells(role), "case": np.array(case),
        "group": make_cells(["image"] * len(rows)), **{word: make_cells(["w"] * len(rows)) for word in words},
    }  # fmt: skip


JOINED = {
    "each product once": (
        [("p", "1", "science", 0), ("p", "1", "science", 0), (None, None, "psf", 0)], [(0, 2, "psf")],
    ),
    "two products": (
        [("p", "1", "science", 0), ("p", "2", "science", 0), (None, None, "psf", 0)], [(0, 2, "psf"), (1, 2, "psf")],
    ),
    "no need of it": ([("p", "1", "science", 1), (None, None, "psf", 0)], []),
    "a background without a need": ([("p", "1", "science", 1), (None, None, "background", 0)], [(0, 1, "background")]),
    "no product": ([(None, None, "science", 0), (None, None, "psf", 0)], []),
    "science of its own": ([("p", "1", "science", 0), ("q", "1", "science", 0)], []),
    "of another naming": ([("p", "1", "science", 0), (None, None, "psf", 2)], []),
    "both roles": (
        [("p", "1", "science", 0), (None, None, "background", 0), (None, None, "psf", 0)],
        [(0, 1, "background"), (0, 2, "psf")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "pairs"), JOINED.values(), ids=JOINED)
def test_what_joins_a_coronagraph(rows, pairs):
    answers = {"need": make_cells(["psf", "", ""]), "naming": make_cells(["coronagraph", "coronagraph", "image"])}
    found = joins.find_joins(DMS, make_members(*rows), answers)
    triples = zip(found.product_row.tolist(), found.row.tolist(), found.role.tolist(), strict=True)
    assert sorted(triples) == pairs


def test_of_another_program_or_candidate_nothing_joins():
    answers = {"need": make_cells(["psf"]), "naming": make_cells(["coronagraph"])}
    members = make_members(("p", "1", "science", 0), (None, None, "psf", 0))
    for word in ("PROGRAM", "OBSERVTN", "FILTER", "candidate"):
        other = {**members, word: make_cells(["w", "v"])}
        assert len(joins.find_joins(DMS, other, answers).row) == 0
    same = {**members, "OBSERVTN": make_cells(["w", "v"]), "candidate": make_cells(["c1", "c1"])}
    assert joins.find_joins(DMS, same, answers).row.tolist() == [1]


def test_what_is_served_is_a_column_for_each_role():
    answers = {"need": make_cells(["psf"]), "naming": make_cells(["coronagraph"])}
    members = make_members(("p", "2", "science", 0), ("p", "1", "science", 0), (None, None, "psf", 0))
    members["product_id"] = make_cells(["p#2", "p", None])
    found = joins.list_served(DMS, members, answers)
    assert {name: column.tolist() for name, column in found.items()} == {
        "psf_of": [None, None, "p p#2"],
        "background_of": [None, None, None],
    }
