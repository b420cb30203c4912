"""Where exposures come from: a folder of FITS files, near or far away, a table file, or a frame."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.files import fits_headers, remote, remote_folders, urls
from scrub.files.folders import Found
from scrub.files.table_files import SourceError, Track, untracked
from scrub.frames.cells import TEXT, make_text
from scrub.frames.rejects import Split, join, none_rejected
from scrub.frames.spelling import bare
from scrub.pipeline.column_names import list_lookalikes, name_columns
from scrub.pipeline.dataset_names import read_names, split_rows
from scrub.pipeline.load import Loaded, UrlReader
from scrub.pipeline.load import load as load_any
from scrub.tables import Rules, words
from scrub.tables.rules import once

WHERE_THERE = ("checked_keywords", "optional_keywords")  # tables of keywords that are read where an input has them


class Inputs(NamedTuple):
    """Headers as they were read, what could not be, how many files and exposures there were, and the input's hash.

    ``cached`` is the number of files whose headers were in the cache.
    """

    headers: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    exposures: int
    sha256: str
    passed_over: tuple[str, ...]
    cached: int


def load(
    rules: Rules,
    source: pd.DataFrame | str | Path,
    *,
    prefix: str = "",
    suffix: str = "_uncal.fits",
    fast: bool = False,
    cache: Path | None = None,
    track: Track = untracked,
) -> Inputs:
    """Return the headers of an input, whatever it is.

    Args:
        rules: a JWST rule set.
        source: a frame, a table file (CSV, Parquet) or a folder of FITS files; a URL of a folder or a file; a list of
            URLs (a text file ``.txt``, or a table with a column of URLs and without keywords).
        prefix: of the files of a folder, those whose name starts so.
        suffix: and ends so.
        fast: whether packed files are read no further than their headers, so that their checksums do not count.
        cache: a Parquet file of headers that were read before; of a folder alone.
        track: wraps the iteration over files, to show progress.

    Raises:
        SourceError: nothing there to read, or columns that must be there are not.
    """
    files = partial(fits_headers.find_files, prefix=prefix, suffix=suffix)
    read_folder = partial(_load_folder, rules, find=files, fast=fast, cache=cache, track=track)
    is_wanted = partial(fits_headers.is_wanted, prefix=prefix, suffix=suffix)
    read_urls = partial(_load_urls, rules, is_wanted=is_wanted, fast=fast, cache=cache, track=track)
    return Inputs(
        *load_any(
            source, partial(from_table, rules), read_folder, from_urls=UrlReader(partial(_take_urls, rules), read_urls)
        )
    )


def _load_folder(
    rules: Rules, path: Path, *, find: Callable[[Path], Found], fast: bool, cache: Path | None, track: Track
) -> Loaded:
    """Return the headers of the FITS files of a folder."""
    try:
        files, unread, passed_over = find(path)
    except FileNotFoundError as error:
        raise SourceError(str(error)) from None
    read = read_headers(rules, files, path, fast=fast, cache=cache, track=track)
    rejected = join([unread, read.rejected])
    return read._replace(rejected=rejected, files=read.files + len(unread), passed_over=passed_over)


def read_headers(
    rules: Rules,
    files: Sequence[str],
    folder: Path,
    *,
    fast: bool = False,
    cache: Path | None = None,
    track: Track = untracked,
) -> Loaded:
    """Return the headers of some FITS files, as ``load`` returns those of a folder.

    Args:
        rules: a JWST rule set.
        files: paths of the files below the folder, as the column ``file`` has them.
        folder: where the files are.
        fast: whether packed files are read no further than their headers.
        cache: a Parquet file of headers that were read before.
        track: wraps the iteration over files, to show progress.
    """
    wanted, neighbours = _plan_headers(rules)
    read = fits_headers.read_files(files, folder, wanted, neighbours=neighbours, fast=fast, cache=cache, track=track)
    return _account(rules, read, len(files), none_rejected(), ())


def _load_urls(
    rules: Rules,
    lines: Sequence[str],
    *,
    is_wanted: Callable[[str], bool],
    fast: bool,
    cache: Path | None,
    track: Track,
) -> Loaded:
    """Return the headers of the FITS files of URLs; a single one may be a folder."""
    if cache:
        raise SourceError(f"{cache}: a cache is of the files of a folder: leave --cache out for {urls.show(lines[0])}")
    listed = (
        remote_folders.find_files(lines[0], is_wanted)
        if len(lines) == 1
        else remote_folders.list_files(lines, is_wanted)
    )
    wanted, neighbours = _plan_headers(rules)
    read = remote.read_files(listed, wanted, neighbours=neighbours, fast=fast, track=track)
    return _account(rules, read, len(listed.files), listed.rejected, listed.passed_over)


def _take_urls(rules: Rules, table: pd.DataFrame) -> list[str] | None:
    """Return the URLs of a table that is a list of files: one without any keyword that must be there."""
    return urls.take_column(table) if is_list_of_files(rules, table) else None


def is_list_of_files(rules: Rules, table: pd.DataFrame) -> bool:
    """Return whether a table has no keyword that must be there, so that it may be a list of files.

    Args:
        rules: a JWST rule set.
        table: any table.

    >>> from scrub import tables
    >>> is_list_of_files(tables.read("jwst"), pd.DataFrame({"uri": ["s3://stpubdata/jwst/a_uncal.fits"]}))
    True
    """
    names = {bare(column) for column in table.columns}
    return not names & {keyword.lower() for keyword in list_keywords(rules).required}


def _plan_headers(rules: Rules) -> tuple[dict[str, list[str]], list[str]]:
    """Return the wanted keywords of each extension, and keywords that may stand one letter off a wanted one."""
    wanted: dict[str, list[str]] = {}
    tables = (rules[name] for name in ("keywords", *WHERE_THERE) if name in rules.tables)
    for row in (row for table in tables for row in table.records() if row["hdu"] != "TABLE"):
        wanted.setdefault(row["hdu"], []).append(row["keyword"])
    return wanted, [name.upper() for name in list_lookalikes(rules)]


def _account(
    rules: Rules, read: fits_headers.Headers, files: int, unread: pd.DataFrame, passed_over: tuple[str, ...]
) -> Loaded:
    """Return headers with every keyword as a column, and an account of the files."""
    wanted, _ = _plan_headers(rules)
    there = [keyword for keyword in list_keywords(rules).checked if any(keyword in own for own in wanted.values())]
    headers = read.good.reindex(columns=["exposure", "file", *list_keywords(rules).keywords, *there], fill_value="")
    rejected = join([unread, read.rejected])
    return Loaded(headers, rejected, files + len(unread), len(headers), passed_over=passed_over, cached=read.cached)


class Keywords(NamedTuple):
    """The keywords that are read, those that are read where they are there, those that must be there, and names.

    ``names`` has the columns that name an exposure, ``others`` pairs of another name of a column and its keyword.
    """

    keywords: tuple[str, ...]
    checked: tuple[str, ...]
    required: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of columns that are read."""
        return (*self.keywords, *self.checked, *(column for column, _ in self.names))


