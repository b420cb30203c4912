"""Where a rule set lies, which shipped one it is a version of, and what is declared of its tables.

A set that ships is known by its name. A folder of one's own is whole if it has every table of the shipped one, or its
own tables.toml (which says what each table is); else it is an overlay: its rows answer in place of those that ship.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from scrub.files.shipped import find
from scrub.tables.declare import FILE, Declaration, Declared
from scrub.tables.declare import read as read_declarations
from scrub.tables.findings import Finding, RuleError, refuse

COMMON = "common"


class NoSuchRulesError(RuleError):
    """A rule set or an edition that there is not."""


class Like(NamedTuple):
    """The rule set whose tables another has where it has none of its own: its folder, at which edition, its tables.

    ``like`` is the rule set that this one is like in turn.
    """

    folder: Path
    edition: str
    tables: Mapping[str, Declaration]
    like: "Like | None" = None


class Location(NamedTuple):
    """Where a rule set lies: the shipped set it is a version of, its declarations, and its folders, lowest first.

    ``faults`` are the lines of its tables.toml that break the language.
    """

    name: str
    base: str
    tables: Mapping[str, Declaration]
    common_tables: Mapping[str, Declaration]
    folders: tuple[Path, ...]
    common: Path
    like: Like | None
    faults: tuple[Finding, ...]


def sets() -> list[str]:
    """Return the names of the rule sets that ship.

    >>> "jwst" in sets()
    True
    """
    return sorted(set(read(find("rules") / FILE).sets) - {COMMON})


def read(path: Path) -> Declared:
    """Return the declarations of a tables.toml; a set of one's own may be like one that ships.

    Raises:
        RuleError: it cannot be read.
    """
    shipped = find("rules") / FILE
    try:
        return read_declarations(path, None if path == shipped else shipped)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise RuleError(f"{path}:{line}: not UTF-8: the byte {error.object[error.start]:#04x}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RuleError(f"{path}: {error}") from None


def locate(name: str | Path, base: str = "jwst") -> Location:
    """Return where a rule set lies.

    Args:
        name: a rule set that ships, or a folder: of tables, or with a folder named like ``base`` in it.
        base: the rule set that a folder is a version of, where neither its name nor its tables.toml says.

    Raises:
        NoSuchRulesError: neither.
        RuleError: a tables.toml that cannot be read.

    >>> locate("hst_cal").base
    'hst_cal'
    """
    shipped = find("rules")
    declared = read(shipped / FILE)
    if str(name) in declared.sets and name != COMMON:
        return _locate(str(name), str(name), declared, declared, (shipped / name,), shipped / COMMON)
    folder = _folder_of_tables(name, base, declared.sets)
    own = next((p for p in (folder / FILE, folder.parent / FILE) if p.is_file()), None)
    mine = read(own) if own else declared
    resolved = folder.resolve().name
    known = resolved if resolved in mine.sets else base
    if known not in mine.sets and known != COMMON:
        refuse(mine.findings)
        raise NoSuchRulesError(f"{own} declares no rule set {known}")
    beside = own.parent / COMMON if own else shipped / COMMON
    common = beside if beside.is_dir() else shipped / COMMON
    whole = own is not None or _is_whole(folder, shipped / known, mine.sets[known])
    folders = (folder,) if whole else (shipped / known, folder)
    return _locate(str(name), known, mine, declared, folders, common)


def _locate(
    name: str, base: str, declared: Declared, shipped: Declared, folders: tuple[Path, ...], common: Path
) -> Location:
    sets = {COMMON: shipped.sets[COMMON], **declared.sets}
    like = _like(base, {**shipped.likes, **declared.likes}, {**shipped.sets, **sets}, [folders[-1].parent])
    return Location(name, base, sets[base], sets[COMMON], folders, common, like, declared.findings)


def _folder_of_tables(name: str | Path, base: str, known: Iterable[str]) -> Path:
    """Return the folder that holds the tables: the one that is named, or the rule set in it."""
    folder = Path(name) / base if (Path(name) / base).is_dir() else Path(name)
    below = [folder / other for other in known if any((folder / other).glob("*.csv"))]
    folder = below[0] if len(below) == 1 and not any(folder.glob("*.csv")) else folder
    if not any(folder.glob("*.csv")):
        raise NoSuchRulesError(f"no rule set {name}: name a folder of tables, or one of {', '.join(sets())}")
    return folder


def inside(folder: Path) -> list[Location]:
    """Return the rule sets that lie in a folder: its own tables, or those of each folder in it named like a rule set.

    Raises:
        NoSuchRulesError: there are none.

    >>> {location.base for location in inside(find("rules"))} >= {"common", "hst_cal", "hst_svm", "jwst"}
    True
    """
    own = folder / FILE
    known = read(own if own.is_file() else find("rules") / FILE).sets
    below = [folder / name for name in sorted({COMMON, *known})]
    holding = [f for f in ([folder] if any(folder.glob("*.csv")) else below) if any(f.glob("*.csv"))]
    if not holding:
        raise NoSuchRulesError(f"no folder of tables, or of rule sets: {folder}")
    return [locate(f.resolve()) for f in holding]


def _is_whole(folder: Path, shipped: Path, declared: Iterable[str]) -> bool:
    """Return whether a folder has every table of the shipped one; where none ships it must be."""
    there = [table for table in declared if (shipped / f"{table}.csv").is_file()]
    return all((folder / f"{table}.csv").is_file() for table in there)


def _like(
    base: str, likes: Mapping[str, str], sets: Mapping[str, Mapping[str, Declaration]], beside: Sequence[Path]
) -> Like | None:
    """Return the rule set that one is like: beside it, or the one that ships; and the one which that is like."""
    name, _, edition = likes.get(base, "").partition("@")
    folders = [folder / name for folder in (*beside, find("rules")) if (folder / name / "editions.csv").is_file()]
    return Like(folders[0], edition, sets[name], _like(name, likes, sets, beside)) if name and folders else None


def find_strangers(location: Location) -> list[Finding]:
    """Return a finding for each file of one's own folder that no declaration names."""
    known = [f"{name}.csv" for name in location.tables]
    findings = []
    for file in sorted(location.folders[-1].glob("*.csv")):
        if file.name not in known:
            near = get_close_matches(file.name, known, n=1)
            nearest = f"nearest: {near[0]}" if near else f"known: {', '.join(known)}"
            findings.append(Finding(file.name, 1, "file", f"no table of {location.base} has this name ({nearest})"))
    return findings
