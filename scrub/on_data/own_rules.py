"""Any rule set on any table: what its tables decide of each row, and the codes of words. No telescope is needed.

A condition is read from the column of its name, in whatever case. Where a pattern table ``fills`` it, words are folded
first. A missing cell is the word NONE.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.files.table_files import SourceError, Track, read_table
from scrub.frames import encode as coding
from scrub.frames.cells import TEXT, Words, flag, make_text, text
from scrub.frames.columns import number_rows, refuse_misspelt
from scrub.frames.rejects import Fault, Split, join, judge, none_rejected, set_aside
from scrub.frames.spelling import bare
from scrub.pipeline.reasons import Explained, Reason, Run, cite, list_keys
from scrub.tables import Rules, Table
from scrub.tables import words as spellings
from scrub.tables.ask import Turns, ask_in_turn
from scrub.tables.findings import RuleError
from scrub.tables.rules import look_up

MISSING = "NONE"
FLAGS = {"true", "false"}
ABBREVIATIONS = "abbreviations"  # the pattern table that folds words before they are encoded
_NO_MEMBERS = pd.DataFrame(columns=["exposure", "group", "product_id", "product", "rule"], dtype=TEXT)
RULES, LACKING = "rules", "lacking"


class Condition(NamedTuple):
    """What tables ask of a row: a condition, its closed list, and the column that has its word."""

    condition: str
    words: tuple[str, ...]
    column: str


def decide(rules: Rules, table: pd.DataFrame) -> Split:
    """Return each row of a table with what the tables of a rule set answer, asked in their turn.

    Args:
        rules: a rule set with decision tables that have a ``turn``.
        table: any frame; its first column names the rows in the rejects.

    Returns:
        The rows with a column for each answer (missing where an earlier table left the row out), ``rules``, the rows of
        tables that answered, and ``lacking``, where tables can abstain. A word on no closed list rejects its row.

    Raises:
        RuleError: no table of the rule set has a turn.
        SourceError: a condition has no column, or two.

    >>> from dataclasses import replace
    >>> from scrub import tables
    >>> rules = tables.read("jwst")
    >>> one = replace(rules, tables={name: rules[name] for name in ("visit_types", "words")})
    >>> frame = pd.DataFrame({"name": ["a", "b"], "VISITYPE": ["PARALLEL_PURE", "ODD"]})
    >>> good, rejected = decide(one, frame)
    >>> good[["name", "visit", "rules"]].values.tolist(), rejected["value"].tolist()
    ([['a', 'parallel', 'visit_types.csv:5']], ['ODD'])
    """
    needed, frame = list_conditions(rules, table), table.reset_index(drop=True)
    facts = pd.DataFrame({one.condition: _read_facts(rules, one, frame[one.column]) for one in needed})
    faults = (
        Fault(~facts[one.condition].isin(one.words), _refuse(one), one.column, frame[one.column].to_numpy())
        for one in needed
    )
    clean, rejected = judge(frame.iloc[:, 0].array, "decide", faults)
    kept = facts[clean]
    rows, first = number_rows([kept[name].array for name in kept])
    cases = {str(name): kept[name].to_numpy(dtype=object)[first] for name in kept}
    turns = ask_in_turn([look_up(rules, own.name) for own in rules.in_turn()], cases, len(first))
    good = frame[clean].reset_index(drop=True)
    return Split(good.assign(**_write_answers(rules, turns, rows)), rejected)


def list_conditions(rules: Rules, table: pd.DataFrame) -> list[Condition]:
    """Return the conditions that the tables of a rule set ask of a row, and the columns that have them.

    Args:
        rules: a rule set.
        table: any frame.

    Raises:
        RuleError: no table of the rule set has a turn.
        SourceError: a condition has no column, or two, or one whose name is one letter off.
    """
    turns = rules.in_turn()
    if not turns:
        raise RuleError(f"{rules.name}: no table has a turn, so nothing decides: see docs/tables-toml.md")
    needed: dict[str, Condition] = {}
    answered = set[str]()
    for own in turns:
        for condition, words in own.conditions.items():
            if condition not in answered and condition not in needed:
                needed[condition] = Condition(
                    condition, tuple(words), _find_column(table, condition, f"{own.name}.csv")
                )
        answered |= set(own.answers)
    return list(needed.values())


def _find_column(table: pd.DataFrame, name: str, asker: str) -> str:
    """Return the column of a name, in whatever case."""
    _refuse_misspelt(table, [name])
    columns = _list_columns(table, name)
    if len(columns) != 1:
        what = f"has {len(columns)} columns {', '.join(columns)}" if columns else f"has no column {name}"
        raise SourceError(f"the table {what}, which {asker} asks for")
    return columns[0]


def _refuse_misspelt(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse a column one letter from a wanted one that is not there."""
    try:
        refuse_misspelt(table.columns, names)
    except ValueError as error:
        raise SourceError(str(error)) from None


