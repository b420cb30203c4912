"""Rule tables as pages: one for each table, each row a place of its own, each word linked to the list it is from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scrub.contracts import contracts
from scrub.contracts.parse import parse
from scrub.files.shipped import find
from scrub.report.render import render, slug
from scrub.tables import rule_files
from scrub.tables.declare import Declaration
from scrub.tables.in_force import version
from scrub.tables.language import read_spec
from scrub.tables.locate import COMMON, Location
from scrub.tables.rule_files import Sheet

_POLICIES = {
    "unique": "Exactly one row answers each case. The order of rows means nothing.",
    "first": "The first row of a key that fits answers. In a pattern, * stands for any characters.",
    "list": "A plain list: its key tells the rows apart.",
}
_ROLES = {
    "key": "tells the rows apart",
    "condition": "is compared with a case: a word, one of several (a|b), none of several (!a|b), any (*)",
    "pattern": "is compared with a word; * stands for any characters",
    "answer": "says what is true",
}
_MARKS = {"condition": re.compile("([!|])"), "several": re.compile("( )"), "one": re.compile("(?!)")}


class Piece(NamedTuple):
    """A part of a cell: its text, and the place that it links to; blank for none."""

    text: str
    href: str = ""


class Column(NamedTuple):
    """A column: its name, what it is for, the list that its words are from (blank for none), more of it."""

    name: str
    role: str
    listed: Piece
    description: str


class Row(NamedTuple):
    """A row: its place in the page, ``file:line``, its editions, and these in words, its cells, source and note."""

    anchor: str
    rule: str
    band: list[tuple[str, bool]]
    editions: str
    closed: bool
    cells: list[list[Piece]]
    source: str
    note: str


class Guide(NamedTuple):
    """What ``rules/README.md`` says of a table: what it looks at, and what it says; blank where it says nothing."""

    looks_at: str = ""
    says: str = ""


class TablePage(NamedTuple):
    """A table: its rule set, declaration, file, what the guide says, what its policy means, columns, rows, findings."""

    rule_set: str
    table: Declaration
    file: str
    guide: Guide
    policy: str
    columns: list[Column]
    rows: list[Row]
    findings: list[str]

    @property
    def declared(self) -> str:
        """The line of tables.toml that declares it."""
        return f"{Path(self.table.file).name}:{self.table.lines.get('', 1)}"

    @property
    def newest(self) -> int:
        """How many rows are in force at the newest edition."""
        return sum(row.band[-1][1] if row.band else True for row in self.rows)


def make_pages(locations: Sequence[Location]) -> dict[str, str]:
    """Return the pages of rule sets, by file name: ``index.html``, and one for each table.

    Args:
        locations: of the rule sets.

    Raises:
        RuleError: a file that cannot be read.
        NoJinjaError: jinja2 is not installed.

    >>> from scrub.tables.locate import locate
    >>> pages = make_pages([locate("hst_cal")])
    >>> "hst_cal-encodings.html" in pages, 'id="L2"' in pages["hst_cal-encodings.html"]
    (True, True)
    """
    schemas = dict(contracts.contents("rules"))
    tables = {page.file: page for location in locations for page in _describe_set(location, schemas)}
    sets: dict[str, list[TablePage]] = {}
    for page in sorted(tables.values(), key=lambda page: page.rule_set == COMMON):
        sets.setdefault(page.rule_set, []).append(page)
    style, script = ("page.css", "rules.css"), ("report.js",)
    pages = {"index.html": render("rules.html", style=style, sets=sets)}
    for file, page in tables.items():
        beside = sets[page.rule_set]
        pages[file] = render("table.html", style=style, script=script, page=page, beside=beside)
    return pages


def _describe_set(location: Location, schemas: Mapping[str, bytes]) -> Iterator[TablePage]:
    """Yield the tables of a rule set, then the common ones, as pages have them."""
    sheets = {sheet.name: sheet for sheet in rule_files.load(location)}
    sets = {name: COMMON if name in location.common_tables else location.base for name in sheets}
    files = {name: f"{sets[name]}-{slug(name)}.html" for name in sheets}
    places = _list_places(sheets, files)
    editions = sheets["editions"].rows["edition"].tolist() if "editions" in sheets else []
    dates = sorted(set(editions), key=version)
    for name, sheet in sheets.items():
        described = _read_descriptions(f"{name}.yaml", schemas)
        yield _describe(sheet, sets[name], files[name], places, dates if sets[name] != COMMON else [], described)


def _read_descriptions(contract: str, schemas: Mapping[str, bytes]) -> dict[str, str]:
    """Return what the contract of a table says of each column; nothing where there is none."""
    columns = parse(contract, schemas[contract]).get("columns", {}) if contract in schemas else {}
    return {str(column): str(spec.get("description", "")) for column, spec in columns.items()}


def _list_places(sheets: Mapping[str, Sheet], files: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the place of each word of each list: those of ``lists.csv``, and the keys of other tables."""
    places: dict[str, dict[str, str]] = {}
    for name, sheet in sheets.items():
        for row in sheet.rows.to_dict("records"):
            place = f"{files[name]}#{_anchor(str(row['rule']))}"
            for column in sheet.declaration.key:
                listed = row["list"] if name == "lists" else f"{name}.{column}"
                word = row["word"] if name == "lists" else row[column]
                places.setdefault(str(listed), {}).setdefault(str(word), place)
    return places