# What stands behind the detector of an exposure's name is the kind of its file: one exposure has many of them.
_TAIL = re.compile(r"^(jw[0-9]{11}_[0-9a-z]{5}_[0-9]{5}(?:-seg[0-9]{3})?_[a-z0-9]+)[_.].*$", re.IGNORECASE)
_count_bars = methodcaller("count", "_")
_BARS = 4  # in the name of a file, at least, unless its kind stands behind a full stop


@once
def list_keywords(rules: Rules) -> Keywords:
    """Return the columns of a table that are read."""
    rows = rules["keywords"].records()
    ranked = sorted(rules["exposure_names"].records(), key=lambda row: int(row["priority"]))
    return Keywords(
        tuple(row["keyword"] for row in rows),
        tuple(row["keyword"] for name in WHERE_THERE if name in rules.tables for row in rules[name].records()),
        tuple(row["keyword"] for row in rows if row["required"] == "true"),
        tuple((row["column"], row["unless"]) for row in ranked),
        tuple((row["column"], row["keyword"]) for row in rules["column_names"].records()),
    )


def from_table(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a table as headers: keywords as columns, one for each name, absent ones blank.

    Args:
        rules: a JWST rule set.
        table: columns named by keyword in any case and with any blanks, and one that names the exposure (or an index).

    Raises:
        SourceError: no column names the exposure, a required keyword has no column, or the name of a
            column is in doubt.
    """
    return split_rows(to_headers(rules, table), "jwst/headers")


def to_headers(rules: Rules, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as headers row by row, as ``from_table`` does, with the rows that it would reject.

    Args:
        rules: a JWST rule set.
        table: as ``from_table`` takes it.

    Raises:
        SourceError: as ``from_table`` raises it.

    >>> from scrub import tables
    >>> row = {"program": "1018", "observtn": "1", "instrume": "NIRCAM", "exp_type": "NRC_IMAGE", "filename": ""}
    >>> to_headers(tables.read("jwst"), pd.DataFrame([row]))[["exposure", "PROGRAM"]].values.tolist()
    [[nan, '1018']]
    >>> row["filename"] = "jw01018001001_02101_00002_nrca1_rateints.h5"
    >>> to_headers(tables.read("jwst"), pd.DataFrame([row]))["exposure"].tolist()
    ['jw01018001001_02101_00002_nrca1']
    """
    plan = list_keywords(rules)
    renamed = name_columns(rules, _rename_others(plan, table), plan.wanted)
    lacking = [keyword for keyword in plan.required if keyword not in renamed]
    if lacking:
        raise SourceError(f"the table has no column {', '.join(lacking)}")
    names = _drop_kinds(fits_headers.exposure_names(_name_exposures(rules, renamed)))
    blank = make_text([""]).repeat(len(renamed))
    known = {keyword: _take_cells(renamed[keyword]) if keyword in renamed else blank for keyword in plan.keywords}
    known |= {keyword: _take_cells(renamed[keyword]) for keyword in plan.checked if keyword in renamed}
    return pd.DataFrame({"exposure": names, "file": blank, **known})


def _drop_kinds(names: pd.Series) -> Any:
    """Return the names of exposures without the kind of their file, which stands behind the detector."""
    listed = names.dropna().tolist()
    if "." not in "".join(listed) and max(map(_count_bars, listed), default=0) < _BARS:
        return names.array
    return names.str.replace(_TAIL, r"\1", regex=True).array


def _rename_others(plan: Keywords, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the keyword of each column that has another name, where no column has the keyword's own."""
    there = {bare(column): column for column in table.columns}
    pairs = ((there.get(column.lower()), keyword) for column, keyword in plan.others if keyword.lower() not in there)
    names = {column: keyword for column, keyword in pairs if column is not None}
    return table.rename(columns=names) if names else table


def _take_cells(cells: pd.Series) -> Any:
    """Return the cells of a column; objects as a column, of which pandas makes no text."""
    return cells if cells.dtype == object else cells.array


def _name_exposures(rules: Rules, table: pd.DataFrame) -> pd.Series:
    """Return the name of each exposure: of the columns in ``exposure_names``, the first whose cell is one.

    A cell that fits the column's ``unless`` names only where nothing else does: archive exports have the
    exposure's number in a column ``exposure``. A table without such a column is named by its text index.
    """
    spellings, ranked = words(rules), list_keywords(rules).names
    names = pd.Series(None, index=table.index, dtype=TEXT)
    weak, has_column = names, False
    for column, unless in ranked:
        if column in table and not (has_column and names.notna().all()):
            cells = read_names(spellings, table[column])
            is_name = ~cells.str.fullmatch(unless).fillna(False) if unless else cells.notna()
            own = cells.where(is_name)
            names, weak = (names.fillna(own), weak.fillna(cells)) if has_column else (own, cells)
            has_column = True
    if not has_column and isinstance(table.index, pd.RangeIndex):
        raise SourceError(f"no column names the exposure: none of {', '.join(column for column, _ in ranked)}")
    if has_column and names.notna().all():
        return names
    index = table.index.to_series(index=table.index)
    if has_column and not pd.api.types.is_string_dtype(table.index.dtype):
        return names.fillna(weak)
    return names.fillna(read_names(spellings, index)).fillna(weak)


def find_name_column(rules: Rules, table: pd.DataFrame) -> str:
    """Return the column that names the exposures of a table: of those that may, the first with a name in it.

    Args:
        rules: a JWST rule set.
        table: as ``from_table`` takes it.

    >>> from scrub import tables
    >>> export = pd.DataFrame({"Exposure": ["1"], "fileName": ["jw01018001001_02101_00001_nrca1_cal.fits"]})
    >>> find_name_column(tables.read("jwst"), export)
    'fileName'
    """
    spelled = {bare(column): str(column) for column in table.columns}
    for column, unless in list_keywords(rules).names:
        if own := spelled.get(column.lower()):
            cells = read_names(words(rules), table[own]).dropna()
            if not unless or not cells.str.fullmatch(unless).all():
                return own
    return "exposure"
