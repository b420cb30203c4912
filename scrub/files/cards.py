"""Cards of a FITS header: the values of wanted keywords as text, and what makes a header unfit to be believed.

A card is 80 bytes (FITS standard 4.0, section 4). One that breaks the standard, one that stands twice with two values
and one whose keyword is a letter off are errors: each would else give a wrong value, or none, without a word.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from scrub.frames.cells import as_text

CARD = 80
_END = b"END".ljust(CARD)
_HIERARCH = re.compile(rb"HIERARCH +(?P<keyword>[^= ](?:[^=]*[^= ])?) *=", re.IGNORECASE)
_STRING = rb"'(?P<string>(?:[^']|'')*)'"
_NUMBER = rb"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[DEde][+-]?[0-9]+)?)"
_WORDS = rb"(?P<words>[+-]?(?i:nan|inf|infinity))"  # no value of the standard, and what some programs write
_FORM = re.compile(rb" *(?:" + _STRING + rb"|(?P<flag>[TF])|" + _NUMBER + rb"|" + _WORDS + rb")? *(?:/.*)?", re.DOTALL)
_PRINTABLE = bytes(range(32, 127))


class HeaderError(ValueError):
    """A file whose headers cannot be read: what is wrong, in which keyword, and its value."""

    def __init__(self, reason: str, column: str = "", value: object = "") -> None:
        super().__init__(reason)
        self.reason, self.column, self.value = reason, column, str(value)


class Cards(NamedTuple):
    """A header up to END, and where the first and the last card of each keyword begin (eight bytes, as they stand)."""

    header: bytes
    first: Mapping[bytes, int]
    last: Mapping[bytes, int]


def find_end(block: bytes) -> int:
    """Return where the card END begins in whole cards; -1 where there is none.

    >>> find_end(b"EXTEND  =                    T".ljust(80) + b"END".ljust(80)), find_end(b"")
    (80, -1)
    """
    at = block.find(_END)
    while at >= 0 and at % CARD:
        at = block.find(_END, at + 1)
    return at


def index(header: bytes) -> Cards:
    """Return a header with an index of its cards; what stands behind END is no card of it.

    Args:
        header: whole cards, up to END at least.

    >>> sorted(index(b"EXTEND  =                    T".ljust(80) + b"END".ljust(80) + b"FILTER  = 1".ljust(80)).first)
    [b'EXTEND  ']
    """
    end = find_end(header)
    header = header if end < 0 else header[:end]
    ats = range(0, len(header), CARD)
    keys = [header[at : at + 8] for at in ats]
    last = dict(zip(keys, ats, strict=True))
    first = dict(zip(reversed(keys), reversed(ats), strict=True))
    if (names := b"".join(last)) != names.upper():
        first = {key.upper(): at for key, at in reversed(first.items())}
        last = {key.upper(): at for key, at in last.items()}
    return Cards(header, first, last)


def read_values(cards: Cards, keywords: Sequence[str], neighbours: Collection[str] | None = None) -> dict[str, str]:
    """Return wanted keywords as text, ``""`` where the header lacks one or gives no value.

    Args:
        cards: of one header.
        keywords: those wanted.
        neighbours: keywords in their own right that are one letter off a wanted one. Any other such keyword is an
            error where the wanted one is absent; None: nothing is looked for.

    Raises:
        HeaderError: a card that breaks the standard or stands twice with two values, or a keyword one letter off.

    >>> header = index(b"PROGRAM = '01018   '           / Program number".ljust(80))
    >>> read_values(header, ["PROGRAM", "FILTER"])
    {'PROGRAM': '01018', 'FILTER': ''}
    """
    values = {}
    for keyword in keywords:
        key = keyword.encode().ljust(8)
        at = cards.first.get(key)
        values[keyword] = "" if at is None else _read_value(cards.header, at, keyword)
        if at is not None and cards.last[key] != at:
            _compare(cards.header, key, keyword)
    if neighbours is not None:
        _find_neighbours(cards, keywords, neighbours)
    if b"HIERARCH" in cards.first:
        for keyword, value in _read_hierarch(cards.header, keywords):
            _refuse_two(keyword, [values[keyword], value] if values[keyword] else [value])
            values[keyword] = value
    return values


def _read_value(header: bytes, at: int, keyword: str) -> str:
    """Return the value of the card at a position as text; that of a card that runs on in one piece."""
    image = header[at : at + CARD]
    if image[8:10] != b"= ":
        raise HeaderError("a card without '= ' after its keyword", keyword, _show(image))
    return _read_field(header, at, keyword, 10)


def _read_field(header: bytes, at: int, keyword: str, start: int) -> str:
    """Return the value of the card at a position, from a place in the card on."""
    image = header[at : at + CARD]
    form = _FORM.fullmatch(image, start)
    if form is None:
        raise HeaderError("a card that breaks the FITS standard", keyword, _show(image[start:]))
    string = form["string"]
    if string is None:
        return _write(form)
    if string.translate(None, _PRINTABLE):
        raise HeaderError("a value with bytes that are no text", keyword, _show(string))
    runs_on = header[at + CARD : at + CARD + 8] == b"CONTINUE"
    if runs_on:
        return _join(header, at, keyword)
    if b"&" in string and string.rstrip().endswith(b"&"):
        raise HeaderError("a text that goes on, and no card that continues it", keyword, _show(string))
    return string.decode("ascii").replace("''", "'").strip()


def _write(form: "re.Match[bytes]") -> str:
    """Return a value that is no string as text; a number beyond all floats as it stands."""
    if form["flag"]:
        return str(form["flag"] == b"T")
    if form["words"]:
        return form["words"].decode("ascii")
    if form["number"] is None:
        return ""
    number = form["number"].decode("ascii").upper().replace("D", "E")
    if "." not in number and "E" not in number:
        return str(int(number))
    return as_text(float(number)) if isfinite(float(number)) else number


def _join(header: bytes, at: int, keyword: str) -> str:
    """Return the text of a card and of the CONTINUE cards behind it."""
    from astropy.io.fits import Card, VerifyError

    end = at + CARD
    while header[end : end + 8] == b"CONTINUE":
        end += CARD
    try:
        return as_text(Card.fromstring(header[at:end]).value)
    except VerifyError:
        reason = "a text that goes on, and a CONTINUE card that breaks the FITS standard"
        raise HeaderError(reason, keyword, _show(header[at:end])) from None


def _compare(header: bytes, key: bytes, keyword: str) -> None:
    """Refuse a keyword that stands several times with different values."""
    ats = (at for at in range(0, len(header), CARD) if header[at : at + 8].upper() == key)
    _refuse_two(keyword, (_read_value(header, at, keyword) for at in ats))


def _refuse_two(keyword: str, values: Iterable[str]) -> None:
    """Refuse values of one keyword that differ."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) > 1:
        raise HeaderError("a card that stands twice, with different values", keyword, " and ".join(map(repr, distinct)))


