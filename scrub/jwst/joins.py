"""Joins: which exposures are members of products of others, and which products lack what they need."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.frames.arrays import Cells, Columns, make_cells, pick
from scrub.frames.columns import Positions, match_numbers, number_rows
from scrub.jwst.choices import SCIENCE, Choice, choose, pick_compared, pick_joining, read_choice
from scrub.jwst.open_words import Open, find_open, is_again, list_open
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.rules import once

SET = ("product", "group", "key")
_ROLE_LISTS = ("member_exptype", "role")  # lists with the roles of members, in the order of their columns
_OF = "_of"  # behind a role, the name of a column: the products that an exposure serves in it


class Joins(NamedTuple):
    """Pairs of a product, by the position of its first exposure, and an exposure that joins it in a role."""

    product_row: Positions
    row: Positions
    role: Cells


class _Need(NamedTuple):
    """A row of ``needs``, ``clashes`` or ``joins``; blank where the table has no such column.

    A join serves products of some namings whose own role is ``of``. Exposures of the namings ``beside`` (else of the
    same) and of the ``role`` join as ``exptype`` (else as their role).
    """

    rule: str
    role: str
    need: str
    least: int
    naming: tuple[str, ...]
    within: tuple[str, ...]
    of: str
    beside: tuple[str, ...]
    exptype: str
    choice: Choice


@once
def _list_needs(rules: Rules, name: str) -> tuple[_Need, ...]:
    return tuple(
        _Need(
            row["rule"],
            row.get("role", ""),
            row.get("need", ""),
            int(row.get("least") or 0),
            tuple(row.get("naming", "").split("|")),
            tuple(row.get("within", "").split()),
            row.get("of") or SCIENCE,
            tuple((row.get("beside") or row.get("naming", "")).split("|")),
            row.get("exptype") or row.get("role", ""),
            read_choice(row),
        )
        for row in rules[name].records()
    )


def drop_unmet(
    rules: Rules, members: dict[str, Any], answers: Columns, *, then: Callable[..., dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Return members without the products that lack what they need, or that stand back behind others of their name.

    The row of ``needs`` or ``clashes`` is then the rule of their exposures. A rule set without these tables
    changes nothing.

    Args:
        rules: a JWST rule set.
        members: columns of exposures: ``product``, ``key``, ``group``, ``role``, ``need``, ``rule``, their ``case``.
        answers: those of the tables to each case.
        then: takes away further products, called with rules, members and answers, before names are compared.
    """
    if "needs" not in rules.tables:
        return members
    joins = find_joins(rules, members, answers)
    codes = number_rows([members[column] for column in SET]).codes
    for need in _list_needs(rules, "needs"):
        counts = _count(members, codes, joins.product_row[joins.role == need.role], need.role)
        members = drop_products(members, (members["need"] == need.need) & (counts < need.least), need.rule)
    if then:
        members = then(rules, members, answers)
        joins, codes = find_joins(rules, members, answers), number_rows([members[column] for column in SET]).codes
    for clash in _list_needs(rules, "clashes"):
        counts = _count(members, codes, _list_files(rules, joins), "science")
        rivals = pick_compared(rules, members, answers, clash.within, np.arange(len(counts)))
        most = np.zeros(len(counts), dtype=counts.dtype)
        of = number_rows(rivals).codes
        np.maximum.at(most, of, counts)
        known = np.logical_and.reduce([pd.notna(rival) for rival in rivals])
        members = drop_products(members, known & (counts < most[of]), clash.rule)
        members = drop_products(members, _find_copies(rules, members, answers, codes, joins), clash.rule)
    return members


def name_joining(rules: Rules, members: Columns, joins: Joins) -> list[str]:
    """Return what joins each product: the name of the exposure, or the candidate by which files of an image are named.

    Args:
        rules: a JWST rule set.
        members: columns of exposures.
        joins: as ``find_joins`` gives them.
    """
    candidates = members.get("candidate", members["OBSERVTN"])[joins.product_row]
    names = np.where(_is_catalogued(rules, joins), candidates, members["exposure"][joins.row])
    return [str(name) for name in names.tolist()]


