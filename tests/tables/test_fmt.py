"""Canonical tables: no cell is lost, any order of rows gives the same bytes, once is enough."""

import csv
import io
import random
import tomllib
from collections import Counter
from itertools import product

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import tables
from scrub.cli import main
from scrub.files import atomic
from scrub.files.shipped import find
from scrub.tables import fmt, locate, rule_files
from scrub.tables.declare import section
from scrub.tables.findings import RuleError
from scrub.tables.fmt import Word
from scrub.tables.lint import check
from scrub.tables.locate import NoSuchRulesError

DECLARED = """
[mine.editions]
policy = "list"
key = ["edition"]
answers = { released = "" }
tools.order = ["edition"]

[mine.lists]
policy = "list"
key = ["list", "word"]
words = { list = "asked" }

[mine.parts]
policy = "list"
key = ["part"]
answers = { rank = "" }
tools.order = ["rank"]

[mine.decisions]
policy = "unique"
conditions = { tso = "flag", part = "parts.part" }
answers = { group = "" }

[mine.codes]
policy = "list"
key = ["part", "word"]
answers = { code = "" }
words = { part = "parts.part" }
tools.order = ["part", "code"]

[mine.kept]
policy = "list"
key = ["word"]

[mine.patterns]
policy = "first"
key = ["part"]
answers = { class = "" }
"""
MINE = {name: rule_files.columns(section(name, **keys)) for name, keys in tomllib.loads(DECLARED)["mine"].items()}
FREE = ("editions", "parts", "decisions", "codes")
cells = st.text(st.sampled_from('ab1.|!*,"; \n\r\té−日\u2028\x85\ufeff'), max_size=4)
words = st.sampled_from(["", "a", "b", "c", "!a", "a|b", "*", "1.9", "1.11", "2", "10", "007"])
dialects = st.fixed_dictionaries(
    {
        "mark": st.sampled_from([",", ";", "\t"]),
        "end": st.sampled_from(["\n", "\r\n", "\r"]),
        "bom": st.booleans(),
        "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    }
)
PLAIN = {"mark": ",", "end": "\n", "bom": False, "quoting": csv.QUOTE_MINIMAL}


def rows_of(name, cell=words):
    return st.lists(st.tuples(*[cell] * len(MINE[name])), max_size=6)


def dump(header, rows, mark, end, bom, quoting) -> bytes:
    """A table as some program may write it."""
    stream = io.StringIO(newline="")
    quoting = quoting if end == "\r\n" else csv.QUOTE_ALL  # else the csv module leaves other line ends unquoted
    csv.writer(stream, delimiter=mark, lineterminator=end, quoting=quoting).writerows([header, *rows])
    return ("\ufeff" if bom else "").encode() + stream.getvalue().encode()


def parsed(raw: bytes) -> list[tuple[str, ...]]:
    return [tuple(row) for row in csv.reader(io.StringIO(raw.decode(), newline=""), strict=True)]


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """Write tables of a small rule set, format them, and return the bytes of each."""
    folder = tmp_path_factory.mktemp("rules") / "mine"
    folder.mkdir()
    (folder / "tables.toml").write_text(DECLARED)

    def run(**raw: bytes) -> dict[str, bytes]:
        for old in folder.glob("*.csv"):
            old.unlink()
        for name, content in raw.items():
            (folder / f"{name}.csv").write_bytes(content)
        return {file.path.stem: file.new for file in fmt.format_folder(folder) if not file.findings}

    return run


@pytest.mark.parametrize("name", MINE)
@given(st.data())
def test_every_cell_of_every_row_survives_whatever_program_wrote_the_file(mine, name, data):
    rows, dialect = data.draw(rows_of(name, cells)), data.draw(dialects)
    (new,) = mine(**{name: dump(MINE[name], rows, **dialect)}).values()
    header, *told = parsed(new)
    assert list(header) == MINE[name]
    assert Counter(told) == Counter(rows)
    assert new.endswith(b"\n")
    assert not new.startswith(b"\xef\xbb\xbf")
    assert new == "".join(atomic.csv_lines([header, *told])).encode()


@pytest.mark.parametrize("name", FREE)
@given(st.data())
def test_any_order_of_rows_gives_the_same_bytes(mine, name, data):
    rows = data.draw(rows_of(name))
    parts = dump(MINE["parts"], [("b", "1", "", "", "s", ""), ("a", "2", "", "", "s", "")], **PLAIN)
    others = {"parts": parts, "lists": dump(MINE["lists"], [("flag", "b", "", "", "s", "")], **PLAIN)}
    given, shuffled = (
        mine(**{**others, name: dump(MINE[name], r, **PLAIN)})[name] for r in (rows, data.draw(st.permutations(rows)))
    )
    assert given == shuffled


@pytest.mark.slow
@given(st.fixed_dictionaries({name: rows_of(name) for name in MINE}))
def test_to_format_once_is_enough(mine, rows):
    once = mine(**{name: dump(MINE[name], told, **PLAIN) for name, told in rows.items()})
    assert set(once) == set(MINE)
    assert mine(**once) == once


spans = st.sampled_from([("", ""), ("", "2"), ("2", ""), ("2", "10"), ("10", "")])
conditions = st.sampled_from(["*", "a", "b", "c", "a|c", "b|c", "!a", "!a|b"])


@given(
    st.lists(st.tuples(st.sampled_from("abc"), spans), min_size=1, max_size=4),
    st.lists(st.tuples(conditions, conditions, spans), min_size=2, max_size=6),
)
@example([("b", ("2", "")), ("c", ("", "")), ("b", ("", ""))], [("*", "*", ("", "2")), ("*", "c", ("", ""))])  # b again
def test_a_decision_table_is_sorted_by_the_first_case_that_each_row_answers(listed, rows):
    """The oracle counts through every case of every edition."""
    known = [Word(word, *span) for word, span in listed]
    place = {word: i for i, word in enumerate(dict.fromkeys(w.text for w in known))}

    def alive(span, edition):
        return edition >= int(span[0] or 0) and (not span[1] or edition < int(span[1]))

    def first(row):
        one, other, span = row
        times = [e for e in (1, 2, 10) if alive(span, e)]
        there = {word for word, life in listed if any(alive(life, e) for e in times)}

        def fits(cell, word):
            named = cell.lstrip("!").split("|")
            return cell == "*" or ((word in named) != cell.startswith("!"))

        if any(cell != "*" and not set(cell.lstrip("!").split("|")) <= there for cell in (one, other)):
            return None
        cases = [(x, y) for x, y in product(place, place) if {x, y} <= there and fits(one, x) and fits(other, y)]
        return min(((place[x], place[y]) for x, y in cases), default=None)

    frame = pd.DataFrame([(a, b, *span) for a, b, span in rows], columns=["one", "other", "since", "until"])
    table = section("t", policy="unique", conditions={"one": "l", "other": "l"}, answers={"a": ""})
    told = fmt.sort_rows(table, frame, {"l": known})
    firsts = [first((a, b, (since, until))) for a, b, since, until in told.itertuples(index=False)]
    seen = [case for case in firsts if case is not None]
    assert seen == sorted(seen)
    assert sorted(told.index) == list(range(len(rows)))


def test_ties_are_sorted_by_edition_and_cells_off_their_list_come_last():
    rows = pd.DataFrame(
        {
            "tso": ["nope", "*", "true", "true", "false", "aha"],
            "since": ["", "", "1.11", "1.9", "", ""],
            "until": "",
            "note": list("abcdef"),
        }
    )
    known = {"flag": [Word("false", "", ""), Word("true", "", "")]}
    told = fmt.sort_rows(section("t", policy="unique", conditions={"tso": "flag"}, answers={"a": ""}), rows, known)
    assert told["note"].tolist() == ["b", "e", "d", "c", "f", "a"]


def test_a_plain_list_is_sorted_by_the_columns_declared_else_left_as_it_is():
    rows = pd.DataFrame({"part": ["b", "a", "x", "a"], "code": ["10", "9", "1", "10"], "since": "", "until": ""})
    declared = {"policy": "list", "key": ["part"], "answers": {"code": ""}, "covers": "part"}
    known = {"part": [Word("b", "", ""), Word("a", "", "")]}
    told = fmt.sort_rows(section("t", **declared, tools={"order": ["part", "code"]}), rows, known)
    assert told["code"].tolist() == ["10", "9", "10", "1"]
    assert fmt.sort_rows(section("t", **declared), rows, known) is rows


def test_rows_of_one_key_are_brought_together_where_order_matters():
    rows = pd.DataFrame({"key": list("babab"), "pattern": ["S*", "z", "SUB", "*", "*"]})
    told = fmt.sort_rows(section("t", policy="first", key=["key"], answers={"a": ""}), rows, {})
    assert told.to_numpy().tolist() == [["b", "S*"], ["b", "SUB"], ["b", "*"], ["a", "z"], ["a", "*"]]
    lists = pd.DataFrame({"list": list("bab"), "word": ["2", "3", "1"]})
    told = fmt.sort_rows(section("lists", policy="list", key=["list", "word"]), lists, {})
    assert told["word"].tolist() == ["2", "1", "3"]


def test_tables_that_are_sorted_by_each_other_are_refused(tmp_path):
    text = '[mine.a]\npolicy="unique"\nconditions={x="b.y"}\nanswers={p=""}\n[mine.b]\npolicy="unique"\nconditions={y="a.x"}\nanswers={q=""}\n'
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "tables.toml").write_text(text)
    (tmp_path / "mine" / "a.csv").write_text("x,since,until,source,note\n")
    with pytest.raises(RuleError, match=r"tables.toml: tables are sorted by each other: .*a.*b"):
        fmt.format_folder(tmp_path / "mine")


