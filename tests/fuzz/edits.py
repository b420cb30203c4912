"""Edit rule tables at random, and hold check, diff, stamps and ``diff --on`` against an oracle of their own.

    python -m tests.fuzz.edits [EDITS] [SEED]

Each edit changes one thing of one CSV table, or of tables.toml, in a copy of the rules. It is refused by check, or else
the plain reader of ``tests.fuzz.naive`` says which cases changed, and a run of both versions on the samples says what
changed there. *By the run only* is what check passes, and a run refuses by name. A miss is a change that nothing says, a false alarm is what diff or the stamp says without a change, and
a traceback is an error that names no line. The exit code is 1 if there is any. The same seed makes the same edits.
"""

import csv
import io
import re
import shutil
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from scrub import samples
from scrub.contracts.parse import ContractError
from scrub.files.shipped import find
from scrub.files.table_files import SourceError, untracked
from scrub.on_data.impact import compare_runs
from scrub.on_data.registry import find_pipeline
from scrub.pipeline.reasons import Run
from scrub.samples import hst
from scrub.tables import diff, read
from scrub.tables.findings import RuleError
from scrub.tables.lint.check import check
from scrub.tables.locate import NoSuchRulesError
from scrub.tables.rules import Rules
from tests.fuzz import naive

INPUTS = {"jwst": samples.TABLE, "jwst_dms": samples.TABLE, "hst_cal": hst.CALIBRATION, "hst_svm": hst.MOSAICS}
SETS = ("jwst", "jwst", "jwst_dms", "hst_cal", "hst_svm")  # as often as they are drawn
TOML = "tables.toml"
THINGS = ("exposures", "products", "cells", "rejects")


class End(NamedTuple):
    """How an edit ended: the kind of its table, what was done, and marks of what was seen; then counts of ``--on``."""

    kind: str
    done: str
    marks: tuple[str, ...]
    counts: tuple[tuple[str, int, int, int], ...] = ()  # thing, in truth, as diff has it, both
    failure: str = ""


# ---- edits


def edit_rows(chance: Random, path: Path, declared: dict[str, Any]) -> tuple[str, str]:
    """Return the text of a CSV table with one edit, and what was done."""
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    at = chance.randrange(len(rows))
    own = [*declared.get("answers", ()), *declared.get("conditions", ()), *declared.get("key", ())]
    own += ["pattern"] * ("pattern" in header)
    column = chance.choice(own)
    place = header.index(column)
    words = sorted({row[place] for row in rows} - {rows[at][place]})
    way = chance.choice(
        ["word", "word", "word", "word", "several", "delete", "repeat", "swap", "date", "blank", "odd", "note"]
    )
    row = rows[at]
    if way == "word":
        row[place] = chance.choice(words) if words else f"{row[place]}7"
    elif way == "several":
        parts = row[place].removeprefix("!").split("|")
        more = [*parts, chance.choice(words)] if words else parts
        row[place] = chance.choice(["!", ""]) + "|".join(chance.sample(more, len(more)))
    elif way == "delete":
        del rows[at]
    elif way == "repeat":
        again = list(row)
        again[place] = chance.choice(words) if words else f"{row[place]}7"
        rows.insert(chance.randrange(len(rows) + 1), again)
    elif way == "swap":
        other = chance.randrange(len(rows))
        rows[at], rows[other] = rows[other], rows[at]
    elif way == "date" and "since" in header:
        row[header.index(chance.choice(["since", "until"]))] = chance.choice(["1", "2", "3", "3.0", "3.1", "9", ""])
    elif way == "odd":
        row[place] = chance.choice(
            ["ODD", "*", "!", "|", "a|", "(", "-1", "1e9", "é", row[place].lower(), f" {row[place]}"]
        )
    elif way == "note":
        row[header.index("note")] = "another note"
    else:
        row[place] = ""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue(), f"{path.name}:{at + 2} {column}: {way}"


def edit_toml(chance: Random, text: str, section: str) -> tuple[str, str]:
    """Return the text of tables.toml with one edit in a section of a rule set, and what was done."""
    lines = text.split("\n")
    inside, numbers = False, []
    for number, line in enumerate(lines):
        inside = line.startswith(f"[{section}.") if line.startswith("[") else inside
        if inside and line and not line.startswith(("#", "what", "source")):
            numbers.append(number)
    at = chance.choice(numbers)
    line, quoted = lines[at], re.findall(r'"[^"]*"', lines[at])
    names = sorted(set(re.findall(r'"([^"]*)"', text)))
    ways = ["delete", "again", "letter"] + ["word", "word", "word", "drop"] * bool(quoted)
    ways += ["flip", "flip"] * bool(re.search(r"\b(true|false)\b|= [0-9]", line))
    way = chance.choice(ways)
    if way == "delete":
        del lines[at]
    elif way == "again":
        lines.insert(chance.choice(numbers), line)
    elif way == "letter":
        place = chance.randrange(len(line))
        lines[at] = line[:place] + chance.choice('x"[]{}=,?+ ') + line[place + 1 :]
    elif way == "flip":
        flipped = {"true": "false", "false": "true"}
        lines[at] = re.sub(r"\b(true|false)\b|(?<== )[0-9]+", lambda m: flipped.get(m[0], str(len(m[0]) + 3)), line)
    else:
        word = chance.choice(quoted)
        new = f'"{chance.choice(names)}"' if way == "word" else '""'
        lines[at] = line.replace(word, new, 1)
    return "\n".join(lines), f"{TOML}:{at + 1} {line[:50]}: {way}"


