"""Column work: rename, keep, order, split good rows from bad. Frames go in, new frames come out."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.frames.cells import FEW
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.frames.spelling import bare, find_misspelt, find_seconds, first_of

Positions = npt.NDArray[np.intp]
_MOST = 2**62  # numbers of cases


def rename(frame: pd.DataFrame, names: Iterable[str], *, known: Collection[str] = ()) -> pd.DataFrame:
    """Return the frame with its columns spelled as in ``names``, whatever their case and blanks; others stay.

    Args:
        frame: any frame.
        names: the spellings wanted.
        known: names that are one letter from a wanted one and mean something else, in lower case.

    Raises:
        ValueError: two columns become one, or a column is the second of a wanted one, or one letter from it, and
            the wanted one is not there.

    >>> rename(pd.DataFrame(columns=["exp_type ", "Notes"]), ["EXP_TYPE"]).columns.tolist()
    ['EXP_TYPE', 'Notes']
    >>> rename(pd.DataFrame(columns=["PUPLI"]), ["PUPIL"])
    Traceback (most recent call last):
    ValueError: the column 'PUPLI' is one letter from PUPIL, which is not there: rename it, or take it out
    """
    given = list(frame.columns)
    renamed = spell(given, names, known=known)
    return frame if renamed == given else frame.set_axis(renamed, axis=1)


def spell(given: Sequence[Any], names: Iterable[str], *, known: Collection[str] = ()) -> list[Any]:
    """Return the names of columns spelled as in ``names``, whatever their case and blanks; others stay.

    Args:
        given: the names of columns.
        names: the spellings wanted.
        known: names that are one letter from a wanted one and mean something else, in lower case.

    Raises:
        ValueError: as for ``rename``.

    >>> spell(["exp_type ", "Notes"], ["EXP_TYPE"])
    ['EXP_TYPE', 'Notes']
    """
    are_texts = all(type(name) is str for name in given)  # 1 and True are one key of a cache, and two names
    return list((_spell_once if are_texts else _spell)(tuple(given), tuple(names), frozenset(known)))


def _spell(given: Sequence[Any], names: Sequence[str], known: Collection[str]) -> list[Any]:
    """Return the names of columns as ``spell`` does."""
    spelled = {bare(name): name for name in names}
    renamed = [spelled.get(bare(column), column) for column in given]
    counts = Counter(spelled.get(bare(first_of(str(column))), column) for column in renamed)
    if twice := [name for name in spelled.values() if counts[name] > 1]:
        raise ValueError(f"more than one column {', '.join(twice)}, whatever its case: take out all but one")
    refuse_seconds(renamed, spelled.values())
    refuse_misspelt(renamed, spelled.values(), known=known)
    return renamed


_spell_once = lru_cache(maxsize=256)(_spell)  # a server sees few headers, again and again


def leaves(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with the last part of each dotted column name, in lower case.

    >>> leaves(pd.DataFrame(columns=["header.TARGNAME", "gen_info.imgname"])).columns.tolist()
    ['targname', 'imgname']
    """
    return frame.rename(columns=lambda column: bare(str(column).rpartition(".")[2]))


def refuse_misspelt(given: Iterable[object], names: Iterable[str], *, known: Collection[str] = ()) -> None:
    """Refuse a column one letter from a wanted one that is not there.

    Args:
        given: the names of columns that are there.
        names: those wanted.
        known: names that are near a wanted one and mean something else, in lower case.

    Raises:
        ValueError: there is such a column.
    """
    for wrong, wanted in find_misspelt(given, names, known):
        raise ValueError(
            f"the column {wrong!r} is one letter from {wanted}, which is not there: rename it, or take it out"
        )


