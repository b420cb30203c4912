"""Where exposures come from: a folder of FITS files, a table file, or a frame."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub import columns, headers
from scrub.contracts import Split, none_rejected, reject
from scrub.missing import Words, text
from scrub.tables import Rules


class SourceError(ValueError):
    """An input that cannot be read at all: no such folder or file, no such column."""


class Source(NamedTuple):
    """Headers as they were read, what could not be, and how many files and exposures there were."""

    headers: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    exposures: int


def words(rules: Rules) -> Words:
    """Return the spellings of missing and true."""
    by_meaning = rules["words"].rows.groupby("meaning")["word"]
    return Words(*(frozenset(by_meaning.get_group(meaning)) for meaning in Words._fields))


def load(
    rules: Rules,
    source: pd.DataFrame | str | Path,
    *,
    prefix: str = "",
    suffix: str = "_uncal.fits",
    track: Callable[[Iterable[Any]], Iterable[Any]] = iter,
) -> Source:
    """Return the headers of a source, whatever it is.

    Args:
        rules: a JWST rule set.
        source: a frame, a table file (CSV, Parquet) or a folder of FITS files.
        prefix, suffix: which files of a folder are read.
        track: wraps the iteration over files, to show progress.

    Raises:
        SourceError: nothing there to read, or columns that must be there are not.
    """
    if isinstance(source, pd.DataFrame):
        frame, rejected = from_table(rules, source)
        return Source(frame, rejected, 0, len(source))
    path = Path(source)
    if path.is_file():
        raw, torn = read_table(path)
        frame, rejected = from_table(rules, raw)
        return Source(frame, pd.concat([torn, rejected], ignore_index=True), 1, len(raw) + len(torn))
    try:
        files = headers.find_files(path, prefix=prefix, suffix=suffix)
    except FileNotFoundError as error:
        raise SourceError(str(error)) from None
    keywords = rules["keywords"].rows
    wanted = {hdu: tuple(rows["keyword"]) for hdu, rows in keywords.groupby("hdu", sort=False) if hdu != "TABLE"}
    frame, rejected = headers.read_files(files, path, wanted, track=track)
    return Source(frame.reindex(columns=_columns(rules), fill_value=""), rejected, len(files), len(frame))


def _columns(rules: Rules) -> list[str]:
    return ["exposure", "file", *rules["keywords"].rows["keyword"]]


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
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None


def _read_csv(path: Path) -> Split:
    exact = {"dtype": "str", "keep_default_na": False, "na_filter": False, "encoding": "utf-8-sig", "index_col": False}
    torn: list[list[str]] = []
    try:
        frame = pd.read_csv(path, **exact)
    except pd.errors.ParserError:
        frame = pd.read_csv(path, engine="python", on_bad_lines=torn.append, **exact)
    lines = pd.DataFrame({"what": [line[0] for line in torn]}, dtype="str")
    reason = f"a line of more than {frame.shape[1]} cells"
    return Split(frame, reject(lines, "table", reason, "", [",".join(line) for line in torn]))


def from_table(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a table as headers: keywords as columns, one for each name, absent ones blank.

    Args:
        rules: a JWST rule set.
        table: columns named by keyword in any case, and one that names the exposure (or a text index).

    Raises:
        SourceError: no column names the exposure, or a required keyword has no column.
    """
    keywords = rules["keywords"].rows
    try:
        named = columns.rename(table, keywords["keyword"])
    except ValueError as error:
        raise SourceError(str(error)) from None
    required = keywords.loc[keywords["required"] == "true", "keyword"]
    lacking = [keyword for keyword in required if keyword not in named]
    if lacking:
        raise SourceError(f"the table has no column {', '.join(lacking)}")
    names = headers.exposure_names(text(words(rules), _names(rules, named)))
    frame = named.reindex(columns=_columns(rules), fill_value="").assign(exposure=names, file="")
    frame = frame.reset_index(drop=True)
    blank = frame["exposure"].isna()
    rows = pd.DataFrame({"what": [f"row {i + 1}" for i in frame.index[blank]]}, dtype="str")
    told = reject(rows, "jwst/headers", "missing", "exposure", [""] * len(rows))
    return Split(frame[~blank], told)


def _names(rules: Rules, table: pd.DataFrame) -> pd.Series:
    """Return the column that names the exposure: the first of the table's ``exposure_names``, or the index."""
    ranked = rules["exposure_names"].rows
    wanted = ranked["column"].iloc[ranked["priority"].astype(int).argsort()]
    spelled = {str(column).lower(): column for column in table.columns}
    for column in wanted:
        if column.lower() in spelled:
            return table[spelled[column.lower()]]
    if isinstance(table.index, pd.RangeIndex):
        raise SourceError(f"no column names the exposure: none of {', '.join(wanted)}")
    return table.index.to_series(index=table.index)
