"""Contracts in other languages: each document keeps its own schema, and says of a row what the contract says."""

import json
import re
from pathlib import Path

import jsonschema
import open_data_contract_standard
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scrub import tables
from scrub.contracts import contracts, export
from scrub.contracts.fields import Field, Sheet, read_fields
from scrub.contracts.judge import judge
from scrub.on_data.gate import list_stages

ODCS = json.loads((Path(open_data_contract_standard.__file__).parent / "schema.json").read_text())
TABLE_SCHEMA = {
    "type": "object",
    "required": ["fields"],
    "properties": {
        "fieldsMatch": {"enum": ["exact", "equal", "subset", "superset", "partial"]},
        "missingValues": {"type": "array", "items": {"type": "string"}},
        "fields": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "type": {"enum": ["string", "number", "integer", "boolean", "any"]},
                    "trueValues": {"type": "array", "items": {"type": "string"}},
                    "falseValues": {"type": "array", "items": {"type": "string"}},
                    "constraints": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "required": {"type": "boolean"}, "unique": {"type": "boolean"},
                            "enum": {"type": "array", "minItems": 1, "uniqueItems": True},
                            "pattern": {"type": "string", "not": {"pattern": "^\\^|\\$$"}},
                            "minimum": {"type": "number"}, "maximum": {"type": "number"},
                            "exclusiveMinimum": {"type": "number"}, "exclusiveMaximum": {"type": "number"},
                            "minLength": {"type": "integer"}, "maxLength": {"type": "integer"},
                        },
                    },
                },
            },
        },
    },
}  # fmt: skip
CONTRACT = b"""
title: A | b
columns:
  name: {dtype: str, checks: {str_matches: '[a-c]+$'}, description: 'a | b_c <i>'}
  word: {dtype: str, nullable: true, checks: {isin: [x, y]}}
  text: {dtype: str, nullable: true, checks: {str_length: {min_value: 1, max_value: 2}, notin: [no]}}
  angle: {dtype: float64, unit: deg, nullable: true, checks: {greater_than_or_equal_to: -360, in_range: {min_value: -90, max_value: 400, include_max: false}}}
  warm: {dtype: float64, checks: {greater_than: 0, in_range: {min_value: 0, max_value: 360, options: {raise_warning: true}}}}
  count: {dtype: Int64, checks: {less_than: 9}}
  flag: {dtype: boolean, nullable: true, required: false}
  free: {}
"""
OWN = contracts._read("own", CONTRACT, ())
VALUES = {
    "name": ["a", "abc", "z", "az", None], "word": ["x", "z", None], "text": ["a", "abc", "no", "", None],
    "angle": [-360.0, -90.0, 0.5, 400.0, None], "warm": [0.0, 1.0, 400.0, None], "count": [8, 9, -3, None],
    "flag": [True, False, None], "free": ["x", None],
}  # fmt: skip
DTYPES = {
    "name": "str",
    "word": "str",
    "text": "str",
    "angle": "float64",
    "warm": "float64",
    "count": "Int64",
    "flag": "boolean",
}


def sheet_of(stage: str):
    base = stage.partition("/")[0]
    return read_fields(contracts.read(stage, tables.read(base, base=base).lists))


@given(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}), st.booleans())
def test_json_schema_takes_the_rows_that_the_contract_takes(row, has_flag):
    if not has_flag:
        row = {name: value for name, value in row.items() if name != "flag"}
    frame = pd.DataFrame({name: pd.Series([value], dtype=DTYPES.get(name)) for name, value in row.items()})
    findings = judge(OWN, frame)
    errors = {(one.column, one.check) for one in findings.itertuples() if one.severity == "error"}
    if row["text"] == "":
        errors |= {("text", "str_length")}  # a blank cell is missing in a table, and a text in JSON
    schema = export.as_jsonschema(read_fields(OWN))
    assert jsonschema.Draft202012Validator(schema).is_valid(row) is (not errors), errors


@pytest.mark.parametrize("stage", list_stages())
def test_every_stage_is_valid_in_every_language(stage):
    sheet = sheet_of(stage)
    jsonschema.Draft202012Validator.check_schema(json.loads(export.export(sheet, "jsonschema", version="0.1.0")))
    jsonschema.validate(yaml.safe_load(export.export(sheet, "odcs", version="0.1.0")), ODCS)
    table = json.loads(export.export(sheet, "frictionless", version="0.1.0"))
    jsonschema.validate(table, TABLE_SCHEMA)
    lines = export.export(sheet, "markdown", version="0.1.0").splitlines()
    rows = [re.split(r"(?<!\\)\|", line) for line in lines if line.startswith("| ")]
    assert {len(row) for row in rows} == {9}
    names = [row[1].strip().replace("\\", "") for row in rows[1:]]
    assert names == [field.name for field in sheet.fields] == [field["name"] for field in table["fields"]]
    units = {row[1].strip().replace("\\", ""): row[3].strip() for row in rows[1:] if row[3].strip()}
    assert units == {field.name: field.unit for field in sheet.fields if field.unit}
    assert units == {field["name"]: field["unit"] for field in table["fields"] if "unit" in field}


