"""Words to codes and back, as scikit-learn calls it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError

from scrub import hst_cal, jwst, samples
from scrub.pipeline.features import order_features, pairs
from scrub.sklearn import CodeEncoder
from tests.strategies import RULES

ANSWER = jwst.run(samples.TABLE)
COLUMNS = {row["column"]: row["feature"] for row in order_features(RULES) if row["kind"] == "category"}
STATED = {"band": {0: "NONE"}, "visitype": {1: "PRIME_WFSC_ROUTINE"}}


def test_codes_are_those_of_a_run():
    products = ANSWER.products[list(COLUMNS)]
    codes = CodeEncoder().set_output(transform="pandas").fit_transform(products)
    for features in ANSWER.features.values():
        for feature in COLUMNS.values():
            assert codes.loc[features.index, feature].tolist() == features[feature].tolist()
    assert codes.columns.tolist() == list(COLUMNS.values())
    assert set(codes.dtypes.astype(str)) == {"int64"}


def test_codes_of_hst_are_those_of_a_run():
    answer = hst_cal.run(samples.hst.CALIBRATION)
    datasets = answer.datasets.reset_index()
    frame = datasets.assign(dtype=datasets["dataset"], instr=datasets["dataset"])
    names = ["DRIZCORR", "CRSPLIT", "DETECTOR", "dtype", "instr"]
    encoder = CodeEncoder("hst_cal").fit(frame[names])
    expected = answer.features[["drizcorr", "crsplit", "detector", "dtype", "instr"]]
    assert encoder.get_feature_names_out().tolist() == expected.columns.tolist()
    assert encoder.transform(frame[names]).tolist() == expected.to_numpy().tolist()


@given(st.data())
def test_words_come_back(data):
    features = data.draw(st.lists(st.sampled_from(sorted(COLUMNS.values())), min_size=1, unique=True))
    rows = data.draw(st.integers(1, 4))
    codes = np.array(
        [[data.draw(st.sampled_from(sorted({*pairs(RULES, name).values()}))) for name in features] for _ in range(rows)]
    )
    encoder = CodeEncoder(features=features, representatives={k: v for k, v in STATED.items() if k in features})
    encoder.fit(np.full((1, len(features)), "CLEAR", dtype=object))
    words = encoder.inverse_transform(codes)
    assert words.shape == codes.shape
    for i, name in enumerate(features):
        assert [pairs(RULES, name)[word] for word in words[:, i]] == codes[:, i].tolist()


def test_missing_in_any_spelling_is_the_word_that_stands_for_it():
    words = pd.DataFrame({"PUPIL": [None, "", "N/A", "NONE", np.nan]})
    assert CodeEncoder().fit_transform(words)[:, 0].tolist() == [0] * 5


def test_one_message_names_the_words_without_a_code():
    words = pd.DataFrame({"FILTER": ["F200W", "F999X", *(f"F99{i}Y" for i in range(4))], "PUPIL": "CLEAR"})
    encoder = CodeEncoder().fit(words)
    with pytest.raises(ValueError, match="^no code for filter 'F999X', 'F990Y', 'F991Y' and 2 more$"):
        encoder.transform(words)
    with pytest.raises(ValueError, match="^no code for filter 'F999X'; pupil 'F999X'$"):
        encoder.transform(pd.DataFrame({"FILTER": ["F999X"], "PUPIL": ["F999X"]}))


def test_the_table_may_state_a_code_for_unknown_words(tmp_path):
    own = tmp_path / "jwst"
    own.mkdir()
    (own / "encodings.csv").write_text("column,value,code,since,until,source,note\nfilter,*,99,,,a page,\n")
    words = pd.DataFrame({"FILTER": ["F200W", "F999X"]})
    encoder = CodeEncoder(rules=tmp_path, handle_unknown="use_encoded_value").fit(words)
    assert encoder.transform(words)[:, 0].tolist() == [23, 99]
    with pytest.raises(ValueError, match="F999X"):
        CodeEncoder(rules=tmp_path).fit_transform(words)
    with pytest.raises(ValueError, match="F999X"):
        CodeEncoder(handle_unknown="use_encoded_value").fit_transform(words)


@pytest.mark.parametrize(
    ("encoder", "words", "message"),
    [
        (
            CodeEncoder(),
            pd.DataFrame({"COLOUR": ["red"]}),
            "the column 'COLOUR' is no encoded feature: there are instr,",
        ),
        (CodeEncoder(), pd.DataFrame({"nexposur": ["1"]}), "the column 'nexposur' is no encoded feature"),
        (
            CodeEncoder("hst_cal"),
            pd.DataFrame({"dataset": ["j8"]}),
            "'dataset' makes several features: name it dtype or",
        ),
        (CodeEncoder(), np.array([["CLEAR"]], dtype=object), "the columns have no names: name the feature of each"),
        (CodeEncoder(features=["filter"]), [["CLEAR", "CLEAR"]], "1 names in features, and X has 2 columns"),
        (CodeEncoder(), pd.DataFrame({"FILTER": ["A"], "filter": ["A"]}), "two columns are the feature filter"),
        (CodeEncoder("hubble"), pd.DataFrame({"FILTER": ["A"]}), "no telescope 'hubble': there are jwst, hst_svm"),
        (CodeEncoder(rules=RULES, edition=2), pd.DataFrame({"FILTER": ["A"]}), "the rules are of edition 3, not 2"),
        (CodeEncoder(rules="jwts"), pd.DataFrame({"FILTER": ["A"]}), "jwts"),
    ],
)
def test_what_cannot_be_fitted_is_refused(encoder, words, message):
    with pytest.raises(ValueError, match=message):
        encoder.fit(words)


def test_codes_of_another_shape_are_refused():
    encoder = CodeEncoder(features=["filter"]).fit([["CLEAR"]])
    with pytest.raises(ValueError, match=r"two dimensions and 1 columns, not the shape \(2,\)"):
        encoder.inverse_transform([1, 2])
    with pytest.raises(ValueError, match="^filter: no word has the code 999$"):
        encoder.inverse_transform([[999]])


def test_shared_codes_are_all_named():
    encoder = CodeEncoder(features=["band", "visitype"]).fit([["NONE", "NONE"]])
    with pytest.raises(ValueError, match="visitype: the code 1 stands for .*; band: the code 0 stands for"):
        encoder.inverse_transform([[0, 1]])
    stated = clone(encoder).set_params(representatives=STATED).fit([["NONE", "NONE"]])
    assert stated.inverse_transform([[0, 1]]).tolist() == [["NONE", "PRIME_WFSC_ROUTINE"]]


def test_an_encoder_that_is_not_fitted_says_so():
    for method in ("transform", "inverse_transform"):
        with pytest.raises(NotFittedError):
            getattr(CodeEncoder(features=["filter"]), method)([["CLEAR"]])
    with pytest.raises(NotFittedError):
        CodeEncoder().get_feature_names_out()


def test_it_stands_in_a_column_transformer():
    products = ANSWER.products.reset_index()
    both = make_column_transformer(
        (CodeEncoder(), ["FILTER", "PUPIL"]), ("passthrough", ["max_offset"]), verbose_feature_names_out=False
    ).set_output(transform="pandas")
    frame = both.fit_transform(products)
    assert frame.columns.tolist() == ["filter", "pupil", "max_offset"]
    assert frame["filter"].tolist() == CodeEncoder().fit_transform(products[["FILTER"]])[:, 0].tolist()


def test_the_input_is_left_alone():
    words = pd.DataFrame({"FILTER": ["F200W", None]})
    before = words.copy(deep=True)
    CodeEncoder().fit_transform(words)
    pd.testing.assert_frame_equal(words, before)
