"""Broken tables and what is found: one folder a kind of finding, each with its tables over those of ``toy``."""

import shutil
from pathlib import Path

import pytest

from scrub.tables.findings import KINDS
from scrub.tables.lint.check import check
from tests.data import FINDINGS
from tests.rulesets import git

FOLDER = FINDINGS
PAIRS = sorted(path.name for path in FOLDER.iterdir() if path.name not in ("toy", "never-fired"))


def lay_out(where: Path, pair: str | None) -> Path:
    """The toy rule set in a folder of its own, with the broken tables of a pair in place of its own."""
    folder = where / "toy"
    shutil.copytree(FOLDER / "toy", folder, dirs_exist_ok=True)
    for file in (FOLDER / pair).iterdir() if pair else ():
        if file.name != "expected.txt":
            shutil.copy(file, folder)
    return folder


def found(where: Path, pair: str | None, **options) -> list[str]:
    return [str(finding) for finding in check(lay_out(where, pair), **options)]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_sound_rule_set_has_no_finding(tmp_path):
    assert found(tmp_path, None) == []


@pytest.mark.parametrize("pair", PAIRS)
def test_a_broken_table_is_found(pair, tmp_path):
    options = {}
    if pair == "edited":
        lay_out(tmp_path, None)
        git(tmp_path, "init", "-q")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", "released")
        options = {"since": "HEAD"}
    assert found(tmp_path, pair, **options) == (FOLDER / pair / "expected.txt").read_text().splitlines()


def test_every_kind_of_finding_has_its_pair():
    told = {line.split(": ")[1] for file in FOLDER.glob("*/expected.txt") for line in file.read_text().splitlines()}
    assert told | {"uncoded"} == set(KINDS)  # tests/on_data/test_uncoded.py has that one
