"""Contract files: parsed once by what is in them, held against the keys that we know, hashed by what they allow."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import yaml

from scrub.files import digest
from scrub.frames.rejects import none_rejected

ERROR, WARNING = "error", "warning"
_TABLE_KEYS = {"title", "description", "columns", "strict", "unique", "warnings"}
_COLUMN_KEYS = {"description", "dtype", "nullable", "unique", "required", "checks", "unit", "list", "form"}
_CHECKS = {
    "equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than",
    "less_than_or_equal_to", "in_range", "isin", "notin", "str_matches", "str_length",
}  # fmt: skip
_OPTIONS = {"raise_warning"}


class ContractError(ValueError):
    """A frame that breaks its contract, or a contract that cannot be read.

    ``rejected`` has the rows at fault: what, stage, reason, column, value.
    """

    def __init__(self, message: str, rejected: pd.DataFrame | None = None) -> None:
        super().__init__(message)
        self.rejected = none_rejected() if rejected is None else rejected


def parse(file: str, content: bytes) -> Any:
    """Return what a contract's file says; each time a new object, the caller's own.

    Args:
        file: its name, for messages.
        content: its bytes.

    Raises:
        ContractError: it is no YAML.

    >>> parse("own.yaml", b"columns: {a: {dtype: str}}")
    {'columns': {'a': {'dtype': 'str'}}}
    """
    try:
        return _copy(_parse(content))
    except (ValueError, yaml.YAMLError) as error:
        raise ContractError(f"{file}: {error}") from None


@lru_cache(maxsize=256)
def _parse(content: bytes) -> Any:
    return yaml.load(content.decode("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # nosec B506


def _copy(value: Any) -> Any:
    """Return mappings and lists copied, with all in them; words, numbers and dates nobody can change."""
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def fill_lists(file: str, content: bytes, lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a contract whose every key is known, as Pandera takes it: with the words of its lists.

    Args:
        file: its name, for messages.
        content: its bytes.
        lists: the words of each closed list.

    Raises:
        ContractError: an unknown key, check or list.

    >>> fill_lists("own.yaml", b"columns: {a: {dtype: str, list: ab}}", {"ab": ["a", "b"]})["columns"]["a"]["checks"]
    {'isin': ['a', 'b']}
    """
    text = parse(file, content)
    _refuse_unknown(file, text, _TABLE_KEYS)
    columns = {}
    for column, spec in text.get("columns", {}).items():
        where = f"{file}: {column}"
        _refuse_unknown(where, spec, _COLUMN_KEYS)
        checks = dict(spec.get("checks") or {})
        _refuse_unknown(f"{where}: checks", checks, _CHECKS)
        for check, value in checks.items():
            if isinstance(value, Mapping) and "options" in value:
                _refuse_unknown(f"{where}: {check}: options", value["options"], _OPTIONS)
        if "list" in spec:
            if spec["list"] not in lists:
                raise ContractError(f"{where}: list: no list {spec['list']!r}")
            checks["isin"] = list(lists[spec["list"]])
        plain = {key: value for key, value in spec.items() if key not in ("unit", "list", "form", "checks")}
        columns[column] = {"nullable": False, "required": True, **plain, "checks": checks or None}
    return {"strict": True, **{key: value for key, value in text.items() if key != "warnings"}, "columns": columns}


def take(table: Mapping[str, Any], severity: str) -> dict[str, Any]:
    """Return the part of a contract that is of one severity: what must be (``error``), or should be (``warning``).

    A check is a warning if its ``options`` have ``raise_warning: true``, which is Pandera's way to write it.

    Args:
        table: a contract as ``fill_lists`` gives it.
        severity: ``error`` or ``warning``.

    >>> both = {"greater_than": 0, "less_than": {"value": 9, "options": {"raise_warning": True}}}
    >>> table = {"strict": True, "columns": {"a": {"dtype": "float64", "checks": both}}}
    >>> take(table, "error")["columns"]["a"]["checks"], take(table, "warning")["columns"]["a"]["checks"]
    ({'greater_than': 0}, {'less_than': 9})
    """
    columns = {}
    for name, spec in table["columns"].items():
        checks = {
            check: _drop_options(value)
            for check, value in (spec.get("checks") or {}).items()
            if _is_warning(value) == (severity == WARNING)
        }
        if severity == ERROR:
            columns[name] = {**spec, "checks": checks or None}
        elif checks:
            columns[name] = {"dtype": spec.get("dtype"), "nullable": True, "required": False, "checks": checks}
    return {**table, "columns": columns} if severity == ERROR else {"strict": False, "columns": columns}


def _is_warning(value: Any) -> bool:
    return isinstance(value, Mapping) and bool((value.get("options") or {}).get("raise_warning"))


def _drop_options(value: Any) -> Any:
    """Return the arguments of a check without its options; the argument itself where it is the only one."""
    if not isinstance(value, Mapping) or "options" not in value:
        return value
    plain = {key: argument for key, argument in value.items() if key != "options"}
    return plain["value"] if set(plain) == {"value"} else plain


@lru_cache(maxsize=256)
def hash_content(file: str, content: bytes) -> str:
    """Return the hash of a contract without the words that are for people only.

    Args:
        file: its name, for messages.
        content: its bytes.

    Raises:
        ContractError: it is no YAML, or has an unknown key.

    >>> one, other = (b"{title: T, columns: {a: {dtype: str}}}", b"{columns: {a: {dtype: str, description: An a}}}")
    >>> hash_content("own.yaml", one) == hash_content("own.yaml", other)
    True
    """
    text = parse(file, content)
    _refuse_unknown(file, text, _TABLE_KEYS)
    columns = {}
    for name, spec in text.get("columns", {}).items():
        _refuse_unknown(f"{file}: {name}", spec, _COLUMN_KEYS)
        columns[name] = {key: value for key, value in spec.items() if key not in ("description", "form")}
    rest = {key: value for key, value in text.items() if key not in ("title", "description")}
    return digest.of({**rest, "columns": columns})


def _refuse_unknown(where: str, entries: Any, known: Iterable[str]) -> None:
    if not isinstance(entries, Mapping):
        raise ContractError(f"{where}: {entries!r} stands where keys are required")
    for key in entries:
        if key not in known:
            raise ContractError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(known))}")
