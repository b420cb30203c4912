"""Faults that a review found, each pinned by what showed it."""

import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scrub import diff, jwst
from scrub.cli import main
from scrub.files.shipped import find
from scrub.on_data import explain
from scrub.tables.diff.witness import REST, witnesses
from scrub.tables.findings import RuleError
from scrub.tables.lint.check import check
from tests.test_check import first
from tests.test_diff import edit, git

folds = st.lists(
    st.tuples(st.text("ab*", min_size=1, max_size=3), st.sampled_from(["*", "a", "ab"])), min_size=1, max_size=3
)
WORDS = ["".join(letters) for n in range(6) for letters in product("abz", repeat=n)]


def folded(rows: list, word: str) -> str:
    place = first([pattern for pattern, _ in rows], word)
    return "" if place < 0 else word if rows[place][1] == "*" else rows[place][1]


@settings(max_examples=100)
@given(folds, folds)
@example([("ab*", "ab"), ("*", "*")], [("*", "*")])  # the shortest word that ab* fits is folded alike by both
def test_a_word_folded_otherwise_always_has_a_witness(old, new):
    differ = lambda w: folded(old, w.word.replace(REST, "z")) != folded(new, w.word.replace(REST, "z"))  # noqa: E731
    told = list(witnesses([p for p, _ in old], [p for p, _ in new], differ))
    brute = {
        (first([p for p, _ in old], w), first([p for p, _ in new], w))
        for w in WORDS
        if folded(old, w) != folded(new, w)
    }
    assert {(w.old, w.new) for w in told} >= brute
    assert all(differ(w) for w in told)


@pytest.fixture
def rules(tmp_path):
    shutil.copytree(find("rules"), tmp_path / "rules")
    return tmp_path / "rules"


def test_a_fold_that_is_gone_is_told(rules):
    edit(
        rules / "jwst",
        "abbreviations",
        "subarray,SUB*,SUB,,,spacekit 1.1.4 preprocessor/scrub.py JwstCalScrubber,\n",
        "",
    )
    told = diff.rule_sets(*diff.versions("jwst", str(rules / "jwst")))
    assert told[["kind", "table"]].to_numpy().tolist() == [["RENUMBER", "abbreviations"]]


def test_patterns_that_cannot_be_compared_are_refused():
    old = [f"*{a}*{b}*{c}*" for a, b, c in zip("abcdefghijklm", "bcdefghijklmn", "cdefghijklmno", strict=True)]
    with pytest.raises(RuleError, match="too many patterns"):
        list(witnesses(old, [*old[::-1]]))


def test_a_rule_set_that_is_like_another_is_compared_with_that_one_as_it_was(rules, monkeypatch):
    git(rules.parent, "init", "-q")
    edit(rules / "jwst", "pixel_scales", "0.03", "0.05")
    git(rules.parent, "add", ".")
    git(rules.parent, "commit", "-qm", "one")
    dms = str(rules / "jwst_dms")
    assert diff.rule_sets(*diff.versions("HEAD", dms)).empty
    assert check(dms, since="HEAD") == []
    edit(rules / "jwst", "pixel_scales", "0.05", "0.06")
    git(rules.parent, "commit", "-qam", "two")
    monkeypatch.chdir(rules.parent)
    told = diff.rule_sets(*diff.versions("HEAD~1:rules/jwst_dms", dms))
    assert set(told["table"]) == {"pixel_scales"}


def test_a_repository_may_be_one_folder_of_tables(rules, monkeypatch, capsys):
    git(rules / "jwst", "init", "-q")
    git(rules / "jwst", "add", ".")
    git(rules / "jwst", "commit", "-qm", "one")
    monkeypatch.chdir(rules / "jwst")
    assert main.main(["rules", "diff", "HEAD", "."]) == 0
    assert main.main(["rules", "check", ".", "--since", "HEAD"]) == 0


def test_what_tables_toml_says_of_the_turn_of_tables_is_compared(rules):
    toml = rules / "tables.toml"
    toml.write_text(toml.read_text().replace('leaves_out = { product = "false" }', "", 1))
    told = diff.rule_sets(*diff.versions("jwst", str(rules / "jwst")))
    assert told.loc[told["case"] == "leaves_out of tables.toml", "table"].tolist() == ["product_names"]


