"""Whether ``rules why PRODUCT:FEATURE`` names the rows behind a cell, and no others, measured by editing.

    python -m benchmarks.why [--cells N] [--seed N] [RULES ...]

Each row of each table that can decide on the sample is edited in memory, one answer at a time, and the sample is run
again. A row is behind a cell if any of its edits changes the cell or removes it. Recall is the share of rows behind a
cell that are named for it, precision the share of rows named that are behind it. Rows of closed lists, and what is read
before the rules are asked (spellings, columns, agreements), are left out.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from scrub import jwst, samples
from scrub.files.table_files import read_table
from scrub.frames.cells import TEXT
from scrub.jwst.reasons import trace
from scrub.jwst.why import explain_cell
from scrub.tables import RuleError, Rules
from scrub.tables import read as read_rules
from scrub.tables.language import read_spec

BEFORE = {
    "editions", "lists", "words", "lookalikes", "exposure_names", "agreements", "checked_keywords", "instrument_words",
    "uncoded", "score_names", "association_kinds", "association_types", "not_missing", "facts",
}  # fmt: skip
MOST = 6  # other words of a closed list that are tried


def cells_of(features: dict[str, pd.DataFrame]) -> dict[tuple[str, str], object]:
    """Every feature of every product."""
    return {
        (str(product), str(feature)): cell
        for frame in features.values()
        for feature, column in frame.items()
        for product, cell in column.items()
    }


def edits(rules: Rules, name: str, column: str, old: str, chance: random.Random) -> Iterator[str]:
    """Other answers of a row: words of its closed list, or another text or number."""
    spec = read_spec(rules[name].declaration.answers[column])
    words = [word for word in rules.lists.get(spec.listed, ()) if word != old]
    if spec.several and old:
        yield " ".join(old.split()[:-1])
        yield " ".join(reversed(old.split()))
    elif words:
        yield from chance.sample(words, min(MOST, len(words)))
    else:
        yield str(float(old) * 3 + 1).removesuffix(".0") if old.replace(".", "", 1).isdigit() else f"{old}9"
    if spec.optional and old:
        yield ""


def changed(rules: Rules, name: str, position: int, column: str, word: str) -> Rules:
    """The rules with another answer in one row."""
    table = rules[name]
    rows = table.rows.copy()
    rows[column] = rows[column].astype(TEXT)
    rows.iloc[position, rows.columns.get_loc(column)] = word
    return replace(rules, tables={**rules.tables, name: table._replace(rows=rows)})


def find_behind(rules: Rules, table: pd.DataFrame, chance: random.Random) -> dict[tuple[str, str], set[str]]:
    """The rows behind each cell, by editing."""
    before = cells_of(jwst.run(table, rules=rules).features)
    behind: dict[tuple[str, str], set[str]] = {cell: set() for cell in before}
    for own in (own for own in rules.tables.values() if own.name not in BEFORE):
        for position, row in enumerate(own.records()):
            for column in own.answers:
                for word in edits(rules, own.name, column, row[column], chance):
                    after = run_changed(changed(rules, own.name, position, column, word), table)
                    for cell in before if after is not None else ():
                        if after.get(cell) != before[cell] and before[cell] == before[cell]:
                            behind[cell].add(row["rule"])
    return behind


def run_changed(rules: Rules, table: pd.DataFrame) -> dict[tuple[str, str], object] | None:
    """The cells by other rules; nothing where an answer is one that no table may have there, which check refuses."""
    try:
        return cells_of(jwst.run(table, rules=rules).features)
    except (RuleError, ValueError, KeyError, IndexError, AttributeError, TypeError):
        return None


def measure(name: str, count: int, chance: random.Random) -> tuple[int, int, int]:
    """How many rows are behind the cells that are drawn, how many are named, and how many are both."""
    rules, table = read_rules(name), read_table(samples.TABLE).good
    run, behind = trace(rules, table), find_behind(rules, table, chance)
    totals = [0, 0, 0]
    for product, feature in chance.sample(sorted(behind), min(count, len(behind))):
        named = {reason.rule for reason in explain_cell(rules, run, product, feature).reasons}
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
