"""Table files as they are written: every cell as text, torn lines set aside."""

import csv
import gzip
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from scrub.rejects import Split, none_rejected, reject

T = TypeVar("T")


class SourceError(ValueError):
    """An input that cannot be read at all: no such folder or file, no such column."""


def untracked(steps: Iterable[T], *, total: int, desc: str) -> Iterable[T]:  # noqa: ARG001
    """Return the steps of a long task as they are: the default where a caller may show progress."""
    return steps


def read_table(path: Path) -> Split:
    """Return a table file as it is written, and its torn lines: those with more cells than the header.

    Raises:
        SourceError: neither CSV nor Parquet, or not readable as what its name says.
    """
    try:
        if path.suffix in (".parquet", ".pq"):
            return Split(pd.read_parquet(path), none_rejected())
        if ".csv" not in path.suffixes[-2:]:
            raise SourceError(f"{path}: neither a folder nor a table (.csv, .csv.gz, .parquet)")
        return _read_csv(path)
    except ImportError:
        raise SourceError(f"{path}: Parquet needs the extra: pip install 'skyscrub[parquet]'") from None
    except (OSError, ValueError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None


def _read_csv(path: Path) -> Split:
    exact: dict[str, Any] = {"dtype": "str", "keep_default_na": False, "na_filter": False, "index_col": False}
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            return Split(pd.read_csv(path, encoding="utf-8-sig", **exact), none_rejected())
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        return _read_torn_csv(path)


def _read_torn_csv(path: Path) -> Split:
    """Return the lines of a CSV file that are no longer than its header, and an account of the others."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
        header, *lines = csv.reader(stream)
    whole = [[*line, *[""] * (len(header) - len(line))] for line in lines if 0 < len(line) <= len(header)]
    torn = [line for line in lines if len(line) > len(header)]
    rows = pd.DataFrame({"what": [line[0] for line in torn]}, dtype="str")
    told = reject(rows, "table", f"a line of more than {len(header)} cells", "", [",".join(line) for line in torn])
    return Split(pd.DataFrame(whole, columns=header, dtype="str"), told)