def test_a_folder_may_have_an_at_in_its_name(rules, capsys):
    (rules / "jwst").rename(rules / "a@b")
    assert main.main(["rules", "diff", "jwst", str(rules / "a@b")]) == 0


def test_nobody_can_change_what_others_read():
    rows = jwst.read_rules()["groups"].rows
    rows.loc[0, "offsets"] = "HACK"
    assert "HACK" not in set(jwst.read_rules()["groups"].rows["offsets"])


def test_an_exposure_left_out_does_not_change_how_others_are_called():
    rules = jwst.read_rules()
    one = jwst.example(rules).head(1)
    twice = pd.concat([one.assign(exposure="a"), one.assign(exposure="b", TSOVISIT="t")])
    left = one.assign(exposure="c", EXP_TYPE="NIS_DARK")
    alone, beside = jwst.run(twice).members, jwst.run(pd.concat([twice, left])).members
    assert alone["product_id"].tolist() == beside["product_id"].tolist()[:2]
    assert alone["product_id"].str.endswith("#2").sum() == 1


def test_exposures_of_one_name_are_explained_each_by_its_own_end():
    rules = jwst.read_rules()
    one = jwst.example(rules).head(1).assign(exposure="a")
    table = pd.concat([one, one.assign(TSOVISIT="t")])
    told = explain.explain(rules, "jwst", "a", table)
    ends = {block.told: {r.table: r.said for r in block.reasons}["exposure_types"].partition(",")[0] for block in told}
    assert {said for end, said in ends.items() if end.endswith("#2")} == {"group=tac"}
    assert len(ends) == 2


def test_a_name_that_ends_like_a_feature_is_a_name_first():
    rules = jwst.read_rules()
    table = jwst.example(rules).head(1).assign(exposure="c:filter")
    (told,) = explain.explain(rules, "jwst", "c:filter", table)
    assert told.told.startswith("in ")


def test_a_reject_is_an_answer(tmp_path, capsys):
    table = jwst.example(jwst.read_rules()).assign(CRVAL1="x")
    table.to_csv(tmp_path / "t.csv", index=False)
    assert main.main(["rules", "why", table["exposure"].iloc[0], "--on", str(tmp_path / "t.csv")]) == 0
    assert "rejected at jwst/exposures: CRVAL1 not a number" in capsys.readouterr().out


def test_the_first_thing_wrong_is_the_same_for_any_hash_seed(rules):
    words = "".join(f"group,{word},,,a page,\n" for word in ("foo", "bar", "baz"))
    edit(rules / "jwst", "lists", "group,image", f"{words}group,image")
    edit(rules / "jwst", "exposure_types", "MIR_IMAGE,false,image", "MIR_IMAGE,false,foo")
    edit(rules / "jwst", "exposure_types", "NRC_IMAGE,false,image", "NRC_IMAGE,false,bar")
    said = set()
    for seed in "1357":
        code = f"from scrub import tables\ntry: tables.read({str(rules / 'jwst')!r})\nexcept ValueError as e: print(e)"
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(main.__file__).parents[1])}
        said.add(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True).stdout)
    assert len(said) == 1
    assert "exposure_types.csv:" in said.pop()


@pytest.mark.parametrize(("table", "row"), [("keywords", "PROGRAM,"), ("identities", "name,"), ("classes", "PUPIL,*")])
def test_a_row_that_other_tables_ask_for_cannot_be_left_out(rules, table, row):
    path = rules / "jwst" / f"{table}.csv"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith(row)))
    assert {finding.kind for finding in check(rules / "jwst")} == {"gap"}


def test_a_folder_with_declarations_of_its_own_is_no_overlay(rules):
    (rules / "jwst" / "groups.csv").unlink()
    assert ("file", "no such file") in [(f.kind, f.case) for f in check(rules / "jwst")]


def test_a_folder_above_one_rule_set_is_that_rule_set(rules, capsys):
    mine = rules.parent / "mine" / "jwst_dms"
    mine.mkdir(parents=True)
    shutil.copy(rules / "jwst_dms" / "needs.csv", mine)
    assert diff.rule_sets(*diff.versions("jwst_dms", str(mine.parent))).empty
