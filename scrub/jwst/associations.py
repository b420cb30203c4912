"""Associations: the exposures of each product, those that only serve it included."""

from typing import TYPE_CHECKING

import pandas as pd

from scrub.jwst.groups import grouped
from scrub.jwst.joins import joined
from scrub.tables import Rules

if TYPE_CHECKING:
    from scrub.jwst import Answer

_COLUMNS = {
    "product_id": "product_id", "product": "product", "exposure": "exposure", "exptype": "exptype",
    "program": "PROGRAM", "observation": "OBSERVTN", "exp_type": "EXP_TYPE",
}  # fmt: skip


def associations(rules: Rules, answer: "Answer") -> pd.DataFrame:
    """Return the members of each product: its science exposures, and the PSF and background exposures that join it.

    An exposure may join several products, and may be science in one of its own besides. By a rule set without a
    table ``joins``, each product has its science exposures only.

    Args:
        rules: the rule set of the answer.
        answer: what ``jwst.run`` gave.

    Returns:
        product_id, product, exposure, exptype (science, psf or background), program, observation, exp_type; a row
        for each member, by product_id, then exptype (science first), then exposure.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules("jwst_dms")
    >>> told = associations(rules, jwst.run(jwst.example(rules), rules=rules))
    >>> told[["product", "exptype"]].drop_duplicates().to_numpy().tolist()
    [['jw01018-o006_t001_niriss_clear-f200w', 'science']]
    """
    members, decided, _ = grouped(rules, answer.exposures)
    science = members[members["product"].notna()].assign(exptype="science")
    parts = [science]
    if "joins" in rules.tables:
        pairs = joined(rules, members, decided)
        product = members[["product_id", "product"]].iloc[pairs["product_row"]].reset_index(drop=True)
        joining = members.iloc[pairs["row"]].reset_index(drop=True)
        parts.append(
            joining.assign(product_id=product["product_id"], product=product["product"], exptype=pairs["role"])
        )
    told = pd.concat(parts, ignore_index=True)
    order = told.assign(first=told["exptype"] != "science").sort_values(["product_id", "first", "exptype", "exposure"])
    return pd.DataFrame({name: order[column] for name, column in _COLUMNS.items()}).reset_index(drop=True)
