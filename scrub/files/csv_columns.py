"""Columns of text as lines of CSV: with pyarrow (extra ``parquet``) all columns at once, without it line by line."""

from collections.abc import Sequence
from typing import IO, Any, NamedTuple

import numpy as np

PIECE = 2**16  # rows that are joined at once


class Column(NamedTuple):
    """The distinct cells of a column, as CSV has them, and for each row the position of its cell."""

    words: Sequence[str]
    positions: "np.ndarray[Any, Any]"


def write(columns: Sequence[Column], stream: IO[bytes]) -> None:
    r"""Write columns as lines of CSV; the bytes are the same with and without pyarrow.

    Args:
        columns: of one length.
        stream: where to.

    >>> from io import BytesIO
    >>> stream = BytesIO()
    >>> write([Column(["a", '"b, c"'], np.array([0, 1])), Column(["", "1"], np.array([1, 0]))], stream)
    >>> stream.getvalue()
    b'a,1\n"b, c",\n'
    """
    if not columns:
        return
    ended = [*columns[:-1], columns[-1]._replace(words=[f"{word}\n" for word in columns[-1].words])]
    try:
        import pyarrow
    except ImportError:
        cells = (np.array([*words], dtype=object)[positions].tolist() for words, positions in ended)
        stream.writelines(",".join(line).encode() for line in zip(*cells, strict=True))
        return
    distinct = [pyarrow.array(words, pyarrow.large_string()) for words, _ in ended]
    for start in range(0, len(columns[0].positions), PIECE):
        pieces = [column.positions[start : start + PIECE] for column in columns]
        stream.write(_join([words.take(pyarrow.array(piece)) for words, piece in zip(distinct, pieces, strict=True)]))


def _join(cells: Sequence[Any]) -> memoryview:
    """Return the lines of columns that end in a line break, without a copy: they stand one behind the other."""
    import pyarrow
    from pyarrow import compute

    lines = compute.binary_join_element_wise(*cells, pyarrow.scalar(",", pyarrow.large_string()))
    _, offsets, text = lines.buffers()
    return memoryview(text)[: np.frombuffer(offsets, "int64")[len(lines)]]
