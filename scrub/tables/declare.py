"""Declarations: what tables.toml says of each rule table, read once and held against the language.

What breaks the language (``tables.language``) is a finding at ``tables.toml:line``, with the nearest known word.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from scrub.tables.findings import Finding
from scrub.tables.frozen import freeze, thaw
from scrub.tables.language import find_faults, flatten, hint, keep_good, read_spec

Words = Mapping[str, str]
FILE = "tables.toml"
_SECTION = re.compile(r"\s*\[\s*([\w.\"' -]+?)\s*\]")
_KEY = re.compile(r"\s*[\"']?([\w.-]+)[\"']?\s*=")
_NO_WORDS: Mapping[str, Any] = MappingProxyType({})


class Need(NamedTuple):
    """Cells that must be filled: in rows that fit ``where`` (written as conditions are), the columns ``filled``."""

    where: Words
    filled: tuple[str, ...]


class Shape(NamedTuple):
    """A contract whose columns are the words of one column of a table, beside some that no row names.

    Only rows that have the words of ``where`` are held against it.
    """

    file: str
    column: str
    beside: tuple[str, ...]
    where: Words = _NO_WORDS


class Types(NamedTuple):
    """A contract whose columns have the names that one column of a table gives, and the kinds that another gives.

    ``dtypes`` has the kinds of each dtype, ``*`` for any. Every column of the contract has a name, but for those
    ``beside``; where ``beside`` is empty, any may be without. Only rows that have the words of ``where`` are held
    against it.
    """

    file: str
    column: str
    kind: str
    dtypes: Mapping[str, tuple[str, ...]]
    beside: tuple[str, ...] = ()
    where: Words = _NO_WORDS


class Codes(NamedTuple):
    """The columns of a table of codes: whose words, the word, its code; and the codes that words share on purpose."""

    of: str
    word: str
    code: str
    shared: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Declaration:
    """What tables.toml says of one table. ``lines`` has the line of each key, and under "" that of the section."""

    name: str
    policy: str = "list"
    what: str = ""
    source: str = ""
    key: tuple[str, ...] = ()
    conditions: Words = field(default_factory=lambda: _NO_WORDS)
    answers: Words = field(default_factory=lambda: _NO_WORDS)
    words: Words = field(default_factory=lambda: _NO_WORDS)
    covers: str = ""
    applies_to: Words = field(default_factory=lambda: _NO_WORDS)
    else_row: bool = False
    turn: int = 0
    leaves_out: Words = field(default_factory=lambda: _NO_WORDS)
    abstains: str = ""
    fills: str = ""
    flags: str = ""
    extends: bool = False
    needs: tuple[Need, ...] = ()
    expressions: Mapping[str, int | str] = field(default_factory=lambda: _NO_WORDS)
    codes: Codes | None = None
    must_have: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_WORDS)
    contract: Shape | None = None
    types: tuple[Types, ...] = ()
    also: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    changes: Words = field(default_factory=lambda: _NO_WORDS)
    file: str = FILE
    lines: Mapping[str, int] = field(default_factory=lambda: _NO_WORDS)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how a pickle makes it again."""
        return _restore, (thaw(vars(self)),)

    def lists(self) -> dict[str, str]:
        """Return the closed lists that the table asks for, each with the key of tables.toml that names it.

        >>> section("parts", policy="list", key=["part"], covers="part", answers={"text": "word?"}).lists()
        {'word': 'answers', 'part': 'covers'}
        """
        names = {
            read_spec(name).listed: key
            for key in ("conditions", "answers", "words")
            for name in getattr(self, key).values()
            if name
        }
        return {**names, **({self.covers: "covers"} if self.covers else {})}

    def finding(self, key: str, case: str) -> Finding:
        """Return a finding at the line of a key.

        Args:
            key: of the section, dotted; blank for the section itself.
            case: what is wrong.

        >>> print(section("parts", policy="list", key=["part"]).finding("covers", "no list 'prt'"))
        tables.toml:1: declaration: parts.covers: no list 'prt'
        """
        first = key.partition(".")[0]
        line = next((self.lines[k] for k in (key, first, "") if k in self.lines), 1)
        return Finding(self.file, line, "declaration", case, f"{self.name}.{key}" if key else self.name)


def _restore(values: Mapping[str, Any]) -> Declaration:
    return Declaration(**freeze(values))


