"""Random edits of single cells: each that matters is reported by check or diff, none is missed."""

import csv
import io
import random
import shutil
import tempfile
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from scrub import diff, tables
from scrub.files.shipped import find
from scrub.tables import locate, rule_files
from scrub.tables.findings import RuleError
from scrub.tables.lint.check import check
from tests.rulesets import first, fits

EDITS = 200
FREE = ("source", "note", "released")


def meaning(folder: Path, known: dict) -> dict:
    """What a rule set says, told in the plainest way: the answers of every case and key, at each edition.

    A case with no answer, or two, has all of them: so a gap and an overlap are other meanings, too. What a table
    was found to say once is ``known``.
    """
    found = {
        sheet.name: sheet for sheet in rule_files.load(locate.locate(folder)) if sheet.name not in ("words", "editions")
    }
    told = {}
    for edition in tables.editions(rule_files.load(locate.locate(folder))):
        now = {name: sheet.rows[in_force(sheet.rows, edition)] for name, sheet in found.items()}
        lists = now["lists"].groupby("list")["word"].agg(tuple).to_dict()
        for name, rows in now.items():
            declared = found[name].declared
            asked = tuple(lists.get(listed) for listed in declared.get("conditions", {}).values())
            key = (name, asked, *map(tuple, rows.drop(columns=list(FREE), errors="ignore").to_numpy().tolist()))
            if key not in known:
                known[key] = TELL[declared["policy"]](rows, declared, lists)
            told[edition, name] = known[key]
    return told


def in_force(rows: pd.DataFrame, edition: str) -> list[bool]:
    now = rule_files.version(edition)
    return [
        (not since or rule_files.version(since) <= now) and (not until or now < rule_files.version(until))
        for since, until in zip(rows["since"], rows["until"], strict=True)
    ]


def of_cases(rows: pd.DataFrame, declared: dict, lists: dict) -> dict:
    asked, answers = list(declared["conditions"]), list(declared.get("answers", {}))
    known = {c: lists.get(declared["conditions"][c], ()) for c in asked}
    told: dict = {}
    for row in rows.to_dict("records"):
        words = [[w for w in known[c] if fits(row[c], w)] for c in asked]
        named = {c: row[c].removeprefix("!").split("|") for c in asked if row[c] != "*"}
        off = [(c, w) for c, ws in named.items() for w in ws if w not in known[c]]
        for case in product(*words):
            told.setdefault(case, []).append(tuple(row[c] for c in answers))
        if off:
            told[tuple(map(str, off))] = "off its list"
    return told


def of_keys(rows: pd.DataFrame, declared: dict, lists: dict) -> dict:
    told: dict = {}
    for row in rows.to_dict("records"):
        key = tuple(row[c] for c in declared["key"])
        told.setdefault(key, []).append(tuple(row[c] for c in declared.get("answers", {})))
    return told


def of_words(rows: pd.DataFrame, declared: dict, lists: dict) -> dict:
    patterns = sorted(set(rows["pattern"]))
    words = [p.replace("*", fill) for p in patterns for fill in ("", "Z", "ZQ")] + [
        w for ws in lists.values() for w in ws
    ]
    (answer,) = declared["answers"]
    told = {}
    for key, group in rows.groupby(declared["key"]):
        listed, said = group["pattern"].tolist(), group[answer].tolist()
        for word in {*words, "Z"}:
            place = first(listed, word)
            told[key, word] = "nothing" if place < 0 else word if said[place] == "*" else said[place]
    return told


TELL = {"unique": of_cases, "list": of_keys, "first": of_words}


def edited(random_: random.Random, folder: Path) -> str:
    """Edit one cell of one table of a folder; return what was done."""
    file = random_.choice(sorted(folder.glob("*.csv")))
    rows = list(csv.reader(io.StringIO(file.read_text())))
    line, column = random_.randrange(1, len(rows)), random_.choice([c for c in rows[0] if c not in FREE])
    place = rows[0].index(column)
    was = rows[line][place]
    others = sorted({row[place] for row in rows[1:]} | {was + "X", was[:-1], "", "*", "2", was.lower()} - {was})
    now = random_.choice([word for word in others if word != was])
    rows[line][place] = now
    with file.open("w", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return f"{file.name}:{line + 1}: {column}: {was!r} -> {now!r}"


def reported(name: str, folder: Path) -> bool:
    if check(folder):
        return True
    try:
        return not diff.rule_sets(*diff.versions(name, str(folder))).empty
    except RuleError:
        return True


@pytest.mark.parametrize("name", locate.sets())
def test_no_edit_that_changes_an_answer_opens_a_gap_or_breaks_a_list_is_missed(name):
    random_, missed, mattered = random.Random(7), [], 0  # noqa: S311
    share = EDITS // len(locate.sets()) + 1
    with tempfile.TemporaryDirectory() as temporary:
        shipped = Path(temporary) / "shipped" / name
        shutil.copytree(find("rules") / name, shipped)
        known: dict = {}
        before = meaning(shipped, known)
        for _ in range(share):
            own = Path(temporary) / "own" / name
            shutil.copytree(shipped, own, dirs_exist_ok=True)
            done = edited(random_, own)
            try:
                same = meaning(own, known) == before
            except ValueError:
                same = False  # an edition that is no number
            if not same:
                mattered += 1
                if not reported(name, own):
                    missed.append(done)
    assert missed == []
    assert mattered > share // 2