# ---- what runs say, in the plainest way


@cache
def run_of(name: str, edition: str) -> tuple[Rules, Run]:
    """Return the shipped rules at an edition, and their run on the samples."""
    rules = read(name, edition=edition)
    return rules, trace(name, rules)


def trace(name: str, rules: Rules) -> Run:
    return find_pipeline(name).trace(rules, INPUTS[name], track=untracked)


def same(one: Any, other: Any) -> bool:
    return bool((pd.isna(one) and pd.isna(other)) or one == other)


def changed_things(old: Run, new: Run) -> dict[str, set[Any]]:
    """Return which exposures, products, cells and rejects differ between two runs."""
    places: list[dict[str, Any]] = []
    sets: list[dict[str, set[str]]] = []
    for run in (old, new):
        rows = run.members.reindex(columns=["exposure", "product_id", "group", "role"]).to_dict("records")
        kept = [row for row in rows if not pd.isna(row["product_id"])]
        places.append({row["exposure"]: (str(row["group"]), str(row["role"])) for row in kept})
        sets.append({})
        for row in kept:
            sets[-1].setdefault(row["product_id"], set()).add(row["exposure"])
    exposures = {name for name in {*places[0], *places[1]} if places[0].get(name) != places[1].get(name)}
    products = {name for name, own in sets[1].items() if sets[0].get(name) != own}
    products |= {name for name, own in sets[0].items() if not own & {*places[1]}}
    pairs = {(p, q) for p, own in sets[0].items() for q, others in sets[1].items() if own == others}
    drop = ["product_id", "product", "group"]
    if not len(old.members) and not len(new.members):
        pairs, drop = {(name, name) for name in {*old.features.index, *new.features.index}}, []
    cells: set[Any] = set()
    for before, after in ((old.features, new.features), (old.raw.drop(columns=drop), new.raw.drop(columns=drop))):
        for p, q in pairs:
            if (p in before.index) != (q in after.index):
                cells |= {(q, "")} if before is old.features else set()
            elif p in before.index:
                a, b = before.loc[p].to_dict(), after.loc[q].to_dict()
                cells |= {(q, c) for c in {*a, *b} if not same(a.get(c), b.get(c))}
    told = [
        Counter(map(tuple, run.rejected[["what", "stage", "column", "reason"]].astype("str").to_numpy()))
        for run in (old, new)
    ]
    rejects = {one[:3] for one in {*told[0], *told[1]} if told[0][one] != told[1][one]}
    return dict(zip(THINGS, (exposures, products, cells, rejects), strict=True))


def listed_things(old: Run, new: Run) -> dict[str, set[Any]]:
    """Return the same, as ``rules diff --on`` has it."""
    rows = compare_runs(old, new).changes.to_dict("records")
    return {
        "exposures": {row["name"] for row in rows if row["of"] in ("exposure", "member")},
        "products": {row["name"] for row in rows if row["of"] == "product"},
        "cells": {(row["name"], row["column"]) for row in rows if row["of"] in ("feature", "raw column", "features")},
        "rejects": {row["name"] for row in rows if row["of"] == "reject"},
    }


# ---- one edit


def judge(name: str, top: Path, table: str, chance: Random) -> Iterator[tuple[str, Any]]:
    """Yield marks of how the edited rules end: refused, told, stamp, silent; and what is wrong."""
    try:
        findings = [finding for finding in check(top / name) if not finding.is_note]
        if findings:
            yield "refused", str(findings[0])
            return
    except RuleError as error:
        yield "refused", str(error)
        return
    editions = [row["edition"] for row in naive.read_csv(find("rules") / name / "editions.csv")]
    edition = chance.choice([editions[-1], *editions])
    old, before = run_of(name, edition)
    try:
        new = read(top / name, edition=edition)
        changes, after = diff.compare(old, new), trace(name, new)
    except NoSuchRulesError as error:
        yield "refused", str(error)
        return
    except (RuleError, ContractError, SourceError) as error:
        yield "late", str(error)
        return
    own = [change for change in changes if change.table == table]
    cases = []
    if table != TOML:
        sides = naive.Set(find("rules"), name), naive.Set(top, name)
        cases = naive.differences(*sides, table, edition, chance)
        yield from _judge_cases(sides, table, edition, cases, own)
    truth, listed = changed_things(before, after), listed_things(before, after)
    rejects = {one[0] for one in truth["rejects"]}
    yield (
        "on",
        tuple(
            (thing, len(real), len(listed[thing]), len(real & listed[thing]))
            for thing, real in {**truth, "rejects": rejects}.items()
        ),
    )
    stamped = old.fingerprint != new.fingerprint
    yield from [("told", "")] * bool(changes) + [("stamp", "")] * stamped
    if any(truth.values()):
        yield "answers", ""
    if (any(truth.values()) or (cases and table != "editions")) and not stamped:
        yield "miss", f"the stamp is the same, and answers are others: {cases[:1]} {[k for k, v in truth.items() if v]}"
    if any(truth.values()) and not changes and not stamped:
        yield "miss", "answers are others, and neither diff nor the stamp says it"
    ordered = table != TOML and sides[1].declared[table]["policy"] == "first"  # stamps hold the order of patterns
    if table != TOML and not cases and (own or (stamped and not ordered)):
        yield "alarm", f"no case is another, and {'the stamp is' if stamped else f'diff has {own[0]}'}"


