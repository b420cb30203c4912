"""Candidates: what a pool lists makes products as the association generator does, and observations stay as they are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import jwst
from scrub.files.table_files import SourceError
from scrub.frames.arrays import make_cells
from scrub.jwst import asn_files, candidates
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


PARTS = {
    "two": ("[('o001', 'OBSERVATION'), ('c1000', 'MOSAIC')]", [("o001", "OBSERVATION"), ("c1000", "MOSAIC")]),
    "blanks around": ("  [ ( 'o1' , 'A-b_c d' ) , ]  ", [("o1", "A-b_c d")]),
    "no commas": ("[('o1', 'A')('o2', 'B')]", [("o1", "A"), ("o2", "B")]),
    "no letter": ("[('7', 'A')]", [("7", "A")]),
    "no kind": ("[('7', '')]", [("7", "")]),
    "empty": ("[]", None),
    "no bracket": ("('o1', 'A')", None),
    "more behind": ("[('o1', 'A')] x", None),
    "two letters": ("[('oo1', 'A')]", None),
    "blank": ("", None),
}


@pytest.mark.parametrize(("cell", "own"), PARTS.values(), ids=PARTS)
def test_a_cell_is_a_list_or_none(cell, own):
    assert read_list(cell) == (own and [Candidate(*pair) for pair in own])


@pytest.mark.parametrize("letters", ["", "x", "ox"])
def test_letters_that_are_none_are_refused_word_by_word(letters):
    with pytest.raises(ValueError, match="^candidates ") as error:
        check_letters(letters)
    assert str(error.value) == (
        f"candidates {letters!r}: name some of o (observations), c (candidates of the proposal) and a (discovered)"
    )


def test_only_cells_of_text_that_are_no_list_are_at_fault():
    cells = make_cells(["[('o001', 'OBSERVATION')]", "c1000", None, ""])
    (fault,) = candidates.find_faults({"ASN_CANDIDATE": cells})
    assert fault.where.tolist() == [False, True, False, True]
    assert (fault.column, fault.cells) == ("ASN_CANDIDATE", cells)
    assert candidates.find_faults({}) == []


ROWS = {
    "observations": ("o", [0, 1], ["o006", "o007"], ["observation", "observation"]),
    "discovered": ("a", [0, 1], ["a3001", "a3001"], ["discovered", "discovered"]),
    "of the proposal": ("c", [0, 0, 1], ["c1000", "c1000", ""], ["mosaic", "tiles", "none"]),
    "two letters": (
        "oc", [0, 0, 0, 1], ["o006", "c1000", "c1000", "o007"], ["observation", "mosaic", "tiles", "observation"],
    ),
    "all": (
        "oca", [0, 0, 0, 0, 1, 1], ["o006", "c1000", "c1000", "a3001", "o007", "a3001"],
        ["observation", "mosaic", "tiles", "discovered", "observation", "discovered"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("letters", "rows", "names", "kinds"), ROWS.values(), ids=ROWS)
def test_a_reading_stands_once_for_each_candidate_and_kind(letters, rows, names, kinds):
    exposures = {
        "OBSERVTN": make_cells(["005", "006", "007"]),
        "ASN_CANDIDATE": make_cells([None, "[('o006', 'OBSERVATION'), ('c1000', 'mosaic')]", None]),
    }
    found = candidates._list_rows(RULES, exposures, np.array([1, 2]), letters)
    assert [column.tolist() for column in found] == [rows, names, kinds]


def test_without_exposures_and_without_the_column_there_are_no_rows_of_the_proposal():
    exposures = {"OBSERVTN": make_cells(["005"])}
    none = candidates._list_rows(RULES, exposures, np.array([], dtype=int), "oca")
    assert [column.tolist() for column in none] == [[], [], []]
    assert str(none[0].dtype) == "int64"
    found = candidates._list_rows(RULES, exposures, np.array([0]), "c")
    assert [column.tolist() for column in found] == [[0], [""], ["none"]]


def test_the_candidates_that_every_exposure_has():
    assert dict(candidates._read_own(RULES)) == {
        "o": candidates._Own("o", "o", "OBSERVTN", "OBSERVATION"),
        "a": candidates._Own("a", "a3001", "", "DISCOVERED"),
    }


@pytest.mark.parametrize(
    ("word", "kinds"), [("mosaic", ["mosaic", "tiles"]), ("Group", ["group"]), ("CORONAGRAPHY", ["other"])]
)
def test_a_word_for_a_kind_counts_in_any_case(word, kinds):
    assert candidates._fold_kind(RULES, word) == kinds


def test_what_a_candidate_does_not_make_is_left_out_by_its_row():
    members = {
        "group": make_cells(["g", "g", None, None]), "makes": np.array([True, False, True, False]),
        "least_rule": make_cells(["c:1", "c:2", "c:3", "c:4"]), "rule": make_cells(["r:1", "r:2", "r:3", "r:4"]),
    }  # fmt: skip
    found = candidates.leave_out(members)
    assert found["group"].tolist() == ["g", None, None, None]
    assert found["rule"].tolist() == ["r:1", "c:2", "r:3", "r:4"]


def make_members(*rows):
    names = ("product", "candidate", "label", "least_rule")
    cells = {name: make_cells(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    count = range(len(rows))
    return {**cells, "group": make_cells(["g"] * len(rows)), "rule": make_cells([f"r:{i}" for i in count])}


SAME = {
    "the observation stays": ([("p", "o001", "", "c:1"), ("q", "c1000", "", "c:2")], "aa", ["p", None], ["r:0", "c:2"]),
    "then the last candidate": ([("p", "c1001", "", "c:1"), ("q", "c1000", "", "c:2")], "aa", ["p", None], ["r:0", "c:2"]),
    "a fixed label first": ([("p", "c1000", "", "c:1"), ("q", "c1000", "t000", "c:2")], "aa", [None, "q"], ["c:1", "r:1"]),
    "of other members all stay": ([("p", "o001", "", "c:1"), ("q", "c1000", "", "c:2")], "ab", ["p", "q"], ["r:0", "r:1"]),
    "each by its own row": (
        [("p", "o001", "", "c:1"), ("q", "c1", "", "c:2"), ("r", "c2", "", "c:3")], "aaa", ["p", None, None], ["r:0", "c:2", "c:3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "sets", "products", "rules"), SAME.values(), ids=SAME)
def test_of_products_with_the_same_members_one_stays(rows, sets, products, rules):
    own = {code: frozenset({(word, "science", "")}) for code, word in enumerate(sets)}
    found = candidates._drop_repeated(make_members(*rows), np.arange(len(rows)), own)
    assert [found["product"].tolist(), found["rule"].tolist()] == [products, rules]


def test_members_of_each_product_are_a_set():
    assert candidates._number_sets(np.array([3, 1, 3, 3]), ["a", "b", "c", "a"]) == {3: {"a", "c"}, 1: {"b"}}


@pytest.mark.parametrize(("least", "product", "rule"), [(1, "p", "r"), (2, "p", "r"), (3, None, "c:1")])
def test_a_product_has_its_least_number_of_observations(least, product, rule):
    count = 3
    members = {
        "product": make_cells(["p"] * 3), "key": make_cells([""] * 3), "group": make_cells(["g"] * 3),
        "role": make_cells(["science"] * 3), "rule": make_cells(["r"] * 3), "case": np.zeros(count, dtype=int),
        "OBSERVTN": make_cells(["1", "2", "2"]), "observations": np.full(count, least), "exposure": make_cells(["e", "f", "g"]),
        "candidate": make_cells(["c1000"] * 3), "label": make_cells([""] * 3), "least_rule": make_cells(["c:1"] * 3),
        "need": make_cells([""] * 3),
    }  # fmt: skip
    answers = {"need": make_cells([""]), "naming": make_cells(["nothing"])}
    found = candidates.drop_few(RULES, members, answers)
    assert found["product"].tolist() == [product] * 3
    assert found["rule"].tolist() == [rule] * 3


def test_rows_are_by_exposure_then_product_and_the_blank_ones_have_no_candidate():
    members = {
        "exposure": make_cells(["b", "a", "c", "a"]), "product_id": make_cells(["p", "p", None, "o"]),
        "product": make_cells(["p", "p", None, "o"]), "group": make_cells(["g", "g", None, "g"]),
        "candidate": make_cells(["c1", "c1", "o1", "o1"]), "rule": make_cells(["1", "2", "3", "4"]),
    }  # fmt: skip
    found = candidates.keep_rows(members)
    assert found["exposure"].tolist() == ["a", "a", "b", "c"]
    assert found["product_id"].tolist() == ["o", "p", "p", None]
    assert found["candidate"].tolist() == ["o1", "c1", "c1", None]
    assert found["rule"].tolist() == ["4", "2", "1", "3"]


def test_refusals_are_whole_sentences():
    with pytest.raises(RuleError) as error:
        candidates.refuse(jwst.read_rules(), {}, "o")
    assert str(error.value) == "rules jwst: no table candidates: use a rule set that has one, such as jwst_dms"
    with pytest.raises(SourceError) as error:
        candidates.refuse(RULES, {}, "oca")
    whole = "no column ASN_CANDIDATE: candidates of the proposal are in pools only: ask for o and a alone"
    assert str(error.value) == whole
    assert candidates.refuse(RULES, {}, "oa") is None
    assert candidates.refuse(RULES, {"ASN_CANDIDATE": []}, "oca") is None


def test_the_stage_of_groups_answers_of_candidates_as_a_run_does():
    own = [("c1004", "CORONAGRAPHY")]
    pool = make_pool((1, own, CORON), (2, own, PSF))
    answer = jwst.run(pool, rules=RULES, candidates="oc")
    exposures = jwst.exposures(RULES, jwst.from_table(RULES, pool).good)
    members = jwst.group(RULES, exposures, candidates="oc")
    assert members["product_id"].tolist() == answer.members["product_id"].tolist()
    assert members["exposure"].tolist() == answer.members["exposure"].tolist()
