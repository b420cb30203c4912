"""Level-2 associations: those of the official generator, whatever the order of rows and whoever else is there."""

import json
from pathlib import Path

import pandas as pd
import pytest

from scrub import jwst, tables
from scrub.cli.main import main
from scrub.jwst import asn_files, score

GOLDENS = Path(__file__).parents[1] / "goldens" / "level2"
POOLS = pd.read_csv(GOLDENS / "pools.csv", dtype=str, keep_default_na=False)
TRUTH = pd.read_csv(GOLDENS / "truth.csv", dtype=str, keep_default_na=False)
KEYS = ["asn_type", "asn_id", "product"]
Group = tuple[str, str, str, frozenset[tuple[str, str]]]


@pytest.fixture(scope="module")
def rules() -> tables.Rules:
    return jwst.read_rules("jwst_dms2")


def take(pool: str) -> pd.DataFrame:
    """Return the exposures of a pool as a table."""
    table = POOLS[POOLS["POOL"] == pool].drop(columns="POOL").rename(columns={"OBS_NUM": "OBSERVTN"})
    return table.replace("NULL", "").reset_index(drop=True)


def predict(rules: tables.Rules, table: pd.DataFrame, candidates: str = "oc") -> set[Group]:
    """Return the associations that are predicted: type, candidate, name, and the file and the role of each member."""
    members = jwst.associations(rules, jwst.run(table, rules=rules, candidates=candidates))
    documents = asn_files.documents(members).values()
    return {
        (
            document["asn_type"],
            document["asn_id"],
            document["products"][0]["name"],
            frozenset((mask(m["expname"]), m["exptype"]) for m in document["products"][0]["members"]),
        )
        for document in documents
    }


def mask(expname: str) -> str:
    """Return a file without the number of its target."""
    head, _, tail = expname.partition("_")
    return f"{head}_X_{tail.partition('_')[2]}" if "-" in head else expname


def read_truth(pool: str) -> set[Group]:
    rows = TRUTH[TRUTH["pool"] == pool]
    rows = rows.assign(expname=rows["expname"].map(mask))
    last = rows["expname"].where(rows["exptype"] == "science").str.rpartition("_")[2]
    rows = rows.assign(ending=last.groupby([rows[key] for key in KEYS]).transform("first"))
    return {(*key[:3], frozenset(zip(own["expname"], own["exptype"], strict=True))) for key, own in split(rows)}


def split(rows: pd.DataFrame) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """Return the members of each association; two of one name differ in how the science file ends."""
    twice = rows["asn_rule"].str.contains("CoronAsRate")
    return [
        ((str(kind), str(id_), str(product)), own)
        for part in (rows[twice], rows[~twice])
        for (kind, id_, product), own in part.groupby(KEYS)
    ]


@pytest.mark.parametrize("pool", sorted(POOLS["POOL"].unique()))
def test_associations_are_those_of_the_official_generator(rules, pool):
    assert predict(rules, take(pool)) == read_truth(pool)


def test_each_type_of_association_and_each_role_is_in_the_truth():
    assert set(TRUTH["asn_type"]) == {"image2", "spec2", "tso-image2", "tso-spec2", "nrslamp-spec2"}
    roles = {"science", "background", "imprint", "target_acquisition", "direct_image", "sourcecat", "segmap"}
    assert set(TRUTH["exptype"]) == roles


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_nothing(rules, seed):
    pool = POOLS["POOL"].value_counts().index[0]
    assert predict(rules, take(pool).sample(frac=1, random_state=seed)) == predict(rules, take(pool))


def test_other_programs_of_a_batch_change_nothing(rules):
    one, other = POOLS["POOL"].value_counts().index[:2]
    both = pd.concat([take(one), take(other)], ignore_index=True)
    assert predict(rules, both) == predict(rules, take(one)) | predict(rules, take(other))


def test_each_exposure_counts_once_and_serves_others_in_columns_of_its_own(rules):
    pool = TRUTH.loc[TRUTH["exptype"] == "imprint", "pool"].iloc[0]
    answer = jwst.run(take(pool), rules=rules)
    assert answer.ledger["exposures"]["in"] == len(take(pool))
    imprints = answer.members[answer.members["imprint_of"].notna()]
    assert (imprints["role"] == "imprint").all()
    served = set(" ".join(imprints["imprint_of"]).split())
    assert served <= set(answer.members["product_id"].dropna())
    assert len(served) > 0


def test_a_product_is_named_as_its_science_exposure(rules):
    answer = jwst.run(take(POOLS["POOL"].iloc[0]), rules=rules)
    own = answer.members.dropna(subset=["product"])
    assert own["product"].tolist() == own["exposure"].tolist()


