"""Random edits of single cells: each that matters is reported by check or diff and fails a test, none is missed.

A few edits of each rule set run always, many of a small one; ``pytest -m nightly`` makes 204 of those that ship.
"""

import csv
import io
import os
import random
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from scrub import diff, tables
from scrub.files.shipped import find
from scrub.tables import locate, rule_files
from scrub.tables.declare import Declaration
from scrub.tables.findings import RuleError
from scrub.tables.in_force import version
from scrub.tables.lint.check import check
from tests.data import FINDINGS
from tests.goldens import release
from tests.rulesets import first, fits

FREE = ("source", "note", "released")
TOY = FINDINGS / "toy"
Lists = dict[str, tuple[str, ...]]


def meaning(folder: Path, known: dict) -> dict:
    """Return what a rule set says, in the plainest way: the answers of every case and key, at each edition.

    A case with no answer, or two, has all of them: so a gap and an overlap are other meanings, too. What a table
    says of the same rows is worked out once, and is ``known``.
    """
    sheets = rule_files.load(locate.locate(folder))
    answers = {}
    for edition in tables.editions(sheets):
        now = {s.name: s.rows[in_force(s.rows, edition)] for s in sheets if s.name not in ("words", "editions")}
        lists = now["lists"].groupby("list")["word"].agg(tuple).to_dict()
        for sheet in sheets:
            if sheet.name in now:
                rows, table = now[sheet.name], sheet.declaration
                listed = tuple(lists.get(name) for name in table.conditions.values())
                cells = rows.drop(columns=list(FREE), errors="ignore").to_numpy().tolist()
                key = (sheet.name, listed, *map(tuple, cells))
                if key not in known:
                    known[key] = MEANING[table.policy](rows, table, lists)
                answers[edition, sheet.name] = known[key]
    return answers


def in_force(rows: pd.DataFrame, edition: str) -> list[bool]:
    now = version(edition)
    return [
        (not since or version(since) <= now) and (not until or now < version(until))
        for since, until in zip(rows["since"], rows["until"], strict=True)
    ]


def of_cases(rows: pd.DataFrame, table: Declaration, lists: Lists) -> dict:
    known = {column: lists.get(name, ()) for column, name in table.conditions.items()}
    answers: dict = {}
    for row in rows.to_dict("records"):
        said = tuple(row[column] for column in table.answers)
        if table.else_row and all(row[column] == "else" for column in known):
            answers.setdefault("else", []).append(said)
            continue
        for case in product(*([w for w in words if fits(row[column], w)] for column, words in known.items())):
            answers.setdefault(case, []).append(said)
        words = [(c, w) for c in known if row[c] != "*" for w in row[c].removeprefix("!").split("|")]
        if off := [(column, word) for column, word in words if word not in known[column]]:
            answers[tuple(map(str, off))] = "off its list"
    return answers


def of_keys(rows: pd.DataFrame, table: Declaration, lists: Lists) -> dict:
    answers: dict = {}
    for row in rows.to_dict("records"):
        key = tuple(row[column] for column in table.key)
        answers.setdefault(key, []).append(tuple(row[column] for column in table.answers))
    return answers


def of_words(rows: pd.DataFrame, table: Declaration, lists: Lists) -> dict:
    patterns = sorted(set(rows["pattern"]))
    words = [pattern.replace("*", fill) for pattern in patterns for fill in ("", "Z", "ZQ")]
    words += [word for listed in lists.values() for word in listed]
    (answer,) = table.answers
    answers = {}
    for key, group in rows.groupby(list(table.key)):
        listed, folded = group["pattern"].tolist(), group[answer].tolist()
        for word in {*words, "Z"}:
            row = first(listed, word)
            answers[key, word] = "nothing" if row < 0 else word if folded[row] == "*" else folded[row]
    return answers


MEANING: dict[str, Callable[..., dict]] = {"unique": of_cases, "list": of_keys, "first": of_words}


