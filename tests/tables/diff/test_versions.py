"""Versions to compare: names, folders, editions and git revisions."""

import shutil

import pytest

from scrub import diff
from scrub.cli import main
from scrub.tables.findings import RuleError
from scrub.tables.lint.check import check
from scrub.tables.locate import NoSuchRulesError
from tests.rulesets import edit, git
from tests.rulesets import run_rules as run


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


def test_a_rule_set_that_is_like_another_is_compared_with_that_one_as_it_was(rule_sets, monkeypatch):
    git(rule_sets.parent, "init", "-q")
    edit(rule_sets / "jwst", "pixel_scales", "0.03", "0.05")
    git(rule_sets.parent, "add", ".")
    git(rule_sets.parent, "commit", "-qm", "one")
    dms = str(rule_sets / "jwst_dms")
    assert diff.rule_sets(*diff.versions("HEAD", dms)).empty
    assert check(dms, since="HEAD") == []
    edit(rule_sets / "jwst", "pixel_scales", "0.05", "0.06")
    git(rule_sets.parent, "commit", "-qam", "two")
    monkeypatch.chdir(rule_sets.parent)
    told = diff.rule_sets(*diff.versions("HEAD~1:rules/jwst_dms", dms))
    assert set(told["table"]) == {"pixel_scales"}


def test_a_repository_may_be_one_folder_of_tables(rule_sets, monkeypatch, capsys):
    git(rule_sets / "jwst", "init", "-q")
    git(rule_sets / "jwst", "add", ".")
    git(rule_sets / "jwst", "commit", "-qm", "one")
    monkeypatch.chdir(rule_sets / "jwst")
    assert main.main(["rules", "diff", "HEAD", "."]) == 0
    assert main.main(["rules", "check", ".", "--since", "HEAD"]) == 0


def test_a_folder_may_have_an_at_in_its_name(folder):
    named = folder.rename(folder.parent / "a@b")
    assert main.main(["rules", "diff", "jwst", str(named)]) == 0


def test_a_folder_above_one_rule_set_is_that_rule_set(rule_sets, capsys):
    mine = rule_sets.parent / "mine" / "jwst_dms"
    mine.mkdir(parents=True)
    shutil.copy(rule_sets / "jwst_dms" / "needs.csv", mine)
    assert diff.rule_sets(*diff.versions("jwst_dms", str(mine.parent))).empty
