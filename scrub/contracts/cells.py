"""Cells of text read with the types of a contract, column by column: a cell that cannot be is set apart, by its row."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames.cells import TEXT
from scrub.frames.rejects import Fault

Mask = npt.NDArray[np.bool_]
_FLAGS: dict[object, object] = {"True": True, "False": False, True: True, False: False}
_LEAST, _MOST = -(2**63), 2**63 - 1


class Typed(NamedTuple):
    """A table with the types of its contract, the cells that could not be read, and where cells have a stand-in.

    Missing stands in place of a cell that could not be read. In a column of ``int64``, which can hold no missing cell,
    a number stands there that the column does not have; ``stand_ins`` says where.
    """

    frame: pd.DataFrame
    faults: list[Fault]
    stand_ins: dict[str, Mask]


def read_cells(table: Mapping[str, Any], frame: pd.DataFrame) -> Typed:
    """Return a table of text with the types of its contract.

    Args:
        table: a contract as Pandera takes it.
        frame: cells of text, blank where missing, or of any type.

    >>> contract = {"columns": {"mag": {"dtype": "float64"}, "n": {"dtype": "Int64"}}}
    >>> typed = read_cells(contract, pd.DataFrame({"mag": ["1.5", "bright"], "n": ["", "2.5"]}))
    >>> typed.frame["mag"].tolist(), [(fault.column, fault.reason) for fault in typed.faults]
    ([1.5, nan], [('mag', 'not a number'), ('n', 'not a whole number')])
    """
    columns: dict[str, pd.Series] = {}
    faults, stand_ins = [], {}
    for name in frame.columns:
        cells = own_order(frame[name])
        missing = _find_missing(cells)
        dtype = str(table["columns"].get(name, {}).get("dtype") or "")
        values, unreadable = _READ.get(dtype, _as_they_are)(cells, missing)
        if unreadable.any():
            faults.append(Fault(unreadable, f"not {_NOUNS[dtype]}", str(name), cells, "dtype"))
        if dtype == "int64":
            if missing.any():
                faults.append(Fault(missing, "missing", str(name), cells, "not_nullable"))
            stand_ins[str(name)] = missing | unreadable
            values = _stand_in(values)
        columns[name] = values
    return Typed(pd.DataFrame(columns, index=frame.index, columns=frame.columns), faults, stand_ins)


class _Read(NamedTuple):
    """A column as it was read, and which of its cells could not be."""

    values: pd.Series
    unreadable: Mask


def own_order(cells: pd.Series) -> pd.Series:
    """Return cells in the byte order of this machine: FITS has the other one.

    Args:
        cells: a column of any type.

    >>> own_order(pd.Series(np.array([1, 2], dtype=">i2"))).tolist()
    [1, 2]
    """
    dtype = cells.dtype
    return cells if not isinstance(dtype, np.dtype) or dtype.isnative else cells.astype(dtype.newbyteorder("="))


def _find_missing(cells: pd.Series) -> Mask:
    missing: Mask = cells.isna().to_numpy(dtype=bool)
    if isinstance(cells.dtype, pd.StringDtype):
        blank: Mask = (cells == "").to_numpy(dtype=bool, na_value=True)
        return missing | blank
    if cells.dtype != object:
        return missing
    no_text: Mask = np.array([isinstance(cell, str) and not cell for cell in cells.tolist()], dtype=bool)
    return missing | no_text


def _as_they_are(cells: pd.Series, missing: Mask) -> _Read:
    return _Read(cells.mask(missing) if missing.any() else cells, np.zeros(len(cells), dtype=bool))


def _as_text(cells: pd.Series, missing: Mask) -> _Read:
    values = cells.astype(TEXT) if cells.dtype != TEXT else cells
    return _as_they_are(values, missing)


def _as_floats(cells: pd.Series, missing: Mask) -> _Read:
    numbers, unreadable = _find_numbers(cells, missing)
    return _Read(numbers.astype("float64"), unreadable)


def _as_whole(cells: pd.Series, missing: Mask) -> _Read:
    """Return whole numbers; those that 64 bits cannot hold, and fractions, are unreadable."""
    numbers, unreadable = _find_numbers(cells, missing)
    if pd.api.types.is_signed_integer_dtype(numbers.dtype):
        return _Read(numbers.astype("Int64"), unreadable)
    listed = numbers.tolist()
    whole = np.array([_is_whole(number) for number in listed], dtype=bool)
    kept = np.array([int(number) if good else 0 for number, good in zip(listed, whole, strict=True)], dtype="int64")
    return _Read(pd.Series(pd.arrays.IntegerArray(kept, ~whole), index=cells.index), ~(whole | missing))


def _as_flags(cells: pd.Series, missing: Mask) -> _Read:
    known = cells.map(_FLAGS.get).astype("boolean")
    return _Read(known, known.isna().to_numpy() & ~missing)


def _find_numbers(cells: pd.Series, missing: Mask) -> _Read:
    """Return numbers; whole ones are exact, in a column that has no others."""
    if pd.api.types.is_bool_dtype(cells.dtype) or not pd.api.types.is_numeric_dtype(cells.dtype):
        values = pd.to_numeric(cells[~missing].astype("object"), errors="coerce").reindex(cells.index)
    else:
        values = cells
    return _Read(values, values.isna().to_numpy() & ~missing)


def _is_whole(number: Any) -> bool:
    return not pd.isna(number) and _LEAST <= number <= _MOST and number == number // 1


def _stand_in(values: pd.Series) -> pd.Series:
    """Return a column with a number that it does not have in place of what is missing."""
    there = set(values.dropna().tolist())
    free = next(number for number in range(len(there) + 1) if number not in there)
    return values.fillna(free).astype("int64")


_NOUNS = {"float64": "a number", "Int64": "a whole number", "int64": "a whole number", "boolean": "True or False"}
_READ = {"str": _as_text, "float64": _as_floats, "Int64": _as_whole, "int64": _as_whole, "boolean": _as_flags}
