"""Failures: what Pandera refuses, as rows with a reason that a person reads."""

from collections.abc import Mapping, Sequence

import pandas as pd

from scrub.frames.spelling import is_near

_TOGETHER = "multiple_fields_uniqueness"  # a check of several columns; its fault is shown in the first of them
_ON_LIST = "isin"
NOT_LISTED = "not on the list"  # behind it may stand the word that is one letter off
_MOST = 100  # of how many words of a column the nearest word of its list is looked for
_SHORT = 2
FAILURE = ["row", "column", "check", "reason", "value"]


def no_failures() -> pd.DataFrame:
    """Return a list of no failures.

    >>> no_failures().columns.tolist()
    ['row', 'column', 'check', 'reason', 'value']
    """
    return pd.DataFrame(columns=FAILURE)


def list_failures(cases: pd.DataFrame, columns: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return Pandera's failure cases by row, then in the order of the columns; row -1 is the fault of no row.

    Args:
        cases: ``failure_cases`` of Pandera's error, of a frame with its rows numbered from 0.
        columns: those of the contract, in order, each with the words of its list, if it has one.
    """
    cases = _keep_askable(cases)
    checks = cases["check"].map(name_check)
    named = (cases["schema_context"] == "Column") | (checks == _TOGETHER)
    rows = pd.DataFrame(
        {
            "row": pd.to_numeric(cases["index"]).fillna(-1).astype(int),
            "column": cases["column"].where(named, cases["failure_case"]),
            "check": checks,
            "reason": cases["check"].map(describe_check),
            "value": cases["failure_case"],
        }
    )
    position = {column: i for i, column in enumerate(columns)}
    order = rows["column"].map(position).fillna(-1)
    ordered = rows.assign(order=order).sort_values(["row", "order"], kind="stable")
    again = (ordered["check"] == _TOGETHER) & ordered.duplicated(["row", "check"])
    return _name_near(ordered[~again].drop(columns="order").reset_index(drop=True), columns)


def _name_near(failures: pd.DataFrame, lists: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return failures whose reason names the word of the list that is one letter off, if there is one."""
    pairs = failures.loc[failures["check"] == _ON_LIST, ["column", "value"]]
    first = pairs.drop_duplicates().groupby("column").head(_MOST)
    near = {
        pair: word
        for pair in first.itertuples(index=False, name=None)
        if (word := next((word for word in lists.get(pair[0], ()) if _is_meant(str(pair[1]), word)), None))
    }
    if not near:
        return failures
    words = [near.get(pair) for pair in pairs.itertuples(index=False, name=None)]
    reasons = failures["reason"].tolist()
    for row, word in zip(pairs.index.tolist(), words, strict=True):
        reasons[row] += f": one letter off {word}" if word else ""
    return failures.assign(reason=reasons)


def _is_meant(given: str, word: str) -> bool:
    """Return whether a word may be meant by what is given; of two letters or fewer all are near each other."""
    return len(word) > _SHORT and is_near(given, word)


def _keep_askable(cases: pd.DataFrame) -> pd.DataFrame:
    """Return failures without those of checks that could not be asked: the column is of another type, and says so."""
    names = cases["check"].map(name_check)
    mistyped = cases.loc[names == "dtype", "column"]
    whole = cases["index"].isna() & (cases["schema_context"] == "Column")
    return cases[~(whole & cases["column"].isin(mistyped) & (names != "dtype"))]


def name_check(check: object) -> str:
    """Return the name of a check.

    >>> name_check("in_range(0, 360)")
    'in_range'
    """
    return str(check).partition("(")[0]


def describe_check(check: object) -> str:
    """Return what is wrong with a cell that fails a check, as a person says it.

    >>> describe_check("in_range(0, 360)"), describe_check("not_nullable")
    ('outside 0..360', 'missing')
    """
    name, _, rest = str(check).partition("(")
    number = rest.rstrip(")")
    plain = {
        "not_nullable": "missing",
        _ON_LIST: NOT_LISTED,
        "notin": "a word that may not stand here",
        "in_range": f"outside {number.replace(', ', '..')}",
        "equal_to": f"not {number}",
        "not_equal_to": f"equal to {number}",
        "greater_than": f"not greater than {number}",
        "greater_than_or_equal_to": f"less than {number}",
        "less_than": f"not less than {number}",
        "less_than_or_equal_to": f"greater than {number}",
        "str_length": f"not of a length {number.replace(', ', '..')}",
        "str_matches": f"not of the form {rest[1:-2]}",
        "column_in_dataframe": "no such column",
        "column_in_schema": "unknown column",
        "field_uniqueness": "not unique",
        _TOGETHER: "another row has the same cells in the columns that tell rows apart",
        "dtype": f"not of the type {rest[1:-2]}",
    }
    return plain.get(name, str(check))
