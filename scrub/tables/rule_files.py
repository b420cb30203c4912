"""Rule files: the tables of a rule set as their files have them, every edition, each row with its ``file:line``.

A rule set is a folder of CSV files. The rows of an overlay stand beside those that ship, on a layer above.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from scrub.tables.closing import close_rows
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding, RuleError
from scrub.tables.in_force import DATES, at_edition, version
from scrub.tables.locate import Like, Location
from scrub.tables.rows import OWN, Cells, count_rows, make_frame, pick_rows, read_frame

COMMON = (*DATES, "source", "note")
_ADVICE = ": a cell that has a comma stands in quotes, and there is no blank line"


class Sheet(NamedTuple):
    """A table as its files have it, every edition of it; its declaration; what kept lines from being read."""

    declaration: Declaration
    cells: Cells
    findings: tuple[Finding, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """The name of the table."""
        return self.declaration.name

    @property
    def rows(self) -> pd.DataFrame:
        """Its rows as a frame of text, each time a new one."""
        return make_frame(self.cells)


Files = Mapping[Path, bytes]


def load(location: Location, files: Files | None = None) -> list[Sheet]:
    """Return every table of a rule set, and the common ones, whatever is wrong with them.

    Args:
        location: of the rule set.
        files: the bytes of its files (``read_files``), if they are read already.
    """
    files = read_files(location) if files is None else files
    sheets = (_read_sheet(table, location.folders, files) for table in location.tables.values())
    own = [_borrow(sheet, location.folders[0], location.like, files) for sheet in sheets]
    if len(location.folders) > 1:
        known = _list_editions(own)
        own = [sheet._replace(cells=read_frame(close_rows(sheet.rows, known))) for sheet in own]
    return [*own, *(_read_sheet(table, (location.common,), files) for table in location.common_tables.values())]


def _list_editions(sheets: Sequence[Sheet]) -> list[str]:
    """Return the editions of a rule set, oldest first, without those that are not of the form of one."""
    words = next(sheet.cells["edition"] for sheet in sheets if sheet.name == "editions")
    numbers = (word for word in dict.fromkeys(words) if all(part.isdecimal() for part in word.split(".")))
    return sorted(numbers, key=version)


def read_files(location: Location) -> Files:
    """Return the bytes of every file that a rule set is read from.

    Raises:
        RuleError: a file that cannot be read.

    >>> from scrub.tables.locate import locate
    >>> len(read_files(locate("hst_cal")))
    13
    """
    like = [one.folder for one in list_likes(location)]
    paths = [folder / f"{name}.csv" for name in location.tables for folder in (*location.folders, *like)]
    paths += [location.common / f"{name}.csv" for name in location.common_tables]
    files = {}
    for path in paths:
        try:
            files[path] = path.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            continue
        except OSError as error:
            raise RuleError(f"{path}: {error.strerror}") from None
    return files


def list_likes(location: Location) -> list[Like]:
    """Return the rule sets whose tables a set has where it has none of its own: the nearest first.

    >>> from scrub.tables.locate import locate
    >>> [like.folder.name for like in list_likes(locate("jwst_dms"))]
    ['jwst']
    """
    like, likes = location.like, []
    while like:
        likes.append(like)
        like = like.like
    return likes


def _borrow(own: Sheet, folder: Path, like: Like | None, files: Files) -> Sheet:
    """Return a table of a folder with the rows of the rule set that this one is like: all, or those it extends.

    They are those at its edition. A row of that one whose key is among the shipped rows is not borrowed.
    """
    lacks = not any(file.parent == folder for file in own.files)
    if like is None or not (own.declaration.extends or lacks):
        return own
    table = like.tables.get(own.name, own.declaration)
    theirs = _borrow(_read_sheet(table, (like.folder,), files, f"{like.folder.name}/"), like.folder, like.like, files)
    editions = _read_sheet(like.tables["editions"], (like.folder,), files).cells["edition"]
    cells = at_edition(theirs.cells, like.edition, editions)
    size = count_rows(cells)
    cells = {**cells, **{column: ("",) * size for column in DATES if column in cells}}
    cells = {**cells, OWN: (0,) * size} if OWN in own.cells else cells
    if own.declaration.extends and not lacks:
        keys = list(own.declaration.key or own.declaration.conditions)
        mine, borrowed = (list(zip(*(side[key] for key in keys), strict=True)) for side in (own.cells, cells))
        layers = own.cells.get(OWN, (0,) * len(mine))
        known = {key for key, layer in zip(mine, layers, strict=True) if layer == 0}
        cells = pick_rows(cells, (row for row, key in enumerate(borrowed) if key not in known))
    findings = tuple(f for f in own.findings if f.kind != "file" or own.files) + theirs.findings
    return own._replace(cells=_stack([cells, own.cells]), findings=findings, files=own.files + theirs.files)


def _stack(parts: Sequence[Cells]) -> dict[str, tuple[Any, ...]]:
    """Return the rows of some tables of the same columns, one behind the other."""
    return {column: tuple(chain.from_iterable(part[column] for part in parts)) for column in parts[0]}


def columns(table: Declaration) -> list[str]:
    """Return the columns of a table: keys, conditions, pattern, answers, then those that every table has.

    >>> from scrub.tables.declare import section
    >>> columns(section("channels", policy="first", key=["keyword"], answers={"channel": ""}))[:3]
    ['keyword', 'pattern', 'channel']
    """
    pattern = ["pattern"] if table.policy == "first" else []
    common = COMMON if table.name != "editions" else COMMON[2:]
    return [*table.key, *table.conditions, *pattern, *table.answers, *common]


def _read_sheet(table: Declaration, folders: Sequence[Path], files: Files, prefix: str = "") -> Sheet:
    """Return one table: the files of its folders that there are, the lowest first."""
    own = tuple(f for f in (folder / f"{table.name}.csv" for folder in folders) if f in files)
    expected = tuple(columns(table))
    if not own:
        line = table.lines.get("", 1)
        gone = Finding(f"{table.name}.csv", 1, "file", f"no such file; {table.file}:{line} declares it")
        return Sheet(table, dict.fromkeys((*expected, "rule"), ()), (gone,))
    parts = [_parse(files[file], expected, prefix + name_file(folders, file)) for file in own]
    layers: list[Cells] = [cells for cells, _ in parts]
    if len(folders) > 1:
        first = 1 if own == (folders[-1] / f"{table.name}.csv",) else 0
        layers = [{**c, OWN: (layer,) * count_rows(c)} for layer, c in enumerate(layers, start=first)]
    whole = layers[0] if len(layers) == 1 else _stack(layers)
    return Sheet(table, whole, tuple(f for _, findings in parts for f in findings), own)


def name_file(folders: Sequence[Path], file: Path) -> str:
    """Return a file's name as rules and findings have it: that of an overlay with its folder.

    Args:
        folders: of the rule set, lowest first.
        file: one of its tables.
    """
    if len(folders) == 1 or file.parent != folders[-1]:
        return file.name
    path = file.resolve()
    return "/".join(path.parts[-3:] if path.parent.name == folders[0].name else path.parts[-2:])


@lru_cache(maxsize=1024)
def _parse(raw: bytes, expected: tuple[str, ...], name: str) -> tuple[Cells, tuple[Finding, ...]]:
    """Return the rows of a file, each with its ``file:line``, and what kept lines from being rows."""
    findings: list[Finding] = []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        findings.append(Finding(name, line, "damage", f"not UTF-8: the byte {raw[error.start]:#04x}"))
        text = raw.decode("utf-8", errors="replace")
    if text.startswith("\ufeff"):
        findings.append(Finding(name, 1, "damage", "a byte-order mark at the beginning"))
        text = text.removeprefix("\ufeff")
    mark = _find_separator(text.replace("\r", "\n").partition("\n")[0])
    if mark != ",":
        findings.append(Finding(name, 1, "damage", f"{mark!r} stands between the cells, where a comma is required"))
    lines, torn = _read_lines(text, mark, name)
    findings.extend(torn)
    _, header = lines[0] if lines else (1, [])
    if header != list(expected):
        case = f"the columns are {','.join(header)}; expected {','.join(expected)}"
        return MappingProxyType(dict.fromkeys((*expected, "rule"), ())), (*findings, Finding(name, 1, "file", case))
    whole = [(*cells, f"{name}:{line}") for line, cells in lines[1:] if len(cells) == len(expected)]
    findings.extend(
        Finding(name, line, "file", f"{len(cells)} cells; the header has {len(expected)}{_ADVICE}")
        for line, cells in lines[1:]
        if len(cells) != len(expected)
    )
    columns_ = zip(*whole, strict=True) if whole else repeat(())
    return MappingProxyType(dict(zip((*expected, "rule"), columns_, strict=bool(whole)))), tuple(findings)


def _find_separator(header: str) -> str:
    """Return what stands between the cells of a header: a comma, or what a spreadsheet put in its place."""
    return next((mark for mark in (";", "\t") if mark in header and "," not in header), ",")


def _read_lines(text: str, mark: str, name: str) -> tuple[list[tuple[int, list[str]]], Iterable[Finding]]:
    """Return the lines of a CSV text with their numbers, up to the first that is torn."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=mark)
    lines: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            lines.append((reader.line_num, cells))  # noqa: PERF401  (the lines before a torn one are kept)
    except csv.Error as error:
        return lines, [Finding(name, reader.line_num, "file", str(error))]
    return lines, []


def find_obstacles(sheet: Sheet) -> list[Finding]:
    """Return what keeps the files of a table from being written again without loss.

    >>> from scrub.tables.declare import section
    >>> torn, marked = Finding("t.csv", 3, "file", "7 cells"), Finding("t.csv", 1, "damage", "a byte-order mark")
    >>> table = section("t", policy="list", key=["a"])
    >>> [finding.kind for finding in find_obstacles(Sheet(table, {}, (torn, marked)))]
    ['file']
    """
    return [f for f in sheet.findings if f.kind == "file" or f.case.startswith("not UTF-8")]
