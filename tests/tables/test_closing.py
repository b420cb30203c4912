"""A row of an overlay that repeats a shipped row, with ``until``, closes it: as if the shipped file said so."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import tables
from scrub.tables import locate, rule_files, ruleset
from scrub.tables.closing import close_rows
from scrub.tables.lint.check import check
from scrub.tables.rows import read_frame
from scrub.tables.rule_files import Sheet
from tests.rulesets import copy_shipped

SHEETS = rule_files.load(locate.locate("jwst"))
DATED = [sheet.name for sheet in SHEETS if "until" in sheet.rows and sheet.name in locate.locate("jwst").tables]
DROPPED = ["rule", "since", "until", "source", "note", "layer"]
COLUMNS = ["a", "b", "group", "since", "until"]
DATES = st.sampled_from([("", ""), ("", "2"), ("2", ""), ("2", "3"), ("", "3")])
ROWS = st.lists(st.tuples(st.sampled_from("xy"), st.just("*"), st.sampled_from("pq"), DATES, st.sampled_from([0, 1])))


def write(folder: Path, table: str, *rows: str) -> Path:
    """Write a table of an overlay, with the header of the shipped one; return the folder."""
    folder.mkdir(exist_ok=True)
    sheet = next(sheet for sheet in SHEETS if sheet.name == table)
    (folder / f"{table}.csv").write_text("\n".join([",".join(rule_files.columns(sheet.declaration)), *rows]) + "\n")
    return folder


def at(sheets: list[Sheet], name: str, edition: str) -> list[tuple[str, ...]]:
    """What the rows of a table say at an edition, whatever file they are in."""
    rows = ruleset.build("jwst", sheets, edition).rules[name].rows
    return sorted(rows.drop(columns=[c for c in DROPPED if c in rows]).itertuples(index=False, name=None))


@pytest.mark.slow
@pytest.mark.parametrize("name", DATED)
def test_a_closing_row_does_what_its_until_in_the_shipped_file_would(tmp_path, name):
    sheet = next(sheet for sheet in SHEETS if sheet.name == name)
    position = next(i for i, until in enumerate(sheet.rows["until"]) if not until)
    row = sheet.rows.iloc[position]
    end = {"": "2", "2": "3"}.get(row["since"], "")
    closed = sheet.rows.assign(until=sheet.rows["until"].mask(sheet.rows.index == position, end))
    oracle = [s._replace(cells=read_frame(closed)) if s.name == name else s for s in SHEETS]
    cells = [*(f'"{row[c]}"' for c in rule_files.columns(sheet.declaration)[:-3]), end, "a page", ""]
    sheets = rule_files.load(locate.locate(write(tmp_path / "mine", name, ",".join(cells))))
    for edition in "123":
        assert at(sheets, name, edition) == at(oracle, name, edition)
    assert at(sheets, name, end) != at(SHEETS, name, end)


def test_a_closed_code_is_no_code(tmp_path):
    folder = write(tmp_path / "mine", "encodings", "filter,F070W,3,,3,a page,")
    words = {
        e: set(tables.read(folder, edition=e)["encodings"].rows.query("column == 'filter'")["value"]) for e in "23"
    }
    assert [("F070W" in words[e], "F090W" in words[e]) for e in "23"] == [(True, True), (False, True)]


def test_a_closed_row_of_a_decision_table_leaves_a_gap_unless_another_answers(tmp_path):
    shipped = next(sheet for sheet in SHEETS if sheet.name == "visit_types").rows.iloc[0]
    row = ",".join([*(str(cell) for cell in shipped.drop(["since", "until", "source", "note", "rule"])), "", "3"])
    (finding,) = [f for f in check(write(tmp_path / "mine", "visit_types", f"{row},a page,")) if f.kind == "gap"]
    assert shipped["visitype"] in finding.case
    assert finding.case.endswith("(edition 3)")


def test_a_row_with_another_answer_closes_nothing(tmp_path):
    folder = write(tmp_path / "mine", "encodings", "filter,F070W,99,,3,a page,")
    codes = [tables.read(folder, edition=e)["encodings"].rows.query("value == 'F070W'")["code"].tolist() for e in "23"]
    assert codes == [["99"], ["3"]]


def test_an_until_that_is_no_edition_is_found_in_the_overlay_alone(tmp_path):
    folder = write(tmp_path / "mine", "encodings", "filter,F070W,3,,7,a page,")
    assert [(f.kind, Path(f.file).parent.name, f.line) for f in check(folder)] == [("edition", "mine", 2)]


def test_editions_that_cannot_be_read_close_nothing_and_are_found(tmp_path):
    folder = write(tmp_path / "mine", "encodings", "filter,F070W,3,,x,a page,")
    (folder / "editions.csv").write_text("edition,released,source,note\nx,,a page,\n")
    assert "not an edition" in " ".join(f.case for f in check(folder))


def test_a_rule_set_without_an_overlay_is_as_its_files_are(tmp_path):
    rows = SHEETS[0].rows
    assert close_rows(rows, ["1", "2", "3"]) is rows
    assert check(copy_shipped(tmp_path, "jwst")) == []


@given(ROWS)
def test_a_row_ends_where_the_first_row_that_closes_it_says(rows):
    frame = pd.DataFrame([(a, b, g, *dates) for a, b, g, dates, _ in rows], columns=COLUMNS).assign(
        layer=[layer for *_, layer in rows], rule=[f"t.csv:{i}" for i in range(len(rows))]
    )
    before = frame.copy()
    closed = close_rows(frame, ["1", "2", "3"])
    assert frame.equals(before)
    ends = {"": "9"}
    for number, (a, b, group, (since, until), layer) in enumerate(rows):
        others = [
            end for x, y, g, (start, end), above in rows if above and end and (x, y, g, start) == (a, b, group, since)
        ]
        wanted = until if layer else min([until, *others], key=lambda end: ends.get(end, end))
        assert closed["until"].iloc[number] == wanted
