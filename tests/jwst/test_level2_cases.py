"""Cases of Level 2, a line for each exposure: ``cases/jwst_dms2.csv``. Lines with one ``what`` are of one program.

``asn_type`` and ``suffix`` are those of the products that the exposure makes, with blanks between; ``serves`` has the
roles in which it joins others, each with their numbers; ``table`` is the one that leaves it out, or the keyword that
lacks. Candidates are asked for.
"""

from collections.abc import Sequence

import pandas as pd
import pytest

from scrub import jwst
from scrub.jwst import groups
from tests.data import read_cases
from tests.exposures import PLACE

RULES = jwst.read_rules("jwst_dms2")
CASES = read_cases("jwst_dms2")
ANSWERS = ("asn_type", "suffix", "serves", "table")
INSTRUMENTS = {"FGS": "FGS", "MIR": "MIRI", "NIS": "NIRISS", "NRC": "NIRCAM", "NRS": "NIRSPEC"}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def make_table(cases: Sequence[dict[str, str]]) -> pd.DataFrame:
    """The exposures: each case is a program, each line an activity, in their order."""
    programs = {what: f"{2000 + i:05d}" for i, what in enumerate(dict.fromkeys(case["what"] for case in cases))}
    rows = []
    for case in cases:
        program, observation, act = programs[case["what"]], case["OBSERVTN"] or "6", f"0{DIGITS[int(case['number'])]}"
        of = f"{program}{int(observation):03d}001"
        own = {
            "exposure": f"jw{of}_021{act}_00001_{case['DETECTOR'].lower()}", "PROGRAM": program, "VISIT": "1",
            "OBS_ID": f"V{of}P0000000021{act}".upper(), "ACT_ID": act,
            "INSTRUME": INSTRUMENTS[case["EXP_TYPE"][:3]],
        }  # fmt: skip
        words = {key: cell for key, cell in case.items() if key.isupper() and cell}
        usual = {"VISITYPE": "PRIME_TARGETED_FIXED", "TARGPROP": "IO", "OBSERVTN": observation}
        rows.append({**PLACE, **usual, **words, **own})
    return pd.DataFrame(rows).fillna("")


def answer(cases: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """What the rules say of each line."""
    table = make_table(cases)
    number = dict(zip(table["exposure"], (case["number"] for case in cases), strict=True))
    run = jwst.run(table, rules=RULES, candidates="oc")
    members = jwst.associations(RULES, run)
    shown = run.members.fillna("").groupby("exposure")
    answers = []
    for exposure in table["exposure"]:
        own = members[(members["product"] == exposure) & (members["exposure"] == exposure)]
        roles = list[str]()
        for column in (name for name in run.members if name.endswith("_of")):
            served = {one.partition("#")[0] for one in " ".join(shown.get_group(exposure)[column]).split()}
            roles += (
                [f"{column.removesuffix('_of')}:{','.join(sorted(number[one] for one in served))}"] if served else []
            )
        rows = shown.get_group(exposure)
        left_out = "" if len(own) else rows["lacking"].iloc[0] or rows["rule"].iloc[0].partition(".")[0]
        answers.append(
            {
                "asn_type": " ".join(own["asn_type"]),
                "suffix": " ".join(own["suffix"]),
                "serves": " ".join(roles),
                "table": left_out,
            }
        )
    return answers


@pytest.mark.slow
def test_each_case_has_the_products_and_the_roles_that_its_line_says():
    wanted = [{key: case[key] for key in ANSWERS} for case in CASES]
    answers = answer(CASES)
    differ = [
        (case["what"], case["number"], one, other)
        for case, one, other in zip(CASES, wanted, answers, strict=True)
        if one != other
    ]
    assert differ == []


@pytest.mark.slow
def test_every_row_of_these_tables_answers_a_case():
    """A row without a case fails here: add a line to cases/jwst_dms2.csv."""
    exposures = jwst.run(make_table(CASES), rules=RULES).exposures
    cases = groups.find_cases(RULES, exposures)[0]
    fired = [groups.decide(RULES, cases, reading=word).rules for word in ("", *RULES.lists["reading"])]
    answered = {rule for rows in fired for rule in rows.to_numpy().ravel()}
    tables = ("roles", "exposure_types", "further_products", "patterns", "optics")
    assert [rule for name in tables for rule in RULES[name].rows["rule"] if rule not in answered] == []


def test_without_candidates_a_slitless_spectrum_needs_the_direct_image_of_its_observation():
    """A parallel has that of a candidate of direct images; the rule for it makes nothing of an observation."""
    own = [case for case in CASES if case["what"].startswith("NIRISS slitless with")]
    members = jwst.run(make_table(own), rules=RULES).members
    spectra = members[members["exposure"].str.contains("_02101_")]
    assert [
        (pd.notna(product), rule.partition(".")[0]) for product, rule in spectra[["product", "rule"]].to_numpy()
    ] == [
        (True, "optics"),
        (False, "needs"),
    ]
