"""Contracts: what a frame must look like, read from ``schemas/*.yaml`` and checked with Pandera.

A contract is a Pandera YAML file with two words of our own: ``unit`` (of a column) and ``list`` (the
closed list of a rule set whose words the column may hold). Unlike Pandera, we refuse a key or a check
that we do not know. Pandera loads when the first contract is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pandas as pd
import yaml

from scrub.files import digest
from scrub.files.shipped import find
from scrub.frames.rejects import Split, none_rejected, reject

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

_TABLE_KEYS = {"title", "description", "columns", "strict", "unique"}
_COLUMN_KEYS = {"description", "dtype", "nullable", "unique", "required", "checks", "unit", "list"}
_CHECKS = {
    "equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than",
    "less_than_or_equal_to", "in_range", "isin", "notin", "str_matches", "str_length",
}  # fmt: skip


class ContractError(ValueError):
    """A frame that breaks its contract, or a contract that cannot be read.

    ``rejected`` has the rows at fault: what, stage, reason, column, value.
    """

    def __init__(self, message: str, rejected: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.rejected = none_rejected() if rejected is None else rejected


class Contract(NamedTuple):
    """A contract: its name, its Pandera schema and the unit of each column that has one."""

    name: str
    schema: "DataFrameSchema"
    units: Mapping[str, str]


class HasLists(Protocol):
    """Anything with closed lists: a rule set."""

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The words of each list."""
        ...


def read(name: str, lists: Mapping[str, Sequence[str]] | None = None) -> Contract:
    """Return a contract by its name, such as ``jwst/exposures``, its lists filled in from a rule set.

    Raises:
        ContractError: an unknown key, check or list; the message names the file and the key.

    >>> read("rules/table", {"edition": ["1", "2"]}).name
    'rules/table'
    """
    known = tuple((key, tuple(words)) for key, words in sorted((lists or {}).items()))
    return _read(name, known)


@cache
def _read(name: str, lists: tuple[tuple[str, tuple[str, ...]], ...]) -> Contract:
    file = find("schemas") / f"{name}.yaml"
    text = _load(file)
    return Contract(name, _schema(f"{name}.yaml", text, dict(lists)), _units(text))


def _units(text: Mapping[str, Any]) -> dict[str, str]:
    return {c: spec["unit"] for c, spec in text["columns"].items() if "unit" in spec}


def _schema(file: str, text: Any, lists: Mapping[str, Sequence[str]]) -> "DataFrameSchema":
    """Return the Pandera schema of a contract whose every key is known."""
    from pandera.io import pandas_io

    _only(file, text, _TABLE_KEYS)
    columns = {}
    for column, spec in text.get("columns", {}).items():
        place = f"{file}: {column}"
        _only(place, spec, _COLUMN_KEYS)
        checks = dict(spec.get("checks") or {})
        _only(f"{place}: checks", checks, _CHECKS)
        if "list" in spec:
            if spec["list"] not in lists:
                raise ContractError(f"{place}: list: no list {spec['list']!r}")
            checks["isin"] = list(lists[spec["list"]])
        plain = {key: value for key, value in spec.items() if key not in ("unit", "list", "checks")}
        columns[column] = {"nullable": False, "required": True, **plain, "checks": checks or None}
    try:
        schema: DataFrameSchema = pandas_io.deserialize_schema(  # type: ignore[no-untyped-call]
            {"strict": True, **text, "columns": columns}
        )
    except (TypeError, AttributeError, ValueError) as error:
        raise ContractError(f"{file}: {error}") from error
    return schema


def _only(place: str, found: Any, known: Iterable[str]) -> None:
    if not isinstance(found, Mapping):
        raise ContractError(f"{place}: expected keys, found {found!r}")
    for key in found:
        if key not in known:
            raise ContractError(f"{place}: unknown key {key!r}; known are {', '.join(sorted(known))}")


def failures(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a frame gets wrong: row (its place, -1 where it is no row's fault), column, reason, value.

    >>> contract = read("rules/table", {"edition": ["", "1"]})
    >>> row = {"rule": "t.csv:2", "since": "", "until": "7", "source": "a page", "note": ""}
    >>> failures(contract, pd.DataFrame([row], dtype="str"))
       row column           reason value
    0    0  until  not on the list     7
    """
    from pandera.errors import SchemaErrors

    try:
        contract.schema.validate(frame.reset_index(drop=True), lazy=True, inplace=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return pd.DataFrame(columns=["row", "column", "reason", "value"])
    place = {column: i for i, column in enumerate(contract.schema.columns)}
    found = pd.DataFrame(
        {
            "row": pd.to_numeric(cases["index"]).fillna(-1).astype(int),
            "column": cases["column"].where(cases["schema_context"] == "Column", cases["failure_case"]),
            "reason": cases["check"].map(_reason),
            "value": cases["failure_case"],
        }
    )
    order = found["column"].map(place).fillna(-1)
    return (
        found.assign(order=order).sort_values(["row", "order"], kind="stable", ignore_index=True).drop(columns="order")
    )


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

    Raises:
        ContractError: it does not; ``rejected`` has the rows at fault.
    """
    good, rejected = split(contract, frame)
    if len(rejected):
        raise ContractError(sentence(contract.name, rejected), rejected)
    return good


def sentence(name: str, rejected: pd.DataFrame) -> str:
    """Return what is wrong with rejected rows, by the first of them."""
    first = rejected.iloc[0]
    return (
        f"{name}: {len(rejected)} rows break the contract; the first is {first['what']}: "
        f"{first['column']} {first['reason']}: {first['value']!r}"
    )


def split(contract: Contract, frame: pd.DataFrame) -> Split:
    """Return the rows that keep the contract, and why the others do not: the first reason of each.

    Raises:
        ContractError: the fault is no row's: a column that is not there, or of another type.
    """
    found = failures(contract, frame)
    for fault in found[found["row"] < 0].to_dict("records"):
        raise ContractError(f"{contract.name}: column {fault['column']}: {fault['reason']}")
    if found.empty:
        return Split(frame, none_rejected())
    first = found.drop_duplicates("row")
    bad = pd.Series(False, index=range(len(frame)))
    bad[first["row"]] = True
    rows = frame[bad.to_numpy()]
    told = reject(rows, contract.name, first["reason"].tolist(), first["column"].tolist(), first["value"].tolist())
    return Split(frame[~bad.to_numpy()].reset_index(drop=True), told)


def typed(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table that was read as text with the types of its contract, where every cell allows them.

    >>> from scrub import tables
    >>> members = read("jwst/members", tables.read("jwst").lists)
    >>> typed(members, pd.DataFrame({"exposure": ["a"], "scale": ["0.03"]}))["scale"].tolist()
    [0.03]
    """
    blank = frame.mask(frame == "")
    return blank.assign(
        **{c: _as(blank[c], str(spec.dtype)) for c, spec in contract.schema.columns.items() if c in blank}
    )


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
    files = sorted((find("schemas") / folder).glob("*.yaml"))
    if not files:
        raise ContractError(f"no contracts in schemas/{folder}")
    return {file.name: digest.of(_allowed(file)) for file in files}


def _allowed(file: Path) -> dict[str, Any]:
    """Return a contract without the words that are for people only."""
    text = _load(file)
    _only(file.name, text, _TABLE_KEYS)
    columns = {}
    for name, spec in text.get("columns", {}).items():
        _only(f"{file.name}: {name}", spec, _COLUMN_KEYS)
        columns[name] = {key: value for key, value in spec.items() if key != "description"}
    return {**{key: value for key, value in text.items() if key not in ("title", "description")}, "columns": columns}


def _load(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"{file}: {error}") from None
