"""Rows of rule tables as columns of words, each column a tuple; and as frames, for whoever works with frames."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scrub.frames.cells import make_text
from scrub.frames.columns import list_cells

OWN = "layer"  # the column that is 1 for rows of an overlay, 0 for those below

Cells = Mapping[str, Sequence[Any]]


def read_frame(frame: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
    """Return the columns of a frame.

    >>> read_frame(pd.DataFrame({"group": ["spec"], "layer": [0]}))
    {'group': ('spec',), 'layer': (0,)}
    """
    return {name: tuple(words) for name, words in list_cells(frame).items()}


def make_frame(cells: Cells) -> pd.DataFrame:
    """Return columns as a frame of text; ``layer`` has numbers.

    All words are one array first, which costs much less than an array for each column.

    >>> make_frame({"group": ("spec",), "layer": (0,)}).to_dict("records")
    [{'group': 'spec', 'layer': 0}]
    """
    texts = [name for name in cells if name != OWN]
    words, size = make_text([word for name in texts for word in cells[name]]), count_rows(cells)
    columns = {name: words[at * size : (at + 1) * size] for at, name in enumerate(texts)}
    layers = {OWN: np.array(cells[OWN], dtype="int64")} if OWN in cells else {}
    return pd.DataFrame({name: {**columns, **layers}[name] for name in cells})


def pick_rows(cells: Cells, rows: Iterable[int]) -> dict[str, tuple[Any, ...]]:
    """Return some rows, by their positions.

    >>> pick_rows({"group": ("spec", "tac")}, [1])
    {'group': ('tac',)}
    """
    chosen = [*rows]
    return {name: tuple([words[row] for row in chosen]) for name, words in cells.items()}


def count_rows(cells: Cells) -> int:
    """Return how many rows columns have.

    >>> count_rows({"group": ("spec", "tac")})
    2
    """
    return len(next(iter(cells.values()), ()))
