"""A comparison of rule sets as people and machines read it: counts first, then what changes to what."""

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from scrub.on_data.impact import Effects
from scrub.tables.diff.compare import KINDS

SHOWN = 12
HEADINGS = {
    "exposure": "changes of exposure", "member": "exposures of another group or role", "product": "changes of product",
    "raw column": "raw columns of products that are others", "feature": "changes of feature",
    "features": "products whose features come or go", "reject": "rejects that come, go or have another reason",
}  # fmt: skip
LAST = ("lists", "editions")


class Comparison(NamedTuple):
    """What two rule sets are called, the changes between them, and what these do to a table, if one is given."""

    old: str
    new: str
    changes: pd.DataFrame
    table: str = ""
    effects: Effects | None = None

    def kinds(self) -> set[str]:
        """Return the kinds of change that there are, in the rules or on the table."""
        on_table = set() if self.effects is None else set(self.effects.changes["kind"])
        return set(self.changes["kind"]) | on_table


def counts(kinds: pd.Series) -> str:
    """Return how many changes of each kind there are, the gravest first.

    >>> counts(pd.Series(["APPEND", "MERGE", "APPEND"]))
    '3: 1 MERGE, 2 APPEND'
    """
    of = kinds.value_counts()
    words = ", ".join(f"{of[kind]} {kind}" for kind in reversed(KINDS) if kind in of)
    return f"{len(kinds)}: {words}" if words else "0"


def as_json(comparison: Comparison) -> str:
    """Return a comparison as JSON: every change of the rules and, of a table, every effect."""
    document: dict[str, object] = {
        "old": comparison.old, "new": comparison.new,
        "counts": {kind: int((comparison.changes["kind"] == kind).sum()) for kind in KINDS},
        "rules": comparison.changes.to_dict("records"),
    }  # fmt: skip
    if comparison.effects is not None:
        effects, numbers = comparison.effects
        document["on"] = {"table": comparison.table, **numbers, "changes": effects.to_dict("records")}
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_text(comparison: Comparison) -> str:
    """Return a comparison as plain text."""
    lines = [_title(comparison), f"changes of rules: {counts(comparison.changes['kind'])}"]
    lines += [f"  {line}" for line in _summarise(comparison.effects, comparison.table)]
    for title, rows, write in _list_parts(comparison):
        lines.append(f"{title}: {counts(rows['kind'])}")
        lines += [f"  {line}" for line in _cap(write(rows))]
    return "\n".join(lines)


