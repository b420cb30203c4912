"""Versions to compare: names, folders, editions and git revisions."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scrub import diff
from scrub.cli import main
from scrub.files.shipped import find
from scrub.tables.diff.versions import Version, checkout, find_start, is_at, pairs, read_month
from scrub.tables.findings import RuleError
from scrub.tables.lint.check import check
from scrub.tables.locate import NoSuchRulesError
from tests.rulesets import edit, git
from tests.rulesets import run_rules as run


def commit(folder) -> None:
    """Put what is below a folder into a git repository."""
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")


@pytest.mark.slow
def test_a_git_revision_is_compared_as_it_was(toy, capsys, monkeypatch):
    commit(toy.parent)
    edit(toy, "scales", "tac,0.06", "tac,0.07")
    monkeypatch.chdir(toy.parent)
    for old, new in (("HEAD", str(toy)), ("HEAD:toy", "toy/")):
        code, out = run(capsys, "diff", old, new)
        assert code == 1
        assert "RENUMBER group=tac: scale '0.06' -> scale '0.07'" in out
    assert run(capsys, "diff", "HEAD:toy", "HEAD:toy")[0] == 0
    code, out = run(capsys, "check", "toy/", "--since", "HEAD")
    assert (code, out) == (
        1,
        "toy/scales.csv:3: edited: group=tac: scale '0.06' is now scale '0.07' (edition 1.0, 2.0, released at HEAD)\n",
    )


@pytest.mark.slow
@pytest.mark.skipif(not (find("rules").parent / ".git").exists(), reason="the rules that ship lie in no git repository")
def test_a_revision_alone_is_of_the_rule_set_beside_it(folder, capsys, monkeypatch):
    commit(folder.parent)
    monkeypatch.chdir(folder.parent)
    assert run(capsys, "diff", "HEAD", "HEAD:jwst")[0] == 0


def test_an_edition_to_come_may_be_edited_and_a_released_one_may_not(toy):
    (toy / "editions.csv").write_text((toy / "editions.csv").read_text() + "3.0,2999-01,a page,\n")
    edit(toy, "scales", "tac,0.06,,", "tac,0.06,,3.0")
    (toy / "scales.csv").write_text((toy / "scales.csv").read_text() + "tac,0.07,3.0,,a page,\n")
    commit(toy.parent)
    edit(toy, "scales", "tac,0.07,", "tac,0.08,")
    assert check(toy, since="HEAD") == []
    edit(toy, "scales", "image,0.03", "image,0.035")
    assert [f.kind for f in check(toy, since="HEAD")] == ["edited"]


@pytest.mark.parametrize("words", [("jwst@9", "jwst"), ("nowhere-at-all", "jwst"), ("HEAD:no/such", "jwst")])
def test_what_is_not_there_is_refused(words, toy, capsys, monkeypatch):
    commit(toy.parent)
    monkeypatch.chdir(toy.parent)
    assert main.main(["rules", "diff", *words]) == 2
    assert words[0].partition(":")[2] in capsys.readouterr().err
    with pytest.raises(NoSuchRulesError):
        diff.versions(*words)


def test_a_broken_table_is_not_compared(folder):
    edit(folder, "visit_types", "GENERIC,false", "GENERIC,maybe")
    with pytest.raises(RuleError, match=r"visit_types.csv:2: word: wfsc"):
        diff.versions("jwst", str(folder))


LIKE = """
[second]
like = "toy@2.0"