def shuffle(folder, seed):
    for name, declared in locate.read(find("rules") / "tables.toml").sets[folder.name].items():
        if declared.policy == "unique" or declared.order:
            path = folder / f"{name}.csv"
            header, *rows = parsed(path.read_bytes())
            random.Random(seed).shuffle(rows)
            path.write_bytes(dump(header, rows, mark=",", end="\n", bom=False, quoting=csv.QUOTE_ALL))


def test_the_shipped_tables_are_canonical(capsys):
    assert main.main(["rules", "fmt", "--check", str(find("rules"))]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["jwst", "hst_svm", "hst_cal"])
def test_shuffled_tables_come_back_to_the_byte_and_say_what_they_said(rule_sets, name, capsys):
    shuffle(rule_sets / name, 1)
    before = tables.read(rule_sets / name).fingerprint
    files = {path.name: path.read_bytes() for path in (find("rules") / name).glob("*.csv")}
    assert {path.name: path.read_bytes() for path in (rule_sets / name).glob("*.csv")} != files
    assert main.main(["rules", "fmt", "--check", str(rule_sets / name)]) == 1
    listed = capsys.readouterr().out.splitlines()
    assert str(rule_sets / name / "encodings.csv") in listed
    assert main.main(["rules", "fmt", str(rule_sets / name)]) == 0
    assert capsys.readouterr().out.splitlines() == listed
    assert {path.name: path.read_bytes() for path in (rule_sets / name).glob("*.csv")} == files
    assert tables.read(rule_sets / name).fingerprint == before == tables.read(name).fingerprint
    assert main.main(["rules", "fmt", "--check", str(rule_sets)]) == 0


