"""Rule tables: what is refused, and that the message says where."""

import re
import shutil

import pandas as pd
import pytest

from scrub import jwst, tables
from scrub.contracts import contracts
from scrub.files.shipped import find
from scrub.tables import NoSuchRulesError
from scrub.tables.findings import RuleError


@pytest.fixture
def folder(tmp_path):
    """A rule set of one's own: a copy of the shipped one."""
    shutil.copytree(find("rules") / "jwst", tmp_path / "jwst")
    return tmp_path / "jwst"


def edit(folder, table, old, new, count=1):
    path = folder / f"{table}.csv"
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, count).encode())


BROKEN = {
    "gap": ("visit_types", "GENERIC,false,other,,,", "GENERIC,false,other,,2,", r"visit_types.csv:1: gap: no row for visitype=GENERIC"),
    "overlap": ("visit_types", "GENERIC,", "GENERIC|NONE,", r"visit_types.csv:15: (conflict|duplicate): visit_types.csv:2 answers visitype=NONE, too"),
    "word not on the list": ("exposure_types", "NRC_IMAGE,false", "NRC_IMAG,false", r"exposure_types.csv:\d+: word: exp_type: 'NRC_IMAG' is not on the list \(nearest: 'NRC_IMAGE'\)"),
    "answer not on the list": ("exposure_types", "NRC_IMAGE,false,image", "NRC_IMAGE,false,images", r"word: group: 'images' is not on the list \(nearest: 'image'\)"),
    "word like no other": ("exposure_types", "NRC_IMAGE,false,image", "NRC_IMAGE,false,xyzzy", r"'xyzzy' is not on the list \(the list: image, spec, tac, fgs, none\)"),
    "blank condition": ("visit_types", "GENERIC,", ",", r"visit_types.csv:2: blank: visitype: a blank cell where a word must stand"),
    "blank answer": ("visit_types", "GENERIC,false", "GENERIC,", r"visit_types.csv:2: blank: wfsc: a blank cell"),
    "no source": ("visit_types", "GENERIC,false,other,,,spacekit 1.1.4 preprocessor/scrub.py fake_target_ids", "GENERIC,false,other,,,", r"visit_types.csv:2: source: a blank cell"),
    "unknown edition": ("visit_types", "GENERIC,false,other,,", "GENERIC,false,other,7,", r"visit_types.csv:2: edition: since: '7' is no edition"),
    "two rows of one key": ("encodings", "instr,MIRI,1", "instr,FGS,1", r"encodings.csv:3: conflict: encodings.csv:2 answers column=instr, value=FGS, too"),
    "no last *": ("classes", "GRATING,*,other", "GRATING,G*,other", r"classes.csv:1: gap: no row for keyword=GRATING .* the last pattern must be \*"),
    "a code that is no number": ("encodings", "instr,MIRI,1", "instr,MIRI,one", r"encodings.csv:3: contract: code: not of the form .*: 'one'"),
    "foreign digits": ("encodings", "instr,MIRI,1", "instr,MIRI,١", r"encodings.csv:3: contract: code: not of the form"),
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


def test_a_table_that_is_not_there_is_that_of_the_shipped_set(folder):
    (folder / "groups.csv").unlink()
    assert tables.read(folder).fingerprint == tables.read("jwst").fingerprint


@pytest.mark.parametrize("which", ["jwst", "."])
def test_a_rule_set_is_a_name_a_folder_or_the_folder_above_it(folder, which):
    assert tables.read(folder.parent / which).fingerprint == tables.read("jwst").fingerprint


def test_own_declarations_stand_beside_own_tables(folder):
    text = (find("rules") / "tables.toml").read_text()
    (folder.parent / "tables.toml").write_text(text.replace('answers = { code = "" }', 'answers = { number = "" }'))
    with pytest.raises(RuleError, match=r"encodings.csv:1: file: .*expected column,value,number"):
        tables.read(folder)


@pytest.mark.parametrize("name", ["jwts", "nowhere/at/all"])
def test_an_unknown_rule_set_names_those_that_there_are(name):
    with pytest.raises(NoSuchRulesError, match="it is a folder of tables, or one of .*jwst"):
        tables.read(name)


def test_a_declared_table_must_be_somewhere(folder):
    text = (find("rules") / "tables.toml").read_text()
    (folder.parent / "tables.toml").write_text(text + '\n[jwst.moons]\npolicy = "list"\nkey = ["moon"]\n')
    with pytest.raises(RuleError, match=r"moons.csv:1: file: no such file"):
        tables.read(folder)


def test_row_order_means_nothing_where_a_table_says_so(folder):
    for table in ("exposure_types", "product_names", "targets", "encodings", "pixel_scales", "lists"):
        path = folder / f"{table}.csv"
        head, *rows = path.read_text().splitlines()
        path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    shuffled = tables.read(folder)
    assert shuffled.fingerprint == tables.read("jwst").fingerprint
    table = jwst.example(shuffled)
    pd.testing.assert_frame_equal(jwst.run(table, rules=shuffled).products, jwst.run(table).products)


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
    assert groups == {"1": {"none"}, "2": {"none"}, "3": {"spec", "tac"}}
    assert tables.version("1.9") < tables.version("1.11")


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


def test_use_encoded_value_takes_the_code_that_the_table_states(folder, sample):
    edit(folder, "encodings", "filter,CLEAR,1", "filter,*,99,,,a page,\nfilter,CLEAR,1")
    table = sample.assign(FILTER=sample["FILTER"].where(sample["OBSERVTN"] != "002", "F999X"))
    stated = jwst.run(table, rules=folder, handle_unknown="use_encoded_value")
    assert stated.rejected.empty
    assert 99 in set(stated.features["image"]["filter"])
    assert jwst.run(table, rules=folder).rejected["value"].tolist() == ["F999X"]
    assert jwst.run(table, handle_unknown="use_encoded_value").rejected["value"].tolist() == ["F999X"]


# ---- contracts

GOOD = "title: T\ncolumns:\n  a:\n    dtype: str\n    unit: deg\n    checks:\n      isin: [x]\n"
MISSPELT = {
    "a key of the table": (GOOD + "colums: {}\n", "own.yaml: unknown key 'colums'"),
    "a key of a column": (GOOD.replace("unit", "units"), "own.yaml: a: unknown key 'units'"),
    "a check": (GOOD.replace("isin", "is_in"), "own.yaml: a: checks: unknown key 'is_in'"),
    "a flat check": (GOOD.replace("    checks:\n      isin: [x]\n", "    isin: [x]\n"), "own.yaml: a: unknown key 'isin'"),
    "an argument of a check": (GOOD.replace("isin: [x]", "in_range: {min: 0}"), "own.yaml: .*min"),
    "a list": (GOOD.replace("unit: deg", "list: exp_typ"), "own.yaml: a: list: no list 'exp_typ'"),
    "a column without keys": ("columns:\n  a:\n", "own.yaml: a: expected keys, found None"),
    "no YAML": ("a: [", "own.yaml"),
    "code": ("columns: !!python/object/apply:os.getcwd []\n", "own.yaml"),
}  # fmt: skip


@pytest.fixture
def own_contract(tmp_path, monkeypatch):
    monkeypatch.setattr(contracts, "find", lambda name: tmp_path)
    contracts._read.cache_clear()
    yield lambda text: (tmp_path / "own.yaml").write_text(text)
    contracts._read.cache_clear()


@pytest.mark.parametrize(("text", "message"), MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_contract_is_refused_by_file_and_key(own_contract, text, message):
    own_contract(text)
    with pytest.raises(contracts.ContractError, match=message):
        contracts.read("own")


def test_a_good_contract_is_read_with_its_units(own_contract):
    own_contract(GOOD)
    contract = contracts.read("own")
    assert contract.units == {"a": "deg"}
    frame = pd.DataFrame({"a": ["x", "y", None]}, index=[5, 5, 5])
    good, rejected = contracts.split(contract, frame)
    assert good["a"].tolist() == ["x"]
    assert rejected[["what", "reason", "column", "value"]].to_numpy().tolist() == [
        ["y", "not on the list", "a", "y"], ["", "missing", "a", ""],
    ]  # fmt: skip
    with pytest.raises(
        contracts.ContractError, match="own: 2 rows break the contract; the first is y: a not on the list"
    ):
        contracts.check(contract, frame)
    with pytest.raises(contracts.ContractError, match="own: column a: no such column"):
        contracts.split(contract, pd.DataFrame())
    told = contracts.split(contract, pd.DataFrame({"a": [1]})).rejected
    assert told["reason"].str.startswith("not of the type str").tolist() == [True]
    with pytest.raises(contracts.ContractError, match="own: column b: unknown column"):
        contracts.split(contract, pd.DataFrame({"a": ["x"], "b": [1]}))


def test_every_contract_can_be_used_without_this_project():
    import pandera.io.pandas_io as pandera_io

    files = sorted((find("schemas") / "jwst").glob("*.yaml"))
    assert len(files) == 5
    for file in files:
        schema = pandera_io.from_yaml(file)
        assert all(column.description for column in schema.columns.values()), file


def test_a_step_called_on_its_own_raises_on_a_bad_row(rules):
    headers = jwst.example(rules)
    bad = headers.assign(EXP_TYPE=["NIS_IMAGE", "NIS_IMAG"])
    with pytest.raises(contracts.ContractError, match="EXP_TYPE not on the list: 'NIS_IMAG'") as caught:
        jwst.exposures(rules, bad)
    assert caught.value.rejected["value"].tolist() == ["NIS_IMAG"]
    with pytest.raises(contracts.ContractError, match="jwst/exposures"):
        jwst.group(rules, bad)


def test_the_ledger_must_add_up():
    from scrub.contracts import ledger

    with pytest.raises(AssertionError, match="the ledger does not close: products: in is 2, the rest 1"):
        ledger.closed({"products": {"in": 2, "features": 1, "rejected": 0}})


def test_nothing_is_found_outside_a_package_or_a_checkout(tmp_path, monkeypatch):
    from scrub.files import shipped

    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "scrub")
    with pytest.raises(FileNotFoundError, match="no folder 'rules'"):
        shipped.find("rules")
    (tmp_path / "rules").mkdir()
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path))):
        shipped.find("rules")
    (tmp_path / "pyproject.toml").touch()
    assert shipped.find("rules") == tmp_path / "rules"
    (tmp_path / "scrub" / "rules").mkdir(parents=True)
    assert shipped.find("rules") == tmp_path / "scrub" / "rules"


def test_a_folder_named_like_a_rule_set_is_a_version_of_it(tmp_path):
    folder = tmp_path / "jwst_dms"
    folder.mkdir()
    theirs = (find("rules") / "jwst_dms" / "needs.csv").read_text()
    (folder / "needs.csv").write_text(theirs.replace("pair,science,2", "pair,science,3"))
    rules = tables.read(folder)
    assert rules["needs"].column("least").to_dict() == {"psf": "1", "pair": "3"}
    assert rules["targets"].rows.equals(tables.read("jwst_dms")["targets"].rows)


def test_rows_of_a_set_that_another_is_like_are_its_newest_and_count_from_its_first():
    encodings = tables.read("jwst_dms", edition="1.11")["encodings"].rows
    added = encodings.query("column == 'exp_type' and value == 'MIR_WFSS'")  # since edition 3 of jwst
    assert added[["since", "until"]].to_numpy().tolist() == [["", ""]]