def test_calibrations_have_products_and_no_features(rules):
    table = take(TRUTH.loc[TRUTH["asn_type"] == "nrslamp-spec2", "pool"].iloc[0])
    answer = jwst.run(table, rules=rules)
    lamps = answer.members[answer.members["group"] == "other"]
    assert len(lamps) > 0
    assert "other" not in answer.features
    assert not set(lamps["product_id"]) & set(answer.rejected["what"])


def test_level_2_is_short_for_its_rule_set_and_scores_every_role(tmp_path, capsys):
    pool = TRUTH.loc[TRUTH["exptype"] == "background", "pool"].iloc[0]
    take(pool).to_csv(tmp_path / "table.csv", index=False)
    main(
        [
            "jwst",
            str(tmp_path / "table.csv"),
            "--level",
            "2",
            "--candidates",
            "oc",
            "--asn",
            "--out",
            str(tmp_path / "out"),
        ]
    )
    assert json.loads((tmp_path / "out" / "ledger.json").read_text())["rules"] == "jwst_dms2"
    exposures = TRUTH["expname"].str.rpartition("_")[0]
    truth = TRUTH.assign(exposure=exposures)[TRUTH["pool"] == pool].drop(columns="pool")
    truth.to_csv(tmp_path / "truth.csv", index=False)
    capsys.readouterr()
    asked = ["--level", "2", "--roles", "--json", "--candidates", "observation,candidate"]
    main(["score", str(tmp_path / "out"), str(tmp_path / "truth.csv"), *asked])
    exact = json.loads(capsys.readouterr().out)["scores"]["all"]["exact"]
    assert exact["tp"] == exact["predicted"] == exact["true"] > 0


def test_a_level_and_a_rule_set_are_refused(capsys):
    assert main(["jwst", "table.csv", "--level", "2", "--rules", "jwst"]) == 2
    assert "--level and --rules" in capsys.readouterr().err


def test_roles_of_a_run_without_associations_are_refused(tmp_path, capsys):
    take(POOLS["POOL"].iloc[0]).to_csv(tmp_path / "table.csv", index=False)
    main(["jwst", str(tmp_path / "table.csv"), "--level", "2", "--out", str(tmp_path / "out")])
    TRUTH.to_csv(tmp_path / "truth.csv", index=False)
    capsys.readouterr()
    assert main(["score", str(tmp_path / "out"), str(tmp_path / "truth.csv"), "--level", "2", "--roles"]) == 3
    assert "with --asn" in capsys.readouterr().err


def test_members_that_are_no_science_are_named_by_their_role(rules):
    rows = pd.DataFrame(
        {
            "pool": "", "product": "p", "group": "", "exposure": ["a", "b"], "exptype": ["science", "background"],
            "exp_type": ["NRS_IFU", "NRS_MSASPEC"],
        }
    )  # fmt: skip
    named = score.add_roles(rules, rows)
    assert named["exposure"].tolist() == ["a", "background:b"]
    assert named["exp_type"].tolist() == ["NRS_IFU", "NRS_IFU"]


def test_why_shows_the_rows_that_made_a_product(tmp_path, capsys):
    own = TRUTH[TRUTH["exptype"] == "segmap"].iloc[0]
    take(own["pool"]).to_csv(tmp_path / "table.csv", index=False)
    options = ["--on", str(tmp_path / "table.csv"), "--rules", "jwst_dms2"]
    assert main(["rules", "why", own["product"], *options]) == 0
    text = capsys.readouterr().out
    assert "exposure_types.csv" in text
    assert "naming=wfss_" in text
    assert main(["rules", "why", f"{own['product']}:filter", *options]) == 0
    assert "joins.csv" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("taken", "chosen"),
    [
        (("3", "4"), "f560w"),
        (("4", "3"), "f1000w"),
        (("1", "4"), "f1000w"),
        (("0", "4"), "f1000w"),
        (("1", "1"), "f560w"),
    ],
)
def test_the_direct_image_is_the_next_one_taken_else_the_first(rules, taken, chosen):
    """Of two images, whose exposure specifications are ``taken``, beside spectra of the first specification."""
    table = take("set_12")
    spectra, images = table["EXP_TYPE"] == "MIR_WFSS", table["FILENAME"].str.contains("_0210[rs]_")
    assert images.sum() == 2
    table.loc[images, "EXPSPCIN"], table.loc[images, "FILTER"] = taken, ("F560W", "F1000W")
    table = table[images | (spectra & (table["EXPSPCIN"] == "1"))]
    members = jwst.associations(rules, jwst.run(table, rules=rules))
    names = members.loc[members["exptype"] == "direct_image", "exposure"]
    assert set(names.str.rpartition("_")[2]) == {chosen}
