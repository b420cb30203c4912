"""The headers of one FITS file, read from a stream: of a file on the disk, of a packed one, of one far away."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import IO

from scrub.files.cards import Cards, HeaderError, find_end, index, read_values

BLOCK = 2880
MOST_BLOCKS = 2000
KEPT = 2**8  # sizes of data that are kept: most files of an archive have the size of others
_STRUCTURE = ("EXTNAME", "BITPIX", "NAXIS", "PCOUNT", "GCOUNT")


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
    start = 0
    for number in count():
        if not wanted:
            break
        header, end = _read_header(stream, start, list(wanted))
        cards = index(header, end)
        structure = read_values(cards, _STRUCTURE)
        start += len(header)
        end = start + _measure_data(cards, structure)
        for name in ("PRIMARY" if number == 0 else structure["EXTNAME"].upper(), str(number)):
            if name in wanted:
                values.update(read_values(cards, wanted.pop(name), neighbours))
                _check_end(stream, end, name, size)
        start = -(-end // BLOCK) * BLOCK
    return values


def _read_header(stream: IO[bytes], start: int, wanted: Sequence[str]) -> tuple[bytes, int]:
    """Return the whole blocks of the header that begins at ``start``, and where its card END begins in them."""
    stream.seek(start)
    block = stream.read(BLOCK)
    if start == 0 and not block.startswith(b"SIMPLE  ="):
        raise HeaderError("not a FITS file" if block else "empty file")
    if not block.strip(b"\0 "):
        raise HeaderError(f"no extension {wanted[0]}")
    if start and not block.startswith(b"XTENSION"):
        raise HeaderError(f"no extension {wanted[0]}: other bytes where it may begin", value=start)
    blocks = [block]
    while (end := find_end(block)) < 0:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            size = sum(map(len, blocks)) + len(block)
            raise HeaderError("truncated in a header", value=start + size)
        blocks.append(block)
        if len(blocks) > MOST_BLOCKS:
            raise HeaderError("a header without END", value=start)
    header = b"".join(blocks)
    if len(header) % BLOCK:
        raise HeaderError("truncated in a header", value=start + len(header))
    end += len(header) - BLOCK
    zero = header.find(b"\0", 0, end)
    if zero >= 0:
        raise HeaderError("zero bytes in a header", value=start + zero)
    return header, end


def _measure_data(cards: Cards, structure: Mapping[str, str]) -> int:
    """Return the bytes of data behind a header (FITS standard 4.0, sections 4.4.1 and 7)."""
    axes = read_values(cards, _name_axes(structure["NAXIS"]))
    return _multiply((*structure.values(),), (*axes.items(),))


@lru_cache(maxsize=KEPT)
def _name_axes(count: str) -> tuple[str, ...]:
    """Return the keywords that have the length of each axis."""
    return tuple(f"NAXIS{number}" for number in range(1, _parse_size("NAXIS", count, most=999) + 1))


@lru_cache(maxsize=KEPT)
def _multiply(structure: Sequence[str], axes: Sequence[tuple[str, str]]) -> int:
    """Return the bytes that values of the structure and the lengths of the axes amount to."""
    _, bitpix, _, pcount, gcount = structure
    size = 1 if axes else 0
    for keyword, length in axes:
        size *= _parse_size(keyword, length)
    pixel = abs(_parse_size("BITPIX", bitpix.removeprefix("-"))) // 8
    groups, extra = _parse_size("GCOUNT", gcount or "1"), _parse_size("PCOUNT", pcount or "0")
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
