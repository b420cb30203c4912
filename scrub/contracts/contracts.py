"""Contracts: what a frame must look like, read from ``schemas/*.yaml`` and checked with Pandera.

A contract is a Pandera YAML file with words of our own: ``unit`` (of a column), ``form`` (its pattern, in words) and
``list`` (the closed list of a rule set whose words the column may hold). Unlike Pandera, we refuse a key or a check
that we do not know. Files count by what is in them: each content is parsed once. Pandera is the judge; it
is loaded, and asked, where a quick look cannot tell that a frame is clean.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from scrub.contracts.parse import ContractError, fill_lists, hash_content, parse
from scrub.contracts.quick import Look, look, surely_keeps
from scrub.files import digest
from scrub.files.shipped import find
from scrub.frames.rejects import Split, none_rejected, reject

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


class Contract(NamedTuple):
    """A contract: its name, its file as it was read, the words of its lists, and how to look at frames quickly."""

    name: str
    content: bytes
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    look: Look | None

    @property
    def schema(self) -> "DataFrameSchema":
        """The Pandera schema; each time a new one, the caller's own."""
        return _deserialize(self.name, self.content, self.lists)

    @property
    def units(self) -> dict[str, str]:
        """The unit of each column that has one."""
        return self._list_words("unit")

    @property
    def forms(self) -> dict[str, str]:
        """What a cell of each column must be, in words, where the contract has words for its pattern."""
        return self._list_words("form")

    @property
    def listed(self) -> dict[str, str]:
        """The closed list of each column that has one."""
        return self._list_words("list")

    def _list_words(self, key: str) -> dict[str, str]:
        columns = parse(f"{self.name}.yaml", self.content).get("columns", {})
        return {name: spec[key] for name, spec in columns.items() if key in spec}


def read(name: str, lists: Mapping[str, Sequence[str]] | None = None) -> Contract:
    """Return a contract by its name, such as ``jwst/exposures``, its lists filled in from a rule set.

    Args:
        name: of the contract.
        lists: the closed lists of a rule set.

    Raises:
        ContractError: an unknown key, check or list; the message names the file and the key.

    >>> read("rules/table", {"edition": ["1", "2"]}).name
    'rules/table'
    """
    known = tuple((key, tuple(words)) for key, words in sorted((lists or {}).items()))
    return _read(name, _bytes(find("schemas") / f"{name}.yaml"), known)


def list_columns(name: str) -> dict[str, bool]:
    """Return the columns of a contract, and whether each must be there.

    Args:
        name: of the contract.

    >>> list_columns("hst_svm/qa")["label"]
    False
    """
    columns = parse(f"{name}.yaml", _bytes(find("schemas") / f"{name}.yaml")).get("columns", {})
    return {str(column): bool(spec.get("required", True)) for column, spec in columns.items()}


@lru_cache(maxsize=256)
def _read(name: str, content: bytes, lists: tuple[tuple[str, tuple[str, ...]], ...]) -> Contract:
    """Return a contract; one that a quick look does not know is shown to Pandera at once, which may refuse it."""
    contract = Contract(name, content, lists, look(fill_lists(f"{name}.yaml", content, dict(lists))))
    if contract.look is None:
        _schema(name, content, lists)
    return contract


def _deserialize(name: str, content: bytes, lists: tuple[tuple[str, tuple[str, ...]], ...]) -> "DataFrameSchema":
    from pandera.io import pandas_io

    plain = fill_lists(f"{name}.yaml", content, dict(lists))
    try:
        schema: DataFrameSchema = pandas_io.deserialize_schema(plain)  # type: ignore[no-untyped-call]
    except (TypeError, AttributeError, ValueError, re.error) as error:
        raise ContractError(f"{name}.yaml: {error}") from error
    return schema


_schema = lru_cache(maxsize=256)(_deserialize)  # for this module only: a schema can be changed


