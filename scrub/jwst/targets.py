"""Targets: which exposures have the same one, and the label that stands for it in a name."""

from collections.abc import Iterator

import pandas as pd

from scrub import columns
from scrub.tables import Rules


def labels(rules: Rules, members: pd.DataFrame) -> "pd.Series[str]":
    """Return the label of each exposure's target: a fixed one, or a number within its program.

    The targets of one program are numbered by one counter: by the rank of their identity (rule table
    ``identities``), then by value, numbers as numbers. So neither row order nor other programs change a
    label, and two kinds of identity never share a number.

    Args:
        rules: a JWST rule set.
        members: exposures with their group (missing where they make no product, and then no label) and
            the conditions ``target`` and ``visit``.
    """
    identities = rules["identities"].rows.sort_values("rank", key=lambda rank: rank.astype(int)).to_dict("records")
    keywords = [keyword for row in identities for keyword in row["keywords"].split()]
    makes = members.loc[members["group"].notna(), ["PROGRAM", "target", "visit", *keywords]]
    given = {row["identity"]: _given(makes[row["keywords"].split()]) for row in identities}
    cases, codes = columns.distinct(makes.assign(**given), ["target", "visit", *given])
    answers = rules["targets"].answer(cases)[["identity", "label"]].take(codes).set_axis(makes.index)
    label = answers["label"].to_numpy(dtype=object)
    counted = pd.Series(0, index=makes["PROGRAM"].unique())
    for row in identities:
        own = (answers["identity"] == row["identity"]).to_numpy()
        values = pd.DataFrame({"program": makes.loc[own, "PROGRAM"], **dict(_values(rules, makes[own], row))})
        rank = values.groupby(list(values.columns)).ngroup()
        within = rank - rank.groupby(values["program"]).transform("min") + 1
        number = within + values["program"].map(counted)
        label[own] = row["prefix"] + number.astype(int).astype("str")
        counted = counted.add(within.groupby(values["program"]).max(), fill_value=0)
    return pd.Series(label, index=makes.index, dtype="str").reindex(members.index)


def _given(values: pd.DataFrame) -> pd.Series:
    """Return as a condition whether every value of a row is there."""
    return values.notna().all(axis=1).map({True: "true", False: "false"})


def _values(rules: Rules, exposures: pd.DataFrame, identity: dict[str, str]) -> Iterator[tuple[str, pd.Series]]:
    """Yield the values that an identity compares: angles rounded and wrapped, the rest as they are."""
    kinds = rules["keywords"].column("kind")
    for keyword in identity["keywords"].split():
        value = exposures[keyword]
        if identity["decimals"]:
            value = value.round(int(identity["decimals"])) + 0.0
        yield keyword, value % 360.0 if kinds[keyword] == "ra" else value
