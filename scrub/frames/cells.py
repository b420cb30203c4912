"""Raw cells read as text, a number, a count, a flag, or nothing.

Tables spell missing in many ways, and headers and archive exports disagree on types. Here each column
is read as what it is declared to be; a cell that cannot be read is another thing than a missing one.
The work grows with the number of distinct cells; a few cells are read one by one.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

if int(pd.__version__.partition(".")[0]) < 3:  # before, text had another type, and other missing cells in it
    raise ImportError(f"skyscrub needs pandas 3; here is pandas {pd.__version__}: pip install --upgrade 'pandas>=3'")

TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls "str"
FEW = 100  # cells that are sooner read one by one than told apart
_SAMPLE = 500  # cells that tell whether those of a column repeat
UNREADABLE = -1  # neither true nor false


class Words(NamedTuple):
    """The spellings of *missing*, of *true* and of *false*; the table ``words.csv`` has those that ship."""

    missing: AbstractSet[str]
    true: AbstractSet[str]
    false: AbstractSet[str] = frozenset()


class Parsed(NamedTuple):
    """A column as it was read, and which of its cells hold something that could not be."""

    values: pd.Series
    unreadable: "np.ndarray[Any, np.dtype[np.bool_]]"


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
    return _read_each(values, lambda cells: make_text(read_texts(words, cells, upper=upper)))


def read_texts(words: Words, cells: Iterable[Any], *, upper: bool = False) -> list[str | None]:
    """Return raw cells as text, None where missing: see ``text``.

    Args:
        words: the spellings of missing.
        cells: raw cells of any type.
        upper: whether text is in upper case.
    """
    missing = {"", *words.missing}
    read = [cell.strip() if type(cell) is str else as_text(cell) for cell in cells]
    if upper:
        read = [word if word in missing else _drop_decimals(word).upper() for word in read]
    return [None if word in missing else word for word in read]


def digits(words: Words, values: pd.Series, width: int) -> pd.Series:
    """Return a column of whole numbers as text padded with zeros; other words stay as they are.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.
        width: digits at least.

    >>> digits(Words(set(), set()), pd.Series(["11", 5716, "x"]), 5).tolist()
    ['00011', '05716', 'x']
    """
    return _read_each(values, lambda cells: make_text(read_digits(words, cells, width)))


def read_digits(words: Words, cells: Iterable[Any], width: int) -> list[str | None]:
    """Return raw cells as whole numbers padded with zeros, None where missing: see ``digits``.

    Args:
        words: the spellings of missing.
        cells: raw cells of any type.
        width: digits at least.
    """
    read = (_drop_decimals(read_word(words, cell)) for cell in cells)
    return [(word.zfill(width) if word.isascii() and word.isdigit() else word) or None for word in read]


def number(words: Words, values: pd.Series) -> Parsed:
    """Return a column as floats, missing as NaN; what is not finite is no number.

    Args:
        words: the spellings of missing.
        values: raw cells of any type.

    >>> parsed = number(Words({"NONE"}, set()), pd.Series(["1.5", "NONE", "bright", "inf"]))
    >>> parsed.values.tolist(), parsed.unreadable.tolist()
    ([1.5, nan, nan, nan], [False, False, True, True])
    """
    numbers, unreadable = number_array(words, values.array)
    return Parsed(pd.Series(numbers, index=values.index), unreadable)


class Numbers(NamedTuple):
    """Cells read as numbers, NaN where there is none, and which of them hold something that could not be read."""

    values: "np.ndarray[Any, np.dtype[np.float64]]"
    unreadable: "np.ndarray[Any, np.dtype[np.bool_]]"


def number_array(words: Words, array: Any) -> Numbers:
    """Return an array of raw cells as floats, each distinct cell read once: see ``number``.

    Args:
        words: the spellings of missing.
        array: raw cells of any type.
    """
    if pd.api.types.is_numeric_dtype(array.dtype):
        floats = to_floats(array)
        infinite = np.isinf(floats)
        return Numbers(np.where(infinite, np.nan, floats) if infinite.any() else floats, infinite)
    distinct = list_distinct(array, as_numbers=True)
    numbers, unreadable = read_numbers(words, distinct.cells)
    return Numbers(distinct.spread(numbers), distinct.spread(unreadable))


def to_floats(array: Any) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return a column of numbers or flags as floats, NaN where missing.

    Args:
        array: plain, or nullable.

    >>> to_floats(pd.array([1, None], dtype="Int64")).tolist()
    [1.0, nan]
    """
    if isinstance(array, np.ndarray):
        return array.astype("float64", copy=False)
    floats: np.ndarray[Any, np.dtype[np.float64]] = array.to_numpy(dtype="float64", na_value=np.nan)
    return floats