class Declared(NamedTuple):
    """The declarations of every rule set, the set (``name@edition``) that each is like, and what is wrong."""

    sets: Mapping[str, Mapping[str, Declaration]]
    likes: Mapping[str, str]
    findings: tuple[Finding, ...]


def section(name: str, **keys: Any) -> Declaration:
    """Return the declaration of one table from its keys, as tables.toml has them.

    Raises:
        ValueError: a key that breaks the language.

    >>> section("channels", policy="first", key=["keyword"], answers={"channel": ""}).key
    ('keyword',)
    >>> section("channels", policy="first", keys=["keyword"], answers={"channel": ""})
    Traceback (most recent call last):
    ValueError: tables.toml:1: declaration: channels.keys: unknown key (nearest: 'key')
    """
    declaration, findings = _declare(name, keys, FILE, {})
    for finding in findings:
        raise ValueError(str(finding))
    return declaration


def read(path: Path, below: Path | None = None) -> Declared:
    """Return the declarations of a tables.toml; a rule set that is ``like`` another has its tables, too.

    A table that ``extends`` the one of the other rule set has its declaration, key by key, unless its own section
    has the key.

    Args:
        path: the file.
        below: a tables.toml whose rule sets those of the file may be like.

    Raises:
        OSError, ValueError: it cannot be read, or is not TOML.
    """
    text = path.read_text(encoding="utf-8")
    absent = [name for name in _parse(text) if not (path.parent / name).is_dir()]
    absent = [] if absent and any(path.parent.glob("*.csv")) else absent
    return _read(str(path), text, below.read_text(encoding="utf-8") if below else "", tuple(absent))


@lru_cache(maxsize=32)
def _read(path: str, text: str, below: str, absent: tuple[str, ...]) -> Declared:
    """Return the declarations of a text, all frozen; ``absent`` are the rule sets without a folder."""
    own = _parse(text)
    file = _File(path, _find_lines(text), {**_parse(below), **own})
    sets: dict[str, Mapping[str, Declaration]] = {}
    likes, findings = {}, []
    for name, tables in own.items():
        if not isinstance(tables, dict):
            findings.append(file.finding("", name, "not the section of a table, which has the form [RULE_SET.TABLE]"))
            continue
        if name in absent:
            section = next((s for s in file.sections if s.startswith(f"{name}.")), name)
            findings.append(file.finding(section, "", f"no folder {name} beside {Path(path).name}"))
        likes[name], faults = _like(file, name, tables)
        base = likes[name].partition("@")[0]
        ready = {} if likes.get(base) else sets.get(base, {})
        declared, more = _declare_set(file, name, tables, base, ready)
        sets[name] = MappingProxyType(declared)
        findings += [*faults, *more, *_find_turns(declared.values())]
    return Declared(MappingProxyType(sets), MappingProxyType(likes), tuple(dict.fromkeys(findings)))


@lru_cache(maxsize=32)
def _parse(text: str) -> Mapping[str, Any]:
    """Return a TOML text as mappings; only this module sees them, and copies what it hands out."""
    return tomllib.loads(text)


class _File(NamedTuple):
    """A tables.toml: its path, the line of each key of each section, and all rule sets that its own may be like."""

    path: str
    sections: Mapping[str, Mapping[str, int]]
    sets: Mapping[str, Any]

    def finding(self, name: str, key: str, case: str) -> Finding:
        column = ".".join(part for part in (name, key) if part)
        return Finding(self.path, self.sections.get(name, {}).get(key, 1), "declaration", case, column)

    def lines_of(self, name: str, table: str) -> dict[str, int]:
        own, tools = (self.sections.get(f"{name}.{table}{part}", {}) for part in ("", ".tools"))
        return {**own, **{f"tools.{key}" if key else "tools": number for key, number in tools.items()}}


def _find_lines(text: str) -> dict[str, dict[str, int]]:
    """Return for each section the line of each key, and under "" its own: tomllib does not keep them."""
    current: dict[str, int] = {}
    sections = {"": current}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _SECTION.match(line):
            current = sections.setdefault(re.sub(r"[\s\"']", "", header[1]), {})
            current.setdefault("", number)
        elif key := _KEY.match(line):
            current.setdefault(key[1], number)
    return sections


