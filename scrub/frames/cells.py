"""Raw cells read as text, a number, a count, a flag, or nothing.

Tables spell missing in many ways, and headers and archive exports disagree on types. Here each column
is read as what it is declared to be; a cell that cannot be read is another thing than a missing one.
The work grows with the number of distinct cells.
"""

from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import numpy as np
import pandas as pd


class Words(NamedTuple):
    """The spellings of *missing* and of *true*; the table ``words.csv`` has those that ship."""

    missing: AbstractSet[str]
    true: AbstractSet[str]


class Parsed(NamedTuple):
    """A column as it was read, and which of its cells hold something that could not be."""

    values: pd.Series
    unreadable: pd.Series


def as_text(value: object) -> str:
    """Return a raw cell as text: whole floats as whole numbers, nothing as ``""``.

    >>> as_text(12.0), as_text(True), as_text(" NRCA1 "), as_text(float("nan")), as_text(None)
    ('12', 'True', 'NRCA1', '', '')
    """
    if isinstance(value, str):
        return value.strip()
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return ""
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value)


def text(words: Words, values: pd.Series, *, upper: bool = False) -> pd.Series:
    """Return a column as text, missing words as NaN; in upper case, whole numbers have no decimals.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.
        upper: whether text is in upper case.

    >>> text(Words({"N/A"}, set()), pd.Series(["F200W", "N/A", "clear"]), upper=True).tolist()
    ['F200W', nan, 'CLEAR']
    """
    codes, distinct = _factorize(values)
    cells = pd.Series(distinct)
    cells = cells.str.strip() if cells.dtype == "str" else cells.map(as_text).astype("str")
    cells = cells.mask(cells.isin({"", *words.missing}))
    return _take((_drop_decimals(cells).str.upper() if upper else cells).array, codes, values)


def digits(words: Words, values: pd.Series, width: int) -> pd.Series:
    """Return a column of whole numbers as text padded with zeros; other words stay as they are.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.
        width: digits at least.

    >>> digits(Words(set(), set()), pd.Series(["11", 5716, "x"]), 5).tolist()
    ['00011', '05716', 'x']
    """
    codes, distinct = pd.factorize(text(words, values), use_na_sentinel=True)
    cells = _drop_decimals(pd.Series(distinct, dtype="str"))
    padded = [word.zfill(width) if word.isascii() and word.isdigit() else word for word in cells]
    return _take(pd.array([*padded, None], dtype="str"), codes, values)


def number(words: Words, values: pd.Series) -> Parsed:
    """Return a column as floats, missing as NaN.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.

    >>> parsed = number(Words({"NONE"}, set()), pd.Series(["1.5", "NONE", "bright"]))
    >>> parsed.values.tolist(), parsed.unreadable.tolist()
    ([1.5, nan, nan], [False, False, True])
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        return Parsed(values.astype("float64"), pd.Series(False, index=values.index))
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    cells = pd.Series(distinct)
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    unread = numbers.isna()
    unread[unread] = text(words, cells[unread]).notna()
    return Parsed(_take(numbers.array, codes, values), _take(unread.array, codes, values))


def count(words: Words, values: pd.Series) -> Parsed:
    """Return a column as whole numbers (Int64), missing as NA; fractions are unreadable.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.

    >>> count(Words(set(), set()), pd.Series([4.0, 2.5])).values.tolist()
    [4, <NA>]
    """
    numbers, unreadable = number(words, values)
    whole = numbers.isna() | (np.isfinite(numbers) & (numbers % 1 == 0) & (numbers.abs() < 2**53))
    return Parsed(numbers.where(whole).astype("Int64"), unreadable | ~whole)


def flag(words: Words, values: pd.Series) -> pd.Series:
    """Return a column as booleans: the true words are true, all else is false, missing included.

    Args:
        words: the spellings of true.
        values: raw cells of any type.

    >>> flag(Words(set(), {"T", "t"}), pd.Series(["t", "f", "", None])).tolist()
    [True, False, False, False]
    """
    codes, distinct = _factorize(values)
    true = _drop_decimals(pd.Series(distinct).map(as_text).astype("str")).isin(words.true)
    return _take(true.astype("boolean").array, codes, values)


def _drop_decimals(cells: pd.Series) -> pd.Series:
    """Return text with whole numbers as such: a column of numbers with a gap is written as 12.0, 1.0."""
    return cells.str.replace(r"^([0-9]+)\.0+$", r"\1", regex=True)


def _factorize(values: pd.Series) -> tuple[np.ndarray, Any]:
    """Return codes and distinct cells, where cells of different types differ (True is not 1)."""
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) not in {"string", "empty", "boolean"}:
        values = values.map(as_text)
    return pd.factorize(values, use_na_sentinel=False)


def _take(distinct: Any, codes: np.ndarray, like: pd.Series) -> pd.Series:
    return pd.Series(distinct.take(codes), index=like.index)