[second.editions]
what = "Editions of its own"
policy = "list"
key = ["edition"]
answers = { released = "" }
"""


@pytest.mark.slow
def test_a_rule_set_that_is_like_another_is_compared_with_that_one_as_it_was(toy, monkeypatch):
    top = toy.parent / "rules"
    second = top / "second"
    second.mkdir(parents=True)
    toy.rename(top / "toy")
    shutil.copytree(find("rules") / "common", top / "common")
    toml = (top / "toy" / "tables.toml").rename(top / "tables.toml")
    common = (find("rules") / "tables.toml").read_text().partition("[jwst.")[0]
    toml.write_text(common + toml.read_text() + LIKE)
    (second / "editions.csv").write_text("edition,released,source,note\n1,2025-08,a page,\n")
    commit(toy.parent)
    assert diff.rule_sets(*diff.versions("HEAD", str(second))).empty
    assert check(second, since="HEAD") == []
    edit(top / "toy", "scales", "image,0.03", "image,0.05")
    git(toy.parent, "commit", "-qam", "two")
    monkeypatch.chdir(toy.parent)
    told = diff.rule_sets(*diff.versions("HEAD~1:rules/second", str(second)))
    assert set(told["table"]) == {"scales"}


def test_a_repository_may_be_one_folder_of_tables(toy, monkeypatch, capsys):
    commit(toy)
    monkeypatch.chdir(toy)
    assert main.main(["rules", "diff", "HEAD", "."]) == 0
    assert main.main(["rules", "check", ".", "--since", "HEAD"]) == 0


@pytest.mark.slow
def test_a_folder_may_have_an_at_in_its_name(folder):
    named = folder.rename(folder.parent / "a@b")
    assert main.main(["rules", "diff", "jwst", str(named)]) == 0


@pytest.mark.slow
def test_a_folder_above_one_rule_set_is_that_rule_set(rule_sets, capsys):
    mine = rule_sets.parent / "mine" / "jwst_dms"
    mine.mkdir(parents=True)
    shutil.copy(rule_sets / "jwst_dms" / "needs.csv", mine)
    assert diff.rule_sets(*diff.versions("jwst_dms", str(mine.parent))).empty


def test_work_on_tables_starts_at_the_last_commit_or_where_the_branch_began(toy):
    assert find_start(toy) == ""
    commit(toy.parent)
    assert find_start(toy) == ""
    edit(toy, "scales", "tac,0.06", "tac,0.07")
    last = find_start(toy)
    assert re.fullmatch("[0-9a-f]{12}", last)
    git(toy, "update-ref", "refs/remotes/origin/HEAD", "HEAD")
    git(toy, "commit", "-qam", "on a branch")
    assert find_start(toy) == last
    (toy.parent / "new").mkdir()
    assert find_start(toy.parent / "new") == ""


def test_released_rows_are_held_against_git_without_being_asked(toy, capsys):
    commit(toy.parent)
    edit(toy, "scales", "tac,0.06", "tac,0.07")
    code, out = run(capsys, "check", str(toy))
    assert (code, out.count("\n")) == (1, 1)
    assert "scales.csv:3: edited: group=tac: scale '0.06' is now scale '0.07'" in out


@pytest.mark.slow
def test_a_folder_that_is_new_is_compared_with_the_rules_that_ship(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q")
    (tmp_path / "README").touch()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "no rules yet")
    folder = tmp_path / "my-rules" / "jwst"
    folder.mkdir(parents=True)
    (folder / "encodings.csv").write_text("column,value,code,since,until,source,note\nfilter,F555W,52,,,us,\n")
    assert main.main(["rules", "check", "my-rules/jwst", "--since", "HEAD"]) == 0
    assert main.main(["rules", "diff", "HEAD", "my-rules/jwst"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("jwst, as my-rules/jwst is not at HEAD -> my-rules/jwst")
    assert printed[1] == "changes of rules: 1: 1 APPEND"
    assert main.main(["rules", "diff", "HEAD:my-rules/jwst", "my-rules/jwst"]) == 2


@pytest.mark.parametrize("names", [("hst_cal", "jwst"), ("jwst", "hst_cal")])
def test_rule_sets_of_two_kinds_are_compared_at_their_newest_editions(names):
    one, other = (diff.read(name, base=name) for name in names)
    assert diff.pairs(one, other) == [("1", "3") if names[1] == "jwst" else ("3", "1")]


def test_an_edition_counts_as_released_in_the_month_of_its_release(toy):
    commit(toy.parent)
    month = read_month("HEAD", toy)
    (toy / "editions.csv").write_text((toy / "editions.csv").read_text() + f"3.0,{month},a page,\n")
    edit(toy, "scales", "tac,0.06,,", "tac,0.06,,3.0")
    (toy / "scales.csv").write_text((toy / "scales.csv").read_text() + "tac,0.07,3.0,,a page,\n")
    git(toy, "commit", "-qam", "edition 3.0")
    edit(toy, "scales", "tac,0.07,", "tac,0.08,")
    assert [finding.kind for finding in check(toy, since="HEAD")] == ["edited"]


def test_a_git_command_that_fails_is_named(toy):
    commit(toy.parent)
    with pytest.raises(NoSuchRulesError, match="git rev-parse no-such-revision"):
        is_at("no-such-revision", toy)


def test_the_date_of_a_released_edition_stays(toy):
    commit(toy.parent)
    lines = (toy / "editions.csv").read_text().splitlines()
    edition, released = lines[1].split(",")[:2]
    edit(toy, "editions", f"{edition},{released}", f"{edition},1999-12")
    assert [str(finding).removeprefix(f"{toy.parent}/") for finding in check(toy, since="HEAD")] == [
        f"toy/editions.csv:2: edited: edition {edition}: released {released} is now 1999-12 (released at HEAD)"
    ]


def version_of(editions: str, *, is_one: bool = False, base: str = "jwst") -> Version:
    return Version("any", base, dict.fromkeys(editions.split()), is_one)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (version_of("1 2"), version_of("1 2"), [("1", "1"), ("2", "2")]),
        (version_of("1 2"), version_of("1 2 3"), [("1", "1"), ("2", "2"), ("2", "3")]),
        (version_of("1 3"), version_of("1 2"), [("1", "1"), ("3", "2")]),
        (version_of("9 10"), version_of("9 10"), [("9", "9"), ("10", "10")]),
        (version_of("9 10"), version_of("9"), [("9", "9"), ("10", "9")]),
        (version_of("1", is_one=True), version_of("1 2"), [("1", "2")]),
        (version_of("1 2"), version_of("1", is_one=True), [("2", "1")]),
        (version_of("1 2"), version_of("1 2", base="hst_cal"), [("2", "2")]),
        (version_of("1 2", base="hst_cal"), version_of("1 2"), [("2", "2")]),
    ],
)
def test_editions_are_compared_with_themselves_and_the_newest_with_the_newest(old, new, wanted):
    assert pairs(old, new) == wanted


@pytest.mark.parametrize(
    ("name", "beside", "message"),
    [
        ("jwst@9", "", "no edition 9 of jwst: there are 1, 2, 3"),
        ("no:such", "", "no rule set, folder with tables, edition or git revision no"),
        ("a\0b", "", "no rule set, folder with tables, edition or git revision a\0b; of a git revision of another folder than"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_in_full(name, beside, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoSuchRulesError) as raised:
        diff.read(name, beside=beside)
    assert str(raised.value).partition(" than ")[0] == message.removesuffix(" than")


@pytest.mark.parametrize(
    ("name", "beside", "label", "editions", "is_one"),
    [
        ("jwst", "", "jwst", ["1", "2", "3"], False),
        ("jwst@2", "", "jwst@2", ["2"], True),
        ("1", "jwst@2", "jwst@1", ["1"], True),
        ("1", "hst_cal", "hst_cal@1", ["1"], True),
        ("2", "no-such-set", "jwst@2", ["2"], True),
        ("2", "", "jwst@2", ["2"], True),
    ],
)
def test_a_name_is_read_beside_what_it_is_compared_with(name, beside, label, editions, is_one):
    version = diff.read(name, beside=beside)
    assert (version.label, list(version.editions), version.is_one) == (label, editions, is_one)
    assert version.base == label.partition("@")[0]


def test_a_folder_that_a_revision_does_not_have_is_named(toy, monkeypatch):
    commit(toy.parent)
    monkeypatch.chdir(toy.parent)
    with pytest.raises(NoSuchRulesError, match=r"^no folder no/such at HEAD$"), checkout("HEAD", Path("no/such")):
        pass
    with checkout("HEAD", toy) as (path, inside):
        assert inside == "toy"
        assert (path / "scales.csv").read_bytes() == (toy / "scales.csv").read_bytes()
    assert not path.exists()


def test_a_git_that_is_late_or_not_there_is_named(toy, monkeypatch):
    def late(command, **options):
        assert options["timeout"] == 60
        assert (options["stdin"], options["env"]["GIT_TERMINAL_PROMPT"]) == (subprocess.DEVNULL, "0")
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", late)
    with pytest.raises(NoSuchRulesError, match=r"^git rev-parse HEAD\^\{commit\}: no answer in 60 seconds$"):
        is_at("HEAD", toy)
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoSuchRulesError, match=r"^git is not installed: name rule sets, folders or editions$"):
        is_at("HEAD", toy)


def test_a_folder_is_at_a_revision_that_has_files_of_it(toy):
    commit(toy.parent)
    (toy.parent / "new").mkdir()
    assert (is_at("HEAD", toy), is_at("HEAD", toy.parent / "new")) == (True, False)
    assert re.fullmatch(r"\d{4}-\d{2}", read_month("HEAD", toy))
