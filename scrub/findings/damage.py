"""Damage: what spreadsheets do to tables, told by how a cell looks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from scrub.findings import Finding

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_LOOKS = {
    "a number in scientific notation": re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+", re.ASCII),
    "a date": re.compile(
        rf"[0-9]{{1,2}}[-/. ]{_MONTH}([-/. ][0-9]{{2,4}})?|{_MONTH}[-/. ][0-9]{{2,4}}"
        r"|[0-9]{1,4}([-/.])[0-9]{1,2}\4[0-9]{1,4}([ T][0-9:.]+)?|[0-9]{1,2}/[0-9]{1,4}",
        re.ASCII | re.IGNORECASE,
    ),
    "the error of a formula": re.compile(r"#(NAME\?|REF!|VALUE!|N/A|DIV/0!|NUM!|NULL!|SPILL!)"),
}
_WHOLE = re.compile(r"[0-9]+", re.ASCII)
_FREE = ("source", "note")


def find_damage(rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield cells that look as a spreadsheet leaves them: blanks around a word, dates, 1E5, formula errors, lost zeros.

    Args:
        rows: of a sheet, every edition, each with its ``rule``.

    >>> rows = pd.DataFrame({"word": ["007", "8", "Mar-25", "F200W "], "rule": [f"t.csv:{i}" for i in range(2, 6)]})
    >>> for finding in find_damage(rows):
    ...     print(finding)
    t.csv:3: damage: word: '8' has lost its leading zeros, to judge by '007'
    t.csv:4: damage: word: 'Mar-25' looks like a date
    t.csv:5: damage: word: 'F200W ' has blanks around it
    """
    for column in [str(c) for c in rows.columns if c not in ("rule", "layer")]:
        widest = _padded(rows[column]) if column not in _FREE else ""
        for cell in rows[column].unique():
            if told := _told(cell, widest, free=column in _FREE):
                for rule in rows.loc[rows[column] == cell, "rule"]:
                    yield Finding(rule, "damage", told, column)


def _padded(cells: pd.Series) -> str:
    """Return the longest whole number of a column that begins with a zero; else nothing."""
    padded = [cell for cell in cells.unique() if cell.startswith("0") and len(cell) > 1 and _WHOLE.fullmatch(cell)]
    return max(padded, key=len, default="")


def _told(cell: str, widest: str, *, free: bool) -> str:
    if cell != cell.strip():
        return f"{cell!r} has blanks around it"
    for what, look in _LOOKS.items():
        if look.fullmatch(cell) and not (free and what != "the error of a formula"):
            return f"{cell!r} looks like {what}"
    if len(cell) < len(widest) and _WHOLE.fullmatch(cell):
        return f"{cell!r} has lost its leading zeros, to judge by {widest!r}"
    return ""


def find_rewritten(
    rows: pd.DataFrame, declared: Mapping[str, Any], lists: Mapping[str, Sequence[str]]
) -> Iterator[Finding]:
    """Yield words that are on no list, but are what a spreadsheet makes of one that is: 2 of 2.0, TRUE of true.

    >>> rows = pd.DataFrame({"flag": ["TRUE"], "rule": ["t.csv:2"]})
    >>> for finding in find_rewritten(rows, {"answers": {"flag": "flag"}}, {"flag": ["true", "false"]}):
    ...     print(finding)
    t.csv:2: damage: flag: 'TRUE' stands where a spreadsheet rewrote 'true'
    """
    listed = {**declared.get("conditions", {}), **declared.get("words", {}), **declared.get("answers", {})}
    known = {column: lists.get(name.rstrip("?+"), ()) for column, name in listed.items()}
    dates = {column: lists["edition"] for column in ("since", "until") if column in rows and "edition" in lists}
    for column, words in {**known, **dates}.items():
        for cell in rows[column].unique():
            named = cell.removeprefix("!").split("|") if column in declared.get("conditions", {}) else cell.split()
            for word in named:
                if word not in words and (was := next((w for w in words if _same(word, w)), None)):
                    for rule in rows.loc[rows[column] == cell, "rule"]:
                        yield Finding(rule, "damage", f"{word!r} stands where a spreadsheet rewrote {was!r}", column)


def _same(word: str, listed: str) -> bool:
    """Return whether a word is another by its case (true, false), or by zeros of a number."""
    if listed in ("true", "false"):
        return word.lower() == listed
    number = re.compile(r"[0-9]+([.][0-9]+)*", re.ASCII)
    return bool(number.fullmatch(word) and number.fullmatch(listed)) and _numbers(word) == _numbers(listed)


def _numbers(word: str) -> tuple[int, ...]:
    """Return a dotted number as numbers, without the zeros at the end of its parts."""
    whole, *parts = word.split(".")
    shortened = [part.rstrip("0") or "0" for part in parts]
    while shortened and shortened[-1] == "0":
        shortened.pop()
    return (int(whole), *map(int, shortened))


def find_line_ends(file: str, raw: bytes) -> Iterator[Finding]:
    r"""Yield a finding for a file whose lines end otherwise than with a line feed.

    >>> print(*find_line_ends("t.csv", b"a,b\r\n1,2\r\n"))
    t.csv:1: damage: lines end with CRLF, not with LF
    """
    if b"\r\n" in raw:
        yield Finding(f"{file}:1", "damage", "lines end with CRLF, not with LF")
    elif b"\r" in raw:
        yield Finding(f"{file}:1", "damage", "lines end with CR, not with LF")
