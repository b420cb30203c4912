"""Scores: how both sides are read, and what of them is refused."""

import json

import pandas as pd
import pytest

from scrub import jwst
from scrub.cli import main
from scrub.files import table_files
from scrub.jwst import score_inputs
from scrub.pipeline import save
from tests.scores import counted, counts

TRUTH = """pool,asn_name,asn_rule,asn_type,cand_type,product,exposure,exptype,exp_type
p,a1,candidate_Asn_Lv3Image,image3,observation,jw01018-o001_t001_miri_f560w,e1,science,mir_image
p,a1,candidate_Asn_Lv3Image,image3,observation,jw01018-o001_t001_miri_f560w,e2,science,mir_image
p,a1,candidate_Asn_Lv3Image,image3,observation,jw01018-o001_t001_miri_f560w,acq,target_acquisition,mir_tacq
p,a2,candidate_Asn_Lv3Image,image3,observation,jw01018-o002_t001_miri_f560w,e3,science,mir_image
p,a3,candidate_Asn_Lv3Image,image3,mosaic,jw01018-c1000_t001_miri_f560w,e1,science,mir_image
p,a3,candidate_Asn_Lv3Image,image3,mosaic,jw01018-c1000_t001_miri_f560w,e3,science,mir_image
p,b1,candidate_Asn_Lv2Image,image2,observation,jw01018001001_cal,e1,science,mir_image
"""
MEMBERS = """exposure,group,product_id,product,rule,exptype
e1,image,jw01018-o001_t1_miri_f560w,jw01018-o001_t1_miri_f560w,r,science
e2,image,jw01018-o001_t1_miri_f560w,jw01018-o001_t1_miri_f560w,r,science
e9,image,jw01018-o001_t1_miri_f560w,jw01018-o001_t1_miri_f560w,r,psf
e4,image,jw01018-o001_t1_miri_f560w#2,jw01018-o001_t1_miri_f560w,r,science
e5,,,,r,
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "run").mkdir()
    for name, text in {"truth": TRUTH, "members": MEMBERS, "run/members": MEMBERS, "ignore": "exposure\ne4\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "run" / "exposures.csv").write_text("exposure,EXP_TYPE\ne1,MIR_IMAGE\ne4,MIR_LYOT\n")
    return tmp_path


def loaded(folder, predicted, **options):
    return score_inputs.load(jwst.read_rules(), folder / predicted, folder / "truth.csv", **options)


def test_members_are_read_as_a_run_writes_them(folder, rules):
    read = loaded(folder, "run")
    assert read.predicted[["exposure", "exp_type"]].to_numpy().tolist() == [
        ["e1", "MIR_IMAGE"], ["e2", "MIR_IMAGE"], ["e4", "MIR_LYOT"],
    ]  # fmt: skip
    assert read.true["exposure"].tolist() == ["e1", "e2", "e3"]
    found = counted(rules, read.predicted, read.true)
    assert counts(found, "all", "exact") == (1, 2, 2)
    assert counts(found, "MIR_LYOT", "exact") == (0, 1, 0)


def test_exposures_and_ignore_go_before_what_the_sources_say(folder, rules):
    (folder / "types.csv").write_text("pool,exposure,exp_type\np,e3,NIS_AMI\n")
    read = loaded(folder, "members.csv", exposures=folder / "types.csv", ignore=folder / "ignore.csv")
    assert dict(zip(read.true["exposure"], read.true["exp_type"], strict=True))["e3"] == "NIS_AMI"
    assert counts(counted(rules, read.predicted, read.true), "all", "exact") == (1, 1, 2)


def test_candidates_choose_which_associations_count(folder):
    both = loaded(folder, "members.csv", candidates=["observation", "mosaic"])
    assert both.true["product"].nunique() == 3
    with pytest.raises(
        table_files.SourceError, match=r"no Level-3 association of group; there are: mosaic, observation$"
    ):
        loaded(folder, "members.csv", candidates=["group"])


def test_pools_separate_where_both_sides_name_them(folder, rules):
    two = TRUTH + TRUTH.partition("\n")[2].replace("p,a", "q,a").replace("p,b", "q,b")
    (folder / "truth.csv").write_text(two)
    (folder / "pooled.csv").write_text(
        "pool,product,exposure\np,jw01018-o001_t1_miri_f560w,e1\np,jw01018-o001_t1_miri_f560w,e2\n"
    )
    pooled, plain = loaded(folder, "pooled.csv"), loaded(folder, "members.csv")
    assert counts(counted(rules, pooled.predicted, pooled.true), "all", "exact") == (1, 1, 4)
    assert counts(counted(rules, plain.predicted, plain.true), "all", "exact") == (1, 2, 2)


def test_two_associations_of_one_name_are_two_groups(folder):
    again = "p,a9,candidate_Asn_Lv3Image,image3,observation,jw01018-o001_t001_miri_f560w,e7,science,mir_image\n"
    (folder / "truth.csv").write_text(TRUTH + again)
    read = loaded(folder, "run")
    assert read.true.groupby(["product", "group"]).size().tolist() == [2, 1, 1]


def test_a_parquet_run_reads_as_its_csv(folder):
    packed = folder / "packed"
    packed.mkdir()
    for name in ("members", "exposures"):
        table = pd.read_csv(folder / "run" / f"{name}.csv", dtype="str")
        save.table(table, packed / f"{name}.parquet")
    pd.testing.assert_frame_equal(loaded(folder, "packed").predicted, loaded(folder, "run").predicted)


BAD = {
    "no exposure": ("a.csv", "product\nx\n", "a.csv: the table has no column exposure"),
    "a column twice": ("a.csv", "product,exposure,EXPOSURE\nx,y,z\n", "a.csv: more than one column exposure"),
    "no members": ("sub/x.csv", "", "sub: neither members.csv nor members.parquet"),
    "nowhere": ("a.csv", None, "a.csv: no such file"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "told"), BAD.values(), ids=BAD)
def test_predictions_that_cannot_be_read_are_refused(folder, name, text, told, capsys):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    if text is not None:
        path.write_text(text)
    given_path = path if path.parent == folder else path.parent
    assert main.main(["score", str(given_path), str(folder / "truth.csv")]) == 3
    assert told in capsys.readouterr().err


def test_a_truth_without_candidates_is_refused(folder, capsys):
    (folder / "truth.csv").write_text("product,exposure,exptype\na,b,science\n")
    assert main.main(["score", str(folder / "run"), str(folder / "truth.csv")]) == 3
    assert "truth.csv: the table has no column cand_type, nor asn_id" in capsys.readouterr().err


def test_a_truth_told_by_asn_id_is_read(folder):
    table = pd.read_csv(folder / "truth.csv").rename(columns={"cand_type": "asn_id"})
    ids = table["asn_id"].map({"observation": "o001", "mosaic": "c1000"})
    table.assign(asn_id=ids).to_csv(folder / "truth.csv", index=False)
    assert loaded(folder, "run").true["exposure"].tolist() == ["e1", "e2", "e3"]


LACKING = """exposure,group,product_id,product,rule,role,lacking
e1,image,jw01018-o001_t001_miri_f560w,jw01018-o001_t001_miri_f560w,r,science,
e2,image,jw01018-o001_t001_miri_f560w,jw01018-o001_t001_miri_f560w,r,science,
e4,,,,r,science,DMS_NOTE
e6,,,,r,science,TARGNAME
e7,,,,r,psf,
"""


def test_exposures_that_the_rules_could_not_tell_are_counted(folder, capsys):
    (folder / "run" / "members.csv").write_text(LACKING)
    assert loaded(folder, "run").predicted["exposure"].tolist() == ["e1", "e2"]
    arguments = ["score", str(folder / "run"), str(folder / "truth.csv"), "--rules", "jwst_dms"]
    assert main.main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["unknown"] == {"exposures": 2, "lacking": {"DMS_NOTE": 1, "TARGNAME": 1}}
    assert main.main([*arguments, "--ignore", str(folder / "ignore.csv")]) == 0
    assert (
        capsys.readouterr().out.splitlines()[1] == "1 exposure(s) undecided, in no predicted product: 1 need TARGNAME"
    )


def test_rules_that_always_tell_have_no_count_of_the_unknown(folder, capsys):
    assert main.main(["score", str(folder / "run"), str(folder / "truth.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unknown"] is None


def test_the_command_prints_writes_and_exits(folder, capsys):
    arguments = ["score", str(folder / "run"), str(folder / "truth.csv"), "--mismatches", str(folder / "differ.csv")]
    assert main.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == [
        "all",
        "exact",
        "1",
        "2",
        "2",
        "0.500",
        "(0.095-0.905)",
        "0.500",
        "(0.095-0.905)",
        "0.500",
    ]
    assert any(line.split()[:6] == ["MIR_LYOT", "exact", "0", "1", "0", "0.000"] for line in lines)
    differ = pd.read_csv(folder / "differ.csv", dtype="str", keep_default_na=False)
    assert differ["kind"].tolist() == ["extra", "missed"]
    assert differ.loc[0, ["exp_type", "predicted", "members"]].tolist() == [
        "MIR_LYOT",
        "jw01018-o001_t1_miri_f560w",
        "e4",
    ]

    assert main.main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["scores"]["all"]["exact"]["precision"] == 0.5
    assert told["scores"]["MIR_LYOT"]["exact"]["recall"] is None
    assert told["read"] == {"predictions": 1, "truth": 1}


def test_a_row_without_an_exposure_is_rejected_and_the_exit_code_says_so(folder, capsys):
    (folder / "members.csv").write_text(MEMBERS + ",image,x,x,r,science\ne8,image,x,x,r,science,more\n")
    arguments = ["score", str(folder / "members.csv"), str(folder / "truth.csv")]
    assert main.main(arguments) == 1
    printed = capsys.readouterr().out
    assert "rejected at predictions: 1: exposure missing, such as 'row 6': ''" in printed
    assert "rejected at table: 1: " in printed
    assert main.main([*arguments, "--json"]) == 1
    assert [row["what"] for row in json.loads(capsys.readouterr().out)["rejected"]] == ["e8", "row 6"]


@pytest.mark.parametrize(
    ("pool", "ignored", "left"),
    [
        ({"pool": "p"}, {"pool": "q"}, {"DMS_NOTE": 1}),
        ({"pool": "p"}, {"pool": "p"}, {}),
        ({"pool": "p"}, {}, {}),
        ({}, {"pool": "q"}, {}),
    ],
)
def test_an_ignored_exposure_is_not_counted_as_unknown_in_its_pool(pool, ignored, left):
    unknown = pd.DataFrame([{**pool, "exposure": "e1", "lacking": "DMS_NOTE"}], dtype="str")
    table = pd.DataFrame([{**ignored, "exposure": "e1"}], dtype="str")
    assert score_inputs._count_lacking(unknown, [table]) == left


def test_a_row_without_an_exposure_is_rejected_by_its_number(folder):
    lines = TRUTH.splitlines()
    lines[3] = lines[3].replace(",acq,", ",,")
    lines[5] = lines[5].replace(",e1,", ", ,")
    (folder / "truth.csv").write_text("\n".join(lines) + "\n")
    rejected = loaded(folder, "members.csv").rejected
    assert rejected[["what", "reason", "column"]].to_numpy().tolist() == [
        ["row 3", "missing", "exposure"], ["row 5", "missing", "exposure"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [("product\nx\n", "exposure"), ("x\n1\n", "product, exposure"), ("exposure\nx\n", "product")],
)
def test_columns_that_are_lacking_are_all_named(folder, rules, text, message):
    (folder / "a.csv").write_text(text)
    with pytest.raises(table_files.SourceError) as error:
        score_inputs._read_rows(rules, folder / "a.csv", ["product", "exposure"], "truth")
    assert str(error.value) == f"{folder / 'a.csv'}: the table has no column {message}"


def test_rows_are_text_and_those_without_an_exposure_are_numbered_from_one(folder, rules):
    (folder / "a.csv").write_text("other,exposure,product\n1,,p\n2,e,\n3,f,q\n4, ,r\n")
    good, rejected = score_inputs._read_rows(rules, folder / "a.csv", ["product"], "truth")
    assert good.to_dict("records") == [{"exposure": "e", "product": ""}, {"exposure": "f", "product": "q"}]
    assert rejected[["what", "stage", "reason", "column"]].to_numpy().tolist() == [
        ["row 1", "truth", "missing", "exposure"], ["row 4", "truth", "missing", "exposure"],
    ]  # fmt: skip


ROWS = pd.DataFrame({"pool": list("ppq"), "exposure": list("abb"), "product": list("xyz")}, dtype="str")


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        ({"exposure": ["b"]}, ["x"]),
        ({"pool": ["p"], "exposure": ["b"]}, ["x", "z"]),
        ({"pool": ["q", "q"], "exposure": ["b", "b"]}, ["x", "y"]),
        ({"exposure": []}, ["x", "y", "z"]),
    ],
)
def test_rows_of_ignored_exposures_are_dropped(ignored, left):
    found = score_inputs._drop_ignored(ROWS, pd.DataFrame(ignored, dtype="str"))
    assert found["product"].tolist() == left
    assert found.index.tolist() == list(range(len(left)))


def test_without_their_pools_rows_that_are_one_are_one():
    twice = pd.concat([ROWS[["pool", "exposure"]]] * 2)
    assert score_inputs._drop_pool(twice).to_dict("list") == {"exposure": ["a", "b"]}
    assert score_inputs._drop_pool(twice[["exposure"]]).to_dict("list") == {"exposure": ["a", "b"]}


@pytest.mark.parametrize(
    ("there", "message"), [([], "neither {}.csv nor {}.parquet"), (["csv", "parquet"], "both {}.csv and {}.parquet")]
)
def test_a_run_has_each_table_once(tmp_path, there, message):
    for form in there:
        (tmp_path / f"members.{form}").write_text("")
    with pytest.raises(table_files.SourceError) as error:
        score_inputs._find_table(tmp_path, "members")
    assert str(error.value) == f"{tmp_path}: {message.format('members', 'members')}"


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_table_of_a_run_has_one_of_two_forms(tmp_path, form):
    (tmp_path / f"members.{form}").write_text("")
    assert score_inputs._find_table(tmp_path, "members") == tmp_path / f"members.{form}"


def test_science_is_what_a_role_says_in_any_case():
    table = pd.DataFrame({"exposure": list("abc"), "exptype": ["SCIENCE", "psf", "science"]}, dtype="str")
    assert score_inputs._keep_science(table)["exposure"].tolist() == ["a", "c"]
    assert score_inputs._keep_science(ROWS) is ROWS


@pytest.mark.parametrize(
    ("keys", "roles", "columns", "groups"),
    [
        (["product_id", "group"], False, ["pool", "product", "exposure", "group"], ["\x1fi\x1fg", "\x1fi\x1fh"]),
        (["product_id"], True, ["pool", "product", "exposure", "exptype", "group"], ["\x1fi", "\x1fi"]),
        (["asn_name"], False, ["pool", "product", "exposure", "group"], [""]),
    ],
)
def test_a_group_is_what_keeps_products_of_one_name_apart(keys, roles, columns, groups):
    rows = pd.DataFrame(
        {
            "exptype": ["science", "psf"],
            "exposure": "e",
            "product": "p",
            "pool": "q",
            "product_id": "i",
            "group": ["g", "h"],
        },
        dtype="str",
    )
    found = score_inputs._keep_groups(rows, keys, roles)
    assert list(found) == columns
    assert found["group"].tolist() == groups
    with pytest.raises(table_files.SourceError) as error:
        score_inputs._keep_groups(rows.drop(columns="exptype"), keys, roles=True)
    assert str(error.value) == "no column exptype: without it no role of a member is known"


LEVELS = pd.DataFrame(
    {
        "asn_type": ["image3", "image2", "", "None"], "asn_rule": ["x", "x", "candidate_Asn_Lv3Image", "x"],
        "asn_id": ["o001", "o002", "c1000", "o003"],
    },
    dtype="str",
)  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "ids"),
    [
        (["asn_type", "asn_rule"], ["o001", "c1000"]),
        (["asn_type"], ["o001"]),
        (["asn_rule"], ["c1000"]),
        ([], [*LEVELS["asn_id"]]),
    ],
)
def test_rows_are_of_the_level_of_the_rules(tmp_path, rules, columns, ids):
    found = score_inputs._keep_level(rules, tmp_path, LEVELS[[*columns, "asn_id"]])
    assert found["asn_id"].tolist() == ids
    assert found["cand_type"].tolist() == [{"o": "observation", "c": "candidate"}[own[0]] for own in ids]
    stated = score_inputs._keep_level(rules, tmp_path, LEVELS[[*columns, "asn_id"]].assign(cand_type="mosaic"))
    assert set(stated["cand_type"]) == {"mosaic"}
    with pytest.raises(table_files.SourceError) as error:
        score_inputs._keep_level(rules, tmp_path, LEVELS[columns])
    assert str(error.value) == f"{tmp_path}: the table has no column cand_type, nor asn_id"


def test_what_is_unknown_is_counted_by_its_keyword():
    unknown = pd.DataFrame({"exposure": list("abcd"), "lacking": ["Z", "A", "Z", "Z"]}, dtype="str")
    ignored = [pd.DataFrame({"exposure": ["a"]}, dtype="str"), pd.DataFrame({"exposure": ["b", "x"]}, dtype="str")]
    assert list(score_inputs._count_lacking(unknown, []).items()) == [("A", 1), ("Z", 3)]
    assert score_inputs._count_lacking(unknown, ignored) == {"Z": 2}
