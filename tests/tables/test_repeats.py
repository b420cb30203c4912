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


@pytest.mark.parametrize(
    ("pattern", "repeat"),
    [
        ("(#a+)+", "(#a+)+"), ("('a+)*b", "('a+)*"), ("x(a|b)+?y", "(a|b)+?"), ("(a|b){2,}", "(a|b){2,}"),
        ("((a+)b)*", "((a+)b)*"), ("(a(b|c)d){4}", "(a(b|c)d){4}"), ("(a?){1,4}", "(a?){1,4}"), ("(a?){3}", ""),
        ("(a?){4}", "(a?){4}"), ("(a?){2,3}", ""), ("(a|b){,3}", ""), ("(a|b){,4}", "(a|b){,4}"), (r"(\|)+", ""),
        (r"(a\+)+", ""), ("([|])+", ""), ("(a+)b+", ""), ("(a+)(b)+", ""), ("(a{2})+", ""), ("(a{2,3})+", "(a{2,3})+"),
    ],
)  # fmt: skip
def test_the_repeat_is_named_that_may_work_without_end(pattern, repeat):
    assert re.compile(pattern)
    assert repeats.find_fault(pattern) == (repeat and f"the repeat {repeat!r} has a repeat or a choice inside")


@pytest.mark.parametrize(
    ("pattern", "end"),
    [
        ("a?" * 10, ""), ("a?" * 11, "a?" * 11), ("a{,9}" * 10, ""), ("a{,9}" * 11, "a{,9}" * 11), ("a{,10}" * 3, ""),
        ("a{,10}" * 4, "a{,10}" * 4), ("a{,10}" * 5, "a{,10}" * 4), ("a+a{1,}a*x", ""), ("a+a{1,}a*a*x", "a+a{1,}a*a*"),
        (r"\d*1\d*2\d*3\d*x", r"\d*1\d*2\d*3\d*"), (r"\d*a\d*a\d*a\d*x", ""), (r"\w*\d*1?\w*a\d*x", ""),
        (".*a.*b.*", ""), (r".*\n.*\n.*\n.*", r".*\n.*\n.*\n.*"), ("a*^a*$a*a*", "a*^a*$a*a*"), ("a*b?a*a*a*", "a*b?a*a*a*"),
        ("a*b{0}a*a*a*", "a*b{0}a*a*a*"), ("a*ba*a*a*", ""), ("a*b{2}a*a*a*", ""), ("(a*)(?:a*)(?=a*)a*", "(a*)(?:a*)(?=a*)a*"),
        ("a*a*a*|a*", ""), ("(a*a*)?a*a*", "(a*a*)?a*a*"),
    ],
)  # fmt: skip
def test_the_row_is_named_whose_repeats_fit_the_same_letters(pattern, end):
    assert re.compile(pattern)
    wanted = end and f"more repeats in a row than 3 fit the same letters, up to {end!r}"
    assert repeats.find_fault(pattern) == wanted
