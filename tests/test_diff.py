"""Differences: nothing where the answers are the same, each change of its kind where they are not."""

import json
import shutil
import subprocess
import tempfile
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings

from scrub import diff, jwst, samples, tables
from scrub.cli import main
from scrub.files.shipped import find
from scrub.on_data.impact import affected
from scrub.tables.diff.witness import REST, witnesses
from scrub.tables.findings import RuleError
from scrub.tables.lint.check import check
from scrub.tables.locate import NoSuchRulesError
from tests.rulesets import EDITIONS, LISTS, answers, fits, sound, write
from tests.test_check import first, patterns


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


@settings(max_examples=10)
@given(sound())
def test_splitting_and_moving_rows_is_no_change(table):
    assert compared(table, split_up(table)).empty


@settings(max_examples=15)
@given(sound(), sound())
def test_a_change_is_told_if_and_only_if_an_answer_differs(old, new):
    told = compared(old, new)
    differ = {e for e in EDITIONS for case, said in answers(old, e).items() if said != answers(new, e)[case]}
    assert {e for editions in told["editions"] for e in editions.split(", ")} == differ
    assert set(told["kind"]) <= {"REGROUP"}


@settings(max_examples=100)
@given(patterns, patterns)
@example(["SUB*", "*"], ["SUB64", "SUB*", "*"])
def test_every_pair_of_rows_that_a_word_reaches_has_a_witness(old, new):
    words = ["".join(letters) for n in range(6) for letters in product("abz", repeat=n)]
    brute = {(first(old, word), first(new, word)) for word in words}
    told = list(witnesses(old, new))
    assert {(w.old, w.new) for w in told} >= brute
    for w in told:
        word = w.word.replace(REST, "z")
        assert (first(old, word), first(new, word)) == (w.old, w.new)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(find("rules") / "jwst", tmp_path / "jwst")
    return tmp_path / "jwst"


def edit(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / f"{table}.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def run(capsys, *words: str) -> tuple[int, str]:
    code = main.main(["rules", *words])
    return code, capsys.readouterr().out


def test_appending_a_code_is_append_and_passes(folder, capsys):
    edit(folder, "encodings", "filter,CLEAR,1,", "filter,F555W,52,,,a page,\nfilter,CLEAR,1,")
    code, out = run(capsys, "diff", "jwst", str(folder))
    assert code == 0
    assert "changes of rules: 1: 1 APPEND" in out
    assert "APPEND column=filter, value=F555W: code '52'" in out


def test_renumbering_every_subarray_code_is_renumber_and_refused(folder, capsys):
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
    assert run(capsys, "diff", "jwst", str(folder))[0] == 1
    assert run(capsys, "diff", "jwst", str(folder), "--fail-on", "none")[0] == 0
    assert run(capsys, "diff", "jwst", str(folder), "--fail-on", "MERGE,APPEND")[0] == 0


KINDS = {
    "REMOVE": ("encodings", "filter,F090W,", "filter,F090X,", "column=filter, value=F090W"),
    "MERGE": ("encodings", "exp_type,MIR_WFSS,21", "exp_type,MIR_WFSS,20", "column=exp_type, value=MIR_WFSS"),
    "RENAME": ("product_names", "elements detector", "detector elements", "naming=image, wfsc=true, subarray=none|full"),
    "REGROUP": ("exposure_types", "MIR_IMAGE,false,image", "MIR_IMAGE,false,fgs", "exp_type=MIR_IMAGE, tsovisit=false"),
    "RENUMBER": ("pixel_scales", "NIRISS,*,*,0.06", "NIRISS,*,*,0.065", "instrume=NIRISS"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "change"), KINDS.items())
def test_each_kind_of_change_is_called_by_its_name(folder, kind, change):
    table, old, new, case = change
    edit(folder, table, old, new)
    told = diff.rule_sets(*diff.versions("jwst", str(folder)))
    assert (kind, case) in list(zip(told["kind"], told["case"], strict=True))


def test_a_word_folded_otherwise_is_told_with_a_word_that_shows_it(folder):
    edit(folder, "abbreviations", "subarray,SUB*,SUB", "subarray,SUB64*,SUB64,,,a page,\nsubarray,SUB*,SUB")
    told = diff.rule_sets(*diff.versions("jwst", str(folder)))
    assert told[["kind", "case", "was", "now"]].to_numpy().tolist() == [
        ["RENUMBER", "feature=subarray, the word 'SUB64'", "abbreviation 'SUB'", "abbreviation 'SUB64'"]
    ]


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_table_shows_which_exposures_products_and_features_change(folder, capsys, form):
    edit(folder, "exposure_types", "MIR_IMAGE,false,image,image,image,own", "MIR_IMAGE,false,none,,,")
    edit(folder, "name_parts", "detector,DETECTOR,-", "detector,DETECTOR,-d")
    code, out = run(capsys, "diff", "jwst", str(folder), "--on", str(samples.TABLE), "--format", form)
    assert code == 1
    before, after = jwst.run(samples.TABLE), jwst.run(samples.TABLE, rules=folder)
    fallen = before.members["product_id"].notna() & after.members["product_id"].isna()
    if form == "json":
        told = pd.DataFrame(json.loads(out)["on"]["changes"])
        lost = told[(told["of"] == "exposure") & (told["kind"] == "REMOVE")]
        assert set(lost["name"]) == set(before.members.loc[fallen, "exposure"])
        renamed = told[(told["of"] == "product") & (told["kind"] == "RENAME")]
        assert list(renamed["was"]) == sorted(set(before.products.index) - set(after.products.index) - set(lost["was"]))
    else:
        assert f"on {samples.TABLE}: 57 rows" in out
        assert f"changes of exposure: {fallen.sum()}: {fallen.sum()} REMOVE" in out
    assert fallen.any()


def test_features_that_change_are_told_with_the_number_before_and_after(folder):
    path = folder / "encodings.csv"
    lines = path.read_text().splitlines()
    (i,) = [i for i, line in enumerate(lines) if line.startswith("filter,F200W,")]
    code = lines[i].split(",")[2]
    lines[i] = lines[i].replace(f"F200W,{code},", "F200W,912,")
    path.write_text("\n".join(lines) + "\n")
    told = affected(tables.read("jwst"), tables.read(folder), "jwst", samples.TABLE).changes
    coded = jwst.run(samples.TABLE).features
    own = [name for frame in coded.values() for name in frame.index[frame["filter"] == int(code)]]
    assert told[["kind", "of", "column", "was", "now"]].drop_duplicates().to_numpy().tolist() == [
        ["RENUMBER", "feature", "filter", code, "912"]
    ]
    assert sorted(told["name"]) == sorted(own)


def test_products_made_one_are_merged_and_products_parted_are_regrouped(folder):
    edit(folder, "name_parts", "observation,OBSERVTN,-o,", "observation,OBSERVTN,-o,1")
    before, after = tables.read("jwst"), tables.read(folder)
    example = jwst.example(before)
    two = pd.concat([example, example.assign(OBSERVTN="7", exposure=["a", "b"])])
    merged = affected(before, after, "jwst", two).changes
    assert merged.loc[merged["of"] == "product", ["kind", "was", "now"]].to_numpy().tolist() == [
        [
            "MERGE",
            "jw01018-o006_t1_niriss_clear-f200w + jw01018-o007_t1_niriss_clear-f200w",
            "jw01018-o0_t1_niriss_clear-f200w",
        ]
    ]
    parted = affected(after, before, "jwst", two).changes
    assert set(parted.loc[parted["of"] == "product", "kind"]) == {"REGROUP"}


def git(where: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "-C", str(where), *who, *words], check=True, capture_output=True)