def refuse_seconds(given: Iterable[object], names: Iterable[str]) -> None:
    """Refuse a column that pandas numbered as a second one of a wanted name, where the first is not there.

    Args:
        given: the names of columns that are there.
        names: those wanted.

    Raises:
        ValueError: there is such a column.

    >>> refuse_seconds(["PUPIL.1"], ["PUPIL"])
    Traceback (most recent call last):
    ValueError: the column 'PUPIL.1' is a second PUPIL, and the first is not there: rename it, or take it out
    """
    for wrong, wanted in find_seconds(given, names):
        raise ValueError(
            f"the column {wrong!r} is a second {wanted}, and the first is not there: rename it, or take it out"
        )


def sort_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of their names, their first column.

    >>> sort_rows(pd.DataFrame({"name": ["b", "a"], "n": [1, 2]}))["n"].tolist()
    [2, 1]
    """
    name = str(frame.columns[0])
    return frame if frame[name].is_monotonic_increasing else frame.sort_values(name, ignore_index=True)


def keep(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return those of the columns that are there, in the order given.

    Args:
        frame: any frame.
        columns: the columns wanted.

    >>> keep(pd.DataFrame(columns=["b", "a"]), ["a", "b", "c"]).columns.tolist()
    ['a', 'b']
    """
    return frame[[column for column in columns if column in frame]]


def list_cells(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return each column of a frame as a list, which costs much less than one column after another.

    Args:
        frame: any.

    >>> list_cells(pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}))
    {'a': ['x', 'y'], 'b': [1, 2]}
    """
    return dict(zip(map(str, frame.columns), frame.to_numpy(dtype=object).T.tolist(), strict=True))


def order(frame: pd.DataFrame, columns: Sequence[str], *, last: str = "label") -> pd.DataFrame:
    """Return exactly these columns, then the column ``last`` if the frame has it.

    Args:
        frame: any frame.
        columns: the columns wanted, in order.
        last: a column that goes last where the frame has it.

    Raises:
        ValueError: columns that the frame lacks, all of them named.

    >>> order(pd.DataFrame(columns=["label", "b", "a"]), ["a", "b"]).columns.tolist()
    ['a', 'b', 'label']
    """
    lacking = [column for column in columns if column not in frame]
    if lacking:
        raise ValueError(f"no such columns: {', '.join(lacking)}")
    return frame[[*columns, *([last] if last in frame and last not in columns else [])]]


def upper(frame: pd.DataFrame, *, but: Collection[str] = ()) -> pd.DataFrame:
    """Return the frame with its text in upper case, except in the columns ``but``.

    Args:
        frame: any frame.
        but: columns that stay as they are.

    >>> upper(pd.DataFrame({"filter": ["f200w"], "name": ["ngc"]}), but=["name"]).iloc[0].tolist()
    ['F200W', 'ngc']
    """
    chosen = [c for c in frame.columns if pd.api.types.is_string_dtype(frame[c]) and c not in but]
    return frame.assign(**{c: frame[c].str.upper() for c in chosen})


def complete(frame: pd.DataFrame, stage: str, columns: Sequence[str] | None = None) -> Split:
    """Return the rows with nothing missing in the columns, the others rejected with the first that is.

    Args:
        frame: any frame; its first column names the rows.
        stage: of the rejects.
        columns: those that must be there; all unless given.

    >>> split = complete(pd.DataFrame({"name": ["a", "b"], "gaia": [3, None]}), "hst_svm/rows")
    >>> split.good["name"].tolist(), split.rejected["column"].tolist()
    (['a'], ['gaia'])
    """
    wanted = frame.columns if columns is None else columns
    return set_aside(frame, stage, (Fault(frame[c].isna(), "missing", c, frame[c]) for c in wanted))


def distinct(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the distinct rows of some columns, and for each row of the frame the position of its own.

    Args:
        frame: any frame.
        columns: the columns by which rows differ.

    >>> cases, codes = distinct(pd.DataFrame({"a": ["x", None, "x"], "b": 1}), ["a", "b"])
    >>> len(cases), codes.tolist()
    (2, [0, 1, 0])
    """
    arrays = [frame[column].array for column in columns]
    codes, first = number_rows(arrays)
    cases = {column: array.take(first) for column, array in zip(columns, arrays, strict=True)}
    return pd.DataFrame(cases, index=range(len(first))), codes


