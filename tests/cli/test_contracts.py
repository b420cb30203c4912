"""The commands ``skyscrub contracts diff`` and ``export``."""

import json
import shutil
import subprocess

import jsonschema
import pytest
import yaml

from scrub.cli import contracts as command
from scrub.cli import main
from scrub.contracts import export
from scrub.files.shipped import find
from tests.data import TOP


@pytest.fixture
def own(tmp_path):
    """A copy of the contracts that ship."""
    return shutil.copytree(find("schemas"), tmp_path / "schemas")


def edit(path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_two_folders_are_compared_and_a_change_that_breaks_is_1(own, capsys):
    shipped = str(find("schemas"))
    assert main.main(["contracts", "diff", shipped, str(own)]) == 0
    assert capsys.readouterr().out == "0 changes, 0 can break a reader\n"
    edit(own / "jwst" / "products.yaml", "Exposures of the product", "Exposures in the product")
    assert main.main(["contracts", "diff", shipped, str(own)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 changes, 0 can break a reader"
    edit(own / "jwst" / "products.yaml", "  NEXPOSUR:\n", "  NEXPOSURES:\n")
    (own / "hst_cal" / "inputs.yaml").unlink()
    assert main.main(["contracts", "diff", shipped, str(own)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "jwst/products: BREAKS NEXPOSUR: column: Int64 -> nothing" in lines
    assert "hst_cal/inputs: BREAKS contract: there -> nothing" in lines
    assert lines[-1] == "3 changes, 2 can break a reader"


def test_changes_have_the_formats_of_findings_at_the_line_of_the_column(own, capsys):
    path = own / "jwst" / "products.yaml"
    edit(path, "  OBSERVTN:\n", "  OBSERVATION:\n")
    line = next(i for i, text in enumerate(path.read_text().splitlines(), 1) if text == "  OBSERVATION:")
    assert main.main(["contracts", "diff", str(find("schemas")), str(own), "--json"]) == 1
    content = json.loads(capsys.readouterr().out)
    jsonschema.validate(content, json.loads((TOP / "docs" / "findings.schema.json").read_text()))
    (file,) = content["files"]
    assert (file["name"], file["stage"]) == (str(path), "jwst/products")
    own_lines = {(one["column"], one["line"], one["severity"]) for one in file["findings"]}
    assert own_lines == {("OBSERVTN", 1, "error"), ("OBSERVATION", line, "note")}
    assert main.main(["contracts", "diff", str(find("schemas")), str(own), "--format", "github"]) == 1
    assert f"::notice file={path},line={line},title=OBSERVATION/column::" in capsys.readouterr().out


def test_a_revision_is_compared_with_the_folder_as_it_is(own, capsys, monkeypatch):
    monkeypatch.chdir(own.parent)
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"]):
        subprocess.run(["git", *words], check=True, capture_output=True)
    edit(own / "jwst" / "products.yaml", "    unit: pixel\n", "    unit: arcsec\n")
    assert main.main(["contracts", "diff", "HEAD", "schemas"]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert "unit: pixel -> arcsec" in first
    assert last == "1 changes, 1 can break a reader"
    assert main.main(["contracts", "diff", "HEAD:schemas/jwst", "schemas/jwst"]) == 1
    assert main.main(["contracts", "diff", "nowhere", "schemas"]) == 2


def test_stages_are_compared_by_name(capsys):
    assert main.main(["contracts", "diff", "jwst/exposures", "jwst/archive"]) == 1
    assert "jwst/archive: BREAKS GS_MAG: may be absent: no -> yes" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("content", ["columns: [", "columns: {a: {dtyp: str}}", "[]"])
def test_a_contract_that_cannot_be_read_is_3(own, capsys, content):
    (own / "jwst" / "products.yaml").write_text(content)
    assert main.main(["contracts", "diff", str(find("schemas")), str(own)]) == 3
    assert "products.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("form", export.FORMS)
def test_a_contract_is_printed_in_each_language(form, capsys):
    assert main.main(["contracts", "export", "jwst/products", "--as", form]) == 0
    text = capsys.readouterr().out
    content = text if form == "markdown" else yaml.safe_load(text)
    names = {"jsonschema": lambda c: list(c["properties"]), "odcs": lambda c: [p["name"] for p in c["schema"][0]["properties"]],
             "frictionless": lambda c: [f["name"] for f in c["fields"]], "markdown": lambda c: [line.split(" | ")[0][2:].replace("\\", "") for line in c.splitlines() if line.startswith("| ")][1:]}  # fmt: skip
    columns = yaml.safe_load((find("schemas") / "jwst" / "products.yaml").read_text())["columns"]
    assert names[form](content) == list(columns)
    assert export.FORMS == command.FORMS


def test_a_stage_that_there_is_not_is_2(capsys):
    assert main.main(["contracts", "export", "jwst/nothing"]) == 2
    assert "no stage jwst/nothing" in capsys.readouterr().err
