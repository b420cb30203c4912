"""Codes: those that changed, went to another word or belong to several; and editions out of order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding
from scrub.tables.in_force import at_edition, find_turning, is_dated, lay_over
from scrub.tables.rows import make_frame, read_frame


def find_disorder(rows: pd.DataFrame, editions: Sequence[str]) -> Iterator[Finding]:
    """Yield editions that were released before an older one.

    Args:
        rows: of the editions table.
        editions: oldest first.

    >>> rows = pd.DataFrame({"edition": ["1", "2"], "released": ["2026-02", "2025-07"], "rule": ["e:2", "e:3"]})
    >>> print(*find_disorder(rows, ["1", "2"]))
    e:3: edition: 2 was released 2025-07, edition 1 only 2026-02
    """
    latest, newest = "", ""
    by_edition = rows.drop_duplicates("edition", keep="last").set_index("edition")
    for edition in editions:
        released = str(by_edition.loc[edition, "released"])
        if released and released < latest:
            message = f"{edition} was released {released}, edition {newest} only {latest}"
            yield Finding.at(str(by_edition.loc[edition, "rule"]), "edition", message)
        if released >= latest and released:
            latest, newest = released, edition


def find_codes(rows: pd.DataFrame, table: Declaration, editions: Sequence[str]) -> Iterator[Finding]:
    """Yield codes that changed, went to another word later, or stand for several words at a time.

    Args:
        rows: of a table of codes, every edition.
        table: what tables.toml says of it; ``codes`` names the columns of words and codes, and the codes that
            several words share on purpose.
        editions: oldest first.

    >>> rows = pd.DataFrame({"column": "filter", "value": ["A", "A"], "code": ["1", "2"], "since": ["", "2"],
    ...                      "until": ["2", ""], "rule": ["t.csv:2", "t.csv:3"]})
    >>> from scrub.tables.declare import section
    >>> codes = {"of": "column", "word": "value", "code": "code", "shared": {}}
    >>> table = section("t", policy="list", key=["column", "value"], answers={"code": ""}, codes=codes)
    >>> print(*find_codes(rows, table, ["1", "2"]))
    t.csv:3: renumbered: filter A had the code 1 (t.csv:2), and has 2
    """
    codes = table.codes
    if codes is None:
        return
    names = {codes.of: "of", codes.word: "word", codes.code: "code"}
    cells = read_frame(rows)
    dates = [editions[0], *find_turning([cells], editions[1:])] if is_dated(cells) else editions[-1:]
    current = [make_frame(lay_over(at_edition(cells, edition, editions), table)) for edition in dates]
    held = pd.concat([rows_.assign(edition=i) for i, rows_ in enumerate(current)], ignore_index=True)
    held = held.rename(columns=names)[["of", "word", "code", "rule", "edition"]]
    yield from _find_renumbered(held)
    yield from _find_reused(held)
    yield from _find_many_to_one(held, codes.shared)


def _pair_with_other(rows: pd.DataFrame, keys: list[str], what: str) -> pd.DataFrame:
    """Return each row (``_y``) beside the first of the same keys that has something else (``_x``); none, no row.

    That is the first row of the keys, or else the first which differs from that: the work grows with the rows.
    """
    others = [str(column) for column in rows if column not in keys]
    y, x = ({c: f"{c}_{end}" for c in others} for end in "yx")
    both = rows.rename(columns=y).merge(rows.drop_duplicates(keys).rename(columns=x), on=keys)
    differs = (both[x[what]] != both[y[what]]).to_numpy()
    second = both[differs].drop_duplicates(keys)[[*keys, *y.values()]].rename(columns={y[c]: x[c] for c in others})
    same = both[~differs].drop(columns=[*x.values()]).merge(second, on=keys)
    return pd.concat([both[differs], same], ignore_index=True)


def _find_renumbered(held: pd.DataFrame) -> Iterator[Finding]:
    both = _pair_with_other(held.drop_duplicates("rule"), ["of", "word"], "code")
    for row in both[both["edition_x"] < both["edition_y"]].to_dict("records"):
        message = f"{row['of']} {row['word']} had the code {row['code_x']} ({row['rule_x']}), and has {row['code_y']}"
        yield Finding.at(row["rule_y"], "renumbered", message)


def _find_reused(held: pd.DataFrame) -> Iterator[Finding]:
    last = held.groupby(["of", "word", "code"])["edition"].transform("max")
    begun = held.assign(last=last).drop_duplicates("rule").reset_index(drop=True).reset_index(names="line")
    over: dict[tuple[str, str], Mapping[Any, Any]] = {}
    for edition in range(held["edition"].max() + 1 if len(held) else 0):
        for row in begun[begun["last"] == edition - 1].to_dict("records"):
            was = over.setdefault((row["of"], row["code"]), row)
            over[row["of"], row["code"]] = min(was, row, key=lambda r: int(r["line"]))
        for row in begun[begun["edition"] == edition].to_dict("records"):
            if (row["of"], row["code"]) in over:
                was = over[row["of"], row["code"]]
                owner = f"{was['word']} ({was['rule']})"
                message = f"{row['of']} {row['word']} has the code {row['code']}, which belonged to {owner}"
                yield Finding.at(row["rule"], "reused", message)


def _find_many_to_one(held: pd.DataFrame, shared: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    line = {rule: i for i, rule in enumerate(held["rule"].unique())}
    ordered = held.assign(line=held["rule"].map(line)).sort_values(["edition", "line"], kind="stable")
    both = _pair_with_other(ordered, ["of", "code", "edition"], "word")
    both = both[both["line_x"] < both["line_y"]].sort_values("edition", kind="stable")
    for row in both.drop_duplicates("rule_y").to_dict("records"):
        if row["code"] not in shared.get(row["of"], ()):
            other = f"{row['word_x']} ({row['rule_x']})"
            message = f"{row['of']} {row['word_y']} has the code {row['code']}, and {other} has the same"
            yield Finding.at(row["rule_y"], "many-to-one", message)


def find_odd_case(rows: pd.DataFrame, table: Declaration) -> Iterator[Finding]:
    """Yield words in small letters among words in capital ones, or the other way round: cells count as they stand.

    Args:
        rows: of a table of codes, every edition.
        table: what tables.toml says of it.

    >>> rows = pd.DataFrame({"column": "filter", "value": ["F1", "F2", "f555w", "*"], "code": list("0123"),
    ...                      "rule": [f"t.csv:{i}" for i in range(2, 6)]})
    >>> from scrub.tables.declare import section
    >>> codes = {"of": "column", "word": "value", "code": "code", "shared": {}}
    >>> table = section("t", policy="list", key=["column", "value"], answers={"code": ""}, codes=codes)
    >>> print(*find_odd_case(rows, table))
    t.csv:4: case: value: 'f555w' is in small letters, the other words of filter are in capital ones
    """
    if table.codes is None:
        return
    for of, own in rows.groupby(table.codes.of, sort=False):
        words = own[table.codes.word]
        lower, upper = words.str.islower(), words.str.isupper()
        for odd, rest, what in ((lower, upper, "small"), (upper, lower, "capital")):
            if odd.sum() < rest.sum():
                other = "capital" if what == "small" else "small"
                for word, rule in zip(words[odd], own.loc[odd, "rule"], strict=True):
                    message = f"{word!r} is in {what} letters, the other words of {of} are in {other} ones"
                    yield Finding.at(str(rule), "case", message, table.codes.word)
