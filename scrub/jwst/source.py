"""Where exposures come from: a folder of FITS files, a table file, or a frame."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.files import fits_headers
from scrub.files.table_files import SourceError, read_table, untracked
from scrub.frames import columns
from scrub.frames.cells import text
from scrub.frames.rejects import Split, reject
from scrub.tables import Rules, words


class Source(NamedTuple):
    """Headers as they were read, what could not be, and how many files and exposures there were."""

    headers: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    exposures: int


def load(
    rules: Rules,
    source: pd.DataFrame | str | Path,
    *,
    prefix: str = "",
    suffix: str = "_uncal.fits",
    track: Callable[..., Iterable[Any]] = untracked,
) -> Source:
    """Return the headers of a source, whatever it is.

    Args:
        rules: a JWST rule set.
        source: a frame, a table file (CSV, Parquet) or a folder of FITS files.
        prefix: of the files of a folder, those whose name starts so.
        suffix: and ends so.
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
        files = fits_headers.find_files(path, prefix=prefix, suffix=suffix)
    except FileNotFoundError as error:
        raise SourceError(str(error)) from None
    keywords = rules["keywords"].rows
    wanted = {str(hdu): list(rows["keyword"]) for hdu, rows in keywords.groupby("hdu", sort=False) if hdu != "TABLE"}
    frame, rejected = fits_headers.read_files(files, path, wanted, track=track)
    return Source(frame.reindex(columns=_columns(rules), fill_value=""), rejected, len(files), len(frame))


def _columns(rules: Rules) -> list[str]:
    return ["exposure", "file", *rules["keywords"].rows["keyword"]]


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
        named = columns.rename(table, [*keywords["keyword"], *rules["exposure_names"].rows["column"]])
    except ValueError as error:
        raise SourceError(str(error)) from None
    required = keywords.loc[keywords["required"] == "true", "keyword"]
    lacking = [keyword for keyword in required if keyword not in named]
    if lacking:
        raise SourceError(f"the table has no column {', '.join(lacking)}")
    names = fits_headers.exposure_names(_names(rules, named))
    known = columns.keep(named, list(keywords["keyword"]))
    frame = known.reindex(columns=_columns(rules), fill_value="").assign(exposure=names, file="")
    frame = frame.reset_index(drop=True)
    blank = frame["exposure"].isna()
    rows = pd.DataFrame({"what": [f"row {i + 1}" for i in frame.index[blank]]}, dtype="str")
    told = reject(rows, "jwst/headers", "missing", "exposure", [""] * len(rows))
    return Split(frame[~blank], told)


def _names(rules: Rules, table: pd.DataFrame) -> pd.Series:
    """Return the name of each exposure: of the columns in ``exposure_names``, the first whose cell is one.

    A cell that fits the column's ``unless`` names only where nothing else does: archive exports have the
    exposure's number in a column ``exposure``. A table without such a column is named by its text index.
    """
    spell = words(rules)
    ranked = sorted(rules["exposure_names"].records(), key=lambda row: int(row["priority"]))
    names = pd.Series(None, index=table.index, dtype="str")
    weak = names
    found = False
    for row in ranked:
        if row["column"] in table and not (found and names.notna().all()):
            cells = text(spell, table[row["column"]])
            is_name = ~cells.str.fullmatch(row["unless"]).fillna(False) if row["unless"] else cells.notna()
            names, weak, found = names.fillna(cells.where(is_name)), weak.fillna(cells), True
    if not found and isinstance(table.index, pd.RangeIndex):
        raise SourceError(f"no column names the exposure: none of {', '.join(row['column'] for row in ranked)}")
    index = table.index.to_series(index=table.index)
    if found and not pd.api.types.is_string_dtype(table.index.dtype):
        return names.fillna(weak)
    return names.fillna(text(spell, index)).fillna(weak)