def _like(file: _File, name: str, tables: Mapping[str, Any]) -> tuple[str, list[Finding]]:
    """Return the rule set that one is like (blank: none), and what is wrong with the keys beside its tables."""
    faults = [
        file.finding(name, key, f"unknown key{hint(key, ['like', 'without'])}")
        for key, value in tables.items()
        if key not in ("like", "without") and not isinstance(value, dict)
    ]
    like = tables.get("like", "")
    base = str(like).partition("@")[0]
    if without := tables.get("without"):
        theirs = _resolve(file, base)
        lost = (table for table in without if table not in theirs)
        faults += [file.finding(name, "without", f"{base or 'no rule set'} has no table {table!r}") for table in lost]
    if "like" in tables and (base == name or not isinstance(file.sets.get(base), dict)):
        known = [other for other, entry in file.sets.items() if isinstance(entry, dict) and other != name]
        return "", [*faults, file.finding(name, "like", f"no rule set {base!r}{hint(base, known)}")]
    return str(like), faults


def _declare_set(
    file: _File, name: str, tables: Mapping[str, Any], base: str, ready: Mapping[str, Declaration]
) -> tuple[dict[str, Declaration], list[Finding]]:
    """Return the declarations of one rule set: those of the one it is like, too, some of them ready."""
    declared, findings = {}, []
    own = _list_sections(tables)
    for table, (keys, lines) in _resolve(file, name, base).items():
        if table not in own and table in ready:
            declared[table] = ready[table]
            continue
        declared[table], faults = _declare(table, keys, file.path, lines)
        findings += faults
    return declared, findings


def _list_sections(tables: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the sections of tables among the keys of a rule set."""
    return {table: keys for table, keys in tables.items() if isinstance(keys, dict)}


def _resolve(file: _File, name: str, base: str | None = None) -> dict[str, tuple[dict[str, Any], dict[str, int]]]:
    """Return the keys and their lines of each table of a rule set, those of the sets that it is like included.

    Args:
        file: the tables.toml.
        name: of the rule set.
        base: the rule set that it is like, where that is known; blank for none.
    """
    tables = file.sets.get(name, {})
    if not isinstance(tables, dict):
        return {}
    like = str(tables.get("like", "")).partition("@")[0] if base is None else base
    shared = _resolve(file, like) if like and like != name else {}
    own, left_out = _list_sections(tables), set(tables.get("without", []))
    resolved = {table: entry for table, entry in shared.items() if table not in left_out}
    for table, keys in own.items():
        lines = file.lines_of(name, table)
        theirs, beside = shared.get(table, ({}, {})) if keys.get("extends") is True else ({}, {})
        resolved[table] = ({**theirs, **flatten(keys)}, {**beside, **lines})
    return resolved


def _declare(
    name: str, keys: Mapping[str, Any], path: str, lines: Mapping[str, int]
) -> tuple[Declaration, list[Finding]]:
    """Return a declaration, and what of its keys breaks the language; such a key counts as absent."""
    plain = flatten(keys)
    good = keep_good(plain)
    values: dict[str, Any] = {key.removeprefix("tools."): freeze(value) for key, value in good.items()}
    if "needs" in values:
        values["needs"] = tuple(Need(need["where"], need["filled"]) for need in values["needs"])
    if "contract" in values:
        values["contract"] = Shape(**{k: part for k, part in values["contract"].items() if k in Shape._fields})
    if "types" in values:
        values["types"] = tuple(
            Types(**{k: part for k, part in own.items() if k in Types._fields}) for own in values["types"]
        )
    if "codes" in values:
        values["codes"] = Codes(*(values["codes"][part] for part in ("of", "word", "code", "shared")))
    if isinstance(values.get("changes"), str):
        values["changes"] = freeze(dict.fromkeys(values.get("answers", ()), values["changes"]))
    declaration = Declaration(name, file=path, lines=freeze(dict(lines)), **values)
    return declaration, [declaration.finding(key, case) for key, case in find_faults(plain)]


def _find_turns(declared: Iterable[Declaration]) -> Iterator[Finding]:
    """Yield tables that have the turn of another."""
    first: dict[int, Declaration] = {}
    for table in sorted(declared, key=lambda table: table.lines.get("turn", 0)):
        other = first.setdefault(table.turn, table) if table.turn else table
        if other is not table:
            yield table.finding("turn", f"turn {table.turn} is the turn of {other.name}, too: each table has its own")
