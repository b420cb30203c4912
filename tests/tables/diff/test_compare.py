"""Differences: nothing where the answers are the same, each change of its kind where they are not."""

import shutil
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given

from scrub import diff, tables
from scrub.cli import main
from scrub.tables.boxes import Piece
from scrub.tables.diff.compare import _find_shared, _fold_differs, compare
from scrub.tables.diff.compare import _name_cases as name_cases
from scrub.tables.diff.witness import Witness
from tests.data import FINDINGS
from tests.rulesets import EDITIONS, LISTS, answers, edit, fits, sound, write
from tests.rulesets import run_rules as run


def split_up(table: list) -> list:
    """Each row as one row a case it answers, in another order."""
    cases = [
        (a, b, group, dates)
        for cell, other, group, dates in table
        for a, b in product(*LISTS.values())
        if fits(cell, a) and fits(other, b)
    ]
    return cases[::-1]


def compared(old: list, new: list) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        return diff.rule_sets(*diff.versions(str(write(Path(one), old)), str(write(Path(other), new))))


@pytest.mark.slow
@given(sound())
def test_splitting_and_moving_rows_is_no_change(table):
    assert compared(table, split_up(table)).empty


@pytest.mark.slow
@given(sound(), sound())
def test_a_change_is_told_if_and_only_if_an_answer_differs(old, new):
    told = compared(old, new)
    differ = {e for e in EDITIONS for case, said in answers(old, e).items() if said != answers(new, e)[case]}
    assert {e for editions in told["editions"] for e in editions.split(", ")} == differ
    assert set(told["kind"]) <= {"REGROUP"}


@pytest.mark.slow
def test_appending_a_code_is_append_and_passes(folder, capsys):
    edit(folder, "encodings", "filter,CLEAR,1,", "filter,F555W,52,,,a page,\nfilter,CLEAR,1,")
    code, out = run(capsys, "diff", "jwst", str(folder))
    assert code == 0
    assert "changes of rules: 1: 1 APPEND" in out
    assert "APPEND column=filter, value=F555W: code '52'" in out


@pytest.mark.slow
def test_renumbering_every_subarray_code_is_renumber_and_refused(folder):
    """What an older toolkit did between two releases: 53 words with other codes than trained models saw."""
    path = folder / "encodings.csv"
    lines = path.read_text().splitlines()
    own = [i for i, line in enumerate(lines) if line.startswith("subarray,")][:53]
    for i in own:
        column, word, code, *rest = lines[i].split(",")
        lines[i] = ",".join([column, word, str(int(code) + 100), *rest])
    path.write_text("\n".join(lines) + "\n")
    told = diff.rule_sets(*diff.versions("jwst", str(folder)))
    assert told["kind"].tolist() == ["RENUMBER"] * 53
    assert set(told["editions"]) == {"1, 2, 3"}


@pytest.mark.slow
def test_a_code_that_is_renumbered_is_refused_unless_fail_on_says_otherwise(tmp_path, capsys):
    own = Path(shutil.copytree(FINDINGS / "toy", tmp_path / "toy"))
    edit(own, "codes", "filter,F200W,2,", "filter,F200W,3,")
    words = ("diff", str(FINDINGS / "toy"), str(own))
    assert run(capsys, *words)[0] == 1
    assert run(capsys, *words, "--fail-on", "none")[0] == 0
    assert run(capsys, *words, "--fail-on", "MERGE,APPEND")[0] == 0
    assert run(capsys, *words, "--fail-on", "MERGE", "--fail-on", "RENUMBER")[0] == 1


KINDS = {
    "REMOVE": ("encodings", "filter,F090W,", "filter,F090X,", "column=filter, value=F090W"),
    "MERGE": ("encodings", "exp_type,MIR_WFSS,21", "exp_type,MIR_WFSS,20", "column=exp_type, value=MIR_WFSS"),
    "RENAME": ("product_names", "elements detector", "detector elements", "naming=image, wfsc=true, subarray=none|full"),
    "REGROUP": ("exposure_types", "MIR_IMAGE,false,image", "MIR_IMAGE,false,fgs", "exp_type=MIR_IMAGE, tsovisit=false"),
    "RENUMBER": ("pixel_scales", "NIRISS,*,*,0.06", "NIRISS,*,*,0.065", "instrume=NIRISS"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "change"), KINDS.items())
