"""What rule tables say, read in the plainest way: row by row, case by case, by nothing of the engine.

An oracle for edits. A table is a list of dictionaries. ``differences`` compares two versions of one, and says for which
cases, keys or words they answer otherwise.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Any

from tests.rulesets import fits

Row = dict[str, str]
COMMON = ("since", "until", "source", "note")
MOST = 2_000  # cases of one decision table that are all looked at
WORD = "the word"  # that a pattern table folds, in a case of it
DRAWN = 400  # cases that are drawn where there are more, and beside each row that was edited


def read_csv(path: Path) -> list[Row]:
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def number(edition: str) -> tuple[int, ...]:
    return tuple(int(part) for part in edition.split("."))


def in_force(rows: Sequence[Row], edition: str) -> list[Row]:
    now = number(edition)
    return [
        row
        for row in rows
        if (not row.get("since") or number(row["since"]) <= now)
        and (not row.get("until") or now < number(row["until"]))
    ]


class Set:
    """A rule set of a folder of rule sets, with what ``tables.toml`` says of it."""

    def __init__(self, top: Path, name: str) -> None:
        declared = tomllib.loads((top / "tables.toml").read_text(encoding="utf-8"))
        like, _, edition = declared[name].get("like", "").partition("@")
        self.top, self.name, self.like, self.edition = top, name, like, edition
        self.declared: dict[str, Any] = {**declared.get(like, {}), **declared[name], **declared["common"]}
        for table, own in declared[name].items():
            if isinstance(own, dict):
                self.declared[table] = {**declared.get(like, {}).get(table, {}), **own}

    def rows(self, table: str, edition: str) -> list[Row]:
        """Return the rows of a table at an edition, with those of the set that this one is like."""
        own = read_csv(self.top / self.name / f"{table}.csv")
        if not self.like or (own and not self.declared[table].get("extends")):
            return in_force(own, edition)
        names = self.declared[table].get("key") or list(self.declared[table].get("conditions", ()))
        known = {tuple(row[name] for name in names) for row in own}
        theirs = in_force(read_csv(self.top / self.like / f"{table}.csv"), self.edition)
        return [row for row in theirs if tuple(row[name] for name in names) not in known] + in_force(own, edition)

    def words(self, listed: str, edition: str) -> list[str]:
        """Return the words of a closed list: of the table of lists, or a column of another table."""
        if "." in listed:
            table, _, column = listed.partition(".")
            return list(dict.fromkeys(row[column] for row in self.rows(table, edition)))
        return [row["word"] for row in self.rows("lists", edition) if row["list"] == listed]


def decide(rows: Sequence[Row], case: Mapping[str, str], answers: Sequence[str]) -> tuple[str, ...] | None:
    """Return what the rows answer for a case: the row that fits, or the else row; nothing if there is none."""
    for row in rows:
        if all(row[name] != "else" and fits(row[name], word) for name, word in case.items()):
            return tuple(row[name] for name in answers)
    rest = (tuple(row[n] for n in answers) for row in rows if all(row[name] == "else" for name in case))
    return next(rest, None)


def fold(rows: Sequence[Row], word: str, answer: str) -> str | None:
    """Return the answer of the first pattern that fits a word."""
    row = next((row for row in rows if _fits_pattern(row["pattern"], word)), None)
    return None if row is None else word if row[answer] == "*" else row[answer]


def _fits_pattern(pattern: str, word: str) -> bool:
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(_fits_pattern(pattern[1:], word[at:]) for at in range(len(word) + 1))
    return word[:1] == pattern[0] and _fits_pattern(pattern[1:], word[1:])


def differences(old: Set, new: Set, table: str, edition: str, chance: Random) -> list[dict[str, str]]:
    """Return cases that a table answers otherwise: conditions and words; keys; or a key and a word that is folded."""
    declared, sides = new.declared[table], [own.rows(table, edition) for own in (old, new)]
    answers = list(declared.get("answers", ()))
    if declared["policy"] == "unique":
        cases = list(_draw_cases(old, new, table, edition, sides, chance))
        return [case for case in cases if decide(sides[0], case, answers) != decide(sides[1], case, answers)]
    if declared["policy"] == "first":
        (key,) = declared["key"]
        return [
            {key: name, WORD: word}
            for name in dict.fromkeys(row[key] for side in sides for row in side)
            for word in _draw_words([row["pattern"] for side in sides for row in side if row[key] == name])
            if len({fold([row for row in side if row[key] == name], word, answers[0]) for side in sides}) > 1
        ]
    read = [{tuple(row[k] for k in declared["key"]): [row[a] for a in answers] for row in side} for side in sides]
    keys = [key for key in dict.fromkeys([*read[0], *read[1]]) if read[0].get(key) != read[1].get(key)]
    moved = [
        {declared["key"][0]: name} for name in declared.get("ordered", ()) if _is_moved(sides, declared["key"], name)
    ]
    return [dict(zip(declared["key"], key, strict=True)) for key in keys] + moved


def _is_moved(sides: Sequence[Sequence[Row]], key: Sequence[str], name: str) -> bool:
    words = [[row[key[-1]] for row in side if row[key[0]] == name] for side in sides]
    both = set(words[0]) & set(words[1])
    return [word for word in words[0] if word in both] != [word for word in words[1] if word in both]


def _draw_words(patterns: Sequence[str]) -> set[str]:
    """Return words that the patterns can tell apart."""
    return {pattern.replace("*", middle) for pattern in patterns for middle in ("", "Q", "Q7")} | {"ZZZ"}


def _draw_cases(
    old: Set, new: Set, table: str, edition: str, sides: Sequence[Sequence[Row]], chance: Random
) -> Iterator[dict[str, str]]:
    """Yield all cases of a decision table, or some of all and some of each row that one side lacks."""
    lists = {}
    for name, listed in new.declared[table]["conditions"].items():
        both = [own.words(listed, edition) for own in (old, new)]
        lists[name] = [word for word in both[0] if word in both[1]]
    size = 1
    for words in lists.values():
        size *= len(words)
    if size <= MOST:
        yield from (dict(zip(lists, case, strict=True)) for case in product(*lists.values()))
        return
    yield from ({name: chance.choice(words) for name, words in lists.items()} for _ in range(DRAWN))
    for row in [row for side, other in (sides, sides[::-1]) for row in side if row not in other]:
        own = {name: [word for word in words if fits(row[name], word)] or words for name, words in lists.items()}
        yield from ({name: chance.choice(words) for name, words in own.items()} for _ in range(DRAWN))


def covers(case: str, conditions: Mapping[str, str]) -> bool | None:
    """Return whether the case of a change, as diff writes it, holds these words; None where it does not say all cases."""
    if case.endswith(" more"):
        return None
    cells = dict(part.split("=", 1) for part in case.split(", ")) if case != "every case" else {}
    return all(fits(cells.get(name, "*"), word) for name, word in conditions.items())


def first_cases(case: str, lists: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """Yield up to 50 of the cases that a change is about."""
    text = case.partition(" and ")[0] if case.endswith(" more") else case
    cells = dict(part.split("=", 1) for part in text.split(", ")) if text != "every case" else {}
    allowed = [[word for word in words if fits(cells.get(name, "*"), word)] for name, words in lists.items()]
    yield from (dict(zip(lists, one, strict=True)) for one in islice(product(*allowed), 50))
