"""Chunks: the tables of a run part by part on disk, put in the order that the whole table has.

A chunk is sorted by the key of its table. Where chunks do not overlap, their order is that of their first keys;
where they do, they are merged: no more than a batch of each is in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files import digest, sorted_runs

HASH = "\x1fhash"  # the column with the hash of each row
Key = tuple[str, ...]
MakeKeys = Callable[[pd.DataFrame], pd.DataFrame]


class Chunk(NamedTuple):
    """Some rows of a table, sorted: their file, how many, their columns, and the keys of the first and the last."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    first: Key
    last: Key


def save_chunk(frame: pd.DataFrame, keys: MakeKeys, path: Path) -> Chunk:
    """Write rows with the hash of each; return the chunk.

    Args:
        frame: rows that are sorted by their key; its index is not kept.
        keys: returns the key of each row of a frame: columns of text, none missing.
        path: where to.
    """
    return _write(frame.assign(**{HASH: digest.hash_rows(frame)}), keys, path)


def _write(hashed: pd.DataFrame, keys: MakeKeys, path: Path) -> Chunk:
    sorted_runs.write_rows(hashed, path)
    own = keys(hashed)
    first, last = (tuple(map(str, own.iloc[row])) if len(own) else () for row in (0, -1))
    return Chunk(path, len(hashed), tuple(map(str, hashed.columns[:-1])), first, last)


def read_chunk(chunk: Chunk) -> pd.DataFrame:
    """Return the rows of a chunk."""
    return pd.concat(sorted_runs.read_rows(chunk.path), ignore_index=True).drop(columns=HASH)


def hash_chunks(chunks: Sequence[Chunk]) -> str:
    """Return the hash of a table, as ``digest.of_frame`` returns it of the whole.

    Args:
        chunks: all of the table, in order.
    """
    rows = (batch for chunk in chunks for batch in sorted_runs.read_column(chunk.path, HASH))
    return digest.of_rows(chunks[0].columns, rows)


def arrange(chunks: Sequence[Chunk], keys: MakeKeys, folder: Path, *, rows: int) -> list[Chunk]:
    """Return chunks in the order of their keys, without those that have no row, but for one where no chunk has any.

    Args:
        chunks: of one table, one or more.
        keys: as for ``save_chunk``.
        folder: where merged chunks are written, if any overlap.
        rows: of merged chunks, at least so many but for the last.
    """
    some = sorted((chunk for chunk in chunks if chunk.rows), key=lambda chunk: chunk.first)
    if all(one.last <= other.first for one, other in pairwise(some)):
        return some or [chunks[0]]
    merged = enumerate(_join(_merge(some, keys), rows))
    return [_write(frame, keys, folder / f"{chunks[0].path.stem}-merged-{i}") for i, frame in merged]


def _merge(chunks: Sequence[Chunk], keys: MakeKeys) -> Iterator[pd.DataFrame]:
    """Yield the rows of chunks in the order of their keys; chunks are sorted by their first key."""
    waiting = list(chunks)
    open_: list[tuple[pd.DataFrame, Iterator[pd.DataFrame]]] = []  # rows at hand, and those to come
    while waiting or open_:
        ends = [_last_key(frame, keys) for frame, _ in open_]
        while waiting and (not ends or waiting[0].first <= min(ends)):
            batches = sorted_runs.read_rows(waiting.pop(0).path)
            frame = next(batches)
            open_.append((frame, batches))
            ends.append(_last_key(frame, keys))
        least = min(ends)
        ready, still = [], []
        for frame, batches in open_:
            count = _count_to(keys(frame), least)
            ready.append(frame.iloc[:count])
            rest = frame.iloc[count:] if count < len(frame) else next(batches, None)
            still += [(rest, batches)] if rest is not None else []
        open_ = still
        yield _sort(pd.concat(ready, ignore_index=True), keys)


def _last_key(frame: pd.DataFrame, keys: MakeKeys) -> Key:
    return tuple(map(str, keys(frame.iloc[[-1]]).iloc[0]))


def _count_to(keys: pd.DataFrame, key: Key) -> int:
    """Return how many sorted keys are not behind one of them."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if tuple(map(str, keys.iloc[middle])) <= key:
            low = middle + 1
        else:
            high = middle
    return low


def _sort(frame: pd.DataFrame, keys: MakeKeys) -> pd.DataFrame:
    own = keys(frame).reset_index(drop=True)
    return frame.iloc[own.sort_values(list(own.columns), kind="stable").index].reset_index(drop=True)


def _join(frames: Iterable[pd.DataFrame], rows: int) -> Iterator[pd.DataFrame]:
    """Yield frames joined to frames of at least so many rows, but for the last."""
    held, count = list[pd.DataFrame](), 0
    for frame in frames:
        held.append(frame)
        count += len(frame)
        if count >= rows:
            yield pd.concat(held, ignore_index=True)
            held, count = [], 0
    if held:
        yield pd.concat(held, ignore_index=True)
