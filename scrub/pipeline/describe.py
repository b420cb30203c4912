"""What each feature is: its kind, unit, codes and words, from the rule tables and the contract that hold them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scrub.contracts import contracts
from scrub.contracts.parse import parse
from scrub.pipeline.features import list_features, order_features, pairs
from scrub.tables import Rules

COLUMNS = ["groups", "kind", "numeric", "unit", "codes", "column", "missing", "description", "rule", "source"]


def describe(rules: Rules, contract: str, *, group: str | None = None) -> pd.DataFrame:
    """Return what each feature is, one row a feature, in the order of the rule table ``features``.

    Args:
        rules: the rule set that makes the features.
        contract: the name of their contract, such as ``jwst/features``.
        group: only the features of this group of products; all unless given.

    Returns:
        A frame, index ``feature``: the groups that have it (blank where there are none); its kind; whether it is a
        number; its unit (blank for plain numbers and codes); the code of each word (a dictionary, empty where words
        have no codes); the column that it is made of; what stands where that is missing (``reject``: the row is
        rejected); a description; its row in the rule tables; the source of that row.

    Raises:
        ValueError: no feature is of this group.

    >>> from scrub import hst_cal
    >>> features = describe(hst_cal.read_rules(), "hst_cal/features")
    >>> features.loc["total_mb", ["kind", "unit"]].tolist()
    ['rounded', 'MB']
    >>> features.loc["instr", "codes"]
    {'J': 0, 'L': 1, 'O': 2, 'I': 3}
    """
    read = contracts.read(contract, rules.lists)
    specs = parse(f"{contract}.yaml", read.content)["columns"]
    rows = list_features(rules, group)
    if not rows:
        groups = sorted({word for row in order_features(rules) for word in row.get("groups", "").split()})
        raise ValueError(f"no feature is of the group {group!r}: there are {', '.join(groups) or 'no groups'}")
    cells = [_describe(rules, row, specs.get(row["feature"], {})) for row in rows]
    index = pd.Index([row["feature"] for row in rows], name="feature")
    return pd.DataFrame(cells, index=index, columns=COLUMNS)


def _describe(rules: Rules, row: Mapping[str, str], spec: Mapping[str, Any]) -> list[Any]:
    """Return the cells of one feature, in the order of ``COLUMNS``."""
    return [
        row.get("groups", ""),
        row["kind"],
        row["kind"] != "text",
        spec.get("unit", ""),
        pairs(rules, row["feature"]),
        row["column"],
        row["missing"],
        spec.get("description", ""),
        row["rule"],
        row["source"],
    ]
