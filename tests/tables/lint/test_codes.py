"""Codes: many-to-one, renumbered and reused, as every pair of rows would be compared."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.tables.declare import section
from scrub.tables.lint.codes import find_codes, find_disorder
from tests.many import RULES, WORDS

CODES = section(
    "t", policy="list", key=["f", "w"], answers={"c": ""}, codes={"of": "f", "word": "w", "code": "c", "shared": {}}
)
CODE_ROWS = st.lists(
    st.fixed_dictionaries(
        {"f": st.sampled_from("ab"), "w": st.sampled_from("uvw"), "c": st.sampled_from("12")}
        | {column: st.sampled_from(["", "2", "3"]) for column in ("since", "until")}
    ),
    max_size=8,
)


def test_many_words_of_one_code_are_told_once_each():
    rows = pd.DataFrame({"f": "x", "w": WORDS, "c": "1", "since": "", "until": "", "rule": RULES})
    found = list(find_codes(rows, CODES, ["1", "2"]))
    assert [f.rule for f in found] == RULES[1:]
    assert found[-1].case == f"x {WORDS[-1]} has the code 1, and w0 (t.csv:2) has the same"


@given(CODE_ROWS)
def test_codes_are_compared_as_every_pair_of_rows_would_be(drawn):
    rows = pd.DataFrame([{**row, "rule": f"t.csv:{i + 2}"} for i, row in enumerate(drawn)])
    rows = rows.reindex(columns=["f", "w", "c", "since", "until", "rule"]).astype("str")
    place = {"": 0, "1": 0, "2": 1, "3": 2}
    live = [{e for e in range(3) if place[r["since"]] <= e < (place[r["until"]] if r["until"] else 3)} for r in drawn]
    expected = set()
    for y, new in enumerate(drawn):
        for x, old in enumerate(drawn):
            if not live[x] or not live[y] or old["f"] != new["f"]:
                continue
            if old["w"] == new["w"] and old["c"] != new["c"] and min(live[x]) < min(live[y]):
                expected.add((f"t.csv:{y + 2}", "renumbered"))
            holds = [live[i] for i, r in enumerate(drawn) if all(r[k] == old[k] for k in "fwc")]
            if old["w"] != new["w"] and old["c"] == new["c"]:
                if max(set().union(*holds)) < min(live[y]):
                    expected.add((f"t.csv:{y + 2}", "reused"))
                if live[x] & live[y] and (min(live[x]), x) < (min(live[y]), y):
                    expected.add((f"t.csv:{y + 2}", "many-to-one"))
    found = list(find_codes(rows, CODES, ["1", "2", "3"]))
    assert {(f.rule, f.kind) for f in found} == expected
    assert len(found) == len(expected)


def test_a_word_whose_code_comes_back_is_renumbered_each_time():
    rows = pd.DataFrame(
        {"f": "x", "w": "a", "c": ["1", "2", "1"], "since": ["", "2", "3"], "until": ["2", "3", ""], "rule": RULES[:3]}
    )
    found = list(find_codes(rows, CODES, ["1", "2", "3"]))
    assert [f.case for f in found if f.kind == "renumbered"] == [
        "x a had the code 1 (t.csv:2), and has 2",
        "x a had the code 2 (t.csv:3), and has 1",
    ]


@pytest.mark.parametrize(
    ("released", "wanted"),
    [
        (["2025-01", "2025-02", "2025-03"], []), (["2025-01", "2025-01", "2025-02"], []), (["2025-03", "", "2025-04"], []),
        (["2025-03", "2025-02", "2025-02"], ["e:3: edition: 2 was released 2025-02, edition 1 only 2025-03", "e:4: edition: 3 was released 2025-02, edition 1 only 2025-03"]),
        (["2025-01", "2025-03", "2025-02"], ["e:4: edition: 3 was released 2025-02, edition 2 only 2025-03"]),
        (["2025-02", "2025-02", "2025-01"], ["e:4: edition: 3 was released 2025-01, edition 2 only 2025-02"]),
        (["2025-03", "", "2025-02"], ["e:4: edition: 3 was released 2025-02, edition 1 only 2025-03"]),
    ],
)  # fmt: skip
def test_an_edition_that_was_released_before_an_older_one_is_named(released, wanted):
    rows = pd.DataFrame({"edition": ["1", "2", "3"], "released": released, "rule": ["e:2", "e:3", "e:4"]})
    assert [str(finding) for finding in find_disorder(rows, ["1", "2", "3"])] == wanted
