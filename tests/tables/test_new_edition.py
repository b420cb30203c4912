"""New editions: earlier answers stay, the new one answers as the one before until a copy is edited."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import tables
from scrub.cli import main
from scrub.files.shipped import find
from scrub.tables import fmt, locate, new_edition, rule_files
from scrub.tables.findings import RuleError
from scrub.tables.lint import check
from scrub.tables.locate import NoSuchRulesError
from tests.profiles import times
from tests.rulesets import copy_shipped

NAMES = ("groups", "product_names", "exposure_types", "classes", "encodings", "pixel_scales", "targets", "lists")
SHIPPED = tables.read("jwst")
IN_FORCE = [rule for name in NAMES for rule in SHIPPED[name].rows["rule"]]


def said(folder, edition, *, but=()):
    """What each table says at an edition; the order of rows where it matters."""
    rules = tables.read(folder, edition=edition)
    found = {}
    for name, table in rules.tables.items():
        if name not in ("editions", *but):
            cells = table.rows.drop(columns=["since", "until", "rule", "layer"], errors="ignore")
            rows = [tuple(row) for row in cells.itertuples(index=False)]
            found[name] = rows if table.policy == "first" else sorted(rows)
    return found


@cache
def shipped(edition):
    """What the JWST rules that ship say at an edition."""
    return said("jwst", edition)


def put(told):
    for path, text in told.files.items():
        path.write_text(text)


@pytest.fixture
def overlay(tmp_path):
    """A folder with one row of its own, to lie over the shipped tables."""
    (tmp_path / "jwst").mkdir()
    header = "column,value,code,since,until,source,note\n"
    (tmp_path / "jwst" / "encodings.csv").write_text(header + "filter,F555W,52,,,a page,\n")
    return tmp_path / "jwst"


@pytest.mark.slow
@times(0.2)
@given(st.sets(st.sampled_from(IN_FORCE), max_size=4), st.sampled_from(["whole", "overlay", "empty"]))
def test_the_new_edition_answers_as_the_one_before_and_nothing_is_wrong_with_it(rows, kind):
    with tempfile.TemporaryDirectory() as base:
        folder = copy_shipped(Path(base), "jwst") if kind == "whole" else Path(base) / "jwst"
        if kind != "whole":
            folder.mkdir()
        if kind == "overlay":
            shutil.copy(find("rules") / "jwst" / "abbreviations.csv", folder)
        told = new_edition.new_edition(folder, "4", sorted(rows))
        put(told)
        assert [f.case for f in check.check(folder)] == []
        assert said(folder, "4") == shipped("3")
        assert tables.read(folder).edition == "4"
        assert [said(folder, e) for e in "12"] == [shipped(e) for e in "12"]
        assert set(told.copies) == rows
        loaded = {s.name: s.rows for s in rule_files.load(locate.locate(folder))}
        for path, line in told.copies.values():
            frame = loaded[path.stem]
            at = frame[frame["rule"].str.endswith(f"{path.name}:{line}") & (frame["since"] == "4")]
            assert at["until"].tolist() == [""]


@pytest.mark.slow
def test_an_edited_copy_changes_the_new_edition_and_no_other(folder, capsys):
    line = "pixel_scales.csv:9"
    row = SHIPPED["pixel_scales"].rows.set_index("rule").loc[line]
    assert (row["instrume"], row["scale"]) == ("NIRSPEC", "0.12")
    argv = [
        "rules",
        "new-edition",
        str(folder),
        "4",
        line,
        "--released",
        "2026-09",
        "--source",
        "a page",
        "--note",
        "N",
    ]
    assert main.main(argv) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        f"{folder / 'editions.csv'} written",
        f"{folder / 'pixel_scales.csv'} written",
        f"{folder / 'pixel_scales.csv'}:10: edit this copy of {line}",
    ]
    path = folder / "pixel_scales.csv"
    lines = path.read_text().splitlines()
    assert [lines[8][:37], lines[9][:37]] == [
        "NIRSPEC,*,*,0.12,2048,2048,,4,spaceki",
        "NIRSPEC,*,*,0.12,2048,2048,4,,a page,",
    ]
    assert (folder / "editions.csv").read_text().splitlines()[-1] == "4,2026-09,a page,N"
    before = (find("rules") / "jwst" / "pixel_scales.csv").read_text().splitlines()
    assert [*lines[:8], *lines[10:]] == [*before[:8], *before[9:]]
    path.write_text("\n".join([*lines[:9], lines[9].replace("0.12", "0.10"), *lines[10:], ""]))
    assert check.check(folder) == []
    assert [said(folder, e) for e in "123"] == [said("jwst", e) for e in "123"]
    assert tables.read(folder)["pixel_scales"].rows.query("instrume == 'NIRSPEC'")["scale"].tolist() == ["0.10"]
    assert all(file.new == file.old for file in fmt.format_folder(folder))


@pytest.mark.slow
def test_an_overlay_gets_the_copy_of_a_shipped_row_and_an_editions_table_of_its_own(overlay):
    assert main.main(["rules", "new-edition", str(overlay), "4", "groups.csv:5", "jwst/encodings.csv:2"]) == 0
    assert (overlay / "editions.csv").read_text() == ("edition,released,source,note\n4,,skyscrub rules/README.md,\n")
    header, copy = (overlay / "groups.csv").read_text().splitlines()
    assert header == (find("rules") / "jwst" / "groups.csv").read_text().splitlines()[0]
    assert copy == "fgs,false,,flat,4,,spacekit 1.1.4 preprocessor/transform.py,Guiders: no offsets"
    assert (overlay / "encodings.csv").read_text().splitlines()[1:] == [
        "filter,F555W,52,,4,a page,",
        "filter,F555W,52,4,,a page,",
    ]
    (overlay / "groups.csv").write_text(f"{header}\n{copy.replace('flat', 'sky')}\n")
    assert check.check(overlay) == []
    shapes = {e: tables.read(overlay, edition=e)["groups"].column("footprint")["fgs"] for e in "34"}
    assert shapes == {"3": "flat", "4": "sky"}
    assert (find("rules") / "jwst" / "groups.csv").read_text().count("sky") == 0


@pytest.mark.parametrize("how", ["{0}/groups.csv:5", "groups.csv:5", "here"])
def test_a_row_may_be_told_with_the_path_of_its_file(folder, monkeypatch, how):
    if how == "here":
        monkeypatch.chdir(folder.parent)
    told = new_edition.new_edition(folder, "4", ["jwst/groups.csv:5" if how == "here" else how.format(folder)])
    assert list(told.copies.values()) == [(folder.resolve() / "groups.csv", 6)]


WRONG = {
    "not newer": ("3", [], RuleError, "edition 3 is not newer than 3, the newest of 1, 2, 3"),
    "older by value": ("2.9", [], RuleError, "edition 2.9 is not newer"),
    "no number": ("next", [], RuleError, "editions.csv:1: contract: edition: 'next' is not an edition"),
    "closed": ("4", ["product_names.csv:9"], RuleError, "product_names.csv:9: closed already, until 2"),
    "no such line": ("4", ["groups.csv:9"], RuleError, "no row groups.csv:9: .*groups.csv has none at that line"),
    "the header": ("4", ["groups.csv:1"], RuleError, "no row groups.csv:1"),
    "no such table": ("4", ["group.csv:2"], RuleError, "no row 'group.csv:2': name it as findings do"),
    "no row": ("4", ["groups"], RuleError, "no row 'groups'"),
    "of every edition": ("4", ["editions.csv:2"], RuleError, "rows of editions are in every edition"),
}  # fmt: skip


@pytest.mark.parametrize(("edition", "rows", "kind", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(folder, capsys, edition, rows, kind, message):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(kind, match=message):
        new_edition.new_edition(folder, edition, ["groups.csv:2", *rows])
    assert main.main(["rules", "new-edition", str(folder), edition, *rows]) == 3
    assert capsys.readouterr().out == ""
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_date_before_the_last_release_or_of_no_form_is_refused(folder):
    with pytest.raises(RuleError, match="4 was released 2020-01, edition 3 only 2026-02"):
        new_edition.new_edition(folder, "4", released="2020-01")
    with pytest.raises(RuleError, match="contract: released"):
        new_edition.new_edition(folder, "4", released="January")


def test_a_row_that_an_overlay_covers_is_not_in_force(overlay):
    (overlay / "groups.csv").write_text(
        "group,offsets,fiducial,footprint,since,until,source,note\nfgs,false,,sky,,,a page,\n"
    )
    with pytest.raises(RuleError, match="groups.csv:5: not in force at edition 3"):
        new_edition.new_edition(overlay, "4", ["groups.csv:5"])
    told = new_edition.new_edition(overlay, "4", ["jwst/groups.csv:2"])
    assert told.files[overlay / "groups.csv"].splitlines()[1:] == [
        "fgs,false,,sky,,4,a page,",
        "fgs,false,,sky,4,,a page,",
    ]


@pytest.mark.parametrize("raw", [b"group,offsets\n", b"\xff"])
def test_a_table_that_cannot_be_read_is_refused(folder, raw):
    (folder / "groups.csv").write_bytes(raw)
    with pytest.raises(RuleError, match="groups.csv:1: (file|damage): "):
        new_edition.new_edition(folder, "4", ["encodings.csv:2"])


def test_an_overlay_is_not_completed(folder):
    (folder / "groups.csv").unlink()
    with pytest.raises(RuleError, match="would have every table, and lie over jwst no more") as refused:
        new_edition.new_edition(folder, "4", ["groups.csv:5"])
    assert str(refused.value).startswith(str(folder.resolve()))
    assert "groups.csv" not in [path.name for path in new_edition.new_edition(folder, "4").files]


def test_shipped_tables_are_not_written(folder, tmp_path, monkeypatch, capsys):
    assert main.main(["rules", "new-edition", "jwst", "4"]) == 2
    assert "jwst is the rule set that ships, and is not written: name a folder" in capsys.readouterr().err
    with pytest.raises(NoSuchRulesError, match="no folder of tables"):
        new_edition.new_edition(tmp_path / "nowhere", "4")
    shutil.copytree(find("rules") / "hst_cal", tmp_path / "hst_cal")
    with pytest.raises(NoSuchRulesError, match="several rule sets, name one: hst_cal, jwst"):
        new_edition.new_edition(tmp_path, "4")
    monkeypatch.setattr(fmt, "find", lambda name: tmp_path)
    with pytest.raises(NoSuchRulesError, match="part of the installed package"):
        new_edition.new_edition(folder, "4")


def test_a_folder_here_that_is_named_like_a_rule_set_can_be_meant(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert main.main(["rules", "new-edition", "./jwst", "4"]) == 0
    assert (folder / "editions.csv").read_text().splitlines()[-1].startswith("4,")


@pytest.mark.slow
def test_rows_of_the_rule_set_that_one_is_like_are_changed_by_an_overlay_only(tmp_path):
    row = rule_files.load(locate.locate("jwst_dms"))
    (borrowed,) = (s.rows["rule"].iloc[0] for s in row if s.name == "abbreviations")
    assert borrowed.startswith("jwst/abbreviations.csv:")
    copy = shutil.copytree(find("rules") / "jwst_dms", tmp_path / "whole" / "jwst_dms")
    with pytest.raises(RuleError, match=f"{borrowed}: a row of the rule set that jwst_dms is like"):
        new_edition.new_edition(copy, "9", [borrowed])
    told = new_edition.new_edition(copy, "9", ["roles.csv:2", "lists.csv:2"])
    assert [len(text.splitlines()) for text in told.files.values()] == [
        len((copy / path.name).read_text().splitlines()) + 1 for path in told.files
    ]
    put(told)
    assert check.check(copy) == []
    assert said(copy, "9") == said("jwst_dms", "3.2")
    overlay = tmp_path / "jwst_dms"
    overlay.mkdir()
    put(new_edition.new_edition(overlay, "9", [borrowed, str(find("rules") / "jwst_dms" / "roles.csv:3")]))
    assert check.check(overlay) == []
    assert said(overlay, "9") == said("jwst_dms", "3.2")
    assert sorted(path.name for path in overlay.iterdir()) == ["abbreviations.csv", "editions.csv", "roles.csv"]


def test_an_edition_that_is_begun_takes_more_rows_until_it_is_released(overlay):
    put(new_edition.new_edition(overlay, "4", ["groups.csv:5"]))
    more = new_edition.new_edition(overlay, "4", ["groups.csv:2"], released="2026-12")
    put(more)
    assert (overlay / "editions.csv").read_text().splitlines()[1:] == ["4,2026-12,skyscrub rules/README.md,"]
    assert len((overlay / "groups.csv").read_text().splitlines()) == 3
    assert check.check(overlay) == []
    with pytest.raises(RuleError, match="edition 4 is not newer than 4"):
        new_edition.new_edition(overlay, "4", ["groups.csv:3"])


def test_a_copy_of_an_edition_that_is_begun_is_not_copied_again(folder):
    put(new_edition.new_edition(folder, "4", ["groups.csv:5"]))
    with pytest.raises(RuleError, match=r"groups.csv:6: begins with edition 4, so no earlier one has it: edit it"):
        new_edition.new_edition(folder, "4", ["groups.csv:6"])