def test_a_git_revision_is_compared_as_it_was(folder, capsys, monkeypatch):
    git(folder.parent, "init", "-q")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "before")
    edit(folder, "pixel_scales", "FGS,*,*,0.069", "FGS,*,*,0.07")
    monkeypatch.chdir(folder.parent)
    for old, new in (("HEAD", str(folder)), ("HEAD:jwst", "jwst/")):
        code, out = run(capsys, "diff", old, new)
        assert code == 1
        assert "RENUMBER instrume=FGS: scale '0.069' -> scale '0.07'" in out
    assert run(capsys, "diff", "HEAD", "HEAD:jwst")[0] == 0
    code, out = run(capsys, "check", "jwst/", "--since", "HEAD")
    assert (code, out) == (
        1,
        "jwst/pixel_scales.csv:10: edited: instrume=FGS: scale '0.069' is now scale '0.07' "
        "(edition 1, 2, 3, released at HEAD)\n",
    )


def test_an_edition_to_come_may_be_edited_and_a_released_one_may_not(folder):
    (folder / "editions.csv").write_text((folder / "editions.csv").read_text() + "4,2999-01,a page,\n")
    edit(folder, "pixel_scales", "FGS,*,*,0.069,2048,2048,,", "FGS,*,*,0.069,2048,2048,,4")
    row = "FGS,*,*,0.07,2048,2048,4,,a page,\n"
    (folder / "pixel_scales.csv").write_text((folder / "pixel_scales.csv").read_text() + row)
    git(folder.parent, "init", "-q")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "before")
    edit(folder, "pixel_scales", "FGS,*,*,0.07,", "FGS,*,*,0.08,")
    assert check(folder, since="HEAD") == []
    edit(folder, "pixel_scales", "NIRISS,*,*,0.06", "NIRISS,*,*,0.065")
    assert [f.kind for f in check(folder, since="HEAD")] == ["edited"]


@pytest.mark.parametrize("words", [("jwst@9", "jwst"), ("nowhere-at-all", "jwst"), ("HEAD:no/such", "jwst")])
def test_what_is_not_there_is_refused(words, capsys):
    assert main.main(["rules", "diff", *words]) == 2
    assert words[0].partition(":")[2] in capsys.readouterr().err
    with pytest.raises(NoSuchRulesError):
        diff.versions(*words)


def test_a_broken_table_is_not_compared(folder):
    edit(folder, "visit_types", "GENERIC,false", "GENERIC,maybe")
    with pytest.raises(RuleError, match=r"visit_types.csv:2: word: wfsc"):
        diff.versions("jwst", str(folder))


def test_an_unknown_kind_is_wrong_usage(capsys):
    assert main.main(["rules", "diff", "jwst", "jwst", "--fail-on", "RENUMBR"]) == 2
    assert "no kind of change RENUMBR: there are APPEND" in capsys.readouterr().err
