"""Check a rule set: every finding of every edition, each at its ``file:line`` with a case that shows it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scrub.tables import locate, rule_files, ruleset
from scrub.tables.diff.compare import Change, compare
from scrub.tables.diff.versions import checkout, committed
from scrub.tables.findings import Finding
from scrub.tables.lint.cells import find_breaches, find_undated
from scrub.tables.lint.codes import find_codes, find_disorder
from scrub.tables.lint.spreadsheet import find_damage, find_line_ends, find_rewritten
from scrub.tables.locate import Place
from scrub.tables.rule_files import Sheet


def check(
    name: str | Path,
    *,
    base: str = "jwst",
    since: str | None = None,
) -> list[Finding]:
    """Return what is wrong with a rule set, at any of its editions; nothing if every case has one answer.

    Args:
        name: a rule set that ships, or a folder: see ``tables.read``.
        base: the rule set that a folder is a version of, where its name does not say.
        since: a git revision: what its released editions answered, they must answer still.

    Raises:
        NoSuchRulesError: no such rule set, or no such revision of it.

    >>> check("hst_cal")
    []
    """
    place = locate.locate(name, base)
    if closed := list(_closed(place.folders[-1])):
        return closed
    found = rule_files.load(place)
    findings = _of_files(place, found)
    if not any(_of_all_editions(f) for f in findings):
        findings += _of_editions(place, found)
        findings += _edited(place, found, since) if since else []
    return from_here(_once(findings), place, found)


def from_here(findings: Sequence[Finding], place: Place, found: Sequence[Sheet]) -> list[Finding]:
    """Return findings with the path of their file, from the working folder where it lies below that."""
    shown = {file: _path(file, place, found) for file in {f.place.rpartition(":")[0] for f in findings}}
    return [f._replace(place=f"{shown[file]}:{line}") for f in findings for file, _, line in [f.place.rpartition(":")]]


def _closed(folder: Path) -> Iterator[Finding]:
    """Yield a finding for each table that cannot be opened: a folder, a link to nothing, a file one may not read."""
    for file in sorted(folder.glob("*.csv")):
        try:
            with file.open("rb"):
                pass
        except OSError as error:
            yield Finding(f"{_below_here(file.absolute())}:1", "file", f"cannot be read: {error.strerror}")


def _below_here(path: Path) -> Path:
    """Return a path from the working folder, where it lies below that."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _of_all_editions(finding: Finding) -> bool:
    """Return whether a finding keeps the editions of a rule set from being read."""
    file = finding.place.rpartition(":")[0]
    return Path(file).name == "editions.csv" and (
        finding.column == "edition" or finding == ruleset.NO_EDITION or (finding.kind == "file" and "/" not in file)
    )


def _of_files(place: Place, found: Sequence[Sheet]) -> list[Finding]:
    """Return what is wrong with the files, whatever the edition."""
    findings = locate.strangers(place)
    for sheet in found:
        findings += [
            f
            for file in sheet.files
            for f in find_line_ends(rule_files.name_of(place.folders, file), file.read_bytes())
        ]
        findings += [
            *sheet.findings,
            *find_damage(sheet.rows, sheet.declared.get("key", [])[:-1]),
            *find_breaches(sheet.name, sheet.rows),
        ]
        findings += [ruleset.NO_EDITION] if sheet.name == "editions" and sheet.rows.empty and not sheet.findings else []
    return findings


def _of_editions(place: Place, found: Sequence[Sheet]) -> list[Finding]:
    """Return what is wrong with the rules as dates have them."""
    known = ruleset.editions(found)
    told: dict[Finding, list[str]] = {}
    lists: dict[str, tuple[str, ...]] = {"edition": tuple(known)}
    for edition, (rules, wrong) in ruleset.build_each(place.name, found, known).items():
        lists |= {name: tuple(dict.fromkeys([*lists.get(name, ()), *words])) for name, words in rules.lists.items()}
        for finding in wrong:
            told.setdefault(finding, []).append(edition)
    findings: list[Finding] = []
    for sheet in found:
        findings += find_rewritten(sheet.rows, sheet.declared, lists)
        findings += find_codes(sheet.rows, sheet.declared, known)
        if sheet.name == "editions":
            findings += find_disorder(sheet.rows, known)
    return [*findings, *find_undated(ruleset.dated(found), known), *_dated(told, known)]


def _edited(place: Place, found: Sequence[Sheet], since: str) -> Iterator[Finding]:
    """Yield what editions that were released at a git revision answered otherwise there; new cases may come."""
    with checkout(since, place.folders[-1]) as (folder, _):
        then = rule_files.load(locate.locate(folder, place.base))
    rows = next(sheet for sheet in then if sheet.name == "editions").rows
    released = set(rows.loc[rows["released"] <= committed(since, place.folders[-1]), "edition"])
    known = set(ruleset.editions(found))
    for edition in sorted(released - known, key=rule_files.version):
        yield Finding("editions.csv:1", "edited", f"edition {edition}, released at {since}, is gone")
    kept = sorted(released & known, key=rule_files.version)
    if not kept:
        return
    old, new = (ruleset.build_each(place.name, sheets_, kept) for sheets_ in (then, found))
    told: dict[Change, list[str]] = {}
    for edition in kept:
        for change in compare(old[edition].rules, new[edition].rules):
            told.setdefault(change, []).append(edition)
    for change, editions in told.items():
        if change.kind != "APPEND" and change.table != "editions":
            when = f"edition {', '.join(editions)}, released at {since}"
            case = f"{change.case}: {change.was} is now {change.now or 'no row'} ({when})"
            yield Finding(change.new_rule or f"{change.table}.csv:1", "edited", case)


def _dated(told: dict[Finding, list[str]], known: Sequence[str]) -> Iterator[Finding]:
    """Yield findings of editions; those that not every edition has say which have them."""
    for finding, editions in told.items():
        when = "" if len(editions) == len(known) else f" (edition {', '.join(editions)})"
        yield finding._replace(case=f"{finding.case}{when}")


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by file and line, one a cell: what is told first of it is nearest to the cause."""
    kept: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        key = (finding.place, finding.column) if finding.column else (finding.place, finding.kind, finding.case)
        kept.setdefault(key, finding)
    return sorted(kept.values(), key=lambda f: (f.place.rpartition(":")[0], int(f.place.rpartition(":")[2])))


def _path(told: str, place: Place, found: Sequence[Sheet]) -> Path:
    """Return the path of a finding's file, from the working folder where it lies below that."""
    parts = Path(told).parts
    files = [file for sheet in found for file in sheet.files if file.resolve().parts[-len(parts) :] == parts]
    file = files[0] if files else place.folders[-1] / parts[-1]
    here, path = Path.cwd(), file.resolve()
    return path.relative_to(here) if path.is_relative_to(here) else file
