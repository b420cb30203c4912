"""The official rules: a case for each row, what sets of exposures make together, and what cannot be known."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from scrub import jwst
from scrub.jwst import groups, reasons
from scrub.jwst.joins import _count as count_members
from scrub.tables import read
from tests.data import read_cases
from tests.exposures import LYOT, PLACE
from tests.profiles import times
from tests.strategies import DMS, crowds

EDITIONS = read("jwst_dms")["editions"].rows["edition"].tolist()
SINGLE = read_cases("jwst_dms")
FURTHER = EDITIONS[EDITIONS.index("3.2") :]  # editions that take an exposure twice
IFU = {
    "EXP_TYPE": "NRS_IFU", "INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "FILTER": "F290LP", "GRATING": "G395H",
    "SUBARRAY": "FULL",
}  # fmt: skip
SLIT = {**IFU, "EXP_TYPE": "NRS_FIXEDSLIT", "FXD_SLIT": "S200A1", "SUBARRAY": "SUBS200A1"}
PAIR = {
    "EXP_TYPE": "NRC_IMAGE", "INSTRUME": "NIRCAM", "DETECTOR": "NRCA3", "FILTER": "F212N", "PUPIL": "WLP8",
    "SUBARRAY": "FULL", "PATTTYPE": "WFSC", "VISITYPE": "PRIME_WFSC_ROUTINE",
}  # fmt: skip


def run(*rows: dict[str, str], edition: str | None = None) -> jwst.Answer:
    named = [{"exposure": f"e{i}", **LYOT, **row} for i, row in enumerate(rows)]
    return jwst.run(pd.DataFrame(named, dtype="str"), rules="jwst_dms", edition=edition)


def products(*rows: dict[str, str], edition: str | None = None) -> list[str]:
    """The id of each exposure's product, the table that left it out, or what would have to be known."""
    told = run(*rows, edition=edition).members
    table = told["rule"].str.partition(".")[0]
    return told["product_id"].fillna(told["lacking"]).fillna(table).str.removeprefix("jw01018-o006_").tolist()


@cache
def single(edition: str) -> jwst.Answer:
    """All cases of an edition in one run, each a program of its own."""
    rows = [{k: v for k, v in case.items() if k.isupper()} for case in SINGLE if case["edition"] == edition]
    named = [{**PLACE, **row, "exposure": f"e{i:03d}", "PROGRAM": str(2000 + i)} for i, row in enumerate(rows)]
    return jwst.run(pd.DataFrame(named), rules="jwst_dms", edition=edition)


@pytest.mark.slow
@pytest.mark.parametrize("edition", sorted({case["edition"] for case in SINGLE}))
def test_each_case_has_the_product_that_its_line_says(edition):
    """An exposure in two products has both, and both groups, with a blank between."""
    answer = single(edition)
    told = answer.members.fillna("")
    told = told.assign(table=told["rule"].str.partition(".")[0]).groupby("exposure").agg(
        {"product": " ".join, "group": " ".join, "lacking": "first", "table": lambda tables: " ".join(tables.unique())}
    )  # fmt: skip
    name = [product.replace(f"jw{2000 + i:05d}", "jw01018") for i, product in enumerate(told["product"])]
    told = told.assign(product=name)
    wanted = pd.DataFrame([case for case in SINGLE if case["edition"] == edition])
    columns = ["product", "group", "lacking", "table"]
    assert told[columns].to_numpy().tolist() == wanted[columns].to_numpy().tolist()
    assert set(answer.rejected["stage"]) <= {"jwst/features"}  # no code for some words, NRS_MIMF and DHS among them


@pytest.mark.slow
def test_every_row_of_every_decision_table_answers_a_case():
    """A row without a case fails here: add a line to cases/jwst_dms.csv."""
    shared = {"pixel_scales"}  # a table of jwst
    answered, rows = set(), set()
    for edition in EDITIONS:
        rules = read("jwst_dms", edition=edition)
        further = [rules[name] for name in ("masks", "further_products")] if edition in FURTHER else []
        own = [table for table in [*rules.in_turn(), *further] if table.name not in shared]
        rows |= {rule for table in own for rule in table.rows["rule"]}
        if edition in {case["edition"] for case in SINGLE}:
            fired = fired_rows(rules, single(edition).exposures)
            answered |= set(fired.reindex(columns=[table.name for table in own]).to_numpy().ravel())
    assert sorted(rows - answered) == []


