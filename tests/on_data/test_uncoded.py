"""Words without a code: each is a note, and none keeps a rule set from being used."""

import pytest

from scrub.cli import main
from scrub.on_data.uncoded import find_uncoded
from scrub.tables import locate

LISTS, TYPES = (
    "list,word,since,until,source,note",
    "exp_type,tsovisit,group,naming,element_order,target,since,until,source,note",
)
CODES, NONE = "column,value,code,since,until,source,note", "column,value,since,until,source,note"
WORDS = "instrume,keyword,word,since,until,source,note"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine" / "jwst").mkdir(parents=True)
    return tmp_path / "mine" / "jwst"


def write(folder, **tables):
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("name", locate.sets())
def test_rules_that_ship_have_no_notes(name):
    assert find_uncoded(name, base=name) == []


def test_an_exposure_type_that_makes_products_needs_a_code(folder, capsys):
    types = [TYPES, "NRC_TESTIMAGE,*,image,image,filter_first,own,,,us,"]
    write(folder, lists=[LISTS, "exp_type,NRC_TESTIMAGE,,,us,"], exposure_types=types)
    assert main.main(["rules", "check", "mine"]) == 0
    note = (
        "mine/jwst/lists.csv:2: uncoded: exp_type NRC_TESTIMAGE has no code: give it a row of encodings.csv, "
        "or one of uncoded.csv if it is to have none\n"
    )
    assert capsys.readouterr().out == note
    write(folder, encodings=[CODES, "exp_type,NRC_TESTIMAGE,22,,,us,"])
    assert find_uncoded(folder) == []


def test_an_exposure_type_that_is_left_out_needs_none(folder):
    types = [TYPES, "NRC_TESTIMAGE,*,none,,,,,,us,"]
    write(folder, lists=[LISTS, "exp_type,NRC_TESTIMAGE,,,us,"], exposure_types=types)
    assert find_uncoded(folder) == []
    types = [TYPES, "NRC_TESTIMAGE,false,none,,,,,,us,", "NRC_TESTIMAGE,true,tac,image,filter_first,own,,,us,"]
    write(folder, exposure_types=types)
    assert [finding.line for finding in find_uncoded(folder)] == [2]


def test_a_word_of_an_instrument_is_folded_before_it_needs_a_code(folder):
    words = ["NIRCAM,SUBARRAY,SUB9P", "NIRCAM,SUBARRAY,DHS9", "NIRCAM,FILTER,F555W"]
    write(folder, instrument_words=[WORDS, *(f"{word},,,us," for word in words)])
    notes = find_uncoded(folder)
    assert [(note.line, note.case.split(":")[0]) for note in notes] == [
        (4, "filter F555W has no code"),
        (3, "subarray DHS9 has no code"),
    ]
    assert all(note.is_note for note in notes)
    write(folder, uncoded=[NONE, "filter,F555W,,,us,", "subarray,DHS9,,,us,"])
    assert find_uncoded(folder) == []


def test_notes_wait_for_faults_to_be_mended(folder, capsys):
    write(folder, lists=[LISTS, "exp_type,NRC_TESTIMAGE,,,us,"])
    assert main.main(["rules", "check", "mine"]) == 1
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()] == ["gap"]


def test_a_word_in_another_case_is_a_note(folder, capsys):
    write(folder, encodings=[CODES, "filter,f555w,52,,,us,"])
    assert main.main(["rules", "check", "mine"]) == 0
    assert (
        ": case: value: 'f555w' is in small letters, the other words of filter are in capital ones"
        in capsys.readouterr().out
    )


def test_rules_of_another_observatory_have_no_such_words(tmp_path):
    (tmp_path / "sky").mkdir()
    (tmp_path / "tables.toml").write_text(
        '[sky.editions]\nwhat = "e"\npolicy = "list"\nkey = ["edition"]\nanswers = { released = "" }\n'
    )
    (tmp_path / "sky" / "editions.csv").write_text("edition,released,since,until,source,note\n")
    assert find_uncoded(tmp_path / "sky") == []
