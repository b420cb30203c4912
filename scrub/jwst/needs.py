"""Needs: what a group of exposures must have to be a product, such as a second exposure or a PSF."""

import numpy as np
import pandas as pd

from scrub.tables import Rules


def met(rules: Rules, members: pd.DataFrame) -> pd.DataFrame:
    """Return members without the products that lack what they need; the row of ``needs`` is their rule.

    A need is met by enough exposures of a role that have the need themselves, in the set of those that agree in all
    the columns it names. An exposure that meets a need may be in no product itself, as a PSF exposure is.

    Args:
        rules: a JWST rule set; one without a table ``needs`` changes nothing.
        members: exposures with ``need``, ``role``, ``group``, ``product``, ``key`` and ``rule``.
    """
    if "needs" not in rules.tables:
        return members
    rule = pd.Series(None, index=members.index, dtype="str")
    for row in rules["needs"].records():
        own = members[members["need"] == row["need"]]
        helping = (own["role"] == row["role"]).to_numpy()
        sets = own.groupby(row["within"].split(), sort=False, dropna=False).ngroup().to_numpy()
        short = np.bincount(sets, weights=helping)[sets] < int(row["least"]) if len(own) else np.zeros(0, dtype=bool)
        rule[own.index[short & own["product"].notna().to_numpy()]] = row["rule"]
    made = rule.isna()
    blank = {column: members[column].where(made) for column in ("group", "product")}
    return members.assign(**blank, rule=members["rule"].where(made, rule))
