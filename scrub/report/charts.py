"""Drawings of numbers, as shapes that a template prints: the flow of a ledger, the distribution of offsets."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

_TALL, _SLOT, _LEAST = 120.0, 24.0, 2.0  # a whole flow, the line of a label, the thinnest band
_FROM, _TO = (150.0, 166.0), (400.0, 416.0)  # where the bars of a flow stand
_KINDS = {"products": "good", "features": "good", "read": "good", "rejected": "bad", "unreadable": "bad"}
_BOX = (40.0, 390.0, 10.0, 130.0)  # left, right, top, bottom of a histogram


class Band(NamedTuple):
    """What became of a part of what came in: its name and number, good, bad or neither, its shape and label."""

    name: str
    number: int
    kind: str
    path: str
    bar: tuple[float, float]
    label: float


class Flow(NamedTuple):
    """A part of a ledger as a drawing: what came in, and the bands that it splits into."""

    name: str
    first: str
    total: int
    bands: list[Band]
    bar: tuple[float, float]
    height: float


def draw_flow(name: str, part: Mapping[str, int]) -> Flow:
    """Return the flow of a part of a ledger.

    Args:
        name: of the part.
        part: a first number, which is the sum of the rest.

    >>> flow = draw_flow("products", {"in": 4, "features": 3, "rejected": 1})
    >>> [(band.name, band.kind, band.bar[1]) for band in flow.bands]
    [('features', 'good', 90.0), ('rejected', 'bad', 30.0)]
    """
    (first, total), *rest = part.items()
    bands: list[Band] = []
    start, top = 10.0, 10.0
    for what, number in rest:
        tall = max(_TALL * number / total, _LEAST) if number and total else 0.0
        slot = max(tall, _SLOT)
        end = top + (slot - tall) / 2
        path = _bend(start, end, tall) if tall else ""
        bands.append(Band(what, number, _KINDS.get(what, "other"), path, (end, tall), top + slot / 2))
        start, top = start + tall, top + slot + 6.0
    return Flow(name, first, total, bands, (10.0, start - 10.0), max(top, start) + 4.0)


def _bend(start: float, end: float, tall: float) -> str:
    """Return the outline of a band that bends from one bar to the other."""
    left, right = _FROM[1], _TO[0]
    half = (left + right) / 2
    return (
        f"M{left} {start:.1f}C{half} {start:.1f} {half} {end:.1f} {right} {end:.1f}V{end + tall:.1f}"
        f"C{half} {end + tall:.1f} {half} {start + tall:.1f} {left} {start + tall:.1f}Z"
    )


class Bar(NamedTuple):
    """A bar of a histogram: which values it counts, how many there are, its place and size."""

    values: str
    number: int
    x: float
    y: float
    width: float
    height: float


class Histogram(NamedTuple):
    """A distribution: how many values, the least, the median, the greatest, the bars, and ticks (x, label)."""

    column: str
    group: str
    number: int
    least: float
    median: float
    most: float
    bars: list[Bar]
    ticks: list[tuple[float, str]]
    top: int


def draw_histograms(frame: pd.DataFrame, columns: Sequence[str]) -> list[Histogram]:
    """Return the distribution of each column in each group; a group without values has none.

    Args:
        frame: products, with the column ``group``.
        columns: of numbers, none below zero.

    >>> frame = pd.DataFrame({"group": ["image", "image", "fgs"], "max_offset": [0.0, 20.0, np.nan]})
    >>> [(drawn.group, drawn.number, [(bar.values, bar.number) for bar in drawn.bars])
    ...  for drawn in draw_histograms(frame, ["max_offset"])]
    [('image', 2, [('0 to 0.01', 1), ('10 to 31.6', 1)])]
    """
    drawn = []
    for group, rows in frame.groupby("group", sort=True):
        for column in (column for column in columns if column in rows):
            values = rows[column].to_numpy(dtype="float64", na_value=np.nan)
            values = values[np.isfinite(values)]
            if len(values):
                drawn.append(_draw_histogram(column, str(group), values))
    return drawn


def _draw_histogram(column: str, group: str, values: np.ndarray) -> Histogram:
    """Return a distribution on a logarithmic axis: two bars for each power of ten, and one for all below 0.01."""
    last = max(1.0, math.ceil(math.log10(max(values.max(), 1.0)) + 1e-9))
    edges = np.concatenate([[-np.inf], 10.0 ** np.arange(-2.0, last + 0.25, 0.5)])
    counts = np.histogram(values, bins=np.append(edges, np.inf))[0].tolist()
    left, right, top, bottom = _BOX
    step, most = (right - left) / len(counts), max(counts)
    starts = ["0", *(f"{float(f'{edge:.3g}'):.12g}" for edge in edges[1:])]
    bars = [
        Bar(
            f"{starts[i]} to {starts[i + 1]}" if i + 1 < len(starts) else f"{starts[i]} and more",
            number,
            round(left + step * i + 1, 1),
            round(bottom - (bottom - top) * number / most, 1),
            round(step - 2, 1),
            round((bottom - top) * number / most, 1),
        )
        for i, number in enumerate(counts)
        if number
    ]
    ticks = [(round(left + step * i, 1), starts[i]) for i in range(len(starts)) if i == 0 or i % 2 == 1]
    middle = float(np.median(values))
    return Histogram(column, group, len(values), float(values.min()), middle, float(values.max()), bars, ticks, most)
