"""Rule sets: read the tables of one at an edition, and refuse what cannot be trusted.

A rule set is a folder of CSV files under ``rules/``; ``rules/tables.toml`` says what each of them is.
Tables are read as text, exactly as they are written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.files import digest
from scrub.frames.cells import Words
from scrub.tables import locate, rule_files
from scrub.tables.decide import answer, fold, opened
from scrub.tables.findings import Finding, RuleError
from scrub.tables.lint.cells import Lists, find_breaches, find_cells, find_undated
from scrub.tables.lint.coverage import find_listed, find_patterns
from scrub.tables.lint.links import find_unasked
from scrub.tables.locate import NoSuchRulesError
from scrub.tables.rule_files import COMMON, OWN, Sheet, at_edition, version

__all__ = [
    "NoSuchRulesError", "RuleError", "Rules", "Table", "build", "dated", "editions", "read", "version", "words",
]  # fmt: skip

NO_EDITION = Finding("editions.csv:1", "gap", "no edition")


class Table(NamedTuple):
    """One rule table at one edition: its rows, and what tables.toml says of it."""

    name: str
    policy: str
    keys: tuple[str, ...]
    conditions: Mapping[str, Sequence[str]]
    answers: tuple[str, ...]
    rows: pd.DataFrame
    hits: np.ndarray
    turn: int
    leaves_out: Mapping[str, str]
    declared: Mapping[str, Any]

    @property
    def abstains(self) -> str:
        """The answer column that says what would have to be known where the table cannot tell; blank if it can."""
        return str(self.declared.get("abstains", ""))

    def answer(self, facts: pd.DataFrame) -> pd.DataFrame:
        """Return the row that answers each row of facts: see ``decide.answer``."""
        return answer(self.rows, self.hits, self.conditions, facts)

    def fold(self, key: str, values: pd.Series) -> pd.Series:
        """Return the first answer that fits each value, of the rows under one key."""
        rows = self.rows[self.rows[self.keys[0]] == key]
        if rows.empty:
            return values
        return fold(rows["pattern"].tolist(), rows[self.answers[0]].tolist(), values)

    def records(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries."""
        return [{str(name): str(cell) for name, cell in row.items()} for row in self.rows.to_dict("records")]

    def column(self, name: str) -> pd.Series:
        """Return one column, indexed by the table's (first) key."""
        return self.rows.set_index(self.keys[0])[name]


@dataclass(frozen=True, eq=False)
class Rules:
    """A rule set at an edition. Read one with ``read``; give it to functions as their first argument."""

    name: str
    edition: str
    tables: Mapping[str, Table]
    lists: Mapping[str, tuple[str, ...]]
    hashes: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """Return one hash of what all tables say, but for the list of editions: one to come changes none before."""
        return digest.of(self.hashes)

    def __getitem__(self, name: str) -> Table:
        """Return a table by its name."""
        return self.tables[name]

    def in_turn(self) -> list[Table]:
        """Return the decision tables that are asked of each case, one after another."""
        return sorted((table for table in self.tables.values() if table.turn), key=lambda table: table.turn)


def read(name: str | Path = "jwst", *, edition: str | int | None = None, base: str = "jwst") -> Rules:
    """Return a rule set at an edition, the newest unless one is named.

    Args:
        name: a rule set that ships (``"jwst"``), or a folder: one that holds tables, or one that holds
            a folder named like ``base``. A folder that lacks tables is an overlay: its rows stand in place
            of those that ship.
        edition: a word of the rule set's editions table.
        base: the rule set that a folder is a version of, where its name does not say.

    Raises:
        NoSuchRulesError: no such rule set or edition.
        RuleError: a table that breaks its declaration or its contract.

    >>> rules = read("jwst")
    >>> rules.edition, rules["pixel_scales"].rows["scale"].tolist()[:2]
    ('3', ['0.03', '0.06'])
    >>> read("jwst", edition=9)
    Traceback (most recent call last):
    scrub.tables.locate.NoSuchRulesError: no edition 9 of jwst: there are 1, 2, 3
    """
    place = locate.locate(name, base)
    found = rule_files.load(place)
    _refuse(f for sheet in found for f in (*sheet.findings, *find_breaches(sheet.name, sheet.rows)))
    known = editions(found)
    chosen = known[-1] if edition is None else str(edition)
    if chosen not in known:
        raise NoSuchRulesError(f"no edition {chosen} of {name}: there are {', '.join(known)}")
    _refuse(find_undated(dated(found), known))
    rules, findings = build(place.name, found, chosen)
    _refuse(findings)
    return rules


def _refuse(findings: Iterable[Finding]) -> None:
    for finding in findings:
        raise RuleError(str(finding))


def dated(found: Sequence[Sheet]) -> pd.DataFrame:
    """Return the columns that every table has, of all sheets."""
    return pd.concat([s.rows.reindex(columns=["rule", *COMMON], fill_value="") for s in found], ignore_index=True)


def editions(found: Sequence[Sheet]) -> list[str]:
    """Return the editions of a rule set, oldest first.

    Raises:
        RuleError: there are none.
    """
    sheet = next(sheet for sheet in found if sheet.name == "editions")
    if sheet.rows.empty:
        _refuse([*sheet.findings, NO_EDITION])
    return sorted(sheet.rows["edition"].unique(), key=version)


class Built(NamedTuple):
    """A rule set at an edition, and what is wrong with it there."""

    rules: Rules
    findings: tuple[Finding, ...]


