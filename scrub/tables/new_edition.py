"""A new edition of a rule set: rows that are to change are closed by it, and followed by a copy to edit.

Until the copies are edited the new edition answers as the one before.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.frames.cells import TEXT
from scrub.tables import fmt, locate, rule_files, ruleset
from scrub.tables.findings import RuleError, refuse
from scrub.tables.in_force import at_edition, lay_over, version
from scrub.tables.lint.cells import find_breaches
from scrub.tables.lint.codes import find_disorder
from scrub.tables.locate import Location, NoSuchRulesError
from scrub.tables.rows import OWN, read_frame
from scrub.tables.rule_files import Sheet

SOURCE = "skyscrub rules/README.md"


class Edition(NamedTuple):
    """What a new edition changes: the text of each file, editions first; the file and line of each row's copy."""

    files: Mapping[Path, str]
    copies: Mapping[str, tuple[Path, int]]


def new_edition(
    folder: Path, edition: str, rows: Sequence[str] = (), *, released: str = "", source: str = SOURCE, note: str = ""
) -> Edition:
    """Return the files of a rule set with a new edition, in which rows are closed and followed by copies.

    A row of a table that ships needs no closing for that: what the overlay says from the new edition on stands in its
    place. Of such a row the overlay only gets the copy. To take one away without another in its place, see
    ``closing``.

    Args:
        folder: of the tables of one rule set, or an overlay; it may be empty if it is named like a rule set.
        edition: a number above every other; or the newest, where it is one's own and has no date of release.
        rows: as findings and rules name them (``product_names.csv:9``), or with the path of the file.
        released: year and month; blank if not known.
        source: what a reader can open on the new edition, and on the copies if it is given.
        note: what a reader should know of it.

    Raises:
        NoSuchRulesError: no such folder, or one that may not be written.
        RuleError: the edition is not new, a row is not there or not in force, a table cannot be read.

    >>> import tempfile
    >>> overlay = Path(tempfile.mkdtemp()) / "jwst"
    >>> overlay.mkdir()
    >>> new = new_edition(overlay, "4", ["groups.csv:5"])
    >>> print(*(path.name for path in new.files), new.copies["groups.csv:5"][1])
    editions.csv groups.csv 2
    >>> print(new.files[overlay / "groups.csv"].splitlines()[1])
    fgs,false,,flat,4,,spacekit 1.1.4 preprocessor/transform.py,Guiders: no offsets
    """
    location = _locate_one(folder)
    sheets = {sheet.name: sheet for sheet in rule_files.load(location) if sheet.name in location.tables}
    refuse([*location.faults, *(f for sheet in sheets.values() for f in rule_files.find_obstacles(sheet))])
    known = ruleset.editions(list(sheets.values()))
    row = {"edition": edition, "released": released, "source": source, "note": note}
    editions = _append_edition(sheets["editions"], row, known)
    picked = {name: _find_row(name, location, sheets, known) for name in dict.fromkeys(rows)}
    _refuse_begun(sheets, picked, edition)
    changed = {table: [rule for other, rule in picked.values() if other == table] for table, _ in picked.values()}
    cells = {"since": edition, **({"source": source} if source != SOURCE else {})}
    own = {table: _close_and_copy(sheets[table], rules, cells) for table, rules in changed.items()}
    texts = {
        location.folders[-1] / f"{table}.csv": fmt.write_lines(sheets[table].declaration, frame)
        for table, frame in {"editions": editions, **own}.items()
    }
    _refuse_whole(location, texts)
    copies = {name: _find_copy(location, own[table], texts, table, rule) for name, (table, rule) in picked.items()}
    return Edition({path: "".join(lines) for path, lines in texts.items()}, copies)


def _locate_one(folder: Path) -> Location:
    """Return where the one rule set of a folder lies."""
    fmt.check_writable(folder)
    folder = folder.resolve()
    if folder.is_dir() and folder.name in locate.sets() and not any(folder.glob("*.csv")):
        below = locate.locate(folder.name)
        return below._replace(folders=(*below.folders, folder))
    inside = [location for location in locate.inside(folder) if location.base != locate.COMMON]
    if len(inside) != 1:
        names = ", ".join(location.base for location in inside)
        raise NoSuchRulesError(f"{folder} has several rule sets, name one: {names}")
    return inside[0]


def _append_edition(sheet: Sheet, row: Mapping[str, str], known: Sequence[str]) -> pd.DataFrame:
    """Return the rows of one's own editions table with a new one; one that is begun and not released is there.

    Raises:
        RuleError: it is no edition, or not newer than every other.
    """
    frame = pd.DataFrame([{**row, "rule": "editions.csv:1"}], dtype=TEXT)
    refuse(find_breaches("editions", read_frame(frame)))
    own = _own_rows(sheet)
    begun = (own["edition"] == row["edition"]) & (own["released"] == "")
    if row["edition"] == known[-1] and begun.any():
        return own.assign(released=own["released"].mask(begun, row["released"]))
    if version(row["edition"]) <= version(known[-1]):
        raise RuleError(f"edition {row['edition']} is not newer than {known[-1]}, the newest of {', '.join(known)}")
    refuse(find_disorder(pd.concat([sheet.rows, frame], ignore_index=True), [*known, row["edition"]]))
    return pd.concat([own, frame], ignore_index=True)


