"""Splits of a training set by program: no program is in two parts."""

import re
from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pandas as pd

from scrub import jwst
from scrub.tables import Rules

_WHOLE = 2**64


def split_by_program(
    features: pd.DataFrame, shares: Mapping[str, float], *, seed: int = 0, program: str | None = None
) -> dict[str, pd.DataFrame]:
    """Return parts of a training set, each program in one of them, whatever other programs or rows there are.

    A program's part follows from its number and the seed alone, so a set that grows keeps its split. Shares are those
    of many programs; a few may divide otherwise.

    Args:
        features: one row a product, by name.
        shares: the share of each part, such as ``{"train": 0.8, "test": 0.2}``; in all 1.
        seed: another one gives another split.
        program: a regular expression whose first group is the program in the name of a product; without one, names
            are those of the rule set ``jwst``.

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
    pattern = write_pattern(jwst.read_rules()) if program is None else program
    programs = features.index.to_series().astype("str").str.extract(pattern)[0]
    if programs.isna().any():
        raise ValueError(f"{features.index[programs.isna()][0]}: no program in this name")
    places = {name: _place(f"{seed}:{name}") for name in programs.unique()}
    numbers = np.searchsorted(ends[:-1], programs.map(places).to_numpy(dtype="float64"), side="right")
    return {part: features[numbers == number] for number, part in enumerate(shares)}


def write_pattern(rules: Rules) -> str:
    """Return a regular expression whose first group is the program in the name of a product.

    Args:
        rules: a JWST rule set: ``name_parts`` has what stands before the program, ``keywords`` how many digits it has.

    >>> write_pattern(jwst.read_rules())
    '^jw([0-9]{5})'
    """
    part = next(row for row in rules["name_parts"].records() if row["part"] == "program")
    width = next(row["width"] for row in rules["keywords"].records() if row["keyword"] == part["keyword"])
    return f"^{re.escape(part['before'])}([0-9]{{{width}}})"


def _place(text: str) -> float:
    """Return a number from 0 to 1 that follows from a text."""
    return int.from_bytes(sha256(text.encode()).digest()[:8]) / _WHOLE
