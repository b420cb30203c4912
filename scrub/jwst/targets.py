"""Targets: which exposures have the same one, and the label that stands for it in a name."""

from collections.abc import Iterator

import pandas as pd

from scrub.tables import Rules


def labels(rules: Rules, exposures: pd.DataFrame, facts: pd.DataFrame) -> "pd.Series[str]":
    """Return the label of each exposure's target: a fixed one, or a number within its program.

    The targets of one program are numbered by one counter: by the rank of their identity (rule table
    ``identities``), then by value, numbers as numbers. So neither row order nor other programs change a
    label, and two kinds of identity never share a number.

    Args:
        rules: a JWST rule set.
        exposures: the exposures that make a product.
        facts: the conditions ``target`` and ``visit`` of the same rows.
    """
    identities = rules["identities"].rows.sort_values("rank", key=lambda rank: rank.astype(int)).to_dict("records")
    given = {row["identity"]: _given(exposures[row["keywords"].split()]) for row in identities}
    answers = rules["targets"].answer(facts.assign(**given))
    label, program = answers["label"], exposures["PROGRAM"]
    counted = pd.Series(0, index=program.unique())
    for row in identities:
        own = answers.index[answers["identity"] == row["identity"]]
        values = pd.DataFrame({"program": program[own], **dict(_values(rules, exposures.loc[own], row))})
        rank = values.groupby(list(values.columns)).ngroup()
        within = rank - rank.groupby(values["program"]).transform("min") + 1
        number = within + values["program"].map(counted)
        label = label.where(~label.index.isin(own), row["prefix"] + number.reindex(label.index).astype("Int64").astype("str"))
        counted = counted.add(within.groupby(values["program"]).max(), fill_value=0)
    return label


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
