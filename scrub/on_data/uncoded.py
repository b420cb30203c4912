"""Words without a code: those that headers may have and that no row of ``encodings`` or ``uncoded`` knows."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from scrub.contracts import contracts
from scrub.frames.cells import TEXT
from scrub.on_data.registry import PIPELINES, find_base
from scrub.pipeline.features import encode_words, order_features
from scrub.tables import Finding, Rules, locate, rule_files, ruleset
from scrub.tables.conditions import ELSE, find_positions
from scrub.tables.lint.check import show_paths


def find_uncoded(name: str | Path, *, base: str = "jwst") -> list[Finding]:
    """Return the words that have no code in a rule set's newest edition, and are not in its table ``uncoded``.

    Words are those of the closed lists of the contracts, and those of the instruments. A word whose exposures are
    all left out needs no code. Rules that no pipeline runs have no such words.

    Args:
        name: a rule set that ships, or a folder: see ``tables.read``; without other findings.
        base: the rule set that a folder is a version of, where its name does not say.

    >>> find_uncoded("jwst")
    []
    """
    location = locate.locate(name, base)
    pipeline = PIPELINES.get(find_base(location))
    if pipeline is None:
        return []
    sheets = rule_files.load(location)
    rules = ruleset.build(location.name, sheets, ruleset.editions(sheets)[-1]).rules
    return show_paths(list(list_uncoded(rules, pipeline.saved.folder)), location, sheets)


def list_uncoded(rules: Rules, folder: str) -> Iterator[Finding]:
    """Yield the words that have no code.

    Args:
        rules: a rule set.
        folder: of its contracts.

    >>> from scrub import tables
    >>> list(list_uncoded(tables.read("hst_cal"), "hst_cal"))
    []
    """
    listed = {column: list_ for name, _ in contracts.contents(folder) for column, list_ in _listed(rules, folder, name)}
    for row in order_features(rules):
        if row["kind"] != "category":
            continue
        known = _find_words(rules, row["column"], listed.get(row["column"]))
        words = pd.Series(list(known), dtype=TEXT)
        codes = encode_words(rules, row["feature"], words.array, missing=row["missing"], handle_unknown="error")
        for word in words[codes.unknown & ~words.isin(find_meant(rules, row["feature"]))]:
            message = (
                f"{row['feature']} {word} has no code: give it a row of encodings.csv, "
                "or one of uncoded.csv if it is to have none"
            )
            yield Finding.at(known[word], "uncoded", message)


def _listed(rules: Rules, folder: str, file: str) -> Iterator[tuple[str, str]]:
    """Yield the columns of a contract that have a closed list of the rules, and the list."""
    yield from contracts.read(f"{folder}/{Path(file).stem}", rules.lists).listed.items()


def _find_words(rules: Rules, column: str, list_: str | None) -> dict[str, str]:
    """Return the words that a column may have, and the row that has each; not those that are left out."""
    own = [(row["word"], row["rule"]) for row in rules["lists"].records() if row["list"] == list_]
    if "instrument_words" in rules.tables:
        rows = rules["instrument_words"].records()
        own += [(row["word"], row["rule"]) for row in rows if row["keyword"] == column]
    lost = _find_left_out(rules, list_) if list_ else set()
    return {word: rule for word, rule in reversed(own) if word not in lost}


def _find_left_out(rules: Rules, list_: str) -> set[str]:
    """Return the words of a list whose every exposure is left out."""
    words, lost = rules.lists[list_], set[str]()
    for table in rules.tables.values():
        for column in (c for c, name in table.declaration.conditions.items() if name == list_):
            for answer, word in table.declaration.leaves_out.items():
                cells = table.rows.loc[table.rows[answer] != word, column].unique()
                if ELSE in cells:
                    continue
                lost |= {*words} - {words[i] for cell in cells for i in find_positions(cell, words)}
    return lost


def find_meant(rules: Rules, feature: str) -> set[str]:
    """Return the words of a feature that are to have no code.

    Args:
        rules: a rule set.
        feature: its name.
    """
    if "uncoded" not in rules.tables:
        return set()
    return {row["value"] for row in rules["uncoded"].records() if row["column"] == feature}
