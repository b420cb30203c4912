"""Sheets: the tables of a rule set as their files have them, every edition of them, each row with its ``file:line``.

A rule set is a folder of CSV files. The rows of an overlay stand beside those that ship, on a layer above.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.tables.findings import Finding, RuleError
from scrub.tables.locate import Place

COMMON = ("since", "until", "source", "note")
OWN = "layer"


class Sheet(NamedTuple):
    """A table as its files have it, every edition of it; its declaration; what kept lines from being read."""

    name: str
    declared: Mapping[str, Any]
    rows: pd.DataFrame
    findings: tuple[Finding, ...]
    files: tuple[Path, ...]


def load(place: Place) -> list[Sheet]:
    """Return every table of a rule set, and the common ones, whatever is wrong with them."""
    tables = place.declared[place.base]
    found = [_borrowing(place, name, _sheet(name, place.folders, declared)) for name, declared in tables.items()]
    return [*found, *(_sheet(t, (place.common,), d) for t, d in place.declared["common"].items())]


def _borrowing(place: Place, name: str, own: Sheet) -> Sheet:
    """Return a table with the rows of the rule set that this one is like, at its edition: all, or those it extends.

    A row of that one whose key is among the shipped rows is not had.
    """
    shipped = own.rows[own.rows[OWN] == 0] if OWN in own.rows else own.rows
    extends = own.declared.get("extends", False)
    lacks = not any(file.parent == place.folders[0] for file in own.files)
    if place.like is None or not (extends or lacks):
        return own
    folder, edition = place.like
    theirs = _sheet(name, (folder,), own.declared, f"{folder.name}/")
    editions = _sheet("editions", (folder,), place.declared[place.base]["editions"]).rows["edition"].tolist()
    rows = at_edition(theirs.rows, edition, editions)
    rows = rows.assign(**{c: "" for c in ("since", "until") if c in rows}, **({OWN: 0} if OWN in own.rows else {}))
    if extends:
        keys = list(own.declared["key"])
        known = pd.MultiIndex.from_frame(shipped[keys])
        rows = rows[~pd.MultiIndex.from_frame(rows[keys]).isin(known)]
    found = tuple(f for f in own.findings if f.kind != "file" or own.files) + theirs.findings
    both = pd.concat([rows, own.rows], ignore_index=True)
    return own._replace(rows=both, findings=found, files=own.files + theirs.files)


def columns(name: str, declared: Mapping[str, Any]) -> list[str]:
    """Return the columns of a table: keys, conditions, pattern, answers, then those that every table has.

    >>> columns("channels", {"policy": "first", "key": ["keyword"], "answers": {"channel": ""}})[:3]
    ['keyword', 'pattern', 'channel']
    """
    pattern = ["pattern"] if declared["policy"] == "first" else []
    common = COMMON if name != "editions" else COMMON[2:]
    asked = [*declared.get("key", ()), *declared.get("conditions", ()), *pattern]
    return [*asked, *declared.get("answers", ()), *common]


def _sheet(name: str, folders: Sequence[Path], declared: Mapping[str, Any], shown: str = "") -> Sheet:
    """Return one table: the files of its folders that there are, the lowest first."""
    files = tuple(f for f in (folder / f"{name}.csv" for folder in folders) if f.is_file())
    expected = tuple(columns(name, declared))
    if not files:
        gone = Finding(f"{name}.csv:1", "file", "no such file")
        return Sheet(name, declared, pd.DataFrame(columns=[*expected, "rule"], dtype="str"), (gone,), ())
    parts = [_part(file, expected, shown + name_of(folders, file)) for file in files]
    rows = [rows.assign(**{OWN: layer}) if len(folders) > 1 else rows for layer, (rows, _) in enumerate(parts)]
    if len(folders) > 1 and files == (folders[-1] / f"{name}.csv",):
        rows = [rows[0].assign(**{OWN: 1})]
    frame = rows[0] if len(rows) == 1 else pd.concat(rows, ignore_index=True)
    return Sheet(name, declared, frame, tuple(f for _, found in parts for f in found), files)


def name_of(folders: Sequence[Path], file: Path) -> str:
    """Return a file's name as rules and findings have it: that of an overlay with its folder."""
    if len(folders) == 1 or file.parent != folders[-1]:
        return file.name
    path = file.resolve()
    return "/".join(path.parts[-3:] if path.parent.name == folders[0].name else path.parts[-2:])


def _part(file: Path, expected: tuple[str, ...], shown: str) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise RuleError(f"{file}: {error.strerror}") from None
    rows, findings = _parsed(raw, expected, shown)
    return rows.copy(deep=False), findings  # a write to the copy leaves the cached frame as it is


