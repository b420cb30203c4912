"""Rule sets: what is refused, and that the message says where; what the fingerprint depends on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from scrub import hst_cal, hst_svm, jwst, tables
from scrub.tables import NoSuchRulesError
from scrub.tables.diff.versions import read as read_version
from scrub.tables.findings import RuleError
from scrub.tables.lint.check import check
from scrub.tables.new_edition import new_edition
from tests.data import FINDINGS, TOP
from tests.rulesets import edit, replace

BROKEN = {
    "gap": ("visit_types", "GENERIC,false,other,,,", "GENERIC,false,other,,2,", r"visit_types.csv:1: gap: no row for visitype=GENERIC"),
    "overlap": ("visit_types", "GENERIC,", "GENERIC|NONE,", r"visit_types.csv:15: (conflict|duplicate): visit_types.csv:2 also matches visitype=NONE"),
    "word not on the list": ("exposure_types", "NRC_IMAGE,false", "NRC_IMAG,false", r"exposure_types.csv:\d+: word: exp_type: 'NRC_IMAG' is not on the list \(nearest: 'NRC_IMAGE'\)"),
    "answer not on the list": ("exposure_types", "NRC_IMAGE,false,image", "NRC_IMAGE,false,images", r"word: group: 'images' is not on the list \(nearest: 'image'\)"),
    "word like no other": ("exposure_types", "NRC_IMAGE,false,image", "NRC_IMAGE,false,xyzzy", r"'xyzzy' is not on the list \(the list: image, spec, tac, fgs, none\)"),
    "blank condition": ("visit_types", "GENERIC,", ",", r"visit_types.csv:2: blank: visitype: a blank cell where a word is required"),
    "blank answer": ("visit_types", "GENERIC,false", "GENERIC,", r"visit_types.csv:2: blank: wfsc: a blank cell"),
    "no source": ("visit_types", "GENERIC,false,other,,,spacekit 1.1.4 preprocessor/scrub.py fake_target_ids; stdatamodels 6.0.0 core.schema VISITYPE", "GENERIC,false,other,,,", r"visit_types.csv:2: source: a blank cell"),
    "unknown edition": ("visit_types", "GENERIC,false,other,,", "GENERIC,false,other,7,", r"visit_types.csv:2: edition: since: '7' is no edition"),
    "two rows of one key": ("encodings", "instr,MIRI,1", "instr,FGS,1", r"encodings.csv:3: conflict: encodings.csv:2 also matches column=instr, value=FGS"),
    "no last *": ("classes", "GRATING,*,other", "GRATING,G*,other", r"classes.csv:1: gap: no row for keyword=GRATING .* the last pattern must be \*"),
    "a code that is no number": ("encodings", "instr,MIRI,1", "instr,MIRI,one", r"encodings.csv:3: contract: code: 'one' is not a whole number"),
    "foreign digits": ("encodings", "instr,MIRI,1", "instr,MIRI,١", r"encodings.csv:3: contract: code: '١' is not a whole number"),
    "a blank code": ("encodings", "instr,MIRI,1", "instr,MIRI,", r"encodings.csv:3: blank: code: a blank cell where a whole number is required"),
    "a pattern for words": ("exposure_types", "NRC_WFSS,", "NRC_WFS?,", r"'NRC_WFS\?' is a pattern, and words are required: write NRC_WFSS\|NRC_WFSC"),
    "a scale that is no number": ("pixel_scales", "0.03", "0,03", r"pixel_scales.csv:2: file: 11 cells; the header has 10"),
    "a torn row": ("groups", "fgs,false", "fgs,,false", r"groups.csv:5: file: 9 cells; the header has 8"),
    "a missing column": ("groups", "group,offsets", "group,offset", r"groups.csv:1: file: the columns are group,offset,"),
    "semicolons": ("groups", ",", ";", r"groups.csv:1: file: the columns are group;offsets"),
    "a byte-order mark": ("groups", "group,offsets", "\ufeffgroup,offsets", r"groups.csv:1: damage: a byte-order mark"),
    "a class on no list": ("classes", "PUPIL,CLEARP,clear", "PUPIL,CLEARP,claer", r"classes.csv:4: word: class: 'claer' is not on the list \(nearest: 'clear'\)"),
    "a part without a row": ("name_parts", "filter,FILTER,-,,,,,,spacekit 1.1.4 preprocessor/scrub.py make_image_product_name,\n", "", r"name_parts.csv:1: gap: no row for part=filter"),
    "a pointing on no list": ("groups", "CRVAL1/CRVAL2", "CRVAL1/CRVL2", r"groups.csv:\d: word: fiducial: 'CRVAL1/CRVL2' is not on the list"),
    "a column on no list": ("features", ",frac,", ",frak,", r"features.csv:\d+: word: column: 'frak' is not on the list"),
    "an open quote": ("groups", "fgs,false", 'fgs,"false', r"groups.csv:\d+: file: unexpected end of data"),
}  # fmt: skip


@pytest.mark.parametrize(("table", "old", "new", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_is_refused_by_file_and_line(folder, table, old, new, message):
    edit(folder, table, old, new)
    with pytest.raises(RuleError, match=message):
        tables.read(folder)


def test_a_table_that_is_not_utf8_is_refused(folder):
    (folder / "groups.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(RuleError, match=r"groups.csv:1: damage: not UTF-8"):
        tables.read(folder)


@pytest.mark.parametrize("which", ["jwst", "."])
def test_a_rule_set_is_a_name_a_folder_or_the_folder_above_it(folder, which):
    assert tables.read(folder.parent / which).fingerprint == tables.read("jwst").fingerprint


def test_own_declarations_stand_beside_own_tables(rule_sets):
    replace(rule_sets / "tables.toml", 'answers = { scale = ""', 'answers = { size = ""')
    with pytest.raises(RuleError, match=r"pixel_scales.csv:1: file: .*expected instrume,exp_type,channel,size,"):
        tables.read(rule_sets / "jwst")


@pytest.mark.parametrize("name", ["jwts", "nowhere/at/all"])
def test_an_unknown_rule_set_names_those_that_there_are(name):
    with pytest.raises(NoSuchRulesError, match="name a folder of tables, or one of .*jwst"):
        tables.read(name)


def test_a_declared_table_must_be_somewhere(rule_sets):
    toml = rule_sets / "tables.toml"
    toml.write_text(toml.read_text() + '\n[jwst.moons]\npolicy = "list"\nkey = ["moon"]\n')
    with pytest.raises(RuleError, match=r"moons.csv:1: file: no such file"):
        tables.read(rule_sets / "jwst")


def test_row_order_means_nothing_where_a_table_says_so(folder):
    for table in ("exposure_types", "product_names", "targets", "encodings", "pixel_scales", "lists"):
        path = folder / f"{table}.csv"
        head, *rows = path.read_text().splitlines()
        path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    shuffled = tables.read(folder)
    assert shuffled.fingerprint == tables.read("jwst").fingerprint
    table = jwst.example(shuffled)
    pd.testing.assert_frame_equal(jwst.run(table, rules=shuffled).products, jwst.run(table).products)


@pytest.mark.slow
def test_the_fingerprint_changes_with_what_the_rules_say_and_only_then(folder):
    before = tables.read(folder).fingerprint
    edit(folder, "groups", "Guiders: no offsets", "Guiders have no offsets")
    assert tables.read(folder).fingerprint == before
    edit(folder, "pixel_scales", "0.069", "0.07")
    assert tables.read(folder).fingerprint != before
    assert len({tables.read("jwst", edition=e).fingerprint for e in (1, 2, 3)}) == 3


def test_an_edition_is_in_force_from_since_up_to_until(folder):
    groups = {
        e: set(tables.read("jwst", edition=e)["exposure_types"].rows.query("exp_type == 'MIR_WFSS'")["group"])
        for e in "123"
    }
    assert groups == {"1": {"none"}, "2": {"spec", "tac"}, "3": {"spec", "tac"}}
    assert tables.version("1.9") < tables.version("1.11")


@pytest.mark.slow
def test_three_steps_add_an_exposure_type(folder, sample):
    """The steps of the README."""
    edit(folder, "lists", "exp_type,NRC_IMAGE,,,", "exp_type,NRC_TESTIMAGE,,,a page,\nexp_type,NRC_IMAGE,,,")
    with pytest.raises(RuleError, match="gap: no row for exp_type=NRC_TESTIMAGE"):
        tables.read(folder)
    edit(
        folder, "exposure_types", "NRC_IMAGE,false", "NRC_TESTIMAGE,*,image,image,image,own,,,a page,\nNRC_IMAGE,false"
    )
    edit(folder, "encodings", "exp_type,MIR_WFSS,21", "exp_type,NRC_TESTIMAGE,22,,,a page,\nexp_type,MIR_WFSS,21")
    table = sample.assign(EXP_TYPE=sample["EXP_TYPE"].replace("NRC_IMAGE", "NRC_TESTIMAGE"))
    answer = jwst.run(table, rules=folder)
    assert answer.rejected.empty
    assert set(answer.features["image"]["exp_type"]) >= {22}
    assert set(jwst.run(table).rejected["value"]) == {"NRC_TESTIMAGE"}


@pytest.mark.slow
def test_use_encoded_value_takes_the_code_that_the_table_states(folder, sample):
    edit(folder, "encodings", "filter,CLEAR,1", "filter,*,99,,,a page,\nfilter,CLEAR,1")
    table = sample.assign(FILTER=sample["FILTER"].where(sample["OBSERVTN"] != "002", "F999X"))
    stated = jwst.run(table, rules=folder, handle_unknown="use_encoded_value")
    assert stated.rejected.empty
    assert 99 in set(stated.features["image"]["filter"])
    assert jwst.run(table, rules=folder).rejected["value"].tolist() == ["F999X"]
    assert jwst.run(table, handle_unknown="use_encoded_value").rejected["value"].tolist() == ["F999X"]


def test_nobody_can_change_what_others_read():
    rows = jwst.read_rules()["groups"].rows
    rows.loc[0, "offsets"] = "HACK"
    assert "HACK" not in set(jwst.read_rules()["groups"].rows["offsets"])


@pytest.mark.slow
def test_the_first_thing_wrong_is_the_same_for_any_hash_seed(rule_sets):
    words = "".join(f"group,{word},,,a page,\n" for word in ("foo", "bar", "baz"))
    edit(rule_sets / "jwst", "lists", "group,image", f"{words}group,image")
    edit(rule_sets / "jwst", "exposure_types", "MIR_IMAGE,false,image", "MIR_IMAGE,false,foo")
    edit(rule_sets / "jwst", "exposure_types", "NRC_IMAGE,false,image", "NRC_IMAGE,false,bar")
    said = set()
    for seed in "1357":
        code = (
            f"from scrub import tables\ntry: tables.read({str(rule_sets / 'jwst')!r})\nexcept ValueError as e: print(e)"
        )
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(TOP)}
        said.add(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True).stdout)
    assert len(said) == 1
    assert "exposure_types.csv:" in said.pop()


TOY = FINDINGS / "toy"


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(TOY, "toy"))


def test_a_rule_set_without_an_edition_says_so(toy):
    whole = toy / "editions.csv"
    whole.write_text(whole.read_text().splitlines(keepends=True)[0])
    assert [str(f) for f in check(toy)] == ["toy/editions.csv:1: gap: no edition"]
    for asked in (lambda: tables.read(toy), lambda: read_version("toy", base="toy"), lambda: new_edition(toy, "3.0")):
        with pytest.raises(RuleError, match=r"^editions\.csv:1: gap: no edition$"):
            asked()


def test_a_rule_set_whose_editions_cannot_be_read_says_why(toy):
    (toy / "editions.csv").write_text("")
    with pytest.raises(RuleError, match=r"^editions\.csv:1: file: the columns are"):
        read_version("toy", base="toy")


def test_rules_are_of_the_edition_that_is_named_or_refused():
    rules = tables.read("jwst", edition=3)
    assert [rules.at(edition) for edition in (None, 3, "3")] == [rules] * 3
    with pytest.raises(ValueError, match="the rules are of edition 3, not 99: name one of the two"):
        rules.at(99)
    for module, own in ((jwst, rules), (hst_cal, hst_cal.read_rules()), (hst_svm, hst_svm.read_rules())):
        with pytest.raises(ValueError, match="not 99"):
            module.run(module.example(own), rules=own, edition=99)
