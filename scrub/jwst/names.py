"""Names: what the products of exposures are called, and what keeps two products of one name apart."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.frames import columns
from scrub.jwst.joins import pick_values
from scrub.tables import Rules

_FORM = ("head", "tail", "elements", "arrange", "otherwise", "keys")
_BETWEEN = "\x1f"  # a character that no keyword value has

Parts = dict[str, dict[str, str]]


class _Form(NamedTuple):
    """The form of a name: words of the parts of its head, of its tail and of its elements, and the words of its key.

    ``elements`` in the tail stands for the elements, sorted; ``otherwise`` for none of them.
    """

    head: list[str]
    tail: list[str]
    elements: list[str]
    otherwise: str
    keys: list[str]


def name_products(rules: Rules, members: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Return ``product`` and ``key`` of each row; both are missing where a rule leaves it out.

    A name is the parts that ``head`` and ``tail`` list, in lower case; blank parts vanish, and the tail
    begins with ``_`` in place of its first ``-``. The key holds what keeps products of one name apart: the
    values of all that ``keys`` lists.

    Args:
        rules: a JWST rule set.
        members: exposures with ``group``, the label of their ``target`` and the number of their ``case``.
        answers: for each case, ``head``, ``tail`` and ``elements``; if the rules have them, ``keys``, and for
            elements that are arranged, ``arrange`` and what stands for none, ``otherwise``.
    """
    parts = {row["part"]: row for row in rules["name_parts"].records()}
    forms, of_case = columns.distinct(answers.reindex(columns=_FORM, fill_value=""), _FORM)
    wanted = {"PROGRAM", "OBSERVTN", "INSTRUME", "target", "case", *(_find_column(part) for part in parts.values())}
    wanted |= {word for keys in forms["keys"].dropna() for word in keys.split()}
    used = members[[column for column in members if column in wanted]]
    of_row = np.where(members["group"].notna(), of_case[members["case"]], -1)
    names, keys = (np.full(len(members), None, dtype=object) for _ in range(2))
    for number, cells in enumerate(forms.itertuples(index=False, name=None)):
        rows = np.flatnonzero(of_row == number)
        if len(rows):
            form = _read_form(dict(zip(_FORM, cells, strict=True)))
            names[rows], keys[rows] = _name_form(parts, form, used.iloc[rows], answers)
    return pd.DataFrame({"product": names, "key": keys}, dtype="str").set_axis(members.index)


def _read_form(cells: dict[str, str]) -> _Form:
    """Return the form of a name; elements that are not sorted stand in the tail one by one."""
    elements, tail = cells["elements"].split(), cells["tail"].split()
    if cells["arrange"] != "sorted":
        tail = [word for each in tail for word in (elements if each == "elements" else [each])]
    return _Form(cells["head"].split(), tail, elements, cells["otherwise"], cells["keys"].split())


def _name_form(
    parts: Parts, form: _Form, members: pd.DataFrame, answers: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return the names and the keys of members whose names have one form."""
    key = _join_key(pick_values(members, answers, form.keys))
    members = _gather_words(members, key, [word.upper() for word in form.keys if word not in members])
    written = (*form.elements, *form.head, *form.tail)
    used = dict.fromkeys(_find_column(parts[word]) for word in written if not parts[word]["text"])
    cases, codes = columns.distinct(members, [column for column in used if column != "elements"])
    elements = cases[[_find_column(parts[word]) for word in form.elements]]
    cases = cases.assign(elements=_sort_elements(elements, form.otherwise))
    start, end = (_join_parts([parts[word] for word in half], cases) for half in (form.head, form.tail))
    names = (start + end.str.replace("^-", "_", regex=True)).str.lower()
    return names.take(codes).to_numpy(dtype=object), key.to_numpy(dtype=object)


def _join_key(apart: pd.DataFrame) -> pd.Series:
    """Return the values of each row as one text."""
    if apart.columns.empty:
        return pd.Series("", index=apart.index, dtype="str")
    cases, codes = columns.distinct(apart, apart.columns.tolist())
    rows = cases.to_numpy(dtype=object)
    keys = [_BETWEEN.join("" if pd.isna(cell) else str(cell) for cell in row) for row in rows]
    return pd.Series(keys, dtype="str").take(codes).set_axis(apart.index)


def _gather_words(members: pd.DataFrame, key: pd.Series, keywords: list[str]) -> pd.DataFrame:
    """Return members with all words that their set has of some keywords, sorted and joined with ``-``.

    Two words of one class are one to a key; both of them stand in the one name.
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


def _sort_elements(elements: pd.DataFrame, otherwise: str) -> list[str]:
    """Return the elements of each row in alphabetical order, joined with ``-``; ``otherwise`` where there is none."""
    rows = elements.fillna("").to_numpy(dtype=object)
    return ["-".join(sorted(filter(None, row), key=str.lower)) or otherwise for row in rows]


def _find_column(part: dict[str, str]) -> str:
    """Return the column that a part of a name comes from: its keyword, or the part itself."""
    return part["keyword"] or part["part"]


def _join_parts(parts: list[dict[str, str]], cases: pd.DataFrame) -> pd.Series:
    """Return the parts of a name for each case, each with what stands before it."""
    joined = pd.Series("", index=cases.index, dtype="str")
    for part in parts:
        word = joined.mask(joined.notna(), part["text"]) if part["text"] else cases[_find_column(part)].fillna("")
        word = word.mask(word.isin(part["omit"].split("|")), "") if part["omit"] else word
        kept = word.str[: int(part["first"])] if part["first"] else word
        joined = joined + (part["before"] + kept).mask(kept == "", "")
    return joined


def identify_products(members: pd.DataFrame) -> pd.Series:
    """Return the name of each row's product, with #2, #3 … where one name serves several groups or keys.

    >>> rows = {"product": ["p", "p", None], "group": ["tac", "image", None], "key": ["", "", None]}
    >>> identify_products(pd.DataFrame(rows, dtype="str")).tolist()
    ['p#2', 'p', nan]
    """
    products, codes = columns.distinct(members, ["product", "group", "key"])
    products = products.sort_values(["product", "group", "key"])
    repeat = products.groupby("product", dropna=False).cumcount()
    ids = products["product"].mask(repeat > 0, products["product"] + "#" + (repeat + 1).astype("str"))
    return ids.sort_index().take(codes).set_axis(members.index)