def fired_rows(rules, exposures: pd.DataFrame) -> pd.DataFrame:
    """The rows that answered, a column for each table, in each reading."""
    cases = groups.find_cases(rules, exposures)[0]
    words = ["", *rules.lists["reading"]] if rules.edition in FURTHER else [""]
    return pd.concat([groups.decide(rules, cases, reading=word).rules for word in words])


@pytest.mark.slow
def test_a_psf_exposure_makes_no_product_but_lets_others_be_one():
    science, psf = {"TARG_RA": "10"}, {"TARG_RA": "20", "IS_PSF": "t"}
    assert products(science) == ["needs"]
    assert products(science, psf) == ["t001_miri_f2300c-masklyot", "product_names"]
    assert products(science, {**psf, "FILTER": "F1065C"}) == ["needs", "product_names"]
    assert products(science, {**psf, "OBSERVTN": "7"}) == ["needs", "product_names"]
    assert products(science, {**psf, "BKGDTARG": "t"}) == ["needs", "exposure_types"]


def test_a_psf_exposure_is_listed_with_each_product_that_it_serves():
    answer = run({"TARG_RA": "10"}, {"TARG_RA": "20"}, {"IS_PSF": "t"})
    told = jwst.associations(DMS, answer)
    assert told[["product_id", "exposure", "exptype"]].to_numpy().tolist() == [
        ["jw01018-o006_t001_miri_f2300c-masklyot", "e0", "science"],
        ["jw01018-o006_t001_miri_f2300c-masklyot", "e2", "psf"],
        ["jw01018-o006_t002_miri_f2300c-masklyot", "e1", "science"],
        ["jw01018-o006_t002_miri_f2300c-masklyot", "e2", "psf"],
    ]
    assert told[["program", "observation", "exp_type"]].drop_duplicates().to_numpy().tolist() == [
        ["01018", "006", "MIR_LYOT"]
    ]


@pytest.mark.slow
@times(0.4)
@given(crowds(rules=DMS))
def test_associations_list_every_science_exposure_once_and_only_those_of_one_observation(table):
    answer = jwst.run(table, rules=DMS)
    told = jwst.associations(DMS, answer)
    science = told[told["exptype"] == "science"]
    made = answer.members.dropna(subset="product_id")
    assert sorted(zip(science["exposure"], science["product_id"], strict=True)) == sorted(
        zip(made["exposure"], made["product_id"], strict=True)
    )
    assert (told.groupby("product_id")[["program", "observation"]].nunique() == 1).all(axis=None)


def test_a_rule_set_without_joins_has_its_science_exposures_only():
    answer = jwst.run(jwst.example(jwst.read_rules()))
    told = jwst.associations(jwst.read_rules(), answer)
    assert told["exptype"].tolist() == ["science", "science"]
    assert told["exposure"].tolist() == answer.members["exposure"].tolist()


@pytest.mark.slow
def test_wavefront_sensing_makes_pairs():
    assert products(PAIR) == ["needs"]
    assert products(PAIR, PAIR) == ["t001_nircam_f212n-wlp8-nrca3_wfscmb-02"] * 2
    assert products(PAIR, {**PAIR, "ACT_ID": "0A"}) == ["needs"] * 2
    assert products(PAIR, {**PAIR, "DETECTOR": "NRCA1"}) == ["needs"] * 2
    assert products(PAIR, {**PAIR, "ACT_ID": "2"})[1].endswith("-02")


@pytest.mark.slow
def test_of_products_of_one_name_those_with_fewer_members_stand_back():
    other = {**IFU, "PATTTYPE": "CYCLING"}
    name = "t001_nirspec_g395h"
    assert products(IFU, other) == [f"{name}#2", name]
    assert products(IFU, other, other) == ["clashes", name, name]
    background = {
        **IFU,
        "BKGDTARG": "t",
    }  # it joins the science exposure of its pattern, and outnumbers its own product
    assert products(IFU, background) == [name, "clashes"]
    assert products({**IFU, "DETECTOR": "NRS2"}, IFU) == [name] * 2


