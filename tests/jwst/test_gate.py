"""The gate: what a table gets wrong beside its contract, row by row."""

import pandas as pd
import pytest

from scrub import jwst
from scrub.files.table_files import SourceError
from scrub.frames.rejects import Fault
from scrub.jwst import gate
from tests.strategies import RULES


def find_faults(stage: str = gate.RAW, **columns: object) -> list[tuple]:
    faults = gate.read_for(RULES, stage, jwst.example(RULES).assign(**columns)).faults
    return [(list(fault.where), fault.reason, fault.column, fault.check) for fault in faults if any(fault.where)]


COPY = "there already, in a row that says the same: a run counts it once"
NEW = "a word that no list of NIRISS has"
NONE = "no code in this edition: a run rejects the features of its product"
BOTH, SECOND = [True, True], [False, True]
FAULTS = {
    "none": ({}, []),
    "the same row": ({"exposure": "a", "CRVAL1": 80.4}, [(SECOND, COPY, "exposure", "copy")]),
    "other rows of one name": ({"exposure": "a"}, [(BOTH, "not what another row of this name has", "exposure", "contradiction")]),
    "a new word": ({"PUPIL": ["F200W", "F200WP"]}, [(SECOND, NEW, "PUPIL", "new-word")]),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "faults"), FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_with_a_raw_table(columns, faults):
    assert find_faults(**columns) == faults


def test_names_are_compared_without_their_files():
    frame = pd.DataFrame(
        {"exposure": ["a", "a", "b", "b", "b", None, None], "file": list("1234567"), "F": list("xxyzyww")},
    )
    copy, differ = gate._find_copies(frame)
    assert copy.where.tolist() == [False, True, False, False, True, False, False]
    assert differ.where.tolist() == [False, False, True, True, True, False, False]


def test_a_word_that_is_at_fault_is_not_new_besides():
    frame = jwst.exposures(RULES, jwst.example(RULES).assign(PUPIL=["F999W", "F999W"]))
    at_fault = [
        Fault(pd.Series([True, False]), "", "PUPIL", frame["PUPIL"]),
        Fault(pd.Series(BOTH), "", "FILTER", None),
    ]
    found = [
        (fault.where.tolist(), fault.reason, fault.column, fault.check)
        for fault in gate._find_new(RULES, frame, at_fault)
    ]
    assert found == [([False, True], NEW, "PUPIL", "new-word")]


def test_a_table_of_another_stage_is_judged_as_it_is():
    table = pd.DataFrame({"x": [1]})
    assert gate.read_for(RULES, "jwst/products", table) == gate.Read(table, {}, [])
    assert gate.read_for(RULES, gate.TYPED, table) == gate.Read(table, {}, [])
    with pytest.raises(SourceError):
        gate.read_for(RULES, gate.RAW, table)


def test_a_raw_table_is_read_with_its_own_names():
    table = jwst.example(RULES).rename(columns={"FILTER": "filter"})
    read = gate.read_for(RULES, gate.RAW, table)
    assert (read.names["FILTER"], read.names["exposure"], read.names["PUPIL"]) == ("filter", "exposure", "PUPIL")
    assert read.frame["exposure"].tolist() == table["exposure"].tolist()
    typed = jwst.exposures(RULES, jwst.example(RULES))
    own = gate.read_for(RULES, gate.TYPED, typed)
    assert own.frame is typed
    assert (own.names, [fault for fault in own.faults if any(fault.where)]) == ({}, [])
