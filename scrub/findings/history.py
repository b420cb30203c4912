"""History: codes that changed or were given twice, editions out of order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from scrub.findings import Finding
from scrub.sheets import at_edition, is_dated, overlaid


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
            told = f"{edition} was released {released}, edition {newest} only {latest}"
            yield Finding(str(by_edition.loc[edition, "rule"]), "edition", told)
        if released >= latest and released:
            latest, newest = released, edition


def find_codes(rows: pd.DataFrame, declared: Mapping[str, Any], editions: Sequence[str]) -> Iterator[Finding]:
    """Yield codes that changed, were given again to another word, or stand for several words at a time.

    Args:
        rows: of a table of codes, every edition.
        declared: what tables.toml says of it; ``codes`` says which columns hold whose words and codes, and
            which codes several words share on purpose.
        editions: oldest first.

    >>> rows = pd.DataFrame({"column": "filter", "value": ["A", "A"], "code": ["1", "2"], "since": ["", "2"],
    ...                      "until": ["2", ""], "rule": ["t.csv:2", "t.csv:3"]})
    >>> codes = {"of": "column", "word": "value", "code": "code", "shared": {}}
    >>> print(*find_codes(rows, {"policy": "list", "key": ["column", "value"], "codes": codes}, ["1", "2"]))
    t.csv:3: renumbered: filter A had the code 1 (t.csv:2), and has 2
    """
    told = declared.get("codes")
    if not told:
        return
    names = {told["of"]: "of", told["word"]: "word", told["code"]: "code"}
    asked = editions if is_dated(rows) else editions[-1:]
    current = [overlaid(at_edition(rows, edition, editions), declared) for edition in asked]
    held = pd.concat([rows_.assign(edition=i) for i, rows_ in enumerate(current)], ignore_index=True)
    held = held.rename(columns=names)[["of", "word", "code", "rule", "edition"]]
    yield from _renumbered(held)
    yield from _reused(held)
    yield from _many_to_one(held, told["shared"])


def _pairs(held: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return each row of held codes (``_y``) beside each other row of the same keys (``_x``), once a pair of rules."""
    both = held.merge(held, on=keys)
    return both[both["rule_x"] != both["rule_y"]].drop_duplicates(["rule_x", "rule_y"])


def _renumbered(held: pd.DataFrame) -> Iterator[Finding]:
    both = _pairs(held, ["of", "word"])
    later = both[(both["edition_x"] < both["edition_y"]) & (both["code_x"] != both["code_y"])]
    for row in later.drop_duplicates("rule_y").to_dict("records"):
        told = f"{row['of']} {row['word']} had the code {row['code_x']} ({row['rule_x']}), and has {row['code_y']}"
        yield Finding(row["rule_y"], "renumbered", told)


def _reused(held: pd.DataFrame) -> Iterator[Finding]:
    both = _pairs(held, ["of", "code"])
    last = held.groupby(["of", "word", "code"])["edition"].max().rename("last").reset_index()
    both = both.merge(last, left_on=["of", "word_x", "code"], right_on=["of", "word", "code"])
    given_again = (both["last"] < both["edition_y"]) & (both["word_x"] != both["word_y"])
    for row in both[given_again].drop_duplicates("rule_y").to_dict("records"):
        told = f"{row['of']} {row['word_y']} has the code {row['code']}, which was {row['word_x']}'s ({row['rule_x']})"
        yield Finding(row["rule_y"], "reused", told)


def _many_to_one(held: pd.DataFrame, shared: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    both = _pairs(held, ["of", "code", "edition"])
    line = held.drop_duplicates("rule").reset_index(drop=True).reset_index().set_index("rule")["index"]
    both = both[(both["word_x"] != both["word_y"]) & (both["rule_x"].map(line) < both["rule_y"].map(line))]
    for row in both.drop_duplicates("rule_y").to_dict("records"):
        if row["code"] not in shared.get(row["of"], ()):
            told = f"{row['of']} {row['word_y']} has the code {row['code']}, as {row['word_x']} has ({row['rule_x']})"
            yield Finding(row["rule_y"], "many-to-one", told)
