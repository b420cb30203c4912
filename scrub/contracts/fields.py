"""Fields: what a contract says of each column, in one place for those who write it in other languages."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from scrub.contracts.contracts import Contract
from scrub.contracts.parse import ERROR, WARNING, parse, take

_LIMITS = {
    "greater_than_or_equal_to": "minimum", "greater_than": "exclusiveMinimum",
    "less_than_or_equal_to": "maximum", "less_than": "exclusiveMaximum",
}  # fmt: skip
_WORDS = {
    "minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most", "exclusiveMaximum": "less than",
    "minLength": "at least", "maxLength": "at most",
}  # fmt: skip


class Field(NamedTuple):
    """A column of a contract: its type, whether it must be there and may be missing, and what its cells keep.

    ``checks`` has the arguments of each check that must hold, ``warnings`` of each that should. ``listed`` is the
    closed list that the words come from, blank if they come from none.
    """

    name: str
    description: str
    dtype: str
    unit: str
    nullable: bool
    required: bool
    unique: bool
    listed: str
    checks: Mapping[str, Any]
    warnings: Mapping[str, Any]

    @property
    def limits(self) -> dict[str, float]:
        """The least and the greatest number, by the words of JSON Schema, such as ``minimum``, ``exclusiveMaximum``."""
        own = [(_LIMITS[check], value) for check, value in self.checks.items() if check in _LIMITS]
        bounds = self.checks.get("in_range", {})
        for side, key in (("min", "minimum"), ("max", "maximum")) if bounds else ():
            name = key if bounds.get(f"include_{side}", True) else f"exclusive{key.capitalize()}"
            own.append((name, bounds[f"{side}_value"]))
        limits: dict[str, float] = {}
        for name, value in own:
            tighter = max if "inimum" in name else min
            limits[name] = tighter(value, limits.get(name, value))
        return limits

    @property
    def words(self) -> list[Any] | None:
        """The values that a cell may have; None if it may have others."""
        if "equal_to" in self.checks:
            return [self.checks["equal_to"]]
        return list(self.checks["isin"]) if "isin" in self.checks else None

    @property
    def refused(self) -> list[Any]:
        """The values that a cell may not have."""
        own = [self.checks["not_equal_to"]] if "not_equal_to" in self.checks else []
        return [*own, *self.checks.get("notin", [])]

    @property
    def pattern(self) -> str:
        """The expression that the whole text fits, between ``^`` and ``$``; blank if there is none."""
        pattern = str(self.checks.get("str_matches", ""))
        if not pattern:
            return ""
        start = pattern if pattern.startswith("^") else f"^(?:{pattern})"
        return start if start.endswith("$") else f"{start}(?:.|\\n)*$"

    @property
    def lengths(self) -> dict[str, int]:
        """The least and the greatest length of a text, by the words of JSON Schema."""
        names = {"min_value": "minLength", "max_value": "maxLength"}
        return {names[key]: value for key, value in self.checks.get("str_length", {}).items() if value is not None}


class Sheet(NamedTuple):
    """What a contract says: name, title and fields, whether a table may have other columns, and what rows differ in.

    No two rows have the same cells in all columns of ``together``; blank if nothing is asked.
    """

    name: str
    title: str
    is_open: bool
    fields: tuple[Field, ...]
    together: tuple[str, ...] = ()


def read_fields(contract: Contract) -> Sheet:
    """Return what a contract says, field by field.

    Args:
        contract: with its lists filled in.

    >>> from scrub import tables
    >>> from scrub.contracts.contracts import read
    >>> sheet = read_fields(read("jwst/exposures", tables.read("jwst").lists))
    >>> field = next(field for field in sheet.fields if field.name == "TARG_RA")
    >>> field.unit, field.limits, dict(field.warnings)
    ('deg', {'minimum': -360, 'maximum': 720}, {'in_range': {'min_value': 0, 'max_value': 360}})
    """
    raw, table = parse(f"{contract.name}.yaml", contract.content), contract.table
    must, should = (take(table, severity)["columns"] for severity in (ERROR, WARNING))
    fields = tuple(
        Field(
            str(name),
            str(spec.get("description", "")),
            str(spec.get("dtype") or ""),
            str(spec.get("unit", "")),
            bool(table["columns"][name]["nullable"]),
            bool(table["columns"][name]["required"]),
            bool(spec.get("unique", False)),
            str(spec.get("list", "")),
            must[name]["checks"] or {},
            should.get(name, {}).get("checks") or {},
        )
        for name, spec in raw.get("columns", {}).items()
    )
    together = tuple(map(str, table.get("unique") or ()))
    return Sheet(contract.name, str(table.get("title", "")), not table["strict"], fields, together)


def describe_limits(field: Field) -> str:
    """Return what the cells of a field keep, in words; blank if anything goes.

    Args:
        field: of a contract.

    >>> field = Field("n", "", "Int64", "", False, True, False, "", {"greater_than_or_equal_to": 0}, {})
    >>> describe_limits(field)
    'at least 0'
    """
    parts = [f"{_WORDS[key]} {value}" for key, value in field.limits.items()]
    if field.listed:
        parts.append(f"a word of the list {field.listed}")
    elif field.words is not None:
        parts.append(f"one of {', '.join(map(str, field.words))}")
    parts += [f"not {', '.join(map(str, field.refused))}"] if field.refused else []
    parts += [f"of the form {field.checks['str_matches']}"] if field.pattern else []
    parts += [f"{_WORDS[key]} {value} letters" for key, value in field.lengths.items()]
    parts += ["unique"] if field.unique else []
    return "; ".join(parts)
