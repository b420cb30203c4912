"""The files that others copy into their CI: every skyscrub command in them is one, and does what it says."""

import re
import shlex

import pytest
import yaml

from scrub.cli import main
from tests.data import TOP

HOOKS = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
WORKFLOW = yaml.safe_load((TOP / "docs" / "github-workflow.yml").read_text())
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def commands(script: str) -> list[list[str]]:
    """The skyscrub commands of a shell script, without what a shell does with their output."""
    lines = script.replace("\\\n", " ").splitlines()
    parts = [re.split(r"\s\d?>", part)[0] for line in lines for part in re.split(r"\s(?:\||&&|;)\s", line)]
    words = [shlex.split(part) for part in parts]
    return [command[1:] for command in words if command and command[0] == "skyscrub"]


RUN = [command for step in STEPS for command in commands(step.get("run", ""))]
ENTRIES = [shlex.split(hook["entry"])[1:] + hook["args"] for hook in HOOKS]


DOCUMENTED = [
    pytest.param(command, id=f"{page.name}: {' '.join(command)}")
    for page in [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
    for block in re.findall(r"^```sh\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    for command in commands(block)
]


@pytest.mark.parametrize("command", [*RUN, *ENTRIES], ids=" ".join)
def test_each_command_is_one_of_skyscrub(command):
    options = main._parser().parse_args(command)
    assert options.command.__name__.lstrip("_") == f"{command[1].replace('-', '_')}"


@pytest.mark.parametrize("command", DOCUMENTED)
def test_each_command_of_a_page_is_one_of_skyscrub(command):
    assert callable(main._parser().parse_args(command).command)


@pytest.mark.parametrize(
    "misspelt",
    [
        "ruls check",
        "rules fmtt",
        "rules",
        "rules check rules --sinse HEAD",
        "rules fmt --chek",
        "rules diff HEAD --format",
        "jwst a b",
    ],
)
def test_a_misspelt_command_or_option_is_none_of_skyscrub(misspelt, capsys):
    (command,) = commands(f"skyscrub {misspelt} >> $GITHUB_STEP_SUMMARY\n")
    with pytest.raises(SystemExit, match="2"):
        main._parser().parse_args(command)


def test_the_workflow_checks_formats_and_compares_where_tables_change():
    assert [command[:2] for command in RUN] == [["rules", "check"], ["rules", "fmt"], ["rules", "diff"]]
    assert "--check" in RUN[1]
    assert RUN[2][-2:] == ["--format", "markdown"]
    (job,) = WORKFLOW["jobs"].values()
    (paths,) = WORKFLOW[True]["pull_request"]["paths"]  # YAML 1.1 reads the key `on` as true
    assert job["env"]["RULES"].startswith(paths.removesuffix("**"))
    assert all("$RULES" in command for command in RUN)
    assert STEPS[0]["uses"].startswith("actions/checkout@")
    assert STEPS[0]["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert all(re.search("@[0-9a-f]{40}$", step["uses"]) for step in STEPS if "uses" in step)
    assert "GITHUB_STEP_SUMMARY" in STEPS[-1]["run"]


def test_each_hook_runs_once_for_the_folder_where_a_table_changed():
    assert [hook["id"] for hook in HOOKS] == ["skyscrub-rules-check", "skyscrub-rules-fmt", "skyscrub-rules-diff"]
    for hook in HOOKS:
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False
        assert re.match(hook["files"], "rules/jwst/encodings.csv")
        assert not re.match(hook["files"], "docs/rules/readme.csv")
        assert re.match(hook["files"], f"{hook['args'][-1]}/new.csv")


def test_the_source_distribution_has_what_others_copy():
    import tomllib

    told = tomllib.loads((TOP / "pyproject.toml").read_text())
    included = told["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert {"/docs", "/.pre-commit-hooks.yaml"} <= set(included)
