"""Features of products: codes of the rule table, words folded, and back."""

import pandas as pd
import pytest
from hypothesis import given

from scrub import jwst
from scrub.frames import encode
from tests.profiles import times
from tests.strategies import RULES, crowds

FEATURES = sorted(set(RULES["encodings"].rows["column"]))


@times(0.4)
@given(crowds())
def test_features_decode_to_the_words_of_their_products(table):
    answer = jwst.run(table, rules=RULES)
    shared = ["band", "subarray", "visitype"]
    for features in answer.features.values():
        back = jwst.decode(RULES, features.drop(columns=shared))
        made = answer.products.loc[features.index]
        for feature in ("filter", "pupil", "grating", "exp_type", "channel"):
            assert back[feature].tolist() == made[feature.upper()].fillna("NONE").tolist()


def test_a_feature_whose_words_share_codes_names_itself():
    with pytest.raises(ValueError, match="band: the code 0 stands for LONG, LONG|MEDIUM"):
        jwst.decode(RULES, pd.DataFrame({"band": [1]}))
    told = jwst.decode(
        RULES, pd.DataFrame({"visitype": [1, 2]}), representatives={"visitype": {1: "PRIME_WFSC_ROUTINE"}}
    )
    assert told["visitype"].tolist() == ["PRIME_WFSC_ROUTINE", "PARALLEL_PURE"]


@pytest.mark.parametrize("feature", FEATURES)
def test_every_pair_encodes_to_its_code(feature):
    pairs = {row["value"]: int(row["code"]) for row in RULES["encodings"].records() if row["column"] == feature}
    codes, unknown = encode.encode(pairs, pd.Series(list(pairs)))
    assert not unknown.any()
    assert codes.tolist() == list(pairs.values())


def test_there_are_218_pairs_and_one_came_with_edition_2():
    assert len(RULES["encodings"].rows) == 218
    assert len(jwst.read_rules(edition="1")["encodings"].rows) == 217


DETECTORS = {
    "NRCA1": "NRC-S", "NRCA1|NRCA2": "NRCA-M", "NRCB1|NRCBLONG": "NRCB-M", "NRCA1|NRCB1": "NRC-M", "NRS1|NRS2": "NRS1|NRS2",
}  # fmt: skip


@pytest.mark.parametrize(("joined", "folded"), DETECTORS.items())
def test_nircam_detectors_fold(joined, folded):
    assert RULES["abbreviations"].fold("detector", pd.Series([joined])).tolist() == [folded]


@pytest.mark.parametrize(
    ("word", "folded"), {"SUB64": "SUB", "MASK1065": "MASK", "WFSS64R": "WFSS", "FULL": "FULL"}.items()
)
def test_subarrays_fold(word, folded):
    assert RULES["abbreviations"].fold("subarray", pd.Series([word])).tolist() == [folded]


def test_an_unknown_word_costs_the_features_only(sample):
    table = sample.assign(FILTER=sample["FILTER"].where(sample["OBSERVTN"] != "002", "F999X"))
    answer = jwst.run(table)
    told = answer.rejected.iloc[0]
    name = "jw09999-o002_t2_miri_f999x-brightsky"
    assert len(answer.rejected) == 1
    assert told.tolist() == [name, "jwst/features", "no code for this word", "filter", "F999X"]
    assert name in answer.products.index
    assert name not in answer.features["image"].index
    assert answer.ledger["products"] == {"in": 25, "features": 24, "rejected": 1}
