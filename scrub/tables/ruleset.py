"""Rule sets: read the tables of one at an edition, and refuse what cannot be trusted.

A rule set is a folder of CSV files under ``rules/``; ``rules/tables.toml`` says what each of them is.
Tables are read as text, exactly as they are written.
"""

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import compress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from scrub.contracts import contracts
from scrub.files import digest
from scrub.tables import locate, rule_files
from scrub.tables.ask import Hits
from scrub.tables.conditions import allows
from scrub.tables.decide import Table, expand
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding, refuse
from scrub.tables.in_force import at_edition, find_turning, is_dated, lay_over, version
from scrub.tables.lint.cells import Lists, find_breaches, find_cells, find_undated
from scrub.tables.lint.coverage import find_listed, find_patterns, group_rules
from scrub.tables.lint.links import find_no_lists, find_unknown_answers
from scrub.tables.lint.presence import find_absent
from scrub.tables.locate import NoSuchRulesError
from scrub.tables.meaning import describe
from scrub.tables.rows import Cells, count_rows
from scrub.tables.rule_files import COMMON, Sheet
from scrub.tables.rules import Rules

NO_EDITION = Finding("editions.csv", 1, "gap", "no edition")


def read(name: str | Path = "jwst", *, edition: str | int | None = None, base: str = "jwst") -> Rules:
    """Return a rule set at an edition, the newest unless one is named.

    Files that have not changed since they were read cost no more than reading their bytes. Every rule set that is
    returned is the caller's own.

    Args:
        name: a rule set that ships (``"jwst"``), or a folder: one that holds tables, or one that holds
            a folder named like ``base``. A folder that lacks tables is an overlay: its rows stand in place
            of those that ship.
        edition: a word of the rule set's editions table.
        base: the rule set that a folder is a version of, where its name does not say.

    Raises:
        NoSuchRulesError: no such rule set or edition.
        RuleError: a table that breaks its declaration or its contract, or a declaration that breaks the language.

    >>> rules = read("jwst")
    >>> rules.edition, rules["pixel_scales"].rows["scale"].tolist()[:2]
    ('3', ['0.03', '0.06'])
    >>> read("jwst", edition=9)
    Traceback (most recent call last):
    scrub.tables.locate.NoSuchRulesError: no edition 9 of jwst: there are 1, 2, 3
    """
    location = locate.locate(name, base)
    refuse(location.faults)
    files = rule_files.read_files(location)
    folders = tuple(folder.resolve() for folder in location.folders)
    declared = (*location.tables.values(), *location.common_tables.values())
    content = _Content(location, edition, repr(declared), folders, tuple(files.items()), contracts.contents("rules"))
    return _read(content).copy()


@dataclass(frozen=True)
class _Content:
    """All that a rule set is read from; two of one content are equal."""

    location: locate.Location = field(compare=False)
    edition: str | int | None
    declared: str
    folders: tuple[Path, ...]
    files: tuple[tuple[Path, bytes], ...]
    contracts: tuple[tuple[str, bytes], ...]


@lru_cache(maxsize=32)
def _read(content: _Content) -> Rules:
    """Return a rule set; only ``read`` sees it, and hands out copies."""
    location, edition = content.location, content.edition
    sheets = rule_files.load(location, dict(content.files))
    refuse(f for sheet in sheets for f in (*sheet.findings, *find_breaches(sheet.name, sheet.cells)))
    known = editions(sheets)
    chosen = known[-1] if edition is None else str(edition)
    if chosen not in known:
        raise NoSuchRulesError(f"no edition {chosen} of {location.name}: there are {', '.join(known)}")
    refuse(find_undated(collect_dates(sheets), known))
    rules, findings = build(location.name, sheets, chosen)
    refuse(findings)
    return rules


def collect_dates(sheets: Sequence[Sheet]) -> Cells:
    """Return the columns that every table has, of all sheets; the declared source of a table stands for a blank one."""
    cells: dict[str, list[str]] = {column: [] for column in ("rule", *COMMON)}
    for sheet in sheets:
        own, blank = _fill_source(sheet.cells, sheet.declaration), ("",) * count_rows(sheet.cells)
        for column, words in cells.items():
            words += own.get(column, blank)
    return cells


def _fill_source(cells: Cells, table: Declaration) -> Cells:
    if not table.source:
        return cells
    return {**cells, "source": tuple([word or table.source for word in cells["source"]])}


def editions(sheets: Sequence[Sheet]) -> list[str]:
    """Return the editions of a rule set, oldest first.

    Raises:
        RuleError: there are none.
    """
    sheet = next(sheet for sheet in sheets if sheet.name == "editions")
    if not count_rows(sheet.cells):
        refuse([*sheet.findings, NO_EDITION])
    return sorted(dict.fromkeys(sheet.cells["edition"]), key=version)


class Built(NamedTuple):
    """A rule set at an edition, and what is wrong with it there."""

    rules: Rules
    findings: tuple[Finding, ...]


