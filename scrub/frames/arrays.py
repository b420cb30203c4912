"""Columns of one length as plain arrays: what stages hand to each other, where frames would cost more than the work.

Words lie in an array of objects (None where missing) if they are few, and as numbered categories if they are many: who
compares, numbers or takes them then works on numbers. Any other array is what a frame has.
"""

import operator
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames.cells import FEW, make_text
from scrub.frames.columns import Positions

Columns = Mapping[str, Any]
Cells = npt.NDArray[np.object_]


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
    (['a', None], [None, 'a', 'a'])
    """
    if codes is None or len(codes) <= FEW or len(words) > len(codes) // 2:
        return make_cells(words) if codes is None else make_cells(words)[codes]
    known = sorted({word for word in words if word is not None})  # categories in order sort as their words do
    number = {word: i for i, word in enumerate(known)}
    numbers = np.array([-1 if word is None else number[word] for word in words], dtype=np.intp)
    dtype = pd.CategoricalDtype(pd.Index(make_cells(known), dtype=object))
    return pd.Categorical.from_codes(numbers[codes], dtype=dtype, validate=False)


def list_words(array: Any) -> list[str | None]:
    """Return a column of words as a list, None where one is missing, or is none.

    >>> list_words(np.array(["a", 1.5], dtype=object))
    ['a', None]
    """
    return [word if isinstance(word, str) else None for word in array.tolist()]


def make_frame(columns: Columns, *, index: pd.Index | None = None) -> pd.DataFrame:
    """Return columns as a frame, words as text.

    Args:
        columns: arrays of one length.
        index: of the frame; numbers unless given.

    >>> make_frame({"exposure": make_words(["a", None]), "scale": np.array([0.03, 0.06])})["exposure"].tolist()
    ['a', nan]
    """
    return pd.DataFrame({name: _show(array, index) for name, array in columns.items()}, index=index, copy=False)


def _show(array: Any, index: pd.Index | None) -> Any:
    """Return an array as a frame has it; objects that are no words stay objects."""
    if isinstance(array, pd.Categorical):
        return make_text(array.categories.to_numpy()).take(array.codes, allow_fill=True)
    if array.dtype != object:
        return array
    return (
        make_text(array)
        if pd.api.types.infer_dtype(array) in ("string", "empty")
        else pd.Series(array, index=index, dtype=object)
    )


def read_raw(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the columns of a frame as they are; objects as plain arrays.

    Args:
        frame: any frame whose columns differ in their names.

    >>> read_raw(pd.DataFrame({"n": [1, 2]}))["n"].tolist()
    [1, 2]
    """
    arrays = ((str(name), cells.array) for name, cells in frame.items())
    return {name: a.to_numpy() if isinstance(a, pd.arrays.NumpyExtensionArray) else a for name, a in arrays}


def read_frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the columns of a frame: text as words, all else as it is.

    Args:
        frame: any frame whose columns differ in their names.

    >>> read_frame(pd.DataFrame({"n": [1, 2], "word": ["a", None]}))["word"].tolist()
    ['a', None]
    """
    columns = read_raw(frame)
    return {name: read_words(a) if isinstance(a.dtype, pd.StringDtype) else a for name, a in columns.items()}


def read_words(array: Any) -> Any:
    """Return an array of text as words.

    Args:
        array: of text, missing cells of any spelling.

    >>> read_words(make_text(["a", None])).tolist()
    ['a', None]
    """
    if len(array) <= FEW:
        return make_cells(list_words(array))
    codes, distinct = pd.factorize(array)
    return make_words([*distinct.tolist(), None], codes)


def take(columns: Columns, rows: Any) -> dict[str, Any]:
    """Return some rows of columns.

    Args:
        columns: arrays of one length.
        rows: positions of rows, or which of them are wanted.

    >>> take({"n": np.array([1, 2])}, np.array([False, True]))["n"].tolist()
    [2]
    """
    return {name: array[rows] for name, array in columns.items()}


def is_unique(array: Any) -> bool:
    """Return whether the cells of a column of words differ.

    >>> is_unique(make_words(["a", "b"]))
    True
    """
    if isinstance(array, pd.Categorical):
        return len(array) == 0 or bool(np.bincount(array.codes + 1).max() == 1)
    return len(set(array.tolist())) == len(array)


def pick(array: Any, rows: Positions) -> Any:
    """Return some cells of a column; a few words come as objects, which are sooner read one by one.

    Args:
        array: a column.
        rows: positions of rows.

    >>> pick(make_words(["a", None]), np.array([1, 0])).tolist()
    [None, 'a']
    """
    if isinstance(array, pd.Categorical) and len(rows) <= FEW:
        return make_cells([*array.categories, None])[array.codes[rows]]
    return array[rows]


def is_ascending(words: Sequence[str]) -> bool:
    """Return whether each word comes before the next one, in order.

    >>> is_ascending(["a", "b"]), is_ascending(["a", "a"])
    (True, False)
    """
    return all(map(operator.lt, words, islice(words, 1, None)))


def count_rows(columns: Columns) -> int:
    """Return how many rows columns have.

    >>> count_rows({"n": np.array([1, 2])})
    2
    """
    return len(next(iter(columns.values())))
