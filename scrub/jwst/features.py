"""Features: products as the numbers that models are trained on."""

import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.pipeline.features import coded, ordered
from scrub.tables import Rules

_STAGE = "jwst/features"


@stage("jwst/products", _STAGE)
def features(rules: Rules, products: pd.DataFrame, *, handle_unknown: HandleUnknown = "error") -> Split:
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
    for row in ordered(rules):
        values, name = products[row["column"]], row["feature"]
        applies = products["group"].isin(row["groups"].split())
        if row["kind"] == "category":
            made[name], lost = coded(rules, name, values, missing=row["missing"], handle_unknown=handle_unknown)
            faults.append(Fault(lost, "no code for this word", name, values))
        elif row["kind"] == "text":
            made[name] = values.fillna(row["missing"])
        else:
            number = values.astype("Float64").fillna(float(row["missing"]))
            made[name] = number.astype("int64") if row["kind"] == "boolean" else number.where(applies).astype("float64")
    return set_aside(pd.DataFrame(made), _STAGE, faults)


def by_group(rules: Rules, features: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the features of each group of products, index product_id, with the columns that the group has."""
    found = {}
    for name in rules["groups"].rows["group"]:
        own = [row["feature"] for row in ordered(rules) if name in row["groups"].split()]
        found[name] = features[features["group"] == name].set_index("product_id")[own]
    return found
