"""Positions that headers give: two keywords, or the middle of a footprint."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames import sky
from scrub.frames.rejects import Fault


class Pointings(NamedTuple):
    """Positions in degrees, and which of them are there and on the sky."""

    ra: sky.Floats
    dec: sky.Floats
    there: npt.NDArray[np.bool_]

    def show(self, row: int) -> str:
        """Return one position as text."""
        return f"{float(self.ra[row])!r} {float(self.dec[row])!r}"


def read_pointings(side: str, read: Mapping[str, Any]) -> Pointings:
    """Return the positions of exposures; none where a keyword is not read.

    Args:
        side: two keywords with a ``/`` between, or one footprint, whose middle counts.
        read: arrays of the exposures, by keyword; ``exposure`` is one of them.

    >>> read = {"exposure": ["a", "b"], "CRVAL1": [80.5, np.nan], "CRVAL2": [-69.5, 0.0]}
    >>> pointings = read_pointings("CRVAL1/CRVAL2", read)
    >>> pointings.there.tolist(), pointings.show(0)
    ([True, False], '80.5 -69.5')
    """
    keywords = side.split("/")
    blank = np.full(len(read["exposure"]), np.nan)
    nowhere = Pointings(blank, blank, np.zeros(len(blank), dtype=bool))
    if not all(keyword in read for keyword in keywords):
        return nowhere
    if len(keywords) == 1:
        if not pd.notna(read[side]).any():
            return nowhere
        ra, dec = sky.find_middles(read[side])
    else:
        ra, dec = (np.asarray(read[keyword], dtype="float64") for keyword in keywords)
    return Pointings(ra, dec, np.isfinite(ra) & (np.abs(dec) <= 90))


def find_off_sky(sides: Iterable[str], read: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield where a declination lies beyond a pole.

    Args:
        sides: as ``read_pointings`` has them; a footprint off the sky has no middle.
        read: arrays of the exposures, by keyword.

    >>> read = {"PROP_RA": [80.5, 80.5], "PROP_DEC": [-69.5, 95.0]}
    >>> [(fault.where.tolist(), fault.column) for fault in find_off_sky(["PROP_RA/PROP_DEC"], read)]
    [([False, True], 'PROP_DEC')]
    """
    for keyword in [side.split("/")[1] for side in sides if "/" in side]:
        if keyword in read:
            dec = np.asarray(read[keyword], dtype="float64")
            yield Fault(np.abs(dec) > 90, "outside -90..90", keyword, dec, "off-sky")
