"""Table files as they are written: every cell as text, torn lines set aside."""

import csv
import gzip
import re
import warnings
import zlib
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast

import pandas as pd

from scrub.files import formulas
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Split, none_rejected, reject

T = TypeVar("T")
_QUOTED = re.compile(r'(?<![^,])"[^"]*(?:""[^"]*)*"(?=[,\r\n]|$)')
Track = Callable[..., Iterable[Any]]  # wraps the iteration over steps, to show progress


class SourceError(ValueError):
    """An input that cannot be read at all: no such folder or file, no such column."""


def untracked(steps: Iterable[T], *, total: int, desc: str) -> Iterable[T]:  # noqa: ARG001
    """Return the steps of a long task as they are: the default where a caller may show progress.

    Args:
        steps: the steps.
        total: how many there are.
        desc: what they are.
    """
    return steps


def read_table(path: Path) -> Split:
    """Return a table file as it is written, and its torn lines: those with more or fewer cells than the header.

    A column that stands twice is there twice, under its own name.

    Raises:
        SourceError: neither CSV nor Parquet, or not readable as what its name says.
    """
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if not {".csv", ".parquet", ".pq"} & set(suffixes[-2:]):
        hint = ": give its folder" if ".fits" in suffixes[-2:] else ""
        raise SourceError(f"{path}: neither a folder nor a table (.csv, .csv.gz, .parquet){hint}")
    try:
        if ".csv" not in suffixes[-2:]:
            return Split(pd.read_parquet(path), none_rejected())
        good, torn = _read_csv(path)
        return Split(formulas.unquote(good, path), torn)
    except ImportError:
        raise SourceError(f"{path}: Parquet needs the extra: pip install 'skyscrub[parquet]'") from None
    except (OSError, EOFError, zlib.error, ValueError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None


def read_whole(path: Path) -> pd.DataFrame:
    """Return a table file that has no torn line: for a table whose rows have no account of their own.

    Raises:
        SourceError: as ``read_table`` raises it, or a torn line, by its number.
    """
    table, torn = read_table(path)
    if len(torn):
        reason, value = torn["reason"].iloc[0], torn["value"].iloc[0]
        raise SourceError(f"{path}: {len(torn)} torn line(s), mend them: the first is {reason}: {value}")
    return table


def _open(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return cast("IO[str]", gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


class _Torn(NamedTuple):
    """A line that is no row: its number, why, and what stands there."""

    number: int
    reason: str
    text: str


class _Scan(NamedTuple):
    """What is known of a CSV file before it is parsed: its header, the records that are rows, the lines that are not.

    Records are None where none is torn: then the file is parsed as it is.
    """

    header: list[str]
    rows: int
    records: list[str] | None
    torn: list[_Torn]


def _read_csv(path: Path) -> Split:
    """Return the rows of a CSV file, and an account of the lines that are none."""
    with _open(path) as stream:
        scan = _scan(stream)
    source: Any = path if scan.records is None else StringIO("".join(scan.records), newline="")
    frame = _parse_csv(source, scan)
    rejected = none_rejected()
    if scan.torn:
        what = pd.DataFrame({"what": [torn.text.partition(",")[0].strip('"') for torn in scan.torn]}, dtype=TEXT)
        values = [f"line {torn.number}: {torn.text}" for torn in scan.torn]
        rejected = reject(what, "table", [torn.reason for torn in scan.torn], "", values)
    return Split(frame, rejected)


def _parse_csv(source: Any, scan: _Scan) -> pd.DataFrame:
    """Return records as a frame of text with the header's own names."""
    exact: dict[str, Any] = {"dtype": TEXT, "keep_default_na": False, "na_filter": False, "index_col": False}
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            frame: pd.DataFrame = pd.read_csv(source, encoding="utf-8-sig", **exact)
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        return _parse_slowly(source, scan).set_axis(scan.header, axis=1)
    if len(frame) != scan.rows or len(frame.columns) != len(scan.header):
        frame = _parse_slowly(source, scan)
    return frame if frame.columns.tolist() == scan.header else frame.set_axis(scan.header, axis=1)


def _parse_slowly(source: Any, scan: _Scan) -> pd.DataFrame:
    """Return records as a frame where pandas cannot: lines that end in more commas than the header has."""
    width = len(scan.header)
    with _open(source) if isinstance(source, Path) else source as stream:
        if not isinstance(source, Path):
            stream.seek(0)
        _, *rows = ([*row[:width], *[""] * (width - len(row))] for row in csv.reader(stream) if row)
    return pd.DataFrame(rows, columns=range(width), dtype=TEXT)


def _scan(stream: IO[str]) -> _Scan:
    """Return the header of a CSV file and which of its lines are rows; a file of plain lines is not kept."""
    first = _read_record(stream)
    header = [name or f"Unnamed: {i}" for i, name in enumerate(next(csv.reader([first]), []))]  # as pandas calls it
    commas, count = len(header) - 1, 0
    for line in stream:
        if '"' in line or (line.count(",") != commas and line.strip()):
            break
        count += bool(line.strip())
    else:
        return _Scan(header, count, None, [])
    return _sort_lines(stream, first, header)


def _read_record(stream: IO[str]) -> str:
    """Return the first record of a file, which may hold quoted line breaks."""
    text = ""
    for line in stream:
        text += line if text or line.strip() else ""
        if text and (cells := _split_record(text)) is not None and cells.whole:
            break
    return text


class _Record(NamedTuple):
    """The cells of a record, and whether it ends where it is cut."""

    cells: list[str]
    whole: bool


def _split_record(text: str) -> _Record | None:
    """Return the cells of one record; nothing where a quote stands wrong."""
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error as error:
        return _Record([], whole=False) if "unexpected end" in str(error) else None
    return _Record(rows[0] if rows else [], whole=True) if len(rows) < 2 else None


def _sort_lines(stream: IO[str], first: str, header: list[str]) -> _Scan:
    """Return each line of a file as a row, a part of one (a quoted line break) or torn."""
    stream.seek(0)
    lines = stream.readlines()
    at = _count_lines(lines, first)
    records, torn, width = [first], list[_Torn](), len(header)
    while at < len(lines):
        text = lines[at]
        if not text.strip():
            at += 1
        elif _is_plain(text, width):
            records.append(text)
            at += 1
        else:
            taken, reason = _take_record(lines, at, width)
            if reason:
                torn.append(_Torn(at + 1, reason, text.rstrip("\r\n")))
            else:
                records.append("".join(lines[at : at + taken]))
            at += taken
    return _Scan(header, len(records) - 1, records if torn else None, torn)


def _is_plain(line: str, width: int) -> bool:
    """Return whether a line is surely a record of so many cells: its quotes, if any, stand around whole cells."""
    bare = _QUOTED.sub("", line) if '"' in line else line
    return '"' not in bare and bare.count(",") == width - 1


def _count_lines(lines: list[str], first: str) -> int:
    """Return how many lines stand before the first row: blank ones, and those of the header."""
    before = next(i for i, line in enumerate(lines) if line.strip())
    return before + len(StringIO(first, newline="").readlines())


def _take_record(lines: list[str], at: int, width: int) -> tuple[int, str]:
    """Return how many lines the record takes that begins at a line, and why it is torn, if it is: then it takes one."""
    text = lines[at]
    record = _split_record(text)
    taken = 1
    while record is not None and not record.whole:
        more = next((i for i in range(at + taken, len(lines)) if '"' in lines[i]), None)
        if more is None:
            record = None
            break
        text += "".join(lines[at + taken : more + 1])
        taken = more + 1 - at
        record = _split_record(text)
    if record is None:
        return 1, "a quote that is never closed"
    if taken > 1 and any(cell.count(",") >= width - 1 for cell in record.cells if "\n" in cell):
        return 1, "a quoted cell that holds whole lines"
    if any(record.cells[width:]):
        return 1, f"a line of more than {width} cells"
    if len(record.cells) < width:
        return 1, f"a line of fewer than {width} cells"
    return taken, ""
