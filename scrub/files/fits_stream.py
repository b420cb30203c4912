"""The headers of one FITS file, read from a stream: of a file on the disk, of a packed one, of one far away."""

import warnings
from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import IO

from scrub.files.cards import Cards, HeaderError, find_end, index, read_values

BLOCK = 2880
MOST_BLOCKS = 2000


def read_stream(
    stream: IO[bytes],
    keywords: Mapping[str, Sequence[str]],
    *,
    neighbours: Collection[str] | None = None,
    size: int | None = None,
) -> dict[str, str]:
    """Return the keywords of a FITS file as text, ``""`` where a header lacks one.

    Args:
        stream: the bytes of the file, from its start.
        keywords: for each extension (``PRIMARY``, an EXTNAME or a number) its keywords.
        neighbours: keywords that may stand one letter off a wanted one, see ``cards.read_values``.
        size: of the file in bytes, where it is known: then no byte is read to see where the file ends.

    Raises:
        HeaderError: not FITS, truncated, an extension that is not there, or a card that cannot be believed.

    >>> from io import BytesIO
    >>> cards = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "PROGRAM = '01018'", "END"]
    >>> data = "".join(card.ljust(80) for card in cards).ljust(2880).encode()
    >>> read_stream(BytesIO(data), {"PRIMARY": ["PROGRAM"]})
    {'PROGRAM': '01018'}
    """
    values: dict[str, str] = {}
    wanted = dict(keywords)
    with warnings.catch_warnings(action="ignore"):
        start = 0
        for number in count():
            if not wanted:
                break
            header = _read_header(stream, start, list(wanted))
            cards = index(header)
            structure = read_values(cards, ("EXTNAME", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT"))
            start += len(header)
            end = start + _measure_data(cards, structure)
            for name in ("PRIMARY" if number == 0 else structure["EXTNAME"].upper(), str(number)):
                if name in wanted:
                    values.update(read_values(cards, wanted.pop(name), neighbours))
                    _check_end(stream, end, name, size)
            start = -(-end // BLOCK) * BLOCK
    return values


def _read_header(stream: IO[bytes], start: int, wanted: Sequence[str]) -> bytes:
    """Return the whole blocks of the header that begins at ``start``."""
    stream.seek(start)
    header = stream.read(BLOCK)
    if start == 0 and not header.startswith(b"SIMPLE  ="):
        raise HeaderError("not a FITS file" if header else "empty file")
    if not header.strip(b"\0 "):
        raise HeaderError(f"no extension {wanted[0]}")
    if start and not header.startswith(b"XTENSION"):
        raise HeaderError(f"no extension {wanted[0]}: other bytes where it may begin", value=start)
    block = header
    blocks = 1
    while (end := find_end(block)) < 0:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            raise HeaderError("truncated in a header", value=start + len(header) + len(block))
        header += block
        blocks += 1
        if blocks > MOST_BLOCKS:
            raise HeaderError("a header without END", value=start)
    if len(header) % BLOCK:
        raise HeaderError("truncated in a header", value=start + len(header))
    zero = header.find(b"\0", 0, len(header) - len(block) + end)
    if zero >= 0:
        raise HeaderError("zero bytes in a header", value=start + zero)
    return header


def _measure_data(cards: Cards, structure: Mapping[str, str]) -> int:
    """Return the bytes of data behind a header (FITS standard 4.0, sections 4.4.1 and 7)."""
    count = _parse_size("NAXIS", structure["NAXIS"], most=999)
    axes = read_values(cards, [f"NAXIS{i}" for i in range(1, count + 1)])
    size = 1 if count else 0
    for keyword, length in axes.items():
        size *= _parse_size(keyword, length)
    pixel = abs(_parse_size("BITPIX", structure["BITPIX"].removeprefix("-"))) // 8
    groups, extra = _parse_size("GCOUNT", structure["GCOUNT"] or "1"), _parse_size("PCOUNT", structure["PCOUNT"] or "0")
    return _parse_size("NAXIS", str(pixel * groups * (extra + size)))


def _parse_size(keyword: str, text: str, *, most: int = 2**50) -> int:
    """Return a size that a header states."""
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        raise HeaderError("not a size that data can have", keyword, text)
    return int(text)


def _check_end(stream: IO[bytes], end: int, name: str, size: int | None) -> None:
    """Refuse a file that ends before its data do."""
    if size is None:
        stream.seek(end - 1)
        is_whole = bool(stream.read(1))
    else:
        is_whole = end <= size
    if not is_whole:
        raise HeaderError(f"truncated in the data of {name}", value=end)
