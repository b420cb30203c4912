"""Manners of every command: quiet, verbose, JSON, progress, completion, and usage of the command that is wrong."""

import argparse
import io
import json
import os
import re
import subprocess
import sys

import pytest

from scrub.cli import main, options, terminal
from scrub.pipeline import stamp


def list_commands(parser, path=()):
    """Yield the words and the parser of every command."""
    own = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not own:
        yield path, parser
    for action in own:
        for name, inner in action.choices.items():
            yield from list_commands(inner, (*path, name))


COMMANDS = dict(list_commands(main._parser()))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_can_be_quiet_verbose_and_print_json(command):
    known = {word for action in COMMANDS[command]._actions for word in action.option_strings}
    assert {"-q", "--quiet", "-v", "--verbose", "--json"} <= known


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_unknown_option_shows_the_usage_of_its_command(command, capsys):
    actions = COMMANDS[command]._actions
    inputs = ["jwst/products" for action in actions if not action.option_strings and action.nargs != "*"]
    demanded = [
        word
        for action in actions
        if action.required and action.option_strings
        for word in (action.option_strings[0], "x.svg")
    ]
    with pytest.raises(SystemExit) as caught:
        main.main([*command, *inputs, *demanded, "--colour"])
    assert caught.value.code == 2
    usage = capsys.readouterr().err
    assert usage.startswith(f"usage: skyscrub {' '.join(command)} ")
    assert usage.endswith(f"skyscrub {' '.join(command)}: error: unrecognized arguments: --colour\n")


def test_quiet_leaves_rejects_and_the_exit_code(tmp_path, table, sample, capsys):
    sample.to_csv(tmp_path / "good.csv", index=False)
    assert main.main(["jwst", str(tmp_path / "good.csv"), "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main.main(["jwst", str(table), "--quiet"]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("rejected at jwst/exposures: 1: EXP_TYPE not on the list")
    assert printed.out.count("\n") == 1
    assert printed.err == ""


def test_quiet_verification_says_only_what_changed(table, tmp_path, capsys):
    out = tmp_path / "out"
    assert main.main(["jwst", str(table), "--out", str(out), "-q"]) == 1
    capsys.readouterr()
    assert main.main(["verify", str(out), "-q"]) == 0
    assert capsys.readouterr().out == ""
    (out / "members.csv").write_text("")
    assert main.main(["verify", str(out), "-q"]) == 1
    assert capsys.readouterr().out == f"{out / 'members.csv'}: changed since the run\n"


def test_verbose_says_what_took_how_long(table, capsys):
    assert main.main(["jwst", str(table), "-v"]) == 1
    assert re.fullmatch(r"stages: 4 in [0-9]+\.[0-9]{2} s\n", capsys.readouterr().err)


def test_verbose_shows_where_an_error_of_ours_comes_from(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(stamp, "read_origin", lambda path: 1 / 0)
    main.main(["sample", str(tmp_path), "-q"])
    main.main(["jwst", str(tmp_path / "jwst"), "--out", str(tmp_path / "out"), "-q"])
    assert main.main(["verify", str(tmp_path / "out")]) == 3
    assert "Traceback" not in capsys.readouterr().err
    assert main.main(["verify", str(tmp_path / "out"), "-v"]) == 3
    printed = capsys.readouterr().err.splitlines()
    assert printed[0] == "Traceback (most recent call last):"
    assert printed[-1].startswith("skyscrub: an error of skyscrub itself, please report it: ZeroDivisionError at ")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shows"), [(Terminal, True), (io.StringIO, False)])
def test_progress_shows_on_a_terminal_alone(monkeypatch, stream, shows):
    monkeypatch.setattr(sys, "stderr", stream())
    track = options.track(argparse.Namespace(quiet=False, verbose=False))
    assert list(track(iter("ab"), total=2, desc="letters")) == ["a", "b"]
    assert ("letters" in sys.stderr.getvalue()) is shows


def run_json(*words, code=0):
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        assert main.main([*map(str, words), "--json"]) == code
    return json.loads(out.getvalue())


def test_commands_that_write_list_their_files_as_json(tmp_path):
    paths = run_json("sample", tmp_path)
    assert {command: len(files) for command, files in paths.items()} == {"jwst": 57, "hst-svm": 37, "hst-cal": 8}
    run_json("jwst", tmp_path / "jwst", "--out", tmp_path / "out")
    verified = run_json("verify", tmp_path / "out")
    assert (verified["changes"], verified["files"]) == ([], 16)
    (tmp_path / "out" / "products.csv").unlink()
    assert run_json("verify", tmp_path / "out", code=1)["changes"] == [f"{tmp_path}/out/products.csv: gone"]


def test_commands_of_rules_list_their_files_as_json(tmp_path, monkeypatch):
    rules = tmp_path / "my-rules"
    rules.mkdir()
    monkeypatch.chdir(tmp_path)
    (rules / "editions.csv").write_text("edition,released,source,note\n1,,a page,\n")
    written = run_json("rules", "new-edition", rules, "4", "exposure_types.csv:2")
    assert written["written"][0].startswith("my-rules/")
    assert list(written["copies"]) == ["exposure_types.csv:2"]
    assert run_json("rules", "fmt", rules) == {"changed": [], "findings": []}
    assert any("MIR_MRS" in line for line in run_json("rules", "show", "MIR_MRS"))


def test_the_doctor_prints_what_is_here():
    installed = run_json("doctor")
    assert installed["versions"]["Python"] == sys.version.split()[0]
    assert installed["faults"] == []


def test_a_shell_completes_commands(tmp_path):
    pytest.importorskip("argcomplete")
    words, answers = "skyscrub rules c", tmp_path / "answers"
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": str(answers), "COMP_LINE": words, "COMP_POINT": "16"}
    subprocess.run([sys.executable, "-m", "scrub.cli"], env=os.environ | asked, capture_output=True, check=False)
    assert answers.read_text().split() == ["check"]


def test_without_its_extra_nothing_is_completed(monkeypatch):
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    assert terminal.complete(main._parser()) is None


def test_a_command_that_is_interrupted_says_what_became_of_its_files(monkeypatch, capsys):
    def interrupt(words):
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_run", interrupt)
    assert main.main(["doctor"]) == 130
    assert capsys.readouterr().err == "skyscrub: interrupted: files that were not yet complete are not written\n"
