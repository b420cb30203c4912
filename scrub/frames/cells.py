"""Raw cells read as text, a number, a count, a flag, or nothing.

Tables spell missing in many ways, and headers and archive exports disagree on types. Here each column
is read as what it is declared to be; a cell that cannot be read is another thing than a missing one.
The work grows with the number of distinct cells; a few cells are read one by one.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

if int(pd.__version__.partition(".")[0]) < 3:  # before, text had another type, and other missing cells in it
    raise ImportError(f"skyscrub needs pandas 3; here is pandas {pd.__version__}: pip install --upgrade 'pandas>=3'")

TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls "str"
FEW = 100  # cells that are sooner read one by one than told apart
_UNREADABLE = -1  # neither true nor false


class Words(NamedTuple):
    """The spellings of *missing*, of *true* and of *false*; the table ``words.csv`` has those that ship."""

    missing: AbstractSet[str]
    true: AbstractSet[str]
    false: AbstractSet[str] = frozenset()


class Parsed(NamedTuple):
    """A column as it was read, and which of its cells hold something that could not be."""

    values: pd.Series
    unreadable: "np.ndarray[Any, np.dtype[np.bool_]]"


def keep_plain(values: pd.Series) -> Parsed:
    """Return a column with missing in place of what no cell of a table can hold, and where that was.

    A cell can hold a text that UTF-8 can write, a number (real, of 64 bits if whole), a flag or a date; not a list, a
    set, an array, bytes, a complex number or any other object. What is no numpy, text or nullable column (categories,
    Arrow) comes back as objects.

    Args:
        values: raw cells of any type.

    >>> plain = keep_plain(pd.Series(["F200W", ["a", "b"], 10**60]))
    >>> plain.values.tolist(), plain.unreadable.tolist()
    (['F200W', None, None], [False, True, True])
    """
    none = np.zeros(len(values), dtype=bool)
    if is_plain(values.dtype):
        return Parsed(values, none)
    if values.dtype.kind == "c":
        return Parsed(pd.Series(None, index=values.index, dtype="object"), values.notna().to_numpy())
    cells = values.astype("object").tolist()
    kinds = set(map(type, cells))
    if kinds <= _PLAIN or (kinds <= {str, *_PLAIN} and "".join(c for c in cells if isinstance(c, str)).isascii()):
        as_is = values.dtype == object or isinstance(values.dtype, pd.StringDtype)
        return Parsed(values if as_is else values.astype("object"), none)
    odd = np.fromiter(map(is_odd, cells), dtype=bool, count=len(cells))
    kept: np.ndarray[Any, Any] = np.empty(len(cells), dtype=object)
    for i, cell in enumerate(cells):
        kept[i] = None if odd[i] else cell
    return Parsed(pd.Series(kept, index=values.index, dtype="object"), odd)


def is_plain(dtype: Any) -> bool:
    """Return whether a column of this type has only cells that a table can hold: numbers, flags, dates, Arrow's texts.

    >>> is_plain(np.dtype("float64")), is_plain(np.dtype("O"))
    (True, False)
    """
    if isinstance(dtype, pd.StringDtype):
        return dtype.storage == "pyarrow"
    return not isinstance(dtype, pd.ArrowDtype) and dtype.kind in "biufmM"


_PLAIN = {float, bool, type(None), type(pd.NA), type(pd.NaT)}


def is_odd(cell: object) -> bool:
    r"""Return whether a raw cell is nothing that a cell of a table can hold.

    >>> is_odd(b"F200W"), is_odd(1.5), is_odd(10**60), is_odd("\udcff")
    (True, False, True, True)
    """
    if isinstance(cell, str):
        return not cell.isascii() and any("\ud800" <= letter <= "\udfff" for letter in cell)
    if isinstance(cell, (int, np.integer)):
        return not -(2**63) <= cell < 2**64
    if isinstance(cell, Decimal):
        return cell.is_snan()
    return type(cell) not in _PLAIN and not isinstance(cell, (np.floating, np.bool_, date, np.datetime64))


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


def make_text(words: "Iterable[str | None] | np.ndarray[Any, Any]") -> Any:
    """Return words as an array of text; None is missing.

    >>> make_text(["a", None]).tolist()
    ['a', nan]
    """
    return pd.array(words if isinstance(words, np.ndarray) else list(words), dtype=TEXT)


def text(words: Words, values: pd.Series, *, upper: bool = False) -> pd.Series:
    """Return a column as text, missing words as NaN; in upper case, whole numbers have no decimals.

    In upper case, a word that is a spelling of missing then is missing too (``n/a``).

    Args:
        words: the spellings of missing.
        values: raw cells of any type.
        upper: whether text is in upper case.

    >>> text(Words({"N/A"}, set()), pd.Series(["F200W", "N/A", "clear"]), upper=True).tolist()
    ['F200W', nan, 'CLEAR']
    """
    missing = {"", *words.missing}

    def read(cell: object) -> str | None:
        word = read_word(words, cell)
        word = _drop_decimals(word).upper() if upper else word
        return None if word in missing else word

    return _read_each(values, lambda cells: make_text(map(read, cells)))


def digits(words: Words, values: pd.Series, width: int) -> pd.Series:
    """Return a column of whole numbers as text padded with zeros; other words stay as they are.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.
        width: digits at least.

    >>> digits(Words(set(), set()), pd.Series(["11", 5716, "x"]), 5).tolist()
    ['00011', '05716', 'x']
    """

    def read(cell: object) -> str | None:
        word = _drop_decimals(read_word(words, cell))
        return (word.zfill(width) if word.isascii() and word.isdigit() else word) or None

    return _read_each(values, lambda cells: make_text(map(read, cells)))


def number(words: Words, values: pd.Series) -> Parsed:
    """Return a column as floats, missing as NaN; what is not finite is no number.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.

    >>> parsed = number(Words({"NONE"}, set()), pd.Series(["1.5", "NONE", "bright", "inf"]))
    >>> parsed.values.tolist(), parsed.unreadable.tolist()
    ([1.5, nan, nan, nan], [False, False, True, True])
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        floats = values.astype("float64")
        infinite = np.isinf(floats.to_numpy())
        return Parsed(floats.mask(infinite) if infinite.any() else floats, infinite)
    few = len(values) <= FEW
    codes, distinct = (np.arange(len(values)), values) if few else pd.factorize(values, use_na_sentinel=False)
    cells = distinct.tolist()
    numbers = _to_numbers(cells)
    unread = np.isnan(numbers)
    unread[unread] = [bool(read_word(words, cell)) for cell, odd in zip(cells, unread, strict=True) if odd]
    return Parsed(pd.Series(numbers[codes], index=values.index), unread[codes])