def _is_catalogued(rules: Rules, joins: Joins) -> Flags:
    """Return which members are replaced by files that are named by the candidate (table ``catalog_files``)."""
    kinds = [row["exptype"] for row in rules["catalog_files"].records()] if "catalog_files" in rules.tables else []
    return np.asarray(np.isin(joins.role.astype(str), kinds), dtype=bool)


def _find_copies(rules: Rules, members: Columns, answers: Columns, codes: Positions, joins: Joins) -> Flags:
    """Return the rows of products that have the name and the files of another, but for the first of them.

    Rules that do not say how files end keep what two of them make of the same exposures.
    """
    copies = np.zeros(len(codes), dtype=bool)
    own = np.flatnonzero(pd.notna(members["product"]))
    first = own[np.unique(codes[own], return_index=True)[1]]
    shared = [name for name, count in Counter(members["product"][first].tolist()).items() if count > 1]
    if "ending" not in answers or not shared:
        return copies
    files: dict[int, set[Any]] = {}
    ending = answers["ending"][members["case"]]
    names = [*members["exposure"][own].tolist(), *name_joining(rules, members, joins)]
    rows = np.concatenate([own, joins.row])
    roles = [SCIENCE] * len(own) + joins.role.tolist()
    of = codes[np.concatenate([own, joins.product_row])].tolist()
    for code, *file in zip(of, names, roles, ending[rows].tolist(), strict=True):
        files.setdefault(code, set()).add(tuple(file))
    known = set[Any]()
    for row in first[np.isin(members["product"][first].astype(str), shared)].tolist():
        same = (members["product"][row], frozenset(files[int(codes[row])]))
        copies |= (codes == codes[row]) & (same in known)
        known.add(same)
    return copies


def is_served(column: str) -> bool:
    """Return whether a column has the products that exposures serve.

    >>> is_served("imprint_of"), is_served("role")
    (True, False)
    """
    return column.endswith(_OF)


@once
def _list_roles(rules: Rules) -> tuple[str, ...]:
    """Return the roles in which exposures join products, in the order of their list."""
    there = {join.exptype for join in _list_needs(rules, "joins")}
    words = dict.fromkeys(word for name in _ROLE_LISTS for word in rules.lists.get(name, ()))
    return tuple(word for word in words if word in there)


def list_served(rules: Rules, members: Columns, answers: Columns) -> dict[str, Cells]:
    """Return the products that each exposure serves, a column for each role: their ids with blanks between, sorted.

    Rules without the table ``joins`` have no such columns.

    Args:
        rules: a JWST rule set.
        members: columns of exposures: ``product_id`` and what ``find_joins`` asks for.
        answers: those of the tables to each case.
    """
    if "joins" not in rules.tables:
        return {}
    joins = find_joins(rules, members, answers)
    ids = members["product_id"][joins.product_row].tolist()
    columns = {}
    for name in (f"{role}{_OF}" for role in _list_roles(rules)):
        served: dict[int, set[str]] = {}
        for row, role, id_ in zip(joins.row.tolist(), joins.role.tolist(), ids, strict=True):
            if name == f"{role}{_OF}":
                served.setdefault(row, set()).add(id_)
        columns[name] = np.full(len(members["case"]), None, dtype=object)
        for row, own in served.items():
            columns[name][row] = " ".join(sorted(own))
    return columns


def drop_products(members: dict[str, Any], where: Flags, rule: str) -> dict[str, Any]:
    """Return members with no product where a rule takes it.

    Args:
        members: columns of exposures: ``product``, ``group`` and ``rule``.
        where: which rows.
        rule: the row of a rule table that takes it.
    """
    lost = where & pd.notna(members["product"])
    if not lost.any():
        return members
    blank = {column: np.where(lost, None, members[column]) for column in ("group", "product")}
    return {**members, **blank, "rule": np.where(lost, rule, members["rule"])}


