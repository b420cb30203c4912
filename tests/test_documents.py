"""The documents keep step with the code: what they show is what comes out, what they name is there."""

import doctest
import re
import shlex
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from scrub import jwst, samples, tables
from scrub.cli import main
from scrub.tables import locate

TOP = Path(__file__).resolve().parents[1]
PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md"), *TOP.glob("examples/*.md"), TOP / "rules" / "README.md"])
README = (TOP / "README.md").read_text()
FENCED = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return FENCED.sub("", text)


def commands(script: str) -> list[list[str]]:
    """The skyscrub commands of a shell block, word by word."""
    parts = (part.strip() for line in script.splitlines() for part in line.split("&&"))
    return [shlex.split(part)[1:] for part in parts if part.startswith("skyscrub ")]


def test_the_readme_shows_what_comes_out():
    rows = [row.strip("| ") for row in README.splitlines() if row.startswith(("| product_id", "| jw"))]
    header, *shown = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)] for row in rows]
    assert len(shown) == 5
    answer = jwst.run(samples.TABLE)
    given = [[cell.strip() for cell in line.split("|")[1:-1]] for line in README.splitlines() if "_0000" in line]
    columns = ["EXP_TYPE", "FILTER", "PUPIL", "GRATING", "SUBARRAY"]
    headers = answer.exposures.set_index("exposure")[columns].fillna("")
    assert [headers.loc[row[-1]].tolist() for row in given] == [row[:-1] for row in given]
    products = answer.members.set_index("exposure")["product_id"]
    assert [products[row[-1]] for row in given] == [row[0] for row in shown]
    rules = answer.members.drop_duplicates("product_id").set_index("product_id")["rule"]
    for row in shown:
        cells = dict(zip(header, row, strict=True))
        name = cells["product_id"]
        product, group = answer.products.loc[name], answer.products.loc[name, "group"]
        features = answer.features[group].loc[name]
        assert cells["rule"] == rules[name]
        assert cells["NEXPOSUR"] == str(product["NEXPOSUR"])
        assert [cells["DETECTOR"], cells["FILTER"]] == product[["DETECTOR", "FILTER"]].fillna("").tolist()
        assert cells["max_offset"] == f"{product['max_offset']:.2f}"
        assert [cells["detector"], cells["filter"]] == [str(int(features[f])) for f in ("detector", "filter")]


@pytest.mark.slow
def test_the_shell_blocks_of_the_readme_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ran, shown = [], None
    for kind, block in FENCED.findall(README):
        if kind == "sh":
            for command in commands(block):
                capsys.readouterr()
                assert main.main(command) == 0, command
                ran.append(command[0])
            shown = capsys.readouterr().out
        elif kind == "text":
            assert shown == block
    assert set(ran) == {"sample", "jwst", "hst-svm", "hst-cal", "validate", "contracts", "score", "rules"}


@pytest.mark.parametrize(("page", "least"), [("architecture", 20), ("for-models", 30)])
def test_what_a_page_shows_in_python_is_as_it_says(page, least):
    results = doctest.testfile(str(TOP / "docs" / f"{page}.md"), module_relative=False)
    assert results.attempted > least
    assert results.failed == 0


@pytest.mark.slow
def test_the_tutorial_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ran, shown = [], ""
    for kind, block in FENCED.findall((TOP / "docs" / "tutorial.md").read_text()):
        if kind == "text" and not block.startswith("pip "):
            assert shown == block
        for line in block.splitlines() if kind == "sh" else ():
            capsys.readouterr()
            if line.startswith("skyscrub "):
                assert main.main(shlex.split(line)[1:]) == 0, line
                ran.append(shlex.split(line)[1])
            else:
                subprocess.run(["bash", "-ec", line], check=True)
            shown = capsys.readouterr().out
    assert set(ran) == {"sample", "jwst", "report", "sky", "rules", "validate", "verify"}
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"sample-data", "out", "product.svg", "rule-pages", "my-rules", "mine"}


def test_the_site_has_every_page():
    named = set(re.findall(r": ([\w./-]+\.(?:md|html))$", (TOP / "mkdocs.yml").read_text(), re.MULTILINE))
    pages = {page.name for page in TOP.glob("docs/*.md")}
    made = {
        "data-dictionary.md",
        "rules-guide.md",
        "rules/index.html",
        "changelog.md",
        "contributing.md",
        "security.md",
    }
    assert named == pages | made
    hook = (TOP / "docs" / "site.py").read_text()
    assert [name for name in made if f'"{name}"' not in hook and not name.startswith("rules/")] == []


def test_the_functions_that_the_architecture_names_are_there():
    names = re.findall(r"`((?:[a-z_0-9]+\.)+[A-Za-z_]+)`", prose((TOP / "docs" / "architecture.md").read_text()))
    names = [name for name in names if not name.endswith(".toml")]
    assert len(names) > 40
    for module, _, name in (f"scrub.{name}".rpartition(".") for name in names):
        assert hasattr(import_module(module), name), f"{module}.{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_what_a_page_links_to_is_there(page):
    text = prose(page.read_text())
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    links = [(page.parent / link).resolve() for link in links]
    files = [
        TOP / path
        for path in re.findall(r"`((?:docs|scrub|rules|schemas|tests|benchmarks|examples|\.ci)/[\w./-]+)`", text)
    ]
    assert [path for path in (*links, *files) if not path.exists()] == []


def test_the_changelog_has_every_edition_newest_first():
    parts = re.split(r"^## `(\w+)`", (TOP / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    listed = {
        name: re.findall(r"^### (\S+)(?: \(([0-9-]+)\))?", text, re.MULTILINE)
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }
    last = re.search(r"^## The program", parts[-1], re.MULTILINE)
    listed[parts[-2]] = re.findall(r"^### (\S+)(?: \(([0-9-]+)\))?", parts[-1][: last.start()], re.MULTILINE)
    assert set(listed) == set(locate.sets())
    for name, editions in listed.items():
        rows = tables.read(name, base=name)["editions"].records()
        assert editions == [(row["edition"], row["released"]) for row in reversed(rows)]


def test_the_glossary_gives_a_word_one_meaning():
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", (TOP / "docs" / "glossary.md").read_text(), re.MULTILINE)
    words = [word.strip() for row in rows if row not in ("word", "---") for word in row.split(",")]
    assert len(words) > 60
    assert len(words) == len(set(words))


def test_the_citation_has_the_version_and_licence_of_the_package():
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    cited = yaml.safe_load((TOP / "CITATION.cff").read_text())
    assert [str(cited["version"]), cited["license"]] == [project["version"], project["license"]]


def test_the_hooks_and_the_workflow_of_the_project_run_what_it_has():
    hooks = yaml.safe_load((TOP / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    own = [shlex.split(hook["entry"])[1:] for hook in hooks if hook["entry"].startswith("skyscrub ")]
    assert [main._parser().parse_args(command).command.__name__ for command in own] == ["_check", "_fmt"]
    jobs = yaml.safe_load((TOP / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    assert [job["steps"][-1]["run"] for job in jobs.values()] == [".ci/run", ".ci/site", ".ci/audit"]
    assert all((TOP / ".ci" / name).is_file() for name in ("run", "site", "audit", "nightly"))


def test_the_source_distribution_has_the_documents():
    build = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["sdist"]
    included = {path.removeprefix("/") for path in build["include"]}
    assert {page.relative_to(TOP).parts[0] for page in PAGES} | {"CITATION.cff", ".github", ".ci"} <= included
    assert [path for path in included if not (TOP / path).exists()] == []
