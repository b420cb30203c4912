"""Targets: which exposures have the same one, and the label that stands for it in a name."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scrub.tables import Rules


def label_targets(rules: Rules, members: pd.DataFrame, answers: pd.DataFrame) -> pd.Series:
    """Return the label of each exposure's target: a fixed one, or a number within its program.

    The targets of one program are numbered by one counter: by the rank of their identity (rule table
    ``identities``), then by value, numbers as numbers. Neither row order nor other programs change a
    label, and two kinds of identity never share a number.

    Args:
        rules: a JWST rule set.
        members: exposures with the number of their ``case`` and their ``group``; where that is missing
            they make no product, and have no label.
        answers: for each case ``identity``, and the fixed ``label`` where that is ``label``.
    """
    identities = sorted(rules["identities"].records(), key=lambda row: int(row["rank"]))
    makes = members[members["group"].notna()]
    targets = answers[["identity", "label"]].take(makes["case"].to_numpy())
    label = targets["label"].to_numpy(dtype=object)
    program, _ = pd.factorize(makes["PROGRAM"])
    counted = np.zeros(len(makes), dtype=np.int64)
    for row in identities:
        own = (targets["identity"] == row["identity"]).to_numpy()
        of = program[own]
        values = pd.DataFrame({"program": of, **dict(_compare_by(rules, makes, own, row))})
        rank = values.groupby(list(values.columns)).ngroup().to_numpy()
        least = np.full(len(counted), len(rank))
        np.minimum.at(least, of, rank)
        number = counted[of] + rank - least[of] + 1
        np.maximum.at(counted, of, number)
        numbers, codes = np.unique(number, return_inverse=True)
        width = int(row.get("digits") or 1)
        label[own] = np.array([f"{row['prefix']}{n:0{width}d}" for n in numbers], dtype=object)[codes]
    return pd.Series(label, index=makes.index, dtype="str").reindex(members.index)


def _compare_by(
    rules: Rules, members: pd.DataFrame, own: np.ndarray, identity: dict[str, str]
) -> Iterator[tuple[str, pd.Series]]:
    """Yield the values that an identity compares: angles rounded and wrapped, the rest as they are."""
    kinds = rules["keywords"].column("kind")
    for keyword in identity["keywords"].split():
        value = members.loc[own, keyword].reset_index(drop=True)
        if identity["decimals"]:
            value = value.round(int(identity["decimals"])) + 0.0  # -0.0 and 0.0 are one position
        yield keyword, value % 360.0 if kinds[keyword] == "ra" else value