def _list_columns(table: pd.DataFrame, name: str) -> list[str]:
    """Return the columns of a name, in whatever case and with any blanks around."""
    return [str(column) for column in table if bare(column) == bare(name)]


def _read_facts(rules: Rules, one: Condition, cells: pd.Series) -> pd.Series:
    """Return the words of a condition: as the closed list writes them, folded where a pattern table folds them."""
    known = spellings(rules)
    if set(one.words) <= FLAGS:
        read = flag(known, cells)
        return read.values.map({True: "true", False: "false"}).mask(read.unreadable)
    words = _read_words(known, cells)
    for own in rules.tables.values():
        if own.declaration.fills:
            key = next((key for key in list_keys(own) if key.lower() == one.condition), "")
            words = own.fold(key, words) if key else words
    return words


def _read_words(known: Words, cells: pd.Series) -> pd.Series:
    """Return cells as words; those that are missing are the word NONE."""
    return text(known, cells).fillna(MISSING)


def _refuse(one: Condition) -> str:
    return f"not on the closed list of {one.condition}: {', '.join(one.words)}"


def _write_answers(rules: Rules, turns: Turns, rows: "np.ndarray[Any, Any]") -> dict[str, Any]:
    """Return the columns of answers, the rows of tables behind them, and what undecided rows lack."""
    answers = [name for own in rules.in_turn() for name in own.answers]
    columns = {name: make_text(turns.facts[name])[rows] for name in answers}
    fired = zip(*(turns.rules[own.name] for own in rules.in_turn()), strict=True)
    columns[RULES] = make_text([" ".join(rule for rule in one if rule) for one in fired])[rows]
    if any(own.declaration.abstains for own in rules.in_turn()):
        columns[LACKING] = make_text(turns.lacking)[rows]
    return columns


def encode(rules: Rules, table: pd.DataFrame, *, handle_unknown: coding.HandleUnknown = "error") -> Split:
    """Return a table with codes in place of words, in every column that a table with ``codes`` names.

    Words are folded first where a pattern table ``abbreviations`` has rows of that column. A missing cell is NONE.

    Args:
        rules: a rule set with a table that declares ``codes``.
        table: any frame; its first column names the rows in the rejects.
        handle_unknown: ``error`` rejects a row with a word without a code; ``use_encoded_value`` gives that of ``*``.

    Raises:
        RuleError: no table of the rule set declares codes.
        SourceError: no column has codes, or the name of one is one letter off.

    >>> from scrub import tables
    >>> frame = pd.DataFrame({"name": ["a", "b"], "Instr": ["J", "X"]})
    >>> good, rejected = encode(tables.read("hst_cal"), frame)
    >>> good.values.tolist(), rejected["value"].tolist()
    ([['a', 0]], ['X'])
    """
    frame = table.reset_index(drop=True)
    encoded: dict[str, pd.Series] = {}
    faults = []
    for column, feature, pairs in _list_coded(rules, frame):
        words = _read_words(spellings(rules), frame[column])
        if ABBREVIATIONS in rules.tables:
            words = rules[ABBREVIATIONS].fold(feature, words)
        encoded[column], unknown = coding.encode(pairs, words, handle_unknown=handle_unknown)
        faults.append(Fault(unknown, f"has no code for {feature}", column, frame[column].to_numpy()))
    good, rejected = set_aside(frame.assign(**encoded), "encode", faults)
    return Split(good.astype(dict.fromkeys(encoded, "int64")), rejected)


