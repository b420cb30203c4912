"""Table files as they are written: every cell as text, torn lines set aside."""

import csv
import gzip
import re
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast

import pandas as pd

from scrub.files import formulas, plain_csv, pool_files
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Split, none_rejected, reject

T = TypeVar("T")
_STAGE = "table"
_QUOTED = re.compile(r'(?<![^,])"[^"]*(?:""[^"]*)*"(?=[,\r\n]|$)')
Track = Callable[..., Iterable[Any]]  # wraps the iteration over steps, to show progress


class SourceError(ValueError):
    """An input that cannot be read at all: no such folder or file, no such column."""


class Torn(NamedTuple):
    """A line that is no row: its number, why, and what stands there."""

    number: int
    reason: str
    text: str


def untracked(steps: Iterable[T], *, total: int, desc: str) -> Iterable[T]:  # noqa: ARG001
    """Return the steps of a long task as they are: the default where a caller may show progress.

    Args:
        steps: the steps.
        total: how many there are.
        desc: what they are.
    """
    return steps


class Numbered(NamedTuple):
    """The rows of a table file, its torn lines as rejects, and the line of each row; no lines where a file has none."""

    good: pd.DataFrame
    rejected: pd.DataFrame
    lines: list[int]


def read_table(path: Path) -> Split:
    """Return a table file as it is written, and its torn lines: those with more or fewer cells than the header.

    A column that stands twice is there twice, under its own name.

    Raises:
        SourceError: neither CSV nor Parquet, or not readable as what its name says.
    """
    return Split(*read_numbered(path)[:2])


