"""A version of a shipped rule set declares what its pipeline asks for; else check refuses it, by the key."""

import re

import pytest

from scrub.tables.lint.check import check
from tests.rulesets import copy_shipped, edit, replace

LOST = {
    "a turn": ("turn = 5\n", "", "targets", "no key turn, which the pipeline asks for"),
    "an answer": (
        ', width = "", height = "" }',
        ', width = "" }',
        "pixel_scales",
        "no column height, which the pipeline asks for",
    ),
    "what it fills": ('fills = "keyword"\n', "", "classes", "no key fills, which the pipeline asks for"),
}


@pytest.mark.parametrize("what", LOST)
def test_a_key_that_the_pipeline_asks_for_is_missed(tmp_path, what):
    old, new, table, case = LOST[what]
    own = copy_shipped(tmp_path) / "jwst"
    replace(own.parent / "tables.toml", old, new)
    findings = check(own)
    assert {(finding.kind, finding.column.partition(".")[0], finding.case) for finding in findings} == {
        ("declaration", table, case)
    }


def test_a_table_that_is_not_declared_is_missed(tmp_path):
    own = copy_shipped(tmp_path) / "jwst"
    path = own.parent / "tables.toml"
    path.write_text(re.sub(r"\[jwst\.uncoded\]\n(?:[^\[].*\n)+", "", path.read_text()))
    assert [(f.column, f.case) for f in check(own)] == [
        ("uncoded", "no such section, and the pipeline asks for this table")
    ]


@pytest.mark.parametrize(
    ("feature", "old", "new", "form"),
    [
        ("rms_ra", "rms_ra,,number,reject", "rms_ra,,number,NONE", "a number, or reject"),
        ("numexp", "numexp,,count,reject", "numexp,,count,1.5", "a whole number, or reject"),
    ],
)
def test_what_stands_for_missing_is_of_the_kind_of_the_feature(tmp_path, feature, old, new, form):
    own = copy_shipped(tmp_path) / "hst_svm"
    edit(own, "features", old, new)
    (finding,) = check(own)
    assert (finding.kind, finding.column) == ("contract", "missing")
    assert finding.case.endswith(f"is not {form}")


def test_a_contract_of_a_column_that_is_not_there_is_named(tmp_path):
    own = copy_shipped(tmp_path) / "hst_cal"
    replace(own.parent / "tables.toml", '"hst_cal/inputs", column = "column"', '"hst_cal/inputs", column = "colum"')
    assert {(f.kind, f.column, f.case) for f in check(own)} == {
        ("declaration", "inputs.contract", "'colum' is no column of the table")
    }
