"""Spreadsheets: what they do to tables, as far as the look of a cell shows it."""

import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from scrub.tables.conditions import list_words
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding
from scrub.tables.language import read_spec
from scrub.tables.lint.coverage import group_rules

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_LOOKS = {
    "a number in scientific notation": re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+", re.ASCII),
    "a date": re.compile(
        rf"[0-9]{{1,2}}[-/. ]{_MONTH}([-/. ][0-9]{{2,4}})?|{_MONTH}[-/. ][0-9]{{2,4}}"
        r"|[0-9]{1,4}([-/.])[0-9]{1,2}\4[0-9]{1,4}([ T][0-9:.]+)?|[0-9]{1,2}/[0-9]{1,4}",
        re.ASCII | re.IGNORECASE,
    ),
    "the error of a formula": re.compile(r"#{2,}|#(NAME\?|REF!|VALUE!|N/A|DIV/0!|NUM!|NULL!|SPILL!)"),
}
_WHOLE = re.compile(r"[0-9]+", re.ASCII)
_DOTTED = re.compile(r"[0-9]+([.][0-9]+)*", re.ASCII)
_FREE = ("source", "note")


def find_damage(rows: pd.DataFrame, by: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield cells that look as a spreadsheet leaves them: blanks around a word, dates, 1E5, formula errors, lost zeros.

    Args:
        rows: of a sheet, every edition, each with its ``rule``.
        by: the columns within which other cells show that zeros are lost: whole numbers, most of them with zeros.

    >>> rows = pd.DataFrame({"word": ["007", "012", "8", "May-25", "F2 "], "rule": [f"t:{i}" for i in range(2, 7)]})
    >>> for finding in find_damage(rows):
    ...     print(finding)
    t:5: damage: word: 'May-25' looks like a date
    t:6: damage: word: 'F2 ' has blanks around it
    t:4: damage: word: '8' has lost its leading zeros, to judge by '007'
    """
    for column in [str(c) for c in rows.columns if c not in ("rule", "layer")]:
        for cell, rules in group_rules(rows[column].tolist(), rows["rule"].tolist()).items():
            if message := _describe_damage(cell, free=column in _FREE):
                yield from (Finding.at(rule, "damage", message, column) for rule in rules)
        if column not in _FREE:
            keys = [rows[key].tolist() for key in by if key != column]
            parts: dict[tuple[str, ...], list[tuple[str, str]]] = {}
            for cell, rule, *key in zip(rows[column].tolist(), rows["rule"].tolist(), *keys, strict=True):
                parts.setdefault(tuple(key), []).append((cell, rule))
            for part in parts.values():
                yield from _find_shortened(part, column)


def _find_shortened(rows: Sequence[tuple[str, str]], column: str) -> Iterator[Finding]:
    """Yield whole numbers (each with its rule) shorter than those that begin with a zero, where these are more."""
    cells = [cell for cell, _ in rows if _WHOLE.fullmatch(cell)]
    padded = [cell for cell in cells if cell.startswith("0") and len(cell) > 1]
    widest = max(padded, key=len, default="")
    short = {cell for cell in cells if len(cell) < len(widest)}
    if len(padded) > len([cell for cell in cells if cell in short]):
        for cell, rule in rows:
            if cell in short:
                message = f"{cell!r} has lost its leading zeros, to judge by {widest!r}"
                yield Finding.at(rule, "damage", message, column)


def _describe_damage(cell: str, *, free: bool) -> str:
    if cell != cell.strip():
        return f"{cell!r} has blanks around it"
    for what, look in _LOOKS.items():
        if look.fullmatch(cell) and not (free and what != "the error of a formula"):
            return f"{cell!r} looks like {what}"
    return ""


def find_rewritten(rows: pd.DataFrame, table: Declaration, lists: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Yield words that are on no list, but are what a spreadsheet makes of one that is: 2 of 2.0, TRUE of true.

    Args:
        rows: of a sheet, every edition.
        table: what tables.toml says of it.
        lists: the closed lists of every edition.

    >>> from scrub.tables.declare import section
    >>> rows = pd.DataFrame({"flag": ["TRUE"], "rule": ["t.csv:2"]})
    >>> table = section("t", policy="list", key=["a"], answers={"flag": "flag"})
    >>> print(*find_rewritten(rows, table, {"flag": ["true", "false"]}))
    t.csv:2: damage: flag: 'TRUE' stands where a spreadsheet rewrote 'true'
    """
    listed = {**table.conditions, **table.words, **table.answers}
    known = {column: lists.get(read_spec(name).listed, ()) for column, name in listed.items()}
    dates = {column: lists["edition"] for column in ("since", "until") if column in rows and "edition" in lists}
    for column, words in {**known, **dates}.items():
        known_words = set(words)
        listed_as = {_plain(w): w for w in reversed(words) if w == w.lower() or w.lower() not in ("true", "false")}
        for cell, rules in group_rules(rows[column].tolist(), rows["rule"].tolist()).items():
            parts = list_words(cell) if column in table.conditions else cell.split()
            for word in parts:
                if word not in known_words and (was := listed_as.get(_plain(word))):
                    message = f"{word!r} stands where a spreadsheet rewrote {was!r}"
                    yield from (Finding.at(rule, "damage", message, column) for rule in rules)


def _plain(word: str) -> tuple[str, ...]:
    """Return a word as a spreadsheet reads it: true and false in any case, a dotted number without needless zeros.

    The zeros at the beginning and at the end of each part of a number go, and then the parts at its end without any.

    >>> _plain("TRUE"), _plain("02.50.0"), _plain("F200W")
    (('true',), ('2', '5'), ('F200W', ''))
    """
    if word.lower() in ("true", "false"):
        return (word.lower(),)
    if not _DOTTED.fullmatch(word):
        return (word, "")
    whole, *parts = word.split(".")
    shortened = [part.rstrip("0").lstrip("0") for part in parts]
    while shortened and not shortened[-1]:
        shortened.pop()
    return (whole.lstrip("0"), *shortened)


def find_line_ends(file: str, raw: bytes) -> Iterator[Finding]:
    r"""Yield a finding for a file whose lines do not end with a line feed.

    Args:
        file: its name.
        raw: its bytes.

    >>> print(*find_line_ends("t.csv", b"a,b\r\n1,2\r\n"))
    t.csv:1: damage: lines end with CRLF, not with LF
    """
    if b"\r\n" in raw:
        yield Finding(file, 1, "damage", "lines end with CRLF, not with LF")
    elif b"\r" in raw:
        yield Finding(file, 1, "damage", "lines end with CR, not with LF")
