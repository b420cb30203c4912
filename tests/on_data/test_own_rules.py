"""A rule set of no telescope: its tables asked of any table, its codes, and the page that builds one from nothing."""

import doctest
import json
import re
import shlex
import subprocess
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import own_rules, tables
from scrub.cli import main
from scrub.files.table_files import SourceError
from scrub.tables import RuleError
from tests.data import TOP

PAGE = (TOP / "docs" / "your-own-rules.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`([\w/.]+)`\n\n```(?:toml|csv|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODES = [1, 0, 1, 0, 0, 1, 1]  # exit code of each command of the page


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a folder with the files of the page, the row that the check asks for among them."""
    folder = tmp_path_factory.mktemp("page")
    for name, text in FILE.findall(PAGE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with (folder / "mission" / "modes.csv").open("a") as stream:
        stream.write("slew,*,none,,,Mission handbook 2.3,\n")
    return folder


@pytest.fixture(scope="module")
def mission(files):
    return tables.read(files / "mission")


@pytest.mark.slow
def test_the_page_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, text in FILE.findall(PAGE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    codes, shown = [], ""
    for kind, block in BLOCK.findall(PAGE):
        if kind == "text":
            assert shown == block
        for line in block.splitlines() if kind == "sh" else ():
            capsys.readouterr()
            if line.startswith("skyscrub "):
                codes.append(main.main(shlex.split(line)[1:]))
                shown = capsys.readouterr().out
            else:
                shown = subprocess.run(["bash", "-ec", line], check=True, capture_output=True, text=True).stdout
    assert codes == CODES
    results = doctest.testfile(str(TOP / "docs" / "your-own-rules.md"), module_relative=False)
    assert (results.failed, results.attempted) == (0, 10)


def test_each_row_has_one_end(mission):
    frame = pd.DataFrame({"who": ["a", "b", "c"], "MODE": ["slew", "survey", "odd"], " camera ": ["red", "red", "red"]})
    before = frame.copy()
    good, rejected = own_rules.decide(mission, frame)
    assert good[["who", "purpose", "product", "rules"]].fillna("").values.tolist() == [
        ["a", "none", "", "modes.csv:4"],
        ["b", "science", "map", "modes.csv:2 products.csv:3"],
    ]
    assert rejected[["what", "stage", "column", "value"]].values.tolist() == [["c", "decide", "MODE", "odd"]]
    pd.testing.assert_frame_equal(frame, before)


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["survey", "dark", "slew", "x", ""]), st.sampled_from(["red", "blue", "y"]))
    ),
    data=st.data(),
)
def test_a_row_is_decided_alone_and_comes_back(mission, rows, data):
    frame = pd.DataFrame(rows, columns=["mode", "camera"]).rename_axis("name").reset_index()
    good, rejected = own_rules.decide(mission, frame)
    assert len(good) + len(rejected) == len(frame)
    order = data.draw(st.permutations(range(len(frame))))
    moved = own_rules.decide(mission, frame.iloc[list(order)]).good.sort_values("name", ignore_index=True)
    pd.testing.assert_frame_equal(moved, good)
    made = good.dropna(subset="product").reset_index(drop=True)
    if len(made):
        encoded, unknown = own_rules.encode(mission, made)
        assert unknown.empty
        assert encoded["product"].dtype == encoded["camera"].dtype == "int64"
        pd.testing.assert_frame_equal(own_rules.decode(mission, encoded), made)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["name", "mode"], r"has no column camera, which modes\.csv asks for"),
        (["name", "mode", "Mode", "camera"], r"has 2 columns mode, Mode, which modes\.csv asks for"),
    ],
)
def test_a_condition_without_a_column_or_with_two_is_named(mission, columns, message):
    with pytest.raises(SourceError, match=message):
        own_rules.decide(mission, pd.DataFrame([["red"] * len(columns)], columns=columns))


def test_what_a_rule_set_lacks_is_named(mission):
    frame = pd.DataFrame({"name": ["a"]})
    bare = replace(mission, tables={"words": mission["words"]})
    for ask in (own_rules.decide, own_rules.encode, own_rules.decode):
        with pytest.raises(RuleError, match=r"no table (has a turn|declares codes).*docs/tables-toml\.md"):
            ask(bare, frame)
    with pytest.raises(RuleError, match="no table has a turn and none declares codes"):
        own_rules.trace(bare, frame, track=lambda steps, **_: steps)
    with pytest.raises(SourceError, match="no column of the table has codes: .* has them for camera, product"):
        own_rules.encode(mission, frame)


def test_a_word_without_a_code_and_a_code_without_a_word(mission):
    frame = pd.DataFrame({"name": ["a", "b"], "camera": ["red", "green"]})
    good, rejected = own_rules.encode(mission, frame)
    assert good.values.tolist() == [["a", 1]]
    assert rejected.values.tolist() == [["b", "encode", "has no code for camera", "camera", "green"]]
    with pytest.raises(SourceError, match="camera: .*7"):
        own_rules.decode(mission, frame.assign(camera=["1", "7"]))


def test_two_columns_of_one_code_are_refused(mission):
    frame = pd.DataFrame([["a", "red", "blue"]], columns=["name", "camera", "Camera"])
    for change in (own_rules.encode, own_rules.decode):
        with pytest.raises(SourceError, match="has 2 columns camera, Camera, which .* asks for"):
            change(mission, frame)


def test_open_words_are_folded_and_flags_read_before_tables_are_asked():
    rules = tables.read("jwst")
    one = replace(rules, tables={name: rules[name] for name in ("exposure_types", "words")})
    frame = pd.DataFrame({"name": ["a", "b"], "EXP_TYPE": "NRC_IMAGE", "TSOVISIT": ["T", "N/A"], "VISITYPE": "x"})
    good, _ = own_rules.decide(one, frame)
    assert good["group"].tolist() == ["tac", "image"]
    odd = own_rules.decide(one, frame.assign(TSOVISIT=["T", "perhaps"])).rejected
    assert odd[["what", "column", "value"]].values.tolist() == [["b", "TSOVISIT", "perhaps"]]


def test_the_commands_print_json(files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    assert main.main(["decide", "exposures.csv", "--rules", "mission", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [row["product"] for row in document["good"]] == ["image", "map", "dark frame", None]
    assert [row["what"] for row in document["rejected"]] == ["e5"]
    assert main.main(["decide", "exposures.csv", "--rules", "mission"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == "name,mode,camera,purpose,product,rules"
    assert "green" in err


def test_a_contract_beside_the_rules_is_a_stage(files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    assert main.main(["validate", "mission/exposures", "exposures.csv", "--rules", "mission"]) == 1
    assert "'green'" in capsys.readouterr().out
    assert main.main(["validate", "mission/exposures", "exposures.csv"]) == 2
    assert main.main(["rules", "check", "mission", "--on", "exposures.csv"]) == 1
    assert "products.csv:5: never-fired" in capsys.readouterr().out


@pytest.mark.parametrize("function", [own_rules.decide, own_rules.encode, own_rules.decode])
def test_a_column_one_letter_off_is_refused_by_its_name(mission, function):
    frame = pd.DataFrame([["a", "sky", "red", "raw"]], columns=["name", "mode", "camara", "product"])
    with pytest.raises(SourceError, match="'camara' is one letter from camera, which is not there: rename it"):
        function(mission, frame)
