"""Cells that Python can put into a frame of objects, and what a table can hold of them."""

import datetime
import decimal

import numpy as np
import pandas as pd


class Nameless:
    """An object that cannot even be shown."""

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __repr__


ODD = {
    "a list": [1, 2],
    "a tuple": (1,),
    "a set": {1},
    "an array": np.array([1, 2]),
    "an array of no dimension": np.array(3),
    "a dictionary": {"a": 1},
    "bytes": b"x",
    "an array of bytes": bytearray(b"x"),
    "an integer of 60 digits": 10**60,
    "an integer of 400 digits": 10**400,
    "an integer of 5000 digits": -(10**5000),
    "a complex number": 1 + 2j,
    "a complex number of numpy": np.complex64(1j),
    "half a surrogate pair": "a\udcffb",
    "a signalling NaN": decimal.Decimal("sNaN"),
    "an object": object(),
    "an object that cannot be shown": Nameless(),
    "a type": int,
    "a function": len,
    "a period": pd.Period("2020"),
    "an interval": pd.Interval(0, 1),
    "a frame": pd.DataFrame({"a": [1]}),
    "a column": pd.Series([1, 2]),
}
PLAIN = {
    "a date": datetime.date(2020, 1, 1),
    "a time stamp": pd.Timestamp("2020"),
    "a decimal": decimal.Decimal("1.5"),
    "a float of numpy": np.float16(1),
    "a long double": np.longdouble(1),
    "a flag of numpy": np.bool_(True),
    "an integer of numpy": np.int64(3),
    "a text of numpy": np.str_("x"),
    "not a time": pd.NaT,
    "not available": pd.NA,
    "None": None,
    "an infinite number": float("inf"),
    "a text with NUL": "a\0b",
    "a long text": "x" * 100_000,
    "many digits": "9" * 500,
    "Ä": "Ä",
}


def column(cell, others):
    """Return a column of objects: a cell, and others below it."""
    cells = np.empty(1 + len(others), dtype=object)
    cells[0] = cell
    cells[1:] = others
    return pd.Series(cells, dtype=object)
