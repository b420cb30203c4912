"""Codes and back, for every feature at once; and the features that are numbers."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import contracts, hst_cal, hst_svm, jwst, samples
from scrub.pipeline.decode import represent
from scrub.pipeline.features import order_features, pairs

TELESCOPES = {module.__name__: module for module in (jwst, hst_svm, hst_cal)}
RULES = {name: module.read_rules() for name, module in TELESCOPES.items()}
STATED = {
    "scrub.jwst": {"band": {0: "NONE"}, "visitype": {1: "PRIME_WFSC_ROUTINE"}},
    "scrub.hst_cal": {"detector": {1: "WFC"}},
}
ENCODED = [
    (name, row["feature"])
    for name, rules in RULES.items()
    for row in order_features(rules)
    if row["kind"] == "category"
]


@pytest.mark.parametrize(("name", "feature"), ENCODED)
@given(data=st.data())
def test_a_decoded_word_has_the_code_again(name, feature, data):
    rules = RULES[name]
    words = data.draw(st.lists(st.sampled_from([*pairs(rules, feature)]), max_size=5))
    codes = pd.Series([pairs(rules, feature)[word] for word in words], dtype="int64")
    back = TELESCOPES[name].decode(rules, pd.DataFrame({feature: codes}), representatives=own(name, feature))[feature]
    assert back.dtype == "str"
    assert [pairs(rules, feature)[word] for word in back] == codes.tolist()


def own(name: str, feature: str) -> dict:
    return {key: words for key, words in STATED.get(name, {}).items() if key == feature}


def test_every_feature_of_the_sample_is_decoded_in_one_call():
    answer = jwst.run(samples.TABLE)
    for group, features in answer.features.items():
        back = jwst.decode(RULES["scrub.jwst"], features, representatives=STATED["scrub.jwst"])
        assert back.columns.tolist() == features.columns.tolist()
        products = answer.products.loc[features.index]
        assert back["instr"].tolist() == products["INSTRUME"].tolist()
        assert back["exp_type"].tolist() == products["EXP_TYPE"].tolist()
        assert back["max_offset" if group != "fgs" else "gs_mag"].equals(
            features["max_offset" if group != "fgs" else "gs_mag"]
        )


def test_one_message_names_every_code_that_needs_a_representative():
    features = jwst.run(samples.TABLE).features["spec"]
    with pytest.raises(ValueError, match="visitype: the code 1 stands for .*; band: the code 0 stands for ") as error:
        jwst.decode(RULES["scrub.jwst"], features)
    assert "subarray" not in str(error.value)
    example = str(error.value).partition("such as ")[2]
    assert example == "{'visitype': {1: 'PRIME_WFSC_ROUTINE'}, 'band': {0: 'LONG'}}"


def test_one_message_names_every_code_without_a_word():
    with pytest.raises(ValueError, match="^filter: no word has the code 99; pupil: no word has the code 98$"):
        jwst.decode(RULES["scrub.jwst"], pd.DataFrame({"filter": [1, 99], "pupil": [98, 1]}))


@pytest.mark.parametrize(
    ("representatives", "message"),
    [
        ({"bnad": {0: "NONE"}}, "^representatives of bnad: no such encoded feature$"),
        ({"nexposur": {0: "NONE"}}, "^representatives of nexposur: no such encoded feature$"),
        ({"filter": {1: "F200W"}}, "^filter: the representative 'F200W' does not have the code 1$"),
        ({"filter": {1: "F999X"}}, "^filter: the representative 'F999X' does not have the code 1$"),
    ],
)
def test_a_representative_that_is_none_is_refused(representatives, message):
    with pytest.raises(ValueError, match=message):
        jwst.decode(RULES["scrub.jwst"], pd.DataFrame({"filter": [1]}), representatives=representatives)


def test_the_tables_state_the_representative_of_words_that_are_folded():
    rules = RULES["scrub.jwst"]
    assert dict(represent(rules, "subarray")) == {4: "MASK", 6: "SUB", 7: "WFSS"}
    assert jwst.decode(rules, pd.DataFrame({"subarray": [4, 6, 7]}))["subarray"].tolist() == ["MASK", "SUB", "WFSS"]
    own_word = {"subarray": {6: "SUB64"}}
    assert jwst.decode(rules, pd.DataFrame({"subarray": [6]}), representatives=own_word)["subarray"].tolist() == [
        "SUB64"
    ]
    assert dict(represent(rules, "filter")) == {}


def test_numbers_are_all_features_but_text():
    for group, features in jwst.run(samples.TABLE).features.items():
        numbers = jwst.keep_numbers(RULES["scrub.jwst"], features)
        assert [name for name in features if name != "fxd_slit"] == numbers.columns.tolist(), group
        assert numbers.index.equals(features.index)
        assert numbers.to_numpy().dtype == "float64"
        assert numbers.equals(features[numbers.columns])


def test_names_and_labels_are_no_features():
    rules = RULES["scrub.hst_svm"]
    features = hst_svm.run(hst_svm.example(rules), crpt=True).features
    assert features.columns[-1] == "label"
    assert hst_svm.keep_numbers(rules, features.reset_index()).columns.tolist() == features.columns[:-1].tolist()


def test_numbers_that_were_read_as_text_are_refused():
    rules = RULES["scrub.jwst"]
    features = jwst.run(samples.TABLE).features["fgs"].astype({"filter": "str", "gs_mag": "str"})
    with pytest.raises(ValueError, match="^no numbers: filter, gs_mag: give a table that was read as text its types"):
        jwst.keep_numbers(rules, features)
    typed = contracts.typed(contracts.read("jwst/features", rules.lists), features.astype("str"))
    assert jwst.keep_numbers(rules, typed)["gs_mag"].dtype == "float64"
