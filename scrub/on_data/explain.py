"""Explain a product, an exposure, a data set or a feature of a table: the rows that fired, and what they read."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub import hst_cal, hst_svm, jwst
from scrub.contracts.stage import chain
from scrub.files.table_files import untracked
from scrub.jwst.groups import cases_of
from scrub.jwst.reasons import reasons
from scrub.pipeline.features import ordered
from scrub.pipeline.reasons import NoSuchNameError, Reason, coded, reason
from scrub.tables import Rules

Track = Callable[..., Iterable[Any]]


_ENDS = ["product_id", "rule", "lacking"]


class Explained(NamedTuple):
    """Something that is explained: what it is, what became of it, and why."""

    name: str
    told: str
    reasons: list[Reason]


class Run(NamedTuple):
    """A table as a pipeline went through it: FILTER as it came in, and the frame after each step."""

    bands: pd.Series
    exposures: pd.DataFrame
    members: pd.DataFrame
    products: pd.DataFrame
    features: pd.DataFrame
    rejected: pd.DataFrame


def run(rules: Rules, source: pd.DataFrame | str | Path, *, track: Track = untracked) -> Run:
    """Return every frame of the JWST pipeline for a source, with what its headers had as FILTER."""
    read = jwst.load(rules, source, track=track)
    frames, rejected = chain(jwst.steps(rules), read.headers, track=track)
    bands = read.headers.drop_duplicates("exposure").set_index("exposure")["FILTER"]
    exposures, grouped, products, features = frames
    members = grouped.reindex(columns=[*grouped.columns, *(c for c in _ENDS if c not in grouped)])
    lost = pd.concat([read.rejected, rejected], ignore_index=True)
    return Run(bands, exposures, members, products, features, lost)


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

    >>> from scrub import tables
    >>> rules = tables.read("jwst")
    >>> name = "jw01018-o006_t1_niriss_clear-f200w:filter"
    >>> told = explain(rules, "jwst", name, jwst.example(rules))[0]
    >>> told.told, [r.table for r in told.reasons]
    ('filter is 1', ['features', 'encodings'])
    """
    name = name.rpartition("_")[0] if name.endswith(".fits") else name
    what, feature = _halves(rules, name)
    if base.startswith("hst"):
        found = _dataset(rules, base, what, feature, source, track)
    else:
        ran = run(rules, source, track=track)
        members, products = ran.members, ran.products.set_index("product_id", drop=False)
        asked = (members["exposure"] == name) | (members["product_id"] == name) | (members["product"] == name)
        found = [*_members(rules, members[asked], ran), *_rejects(name, ran.rejected)]
        if feature and not found:
            found = _cells(rules, [feature], products, ran.features.set_index("product_id"), what)
    if not found and ":" in name and not feature:
        known = ", ".join(row["feature"] for row in ordered(rules))
        raise NoSuchNameError(f"{name}: no feature {name.rpartition(':')[2]}: there are {known}")
    if not found:
        raise NoSuchNameError(f"{name}: no product, exposure, data set or reject of this table has this name")
    return found


def _halves(rules: Rules, name: str) -> tuple[str, str]:
    """Return a name, and the feature behind its last colon, if there is one."""
    what, _, feature = name.rpartition(":")
    known = {row["feature"].lower(): row["feature"] for row in ordered(rules)}
    return (what, known[feature.lower()]) if what and feature.lower() in known else (name, "")


def _members(rules: Rules, rows: pd.DataFrame, ran: Run) -> list[Explained]:
    """Return exposures of one product (or one exposure), those that the same rows decided on told once."""
    exposures = ran.exposures.assign(copy=ran.exposures.groupby("exposure").cumcount())
    asked = rows.assign(copy=ran.members.groupby("exposure").cumcount())
    own = exposures.merge(asked[["exposure", "copy", *_ENDS]], on=["exposure", "copy"])
    _, codes = cases_of(rules, own)
    keys = own[_ENDS].assign(case=codes)
    found = []
    for _, like in keys.groupby(list(keys), sort=False, dropna=False):
        first = own.iloc[like.index[:1]]
        name = str(first["exposure"].iloc[0])
        row = first.iloc[0]
        more = f" (and {len(like) - 1} more exposures)" if len(like) > 1 else ""
        told = reasons(rules, first, ran.bands.reindex(first["exposure"]))[0]
        if row["rule"] not in [one.rule for one in told]:
            table = rules[str(row["rule"]).rpartition("/")[2].partition(".csv")[0]]
            told = [*told, reason(table, row["rule"], "all exposures of its product")]
        found.append(Explained(name + more, _end(row), told))
    return found


def _end(row: pd.Series) -> str:
    """Return what became of an exposure."""
    if pd.notna(row["product_id"]):
        return f"in {row['product_id']}"
    if pd.notna(row.get("lacking")):
        return f"unknown by {row['rule']}: {row['lacking']} would have to be known"
    return f"left out by {row['rule']}"


def _rejects(name: str, rejected: pd.DataFrame) -> list[Explained]:
    """Return why something was rejected."""
    rows = rejected[rejected["what"] == name].to_dict("records")
    return [
        Explained(name, f"rejected at {row['stage']}: {row['column']} {row['reason']}: {row['value']!r}", [])
        for row in rows
    ]


def _cells(rules: Rules, wanted: Iterable[str], raw: pd.DataFrame, encoded: pd.DataFrame, what: str) -> list[Explained]:
    """Return features of one row: what they are, and the rows that made them of the columns they come from."""
    if what not in raw.index:
        return []
    columns, found = dict(rules["features"].column("column")), []
    for feature in wanted:
        value: Any = raw.loc[what, columns[feature]] if columns[feature] in raw else what
        code: Any = encoded.loc[what, feature] if what in encoded.index else "rejected"
        told = f"{feature} is {code}"
        found.append(Explained(what, told, coded(rules, feature, None if pd.isna(value) else str(value))))
    return found


def _dataset(
    rules: Rules, base: str, what: str, feature: str, source: pd.DataFrame | str | Path, track: Track
) -> list[Explained]:
    """Return why the features of an HST data set are what they are."""
    if base == "hst_cal":
        cal = hst_cal.run(source, rules=rules, track=track)
        raw, encoded, rejected = cal.datasets, cal.features, cal.rejected
    else:
        svm = hst_svm.run(source, rules=rules, track=track)
        raw, encoded, rejected = svm.raw, svm.features, svm.rejected
    wanted = [feature] if feature else list(rules["features"].rows["feature"])
    return [*_cells(rules, wanted, raw, encoded, what), *_rejects(what, rejected)]
