"""Predicted products and what was measured of them, such as memory, seconds and size: one row a product.

A measured product has the keywords of its exposures, so the rules that group exposures also say which predicted product
it is: it is grouped with them, and belongs to the product of the exposures in its group. No key is written here.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub import jwst
from scrub.files.table_files import SourceError
from scrub.frames.rejects import Fault, Split, join, set_aside
from scrub.jwst.answers import answer_inputs
from scrub.jwst.inputs import to_headers
from scrub.tables import Rules

_STAGE = "training"
_JOINED = "join"  # how a product combines keywords of which its exposures have several words


class Matched(NamedTuple):
    """Features with measures by group of products; the products that nothing was measured of; and rejects.

    Rejects are those of the run, and of measured products: those that no rule places, that no exposure belongs to, that
    lack a number, and those of one product with other numbers.
    """

    features: dict[str, pd.DataFrame]
    unmeasured: list[str]
    rejected: pd.DataFrame


def match(
    rules: Rules, exposures: pd.DataFrame | str | Path, measured: pd.DataFrame, *, measures: Sequence[str]
) -> Matched:
    """Return the features of predicted products, with what was measured of them as further columns.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, or what else ``jwst.run`` takes.
        measured: one row a measured product: its keywords, its name in the column that names exposures, the measures.
        measures: the columns of ``measured`` to add, numbers.

    Raises:
        SourceError: a measure has no column, or is a feature already; no column names exposures or products.
    """
    read = jwst.load(rules, exposures)
    answer = answer_inputs(rules, read)
    taken = {str(name) for frame in answer.features.values() for name in frame}
    for measure in measures:
        if measure not in measured or measure in taken:
            why = "is a feature already" if measure in taken else "has no column in the table of measured products"
            raise SourceError(f"{measure}: {why}")
    headers = to_headers(rules, _blank_joined(rules, measured))
    placed, aside = _place(rules, read.headers, headers, answer.members)
    numbers = measured[list(measures)].apply(pd.to_numeric, errors="coerce").reset_index(drop=True)
    rows = placed.merge(numbers.assign(name=headers["exposure"].array), on="name")
    good, faults = set_aside(rows, _STAGE, _find_faults(rows, measures))
    own = good.drop_duplicates("product_id").set_index("product_id")[list(measures)]
    features = {group: frame.join(own, how="inner") for group, frame in answer.features.items()}
    unmeasured = [str(name) for frame in answer.features.values() for name in frame.index.difference(own.index)]
    return Matched(features, sorted(unmeasured), join([answer.rejected, aside, faults]))


def _blank_joined(rules: Rules, measured: pd.DataFrame) -> pd.DataFrame:
    """Return measured products without the words of joined keywords that are on no list, such as MULTIPLE."""
    joined = {row["keyword"] for row in rules["keywords"].records() if row["combine"] == _JOINED}
    columns = {column: str(column).strip().lower() for column in measured if str(column).strip().upper() in joined}
    return measured.assign(
        **{
            str(column): measured[column].where(measured[column].isin(rules.lists.get(name, ())), "")
            for column, name in columns.items()
        }
    )


def _place(rules: Rules, exposures: pd.DataFrame, measured: pd.DataFrame, members: pd.DataFrame) -> Split:
    """Return the predicted product of each measured one (name, product_id), and the measured ones that have none.

    Both are grouped together; the exposures of a group say which predicted product it is.
    """
    clean, odd = jwst.exposures.split(rules, pd.concat([exposures, measured], ignore_index=True))
    grouped, unplaced = jwst.group.split(rules, clean)
    own, both = (_number_products(frame) for frame in (members, grouped))
    pairs = both.merge(own.rename(columns={"product_id": "predicted"}), on=["exposure", "number"])
    pairs = pairs[["product_id", "predicted"]].drop_duplicates()
    predicted = pairs.groupby("product_id")["predicted"].agg(["first", "size"])
    is_measured = grouped["exposure"].isin(measured["exposure"])
    rows = grouped.loc[is_measured, ["exposure", "product_id", "rule"]].reset_index(drop=True)
    count = rows["product_id"].map(predicted["size"]).fillna(0)
    faults = [
        Fault(rows["product_id"].isna(), "is no product: a rule leaves it out", "rule", rows["rule"]),
        Fault(count == 0, "no exposure belongs to this product", "product_id", rows["product_id"]),
        Fault(count > 1, "exposures of several predicted products belong to it", "product_id", rows["product_id"]),
    ]
    good, alone = set_aside(rows, _STAGE, faults)
    placed = pd.DataFrame({"name": good["exposure"], "product_id": good["product_id"].map(predicted["first"])})
    left = [rejects[rejects["what"].isin(measured["exposure"])] for rejects in (odd, unplaced)]
    return Split(placed, join([*left, alone]))


def _number_products(members: pd.DataFrame) -> pd.DataFrame:
    """Return the products of each exposure, numbered in the order in which rules make them."""
    own = members.dropna(subset="product_id")[["exposure", "product_id"]]
    return own.assign(number=own.groupby("exposure").cumcount())


def _find_faults(rows: pd.DataFrame, measures: Sequence[str]) -> Iterator[Fault]:
    """Yield what keeps measured products from being used: a measure that is no number, or several of one product."""
    for measure in measures:
        yield Fault(rows[measure].isna(), "no number", measure, rows[measure])
        several = rows.groupby("product_id")[measure].transform("nunique") > 1
        yield Fault(several, "measured several times, with other results", measure, rows[measure])
