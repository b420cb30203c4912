"""Hashes of plain content: what it says counts, not the file that says it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


def of(content: Any) -> str:
    """Return the SHA-256 of texts, numbers, lists and mappings as one canonical text; mappings have no order.

    >>> of({"a": ["x", "y"], "b": 1}) == of({"b": 1, "a": ["x", "y"]})
    True
    >>> of(["x", "y"]) == of(["xy"])
    False
    """
    return hashlib.sha256(_write(content).encode()).hexdigest()


def of_file(path: Path) -> str:
    """Return the SHA-256 of the bytes of a file.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "empty").write_bytes(b"")
    ...     of_file(Path(folder) / "empty")[:8]
    'e3b0c442'
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def of_frame(frame: pd.DataFrame) -> str:
    """Return the SHA-256 of a frame: of the names of its columns and its cells, in order; its index does not count.

    Args:
        frame: cells of one kind a column: text, numbers or booleans; some may be missing.

    >>> one, other = pd.DataFrame({"a": ["x", "y"]}), pd.DataFrame({"a": ["y", "x"]})
    >>> of_frame(one) == of_frame(one.set_axis([7, 8])), of_frame(one) == of_frame(other)
    (True, False)
    """
    return of_rows([str(column) for column in frame], [hash_rows(frame)])


def hash_rows(frame: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.uint64]]":
    """Return a number for each row of a frame, by its cells alone: other rows, and its index, do not count.

    Args:
        frame: cells of one kind a column: text, numbers or booleans; some may be missing.
    """
    return np.asarray(pd.util.hash_pandas_object(frame, index=False), dtype=np.uint64)


def of_rows(columns: Sequence[str], rows: "Iterable[np.ndarray[Any, np.dtype[np.uint64]]]") -> str:
    """Return the SHA-256 of a frame that is in parts, as ``of_frame`` returns it of the whole.

    Args:
        columns: the names of its columns.
        rows: what ``hash_rows`` gives for each part, in order.

    >>> frame = pd.DataFrame({"a": ["x", "y"]})
    >>> of_rows(["a"], [hash_rows(frame[:1]), hash_rows(frame[1:])]) == of_frame(frame)
    True
    """
    whole = hashlib.sha256(json.dumps(list(columns)).encode())
    for part in rows:
        whole.update(part.astype("<u8").tobytes())
    return whole.hexdigest()
