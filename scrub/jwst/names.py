"""Names: what the products of exposures are called, and how one name is told from another."""

import numpy as np
import pandas as pd

from scrub import columns
from scrub.tables import Rules


def named(rules: Rules, members: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Return ``product`` and ``product_id`` of each row; both are missing where a rule leaves it out.

    A name is the parts that ``head`` and ``tail`` list, in lower case; blank parts vanish, and the tail
    begins with ``_`` in place of its first ``-``. An id is the name, with #2, #3 … where it serves several groups.

    Args:
        rules: a JWST rule set.
        members: exposures with ``group``, the label of their ``target`` and the number of their ``case``.
        decided: for each case, ``head``, ``tail`` and ``elements``.
    """
    parts = {row["part"]: row for row in rules["name_parts"].records()}
    words, of_case = columns.distinct(decided, ["head", "tail", "elements"])
    of_row = np.where(members["group"].notna(), of_case[members["case"]], -1)
    names = np.full(len(members), None, dtype=object)
    for place, (head, tail, elements) in enumerate(words.itertuples(index=False, name=None)):
        rows = np.flatnonzero(of_row == place)
        if len(rows):
            listed = [parts[w] for w in head.split()], [parts[w] for w in tail.replace("elements", elements).split()]
            used = [_column(part) for part in (*listed[0], *listed[1]) if not part["text"]]
            cases, codes = columns.distinct(members[used].iloc[rows], used)
            start, end = (_joined(half, cases) for half in listed)
            told = (start + end.str.replace("^-", "_", regex=True)).str.lower()
            names[rows] = told.to_numpy(dtype=object)[codes]
    frame = pd.DataFrame({"product": pd.array(names, dtype="str"), "group": members["group"].array})
    return frame[["product"]].assign(product_id=product_ids(frame)).set_axis(members.index)


def _column(part: dict[str, str]) -> str:
    """Return the column that a part of a name comes from: its keyword, or the part itself."""
    return part["keyword"] or part["part"]


def _joined(parts: list[dict[str, str]], cases: pd.DataFrame) -> pd.Series:
    """Return what the parts of a name say for each case, each with what stands before it."""
    joined = pd.Series("", index=cases.index, dtype="str")
    for part in parts:
        word = joined.mask(joined.notna(), part["text"]) if part["text"] else cases[_column(part)].fillna("")
        word = word.mask(word.isin(part["omit"].split("|")), "") if part["omit"] else word
        kept = word.str[: int(part["first"])] if part["first"] else word
        joined = joined + (part["before"] + kept).mask(kept == "", "")
    return joined


def product_ids(members: pd.DataFrame) -> pd.Series:
    """Return the name of each row's product, with #2, #3 … where one name serves several groups.

    >>> product_ids(pd.DataFrame({"product": ["p", "p", "q"], "group": ["tac", "image", "spec"]})).tolist()
    ['p#2', 'p', 'q']
    """
    pairs, codes = columns.distinct(members, ["product", "group"])
    pairs = pairs.sort_values(["product", "group"])
    place = pairs.groupby("product").cumcount()
    ids = pairs["product"].mask(place > 0, pairs["product"] + "#" + (place + 1).astype("str"))
    return ids.sort_index().take(codes).set_axis(members.index)