def _to_numbers(cells: list[Any]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return cells as floats; NaN where one is missing, infinite or no number."""
    raw = np.empty(len(cells), dtype=object)
    raw[:] = cells
    numbers: np.ndarray[Any, np.dtype[np.float64]] = np.asarray(pd.to_numeric(raw, errors="coerce"), dtype="float64")
    return np.where(np.isinf(numbers), np.nan, numbers)


def read_word(words: Words, cell: object) -> str:
    """Return a raw cell as text; blank where missing.

    Args:
        words: the spellings of missing.
        cell: a raw cell of any type.

    >>> read_word(Words({"N/A"}, set()), " F200W "), read_word(Words({"N/A"}, set()), "N/A")
    ('F200W', '')
    """
    word = as_text(cell)
    return "" if word in words.missing else word


def count(words: Words, values: pd.Series) -> Parsed:
    """Return a column as whole numbers (Int64), missing as NA; fractions are unreadable.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.

    >>> count(Words(set(), set()), pd.Series([4.0, 2.5])).values.tolist()
    [4, <NA>]
    """
    column, unreadable = number(words, values)
    numbers = column.to_numpy()
    missing = np.isnan(numbers)
    with np.errstate(invalid="ignore"):
        whole = (numbers % 1 == 0) & (np.abs(numbers) < 2**53)
    counts = pd.arrays.IntegerArray(np.where(whole, numbers, 0).astype("int64"), ~whole)
    return Parsed(pd.Series(counts, index=values.index), unreadable | ~(whole | missing))


def flag(words: Words, values: pd.Series) -> Parsed:
    """Return a column as booleans: the true words are true, the false words and missing are false.

    Args:
        words: the spellings of missing, of true and of false; any other word is unreadable.
        values: raw cells of any type.

    >>> parsed = flag(Words({"N/A"}, {"T", "t"}, {"F", "f"}), pd.Series(["t", "f", "N/A", None, "yes"]))
    >>> parsed.values.tolist(), parsed.unreadable.tolist()
    ([True, False, False, False, False], [False, False, False, False, True])
    """
    known = {"": 0, **dict.fromkeys(words.false, 0), **dict.fromkeys(words.true, 1)}

    def read(cell: object) -> int:
        return known.get(_drop_decimals(read_word(words, cell)), _UNREADABLE)

    def make_codes(cells: list[Any]) -> Any:
        return np.array([read(cell) for cell in cells], dtype="int8")

    codes = _read_each(values, make_codes)
    flags = pd.arrays.BooleanArray(codes.to_numpy() == 1, np.zeros(len(codes), dtype=bool))
    return Parsed(pd.Series(flags, index=values.index), codes.to_numpy() == _UNREADABLE)


def _drop_decimals(word: str) -> str:
    """Return a whole number as such: a column of numbers with a gap is written as 12.0, 1.0.

    >>> _drop_decimals("12.00"), _drop_decimals("12.5"), _drop_decimals("v1.0"), _drop_decimals("12.")
    ('12', '12.5', 'v1.0', '12.')
    """
    whole, point, rest = word.partition(".")
    return whole if point and rest and not rest.strip("0") and whole.isascii() and whole.isdigit() else word


def _read_each(values: pd.Series, make: Callable[[list[Any]], Any]) -> pd.Series:
    """Return a column of what is made of its cells, each distinct cell read once; a few are read one by one."""
    if len(values) <= FEW:
        return pd.Series(make(values.tolist()), index=values.index)
    codes, distinct = _factorize(values)
    return pd.Series(make(distinct.tolist()).take(codes), index=values.index)


def _factorize(values: pd.Series) -> tuple[np.ndarray, Any]:
    """Return codes and distinct cells, where cells of different types differ (True is not 1)."""
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) not in {"string", "empty", "boolean"}:
        values = values.map(as_text)
    return pd.factorize(values, use_na_sentinel=False)
