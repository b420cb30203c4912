"""Rule sets: read the tables of one at an edition, and refuse what cannot be trusted.

A rule set is a folder of CSV files under ``rules/``; ``rules/tables.toml`` says what each of them is.
Tables are read as text, exactly as they are written.
"""

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub import contracts
from scrub.decide import RuleError, answer, fold, on_list, open_out
from scrub.missing import Words
from scrub.where import find

COMMON = ("since", "until", "source", "note")


class NoSuchRulesError(RuleError):
    """A rule set or an edition that there is not."""


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
    abstains: str = ""

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
    fingerprint: str

    def __getitem__(self, name: str) -> Table:
        """Return a table by its name."""
        return self.tables[name]

    def in_turn(self) -> list[Table]:
        """Return the decision tables that are asked of each case, one after another."""
        return sorted((table for table in self.tables.values() if table.turn), key=lambda table: table.turn)


class _Sheet(NamedTuple):
    """A table as its file has it, every edition of it, and its declaration."""

    name: str
    declared: Mapping[str, Any]
    rows: pd.DataFrame


def read(name: str | Path = "jwst", *, edition: str | int | None = None, base: str = "jwst") -> Rules:
    """Return a rule set at an edition, the newest unless one is named.

    Args:
        name: a rule set that ships (``"jwst"``), or a folder: one that holds tables, or one that holds
            a folder named like ``base``. Tables the folder lacks are those of ``base`` as it ships, or of
            the rule set that the folder is named like.
        edition: a word of the rule set's editions table.
        base: the rule set that a folder is a version of.

    Raises:
        NoSuchRulesError: no such rule set or edition.
        RuleError: a table that breaks its declaration or its contract.

    >>> rules = read("jwst")
    >>> rules.edition, rules["pixel_scales"].rows["scale"].tolist()[:2]
    ('3', ['0.03', '0.06'])
    >>> read("jwst", edition=9)
    Traceback (most recent call last):
    scrub.tables.NoSuchRulesError: no edition 9 of jwst: there are 1, 2, 3
    """
    sheets = _sheets(name, base)
    editions = sorted(next(s for s in sheets if s.name == "editions").rows["edition"], key=version)
    chosen = editions[-1] if edition is None else str(edition)
    if chosen not in editions:
        raise NoSuchRulesError(f"no edition {chosen} of {name}: there are {', '.join(editions)}")
    _check_common(sheets, editions)
    current = {s.name: s._replace(rows=at_edition(s.rows, chosen)) for s in sheets}
    pairs = current["lists"].rows.groupby("list", sort=False)["word"]
    lists = {str(key): tuple(words) for key, words in pairs}
    tables = {sheet.name: _table(sheet, lists) for sheet in current.values()}
    return Rules(str(name), chosen, tables, lists, _fingerprint(tables.values()))


def words(rules: Rules) -> Words:
    """Return the spellings of *missing* and of *true* that a rule set reads.

    >>> sorted(words(read("jwst")).true)
    ['1', 'T', 'TRUE', 'True', 't', 'true']
    """
    by_meaning = rules["words"].rows.groupby("meaning")["word"]
    return Words(*(frozenset(by_meaning.get_group(meaning)) for meaning in Words._fields))


def version(edition: str) -> tuple[int, ...]:
    """Return an edition as numbers, so that 1.9 comes before 1.11."""
    return tuple(int(part) for part in edition.split("."))


def at_edition(rows: pd.DataFrame, edition: str) -> pd.DataFrame:
    """Return the rows in force: ``since`` is the first edition with a row, ``until`` the first without."""
    if "since" not in rows:
        return rows
    now = version(edition)
    begun = rows["since"].map(lambda e: not e or version(e) <= now)
    open_ = rows["until"].map(lambda e: not e or now < version(e))
    return rows[begun & open_].reset_index(drop=True)


def _sheets(name: str | Path, base: str) -> list[_Sheet]:
    """Return every table of the rule set, and the common ones, as the files have them."""
    shipped = find("rules")
    folder = shipped / name
    declared = _declarations(shipped / "tables.toml")
    rule_set = str(name)
    if rule_set not in declared:
        folder = Path(name)
        rule_set = folder.name if folder.name in declared else base
        folder = folder / base if (folder / base).is_dir() else folder
        if not any(folder.glob("*.csv")):
            known = ", ".join(sorted(set(declared) - {"common"}))
            raise NoSuchRulesError(f"no rule set {name}: it is a folder of tables, or one of {known}")
        own = [p for p in (folder / "tables.toml", folder.parent / "tables.toml") if p.is_file()]
        declared = _declarations(own[0]) if own else declared
    folders, like = (folder, shipped / rule_set), shipped / base
    found = [_own_or_like(folders, like, declared[rule_set], table) for table in declared[rule_set]]
    return [*found, *(_sheet(t, shipped / "common" / f"{t}.csv", d) for t, d in declared["common"].items())]


def _own_or_like(folders: Sequence[Path], like: Path, declared: Mapping[str, Any], name: str) -> _Sheet:
    """Return a table as the first folder has it, else as the rule set it is like has it at its newest edition.

    A table that ``extends`` has its own rows, and those of the other whose keys are not among its own.
    """
    file = next((f / f"{name}.csv" for f in folders if (f / f"{name}.csv").is_file()), like / f"{name}.csv")
    own = _sheet(name, file, declared[name])
    extends = declared[name].get("extends", False)
    if like in folders or (file.parent != like and not extends):
        return own
    newest = max(_sheet("editions", like / "editions.csv", declared["editions"]).rows["edition"], key=version)
    theirs = at_edition(_sheet(name, like / file.name, declared[name]).rows, newest).assign(since="", until="")
    if file.parent == like:
        return own._replace(rows=theirs)
    known = pd.MultiIndex.from_frame(own.rows[declared[name]["key"]])
    new = ~pd.MultiIndex.from_frame(theirs[declared[name]["key"]]).isin(known)
    return own._replace(rows=pd.concat([theirs[new], own.rows], ignore_index=True))