@pytest.mark.slow
def test_two_slits_are_one_since_1_12_and_both_stand_in_the_name():
    rows = [{**SLIT, "BKGDTARG": "t"}, {**SLIT, "BKGDTARG": "t", "FXD_SLIT": "S200A2"}]
    assert products(*rows) == ["t001_nirspec_f290lp-g395h-s200a1-s200a2-subs200a1"] * 2
    assert products(rows[0]) == ["t001_nirspec_f290lp-g395h-s200a1-subs200a1"]
    assert products(*rows, edition="1.12") == ["t001_nirspec_f290lp-g395h-subs200a1"] * 2
    assert [name[-16:] for name in products(*rows, edition="1.11")] == ["s200a1-subs200a1", "s200a2-subs200a1"]


@pytest.mark.parametrize("other", [{"PROGRAM": "01019"}, {"OBSERVTN": "007"}, {"TARG_RA": "81.4875"}])
def test_slits_of_another_product_do_not_stand_in_the_name(other):
    row = {**SLIT, "BKGDTARG": "t"}
    apart = run(row, {**row, "FXD_SLIT": "S200A2", **other}).members["product"]
    assert apart.str.rpartition("g395h-")[2].tolist() == ["s200a1-subs200a1", "s200a2-subs200a1"]


def test_two_microshutter_targets_share_a_name_and_no_product():
    msa = {**IFU, "EXP_TYPE": "NRS_MSASPEC", "MSAMETFL": "jw01_msa.fits"}
    name = "{source_id}_nirspec_f290lp-g395h"
    assert products({**msa, "TARG_RA": "10"}, {**msa, "TARG_RA": "20"}) == [name, f"{name}#2"]


@pytest.mark.parametrize(
    ("row", "lacking"),
    [
        ({"VISITYPE": "PRIME_TARGETED_MOVING", "TARGNAME": ""}, "TARGPROP"),
        ({"TARG_RA": "", "TARGNAME": ""}, "TARGETID"),
        ({**PAIR, "ACT_ID": ""}, "ACT_ID"),
        ({**PAIR, "SUBARRAY": "SUB8FP1A"}, "DMS_NOTE"),
    ],
)
def test_where_the_answer_hangs_on_what_is_not_there_it_says_so(row, lacking):
    mrs = {"EXP_TYPE": "MIR_MRS", "DETECTOR": "MIRIFUSHORT", "FILTER": "", "SUBARRAY": "FULL"}
    answer = run({**mrs, **row}, mrs)
    told = answer.members.iloc[0]
    assert told["lacking"] == lacking
    assert told[["product_id", "product", "group"]].isna().all()
    assert answer.ledger["exposures"] == {
        "in": 2,
        "products": 1,
        "left_out": 0,
        "unknown": 1,
        "rejected": 0,
        "duplicates": 0,
    }


@pytest.mark.slow
def test_the_word_none_is_a_pattern_and_a_blank_cell_is_not():
    assert products({**IFU, "PATTTYPE": "NONE"}) == ["t001_nirspec_g395h"]
    assert products({**IFU, "PATTTYPE": ""}) == products({**IFU, "PATTTYPE": "NaN"}) == ["patterns"]
    exposures = run({"PATTTYPE": "none"}, {"PATTTYPE": "NULL"}).exposures
    assert exposures["PATTTYPE"].fillna("").tolist() == ["NONE", ""]


def test_elements_stand_in_alphabetical_order_and_clear_stands_for_none():
    guider = {"EXP_TYPE": "FGS_IMAGE", "INSTRUME": "FGS", "DETECTOR": "GUIDER1", "FILTER": "", "SUBARRAY": "FULL"}
    assert products(guider) == ["t001_fgs_clear"]
    ami = {"EXP_TYPE": "NIS_IMAGE", "INSTRUME": "NIRISS", "DETECTOR": "NIS", "FILTER": "F480M", "PUPIL": "CLEARP"}
    assert products({**ami, "SUBARRAY": "SUB80"}) == ["t001_niriss_clearp-f480m-sub80"]


