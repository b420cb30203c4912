"""Rules that fired in a run: each row that decided something, what it decided, and its source."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from scrub.pipeline.reasons import cite_features, list_keys
from scrub.report.saved_run import Known
from scrub.tables import Rules


class Fired(NamedTuple):
    """A rule that fired: ``file:line``, its table, its conditions and answers as text, and where to check it.

    ``exposures`` says on how many it decided; None for a rule of features.
    """

    rule: str
    table: str
    conditions: str
    answers: str
    source: str
    note: str
    exposures: int | None


def list_fired(known: Known, typed: Mapping[str, pd.DataFrame]) -> list[Fired]:
    """Return the rules that fired, in the order of their tables and lines.

    Args:
        known: the rules of a run.
        typed: its tables, by name.

    >>> from scrub import tables
    >>> from scrub.on_data.registry import find_pipeline
    >>> rules, members = tables.read("jwst"), pd.DataFrame({"rule": ["product_names.csv:2"] * 3})
    >>> [(fired.rule, fired.exposures) for fired in list_fired(Known(rules, find_pipeline("jwst"), []), {"members": members})]
    [('product_names.csv:2', 3)]
    """  # noqa: E501
    saved, counts = known.pipeline.saved, Counter[str]()
    exposures, members = typed.get("exposures"), typed.get("members")
    if members is not None and "rule" in members:
        counts.update(members["rule"].dropna().tolist())
    if saved.count_fired and exposures is not None:
        counts |= saved.count_fired(known.rules, exposures)
    uncounted = _list_of_features(known, typed.get(saved.results))
    return _describe(known.rules, counts, uncounted)


def _list_of_features(known: Known, results: pd.DataFrame | None) -> set[str]:
    """Return the rules that made the features of a run."""
    columns = set(known.rules["features"].column("column"))
    if results is None or not columns <= set(results.columns):
        return set()
    return {reason.rule for reason in cite_features(known.rules, results)}


def _describe(rules: Rules, counts: Mapping[str, int], uncounted: set[str]) -> list[Fired]:
    """Return what the rows of rules say, of those that fired."""
    described = []
    for table in rules.tables.values():
        keys = list_keys(table)
        for row in table.records():
            rule = row["rule"]
            if rule in counts or rule in uncounted:
                conditions, answers = (
                    ", ".join(f"{column}={row[column]}" for column in columns if row[column])
                    for columns in (keys, table.answers)
                )
                source = row["source"] or table.declaration.source
                described.append(Fired(rule, table.name, conditions, answers, source, row["note"], counts.get(rule)))
    return described