def decode(rules: Rules, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with words in place of codes, in every column that a table with ``codes`` names.

    Args:
        rules: a rule set with a table that declares ``codes``.
        table: any frame with whole numbers in those columns.

    Raises:
        RuleError: no table of the rule set declares codes.
        SourceError: no column has codes; or a cell is no code, or one that several words have.

    >>> from scrub import tables
    >>> decode(tables.read("hst_cal"), pd.DataFrame({"name": ["a"], "instr": ["3"]})).values.tolist()
    [['a', 'I']]
    """
    decoded, faults = {}, []
    for column, feature, pairs in _list_coded(rules, table):
        numbers = pd.to_numeric(table[column], errors="coerce")
        try:
            decoded[column] = coding.decode(pairs, numbers).astype(TEXT)
        except ValueError as error:
            faults.append(f"{feature}: {error}")
    if faults:
        raise SourceError("; ".join(faults))
    return table.assign(**decoded)


def _list_coded(rules: Rules, table: pd.DataFrame) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    """Yield each column of a table that has codes, what the rules call it, and the code of each word."""
    coded = {feature: pairs for own in rules.tables.values() for feature, pairs in _read_codes(own).items()}
    if not coded:
        raise RuleError(f"{rules.name}: no table declares codes: see docs/tables-toml.md")
    _refuse_misspelt(table, coded)
    own = [
        (_find_column(table, feature, rules.name), feature, pairs)
        for feature, pairs in coded.items()
        if _list_columns(table, feature)
    ]
    if not own:
        raise SourceError(f"no column of the table has codes: {rules.name} has them for {', '.join(coded)}")
    yield from own


def _read_codes(table: Table) -> dict[str, dict[str, int]]:
    """Return the code of each word of each column, of a table that declares codes."""
    declared, pairs = table.declaration.codes, dict[str, dict[str, int]]()
    for row in table.records() if declared else ():
        assert declared  # noqa: S101
        pairs.setdefault(row[declared.of], {})[row[declared.word]] = int(row[declared.code])
    return pairs


def count(came: int, split: Split) -> str:
    """Return how many rows there were, and what became of them, as a sentence.

    Args:
        came: how many rows came in.
        split: what became of them.

    >>> count(2, Split(pd.DataFrame({"a": [1]}), pd.DataFrame({"what": ["b"]})))
    'rows: 2 in = 1 out + 1 rejected'
    """
    return f"rows: {came} in = {len(split.good)} out + {len(split.rejected)} rejected"


def trace(rules: Rules, source: pd.DataFrame | str | Path, *, track: Track) -> Run:
    """Return a table as a rule set of no telescope goes through it: its answers, and its codes.

    Args:
        rules: a rule set with decision tables that have a turn, or with codes.
        source: a frame, or a table file.
        track: wraps the iteration over steps, to show progress.

    Raises:
        RuleError: the rule set neither decides nor encodes.
        SourceError: nothing there to read, or a condition without a column.
    """
    table, torn = Split(source, none_rejected()) if isinstance(source, pd.DataFrame) else read_table(Path(source))
    decides, codes = bool(rules.in_turn()), any(own.declaration.codes for own in rules.tables.values())
    if not decides and not codes:
        raise RuleError(f"{rules.name}: no table has a turn and none declares codes: see docs/tables-toml.md")
    frames, aside = [table], [torn]
    for step in track([decide] * decides + [encode] * codes, total=decides + codes, desc="steps"):
        good, rejected = step(rules, _keep_answered(rules, frames[-1]) if step is encode else frames[-1])
        frames.append(good)
        aside.append(rejected)
    coded = [column for column, _, _ in _list_coded(rules, frames[-1])] if codes else []
    raw, features = (frame.set_index(_name_rows(frame)) for frame in (frames[1], frames[-1]))
    return Run(table, frames[1:], _NO_MEMBERS, raw, features[coded], join(aside), len(table) + len(torn))


def _keep_answered(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that every table answered: what a table left out makes nothing, and has no codes."""
    answers = [name for own in rules.in_turn() for name in own.answers if name in frame]
    return frame.dropna(subset=answers).reset_index(drop=True)


def _name_rows(frame: pd.DataFrame) -> pd.Series:
    """Return the name of each row: the cell of its first column, with #2, #3 where several have it."""
    names = frame.iloc[:, 0].astype(TEXT).fillna("")
    number = frame.groupby(names.to_numpy()).cumcount() + 1
    return names.where(number == 1, names + "#" + number.astype(TEXT))


def explain(rules: Rules, run: Run, name: str) -> list[Explained]:
    """Return why a row of a table has its answers: the rows of tables that answered, in their turn.

    Args:
        rules: the rule set of the run.
        run: as ``trace`` gives it.
        name: of a row, in its first column.
    """
    rows = run.raw[run.raw.index == name]
    explained = []
    for row in rows.to_dict("records") if RULES in rows else ():
        answers = ", ".join(
            f"{own}={row[own]}" for table in rules.in_turn() for own in table.answers if row[own] == row[own]
        )
        explained.append(Explained(name, answers, [_cite(rules, rule, row) for rule in row[RULES].split()]))
    return explained


def _cite(rules: Rules, rule: str, row: Mapping[Hashable, Any]) -> Reason:
    """Return the reason that a row of a decision table is: what it read of the row of data."""
    table = next(own for own in rules.in_turn() if rule in set(own.rows["rule"]))
    known = {str(column).lower(): cell for column, cell in row.items()}
    return cite(table, rule, ", ".join(f"{name}={known.get(name.lower(), '')}" for name in table.conditions))


def list_fired(rules: Rules, run: Run) -> tuple[list[str], list[str]]:
    """Return the rows of decision tables that answered, and the tables whose rows may.

    Args:
        rules: the rule set of the run.
        run: as ``trace`` gives it.
    """
    fired = {rule for cell in run.raw[RULES].unique() for rule in cell.split()} if RULES in run.raw else set()
    return sorted(fired), [table.name for table in rules.in_turn()]
