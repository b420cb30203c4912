"""Boxes against arrays: a table of few cases can be walked, and says the same."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub.tables import boxes, decide
from scrub.tables.conditions import find_positions
from scrub.tables.decide import Table, answer, expand
from scrub.tables.declare import Declaration
from scrub.tables.diff.compare import compare
from scrub.tables.findings import RuleError
from scrub.tables.rows import read_frame
from scrub.tables.rules import Rules

LISTS = {"a": ("x", "y", "z"), "b": ("0", "1"), "c": ("p", "q", "r")}
SIZES = [len(words) for words in LISTS.values()]
CELLS = ["*", "x", "x|y", "!x", "z", "!y|z"], ["*", "0", "1", "!0"], ["*", "p", "q|r", "!q"]

box = st.tuples(*(st.integers(0, 2**size - 1) for size in SIZES))
row = st.tuples(*map(st.sampled_from, CELLS), st.sampled_from("uv"), st.integers(0, 1))
rows = st.lists(row, max_size=6)
else_rows = st.lists(
    st.tuples(st.just("else"), st.just("else"), st.just("else"), st.sampled_from("uv"), st.integers(0, 1))
)


def list_cases(one):
    """Return the cases of a box, in order."""
    return list(product(*map(boxes.list_positions, one)))


def make_frame(some):
    frame = pd.DataFrame(some, columns=[*LISTS, "answer", "layer"])
    return frame.assign(rule=[f"t.csv:{i + 2}" for i in range(len(frame))])


def walk(frame):
    """Return the row of each case, and what is wrong, by an array that the rows are painted on."""
    hits, findings = np.full(SIZES, -1), []
    cells = list(frame[list(LISTS)].itertuples(index=False, name=None))
    rest = [i for i, own in enumerate(cells) if set(own) == {"else"}]
    for i in sorted(set(range(len(frame))) - set(rest), key=lambda i: frame["layer"][i]):
        block = np.ix_(*(find_positions(cell, words) for cell, words in zip(cells[i], LISTS.values(), strict=True)))
        for other in np.unique(hits[block]):
            if other >= 0 and frame["layer"][other] == frame["layer"][i]:
                same = frame["answer"][other] == frame["answer"][i]
                findings.append((i, "duplicate" if same else "conflict", int((hits[block] == other).sum())))
        hits[block] = i
    first = {}
    for i in rest:
        first.setdefault(frame["layer"][i], i)
    if first:
        hits[hits < 0] = first[max(first)]
    return hits, findings, np.argwhere(hits < 0).tolist()


@given(one=box, other=box)
def test_boxes_are_sets_of_cases(one, other):
    cases, others = set(list_cases(one)), set(list_cases(other))
    assert boxes.count([one]) == len(cases)
    assert set(list_cases(boxes.intersect(one, other))) == cases & others
    parts = [case for part in boxes.subtract(one, other) for case in list_cases(part)]
    assert sorted(parts) == sorted(cases - others), "disjoint, and all that is left"
    if cases:
        assert boxes.find_first([one]) == min(cases)


@example(some=[(0, 1), (2**70 - 1, 1), (1, 0)])  # a box without a word meets nothing, not even where all words are
@given(some=st.lists(st.tuples(*(st.integers(0, 2**70 - 1) for _ in range(2))), max_size=8))
def test_boxes_meet_where_they_share_a_word_in_every_condition_however_long_the_lists(some):
    pieces = [boxes.Piece(i, own) for i, own in enumerate(some)]
    for piece, numbers, shared in boxes.find_common(pieces, pieces, [70, 70]):
        assert numbers == [i for i, own in enumerate(some) if all(a & b for a, b in zip(piece.box, own, strict=True))]
        assert shared == [boxes.intersect(piece.box, some[i]) for i in numbers]


@given(some=rows, rest=else_rows, order=st.randoms())
def test_a_table_says_what_an_array_of_its_cases_says(some, rest, order):
    some = some + rest[:2]
    order.shuffle(some)
    frame = make_frame(some)
    hits, findings = expand(read_frame(frame), LISTS, answers=["answer"], else_row=True)
    wanted, overlaps, gaps = walk(frame)
    assert hits.tolist() == wanted.tolist()
    found = [(f.line - 2, f.kind, int(f.case.partition(" (")[2].partition(" ")[0] or 1)) for f in findings]
    repeated = [f for f, finding in zip(found, findings, strict=True) if "is an else row, too" in finding.case]
    assert [f for f in found if f[1] != "gap" and f not in repeated] == overlaps
    if gaps:
        case = ", ".join(f"{c}={words[i]}" for (c, words), i in zip(LISTS.items(), gaps[0], strict=True))
        more = f" ({len(gaps)} such cases)" if len(gaps) > 1 else ""
        assert findings[-1].case == f"no row for {case}{more}"
    else:
        assert all(f.kind != "gap" for f in findings)


@given(some=rows, rest=else_rows)
def test_a_table_of_many_cases_answers_as_one_of_few(some, rest):
    frame = make_frame(some + rest[:1])
    facts = pd.DataFrame(list(product(*LISTS.values())), columns=list(LISTS))
    few = expand(read_frame(frame), LISTS, else_row=True).hits
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decide, "FEW_CASES", 0)
        many = expand(read_frame(frame), LISTS, else_row=True).hits
    numbers = [many.find(case) for case in product(*map(range, SIZES))]
    assert numbers == few.ravel().tolist()
    if -1 not in numbers:
        assert answer(frame, many, LISTS, facts)["rule"].tolist() == answer(frame, few, LISTS, facts)["rule"].tolist()


@given(some=rows, others=rows)
def test_two_versions_differ_in_the_cases_in_which_arrays_differ(some, others):
    declaration = Declaration("t", "unique", conditions={c: c for c in LISTS}, answers={"answer": ""}, else_row=True)
    rest = [("else", "else", "else", "u", 0)]
    old, new = (
        Rules(
            "t",
            "1",
            {"t": Table(declaration, LISTS, read_frame(frame), expand(read_frame(frame), LISTS, else_row=True).hits)},
            {},
            {},
        )
        for frame in (make_frame(some + rest), make_frame(others + rest))
    )
    before, after = (rules["t"].rows["answer"].to_numpy()[rules["t"].hits] for rules in (old, new))
    changes = compare(old, new)
    counts = [_count_cases(change.case) for change in changes]
    assert sum(counts) == (before != after).sum()
    assert len({(change.old_rule, change.new_rule) for change in changes}) == len(changes)


def _count_cases(case):
    """Return how many cases the words of a change stand for."""
    first, mark, more = case.partition(" and ")
    if mark:
        return 1 + int(more.split()[0])
    cells = dict(part.split("=") for part in first.split(", ")) if first != "every case" else {}
    return int(np.prod([len(find_positions(cells.get(column, "*"), words)) for column, words in LISTS.items()]))


def test_a_table_of_more_cases_than_a_machine_holds_is_checked_and_compared():
    lists = {f"c{i}": tuple(f"w{j}" for j in range(40)) for i in range(12)}
    cells = [["*"] * 12 for _ in range(13)]
    for i in range(12):
        cells[i][i] = "w0"
        for j in range(i):
            cells[i][j] = "!w0"
    cells[12] = ["!w0"] * 12
    frame = pd.DataFrame(cells, columns=list(lists)).assign(
        answer=[f"a{i}" for i in range(13)], rule=[f"t.csv:{i + 2}" for i in range(13)]
    )
    hits, findings = expand(read_frame(frame), lists, answers=["answer"])
    assert findings == ()
    facts = pd.DataFrame([["w1"] * 12, ["w1", "w0", *["w1"] * 10]], columns=list(lists))
    assert answer(frame, hits, lists, facts)["answer"].tolist() == ["a12", "a1"]
    (gap,) = expand(read_frame(frame.drop(index=12)), lists, answers=["answer"]).findings
    assert gap.case == f"no row for {', '.join(f'c{i}=w1' for i in range(12))} ({39**12} such cases)"
    declaration = Declaration("t", "unique", conditions={c: c for c in lists}, answers={"answer": ""})
    other = frame.assign(answer=frame["answer"].replace("a3", "b"))
    old, new = (
        Rules("t", "1", {"t": Table(declaration, lists, read_frame(rows_), hits)}, {}, {}) for rows_ in (frame, other)
    )
    (change,) = compare(old, new)
    assert change.case == "c0=!w0, c1=!w0, c2=!w0, c3=w0"


def test_what_is_left_of_a_box_is_followed_so_far(monkeypatch):
    assert boxes.find_rest((3, 3), [(1, 1)]) == [(2, 3), (1, 2)]
    monkeypatch.setattr(boxes, "MOST", 1)
    with pytest.raises(boxes.TangledError) as refused:
        boxes.find_rest((3, 3), [(1, 1)])
    assert refused.value.row == -1


def test_rows_that_overlap_in_too_many_places_are_refused_by_name(monkeypatch):
    monkeypatch.setattr(boxes, "MOST", 2)
    frame = make_frame([("x", "0", "*", "u", 0), ("*", "*", "p", "u", 0), ("!y", "*", "!q", "u", 0)])
    (finding,) = expand(read_frame(frame), LISTS, answers=["answer"]).findings
    assert str(finding).startswith("t.csv:4: conflict: this row and those before it overlap in more than")
    table = Table(
        Declaration("t", "unique", conditions={c: c for c in LISTS}), LISTS, read_frame(frame), np.empty(0, int)
    )
    with pytest.raises(RuleError, match=r"t\.csv: rows overlap in more than \d+ places: part them"):
        decide.list_pieces(table)
