"""Table files as they are written: every cell as text, torn lines set aside."""

import csv
import gzip
import warnings
import zlib
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast

import pandas as pd

from scrub.files import formulas, plain_csv, pool_files
from scrub.files.csv_records import Scan, Torn, read_records, scan
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Split, none_rejected, reject

T = TypeVar("T")
_STAGE = "table"
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


def _read_csv(path: Path) -> Numbered:
    """Return the rows of a CSV file with their lines, and an account of the lines that are none."""
    with _open(path) as stream:
        known = scan(stream)
    source: Any = path if known.records is None else StringIO("".join(known.records), newline="")
    frame = _parse_csv(source, known)
    return Numbered(frame, reject_torn(known.torn), known.numbers)


def _parse_csv(source: Any, known: Scan) -> pd.DataFrame:
    """Return records as a frame of text with the header's own names."""
    exact: dict[str, Any] = {"dtype": TEXT, "keep_default_na": False, "na_filter": False, "index_col": False}
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            frame: pd.DataFrame = pd.read_csv(source, encoding="utf-8-sig", **exact)
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        return _parse_slowly(source, known).set_axis(known.header, axis=1)
    if len(frame) != len(known.numbers) or len(frame.columns) != len(known.header):
        frame = _parse_slowly(source, known)
    return frame if frame.columns.tolist() == known.header else frame.set_axis(known.header, axis=1)


def _parse_slowly(source: Any, known: Scan) -> pd.DataFrame:
    """Return records as a frame where pandas cannot: lines that end in more commas than the header has.

    Raises:
        ValueError: a line that is no record.
    """
    width = len(known.header)
    with _open(source) if isinstance(source, Path) else source as stream:
        if not isinstance(source, Path):
            stream.seek(0)
        _, *records = read_records(stream)
    for record in records:
        if record.fault:
            raise ValueError(record.fault)
    rows = [[*record.cells[:width], *[""] * (width - len(record.cells))] for record in records]
    return pd.DataFrame(rows, columns=range(width), dtype=TEXT)