def build(name: str, sheets: Sequence[Sheet], edition: str) -> Built:
    """Return a rule set at an edition, whatever is wrong with it there.

    Args:
        name: of the rule set.
        sheets: its tables.
        edition: one of its editions.
    """
    (built,) = build_each(name, sheets, [edition]).values()
    return built


def build_each(name: str, sheets: Sequence[Sheet], chosen: Sequence[str]) -> dict[str, Built]:
    """Return a rule set at several editions; one that is the same at two of them is built once, a table expanded once.

    Args:
        name: of the rule set.
        sheets: its tables.
        chosen: some of its editions.
    """
    known = editions(sheets)
    steady = {s.name: lay_over(s.cells, s.declaration) for s in sheets if not is_dated(s.cells)}
    expanded: dict[tuple[Any, ...], _Expanded] = {}
    turning = find_turning([sheet.cells for sheet in sheets if sheet.name not in steady], known)
    periods: dict[int, Built] = {}
    built = {}
    for edition in chosen:
        period = bisect([version(point) for point in turning], version(edition))
        if period in periods:
            rules, findings = periods[period]
            built[edition] = Built(replace(rules, edition=edition), findings)
            continue
        dated = {
            s.name: lay_over(at_edition(s.cells, edition, known), s.declaration) for s in sheets if s.name not in steady
        }
        current = {s.name: s._replace(cells={**steady, **dated}[s.name]) for s in sheets}
        built[edition] = periods[period] = _build_one(name, current, edition, expanded)
    return built


class _Expanded(NamedTuple):
    """A table, what is wrong with it, and a hash of what it says."""

    table: Table
    findings: tuple[Finding, ...]
    hash: str


def _build_one(
    name: str, current: Mapping[str, Sheet], edition: str, expanded: dict[tuple[Any, ...], _Expanded]
) -> Built:
    """Return a rule set of the tables in force; those that are expanded already are taken as they are."""
    own = current["lists"].cells
    lists = {name: tuple(words) for name, words in group_rules(own["list"], own["word"]).items()}
    everything = {**lists, **_collect_references(current)}
    parts = {}
    for sheet in current.values():
        words = (everything.get(listed) for listed in sheet.declaration.lists())
        key = (sheet.name, *sheet.cells["rule"], *words)
        if key not in expanded:
            expanded[key] = _expand_sheet(sheet, everything)
        parts[sheet.name] = expanded[key]
    findings = [finding for part in parts.values() for finding in part.findings]
    findings.extend(find_unknown_answers(list(current.values()), everything))
    hashes = {table: part.hash for table, part in parts.items() if table != "editions"}
    tables = {table: part.table for table, part in parts.items()}
    return Built(Rules(name, edition, tables, lists, hashes), tuple(findings))


def _collect_references(current: Mapping[str, Sheet]) -> dict[str, tuple[str, ...]]:
    """Return the closed lists that are a column of another table (``features.feature``), and the lists in use."""
    names = [name for sheet in current.values() for name in sheet.declaration.lists()]
    columns = {name: name.partition(".") for name in names if "." in name}
    words = {
        name: tuple(dict.fromkeys(current[table].cells[column]))
        for name, (table, _, column) in columns.items()
        if table in current and column in current[table].cells
    }
    also = current["lists"].declaration.also
    return {**words, "asked": tuple(dict.fromkeys([*names, *also]))}


def _expand_sheet(sheet: Sheet, lists: Lists) -> _Expanded:
    """Return a table, and what is wrong with it: words off their lists, gaps, cases with two answers."""
    declaration = sheet.declaration
    cells = MappingProxyType(dict(_fill_source(sheet.cells, declaration)))
    findings = [
        *find_no_lists(declaration, lists),
        *find_cells(cells, declaration, lists),
        *find_absent(declaration, cells),
    ]
    conditions = MappingProxyType(
        {
            column: _restrict(tuple(lists.get(name, ())), declaration.applies_to.get(column, "*"))
            for column, name in declaration.conditions.items()
        }
    )
    hits: Hits = np.empty(0, int)
    if declaration.policy == "unique":
        hits, faults = expand(
            cells,
            conditions,
            answers=tuple(declaration.answers),
            file=f"{sheet.name}.csv",
            else_row=declaration.else_row,
        )
        findings.extend(faults)
    elif declaration.policy == "list":
        findings.extend(find_listed(declaration, cells, lists.get(declaration.covers, ())))
    else:
        findings.extend(find_patterns(declaration, cells))
    if isinstance(hits, np.ndarray):
        hits.setflags(write=False)
    table = Table(declaration, conditions, cells, hits)
    return _Expanded(table, tuple(findings), digest.of(describe(table)) if not findings else "")


def _restrict(words: Sequence[str], cell: str) -> Sequence[str]:
    """Return the words of a list that a table is asked of."""
    return tuple(compress(words, allows(cell, words)))
