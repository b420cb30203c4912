"""Contracts: what a frame must look like, read from ``schemas/*.yaml`` and checked with Pandera.

A contract is a Pandera YAML file with words of our own: ``unit`` (of a column), ``form`` (its pattern, in words),
``list`` (the closed list of a rule set whose words the column may hold) and ``warnings`` (of the table: checks of the
rule set that only warn). Unlike Pandera, we refuse a key or a check that we do not know. Files count by what is in
them: each content is parsed once. Pandera is the judge; it is loaded, and asked, where a quick look cannot tell that a
frame is clean. A check with Pandera's option ``raise_warning`` stops no row: only ``find_warnings`` asks it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from scrub.contracts.cells import read_cells
from scrub.contracts.failures import list_failures, no_failures
from scrub.contracts.parse import ERROR, WARNING, ContractError, fill_lists, hash_content, parse, take
from scrub.contracts.quick import Look, look, surely_keeps
from scrub.files import digest
from scrub.files.shipped import find
from scrub.frames.rejects import Split, none_rejected, reject

if TYPE_CHECKING:
    from pandera.pandas import Column, DataFrameSchema


class Contract(NamedTuple):
    """A contract: its name, its file as it was read, the words of its lists, and how to look at frames quickly."""

    name: str
    content: bytes
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    look: Look | None

    @property
    def schema(self) -> "DataFrameSchema":
        """The Pandera schema, with its warnings; each time a new one, the caller's own."""
        return _deserialize(self.name, self.table)

    @property
    def table(self) -> dict[str, Any]:
        """What the file says, as Pandera takes it: with the words of its lists; each time a new one."""
        return fill_lists(f"{self.name}.yaml", self.content, dict(self.lists))

    @property
    def only_warn(self) -> tuple[str, ...]:
        """The checks of the rule set that only warn where this contract is asked for."""
        return tuple(parse(f"{self.name}.yaml", self.content).get("warnings", ()))

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


def read(name: str, lists: Mapping[str, Sequence[str]] | None = None, *, file: Path | None = None) -> Contract:
    """Return a contract by its name, such as ``jwst/exposures``, its lists filled in from a rule set.

    Args:
        name: of the contract.
        lists: the closed lists of a rule set.
        file: where it stands, for one that does not ship.

    Raises:
        ContractError: an unknown key, check or list; the message names the file and the key.

    >>> read("rules/table", {"edition": ["1", "2"]}).name
    'rules/table'
    """
    known = tuple((key, tuple(words)) for key, words in sorted((lists or {}).items()))
    return _read(name, _bytes(file or find("schemas") / f"{name}.yaml"), known)


def is_there(name: str) -> bool:
    """Return whether a contract ships.

    Args:
        name: such as ``jwst/exposures``.

    >>> is_there("rules/agreements"), is_there("rules/agreement")
    (True, False)
    """
    return name.isprintable() and (find("schemas") / f"{name}.yaml").is_file()


def list_columns(name: str) -> dict[str, bool]:
    """Return the columns of a contract, and whether each must be there.

    Args:
        name: of the contract.

    >>> list_columns("hst_svm/qa")["label"]
    False
    """
    return {column: bool(spec.get("required", True)) for column, spec in _list_specs(name).items()}


def list_dtypes(name: str) -> dict[str, str]:
    """Return the columns of a contract, and the dtype of each; blank where any will do.

    Args:
        name: of the contract.

    >>> list_dtypes("hst_svm/mosaics")["label"], list_dtypes("hst_svm/qa")["label"]
    ('int64', '')
    """
    return {column: str(spec.get("dtype") or "") for column, spec in _list_specs(name).items()}


def _list_specs(name: str) -> dict[str, dict[str, Any]]:
    """Return what a contract says of each column."""
    columns = parse(f"{name}.yaml", _bytes(find("schemas") / f"{name}.yaml")).get("columns", {})
    return {str(column): spec for column, spec in columns.items()}


