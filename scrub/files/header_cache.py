"""Headers that were read before, in a Parquet file: one row a file, known by its path, size and time of change.

A cache is of one set of keywords and of one reader: where either is another, nothing of it counts. Only files that
could be read are in it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.files import atomic, cards, digest
from scrub.files.table_files import SourceError
from scrub.frames.cells import TEXT

_KEY = b"skyscrub-headers"
_OWN = ["path", "size", "changed"]
Identity = tuple[str, int, int]
Row = Mapping[str, str]


class Cache(NamedTuple):
    """A file of headers, what it must be of, and the rows that it has."""

    path: Path
    key: str
    rows: Mapping[Identity, Row]


def make_key(*wanted: object) -> str:
    """Return what a cache is of: what is wanted of a header, and the code that reads it.

    Args:
        *wanted: keywords and options.
    """
    modules = ("cards.py", "fits_stream.py", "fits_headers.py")
    code = [digest.of_file(Path(cards.__file__).with_name(name)) for name in modules]
    return digest.of([wanted, code])


def identify(file: Path) -> Identity:
    """Return what a file is known by: its path, its size (bytes) and the time when it changed (ns).

    A file that is gone has the size -1, which none in a cache has.

    Args:
        file: a file.
    """
    path = str(file.resolve())
    try:
        status = file.stat()
    except OSError:
        return path, -1, 0
    return path, status.st_size, status.st_mtime_ns


def read(path: Path, key: str) -> Cache:
    """Return a cache; without rows where there is none yet, or one of other keywords or of another reader.

    Args:
        path: of the Parquet file.
        key: what it must be of, see ``make_key``.

    Raises:
        SourceError: a file that is no such cache, or pyarrow is not installed.
    """
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise SourceError(f"{path}: {atomic.NO_PARQUET}") from None
    if not path.exists():
        return Cache(path, key, {})
    try:
        table = parquet.read_table(path)
    except (ArrowException, OSError) as error:
        raise SourceError(f"{path}: not a cache of headers, and is left alone: {error}") from None
    known = (table.schema.metadata or {}).get(_KEY)
    if known is None:
        raise SourceError(f"{path}: not a cache of headers, and is left alone: name another file")
    if known.decode() != key:
        return Cache(path, key, {})
    rows = table.to_pylist()
    return Cache(path, key, {tuple(row.pop(name) for name in _OWN): row for row in rows})


def write(cache: Cache, rows: Mapping[Identity, Row]) -> Path:
    """Write a cache with more rows; of those of one path, only the last is kept. Return its path.

    Args:
        cache: as it was read.
        rows: of files that were read since.
    """
    import pyarrow
    from pyarrow import parquet

    last = {identity[0]: identity for identity in (*cache.rows, *rows)}
    whole = {**cache.rows, **rows}
    frame = _lay_out([(identity, whole[identity]) for identity in last.values()])
    table = pyarrow.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata({_KEY: cache.key.encode()})
    return atomic.whole(cache.path, lambda temporary: parquet.write_table(table, temporary))


def _lay_out(rows: Sequence[tuple[Identity, Row]]) -> pd.DataFrame:
    """Return rows as a frame: numbers as numbers, all else as text."""
    own = pd.DataFrame([identity for identity, _ in rows], columns=_OWN).astype({"path": TEXT})
    cells: list[Any] = [row for _, row in rows]
    return pd.concat([own, pd.DataFrame(cells, dtype=TEXT)], axis=1)