def edit_cell(random_: random.Random, folder: Path) -> str:
    """Edit one cell of one table of a folder; return what was done."""
    file = random_.choice(sorted(folder.glob("*.csv")))
    rows = list(csv.reader(io.StringIO(file.read_text())))
    line, column = random_.randrange(1, len(rows)), random_.choice([c for c in rows[0] if c not in FREE])
    at = rows[0].index(column)
    was = rows[line][at]
    others = sorted({row[at] for row in rows[1:]} | {was + "X", was[:-1], "", "*", "2", was.lower()} - {was})
    rows[line][at] = random_.choice([word for word in others if word != was])
    with file.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return f"{file.name}:{line + 1}: {column}: {was!r} -> {rows[line][at]!r}"


def is_reported(shipped: Path, own: Path) -> bool:
    if check(own):
        return True
    try:
        return not diff.rule_sets(*diff.versions(str(shipped), str(own))).empty
    except RuleError:
        return True


def fails_a_test(name: str, own: Path) -> bool:
    """Return whether the test of ``tests/tables/test_released.py`` would fail, were this the rule set that ships."""
    pinned = pd.read_csv(release.RELEASED, dtype="str")
    pinned = pinned[pinned["rules"] == name]
    try:
        return any(
            tables.read(own, edition=edition, base=name).hashes != dict(zip(part["table"], part["sha256"], strict=True))
            for edition, part in pinned.groupby("edition")
        )
    except (RuleError, tables.NoSuchRulesError):
        return True


def edits_that_matter(source: Path, where: Path, count: int, seed: int) -> Iterator[tuple[str, Path, Path]]:
    """Yield edits that change what a rule set says, with the folder before and the one after."""
    random_, known = random.Random(seed), {}
    shipped = Path(shutil.copytree(source, where / "shipped" / source.name))
    before = meaning(shipped, known)
    for _ in range(count):
        own = Path(shutil.copytree(shipped, where / "own" / source.name, dirs_exist_ok=True))
        done = edit_cell(random_, own)
        try:
            same = meaning(own, known) == before
        except ValueError:
            same = False  # an edition that is no number
        if not same:
            yield done, shipped, own


def assert_none_is_missed(source: Path, where: Path, count: int, seed: int) -> None:
    matter = [(done, is_reported(shipped, own)) for done, shipped, own in edits_that_matter(source, where, count, seed)]
    assert [done for done, reported in matter if not reported] == [], f"seed {seed}"
    assert len(matter) > count // 2


@pytest.mark.slow
def test_no_edit_of_a_small_rule_set_is_missed(tmp_path):
    assert_none_is_missed(TOY, tmp_path, count=30, seed=7)


def assert_each_fails_a_test(source: Path, where: Path, count: int, seed: int) -> None:
    assert not fails_a_test(source.name, Path(shutil.copytree(source, where / "same" / source.name)))
    edits = edits_that_matter(source, where, count, seed)
    assert [done for done, _, own in edits if not fails_a_test(source.name, own)] == [], f"seed {seed}"


@pytest.mark.slow
@pytest.mark.parametrize("name", locate.sets())
def test_no_edit_is_missed(name, tmp_path):
    assert_none_is_missed(find("rules") / name, tmp_path, count=3, seed=7)


@pytest.mark.slow
@pytest.mark.parametrize("name", locate.sets())
def test_each_edit_fails_a_test(name, tmp_path):
    assert_each_fails_a_test(find("rules") / name, tmp_path, count=2, seed=8)


@pytest.mark.nightly
@pytest.mark.parametrize("name", locate.sets())
def test_each_of_many_edits_fails_a_test(name, tmp_path):
    assert_each_fails_a_test(find("rules") / name, tmp_path, count=51, seed=int(os.environ.get("SKYSCRUB_SEED", "8")))


@pytest.mark.nightly
@pytest.mark.parametrize("name", locate.sets())
def test_no_edit_that_changes_an_answer_opens_a_gap_or_breaks_a_list_is_missed(name, tmp_path):
    """Set SKYSCRUB_SEED for other edits than last time: the message of a failure has the seed."""
    assert_none_is_missed(find("rules") / name, tmp_path, count=51, seed=int(os.environ.get("SKYSCRUB_SEED", "7")))
