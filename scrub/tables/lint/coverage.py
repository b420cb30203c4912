"""Cases: those that no row of a table answers, those that several do, and rows that none can reach."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from scrub.tables.findings import Finding
from scrub.tables.patterns import first_fit

ANY = "\x00"  # a character that no word and no pattern of a table has


def by_cell(rows: pd.DataFrame, column: str) -> dict[str, list[str]]:
    """Return the rules that have each cell of a column, in the order of the rows.

    >>> by_cell(pd.DataFrame({"part": ["a", "b", "a"], "rule": ["t.csv:2", "t.csv:3", "t.csv:4"]}), "part")
    {'a': ['t.csv:2', 't.csv:4'], 'b': ['t.csv:3']}
    """
    found: dict[str, list[str]] = {}
    for cell, rule in zip(rows[column].tolist(), rows["rule"].tolist(), strict=True):
        found.setdefault(cell, []).append(rule)
    return found


def find_listed(
    name: str, rows: pd.DataFrame, declared: Mapping[str, Any], covered: Sequence[str]
) -> Iterator[Finding]:
    """Yield rows of one key, and words that must have a row and have none, of a plain list.

    Args:
        name: of the table.
        rows: its rows in force.
        declared: what tables.toml says of it.
        covered: the words whose every one must be a key.

    >>> rows = pd.DataFrame({"part": ["a", "a"], "text": ["x", "y"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> for finding in find_listed("t", rows, {"key": ["part"], "answers": {"text": ""}}, ["a", "b"]):
    ...     print(finding)
    t.csv:3: conflict: t.csv:2 answers part=a, too, and otherwise
    t.csv:1: gap: no row for part=b
    """
    keys, answers = list(declared["key"]), list(declared.get("answers", {}))
    firsts: dict[tuple[str, ...], Mapping[Any, str]] = {}
    for row in rows[list(dict.fromkeys([*keys, *answers, "rule"]))].to_dict("records"):
        other = firsts.setdefault(tuple(row[key] for key in keys), row)
        if other is not row:
            agree = all(other[column] == row[column] for column in answers)
            kind, how = ("duplicate", "and the same") if agree else ("conflict", "and otherwise")
            case = ", ".join(f"{key}={row[key]}" for key in keys)
            yield Finding(row["rule"], kind, f"{other['rule']} answers {case}, too, {how}")
    known = set(rows[keys[0]])
    for word in covered:
        if word not in known:
            yield Finding(f"{name}.csv:1", "gap", f"no row for {keys[0]}={word}")


def find_patterns(name: str, rows: pd.DataFrame, declared: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield rows whose pattern no word can reach, and keys without a pattern for every other word.

    A pattern with a character of no table in place of each ``*`` is a word that only patterns fit which fit all
    words of it: so a row is shadowed if and only if an earlier pattern fits that word.

    >>> rows = pd.DataFrame({"key": "k", "pattern": ["SUB*", "SUB64"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> for finding in find_patterns("t", rows, {"key": ["key"]}):
    ...     print(finding)
    t.csv:3: shadowed: 'SUB*' of t.csv:2 fits every word that 'SUB64' fits
    t.csv:1: gap: no row for key=k and a word that no pattern fits: the last pattern must be *
    """
    keys = list(declared["key"])
    for words, group in rows.groupby(keys, sort=False):
        patterns, rules = group["pattern"].tolist(), group["rule"].tolist()
        *places, other = first_fit(patterns, [*(pattern.replace("*", ANY) for pattern in patterns), ANY])
        for i, (place, pattern) in enumerate(zip(places, patterns, strict=True)):
            if place < i:
                told = f"{patterns[place]!r} of {rules[place]} fits every word that {pattern!r} fits"
                yield Finding(rules[i], "shadowed", told)
        if other == -1:
            case = ", ".join(f"{key}={word}" for key, word in zip(keys, words, strict=True))
            told = f"no row for {case} and a word that no pattern fits: the last pattern must be *"
            yield Finding(f"{name}.csv:1", "gap", told)
