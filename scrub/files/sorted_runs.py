"""Sorted runs: rows on disk in the order of a key, from which the rows of some keys can be read without the rest.

A run is a file of Arrow batches; it is of one computer's run of a pipeline, and no output.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.files import atomic

BATCH = 4096  # rows that are read at least


class Run(NamedTuple):
    """A file of rows, sorted by key: how many, the keys, and at which row each begins."""

    path: Path
    rows: int
    keys: tuple[str, ...]
    starts: tuple[int, ...]


def write_run(frame: pd.DataFrame, keys: "pd.Series[str]", path: Path) -> Run:
    """Write rows in the order of their keys, those of one key in the order that they are in; return the run.

    Args:
        frame: the rows.
        keys: of each row, none missing.
        path: where to.

    >>> from tempfile import TemporaryDirectory
    >>> frame = pd.DataFrame({"n": ["1", "2", "3"]})
    >>> with TemporaryDirectory() as folder:
    ...     run = write_run(frame, pd.Series(["b", "a", "b"]), Path(folder) / "run")
    ...     run.keys, run.starts, read_slices(pick([run], {"b"}))["n"].tolist()
    (('a', 'b'), (0, 1), ['1', '3'])
    """
    codes, distinct = pd.factorize(keys, sort=True)
    if (np.diff(codes) < 0).any():
        order = np.argsort(codes, kind="stable")
        frame, codes = frame.iloc[order], codes[order]
    starts = np.searchsorted(codes, np.arange(len(distinct)))
    write_rows(frame, path)
    return Run(path, len(frame), tuple(map(str, distinct)), tuple(starts.tolist()))


def write_rows(frame: pd.DataFrame, path: Path) -> None:
    """Write rows as they are, in batches, whole or not at all: another process may write the same.

    Args:
        frame: the rows; its index is not kept.
        path: where to.
    """
    import pyarrow

    table = pyarrow.Table.from_pandas(frame, preserve_index=False).combine_chunks()  # so that batches have one size
    options = pyarrow.ipc.IpcWriteOptions(compression="lz4")

    def fill(temporary: Path) -> None:
        with (
            pyarrow.OSFile(str(temporary), "wb") as sink,
            pyarrow.ipc.new_file(sink, table.schema, options=options) as own,
        ):
            own.write_table(table, max_chunksize=BATCH)

    atomic.whole(path, fill)


def read_rows(path: Path) -> Iterator[pd.DataFrame]:
    """Yield the rows of a file that ``write_rows`` wrote, batch by batch; one frame of no rows if it has none."""
    import pyarrow

    with pyarrow.OSFile(str(path)) as stream, pyarrow.ipc.open_file(stream) as reader:
        if not reader.num_record_batches:
            yield reader.schema.empty_table().to_pandas()
        for number in range(reader.num_record_batches):
            yield pyarrow.Table.from_batches([reader.get_batch(number)]).to_pandas()


def read_column(path: Path, name: str) -> Iterator[Any]:
    """Yield one column of a file that ``write_rows`` wrote, batch by batch, as arrays; the others are not read.

    Args:
        path: of the file.
        name: of the column.
    """
    import pyarrow

    with pyarrow.OSFile(str(path)) as stream:
        number = pyarrow.ipc.open_file(stream).schema.names.index(name)
        options = pyarrow.ipc.IpcReadOptions(included_fields=[number])
        with pyarrow.ipc.open_file(stream, options=options) as reader:
            for batch in range(reader.num_record_batches):
                yield reader.get_batch(batch).column(0).to_numpy(zero_copy_only=False)


class Slices(NamedTuple):
    """Rows of a file: from which row to which, once or more."""

    path: Path
    rows: tuple[tuple[int, int], ...]


def pick(runs: Iterable[Run], keys: Collection[str]) -> list[Slices]:
    """Return where the rows of some keys are, in the order of the runs.

    Args:
        runs: one or more.
        keys: which rows.
    """
    picked = (Slices(run.path, tuple(_find_slices(run, keys))) for run in runs)
    return [slices for slices in picked if slices.rows]


def _find_slices(run: Run, keys: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield from which row to which the rows of keys are; what follows one another is one slice."""
    ends = (*run.starts, run.rows)[1:]
    own = [(start, end) for key, start, end in zip(run.keys, run.starts, ends, strict=True) if key in keys]
    breaks = [i for i, (one, other) in enumerate(pairwise(own), start=1) if one[1] != other[0]]
    for first, last in pairwise([0, *breaks, len(own)]):
        if first < last:
            yield own[first][0], own[last - 1][1]


def read_slices(parts: Iterable[Slices]) -> pd.DataFrame:
    """Return rows of files; only the batches that have any of them are read.

    Args:
        parts: as ``pick`` gives them, one or more.
    """
    import pyarrow

    tables = [table for part in parts for table in _read_part(part)]
    frame: pd.DataFrame = pyarrow.concat_tables(tables, promote_options="permissive").to_pandas()
    return frame


def _read_part(part: Slices) -> Iterator[Any]:
    """Yield the slices of one file."""
    import pyarrow

    with pyarrow.OSFile(str(part.path)) as stream, pyarrow.ipc.open_file(stream) as reader:
        for start, end in part.rows:
            numbers = range(start // BATCH, -(-end // BATCH))
            table = pyarrow.Table.from_batches([reader.get_batch(number) for number in numbers])
            yield table.slice(start - numbers.start * BATCH, end - start)


def list_keys(runs: Iterable[Run]) -> dict[str, int]:
    """Return how many rows each key has in all runs, sorted by key.

    >>> list_keys([Run(Path("a"), 3, ("k", "l"), (0, 2)), Run(Path("b"), 1, ("k",), (0,))])
    {'k': 3, 'l': 1}
    """
    counts: dict[str, int] = {}
    pairs = chain.from_iterable(zip(run.keys, np.diff([*run.starts, run.rows]).tolist(), strict=True) for run in runs)
    for key, count in pairs:
        counts[key] = counts.get(key, 0) + count
    return dict(sorted(counts.items()))