def test_what_a_language_can_say_is_there():
    sheet = read_fields(OWN)
    fields = {field["name"]: field for field in export.as_frictionless(sheet)["fields"]}
    assert fields["angle"]["constraints"] == {"minimum": -90, "exclusiveMaximum": 400}
    assert fields["word"]["constraints"] == {"enum": ["x", "y"]}
    assert fields["name"]["constraints"] == {"required": True, "pattern": "(?:[a-c]+$)(?:.|\\n)*"}
    assert fields["flag"]["trueValues"] == ["True"]
    assert export.as_frictionless(sheet)["fieldsMatch"] == "superset"
    assert export.as_jsonschema(sheet)["properties"]["name"]["pattern"]
    assert "pattern" not in export.as_jsonschema(sheet)["properties"]["word"]
    properties = {one["name"]: one for one in export.as_odcs(sheet, version="1")["schema"][0]["properties"]}
    assert properties["count"]["logicalTypeOptions"] == {"exclusiveMaximum": 9}
    assert {"property": "unit", "value": "deg"} in properties["angle"]["customProperties"]
    assert properties["word"]["quality"] == [
        {"metric": "invalidValues", "arguments": {"validValues": ["x", "y"]}, "mustBe": 0}
    ]
    assert properties["warm"]["quality"] == [
        {"type": "text", "description": "should be at least 0; at most 360", "severity": "warning"}
    ]
    text = export.as_markdown(sheet)
    assert "a \\| b\\_c \\<i>" in text
    assert "should be at least 0; at most 360" in text