def test_a_type_without_a_code_costs_its_features_only():
    mimf = {**IFU, "EXP_TYPE": "NRS_MIMF", "FILTER": "F110W", "GRATING": "MIRROR"}
    assert [frame["exp_type"].tolist() for frame in run(mimf).features.values() if len(frame)] == [[22]]
    answer = run(mimf, edition="3.0")
    assert answer.members["product"].tolist() == ["jw01018-o006_t001_nirspec_f110w-mirror"]
    assert len(answer.products) == 1
    assert all(frame.empty for frame in answer.features.values())
    assert answer.rejected[["stage", "column", "value"]].to_numpy().tolist() == [
        ["jwst/features", "exp_type", "NRS_MIMF"]
    ]


def test_the_row_that_abstained_is_the_rule():
    told = run({**PAIR, "ACT_ID": ""}).members.iloc[0]
    visits = DMS["visits"].rows
    assert visits.loc[visits["rule"] == told["rule"], "lacking"].tolist() == ["ACT_ID"]


def test_science_exposures_of_a_product_are_its_own_and_those_that_join_it():
    codes, rows = (
        np.array([0, 0, 0, 1, 1]),
        np.array([0, 3]),
    )  # one exposure joins the product of row 0, one that of row 3
    members = {"product": np.array(["a", "a", None, "b", "b"], dtype=object)}
    assert count_members(members, codes, rows, "science").tolist() == [3, 3, 3, 3, 3]
    assert count_members(members, codes, rows, "psf").tolist() == [1, 1, 1, 1, 1]
    assert count_members(members, codes, rows[:1], "science").tolist() == [3, 3, 3, 2, 2]


@pytest.mark.parametrize(
    ("filters", "pupil", "elements"), [("F444W", "F405N", "f405n-f444w"), ("F150W2", "F162M", "f150w2-f162m")]
)
def test_optical_elements_stand_in_the_order_of_their_words(filters, pupil, elements):
    table = jwst.example(DMS).assign(
        EXP_TYPE="NRC_IMAGE", INSTRUME="NIRCAM", DETECTOR="NRCALONG", FILTER=filters, PUPIL=pupil, TARGNAME="NGC-104",
        exposure=[f"jw01018006001_02101_0000{i}_nrcalong" for i in (1, 2)], DMS_NOTE="",
    )  # fmt: skip
    (name,) = jwst.run(table, rules=DMS).products["product"]
    assert name.endswith(f"_nircam_{elements}")


ALLSLITS = {**SLIT, "SUBARRAY": "ALLSLITS"}
NEAR = {"TARG_RA": "80.4875006", "TARG_DEC": "-69.4975"}  # on the other side of a rounding edge
IMAGE = {"EXP_TYPE": "MIR_IMAGE", "FILTER": "F770W", "SUBARRAY": "FULL"}


def test_s200a_is_in_the_product_of_the_other_slit_of_its_subarray():
    name = "t001-{source_id}_nirspec_f290lp-g395h-{slit_name}-allslits"
    other = {**ALLSLITS, "FXD_SLIT": "S400A1"}
    assert products(ALLSLITS, other) == [name] * 2
    assert products(ALLSLITS, other, edition="3.0") == [name, f"{name}#2"]
    assert products(other, {**ALLSLITS, "FXD_SLIT": "S1600A1"}) == [f"{name}#2", name]
    background = {"BKGDTARG": "t"}
    assert products({**ALLSLITS, **background}, {**other, **background})[0].endswith("s200a1-s400a1-allslits")


def test_a_background_in_s200a_joins_the_product_of_another_slit():
    background = {**ALLSLITS, "BKGDTARG": "t", "TARG_RA": "10"}
    answer = run({**ALLSLITS, "FXD_SLIT": "S400A1"}, background, {**background, "FXD_SLIT": "S1600A1"})
    told = jwst.associations(DMS, answer)
    assert told.loc[told["exptype"] == "background", "exposure"].tolist() == ["e1"]


