"""Association files: what is read from them, what of them is refused, and what predictions look like as such files."""

import json
import os
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from scrub import jwst, tables
from scrub.cli import main
from scrub.files import table_files
from scrub.files.shipped import find
from scrub.jwst import asn_files, groups
from scrub.tables import decide
from tests.strategies import DMS

REQUIRED = {
    "type": "object",
    "required": ["asn_type", "asn_rule", "asn_id", "asn_pool", "program", "target", "products"],
    "properties": {
        "asn_type": {"enum": ["image3", "wfs-image3", "spec3", "tso3", "coron3", "ami3"]},
        "asn_rule": {"type": "string", "minLength": 1},
        "asn_id": {"type": "string", "pattern": "^o[0-9]{3}$"},
        "asn_pool": {"type": "string"},
        "program": {"type": "string", "pattern": "^[0-9]{5}$"},
        "target": {"type": "string"},
        "version_id": {"type": ["string", "null"]},
        "products": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "members"],
                "properties": {
                    "name": {"type": "string", "pattern": "^jw[0-9]{5}-o[0-9]{3}_"},
                    "members": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["expname", "exptype"],
                            "properties": {
                                "expname": {"type": "string", "pattern": "_(cal|calints|x1d|x1dints)\\.fits$"},
                                "exptype": {"enum": ["science", "psf", "background"]},
                            },
                        },
                    },
                },
            },
        },
    },
}


def member(exposure, product="jw01018-o006_t1_miri_f560w", **changes) -> dict[str, str]:
    return {
        "product_id": product, "product": product, "exposure": exposure, "exptype": "science", "rule": "product_names.csv:2",
        "program": "01018", "observation": "006", "asn_type": "image3", "suffix": "cal", **changes,
    }  # fmt: skip


def made(*members) -> dict[str, dict]:
    return asn_files.documents(pd.DataFrame(list(members), dtype="str"))


def names(document) -> list[tuple[str, str]]:
    return [(entry["expname"], entry["exptype"]) for entry in document["products"][0]["members"]]


def association(**changes) -> dict:
    entry = {"expname": "jw01018006001_02101_00001_mirimage_cal.fits", "exptype": "science"}
    product = {"name": "jw01018-o006_t001_miri_f560w", "members": [entry]}
    return {
        "asn_type": "image3", "asn_rule": "candidate_Asn_Lv3Image", "asn_id": "o006", "asn_pool": "jw01018_pool.csv",
        "program": "01018", "products": [product], **changes,
    }  # fmt: skip


def write(folder, **files) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}_asn.json").write_text(text)
    return folder


@pytest.fixture(scope="module")
def written(tmp_path_factory, fits_folder) -> Path:
    """The folder of a run on the sample that wrote associations."""
    out = tmp_path_factory.mktemp("out")
    assert main.main(["jwst", str(fits_folder), "--out", str(out), "--asn"]) == 0
    return out


@pytest.mark.slow
def test_a_run_writes_an_association_for_each_product(written):
    found = {path.name: json.loads(path.read_text()) for path in (written / "asn").iterdir()}
    products = pd.read_csv(written / "products.csv")["product"].tolist()
    assert sorted(document["products"][0]["name"] for document in found.values()) == sorted(products)
    for name, document in found.items():
        jsonschema.validate(document, REQUIRED)
        stem, kind, place, end = name.split("_")
        assert (stem, kind) == (f"jw{document['program']}-{document['asn_id']}", document["asn_type"])
        assert (len(place), end) == (5, "asn.json")
        assert document["products"][0]["name"].startswith(f"{stem}_")
    assert {"image3", "wfs-image3", "spec3", "tso3", "coron3", "ami3"} == {d["asn_type"] for d in found.values()}


@pytest.mark.slow
def test_associations_keep_the_published_schema(written, official):
    if find_spec("jwst") is None and "SKYSCRUB_ASN_SCHEMA" not in os.environ:
        pytest.skip("no published schema here")
    inside = Path(find_spec("jwst").origin).parent / "associations" / "lib" if find_spec("jwst") else Path()
    schema = os.environ.get("SKYSCRUB_ASN_SCHEMA") or inside / "asn_schema_jw_level3.json"
    for path in [*(written / "asn").iterdir(), *(official / "asn").iterdir()]:
        jsonschema.validate(json.loads(path.read_text()), json.loads(Path(schema).read_text()))


