"""Reasons: the rule of each member is among the rows that fired."""

import pandas as pd
import pytest
from hypothesis import given

from scrub import jwst
from scrub.jwst.reasons import cite_exposures, explain_members, trace
from tests.profiles import times
from tests.strategies import RULES, crowds


@times(0.2)
@given(crowds())
def test_the_rule_of_each_member_is_among_its_reasons(table):
    exposures = jwst.exposures.split(RULES, jwst.load(RULES, table).headers).good
    members = jwst.group.split(RULES, exposures).good.set_index("exposure")
    for name, told in zip(exposures["exposure"], cite_exposures(RULES, exposures, exposures["FILTER"]), strict=True):
        rules = [reason.rule for reason in told]
        assert len(rules) == len(set(rules))
        if name in members.index:
            assert members.loc[name, "rule"] in rules
            asked = [r.table for r in told if r.table in {t.name for t in RULES.in_turn()}]
            assert len(asked) == len(set(asked))
            made = pd.notna(members.loc[name, "product_id"])
            assert ("groups" in {r.table for r in told}) == made


def test_a_product_with_a_target_is_explained_by_what_tells_its_target():
    exposures = jwst.exposures(RULES, jwst.example(RULES)).head(1)
    (reasons,) = cite_exposures(RULES, exposures, exposures["FILTER"])
    (identity,) = [reason for reason in reasons if reason.table == "identities"]
    assert identity.read == "TARG_RA=80.4875, TARG_DEC=-69.4975"
    assert identity.rule in set(RULES["identities"].rows["rule"])


def test_each_class_is_of_the_word_of_its_own_keyword():
    table = jwst.example(RULES).head(1).assign(
        INSTRUME="MIRI", EXP_TYPE="MIR_MRS", DETECTOR="MIRIFULONG", FILTER="", PUPIL="", BAND="LONG", SUBARRAY="FULL",
        exposure="jw01018006001_02101_00001_mirifulong", CHANNEL="34",
    )  # fmt: skip
    exposures = jwst.exposures(RULES, table)
    (reasons,) = cite_exposures(RULES, exposures, exposures["FILTER"])
    read = {
        reason.read.partition("=")[0]: reason.read.partition("=")[2] for reason in reasons if reason.table == "classes"
    }
    own = exposures.iloc[0][list(read)]
    assert len(read) > 3
    assert read == own.fillna("NONE").to_dict()


def test_exposures_that_are_alike_are_counted():
    table = pd.concat([jwst.example(RULES)] * 2, ignore_index=True)
    table = table.assign(exposure=[f"jw01018006001_02101_0000{i}_nis" for i in range(4)])
    (told,) = explain_members(RULES, trace(RULES, table), "jw01018-o006_t1_niriss_clear-f200w")
    assert told.name == "jw01018006001_02101_00000_nis (and 3 more exposures)"


@pytest.mark.parametrize(("name", "parts"), [("jwst", 0), ("jwst_dms", 1)])
def test_elements_that_are_sorted_are_a_part_of_the_name_beside_each_of_them(name, parts):
    rules = jwst.read_rules(name)
    exposures = jwst.exposures(rules, jwst.example(rules)).head(1)
    (reasons,) = cite_exposures(rules, exposures, exposures["FILTER"])
    read = [reason.read for reason in reasons if reason.table == "name_parts"]
    assert {"FILTER=CLEAR", "PUPIL=F200W"} <= set(read)
    assert read.count("elements") == parts
