"""Parts of a file of a web server: one request a part, which says how large the file is, too."""

import re
from typing import Any

from scrub.files.cards import HeaderError
from scrub.files.ranges import Part
from scrub.files.remote_errors import LIMIT

_RANGE = re.compile(r"bytes (?:(?P<start>[0-9]+)-[0-9]+|\*)/(?P<size>[0-9]+|\*)")
_PIECE = 2**16


async def get_part(fs: Any, url: str, start: int, end: int) -> Part:
    """Return the bytes of a file from a start to an end; never more, whatever the server sends.

    Args:
        fs: an ``HTTPFileSystem``.
        url: of the file.
        start: of the part.
        end: of the part.

    Raises:
        HeaderError: the server sends another part, or has no parts.
        EOFError: fewer bytes than there are.
        aiohttp.ClientError, OSError: no answer, or one that is an error.
    """
    import aiohttp

    session = await fs.set_session()
    headers = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
    limit = aiohttp.ClientTimeout(total=LIMIT)
    async with session.get(fs.encode_url(url), headers=headers, timeout=limit) as answer:
        stated = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        size = int(stated["size"]) if stated and stated["size"] != "*" else None
        if answer.status == 416:
            return Part(b"", size)
        answer.raise_for_status()
        if answer.status != 206:
            size = answer.content_length
            if start:
                raise HeaderError("the server sends whole files only, and headers stand further on: copy the file")
        elif stated is None or stated["start"] != str(start):
            raise HeaderError("the server sent another part than was asked for")
        data = await _read(answer.content, end - start)
    if size is not None and len(data) != max(min(end, size) - start, 0):
        raise EOFError
    return Part(data, size)


async def _read(stream: Any, most: int) -> bytes:
    """Return the bytes of an answer, so many at most."""
    data = b""
    while len(data) < most and (piece := await stream.read(min(most - len(data), _PIECE))):
        data += piece
    return data
