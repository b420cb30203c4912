"""The command ``skyscrub validate``: each line of a table is looked at, and each finding is one line."""

import json

from scrub.cli import main


def write_members(capsys, tmp_path) -> list[str]:
    assert main.main(["sample", str(tmp_path / "in")]) == 0
    assert main.main(["jwst", str(tmp_path / "in" / "jwst"), "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    return (tmp_path / "out" / "products.csv").read_text().splitlines()


def test_a_torn_line_is_a_finding(capsys, tmp_path):
    lines = write_members(capsys, tmp_path)
    path = tmp_path / "products.csv"
    for change, reason in {
        (lambda line: line + ",more"): "a line of more than",
        (lambda line: line.rpartition(",")[0]): "a line of fewer than",
        (lambda line: '"' + line): "a quote that is never closed",
    }.items():
        path.write_text("\n".join([*lines[:3], change(lines[3]), *lines[4:]]) + "\n")
        assert main.main(["validate", "jwst/products", str(path)]) == 1
        (finding,) = capsys.readouterr().out.splitlines()
        assert finding.startswith(f"{path}: line 4: {reason}")
        assert main.main(["validate", "jwst/products", str(path), "--json"]) == 1
        (entry,) = json.loads(capsys.readouterr().out)
        assert entry["reason"].startswith(f"line 4: {reason}")
    path.write_text("\n".join(lines) + "\n")
    assert main.main(["validate", "jwst/products", str(path)]) == 0


def test_a_column_that_stands_twice_is_a_finding(capsys, tmp_path):
    lines = write_members(capsys, tmp_path)
    path = tmp_path / "products.csv"
    path.write_text("\n".join(f"{line},{line.split(',')[1]}" for line in lines) + "\n")
    assert main.main(["validate", "jwst/products", str(path)]) == 1
    name = lines[0].split(",")[1]
    assert f"{path}: {name}: more than one column of this name" in capsys.readouterr().out.splitlines()


def test_a_header_with_a_quote_that_is_never_closed_is_3(capsys, tmp_path):
    lines = write_members(capsys, tmp_path)
    path = tmp_path / "products.csv"
    first, _, last = lines[0].rpartition(",")
    path.write_text("\n".join([f'{first},"{last}', *lines[1:]]) + "\n")
    for command in (["validate", "jwst/products"], ["jwst"]):
        assert main.main([*command, str(path)]) == 3
        sentence = f"skyscrub: {path}: cannot be read: line 1: the header has a quote that is never closed"
        assert capsys.readouterr().err.startswith(sentence)
