"""Candidates: the sets of exposures that products are made of, beyond one observation, and which products they make."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.files.table_files import SourceError
from scrub.frames.arrays import Cells, Columns, make_cells, take
from scrub.frames.columns import Positions, number_rows
from scrub.frames.rejects import Fault
from scrub.jwst.joins import SET, drop_products, find_joins, name_joining
from scrub.jwst.readings import Readings, give_targets
from scrub.jwst.readings import keep_rows as keep_made
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.findings import RuleError
from scrub.tables.patterns import fold_words
from scrub.tables.rules import look_up, once

OBSERVATIONS = "o"
LETTERS = "oca"  # of observations, of candidates of the proposal, and of what is discovered in a whole program
_COLUMN = "ASN_CANDIDATE"
_NONE = "none"  # the kind of candidate of an exposure that is in none of those that are asked for
_ENTRY = re.compile(r"\(\s*'([a-z]?[0-9]+)'\s*,\s*'([A-Za-z_ -]*)'\s*\)")
_LIST = re.compile(rf"\[\s*(?:{_ENTRY.pattern}\s*,?\s*)+\]")


class Candidate(NamedTuple):
    """A set of exposures of a program: what it is called in names, and the word for its kind."""

    name: str
    word: str


def read_list(cell: str) -> list[Candidate] | None:
    """Return the candidates that a cell lists, as pools write them; None if it is no such list.

    >>> read_list("[('o001', 'OBSERVATION'), ('c1000', 'MOSAIC')]")
    [Candidate(name='o001', word='OBSERVATION'), Candidate(name='c1000', word='MOSAIC')]
    >>> read_list("c1000")
    """
    return [Candidate(*pair) for pair in _ENTRY.findall(cell)] if _LIST.fullmatch(cell.strip()) else None


def check_letters(letters: str) -> str:
    """Return which candidates are asked for, in order: letters of ``oca``, each once.

    Raises:
        ValueError: another letter, or none.

    >>> check_letters("ao")
    'oa'
    >>> check_letters("x")
    Traceback (most recent call last):
    ValueError: candidates 'x': name some of o (observations), c (candidates of the proposal) and a (discovered)
    """
    if not letters or set(letters) - set(LETTERS):
        what = "name some of o (observations), c (candidates of the proposal) and a (discovered)"
        raise ValueError(f"candidates {letters!r}: {what}")
    return "".join(letter for letter in LETTERS if letter in letters)


def refuse(rules: Rules, exposures: Columns, letters: str) -> None:
    """Refuse candidates that the rules or the exposures know nothing of.

    Args:
        rules: a JWST rule set.
        exposures: columns of exposures.
        letters: which candidates are asked for.

    Raises:
        RuleError: the rules have no table ``candidates``.
        SourceError: candidates of the proposal are asked for, and no column lists them.
    """
    if "candidates" not in rules.tables:
        raise RuleError(f"rules {rules.name}: no table candidates: use a rule set that has one, such as jwst_dms")
    if "c" in letters and _COLUMN not in exposures:
        raise SourceError(f"no column {_COLUMN}: candidates of the proposal are in pools only: ask for o and a alone")


def find_faults(exposures: Columns) -> list[Fault]:
    """Return the exposures whose candidates cannot be read.

    Args:
        exposures: columns of exposures.
    """
    if _COLUMN not in exposures:
        return []
    cells = exposures[_COLUMN]
    odd = np.array([isinstance(cell, str) and read_list(cell) is None for cell in cells.tolist()], dtype=bool)
    return [Fault(odd, "no list of candidates, such as [('o001', 'OBSERVATION')]", _COLUMN, cells)]


def keep_observed(rules: Rules, readings: Readings) -> Readings:
    """Return readings without the further ones that make products of candidates beyond observations only.

    Args:
        rules: a JWST rule set.
        readings: of the distinct cases.
    """
    more = np.flatnonzero(readings.words != "")
    if "candidates" not in rules.tables or not len(more):
        return readings
    (kind,) = _fold_kind(rules, _read_own(rules)[OBSERVATIONS].word)
    conditions = rules["candidates"].conditions
    answered = more[_is_answered(readings.answers, conditions)[more]]
    cells = {word: readings.answers[word][answered].tolist() for word in conditions if word in readings.answers}
    cells["candidate"] = [kind] * len(answered)
    table = look_up(rules, "candidates")
    kept = np.ones(len(readings.words), dtype=bool)
    kept[answered] = table.cells["product"][table.find({word: cells[word] for word in conditions})] == "true"
    return Readings(take(readings.answers, np.flatnonzero(kept)), readings.of[kept], readings.words[kept])


def _is_answered(answers: Columns, conditions: Iterable[str]) -> Flags:
    """Return which cases have an answer to all conditions that are answers."""
    words = [answers[word] for word in conditions if word in answers]
    return np.asarray(np.logical_and.reduce([pd.notna(own) & (own != "") for own in words]), dtype=bool)


class Expanded(NamedTuple):
    """Rows of exposures and candidates: the readings that they need, the exposure of each, and further columns."""

    readings: Readings
    rows: Positions
    columns: dict[str, Any]


def expand(
    rules: Rules, exposures: Columns, cases: Mapping[str, Cells], readings: Readings, of: tuple[Positions, Positions],
    letters: str,
) -> Expanded:  # fmt: skip
    """Return a row for each reading of an exposure, candidate and way in which that makes products.

    The tables ``own_candidates``, ``candidate_kinds`` and ``candidates`` say which. Where a label stands for the
    target of a product, the target counts as given, and the case is another.

    Args:
        rules: a JWST rule set with these tables.
        exposures: columns of exposures.
        cases: the distinct ones.
        readings: of these cases.
        of: the exposure and the case of each reading.
        letters: which candidates.

    Returns:
        The columns are ``case``, ``candidate`` (what it is called), ``label`` (the fixed label of the target; blank
        for none), ``observations`` (how many a product must have, at least), ``least_rule`` (the row that says
        these), and ``product``, which is false where ``candidates`` has no product for a row.
    """
    rows, names, kinds = _list_rows(rules, exposures, of[0], letters)
    case, answers = of[1][rows], readings.answers
    table, conditions = look_up(rules, "candidates"), rules["candidates"].conditions
    known = np.flatnonzero(_is_answered(answers, conditions)[case])
    facts = {"candidate": kinds[known], **{word: answers[word][case[known]] for word in conditions if word in answers}}
    of_row = table.find({word: facts[word].tolist() for word in conditions})
    answer_names = ("product", "label", "observations", "rule", *(["need"] if "need" in table.cells else []))
    columns = {name: np.full(len(rows), "", dtype=object) for name in answer_names}
    for name, column in columns.items():
        column[known] = table.cells[name][of_row]
    labelled = np.flatnonzero(columns["label"] != "")
    if len(labelled):
        readings, case[labelled] = give_targets(rules, cases, readings, case[labelled])
    added = {
        "case": case,
        "candidate": names,
        "label": columns["label"],
        "observations": np.array([int(cell or 0) for cell in columns["observations"]]),
        "least_rule": columns["rule"],
        "makes": columns["product"] == "true",
    }
    if "need" in columns:
        own = readings.answers["need"][case]
        added["need"] = np.where(columns["need"] == "", own, columns["need"])
    return Expanded(readings, of[0][rows], added)


def leave_out(members: dict[str, Any]) -> dict[str, Any]:
    """Return members with no group where a candidate makes no such product, and the row that says it as their rule.

    Args:
        members: columns of exposures, with those of ``expand``.
    """
    lost = np.asarray(pd.notna(members["group"])) & ~members["makes"]
    return {
        **members,
        "group": np.where(lost, None, members["group"]),
        "rule": np.where(lost, members["least_rule"], members["rule"]),
    }


def _list_rows(rules: Rules, exposures: Columns, of: Positions, letters: str) -> tuple[Positions, Cells, Cells]:
    """Return readings of exposures once for each of their candidates and its kinds, the name and the kind of each."""
    cells = exposures[_COLUMN][of].tolist() if _COLUMN in exposures else [None] * len(of)
    lists = {cell: (read_list(cell) or []) if isinstance(cell, str) else [] for cell in set(cells)}
    pairs = list[tuple[int, str, str]]()
    own = _read_own(rules)
    behind = {one.letter: exposures[one.keyword][of].tolist() for one in own.values() if one.keyword}
    for row, cell in enumerate(cells):
        of_proposal = [each for each in lists[cell] if each.name[0] not in own]
        listed = {
            letter: [Candidate(one.name + (behind[letter][row] if one.keyword else ""), one.word)]
            for letter, one in own.items()
        }
        wanted = dict.fromkeys(each for letter in letters for each in listed.get(letter, of_proposal))
        pairs += [(row, each.name, kind) for each in wanted for kind in _fold_kind(rules, each.word)]
        pairs += [] if wanted else [(row, "", _NONE)]
    rows, names, kinds = zip(*pairs, strict=True) if pairs else ((), (), ())
    return np.array(rows, dtype=np.intp), make_cells(names), make_cells(kinds)


class _Own(NamedTuple):
    """A candidate that every exposure has: its letter, its name, the keyword whose word stands behind, its word."""

    letter: str
    name: str
    keyword: str
    word: str


@once
def _read_own(rules: Rules) -> Mapping[str, _Own]:
    """Return the candidates that every exposure has, by their letters."""
    rows = rules["own_candidates"].records()
    return MappingProxyType({row["letter"]: _Own(*(row[name] for name in _Own._fields)) for row in rows})


def _fold_kind(rules: Rules, word: str) -> list[str]:
    patterns, kinds = _read_kinds(rules)
    return fold_words(patterns, kinds, [word.upper()])[0].split()


@once
def _read_kinds(rules: Rules) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the patterns of words for kinds of candidate, and the kinds of each."""
    rows = rules["candidate_kinds"].records()
    return tuple(row["pattern"] for row in rows), tuple(row["kinds"] for row in rows)


