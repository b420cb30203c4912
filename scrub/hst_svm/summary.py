"""Summaries: mosaics whose QA did not run, from the list of visits, their images and their catalogs."""

from pathlib import Path

import pandas as pd

from scrub.files.shipped import find_leaving
from scrub.files.table_files import SourceError, Track, untracked
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.hst_svm.alignments import from_images
from scrub.hst_svm.mosaics import join_index
from scrub.pipeline.column_names import name_columns
from scrub.pipeline.kinds import find_unreadable, parse
from scrub.tables import Rules, words

_STAGE = "hst_svm/qa"
_UNREADABLE = -1


def from_summary(
    rules: Rules,
    table: pd.DataFrame,
    folder: Path,
    *,
    track: Track = untracked,
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
    frame, rejected = _name_visits(rules, table)
    frame = frame.assign(**_find_images(rules, frame, folder))
    counts = _count_sources(rules, frame, folder, track)
    faults = [Fault(counts[c] == _UNREADABLE, "a catalog that cannot be read", str(c), frame["index"]) for c in counts]
    good, unread = set_aside(frame.assign(**counts), _STAGE, faults)
    wanted = ["index", "targname", "ra_targ", "dec_targ", "numexp", "imgname", *counts.columns]
    return Split(good[wanted], pd.concat([rejected, unread], ignore_index=True))


def _name_visits(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a summary with its columns renamed, and the name of each data set."""
    rows = rules["summary"].records()
    renamed = name_columns(rules, table, [row["column"] for row in rows], what="the summary").reset_index(drop=True)
    lacking = [row["column"] for row in rows if row["column"] not in renamed]
    if lacking:
        raise SourceError(f"the summary has no column {', '.join(lacking)}")
    spellings = words(rules)
    read: dict[str, pd.Series] = {}
    faults = []
    for row in rows:
        column, raw = row["column"], renamed[row["column"]]
        parsed = parse(spellings, raw, row["kind"])
        cells = parsed.values.astype(TEXT)
        faults += find_unreadable(parsed, row["kind"], column, raw)
        faults.append(Fault(cells.isna(), "missing", column, raw))
        names = row["names"].split()
        if row["separator"]:
            parts = cells.str.split(row["separator"], expand=True).reindex(columns=range(len(names) + 1))
            odd = parts[len(names)].notna() | parts[len(names) - 1].isna()
            faults.append(Fault(odd, f"not of the form {row['separator'].join(names)}", column, cells))
            read |= {name: parts[i] for i, name in enumerate(names)}
        else:
            read[names[0]] = cells
    frame = pd.DataFrame(read)
    index = join_index(rules, frame)
    numbered = pd.Series([f"row {i + 1}" for i in frame.index], dtype=TEXT)
    frame = pd.DataFrame({"index": index.fillna(numbered), **frame, "dataset": frame["visit"].str.lower()})
    outside = find_leaving(index) | find_leaving(frame["dataset"])
    faults.append(Fault(outside, "a path that leaves its folder", "visit", frame["visit"]))
    return set_aside(frame, _STAGE, faults)


def _find_images(rules: Rules, frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return the image of each visit, and the position that its header has; both may be missing."""
    image = pd.Series(None, index=frame.index, dtype=TEXT)
    for suffix in rules.lists["image_suffix"]:
        name = frame["index"] + suffix
        there = [(folder / visit / file).is_file() for visit, file in zip(frame["dataset"], name, strict=True)]
        image = image.fillna(name.where(pd.Series(there, index=frame.index, dtype="bool")))
    position, _ = from_images(rules, folder, frame.assign(imgname=image), header="PRIMARY")
    return position.assign(imgname=image)


def _count_sources(rules: Rules, frame: pd.DataFrame, folder: Path, track: Track) -> pd.DataFrame:
    """Return how many sources the catalogs of each visit have; 0 without a catalog."""
    catalogs = rules["catalogs"].records()
    known: dict[Path, int] = {}
    counts = []
    pairs = list(zip(frame["index"], frame["dataset"], strict=True))
    for name, visit in track(pairs, total=len(pairs), desc="catalogs"):
        own = {}
        for row in catalogs:
            file = (name if row["named_by"] == "data_set" else "") + row["ending"]
            path = next((p for p in (folder / visit / file, folder / file) if p.is_file()), None)
            if path is not None and path not in known:
                known[path] = count_sources(path, row["flags"], row["most"])
            own[row["column"]] = known[path] if path is not None else 0
        counts.append(own)
    return pd.DataFrame(counts, columns=[row["column"] for row in catalogs], index=frame.index, dtype="int64")


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
