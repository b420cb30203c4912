"""Names: what the products of exposures are called, and how one name is told from another."""

import numpy as np
import pandas as pd

from scrub.frames import columns
from scrub.jwst.joins import values
from scrub.tables import Rules

_SAID = ("head", "tail", "elements", "arrange", "otherwise", "keys")


def named(rules: Rules, members: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Return ``product`` and ``key`` of each row; both are missing where a rule leaves it out.

    A name is the parts that ``head`` and ``tail`` list, in lower case; blank parts vanish, and the tail
    begins with ``_`` in place of its first ``-``. The key holds what keeps products of one name apart: the
    values of all that ``keys`` lists.

    Args:
        rules: a JWST rule set.
        members: exposures with ``group``, the label of their ``target`` and the number of their ``case``.
        decided: for each case, ``head``, ``tail`` and ``elements``; if the rules have them, ``keys``, and for
            elements that are arranged, ``arrange`` and what stands for none, ``otherwise``.
    """
    parts = {row["part"]: row for row in rules["name_parts"].records()}
    words, of_case = columns.distinct(decided.reindex(columns=_SAID, fill_value=""), _SAID)
    wanted = {"PROGRAM", "OBSERVTN", "INSTRUME", "target", "case", *(_column(part) for part in parts.values())}
    wanted |= {word for keys in words["keys"].dropna() for word in keys.split()}
    asked = members[[column for column in members if column in wanted]]
    of_row = np.where(members["group"].notna(), of_case[members["case"]], -1)
    names, keys = (np.full(len(members), None, dtype=object) for _ in range(2))
    for place, row in enumerate(words.itertuples(index=False, name=None)):
        rows = np.flatnonzero(of_row == place)
        if len(rows):
            told = _told(parts, dict(zip(_SAID, row, strict=True)), asked.iloc[rows], decided)
            names[rows], keys[rows] = told["product"], told["key"]
    frame = pd.DataFrame({"product": names, "key": keys}, dtype="str")
    return frame.set_axis(members.index)


def _told(
    parts: dict[str, dict[str, str]], said: dict[str, str], members: pd.DataFrame, decided: pd.DataFrame
) -> pd.DataFrame:
    """Return name and key of members that have one form of name."""
    keys = said["keys"].split()
    key = _key(values(members, decided, keys))
    members = _gathered(members, key, [word.upper() for word in keys if word not in members])
    listed, tail = said["elements"].split(), said["tail"].split()
    if said["arrange"] != "sorted":
        tail = [word for each in tail for word in (listed if each == "elements" else [each])]
    halves = [[parts[word] for word in half] for half in (said["head"].split(), tail)]
    used = {_column(parts[w]): None for w in (*listed, *said["head"].split(), *tail) if not parts[w]["text"]}
    cases, codes = columns.distinct(members, [column for column in used if column != "elements"])
    cases = cases.assign(elements=_sorted(cases[[_column(parts[word]) for word in listed]], said["otherwise"]))
    start, end = (_joined(half, cases) for half in halves)
    told = (start + end.str.replace("^-", "_", regex=True)).str.lower()
    return pd.DataFrame({"product": told.take(codes).array, "key": key.array}, index=members.index)


def _key(apart: pd.DataFrame) -> pd.Series:
    """Return the values of each row as one text."""
    if apart.columns.empty:
        return pd.Series("", index=apart.index, dtype="str")
    cases, codes = columns.distinct(apart, apart.columns.tolist())
    told = ["\x1f".join("" if pd.isna(cell) else str(cell) for cell in row) for row in cases.to_numpy(dtype=object)]
    return pd.Series(told, dtype="str").take(codes).set_axis(apart.index)


def _gathered(members: pd.DataFrame, key: pd.Series, keywords: list[str]) -> pd.DataFrame:
    """Return members with all words that their set has of some keywords, sorted and joined with ``-``.

    So two words that are one to a key, being of one class, stand both in the one name.
    """
    for keyword in keywords:
        given = members[members[keyword].notna()]
        sets = given[["PROGRAM", "OBSERVTN", "INSTRUME", "target"]].assign(key=key[given.index])
        _, codes = columns.distinct(sets, sets.columns.tolist())
        pairs = pd.DataFrame({"set": codes, "word": given[keyword].array}).drop_duplicates()
        joined = pairs.sort_values(["set", "word"]).groupby("set")["word"].agg("-".join)
        words = pd.Series(joined.loc[codes].array, index=given.index)
        members = members.assign(**{keyword: words.reindex(members.index)})
    return members


def _sorted(elements: pd.DataFrame, otherwise: str) -> list[str]:
    """Return the elements of each row in alphabetical order, joined with ``-``; what stands for none otherwise."""
    rows = elements.fillna("").to_numpy(dtype=object)
    return ["-".join(sorted(filter(None, row), key=str.lower)) or otherwise for row in rows]


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
    """Return the name of each row's product, with #2, #3 … where one name serves several groups or keys.

    >>> rows = {"product": ["p", "p", None], "group": ["tac", "image", None], "key": ["", "", None]}
    >>> product_ids(pd.DataFrame(rows, dtype="str")).tolist()
    ['p#2', 'p', nan]
    """
    told, codes = columns.distinct(members, ["product", "group", "key"])
    told = told.sort_values(["product", "group", "key"])
    place = told.groupby("product", dropna=False).cumcount()
    ids = told["product"].mask(place > 0, told["product"] + "#" + (place + 1).astype("str"))
    return ids.sort_index().take(codes).set_axis(members.index)