def _anchor(rule: str) -> str:
    """Return the place of a row in its page: its line, with its folder where it is of another.

    >>> _anchor("encodings.csv:12"), _anchor("mine/jwst/encodings.csv:2")
    ('L12', 'mine-jwst-encodings-csv-2')
    """
    file, _, line = rule.rpartition(":")
    return slug(rule) if "/" in file else f"L{line}"


def _describe(
    sheet: Sheet,
    rule_set: str,
    file: str,
    places: Mapping[str, Mapping[str, str]],
    editions: Sequence[str],
    descriptions: Mapping[str, str],
) -> TablePage:
    """Return a table as its page has it."""
    table = sheet.declaration
    columns = [name for name in rule_files.columns(table) if name not in rule_files.COMMON]
    specs = {name: _find_spec(table, name) for name in columns}
    described = [_describe_column(table, name, specs[name], places, descriptions.get(name, "")) for name in columns]
    rows = []
    for row in sheet.rows.to_dict("records"):
        since, until = str(row.get("since", "")), str(row.get("until", ""))
        cells = [list(_split(str(row[name]), *specs[name], places)) for name in columns]
        band = list(_band(since, until, editions))
        label = " ".join(part for part in (since and f"from {since}", until and f"closed by {until}") if part)
        source, rule = str(row["source"] or table.source), str(row["rule"])
        rows.append(Row(_anchor(rule), rule, band, label or "all", bool(until), cells, source, str(row["note"])))
    findings = [str(finding) for finding in sheet.findings]
    return TablePage(
        rule_set, table, file, _find_guide(rule_set, table.name), _POLICIES[table.policy], described, rows, findings
    )


def _find_guide(rule_set: str, table: str) -> Guide:
    """Return what the guide says of a table; of one that a rule set has from another, what it says there."""
    guide = _read_guide()
    names = (f"{rule_set}/{table}", table, f"jwst/{table}")
    return next((guide[name] for name in names if name in guide), Guide())


@cache
def _read_guide() -> dict[str, Guide]:
    """Return what the guide says of tables, by rule set and table, or by table alone where it names no rule set."""
    text, guide = (find("rules") / "README.md").read_text(encoding="utf-8"), {}
    for section in text.split("\n## ")[1:]:
        sets = re.findall("`([a-z_]+)`", section.partition("\n")[0])
        own = f"{sets[0]}/" if len(sets) == 1 else ""
        for names, looks_at, says in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", section, re.MULTILINE):
            for name in re.findall("`([a-z_/]+)`", names):
                prefix = names.strip("`").partition("/")[0] + "/" if "/" in names and "/" not in name else own
                key = name if "/" in name else f"{prefix}{name}"
                guide[key] = Guide(looks_at.replace("`", ""), says.replace("`", ""))
    return guide


def _find_spec(table: Declaration, column: str) -> tuple[str, str]:
    """Return the list that the words of a column are from (blank for none), and how its cells have several."""
    if column in table.conditions:
        return read_spec(table.conditions[column]).listed, "condition"
    spec = read_spec(table.answers.get(column, "") or table.words.get(column, ""))
    return spec.listed, "several" if spec.several else "one"


def _describe_column(
    table: Declaration, name: str, spec: tuple[str, str], places: Mapping[str, Mapping[str, str]], description: str
) -> Column:
    role = (
        "key" if name in table.key else "condition" if name in table.conditions
        else "answer" if name in table.answers else "pattern"
    )  # fmt: skip
    first = next(iter(places.get(spec[0], {}).values()), "")
    return Column(name, f"{role}: {_ROLES[role]}", Piece(spec[0], first), description)


def _split(cell: str, listed: str, how: str, places: Mapping[str, Mapping[str, str]]) -> Iterator[Piece]:
    """Yield the words of a cell, each with the place that it is from, and what stands between them."""
    known = places.get(listed, {})
    for text in _MARKS[how].split(cell):
        if text:
            yield Piece(text, known.get(text, ""))


def _band(since: str, until: str, editions: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each edition, and whether a row is in force there."""
    first = editions.index(since) if since in editions else 0 if not since else len(editions)
    last = editions.index(until) if until in editions else len(editions)
    for position, edition in enumerate(editions):
        yield edition, first <= position < last
