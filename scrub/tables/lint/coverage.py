"""Coverage: words that no row of a table has, rows of one key, and patterns that no word can reach."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding
from scrub.tables.patterns import first_fit

ANY = "\x00"  # a character that no word and no pattern of a table has


def group_rules(rows: pd.DataFrame, column: str) -> dict[str, list[str]]:
    """Return the rules that have each cell of a column, in the order of the rows.

    Args:
        rows: each with its ``rule``.
        column: of the cells.

    >>> group_rules(pd.DataFrame({"part": ["a", "b", "a"], "rule": ["t.csv:2", "t.csv:3", "t.csv:4"]}), "part")
    {'a': ['t.csv:2', 't.csv:4'], 'b': ['t.csv:3']}
    """
    rules: dict[str, list[str]] = {}
    for cell, rule in zip(rows[column].tolist(), rows["rule"].tolist(), strict=True):
        rules.setdefault(cell, []).append(rule)
    return rules


def find_listed(table: Declaration, rows: pd.DataFrame, covered: Sequence[str]) -> Iterator[Finding]:
    """Yield rows of one key, and words that must have a row and have none, of a plain list.

    Args:
        table: what tables.toml says of it.
        rows: its rows in force.
        covered: the words whose every one must be a key.

    >>> from scrub.tables.declare import section
    >>> rows = pd.DataFrame({"part": ["a", "a"], "text": ["x", "y"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> for finding in find_listed(section("t", policy="list", key=["part"], answers={"text": ""}), rows, ["a", "b"]):
    ...     print(finding)
    t.csv:3: conflict: t.csv:2 also matches part=a, with a different answer
    t.csv:1: gap: no row for part=b
    """
    keys, answers = list(table.key), list(table.answers)
    firsts: dict[tuple[str, ...], Mapping[Any, str]] = {}
    for row in rows[list(dict.fromkeys([*keys, *answers, "rule"]))].to_dict("records"):
        other = firsts.setdefault(tuple(row[key] for key in keys), row)
        if other is not row:
            agree = all(other[column] == row[column] for column in answers)
            kind, how = ("duplicate", "the same") if agree else ("conflict", "a different")
            case = ", ".join(f"{key}={row[key]}" for key in keys)
            yield Finding.at(row["rule"], kind, f"{other['rule']} also matches {case}, with {how} answer")
    known = set(rows[keys[0]])
    for word in covered:
        if word not in known:
            yield Finding(f"{table.name}.csv", 1, "gap", f"no row for {keys[0]}={word}")


def find_patterns(table: Declaration, rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield rows whose pattern no word can reach, and keys without a pattern for every other word.

    A pattern with a character of no table in place of each ``*`` is a word that only patterns fit which fit all
    words of it. Thus a row is shadowed if and only if an earlier pattern fits that word.

    Args:
        table: what tables.toml says of it.
        rows: its rows in force.

    >>> from scrub.tables.declare import section
    >>> rows = pd.DataFrame({"key": "k", "pattern": ["SUB*", "SUB64"], "rule": ["t.csv:2", "t.csv:3"]})
    >>> for finding in find_patterns(section("t", policy="first", key=["key"], answers={"a": ""}), rows):
    ...     print(finding)
    t.csv:3: shadowed: 'SUB*' of t.csv:2 fits every word that 'SUB64' fits
    t.csv:1: gap: no row for key=k and a word that no pattern fits: the last pattern must be *
    """
    keys = list(table.key)
    for words, group in rows.groupby(keys, sort=False):
        patterns, rules = group["pattern"].tolist(), group["rule"].tolist()
        *positions, other = first_fit(patterns, [*(pattern.replace("*", ANY) for pattern in patterns), ANY])
        for i, (position, pattern) in enumerate(zip(positions, patterns, strict=True)):
            if position < i:
                message = f"{patterns[position]!r} of {rules[position]} fits every word that {pattern!r} fits"
                yield Finding.at(rules[i], "shadowed", message)
        if other == -1:
            case = ", ".join(f"{key}={word}" for key, word in zip(keys, words, strict=True))
            message = f"no row for {case} and a word that no pattern fits: the last pattern must be *"
            yield Finding(f"{table.name}.csv", 1, "gap", message)
