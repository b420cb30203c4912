"""A new edition of a rule set: rows that are to change are closed by it, and followed by a copy to edit.

Until the copies are edited the new edition answers as the one before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files import atomic
from scrub.tables import fmt, locate, rule_files, ruleset
from scrub.tables.findings import Finding, RuleError
from scrub.tables.lint.cells import find_breaches
from scrub.tables.lint.codes import find_disorder
from scrub.tables.locate import NoSuchRulesError, Place
from scrub.tables.rule_files import OWN, Sheet, version

SOURCE = "skyscrub rules/README.md"


class Edition(NamedTuple):
    """What a new edition changes: the text of each file, editions first; where the copy of each row stands."""

    files: Mapping[Path, str]
    copies: Mapping[str, tuple[Path, int]]


def new_edition(
    folder: Path, edition: str, rows: Sequence[str] = (), *, released: str = "", source: str = SOURCE, note: str = ""
) -> Edition:
    """Return the files of a rule set with a new edition, in which rows are closed and followed by copies.

    A row of a table that ships cannot be closed by an overlay, and needs not: what the overlay says from the new
    edition on stands in its place. So of such a row the overlay only gets the copy.

    Args:
        folder: of the tables of one rule set, or an overlay; it may be empty if it is named like a rule set.
        edition: a number above every other.
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
    >>> told = new_edition(overlay, "4", ["groups.csv:5"])
    >>> print(*(path.name for path in told.files), told.copies["groups.csv:5"][1])
    editions.csv groups.csv 2
    >>> print(told.files[overlay / "groups.csv"].splitlines()[1])
    fgs,false,,flat,4,,spacekit 1.1.4 preprocessor/transform.py,Guiders: no offsets
    """
    place = _place(folder)
    found = {sheet.name: sheet for sheet in rule_files.load(place) if sheet.name in place.declared[place.base]}
    _refuse(f for sheet in found.values() for f in fmt.unreadable(sheet))
    known = ruleset.editions(list(found.values()))
    row = {"edition": edition, "released": released, "source": source, "note": note}
    editions = _with_edition(found["editions"], row, known)
    picked = {told: _row(told, place, found, known) for told in dict.fromkeys(rows)}
    changed = {name: [rule for table, rule in picked.values() if table == name] for name, _ in picked.values()}
    said = {"since": edition, **({"source": source} if source != SOURCE else {})}
    own = {name: _followed(found[name], rules, said) for name, rules in changed.items()}
    new = {"editions": editions, **own}
    files = {place.folders[-1] / f"{name}.csv": _lines(found[name], frame) for name, frame in new.items()}
    _keeps_lying_over(place, files)
    copies = {told: _copy(place, own[table], files, table, rule) for told, (table, rule) in picked.items()}
    return Edition({path: "".join(lines) for path, lines in files.items()}, copies)


def _place(folder: Path) -> Place:
    """Return where the one rule set of a folder lies."""
    fmt.writable(folder)
    folder = folder.resolve()
    if folder.is_dir() and folder.name in locate.sets() and not any(folder.glob("*.csv")):
        below = locate.locate(folder.name)
        return below._replace(folders=(*below.folders, folder))
    found = [place for place in locate.inside(folder) if place.base != "common"]
    if len(found) != 1:
        raise NoSuchRulesError(f"{folder} has several rule sets, name one: {', '.join(p.base for p in found)}")
    return found[0]


def _refuse(findings: Iterator[Finding]) -> None:
    for finding in findings:
        raise RuleError(str(finding))


def _with_edition(sheet: Sheet, row: Mapping[str, str], known: Sequence[str]) -> pd.DataFrame:
    """Return the rows of one's own editions table with a new one.

    Raises:
        RuleError: it is no edition, or not newer than every other.
    """
    frame = pd.DataFrame([{**row, "rule": "editions.csv: the new edition"}], dtype="str")
    _refuse(find_breaches("editions", frame))
    if version(row["edition"]) <= version(known[-1]):
        raise RuleError(f"edition {row['edition']} is not newer than {known[-1]}, the newest of {', '.join(known)}")
    _refuse(find_disorder(pd.concat([sheet.rows, frame], ignore_index=True), [*known, row["edition"]]))
    return pd.concat([_own(sheet), frame], ignore_index=True)


def _own(sheet: Sheet) -> pd.DataFrame:
    """Return the rows of one's own file: not those it is laid over, nor those of the rule set that it is like."""
    return sheet.rows[sheet.rows[OWN] == 1 if OWN in sheet.rows else ~sheet.rows["rule"].str.contains("/")]


