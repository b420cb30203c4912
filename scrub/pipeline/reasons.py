"""Why a table has what it has: from a feature or a word back to each rule row, and the value that the row read."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from scrub.pipeline.features import order_features, take_part
from scrub.tables import Rules, Table
from scrub.tables.patterns import first_fit


class NoSuchNameError(ValueError):
    """A name that is no product, exposure, data set or feature of a table, and no word of the rules."""


class Reason(NamedTuple):
    """A rule row that fired: where it stands, what it read, its answers, its source and note."""

    rule: str
    table: str
    read: str
    answers: str
    source: str
    note: str

    def __str__(self) -> str:
        """Return the reason as two lines."""
        note = f" ({self.note})" if self.note else ""
        return f"{self.rule}: {self.read or 'always'} -> {self.answers or 'nothing'}\n    {self.source}{note}"


class Value(NamedTuple):
    """A value that was read: its keyword, the exposure that has it, and where that stands (file and card, or line)."""

    keyword: str
    value: str
    exposure: str
    place: str = ""

    def __str__(self) -> str:
        """Return the value as a line."""
        return f"{self.keyword}={self.value}: {self.exposure}" + (f", {self.place}" if self.place else "")


class Explained(NamedTuple):
    """Something that is explained: its name, what became of it, why, and the values that were read."""

    name: str
    end: str
    reasons: list[Reason]
    values: tuple[Value, ...] = ()


class Run(NamedTuple):
    """A table as a pipeline went through it.

    ``inputs`` is what the pipeline read, ``steps`` the frame after each step. ``members`` (none for HST) has the
    product of each exposure, ``raw`` what features are made of and ``features`` the features, both by name.
    """

    inputs: pd.DataFrame
    steps: list[pd.DataFrame]
    members: pd.DataFrame
    raw: pd.DataFrame
    features: pd.DataFrame
    rejected: pd.DataFrame
    rows: int


def cite(table: Table, rule: str, read: str) -> Reason:
    """Return the reason that a row of a table is: its answers, its source and note.

    Args:
        table: a rule table.
        rule: the row, as ``file:line``.
        read: what it read.

    >>> from scrub import tables
    >>> groups = tables.read("jwst")["groups"]
    >>> cite(groups, groups.rows["rule"].iloc[3], "group=fgs").answers
    'offsets=false, footprint=flat'
    """
    row = table.rows[table.rows["rule"] == rule].iloc[0]
    answers = ", ".join(f"{column}={row[column]}" for column in table.answers if row[column])
    return Reason(rule, table.name, read, answers, row["source"], row["note"])


def cite_key(table: Table, key: str, read: str) -> Iterator[Reason]:
    """Yield the row of a plain list with a key, if there is one.

    Args:
        table: a plain list.
        key: a word of its key.
        read: what the row read.
    """
    for rule in table.rows.loc[table.rows[table.keys[0]] == key, "rule"]:
        yield cite(table, rule, read)


def cite_fold(table: Table, key: str, word: str) -> Iterator[Reason]:
    """Yield the row of a pattern table that fits a word, of those under one key.

    Args:
        table: a pattern table.
        key: a word of its key.
        word: what is folded.

    >>> from scrub import tables
    >>> [r.answers for r in cite_fold(tables.read("jwst")["abbreviations"], "subarray", "SUB64")]
    ['abbreviation=SUB']
    """
    rows = table.rows[table.rows[table.keys[0]] == key]
    (position,) = first_fit(rows["pattern"].tolist(), [word])
    if position >= 0:
        yield cite(table, str(rows["rule"].iloc[position]), f"{key}={word}")


def cite_feature(rules: Rules, feature: str, value: str | None) -> list[Reason]:
    """Return the rows that made a feature of a value: its own, how the word was folded, and its code.

    Args:
        rules: a rule set.
        feature: its name.
        value: the cell of its column; None where that was missing.

    Raises:
        NoSuchNameError: no such feature.

    >>> from scrub import tables
    >>> [(r.table, r.read) for r in cite_feature(tables.read("jwst"), "subarray", "SUB64")]
    [('features', 'SUBARRAY=SUB64'), ('abbreviations', 'subarray=SUB64'), ('encodings', 'subarray=SUB')]
    """
    rows = {row["feature"]: row for row in order_features(rules)}
    if feature not in rows:
        raise NoSuchNameError(f"no feature {feature}: there are {', '.join(rows)}")
    row = rows[feature]
    own = cite(rules["features"], row["rule"], f"{row['column']}={'(missing)' if value is None else value}")
    if row["kind"] != "category":
        return [own]
    word = (take_part(rules, row, value) if value is not None else "") or row["missing"]
    patterns = list(cite_fold(rules["abbreviations"], feature, word))
    if patterns:
        answer = patterns[0].answers.partition("=")[2]
        word = word if answer == "*" else answer
    codes = rules["encodings"].rows
    matches = codes[(codes["column"] == feature) & codes["value"].isin([word, "*"])]
    exact = matches[matches["value"] == word]
    chosen = exact if len(exact) else matches
    return [own, *patterns, *(cite(rules["encodings"], rule, f"{feature}={word}") for rule in chosen["rule"])]


def list_keys(table: Table) -> list[str]:
    """Return the columns of a table by which its rows differ.

    Args:
        table: a rule table.

    >>> from scrub import tables
    >>> list_keys(tables.read("jwst")["classes"])
    ['keyword', 'pattern']
    """
    return [*table.keys, *table.conditions, *(["pattern"] if table.policy == "first" else [])]


def cite_word(rules: Rules, word: str) -> list[Reason]:
    """Return every row that names a word: in a condition, as a key, or in an answer.

    Args:
        rules: a rule set.
        word: a word of its tables.

    Raises:
        NoSuchNameError: none does.

    >>> from scrub import tables
    >>> [r.rule for r in cite_word(tables.read("hst_cal"), "UVIS")]
    ['lists.csv:28', 'abbreviations.csv:9', 'encodings.csv:10', 'pixel_scales.csv:3']
    """
    reasons = []
    for table in rules.tables.values():
        keys = list_keys(table)
        for row in table.records():
            words = [w for c in (*keys, *table.answers) for w in row[c].removeprefix("!").replace("|", " ").split()]
            if word in [*words, *(row[c] for c in keys)]:
                reasons.append(cite(table, row["rule"], ", ".join(f"{c}={row[c]}" for c in keys)))
    if not reasons:
        raise NoSuchNameError(
            f"no row of {rules.name} names {word}: for a product or exposure, give its table with --on"
        )
    return reasons


def list_unfired(rules: Rules, fired: Iterable[str], names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the rows of tables that did not fire, each with its conditions.

    Args:
        rules: a rule set.
        fired: the rules that did.
        names: the tables whose every row may fire.
    """
    known = set(fired)
    for table in (rules[name] for name in names):
        for row in table.records():
            if row["rule"] not in known:
                yield row["rule"], ", ".join(f"{c}={row[c]}" for c in list_keys(table))


def cite_features(rules: Rules, frame: pd.DataFrame) -> Iterator[Reason]:
    """Yield the rows that fire for the features of a frame: each distinct value of each column once.

    Args:
        rules: a rule set.
        frame: the columns that features are made of.
    """
    for row in order_features(rules):
        values = frame[row["column"]].drop_duplicates()
        for value in values if row["kind"] == "category" else values.head(1):
            yield from cite_feature(rules, row["feature"], None if pd.isna(value) else str(value))