def _list_files(rules: Rules, joins: Joins) -> Positions:
    """Return the row of a product for each file that joins it: all files of direct images are of one of the images."""
    if "catalog_files" not in rules.tables:
        return joins.product_row
    of_image = _is_catalogued(rules, joins)
    with_image = np.unique(joins.product_row[of_image])
    return np.concatenate([joins.product_row[~of_image], np.repeat(with_image, len(rules["catalog_files"].records()))])


def _count(members: Columns, codes: Positions, product_rows: Positions, role: str) -> Positions:
    """Return for each row how many exposures its product has: those that join it, and of science its own."""
    count = np.bincount(codes[product_rows], minlength=len(codes))
    if role == "science":
        count = count + np.bincount(codes[pd.notna(members["product"])], minlength=len(codes))
    return count[codes]


def find_joins(rules: Rules, members: Columns, answers: Columns) -> Joins:
    """Return which exposures are members of products of others.

    Args:
        rules: a JWST rule set.
        members: columns of exposures: ``product``, ``key``, ``group``, ``role`` and their ``case``. Where they have a
            ``candidate``, it stands for the observation.
        answers: those of the tables to each case.
    """
    if "candidate" in members:
        members = {**members, "OBSERVTN": members["candidate"]}
    case, role = members["case"], members["role"]
    naming, need = np.where(pd.isna(answers["need"]), None, answers["naming"])[case], answers["need"][case]
    first = np.zeros(len(case), dtype=bool)
    first[number_rows([members[column] for column in SET]).first] = True
    first &= pd.notna(members["product"])
    once, pairs = ~is_again(members), []
    for join in _list_needs(rules, "joins"):
        served = first & _is_among(naming, join.naming) & (role == join.of)
        served &= (join.need == "") | (need == join.need)
        helps = _is_among(naming, join.beside) & ((role == join.role) | (join.role == "*")) & once
        sides = np.flatnonzero(served), np.flatnonzero(helps)
        if all(len(side) for side in sides):
            columns = (
                pick_joining(rules, members, answers, join.within, rows, closed=closed)
                for rows, closed in zip(sides, (True, False), strict=True)
            )
            both = {word: pair for word, *pair in zip(join.within, *columns, strict=True)}
            products, helpers = _pair(list_open(rules), both)
            left, right = sides[0][products], sides[1][helpers]
            left, right = choose(rules, members, answers, join.choice, join.within, (left, right))
            pairs.append((left, right, join.exptype))
    return Joins(
        np.concatenate([np.empty(0, dtype=np.intp), *(products for products, _, _ in pairs)]),
        np.concatenate([np.empty(0, dtype=np.intp), *(helpers for _, helpers, _ in pairs)]),
        make_cells(role for _, helpers, role in pairs for _ in helpers),
    )


def _is_among(namings: Any, wanted: Sequence[str]) -> Flags:
    """Return which namings are among those that are wanted."""
    return np.asarray(np.logical_or.reduce([namings == naming for naming in wanted]), dtype=bool)


def _pair(open_: Open, values: Mapping[str, Sequence[Any]]) -> tuple[Positions, Positions]:
    """Return the pairs of a product and an exposure that helps: they agree in all values, or in open words.

    Args:
        open_: words that agree with any other.
        values: for each key the column of the products and that of those that help.
    """
    closed = [_number_both(*pair) for key, pair in values.items() if key not in open_]
    codes = number_rows(closed).codes
    count = len(next(iter(values.values()))[0])
    pairs = match_numbers(codes[:count], codes[count:])
    for key in values.keys() & open_.keys():
        one, other = (pick(own, rows) for own, rows in zip(values[key], pairs, strict=True))
        missing = np.asarray(pd.isna(one)) & np.asarray(pd.isna(other))
        same = np.asarray(one, dtype=object) == np.asarray(other, dtype=object)
        both = same | missing | find_open(open_, key, one) | find_open(open_, key, other)
        pairs = pairs[0][both], pairs[1][both]
    return pairs


def _number_both(one: Any, other: Any) -> Positions:
    """Return a number for each cell of two columns, one behind the other; equal cells have equal numbers."""
    return number_rows([np.concatenate([np.asarray(own, dtype=object) for own in (one, other)])]).codes
