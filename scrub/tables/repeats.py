"""Repeats in regular expressions of rule tables: those whose work can grow without bound are found by their structure.

A repeat of a part that can itself be read in several ways, such as ``(a+)+``, gives a text more readings than can be
tried; so do many repeats in a row that fit the same letters. Both are refused when rules are read, whatever text would
come.
"""

import re
from functools import cache
from typing import NamedTuple

MOST_LONG = 3  # long repeats in a row that fit the same letters: each multiplies the work by the length of the text
MOST = 10  # such repeats of any length: each may double the work
_MANY = 10  # repeats that are as many as need be
_LETTERS = frozenset(map(chr, range(128)))
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_OPENED = re.compile(r"\(\?(?:[:=!]|<[=!]|P<\w+>|[aiLmsux-]+[:)])")
_ATOM = re.compile(rf"{_CLASS.pattern}|\\.|.", re.DOTALL)


class _Part(NamedTuple):
    """A part of an expression: where it begins, and whether a text can fit it in several ways."""

    start: int
    is_open: bool


class _Repeat(NamedTuple):
    """How often a part may stand, and where the count ends."""

    least: int
    most: int
    end: int


def find_fault(pattern: str) -> str:
    r"""Return why an expression may work without end; blank if it does not.

    Args:
        pattern: a regular expression that ``re`` can read.

    >>> find_fault("((?:[a-z0-9]+)+X)")
    "the repeat '(?:[a-z0-9]+)+' has a repeat or a choice inside"
    >>> find_fault("^(jw[0-9]+-[oca][0-9]+)_[^_]*_"), find_fault(r"[^(+]+\(")
    ('', '')
    """
    groups = [_Part(0, False)]
    last, position = _Part(0, False), 0
    while position < len(pattern):
        letter = pattern[position]
        repeat = _read_repeat(pattern, position)
        if repeat:
            if repeat.most > MOST_LONG and last.is_open:
                return f"the repeat {pattern[last.start : repeat.end]!r} has a repeat or a choice inside"
            if repeat.least != repeat.most:
                groups[-1] = groups[-1]._replace(is_open=True)
            position = repeat.end
            continue
        if letter == "(":
            groups.append(_Part(position, False))
            position += 1 + pattern.startswith("?", position + 1)
            continue
        if letter == "|":
            groups[-1] = groups[-1]._replace(is_open=True)
        if letter == ")" and len(groups) > 1:
            last = groups.pop()
            groups[-1] = groups[-1]._replace(is_open=groups[-1].is_open or last.is_open)
        else:
            last = _Part(position, False)
        whole = _CLASS.match(pattern, position) if letter == "[" else None
        position = whole.end() if whole else position + 1 + (letter == "\\")
    return _find_row(pattern)


def _find_row(pattern: str) -> str:
    """Return whether too many repeats in a row fit the same letters; blank if not.

    A repeat is in the row until a letter must come that it does not fit.
    """
    row: list[tuple[frozenset[str], int]] = []
    position = 0
    while position < len(pattern):
        atom = _ATOM.match(pattern, position)
        if atom is None or atom[0] in "()|":
            row = [] if pattern[position] == "|" else row
            opened = _OPENED.match(pattern, position)
            position = opened.end() if opened else position + 1
            closed = _read_repeat(pattern, position) if pattern[position - 1] == ")" and not opened else None
            position = closed.end if closed else position
            continue
        letters, repeat = _list_letters(atom[0]), _read_repeat(pattern, atom.end())
        if letters and (repeat is None or repeat.least):
            row = [own for own in row if own[0] & letters]
        if repeat and repeat.least != repeat.most:
            row.append((letters, repeat.most))
        position = repeat.end if repeat else atom.end()
        if sum(most >= _MANY for _, most in row) > MOST_LONG or len(row) > MOST:
            return f"more repeats in a row than {MOST_LONG} fit the same letters, up to {pattern[:position]!r}"
    return ""


@cache
def _list_letters(atom: str) -> frozenset[str]:
    """Return the letters that an atom of an expression fits; none for an anchor."""
    if len(atom) == 1 and atom not in ".^$":
        return frozenset(atom) & _LETTERS
    fits = re.compile(atom, re.DOTALL).fullmatch
    return frozenset(filter(fits, _LETTERS))


def _read_repeat(pattern: str, position: int) -> _Repeat | None:
    """Return the repeat that stands at a position, with the mark behind it that makes it lazy; nothing if none does."""
    letter = pattern[position : position + 1]
    end = position + 1
    if letter == "{" and (count := _COUNT.match(pattern, position)) and count[0] != "{}":
        low, comma, high = count.groups()
        least = int(low or 0)
        most, end = (int(high) if high else _MANY if comma else least), count.end()
    elif letter and letter in "*+?":
        least, most = int(letter == "+"), (1 if letter == "?" else _MANY)
    else:
        return None
    return _Repeat(least, most, end + pattern.startswith(("?", "+"), end))