def _find_neighbours(cards: Cards, keywords: Sequence[str], neighbours: Collection[str]) -> None:
    """Refuse a header in which a keyword one letter off stands where a wanted one is absent.

    Two keywords one letter apart have the first or the last four letters in common.
    """
    absent = [key for key in (keyword.encode().ljust(8) for keyword in keywords) if key not in cards.first]
    heads, tails = {key[:4] for key in absent}, {key[4:] for key in absent}
    known = {keyword.encode().ljust(8) for keyword in (*keywords, *neighbours)}
    for other in [key for key in cards.first if key[:4] in heads or key[4:] in tails]:
        for key in absent if other not in known else ():
            if sum(map(int.__ne__, other, key)) == 1:
                image = cards.header[cards.first[other] :][:CARD]
                keyword = key.decode("ascii").rstrip()
                raise HeaderError("absent, and a card whose keyword is one letter off is there", keyword, _show(image))


def _read_hierarch(header: bytes, keywords: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each value that a HIERARCH card gives one of the keywords."""
    for at in range(0, len(header), CARD):
        card = _HIERARCH.match(header, at, at + CARD)
        keyword = card["keyword"].upper().decode("latin-1") if card else ""
        if card and keyword in keywords and (value := _read_field(header, at, keyword, card.end() - at)):
            yield keyword, value


def _show(image: bytes) -> str:
    """Return bytes of a card as a reject shows them."""
    text = image.decode("latin-1").rstrip()
    return text if text.isprintable() else ascii(text)[1:-1]