def test_each_kind_of_change_is_called_by_its_name(shipped, folder, kind, change):
    table, old, new, case = change
    edit(folder, table, old, new)
    told = diff.rule_sets(shipped, diff.read(f"{folder}@3"))
    assert (kind, case) in list(zip(told["kind"], told["case"], strict=True))


def test_a_word_folded_otherwise_is_told_with_a_word_that_shows_it(shipped, folder):
    edit(folder, "abbreviations", "subarray,SUB*,SUB", "subarray,SUB64*,SUB64,,,a page,\nsubarray,SUB*,SUB")
    told = diff.rule_sets(shipped, diff.read(f"{folder}@3"))
    assert told[["kind", "case", "was", "now"]].to_numpy().tolist() == [
        ["RENUMBER", "feature=subarray, the word 'SUB64'", "abbreviation 'SUB'", "abbreviation 'SUB64'"]
    ]


def test_an_unknown_kind_is_wrong_usage(capsys):
    assert main.main(["rules", "diff", "jwst", "jwst", "--fail-on", "RENUMBR"]) == 2
    assert "no kind of change RENUMBR: there are APPEND" in capsys.readouterr().err


def test_a_fold_that_is_gone_is_told(shipped, folder):
    edit(
        folder,
        "abbreviations",
        "subarray,SUB*,SUB,,,spacekit 1.1.4 preprocessor/scrub.py JwstCalScrubber,\n",
        "",
    )
    told = diff.rule_sets(shipped, diff.read(f"{folder}@3"))
    assert told[["kind", "table"]].to_numpy().tolist() == [["RENUMBER", "abbreviations"]]


@pytest.mark.slow
def test_what_tables_toml_says_of_the_turn_of_tables_is_compared(rule_sets):
    toml = rule_sets / "tables.toml"
    toml.write_text(toml.read_text().replace('leaves_out = { product = "false" }', "", 1))
    told = diff.rule_sets(*diff.versions("jwst", str(rule_sets / "jwst")))
    assert told.loc[told["case"] == "leaves_out of tables.toml", "table"].tolist() == ["product_names"]


def test_a_case_that_had_no_row_is_new_and_comes_from_no_row(toy):
    edit(toy, "lists", "exp_type,DARK,,,a page,\n", "exp_type,DARK,,,a page,\nexp_type,FLAT,,,a page,\n")
    kinds = toy / "kinds.csv"
    row = next(line for line in kinds.read_text().splitlines() if line.startswith("DARK,"))
    kinds.write_text(kinds.read_text() + row.replace("DARK,", "FLAT,", 1) + "\n")
    changes = diff.rule_sets(*diff.versions(str(FINDINGS / "toy"), str(toy)))
    (change,) = changes[changes["table"] == "kinds"].to_dict("records")
    assert (change["kind"], change["old_rule"], change["was"]) == ("APPEND", "", "")
    assert "exp_type=FLAT" in change["case"]


def test_words_that_change_their_codes_with_each_other_are_renumbered_and_not_merged(toy):
    edit(toy, "codes", "filter,CLEAR,1,", "filter,CLEAR,9,")
    edit(toy, "codes", "filter,F200W,2,", "filter,F200W,1,")
    edit(toy, "codes", "filter,CLEAR,9,", "filter,CLEAR,2,")
    changes = diff.rule_sets(*diff.versions(str(FINDINGS / "toy"), str(toy)))
    own = changes[changes["table"] == "codes"]
    assert sorted(zip(own["kind"], own["case"], strict=True)) == [
        ("RENUMBER", "feature=filter, word=CLEAR"),
        ("RENUMBER", "feature=filter, word=F200W"),
    ]


@pytest.mark.parametrize(("old", "new", "editions"), [("1", "2", "1 to 2"), ("2", "1", "2 to 1"), ("2", "2", None)])
def test_a_change_names_the_editions_that_are_compared(old, new, editions):
    changes = diff.rule_sets(*diff.versions(f"jwst@{old}", f"jwst@{new}"))
    assert set(changes["editions"]) == ({editions} if editions else set())


