"""Joins: which exposures are members of products of others, and which products lack what they need."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scrub.frames import columns
from scrub.tables import Rules

SET = ["product", "group", "key"]


def drop_unmet(rules: Rules, members: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return members without the products that lack what they need, or that stand back behind others of their name.

    The row of ``needs`` or ``clashes`` is then the rule of their exposures. A rule set without these tables
    changes nothing.

    Args:
        rules: a JWST rule set.
        members: exposures with ``product``, ``key``, ``group``, ``role``, ``need``, ``rule`` and their ``case``.
        answers: those of the tables to each case.
    """
    if "needs" not in rules.tables:
        return members
    pairs, (sets, codes) = find_joins(rules, members, answers), columns.distinct(members, SET)
    for row in rules["needs"].records():
        counts = _count(members, codes, len(sets), pairs[pairs["role"] == row["role"]], row["role"])
        lacking = (members["need"] == row["need"]) & (counts < int(row["least"]))
        members = _drop_products(members, lacking, row["rule"])
    for row in rules["clashes"].records():
        counts = _count(members, codes, len(sets), pairs, "science")
        most = counts.groupby([members[word] for word in row["within"].split()]).transform("max")
        members = _drop_products(members, counts < most, row["rule"])
    return members


def _drop_products(members: pd.DataFrame, where: pd.Series, rule: str) -> pd.DataFrame:
    """Return members with no product where a rule takes it."""
    lost = where & members["product"].notna()
    blank = {column: members[column].mask(lost) for column in ("group", "product")}
    return members.assign(**blank, rule=members["rule"].mask(lost, rule)) if lost.any() else members


def _count(members: pd.DataFrame, codes: np.ndarray, sets: int, pairs: pd.DataFrame, role: str) -> pd.Series:
    """Return for each row how many exposures its product has: those that join it, and of science its own."""
    count = np.bincount(codes[pairs["product_row"]], minlength=sets)
    if role == "science":
        count = count + np.bincount(codes[members["product"].notna()], minlength=sets)
    return pd.Series(count[codes], index=members.index)


def find_joins(rules: Rules, members: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return which exposures are members of products of others.

    Args:
        rules: a JWST rule set.
        members: exposures with ``product``, ``key``, ``group``, ``role`` and their ``case``.
        answers: those of the tables to each case.

    Returns:
        product_row, the position of the first exposure of a product; row, that of an exposure which joins it; role.
    """
    naming = answers["naming"].where(answers["need"].notna()).to_numpy()[members["case"]]
    need, role = answers["need"].to_numpy()[members["case"]], members["role"].to_numpy()
    science = members["product"].notna().to_numpy()
    first = science & ~members.duplicated(SET).to_numpy()
    joins = [pd.DataFrame({"product_row": [], "row": [], "role": []}).astype({"product_row": int, "row": int})]
    for row in rules["joins"].records():
        own = np.flatnonzero(naming == row["naming"])
        helps = role[own] == row["role"]
        if not helps.any():
            continue
        words = row["within"].split()
        candidates = members[["case", *(word for word in words if word in members)]].iloc[own]
        _, agree = columns.distinct(pick_values(candidates, answers, words), words)
        served = first[own] & (role[own] == "science") & ((row["need"] == "") | (need[own] == row["need"]))
        products = pd.DataFrame({"agree": agree, "product_row": own})[served]
        helpers = pd.DataFrame({"agree": agree, "row": own})[helps]
        joins.append(products.merge(helpers, on="agree")[["product_row", "row"]].assign(role=row["role"]))
    return pd.concat(joins, ignore_index=True)


def pick_values(members: pd.DataFrame, answers: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """Return columns by their words: of members, or of the answers to their case.

    Args:
        members: exposures with the number of their ``case``.
        answers: those of the tables to each case.
        words: names of columns.
    """
    case = members["case"].to_numpy()
    cells = {w: members[w].array if w in members else answers[w].array[case] for w in words}
    return pd.DataFrame(cells, index=members.index)
