"""Cells: words on no list, blank cells where a word is required, and what the contracts of rule tables refuse."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scrub.contracts import contracts
from scrub.contracts.contracts import Contract
from scrub.contracts.quick import columns_surely_keep
from scrub.frames.arrays import make_cells
from scrub.tables.conditions import allows, list_words, on_list
from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding, RuleError
from scrub.tables.language import Spec, read_spec
from scrub.tables.lint.coverage import group_rules
from scrub.tables.repeats import find_fault
from scrub.tables.rows import OWN, Cells, make_frame, pick_rows

Lists = Mapping[str, Sequence[str]]
_COMPARED = 100_000  # words that are compared with words off one list, in search of near ones


def find_cells(rows: Cells, table: Declaration, lists: Lists) -> Iterator[Finding]:
    """Yield a finding for each cell of a table that its declaration refuses.

    Args:
        rows: the columns of the table's rows in force, with their ``rule``.
        table: what tables.toml says of the table; its condition columns are the matter of ``decide.expand``.
        lists: the closed lists in force.

    >>> from scrub.tables.declare import section
    >>> rows = {"group": ["imag"], "naming": [""], "rule": ["t.csv:2"]}
    >>> answers = {"group": "group", "naming": ""}
    >>> needs = [{"where": {"group": "!none"}, "filled": ["naming"]}]
    >>> table = section("t", policy="unique", conditions={"a": "a"}, answers=answers, needs=needs)
    >>> for finding in find_cells(rows, table, {"group": ["image", "none"]}):
    ...     print(finding)
    t.csv:2: word: group: 'imag' is not on the list (nearest: 'image')
    t.csv:2: blank: naming: required when group is not 'none'
    """
    for column, text in {**table.words, **table.answers}.items():
        spec = read_spec(text)
        if spec.listed in lists:
            yield from _find_off_list(rows, column, spec, lists[spec.listed])
    for column in [*table.key, *(["pattern"] if table.policy == "first" else [])]:
        for cell, rule in zip(rows[column], rows["rule"], strict=True):
            if not cell:
                yield Finding.at(rule, "blank", "a blank cell where a word is required", column)
    for column, groups in table.expressions.items():
        yield from _find_expressions(rows, column, groups)
    for need in table.needs:
        yield from _find_unfilled(rows, need.where, need.filled)


def _find_off_list(rows: Cells, column: str, spec: Spec, words: Sequence[str]) -> Iterator[Finding]:
    """Yield cells that are not on their list."""
    known, messages = set(words), dict[str, str]()
    for cell, rules in group_rules(rows[column], rows["rule"]).items():
        for word in (cell.split() or [""]) if spec.several else [cell]:
            if word not in known and (cell or not spec.optional):
                if word not in messages:
                    messages[word] = _name_nearest(word, words, len(messages))
                kind = "word" if word else "blank"
                yield from (Finding.at(rule, kind, messages[word], column) for rule in rules)


def _name_nearest(word: str, words: Sequence[str], before: int) -> str:
    """Return that a word is not on its list, with the nearest word; without, where too many were compared before."""
    if word and before and before * len(words) > _COMPARED:
        return f"{word!r} is not on the list"
    try:
        return on_list(word, words)
    except RuleError as error:
        return str(error)


def _find_expressions(rows: Cells, column: str, groups: int | str) -> Iterator[Finding]:
    """Yield cells that are no regular expression with so many groups, or one that may work without end.

    A blank cell is none, and may stand.
    """
    for cell, rule in zip(rows[column], rows["rule"], strict=True):
        try:
            number = re.compile(cell).groups
        except (re.error, OverflowError, RecursionError) as error:
            yield Finding.at(rule, "contract", f"{cell!r} is no regular expression: {error}", column)
        else:
            if cell and groups not in (number, "any"):
                yield Finding.at(rule, "contract", f"{cell!r} has {number} groups; {groups} are required", column)
            if fault := find_fault(cell):
                yield Finding.at(rule, "contract", f"{cell!r} may work without end: {fault}", column)


def _find_unfilled(rows: Cells, where: Mapping[str, str], filled: Sequence[str]) -> Iterator[Finding]:
    """Yield blank cells of the columns ``filled`` in rows that fit ``where``, which is written as conditions are."""
    matches = [True] * len(rows["rule"])
    for column, cell in where.items():
        matches = [before and fits for before, fits in zip(matches, allows(cell, rows[column]), strict=True)]
    when = " and ".join(describe_condition(column, cell) for column, cell in where.items())
    for column in filled:
        for cell, rule, fits in zip(rows[column], rows["rule"], matches, strict=True):
            if fits and not cell:
                yield Finding.at(rule, "blank", f"required when {when}", column)


def describe_condition(column: str, cell: str) -> str:
    """Return a condition as a person says it.

    Args:
        column: of the condition.
        cell: the condition cell.

    >>> describe_condition("kind", "ra|dec"), describe_condition("group", "!none"), describe_condition("lacking", "")
    ("kind is 'ra' or 'dec'", "group is not 'none'", 'lacking is blank')
    """
    words = " or ".join(repr(word) if word else "blank" for word in list_words(cell))
    return f"{column} is {'not ' if cell.startswith('!') else ''}{words}"


def find_breaches(name: str, cells: Cells) -> Iterator[Finding]:
    """Yield what the contract ``schemas/rules/{name}.yaml`` refuses; nothing where there is no such contract.

    Rows of a kind keep the contract ``{name}-{kind}.yaml``, too, if there is one. The rows of an overlay keep each by
    themselves.

    Args:
        name: of the table.
        cells: the columns of its rows, each with its ``rule``.

    >>> row = {"feature": "a", "position": "1", "column": "A", "kind": "boolean", "missing": "no", "rule": "t.csv:2"}
    >>> print(*find_breaches("features", {name: (word,) for name, word in row.items()}))
    t.csv:2: contract: missing: 'no' is not 0 or 1
    """
    if _has_contract(name):
        yield from _find_breaches(name, name, cells)
    kinds = cells.get("kind", ())
    for kind in dict.fromkeys(kinds):
        if _has_contract(f"{name}-{kind}"):
            part = pick_rows(cells, (row for row, own in enumerate(kinds) if own == kind))
            yield from _find_breaches(name, f"{name}-{kind}", part)


def _find_breaches(name: str, contract: str, cells: Cells) -> Iterator[Finding]:
    known = contracts.read(f"rules/{contract}")
    for part in _split_layers(cells):
        for row, column, reason, value in _find_failures(known, part):
            rule = part["rule"][row] if row >= 0 else f"{name}.csv:1"
            yield _describe_breach(rule, column, reason, value, known.forms.get(column, ""))


def _split_layers(cells: Cells) -> list[Cells]:
    """Return the rows of each layer, the lowest first; all of them where there is no overlay."""
    layers = cells.get(OWN)
    if layers is None:
        return [cells]
    return [pick_rows(cells, (row for row, own in enumerate(layers) if own == layer)) for layer in sorted(set(layers))]


def _find_failures(contract: Contract, cells: Cells) -> Iterator[tuple[int, str, str, object]]:
    """Yield what breaks a contract: see ``contracts.failures``. No frame is made of rows that surely keep it."""
    words = {name: make_cells(own) for name, own in cells.items()}
    if contract.look is None or not columns_surely_keep(contract.look, words):
        yield from contracts.failures(contract, make_frame(cells)).itertuples(index=False, name=None)


def _describe_breach(rule: str, column: str, reason: str, value: object, form: str) -> Finding:
    """Return the finding of a cell that breaks a contract; ``form`` has words for the pattern of its column."""
    if not form or not reason.startswith("not of the form"):
        return Finding.at(rule, "contract", f"{reason}: {value!r}", column)
    if not value:
        return Finding.at(rule, "blank", f"a blank cell where {form} is required", column)
    return Finding.at(rule, "contract", f"{value!r} is not {form}", column)


def _has_contract(name: str) -> bool:
    """Return whether there is a contract of rule tables of a name, whatever stands in the name."""
    return name == Path(name).name and contracts.is_there(f"rules/{name}")


_KINDS = {"source": "source", "since": "edition", "until": "edition"}


def find_undated(cells: Cells, editions: Sequence[str]) -> Iterator[Finding]:
    """Yield rows without a source, and those whose dates are no editions or leave them never in force.

    Args:
        cells: of the rows of any tables: rule, since, until, source and note.
        editions: of the rule set, oldest first.

    >>> row = {"rule": "t.csv:2", "since": "2", "until": "1", "source": "", "note": ""}
    >>> for finding in find_undated({name: (word,) for name, word in row.items()}, ["1", "2"]):
    ...     print(finding)
    t.csv:2: source: a blank cell: a row needs something that a reader can open
    t.csv:2: edition: since 2 is not before until 1: the row is never in force
    """
    contract = contracts.read("rules/table", {"edition": ("", *editions)})
    for row, column, _, value in _find_failures(contract, cells):
        rule, kind = cells["rule"][row], _KINDS[column]
        if kind == "source":
            yield Finding.at(rule, kind, "a blank cell: a row needs something that a reader can open")
        else:
            yield Finding.at(rule, kind, f"{value!r} is no edition: there are {', '.join(editions)}", column)
    number = {edition: i for i, edition in enumerate(editions)}
    since, until = {"": 0, **number}, {"": len(number), **number}
    for rule, first, last in zip(*(cells[column] for column in ("rule", "since", "until")), strict=True):
        if first in since and last in until and since[first] >= until[last]:
            message = f"since {first or 'the beginning'} is not before until {last}: the row is never in force"
            yield Finding.at(rule, "edition", message)
