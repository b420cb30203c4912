"""Differences: nothing where the answers are the same, each change of its kind where they are not."""

import shutil
import tempfile
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given

from scrub import diff
from scrub.cli import main
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
