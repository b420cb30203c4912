"""Missing words: each is listed once, by table and count, and its row mends it."""

import json

import pytest

from scrub import hst_cal, jwst
from scrub.cli import main
from scrub.on_data.missing import YOURS, find_missing
from scrub.tables import read
from tests.data import TOP

RULES = jwst.read_rules()


@pytest.fixture
def table(sample):
    return sample[sample["EXP_TYPE"].isin(["NIS_IMAGE", "NRC_IMAGE"])].reset_index(drop=True)


def test_a_table_that_lacks_nothing_has_no_missing_words(table, tmp_path, capsys):
    assert find_missing(RULES, "jwst", table) == []
    table.to_csv(tmp_path / "t.csv", index=False)
    assert main.main(["rules", "missing", str(tmp_path / "t.csv")]) == 0
    assert capsys.readouterr().out == ""


def test_the_most_frequent_word_gets_the_next_free_code(table):
    odd = ["F9XX", "F8XX", "F8XX", *table["PUPIL"][3:]]
    words = [one for one in find_missing(RULES, "jwst", table.assign(PUPIL=odd)) if one.table == "encodings"]
    highest = max(int(row["code"]) for row in RULES["encodings"].records() if row["column"] == "pupil")
    assert [int(one.row.split(",")[2]) for one in words] == [highest + 1 + i for i in range(len(words))]
    assert {one.word for one in words} == {"F9XX", "F8XX"}
    assert [one.times for one in words] == sorted((one.times for one in words), reverse=True)


def test_a_word_on_no_closed_list_is_listed_with_its_list(table):
    (word,) = find_missing(RULES, "jwst", table.assign(VISITYPE="PRIME_NEW"))
    assert (word.table, word.column, word.word, word.times) == ("lists", "VISITYPE", "PRIME_NEW", len(table))
    assert word.row == f"visitype,PRIME_NEW,,,{YOURS},"


def test_a_word_that_is_to_have_no_code_is_not_missing(table):
    assert find_missing(RULES, "jwst", table.assign(VISITYPE="GENERIC")) == []


def test_rows_as_they_are_pasted_mend_what_was_missing(table, tmp_path):
    table = table.assign(SUBARRAY='ODD"1,2')
    overlay = tmp_path / "mine" / "jwst"
    overlay.mkdir(parents=True)
    for one in find_missing(RULES, "jwst", table):
        path = overlay / f"{one.table}.csv"
        head = "" if path.exists() else (TOP / "rules" / "jwst" / path.name).read_text().splitlines(keepends=True)[0]
        with path.open("a") as stream:
            stream.write(f"{head}{one.row}\n")
    mended = read(overlay)
    assert find_missing(mended, "jwst", table) == []
    assert len(jwst.run(table, rules=overlay).rejected) == 0


def test_data_sets_have_missing_words_too():
    rules = hst_cal.read_rules()
    (word,) = find_missing(rules, "hst_cal", hst_cal.example(rules).assign(dataset="x8zs05020"))
    assert (word.table, word.column, word.word, word.times, word.of) == (
        "encodings",
        "instr",
        "X",
        1,
        "data sets",
    )


def test_json_has_the_same(table, tmp_path, capsys):
    table.assign(VISITYPE="PRIME_NEW").to_csv(tmp_path / "t.csv", index=False)
    assert main.main(["rules", "missing", str(tmp_path / "t.csv"), "--json"]) == 1
    (word,) = json.loads(capsys.readouterr().out)
    assert list(word) == ["table", "column", "word", "times", "of", "row"]
    assert (word["word"], word["times"]) == ("PRIME_NEW", len(table))