def _row(told: str, place: Place, found: Mapping[str, Sheet], known: Sequence[str]) -> tuple[str, str]:
    """Return the table of a row and the name it has there (``rule``), however it is told.

    Raises:
        RuleError: there is no such row, it has no dates, it is closed, or it is not in force.
    """
    file, _, line = told.rpartition(":")
    name, path = Path(file).stem, Path(file).resolve()
    if name not in found or not line.isdigit():
        raise RuleError(f"no row {told!r}: say it as findings do, such as product_names.csv:9")
    sheet = found[name]
    if "until" not in rule_files.columns(name, sheet.declared):
        raise RuleError(f"{told}: rows of {name} are in every edition")
    like = place.like is not None and path.parent == place.like.folder.resolve()
    inside = f"{path.parent.name}/{path.name}" if like else rule_files.name_of(place.folders, path)
    at = f"{inside}:{line}" if path in sheet.files else told
    exact = sheet.rows["rule"] == at
    rows = sheet.rows[exact if exact.any() else sheet.rows["rule"].str.endswith(f"/{at}")]
    if rows.empty:
        raise RuleError(f"no row {told}: {', '.join(map(str, sheet.files))} has none at that line")
    if until := rows["until"].iloc[0]:
        raise RuleError(f"{told}: closed already, until {until}")
    current = rule_files.at_edition(sheet.rows, known[-1], known)
    at = str(rows["rule"].iloc[0])
    if at not in set(rule_files.overlaid(current, sheet.declared)["rule"]):
        raise RuleError(f"{told}: not in force at edition {known[-1]}")
    if len(place.folders) == 1 and at not in set(_own(sheet)["rule"]):
        raise RuleError(f"{told}: a row of the rule set that {place.base} is like; only an overlay may change it")
    return name, at


def _followed(sheet: Sheet, rules: Sequence[str], said: Mapping[str, str]) -> pd.DataFrame:
    """Return one's own rows of a table; those named are closed, and a copy that says ``said`` stands below each.

    Rows that ship are only copied, below all others.
    """
    own = _own(sheet)
    closed = own.assign(until=own["until"].mask(own["rule"].isin(rules), said["since"]))
    picked = sheet.rows[sheet.rows["rule"].isin(rules)]
    below = picked.index.where(picked.index.isin(own.index), len(sheet.rows))
    copies = picked.assign(**{**said, "until": ""}, rule="copy of " + picked["rule"]).set_axis(below)
    return pd.concat([closed, copies]).sort_index(kind="stable").reset_index(drop=True)


def _lines(sheet: Sheet, rows: pd.DataFrame) -> list[str]:
    header = rule_files.columns(sheet.name, sheet.declared)
    return atomic.csv_lines([header, *rows[header].itertuples(index=False, name=None)])


def _keeps_lying_over(place: Place, files: Iterable[Path]) -> None:
    """Refuse to complete an overlay: a folder with every table is a rule set of its own, with nothing below it."""
    there = {path.name for path in (*place.folders[-1].glob("*.csv"), *files)}
    if len(place.folders) > 1 and there >= {path.name for path in place.folders[0].glob("*.csv")}:
        raise RuleError(f"{place.folders[-1]} would have every table, and lie over {place.base} no more")


def _copy(
    place: Place, rows: pd.DataFrame, files: Mapping[Path, Sequence[str]], table: str, rule: str
) -> tuple[Path, int]:
    """Return the file and the line (the last, of several) at which the copy of a row stands."""
    path = place.folders[-1] / f"{table}.csv"
    row = rows.index[rows["rule"] == f"copy of {rule}"][0]
    return path, list(accumulate(line.count("\n") for line in files[path]))[row + 1]