def _own_rows(sheet: Sheet) -> pd.DataFrame:
    """Return the rows of one's own file: not those it is laid over, nor those of the rule set that it is like."""
    return sheet.rows[sheet.rows[OWN] == 1 if OWN in sheet.rows else ~sheet.rows["rule"].str.contains("/")]


def _find_row(name: str, location: Location, sheets: Mapping[str, Sheet], known: Sequence[str]) -> tuple[str, str]:
    """Return the table of a row and its ``rule`` there, however the row is named.

    Raises:
        RuleError: there is no such row, it has no dates, it is closed, or it is not in force.
    """
    file, _, line = name.rpartition(":")
    table, path = Path(file).stem, Path(file).resolve()
    if table not in sheets or not line.isdigit():
        raise RuleError(f"no row {name!r}: name it as findings do, such as product_names.csv:9")
    sheet = sheets[table]
    if "until" not in rule_files.columns(sheet.declaration):
        raise RuleError(f"{name}: rows of {table} are in every edition")
    like = any(path.parent == one.folder.resolve() for one in rule_files.list_likes(location))
    inside = f"{path.parent.name}/{path.name}" if like else rule_files.name_file(location.folders, path)
    rule = f"{inside}:{line}" if path in sheet.files else name
    exact = sheet.rows["rule"] == rule
    rows = sheet.rows[exact if exact.any() else sheet.rows["rule"].str.endswith(f"/{rule}")]
    if rows.empty:
        raise RuleError(f"no row {name}: {', '.join(map(str, sheet.files))} has none at that line")
    if until := rows["until"].iloc[0]:
        raise RuleError(f"{name}: closed already, until {until}")
    _refuse_row(name, str(rows["rule"].iloc[0]), location, sheet, known)
    return table, str(rows["rule"].iloc[0])


def _refuse_begun(sheets: Mapping[str, Sheet], picked: Mapping[str, tuple[str, str]], edition: str) -> None:
    """Refuse rows that begin with the edition: they are copies already."""
    for name, (table, rule) in picked.items():
        rows = sheets[table].rows
        if edition in rows.loc[rows["rule"] == rule, "since"].tolist():
            raise RuleError(f"{name}: begins with edition {edition}, so no earlier one has it: edit it")


def _refuse_row(name: str, rule: str, location: Location, sheet: Sheet, known: Sequence[str]) -> None:
    """Refuse a row that is not in force, or that only an overlay may change."""
    current = at_edition(sheet.cells, known[-1], known)
    if rule not in set(lay_over(current, sheet.declaration)["rule"]):
        raise RuleError(f"{name}: not in force at edition {known[-1]}")
    if len(location.folders) == 1 and rule not in set(_own_rows(sheet)["rule"]):
        raise RuleError(f"{name}: a row of the rule set that {location.base} is like; only an overlay may change it")


def _close_and_copy(sheet: Sheet, rules: Sequence[str], cells: Mapping[str, str]) -> pd.DataFrame:
    """Return one's own rows of a table: those to change are closed, and a copy with ``cells`` stands below each.

    Rows that ship are only copied, below all others.
    """
    own = _own_rows(sheet)
    closed = own.assign(until=own["until"].mask(own["rule"].isin(rules), cells["since"]))
    picked = sheet.rows[sheet.rows["rule"].isin(rules)]
    below = picked.index.where(picked.index.isin(own.index), len(sheet.rows))
    copies = picked.assign(**{**cells, "until": ""}, rule="copy of " + picked["rule"]).set_axis(below)
    return pd.concat([closed, copies]).sort_index(kind="stable").reset_index(drop=True)


def _refuse_whole(location: Location, files: Iterable[Path]) -> None:
    """Refuse to complete an overlay: a folder with every table is a rule set of its own, with nothing below it."""
    there = {path.name for path in (*location.folders[-1].glob("*.csv"), *files)}
    if len(location.folders) > 1 and there >= {path.name for path in location.folders[0].glob("*.csv")}:
        raise RuleError(f"{location.folders[-1]} would have every table, and lie over {location.base} no more")


def _find_copy(
    location: Location, rows: pd.DataFrame, texts: Mapping[Path, Sequence[str]], table: str, rule: str
) -> tuple[Path, int]:
    """Return the file and the line (the last, of several) at which the copy of a row stands."""
    path = location.folders[-1] / f"{table}.csv"
    row = rows.index[rows["rule"] == f"copy of {rule}"][0]
    return path, list(accumulate(line.count("\n") for line in texts[path]))[row + 1]
