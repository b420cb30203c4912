"""Check a rule set: every finding of every edition, each at its ``file:line`` with a case that shows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from scrub.files.shipped import find
from scrub.tables import locate, rule_files, ruleset
from scrub.tables.declare import FILE, Declaration
from scrub.tables.diff.compare import Change, compare
from scrub.tables.diff.versions import checkout, is_at, read_month
from scrub.tables.findings import Finding
from scrub.tables.in_force import version
from scrub.tables.lint.cells import find_breaches, find_undated
from scrub.tables.lint.codes import find_codes, find_disorder, find_odd_case
from scrub.tables.lint.presence import find_lost, find_unlike, find_untyped
from scrub.tables.lint.spreadsheet import find_damage, find_line_ends, find_rewritten
from scrub.tables.locate import Location
from scrub.tables.rule_files import Sheet


def check(name: str | Path, *, base: str = "jwst", since: str | None = None) -> list[Finding]:
    """Return what is wrong with a rule set, at any of its editions; nothing if every case has one answer.

    Declarations come first: with a fault in tables.toml, or a table that cannot be opened, nothing else is checked. A
    line that cannot be read comes before the cases: they may hang on what the line was to say.

    Args:
        name: a rule set that ships, or a folder: see ``tables.read``.
        base: the rule set that a folder is a version of, where its name does not say.
        since: a git revision: what its released editions answered, they must answer still; where the folder is not in
            it, nothing was released.

    Raises:
        NoSuchRulesError: no such rule set, or no such revision of it.

    >>> check("hst_cal")
    []
    """
    location = locate.locate(name, base)
    faults = location.faults or find_lost(location.tables, _read_shipped(location.base))
    if obstacles := [*faults, *_find_unopenable(location.folders[-1])]:
        return show_paths(obstacles, location, [])
    sheets = rule_files.load(location)
    findings = _check_files(location, sheets)
    unread = any(rule_files.find_obstacles(sheet) for sheet in sheets)
    if not unread and not any(_hides_editions(finding) for finding in findings):
        findings += _check_editions(location, sheets)
        findings += _find_edited(location, sheets, since) if since and is_at(since, location.folders[-1]) else []
    return show_paths(_keep_first(findings), location, sheets)


def _read_shipped(base: str) -> Mapping[str, Declaration]:
    """Return what is declared of each table of the rule set that ships under a name; nothing if none does."""
    return locate.read(find("rules") / FILE).sets.get(base, {})


def show_paths(findings: Sequence[Finding], location: Location, sheets: Sequence[Sheet]) -> list[Finding]:
    """Return findings with the path of their file, from the working folder where it lies below that.

    Args:
        findings: with the names of files.
        location: of the rule set.
        sheets: its tables.
    """
    paths = {file: str(_find_path(file, location, sheets)) for file in {finding.file for finding in findings}}
    return [finding._replace(file=paths[finding.file]) for finding in findings]


def _find_path(file: str, location: Location, sheets: Sequence[Sheet]) -> Path:
    """Return the path of a finding's file, from the working folder where it lies below that."""
    parts = Path(file).parts
    if parts[-1] == FILE:
        path = Path(file)
    else:
        files = [f for sheet in sheets for f in sheet.files if f.resolve().parts[-len(parts) :] == parts]
        path = files[0] if files else location.folders[-1] / parts[-1]
    here, whole = Path.cwd(), path.parent.resolve() / path.name  # a table that is a link keeps its own name
    return whole.relative_to(here) if whole.is_relative_to(here) else path


def _find_unopenable(folder: Path) -> Iterator[Finding]:
    """Yield a finding for each table that cannot be opened: a folder, a link to nothing, a file one may not read."""
    for file in sorted(folder.glob("*.csv")):
        try:
            with file.open("rb"):
                pass
        except OSError as error:
            yield Finding(file.name, 1, "file", f"cannot be read: {error.strerror}")


def _hides_editions(finding: Finding) -> bool:
    """Return whether a finding keeps the editions of a rule set from being read."""
    return Path(finding.file).name == "editions.csv" and (
        finding.column == "edition"
        or finding == ruleset.NO_EDITION
        or (finding.kind == "file" and "/" not in finding.file)
    )