def _declarations(path: Path) -> dict[str, dict[str, Any]]:
    """Return what tables.toml says of each rule set; one that is ``like`` another has its tables, too."""
    with path.open("rb") as file:
        sets = tomllib.load(file)
    return {
        name: {**sets.get(tables.get("like"), {}), **{t: d for t, d in tables.items() if t != "like"}}
        for name, tables in sets.items()
    }


def _sheet(name: str, file: Path, declared: Mapping[str, Any]) -> _Sheet:
    """Return one file as text, each row with its ``file:line``."""
    pattern = ["pattern"] if declared["policy"] == "first" else []
    common = COMMON if name != "editions" else COMMON[2:]
    expected = [
        *declared.get("key", ()), *declared.get("conditions", ()), *pattern, *declared.get("answers", ()), *common,
    ]  # fmt: skip
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise RuleError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise RuleError(f"{file.name}: not UTF-8: {error}") from None
    return _Sheet(name, declared, _rows(name, file.name, text, tuple(expected)))


@cache
def _rows(name: str, file: str, text: str, expected: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of a table that keep the contract of tables of its name; nobody may change them."""
    lines = _lines(file, text)
    _, header = next(lines, (1, []))
    if header != list(expected):
        raise RuleError(f"{file}:1: the columns are {','.join(header)}; expected {','.join(expected)}")
    cells = []
    for line, row in lines:
        if len(row) != len(expected):
            raise RuleError(f"{file}:{line}: {len(row)} cells; the header has {len(expected)}")
        cells.append([*row, f"{file}:{line}"])
    rows = pd.DataFrame(cells, columns=[*expected, "rule"], dtype="str")
    if (find("schemas") / "rules" / f"{name}.yaml").is_file():
        _hold(f"rules/{name}", rows, {})
    return rows


def _lines(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines of a CSV file with their numbers."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise RuleError(f"{file}:{reader.line_num}: {error}") from None


def _check_common(sheets: Sequence[_Sheet], editions: Sequence[str]) -> None:
    """Hold the columns that every table has against their contract."""
    dated = pd.concat([s.rows.reindex(columns=["rule", *COMMON], fill_value="") for s in sheets])
    _hold("rules/table", dated, {"edition": ("", *editions)})


def _hold(contract: str, rows: pd.DataFrame, lists: Mapping[str, Sequence[str]]) -> None:
    bad = contracts.failures(contracts.read(contract, lists), rows)
    for failure in bad.to_dict("records"):
        place = rows["rule"].iloc[failure["row"]] if failure["row"] >= 0 else contract
        raise RuleError(f"{place}: {failure['column']}: {failure['reason']}: {failure['value']!r}")


def _table(sheet: _Sheet, lists: Mapping[str, Sequence[str]]) -> Table:
    """Return a table that is checked: words on their lists, keys told apart, no gap and no overlap."""
    rows, declared = sheet.rows, sheet.declared
    answers = declared.get("answers", {})
    for column, wanted in answers.items():
        _check_answers(rows, column, wanted, lists)
    keys = tuple(declared.get("key", ()))
    conditions = {c: _list(lists, name) for c, name in declared.get("conditions", {}).items()}
    hits = open_out(rows, conditions) if declared["policy"] == "unique" else np.empty(0, int)
    if declared["policy"] == "list":
        for rule in rows.loc[rows.duplicated(list(keys)), "rule"]:
            raise RuleError(f"{rule}: the same {', '.join(keys)} as a row before")
    if "covers" in declared:
        for word in _list(lists, declared["covers"]):
            if word not in set(rows[keys[0]]):
                raise RuleError(f"{sheet.name}.csv:1: gap: no row for {keys[0]}={word}")
    if declared["policy"] == "first":
        last = rows.drop_duplicates(list(keys), keep="last")
        for rule in last.loc[last["pattern"] != "*", "rule"]:
            raise RuleError(f"{rule}: the last row of a key must have the pattern *")
    asked = declared.get("turn", 0), declared.get("leaves_out", {}), declared.get("abstains", "")
    return Table(sheet.name, declared["policy"], keys, conditions, tuple(answers), rows, hits, *asked)


def _list(lists: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    if name not in lists:
        raise RuleError(f"lists.csv:1: no list {name}")
    return lists[name]


def _check_answers(rows: pd.DataFrame, column: str, wanted: str, lists: Mapping[str, Sequence[str]]) -> None:
    """Refuse an answer that is not on its list: ``list``, ``list?`` (may be blank), ``list+`` (several words)."""
    name = wanted.rstrip("?+")
    if not name:
        return
    first = rows.drop_duplicates(column)
    for cell, rule in zip(first[column], first["rule"], strict=True):
        words = cell.split() if "+" in wanted else [cell]
        for word in words if cell or "?" not in wanted else ():
            try:
                on_list(word, _list(lists, name))
            except RuleError as error:
                raise RuleError(f"{rule}: {column}: {error}") from None


def _fingerprint(tables: Iterable[Table]) -> str:
    """Return a hash of what the rules say: of every cell but source, note and dates, whatever the row order."""
    digest = hashlib.sha256()
    for table in sorted(tables, key=lambda t: t.name):
        said = table.rows.drop(columns=[*COMMON, "rule"], errors="ignore")
        lines = ["\x1f".join(row) for row in said.itertuples(index=False, name=None)]
        ordered = lines if table.policy == "first" else sorted(lines)
        digest.update("\x1e".join([table.name, *said.columns, *ordered]).encode())
    return digest.hexdigest()
