"""Columns of one length as plain arrays: what stages hand to each other, where frames would cost more than the work.

Words lie in an array of objects (None where missing) if they are few, and as numbered categories if they are many: who
compares, numbers or takes them then works on numbers. Any other array is what a frame has.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames.cells import FEW, make_text

Columns = Mapping[str, Any]
Cells = npt.NDArray[np.object_]
Positions = npt.NDArray[np.intp]


def make_cells(words: Iterable[Any]) -> Cells:
    """Return words as an array of objects.

    >>> make_cells(["a", None]).tolist()
    ['a', None]
    """
    return np.array(list(words), dtype=object)


def make_words(words: Sequence[str | None], codes: Positions | None = None) -> Any:
    """Return words as an array, None where missing.

    Args:
        words: the words of the rows; with codes, distinct words.
        codes: the position in ``words`` of the word of each row.

    >>> make_words(["a", None]).tolist(), make_words(["a", None], np.array([1, 0, 0])).tolist()
    (['a', None], [nan, 'a', 'a'])
    """
    if codes is None:
        return make_cells(words)
    known: dict[str, int] = {}
    numbers = [-1 if word is None else known.setdefault(word, len(known)) for word in words]
    return _number(np.array(numbers, dtype=np.intp)[codes], list(known))


def _number(codes: Positions, words: Sequence[str]) -> Any:
    """Return numbered words as categories: codes are positions in ``words``, -1 where missing."""
    dtype = pd.CategoricalDtype(pd.Index(make_cells(words), dtype=object))
    return pd.Categorical.from_codes(codes, dtype=dtype, validate=False)


def list_words(array: Any) -> list[str | None]:
    """Return a column of words as a list, None where one is missing, or is none.

    >>> list_words(np.array(["a", 1.5], dtype=object))
    ['a', None]
    """
    return [word if isinstance(word, str) else None for word in array.tolist()]


def make_frame(columns: Columns) -> pd.DataFrame:
    """Return columns as a frame, words as text.

    Args:
        columns: arrays of one length.

    >>> make_frame({"exposure": make_words(["a", None]), "scale": np.array([0.03, 0.06])})["exposure"].tolist()
    ['a', nan]
    """
    return pd.DataFrame({name: _show(array) for name, array in columns.items()}, copy=False)


def _show(array: Any) -> Any:
    """Return an array as a frame has it; objects that are no words stay objects."""
    if isinstance(array, pd.Categorical):
        return make_text(array.categories.to_numpy()).take(array.codes, allow_fill=True)
    if array.dtype != object:
        return array
    return make_text(array) if pd.api.types.infer_dtype(array) in ("string", "empty") else pd.Series(array, dtype=object)


def read_frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the columns of a frame: text as words, all else as it is.

    Args:
        frame: any frame whose columns differ in their names.

    >>> read_frame(pd.DataFrame({"n": [1, 2], "word": ["a", None]}))["word"].tolist()
    ['a', None]
    """
    return {str(name): _read(cells.array) for name, cells in frame.items()}


def _read(array: Any) -> Any:
    if not isinstance(array.dtype, pd.StringDtype):
        return array.to_numpy() if isinstance(array, pd.arrays.NumpyExtensionArray) else array
    if len(array) <= FEW:
        return make_cells(list_words(array))
    codes, distinct = pd.factorize(array)
    return _number(codes, distinct.tolist())


def take(columns: Columns, rows: Any) -> dict[str, Any]:
    """Return some rows of columns.

    Args:
        columns: arrays of one length.
        rows: positions of rows, or which of them are wanted.

    >>> take({"n": np.array([1, 2])}, np.array([False, True]))["n"].tolist()
    [2]
    """
    return {name: array[rows] for name, array in columns.items()}


def count_rows(columns: Columns) -> int:
    """Return how many rows columns have.

    >>> count_rows({"n": np.array([1, 2])})
    2
    """
    return len(next(iter(columns.values())))