@lru_cache(maxsize=256)
def _read(name: str, content: bytes, lists: tuple[tuple[str, tuple[str, ...]], ...]) -> Contract:
    """Return a contract; one that a quick look does not know is shown to Pandera at once, which may refuse it."""
    contract = Contract(name, content, lists, look(take(fill_lists(f"{name}.yaml", content, dict(lists)), ERROR)))
    if contract.look is None:
        _schema(name, content, lists)
    return contract


def _deserialize(name: str, table: dict[str, Any]) -> "DataFrameSchema":
    from pandera.io import pandas_io

    try:
        schema: DataFrameSchema = pandas_io.deserialize_schema(table)  # type: ignore[no-untyped-call]
    except (TypeError, AttributeError, ValueError, re.error) as error:
        raise ContractError(f"{name}.yaml: {error}") from error
    return schema


@lru_cache(maxsize=256)  # for this module only: a schema can be changed
def _schema(
    name: str, content: bytes, lists: tuple[tuple[str, tuple[str, ...]], ...], severity: str = ERROR
) -> "DataFrameSchema":
    return _deserialize(name, take(fill_lists(f"{name}.yaml", content, dict(lists)), severity))


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
    return find_errors(contract, frame).drop(columns="check")


def find_errors(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what ``failures`` returns, with the name of each check that fails.

    Args:
        contract: what the frame must keep.
        frame: any frame.

    >>> contract = read("rules/table", {"edition": ["", "1"]})
    >>> find_errors(contract, pd.DataFrame({"rule": ["t.csv:2"]}))["check"].unique().tolist()
    ['column_in_dataframe']
    """
    return no_failures() if is_clean(contract, frame) else _ask_pandera(contract, frame)


def find_warnings(contract: Contract, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what in a frame is not as it should be, as ``find_errors`` does; no row is rejected for it.

    Args:
        contract: with checks that are warnings.
        frame: any frame.

    >>> from scrub import tables
    >>> exposures = read("jwst/exposures", tables.read("jwst").lists)
    >>> find_warnings(exposures, pd.DataFrame({"TARG_RA": [80.5, 400.0]}))[["row", "reason"]].values.tolist()
    [[1, 'outside 0..360']]
    """
    should = look(take(contract.table, WARNING))
    clean = should is not None and surely_keeps(should, frame)
    return no_failures() if clean else _ask_pandera(contract, frame, WARNING)


def _ask_pandera(contract: Contract, frame: pd.DataFrame, severity: str = ERROR) -> pd.DataFrame:
    """Return what a frame gets wrong, by Pandera: see ``find_errors``."""
    from pandera.errors import SchemaErrors

    schema = _schema(contract.name, contract.content, contract.lists, severity)
    try:
        schema.validate(frame.reset_index(drop=True), lazy=True, inplace=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return no_failures()
    return list_failures(cases, {name: _list_words(column) for name, column in schema.columns.items()})


def _list_words(column: "Column") -> list[str]:
    """Return the words that a column may have; none where it has no list."""
    lists = (check.statistics.get("allowed_values", ()) for check in column.checks if check.name == "isin")
    return [word for words in lists for word in words if isinstance(word, str)]


def is_clean(contract: Contract, frame: pd.DataFrame) -> bool:
    """Return whether a quick look tells that a frame keeps its contract; if not, ``failures`` has the answer.

    Args:
        contract: what the frame must keep.
        frame: any frame.

    >>> is_clean(read("rules/table", {"edition": ["", "1"]}), pd.DataFrame({"rule": ["t.csv:2"]}))
    False
    """
    return contract.look is not None and surely_keeps(contract.look, frame)


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
    if is_clean(contract, frame):
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
    read, faults, _ = read_cells(contract.table, frame)
    return read.assign(**{fault.column: frame[fault.column] for fault in faults})


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
