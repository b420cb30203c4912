"""Tables of every form that is read: CSV, Parquet, ECSV and FITS; files by name or pattern, CSV from standard input."""

import glob
import warnings
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.files.csv_records import Torn
from scrub.files.table_files import SourceError, list_datafiles, list_torn, read_numbered

STDIN = "-"
_FITS = (".fits", ".fits.gz", ".fit", ".fits.fz")


class Table(NamedTuple):
    """A table: the name of its file, its rows, its torn lines, and the line of each row; no lines but in CSV."""

    name: str
    frame: pd.DataFrame
    torn: list[Torn]
    lines: list[int]


def find_files(names: Iterable[str]) -> list[str]:
    """Return the files that some names stand for: a name of no file may be a pattern (``night/*.csv``).

    Args:
        names: of files, patterns, or ``-``.

    Raises:
        SourceError: no file is of a pattern.

    >>> find_files(["t.csv", "-"])
    ['t.csv', '-']
    """
    files: list[str] = []
    for name in names:
        if name == STDIN or Path(name).exists() or not glob.has_magic(name):
            files.append(name)
        elif own := sorted(file for file in glob.glob(name, recursive=True) if Path(file).is_file()):  # noqa: PTH207
            files += own
        else:
            raise SourceError(f"{name}: no file is of this pattern")
    return list(dict.fromkeys(files))


def read_any(name: str, stdin: IO[bytes] | None = None) -> Table:
    """Return a table of any form.

    Args:
        name: of a file, or ``-`` for CSV from standard input.
        stdin: the stream that ``-`` stands for.

    Raises:
        SourceError: it cannot be read as what its name says.
    """
    if name == STDIN:
        return _read_stream(stdin)
    path = Path(name)
    if path.is_dir() and not list_datafiles(path):
        raise SourceError(f"{path}: a folder: name the tables in it, such as {path / '*.csv'}")
    if path.suffix.lower() == ".ecsv":
        return Table(name, _read_astropy(path, "ascii.ecsv"), [], [])
    if path.name.lower().endswith(_FITS):
        return Table(name, _read_astropy(path, "fits"), [], [])
    good, rejected, lines = read_numbered(path)
    return Table(name, good, list_torn(rejected), lines)


def _read_stream(stdin: IO[bytes] | None) -> Table:
    """Return the table that comes in by a stream; it is kept in a file while it is read."""
    if stdin is None:
        raise SourceError("-: there is no standard input")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stdin.csv"
        path.write_bytes(stdin.read())
        try:
            return read_any(str(path))._replace(name="stdin")
        except SourceError as error:
            raise SourceError(str(error).replace(str(path), "stdin")) from None


def _read_astropy(path: Path, form: str) -> pd.DataFrame:
    """Return the rows of a table that astropy reads: of a FITS file, the first table in it."""
    from astropy.io.fits import VerifyError
    from astropy.table import Table as AstropyTable
    from astropy.utils.exceptions import AstropyWarning

    if not path.is_file():
        raise SourceError(f"{path}: no such file")
    try:
        with warnings.catch_warnings(action="ignore", category=AstropyWarning):
            table = AstropyTable.read(path, format=form)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, VerifyError, MemoryError) as error:
        raise SourceError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return pd.DataFrame({name: _take_column(path, name, table[name]) for name in table.colnames})


def _take_column(path: Path, name: str, column: Any) -> pd.Series:
    """Return the cells of a column in the byte order of this machine; masked ones are missing.

    Raises:
        SourceError: a cell holds several values.
    """
    if getattr(column, "ndim", 1) != 1:
        raise SourceError(f"{path}: {name}: a cell of this column holds several values: take the column out")
    mask = np.ma.getmaskarray(column)
    values = np.asarray(np.ma.getdata(column))
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "backslashreplace")
    if values.dtype.kind in "UO":
        words = [None if hidden else value for value, hidden in zip(values.tolist(), mask.tolist(), strict=True)]
        return pd.Series(words, dtype="str" if values.dtype.kind == "U" else "object")
    cells = pd.Series(values.astype(values.dtype.newbyteorder("=")))
    return cells.astype("object").mask(mask) if mask.any() else cells