def _judge_cases(
    sides: tuple[naive.Set, naive.Set], table: str, edition: str, cases: Sequence[dict[str, str]], own: Sequence[Any]
) -> Iterator[tuple[str, str]]:
    """Yield cases that diff does not have, and cases of diff that are no others."""
    declared = sides[1].declared[table]
    if declared["policy"] == "unique":
        for case in cases:
            if not any(naive.covers(change.case, case) in (True, None) for change in own):
                yield "miss", f"diff lacks {case}"
                break
        lists = {c: sides[1].words(listed, edition) for c, listed in declared["conditions"].items()}
        rows, answers = [side.rows(table, edition) for side in sides], list(declared["answers"])
        for change in own:
            for case in naive.first_cases(change.case, lists):
                if naive.decide(rows[0], case, answers) == naive.decide(rows[1], case, answers):
                    yield "alarm", f"diff has {change}, and {case} is as it was"
                    break
    else:
        keys = {", ".join(f"{k}={v}" for k, v in case.items() if k != naive.WORD) for case in cases}
        listed = {change.case.partition(", the word ")[0] for change in own}
        yield from (("miss", f"diff lacks {key}") for key in sorted(keys - listed))
        yield from (("alarm", f"diff has {key}, which is as it was") for key in sorted(listed - keys))


def attack(number: int, *, seed: int) -> End:
    """Return how one edit ended."""
    chance = Random(f"{seed} {number}")
    name = chance.choice(SETS)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        top = Path(shutil.copytree(find("rules"), Path(folder) / "rules"))
        declared = naive.Set(top, name).declared
        if chance.random() < 0.25:
            table, kind, path = TOML, TOML, top / TOML
            text, done = edit_toml(chance, path.read_text(encoding="utf-8"), name)
        else:
            path = chance.choice(sorted((top / name).glob("*.csv")))
            table, kind = path.stem, declared[path.stem]["policy"]
            text, done = edit_rows(chance, path, declared[table])
        path.write_text(text, encoding="utf-8", newline="")
        return _end(kind, f"{name}/{done}", partial(judge, name, top, table, chance), f"seed {seed}, number {number}")


def _end(kind: str, done: str, judged: Callable[[], Iterator[tuple[str, Any]]], where: str) -> End:
    marks: dict[str, Any] = {}
    try:
        for mark, detail in judged():
            marks.setdefault(mark, detail)
    except Exception:
        marks["traceback"] = traceback.format_exc(limit=-3)
    counts = marks.pop("on", ())
    bad = [f"{mark}: {marks[mark]}" for mark in ("traceback", "miss", "alarm") if mark in marks]
    bad += [f"diff --on: {count}" for count in counts if len(set(count[1:])) > 1]
    bad += [f"by the run only: {marks[mark]}" for mark in ("late",) if mark in marks]
    failure = f"{where}: {done}: {'; '.join(bad)}" if bad else ""
    return End(kind, done, tuple(marks), counts, failure)


def show(ends: Sequence[End]) -> None:
    """Print a table by kind of table, then precision and recall of ``diff --on``."""
    columns = {"refused": "refused", "late": "by the run only", "told": "told by diff", "stamp": "stamp changed", "answers": "answers changed",
               "traceback": "tracebacks", "miss": "misses", "alarm": "false alarms"}  # fmt: skip
    print(f"{'table':12} {'edits':>6}" + "".join(f"{title:>16}" for title in columns.values()))
    for kind in [*sorted({end.kind for end in ends}), "all"]:
        own = [end for end in ends if kind in (end.kind, "all")]
        counted = Counter(mark for end in own for mark in end.marks)
        print(f"{kind:12} {len(own):6}" + "".join(f"{counted[mark]:16}" for mark in columns))
    for thing in THINGS:
        real, listed, both = (sum(c[at] for e in ends for c in e.counts if c[0] == thing) for at in (1, 2, 3))
        recall, precision = (f"{both / of:.4f}" if of else "-" for of in (real, listed))
        print(f"diff --on, {thing:10} changed {real:6}  listed {listed:6}  recall {recall}  precision {precision}")


def main(edits: int = 1000, seed: int = 0) -> int:
    with ProcessPoolExecutor() as pool:
        ends = []
        for end in pool.map(partial(attack, seed=seed), range(edits), chunksize=5):
            ends.append(end)
            if end.failure:
                print(end.failure, file=sys.stderr, flush=True)
    show(ends)
    return 1 if any(end.failure and "late" not in end.marks for end in ends) else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
