"""Parts: which rows are put together, and which must be."""

from pathlib import Path

import pandas as pd
import pytest

from scrub.files import sorted_runs
from scrub.frames.arrays import make_cells
from scrub.jwst import parts
from tests.strategies import RULES

NAMES = ["jw01018006001_02101_00001_nis", "jw01019006001_02101_00001_nis"]


def write(folder: Path, number: int, *rows: tuple[str, str]) -> sorted_runs.Run:
    programs, names = zip(*rows, strict=True)
    frame = pd.DataFrame({"exposure": make_cells(names)})
    return sorted_runs.write_run(frame, pd.Series(programs), folder / f"run{number}")


def test_programs_with_rows_of_one_name_are_shared(tmp_path):
    first = write(tmp_path, 0, ("1", "a"), ("1", "a"), ("2", "b"), ("3", "c"), ("1", "d"))
    second = write(tmp_path, 1, ("4", "a"), ("3", "b"), ("5", "e"))
    assert parts.find_shared([first]) == set()
    assert parts.find_shared([second]) == set()
    assert parts.find_shared([first, second]) == {("1", "4"), ("2", "3")}


def test_a_plan_has_the_rows_of_each_part(tmp_path):
    first = write(tmp_path, 0, ("1", "a"), ("1", "b"), ("2", "c"), ("3", "d"))
    second = write(tmp_path, 1, ("3", "a"), ("4", "e"))
    apart = parts.plan([first, second], by_name=True, rows=2)
    assert [(part.number, part.programs, part.rows) for part in apart] == [
        (0, ("1",), 2),
        (1, ("2", "3"), 3),
        (2, ("4",), 1),
    ]
    assert [sorted(parts.read_part(part)["exposure"]) for part in apart] == [["a", "b"], ["a", "c", "d"], ["e"]]
    joined = parts.plan([first, second], by_name=False, rows=2)
    assert [(part.number, part.programs, part.rows) for part in joined] == [(0, ("1", "3"), 4), (1, ("2", "4"), 2)]


@pytest.mark.parametrize(
    ("rows", "divided"),
    [
        (4, [("1",), ("2",), ("3",)]),
        (5, [("1", "2"), ("3",)]),
        (8, [("1", "2"), ("3",)]),
        (9, [("1", "2", "3")]),
        (99, [("1", "2", "3")]),
    ],
)
def test_a_part_ends_where_it_has_enough_rows(rows, divided):
    assert parts.divide({"1": 4, "2": 4, "3": 4}, [], rows=rows) == divided
    assert parts.divide({}, [], rows=rows) == []


@pytest.mark.parametrize(
    ("programs", "have"),
    [(["01018", "01019"], True), (["01019", "01018"], False), (["01018", "01018"], False), (["01018", None], False)],
)
def test_names_have_their_programs(programs, have):
    assert parts.have_programs(pd.Series(NAMES), pd.Series(programs)) is have


def test_rows_without_a_program_are_put_by_their_name():
    headers = pd.DataFrame({"exposure": ["a", "b", "a", "c"], "PROGRAM": ["1018", "", "", ""]}, index=[7, 8, 9, 10])
    found = parts.find_programs(RULES, headers)
    numbers = [int(value) % 64 for value in pd.util.hash_array(headers["exposure"].to_numpy(dtype=object))]
    assert found.tolist() == ["01018", *(f"?{number:02d}" for number in numbers[1:])]
    whole = parts.find_programs(RULES, headers.assign(PROGRAM=["1", "22", "333", "4444"]))
    assert (whole.tolist(), whole.index.tolist()) == (["00001", "00022", "00333", "04444"], [0, 1, 2, 3])


@pytest.mark.parametrize(("number", "name"), [(0, "t-000000"), (123, "t-000123"), (1234567, "t-1234567")])
def test_a_part_has_a_file_of_its_number(number, name):
    assert parts.get_path(Path("run"), "t", number) == Path("run") / name