def test_what_is_written_is_read_back_and_scores_one(written, rules, capsys):
    read = asn_files.read(rules, written / "asn")
    members = pd.read_csv(written / "members.csv").dropna(subset="product")
    told = set(zip(read.members["product"], read.members["exposure"], strict=True))
    assert told == set(zip(members["product"], members["exposure"], strict=True))
    assert (read.files, read.kept, len(read.rejected)) == (25, 25, 0)
    assert set(read.members["cand_type"]) == {"observation"}
    assert main.main(["score", str(written), str(written / "asn"), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert len(scores) > 20
    assert {counted["pairs"].pop("f1") for counted in scores.values()} == {1, None}, "a lone exposure is in no pair"
    assert {cell["f1"] for counted in scores.values() for cell in counted.values() if "f1" in cell} == {1}


def test_every_exposure_type_with_a_product_has_an_association(edition):
    rules = tables.read("jwst", edition=edition)
    types = rules["exposure_types"]
    flags = ("true", "false")
    cases = [(kind, tso, wfsc) for kind in rules.lists["exp_type"] for tso in flags for wfsc in flags]
    facts = pd.DataFrame(cases, columns=["exp_type", "tsovisit", "wfsc"])
    makes = types.answer(facts[["exp_type", "tsovisit"]])["group"] != "none"
    told = rules["association_types"].answer(facts)[["asn_type", "science", "background"]]
    assert makes.sum() > 70
    assert (told[makes] != "").all(axis=None)


def test_science_comes_first_and_each_member_keeps_its_suffix():
    rows = [
        member("b", exptype="background", suffix="x1d", rule="r"),
        member("c"),
        member("a"),
        member("d", exptype="psf"),
    ]
    (document,) = made(*rows).values()
    assert names(document) == [
        ("a_cal.fits", "science"), ("c_cal.fits", "science"), ("b_x1d.fits", "background"), ("d_cal.fits", "psf"),
    ]  # fmt: skip
    assert document["asn_rule"] == "skyscrub product_names.csv:2", "the rule of the science exposures"


def test_files_are_numbered_by_product_whatever_the_order_of_rows():
    rows = [
        member("x", "p"),
        member("y", "q"),
        member("z", "q#2") | {"product": "q"},
        member("w", "r", observation="007"),
    ]
    found = made(*rows)
    assert {name: document["products"][0]["name"] for name, document in found.items()} == {
        "jw01018-o006_image3_00001_asn.json": "p",
        "jw01018-o006_image3_00002_asn.json": "q",
        "jw01018-o006_image3_00003_asn.json": "q",
        "jw01018-o007_image3_00001_asn.json": "r",
    }
    assert made(*reversed(rows)) == found
    assert list(made(*reversed(rows))) == list(found)


@pytest.mark.parametrize(("column", "value"), [("program", "../01"), ("program", "1018"), ("observation", "00/"), ("observation", "006\n")])  # fmt: skip
def test_what_could_not_stand_in_a_file_name_is_refused(column, value):
    with pytest.raises(ValueError, match=f"exposure 'x': {column} is not of the form"):
        made(member("x", **{column: value}))


def test_a_product_of_two_observations_is_refused():
    with pytest.raises(ValueError, match="product 'p': more than one program or observation"):
        made(member("x", "p"), member("y", "p", observation="007"))


def test_nothing_is_written_beside_associations_of_another_run(tmp_path):
    first = made(member("x", "p"), member("y", "q"))
    paths = asn_files.save(first, tmp_path / "asn")
    assert [path.name for path in paths] == list(first)
    assert asn_files.save(first, tmp_path / "asn") == paths
    (tmp_path / "asn" / "jw01018-o006_image3_00001_asn.json").unlink()
    with pytest.raises(FileExistsError, match="00002_asn.json is an association of another run"):
        asn_files.save(made(member("x", "p")), tmp_path / "asn")
    assert [path.name for path in (tmp_path / "asn").iterdir()] == ["jw01018-o006_image3_00002_asn.json"]


def test_level3_associations_are_read_from_every_depth_and_others_passed_over(rules, tmp_path):
    level2 = association(asn_type="image2", asn_rule="candidate_Asn_Lv2Image")
    by_hand = association(asn_type="None", asn_rule="DMS_Level3_Base", asn_id="a3001")
    write(tmp_path, one=association(), two=level2, three={"products": []})
    write(tmp_path / "deep" / "er", four=by_hand)
    (tmp_path / "other.json").write_text("[")
    read = asn_files.read(rules, tmp_path)
    assert (read.files, read.kept, len(read.rejected)) == (4, 2, 0)
    told = read.members[["asn_name", "cand_type", "pool", "exposure"]].to_numpy().tolist()
    exposure = "jw01018006001_02101_00001_mirimage"
    assert told == [
        ["deep/er/four_asn", "discovered", "jw01018_pool", exposure],
        ["one_asn", "observation", "jw01018_pool", exposure],
    ]
    alone = asn_files.read(rules, tmp_path / "one_asn.json").members
    assert alone.columns.tolist() == asn_files.COLUMNS
    assert alone["product"].tolist() == ["jw01018-o006_t001_miri_f560w"]


def product(**changes) -> list[dict]:
    return [{**association()["products"][0], **changes}]


NAMES = [
    ("jw1_2_3_nrs1_rate.fits", "science", "jw1_2_3_nrs1"),
    ("/data/x/jw1_2_3_nrs1_cal.fits.gz", "science", "jw1_2_3_nrs1"),
    ("..\\jw1_2_3_nrs1_cal.fits", "SCIENCE", "jw1_2_3_nrs1"),
    ("jw1_t001_nircam_cat.ecsv", "sourcecat", "jw1_t001_nircam_cat.ecsv"),
]


@pytest.mark.parametrize(("expname", "exptype", "exposure"), NAMES)
def test_the_exposure_is_the_file_without_folder_and_suffix(rules, tmp_path, expname, exptype, exposure):
    write(tmp_path, a=association(products=product(members=[{"expname": expname, "exptype": exptype}])))
    told = asn_files.read(rules, tmp_path).members
    assert told[["exposure", "exptype"]].to_numpy().tolist() == [[exposure, exptype.lower()]]


BAD = {
    "no JSON": ("[1,", "not JSON", ""),
    "nested without end": ("[" * 100_000, "not JSON", ""),
    "a list": ("[]", "no association: not an object", ""),
    "a number for an id": (association(asn_id=6), "not text", "asn_id"),
    "no id": (association(asn_id=None), "not the id of a candidate", "asn_id"),
    "an id of no candidate": (association(asn_id="o6"), "not the id of a candidate", "asn_id"),
    "no products": (association(products=None), "missing", "products"),
    "no list of products": (association(products={"name": "x"}), "no list of entries", "products"),
    "a product that is text": (association(products=["x"]), "not an object", "products[0]"),
    "no name": (association(products=product(name=None)), "missing", "products[0].name"),
    "no members": (association(products=product(members=[])), "no list of entries", "products[0].members"),
    "a member that is text": (association(products=product(members=["x"])), "not an object", "products[0].members[0]"),
    "no expname": (association(products=product(members=[{"exptype": "science"}])), "missing", "products[0].members[0].expname"),
    "no exptype": (association(products=product(members=[{"expname": "a_cal.fits"}])), "missing", "products[0].members[0].exptype"),
    "another name": (
        association(products=product(members=[{"expname": "a.fits", "exptype": "science"}])),
        "not a name like exposure_suffix.fits", "products[0].members[0].expname",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason", "column"), BAD.values(), ids=BAD)
def test_a_bad_file_is_rejected_and_the_others_are_scored(rules, tmp_path, content, reason, column, capsys):
    write(tmp_path / "asn", bad=content, good=association())
    read = asn_files.read(rules, tmp_path / "asn")
    assert read.rejected[["what", "stage", "reason", "column"]].to_numpy().tolist() == [
        ["bad_asn.json", "associations", reason, column]
    ]
    assert read.members["asn_name"].tolist() == ["good_asn"]
    (tmp_path / "p.csv").write_text("product,exposure\njw01018-o006_t1_miri_f560w,jw01018006001_02101_00001_mirimage\n")
    assert main.main(["score", str(tmp_path / "p.csv"), str(tmp_path / "asn")]) == 1
    printed = capsys.readouterr().out
    assert printed.splitlines()[2].split()[:5] == ["all", "exact", "1", "1", "1"]
    assert f"rejected at associations: 1: {f'{column} {reason}'.strip()}" in printed


def test_no_association_at_all_cannot_run(rules, tmp_path, capsys):
    with pytest.raises(table_files.SourceError, match=r"no file \*_asn\.json"):
        asn_files.read(rules, tmp_path)
    (tmp_path / "p.csv").write_text("product,exposure\na,b\n")
    assert main.main(["score", str(tmp_path / "p.csv"), str(tmp_path / "x_asn.json")]) == 3
    write(tmp_path / "asn", a=association(asn_id="c1001"))
    assert main.main(["score", str(tmp_path / "p.csv"), str(tmp_path / "asn")]) == 3
    assert "no Level-3 association of observation; there are: candidate" in capsys.readouterr().err
    assert main.main(["score", str(tmp_path / "p.csv"), str(tmp_path / "asn"), "--candidates", "candidate"]) == 0


def test_members_of_a_run_are_those_in_a_product(rules, sample):
    answer = jwst.run(sample)
    members = jwst.associations(rules, answer)
    assert len(members) == answer.members["product"].notna().sum() == 54
    assert set(members["exptype"]) == {"science"}
    assert set(members.loc[members["asn_type"] == "wfs-image3", "exp_type"]) == {"NRC_IMAGE"}


@pytest.mark.slow
def test_a_type_without_an_association_is_refused(tmp_path, sample):
    own = tmp_path / "jwst"
    own.mkdir()
    text = (find("rules") / "jwst" / "association_types.csv").read_text()
    (own / "association_types.csv").write_text(text.replace(",ami3,calints,", ",,calints,"))
    rules = tables.read(tmp_path)
    with pytest.raises(decide.RuleError, match=r"association_types\.csv:[0-9]+: no asn_type .* for NIS_AMI, in 'jw"):
        jwst.associations(rules, jwst.run(sample, rules=rules))


HEADER = {
    "PROGRAM": "1018", "OBSERVTN": "6", "VISITYPE": "PRIME_TARGETED_FIXED", "SUBARRAY": "FULL", "TARG_RA": "80.4875",
    "TARG_DEC": "-69.4975", "CRVAL1": "80.4875", "CRVAL2": "-69.4975", "PATTTYPE": "NONE", "NINTS": "10",
    "ACT_ID": "02", "OBS_ID": "V1",
}  # fmt: skip
MIRI = {"INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE"}
LYOT = {**MIRI, "EXP_TYPE": "MIR_LYOT", "FILTER": "F2300C", "SUBARRAY": "MASKLYOT"}
MASK = {
    "INSTRUME": "NIRCAM", "EXP_TYPE": "NRC_CORON", "DETECTOR": "NRCA2", "CHANNEL": "SHORT", "FILTER": "F210M", "PUPIL": "MASKRND",
}  # fmt: skip
AMI = {
    "INSTRUME": "NIRISS", "EXP_TYPE": "NIS_AMI", "DETECTOR": "NIS", "FILTER": "F480M", "PUPIL": "NRM", "SUBARRAY": "SUB80",
}  # fmt: skip
MRS = {**MIRI, "EXP_TYPE": "MIR_MRS", "DETECTOR": "MIRIFUSHORT", "CHANNEL": "12", "BAND": "SHORT"}
SENSED = {
    "INSTRUME": "NIRCAM", "EXP_TYPE": "NRC_IMAGE", "DETECTOR": "NRCA3", "FILTER": "F212N", "PUPIL": "WLP8", "PATTTYPE": "WFSC",
}  # fmt: skip
SERIES = {**MIRI, "EXP_TYPE": "MIR_LRS-SLITLESS", "FILTER": "P750L", "SUBARRAY": "SLITLESSPRISM", "TSOVISIT": "t"}
GRISM = {"INSTRUME": "NIRISS", "EXP_TYPE": "NIS_WFSS", "DETECTOR": "NIS", "FILTER": "GR150R", "PUPIL": "F115W"}
MIMF = {"INSTRUME": "NIRSPEC", "EXP_TYPE": "NRS_MIMF", "DETECTOR": "NRS1", "FILTER": "F110W", "GRATING": "MIRROR"}
PSF, BACKGROUND = {"IS_PSF": "t", "TARG_RA": "10"}, {"BKGDTARG": "t", "TARG_RA": "10"}
TOGETHER = {
    "imaging for alignment": ([MIMF], "image3", ["cal science"]),
    "a pair outside a wavefront visit": ([SENSED, SENSED], "wfs-image3", ["cal science"] * 2),
    "coronagraphy": ([LYOT, {**LYOT, **PSF}], "coron3", ["calints science", "calints psf"]),
    "beside the mask": ([MASK, {**MASK, **PSF}], "image3", ["cal science"]),
    "behind a mask": (
        [{**MASK, "SUBARRAY": "SUB640A210R"}, {**MASK, **PSF, "SUBARRAY": "SUB640A210R"}],
        "coron3", ["calints science", "calints psf"],
    ),
    "coronagraphy in the full frame": (
        [{**LYOT, "SUBARRAY": "FULL"}, {**LYOT, **PSF, "SUBARRAY": "FULL"}],
        "coron3", ["calints science", "calints psf"],
    ),
    "coronagraphy as a series": ([{**LYOT, "TSOVISIT": "t"}], "tso3", ["calints science"]),
    "interferometry": (
        [AMI, {**AMI, **PSF}, {**AMI, **BACKGROUND}],
        "ami3", ["calints science", "x1dints background", "calints psf"],
    ),
    "a cube": ([MRS, {**MRS, **BACKGROUND}], "spec3", ["cal science", "x1d background"]),
    "a series": ([SERIES, {**SERIES, **BACKGROUND}], "tso3", ["calints science", "x1dints background"]),
    "slitless spectra": ([GRISM, {**GRISM, **BACKGROUND}], "spec3", ["cal science", "x1d background"]),
    "slitless spectra as a series": ([{**GRISM, "TSOVISIT": "t"}], "spec3", ["calints science"]),
}  # fmt: skip


def pool(folder, *rows) -> Path:
    """A table of exposures, each set of rows an observation."""
    table = pd.DataFrame([{"exposure": f"e{i}", **HEADER, **row} for i, row in enumerate(rows)], dtype="str")
    table.to_csv(folder / "pool.csv", index=False)
    return folder / "pool.csv"


@pytest.mark.slow
@pytest.mark.parametrize(("together", "kind", "wanted"), TOGETHER.values(), ids=TOGETHER)
def test_official_rules_say_type_suffix_and_what_serves(together, kind, wanted):
    rows = [{"exposure": f"e{i}", **HEADER, **row} for i, row in enumerate(together)]
    told = jwst.associations(DMS, jwst.run(pd.DataFrame(rows, dtype="str"), rules=DMS))
    first = told[told["product_id"].isin(told.loc[told["exposure"] == "e0", "product_id"]) & (told["asn_type"] == kind)]
    assert first["product_id"].nunique() == 1
    assert (first["suffix"] + " " + first["exptype"]).tolist() == wanted


def test_every_row_of_the_official_types_answers_one_of_these():
    sets = [rows for rows, _, _ in TOGETHER.values()]
    rows = [{"exposure": f"e{i}", **HEADER, **row} for i, row in enumerate(row for rows in sets for row in rows)]
    cases = groups.find_cases(DMS, jwst.run(pd.DataFrame(rows, dtype="str"), rules=DMS).exposures)[0]
    readings = [groups.decide(DMS, cases, reading=word).answers for word in ("", *DMS.lists["reading"])]
    table = DMS["association_types"]
    told = table.answer(pd.concat(readings, ignore_index=True).dropna(subset="need")[list(table.conditions)])
    assert set(told["rule"]) == set(table.rows["rule"])


@pytest.fixture(scope="module")
def official(tmp_path_factory) -> Path:
    """The folder of a run by the official rules on a pool with PSF and background exposures."""
    folder = tmp_path_factory.mktemp("official")
    sets = [rows for rows, _, _ in TOGETHER.values()]
    table = pool(folder, *({**row, "OBSERVTN": str(i + 1)} for i, rows in enumerate(sets) for row in rows))
    main.main(["jwst", str(table), "--rules", "jwst_dms", "--out", str(folder / "out"), "--asn"])
    return folder / "out"


def test_psf_and_background_members_are_written(official):
    found = [json.loads(path.read_text()) for path in (official / "asn").iterdir()]
    for document in found:
        jsonschema.validate(document, REQUIRED)
    kinds = {(d["asn_type"], kind) for d in found for _, kind in names(d)}
    assert {
        ("coron3", "psf"),
        ("ami3", "psf"),
        ("ami3", "background"),
        ("spec3", "background"),
        ("tso3", "background"),
    } < kinds
    assert {kind for asn_type, kind in kinds if "image3" in asn_type} == {"science"}


def test_associations_with_psf_score_one_against_themselves(official, capsys):
    assert main.main(["score", str(official), str(official / "asn"), "--json", "--rules", "jwst_dms"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["unknown"] == {"exposures": 0, "lacking": {}}
    exact = told["scores"]["all"]["exact"]
    files = [json.loads(path.read_text()) for path in (official / "asn").iterdir()]
    sets = {tuple(sorted(name for name, kind in names(d) if kind == "science")) for d in files}
    sets = {tuple(name.rpartition("_")[0] for name in own) for own in sets}  # two products of the same exposures
    assert exact["tp"] == exact["predicted"] == exact["true"] == len(sets)


@pytest.mark.parametrize("name", ["../../etc/jw01", "/data/jw01", "C:\\data\\jw01", "a/jw01/", "jw01"])
def test_a_member_is_named_without_its_folder(name):
    (document,) = made(member(name)).values()
    assert [entry["expname"] for entry in document["products"][0]["members"]] == ["jw01_cal.fits"]


def test_the_whole_document_of_a_product():
    rows = [
        member("folder/a", "p#2", suffix="x_cat.ecsv", exptype="psf") | {"product": "p"},
        member("b", "p#2", rule="z:1"),
    ]
    rows += [member("c", "p#2", rule="a:1"), member("d", "p#2", rule="z:1")]
    named = [row | {"product": "p"} for row in rows]
    assert made(*named) == {
        "jw01018-o006_image3_00001_asn.json": {
            "asn_type": "image3",
            "asn_rule": "skyscrub a:1 z:1",
            "version_id": None,
            "asn_pool": "none",
            "asn_id": "o006",
            "program": "01018",
            "target": "none",
            "products": [
                {
                    "name": "p",
                    "members": [
                        {"expname": n, "exptype": t, "exposerr": None, "asn_candidate": "[('o006', 'observation')]"}
                        for n, t in [
                            ("b_cal.fits", "science"), ("c_cal.fits", "science"), ("d_cal.fits", "science"), ("a_x_cat.ecsv", "psf"),
                        ]
                    ],
                }
            ],
        }
    }  # fmt: skip


@pytest.mark.parametrize(("asn_id", "kind"), [("o006", "observation"), ("a3001", "discovered"), ("c1000", "candidate")])
def test_a_candidate_has_its_kind(asn_id, kind):
    ((name, document),) = made(member("x", asn_id=asn_id)).items()
    assert name == f"jw01018-{asn_id}_image3_00001_asn.json"
    assert document["asn_id"] == asn_id
    assert document["products"][0]["members"][0]["asn_candidate"] == f"[('{asn_id}', '{kind}')]"


def test_numbers_begin_anew_for_each_program_candidate_and_type():
    rows = [
        member("x", "a"), member("y", "b", asn_type="spec3"), member("z", "c", program="01019"),
        member("v", "d"), member("w", "e", observation="007"),
    ]  # fmt: skip
    assert list(made(*rows)) == [
        "jw01018-o006_image3_00001_asn.json", "jw01018-o006_spec3_00001_asn.json", "jw01019-o006_image3_00001_asn.json",
        "jw01018-o006_image3_00002_asn.json", "jw01018-o007_image3_00001_asn.json",
    ]  # fmt: skip


REFUSED = {
    "a long program": ({"program": "010181"}, "exposure 'x': program is not of the form [0-9]{5}: '010181'"),
    "a short observation": ({"observation": "06"}, "exposure 'x': observation is not of the form [0-9]{3}: '06'"),
    "another id": ({"asn_id": "b006"}, "exposure 'x': asn_id is not of the form o[0-9]{3}|[ac][0-9]{4}: 'b006'"),
    "no id": ({"asn_id": None}, "exposure 'x': asn_id is not of the form o[0-9]{3}|[ac][0-9]{4}: nan"),
    "a short id": ({"asn_id": "c100"}, "exposure 'x': asn_id is not of the form o[0-9]{3}|[ac][0-9]{4}: 'c100'"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_exposure_column_form_and_value(changes, message):
    with pytest.raises(ValueError, match="^exposure 'x'") as error:
        made(member("x", **changes))
    assert str(error.value) == message


@pytest.mark.parametrize("other", [{"observation": "007"}, {"program": "01019"}])
def test_the_product_that_is_of_two_is_named(other):
    with pytest.raises(ValueError, match="^product 'q'") as error:
        made(member("w", "p"), member("x", "q"), member("y", "q", **other))
    assert str(error.value) == "product 'q': more than one program or observation, or candidate"


def test_the_whole_row_of_a_member(rules, tmp_path):
    write(tmp_path, a=association())
    read = asn_files.read(rules, tmp_path)
    assert read.members.to_dict("records") == [
        {
            "pool": "jw01018_pool", "asn_name": "a_asn", "asn_rule": "candidate_Asn_Lv3Image", "asn_type": "image3",
            "asn_id": "o006", "cand_type": "observation", "program": "01018", "product": "jw01018-o006_t001_miri_f560w",
            "expname": "jw01018006001_02101_00001_mirimage_cal.fits", "exposure": "jw01018006001_02101_00001_mirimage",
            "exptype": "science",
        }
    ]  # fmt: skip
    assert (read.files, read.kept, len(read.rejected)) == (1, 1, 0)
    assert set(map(str, read.members.dtypes)) == {"str"}


def test_members_are_of_their_own_products(rules, tmp_path):
    entries = [{"expname": f"{name}_cal.fits", "exptype": "SCIENCE"} for name in "abc"]
    two = [{"name": "p", "members": entries[:2]}, {"name": "q", "members": entries[2:]}]
    write(tmp_path, a=association(products=two))
    found = asn_files.read(rules, tmp_path).members[["product", "exposure", "exptype"]].to_numpy().tolist()
    assert found == [["p", "a", "science"], ["p", "b", "science"], ["q", "c", "science"]]


VALUES = {
    "no member": ([{"name": "p", "members": [{"expname": "a_cal.fits", "exptype": "science"}, 7]}], "products[0].members[1]", "7"),
    "no product": ([{"name": "p", "members": [{"expname": "a_cal.fits", "exptype": "science"}]}, []], "products[1]", "[]"),
    "no text": ([{"name": "p", "members": [{"expname": 5, "exptype": "science"}]}], "products[0].members[0].expname", "5"),
    "a blank name": ([{"name": "", "members": []}], "products[0].name", ""),
    "no list": ([{"name": "p", "members": "abc"}], "products[0].members", "abc"),
}  # fmt: skip


@pytest.mark.parametrize(("products", "column", "value"), VALUES.values(), ids=VALUES)
def test_a_reject_has_the_path_and_the_value(rules, tmp_path, products, column, value):
    write(tmp_path, a=association(products=products))
    rejected = asn_files.read(rules, tmp_path).rejected
    assert rejected[["what", "column", "value"]].to_numpy().tolist() == [["a_asn.json", column, value]]


def test_a_long_value_is_cut(rules, tmp_path):
    for length in (200, 201):
        write(tmp_path, a=association(asn_id="x" * length))
        assert asn_files.read(rules, tmp_path).rejected["value"].tolist() == ["x" * 200]


def test_a_path_without_associations_is_named(rules, tmp_path):
    with pytest.raises(table_files.SourceError) as error:
        asn_files.read(rules, tmp_path)
    assert str(error.value) == f"{tmp_path}: no file *_asn.json"
    with pytest.raises(table_files.SourceError) as error:
        asn_files.read(rules, tmp_path / "a_asn.json")
    assert str(error.value) == f"{tmp_path / 'a_asn.json'}: no such file or folder"


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"asn_id": "o006", "asn_type": "image3"}, {"asn_id": "observation", "asn_type": "level3"}),
        ({"asn_id": "c1000", "asn_type": ""}, {"asn_id": "candidate", "asn_type": ""}),
        ({"asn_rule": "candidate_Asn_Lv3Image"}, {"asn_rule": "level3"}),
        ({"other": "x"}, {"other": ""}),
        ({}, {}),
    ],
)
def test_fields_stand_for_kinds(rules, fields, kinds):
    assert asn_files.find_kinds(rules, fields) == kinds


def test_associations_of_another_program_may_be_beside(tmp_path):
    asn_files.save(made(member("x", "p")), tmp_path)
    paths = asn_files.save(made(member("y", "q", program="01019")), tmp_path, beside=True)
    assert paths == [tmp_path / "jw01019-o006_image3_00001_asn.json"]
    with pytest.raises(FileExistsError) as error:
        asn_files.save(made(member("y", "q", program="01019")), tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'jw01018-o006_image3_00001_asn.json'} is an association of another run: remove it first"
    )
