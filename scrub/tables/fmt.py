"""Canonical rule tables: one order of rows and one way to quote, so that a diff shows what changed and nothing else.

No cell is changed. Rows of a decision table stand by the first case that each answers; those of a plain list by
the columns that tables.toml names as its ``order``; where order matters (patterns, ``lists.csv``) rows are only
brought together by their key.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.files import atomic
from scrub.files.shipped import find
from scrub.tables import locate, rule_files
from scrub.tables.conditions import find_positions
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding, RuleError, refuse
from scrub.tables.language import read_spec
from scrub.tables.locate import Location, NoSuchRulesError
from scrub.tables.rows import OWN
from scrub.tables.rule_files import Sheet

Key = tuple[Any, ...]


class Word(NamedTuple):
    """A word of a closed list, and the editions it is in force from and up to."""

    text: str
    since: str
    until: str


Lists = Mapping[str, Sequence[Word]]


class Formatted(NamedTuple):
    """A file of a rule set as it is and as it is to be; the two agree where a table of the set cannot be read."""

    path: Path
    old: bytes
    new: bytes
    findings: tuple[Finding, ...]


def format_folder(folder: Path) -> list[Formatted]:
    """Return every table of a folder as it is and in its canonical form; nothing is written.

    Args:
        folder: of the tables of a rule set, or of such folders.

    Raises:
        NoSuchRulesError: there are no tables in it.
        RuleError: a tables.toml that cannot be read, or sorts tables by each other.

    >>> [file.path.name for file in format_folder(find("rules") / "jwst") if file.new != file.old]
    []
    """
    return [file for location in locate.inside(folder) for file in _format_files(location)]


def check_writable(folder: Path) -> Path:
    """Return a folder whose tables may be written.

    Raises:
        NoSuchRulesError: it is in the installed package.

    >>> check_writable(Path("my-rules"))
    PosixPath('my-rules')
    """
    shipped = find("rules").resolve()
    if not (shipped.parent / "pyproject.toml").is_file() and folder.resolve().is_relative_to(shipped):
        raise NoSuchRulesError(
            f"{folder} is part of the installed package, and is not written: copy it, or lay over it"
        )
    return folder


def _format_files(location: Location) -> Iterator[Formatted]:
    refuse(location.faults)
    folder = location.folders[-1]
    lists = collect_lists({sheet.name: sheet for sheet in rule_files.load(location)})
    alone = rule_files.load(location._replace(folders=(folder,), like=None))
    own = [sheet for sheet in alone if (folder / f"{sheet.name}.csv") in sheet.files]
    sheets = {sheet.files[-1]: sheet for sheet in own}
    broken = any(rule_files.find_obstacles(sheet) for sheet in sheets.values())
    for path, sheet in sheets.items():
        raw = path.read_bytes()
        obstacles = rule_files.find_obstacles(sheet)
        new = raw if broken else text(sheet.declaration, sort_rows(sheet.declaration, sheet.rows, lists))
        yield Formatted(path, raw, new, tuple(finding._replace(file=str(path)) for finding in obstacles))


def text(table: Declaration, rows: pd.DataFrame) -> bytes:
    r"""Return a table as a file: the columns declared, commas, line feeds, quotes only where they must be, UTF-8.

    Args:
        table: what tables.toml says of it.
        rows: its rows.

    >>> from scrub.tables.declare import section
    >>> row = {"edition": "1", "released": "", "source": "a, b", "note": ""}
    >>> text(section("editions", policy="list", key=["edition"], answers={"released": ""}), pd.DataFrame([row]))
    b'edition,released,source,note\n1,,"a, b",\n'
    """
    return "".join(write_lines(table, rows)).encode()


def write_lines(table: Declaration, rows: pd.DataFrame) -> list[str]:
    r"""Return the header and the rows of a table as its file has them; a quoted cell may hold line feeds.

    Args:
        table: what tables.toml says of it.
        rows: its rows.

    >>> from scrub.tables.declare import section
    >>> write_lines(section("parts", policy="list", key=["part"]), pd.DataFrame(columns=["part", *rule_files.COMMON]))
    ['part,since,until,source,note\n']
    """
    header = rule_files.columns(table)
    return atomic.csv_lines([header, *rows[header].itertuples(index=False, name=None)])


def sort_rows(table: Declaration, rows: pd.DataFrame, lists: Lists) -> pd.DataFrame:
    """Return the rows of a table in canonical order.

    Args:
        table: what tables.toml says of it.
        rows: of a sheet, every edition.
        lists: every closed list, as ``collect_lists`` gives them.

    >>> from scrub.tables.declare import section
    >>> table = section("t", policy="unique", conditions={"tso": "flag"}, answers={"a": ""})
    >>> rows = pd.DataFrame({"tso": ["!true", "*"], "since": ["2", ""], "until": ["", "2"]})
    >>> flag = [Word("true", "", ""), Word("false", "", "")]
    >>> sort_rows(table, rows, {"flag": flag})["tso"].tolist()
    ['*', '!true']
    """
    if table.policy == "first" or table.name == "lists":
        keys = list(table.key) if table.policy == "first" else ["list"]
        number = rows.groupby(keys, sort=False).ngroup()
        return rows.loc[number.sort_values(kind="stable").index]
    order = _order_of(table)
    if not order:
        return rows
    rank = _rank_case if table.policy == "unique" else _rank_cell
    dates = rows.reindex(columns=["since", "until"], fill_value="")
    spans = list(dates.itertuples(index=False, name=None))
    ranks = [
        [rank(cell, lists.get(name, ()), span) for cell, span in zip(rows[column], spans, strict=True)]
        for column, name in order.items()
    ]
    plain = rows[[column for column in rows if column not in ("rule", OWN)]].itertuples(index=False, name=None)
    since = [natural(first) for first, _ in spans]
    sorted_rows = sorted(zip(*ranks, since, plain, range(len(rows)), strict=True))
    return rows.iloc[[row[-1] for row in sorted_rows]]


def _order_of(table: Declaration) -> dict[str, str]:
    """Return the columns that a table is sorted by, each with its closed list; blank where it has none."""
    if table.policy != "list":
        return dict(table.conditions)
    listed = {table.key[0]: table.covers, **table.answers, **table.words}
    return {column: read_spec(listed.get(column, "")).listed for column in table.order}


def collect_lists(sheets: Mapping[str, Sheet]) -> Lists:
    """Return every closed list, all words of every edition in order.

    Args:
        sheets: the tables of a rule set by name. A list that is a column of one (``features.feature``) has its words
            in the canonical order of that table, so that formatting once is enough.

    Raises:
        RuleError: tables that are sorted by each other.

    >>> rules = {sheet.name: sheet for sheet in rule_files.load(locate.locate("jwst"))}
    >>> [word.text for word in collect_lists(rules)["features.feature"]][:2]
    ['instr', 'detector']
    """
    lists = _collect_words(sheets["lists"].rows, "word", "list") if "lists" in sheets else {}
    names = {name: set(_order_of(sheet.declaration).values()) for name, sheet in sheets.items()}
    wanted = {listed for own in names.values() for listed in own if "." in listed}
    graph = {name: {n.partition(".")[0] for n in own if "." in n} & set(sheets) for name, own in names.items()}
    try:
        turns = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise RuleError(f"tables.toml: tables are sorted by each other: {', '.join(error.args[1])}") from None
    for name in turns:
        columns = [listed.partition(".")[2] for listed in sorted(wanted) if listed.startswith(f"{name}.")]
        rows = sort_rows(sheets[name].declaration, sheets[name].rows, lists) if columns else sheets[name].rows
        lists = {**lists, **{f"{name}.{column}": _collect_words(rows, column)[""] for column in columns}}
    return lists


def _collect_words(rows: pd.DataFrame, column: str, of: str = "") -> dict[str, list[Word]]:
    """Return the words of a column, all in one list or in one for each cell of the column ``of``."""
    dates = rows.reindex(columns=["since", "until"], fill_value="")
    names = rows[of] if of else [""] * len(rows)
    lists: dict[str, list[Word]] = {} if of else {"": []}
    for name, *word in zip(names, rows[column], dates["since"], dates["until"], strict=True):
        lists.setdefault(name, []).append(Word(*word))
    return lists


def _rank_case(cell: str, words: Sequence[Word], span: tuple[str, str]) -> Key:
    """Return the rank of the first case that a condition cell answers; cells off their list come last, by text."""
    in_force = list(dict.fromkeys(word.text for word in words if _overlap(word[1:], span)))
    order = {word: i for i, word in enumerate(dict.fromkeys(word.text for word in words))}
    try:
        ranks = [order[in_force[i]] for i in find_positions(cell, in_force)]
    except RuleError:
        ranks = []
    return (0, min(ranks)) if ranks else (1, cell)


def _rank_cell(cell: str, words: Sequence[Word], _: tuple[str, str]) -> Key:
    """Return the rank of a word in its list; words off it come last, by what they say."""
    known = list(dict.fromkeys(word.text for word in words))
    return (0, known.index(cell)) if cell in known else (1, natural(cell))


def natural(cell: str) -> Key:
    """Return what a cell is sorted by: blanks first, then whole numbers and dotted editions by value, then text.

    >>> sorted(["b", "1.11", "10", "", "1.9", "9"], key=natural)
    ['', '1.9', '1.11', '9', '10', 'b']
    """
    if not re.fullmatch(r"[0-9]+([.][0-9]+)*", cell):
        return (2, cell) if cell else (0,)
    shortened = [part.lstrip("0") for part in cell.split(".")]
    return (1, tuple((len(part), part) for part in shortened), cell)


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two spans (since, until) have an edition in common; blank is open."""
    begin = max(natural(one[0])[:2], natural(other[0])[:2])
    return all(not until or begin < natural(until)[:2] for until in (one[1], other[1]))
