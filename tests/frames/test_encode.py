"""Encoding: codes depend on the table only; decoding undoes it or refuses."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.frames import encode

one_to_one = st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 9), max_size=5).map(
    lambda pairs: {word: code for code, word in {code: word for word, code in pairs.items()}.items()}
)


@given(one_to_one.filter(bool), st.data())
def test_decoding_undoes_encoding(pairs, data):
    words = pd.Series(data.draw(st.lists(st.sampled_from(sorted(pairs)), min_size=1)), dtype="str")
    codes, unknown = encode.encode(pairs, words)
    assert not unknown.any()
    assert encode.decode(pairs, codes).tolist() == words.tolist()


@given(st.dictionaries(st.sampled_from("ABC"), st.integers(0, 2), min_size=1), st.lists(st.sampled_from("ABCXY")))
def test_a_code_never_depends_on_the_batch(pairs, words):
    series = pd.Series(words, dtype="str")
    together = encode.encode(pairs, series)
    alone = [encode.encode(pairs, pd.Series([word], dtype="str")).codes.iloc[0] for word in words]
    assert [None if pd.isna(a) else a for a in together.codes] == [None if pd.isna(a) else a for a in alone]
    assert together.unknown.tolist() == [word not in pairs for word in words]


def test_the_stated_code_serves_unknown_words_only_when_asked():
    pairs = {"NONE": 0, "*": 9}
    words = pd.Series(["NONE", "F999X", "*"])
    assert encode.encode(pairs, words).unknown.tolist() == [False, True, True]
    assert encode.encode(pairs, words, handle_unknown="use_encoded_value").codes.tolist() == [0, 9, 9]
    assert encode.encode({"NONE": 0}, words, handle_unknown="use_encoded_value").unknown.tolist() == [False, True, True]
    with pytest.raises(ValueError, match="'error' or 'use_encoded_value', not 'ignore'"):
        encode.encode(pairs, words, handle_unknown="ignore")


def test_decoding_refuses_what_it_cannot_undo():
    shared = {"SHORT": 0, "LONG": 0, "ALL": 1}
    with pytest.raises(ValueError, match="the code 0 stands for LONG, SHORT: name a representative"):
        encode.decode(shared, pd.Series([1]))
    assert encode.decode(shared, pd.Series([0, 1]), representative={0: "SHORT"}).tolist() == ["SHORT", "ALL"]
    with pytest.raises(ValueError, match="the representative 'ALL' does not have the code 0"):
        encode.decode(shared, pd.Series([0]), representative={0: "ALL"})
    with pytest.raises(ValueError, match="no word has the code 7"):
        encode.decode({"A": 1}, pd.Series([7]))