def build(name: str, found: Sequence[Sheet], edition: str) -> Built:
    """Return a rule set at an edition, whatever is wrong with it there."""
    (built,) = build_each(name, found, [edition]).values()
    return built


def build_each(name: str, found: Sequence[Sheet], asked: Sequence[str]) -> dict[str, Built]:
    """Return a rule set at several editions; a table that is the same at two of them is opened out once."""
    known = editions(found)
    steady = {s.name: rule_files.overlaid(s.rows, s.declared) for s in found if not rule_files.is_dated(s.rows)}
    opened_out: dict[tuple[Any, ...], _Opened] = {}
    built = {}
    for edition in asked:
        dated = {s.name: at_edition(s.rows, edition, known) for s in found if s.name not in steady}
        rows = {**steady, **{s.name: rule_files.overlaid(dated[s.name], s.declared) for s in found if s.name in dated}}
        current = {s.name: s._replace(rows=rows[s.name]) for s in found}
        built[edition] = _built(name, current, edition, opened_out)
    return built


class _Opened(NamedTuple):
    """A table, what is wrong with it, and a hash of what it says."""

    table: Table
    findings: tuple[Finding, ...]
    hash: str


def _built(name: str, current: Mapping[str, Sheet], edition: str, opened_out: dict[tuple[Any, ...], _Opened]) -> Built:
    """Return a rule set of the tables in force; those that are opened out already are taken as they are."""
    pairs = current["lists"].rows.groupby("list", sort=False)["word"]
    lists = {str(key): tuple(words) for key, words in pairs}
    asked = {**lists, **_references(current)}
    made = {}
    for sheet in current.values():
        key = (sheet.name, *sheet.rows["rule"].tolist(), *(asked.get(listed) for listed in _lists_of(sheet.declared)))
        if key not in opened_out:
            opened_out[key] = _table(sheet, asked)
        made[sheet.name] = opened_out[key]
    findings = [finding for one in made.values() for finding in one.findings]
    findings.extend(find_unasked(list(current.values()), asked))
    hashes = {table: one.hash for table, one in made.items() if table != "editions"}
    return Built(Rules(name, edition, {t: one.table for t, one in made.items()}, lists, hashes), tuple(findings))


def _lists_of(declared: Mapping[str, Any]) -> list[str]:
    """Return the names of the lists that a declaration asks for."""
    named = [name.rstrip("?+") for key in ("conditions", "answers", "words") for name in declared.get(key, {}).values()]
    return [*named, *([declared["covers"]] if "covers" in declared else [])]


def _references(current: Mapping[str, Sheet]) -> dict[str, tuple[str, ...]]:
    """Return the closed lists that are a column of another table (``features.feature``), and the lists asked for."""
    wanted = [name for sheet in current.values() for name in _lists_of(sheet.declared)]
    columns = {name: name.partition(".") for name in wanted if "." in name}
    found = {name: tuple(current[table].rows[column].unique()) for name, (table, _, column) in columns.items()}
    also = current["lists"].declared.get("also", ())
    return {**found, "asked": tuple(dict.fromkeys([*(w for w in wanted if w), *also]))}


def _table(sheet: Sheet, lists: Lists) -> _Opened:
    """Return a table, and what is wrong with it: words off their lists, gaps, cases with two answers."""
    rows, declared, policy = sheet.rows, sheet.declared, sheet.declared["policy"]
    answers = tuple(declared.get("answers", {}))
    findings = list(find_cells(rows, declared, lists))
    conditions: dict[str, Sequence[str]] = {}
    for column, name in declared.get("conditions", {}).items():
        conditions[column] = lists.get(name, ())
        if name not in lists:
            findings.append(Finding("lists.csv:1", "gap", f"no list {name}"))
    hits = np.empty(0, int)
    if policy == "unique":
        hits, wrong = opened(rows, conditions, answers=answers, file=f"{sheet.name}.csv")
        findings.extend(wrong)
    elif policy == "list":
        findings.extend(find_listed(sheet.name, rows, declared, lists.get(declared.get("covers", ""), ())))
    else:
        findings.extend(find_patterns(sheet.name, rows, declared))
    turn, leaves_out = declared.get("turn", 0), declared.get("leaves_out", {})
    keys = tuple(declared.get("key", ()))
    table = Table(sheet.name, policy, keys, conditions, answers, rows, hits, turn, leaves_out, declared)
    return _Opened(table, tuple(findings), digest.of(_said(table)))


def words(rules: Rules) -> Words:
    """Return the spellings of *missing* and of *true* that a rule set reads.

    >>> sorted(words(read("jwst")).true)
    ['1', 'T', 'TRUE', 'True', 't', 'true']
    """
    by_meaning = rules["words"].rows.groupby("meaning")["word"]
    return Words(*(frozenset(by_meaning.get_group(meaning)) for meaning in Words._fields))


def _said(table: Table) -> list[Any]:
    """Return what a table says, for its hash: of every cell but source, note and dates, whatever the row order.

    It is what is declared of it, and its rows, each with whether it stands over others.
    """
    asked = table.declared.get("conditions", {})
    declared = [table.policy, table.keys, list(asked.items()), table.answers, table.turn, table.leaves_out]
    said = table.rows.drop(columns=[*COMMON, "rule", OWN], errors="ignore")
    cells = [said[column].tolist() for column in said]
    if OWN in table.rows and table.policy == "unique" and table.rows[OWN].any():
        cells.append(["over" if layer else "" for layer in table.rows[OWN]])
    rows = [list(row) for row in zip(*cells, strict=True)]
    return [declared, list(said), rows if table.policy == "first" else sorted(rows)]
