"""Tables of a run in parts, as files: a large table as a Parquet dataset, a folder of files; any other as one file."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files import atomic
from scrub.files.formulas import sidecar
from scrub.pipeline import save
from scrub.pipeline.chunks import Chunk, hash_chunks, read_chunk
from scrub.pipeline.each import Each
from scrub.pipeline.stamp import Origin, Stamp, csvw

SMALL = 10_000  # rows up to which a file is written sooner here than by a worker


class Marks(NamedTuple):
    """What all files of a run say of it, and whether text that looks like a formula is written as it is."""

    stamp: Stamp
    origin: Origin
    raw_cells: bool


class _File(NamedTuple):
    """A file to be written: its chunks, its path, and whether the names of its columns stand in it."""

    chunks: tuple[Chunk, ...]
    path: Path
    head: bool = True

    def count_rows(self) -> int:
        """Return how many rows it has."""
        return sum(chunk.rows for chunk in self.chunks)


def tables(
    parts: Mapping[str, Sequence[Chunk]], folder: Path, form: str, marks: Marks, *, rows: int, each: Each
) -> None:
    """Write the tables of a run, each with its stamp.

    Args:
        parts: the chunks of each table, in order.
        folder: where to.
        form: ``csv``, or ``parquet``: then a table of more than ``rows`` rows is a folder ``NAME.parquet`` of files.
        marks: what the stamps say.
        rows: of a file of Parquet.
        each: calls a function for each file, see ``Each``.

    Raises:
        OSError: they cannot be written.
    """
    if form == "parquet":
        files = [file for name, own in parts.items() for file in _divide(own, folder / f"{name}.parquet", rows)]
        large = [file for file in files if file.count_rows() > SMALL]
        written = each(_write_parquet, marks, large, desc="files")
        for file in files:
            if file.count_rows() <= SMALL:
                _write_parquet(marks, file)
        list(written)
        return
    for name, own in parts.items():
        _append_csv(own, folder / f"{name}.csv", marks, each)


def _divide(chunks: Sequence[Chunk], path: Path, rows: int) -> Iterator[_File]:
    """Yield the files of a table: one for each chunk where they are many rows."""
    whole = _File(tuple(chunks), path)
    if whole.count_rows() <= rows:
        yield whole
        return
    path.mkdir()
    for number, chunk in enumerate(chunks):
        yield _File((chunk,), path / f"part-{number:05d}.parquet")


def _read(file: _File) -> pd.DataFrame:
    return pd.concat(map(read_chunk, file.chunks), ignore_index=True)


def _write_parquet(marks: Marks, file: _File) -> None:
    content = hash_chunks(file.chunks)
    save.table(_read(file), file.path, marks.stamp, origin=marks.origin, content=content)


def _append_csv(chunks: Sequence[Chunk], path: Path, marks: Marks, each: Each) -> None:
    """Write a table as one CSV file, and its sidecar: chunks become text one by one, and then stand in a row."""
    files = [_File((chunk,), chunk.path.with_suffix(".csv"), i == 0) for i, chunk in enumerate(chunks)]
    quoted = False
    with path.open("wb") as whole:
        for file, own in zip(files, each(_write_csv, marks, files, desc=path.stem), strict=True):
            quoted = quoted or own
            with file.path.open("rb") as part:
                shutil.copyfileobj(part, whole, 2**20)
            file.path.unlink()
    atomic.document(csvw(marks.stamp, path, path, marks.origin, formulas_quoted=quoted), sidecar(path))


def _write_csv(marks: Marks, file: _File) -> bool:
    return save.csv(_read(file), file.path, marks.raw_cells, head=file.head)
