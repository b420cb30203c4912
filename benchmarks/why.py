"""Whether ``rules why PRODUCT:FEATURE`` names the rows behind a cell, and no others, measured by editing.

    python -m benchmarks.why [--cells N] [--seed N] [RULES ...]

Each row of each table that can decide on the sample is edited in memory, one answer at a time, and the sample is run
again. A row is behind a cell if any of its edits gives the cell another value, or its exposures another product or
none. An edit after which they are rejected says nothing, as no answer is another; nor does one that brings other
exposures into the product: ``rules why --not`` is about those. A product is known by its exposures and its name
without the number of its target, which counts the targets of its program. Edits are first made many at a time. Where
nothing at all changes, none of them matters; else each half is tried, down to one edit. Recall is the share of rows
behind a cell that are named for it, precision the share of rows named that are behind it. Rows of closed lists, and
what is read before the rules are asked (spellings, columns, agreements), are left out.
"""

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

import pandas as pd

from scrub import jwst, samples
from scrub.files.table_files import read_table
from scrub.frames.cells import TEXT
from scrub.jwst.reasons import trace
from scrub.jwst.why import explain_cell
from scrub.tables import RuleError, Rules
from scrub.tables import read as read_rules
from scrub.tables.language import read_spec
from scrub.tables.rows import read_frame

BEFORE = {
    "editions", "lists", "words", "lookalikes", "exposure_names", "agreements", "checked_keywords", "instrument_words",
    "uncoded", "score_names", "association_kinds", "association_types", "not_missing", "facts",
}  # fmt: skip
TARGET = re.compile(r"(?<=[-_]t)0*[1-9][0-9]*(?=[-_])")  # the number of a target in a name, whatever part is behind it
MOST = 50  # other words that are tried: no closed list has more


class Outcome(NamedTuple):
    """What a run gave: cells by product and feature, exposures and name of each product, the names of rejects."""

    cells: dict[tuple[str, str], object]
    members: dict[str, frozenset[str]]
    names: dict[str, str]
    rejected: frozenset[str]


class Edit(NamedTuple):
    """Another answer of a row: its position, the column, the word."""

    position: int
    column: str
    word: str


def run(rules: Rules, table: pd.DataFrame) -> Outcome:
    """The outcome of a run."""
    answer = jwst.run(table, rules=rules)
    rows = answer.members.dropna(subset="product_id").groupby("product_id")["exposure"]
    known = {product: f"{TARGET.sub('', product)} {sorted(own)}" for product, own in rows}
    cells = {
        (known[product], str(feature)): cell
        for frame in answer.features.values()
        for feature, column in frame.items()
        for product, cell in column.items()
    }
    members = {known[product]: frozenset(own) for product, own in rows}
    names = {known[product]: product for product in known}
    return Outcome(cells, members, names, frozenset(answer.rejected["what"].astype("str")))


def edits(rules: Rules, name: str, column: str, old: str, chance: random.Random) -> Iterator[str]:
    """Other answers of a row: words of its closed list, another text or number, words of other rows.

    Of several words each may be left out or be another (one of two, where there are more words than one), they may come
    the other way round, and one more may be there.
    """
    spec = read_spec(rules[name].declaration.answers[column])
    words = [word for word in rules.lists.get(spec.listed, ()) if word != old]
    if spec.several:
        parts, more = old.split(), [word for word in words if word not in old.split()]
        more = chance.sample(more, min(MOST, len(more)))
        yield from (" ".join(parts[:at] + parts[at + 1 :]) for at in range(len(parts)))
        yield from (" ".join([*parts, word]) for word in more)
        instead = more if len(parts) == 1 else more[:2]
        yield from (" ".join([*parts[:at], word, *parts[at + 1 :]]) for at in range(len(parts)) for word in instead)
        yield " ".join(reversed(parts))
    elif words:
        yield from chance.sample(words, min(MOST, len(words)))
    elif old.replace(".", "", 1).isdigit():
        yield str(float(old) * 3 + 1).removesuffix(".0")
    else:
        yield from (f"{old}9", f"x{old}")
        others = sorted({row[column] for row in rules[name].records()} - {old, ""})
        yield from chance.sample(others, min(MOST, len(others)))
    if spec.optional and old:
        yield ""


