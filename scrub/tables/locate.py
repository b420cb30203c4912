"""Places: where a rule set lies, which shipped one it is a version of, and what is declared of its tables.

One that ships is named. A folder of one's own is whole if it has every table of the shipped one, or its own
tables.toml (which says what each table is); else it is an overlay: its rows answer in place of those that ship.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from scrub.files.shipped import find
from scrub.tables.findings import Finding, RuleError


class NoSuchRulesError(RuleError):
    """A rule set or an edition that there is not."""


class Like(NamedTuple):
    """The rule set whose tables another has where it has none of its own: its folder, and at which edition."""

    folder: Path
    edition: str


class Place(NamedTuple):
    """Where a rule set lies: the shipped set it is a version of, its declarations, and its folders, lowest first."""

    name: str
    base: str
    declared: Mapping[str, Mapping[str, Any]]
    folders: tuple[Path, ...]
    common: Path
    like: Like | None


def sets() -> list[str]:
    """Return the names of the rule sets that ship.

    >>> "jwst" in sets()
    True
    """
    return sorted(set(declarations(find("rules") / "tables.toml")) - {"common"})


def locate(name: str | Path, base: str = "jwst") -> Place:
    """Return where a rule set lies.

    Args:
        name: a rule set that ships, or a folder: of tables, or with a folder named like ``base`` in it.
        base: the rule set that a folder is a version of, where neither its name nor its tables.toml says.

    Raises:
        NoSuchRulesError: neither.

    >>> locate("hst_cal").base
    'hst_cal'
    """
    shipped = find("rules")
    told = shipped / "tables.toml"
    declared = declarations(told)
    if str(name) in declared and name != "common":
        return Place(str(name), str(name), declared, (shipped / name,), shipped / "common", _like(told, str(name), []))
    folder = Path(name)
    folder = folder / base if (folder / base).is_dir() else folder
    below = [folder / name for name in declared if any((folder / name).glob("*.csv"))]
    folder = below[0] if len(below) == 1 and not any(folder.glob("*.csv")) else folder
    if not any(folder.glob("*.csv")):
        raise NoSuchRulesError(f"no rule set {name}: it is a folder of tables, or one of {', '.join(sets())}")
    own = next((p for p in (folder / "tables.toml", folder.parent / "tables.toml") if p.is_file()), None)
    common = shipped / "common"
    if own:
        told, declared = own, {"common": declared["common"], **declarations(own)}
        common = own.parent / "common" if (own.parent / "common").is_dir() else common
    resolved = folder.resolve().name
    known = resolved if resolved in declared else base
    if known not in declared:
        raise NoSuchRulesError(f"{own} declares no rule set {known}")
    whole = own or _is_whole(folder, shipped / known, declared[known])
    folders = (folder,) if whole else (shipped / known, folder)
    return Place(str(name), known, declared, folders, common, _like(told, known, [folder.parent]))


def inside(folder: Path) -> list[Place]:
    """Return the rule sets that lie in a folder: its own tables, or those of each folder in it named like a rule set.

    Raises:
        NoSuchRulesError: there are none.

    >>> {place.base for place in inside(find("rules"))} >= {"common", "hst_cal", "hst_svm", "jwst"}
    True
    """
    own = folder / "tables.toml"
    known = declarations(own if own.is_file() else find("rules") / "tables.toml")
    below = [folder / name for name in sorted({"common", *known})]
    found = [f for f in ([folder] if any(folder.glob("*.csv")) else below) if any(f.glob("*.csv"))]
    if not found:
        raise NoSuchRulesError(f"no folder of tables, or of rule sets: {folder}")
    return [locate(f.resolve()) for f in found]


def _is_whole(folder: Path, shipped: Path, declared: Iterable[str]) -> bool:
    """Return whether a folder has every table of the shipped one; where none ships it must be."""
    there = [table for table in declared if (shipped / f"{table}.csv").is_file()]
    return all((folder / f"{table}.csv").is_file() for table in there)


def _like(told: Path, name: str, beside: Sequence[Path]) -> Like | None:
    """Return the rule set that one is like: beside it, or the one that ships."""
    like, _, edition = str(_toml(told.read_text(encoding="utf-8")).get(name, {}).get("like", "")).partition("@")
    folders = [folder / like for folder in (*beside, find("rules")) if (folder / like / "editions.csv").is_file()]
    return Like(folders[0], edition) if like and folders else None


@cache
def _toml(text: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(text)


@cache
def _declared(text: str) -> dict[str, dict[str, Any]]:
    found = _toml(text)
    told: dict[str, dict[str, Any]] = {}
    for name, tables in found.items():
        like = found.get(str(tables.get("like", "")).partition("@")[0], {})
        own = {t: {**like[t], **d} if d.get("extends") else d for t, d in tables.items() if t != "like"}
        told[name] = {**like, **own}
    return told


def declarations(path: Path) -> dict[str, dict[str, Any]]:
    """Return what a tables.toml says of each rule set; one that is ``like`` another has its tables, too.

    Of a table that extends that of the other, all is said that is said of the other, unless it is said otherwise.

    Raises:
        RuleError: it cannot be read.
    """
    try:
        return _declared(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RuleError(f"{path}: {error}") from None


def strangers(place: Place) -> list[Finding]:
    """Return a finding for each file of one's own folder that no declaration names."""
    known = [f"{name}.csv" for name in place.declared[place.base]]
    found = []
    for file in sorted(place.folders[-1].glob("*.csv")):
        if file.name not in known:
            near = get_close_matches(file.name, known, n=1)
            hint = f"nearest: {near[0]}" if near else f"there are {', '.join(known)}"
            found.append(Finding(f"{file.name}:1", "file", f"no table of {place.base} has this name ({hint})"))
    return found
