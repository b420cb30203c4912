"""A quick look: does a frame surely keep its contract? Then Pandera need not be asked, nor be loaded.

The look errs on the side of asking. It knows the types, keys and checks that contracts are made of, each in its plain
form; what it does not know is Pandera's to judge. It never says what is wrong with a frame: Pandera does.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames.arrays import is_ascending
from scrub.frames.cells import TEXT, to_floats
from scrub.frames.columns import number_rows

_FEW = 100  # words that are sooner tried one by one
_EXACT = 2**53  # whole numbers below it are exact as floats
_LENGTH = {"min_value", "max_value"}
_RANGE = {"min_value", "max_value", "include_min", "include_max"}
_ATOM = r"(?:[A-Za-z0-9_ #/-]|\\\.|\[\^?(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|[_ .+])+-?\])"
_PIECE = rf"{_ATOM}(?:[*+?]|\{{[0-9]{{1,3}}(?:,[0-9]{{1,3}})?\}})?"
_INNER = rf"(?:{_PIECE}|\((?:{_PIECE})+(?:\|(?:{_PIECE})+)*\)\??)"
_OUTER = rf"(?:{_PIECE}|\({_INNER}+(?:\|{_INNER}+)*\)\??)"
_PLAIN = re.compile(rf"\^?{_OUTER}*\$?")  # means one thing to every engine, and takes none of them long

Check = Callable[[Any], bool]
Numbers = npt.NDArray[np.float64]


class Column(NamedTuple):
    """What a contract allows in one column: numbers from ``low`` to ``high``, and what keeps each check beyond that."""

    name: str
    dtype: str | None
    nullable: bool
    unique: bool
    required: bool
    low: float
    high: float
    checks: tuple[tuple[str, Any], ...]

    @property
    def is_free(self) -> bool:
        """Whether any cells keep the contract."""
        return self.dtype is None and self.nullable and not self.unique


class Look(NamedTuple):
    """What a quick look needs to know: the columns, their names, and whether there may be no others.

    Rows differ in the columns of ``unique``; with none, they need not.
    """

    columns: tuple[Column, ...]
    names: frozenset[str]
    strict: bool
    unique: tuple[str, ...] = ()


def look(table: Mapping[str, Any]) -> Look | None:
    """Return how to look at the frames of a contract; nothing if it has what only Pandera knows.

    Args:
        table: a contract as Pandera takes it.

    >>> column = {"dtype": "float64", "nullable": False, "checks": {"greater_than_or_equal_to": 0}}
    >>> look({"strict": True, "columns": {"scale": column}}).columns[0].low
    0.0
    >>> look({"strict": True, "columns": {"scale": {**column, "dtype": "datetime64[ns]"}}})
    """
    columns = [_read_column(name, spec) for name, spec in table["columns"].items()]
    known = tuple(column for column in columns if column)
    names, unique = frozenset(column.name for column in known), tuple(table.get("unique") or ())
    typed = {column.name for column in known if column.dtype and column.required}
    plain = isinstance(table["strict"], bool) and typed.issuperset(unique) and len(known) == len(columns)
    return Look(known, names, table["strict"], unique) if plain else None


def _read_column(name: Any, spec: Mapping[str, Any]) -> Column | None:
    """Return what is allowed in a column; nothing if it has a type, or arguments, that only Pandera knows."""
    dtype, checks = spec.get("dtype"), spec.get("checks") or {}
    flags = spec.get("nullable", False), spec.get("unique", False), spec.get("required", True)
    known = dtype is None or (isinstance(dtype, str) and dtype in _DTYPES)
    if not (known and isinstance(name, str) and all(isinstance(flag, bool) for flag in flags)):
        return None
    low, high, rest = -math.inf, math.inf, []
    for check, value in checks.items():
        interval = _read_interval(dtype, check, value)
        if interval:
            low, high = max(low, interval[0]), min(high, interval[1])
        elif (frozen := _freeze(dtype, check, value)) is not None:
            rest.append((check, frozen))
        else:
            return None
    return Column(name, dtype, *flags, low, high, tuple(rest))


def _read_interval(dtype: str | None, check: str, value: Any) -> tuple[float, float] | None:
    """Return the least and the greatest number that keep a check; nothing if it asks for something else."""
    if dtype not in _NUMBERS:
        return None
    if check == "in_range" and isinstance(value, dict) and {"min_value", "max_value"} <= set(value) <= _RANGE:
        low, high, *ends = (value.get(key, True) for key in ("min_value", "max_value", "include_min", "include_max"))
        if not (_is_finite(low) and _is_finite(high) and low < high and all(isinstance(end, bool) for end in ends)):
            return None
        return (float(low) if ends[0] else _above(low)), (float(high) if ends[1] else _below(high))
    if check == "isin" and dtype != "float64" and isinstance(value, list) and value and all(map(_is_whole, value)):
        return (min(value), max(value)) if set(value) == set(range(min(value), max(value) + 1)) else None
    if not _is_finite(value):
        return None
    bounds = {
        "equal_to": (float(value), float(value)),
        "greater_than": (_above(value), math.inf),
        "greater_than_or_equal_to": (float(value), math.inf),
        "less_than": (-math.inf, _below(value)),
        "less_than_or_equal_to": (-math.inf, float(value)),
    }
    return bounds.get(check)


def _above(value: float) -> float:
    return math.nextafter(value, math.inf)


def _below(value: float) -> float:
    return math.nextafter(value, -math.inf)


def _is_whole(value: object) -> bool:
    """Return whether a value is a whole number that is the same as a float."""
    return type(value) is int and abs(value) < _EXACT


def _is_finite(value: object) -> bool:
    return _is_whole(value) or (type(value) is float and math.isfinite(value))


def _freeze(dtype: str | None, check: str, value: Any) -> Any:
    """Return the arguments of a check; nothing unless they are of a plain form, which Pandera takes."""
    is_plain = {"str": lambda v: isinstance(v, str), "float64": _is_finite}.get(dtype or "", _is_whole)
    if dtype is None or dtype == "boolean":
        return None
    if check in ("isin", "notin"):
        return frozenset(value) if isinstance(value, list) and all(map(is_plain, value)) else None
    if check in ("not_equal_to", "equal_to"):
        return frozenset([value]) if is_plain(value) else None
    if dtype == "str" and check == "str_matches" and isinstance(value, str):
        try:
            return re.compile(value).pattern
        except re.error:
            return None
    if dtype != "str" or check != "str_length" or not isinstance(value, dict) or set(value) != _LENGTH:
        return None
    low, high = value["min_value"], value["max_value"]
    return (low, high) if type(low) is type(high) is int and low <= high else None


def surely_keeps(look: Look, frame: pd.DataFrame) -> bool:
    """Return whether a frame keeps its contract for sure; if not, it may or may not.

    Args:
        look: at the contract.
        frame: any frame.

    >>> column = {"dtype": "float64", "checks": {"in_range": {"min_value": 0, "max_value": 1}}}
    >>> frac = look({"strict": True, "columns": {"frac": column}})
    >>> surely_keeps(frac, pd.DataFrame({"frac": [0.0, 1.0]})), surely_keeps(frac, pd.DataFrame({"frac": [1.5]}))
    (True, False)
    """
    if isinstance(frame.columns, pd.MultiIndex) or not frame.columns.is_unique:
        return False
    there = frame.columns.tolist()
    checked = [column for column in look.columns if not column.is_free and column.name in frame]
    cells: dict[str, Any] = dict.fromkeys(there) | {column.name: frame[column.name].values for column in checked}
    typed = all(_is_text(cells[column.name].dtype) for column in checked if column.dtype == "str")
    return typed and columns_surely_keep(look, cells)


def columns_surely_keep(look: Look, cells: Mapping[str, Any]) -> bool:
    """Return whether columns keep the contract of their frame for sure; if not, they may or may not.

    Args:
        look: at the contract.
        cells: arrays of one length, words as ``frames.arrays`` has them.

    >>> word = look({"strict": True, "columns": {"word": {"dtype": "str", "checks": {"isin": ["a", "b"]}}}})
    >>> columns_surely_keep(word, {"word": np.array(["a"], dtype=object)})
    True
    """
    if look.strict and not look.names.issuperset(cells):
        return False
    if any(column.required and column.name not in cells for column in look.columns):
        return False
    if look.unique and not _differ([cells[name] for name in look.unique]):
        return False
    checked = [(column, cells[column.name]) for column in look.columns if column.name in cells and not column.is_free]
    return all(_keeps(column, own) for column, own in checked) and _keep_numbers(
        [(column, own) for column, own in checked if column.dtype in _NUMBERS]
    )


def _differ(columns: Sequence[Any]) -> bool:
    """Return whether no two rows are the same in all of some columns; the first of them may be enough."""
    first, count = columns[0], len(columns[0])
    if count > _FEW and not isinstance(first, pd.Categorical) and _are_distinct(first):
        return True
    return len(number_rows(columns).first) == count


def _are_distinct(array: Any) -> bool:
    """Return whether the cells of a column that is no category differ; one pass tells of words in order."""
    if not _are_full_words(array):
        return len(_find_distinct(array)) == len(array)
    words = array.tolist()
    return is_ascending(words) or len(set(words)) == len(words)


def _keeps(column: Column, array: Any) -> bool:
    """Return whether cells have the type of their column, are there, are unique, and words are as they must be."""
    if column.dtype == "str":
        return _keep_words(column, array)
    if not _DTYPES[column.dtype](array.dtype):
        return False
    return (column.nullable or not pd.isna(array).any()) and (not column.unique or pd.Series(array).is_unique)


def _keep_words(column: Column, array: Any) -> bool:
    """Return whether cells are words, are there, are unique, and are as the checks of their column ask."""
    if isinstance(array, pd.Categorical):
        counts = np.bincount(array.codes + 1, minlength=len(array.categories) + 1)
        repeat, missing = bool(counts.max() > 1), bool(counts[0])
    elif not (full := _are_full_words(array)) and not _are_words(array):
        return False
    else:
        repeat = column.unique and not _are_distinct(array)
        missing = not (full or column.nullable) and bool(pd.isna(array).any())
    if (missing and not column.nullable) or (repeat and column.unique):
        return False
    words = _list_distinct(array) if column.checks else []
    return all(_keeps_check(check, value, words) for check, value in column.checks)


def _are_words(array: Any) -> bool:
    """Return whether all cells of a column are words, or missing."""
    if array.dtype != object:
        return _is_text(array.dtype)
    if len(array) > _FEW:
        return pd.api.types.infer_dtype(array) in ("string", "empty")
    return all(cell is None or isinstance(cell, str) for cell in array.tolist())


def _are_full_words(array: Any) -> bool:
    """Return whether a column of objects surely has a word in each of its cells."""
    return array.dtype == object and pd.api.types.infer_dtype(array, skipna=False) == "string"


def _list_distinct(array: Any) -> list[str]:
    """Return the distinct words of a column."""
    if isinstance(array, pd.Categorical):
        counts = np.bincount(array.codes + 1, minlength=len(array.categories) + 1)
        words: list[str] = array.categories[counts[1:] > 0].tolist()
        return words
    return [word for word in _find_distinct(array) if isinstance(word, str)]


def _find_distinct(array: Any) -> Collection[Any]:
    """Return the distinct cells of a column that is no category."""
    return set(array.tolist()) if len(array) <= _FEW else pd.unique(array)


def _keeps_check(check: str, value: Any, words: Collection[Any]) -> bool:
    if check in ("isin", "equal_to"):
        return set(words).issubset(value)
    if check in ("notin", "not_equal_to"):
        return set(words).isdisjoint(value)
    if check == "str_length":
        return all(value[0] <= len(word) <= value[1] for word in words)
    few_plain = len(words) <= _FEW and all(word.isascii() and word.isprintable() for word in words)
    if few_plain and _PLAIN.fullmatch(value):
        return all(map(re.compile(value).match, words))
    return bool(pd.Series(list(words), dtype=TEXT).str.match(value, na=False).all())


def _keep_numbers(cells: Sequence[tuple[Column, Any]]) -> bool:
    """Return whether numbers are in their intervals, all columns at once; then what other checks ask, one by one."""
    if not cells:
        return True
    numbers = [to_floats(array) for _, array in cells]
    least, greatest = _find_ends(numbers)
    low, high = (np.array(bounds) for bounds in zip(*((column.low, column.high) for column, _ in cells), strict=True))
    if ((least < low) | (greatest > high)).any():
        return False
    whole = [column.dtype != "float64" for column, _ in cells]
    if (np.maximum(-least[whole], greatest[whole]) >= _EXACT).any():
        return False
    return all(
        _keeps_check(check, value, pd.unique(own[~np.isnan(own)]).tolist())
        for (column, _), own in zip(cells, numbers, strict=True)
        for check, value in column.checks
    )


def _find_ends(columns: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """Return the least and the greatest number of each column, NaN where there is none; few rows are read at once."""
    if len(columns[0]) <= _FEW:
        rows = np.stack(columns)
        return np.fmin.reduce(rows, axis=1, initial=np.nan), np.fmax.reduce(rows, axis=1, initial=np.nan)
    ends = [(np.fmin.reduce(column), np.fmax.reduce(column)) for column in columns]
    least, greatest = np.array(ends, dtype="float64").T
    return least, greatest


def _is_text(dtype: Any) -> bool:
    return isinstance(dtype, pd.StringDtype) and isinstance(dtype.na_value, float)


_NUMBERS: dict[str | None, Check] = {
    "float64": lambda dtype: dtype == np.float64,
    "int64": lambda dtype: dtype == np.int64,
    "Int64": lambda dtype: isinstance(dtype, pd.Int64Dtype),
}
_DTYPES: dict[str | None, Check] = {
    None: lambda dtype: True,  # noqa: ARG005
    "str": _is_text,
    "boolean": lambda dtype: isinstance(dtype, pd.BooleanDtype),
    **_NUMBERS,
}
