"""Cells: words on no list, blank cells where a word must stand, and what the contracts of rule tables refuse."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scrub.contracts import contracts
from scrub.files.shipped import find
from scrub.tables.decide import allowed, on_list
from scrub.tables.findings import Finding, RuleError
from scrub.tables.lint.coverage import by_cell

Lists = Mapping[str, Sequence[str]]
_COMPARED = 100_000  # words that are compared with words off one list, in search of near ones


def find_cells(rows: pd.DataFrame, declared: Mapping[str, Any], lists: Lists) -> Iterator[Finding]:
    """Yield a finding for each cell of a table that its declaration refuses.

    Args:
        rows: the table's rows in force, each with its ``rule``.
        declared: what tables.toml says of the table; its condition columns are ``decide.opened``'s matter.
        lists: the closed lists in force.

    >>> rows = pd.DataFrame({"group": ["imag"], "naming": [""], "rule": ["t.csv:2"]})
    >>> declared = {"answers": {"group": "group"}, "needs": [{"where": {"group": "!none"}, "filled": ["naming"]}]}
    >>> for finding in find_cells(rows, declared, {"group": ["image", "none"]}):
    ...     print(finding)
    t.csv:2: word: group: 'imag' is not on the list (nearest: 'image')
    t.csv:2: blank: naming: a word must stand here where group is !none
    """
    for column, wanted in {**declared.get("words", {}), **declared.get("answers", {})}.items():
        if wanted:
            yield from _off_list(rows, column, wanted, lists)
    keys = [*declared.get("key", ()), *(["pattern"] if declared.get("policy") == "first" else [])]
    for column in keys:
        for rule in rows.loc[rows[column] == "", "rule"]:
            yield Finding(rule, "blank", "a blank cell where a word must stand", column)
    for column, groups in declared.get("expressions", {}).items():
        yield from _expressions(rows, column, groups)
    for need in declared.get("needs", ()):
        yield from _unfilled(rows, need["where"], need["filled"])


def _off_list(rows: pd.DataFrame, column: str, wanted: str, lists: Lists) -> Iterator[Finding]:
    """Yield cells that are not on their list: ``list``, ``list?`` (may be blank), ``list+`` (several words)."""
    name = wanted.rstrip("?+")
    if name not in lists:
        yield Finding("lists.csv:1", "gap", f"no list {name}")
        return
    known, told = set(lists[name]), dict[str, str]()
    for cell, rules in by_cell(rows, column).items():
        for word in (cell.split() or [""]) if "+" in wanted else [cell]:
            if word not in known and (cell or "?" not in wanted):
                if word not in told:
                    told[word] = _not_listed(word, lists[name], len(told))
                yield from (Finding(rule, "word" if word else "blank", told[word], column) for rule in rules)


def _not_listed(word: str, words: Sequence[str], before: int) -> str:
    """Return that a word is not on its list: with the nearest word, but where too many were looked for before it."""
    if word and before and before * len(words) > _COMPARED:
        return f"{word!r} is not on the list"
    try:
        return on_list(word, words)
    except RuleError as error:
        return str(error)


def _expressions(rows: pd.DataFrame, column: str, groups: int | str) -> Iterator[Finding]:
    """Yield cells that are no regular expression with so many groups; a blank cell is none, and may stand."""
    for cell, rule in zip(rows[column], rows["rule"], strict=True):
        try:
            found = re.compile(cell).groups
        except re.error as error:
            yield Finding(rule, "contract", f"{cell!r} is no regular expression: {error}", column)
        else:
            if cell and groups not in (found, "any"):
                yield Finding(rule, "contract", f"{cell!r} has {found} groups; {groups} must be there", column)


def _unfilled(rows: pd.DataFrame, where: Mapping[str, str], filled: Sequence[str]) -> Iterator[Finding]:
    """Yield blank cells of the columns ``filled`` in rows that fit ``where``, said in the language of conditions."""
    fits = np.ones(len(rows), dtype=bool)
    for column, cell in where.items():
        known = list(dict.fromkeys([*rows[column], *cell.removeprefix("!").split("|")]))
        fits &= rows[column].isin([known[i] for i in allowed(cell, known)]).to_numpy()
    told = " and ".join(f"{column} is {cell}" for column, cell in where.items())
    for column in filled:
        for rule in rows.loc[fits & (rows[column] == "").to_numpy(), "rule"]:
            yield Finding(rule, "blank", f"a word must stand here where {told}", column)


def find_breaches(name: str, rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield what the contract ``schemas/rules/{name}.yaml`` refuses; nothing where there is no such contract.

    Rows of a kind keep the contract ``{name}-{kind}.yaml``, too, if there is one. The rows of an overlay keep each by
    themselves.

    >>> row = {"feature": "a", "position": "1", "column": "A", "kind": "boolean", "missing": "no", "rule": "t.csv:2"}
    >>> print(*find_breaches("features", pd.DataFrame([row], dtype="str")))
    t.csv:2: contract: missing: not of the form ^[01]$: 'no'
    """
    yield from _breaches(name, name, rows)
    for kind, part in rows.groupby("kind", sort=False) if "kind" in rows else ():
        yield from _breaches(name, f"{name}-{kind}", part)


def _breaches(name: str, contract: str, rows: pd.DataFrame) -> Iterator[Finding]:
    if contract not in _contracts():
        return
    asked = contracts.read(f"rules/{contract}")
    for _, part in rows.groupby("layer") if "layer" in rows else [(0, rows)]:
        for row, column, reason, value in contracts.failures(asked, part).itertuples(index=False):
            place = part["rule"].iloc[row] if row >= 0 else f"{name}.csv:1"
            yield Finding(place, "contract", f"{reason}: {value!r}", column)


def _contracts() -> set[str]:
    """Return the names of the contracts of rule tables."""
    return {file.stem for file in (find("schemas") / "rules").glob("*.yaml")}


_DATED = {"source": "source", "since": "edition", "until": "edition"}


def find_undated(rows: pd.DataFrame, editions: Sequence[str]) -> Iterator[Finding]:
    """Yield rows without a source, and those whose dates are no editions or leave them never in force.

    Args:
        rows: of any tables: rule, since, until, source and note.
        editions: of the rule set, oldest first.

    >>> row = {"rule": "t.csv:2", "since": "2", "until": "1", "source": "", "note": ""}
    >>> for finding in find_undated(pd.DataFrame([row], dtype="str"), ["1", "2"]):
    ...     print(finding)
    t.csv:2: source: a blank cell: a row needs something a reader can open
    t.csv:2: edition: since 2 is not before until 1: the row is never in force
    """
    contract = contracts.read("rules/table", {"edition": ("", *editions)})
    for row, column, _, value in contracts.failures(contract, rows).itertuples(index=False):
        rule, kind = rows["rule"].iloc[row], _DATED[column]
        if kind == "source":
            yield Finding(rule, kind, "a blank cell: a row needs something a reader can open")
        else:
            yield Finding(rule, kind, f"{value!r} is no edition: there are {', '.join(editions)}", column)
    place = {edition: i for i, edition in enumerate(editions)}
    since, until = rows["since"].map({"": 0, **place}), rows["until"].map({"": len(place), **place})
    for rule, first, last in rows.loc[since >= until, ["rule", "since", "until"]].itertuples(index=False):
        told = f"since {first or 'the beginning'} is not before until {last}: the row is never in force"
        yield Finding(rule, "edition", told)
