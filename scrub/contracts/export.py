"""Contracts in other languages: a data dictionary (Markdown), JSON Schema, Frictionless Table Schema, ODCS."""

import json
from typing import Any

import yaml

from scrub.contracts.fields import Field, Sheet, describe_limits

FORMS = ("markdown", "jsonschema", "frictionless", "odcs")
_TYPES = {"str": "string", "float64": "number", "Int64": "integer", "int64": "integer", "boolean": "boolean"}


def export(sheet: Sheet, form: str, *, version: str) -> str:
    """Return a contract in another language, as text.

    Args:
        sheet: what the contract says.
        form: one of ``FORMS``.
        version: of the program that ships the contract.

    >>> from scrub.contracts.fields import Field
    >>> angle = Field("RA", "Right ascension", "float64", "deg", True, True, False, "", {}, {})
    >>> print(export(Sheet("own", "Own", False, (angle,)), "markdown", version="0").splitlines()[-1])
    | RA | number | deg | yes | yes |  | Right ascension |
    """
    if form == "markdown":
        return as_markdown(sheet)
    if form == "odcs":
        content = as_odcs(sheet, version=version)
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100).rstrip("\n")
    document = as_jsonschema(sheet) if form == "jsonschema" else as_frictionless(sheet)
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_markdown(sheet: Sheet) -> str:
    """Return a contract as a data dictionary: a table with a line for each column, then the words of closed lists.

    Args:
        sheet: what the contract says.
    """
    lines = [f"# {sheet.name}", "", sheet.title, ""]
    lines += ["Other columns may be there, too." if sheet.is_open else "No other columns may be there.", ""]
    lines += [f"No two rows have the same {' and '.join(sheet.together)}.", ""] if sheet.together else []
    lines += ["| column | type | unit | must be there | may be missing | allowed | description |", "|---" * 7 + "|"]
    for field in sheet.fields:
        allowed = "; ".join(filter(None, [describe_limits(field), _describe_warnings(field)]))
        cells = [
            field.name, _TYPES.get(field.dtype, field.dtype or "any"), field.unit, "yes" if field.required else "no",
            "yes" if field.nullable else "no", allowed, field.description,
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(_escape, cells))} |")
    listed = {field.listed: field.words for field in sheet.fields if field.listed and field.words}
    for name, words in listed.items():
        lines += ["", f"The list {_escape(name)}: {', '.join(_escape(str(word)) for word in words)}"]
    return "\n".join(lines)


def _escape(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "|*_<[`\\" else letter for letter in text.replace("\n", " "))


def _describe_warnings(field: Field) -> str:
    """Return what the cells of a field should keep, in words."""
    should = describe_limits(field._replace(checks=field.warnings, unique=False, listed=""))
    return f"should be {should}" if should else ""


def as_jsonschema(sheet: Sheet) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a row as an object; a missing cell is null. It cannot say what is unique.

    Args:
        sheet: what the contract says.
    """
    properties = {field.name: _write_property(field) for field in sheet.fields}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": sheet.name,
        "description": sheet.title,
        "type": "object",
        "properties": properties,
        "required": [field.name for field in sheet.fields if field.required],
        "additionalProperties": sheet.is_open,
    }


def _write_property(field: Field) -> dict[str, Any]:
    own: dict[str, Any] = {"description": field.description}
    if field.unit:
        own["unit"] = field.unit
    if kind := _TYPES.get(field.dtype):
        own["type"] = [kind, "null"] if field.nullable else kind
    elif not field.nullable:
        own["not"] = {"type": "null"}
    if field.words is not None:
        own["enum"] = [*field.words, *([None] if field.nullable else [])]
    own |= {**field.limits, **field.lengths}
    if field.pattern:
        own["pattern"] = field.pattern
    if field.refused:
        own["not"] = {"enum": field.refused}
    if should := _describe_warnings(field):
        own["$comment"] = should
    return own


def as_frictionless(sheet: Sheet) -> dict[str, Any]:
    """Return the Table Schema (Data Package 2) of a table, as CSV files have it: a blank cell is missing.

    Args:
        sheet: what the contract says.
    """
    optional = any(not field.required for field in sheet.fields)
    match = {(False, False): "equal", (False, True): "superset", (True, False): "subset", (True, True): "partial"}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": sheet.name,
        "title": sheet.title,
        "fieldsMatch": match[sheet.is_open, optional],
        "fields": [_write_field(field) for field in sheet.fields],
        "missingValues": [""],
        **({"uniqueKeys": [list(sheet.together)]} if sheet.together else {}),
    }


def _write_field(field: Field) -> dict[str, Any]:
    own: dict[str, Any] = {"name": field.name, "type": _TYPES.get(field.dtype, "any"), "description": field.description}
    if own["type"] == "boolean":
        own |= {"trueValues": ["True"], "falseValues": ["False"]}
    if field.unit:
        own["unit"] = field.unit
    constraints: dict[str, Any] = {"required": not field.nullable, "unique": field.unique}
    constraints |= {**field.limits, **field.lengths}
    if field.words is not None:
        constraints["enum"] = field.words
    if field.pattern:
        constraints["pattern"] = field.pattern.removeprefix("^").removesuffix("$")
    return {**own, "constraints": {key: value for key, value in constraints.items() if value is not False}}


def as_odcs(sheet: Sheet, *, version: str) -> dict[str, Any]:
    """Return the data contract of a table by the Open Data Contract Standard, version 3.1.

    Args:
        sheet: what the contract says.
        version: of the program that ships the contract.
    """
    table = {
        "name": sheet.name.replace("/", "_"),
        "logicalType": "object",
        "physicalType": "table",
        "description": sheet.title,
        "properties": [_write_odcs(field) for field in sheet.fields],
        "customProperties": [
            {"property": "otherColumns", "value": sheet.is_open},
            *([{"property": "rowsDifferIn", "value": list(sheet.together)}] if sheet.together else []),
        ],
    }
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"skyscrub/{sheet.name}",
        "name": sheet.name,
        "version": version,
        "status": "active",
        "description": {"purpose": sheet.title},
        "schema": [table],
    }


def _write_odcs(field: Field) -> dict[str, Any]:
    own: dict[str, Any] = {"name": field.name, "description": field.description}
    own |= {"logicalType": _TYPES.get(field.dtype, "string"), "physicalType": field.dtype or "any"}
    options = {**field.limits, **field.lengths, **({"pattern": field.pattern} if field.pattern else {})}
    own |= {"logicalTypeOptions": options} if options else {}
    own |= {"required": not field.nullable, "unique": field.unique}
    quality = []
    if field.words is not None:
        quality.append({"metric": "invalidValues", "arguments": {"validValues": field.words}, "mustBe": 0})
    if field.refused:
        text = f"none of {', '.join(map(str, field.refused))}"
        quality.append({"type": "text", "description": text})
    if should := _describe_warnings(field):
        quality.append({"type": "text", "description": should, "severity": "warning"})
    custom = [("unit", field.unit), ("mayBeAbsent", not field.required), ("list", field.listed)]
    properties = [{"property": name, "value": value} for name, value in custom if value]
    own |= {"quality": quality} if quality else {}
    return own | ({"customProperties": properties} if properties else {})