SMALL = contracts._read("own/small", b"""
title: A small one
columns:
  name: {dtype: str, unique: true, checks: {str_matches: '^[a-c]+$', str_length: {min_value: 1, max_value: 9}}, description: Its name}
  kind: {dtype: str, list: kinds, nullable: true, required: false}
  angle: {dtype: float64, unit: deg, checks: {in_range: {min_value: 0, max_value: 360, include_max: false}, not_equal_to: 9, greater_than: {value: 1, options: {raise_warning: true}}}}
  flag: {dtype: boolean}
  free: {nullable: true}
unique: [kind, angle]
""", (("kinds", ("x", "y")),))  # fmt: skip
MARKDOWN = """# own/small

A small one

No other columns may be there.

No two rows have the same kind and angle.

| column | type | unit | must be there | may be missing | allowed | description |
|---|---|---|---|---|---|---|
| name | string |  | yes | no | of the form ^\\[a-c]+$; at least 1 letters; at most 9 letters; unique | Its name |
| kind | string |  | no | yes | a word of the list kinds |  |
| angle | number | deg | yes | no | at least 0; less than 360; not 9; should be more than 1 |  |
| flag | boolean |  | yes | no |  |  |
| free | any |  | yes | yes |  |  |

The list kinds: x, y"""
JSON_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "own/small", "description": "A small one",
    "type": "object",
    "properties": {
        "name": {"description": "Its name", "type": "string", "minLength": 1, "maxLength": 9, "pattern": "^[a-c]+$"},
        "kind": {"description": "", "type": ["string", "null"], "enum": ["x", "y", None]},
        "angle": {
            "description": "", "unit": "deg", "type": "number", "minimum": 0, "exclusiveMaximum": 360,
            "not": {"enum": [9]}, "$comment": "should be more than 1",
        },
        "flag": {"description": "", "type": "boolean"},
        "free": {"description": ""},
    },
    "required": ["name", "angle", "flag", "free"], "additionalProperties": False,
}  # fmt: skip
FRICTIONLESS = {
    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "name": "own/small", "title": "A small one",
    "fieldsMatch": "superset",
    "fields": [
        {
            "name": "name", "type": "string", "description": "Its name",
            "constraints": {"required": True, "unique": True, "minLength": 1, "maxLength": 9, "pattern": "[a-c]+"},
        },
        {"name": "kind", "type": "string", "description": "", "constraints": {"enum": ["x", "y"]}},
        {
            "name": "angle", "type": "number", "description": "", "unit": "deg",
            "constraints": {"required": True, "minimum": 0, "exclusiveMaximum": 360},
        },
        {
            "name": "flag", "type": "boolean", "description": "", "trueValues": ["True"], "falseValues": ["False"],
            "constraints": {"required": True},
        },
        {"name": "free", "type": "any", "description": "", "constraints": {}},
    ],
    "missingValues": [""], "uniqueKeys": [["kind", "angle"]],
}  # fmt: skip
FLAGS = {"required": False, "unique": False}
COLUMNS = [
    {
        "name": "name", "description": "Its name", "logicalType": "string", "physicalType": "str",
        "logicalTypeOptions": {"minLength": 1, "maxLength": 9, "pattern": "^[a-c]+$"}, "required": True, "unique": True,
    },
    {
        "name": "kind", "description": "", "logicalType": "string", "physicalType": "str", **FLAGS,
        "quality": [{"metric": "invalidValues", "arguments": {"validValues": ["x", "y"]}, "mustBe": 0}],
        "customProperties": [{"property": "mayBeAbsent", "value": True}, {"property": "list", "value": "kinds"}],
    },
    {
        "name": "angle", "description": "", "logicalType": "number", "physicalType": "float64",
        "logicalTypeOptions": {"minimum": 0, "exclusiveMaximum": 360}, **FLAGS, "required": True,
        "quality": [
            {"type": "text", "description": "none of 9"},
            {"type": "text", "description": "should be more than 1", "severity": "warning"},
        ],
        "customProperties": [{"property": "unit", "value": "deg"}],
    },
    {"name": "flag", "description": "", "logicalType": "boolean", "physicalType": "boolean", **FLAGS, "required": True},
    {"name": "free", "description": "", "logicalType": "string", "physicalType": "any", **FLAGS},
]  # fmt: skip
DATA_CONTRACT = {
    "apiVersion": "v3.1.0", "kind": "DataContract", "id": "skyscrub/own/small", "name": "own/small", "version": "7",
    "status": "active", "description": {"purpose": "A small one"},
    "schema": [
        {
            "name": "own_small", "logicalType": "object", "physicalType": "table", "description": "A small one",
            "properties": COLUMNS,
            "customProperties": [
                {"property": "otherColumns", "value": False},
                {"property": "rowsDifferIn", "value": ["kind", "angle"]},
            ],
        }
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "read", "wanted"),
    [
        ("markdown", str, MARKDOWN),
        ("jsonschema", json.loads, JSON_SCHEMA),
        ("frictionless", json.loads, FRICTIONLESS),
        ("odcs", yaml.safe_load, DATA_CONTRACT),
    ],
)
def test_a_small_contract_is_written_out_in_full(form, read, wanted):
    text = export.export(read_fields(SMALL), form, version="7")
    assert read(text) == wanted
    if isinstance(wanted, dict):
        assert list(read(text)) == list(wanted)
    assert text == text.rstrip("\n")


@pytest.mark.parametrize(
    ("is_open", "required", "match"),
    [(False, True, "equal"), (False, False, "superset"), (True, True, "subset"), (True, False, "partial")],
)
def test_the_columns_that_may_be_there_are_those_of_the_contract(is_open, required, match):
    fields = tuple(field._replace(required=required or field.name == "free") for field in read_fields(SMALL).fields)
    sheet = Sheet("s", "", is_open, fields)
    assert export.as_frictionless(sheet)["fieldsMatch"] == match
    assert "uniqueKeys" not in export.as_frictionless(sheet)
    assert export.as_jsonschema(sheet)["additionalProperties"] is is_open
    assert export.as_odcs(sheet, version="7")["schema"][0]["customProperties"] == [
        {"property": "otherColumns", "value": is_open}
    ]
    lines = export.as_markdown(sheet).splitlines()
    assert lines[4] == ("Other columns may be there, too." if is_open else "No other columns may be there.")
    assert lines[6].startswith("| column | ")


def test_marks_of_markdown_are_shown_as_they_are():
    field = Field("a|*_<[`\\\n.b", "", "", "", True, True, False, "own_list", {"isin": ["x_y", 1]}, {})
    lines = export.as_markdown(Sheet("s", "", True, (field,))).splitlines()
    assert lines[-3] == r"| a\|\*\_\<\[\`\\ .b | any |  | yes | yes | a word of the list own\_list |  |"
    assert lines[-1] == r"The list own\_list: x\_y, 1"
    assert "not" not in export.as_jsonschema(Sheet("s", "", True, (field,)))["properties"][field.name]
    must = field._replace(nullable=False, checks={})
    assert export.as_jsonschema(Sheet("s", "", True, (must,)))["properties"][field.name]["not"] == {"type": "null"}
    words = Sheet("s", "", True, (field._replace(listed=""), field._replace(name="b", checks={})))
    assert "The list" not in export.as_markdown(words)
