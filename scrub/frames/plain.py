"""What a cell of a table can hold: text, numbers, flags and dates; nothing else goes on."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from scrub.frames.cells import Parsed


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
    if are_plain(cells):
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


def are_plain(cells: list[Any]) -> bool:
    """Return whether all cells of a list surely are what a table can hold; if not, they may or may not be.

    >>> are_plain(["F200W", 1.5, None]), are_plain([10**60])
    (True, False)
    """
    kinds = set(map(type, cells))
    if not kinds <= {str, int, *_PLAIN}:
        return False
    texts = "".join(cell for cell in cells if type(cell) is str) if str in kinds else ""
    return texts.isascii() and (int not in kinds or not any(map(is_odd, cells)))
