"""Features: products as the numbers that models are trained on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames.arrays import Columns, make_frame, read_frame, take
from scrub.frames.cells import make_text
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import Fault, SplitColumns, set_columns_aside
from scrub.jwst.products import list_measured
from scrub.pipeline.features import list_features, make_features, order_features
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.rules import once

_STAGE = "jwst/features"


@stage("jwst/products", _STAGE, columns=read_frame)
def features(rules: Rules, products: Columns, *, handle_unknown: HandleUnknown = "error") -> SplitColumns:
    """Return one row a product: product_id, group and the features, in the order of the rule table.

    Words are folded (rule table ``abbreviations``), then encoded; flags are 1 or 0; missing is what the
    table puts for it. A feature that the product's group does not have is missing.

    Args:
        rules: a JWST rule set.
        products: products under the contract ``jwst/products``.
        handle_unknown: ``error`` rejects a product with a word that has no code, with column and value;
            ``use_encoded_value`` gives it the code that the table states for ``*``, and rejects it
            where there is none.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> grouped = jwst.group(rules, jwst.exposures(rules, jwst.example(rules)))
    >>> features(rules, jwst.products(rules, grouped))[["instr", "filter"]].to_numpy().tolist()
    [[3, 1]]
    """
    rows, groups = order_features(rules), np.asarray(products["group"], dtype=object)
    featured = np.isin(groups, [group for group, _ in _list_columns(rules)])
    own = products if featured.all() else take(products, featured)
    encoded, faults = make_features(rules, own, handle_unknown=handle_unknown)
    if own is not products:
        encoded, faults = _place(rows, encoded, faults, featured)
    applies = {cell: np.isin(groups, cell.split()) | ~featured for cell in {row["groups"] for row in rows}}
    for row in rows:
        if encoded[row["feature"]].dtype == np.float64:
            encoded[row["feature"]] = np.where(applies[row["groups"]], encoded[row["feature"]], np.nan)
    columns = {"product_id": products["product_id"], "group": products["group"], **encoded}
    aimless = np.isin(groups, list(list_measured(rules))) & np.isnan(np.asarray(products["fx_ra"], dtype="float64"))
    lost = Fault(aimless, "no offsets: an exposure of it says nowhere where it points", "fx_ra", products["fx_ra"])
    return set_columns_aside(columns, _STAGE, [lost, *faults])


def _place(
    rows: Sequence[Mapping[str, str]], encoded: Columns, faults: Sequence[Fault], featured: Flags
) -> tuple[dict[str, Any], list[Fault]]:
    """Return features among all products; those whose group has none have 0, or what is missing."""
    missing = {row["feature"]: row["missing"] for row in rows}

    def spread(values: Any, text: str | None = None) -> Any:
        array = np.asarray(values, dtype=object) if values.dtype == "category" else np.asarray(values)
        placed = np.full(len(featured), text if array.dtype == object else 0, dtype=array.dtype)
        placed[featured] = array
        return placed

    columns = {name: spread(values, missing[name]) for name, values in encoded.items()}
    return columns, [fault._replace(where=spread(fault.where), cells=spread(fault.cells)) for fault in faults]


def by_group(rules: Rules, features: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the features of each group of products, index product_id, with the columns that the group has.

    Args:
        rules: a JWST rule set.
        features: features of products, as the step ``features`` gives them.
    """
    return {name: frame.copy(deep=False) for name, frame in split_groups(rules, read_frame(features)).items()}


def split_groups(rules: Rules, features: Columns) -> dict[str, pd.DataFrame]:
    """Return what ``by_group`` does, for columns; frames without rows are those of the rules, and not to be changed.

    Args:
        rules: a JWST rule set.
        features: columns of features of products.
    """
    groups, parts = np.asarray(features["group"], dtype=object), {}
    for group, names in _list_columns(rules):
        rows = np.flatnonzero(groups == group)
        own = {name: features[name] for name in names}
        if len(rows):
            index = pd.Index(make_text(features["product_id"][rows]), name="product_id")
            parts[group] = make_frame(take(own, rows), index=index)
        else:
            types = tuple("object" if array.dtype == "category" else str(array.dtype) for array in own.values())
            parts[group] = _make_empty(rules, names, types)
    return parts


@once
def _make_empty(_rules: Rules, names: Sequence[str], types: Sequence[str]) -> pd.DataFrame:
    """Return features of no products."""
    columns = {name: np.empty(0, dtype=dtype) for name, dtype in zip(names, types, strict=True)}
    return make_frame(columns, index=pd.Index(make_text([]), name="product_id"))


@once
def _list_columns(rules: Rules) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the features that each group has; a group without any is not there."""
    groups = (row["group"] for row in rules["groups"].records())
    named = ((group, tuple(row["feature"] for row in list_features(rules, group))) for group in groups)
    return tuple((group, names) for group, names in named if names)
