"""FITS headers to a frame: one row an exposure, every file that cannot be read in the rejects.

Only headers are read, and of them only the wanted cards (``scrub.files.cards``), which is several times faster than
whole headers. A packed file is read to its end all the same: its checksum stands there.
"""

import gzip
import os
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import current_process
from pathlib import Path
from time import perf_counter
from typing import IO, NamedTuple, cast

import pandas as pd

from scrub.files import folders, header_cache
from scrub.files.cards import HeaderError
from scrub.files.fits_stream import BLOCK, read_stream
from scrub.files.folders import Found
from scrub.files.table_files import untracked
from scrub.frames.cells import TEXT
from scrub.frames.rejects import REJECTED, write

PIECE = 2**20
HEADERS = 20 * BLOCK  # bytes that are read at once: the headers of a Level-1b file stand in them
FIRST, CHUNK = 50, 50  # files that are read to see how long one takes; files that a process is given at a time
START = 2.0  # seconds of reading that are worth the start of other processes
_STAGE = "files"
_FILE = re.compile(r"\.fits?(?:\.[gf]z)?$", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:_[^_]*)?" + _FILE.pattern, re.IGNORECASE)


class Result(NamedTuple):
    """The keywords of one file, or why it has none: one of the two is empty."""

    keywords: dict[str, str]
    rejected: list[str]


class Headers(NamedTuple):
    """The headers of files, one row a file; the files that could not be read; how many headers a cache had."""

    good: pd.DataFrame
    rejected: pd.DataFrame
    cached: int


def find_files(folder: Path, *, prefix: str = "", suffix: str = "_uncal.fits") -> Found:
    """Return the files of a folder, or of the folders in it when it has none itself: see ``folders.find_files``.

    A file counts when its name starts with ``prefix`` and ends with ``suffix``, ``.gz`` or not.

    Args:
        folder: a folder.
        prefix: of the names that count.
        suffix: of the names that count.

    Raises:
        FileNotFoundError: no such folder, or no such file in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    listed = folders.find_files(folder, partial(is_wanted, prefix=prefix, suffix=suffix))
    if listed.files or len(listed.rejected):
        return listed
    raise FileNotFoundError(f"{folder}: no files named {prefix}*{suffix}, there or one folder down")


def is_wanted(name: str, prefix: str, suffix: str) -> bool:
    """Return whether the name of a file is asked for, ``.gz`` or not.

    Args:
        name: of a file.
        prefix: of the names that count.
        suffix: of the names that count.
    """
    return name.startswith(prefix) and name.endswith((suffix, f"{suffix}.gz"))


def exposure_names(names: pd.Series) -> pd.Series:
    """Return file names without their last ``_suffix.fits``; any other name as it is.

    >>> exposure_names(pd.Series(["jw01018006001_02101_00002_nis_uncal.fits", "my exposure"])).tolist()
    ['jw01018006001_02101_00002_nis', 'my exposure']
    >>> exposure_names(pd.Series(["jw01018006001_02101_00002_nis_rate.fit", "a_b.FITS.fz"])).tolist()
    ['jw01018006001_02101_00002_nis', 'a']
    """
    files = names.str.contains(_FILE).fillna(False)
    return names.where(~files, names.str.replace(_SUFFIX, "", regex=True)) if files.any() else names


def read_files(
    files: Sequence[str],
    folder: Path,
    keywords: Mapping[str, Sequence[str]],
    *,
    neighbours: Collection[str] | None = None,
    fast: bool = False,
    cache: Path | None = None,
    track: Callable[..., Iterable[Result]] = untracked,
) -> Headers:
    """Return the headers of FITS files, one row a file, and the files that could not be read.

    Args:
        files: paths of the files below the folder, ``.fits`` or ``.fits.gz``, as the column ``file`` has them.
        folder: where the files are, on this computer.
        keywords: for each extension (``PRIMARY``, an EXTNAME or a number such as ``"1"``) its keywords.
        neighbours: keywords that may stand one letter off a wanted one, see ``cards.read_values``.
        fast: whether packed files are read no further than their headers, so that their checksums do not count.
        cache: a Parquet file of headers that were read before, see ``header_cache``; made if it is not there.
        track: wraps the iteration over files, to show progress.

    Returns:
        Columns exposure, file and the keywords, as text; a keyword that is not there is ``""``. The order
        is that of ``files``.

    Raises:
        SourceError: a cache that is none.
        KeyboardInterrupt: the reading was interrupted; what was read is in the cache.
    """
    read = partial(_read_one, folder=folder, keywords=keywords, neighbours=neighbours, fast=fast)
    names = None if neighbours is None else sorted(neighbours)
    known = header_cache.read(cache, header_cache.make_key(keywords, names, fast)) if cache else None
    if known is None:
        results, cached = list(_read_all(read, files, track)), 0
    else:
        results, cached = _read_new(read, files, folder, known, track)
    return gather(results, keywords, cached)


def gather(results: Sequence[Result], keywords: Mapping[str, Sequence[str]], cached: int = 0) -> Headers:
    """Return what each file has as frames, in the same order.

    Args:
        results: of each file.
        keywords: for each extension its keywords.
        cached: how many of the files were in a cache.
    """
    columns = ["exposure", "file", *(key for keys in keywords.values() for key in keys)]
    good = pd.DataFrame([r.keywords for r in results if r.keywords], columns=columns, dtype=TEXT)
    good = good.assign(exposure=exposure_names(good["exposure"]))
    rejected = pd.DataFrame([r.rejected for r in results if r.rejected], columns=REJECTED, dtype=TEXT)
    return Headers(good, rejected, cached)


def _read_all(
    read: Callable[[str], Result], files: Sequence[str], track: Callable[..., Iterable[Result]]
) -> Iterable[Result]:
    """Return what each file has; several processes read where one would take longer than they take to start."""
    return track(_share(read, files), total=len(files), desc="headers")


def _share(read: Callable[[str], Result], files: Sequence[str]) -> Iterator[Result]:
    """Yield what each file has: the first few by this process, the rest by as many as are worth their start.

    A process that is itself one of several (a daemon) may start no others.
    """
    start = perf_counter()
    yield from map(read, files[:FIRST])
    rest = files[FIRST:]
    seconds = (perf_counter() - start) / FIRST * len(rest)
    if seconds < START or os.cpu_count() == 1 or current_process().daemon:
        yield from map(read, rest)
        return
    with ProcessPoolExecutor() as pool:
        yield from pool.map(read, rest, chunksize=CHUNK)


def _read_new(
    read: Callable[[str], Result],
    files: Sequence[str],
    folder: Path,
    cache: header_cache.Cache,
    track: Callable[..., Iterable[Result]],
) -> tuple[list[Result], int]:
    """Return what each file has, and how many were in the cache; only files that are not are read, and kept."""
    identities = {file: header_cache.identify(folder / file) for file in files}
    new = [file for file in files if identities[file] not in cache.rows]
    results: dict[str, Result] = {}
    try:
        results.update(zip(new, _read_all(read, new, track), strict=True))
    except KeyboardInterrupt:
        kept = _keep(cache, identities, results)
        raise KeyboardInterrupt(f"the headers of {kept} files that were read are kept in {cache.path}") from None
    _keep(cache, identities, results)
    for file in files:
        if file not in results:
            own = {"exposure": file.rpartition("/")[2], "file": file}
            results[file] = Result({**cache.rows[identities[file]], **own}, [])
    return [results[file] for file in files], len(files) - len(new)


def _keep(
    cache: header_cache.Cache, identities: Mapping[str, header_cache.Identity], results: Mapping[str, Result]
) -> int:
    """Write what was read into a cache; return how many files that are."""
    fresh = {identities[file]: result.keywords for file, result in results.items() if result.keywords}
    if fresh:
        header_cache.write(cache, fresh)
    return len(fresh)


def _read_one(
    file: str, folder: Path, keywords: Mapping[str, Sequence[str]], neighbours: Collection[str] | None, fast: bool
) -> Result:
    """Return one file's keywords, or why it has none."""
    shown = write(file)
    if shown != file:
        return Result({}, [shown, _STAGE, "a name that is not UTF-8", "", ""])
    path = os.path.join(folder, file)  # noqa: PTH118 - a tenth of what a Path costs
    read = partial(read_file, path, keywords, neighbours=neighbours, fast=fast)
    return try_read(file.rpartition("/")[2], file, read)


