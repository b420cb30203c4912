"""Versions of contracts to compare: a stage, a folder, a file, or a folder at a git revision."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scrub.contracts.compare import Change, compare
from scrub.contracts.contracts import Contract
from scrub.contracts.fields import Sheet, read_fields
from scrub.contracts.parse import ContractError, parse
from scrub.files import shipped
from scrub.formats.findings import ERROR, NOTE, Finding, Report
from scrub.on_data.gate import list_stages
from scrub.tables import NoSuchRulesError, locate, read
from scrub.tables.diff.versions import checkout


class Version(NamedTuple):
    """Contracts to compare: what they are called, what each says by its stage, and the file of each."""

    label: str
    sheets: Mapping[str, Sheet]
    files: Mapping[str, Path]


def read_version(name: str, *, beside: str = "") -> Version:
    """Return the contracts that a name stands for.

    Args:
        name: a stage that ships, a folder of contracts, one file, a git revision (of the folder ``beside``, or of
            ``schemas``), or ``REVISION:FOLDER``.
        beside: what they are compared with.

    Raises:
        NoSuchRulesError: none of these.
        ContractError: a contract that cannot be read.

    >>> list(read_version("jwst/products").sheets)
    ['jwst/products']
    """
    if name in list_stages():
        return _read_files(name, [shipped.find("schemas") / f"{name}.yaml"])
    if Path(name).exists():
        return _read_files(name, _list_files(Path(name)))
    revision, _, inside = name.partition(":")
    folder = Path(inside or (beside if Path(beside).is_dir() else "schemas"))
    with checkout(revision, folder) as (path, _):
        return _read_files(name, _list_files(path), top=path)


def _list_files(path: Path) -> list[Path]:
    files = [path] if path.is_file() else sorted([*path.glob("*.yaml"), *path.glob("*/*.yaml")])
    if not files:
        raise NoSuchRulesError(f"{path}: no contract (.yaml) in this folder")
    return files


def _read_files(label: str, files: list[Path], *, top: Path | None = None) -> Version:
    """Return the contracts of some files; each is called by its folder and its name."""
    sheets, paths = {}, {}
    for file in files:
        name = f"{file.resolve().parent.name}/{file.stem}"
        sheets[name] = _read_sheet(name, file)
        paths[name] = file if top is None else file.relative_to(top)
    return Version(label, sheets, paths)


def _read_sheet(name: str, file: Path) -> Sheet:
    """Return what a contract says; a list that no rule set at hand has is empty."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ContractError(f"{file}: {error.strerror}") from None
    base = name.partition("/")[0]
    lists = dict(read(base).lists) if base in locate.sets() else {}
    text = parse(str(file), content)
    columns = text.get("columns") if isinstance(text, Mapping) else None
    specs = columns.values() if isinstance(columns, Mapping) else ()
    named = [spec["list"] for spec in specs if isinstance(spec, Mapping) and "list" in spec]
    lists |= {word: () for word in named if word not in lists}
    known = tuple((key, tuple(words)) for key, words in sorted(lists.items()))
    return read_fields(Contract(name, content, known, None))


class Difference(NamedTuple):
    """A contract that differs: its stage, the file of its new version (the old one, if it is gone), and its changes."""

    stage: str
    file: Path
    changes: list[Change]


def list_differences(old: Version, new: Version) -> list[Difference]:
    """Return the contracts that differ. Two single contracts are compared whatever they are called.

    Args:
        old: the contracts before.
        new: the contracts after.

    >>> (one,) = list_differences(read_version("jwst/archive"), read_version("jwst/exposures"))
    >>> str(next(change for change in one.changes if change.column == "GS_MAG"))
    'GS_MAG: may be absent: yes -> no'
    """
    if len(old.sheets) == len(new.sheets) == 1:
        pairs = [(*old.sheets, *new.sheets)]
    else:
        pairs = [(name, name) for name in dict.fromkeys([*old.sheets, *new.sheets])]
    differences = []
    for before, after in pairs:
        if after not in new.sheets:
            differences.append(
                Difference(before, old.files[before], [Change("", "contract", "there", "", breaks=True)])
            )
        elif before not in old.sheets:
            differences.append(Difference(after, new.files[after], [Change("", "contract", "", "there", breaks=False)]))
        elif changes := compare(old.sheets[before], new.sheets[after]):
            differences.append(Difference(after, new.files[after], changes))
    return differences


def report(difference: Difference) -> Report:
    """Return changes of a contract as the formats take them, at the lines of its columns.

    Args:
        difference: of a contract.
    """
    findings = tuple(
        Finding(
            change.what.replace(" ", "-"),
            change.column,
            f"{change.was or 'nothing'} -> {change.now or 'nothing'}",
            line=_find_line(difference.file, change.column),
            severity=ERROR if change.breaks else NOTE,
        )
        for change in difference.changes
    )
    return Report(str(difference.file), difference.stage, findings)


def _find_line(file: Path, column: str) -> int:
    """Return the line on which a contract begins to describe a column; 1 if it does not."""
    if not file.is_file():
        return 1
    start = re.compile(rf"^ +[\"']?{re.escape(column)}[\"']?:")
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if column and start.match(line)), 1)
