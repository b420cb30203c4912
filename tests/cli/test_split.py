"""``validate --split`` and ``--replay``: good rows and bad ones are the table, before and after people mend them."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrub.cli import main
from scrub.files.table_files import read_table
from tests.planted import plant

MARKS = ["skyscrub_row", "skyscrub_line", "skyscrub_reasons", "skyscrub_torn"]


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def validate(*words) -> int:
    return main.main(["validate", "jwst/archive", *map(str, words), "-q"])


@pytest.fixture
def night(sample, tmp_path) -> Path:
    """A table with a fault of each kind, a torn line and a cell of two lines."""
    bad, _ = plant(sample)
    bad.loc[2, "TARGNAME"] = "two\nlines"
    bad.to_csv(tmp_path / "night.csv", index=False)
    lines = (tmp_path / "night.csv").read_text().splitlines(keepends=True)
    (tmp_path / "night.csv").write_text("".join([*lines[:20], "torn,line\n", *lines[20:]]))
    return tmp_path / "night.csv"


def test_good_and_bad_rows_are_the_table(night, tmp_path, capsys):
    assert validate(night, "--split", tmp_path / "parts") == 1
    header, *good = rows_of(tmp_path / "parts" / "night.good.csv")
    marks, *bad = rows_of(tmp_path / "parts" / "night.bad.csv")
    assert marks == [*MARKS, *header]
    account = json.loads((tmp_path / "parts" / "night.split.json").read_text())
    table = read_table(night).good.to_numpy().tolist()
    assert (account["rows"], account["good"], account["bad"]) == (len(table) + 1, len(good), len(bad))
    whole = dict(enumerate(table_with_torn(table), start=1))
    for row in bad:
        if not row[3]:
            assert whole.pop(int(row[0])) == row[4:]
            assert row[2]
        else:
            assert (row[3], whole.pop(int(row[0]))) == ("torn,line", None)
    assert list(whole.values()) == good
    lines = night.read_text().split("\n")
    assert all(lines[int(row[1]) - 1].startswith((row[4], "torn")) for row in bad)


def table_with_torn(table: list[list[str]]) -> list[list[str] | None]:
    """The rows of the table of ``night``, with None where its torn line stands: on line 21, of which one is of a cell."""
    return [*table[:18], None, *table[18:]]


def test_rows_that_are_mended_are_good_in_their_place(night, tmp_path, sample, capsys):
    folder = tmp_path / "parts"
    assert validate(night, "--split", folder) == 1
    header, *bad = rows_of(folder / "night.bad.csv")
    clean = dict(zip(sample["exposure"], sample.to_numpy().tolist(), strict=True))
    mended = [[*row[:3], "", *clean[row[4]]] if row[4] in clean else row for row in bad]
    write(folder / "night.bad.csv", [header, *mended[:3], *bad[3:]])
    capsys.readouterr()
    assert main.main(["validate", "jwst/archive", "--replay", str(folder), "--format", "json"]) == 1
    good_file, bad_file = json.loads(capsys.readouterr().out)["files"]
    assert good_file["counts"]["errors"] == 0
    left = rows_of(folder / "night.bad.csv")[1:]
    assert [row[0] for row in left] == [row[0] for row in bad[3:]]
    assert [row[1] for row in left] == [row[1] for row in bad[3:]]
    assert {one["line"] for one in bad_file["findings"]} >= set(range(2, len(left) + 2))
    torn = next(row for row in left if row[3])
    write(
        folder / "night.bad.csv",
        [header, *[row for row in mended[3:] if row[0] != torn[0]], [*torn[:3], "", *clean_row(clean)]],
    )
    assert validate("--replay", folder) == 0
    assert len(rows_of(folder / "night.bad.csv")) == 1
    names = [row[0] for row in rows_of(folder / "night.good.csv")[1:]]
    whole = read_table(night).good["exposure"].tolist()
    assert names == [*whole[:18], "jw09999099001_02101_00001_nis", *whole[18:]]


def clean_row(clean: dict[str, list[str]]) -> list[str]:
    """A row in place of the torn line, with a name of its own."""
    row = next(row for name, row in clean.items() if name.endswith("_nis"))
    return ["jw09999099001_02101_00001_nis", row[1], "099", *row[3:]]


def test_a_mended_row_that_contradicts_a_good_one_makes_both_bad(night, tmp_path, capsys):
    folder = tmp_path / "parts"
    validate(night, "--split", folder)
    good = rows_of(folder / "night.good.csv")
    header, first, *rest = rows_of(folder / "night.bad.csv")
    twin = [*first[:4], *good[1]]
    twin[4 + good[0].index("TARG_DEC")] = "-69.4"
    write(folder / "night.bad.csv", [header, twin, *rest])
    assert validate("--replay", folder) == 1
    names = [row[4] for row in rows_of(folder / "night.bad.csv")[1:]]
    assert names.count(good[1][0]) == 2


REFUSED = {
    "a row is gone": (lambda rows: rows[:-1], "rows were divided, and"),
    "a row is there twice": (lambda rows: [*rows, rows[-1]], "the numbers in skyscrub_row"),
    "a number is none": (lambda rows: [rows[0], ["x", *rows[1][1:]], *rows[2:]], "the numbers in skyscrub_row"),
    "a column is gone": (lambda rows: [row[:-1] for row in rows], "not the columns of"),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_a_part_that_lost_something_is_refused_and_left_alone(night, tmp_path, capsys, change, message):
    folder = tmp_path / "parts"
    validate(night, "--split", folder)
    write(folder / "night.bad.csv", change(rows_of(folder / "night.bad.csv")))
    before = (folder / "night.good.csv").read_bytes(), (folder / "night.bad.csv").read_bytes()
    assert validate("--replay", folder) == 3
    assert message in capsys.readouterr().err
    assert before == ((folder / "night.good.csv").read_bytes(), (folder / "night.bad.csv").read_bytes())


def test_good_rows_that_were_edited_are_refused(night, tmp_path, capsys):
    folder = tmp_path / "parts"
    validate(night, "--split", folder)
    (folder / "night.good.csv").write_text((folder / "night.good.csv").read_text() + "\n")
    assert validate("--replay", folder) == 3
    assert "changed since it was written: mend rows in night.bad.csv only" in capsys.readouterr().err


def test_replay_needs_no_folder_to_write_to(tmp_path, capsys):
    assert validate(tmp_path, "--replay", "--split", tmp_path) == 2
    assert "leave --split out" in capsys.readouterr().err
    assert validate(tmp_path, "--replay") == 3
    assert "nothing was divided into this folder" in capsys.readouterr().err


def test_two_tables_of_one_name_are_not_divided_into_one_folder(night, tmp_path, capsys):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "night.csv").write_bytes(night.read_bytes())
    assert validate(night, tmp_path / "b" / "night.csv", "--split", tmp_path / "parts") == 3
    assert "more than one table is called night" in capsys.readouterr().err
    assert not (tmp_path / "parts").exists()


def test_no_part_replaces_the_table(night, tmp_path, capsys):
    assert validate(night, "--split", tmp_path) == 1
    good = (tmp_path / "night.good.csv").read_bytes()
    assert validate(tmp_path / "night.good.csv", "--split", tmp_path) == 3
    assert "a part of it would replace it" in capsys.readouterr().err
    assert (tmp_path / "night.good.csv").read_bytes() == good


def test_shares_and_strictness_set_the_exit_code(sample, tmp_path, capsys):
    table = sample.assign(GS_MAG=sample["GS_MAG"].where(sample.index != 3, "bright"))
    table.to_csv(tmp_path / "t.csv", index=False)
    assert validate(tmp_path / "t.csv") == 1
    assert validate(tmp_path / "t.csv", "--max-rate", "GS_MAG=0.02") == 0
    assert validate(tmp_path / "t.csv", "--max-rate", "GS_MAG/dtype=0.01") == 1
    assert validate(tmp_path / "t.csv", "--max-rate", "GS_MAGG=0.01") == 2
    warned = sample.assign(PUPIL=sample["PUPIL"].where(sample.index != 0, "WHAT"))
    warned.to_csv(tmp_path / "w.csv", index=False)
    assert validate(tmp_path / "w.csv") == 0
    assert validate(tmp_path / "w.csv", "--strict") == 1


@pytest.mark.slow
@given(st.lists(st.sampled_from(["13", "bright", "99"]), min_size=1, max_size=8))
@settings(max_examples=10)
def test_a_tolerated_row_is_bad_all_the_same_when_a_table_is_divided(sample, tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("night")
    table = sample.head(len(cells)).assign(GS_MAG=cells)
    table.to_csv(folder / "t.csv", index=False)
    assert validate(folder / "t.csv", "--max-rate", "GS_MAG=1", "--split", folder) == 0
    good, bad = (rows_of(folder / f"t.{part}.csv")[1:] for part in ("good", "bad"))
    column = list(table.columns).index("GS_MAG")
    assert [row[column] for row in good] == [cell for cell in cells if cell == "13"]
    assert [row[4 + column] for row in bad] == [cell for cell in cells if cell != "13"]


def test_rows_that_were_mended_are_not_written_over(night, tmp_path, capsys):
    folder = tmp_path / "parts"
    assert validate(night, "--split", folder) == 1
    assert validate(night, "--split", folder) == 1  # nothing was mended: divided anew
    header, *bad = rows_of(folder / "night.bad.csv")
    write(folder / "night.bad.csv", [header, *bad[1:], bad[0]])
    before = (folder / "night.bad.csv").read_bytes()
    capsys.readouterr()
    assert validate(night, "--split", folder) == 3
    message = "night.bad.csv: changed since it was written: judge it with --replay, or name another folder"
    assert message in capsys.readouterr().err
    assert (folder / "night.bad.csv").read_bytes() == before


def test_a_replay_by_another_stage_is_refused(night, tmp_path, capsys):
    folder = tmp_path / "parts"
    assert validate(night, "--split", folder) == 1
    before = {file: file.read_bytes() for file in folder.iterdir()}
    assert main.main(["validate", "jwst/products", str(folder), "--replay"]) == 3
    assert "night was divided by jwst/archive, not by jwst/products" in capsys.readouterr().err
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
