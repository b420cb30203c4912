"""Check is complete and exact: it finds something if and only if a case has not exactly one answer."""

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given

from scrub import tables
from scrub.cli import main
from scrub.tables import locate
from scrub.tables.lint.check import check
from tests.profiles import times
from tests.rulesets import EDITIONS, answers, rows, sound, write


@pytest.mark.slow
@times(2)
@given(rows | sound())
@example([("*", "*", "p", ("", "2"))])  # complete in one edition only
@example([("*", "*", "p", ("", "")), ("!x|y", "1", "p", ("3", ""))])  # overlaps in one edition only, and agrees
def test_check_finds_nothing_if_and_only_if_every_case_has_one_answer_in_every_edition(table):
    with tempfile.TemporaryDirectory() as folder:
        findings = check(write(Path(folder), table))
    counts = {edition: [len(said) for said in answers(table, edition).values()] for edition in EDITIONS}
    assert (not findings) == all(n == 1 for count in counts.values() for n in count)
    kinds = {finding.kind for finding in findings}
    assert ("gap" in kinds) == any(0 in count for count in counts.values())
    assert bool(kinds & {"duplicate", "conflict"}) == any(n > 1 for count in counts.values() for n in count)
    assert kinds <= {"gap", "duplicate", "conflict"}


@pytest.mark.slow
@given(sound())
def test_each_edition_of_a_sound_table_answers_as_its_rows_say(table):
    with tempfile.TemporaryDirectory() as folder:
        own = write(Path(folder), table)
        for edition in EDITIONS:
            facts = pd.DataFrame(list(answers(table, edition)), columns=["a", "b"])
            told = tables.read(own, edition=edition)["t"].answer(facts)["group"]
            assert [[word] for word in told] == list(answers(table, edition).values())


@pytest.mark.parametrize("name", locate.sets())
def test_the_shipped_rules_have_no_finding(name):
    assert [str(finding) for finding in check(name)] == []


def test_a_finding_of_some_editions_says_of_which(tmp_path):
    table = [("*", "*", "p", ("", "3")), ("x", "*", "p", ("3", ""))]
    (finding,) = check(write(tmp_path, table))
    assert finding.case == "no row for a=y, b=0 (4 such cases) (edition 3)"
    assert finding.rule.endswith("own/t.csv:1")


@pytest.mark.slow
def test_a_folder_of_several_rule_sets_is_checked_whole(rule_sets, capsys):
    assert main.main(["rules", "check", str(rule_sets)]) == 0
    path = rule_sets / "hst_svm" / "encodings.csv"
    path.write_text(path.read_text().replace("hrc,0", "hrc,1"))
    assert main.main(["rules", "check", str(rule_sets)]) == 1
    assert capsys.readouterr().out.startswith(
        f"{path}:3: many-to-one: det ir has the code 1, and hrc (encodings.csv:2) has the same"
    )


@pytest.mark.slow
def test_a_damaged_overlay_is_told_by_its_own_file(tmp_path, capsys):
    (tmp_path / "jwst").mkdir()
    path = tmp_path / "jwst" / "encodings.csv"
    path.write_bytes(b"column,value,code,since,until,source,note\r\nfilter,F555W,52,,,a page,\r\n")
    assert main.main(["rules", "check", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{path}:1: damage: lines end with CRLF, not with LF\n"
    assert main.main(["rules", "fmt", str(tmp_path)]) == 0
    assert main.main(["rules", "check", str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (Path.mkdir, "Is a directory"),
        (lambda path: path.symlink_to("nowhere"), "No such file or directory"),
    ],
    ids=["folder", "link"],
)
def test_a_table_that_cannot_be_opened_is_told(make, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    overlay = Path("jwst")
    overlay.mkdir()
    make(overlay / "groups.csv")
    assert [str(f) for f in check(overlay.absolute())] == [f"jwst/groups.csv:1: file: cannot be read: {why}"]
