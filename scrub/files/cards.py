"""Cards of a FITS header: the values of wanted keywords as text, and what makes a header unfit to be believed.

A card is 80 bytes (FITS standard 4.0, section 4). One that breaks the standard, one that stands twice with two values
and one whose keyword is a letter off are errors: each would else give a wrong value, or none, without a word.
"""

import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from scrub.frames.cells import as_text

CARD = 80
KEPT_VALUES, KEPT_PLACES = 2**14, 2**8  # texts of cards whose values are kept, and sets of keywords of a header
_KEY = 8
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
    """A header up to END, and the keywords of its cards: their first bytes, then their second ones, up to the eighth.

    Headers of one kind have the same keywords in the same order, so where a keyword stands is found once for all.
    """

    header: bytes
    keys: bytes


class _Places(NamedTuple):
    """Where wanted keywords stand in headers of one order of keywords.

    ``starts`` has where the cards of each keyword begin. ``single`` are the keywords with one card that does not run
    on. ``neighbour`` is a keyword that is absent, and where a card begins that is one letter off.
    """

    starts: tuple[tuple[str, tuple[int, ...]], ...]
    single: frozenset[str]
    neighbour: tuple[str, int] | None
    hierarch: bool


def find_end(block: bytes) -> int:
    """Return where the card END begins in whole cards; -1 where there is none.

    >>> find_end(b"EXTEND  =                    T".ljust(80) + b"END".ljust(80)), find_end(b"")
    (80, -1)
    """
    at = block.find(_END)
    while at >= 0 and at % CARD:
        at = block.find(_END, at + 1)
    return at


def index(header: bytes, end: int | None = None) -> Cards:
    """Return a header with the keywords of its cards; what stands behind END is no card of it.

    Args:
        header: whole cards, up to END at least.
        end: where END begins, if that is known.

    >>> index(b"EXTEND  =                    T".ljust(80) + b"END".ljust(80) + b"FILTER  = 1".ljust(80)).keys
    b'EXTEND  '
    """
    end = find_end(header) if end is None else end
    header = header if end < 0 else header[:end]
    return Cards(header, b"".join([header[letter::CARD] for letter in range(_KEY)]))


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
    header = cards.header
    places = _find_places(cards.keys, tuple(keywords), None if neighbours is None else frozenset(neighbours))
    values = {}
    for keyword, starts in places.starts:
        if keyword in places.single:
            values[keyword] = _read_single(header[starts[0] : starts[0] + CARD], keyword)
        else:
            values[keyword] = _read_equal(header, starts, keyword) if starts else ""
    if places.neighbour:
        keyword, at = places.neighbour
        image = _show(header[at : at + CARD])
        raise HeaderError("absent, and a card whose keyword is one letter off is there", keyword, image)
    if places.hierarch:
        for keyword, value in _read_hierarch(header, keywords):
            _refuse_two(keyword, [values[keyword], value] if values[keyword] else [value])
            values[keyword] = value
    return values


@lru_cache(maxsize=KEPT_PLACES)
def _find_places(keys: bytes, keywords: tuple[str, ...], neighbours: frozenset[str] | None) -> _Places:
    """Return where wanted keywords stand among the keywords of a header."""
    starts = _list_starts(keys)
    wanted = {keyword: starts.get(keyword.encode().ljust(_KEY), ()) for keyword in keywords}
    run_on = {at - CARD for at in starts.get(b"CONTINUE", ())}
    single = frozenset(keyword for keyword, ats in wanted.items() if len(ats) == 1 and ats[0] not in run_on)
    neighbour = None if neighbours is None else _find_neighbour(starts, keywords, neighbours)
    return _Places(tuple(wanted.items()), single, neighbour, b"HIERARCH" in starts)


@lru_cache(maxsize=4)
def _list_starts(keys: bytes) -> dict[bytes, tuple[int, ...]]:
    """Return where the cards of each keyword begin, in capitals, in the order of the first card of each."""
    count = len(keys) // _KEY
    starts: dict[bytes, list[int]] = {}
    for number in range(count):
        starts.setdefault(keys[number::count].upper(), []).append(CARD * number)
    return {key: tuple(ats) for key, ats in starts.items()}


@lru_cache(maxsize=KEPT_VALUES)
def _read_single(image: bytes, keyword: str) -> str:
    """Return the value of a card that does not run on, as text: most cards of an archive stand in many files."""
    return _read_value(image, 0, keyword)


def _read_equal(header: bytes, starts: Sequence[int], keyword: str) -> str:
    """Return the value of cards of one keyword; refuse cards with different values."""
    value = _read_value(header, starts[0], keyword)
    _refuse_two(keyword, [value, *(_read_value(header, at, keyword) for at in starts[1:])])
    return value


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
        with warnings.catch_warnings(action="ignore"):
            return as_text(Card.fromstring(header[at:end]).value)
    except VerifyError:
        reason = "a text that goes on, and a CONTINUE card that breaks the FITS standard"
        raise HeaderError(reason, keyword, _show(header[at:end])) from None


def _refuse_two(keyword: str, values: Iterable[str]) -> None:
    """Refuse values of one keyword that differ."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) > 1:
        raise HeaderError("a card that stands twice, with different values", keyword, " and ".join(map(repr, distinct)))


def _find_neighbour(
    starts: dict[bytes, tuple[int, ...]], keywords: Sequence[str], neighbours: Collection[str]
) -> tuple[str, int] | None:
    """Return a wanted keyword that is absent, and where the last card begins whose keyword is one letter off.

    Two keywords one letter apart have the first or the last four letters in common.
    """
    absent = [key for key in (keyword.encode().ljust(_KEY) for keyword in keywords) if key not in starts]
    heads, tails = {key[:4] for key in absent}, {key[4:] for key in absent}
    known = {keyword.encode().ljust(_KEY) for keyword in (*keywords, *neighbours)}
    for other in [key for key in reversed(starts) if key[:4] in heads or key[4:] in tails]:
        for key in absent if other not in known else ():
            if sum(map(int.__ne__, other, key)) == 1:
                return key.decode("ascii").rstrip(), starts[other][0]
    return None


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
