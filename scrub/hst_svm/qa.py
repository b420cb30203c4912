"""QA files: the JSON that single-visit processing leaves, all files of one data set to one row."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scrub.files.table_files import Track, untracked
from scrub.frames.cells import TEXT
from scrub.frames.rejects import REJECTED, Split, write
from scrub.tables import Rules
from scrub.tables.patterns import fold

_FILES, _ROWS = "files", "hst_svm/qa"
_INDEX = "gen_info.dataframe_index"


class QaError(ValueError):
    """A file that is not a QA file: why, and where."""


def read_qa(
    rules: Rules,
    files: Sequence[Path],
    folder: Path,
    *,
    everything: bool = False,
    track: Track = untracked,
) -> Split:
    """Return QA files as a table with dotted columns, one row a data set.

    Args:
        rules: an HST mosaic rule set.
        files: JSON files; those of one data set agree wherever they say the same thing.
        folder: the folder that the names of rejected files are relative to.
        everything: keep all columns, not only those of the rule table ``columns``.
        track: wraps the iteration over files, to show progress.

    Returns:
        Column ``index`` and the dotted columns, cells as JSON has them (arrays and tables are lists); the
        rejects are files that cannot be read, and data sets whose files disagree.
    """
    wanted = None if everything else _list_wanted(rules)
    rows: dict[str, dict[str, Any]] = {}
    odd: dict[str, list[str]] = {}
    unread = []
    table = rules["prefixes"].rows
    before = fold(
        table["pattern"].tolist(), table["prefix"].tolist(), pd.Series([write(f.name) for f in files], dtype=TEXT)
    )
    for file, prefix in track(zip(files, before, strict=True), total=len(files), desc="files"):
        try:
            name, items = _read_file(rules, file, prefix)
        except QaError as error:
            unread.append([write(file.relative_to(folder).as_posix()), _FILES, *map(write, error.args), ""])
            continue
        row = rows.setdefault(name, {})
        for column, value in items.items():
            kept = wanted is None or column.lower() in wanted
            if kept and not _is_same(row.setdefault(column, value), value):
                odd.setdefault(
                    name, [write(name), _ROWS, "files of one data set disagree", *map(write, (column, value))]
                )
    good = [{"index": name, **row} for name, row in rows.items() if name not in odd]
    frame = pd.DataFrame(good, columns=None if good else ["index"], dtype="object")
    return Split(frame, pd.DataFrame([*unread, *odd.values()], columns=REJECTED, dtype=TEXT))


def _read_file(rules: Rules, file: Path, before: str) -> tuple[str, dict[str, Any]]:
    """Return the name of a file's data set, and the items of the file.

    Raises:
        QaError: not JSON, not a QA file, or no name.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise QaError(f"cannot be read: {error.strerror}", "") from None
    except (ValueError, RecursionError) as error:
        raise QaError(f"not JSON: {type(error).__name__}: {error}", "") from None
    items = flatten(rules, content, before=before)
    name = items.get(_INDEX)
    if not isinstance(name, str) or not name.strip():
        raise QaError("missing", _INDEX)
    return name.strip(), items


def _list_wanted(rules: Rules) -> Collection[str]:
    rows = rules["columns"].rows
    rows = rows[rows["block"] != ""]
    return set((rows["block"] + "." + rows["column"]).str.lower())


def _is_same(one: Any, other: Any) -> bool:
    return bool(one == other) or (one != one and other != other)


def flatten(rules: Rules, content: Any, *, before: str = "") -> dict[str, Any]:
    """Return the content of a QA file with dotted names: ``header.TARGNAME``, ``number_of_sources.point``.

    Args:
        rules: an HST mosaic rule set.
        content: what the file holds.
        before: what stands before the items of its data.

    Raises:
        QaError: not a document of blocks.

    >>> from scrub import hst_svm
    >>> flatten(hst_svm.read_rules(), {"data": {"number of sources": {"unit": "", "data": {"point": 284}}}})
    {'number_of_sources.point': 284}
    """
    if not isinstance(content, dict):
        raise QaError("not a document of blocks", "")
    flat: dict[str, Any] = {}
    blocks = rules["blocks"].rows
    for block, prefix in zip(blocks["block"].tolist(), blocks["prefix"].tolist(), strict=True):
        items = content.get(block, {})
        if not isinstance(items, dict):
            raise QaError("not a document of blocks", block)
        for key, item in items.items():
            name = prefix + key if prefix else before + key
            _add_items(flat, name, item if prefix else _unwrap(item, rules.lists["dropped_key"]))
    return flat


def _unwrap(item: Any, dropped: Collection[str]) -> Any:
    """Return the content of an item of the block ``data``."""
    if not isinstance(item, dict):
        return item
    return item["data"] if "data" in item else {key: value for key, value in item.items() if key not in dropped}


def _add_items(flat: dict[str, Any], name: str, item: Any) -> None:
    if isinstance(item, Mapping):
        for key, value in item.items():
            _add_items(flat, f"{name}.{key}", value)
    else:
        flat[name.replace(" ", "_")] = item