@cache
def _parsed(raw: bytes, expected: tuple[str, ...], shown: str) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Return the rows of a file, and what kept lines from being rows; nobody may change them."""
    findings: list[Finding] = []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        findings.append(Finding(f"{shown}:1", "damage", f"not UTF-8: {error}"))
        text = raw.decode("utf-8", errors="replace")
    if text.startswith("\ufeff"):
        findings.append(Finding(f"{shown}:1", "damage", "a byte-order mark at the beginning"))
        text = text.removeprefix("\ufeff")
    mark = _separator(text.replace("\r", "\n").partition("\n")[0])
    if mark != ",":
        findings.append(Finding(f"{shown}:1", "damage", f"cells are parted by {mark!r}, not by commas"))
    lines, torn = _lines(text, mark, shown)
    findings.extend(torn)
    _, header = lines[0] if lines else (1, [])
    if header != list(expected):
        told = f"the columns are {','.join(header)}; expected {','.join(expected)}"
        findings.append(Finding(f"{shown}:1", "file", told))
        return pd.DataFrame(columns=[*expected, "rule"], dtype="str"), tuple(findings)
    whole = []
    for line, cells in lines[1:]:
        if len(cells) == len(expected):
            whole.append([*cells, f"{shown}:{line}"])
        else:
            told = f"{len(cells)} cells; the header has {len(expected)}"
            findings.append(Finding(f"{shown}:{line}", "file", told))
    return pd.DataFrame(whole, columns=[*expected, "rule"], dtype="str"), tuple(findings)


def _separator(header: str) -> str:
    """Return what parts the cells of a header: a comma, or what a spreadsheet put in its place."""
    return next((mark for mark in (";", "\t") if mark in header and "," not in header), ",")


def _lines(text: str, mark: str, shown: str) -> tuple[list[tuple[int, list[str]]], Iterable[Finding]]:
    """Return the lines of a CSV text with their numbers, up to the first that is torn."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=mark)
    lines: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            lines.append((reader.line_num, cells))  # noqa: PERF401  (the lines before a torn one are kept)
    except csv.Error as error:
        return lines, [Finding(f"{shown}:{reader.line_num}", "file", str(error))]
    return lines, []


def version(edition: str) -> tuple[int, ...]:
    """Return an edition as numbers, so that 1.9 comes before 1.11.

    >>> version("1.9") < version("1.11")
    True
    """
    return tuple(int(part) for part in edition.split("."))


def at_edition(rows: pd.DataFrame, edition: str, editions: Sequence[str]) -> pd.DataFrame:
    """Return the rows in force: ``since`` is the first edition with a row, ``until`` the first without.

    Args:
        rows: of a sheet.
        edition: one of the editions.
        editions: every edition; a date that is none of them leaves its row out of force.

    >>> rows = pd.DataFrame({"since": ["", "2"], "until": ["2", ""], "group": ["none", "spec"]})
    >>> at_edition(rows, "2", ["1", "2"])["group"].tolist()
    ['spec']
    """
    if not is_dated(rows):
        return rows
    now = version(edition)
    begun = {e for e in editions if version(e) <= now} | {""}
    over = set(editions) - begun | {""}
    return rows[rows["since"].isin(begun) & rows["until"].isin(over)].reset_index(drop=True)


def is_dated(rows: pd.DataFrame) -> bool:
    """Return whether any row begins or ends with an edition.

    >>> is_dated(pd.DataFrame({"since": ["", "2"], "until": ["", ""]}))
    True
    """
    return "since" in rows and any(rows["since"].tolist() + rows["until"].tolist())


def overlaid(rows: pd.DataFrame, declared: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows in force with those of an overlay in place of the shipped rows of the same key.

    Of a pattern table the overlay's rows are tried first, but for a row whose pattern ships: it stands in its place.
    Decision tables keep both: an overlay's rows win the cases they answer when the table is opened out. A row
    that says what a shipped row says is that row.

    >>> rows = pd.DataFrame({"feature": ["a", "b", "a"], "code": ["0", "1", "5"], "layer": [0, 0, 1]})
    >>> overlaid(rows, {"policy": "list", "key": ["feature"]})["code"].tolist()
    ['5', '1']
    """
    if OWN not in rows:
        return rows
    if not (rows[OWN] == 1).any():
        return rows.drop(columns=OWN)
    if declared["policy"] == "unique":
        again = rows.duplicated([*declared["conditions"], *declared["answers"]])
        return rows[~(again & (rows[OWN] == 1))].reset_index(drop=True)
    keys = [*declared["key"], *(["pattern"] if declared["policy"] == "first" else [])]
    own, below = rows[rows[OWN] == 1], rows[rows[OWN] == 0]
    place = below.reset_index().drop_duplicates(keys).set_index(keys)["index"]
    at = pd.MultiIndex.from_frame(own[keys]) if len(keys) > 1 else pd.Index(own[keys[0]])
    found = place.reindex(at).to_numpy(dtype="float64")
    new = -1.0 if declared["policy"] == "first" else float(len(rows))
    order = own.assign(at=pd.Series(found, index=own.index).fillna(new))
    kept = below[~below.index.isin(found)].assign(at=lambda frame: frame.index.astype("float64"))
    merged = pd.concat([order, kept]).sort_values("at", kind="stable")
    return merged.drop(columns="at").reset_index(drop=True)