def failures(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a frame gets wrong: row (its position, -1 where it is no row's fault), column, reason, value.

    Args:
        contract: what the frame must keep.
        frame: any frame.

    >>> contract = read("rules/table", {"edition": ["", "1"]})
    >>> row = {"rule": "t.csv:2", "since": "", "until": "7", "source": "a page", "note": ""}
    >>> failures(contract, pd.DataFrame([row], dtype="str"))
       row column           reason value
    0    0  until  not on the list     7
    """
    return _no_failures() if _is_clean(contract, frame) else _ask_pandera(contract, frame)


def _no_failures() -> pd.DataFrame:
    return pd.DataFrame(columns=["row", "column", "reason", "value"])


def _ask_pandera(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a frame gets wrong, by Pandera: see ``failures``."""
    from pandera.errors import SchemaErrors

    schema = _schema(contract.name, contract.content, contract.lists)
    try:
        schema.validate(frame.reset_index(drop=True), lazy=True, inplace=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return _no_failures()
    position = {column: i for i, column in enumerate(schema.columns)}
    rows = pd.DataFrame(
        {
            "row": pd.to_numeric(cases["index"]).fillna(-1).astype(int),
            "column": cases["column"].where(cases["schema_context"] == "Column", cases["failure_case"]),
            "reason": cases["check"].map(_reason),
            "value": cases["failure_case"],
        }
    )
    order = rows["column"].map(position).fillna(-1)
    return (
        rows.assign(order=order).sort_values(["row", "order"], kind="stable", ignore_index=True).drop(columns="order")
    )


def _is_clean(contract: Contract, frame: pd.DataFrame) -> bool:
    """Return whether a quick look tells that a frame keeps its contract."""
    return contract.look is not None and surely_keeps(contract.look, frame)


def _reason(check: object) -> str:
    """Return a check as a person says it."""
    name, _, rest = str(check).partition("(")
    plain = {
        "not_nullable": "missing",
        "isin": "not on the list",
        "in_range": f"outside {rest.rstrip(')').replace(', ', '..')}",
        "greater_than": f"not greater than {rest.rstrip(')')}",
        "greater_than_or_equal_to": f"less than {rest.rstrip(')')}",
        "str_matches": f"not of the form {rest[1:-2]}",
        "column_in_dataframe": "no such column",
        "column_in_schema": "unknown column",
        "field_uniqueness": "not unique",
        "dtype": f"not of the type {rest[1:-2]}",
    }
    return plain.get(name, str(check))


def check(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame if it keeps its contract.

    Args:
        contract: what the frame must keep.
        frame: any frame; its first column names the rows.

    Raises:
        ContractError: it does not; ``rejected`` has the rows at fault.
    """
    good, rejected = split(contract, frame)
    if len(rejected):
        raise ContractError(sentence(contract.name, rejected), rejected)
    return good


def sentence(name: str, rejected: pd.DataFrame) -> str:
    """Return what is wrong with rejected rows, by the first of them.

    Args:
        name: of the contract.
        rejected: the rows at fault.
    """
    first = rejected.iloc[0]
    return (
        f"{name}: {len(rejected)} rows break the contract; the first is {first['what']}: "
        f"{first['column']} {first['reason']}: {first['value']!r}"
    )


def split(contract: Contract, frame: pd.DataFrame) -> Split:
    """Return the rows that keep the contract, and why the others do not: the first reason of each.

    Args:
        contract: what the rows must keep.
        frame: any frame; its first column names the rows.

    Raises:
        ContractError: the fault is no row's: a column that is not there, or of another type.
    """
    if _is_clean(contract, frame):
        return Split(frame, none_rejected())
    faults = _ask_pandera(contract, frame)
    for fault in faults[faults["row"] < 0].to_dict("records"):
        raise ContractError(f"{contract.name}: column {fault['column']}: {fault['reason']}")
    if faults.empty:
        return Split(frame, none_rejected())
    first = faults.drop_duplicates("row")
    bad = pd.Series(False, index=range(len(frame)))
    bad[first["row"]] = True
    rows = frame[bad.to_numpy()]
    rejected = reject(rows, contract.name, first["reason"].tolist(), first["column"].tolist(), first["value"].tolist())
    return Split(frame[~bad.to_numpy()].reset_index(drop=True), rejected)


def typed(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table that was read as text with the types of its contract, where every cell allows them.

    Args:
        contract: with the types.
        frame: a table of text.

    >>> from scrub import tables
    >>> members = read("jwst/members", tables.read("jwst").lists)
    >>> typed(members, pd.DataFrame({"exposure": ["a"], "scale": ["0.03"]}))["scale"].tolist()
    [0.03]
    """
    blank = frame.mask(frame == "")
    columns = _schema(contract.name, contract.content, contract.lists).columns
    return blank.assign(**{c: _as(blank[c], str(spec.dtype)) for c, spec in columns.items() if c in blank})


def _as(cells: pd.Series, dtype: str) -> pd.Series:
    """Return cells as a type, or as they are if one of them does not allow it."""
    words = {"True": True, "False": False} if dtype == "boolean" else {}
    plain = cells.map(lambda cell: words.get(cell, cell)) if words else cells
    try:
        numbers = dtype.lower().startswith(("int", "float"))
        return (pd.to_numeric(plain) if numbers else plain).astype(pd.api.types.pandas_dtype(dtype))
    except (ValueError, TypeError):
        return cells


def fingerprint(folder: str) -> str:
    """Return one hash of the contracts in one folder of ``schemas/``: see ``hashes``.

    >>> len(fingerprint("rules"))
    64
    """
    return digest.of(hashes(folder))


def hashes(folder: str) -> dict[str, str]:
    """Return a hash of what each contract in one folder of ``schemas/`` allows, whatever the titles and descriptions.

    Raises:
        ContractError: no contract is there, or one is not YAML.

    >>> sorted(hashes("hst_cal"))
    ['datasets.yaml', 'features.yaml', 'inputs.yaml']
    """
    files = contents(folder)
    if not files:
        raise ContractError(f"no contracts in schemas/{folder}")
    return {name: hash_content(name, content) for name, content in files}


def contents(folder: str) -> tuple[tuple[str, bytes], ...]:
    """Return the name and the bytes of each contract in one folder of ``schemas/``.

    >>> [name for name, _ in contents("hst_cal")]
    ['datasets.yaml', 'features.yaml', 'inputs.yaml']
    """
    return tuple((file.name, _bytes(file)) for file in sorted((find("schemas") / folder).glob("*.yaml")))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ContractError(f"{file}: {error}") from None