def change(rules: Rules, name: str, edits_: Sequence[Edit]) -> Rules:
    """The rules with other answers in some rows of a table."""
    table = rules[name]
    rows = table.rows.copy()
    for position, column, word in edits_:
        rows[column] = rows[column].astype(TEXT)
        rows.iloc[position, rows.columns.get_loc(column)] = word
    return replace(rules, tables={**rules.tables, name: table._replace(cells=read_frame(rows))})


def find_behind(
    rules: Rules, table: pd.DataFrame, before: Outcome, chance: random.Random
) -> dict[tuple[str, str], set[str]]:
    """The rows behind each cell, by editing."""
    behind: dict[tuple[str, str], set[str]] = {cell: set() for cell in before.cells}
    for own in (own for own in rules.tables.values() if own.name not in BEFORE):
        rows = own.records()
        for column in own.answers:
            words = [list(edits(rules, own.name, column, row[column], chance)) for row in rows]
            for layer in zip_longest(*words):
                batch = [Edit(at, column, word) for at, word in enumerate(layer) if word is not None]
                for edit, cells in try_edits(rules, table, own.name, batch, before):
                    for cell in cells:
                        behind[cell].add(rows[edit.position]["rule"])
    return behind


def try_edits(
    rules: Rules, table: pd.DataFrame, name: str, batch: Sequence[Edit], before: Outcome
) -> Iterator[tuple[Edit, list[tuple[str, str]]]]:
    """Yield each edit that changes cells, alone, with these cells."""
    after = run_changed(change(rules, name, batch), table) if batch else before
    if after is not None and after._replace(names=before.names) == before:
        return
    if len(batch) > 1:
        half = len(batch) // 2
        yield from try_edits(rules, table, name, batch[:half], before)
        yield from try_edits(rules, table, name, batch[half:], before)
    elif after is not None:
        yield batch[0], list_others(before, after)


def list_others(before: Outcome, after: Outcome) -> list[tuple[str, str]]:
    """The cells that are others, of products that nothing rejects, and that no other exposure joins."""
    kept = {
        product
        for product, own in before.members.items()
        if not after.rejected & {before.names[product], after.names.get(product), *own}
        and not any(own < other for other in after.members.values())
    }
    return [cell for cell, word in before.cells.items() if cell[0] in kept and after.cells.get(cell) != word]


def run_changed(rules: Rules, table: pd.DataFrame) -> Outcome | None:
    """The outcome by other rules; nothing where an answer is one that no table may have there, which check refuses."""
    try:
        return run(rules, table)
    except (RuleError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        return None


def measure(name: str, count: int, chance: random.Random) -> tuple[int, int, int]:
    """How many rows are behind the cells that are drawn, how many are named, and how many are both."""
    rules, table = read_rules(name), read_table(samples.TABLE).good
    traced, before = trace(rules, table), run(rules, table)
    behind = find_behind(rules, table, before, chance)
    totals = [0, 0, 0]
    for product, feature in chance.sample(sorted(behind), min(count, len(behind))):
        named = {reason.rule for reason in explain_cell(rules, traced, before.names[product], feature).reasons}
        own = behind[product, feature]
        totals = [total + len(part) for total, part in zip(totals, (own, named, own & named), strict=True)]
        for kind, part in (("missed", own - named), ("in vain", named - own)):
            MISSES[kind].extend(rule.partition(":")[0] for rule in part)
    return totals[0], totals[1], totals[2]


MISSES: dict[str, list[str]] = {"missed": [], "in vain": []}


def main() -> None:
    parser = argparse.ArgumentParser(description="hold the rows that why names against those that edits find")
    parser.add_argument("rules", nargs="*", default=["jwst", "jwst_dms"])
    parser.add_argument("--cells", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name in options.rules:
        rows, named, both = measure(name, options.cells, random.Random(options.seed))
        print(f"{name}: recall {both / rows:.3f} ({both} of {rows}), precision {both / named:.3f} ({both} of {named})")
        for kind, files in MISSES.items():
            print(f"  {kind}: {pd.Series(files).value_counts().to_dict()}")
            files.clear()


if __name__ == "__main__":
    main()
