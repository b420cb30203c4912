"""Explain a product, an exposure, a data set or a feature of a table: the rows that fired, and what they read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scrub.files.table_files import Track, untracked
from scrub.frames.rejects import join, none_rejected
from scrub.on_data.origins import Read, place_values, read_once
from scrub.on_data.registry import Pipeline, find_pipeline
from scrub.pipeline.features import order_features
from scrub.pipeline.reasons import Explained, NoSuchNameError, Run, cite_feature
from scrub.tables import Rules

__all__ = ["Explained", "NoSuchNameError", "explain", "explain_apart"]


def explain(
    rules: Rules, base: str, name: str, source: pd.DataFrame | str | Path, *, track: Track = untracked
) -> list[Explained]:
    """Return why something of a table is what it is.

    Args:
        rules: a rule set.
        base: the shipped rule set that it is a version of.
        name: a product, an exposure or a data set; with ``:FEATURE`` behind it, that cell of its features.
        source: a frame, or what the pipeline's command takes as INPUT.
        track: wraps the iteration over steps, to show progress.

    Raises:
        NoSuchNameError: nothing of the table has this name.
        SourceError: nothing there to read.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> name = "jw01018-o006_t1_niriss_clear-f200w:filter"
    >>> cell = explain(rules, "jwst", name, jwst.example(rules))[0]
    >>> cell.end, [reason.table for reason in cell.reasons][-3:], cell.values[0].place
    ('filter is 1', ['name_parts', 'features', 'encodings'], 'row 0, column FILTER')
    """
    name = name.rpartition("_")[0] if name.endswith(".fits") else name
    pipeline = find_pipeline(base)
    row, feature = _split_name(rules, name)
    run, read = _trace(rules, pipeline, source, track)
    explained = pipeline.explain(rules, run, name)
    if not explained and feature and pipeline.explain_cell and row in run.raw.index:
        explained = [_place(rules, run, pipeline.explain_cell(rules, run, row, feature), read)]
    if not explained:
        everything = [feature_["feature"] for feature_ in _list_features(rules)] if pipeline.by_feature else []
        explained = _explain_cells(rules, [feature] if feature else everything, run, row)
    explained += _explain_rejects(row if pipeline.by_feature else name, run.rejected)
    if explained:
        return explained
    if ":" in name and not feature:
        known = ", ".join(feature_["feature"] for feature_ in _list_features(rules)) or "none in these rules"
        raise NoSuchNameError(f"{name}: no feature {name.rpartition(':')[2]}: there are {known}")
    raise NoSuchNameError(f"{name}: no product, exposure, data set or reject of this table has this name")


def explain_apart(
    rules: Rules, base: str, name: str, product: str, source: pd.DataFrame | str | Path, *, track: Track = untracked
) -> Explained:
    """Return why an exposure is not in a product: the first rows and values that part it from one that is.

    Args:
        rules: a rule set.
        base: the shipped rule set that it is a version of.
        name: of an exposure.
        product: that it is not in.
        source: a frame, or what the pipeline's command takes as INPUT.
        track: wraps the iteration over steps, to show progress.

    Raises:
        NoSuchNameError: no such exposure or product, the exposure is in it, or these rules form no products.
        SourceError: nothing there to read.

    >>> from scrub import jwst, samples
    >>> from scrub.files.table_files import read_table
    >>> table = read_table(samples.TABLE).good
    >>> product = "jw09999-o002_t2_miri_f770w-brightsky"
    >>> apart = explain_apart(jwst.read_rules(), "jwst", table["exposure"][0], product, table)
    >>> [reason.table for reason in apart.reasons], str(apart.values[0])
    (['elements', 'elements'], 'OBSERVTN=001: jw09999001001_02101_00001_nrca1, row 0, column OBSERVTN')
    """
    pipeline = find_pipeline(base)
    if pipeline.explain_apart is None:
        raise NoSuchNameError(f"{product}: the rules {rules.name} form no products")
    run, read = _trace(rules, pipeline, source, track)
    name = name.rpartition("_")[0] if name.endswith(".fits") else name
    return _place(rules, run, pipeline.explain_apart(rules, run, name, product), read)


def _trace(rules: Rules, pipeline: Pipeline, source: pd.DataFrame | str | Path, track: Track) -> tuple[Run, Read]:
    """Return the run of an input, and the input as it was read; of values that nobody places, the input as it is."""
    read = read_once(source) if pipeline.explain_cell else Read(source, none_rejected())
    run = pipeline.trace(rules, read.source, track=track)
    return run._replace(rejected=join([read.torn, run.rejected])), read


def _place(rules: Rules, run: Run, explained: Explained, read: Read) -> Explained:
    """Return an explanation with the place of each value that was read."""
    return explained._replace(values=tuple(place_values(rules, run, explained.values, read)))


def _list_features(rules: Rules) -> Sequence[Mapping[str, str]]:
    """Return the features of a rule set; a rule set of no telescope may have none."""
    return order_features(rules) if "features" in rules.tables else ()


def _split_name(rules: Rules, name: str) -> tuple[str, str]:
    """Return a name, and the feature behind its last colon, if there is one."""
    row, _, feature = name.rpartition(":")
    known = {own["feature"].lower(): own["feature"] for own in _list_features(rules)}
    return (row, known[feature.lower()]) if row and feature.lower() in known else (name, "")


def _explain_rejects(name: str, rejected: pd.DataFrame) -> list[Explained]:
    """Return why something was rejected."""
    rows = rejected[rejected["what"] == name].to_dict("records")
    return [
        Explained(name, f"rejected at {row['stage']}: {row['column']} {row['reason']}: {row['value']!r}", [])
        for row in rows
    ]


def _explain_cells(rules: Rules, features: Iterable[str], run: Run, name: str) -> list[Explained]:
    """Return features of one row: what they are, and the rows that made them of the columns they come from."""
    if name not in run.raw.index or not _list_features(rules):
        return []
    columns, explained = dict(rules["features"].column("column")), []
    for feature in features:
        value: Any = run.raw.loc[name, columns[feature]] if columns[feature] in run.raw else name
        code: Any = run.features.loc[name, feature] if name in run.features.index else "rejected"
        reasons = cite_feature(rules, feature, None if pd.isna(value) else str(value))
        explained.append(Explained(name, f"{feature} is {code}", reasons))
    return explained