def drop_few(rules: Rules, members: dict[str, Any], answers: Columns) -> dict[str, Any]:
    """Return members without the products of too few observations, and without those of the same members as another.

    Of products with the same members, that of the observation stays, then that of the last candidate.

    Args:
        rules: a JWST rule set.
        members: columns of exposures, as ``expand`` gives them, with ``product`` and ``key``.
        answers: those of the tables to each case.
    """
    codes = number_rows([members[column] for column in SET]).codes
    joins = find_joins(rules, members, answers)
    own = np.flatnonzero(pd.notna(members["product"]))
    product = np.concatenate([codes[own], codes[joins.product_row]])
    row, role = np.concatenate([own, joins.row]), np.concatenate([members["role"][own], joins.role])
    observations = pd.Series(members["OBSERVTN"][row]).groupby(product).nunique()
    few = observations.reindex(codes, fill_value=0).to_numpy() < members["observations"]
    for rule in dict.fromkeys(members["least_rule"][few].tolist()):
        members = drop_products(members, few & (members["least_rule"] == rule), rule)
    ending = answers["ending"][members["case"][row]] if "ending" in answers else np.full(len(row), "", dtype=object)
    files = [*members["exposure"][own].tolist(), *name_joining(rules, members, joins)]
    sets = _number_sets(product, list(zip(files, role, ending, strict=True)))
    return _drop_repeated(members, codes, sets)


