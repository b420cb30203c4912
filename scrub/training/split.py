"""Splits of a training set by program: no program is in two parts."""

from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pandas as pd

_WHOLE = 2**64


def split_by_program(
    features: pd.DataFrame, shares: Mapping[str, float], *, seed: int = 0, program: str = r"^jw(\d{5})"
) -> dict[str, pd.DataFrame]:
    """Return parts of a training set, each program in one of them, whatever other programs or rows there are.

    A program's part follows from its number and the seed alone, so a set that grows keeps its split. Shares are those
    of many programs; a few may divide otherwise.

    Args:
        features: one row a product, by name.
        shares: the share of each part, such as ``{"train": 0.8, "test": 0.2}``; in all 1.
        seed: another one gives another split.
        program: a regular expression whose first group is the program in the name of a product.

    Raises:
        ValueError: shares that are none, or the name of a product without a program.

    >>> frame = pd.DataFrame({"nexposur": [4, 2, 2]}, index=["jw01018-o006_t1", "jw01018-o007_t1", "jw02732-o001_t1"])
    >>> parts = split_by_program(frame, {"train": 0.5, "test": 0.5})
    >>> {name: part.index.str[2:7].unique().tolist() for name, part in parts.items()}
    {'train': ['02732'], 'test': ['01018']}
    """
    ends = np.cumsum([*shares.values()])
    if not shares or min(shares.values()) < 0 or not np.isclose(ends[-1], 1):
        raise ValueError(f"shares are at least 0 and 1 in all, not {dict(shares)}")
    programs = features.index.to_series().astype("str").str.extract(program)[0]
    if programs.isna().any():
        raise ValueError(f"{features.index[programs.isna()][0]}: no program in this name")
    places = {name: _place(f"{seed}:{name}") for name in programs.unique()}
    numbers = np.searchsorted(ends[:-1], programs.map(places).to_numpy(dtype="float64"), side="right")
    return {part: features[numbers == number] for number, part in enumerate(shares)}


def _place(text: str) -> float:
    """Return a number from 0 to 1 that follows from a text."""
    return int.from_bytes(sha256(text.encode()).digest()[:8]) / _WHOLE
