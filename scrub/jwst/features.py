"""Features: products as the numbers that models are trained on, and back to words."""

from collections.abc import Mapping

import pandas as pd

from scrub import encode
from scrub.contracts import Fault, Split, set_aside, stage
from scrub.tables import Rules

_STAGE = "jwst/features"


@stage("jwst/products", _STAGE)
def features(rules: Rules, products: pd.DataFrame, *, handle_unknown: encode.HandleUnknown = "error") -> Split:
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
    made = {"product_id": products["product_id"], "group": products["group"]}
    faults = []
    for row in _ordered(rules):
        values, name = products[row["column"]], row["feature"]
        applies = products["group"].isin(row["groups"].split())
        if row["kind"] == "category":
            words = rules["abbreviations"].fold(name, values.fillna(row["missing"]))
            codes, lost = encode.encode(pairs(rules, name), words, handle_unknown=handle_unknown)
            faults.append(Fault(lost, "no code for this word", name, words))
            made[name] = codes
        elif row["kind"] == "text":
            made[name] = values.fillna(row["missing"])
        else:
            number = values.astype("Float64").fillna(float(row["missing"]))
            made[name] = number.astype("int64") if row["kind"] == "boolean" else number.where(applies).astype("float64")
    good, rejected = set_aside(pd.DataFrame(made), _STAGE, faults)
    return Split(good.astype({fault.column: "int64" for fault in faults}), rejected)


def _ordered(rules: Rules) -> list[dict[str, str]]:
    return sorted(rules["features"].records(), key=lambda row: int(row["position"]))


def pairs(rules: Rules, feature: str) -> dict[str, int]:
    """Return the code of each word of one feature.

    >>> from scrub import jwst
    >>> pairs(jwst.read_rules(), "channel")
    {'NONE': 0, '12': 1, '34': 2, 'LONG': 3, 'SHORT': 4}
    """
    rows = rules["encodings"].rows
    rows = rows[rows["column"] == feature]
    return dict(zip(rows["value"], rows["code"].astype(int), strict=True))


def by_group(rules: Rules, features: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the features of each group of products, index product_id, with the columns that the group has."""
    found = {}
    for name in rules["groups"].rows["group"]:
        own = [row["feature"] for row in _ordered(rules) if name in row["groups"].split()]
        found[name] = features[features["group"] == name].set_index("product_id")[own]
    return found


def decode(
    rules: Rules, features: pd.DataFrame, *, representatives: Mapping[str, Mapping[int, str]] | None = None
) -> pd.DataFrame:
    """Return features with words in place of codes: the inverse of the encoding.

    Args:
        rules: the rule set that encoded them.
        features: a frame with any of the encoded features.
        representatives: for a feature whose words share codes, the word to answer for each such code.

    Raises:
        ValueError: a feature whose words share a code that has no representative, or a code without word.

    >>> from scrub import jwst
    >>> decode(jwst.read_rules(), pd.DataFrame({"pupil": [1, 0], "gs_mag": [14.2, 15.0]}))
       pupil  gs_mag
    0  CLEAR    14.2
    1   NONE    15.0
    """
    words = {}
    for row in _ordered(rules):
        name = row["feature"]
        if row["kind"] == "category" and name in features:
            chosen = (representatives or {}).get(name)
            try:
                words[name] = encode.decode(pairs(rules, name), features[name], representative=chosen)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return features.assign(**words)
