"""Reasons: the rule of each member is among the rows that fired."""

import pandas as pd
from hypothesis import given

from scrub import jwst
from scrub.jwst.reasons import cite_exposures
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