def try_read(name: str, file: str, read: Callable[[], Mapping[str, str]]) -> Result:
    """Return the keywords of a file, or why it has none.

    Args:
        name: of the file, without its folder.
        file: its path or URL, as the column ``file`` and rejects show it.
        read: reads its keywords.
    """
    try:
        cards = read()
    except HeaderError as error:
        return Result({}, [file, _STAGE, error.reason, error.column, error.value])
    except (OSError, EOFError, zlib.error, ValueError) as error:
        return Result({}, [file, _STAGE, f"cannot be read: {type(error).__name__}", "", ""])
    return Result({"exposure": name, "file": file, **cards}, [])


def read_file(
    path: str | Path,
    keywords: Mapping[str, Sequence[str]],
    *,
    neighbours: Collection[str] | None = None,
    fast: bool = False,
) -> dict[str, str]:
    """Return the keywords of one FITS file as text, ``""`` where a header lacks one.

    Args:
        path: a file, ``.fits`` or ``.fits.gz``.
        keywords: for each extension (``PRIMARY``, an EXTNAME or a number) its keywords.
        neighbours: keywords that may stand one letter off a wanted one, see ``cards.read_values``.
        fast: whether a packed file is read no further than its headers, so that its checksum does not count.

    Raises:
        HeaderError: not FITS, truncated, an extension that is not there, or a card that cannot be believed.
        OSError, EOFError, zlib.error: the file cannot be read.
    """
    packed = os.fspath(path).endswith(".gz")
    opened: IO[bytes] = cast("IO[bytes]", gzip.open(path)) if packed else open(path, "rb", HEADERS)  # noqa: PTH123, SIM115
    with opened as stream:
        values = read_stream(stream, keywords, neighbours=neighbours)
        while packed and not fast and stream.read(PIECE):
            pass
    return values
