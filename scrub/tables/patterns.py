"""Patterns: words with ``*`` for any run of characters, and the first of them that fits a value."""

from collections.abc import Iterable, Sequence


def first_fit(patterns: Sequence[str], values: Iterable[str]) -> list[int]:
    """Return for each value the place of the first pattern that fits it; -1 where none does.

    In a pattern ``*`` stands for any run of characters and every other character for itself.

    >>> first_fit(["SUB*", "*"], ["SUB64", "FULL"])
    [0, 1]
    """
    plain: dict[str, int] = {}
    open_: dict[str, list[tuple[int, list[str]]]] = {}
    for i, pattern in enumerate(patterns):
        pieces = pattern.split("*")
        if len(pieces) == 1:
            plain.setdefault(pattern, i)
        else:
            open_.setdefault(pieces[0], []).append((i, pieces))
    lengths = sorted({len(beginning) for beginning in open_})
    places = []
    for value in values:
        found = plain.get(value, len(patterns))
        for group in (open_.get(value[:n], ()) for n in lengths if n <= len(value)):
            first = next((i for i, pieces in group if i >= found or _fits(pieces, value)), found)
            found = min(found, first)
        places.append(found if found < len(patterns) else -1)
    return places


def _fits(pieces: Sequence[str], value: str) -> bool:
    """Return whether a value has the pieces between the ``*`` of a pattern, in order: each at the first place it can.

    >>> _fits("a*b*c".split("*"), "a-b-b-c"), _fits("ab*b".split("*"), "ab")
    (True, False)
    """
    first, *between, last = pieces
    at, end = len(first), len(value) - len(last)
    if at > end or not (value.startswith(first) and value.endswith(last)):
        return False
    for piece in between:
        at = value.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True
