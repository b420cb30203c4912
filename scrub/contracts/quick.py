"""A quick look: does a frame surely keep its contract? Then Pandera need not be asked, nor be loaded.

The look errs on the side of asking. It knows the types, keys and checks that contracts are made of, each in its plain
form; what it does not know is Pandera's to judge. It never says what is wrong with a frame: Pandera does.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "equal_to": operator.eq, "not_equal_to": operator.ne, "greater_than": operator.gt,
    "greater_than_or_equal_to": operator.ge, "less_than": operator.lt, "less_than_or_equal_to": operator.le,
}  # fmt: skip
_RANGE = {"min_value", "max_value", "include_min", "include_max"}
_EXACT = 2**53  # whole numbers below it are exact as floats


class Column(NamedTuple):
    """What a contract allows in one column; its checks are pairs of a name and its arguments, all frozen."""

    name: str
    dtype: str | None
    nullable: bool
    unique: bool
    required: bool
    checks: tuple[tuple[str, Any], ...]


class Look(NamedTuple):
    """What a quick look needs to know: every column, and whether there may be no others."""

    columns: tuple[Column, ...]
    strict: bool


def look(table: Mapping[str, Any]) -> Look | None:
    """Return how to look at the frames of a contract; nothing if it has what only Pandera knows.

    Args:
        table: a contract as Pandera takes it.

    >>> column = {"dtype": "float64", "nullable": False, "checks": {"greater_than": 0}}
    >>> look({"strict": True, "columns": {"scale": column}}).columns[0].checks
    (('greater_than', 0),)
    >>> look({"strict": True, "columns": {"scale": {**column, "dtype": "datetime64[ns]"}}})
    """
    columns = [_column(name, spec) for name, spec in table["columns"].items()]
    plain = isinstance(table["strict"], bool) and table.get("unique") is None and None not in columns
    return Look(tuple(column for column in columns if column), table["strict"]) if plain else None


def _column(name: Any, spec: Mapping[str, Any]) -> Column | None:
    """Return what is allowed in a column; nothing if it has a type, or arguments, that only Pandera knows."""
    dtype = spec.get("dtype")
    flags = spec.get("nullable", False), spec.get("unique", False), spec.get("required", True)
    if not (isinstance(name, str) and dtype in _KINDS and all(isinstance(flag, bool) for flag in flags)):
        return None
    checks = [(check, _frozen(dtype, check, value)) for check, value in (spec.get("checks") or {}).items()]
    return None if any(value is None for _, value in checks) else Column(name, dtype, *flags, tuple(checks))


def _frozen(dtype: str | None, check: str, value: Any) -> Any:
    """Return the arguments of a check; nothing unless they are of the plain form, which Pandera takes."""
    if dtype == "str":
        return _frozen_of_text(check, value)
    if dtype not in ("int64", "Int64", "float64"):
        return None
    if check in _COMPARE:
        return value if _is_number(value) else None
    if check in ("isin", "notin"):
        plain = isinstance(value, list) and all(map(_is_number, value))
        return frozenset(value) if plain and (dtype == "float64" or float not in map(type, value)) else None
    if check != "in_range" or not isinstance(value, dict) or not {"min_value", "max_value"} <= set(value) <= _RANGE:
        return None
    low, high, *ends = (value.get(key, True) for key in ("min_value", "max_value", "include_min", "include_max"))
    plain = _is_number(low) and _is_number(high) and low < high and all(isinstance(end, bool) for end in ends)
    return (low, high, *ends) if plain else None


def _frozen_of_text(check: str, value: Any) -> Any:
    if check in ("equal_to", "not_equal_to"):
        return value if isinstance(value, str) else None
    if check in ("isin", "notin"):
        return frozenset(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else None
    if check == "str_matches" and isinstance(value, str):
        try:
            return re.compile(value).pattern
        except re.error:
            return None
    if check != "str_length" or not isinstance(value, dict) or set(value) != {"min_value", "max_value"}:
        return None
    low, high = value["min_value"], value["max_value"]
    return (low, high) if type(low) is type(high) is int and low <= high else None


def _is_number(value: object) -> bool:
    """Return whether a value is a number, and one that is the same as a float."""
    return (type(value) is int and abs(value) < _EXACT) or (type(value) is float and not math.isnan(value))


def surely_keeps(look: Look, frame: pd.DataFrame) -> bool:
    """Return whether a frame keeps its contract for sure; if not, it may or may not.

    Args:
        look: how to look at it.
        frame: any frame.

    >>> column = {"dtype": "float64", "checks": {"in_range": {"min_value": 0, "max_value": 1}}}
    >>> frac = look({"strict": True, "columns": {"frac": column}})
    >>> surely_keeps(frac, pd.DataFrame({"frac": [0.0, 1.0]})), surely_keeps(frac, pd.DataFrame({"frac": [1.5]}))
    (True, False)
    """
    if isinstance(frame.columns, pd.MultiIndex) or not frame.columns.is_unique:
        return False
    there = dict.fromkeys(frame.columns)
    known = {column.name for column in look.columns}
    if look.strict and not known.issuperset(there):
        return False
    return all(
        _KINDS[column.dtype](column, frame[column.name]) if column.name in there else not column.required
        for column in look.columns
    )


def _keeps_any(column: Column, cells: pd.Series) -> bool:
    """Return whether cells of any type keep a contract that asks for no type, and so for no check."""
    return (column.nullable or not cells.hasnans) and (not column.unique or cells.is_unique)


def _keeps_flag(column: Column, cells: pd.Series) -> bool:
    return isinstance(cells.dtype, pd.BooleanDtype) and _keeps_any(column, cells)


def _keeps_text(column: Column, cells: pd.Series) -> bool:
    """Return whether text keeps its contract; checks are made of each distinct word once."""
    if not (isinstance(cells.dtype, pd.StringDtype) and isinstance(cells.dtype.na_value, float)):
        return False
    if not _keeps_any(column, cells):
        return False
    if not column.checks:
        return True
    words = {word for word in cells.array.unique().tolist() if isinstance(word, str)}
    return all(_keeps_check_of_text(check, value, words, cells) for check, value in column.checks)


def _keeps_check_of_text(check: str, value: Any, words: set[str], cells: pd.Series) -> bool:
    if check in ("isin", "equal_to"):
        return words <= (value if check == "isin" else {value})
    if check in ("notin", "not_equal_to"):
        return words.isdisjoint(value if check == "notin" else {value})
    if check == "str_length":
        low, high = value
        return all(low <= len(word) <= high for word in words)
    return bool((cells.str.match(value, na=False) | cells.isna()).all())


def _keeps_numbers(column: Column, cells: pd.Series) -> bool:
    """Return whether numbers keep their contract; none is missing where whole numbers cannot be."""
    if column.dtype == "Int64":
        if not isinstance(cells.dtype, pd.Int64Dtype):
            return False
        numbers = cells.to_numpy(dtype="float64", na_value=np.nan)
        if (np.abs(numbers) >= _EXACT).any():
            return False
    elif cells.dtype != column.dtype:
        return False
    else:
        numbers = cells.to_numpy()
    if column.dtype != "int64" and (missing := np.isnan(numbers)).any():
        if not column.nullable:
            return False
        numbers = numbers[~missing]
    return (not column.unique or cells.is_unique) and all(
        _keeps_check(check, value, numbers) for check, value in column.checks
    )


def _keeps_check(check: str, value: Any, numbers: "np.ndarray[Any, Any]") -> bool:
    if check in _COMPARE:
        return bool(_COMPARE[check](numbers, value).all())
    if check == "in_range":
        low, high, with_low, with_high = value
        above = numbers >= low if with_low else numbers > low
        return bool((above & (numbers <= high if with_high else numbers < high)).all())
    distinct = set(pd.unique(numbers).tolist())
    return distinct <= value if check == "isin" else distinct.isdisjoint(value)


_KINDS: dict[str | None, Callable[[Column, pd.Series], bool]] = {
    None: _keeps_any, "str": _keeps_text, "boolean": _keeps_flag,
    "float64": _keeps_numbers, "int64": _keeps_numbers, "Int64": _keeps_numbers,
}  # fmt: skip
