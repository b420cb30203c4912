"""Candidates: what a pool lists makes products as the association generator does, and observations stay as they are."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import jwst
from scrub.files.table_files import SourceError
from scrub.jwst import asn_files
from scrub.jwst.candidates import Candidate, check_letters, read_list
from scrub.tables.findings import RuleError

RULES = jwst.read_rules("jwst_dms")
SHARED = {
    "PROGRAM": "1018", "VISITYPE": "PRIME_TARGETED_FIXED", "EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM",
    "DETECTOR": "NRCA1", "CHANNEL": "SHORT", "TARGETID": "1", "FILTER": "F200W", "PUPIL": "CLEAR", "SUBARRAY": "FULL",
}  # fmt: skip


def make_pool(*rows):
    """Return a pool: of each row the number of the observation, its candidates beside that, and other columns."""
    exposures = []
    for number, (observation, listed, columns) in enumerate(rows, start=1):
        candidates = [(f"o{observation:03d}", "OBSERVATION"), *listed]
        name = f"jw01018{observation:03d}001_02101_{number:05d}_nrca1_uncal.fits"
        own = {"FILENAME": name, "OBS_NUM": str(observation), "ASN_CANDIDATE": str(candidates)}
        exposures.append({**SHARED, **own, **columns})
    return pd.DataFrame(exposures).fillna("NULL")


def name_sets(pool, letters="oca", rules=RULES):
    """Return the numbers of the exposures of each product."""
    members = jwst.run(pool, rules=rules, candidates=letters).members.dropna(subset="product_id")
    rows = members.assign(number=members["exposure"].str[-11:-6].astype(int))
    return {product: sorted(own) for product, own in rows.groupby("product_id")["number"]}


MOSAIC = [("c1000", "MOSAIC")]


def test_a_mosaic_joins_observations_and_targets():
    """One product of all targets, beside those of the observations."""
    pool = make_pool((1, MOSAIC, {}), (2, MOSAIC, {"TARGETID": "2"}))
    assert name_sets(pool, "oc") == {
        "jw01018-o001_t001_nircam_clear-f200w": [1],
        "jw01018-o002_t002_nircam_clear-f200w": [2],
        "jw01018-c1000_t000_nircam_clear-f200w": [1, 2],
    }


def test_each_target_of_a_mosaic_has_its_own_product():
    """A target that two observations have is a product of the mosaic; one of a single observation is not."""
    pool = make_pool((1, MOSAIC, {}), (2, MOSAIC, {}), (3, MOSAIC, {"TARGETID": "2"}))
    own = name_sets(pool, "c")
    assert own == {"jw01018-c1000_t001_nircam_clear-f200w": [1, 2], "jw01018-c1000_t000_nircam_clear-f200w": [1, 2, 3]}


@pytest.mark.parametrize("word", ["MOSAIC", "GROUP", "BACKGROUND"])
def test_one_observation_is_no_mosaic_group_or_background(word):
    """These candidates need exposures of two observations."""
    pool = make_pool((1, [("c1000", word)], {}), (1, [("c1000", word)], {}))
    assert name_sets(pool, "c") == {}


CORON = {"EXP_TYPE": "NRC_CORON", "PUPIL": "MASKRND", "SUBARRAY": "MASKA210R", "FILTER": "F210M"}
PSF = {**CORON, "IS_PSF": "T", "TARGETID": "2"}


def test_coronagraphy_takes_the_psf_of_another_observation():
    """The observation alone makes no product; the candidate does, with its PSF as a member that is no science."""
    own = [("c1004", "CORONAGRAPHY")]
    pool = make_pool((1, own, CORON), (2, own, PSF))
    name = "jw01018-c1004_t001_nircam_f210m-maskrnd-maska210r"
    assert name_sets(pool, "oc") == {name: [1]}
    answer = jwst.run(pool, rules=RULES, candidates="oc")
    assert answer.members["psf_of"].fillna("").tolist() == ["", name]
    members = jwst.associations(RULES, answer)
    assert members[["product_id", "exptype", "asn_type", "asn_id"]].to_numpy().tolist() == [
        [name, "science", "coron3", "c1004"],
        [name, "psf", "coron3", "c1004"],
    ]
    ((file, document),) = asn_files.documents(members).items()
    assert file == "jw01018-c1004_coron3_00001_asn.json"
    assert document["asn_id"] == "c1004"


def test_what_is_discovered_is_of_the_whole_program():
    """Only sets that no observation has are discovered: one with the same members stays that of the observation."""
    assert name_sets(make_pool((1, [], {}), (2, [], {})), "oa") == {
        "jw01018-o001_t001_nircam_clear-f200w": [1],
        "jw01018-o002_t001_nircam_clear-f200w": [2],
        "jw01018-a3001_t001_nircam_clear-f200w": [1, 2],
    }
    assert name_sets(make_pool((1, [], {}), (1, [], {})), "oa") == {"jw01018-o001_t001_nircam_clear-f200w": [1, 2]}


def test_series_are_of_observations():
    """No candidate makes a time series."""
    series = {"EXP_TYPE": "NRC_TSIMAGE", "TSOVISIT": "T", "SUBARRAY": "SUB64P"}
    pool = make_pool((1, [("c1000", "GROUP")], series), (2, [("c1000", "GROUP")], series))
    assert [name[8:12] for name in name_sets(pool)] == ["o001", "o002"]


def test_the_ledger_counts_exposures_once():
    """An exposure in three products is one exposure; one that is left out keeps one row without a candidate."""
    pool = make_pool((1, MOSAIC, {}), (2, MOSAIC, {}), (2, [], {"EXP_TYPE": "NRC_TACQ"}))
    answer = jwst.run(pool, rules=RULES, candidates="oca")
    ledger = answer.ledger
    assert ledger["candidates"] == "oca"
    assert ledger["exposures"] == {
        "in": 3, "products": 2, "left_out": 1, "unknown": 0, "rejected": 0, "duplicates": 0,
    }  # fmt: skip
    assert answer.members["exposure"].value_counts().tolist() == [2, 2, 1]
    (left_out,) = answer.members[answer.members["product_id"].isna()].to_dict("records")
    assert pd.isna(left_out["candidate"])
    assert answer.ledger["products"]["in"] == answer.members["product_id"].nunique() == 3


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["1", "2"]), st.sampled_from(["F200W", "F277W"])), min_size=1)
)
def test_observations_are_as_without_candidates(rows):
    """With ``oca``, the products of observations are those of ``o``."""
    pool = make_pool(*((number, MOSAIC, {"TARGETID": target, "FILTER": word}) for number, target, word in rows))
    alone = name_sets(pool, "o")
    among = {name: own for name, own in name_sets(pool).items() if name[8] == "o"}
    assert among == alone
    assert "candidate" not in jwst.run(pool, rules=RULES).members


def test_an_exposure_in_no_candidate_that_is_wanted_is_left_out_by_name():
    """It keeps one row, and the ledger counts it."""
    answer = jwst.run(make_pool((1, MOSAIC, {}), (2, MOSAIC, {}), (3, [], {})), rules=RULES, candidates="c")
    assert answer.ledger["exposures"]["left_out"] == 1
    (row,) = answer.members[answer.members["product_id"].isna()].to_dict("records")
    assert row["exposure"].startswith("jw01018003")
    assert row["rule"].startswith("candidates.csv:")


PARALLEL = {"VISITYPE": "PARALLEL_PURE", "TARGETID": "NULL"}


def test_a_mosaic_of_all_targets_takes_pure_parallels():
    """Its label stands for the target that they have not; the observation alone makes no product of them."""
    pool = make_pool((1, MOSAIC, PARALLEL), (2, MOSAIC, PARALLEL))
    assert name_sets(pool, "oc") == {"jw01018-c1000_t000_nircam_clear-f200w": [1, 2]}
    answer = jwst.run(pool, rules=RULES, candidates="oc")
    assert answer.ledger["exposures"]["unknown"] == 0
    assert jwst.run(pool, rules=RULES).ledger["exposures"]["unknown"] == 2


def test_direct_images_of_pure_parallels_need_no_target():
    grism = {"EXP_TYPE": "NIS_WFSS", "INSTRUME": "NIRISS", "DETECTOR": "NIS", "FILTER": "GR150R", "PUPIL": "F200W"}
    pool = make_pool((1, [("c1000", "DIRECT_IMAGE")], {**PARALLEL, **grism, "CHANNEL": "NULL"}))
    pool["FILENAME"] = pool["FILENAME"].str.replace("nrca1", "nis")
    members = jwst.run(pool, rules=RULES, candidates="c").members
    assert members["product"].tolist() == ["jw01018-c1000_t000_niriss_f200w-gr150r"]


def test_a_pool_may_give_the_target_of_a_pure_parallel():
    pool = make_pool((1, [], {**PARALLEL, "TARGETID": "4"}))
    assert name_sets(pool, "o") == {"jw01018-o001_t004_nircam_clear-f200w": [1]}


def test_no_two_products_have_the_same_members():
    """Of two candidates with the same exposures the last by name stays."""
    both = [("c1000", "GROUP"), ("c1003", "GROUP")]
    assert list(name_sets(make_pool((1, both, {}), (2, both, {})), "c")) == ["jw01018-c1003_t001_nircam_clear-f200w"]


def test_names_are_compared_among_products_that_stay():
    """A product that is that of an observation takes no name from another of its candidate."""
    masks = {"EXP_TYPE": "NRS_MSASPEC", "INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "CHANNEL": "NULL", "FILTER": "CLEAR",
             "GRATING": "PRISM", "PUPIL": "NULL", "MSAMETFL": "a_msa.fits"}  # fmt: skip
    sky = {**masks, "TARGETID": "3", "BKGDTARG": "T"}
    pool = make_pool(
        (1, [], masks), (2, [], {**masks, "TARGETID": "2"}), (2, [], {**masks, "TARGETID": "2"}), (2, [], sky)
    )
    pool["FILENAME"] = pool["FILENAME"].str.replace("nrca1", "nrs1")
    members = jwst.run(pool, rules=RULES, candidates="oa").members
    discovered = members[members["candidate"] == "a3001"]
    assert discovered["exposure"].str[7:10].tolist() == ["001"]


def test_a_cell_that_is_no_list_rejects_its_exposure():
    """Only where candidates are asked for: a run of observations does not read the cell."""
    pool = make_pool((1, [], {}), (1, [], {"ASN_CANDIDATE": "c1000"}))
    answer = jwst.run(pool, rules=RULES, candidates="oc")
    rejected = answer.rejected[answer.rejected["column"] == "ASN_CANDIDATE"]
    assert rejected["reason"].tolist() == ["no list of candidates, such as [('o001', 'OBSERVATION')]"]
    assert answer.ledger["exposures"]["rejected"] == 1
    assert len(jwst.run(pool, rules=RULES).members) == 2


def test_what_cannot_be_asked_for_is_refused():
    """Another letter, rules without candidates, a table without the column."""
    pool = make_pool((1, [], {}))
    with pytest.raises(ValueError, match="candidates 'z': name some of o"):
        jwst.run(pool, rules=RULES, candidates="z")
    with pytest.raises(RuleError, match="rules jwst: no table candidates: use a rule set that has one"):
        jwst.run(pool, rules="jwst", candidates="oc")
    with pytest.raises(SourceError, match="no column ASN_CANDIDATE"):
        jwst.run(pool.drop(columns="ASN_CANDIDATE"), rules=RULES, candidates="oc")
    assert len(jwst.run(pool.drop(columns="ASN_CANDIDATE"), rules=RULES, candidates="oa").members) == 1


@given(st.lists(st.tuples(st.from_regex("[oca][0-9]{3,4}", fullmatch=True), st.sampled_from(["MOSAIC", "GROUP"]))))
def test_a_list_comes_back(pairs):
    """What Python writes is read; an empty list is none."""
    expected = [Candidate(*pair) for pair in pairs] or None
    assert read_list(str(pairs)) == expected


@given(st.lists(st.sampled_from("oca"), min_size=1))
def test_letters_have_one_order(letters):
    """In whatever order and however often they are named."""
    assert list(check_letters("".join(letters))) == [letter for letter in "oca" if letter in letters]
