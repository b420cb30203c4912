"""The page for domain experts is true: its tables are written, its commands run, its screen compared."""

import re
import shlex

import pytest

from scrub.cli import main
from scrub.files.shipped import find
from tests.data import TOP

PAGE = TOP / "docs" / "add-a-filter.md"
BLOCK = re.compile(r"^```(csv|console) ?(\S*)( as saved)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def screen(command: str, capsys) -> str:
    """What a command prints; the shipped rules shown as from the top of a checkout."""
    assert main.main(shlex.split(command)[1:]) in (0, 1)
    return capsys.readouterr().out.replace(f"{find('rules')}/", "rules/")


@pytest.mark.slow
def test_the_page_shows_what_happens(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-rules" / "jwst").mkdir(parents=True)
    ran = []
    for kind, path, saved, content in BLOCK.findall(PAGE.read_text()):
        if kind == "csv":
            raw = ("\ufeff" + content.replace("\n", "\r\n") if saved else content).encode()
            (tmp_path / path).write_bytes(raw)
        else:
            for command, *told in (part.splitlines() for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]):
                assert screen(command, capsys).splitlines() == told, command
                ran.append(command.split()[2])
    assert len(ran) == 17
    assert set(ran) == {"check", "diff", "fmt", "new-edition"}
