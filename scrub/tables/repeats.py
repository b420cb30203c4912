"""Repeats in regular expressions of rule tables: those whose work can grow without bound are found by their structure.

A repeat of a part that can itself be read in several ways, such as ``(a+)+``, gives a text more readings than can be
tried. It is refused when rules are read, whatever text would come.
"""

import re
from typing import NamedTuple

MOST_ANY = 3  # ``.*`` in one expression: each multiplies the work by the length of the text
_MANY = 10  # repeats that are as many as need be
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


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
    last, position, anything = _Part(0, False), 0, 0
    while position < len(pattern):
        letter = pattern[position]
        repeat = _read_repeat(pattern, position)
        if repeat:
            if repeat.most >= _MANY and last.is_open:
                return f"the repeat {pattern[last.start : repeat.end]!r} has a repeat or a choice inside"
            anything += repeat.most >= _MANY and pattern[last.start] == "."
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
    return f"more than {MOST_ANY} repeats of any character" if anything > MOST_ANY else ""


def _read_repeat(pattern: str, position: int) -> _Repeat | None:
    """Return the repeat that stands at a position, with the mark behind it that makes it lazy; nothing if none does."""
    letter = pattern[position]
    least, most, end = 0, _MANY, position + 1
    if letter == "{" and (count := _COUNT.match(pattern, position)) and count[0] != "{}":
        low, comma, high = count.groups()
        least = int(low or 0)
        most, end = (int(high) if high else _MANY if comma else least), count.end()
    elif letter in "*+?":
        least, most = int(letter == "+"), (1 if letter == "?" else _MANY)
    else:
        return None
    return _Repeat(least, most, end + pattern.startswith(("?", "+"), end))