def as_markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown, fit for a pull request: a table of counts, then details to unfold."""
    lines = [f"### Rules: {_escape(_title(comparison))}", ""]
    lines += [f"**Changes of rules** {counts(comparison.changes['kind'])}", ""]
    lines += [f"- {_escape(line)}" for line in _summarise(comparison.effects, comparison.table)]
    for title, rows, write in _list_parts(comparison):
        shown = [f"- {_escape(line)}" for line in _cap(write(rows))]
        head = f"<details><summary>{title}: {counts(rows['kind'])}</summary>"
        lines += ["", head, "", *shown, "", "</details>"]
    return "\n".join(lines)


def _title(comparison: Comparison) -> str:
    """Return what is compared; with the editions, where all changes are between the same."""
    editions = comparison.changes["editions"].unique()
    return f"{comparison.old} -> {comparison.new}" + (f" (edition {editions[0]})" if len(editions) == 1 else "")


def _list_parts(comparison: Comparison) -> Iterator[tuple[str, pd.DataFrame, Callable[[pd.DataFrame], Iterator[str]]]]:
    """Yield the parts of a report: what changes on a table, then the rules, words and editions last."""
    if comparison.effects is not None:
        for of, rows in comparison.effects.changes.groupby("of", sort=False):
            yield f"{of} on {comparison.table}", rows, _write_effects
    changes = comparison.changes
    one = len(set(changes["editions"])) == 1
    shown = changes.assign(editions="" if one else "; edition " + changes["editions"])
    for tables in (~shown["table"].isin(LAST), shown["table"].isin(LAST)):
        for table, rows in shown[tables].groupby("table", sort=False):
            yield str(table), rows, _write_rules


def _escape(line: str) -> str:
    return line.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;").replace("_", "\\_")


def _summarise(effects: Effects | None, table: str) -> Iterator[str]:
    """Yield what changes on a table, in numbers."""
    if effects is None:
        return
    numbers = effects.counts
    yield f"on {table}: {numbers['rows']} rows"
    yield f"products {numbers['products before']} -> {numbers['products after']}"
    yield f"rejected {numbers['rejected before']} -> {numbers['rejected after']}"
    for of, what in HEADINGS.items():
        yield f"{what}: {counts(effects.changes.loc[effects.changes['of'] == of, 'kind'])}"


def _cap(lines: Iterator[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    everything = list(lines)
    more = len(everything) - SHOWN
    return [*everything[:SHOWN], f"… and {more} more (--format json has all)"] if more > 0 else everything


def _sort_by_gravity(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(at=rows["kind"].map(KINDS.index)).sort_values("at", ascending=False, kind="stable")


def _write_rules(rows: pd.DataFrame) -> Iterator[str]:
    """Yield changes of rules, the gravest first."""
    for row in _sort_by_gravity(rows).to_dict("records"):
        change = {"APPEND": row["now"], "REMOVE": row["was"]}.get(row["kind"], f"{row['was']} -> {row['now']}")
        yield f"{row['kind']} {row['case']}: {change} ({_name_rules(row)}{row['editions']})"


def _name_rules(row: Mapping[Hashable, Any]) -> str:
    """Return the rows that a change comes from, before and after."""
    return " -> ".join(dict.fromkeys(rule for rule in (row["old_rule"], row["new_rule"]) if rule)) or "no row"


def _write_effects(rows: pd.DataFrame) -> Iterator[str]:
    """Yield what changes on a table, the gravest first; features by what becomes what."""
    if rows["of"].isin(["member", "raw column", "reject"]).all():
        for row in _sort_by_gravity(rows).to_dict("records"):
            yield f"{row['kind']} {row['name']} {row['column']}: {row['was'] or 'none'} -> {row['now'] or 'none'}"
        return
    if (rows["of"] == "feature").all():
        yield from _write_measures(rows[rows["kind"] == "CHANGE"])
        by = ["kind", "column", "was", "now"]
        grouped = (
            rows[rows["kind"] != "CHANGE"]
            .groupby(by, sort=False)
            .agg(n=("name", "size"), name=("name", "first"))
            .reset_index()
        )
        for row in _sort_by_gravity(grouped).to_dict("records"):
            yield f"{row['kind']} {row['column']}: {row['was']} -> {row['now']}: {row['n']}, such as {row['name']}"
        return
    for row in _sort_by_gravity(rows).to_dict("records"):
        name = f" {row['name']}:" if row["of"] == "exposure" else ":"
        yield f"{row['kind']}{name} {row['was'] or 'no product'} -> {row['now'] or 'no product'} ({_name_rules(row)})"


def _write_measures(rows: pd.DataFrame) -> Iterator[str]:
    """Yield, for each measure that changes, how many products have another one, and how far it moved."""
    for column, own in rows.groupby("column", sort=False):
        was, now = (pd.to_numeric(own[side], errors="coerce") for side in ("was", "now"))
        times = (now / was).where(was != 0).dropna().round(6)
        low, high = times.min(), times.max()
        moved = f"times {low:g}" if low == high else f"times {low:g} to {high:g}"
        how = moved if len(times) == len(own) else f"{moved}; {len(own) - len(times)} from or to 0 or missing"
        first = own.iloc[0]
        example = f"such as {first['name']}: {first['was']} -> {first['now']}"
        yield f"CHANGE {column}: {len(own)} products, {how if len(times) else 'from or to 0 or missing'}, {example}"
