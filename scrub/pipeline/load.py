"""Inputs: a frame, a table file or a folder, read for a pipeline with an account of what could not be."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files import digest, urls
from scrub.files.table_files import SourceError, list_datafiles, read_table
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Split, join

FromTable = Callable[[pd.DataFrame], Split]


class Loaded(NamedTuple):
    """Rows for the first stage, what could not be read, how many files and rows there were, and a hash of the input.

    The hash is of the bytes of a table file, or of all that was read of a folder; blank for a frame.
    ``passed_over`` are the folders, below the one that was read, that nobody looked into. ``cached`` is the
    number of files whose headers were in a cache.
    """

    frame: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    rows: int
    sha256: str = ""
    passed_over: tuple[str, ...] = ()
    cached: int = 0


class UrlReader(NamedTuple):
    """How a pipeline reads URLs: those of a table, None where it is no list of them; and the files of URLs."""

    take: Callable[[pd.DataFrame], list[str] | None]
    read: Callable[[Sequence[str]], Loaded]


def load(
    source: pd.DataFrame | str | Path,
    from_table: FromTable,
    from_folder: Callable[[Path], Loaded],
    *,
    read: Callable[[Path], Split] = read_table,
    from_urls: UrlReader | None = None,
) -> Loaded:
    """Return the rows of an input, whatever it is.

    Args:
        source: a frame, a table file, a dataset (a folder of Parquet files), or a folder; with ``from_urls`` also a
            URL, or a list of them (a text file ``.txt``, or a table).
        from_table: makes a raw table fit the first stage.
        from_folder: reads a folder.
        read: reads a table file.
        from_urls: reads the files of URLs, of which a single one may be a folder; None where a pipeline reads none.

    Raises:
        SourceError: no such folder or file, or one that cannot be read.

    >>> from scrub.frames.rejects import none_rejected
    >>> table = pd.DataFrame({"exposure": ["a"]})
    >>> load(table, lambda raw: Split(raw, none_rejected()), lambda folder: None).rows
    1
    """
    if isinstance(source, str) and urls.is_url(source):
        if from_urls is None:
            raise SourceError(f"{urls.show(source)}: URLs are no input here: copy the files, and give their folder")
        return _seal(from_urls.read([source]))
    path = find_path(source)
    if path is None:
        assert isinstance(source, pd.DataFrame)  # noqa: S101
        return _take_table(source, None, from_table, from_urls, files=0)
    if not path.is_file() and not path.is_dir():
        what = "neither a folder nor a plain file" if path.exists() else f"no such folder or file{_name_nearest(path)}"
        raise SourceError(f"{path}: {what}")
    if not path.is_file() and not list_datafiles(path):
        return _seal(from_folder(path))
    if from_urls and path.suffix == ".txt":
        return _seal(from_urls.read(_read_list(path)))
    raw, torn = read(path)
    if raw.empty and torn.empty:
        raise SourceError(f"{path}: a table without rows")
    return _take_table(raw, torn, from_table, from_urls, files=1)._replace(sha256=hash_table(path))


def hash_table(path: Path) -> str:
    """Return the hash of a table: of the bytes of its file, or of those of each file of a dataset.

    Args:
        path: a table file, or a folder of Parquet files.
    """
    if not path.is_dir():
        return digest.of_file(path)
    return digest.of({file.relative_to(path).as_posix(): digest.of_file(file) for file in list_datafiles(path)})


def _seal(loaded: Loaded) -> Loaded:
    """Return what was read of files with the hash of all of it."""
    cells = pd.concat([loaded.frame, loaded.rejected], axis="columns").astype(TEXT)
    return loaded._replace(sha256=digest.of_frame(cells))


def _read_list(path: Path) -> list[str]:
    """Return the URLs of a text file."""
    try:
        lines = urls.read_list(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read as text: {type(error).__name__}") from None
    if not lines:
        raise SourceError(f"{path}: a list without a URL: write one a line")
    return lines


def _take_table(
    raw: pd.DataFrame, torn: pd.DataFrame | None, from_table: FromTable, from_urls: UrlReader | None, *, files: int
) -> Loaded:
    """Return a table as it fits the first stage; of one that is a list of files, what the files have."""
    listed = from_urls.take(raw) if from_urls else None
    if from_urls is None or not listed:
        return fit(from_table, raw, torn, files=files)
    loaded = from_urls.read(listed)
    if torn is None:
        return loaded
    return loaded._replace(rejected=join([torn, loaded.rejected]), rows=loaded.rows + len(torn))


def find_path(source: object) -> Path | None:
    """Return the path that an input names; None where the input is a frame.

    Args:
        source: an input.

    Raises:
        SourceError: it is neither.

    >>> find_path("sample.csv").name, find_path(pd.DataFrame())
    ('sample.csv', None)
    >>> find_path([pd.DataFrame()])
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: the input is of the type list: give one frame, or the path of a table or folder
    """
    if isinstance(source, pd.DataFrame):
        return None
    if not isinstance(source, (str, PathLike)):
        kind = type(source).__name__
        raise SourceError(f"the input is of the type {kind}: give one frame, or the path of a table or folder")
    if not fspath(source):
        raise SourceError("the input is an empty path: name a table or a folder")
    return Path(source)


def _name_nearest(path: Path) -> str:
    """Return the name beside a path that is most like its own, in parentheses; blank where none is like it."""
    try:
        names = [beside.name for beside in path.parent.iterdir()]
    except OSError:
        names = []
    near = [path.stem] if path.stem in names else get_close_matches(path.name, names, n=1)
    return f" (nearest: {near[0]!r})" if near else ""


def fit(from_table: FromTable, raw: pd.DataFrame, unread: pd.DataFrame | None = None, *, files: int) -> Loaded:
    """Return a raw table as it fits the first stage, with the account of what could not be read before.

    Args:
        from_table: makes a raw table fit.
        raw: the table.
        unread: rejects of reading; those of the stage ``files`` are files, the others rows.
        files: how many files there were.
    """
    frame, rejected = from_table(raw)
    if unread is None:
        return Loaded(frame, rejected, files, len(raw))
    rows = len(raw) + int((unread["stage"] != "files").sum())
    return Loaded(frame, join([unread, rejected]), files, rows)
