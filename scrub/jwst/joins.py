"""Joins: which exposures are members of products of others, and which products lack what they need."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scrub.frames import columns
from scrub.tables import Rules

SET = ["product", "group", "key"]


def met(rules: Rules, members: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Return members without the products that lack what they need, or that stand back behind others of their name.

    The row of ``needs`` or ``clashes`` is then the rule of their exposures. A rule set without these tables
    changes nothing.

    Args:
        rules: a JWST rule set.
        members: exposures with ``product``, ``key``, ``group``, ``role``, ``need``, ``rule`` and their ``case``.
        decided: what the tables say of each case.
    """
    if "needs" not in rules.tables:
        return members
    pairs, (sets, codes) = joined(rules, members, decided), columns.distinct(members, SET)
    for row in rules["needs"].records():
        counts = _counts(members, codes, len(sets), pairs[pairs["role"] == row["role"]], row["role"])
        members = _without(members, (members["need"] == row["need"]) & (counts < int(row["least"])), row["rule"])
    for row in rules["clashes"].records():
        counts = _counts(members, codes, len(sets), pairs, "science")
        most = counts.groupby([members[word] for word in row["within"].split()]).transform("max")
        members = _without(members, counts < most, row["rule"])
    return members


def _without(members: pd.DataFrame, where: pd.Series, rule: str) -> pd.DataFrame:
    """Return members with no product where a rule takes it."""
    lost = where & members["product"].notna()
    blank = {column: members[column].mask(lost) for column in ("group", "product")}
    return members.assign(**blank, rule=members["rule"].mask(lost, rule)) if lost.any() else members


def _counts(members: pd.DataFrame, codes: np.ndarray, sets: int, pairs: pd.DataFrame, role: str) -> pd.Series:
    """Return for each row how many exposures its product has: those that join it, and its own where they are asked."""
    count = np.bincount(codes[pairs["product_row"]], minlength=sets)
    if role == "science":
        count = count + np.bincount(codes[members["product"].notna()], minlength=sets)
    return pd.Series(count[codes], index=members.index)


def joined(rules: Rules, members: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Return which exposures are members of products of others.

    Args:
        rules: a JWST rule set.
        members: exposures with ``product``, ``key``, ``group``, ``role`` and their ``case``.
        decided: what the tables say of each case.

    Returns:
        product_row, the place of the first exposure of a product; row, that of an exposure which joins it; role.
    """
    naming = decided["naming"].where(decided["need"].notna()).to_numpy()[members["case"]]
    need, role = decided["need"].to_numpy()[members["case"]], members["role"].to_numpy()
    science = members["product"].notna().to_numpy()
    first = science & ~members.duplicated(SET).to_numpy()
    found = [pd.DataFrame({"product_row": [], "row": [], "role": []}).astype({"product_row": int, "row": int})]
    for row in rules["joins"].records():
        own = np.flatnonzero(naming == row["naming"])
        joins = role[own] == row["role"]
        if not joins.any():
            continue
        words = row["within"].split()
        asked = members[["case", *(word for word in words if word in members)]].iloc[own]
        _, agree = columns.distinct(values(asked, decided, words), words)
        served = first[own] & (role[own] == "science") & ((row["need"] == "") | (need[own] == row["need"]))
        products = pd.DataFrame({"agree": agree, "product_row": own})[served]
        helpers = pd.DataFrame({"agree": agree, "row": own})[joins]
        found.append(products.merge(helpers, on="agree")[["product_row", "row"]].assign(role=row["role"]))
    return pd.concat(found, ignore_index=True)


def values(members: pd.DataFrame, decided: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """Return columns by their words: of members, or what the tables say of their case."""
    case = members["case"].to_numpy()
    told = {w: members[w].array if w in members else decided[w].array[case] for w in words}
    return pd.DataFrame(told, index=members.index)