class Numbered(NamedTuple):
    """The number of each row's case, in the order in which cases come first, and where each case does."""

    codes: Positions
    first: Positions


def number_rows(arrays: Sequence[Any]) -> Numbered:
    """Return which rows are equal in some columns; what is missing equals what is missing.

    Args:
        arrays: the columns, one at least, each as long as the others.

    >>> number_rows([np.array([3.0, np.nan, 3.0]), pd.array(["a", None, "b"])]).codes.tolist()
    [0, 1, 2]
    """
    if len(arrays[0]) <= FEW:
        return _number_few(arrays)
    codes = _number_many(arrays)
    return Numbered(codes, np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1)))


def _number_few(arrays: Sequence[Any]) -> Numbered:
    """Return what ``number_rows`` does: a few rows are looked up one by one."""
    known: dict[Any, int] = {}
    codes, first = list[int](), list[int]()
    for position, row in enumerate(zip(*map(_list_cells, arrays), strict=True)):
        codes.append(known.setdefault(row, len(known)))
        if len(known) > len(first):
            first.append(position)
    return Numbered(np.array(codes, dtype=np.intp), np.array(first, dtype=np.intp))


def _list_cells(array: Any) -> list[Any]:
    """Return the cells of a column, None where one is missing."""
    return [cell if isinstance(cell, (str, bool)) or not pd.isna(cell) else None for cell in array.tolist()]


def _number_many(arrays: Sequence[Any]) -> Positions:
    """Return the number of each row's case: the numbers of its cells are digits of one whole number."""
    codes, count = np.zeros(len(arrays[0]), dtype=np.int64), 1
    for array in arrays:
        own, size = _number_cells(array)
        if count > _MOST // size:
            codes, both = pd.factorize(codes)
            count = len(both)
        codes, count = codes * size + own, count * size
    return np.asarray(pd.factorize(codes)[0], dtype=np.intp)


def _number_cells(array: Any) -> tuple[Any, int]:
    """Return a number for each cell of a column, and how many numbers there may be, one at least."""
    if isinstance(array, pd.Categorical):
        return array.codes.astype(np.int64) + 1, len(array.categories) + 1
    codes, distinct = pd.factorize(array, use_na_sentinel=False)
    return codes, max(len(distinct), 1)


def commonest(frame: pd.DataFrame, by: str, column: str, *, first: str) -> pd.Series:
    """Return the most frequent word of a column for each ``by``; of several, the one with the least ``first``.

    Args:
        frame: any frame.
        by: the column that groups rows.
        column: the column of words.
        first: the column that settles ties.

    >>> frame = pd.DataFrame({"group": 1, "exp_type": ["b", "a"], "exposure": ["x1", "x2"]})
    >>> commonest(frame, "group", "exp_type", first="exposure").to_dict()
    {1: 'b'}
    """
    counts = frame.groupby([by, column], sort=False)[first].agg(["size", "min"]).reset_index()
    ranked = counts.sort_values([by, "size", "min"], ascending=[True, False, True])
    return ranked.drop_duplicates(by).set_index(by)[column]


def match_numbers(left: Positions, right: Positions) -> tuple[Positions, Positions]:
    """Return the positions of equal numbers in two lists: pairs in the order of the left, then of the right.

    Args:
        left: whole numbers.
        right: whole numbers.

    >>> [pairs.tolist() for pairs in match_numbers(np.array([1, 0]), np.array([0, 1, 1]))]
    [[0, 0, 1], [1, 2, 0]]
    """
    order = np.argsort(right, kind="stable")
    start, end = (np.searchsorted(right[order], left, side=side) for side in ("left", "right"))
    counts = end - start
    within = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
    return np.repeat(np.arange(len(left)), counts), order[np.repeat(start, counts) + within]