ORDERED = """
[own.editions]
policy = "list"
key = ["edition"]
answers = { released = "" }
[own.lists]
policy = "list"
key = ["list", "word"]
ordered = ["a"]
[own.codes]
policy = "list"
key = ["feature", "word"]
answers = { code = "" }
tools.changes = { code = "RENUMBER" }
codes = { of = "feature", word = "word", code = "code", shared = { free = ["0"] } }
"""


def write_lists(folder: Path, words: str, codes: dict[str, str]) -> Path:
    """Write a rule set with the list ``a``, whose order counts, the list ``b``, and codes of words."""
    own = folder / "own"
    own.mkdir(parents=True)
    (own / "tables.toml").write_text(ORDERED)
    (own / "editions.csv").write_text("edition,released,source,note\n1,,a page,\n")
    listed = "".join(f"{name},{word},,,a page,\n" for name in "ab" for word in words)
    (own / "lists.csv").write_text("list,word,since,until,source,note\n" + listed)
    rows = "".join(f"{word.replace('.', ',')},{code},,,a page,\n" for word, code in codes.items())
    (own / "codes.csv").write_text("feature,word,code,since,until,source,note\n" + rows)
    return own


def compare_lists(folder: Path, old: tuple, new: tuple) -> list[tuple[str, ...]]:
    paths = [write_lists(folder / name, *side) for name, side in (("old", old), ("new", new))]
    changes = diff.rule_sets(*diff.versions(*map(str, paths)))
    return list(changes[["kind", "case", "was", "now", "old_rule", "new_rule"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("old", "new"), [("xyz", "zyx"), ("zyx", "xyz"), ("xyz", "xzy")])
def test_the_order_of_words_counts_in_a_list_that_says_so(tmp_path, old, new):
    told = compare_lists(tmp_path, (old, {}), (new, {}))
    assert told == [("REGROUP", "list=a", ", ".join(old), ", ".join(new), "lists.csv:2", "lists.csv:2")]


def test_a_word_that_is_gone_or_new_changes_no_order(tmp_path):
    assert sorted(row[:4] for row in compare_lists(tmp_path, ("xyz", {}), ("xzw", {}))) == [
        ("APPEND", "list=a, word=w", "", "listed"),
        ("APPEND", "list=b, word=w", "", "listed"),
        ("REMOVE", "list=a, word=y", "listed", ""),
        ("REMOVE", "list=b, word=y", "listed", ""),
    ]


BEFORE = {"filter.a": "1", "filter.b": "2", "pupil.a": "3", "free.a": "0"}
CODES = {
    "a code of its own": ({"filter.b": "4"}, ("RENUMBER", "feature=filter, word=b", "code '2'", "code '4'")),
    "the code of another word": ({"filter.b": "1"}, ("MERGE", "feature=filter, word=b", "code '2'", "code '1'")),
    "a new word with a code of its own": ({"filter.c": "4"}, ("APPEND", "feature=filter, word=c", "", "code '4'")),
    "a new word with the code of another": ({"filter.c": "1"}, ("MERGE", "feature=filter, word=c", "", "code '1'")),
    "a code that another column has": ({"filter.c": "3"}, ("APPEND", "feature=filter, word=c", "", "code '3'")),
    "a code that words may share": ({"free.b": "0"}, ("APPEND", "feature=free, word=b", "", "code '0'")),
}


@pytest.mark.parametrize(("changed", "told"), CODES.values(), ids=CODES)
def test_a_code_is_merged_where_another_word_of_its_column_had_it(tmp_path, changed, told):
    ((*change, _, _),) = compare_lists(tmp_path, ("x", BEFORE), ("x", {**BEFORE, **changed}))
    assert tuple(change) == told


@pytest.mark.parametrize(
    ("boxes", "case"),
    [
        ([(0b001, 0b01)], "a=x, b=0"), ([(0b111, 0b01)], "b=0"), ([(0b111, 0b11)], "every case"), ([(0b110, 0b11)], "a=y|z"),
        ([(0b001, 0b01), (0b010, 0b10)], "a=x, b=0 and 1 more"), ([(0b001, 0b11), (0b010, 0b10)], "a=x, b=0 and 2 more"),
        ([(0b001, 0b01), (0b010, 0b01)], "a=x|y, b=0"),
    ],
)  # fmt: skip
def test_cases_are_named_as_a_block_or_by_the_first_of_them(boxes, case):
    assert name_cases(LISTS, boxes) == case


def test_rows_share_the_cases_that_both_answer_and_the_rest_is_shared_with_none():
    before = [Piece(4, (0b0011,)), Piece(6, (0b0100,))]
    after = [Piece(5, (0b0110,)), Piece(7, (0b11000,))]
    shared = {(4, 5): [(0b0010,)], (4, -1): [(0b0001,)], (6, 5): [(0b0100,)], (-1, 7): [(0b11000,)]}
    assert _find_shared(before, after, [5]) == shared
    assert _find_shared(after, before, [5]) == {(new, old): boxes for (old, new), boxes in shared.items()}
    assert _find_shared(before, before, [5]) == {(4, 4): [(0b0011,)], (6, 6): [(0b0100,)]}


@pytest.mark.parametrize(
    ("boxes", "name"),
    [
        ([(7, 3, 1)], "c=only"), ([(1, 3, 1)], "a=x, c=only"), ([(3, 1, 1)], "a=x|y, b=0, c=only"),
        ([(6, 2, 1)], "a=y|z, b=1, c=only"), ([(1, 1, 1), (1, 2, 1)], "a=x, c=only"),
        ([(1, 1, 1), (2, 2, 1)], "a=x, b=0, c=only and 1 more"), ([(2, 2, 1), (4, 1, 1)], "a=y, b=1, c=only and 1 more"),
        ([(1, 1, 1), (2, 2, 1), (4, 1, 1)], "a=x, b=0, c=only and 2 more"),
    ],
)  # fmt: skip
def test_cases_are_named_as_cells_where_they_are_a_block(boxes, name):
    assert name_cases({"a": ["x", "y", "z"], "b": ["0", "1"], "c": ["only"]}, boxes) == name


def test_all_cases_are_named_so():
    assert name_cases({"a": ["x", "y"], "b": ["0", "1"]}, [(3, 3)]) == "every case"


@pytest.mark.parametrize(
    ("old", "new", "differ"),
    [
        (-1, -1, False), (0, 0, False), (1, 1, False), (0, 1, True), (1, 0, True), (2, 0, False), (0, 2, False),
        (2, 1, True), (-1, 0, True), (2, -1, True),
    ],
)  # fmt: skip
def test_a_word_is_folded_otherwise_where_the_answers_are_other_words(old, new, differ):
    answers = ["*", "SUB", "FULL"]
    assert _fold_differs(answers, answers, Witness("FULL", old, new)) == differ


def test_a_change_from_a_later_edition_to_an_earlier_one_names_both(toy):
    edit(toy, "scales", "tac,0.06,,", "tac,0.06,,2.0")
    (toy / "scales.csv").write_text((toy / "scales.csv").read_text() + "tac,0.07,2.0,,a page,\n")
    for one, other, was, now in (("2.0", "1.0", "0.07", "0.06"), ("1.0", "2.0", "0.06", "0.07")):
        changes = diff.rule_sets(*diff.versions(f"{toy}@{one}", f"{toy}@{other}"))
        (change,) = changes[changes["case"] == "group=tac"].to_dict("records")
        assert (change["was"], change["now"]) == (f"scale '{was}'", f"scale '{now}'")
        assert change["editions"] == f"{one} to {other}"


def test_a_table_of_one_side_only_is_one_change_with_its_size():
    rules = tables.read("hst_cal")
    name = next(iter(rules.tables))
    without = replace(rules, tables={other: table for other, table in rules.tables.items() if other != name})
    size = f"{len(rules[name].rows)} rows"
    (gone,), (come,) = compare(rules, without), compare(without, rules)
    assert (gone.kind, gone.table, gone.case, gone[3], gone[4]) == ("REMOVE", name, "the whole table", size, "")
    assert (come.kind, come.table, come.case, come[3], come[4]) == ("APPEND", name, "the whole table", "", size)