def read_numbers(words: Words, cells: list[Any]) -> Numbers:
    """Return raw cells as floats: see ``number``.

    Args:
        words: the spellings of missing.
        cells: raw cells of any type.
    """
    raw = np.empty(len(cells), dtype=object)
    raw[:] = cells
    numbers: np.ndarray[Any, np.dtype[np.float64]] = np.asarray(pd.to_numeric(raw, errors="coerce"), dtype="float64")
    unread = ~np.isfinite(numbers)
    if unread.any():
        numbers = np.where(unread, np.nan, numbers)
        unread[unread] = [bool(read_word(words, cells[row])) for row in np.flatnonzero(unread).tolist()]
    return Numbers(numbers, unread)


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
    counts, fraction = make_counts(column.to_numpy())
    return Parsed(pd.Series(counts, index=values.index), unreadable | fraction)


def make_counts(numbers: "np.ndarray[Any, np.dtype[np.float64]]") -> tuple[Any, "np.ndarray[Any, np.dtype[np.bool_]]"]:
    """Return floats as an array of whole numbers (Int64), NaN and fractions missing; and which are fractions.

    >>> make_counts(np.array([4.0, 2.5]))[1].tolist()
    [False, True]
    """
    with np.errstate(invalid="ignore"):
        whole = (numbers % 1 == 0) & (np.abs(numbers) < 2**53)
    counts = pd.arrays.IntegerArray(np.where(whole, numbers, 0).astype("int64"), ~whole)
    return counts, ~(whole | np.isnan(numbers))


def flag(words: Words, values: pd.Series) -> Parsed:
    """Return a column as booleans: the true words are true, the false words and missing are false.

    Args:
        words: the spellings of missing, of true and of false; any other word is unreadable.
        values: raw cells of any type.

    >>> parsed = flag(Words({"N/A"}, {"T", "t"}, {"F", "f"}), pd.Series(["t", "f", "N/A", None, "yes"]))
    >>> parsed.values.tolist(), parsed.unreadable.tolist()
    ([True, False, False, False, False], [False, False, False, False, True])
    """
    codes = _read_each(values, lambda cells: np.array(read_flags(words, cells), dtype="int8")).to_numpy()
    flags = pd.arrays.BooleanArray(codes == 1, np.zeros(len(codes), dtype=bool))
    return Parsed(pd.Series(flags, index=values.index), codes == UNREADABLE)


def read_flags(words: Words, cells: Iterable[Any]) -> list[int]:
    """Return raw cells as 1 or 0, and ``UNREADABLE``: see ``flag``.

    Args:
        words: the spellings of missing, of true and of false.
        cells: raw cells of any type.
    """
    known = {"": 0, **dict.fromkeys(words.false, 0), **dict.fromkeys(words.true, 1)}
    return [known.get(_drop_decimals(read_word(words, cell)), UNREADABLE) for cell in cells]


def _drop_decimals(word: str) -> str:
    """Return a whole number as such: a column of numbers with a gap is written as 12.0, 1.0.

    >>> _drop_decimals("12.00"), _drop_decimals("12.5"), _drop_decimals("v1.0"), _drop_decimals("12.")
    ('12', '12.5', 'v1.0', '12.')
    """
    whole, point, rest = word.partition(".")
    return whole if point and rest and not rest.strip("0") and whole.isascii() and whole.isdigit() else word


def _read_each(values: pd.Series, make: Callable[[list[Any]], Any]) -> pd.Series:
    """Return a column of what is made of its cells, each distinct cell read once; a few are read one by one."""
    cells, codes = list_distinct(values.array)
    read = make(cells)
    return pd.Series(read if codes is None else read.take(codes), index=values.index)


class Distinct(NamedTuple):
    """The distinct cells of a column, and the number of each row's; no numbers where each row has its own cell."""

    cells: list[Any]
    codes: "np.ndarray[Any, np.dtype[np.intp]] | None"

    def spread(self, values: Any) -> Any:
        """Return for each row what its cell has.

        Args:
            values: an array, one value a distinct cell.
        """
        return values if self.codes is None else values[self.codes]


def list_distinct(array: Any, *, as_numbers: bool = False) -> Distinct:
    """Return the distinct cells of a column; all cells of a few, or of a column whose cells hardly repeat.

    Args:
        array: raw cells of any type.
        as_numbers: whether cells are to be numbers; else those of different types differ (True is not 1).

    >>> list_distinct(make_text(["a", "a"])).cells
    ['a', 'a']
    """
    if len(array) <= FEW or not _repeats(array):
        return Distinct(array.tolist(), None)
    if isinstance(array, pd.arrays.NumpyExtensionArray):
        array = array.to_numpy()
    if isinstance(array, pd.Categorical):
        return Distinct([*array.categories.tolist(), None], array.codes.astype(np.intp))
    if array.dtype == object and not as_numbers and not _is_of_one_type(array):
        array = np.array([as_text(cell) for cell in array.tolist()], dtype=object)
    codes, distinct = pd.factorize(array, use_na_sentinel=False)
    return Distinct(distinct.tolist(), codes)


def _repeats(array: Any) -> bool:
    """Return whether cells of a column repeat, as far as the first of them tell."""
    return isinstance(array, pd.Categorical) or 2 * len(set(array[:_SAMPLE].tolist())) <= _SAMPLE


def _is_of_one_type(array: Any) -> bool:
    return pd.api.types.infer_dtype(array, skipna=True) in {"string", "empty", "boolean"}
