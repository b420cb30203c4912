"""Why a table says what it says: from a feature or a word back to each rule row, and the value that it read."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from scrub.pipeline.features import ordered
from scrub.tables import Rules, Table
from scrub.tables.patterns import first_fit


class NoSuchNameError(ValueError):
    """A name that is no product, exposure, data set or feature of a table, and no word of the rules."""


class Reason(NamedTuple):
    """A rule row that fired: where it stands, what it read, what it said, its source and note."""

    rule: str
    table: str
    read: str
    said: str
    source: str
    note: str

    def __str__(self) -> str:
        """Return the reason as two lines."""
        note = f" ({self.note})" if self.note else ""
        return f"{self.rule}: {self.read or 'always'} -> {self.said or 'nothing'}\n    {self.source}{note}"


def reason(table: Table, rule: str, read: str, said: str | None = None) -> Reason:
    """Return the reason that a row of a table is; what it said are its answers unless it is told.

    >>> from scrub import tables
    >>> groups = tables.read("jwst")["groups"]
    >>> reason(groups, groups.rows["rule"].iloc[3], "group=fgs").said
    'offsets=false, footprint=flat'
    """
    row = table.rows[table.rows["rule"] == rule].iloc[0]
    answers = ", ".join(f"{column}={row[column]}" for column in table.answers if row[column])
    return Reason(rule, table.name, read, answers if said is None else said, row["source"], row["note"])


def keyed(table: Table, key: str, read: str) -> Iterator[Reason]:
    """Yield the row of a plain list with a key, if there is one."""
    for rule in table.rows.loc[table.rows[table.keys[0]] == key, "rule"]:
        yield reason(table, rule, read)


def folded(table: Table, key: str, word: str) -> Iterator[Reason]:
    """Yield the row of a pattern table that fits a word, of those under one key.

    >>> from scrub import tables
    >>> [r.said for r in folded(tables.read("jwst")["abbreviations"], "subarray", "SUB64")]
    ['abbreviation=SUB']
    """
    rows = table.rows[table.rows[table.keys[0]] == key]
    (place,) = first_fit(rows["pattern"].tolist(), [word])
    if place >= 0:
        yield reason(table, str(rows["rule"].iloc[place]), f"{key}={word}")


def coded(rules: Rules, feature: str, value: str | None) -> list[Reason]:
    """Return the rows that made a feature of a value: its own, how the word was folded, and its code.

    Args:
        rules: a rule set.
        feature: its name.
        value: what the column had; nothing where it was missing.

    Raises:
        NoSuchNameError: no such feature.

    >>> from scrub import tables
    >>> [(r.table, r.read) for r in coded(tables.read("jwst"), "subarray", "SUB64")]
    [('features', 'SUBARRAY=SUB64'), ('abbreviations', 'subarray=SUB64'), ('encodings', 'subarray=SUB')]
    """
    row = next((row for row in ordered(rules) if row["feature"] == feature), None)
    if row is None:
        raise NoSuchNameError(f"no feature {feature}: there are {', '.join(row['feature'] for row in ordered(rules))}")
    told = [reason(rules["features"], row["rule"], f"{row['column']}={'(missing)' if value is None else value}")]
    if row["kind"] != "category":
        return told
    word = _part(row, row["missing"] if value is None else value)
    patterns = list(folded(rules["abbreviations"], feature, word))
    told += patterns
    if patterns:
        answer = patterns[0].said.partition("=")[2]
        word = word if answer == "*" else answer
    codes = rules["encodings"].rows
    rows = codes[(codes["column"] == feature) & codes["value"].isin([word, "*"])]
    exact = rows[rows["value"] == word]
    return told + [
        reason(rules["encodings"], rule, f"{feature}={word}") for rule in (exact if len(exact) else rows)["rule"]
    ]


def _part(row: dict[str, str], word: str) -> str:
    """Return what of a word a feature reads: the first or last letter, or what stands before a mark."""
    if row.get("letter"):
        return (word[:1] if row["letter"] == "first" else word[-1:]).upper()
    return word.partition(row["before"])[0] if row.get("before") else word


def naming(rules: Rules, word: str) -> list[Reason]:
    """Return every row that names a word: in a condition, as a key, or in an answer.

    Raises:
        NoSuchNameError: none does.

    >>> from scrub import tables
    >>> [r.rule for r in naming(tables.read("hst_cal"), "UVIS")]
    ['abbreviations.csv:9', 'encodings.csv:10', 'pixel_scales.csv:3']
    """
    found = []
    for table in rules.tables.values():
        asked = [*table.keys, *table.conditions, *(["pattern"] if table.policy == "first" else [])]
        for row in table.records():
            words = [w for c in (*asked, *table.answers) for w in row[c].removeprefix("!").replace("|", " ").split()]
            if word in [*words, *(row[c] for c in asked)]:
                found.append(reason(table, row["rule"], ", ".join(f"{c}={row[c]}" for c in asked)))
    if not found:
        raise NoSuchNameError(
            f"no row of {rules.name} names {word}: of a product or exposure, give its table with --on"
        )
    return found


def unfired(rules: Rules, fired: Iterable[str], asked: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the rows of tables that did not fire, each with its conditions.

    Args:
        rules: a rule set.
        fired: the rules that did.
        asked: the tables whose every row may fire.
    """
    known = set(fired)
    for name in asked:
        table = rules[name]
        words = [*table.keys, *table.conditions, *(["pattern"] if table.policy == "first" else [])]
        for row in table.records():
            if row["rule"] not in known:
                yield row["rule"], ", ".join(f"{c}={row[c]}" for c in words)


def words_of(rules: Rules, frame: pd.DataFrame) -> Iterator[Reason]:
    """Yield the rows that fire for the features of a frame: each distinct value of each column once."""
    for row in ordered(rules):
        values = frame[row["column"]].drop_duplicates()
        for value in values if row["kind"] == "category" else values.head(1):
            yield from coded(rules, row["feature"], None if pd.isna(value) else str(value))
