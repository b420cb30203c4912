"""A file far away as a stream: read in parts, and only those that are needed."""

import io
from collections.abc import Callable
from typing import IO, NamedTuple, cast

FIRST = 20 * 2880  # bytes that are asked for at once: the headers of a Level-1b file stand in them
NEXT = 4 * 2880  # and then, where a header goes on or stands behind data
LARGE = 2**22  # and then, where a file is read to its end


class Part(NamedTuple):
    """Bytes of a file, and the size of the whole file, if it is known."""

    data: bytes
    size: int | None


Fetch = Callable[[int, int], Part]


def open_raw(fetch: Fetch, *, step: int = NEXT) -> tuple[io.RawIOBase, int | None]:
    """Return a file as a stream, and its size if it is known; the first part is read.

    Args:
        fetch: returns the bytes from a start to an end, fewer only where the file ends before.
        step: how many bytes are asked for at once after the first part.

    >>> asked = []
    >>> def fetch(start, end):
    ...     asked.append((start, end))
    ...     return Part(b"x" * (end - start), 10**9)
    >>> stream, size = open_raw(fetch)
    >>> stream.seek(10**6), stream.read(2), size, asked
    (1000000, b'xx', 1000000000, [(0, 57600), (1000000, 1011520)])
    """
    first = fetch(0, FIRST)
    return _Ranges(first, fetch, step), first.size


def open_buffered(fetch: Fetch) -> tuple[IO[bytes], int | None]:
    """Return a file as a stream whose reads are never short, and its size if it is known: see ``open_raw``.

    Args:
        fetch: as ``open_raw`` takes it.
    """
    raw, size = open_raw(fetch)
    return cast("IO[bytes]", io.BufferedReader(raw, 2880)), size


class _Ranges(io.RawIOBase):
    """A stream over parts; the last part is kept."""

    def __init__(self, first: Part, fetch: Fetch, step: int) -> None:
        super().__init__()
        self._data, self._start, self._at = first.data, 0, 0
        self._size, self._fetch, self._step = first.size, fetch, step

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("a file that is read in parts has no known end")
        self._at = offset + (self._at if whence == io.SEEK_CUR else 0)
        return self._at

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        """Fill a buffer as far as the part at hand goes; ask for the next part where it holds nothing."""
        offset = self._at - self._start
        if not 0 <= offset < len(self._data):
            if self._size is not None and self._at >= self._size:
                return 0
            self._data = self._fetch(self._at, self._at + self._step).data
            self._start, offset = self._at, 0
        piece = self._data[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
