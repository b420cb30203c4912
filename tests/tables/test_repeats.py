"""Regular expressions of rule tables: what may work without end is refused, what ships and what is like it is not."""

import re

import pytest

from scrub.cli import main
from scrub.tables import locate, repeats, rule_files

ENDLESS = [
    "((?:[a-z0-9]+)+X)", "(a+)+$", "(a*)*b", "(a|a)*b", "(a|ab|b)+c", "(a?){30}a", "(?:x(?:y+z)?){12,}", "(.*a){20}",
    "((a+))+", "(?P<n>a+)+", "(?:a+?)*", "(a+b)*", "(a{1,9}){1,}", "(?:a{,1})*b", "(?:(?:a)|b)*", ".*.*.*.*x",
    "(?:(?:a{1,9}){1,9}){1,9}X", "[a-z]*" * 8 + "X", r"(\w+\s?){9}X", "a?" * 30 + "a" * 30, "a*b*a*b*a*b*a*b*X", ".*a.*b.*c.*d",
    "(?:[a-z]*)([0-9a-f]*)(?P<n>[a-c]*)[abc]+x",
]  # fmt: skip
BOUNDED = [
    "a+b+c+", "[(a+)+]+", r"\(a+\)+", r"(?:ab)+", "(a+)?", "(a|b)?", "(a|b){2}", "a{3}{2}", "x{,5}y", "a{", "{}", "(?i)a+", "[]+*]+",
    r"[\]+(]+", "(?=a+)b+", ".*.*", ".*.*.*", "[a-c]*[d-f]+" * 3, "(?:abc){1,200}", "",
    "([^_]+)_([^_]+)_([^_]+)_([^_]+)_([^_]+)_(.+)", "[a-z]*1[a-z]*2[a-z]*3[a-z]*4", "a*|a*|a*|a*", "(?:a|b)?c?d?e?",
]  # fmt: skip


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_repeat_of_what_can_be_read_in_several_ways_is_refused(pattern):
    assert re.compile(pattern)
    assert repeats.find_fault(pattern)


@pytest.mark.parametrize("pattern", BOUNDED)
def test_any_other_expression_is_not(pattern):
    assert repeats.find_fault(pattern) == ""


def test_no_expression_that_ships_is_refused():
    seen = 0
    for name in locate.sets():
        for sheet in rule_files.load(locate.locate(name)):
            for column in sheet.declaration.expressions:
                cells = sheet.rows[column].tolist()
                assert [repeats.find_fault(cell) for cell in cells] == [""] * len(cells)
                seen += len(cells)
    assert seen > 20


def test_such_a_rule_is_refused_by_file_and_line(tmp_path, capsys):
    header = "priority,column,unless,since,until,source,note\n"
    (tmp_path / "exposure_names.csv").write_text(header + "9,name,(?:[a-z0-9]+)+X,,,s,\n")
    assert main.main(["rules", "check", str(tmp_path)]) == 1
    wanted = "exposure_names.csv:2: contract: unless: '(?:[a-z0-9]+)+X' may work without end"
    assert wanted in capsys.readouterr().out
    assert main.main(["jwst", ".", "--rules", str(tmp_path)]) == 3
    assert "exposure_names.csv:2" in capsys.readouterr().err