@pytest.mark.slow
def test_findings_stay_what_they_were_but_for_their_lines(rule_sets):
    path = rule_sets / "jwst" / "exposure_types.csv"
    path.write_text(path.read_text().replace("NRC_IMAGE,false,image", "NRC_IMAGE,false,imag", 1))
    path = rule_sets / "jwst" / "targets.csv"
    path.write_text(path.read_text().replace("own,fixed,true,*,*,position,", "own,fixed,true,true,*,position,"))
    shuffle(rule_sets / "jwst", 2)
    before, _ = check.check(rule_sets / "jwst"), main.main(["rules", "fmt", str(rule_sets / "jwst")])
    after = check.check(rule_sets / "jwst")
    assert {(f.kind, f.column, f.case) for f in before} == {(f.kind, f.column, f.case) for f in after}
    assert {f.kind for f in after} == {"word", "gap"}


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        (b"fgs,false", b"fgs,,false", 5, "file: 9 cells; the header has 8"),
        (b"group,offsets", b"group,offset", 1, "file: the columns are group,offset,"),
        (b"fgs,false", b'fgs,"false', 5, "file: unexpected end of data"),
        (b"What trained", b"\xff", 2, "damage: not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_line_and_left_alone(rule_sets, capsys, old, new, line, told):
    shuffle(rule_sets / "jwst", 3)
    before = {file: file.read_bytes() for file in (rule_sets / "jwst").glob("*.csv")}
    path = rule_sets / "jwst" / "groups.csv"
    broken = (find("rules") / "jwst" / "groups.csv").read_bytes().replace(old, new, 1)
    path.write_bytes(broken)
    assert main.main(["rules", "fmt", str(rule_sets / "jwst")]) == 1
    printed = capsys.readouterr()
    assert f"{path}:{line}: {told}" in printed.err
    assert printed.out == ""
    assert {file: file.read_bytes() for file in before} == before | {path: broken}
    assert not list((rule_sets / "jwst").glob(".*"))


def test_an_overlay_is_sorted_by_the_lists_it_is_laid_over(tmp_path, capsys):
    (tmp_path / "jwst").mkdir()
    path = tmp_path / "jwst" / "encodings.csv"
    header = "column,value,code,since,until,source,note\n"
    path.write_text(header + "pupil,P,9,,,s,\nfilter,G,10,,,s,\nfilter,F,9,,,s,\ninstr,I,1,,,s,\n")
    assert main.main(["rules", "fmt", str(tmp_path / "jwst")]) == 0
    assert path.read_text() == header + "instr,I,1,,,s,\nfilter,F,9,,,s,\nfilter,G,10,,,s,\npupil,P,9,,,s,\n"
    assert capsys.readouterr().out == f"{path}\n"


def test_the_folder_rules_is_meant_where_none_is_named(rule_sets, monkeypatch, capsys):
    shuffle(rule_sets / "hst_cal", 4)
    monkeypatch.chdir(rule_sets.parent)
    assert main.main(["rules", "fmt", "--check"]) == 1
    assert "rules/hst_cal/encodings.csv\n" in capsys.readouterr().out
    monkeypatch.chdir(rule_sets / "common")
    assert main.main(["rules", "fmt"]) == 2
    assert "no folder of tables, or of rule sets: rules" in capsys.readouterr().err


def test_tables_of_an_installed_package_are_not_written(rule_sets, monkeypatch, capsys):
    shuffle(rule_sets / "jwst", 5)
    before = (rule_sets / "jwst" / "encodings.csv").read_bytes()
    monkeypatch.setattr(fmt, "find", lambda name: rule_sets)
    assert main.main(["rules", "fmt", str(rule_sets / "jwst")]) == 2
    assert "part of the installed package" in capsys.readouterr().err
    assert (rule_sets / "jwst" / "encodings.csv").read_bytes() == before
    assert main.main(["rules", "fmt", "--check", str(rule_sets / "jwst")]) == 1
    with pytest.raises(NoSuchRulesError, match="installed package"):
        fmt.check_writable(rule_sets)


@pytest.mark.parametrize(
    ("is_source", "place", "written"),
    [
        (False, "rules/jwst", False),
        (True, "rules/jwst", True),
        (False, "own/jwst", True),
        (True, "own/jwst", True),
        (False, "rules", False),
        (False, "rules2", True),
    ],
)
def test_tables_are_written_but_those_of_an_installed_package(is_source, place, written, tmp_path, monkeypatch):
    (tmp_path / "rules").mkdir()
    if is_source:
        (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(fmt, "find", lambda name: tmp_path / name)
    if written:
        assert fmt.check_writable(tmp_path / place) == tmp_path / place
    else:
        with pytest.raises(NoSuchRulesError) as refused:
            fmt.check_writable(tmp_path / place)
        message = "is part of the installed package, and is not written: copy it, or lay over it"
        assert str(refused.value) == f"{tmp_path / place} {message}"


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (("", ""), ("", ""), True),
        (("3", ""), ("1", "2"), False),
        (("2", ""), ("1", "2"), False),
        (("1", "2"), ("3", ""), False),
        (("1", "3"), ("2", ""), True),
        (("1.9", ""), ("1.2", "1.11"), True),
    ],
)
def test_spans_overlap_where_an_edition_is_in_both(one, other, overlap):
    assert fmt._overlap(one, other) is overlap
    assert fmt._overlap(other, one) is overlap
