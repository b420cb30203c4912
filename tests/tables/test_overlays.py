"""Overlays: a folder with only the tables and rows that differ, merged over the rules that ship."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from scrub import diff, jwst, samples, tables
from scrub.files.shipped import find
from scrub.tables import in_force, locate, rule_files
from scrub.tables.lint.check import check
from scrub.tables.rows import OWN
from scrub.tables.rule_files import name_file


@pytest.fixture
def overlay(tmp_path):
    """A writer of overlay tables: name, rows; the header is that of the shipped table."""
    folder = tmp_path / "mine"
    folder.mkdir()

    def write(table: str, *rows: str) -> Path:
        head = (find("rules") / "jwst" / f"{table}.csv").read_text().splitlines()[0]
        (folder / f"{table}.csv").write_text("\n".join([head, *rows]) + "\n")
        return folder

    return write


@pytest.fixture
def changes(shipped):
    """What an overlay changes in the newest edition."""
    return lambda folder: changed(diff.rule_sets(shipped, diff.read(f"{folder}@3")))


def changed(told: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    return list(told[["kind", "case", "now", "new_rule"]].itertuples(index=False, name=None))


@pytest.mark.slow
def test_a_new_row_is_added_and_all_others_ship(overlay, changes):
    folder = overlay("encodings", "filter,F555W,52,,,a page,")
    assert changes(folder) == [("APPEND", "column=filter, value=F555W", "code '52'", "mine/encodings.csv:2")]
    assert check(folder) == []
    assert jwst.run(samples.TABLE, rules=folder).ledger["products"] == jwst.run(samples.TABLE).ledger["products"]


def test_a_row_of_the_same_key_stands_in_place_of_the_shipped_one(overlay, changes):
    folder = overlay("name_parts", "detector,DETECTOR,-det,,,,,,a page,")
    (change,) = changes(folder)
    assert change == ("RENAME", "part=detector", "before '-det'", "mine/name_parts.csv:2")


@pytest.mark.slow
def test_a_row_of_a_decision_table_wins_the_cases_that_it_answers(overlay, changes):
    folder = overlay("pixel_scales", "NIRISS|FGS,NIS_WFSS,*,0.065,2048,2048,,,a page,")
    assert [(kind, case) for kind, case, _, _ in changes(folder)] == [
        ("RENUMBER", "instrume=NIRISS, exp_type=NIS_WFSS"),
        ("RENUMBER", "instrume=FGS, exp_type=NIS_WFSS"),
    ]
    assert check(folder) == []


def test_a_band_stands_for_the_filter_that_a_table_names(overlay):
    overlay("lists", "band_answer,open,,,a page,OPEN")
    rules = jwst.read_rules(overlay("archive_filters", "NI,first,open,,,a page,"))
    headers = jwst.example(rules).assign(FILTER="NI.F200W", PUPIL="F200W")
    assert jwst.exposures(rules, headers)["FILTER"].tolist() == ["OPEN", "OPEN"]
    assert jwst.exposures(jwst.read_rules(), headers)["FILTER"].tolist() == ["CLEAR", "CLEAR"]


def test_two_rows_of_one_overlay_may_not_answer_one_case(overlay):
    folder = overlay("pixel_scales", "NIRISS,*,*,0.065,2048,2048,,,a page,", "*,NIS_WFSS,*,0.07,2048,2048,,,a page,")
    assert [f.kind for f in check(folder)] == ["conflict"]


def test_patterns_of_an_overlay_are_tried_first_and_its_star_in_place_of_the_shipped_one(overlay):
    folder = overlay("abbreviations", "subarray,*,OTHER,,,a page,", "subarray,SUB64*,SUB64,,,a page,")
    told = tables.read(folder)["abbreviations"].rows.query("feature == 'subarray'")
    assert told["pattern"].tolist() == ["SUB64*", "MASK*", "SUB*", "WFSS*", "*"]
    assert told["abbreviation"].tolist()[-1] == "OTHER"


def test_a_row_that_says_what_ships_changes_nothing(overlay, changes):
    shipped = (find("rules") / "jwst" / "pixel_scales.csv").read_text().splitlines()[1:]
    folder = overlay("pixel_scales", *shipped)
    overlay("name_parts", "detector,DETECTOR,-,,,,,,another page,")
    assert changes(folder) == []
    assert tables.read(folder).fingerprint == tables.read("jwst").fingerprint


def test_an_overlay_that_changes_an_answer_changes_the_fingerprint(overlay):
    folder = overlay("pixel_scales", "NIRISS,*,*,0.065,2048,2048,,,a page,")
    assert tables.read(folder).fingerprint != tables.read("jwst").fingerprint


def test_the_rows_of_an_edition_are_merged_at_that_edition(overlay):
    folder = overlay("name_parts", "ch4,,-,,,ch5,,2,a page,")
    texts = [tables.read(folder, edition=e)["name_parts"].column("text")["ch4"] for e in "123"]
    assert texts == ["ch5", "ch4", "ch4"]


@pytest.mark.slow
def test_an_overlay_may_add_an_exposure_type(overlay, sample):
    folder = overlay("lists", "exp_type,NRC_TESTIMAGE,,,a page,")
    (finding,) = check(folder)
    assert (finding.kind, finding.case) == ("gap", "no row for exp_type=NRC_TESTIMAGE, tsovisit=false (2 such cases)")
    overlay("exposure_types", "NRC_TESTIMAGE,*,image,image,image,own,,,a page,")
    overlay("encodings", "exp_type,NRC_TESTIMAGE,22,,,a page,")
    assert check(folder) == []
    table = sample.assign(EXP_TYPE=sample["EXP_TYPE"].replace("NRC_IMAGE", "NRC_TESTIMAGE"))
    answer = jwst.run(table, rules=folder)
    assert answer.rejected.empty
    assert 22 in set(answer.features["image"]["exp_type"])


def test_a_misnamed_table_is_told(overlay):
    folder = overlay("encodings", "filter,F555W,52,,,a page,")
    (folder / "encodings.csv").rename(folder / "encoding.csv")
    (finding,) = check(folder)
    assert (finding.kind, finding.case) == ("file", "no table of jwst has this name (nearest: encodings.csv)")


def test_a_folder_with_declarations_of_its_own_is_no_overlay(rule_sets):
    (rule_sets / "jwst" / "groups.csv").unlink()
    (finding,) = [f for f in check(rule_sets / "jwst") if f.kind == "file"]
    assert (Path(finding.file).name, finding.case.partition(";")[0]) == ("groups.csv", "no such file")


@pytest.mark.slow
def test_a_folder_named_like_a_rule_set_is_a_version_of_it(tmp_path):
    folder = tmp_path / "jwst_dms"
    folder.mkdir()
    theirs = (find("rules") / "jwst_dms" / "needs.csv").read_text()
    (folder / "needs.csv").write_text(theirs.replace("pair,science,2", "pair,science,3"))
    rules = tables.read(folder)
    assert rules["needs"].column("least").to_dict() == {"psf": "1", "pair": "3"}
    assert rules["targets"].rows.equals(tables.read("jwst_dms")["targets"].rows)


def test_a_table_that_is_not_there_is_that_of_the_shipped_set(folder):
    (folder / "groups.csv").unlink()
    assert tables.read(folder).fingerprint == tables.read("jwst").fingerprint


def test_tables_are_those_of_jwst_where_the_set_has_none_of_its_own():
    ours, theirs = tables.read("jwst_dms", edition="3.0"), tables.read("jwst")
    for name in ("encodings", "pixel_scales", "features"):
        own, other = (rules[name].rows.drop(columns=["since", "until", "rule"]) for rules in (ours, theirs))
        assert own.equals(other)
        assert ours[name].rows["rule"].tolist() == [f"jwst/{rule}" for rule in theirs[name].rows["rule"]]
    assert set(theirs.lists["keyword"]) < set(ours.lists["keyword"])
    assert ours["keywords"].rows["keyword"].is_unique


def test_rows_of_a_set_that_another_is_like_are_its_newest_and_count_from_its_first():
    encodings = tables.read("jwst_dms", edition="1.11")["encodings"].rows
    added = encodings.query("column == 'exp_type' and value == 'MIR_WFSS'")  # since edition 2 of jwst
    assert added[["since", "until"]].to_numpy().tolist() == [["", ""]]


def test_rows_of_a_table_that_only_the_overlay_has_are_its_own(tmp_path, toy):
    mine = tmp_path / "mine" / "toy"
    mine.mkdir(parents=True)
    (toy / "codes.csv").rename(mine / "codes.csv")
    location = locate.locate(toy)._replace(folders=(toy, mine))
    (codes,) = [sheet for sheet in rule_files.load(location) if sheet.name == "codes"]
    assert set(codes.rows[OWN]) == {1}
    (scales,) = [sheet for sheet in rule_files.load(location) if sheet.name == "scales"]
    assert set(scales.rows[OWN]) == {0}


def test_a_folder_above_several_rule_sets_is_none_of_them(tmp_path):
    for name in ("jwst", "hst_cal"):
        (tmp_path / "mine" / name).mkdir(parents=True)
        (tmp_path / "mine" / name / "encodings.csv").write_text("column,value,code,since,until,source,note\n")
    assert locate.locate(tmp_path / "mine", "jwst").folders[-1].name == "jwst"
    with pytest.raises(locate.NoSuchRulesError, match="no rule set"):
        locate.locate(tmp_path / "mine", "hst_svm")
    (tmp_path / "mine" / "jwst" / "encodings.csv").unlink()
    assert locate.locate(tmp_path / "mine", "hst_svm").folders[-1].name == "hst_cal"


def test_a_file_is_named_by_its_folder_and_the_one_above_it_where_that_is_named_like_the_shipped_set(tmp_path):
    shipped = Path("rules") / "jwst"
    for folder, name in ((tmp_path / "mine" / "jwst", "mine/jwst/groups.csv"), (tmp_path / "own", "own/groups.csv")):
        assert name_file([shipped, folder], folder / "groups.csv") == name
    assert name_file([shipped, tmp_path / "own"], shipped / "groups.csv") == "groups.csv"


def test_an_overlay_of_a_set_that_is_like_another_takes_the_others_version_beside_it(tmp_path):
    shutil.copytree(find("rules") / "jwst", tmp_path / "jwst")
    (tmp_path / "jwst_dms").mkdir()
    (tmp_path / "jwst_dms" / "lists.csv").write_text("list,word,since,until,source,note\n")
    like = locate.locate(tmp_path / "jwst_dms").like
    assert like is not None
    assert like.folder == tmp_path / "jwst"


def test_the_common_tables_can_be_looked_at_alone(tmp_path):
    shutil.copytree(find("rules") / "common", tmp_path / "common")
    assert locate.locate(tmp_path / "common", "common").base == "common"


def test_a_set_that_is_like_one_that_is_like_a_third_has_the_tables_of_both_but_those_it_leaves_out():
    level2, level3, trained = (tables.read(name) for name in ("jwst_dms2", "jwst_dms", "jwst"))
    dates = ["since", "until", "rule"]
    for name, other in (("illumination", level3), ("features", trained)):
        assert level2[name].rows.drop(columns=dates).equals(other[name].rows.drop(columns=dates))
    assert level2["features"].rows["rule"].str.startswith("jwst/").all()
    assert {"series", "dispersers"} & set(level2.tables) == set()
    assert {"series", "dispersers"} <= set(level3.tables)
    words = {(row["list"], row["word"]) for row in level2["lists"].records()}
    assert {("ending", "rateints"), ("illumination", "lit"), ("exp_type", "NRC_IMAGE")} <= words


@pytest.mark.parametrize(("new_first", "order"), [(False, "a b c x y z"), (True, "x y z a b c")])
def test_rows_of_new_keys_stand_together_at_one_end(new_first, order):
    below, own = pd.DataFrame({"k": list("abc")}), pd.DataFrame({"k": list("xyz")})
    assert in_force._replace_rows(below, own, ["k"], new_first=new_first)["k"].tolist() == order.split()
