"""Rows that must be there: those that code looks up by name, and those that a contract has columns for."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from scrub.contracts import contracts
from scrub.tables.declare import Declaration, Types
from scrub.tables.findings import Finding

_ANY = "*"  # whatever the kind


def find_absent(table: Declaration, rows: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Yield the words of ``must_have`` that no row has; without words one row is enough.

    Args:
        table: what tables.toml says of it.
        rows: the columns of its rows.

    >>> from scrub.tables.declare import section
    >>> mast = section("mast", policy="list", key=["setting"], must_have={"setting": ["tries", "radius"]})
    >>> print(*find_absent(mast, {"setting": ["tries"]}))
    mast.csv:1: gap: no row with setting=radius, which the pipeline asks for
    """
    for column, words in table.must_have.items():
        there = set(rows[column]) if column in rows else set()
        for word in words:
            if word not in there:
                case = f"no row with {column}={word}, which the pipeline asks for"
                yield Finding(f"{table.name}.csv", 1, "gap", case)
        if not words and not there:
            yield Finding(f"{table.name}.csv", 1, "gap", "no row at all, and the pipeline asks for one")


def find_unlike(table: Declaration, rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield where the words of a table and the columns of its contract are not the same.

    Args:
        table: what tables.toml says of it.
        rows: its rows.

    >>> from scrub.tables.declare import section
    >>> shape = {"file": "hst_cal/inputs", "column": "column", "beside": ["dataset"]}
    >>> inputs = section("inputs", policy="list", key=["column"], contract=shape)
    >>> words = ["total_mb", "DRIZCORR", "PCTECORR", "CRSPLIT", "SUBARRAY", "DETECTOR"]
    >>> print(*find_unlike(inputs, pd.DataFrame({"column": words})))
    inputs.csv:1: gap: no row with column=n_files, a column of the contract hst_cal/inputs
    """
    if table.contract is None:
        return
    file, column, beside, where = table.contract
    if lost := _find_nowhere(table, "contract", file, (column, *where), rows):
        yield from lost
        return
    columns = contracts.list_columns(file)
    rows = _pick(rows, where)
    words = dict(zip(rows[column], rows["rule"], strict=True)) if "rule" in rows else dict.fromkeys(rows[column])
    for name, required in columns.items():
        if required and name not in words and name not in beside:
            yield Finding(
                f"{table.name}.csv", 1, "gap", f"no row with {column}={name}, a column of the contract {file}"
            )
    for word, rule in words.items():
        if word not in columns:
            yield Finding.at(str(rule), "word", f"{word!r} is no column of the contract {file}", column)


def _find_nowhere(table: Declaration, key: str, file: str, names: Sequence[str], rows: pd.DataFrame) -> list[Finding]:
    """Return what a key of tables.toml names and nothing has: a contract, and columns of a table."""
    if not contracts.is_there(file):
        return [table.finding(key, f"{file!r} is no contract of schemas/")]
    return [table.finding(key, f"{name!r} is no column of the table") for name in names if name not in rows]


def _pick(rows: pd.DataFrame, where: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows that have some words."""
    for name, word in where.items():
        rows = rows[rows[name] == word]
    return rows


def find_untyped(table: Declaration, rows: pd.DataFrame) -> Iterator[Finding]:
    """Yield kinds that the dtype of their column in a contract contradicts, and columns that no row names.

    Args:
        table: what tables.toml says of it.
        rows: its rows.

    >>> from scrub.tables.declare import section
    >>> types = {"file": "hst_cal/datasets", "column": "column", "kind": "kind", "dtypes": {"str": ["word"]}}
    >>> inputs = section("inputs", policy="list", key=["column"], answers={"kind": "kind"}, types=[types])
    >>> row = {"column": "PCTECORR", "kind": "count", "rule": "inputs.csv:5"}
    >>> print(*find_untyped(inputs, pd.DataFrame([row])))
    inputs.csv:5: word: kind: 'count' is no kind of PCTECORR, which is str in the contract hst_cal/datasets: use word
    """
    for types in table.types:
        if lost := _find_nowhere(table, "types", types.file, (types.column, types.kind, *types.where), rows):
            yield from lost
        else:
            yield from _find_contradicted(table, types, _pick(rows, types.where))


def _find_contradicted(table: Declaration, types: Types, named: pd.DataFrame) -> Iterator[Finding]:
    """Yield what ``find_untyped`` does, of one contract."""
    file, column, kind, dtypes, beside, _ = types
    columns = contracts.list_dtypes(file)
    there = named.assign(**{column: named[column].str.split()}).explode(column)
    for name, word, rule in zip(there[column], there[kind], there["rule"], strict=True):
        dtype = columns.get(name, "")
        kinds = dtypes.get(dtype, ())
        if dtype and word not in kinds and _ANY not in kinds:
            blank = "leave the cell blank" if kinds else "name another column"
            use = f"use {', '.join(kinds)}" if any(kinds) else blank
            message = f"{word!r} is no {kind} of {name}, which is {dtype} in the contract {file}: {use}"
            yield Finding.at(str(rule), "word", message, kind)
    for name in [name for name in columns if name not in {*beside, *there[column]}] if beside else ():
        case = f"no row with {column}={name}, a column of the contract {file}"
        yield Finding(f"{table.name}.csv", 1, "gap", case)


_NAMED = ("turn", "abstains", "fills", "flags", "codes")  # keys by which a pipeline knows what a table does


def find_lost(own: Mapping[str, Declaration], shipped: Mapping[str, Declaration]) -> Iterator[Finding]:
    """Yield what the pipeline of a shipped rule set asks for, and a version of it does not declare.

    Args:
        own: what tables.toml says of each table of the version.
        shipped: what it says of those that ship.

    >>> from scrub.tables.declare import section
    >>> shipped = section("t", policy="unique", conditions={"a": "a"}, answers={"x": "", "y": ""}, turn=1)
    >>> own = section("t", policy="unique", conditions={"a": "a"}, answers={"x": ""})
    >>> for finding in find_lost({"t": own}, {"t": shipped}):
    ...     print(finding)
    tables.toml:1: declaration: t.answers: no column y, which the pipeline asks for
    tables.toml:1: declaration: t: no key turn, which the pipeline asks for
    """
    file = next((table.file for table in own.values()), "tables.toml")
    for name, theirs in shipped.items():
        table = own.get(name)
        if table is None:
            yield Finding(file, 1, "declaration", "no such section, and the pipeline asks for this table", name)
            continue
        if table.policy != theirs.policy:
            case = f"{table.policy!r} in place of {theirs.policy!r}, which the pipeline asks for"
            yield table.finding("policy", case)
        for key in ("key", "answers"):
            lost = [column for column in getattr(theirs, key) if column not in getattr(table, key)]
            yield from (table.finding(key, f"no column {column}, which the pipeline asks for") for column in lost)
        for key in _NAMED:
            if getattr(theirs, key) and not getattr(table, key):
                yield table.finding("", f"no key {key}, which the pipeline asks for")
