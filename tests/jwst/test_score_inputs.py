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
