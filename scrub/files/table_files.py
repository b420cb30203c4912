"""Table files as they are written: every cell as text, torn lines set aside."""

import csv
import gzip
import warnings
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import pandas as pd

from scrub.frames.rejects import Split, none_rejected, reject

T = TypeVar("T")
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
    """Return a table file as it is written, and its torn lines: those with more cells than the header.

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
        return _read_csv(path) if ".csv" in suffixes[-2:] else Split(pd.read_parquet(path), none_rejected())
    except ImportError:
        raise SourceError(f"{path}: Parquet needs the extra: pip install 'skyscrub[parquet]'") from None
    except (OSError, EOFError, zlib.error, ValueError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None


def _open(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return cast("IO[str]", gzip.open(path, "rt", encoding="utf-8-sig", newline=""))
    return path.open(encoding="utf-8-sig", newline="")


def _read_csv(path: Path) -> Split:
    """Return a CSV file if each of its lines is a row; else the lines that are, and an account of the others."""
    exact: dict[str, Any] = {"dtype": "str", "keep_default_na": False, "na_filter": False, "index_col": False}
    with _open(path) as stream:
        lines = sum(1 for line in stream if line.strip()) - 1
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            frame = pd.read_csv(path, encoding="utf-8-sig", **exact)
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        return _read_torn_csv(path)
    return Split(frame, none_rejected()) if len(frame) == lines else _read_torn_csv(path)


def _read_torn_csv(path: Path) -> Split:
    """Return the lines of a CSV file that are whole, and an account of those with too many cells or a lone quote."""
    with _open(path) as stream:
        first, *lines = (line.rstrip("\r\n") for line in stream if line.strip())
    header = _split_line(first) or []
    whole, torn = [], []
    for line in lines:
        cells = _split_line(line)
        if cells is None:
            torn.append((line.partition(",")[0], "a quote that is never closed", line))
        elif any(cells[len(header) :]):
            torn.append((cells[0], f"a line of more than {len(header)} cells", line))
        else:
            whole.append([*cells[: len(header)], *[""] * (len(header) - len(cells))])
    what, reasons, values = zip(*torn, strict=True) if torn else ((), (), ())
    rejected = reject(pd.DataFrame({"what": what}, dtype="str"), "table", list(reasons), "", values)
    return Split(pd.DataFrame(whole, columns=header, dtype="str"), rejected)


def _split_line(line: str) -> list[str] | None:
    """Return the cells of one line, or nothing where a quote is left open."""
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return None