def test_a_target_that_moves_over_a_rounding_edge_stays_one():
    assert products(IMAGE, {**IMAGE, **NEAR}) == ["t001_miri_f770w"] * 2
    assert products(IMAGE, {**IMAGE, **NEAR}, edition="3.0") == ["t001_miri_f770w", "t002_miri_f770w"]
    assert products(IMAGE, {**IMAGE, "TARG_RA": "80.488"}) == ["t001_miri_f770w", "t002_miri_f770w"]


def test_targprop_tells_targets_at_one_place_apart_and_is_one_target_within_a_minute():
    rows = [{**IMAGE, "TARGPROP": name} for name in ("HD-1", "HD-1-BKG")]
    assert products(*rows) == ["t001_miri_f770w", "t002_miri_f770w"]
    assert products(rows[0], {**rows[0], "TARG_DEC": "-69.49"}) == ["t001_miri_f770w"] * 2
    assert products(rows[0], {**rows[0], "TARG_DEC": "-69.4"}) == ["t001_miri_f770w", "t002_miri_f770w"]
    moving = {**rows[0], "VISITYPE": "PRIME_TARGETED_MOVING", "TARGNAME": ""}
    assert products(moving, {**moving, "TARG_DEC": "-60"}) == ["t001_miri_f770w"] * 2


def test_members_say_which_products_they_serve():
    answer = run({"TARG_RA": "10"}, {"TARG_RA": "20"}, {"IS_PSF": "t"}, {**IMAGE, "TARG_RA": "30"})
    told = answer.members.fillna("").set_index("exposure")
    names = [f"jw01018-o006_t00{n}_miri_f2300c-masklyot" for n in (1, 2)]
    assert told["psf_of"].to_dict() == {"e0": "", "e1": "", "e2": " ".join(names), "e3": ""}
    assert told.loc["e2", "product_id"] == ""
    assert (told["background_of"] == "").all()
    background = run(SLIT, {**SLIT, "BKGDTARG": "t", "TARG_RA": "10"}).members.fillna("").set_index("exposure")
    assert background.loc["e1", "background_of"] == background.loc["e0", "product_id"] != ""


def test_a_circle_says_where_an_exposure_points_where_nothing_else_does():
    nowhere = {**IMAGE, "CRVAL1": "", "CRVAL2": "", "RA_REF": "", "DEC_REF": ""}
    circle = {**nowhere, "S_REGION": "CIRCLE ICRS 80.4875 -69.4975 0.02"}
    assert run(circle).products[["fx_ra", "fy_dec"]].round(2).to_numpy().tolist() == [[80.49, -69.5]]
    for row, edition in ((circle, "3.0"), ({**nowhere, "S_REGION": "CIRCLE ICRS 80 -99 0.02"}, None)):
        assert run(row, edition=edition).rejected["column"].tolist() == ["S_REGION"]


MASKED = {
    "EXP_TYPE": "NRC_CORON", "INSTRUME": "NIRCAM", "DETECTOR": "NRCA2", "FILTER": "F210M", "PUPIL": "MASKRND",
    "SUBARRAY": "FULL",
}  # fmt: skip


def list_products(answer: jwst.Answer) -> list[tuple[str, str, str]]:
    """Each exposure with the ends of its products' names and their groups."""
    rows = answer.members.fillna("")
    return [
        (e, p.removeprefix("jw01018-o006_t001_"), g)
        for e, p, g in zip(rows["exposure"], rows["product_id"], rows["group"], strict=True)
    ]


def test_full_coronagraphy_is_an_image_and_has_its_psf_subtracted():
    """The detector behind the mask is in both products, another in the image alone; the PSF is a member of one."""
    answer = run(MASKED, {**MASKED, "DETECTOR": "NRCA1"}, {**MASKED, "IS_PSF": "t"})
    image, subtracted = "nircam_f210m-maskrnd-image3", "nircam_f210m-maskrnd"
    assert list_products(answer) == [
        ("e0", image, "tac"), ("e0", subtracted, "tac"), ("e1", image, "tac"), ("e2", "", ""),
    ]  # fmt: skip
    assert answer.members["psf_of"].fillna("").tolist() == ["", "", "", f"jw01018-o006_t001_{subtracted}"]
    assert answer.products.index.tolist() == [f"jw01018-o006_t001_{name}" for name in (subtracted, image)]
    told = jwst.associations(DMS, answer)
    assert told[["exposure", "exptype", "asn_type", "suffix"]].to_numpy().tolist() == [
        ["e0", "science", "coron3", "calints"], ["e2", "psf", "coron3", "calints"],
        ["e0", "science", "image3", "cal"], ["e1", "science", "image3", "cal"],
    ]  # fmt: skip


