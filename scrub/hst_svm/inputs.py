"""Where mosaics come from: a folder of QA files or with a summary, a table file, or a frame."""

import warnings
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files import digest, hdf5
from scrub.files.folders import Found, find_files
from scrub.files.table_files import SourceError, Track, read_table, untracked
from scrub.frames import columns
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Split, join, none_rejected
from scrub.frames.spelling import bare, first_of
from scrub.hst_svm.mosaics import list_columns
from scrub.hst_svm.qa import read_qa
from scrub.hst_svm.summary import from_summary
from scrub.pipeline.column_names import list_lookalikes
from scrub.pipeline.dataset_names import name_datasets, split_rows
from scrub.pipeline.load import Loaded, find_path, fit
from scrub.pipeline.load import load as load_any
from scrub.tables import Rules

_STAGE = "hst_svm/qa"
HDF5 = (".h5", ".hdf5", ".hdf")


class Inputs(NamedTuple):
    """Mosaics as they were read, what could not be, how many files and data sets, the input's hash, and its form.

    ``passed_over`` are the folders that nobody looked into.
    """

    qa: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    datasets: int
    sha256: str
    passed_over: tuple[str, ...]
    cached: int
    form: str


def load(rules: Rules, source: pd.DataFrame | str | Path, *, track: Track = untracked) -> Inputs:
    """Return the mosaics of an input, whatever it is.

    Args:
        rules: an HST mosaic rule set.
        source: a frame or a table file of QA results; a folder of QA files; a summary, or a folder with one.
        track: wraps the iteration over files, to show progress.

    Raises:
        SourceError: nothing there to read, several summaries, or columns that must be there are not.
    """
    if summary := _find_summary(rules, source):
        raw, torn = read_table(summary)
        read = partial(from_summary, rules, folder=summary.parent, track=track)
        return Inputs(*fit(read, raw, torn, files=1)._replace(sha256=digest.of_file(summary)), "summary")
    read_folder = partial(_load_qa, rules, track=track)
    return Inputs(*load_any(source, partial(from_table, rules), read_folder, read=_read_any), "qa")


def _read_any(path: Path) -> Split:
    return Split(hdf5.read_table(path), none_rejected()) if path.suffix in HDF5 else read_table(path)


def _find_summary(rules: Rules, source: pd.DataFrame | str | Path) -> Path | None:
    """Return the summary that an input is, or that its folder has in place of QA files.

    Raises:
        SourceError: a folder with several.
    """
    path, pattern = find_path(source), rules["files"].column("pattern")
    if path is None:
        return None
    if path.is_file():
        return path if path.match(pattern["summary"]) else None
    if not path.is_dir() or _list_qa(rules, path).files:
        return None
    summaries = sorted(path.glob(pattern["summary"]))
    if len(summaries) > 1:
        raise SourceError(f"{path}: several summaries, choose one: {', '.join(s.name for s in summaries)}")
    return summaries[0] if summaries else None


def _list_qa(rules: Rules, folder: Path) -> Found:
    """Return the QA files of a folder, or of the folders in it when it has none itself."""
    pattern = rules["files"].column("pattern")["qa"]
    return find_files(folder, partial(fnmatchcase, pat=pattern))


def _load_qa(rules: Rules, path: Path, *, track: Track) -> Loaded:
    """Return the QA files of a folder as mosaics."""
    if not path.is_dir():
        raise SourceError(f"{path}: no such folder or file")
    files, odd, passed_over = _list_qa(rules, path)
    if not files and odd.empty:
        qa, summary = (rules["files"].column("pattern")[what] for what in ("qa", "summary"))
        raise SourceError(f"{path}: no files named {qa}, there or one folder down, nor {summary}")
    raw, unread = read_qa(rules, [path / file for file in files], path, track=track)
    if raw.empty:
        raw = raw.reindex(columns=["index", *(row["column"] for row in list_columns(rules, "qa") if row["block"])])
    loaded = fit(partial(from_table, rules), raw, join([odd, unread]), files=len(files) + len(odd))
    return loaded._replace(passed_over=passed_over)


def from_table(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a table of QA results with the columns that are needed, by the last part of their dotted names.

    Args:
        rules: an HST mosaic rule set.
        table: columns such as ``header.TARGNAME``; a column (or a text index) names the data set.

    Raises:
        SourceError: columns that must be there are not, all of them named; two columns that may be meant; or a
            column that is one letter from the one that is meant, or a second one of its name, without a first.

    Warns:
        UserWarning: a column that may be absent is, and what stands for it.

    >>> from scrub import hst_svm
    >>> from_table(hst_svm.read_rules(), pd.DataFrame({"header.TARGNAME": ["ANY"]}, index=["hst_1"]))
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: the table has no column ra_targ, dec_targ, numexp, imgname, point, segment, detector
    """  # noqa: E501
    rows = list_columns(rules, "qa")
    names = name_datasets(rules, table)
    last = [bare(first_of(str(column)).rpartition(".")[2]) for column in table.columns]
    positions = {row["column"]: _find_column(table, last, row) for row in rows}
    lacking = [row["column"] for row in rows if row["required"] == "true" and positions[row["column"]] is None]
    absent = [column for column, position in positions.items() if position is None]
    read_from = [str(table.columns[position]) for position in positions.values() if position is not None]
    try:
        columns.refuse_seconds(read_from, map(first_of, read_from))
        columns.refuse_misspelt(last, absent, known=list_lookalikes(rules))
    except ValueError as error:
        raise SourceError(f"the table: {error}") from None
    if lacking:
        raise SourceError(f"the table has no column {', '.join(lacking)}")
    read = {"index": names}
    for row in rows:
        position = positions[row["column"]]
        if position is not None:
            read[row["column"]] = table.iloc[:, position]
        elif row["absent"]:
            warnings.warn(f"no column {row['column']}: {row['absent']} stands for it", UserWarning, stacklevel=2)
            read[row["column"]] = pd.Series(row["absent"], index=table.index, dtype=TEXT)
    return split_rows(pd.DataFrame(read), _STAGE)


def _find_column(table: pd.DataFrame, last: Sequence[str], row: Mapping[str, str]) -> int | None:
    """Return the position of the column that is meant: by the last part of its name, or what it becomes."""
    for positions in (
        [i for i, name in enumerate(last) if name == row["column"]],
        [i for i, name in enumerate(last) if name and name == row["name"]],
    ):
        if len(positions) > 1:
            whole = f"{row['block']}.{row['column']}".lower()
            chosen = [i for i in positions if bare(first_of(str(table.columns[i]))) == whole]
            if len(chosen) != 1:
                names_ = ", ".join(str(table.columns[i]) for i in positions)
                raise SourceError(f"{row['column']} may be any of the columns {names_}")
            return chosen[0]
        if positions:
            return positions[0]
    return None