def read_numbered(path: Path) -> Numbered:
    """Return a table file as ``read_table`` does, and the line on which each row of a CSV file begins.

    Lines are those of an editor: the header is on line 1, a quoted cell may hold several.

    Raises:
        SourceError: as ``read_table`` raises it.
    """
    if not path.exists():
        raise SourceError(f"{path}: no such file")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if path.is_dir() and (files := list_datafiles(path)):
        _refuse_mixed(path, files)
        suffixes = [".parquet"]
    if not {".csv", ".parquet", ".pq"} & set(suffixes[-2:]):
        hint = ": give its folder" if ".fits" in suffixes[-2:] else ""
        raise SourceError(f"{path}: neither a folder nor a table (.csv, .csv.gz, .parquet){hint}")
    try:
        if ".csv" not in suffixes[-2:]:
            return Numbered(pd.read_parquet(path), none_rejected(), [])
        read = _read_csv_file(path)
        return read._replace(good=formulas.unquote(read.good, path))
    except ImportError:
        raise SourceError(f"{path}: Parquet needs the extra: pip install 'skyscrub[parquet]'") from None
    except pd.errors.EmptyDataError:
        raise SourceError(f"{path}: an empty file: it has no header and no rows") from None
    except (OSError, EOFError, zlib.error, ValueError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: cannot be read: {why}") from None


def _read_csv_file(path: Path) -> Numbered:
    """Return the rows of a CSV file or of a pool file."""
    if pool := pool_files.read_pool(path):
        return Numbered(pool.frame, reject_torn([Torn(*line) for line in pool.torn]), pool.lines)
    plain = plain_csv.read_plain(path)
    return _read_csv(path) if plain is None else Numbered(plain, none_rejected(), [*range(2, len(plain) + 2)])


def _refuse_mixed(folder: Path, files: Sequence[Path]) -> None:
    """Refuse a dataset whose files are of different tables, such as those of a run."""
    try:
        from pyarrow import parquet

        names = [parquet.read_schema(file).names for file in files]
    except ImportError:
        return  # whoever reads the files says what is not there
    except (OSError, ValueError) as error:
        raise SourceError(f"{folder}: cannot be read: {error}") from None
    for file, own in zip(files, names, strict=True):
        if own != names[0]:
            raise SourceError(f"{folder}: {files[0].name} and {file.name} have other columns: give one of them")


def list_datafiles(folder: Path) -> list[Path]:
    """Return the files of a dataset, a folder with Parquet files and no others, sorted; none where a folder is none.

    Files and folders whose name begins with ``.`` or ``_`` do not count.

    >>> list_datafiles(Path("no-such-folder"))
    []
    """
    files = []
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        if not hidden and not path.is_dir():
            if path.suffix.lower() not in (".parquet", ".pq"):
                return []
            files.append(path)
    return sorted(files)


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


def list_torn(rejected: pd.DataFrame) -> list[Torn]:
    """Return the torn lines among rejects, as ``read_table`` writes them.

    Args:
        rejected: the rejects of a table, or of a run on one.

    >>> row = reject(pd.DataFrame({"what": ["e1"]}), "table", "a line of fewer than 3 cells", "", ["line 7: e1"])
    >>> list_torn(row)
    [Torn(number=7, reason='a line of fewer than 3 cells', text='e1')]
    """
    rows = rejected[rejected["stage"] == _STAGE]
    lines = (value.removeprefix("line ").partition(": ") for value in rows["value"])
    return [Torn(int(number), reason, text) for (number, _, text), reason in zip(lines, rows["reason"], strict=True)]


def reject_torn(lines: Sequence[Torn]) -> pd.DataFrame:
    """Return torn lines as rejects: the way back from ``list_torn``.

    Args:
        lines: torn lines.

    >>> reject_torn([Torn(7, "a line of fewer than 3 cells", "e1,2")]).iloc[0][["what", "value"]].tolist()
    ['e1', 'line 7: e1,2']
    """
    if not lines:
        return none_rejected()
    what = pd.DataFrame({"what": [torn.text.partition(",")[0].strip('"') for torn in lines]}, dtype=TEXT)
    values = [f"line {torn.number}: {torn.text}" for torn in lines]
    return reject(what, _STAGE, [torn.reason for torn in lines], "", values)


def _open(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return cast("IO[str]", gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


class _Scan(NamedTuple):
    """What is known of a CSV file before it is parsed: its header, the records that are rows, the lines that are not.

    Records are None where none is torn: then the file is parsed as it is. Each row has the number of its first line.
    """

    header: list[str]
    numbers: list[int]
    records: list[str] | None
    torn: list[Torn]


def _read_csv(path: Path) -> Numbered:
    """Return the rows of a CSV file with their lines, and an account of the lines that are none."""
    with _open(path) as stream:
        scan = _scan(stream)
    source: Any = path if scan.records is None else StringIO("".join(scan.records), newline="")
    frame = _parse_csv(source, scan)
    return Numbered(frame, reject_torn(scan.torn), scan.numbers)


def _parse_csv(source: Any, scan: _Scan) -> pd.DataFrame:
    """Return records as a frame of text with the header's own names."""
    exact: dict[str, Any] = {"dtype": TEXT, "keep_default_na": False, "na_filter": False, "index_col": False}
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            frame: pd.DataFrame = pd.read_csv(source, encoding="utf-8-sig", **exact)
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        return _parse_slowly(source, scan).set_axis(scan.header, axis=1)
    if len(frame) != len(scan.numbers) or len(frame.columns) != len(scan.header):
        frame = _parse_slowly(source, scan)
    return frame if frame.columns.tolist() == scan.header else frame.set_axis(scan.header, axis=1)


def _parse_slowly(source: Any, scan: _Scan) -> pd.DataFrame:
    """Return records as a frame where pandas cannot: lines that end in more commas than the header has.

    Raises:
        ValueError: a line that is no record.
    """
    width = len(scan.header)
    with _open(source) if isinstance(source, Path) else source as stream:
        if not isinstance(source, Path):
            stream.seek(0)
        _, *records = _read_records(stream)
    for record in records:
        if record.fault:
            raise ValueError(record.fault)
    rows = [[*record.cells[:width], *[""] * (width - len(record.cells))] for record in records]
    return pd.DataFrame(rows, columns=range(width), dtype=TEXT)


def _scan(stream: IO[str]) -> _Scan:
    """Return the header of a CSV file and which of its lines are rows; a file of plain lines is not kept.

    Raises:
        ValueError: a header that is no record, or that holds whole lines.
    """
    first = next(_read_records(stream), _Record(1, [], [], ""))
    if reason := first.fault or _find_swallowed(first, max(len(first.cells) - 1, 1)):
        raise ValueError(f"line {first.number}: the header has {reason}: mend that line")
    header = [name or f"Unnamed: {i}" for i, name in enumerate(first.cells)]  # as pandas calls it
    commas, numbers = len(header) - 1, list[int]()
    for number, line in enumerate(stream, start=first.number + len(first.lines)):
        if '"' in line or (line.count(",") != commas and line.strip()):
            break
        if line.strip():
            numbers.append(number)
    else:
        return _Scan(header, numbers, None, [])
    return _sort_lines(stream, first, header)


class _Record(NamedTuple):
    """The cells of a record, the number of its first line, its lines, and why it is none; blank if it is one."""

    number: int
    lines: list[str]
    cells: list[str]
    fault: str


def _read_records(lines: Iterator[str]) -> Iterator[_Record]:
    """Yield the records of some lines; blank lines between them are none."""
    number = 1
    for line in lines:
        if line.strip():
            yield (record := _read_record(number, chain([line], lines)))
            number += len(record.lines)
        else:
            number += 1


def _read_record(number: int, lines: Iterator[str]) -> _Record:
    """Return the record that some lines begin with, with the lines that were read for it: no more than it needs."""
    taken: list[str] = []

    def take() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    try:
        return _Record(number, taken, next(csv.reader(take(), strict=True)), "")
    except csv.Error as error:
        if '"' not in "".join(taken):
            return _Record(number, taken, [], f"a cell that cannot be read: {error}")
        wrong = len(taken) == 1 and "expected after" in str(error)
        return _Record(number, taken, [], f"a quote that {'stands wrong' if wrong else 'is never closed'}")


def _find_swallowed(record: _Record, commas: int) -> str:
    """Return what is wrong with a record if one of its cells holds whole lines, with so many commas; else blank."""
    held = len(record.lines) > 1 and any(cell.count(",") >= commas for cell in record.cells if "\n" in cell)
    return "a quoted cell that holds whole lines" if held else ""


def _sort_lines(stream: IO[str], first: _Record, header: list[str]) -> _Scan:
    """Return each line of a file as a row, a part of one (a quoted line break) or torn."""
    stream.seek(0)
    lines = stream.readlines()
    at = first.number - 1 + len(first.lines)
    records, numbers, torn, width = ["".join(first.lines)], list[int](), list[Torn](), len(header)
    while at < len(lines):
        text = lines[at]
        if not text.strip():
            at += 1
        elif is_plain(text, width):
            records.append(text)
            numbers.append(at + 1)
            at += 1
        else:
            taken, reason = take_record(lines, at, width)
            if reason:
                torn.append(Torn(at + 1, reason, text.rstrip("\r\n")))
            else:
                records.append("".join(lines[at : at + taken]))
                numbers.append(at + 1)
            at += taken
    return _Scan(header, numbers, records if torn else None, torn)


def is_plain(line: str, width: int) -> bool:
    """Return whether a line is surely a record of so many cells: its quotes, if any, stand around whole cells.

    Args:
        line: of a CSV file.
        width: how many cells.
    """
    bare = _QUOTED.sub("", line) if '"' in line else line
    return '"' not in bare and bare.count(",") == width - 1


def take_record(lines: Sequence[str], at: int, width: int) -> tuple[int, str]:
    """Return how many lines the record takes that begins at a line, and why it is torn, if it is: then it takes one.

    Args:
        lines: of a CSV file.
        at: the position of the line.
        width: how many cells a row has.
    """
    record = _read_record(at + 1, (lines[i] for i in range(at, len(lines))))
    if reason := record.fault or _find_swallowed(record, width - 1):
        return 1, reason
    if any(record.cells[width:]):
        return 1, f"a line of more than {width} cells"
    if len(record.cells) < width:
        return 1, f"a line of fewer than {width} cells"
    return len(record.lines), ""
