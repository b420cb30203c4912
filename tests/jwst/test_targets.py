"""Targets: what makes two of them one, and how they are numbered."""

import numpy as np
import pytest

from scrub.frames.arrays import make_cells
from scrub.jwst import targets
from tests.strategies import DMS, RULES


def test_identities_are_read_by_their_rank():
    position, name, guide = targets._list_identities(RULES)
    assert position == targets._Identity("position", (("TARG_RA", True), ("TARG_DEC", False)), (), "6", 0.0, "t", 1)
    assert name == targets._Identity("name", (("TARGNAME", False),), (), "", 0.0, "t", 1)
    assert guide == targets._Identity("guide", (("GS_MAG", False),), (), "", 0.0, "t", 1)


def test_an_identity_with_a_tolerance_has_a_place():
    placed, position, proposal, name = targets._list_identities(DMS)
    assert placed == targets._Identity("placed", (("TARGPROP", False),), ("TARG_RA", "TARG_DEC"), "", 60.0, "t", 3)
    assert position == targets._Identity("position", (), ("TARG_RA", "TARG_DEC"), "", 0.1, "t", 3)
    assert [own.name for own in (proposal, name)] == ["proposal", "name"]


@pytest.mark.parametrize(("rules", "stated"), [(RULES, ()), (DMS, (("TARGETID", "t", 3),))])
def test_a_stated_number_has_a_prefix_and_digits(rules, stated):
    assert targets._list_stated(rules) == stated


RA = targets._Identity("position", (("RA", True), ("DEC", False)), (), "2", 0.0, "t", 1)
RANKS = {
    "a whole turn is none": ([10.0, 370.0, 0.0, 360.0, -350.0], [0.0] * 5, [0] * 5, [1, 1, 0, 0, 1]),
    "smaller comes first": ([10.0, 5.0, 359.0], [0.0] * 3, [0] * 3, [1, 0, 2]),
    "declinations do not turn": ([1.0] * 3, [0.0, 360.0, -0.0], [0] * 3, [0, 1, 0]),
    "the right ascension counts before the declination": ([1.0, 2.0, 1.0], [5.0, 0.0, 6.0], [0] * 3, [0, 2, 1]),
    "rounded to two digits": ([1.004, 1.0, 1.006], [0.0] * 3, [0] * 3, [0, 0, 1]),
    "the program counts first": ([1.0, 2.0, 1.0, 2.0], [0.0] * 4, [1, 0, 0, 1], [2, 1, 0, 3]),
    "wrapped after it is rounded": ([359.999, 0.0], [0.0] * 2, [0] * 2, [0, 0]),
    "missing is last": ([np.nan, 1.0], [0.0] * 2, [0] * 2, [1, 0]),
}


@pytest.mark.parametrize(("ra", "dec", "program", "ranks"), RANKS.values(), ids=RANKS)
def test_targets_are_ranked_by_program_and_value(ra, dec, program, ranks):
    members = {"RA": np.array([99.0, *ra]), "DEC": np.array([99.0, *dec])}
    rows = np.arange(1, len(ra) + 1)
    assert targets._rank_values(members, rows, np.array(program), RA).tolist() == ranks


def label(case: list[int], group: list[str | None], program: list[str], **columns: list) -> list:
    answers = {
        "identity": make_cells(["position", "name", "label"]),
        "label": make_cells([None, None, "fixed"]),
    }
    members = {
        "case": np.array(case), "group": make_cells(group), "PROGRAM": make_cells(program),
        **{name: make_cells(cells) if name == "TARGNAME" else np.array(cells) for name, cells in columns.items()},
    }  # fmt: skip
    return targets.label_targets(RULES, members, answers).tolist()


def test_targets_of_a_program_are_numbered_by_one_counter():
    labels = label(
        [1, 0, 0, 2, 0, 1, 1],
        ["g"] * 6 + [None],
        ["1", "1", "1", "1", "2", "2", "1"],
        TARG_RA=[0.0, 5.0, 4.0, 0.0, 7.0, 0.0, 0.0],
        TARG_DEC=[0.0] * 7,
        TARGNAME=["b", None, None, None, None, "a", "a"],
    )
    assert labels == ["t3", "t2", "t1", "fixed", "t1", "t2", None]


def test_labels_of_stated_numbers_are_filled_with_zeros():
    members = {
        "case": np.array([0, 0, 0]), "group": make_cells(["g", "g", None]), "PROGRAM": make_cells(["1"] * 3),
        "TARGETID": make_cells(["7", None, "8"]),
    }  # fmt: skip
    answers = {"identity": make_cells(["label"]), "label": make_cells(["fixed"])}
    assert targets.label_targets(DMS, members, answers).tolist() == ["t007", "fixed", None]