def _check_files(location: Location, sheets: Sequence[Sheet]) -> list[Finding]:
    """Return what is wrong with the files, whatever the edition."""
    findings = locate.find_strangers(location)
    for sheet in sheets:
        for file in sheet.files:
            findings += find_line_ends(rule_files.name_file(location.folders, file), file.read_bytes())
        findings += sheet.findings
        findings += find_damage(sheet.rows, sheet.declaration.key[:-1])
        findings += find_breaches(sheet.name, sheet.cells)
        if sheet.name == "editions" and sheet.rows.empty and not sheet.findings:
            findings.append(ruleset.NO_EDITION)
    return findings


def _check_editions(location: Location, sheets: Sequence[Sheet]) -> list[Finding]:
    """Return what is wrong with the rules at each edition, and from one edition to the next."""
    known = ruleset.editions(sheets)
    dated: dict[Finding, list[str]] = {}
    lists: dict[str, tuple[str, ...]] = {"edition": tuple(known)}
    for edition, (rules, faults) in ruleset.build_each(location.name, sheets, known).items():
        lists |= {name: tuple(dict.fromkeys([*lists.get(name, ()), *words])) for name, words in rules.lists.items()}
        unlike = (find(t.declaration, t.rows) for t in rules.tables.values() for find in (find_unlike, find_untyped))
        for finding in (*faults, *chain.from_iterable(unlike)):
            dated.setdefault(finding, []).append(edition)
    findings: list[Finding] = []
    for sheet in sheets:
        findings += find_rewritten(sheet.rows, sheet.declaration, lists)
        findings += find_codes(sheet.rows, sheet.declaration, known)
        findings += find_odd_case(sheet.rows, sheet.declaration)
        if sheet.name == "editions":
            findings += find_disorder(sheet.rows, known)
    return [*findings, *find_undated(ruleset.collect_dates(sheets), known), *_name_editions(dated, known)]


def _find_edited(location: Location, sheets: Sequence[Sheet], since: str) -> Iterator[Finding]:
    """Yield what editions that were released at a git revision answered differently there; new cases may come."""
    with checkout(since, location.folders[-1]) as (folder, _):
        then = rule_files.load(locate.locate(folder, location.base))
    rows = next(sheet for sheet in then if sheet.name == "editions").rows
    released = set(rows.loc[rows["released"] <= read_month(since, location.folders[-1]), "edition"])
    known = set(ruleset.editions(sheets))
    for edition in sorted(released - known, key=version):
        yield Finding("editions.csv", 1, "edited", f"edition {edition}, released at {since}, is gone")
    now = next(sheet for sheet in sheets if sheet.name == "editions").rows
    dates = now.merge(rows[rows["edition"].isin(released)], on="edition", suffixes=("", "_then"))
    for row in dates[dates["released"] != dates["released_then"]].to_dict("records"):
        case = (
            f"edition {row['edition']}: released {row['released_then']} is now {row['released']} (released at {since})"
        )
        yield Finding.at(row["rule"], "edited", case)
    kept = sorted(released & known, key=version)
    changes: dict[Change, list[str]] = {}
    old, new = (ruleset.build_each(location.name, side, kept) if kept else {} for side in (then, sheets))
    for edition in kept:
        for change in compare(old[edition].rules, new[edition].rules):
            changes.setdefault(change, []).append(edition)
    for change, editions in changes.items():
        if change.kind != "APPEND" and change.table != "editions":
            when = f"edition {', '.join(editions)}, released at {since}"
            case = f"{change.case}: {change.was} is now {change.now or 'no row'} ({when})"
            yield Finding.at(change.new_rule or f"{change.table}.csv:1", "edited", case)


def _name_editions(dated: dict[Finding, list[str]], known: Sequence[str]) -> Iterator[Finding]:
    """Yield findings of editions; those that not every edition has name the editions that do."""
    for finding, editions in dated.items():
        when = "" if len(editions) == len(known) else f" (edition {', '.join(editions)})"
        yield finding._replace(case=f"{finding.case}{when}")


def _keep_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by file and line, one a cell: the first of a cell is nearest to the cause."""
    kept: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.column) if finding.column else (finding.rule, finding.kind, finding.case)
        kept.setdefault(key, finding)
    return sorted(kept.values(), key=lambda finding: (finding.file, finding.line))
