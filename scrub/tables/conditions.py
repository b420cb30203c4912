"""Condition cells: a word, ``a|b`` (one of these), ``!a|b`` (none of these), ``*`` (any)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from scrub.tables.findings import RuleError

_SIGNS = re.compile("[*?]")  # of a pattern
ELSE = "else"  # in every condition of a row: the cases that no other row answers


def list_words(cell: str) -> list[str]:
    """Return the words that a condition cell has, with or without a ``!``.

    >>> list_words("!a|b")
    ['a', 'b']
    """
    return cell.removeprefix("!").split("|")


def allows(cell: str, words: Iterable[str]) -> list[bool]:
    """Return which words a condition cell allows, whatever their closed list.

    Args:
        cell: a condition cell.
        words: words.

    >>> allows("!a|b", ["a", "c"]), allows("*", ["a"])
    ([False, True], [True])
    """
    own, outside = frozenset(list_words(cell)), cell.startswith("!")
    return [cell == "*" or (word in own) != outside for word in words]


def find_positions(cell: str, words: Sequence[str]) -> list[int]:
    """Return the positions in a closed list that a condition cell stands for.

    Args:
        cell: a condition cell.
        words: its closed list.

    Raises:
        RuleError: the cell is blank, or a word in it is not on the list.

    >>> find_positions("image|fgs", ["image", "spec", "tac", "fgs"])
    [0, 3]
    >>> find_positions("!tac", ["image", "spec", "tac", "fgs"])
    [0, 1, 3]
    >>> find_positions("imag", ["image", "spec"])
    Traceback (most recent call last):
    scrub.tables.findings.RuleError: 'imag' is not on the list (nearest: 'image')
    """
    for word in list_words(cell) if cell != "*" else ():
        on_list(word, words)
    return [i for i, allowed in enumerate(allows(cell, words)) if allowed]


def on_list(word: str, words: Sequence[str]) -> str:
    """Return the word if it is on the closed list.

    Args:
        word: a word.
        words: the closed list.

    Raises:
        RuleError: it is not; the message has the words that a pattern would match, or the word in another case, or
            the nearest word, or the whole list if none is near.

    >>> on_list("NRC_*", ["NRC_IMAGE", "NRC_WFSS", "NIS_WFSS"])
    Traceback (most recent call last):
    scrub.tables.findings.RuleError: 'NRC_*' is a pattern, and words are required: write NRC_IMAGE|NRC_WFSS
    """
    if word in words:
        return word
    if not word:
        raise RuleError("a blank cell where a word is required")
    if _SIGNS.search(word) and (matched := [known for known in words if fnmatchcase(known, word)]):
        raise RuleError(f"{word!r} is a pattern, and words are required: write {'|'.join(matched)}")
    same = [known for known in words if known.casefold() == word.casefold()]
    near = same or get_close_matches(word, words, n=1)
    nearest = f"nearest: {near[0]!r}" if near else f"the list: {', '.join(words)}"
    raise RuleError(f"{word!r} is not on the list ({nearest})")


def write_cell(allowed: Sequence[str], listed: Sequence[str]) -> str:
    """Return the condition cell that stands for some words of a list, in its shorter form.

    Args:
        allowed: words of the list.
        listed: the closed list.

    >>> write_cell(["a"], ["a", "b", "c", "d"]), write_cell(["a", "b", "c"], ["a", "b", "c", "d"])
    ('a', '!d')
    """
    others = [word for word in listed if word not in allowed]
    return "!" + "|".join(others) if others and 2 * len(others) < len(allowed) else "|".join(allowed)


def find_open(conditions: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the conditions that every row leaves open, so that nothing needs to fill them; none if all of them are.

    Args:
        conditions: the cells of each condition, row by row.

    >>> find_open({"tso": ["*", "else"], "role": ["psf", "else"]})
    frozenset({'tso'})
    """
    is_open = frozenset(name for name, cells in conditions.items() if cells and {*cells} <= {"*", ELSE})
    return is_open if len(is_open) < len(conditions) else frozenset()
