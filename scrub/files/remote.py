"""FITS headers of files far away (S3, web servers): only the parts that matter are read.

A file costs one or two requests: its first 57,600 bytes, in which the headers of a Level-1b file stand, and its size.
Many are read at once. Needs the extra ``remote``.
"""

import gzip
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import IO, Any, cast

from scrub.files import http_parts, ranges, urls
from scrub.files.cards import HeaderError
from scrub.files.fits_headers import Headers, Result, gather, try_read
from scrub.files.fits_stream import read_stream
from scrub.files.ranges import Part
from scrub.files.remote_access import Access, connect, explain, map_many
from scrub.files.remote_errors import LIMIT, persist
from scrub.files.remote_folders import Listed
from scrub.files.table_files import untracked


def read_files(
    listed: Listed,
    keywords: Mapping[str, Sequence[str]],
    *,
    neighbours: Collection[str] | None = None,
    fast: bool = False,
    track: Callable[..., Iterable[Result]] = untracked,
) -> Headers:
    """Return the headers of remote FITS files, one row a file, and the files that could not be read.

    Errors that pass (a server that fails, a connection that breaks, no answer in time) are asked again three times.

    Args:
        listed: the files.
        keywords: for each extension (``PRIMARY``, an EXTNAME or a number such as ``"1"``) its keywords.
        neighbours: keywords that may stand one letter off a wanted one, see ``cards.read_values``.
        fast: whether packed files are read no further than their headers, so that their checksums do not count.
        track: wraps the iteration over files, to show progress.

    Returns:
        As ``fits_headers.read_files``; the column ``file`` has the URL without its query.

    Raises:
        SourceError: the extra is not installed.
    """
    protocols = sorted({urls.protocol(urls.resolve(url)) for url in listed.files})
    accesses = {protocol: connect(protocol) for protocol in protocols}

    def read(url: str) -> Result:
        access = accesses[urls.protocol(urls.resolve(url))]
        return try_read(urls.name(url), urls.show(url), partial(read_keywords, access, url))

    def read_keywords(access: Access, url: str) -> dict[str, str]:
        try:
            fetch = _make_fetch(access, urls.resolve(url), listed.sizes.get(url))
            return _read_one(fetch, urls.name(url).endswith(".gz"), keywords, neighbours, fast)
        except HeaderError as error:
            raise HeaderError(explain(error, access), error.column, error.value) from None

    results = track(map_many(read, listed.files, accesses.values()), total=len(listed.files), desc="headers")
    return gather(list(results), keywords)


def _read_one(
    fetch: ranges.Fetch,
    packed: bool,
    keywords: Mapping[str, Sequence[str]],
    neighbours: Collection[str] | None,
    fast: bool,
) -> dict[str, str]:
    """Return the keywords of one file, ``.gz`` or not."""
    if not packed:
        stream, size = ranges.open_buffered(fetch)
        return read_stream(stream, keywords, neighbours=neighbours, size=size)
    raw, _ = ranges.open_raw(fetch, step=ranges.NEXT if fast else ranges.LARGE)
    with gzip.open(cast("IO[bytes]", raw)) as unpacked:
        values = read_stream(cast("IO[bytes]", unpacked), keywords, neighbours=neighbours)
        while not fast and unpacked.read(ranges.LARGE):
            pass
    return values


def _make_fetch(access: Access, url: str, size: int | None) -> ranges.Fetch:
    """Return a function that reads parts of a file, and asks again where an error passes."""
    if urls.protocol(url).startswith("http"):
        from fsspec.asyn import sync

        def fetch(start: int, end: int) -> Part:
            ask = partial(sync, access.fs.loop, http_parts.get_part, access.fs, url, start, end)
            return cast("Part", persist(ask, access.errors, access.stopped))

        return fetch
    options = {"timeout": LIMIT} if access.fs.async_impl else {}
    length = (
        size
        if size is not None
        else int(persist(lambda: access.fs.info(url, **options), access.errors, access.stopped)["size"])
    )

    def fetch_plain(start: int, end: int) -> Part:
        stop = min(end, length)
        return Part(persist(partial(_cat, access.fs, url, start, stop, options), access.errors, access.stopped), length)

    return fetch_plain


def _cat(fs: Any, url: str, start: int, stop: int, options: Mapping[str, Any]) -> bytes:
    """Return a part of a file, whole."""
    if start >= stop:
        return b""
    data: bytes = fs.cat_file(url, start=start, end=stop, **options)
    if len(data) != stop - start:
        raise EOFError
    return data
