"""What is printed, and how a command ends that something unforeseen stops: a code and a sentence, never a traceback."""

import io
import json
import os
import re
import subprocess
import sys
import warnings

import pytest

from scrub import jwst
from scrub.cli import main, terminal

COMMAND = [sys.executable, "-m", "scrub.cli"]
ESC = "\x1b[31mred\x9b0m\x7f\u202e"


def command(*words, **options):
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False, **options)


def test_any_other_error_is_3_with_the_line_it_came_from(table, monkeypatch, capsys):
    def fail(*args, **kwargs):
        raise LookupError("nobody foresaw \x1b[31m this")

    monkeypatch.setattr(jwst, "run", fail)
    assert main.main(["jwst", str(table)]) == 3
    message = capsys.readouterr().err
    assert re.fullmatch(
        r"skyscrub: an error of skyscrub itself, please report it: LookupError at scrub/cli/jwst\.py:\d+: "
        r"nobody foresaw \\u001b\[31m this\n",
        message,
    )


def test_an_interrupt_is_130(table, monkeypatch, capsys):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(jwst, "run", interrupt)
    assert main.main(["jwst", str(table)]) == 130
    assert capsys.readouterr().err.startswith("skyscrub: interrupted")


@pytest.mark.parametrize("words", [["jwst", "a\0b"], ["jwst", ".", "--out", "a\0b"], ["rules", "diff", "a\0b", "jwst"]])
def test_a_nul_in_an_argument_is_wrong_usage(words, capsys):
    assert main.main(words) == 2
    assert "NUL" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--help"], ["rules", "diff", "jwst@1", "jwst"], ["rules", "show", "NRC_IMAGE", "--json"]]
)
def test_a_reader_that_has_gone_is_no_error(words):
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run([*COMMAND, *words], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert process.returncode in {0, 1, 2}
    assert "Error" not in process.stderr
    assert "ignored" not in process.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")  # noqa: PTH110
def test_a_full_disk_behind_stdout_is_3():
    with open("/dev/full", "w") as full:  # noqa: PTH123
        process = subprocess.run(
            [*COMMAND, "rules", "show", "NRC_IMAGE"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert process.returncode == 3
    assert process.stderr == "skyscrub: No space left on device\n"


@pytest.mark.parametrize(
    "words",
    [
        ["jwst", f"no{ESC}"],
        ["jwst", ".", f"--no{ESC}"],
        ["jwst", ".", "--rules", f"no{ESC}"],
        ["rules", "why", f"no{ESC}"],
        ["rules", "show", f"EXP_TYPE={ESC}"],
        ["rules", "diff", f"no{ESC}", "jwst"],
        ["validate", f"no{ESC}", "x.csv"],
        ["rules", "check", f"no{ESC}"],
    ],
)
def test_no_argument_steers_the_terminal(words, capsys):
    try:
        code = main.main(words)
    except SystemExit as end:
        code = end.code
    printed = "".join(capsys.readouterr())
    assert code in {2, 3}
    assert re.search(r"\\(u00|x)1b\[31mred", printed.lower())
    assert all(character.isprintable() or character == "\n" for character in printed)


def test_no_cell_steers_the_terminal(sample, tmp_path, capsys):
    bad = sample.iloc[:1].assign(EXP_TYPE=ESC, exposure=f"jw09999001001_02101_00009_{ESC}")
    bad.to_csv(tmp_path / "t.csv", index=False)
    for words in (
        ["jwst"],
        ["jwst", "--json"],
        ["validate", "jwst/exposures"],
        ["validate", "jwst/exposures", "--json"],
    ):
        assert main.main([*words, str(tmp_path / "t.csv")]) == 1
        printed = capsys.readouterr().out
        assert all(character.isprintable() or character == "\n" for character in printed)


@pytest.mark.slow
def test_no_rule_cell_steers_the_terminal(tmp_path, capsys):
    row = f"filter,F{ESC},52,,,our {ESC},\n"
    (tmp_path / "encodings.csv").write_text("column,value,code,since,until,source,note\n" + row * 2)
    for words in (["check"], ["check", "--json"]):
        assert main.main(["rules", *words, str(tmp_path)]) == 1
        printed = capsys.readouterr().out
        assert all(character.isprintable() or character == "\n" for character in printed)
    (tmp_path / "encodings.csv").write_text("column,value,code,since,until,source,note\n" + row)
    for form in ("text", "json", "markdown"):
        assert main.main(["rules", "diff", "jwst", str(tmp_path), "--format", form]) in {0, 1}
        printed = capsys.readouterr().out
        assert "\\u001b[31mred" in printed
        assert all(character.isprintable() or character == "\n" for character in printed)


def test_json_is_the_same_json_on_any_terminal(monkeypatch):
    content = {"é": f"\N{GREEK SMALL LETTER MU} {ESC} \N{PILE OF POO}"}
    for encoding in ("ascii", "latin-1", "utf-8"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        terminal.show(*json.dumps(content, ensure_ascii=False, indent=2).split("\n"), file=stream)
        stream.flush()
        assert json.loads(stream.buffer.getvalue().decode(encoding)) == content


@pytest.mark.slow
def test_an_ascii_terminal_is_told_of_other_characters(sample, tmp_path):
    sample.iloc[:1].assign(EXP_TYPE="NRC_Ä").to_csv(tmp_path / "t.csv", index=False)
    ascii_only = {
        **os.environ,
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    process = command("jwst", str(tmp_path / "t.csv"), env=ascii_only)
    assert process.returncode == 1, process.stderr
    assert "NRC_\\u00c4" in process.stdout


def test_a_warning_is_a_line_of_our_own(table, monkeypatch, capsys):
    def warn(*args, **kwargs):
        warnings.simplefilter("always")
        warnings.warn(f"odd {ESC}", stacklevel=2)
        raise KeyboardInterrupt

    monkeypatch.setattr(jwst, "run", warn)
    main.main(["jwst", str(table)])
    assert capsys.readouterr().err.startswith("skyscrub: warning: odd \\u001b[31mred")


def test_a_program_without_a_terminal_prints_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    terminal.show("a line")
    terminal.flush()