def test_the_ledger_counts_an_exposure_in_two_products_once():
    exposures = run(MASKED, {**MASKED, "IS_PSF": "t"}).ledger["exposures"]
    assert exposures == {"in": 2, "products": 1, "left_out": 1, "unknown": 0, "rejected": 0, "duplicates": 0}


def test_an_exposure_that_is_nowhere_is_rejected_once_though_in_two_products():
    lost = {**MASKED, **dict.fromkeys(("CRVAL1", "RA_REF", "S_REGION"), "")}
    answer = run(lost, {**MASKED, "IS_PSF": "t"})
    assert answer.rejected["what"].tolist() == ["e0"]
    assert answer.ledger["exposures"]["rejected"] == 1


def test_three_products_of_one_exposure():
    """A time series of full coronagraphy with its PSF."""
    series = {**MASKED, "TSOVISIT": "t"}
    names = [name for exposure, name, _ in list_products(run(series, {**series, "IS_PSF": "t"})) if exposure == "e0"]
    assert names == ["nircam_f210m-maskrnd#2", "nircam_f210m-maskrnd-image3", "nircam_f210m-maskrnd"]


def test_editions_before_have_one_product_of_each_exposure():
    assert len(run(MASKED, {**MASKED, "IS_PSF": "t"}, edition="3.1").members) == 2


IMAGE = {
    "EXP_TYPE": "MIR_IMAGE", "INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE", "FILTER": "F770W", "PUPIL": "", "SUBARRAY": "FULL",
}  # fmt: skip


def test_an_exposure_without_its_filter_is_in_the_product_of_each():
    """As in the official generator, where a missing element agrees with any; alone it makes its own product."""
    answer = run(IMAGE, {**IMAGE, "FILTER": "F1000W"}, {**IMAGE, "FILTER": ""})
    assert list_products(answer) == [
        ("e0", "miri_f770w", "image"), ("e1", "miri_f1000w", "image"),
        ("e2", "miri_f1000w", "image"), ("e2", "miri_f770w", "image"),
    ]  # fmt: skip
    assert list_products(run({**IMAGE, "FILTER": ""})) == [("e0", "miri_clear", "image")]
    assert answer.ledger["exposures"]["products"] == 3


def test_an_exposure_without_its_filter_is_in_no_product_of_another_observation_or_program():
    blank = {**IMAGE, "FILTER": ""}
    for other in ({"OBSERVTN": "7"}, {"PROGRAM": "1019"}):
        members = run({**IMAGE, **other}, blank).members
        assert members["product"].str.endswith("miri_clear").tolist() == [False, True]


def test_a_short_slit_is_in_the_products_of_both_long_ones():
    """S200A1 agrees with S400A1 and with S1600A1; before edition 3.2 it is in one of them."""
    slits = [{**SLIT, "FXD_SLIT": slit} for slit in ("S400A1", "S1600A1", "S200A1")]
    assert [exposure for exposure, _, _ in list_products(run(*slits))] == ["e0", "e1", "e2", "e2"]
    assert len(run(*slits, edition="3.1").members) == 3


def test_a_further_product_is_explained_by_the_rows_that_made_it():
    """By ``further_products``, and by no row of ``exposure_types``."""
    rows = [{"exposure": f"e{i}", **LYOT, **row} for i, row in enumerate((MASKED, {**MASKED, "IS_PSF": "t"}))]
    run_ = reasons.trace(DMS, pd.DataFrame(rows, dtype="str"))
    (explained,) = reasons.explain_members(DMS, run_, "jw01018-o006_t001_nircam_f210m-maskrnd")
    tables = [reason.table for reason in explained.reasons]
    assert tables[0] == "product_names"
    assert {"further_products", "masks"} < set(tables)
    assert "exposure_types" not in tables
