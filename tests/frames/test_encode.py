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


@pytest.mark.parametrize(
    ("pairs", "representative", "codes", "message"),
    [
        ({"A": 1, "B": 2}, None, [1, 7, 8], "no word has the code 7"),
        ({"A": 1, "B": 2}, None, [3, 7], "no word has the code 3"),
        ({"A": 1, "B": 1}, {1: "C"}, [1], "the representative 'C' does not have the code 1"),
        ({"A": 1, "B": 2}, {2: "A"}, [1], "the representative 'A' does not have the code 2"),
        ({"A": 1, "C": 2, "B": 2, "D": 2}, None, [1], "the code 2 stands for B, C, D: name a representative"),
    ],
)
def test_what_cannot_be_decoded_is_named(pairs, representative, codes, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        encode.decode(pairs, pd.Series(codes), representative=representative)


def test_a_row_keeps_its_label_through_codes_and_back():
    words = pd.Series(["B", "A", "B", "?"], index=[9, 7, 5, 3], dtype="str")
    codes, unknown = encode.encode({"A": 0, "B": 4}, words)
    assert codes.iloc[:3].to_dict() == {9: 4, 7: 0, 5: 4}
    assert unknown.to_dict() == {9: False, 7: False, 5: False, 3: True}
    assert encode.decode({"A": 0, "B": 4}, codes.iloc[:3]).to_dict() == {9: "B", 7: "A", 5: "B"}


def test_codes_of_several_words_are_found_with_their_words_in_order():
    assert encode.find_shared({"b": 1, "a": 1, "c": 0, "e": 2, "d": 2, "f": 2}) == {1: ["a", "b"], 2: ["d", "e", "f"]}
