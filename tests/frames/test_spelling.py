"""Names of columns: blanks and case are mended, one letter off is found, a second column of one name is refused."""

import pandas as pd
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from scrub.frames import columns
from scrub.frames.spelling import find_misspelt, is_near

words = st.text("abc_", min_size=1, max_size=5)


def edits(word: str) -> set[str]:
    """Every word that one letter of the alphabet away is, in the plainest way."""
    letters = "abc_"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    dropped = {a + b[1:] for a, b in cuts if b}
    changed = {a + letter + b[1:] for a, b in cuts if b for letter in letters}
    added = {a + letter + b for a, b in cuts for letter in letters}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return (dropped | changed | added | swapped) - {word}


@example("abc", "bad")  # a swap, and another letter behind
@example("abcd", "bacd")
@given(words, words)
def test_near_is_one_edit(word, other):
    assert is_near(word, other) == (other in edits(word))
    assert is_near(word, other) == is_near(other, word)


@given(words.flatmap(lambda word: st.tuples(st.just(word), st.sampled_from(sorted(edits(word) - {""})))))
def test_each_edit_is_near(pair):
    assert is_near(*pair)


@given(st.lists(words, max_size=4), st.lists(words, max_size=4, unique=True), st.sets(words, max_size=2))
def test_what_is_there_or_known_is_not_misspelt(there, wanted, known):
    for wrong, meant in find_misspelt(there, wanted, known):
        assert wrong not in known
        assert wrong not in wanted
        assert meant in wanted
        assert meant not in there


@given(st.sampled_from(["PUPIL", "Pupil", "pupil"]), st.text(" \t ", max_size=3), st.text(" ", max_size=3))
def test_blanks_and_case_are_mended(word, before, after):
    frame = pd.DataFrame({before + word + after: ["x"], "other": ["y"]})
    assert columns.rename(frame, ["PUPIL"]).columns.tolist() == ["PUPIL", "other"]


@pytest.mark.parametrize("second", ["PUPIL", "pupil", " PUPIL", "PUPIL.1", "pupil .1", "PUPIL.12"])
def test_a_second_column_of_one_name_is_refused(second):
    frame = pd.DataFrame([["x", "y"]], columns=["PUPIL", second])
    with pytest.raises(ValueError, match="more than one column PUPIL, whatever its case: take out all but one"):
        columns.rename(frame, ["PUPIL"])


@pytest.mark.parametrize("second", ["PUPIL.1", "pupil.1", " PUPIL.12", "PUPIL .1"])
def test_a_second_column_without_a_first_is_refused(second):
    frame = pd.DataFrame([["x", "y"]], columns=[second, "Notes.1"])
    with pytest.raises(ValueError, match=f"the column '{second}' is a second PUPIL, and the first is not there"):
        columns.rename(frame, ["PUPIL"])
    assert columns.rename(frame, ["FILTER"]) is frame
    assert columns.rename(frame, ["FILTER", second]).columns.tolist() == frame.columns.tolist()


@given(words)
def test_a_column_one_letter_off_is_refused_unless_the_wanted_one_is_there(word):
    wrong = sorted(edits(word) - {""})[0]
    assume(wrong.strip())
    frame = pd.DataFrame([["x"]], columns=[wrong])
    with pytest.raises(ValueError, match="is one letter from"):
        columns.rename(frame, [word])
    assert columns.rename(frame, [word], known={wrong}) is frame
    assert columns.rename(frame.assign(**{word: "y"}), [word]).columns.tolist() == [wrong, word]
