"""Summaries: mosaics whose QA did not run, told from the list of visits, their images and their catalogs."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from scrub.files.shipped import leaving
from scrub.files.table_files import SourceError, untracked
from scrub.frames import columns
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.hst_svm.alignments import from_images
from scrub.hst_svm.mosaics import index_of, parse
from scrub.tables import Rules, words

_STAGE = "hst_svm/qa"
_UNREADABLE = -1


def from_summary(
    rules: Rules,
    table: pd.DataFrame,
    folder: Path,
    *,
    track: Callable[..., Iterable[Any]] = untracked,
) -> Split:
    """Return a summary as a QA table: the names made, images found, the sources of catalogs counted.

    Args:
        rules: an HST mosaic rule set.
        table: proposal, visit, config (``instrument/detector``), n_exposures and target.
        folder: where the visits' folders are; catalogs may lie in it too.
        track: wraps the iteration over visits, to show progress.

    Raises:
        SourceError: columns that the summary lacks, all of them named.
    """
    frame, rejected = _visits(rules, table)
    frame = frame.assign(**_images(rules, frame, folder))
    counts = _counts(rules, frame, folder, track)
    faults = [Fault(counts[c] == _UNREADABLE, "a catalog that cannot be read", str(c), frame["index"]) for c in counts]
    good, unread = set_aside(frame.assign(**counts), _STAGE, faults)
    wanted = ["index", "targname", "ra_targ", "dec_targ", "numexp", "imgname", *counts.columns]
    return Split(good[wanted], pd.concat([rejected, unread], ignore_index=True))


def _visits(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a summary with its columns renamed, and the name of each data set."""
    rows = rules["summary"].records()
    named = columns.rename(table, [row["column"] for row in rows]).reset_index(drop=True)
    lacking = [row["column"] for row in rows if row["column"] not in named]
    if lacking:
        raise SourceError(f"the summary has no column {', '.join(lacking)}")
    spell = words(rules)
    read: dict[str, pd.Series] = {}
    faults = []
    for row in rows:
        values, unreadable = parse(spell, named[row["column"]], row["kind"])
        cells = values.astype("str")
        faults.append(Fault(unreadable, "not a whole number", row["column"], named[row["column"]]))
        faults.append(Fault(cells.isna(), "missing", row["column"], named[row["column"]]))
        names = row["names"].split()
        if row["separator"]:
            parts = cells.str.split(row["separator"], expand=True).reindex(columns=range(len(names) + 1))
            odd = parts[len(names)].notna() | parts[len(names) - 1].isna()
            faults.append(Fault(odd, f"not of the form {row['separator'].join(names)}", row["column"], cells))
            read |= {name: parts[i] for i, name in enumerate(names)}
        else:
            read[names[0]] = cells
    frame = pd.DataFrame(read)
    index = index_of(rules, frame)
    numbered = pd.Series([f"row {i + 1}" for i in frame.index], dtype="str")
    frame = pd.DataFrame({"index": index.fillna(numbered), **frame, "dataset": frame["visit"].str.lower()})
    outside = leaving(index) | leaving(frame["dataset"])
    faults.append(Fault(outside, "a path that leaves its folder", "visit", frame["visit"]))
    return set_aside(frame, _STAGE, faults)


def _images(rules: Rules, frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return the image of each visit, and the position that its header has; both may be missing."""
    image = pd.Series(None, index=frame.index, dtype="str")
    for suffix in rules.lists["image_suffix"]:
        name = frame["index"] + suffix
        there = [(folder / visit / file).is_file() for visit, file in zip(frame["dataset"], name, strict=True)]
        image = image.fillna(name.where(pd.Series(there, index=frame.index, dtype="bool")))
    position, _ = from_images(rules, folder, frame.assign(imgname=image), header="PRIMARY")
    return position.assign(imgname=image)


def _counts(rules: Rules, frame: pd.DataFrame, folder: Path, track: Callable[..., Iterable[Any]]) -> pd.DataFrame:
    """Return how many sources the catalogs of each visit have; 0 without a catalog."""
    catalogs = rules["catalogs"].records()
    counted: dict[Path, int] = {}
    told = []
    pairs = list(zip(frame["index"], frame["dataset"], strict=True))
    for name, visit in track(pairs, total=len(pairs), desc="catalogs"):
        found = {}
        for row in catalogs:
            file = (name if row["named_by"] == "data_set" else "") + row["ending"]
            place = next((p for p in (folder / visit / file, folder / file) if p.is_file()), None)
            if place is not None and place not in counted:
                counted[place] = count_sources(place, row["flags"], row["most"])
            found[row["column"]] = counted[place] if place is not None else 0
        told.append(found)
    return pd.DataFrame(told, columns=[row["column"] for row in catalogs], index=frame.index, dtype="int64")


def count_sources(catalog: Path, flags: str, most: str) -> int:
    """Return how many sources of an ECSV catalog have every flag at most so large; -1 if it cannot be read.

    Args:
        catalog: the file.
        flags: how the names of flag columns begin; blank counts every source.
        most: the largest flag that counts.
    """
    from astropy.table import Table

    try:
        table = Table.read(catalog, format="ascii.ecsv")
    except (OSError, ValueError, KeyError, TypeError):
        return _UNREADABLE
    flagged = [name for name in table.colnames if flags and name.startswith(flags)]
    if not flagged:
        return len(table)
    cells = table[flagged].to_pandas().apply(pd.to_numeric, errors="coerce")
    return int((cells <= int(most)).all(axis=1).sum())
