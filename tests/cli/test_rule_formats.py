"""``rules check`` and ``rules diff`` in the formats of findings: at the lines of the tables."""

import json
import re

import jsonschema
import pytest
import xmlschema

from scrub.cli import main
from scrub.formats import FORMATS
from tests.data import TOP
from tests.formats import schemas

HEADER = "column,value,code,since,until,source,note\n"


@pytest.fixture
def broken(tmp_path):
    """An overlay with a row whose source is blank, on line 3."""
    folder = tmp_path / "jwst"
    folder.mkdir()
    (folder / "encodings.csv").write_text(HEADER + "filter,F555W,52,,,a page,\nfilter,F556W,53,,,,\n")
    return folder


@pytest.fixture
def appended(tmp_path):
    """An overlay with a word that is new, on line 2."""
    folder = tmp_path / "mine" / "jwst"
    folder.mkdir(parents=True)
    (folder / "encodings.csv").write_text(HEADER + "filter,F555W,52,,,a page,\n")
    return folder


def check(document: str, form: str) -> None:
    """Hold a document against the schema of its format."""
    if form == "json":
        jsonschema.validate(json.loads(document), json.loads((TOP / "docs" / "findings.schema.json").read_text()))
    elif form == "junit":
        xmlschema.XMLSchema(schemas.JUNIT).validate(document)
    elif form == "sarif":
        jsonschema.validate(json.loads(document), schemas.SARIF)
    elif form == "gitlab":
        jsonschema.validate(json.loads(document), schemas.GITLAB)


WHERE = {
    "text": r"encodings\.csv:3: source: ",
    "json": r'"line": 3,',
    "junit": r"encodings\.csv:3: error: ",
    "github": r"::error file=[^,]*encodings\.csv,line=3,title=source::",
    "gitlab": r'"begin": 3',
    "sarif": r'"startLine": 3',
}


@pytest.mark.parametrize("form", FORMATS)
def test_a_finding_of_a_rule_table_stands_at_its_line_in_every_format(broken, capsys, form):
    assert main.main(["rules", "check", str(broken), "--format", form]) == 1
    text = capsys.readouterr().out
    assert re.search(WHERE[form], text), text
    check(text, form)


@pytest.mark.parametrize("form", FORMATS)
def test_rule_tables_without_a_finding_are_so_in_every_format(capsys, form):
    assert main.main(["rules", "check", "hst_cal", "--format", form]) == 0
    text = capsys.readouterr().out
    check(text, form)
    if form == "junit":
        assert 'failures="0"' in text
        assert 'name="renumbered"/>' in text
    elif form == "json":
        assert json.loads(text)["passed"]
        assert json.loads(text)["files"][0]["name"] == "hst_cal"


@pytest.mark.slow
@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("text", "json")])
def test_a_change_stands_at_the_line_of_its_new_row_in_every_format(appended, capsys, form):
    path = appended / "encodings.csv"
    assert main.main(["rules", "diff", "jwst", str(appended), "--fail-on", "APPEND", "--format", form]) == 1
    text = capsys.readouterr().out
    check(text, form)
    places = {
        "junit": rf"{re.escape(str(path))}:2: error: .*F555W",
        "github": rf"::error file={re.escape(str(path))},line=2,title=APPEND::",
        "gitlab": r'"severity": "major"(.|\n)*"begin": 2',
        "sarif": r'"level": "error"(.|\n)*"startLine": 2',
    }
    assert re.search(places[form], text), text
    assert main.main(["rules", "diff", "jwst", str(appended), "--format", form]) == 0
    text = capsys.readouterr().out
    check(text, form)
    notes = {"junit": 'failures="0"', "github": "::notice ", "gitlab": '"info"', "sarif": '"level": "note"'}
    assert notes[form] in text
