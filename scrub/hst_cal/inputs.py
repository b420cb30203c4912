"""Where data sets come from: a folder of feature files, a table file, or a frame."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files import digest
from scrub.files.folders import Found, find_files
from scrub.files.table_files import SourceError, Track, untracked
from scrub.frames import columns
from scrub.frames.cells import TEXT
from scrub.frames.rejects import REJECTED, Split, join, none_rejected, write
from scrub.hst_cal.stages import INPUTS
from scrub.pipeline.column_names import list_lookalikes, name_columns
from scrub.pipeline.dataset_names import list_names, name_datasets, split_rows
from scrub.pipeline.load import Loaded, find_path, fit
from scrub.pipeline.load import load as load_any
from scrub.tables import Rules


class Inputs(NamedTuple):
    """Data sets as they were read, what could not be, how many files and data sets there were, and the input's hash."""

    inputs: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    datasets: int
    sha256: str
    passed_over: tuple[str, ...]
    cached: int


def load(rules: Rules, source: pd.DataFrame | str | Path, *, track: Track = untracked) -> Inputs:
    """Return the data sets of an input, whatever it is: see ``hst_cal.run``.

    Args:
        rules: an HST calibration rule set.
        source: a frame, a table file, a feature file, or a folder of them.
        track: wraps the iteration over files, to show progress.

    Raises:
        SourceError: nothing there to read.
    """
    read_folder = partial(_load_folder, rules, track=track)
    path = find_path(source)
    if path and path.is_file() and path.name.endswith(_list_suffixes(rules)):
        return Inputs(*read_folder(path)._replace(sha256=digest.of_file(path)))
    return Inputs(*load_any(source, partial(from_table, rules), read_folder))


def _list_suffixes(rules: Rules) -> tuple[str, ...]:
    return tuple(rules["files"].rows["suffix"])


def _load_folder(rules: Rules, path: Path, *, track: Track) -> Loaded:
    """Return the feature files of a folder, or the one that is named."""
    suffixes = _list_suffixes(rules)
    try:
        listed = (
            Found([path.name], none_rejected())
            if path.is_file()
            else find_files(path, lambda name: name.endswith(suffixes))
        )
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    if not listed.files and listed.rejected.empty:
        raise SourceError(f"{path}: no files named *{', *'.join(suffixes)}, there or one folder down")
    folder = path.parent if path.is_file() else path
    raw, unread = from_files(rules, [folder / file for file in listed.files], folder, track=track)
    files = len(listed.files) + len(listed.rejected)
    loaded = fit(partial(from_table, rules), raw, join([listed.rejected, unread]), files=files)
    return loaded._replace(passed_over=listed.passed_over)


def from_table(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a table with one column for each input, whatever the case of its names; one that may be absent is blank.

    Args:
        rules: an HST calibration rule set.
        table: columns named by keyword, and one that names the data set (or a text index).

    Raises:
        SourceError: no column names the data set, a required input has no column, or a column's name is in doubt.
    """
    rows = rules["inputs"].records()
    wanted = [row["column"] for row in rows]
    frame = name_columns(rules, table, [*wanted, *list_names(rules)])
    names = name_datasets(rules, frame)
    if lacking := [row["column"] for row in rows if row["required"] == "true" and row["column"] not in frame]:
        raise SourceError(f"the table has no column {', '.join(lacking)}")
    frame = columns.keep(frame, wanted).reindex(columns=["dataset", *wanted], fill_value="").assign(dataset=names)
    return split_rows(frame, INPUTS)


def from_files(rules: Rules, files: Sequence[Path], folder: Path, *, track: Track = untracked) -> Split:
    """Return feature files, ``keyword=value`` a line, as a table; those that are none are rejected by their path.

    The name of the data set stands before the suffix that the rule table ``files`` has.

    Args:
        rules: an HST calibration rule set.
        files: feature files.
        folder: the folder that the names of rejected files are relative to.
        track: wraps the iteration over files, to show progress.
    """
    inputs, forms = rules["inputs"].records(), rules["files"].records()
    rows, unread = [], []
    for file in track(files, total=len(files), desc="files"):
        form = next(row for row in forms if file.name.endswith(row["suffix"]))
        try:
            _check_name(file)
            keywords = _name_keywords(rules, inputs, _read_keywords(file, form["separator"]))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            unread.append([write(file.relative_to(folder).as_posix()), "files", f"cannot be read: {why}", "", ""])
        else:
            rows.append({**keywords, "dataset": file.name.removesuffix(form["suffix"])})
    wanted = ["dataset", *(row["column"] for row in inputs)]
    frame = pd.DataFrame(rows, columns=None if rows else wanted, dtype=TEXT)
    return Split(frame, pd.DataFrame(unread, columns=REJECTED, dtype=TEXT))


def _check_name(file: Path) -> None:
    """Refuse a file whose name, which names its data set, no table can hold.

    Raises:
        ValueError: it is not UTF-8.
    """
    if write(file.name) != file.name:
        raise ValueError("its name is not UTF-8")


def _name_keywords(rules: Rules, inputs: Sequence[Mapping[str, str]], keywords: Mapping[str, str]) -> dict[str, str]:
    """Return the keywords of one file as the rules spell them.

    Raises:
        ValueError: a required keyword is not there, or a keyword is there twice or one letter from one that is not.
    """
    names = columns.spell(list(keywords), [row["column"] for row in inputs], known=list_lookalikes(rules))
    named = dict(zip(names, keywords.values(), strict=True))
    if lacking := [row["column"] for row in inputs if row["required"] == "true" and row["column"] not in named]:
        raise ValueError(f"no keyword {', '.join(lacking)}")
    return named


def _read_keywords(file: Path, separator: str) -> dict[str, str]:
    """Return the keywords of one file.

    Raises:
        ValueError: a line without the separator, or a keyword that is there twice.
    """
    keywords: dict[str, str] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        keyword, mark, value = line.strip().partition(separator)
        if mark and keyword not in keywords:
            keywords[keyword] = value
        elif line.strip():
            raise ValueError(f"line {number} " + (f"has {keyword} again" if mark else f"has no {separator}"))
    return keywords