def _number_sets(product: Positions, entries: Sequence[Any]) -> dict[int, frozenset[Any]]:
    """Return the members of each product."""
    sets: dict[int, set[Any]] = {}
    for code, entry in zip(product.tolist(), entries, strict=True):
        sets.setdefault(code, set()).add(entry)
    return {code: frozenset(own) for code, own in sets.items()}


def _drop_repeated(members: dict[str, Any], codes: Positions, sets: dict[int, frozenset[Any]]) -> dict[str, Any]:
    """Return members with one product of each set of members: of the last candidate by name, a fixed label first."""
    of_product = {int(codes[row]): row for row in np.flatnonzero(pd.notna(members["product"])).tolist()}
    ranks = {code: (members["candidate"][row], members["label"][row]) for code, row in of_product.items()}
    kept: dict[frozenset[Any], int] = {}
    for code in sorted(ranks, key=ranks.__getitem__, reverse=True):
        kept.setdefault(sets[code], code)
    lost = ~np.isin(codes, list(kept.values())) & pd.notna(members["product"])
    for rule in dict.fromkeys(members["least_rule"][lost].tolist()):
        members = drop_products(members, lost & (members["least_rule"] == rule), rule)
    return members


def keep_rows(members: Columns) -> dict[str, Any]:
    """Return a row for each exposure and product, and one for each exposure without any, by exposure and product.

    Args:
        members: columns of exposures, as ``expand`` gives them, with their ``product_id``.
    """
    kept = keep_made(members)
    product = np.array([cell if isinstance(cell, str) else "" for cell in kept["product_id"]], dtype=object)
    by = (product, np.asarray(kept["exposure"], dtype=object))
    kept["candidate"] = np.where(product == "", None, kept["candidate"])
    return take(kept, np.lexsort([pd.factorize(cells, sort=True)[0] for cells in by]))
