"""Why a feature of a product is what it is, down to the header cards; and why an exposure is not in a product."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from scrub.jwst.cases import MEASURES
from scrub.jwst.groups import CIRCLE, decide, find_cases
from scrub.jwst.joins import is_served
from scrub.jwst.reasons import cite_exposures, find_reading, list_bands
from scrub.jwst.weigh import ask, changes_cell, changes_members, find_deciding
from scrub.pipeline.features import order_features
from scrub.pipeline.reasons import Explained, NoSuchNameError, Reason, Run, Value, cite, cite_feature, cite_key
from scrub.tables import Rules

_COUNTED = "count"


def explain_cell(rules: Rules, run: Run, product: str, feature: str) -> Explained:
    """Return why a feature of a product is what it is.

    The reasons are the rows that put the exposures into this product and gave it its name, without those whose answer
    makes no difference; how its keyword is combined; what is measured, where the feature is a measure; and how the word
    is folded and encoded. The values are those that were read, each with its exposure; the first is the reference.

    Args:
        rules: a JWST rule set.
        run: what ``trace`` gave.
        product: the id of a product.
        feature: its name.
    """
    row = next(own for own in order_features(rules) if own["feature"] == feature)
    column = row["column"]
    cell = _collect(run, product, feature)
    keywords = {own["keyword"]: own for own in rules["keywords"].records()}
    measured = column not in keywords
    read = _list_read(rules, str(run.raw.loc[product, "group"])) if measured else [column]
    varied = measured or len(cell.exposures[column].unique()) > 1  # so that it counts which is the reference
    reasons = [*_cite_members(rules, run, cell, varied=varied), *_cite_clashes(rules, run, product)]
    reasons += _cite_combining(rules, cell.exposures, column) if not measured else []
    word: Any = run.raw.loc[product, column]
    reasons += cite_feature(rules, feature, None if pd.isna(word) else str(word))
    code: Any = run.features.loc[product, feature] if product in run.features.index else "rejected"
    kept = {reason.rule: reason for reason in reasons}
    values = _list_values(cell.exposures, read, all_of=measured or keywords[column]["combine"] != "reference")
    return Explained(product, f"{feature} is {code}", list(kept.values()), tuple(values))


class _Cell(NamedTuple):
    """A feature of a product: its exposures, with the rule that named each, and those that join them."""

    feature: str
    exposures: pd.DataFrame
    rules: pd.Series
    joined: pd.DataFrame

    def hangs_on(self, rules: Rules, rule: str) -> bool:
        """Return whether another answer of a row makes another cell."""
        return changes_cell(rules, self.joined, self.exposures["exposure"].tolist(), self.feature, rule)


def _collect(run: Run, product: str, feature: str) -> _Cell:
    """Return a feature of a product with the exposures behind it."""
    members = run.members[run.members["product_id"] == product].sort_values("exposure")
    columns = [run.members[column] for column in run.members if is_served(str(column))]
    served = [zip(run.members["exposure"], cells, strict=True) for cells in columns]
    joins = {name for pairs in served for name, cell in pairs if isinstance(cell, str) and product in cell.split()}
    names = joins | set(members["exposure"])
    exposures = members[["exposure"]].merge(run.steps[0], on="exposure", how="left")
    joined = run.steps[0][run.steps[0]["exposure"].isin(names)].reset_index(drop=True)
    return _Cell(feature, exposures, members["rule"].reset_index(drop=True), joined)


def _list_read(rules: Rules, group: str) -> list[str]:
    """Return the keywords by which exposures of a group point, and those of the target."""
    pairs = rules["groups"].column("fiducial")[group].split()
    words = [word for pair in [*pairs, "TARG_RA/TARG_DEC"] for word in pair.split("/")]
    return [*dict.fromkeys("S_REGION" if word == CIRCLE else word for word in words)]


def _list_values(exposures: pd.DataFrame, keywords: Sequence[str], *, all_of: bool) -> Iterator[Value]:
    """Yield the values that were read, keyword by keyword: of every exposure, or of the reference."""
    for keyword in keywords:
        for row in (exposures if all_of else exposures.head(1)).to_dict("records"):
            if not pd.isna(row[keyword]):
                yield Value(keyword, str(row[keyword]), str(row["exposure"]))


def _cite_members(rules: Rules, run: Run, cell: _Cell, *, varied: bool) -> Iterator[Reason]:
    """Yield the rows that put exposures into their product, each distinct case once."""
    exposures = cell.exposures
    reading = find_reading(rules, exposures.head(1), str(cell.rules.iloc[0]))
    cases, codes = find_cases(rules, exposures)
    answers, fired = decide(rules, cases, reading=reading)
    scaled = varied and any(cell.hangs_on(rules, rule) for rule in fired["pixel_scales"].dropna().unique())
    deciding = find_deciding(rules, ask(rules, exposures, cell.feature, reading=reading, scaled=scaled))
    first = ~pd.Series(codes).duplicated().to_numpy()
    bands = list_bands(run).reindex(exposures["exposure"][first])
    for case, reasons in zip(
        codes[first], cite_exposures(rules, exposures[first], bands, reading=reading), strict=True
    ):
        for reason in reasons:
            if reason.table in fired or reason.table == "classes":
                kept = reason.rule in deciding
            elif reason.table == "groups":
                kept = varied and cell.hangs_on(rules, reason.rule)
            else:
                kept = reason.table != "channels" or cell.hangs_on(rules, reason.rule)
            if kept:
                yield reason
        if need := answers.iloc[case].get("need"):
            yield from _cite_need(rules, str(need), str(answers.iloc[case]["naming"]))


def _cite_need(rules: Rules, need: str, naming: str) -> Iterator[Reason]:
    """Yield what a product needs, and the rows by which other exposures join it for that."""
    yield from cite_key(rules["needs"], need, f"need={need}")
    for row in rules["joins"].records():
        if naming in row["naming"].split("|") and need in (row.get("need"), row.get("exptype")):
            yield cite(rules["joins"], row["rule"], f"naming={naming}, role={row['role']}")


def _cite_clashes(rules: Rules, run: Run, product: str) -> Iterator[Reason]:
    """Yield the rows by which a product does not stand back behind others of its program, as by another answer."""
    own = run.members.loc[run.members["product_id"] == product, ["PROGRAM", "product"]].iloc[0]
    exposures = run.steps[0][run.steps[0]["PROGRAM"] == own["PROGRAM"]].reset_index(drop=True)
    for row in rules["clashes"].records() if "clashes" in rules.tables else ():
        if changes_members(rules, exposures, product, row["rule"]):
            yield cite(rules["clashes"], row["rule"], f"product={own['product']}")


def _cite_combining(rules: Rules, exposures: pd.DataFrame, keyword: str) -> Iterator[Reason]:
    """Yield how the words of exposures become the one of their product, where that makes a difference."""
    row = next(own for own in rules["keywords"].records() if own["keyword"] == keyword)
    words = exposures[keyword].astype("str").fillna("missing").unique()
    if row["combine"] == _COUNTED or len(words) > 1:
        yield cite(rules["keywords"], row["rule"], f"{keyword}={'|'.join(words)}: {row['combine']}")


def explain_apart(rules: Rules, run: Run, exposure: str, product: str) -> Explained:
    """Return why an exposure is not in a product: the first rows and values that part it from an exposure that is.

    Args:
        rules: a JWST rule set.
        run: what ``trace`` gave.
        exposure: its name.
        product: the id of a product, or its name.

    Raises:
        NoSuchNameError: no such exposure, no such product, or the exposure is in it.
    """
    members = run.members
    inside = members[(members["product_id"] == product) | (members["product"] == product)]
    own = members[members["exposure"] == exposure]
    if inside.empty or own.empty:
        what = f"{product}: no product" if inside.empty else f"{exposure}: no exposure"
        raise NoSuchNameError(f"{what} of this table has this name")
    if exposure in set(inside["exposure"]):
        raise NoSuchNameError(f"{exposure} is in {product}")
    other = str(inside["exposure"].min())
    rows = run.steps[0].set_index("exposure", drop=False).loc[[exposure, other]]
    bands = list_bands(run).reindex(rows["exposure"])
    reasons = cite_exposures(rules, rows.reset_index(drop=True), bands)
    parted = _find_parted(rules, *reasons)
    values = [
        Value(keyword, "missing" if pd.isna(cell) else str(cell), str(name))
        for keyword in _list_parting(rules, rows, parted)
        for name, cell in rows[keyword].items()
    ]
    end = f"not in {product}, unlike {other}" + ("" if parted else ": other values of what is in its name")
    return Explained(exposure, end, parted, tuple(values))


def _find_parted(rules: Rules, own: Sequence[Reason], other: Sequence[Reason]) -> list[Reason]:
    """Return the rows of the first table that answers two exposures otherwise, scales apart: that of each."""
    for table in rules.in_turn():
        rows = [[reason for reason in reasons if reason.table == table.name] for reasons in (own, other)]
        if not set(table.answers) <= set(MEASURES) and [r.answers for r in rows[0]] != [r.answers for r in rows[1]]:
            return [*rows[0], *rows[1]]
    return []


def _list_parting(rules: Rules, rows: pd.DataFrame, parted: Sequence[Reason]) -> list[str]:
    """Return the keywords that differ between two exposures: those that rows read, and those of names and targets."""
    named = {row["keyword"] for row in rules["name_parts"].records() if row["keyword"]}
    named |= {word for row in rules["identities"].records() for word in row["keywords"].split()}
    read = {part.partition("=")[0].upper() for reason in parted for part in reason.read.split(", ")}
    return [c for c in rows.columns if c in read | named and len(set(rows[c].astype("str"))) > 1]
