"""Where mosaics come from: a folder of QA files or with a summary, a table file, or a frame."""

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.files import hdf5
from scrub.files.table_files import SourceError, read_table, untracked
from scrub.frames import columns
from scrub.frames.rejects import Split, none_rejected
from scrub.hst_svm.mosaics import columns_of
from scrub.hst_svm.qa import read_qa
from scrub.hst_svm.summary import from_summary
from scrub.pipeline.dataset_names import named, names
from scrub.tables import Rules

_STAGE = "hst_svm/qa"
HDF5 = (".h5", ".hdf5", ".hdf")


class Source(NamedTuple):
    """Mosaics as they were read, what could not be, how many files and data sets, and from which form."""

    qa: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    datasets: int
    form: str


def load(
    rules: Rules,
    source: pd.DataFrame | str | Path,
    *,
    track: Callable[..., Iterable[Any]] = untracked,
) -> Source:
    """Return the mosaics of a source, whatever it is.

    Args:
        rules: an HST mosaic rule set.
        source: a frame or a table file of QA results; a folder of QA files; a summary, or a folder with one.
        track: wraps the iteration over files, to show progress.

    Raises:
        SourceError: nothing there to read, several summaries, or columns that must be there are not.
    """
    if isinstance(source, pd.DataFrame):
        return _from_table(rules, source, 0)
    path = Path(source)
    pattern = rules["files"].column("pattern")
    if path.is_file():
        raw, torn = (hdf5.read_table(path), none_rejected()) if path.suffix in HDF5 else read_table(path)
        if path.match(pattern["summary"]):
            return _from_summary(rules, raw, torn, path.parent, track)
        return _from_table(rules, raw, 1, torn)
    if not path.is_dir():
        raise SourceError(f"{path}: no such folder or file")
    files = sorted(path.glob(pattern["qa"])) or sorted(path.glob(f"*/{pattern['qa']}"))
    if files:
        raw, unread = read_qa(rules, files, path, track=track)
        if raw.empty:
            raw = raw.reindex(columns=["index", *(row["column"] for row in columns_of(rules, "qa") if row["block"])])
        return _from_table(rules, raw, len(files), unread)
    summaries = sorted(path.glob(pattern["summary"]))
    if not summaries:
        raise SourceError(f"{path}: no files named {pattern['qa']}, there or one folder down, nor {pattern['summary']}")
    if len(summaries) > 1:
        raise SourceError(f"{path}: several summaries, choose one: {', '.join(s.name for s in summaries)}")
    return _from_summary(rules, *read_table(summaries[0]), path, track)


def _from_table(rules: Rules, raw: pd.DataFrame, files: int, unread: pd.DataFrame | None = None) -> Source:
    unread = none_rejected() if unread is None else unread
    frame, rejected = from_table(rules, raw)
    return Source(frame, pd.concat([unread, rejected], ignore_index=True), files, _rows(raw, unread), "qa")


def _from_summary(
    rules: Rules, raw: pd.DataFrame, torn: pd.DataFrame, folder: Path, track: Callable[..., Iterable[Any]]
) -> Source:
    frame, rejected = from_summary(rules, raw, folder, track=track)
    return Source(frame, pd.concat([torn, rejected], ignore_index=True), 1, _rows(raw, torn), "summary")


def _rows(raw: pd.DataFrame, unread: pd.DataFrame) -> int:
    """Return how many data sets came in: rows, and those that were set aside before they became one."""
    return len(raw) + int((unread["stage"] != "files").sum())


def from_table(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a table of QA results with the columns that are needed, by the last part of their dotted names.

    Args:
        rules: an HST mosaic rule set.
        table: columns such as ``header.TARGNAME``; a column (or a text index) names the data set.

    Raises:
        SourceError: columns that must be there are not, all of them named; or two columns that may be meant.

    Warns:
        UserWarning: a column that may be absent is, and what stands for it.

    >>> from scrub import hst_svm
    >>> from_table(hst_svm.read_rules(), pd.DataFrame({"header.TARGNAME": ["ANY"]}, index=["hst_1"]))
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: the table has no column ra_targ, dec_targ, numexp, imgname, point, segment, detector
    """  # noqa: E501
    asked = columns_of(rules, "qa")
    told = names(rules, table)
    found = {row["column"]: _column(table, row) for row in asked}
    lacking = [row["column"] for row in asked if row["required"] == "true" and found[row["column"]] is None]
    if lacking:
        raise SourceError(f"the table has no column {', '.join(lacking)}")
    read = {"index": told}
    for row in asked:
        place = found[row["column"]]
        if place is not None:
            read[row["column"]] = table.iloc[:, place]
        elif row["absent"]:
            warnings.warn(f"no column {row['column']}: {row['absent']} stands for it", UserWarning, stacklevel=2)
            read[row["column"]] = pd.Series(row["absent"], index=table.index, dtype="str")
    return named(pd.DataFrame(read), _STAGE)


def _column(table: pd.DataFrame, row: dict[str, str]) -> int | None:
    """Return the place of the column that is meant: by the last part of its name, or what it becomes."""
    whole = [str(column).lower() for column in table.columns]
    last = columns.leaves(table).columns
    for places in (
        [i for i, name in enumerate(last) if name == row["column"]],
        [i for i, name in enumerate(last) if name and name == row["name"]],
    ):
        if len(places) > 1:
            chosen = [i for i in places if whole[i] == f"{row['block']}.{row['column']}".lower()]
            if len(chosen) != 1:
                names_ = ", ".join(str(table.columns[i]) for i in places)
                raise SourceError(f"{row['column']} may be any of the columns {names_}")
            return chosen[0]
        if places:
            return places[0]
    return None
