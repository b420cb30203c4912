"""Why a feature is what it is, down to the card, and why an exposure is not in a product."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from scrub import jwst, samples, tables
from scrub.cli import main
from scrub.files.table_files import read_table
from scrub.jwst import why
from scrub.jwst.reasons import trace
from scrub.jwst.why import explain_apart, explain_cell
from scrub.on_data.explain import explain
from scrub.pipeline.reasons import NoSuchNameError, Reason
from scrub.tables import RuleError
from tests.strategies import DMS

IMAGE = "jw09999-o001_t3_nircam_clear-f200w"
EXPOSURES = [f"jw09999001001_02101_0000{number}_nrca{detector}" for number in (1, 2) for detector in (1, 2)]


@pytest.fixture(scope="module")
def rules():
    return jwst.read_rules()


@pytest.fixture(scope="module")
def run(rules, sample):
    return trace(rules, sample)


def named(explained):
    return {reason.table for reason in explained.reasons}


def test_a_joined_word_names_how_it_was_joined_folded_and_encoded(rules, run):
    told = explain_cell(rules, run, IMAGE, "detector")
    (joined,) = [reason for reason in told.reasons if reason.table == "keywords"]
    assert joined.read == "DETECTOR=NRCA1|NRCA2: join"
    assert {"product_names", "name_parts", "features", "abbreviations", "encodings"} <= named(told)
    assert not {"groups", "pixel_scales"} & named(told)
    assert [(value.value, value.exposure) for value in told.values] == [
        (exposure[-5:].upper(), exposure) for exposure in sorted(EXPOSURES)
    ]


def test_a_word_of_the_reference_exposure_names_that_exposure_alone(rules, run):
    told = explain_cell(rules, run, IMAGE, "filter")
    assert [tuple(value)[:3] for value in told.values] == [("FILTER", "F200W", min(EXPOSURES))]
    assert "keywords" not in named(told)  # all exposures have one word: how it is combined makes no difference


def test_a_measure_names_scales_groups_and_every_position(rules, run):
    told = explain_cell(rules, run, IMAGE, "max_offset")
    assert {"groups", "pixel_scales"} <= named(told)
    positions = {(value.keyword, value.exposure) for value in told.values}
    assert positions >= {(keyword, exposure) for keyword in ("CRVAL1", "CRVAL2", "TARG_RA") for exposure in EXPOSURES}


def test_rows_whose_answer_makes_no_difference_are_not_named(rules, run):
    told = explain_cell(rules, run, IMAGE, "filter")
    folded = {reason.read.partition("=")[0] for reason in told.reasons if reason.table == "classes"}
    assert folded == {"PUPIL"}  # whether it is CLEAR decides which element comes first
    assert "PUPIL=CLEAR" in {reason.read for reason in told.reasons}


def test_a_scale_is_named_where_another_makes_another_cell(rules, run):
    counts = run.raw["NEXPOSUR"]
    alone = next(product for product in counts.index[counts == 1] if run.raw.loc[product, "group"] != "fgs")
    assert "pixel_scales" not in named(explain_cell(rules, run, alone, "sigma_offset"))  # 0 at any scale
    assert "pixel_scales" in named(explain_cell(rules, run, IMAGE, "sigma_offset"))


def test_a_measure_of_a_group_that_points_by_circles_is_explained(sample):
    dms = tables.read("jwst_dms")
    run = trace(dms, sample)
    by_circles = {row["group"] for row in dms["groups"].records() if "CIRCLE" in row["fiducial"].split()}
    product = run.raw.index[run.raw["group"].isin(by_circles)][0]
    told = explain_cell(dms, run, product, "mean_offset")
    assert {value.keyword for value in told.values} >= {"TARG_RA", "TARG_DEC"}


def test_a_flag_that_exposures_do_not_share_is_explained(rules, sample):
    table = sample.assign(CROWDFLD=["TF"[number % 2] for number in range(len(sample))])
    (joined,) = [
        r for r in explain_cell(rules, trace(rules, table), IMAGE, "crowdfld").reasons if r.table == "keywords"
    ]
    assert joined.read == "CROWDFLD=True|False: reference"


@pytest.mark.slow
@pytest.mark.parametrize("feature", ["detector", "nexposur", "mean_offset"])
def test_each_row_that_is_named_makes_another_cell_by_another_answer(rules, sample, run, feature):
    before = find_cells(rules, sample, feature)
    turns = {table.name for table in rules.in_turn()}
    for product in (IMAGE, "jw09999-o007_t4_miri_ch1-short"):
        exposures = frozenset(run.members.loc[run.members["product_id"] == product, "exposure"])
        for reason in explain_cell(rules, run, product, feature).reasons:
            if reason.table in turns | {"classes"}:
                ends = (find_cells(changed, sample, feature) for changed in change_answers(rules, reason))
                assert any(end and end.get(exposures) != before[exposures] for end in ends), str(reason)


def find_cells(rules, table, feature):
    """Return the name without the target, and the cell of a feature, of each product by its exposures.

    Rules that check would refuse have none.
    """
    try:
        run = trace(rules, table)
    except RuleError:
        return {}
    rows = run.members.dropna(subset="product_id").groupby("product_id")["exposure"]
    cells = run.features[feature]
    return {frozenset(own): (re.sub("_t[1-9][0-9]*", "_t", name), cells.get(name)) for name, own in rows}


def change_answers(rules, reason):
    """Yield the rules with each other word of the table's columns, and of its closed lists, in the answers of a row."""
    table = rules[reason.table]
    at = table.cells["rule"].index(reason.rule)
    for column, spec in table.declaration.answers.items():
        cells = table.cells[column]
        for word in {*cells, *rules.lists.get(spec.rstrip("?+"), ())} - {cells[at]}:
            changed = {**table.cells, column: (*cells[:at], word, *cells[at + 1 :])}
            yield replace(rules, tables={**rules.tables, table.name: table._replace(cells=changed)})


def test_what_a_product_needs_is_named():
    dms = tables.read("jwst_dms")
    shared = {
        "EXP_TYPE": "MIR_LYOT",
        "INSTRUME": "MIRI",
        "DETECTOR": "MIRIMAGE",
        "FILTER": "F2300C",
        "PUPIL": "",
        "SUBARRAY": "MASKLYOT",
    }
    table = jwst.example(dms).assign(**shared, IS_PSF=["F", "T"])
    run = trace(dms, table.assign(exposure=table["exposure"].str.replace("nis", "mirimage")))
    (product,) = run.members["product_id"].dropna()
    assert {"needs", "joins"} <= named(explain_cell(dms, run, product, "filter"))


def test_how_a_filter_is_taken_apart_is_named_though_a_header_has_none(rules, run):
    """By another answer, the exposure has a filter."""
    assert "archive_filters" in named(explain_cell(rules, run, "jw09999-o007_t4_miri_ch1-short", "instr"))


def test_a_row_by_which_a_product_does_not_stand_back_is_named(sample):
    run = trace(DMS, sample)
    sizes = run.members.groupby("product_id").size()
    told = explain_cell(DMS, run, sizes.idxmin(), "filter")
    (clash,) = [reason for reason in told.reasons if reason.table == "clashes"]
    assert clash.read == f"product={sizes.idxmin()}"
    assert clash.answers == "within=product"
    assert "clashes" not in named(explain_cell(DMS, run, sizes.idxmax(), "filter"))


def test_values_have_their_line_or_their_card(rules, tmp_path, fits_folder):
    (cell,) = explain(rules, "jwst", f"{IMAGE}:filter", samples.TABLE)
    line = next(i for i, text in enumerate(samples.TABLE.read_text().splitlines(), 1) if min(EXPOSURES) in text)
    assert cell.values[0].place == f"{samples.TABLE}:{line}, column FILTER"
    (cell,) = explain(rules, "jwst", f"{IMAGE}:filter", fits_folder)
    assert cell.values[0].place == f"{min(EXPOSURES)}_uncal.fits, card FILTER of PRIMARY"
    table = read_table(samples.TABLE).good
    table.to_parquet(tmp_path / "t.parquet")
    (cell,) = explain(rules, "jwst", f"{IMAGE}:filter", tmp_path / "t.parquet")
    number = table.index[table["exposure"] == min(EXPOSURES)][0]
    assert cell.values[0].place == f"{tmp_path / 't.parquet'}, row {number}, column FILTER"


def test_what_parts_an_exposure_from_a_product_is_named(rules, run):
    told = explain_apart(rules, run, EXPOSURES[0], "jw09999-o001_t3_nircam_f405n-f444w")
    assert told.reasons == []  # the same rows decide on both
    assert told.end.endswith("other values of what is in its name")
    assert {value.keyword for value in told.values} == {"DETECTOR", "FILTER", "PUPIL", "CHANNEL"}
    away = "jw09999025001_02101_00001_nis"
    told = explain_apart(rules, run, away, IMAGE)
    assert [reason.table for reason in told.reasons] == ["exposure_types", "exposure_types"]
    assert "group=none" in told.reasons[0].answers
    assert [value.exposure for value in told.values if value.keyword == "EXP_TYPE"] == [away, min(EXPOSURES)]


@pytest.mark.parametrize(
    ("exposure", "product", "message"),
    [
        (EXPOSURES[0], IMAGE, "is in"),
        (EXPOSURES[0], "jw00000-o001", "jw00000-o001: no product of this table"),
        ("nothing", IMAGE, "nothing: no exposure of this table"),
    ],
)
def test_what_cannot_be_told_apart_is_named(rules, run, exposure, product, message):
    with pytest.raises(NoSuchNameError, match=message):
        explain_apart(rules, run, exposure, product)


def test_the_command_tells_it_as_text_and_as_json(capsys):
    table = str(samples.TABLE)
    assert main.main(["rules", "why", f"{IMAGE}:max_offset", "--on", table]) == 0
    out = capsys.readouterr().out
    assert f"  CRVAL1=80.000401: {EXPOSURES[0]}, {table}:2, column CRVAL1\n" in out
    assert "more values (--json has all)" in out
    assert main.main(["rules", "why", f"{IMAGE}:max_offset", "--on", table, "--json"]) == 0
    (cell,) = json.loads(capsys.readouterr().out)
    assert len(cell["values"]) > 12
    other = "jw09999-o002_t2_miri_f770w-brightsky"
    assert main.main(["rules", "why", EXPOSURES[0], "--not", other, "--on", table]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{EXPOSURES[0]}: not in {other}, unlike jw09999002001_02101_00001_mirimage\n  elements.csv:")
    assert f"  OBSERVTN=001: {EXPOSURES[0]}, {table}:2, column OBSERVTN\n" in out
    assert main.main(["rules", "why", EXPOSURES[0], "--not", other]) == 2
    assert main.main(["rules", "why", "x", "--not", "y", "--on", table, "--rules", "hst_cal"]) in (2, 3)


def test_the_frame_that_is_asked_stays_as_it_is(rules, sample):
    before = sample.copy()
    explain(rules, "jwst", f"{IMAGE}:filter", sample)
    pd.testing.assert_frame_equal(sample, before)


def reason(table: str, answers: str, read: str = "") -> Reason:
    return Reason(f"{table}.csv:{answers}", table, read, answers, "", "")


PARTED = {
    "nothing": ([("exposure_types", "a")], [("exposure_types", "a")], []),
    "the first table that differs": (
        [("exposure_types", "a"), ("elements", "b"), ("product_names", "c")],
        [("exposure_types", "a"), ("elements", "x"), ("product_names", "y")],
        [("elements", "b"), ("elements", "x")],
    ),
    "in the turn of the tables": (
        [("product_names", "c"), ("exposure_types", "a")], [("exposure_types", "b"), ("product_names", "d")],
        [("exposure_types", "a"), ("exposure_types", "b")],
    ),
    "scales part nothing": ([("pixel_scales", "a")], [("pixel_scales", "b")], []),
    "a table that one has": ([("exposure_types", "a"), ("targets", "t")], [("exposure_types", "a")], [("targets", "t")]),
    "other tables part nothing": ([("classes", "a")], [("classes", "b")], []),
}  # fmt: skip


@pytest.mark.parametrize(("own", "other", "parted"), PARTED.values(), ids=PARTED)
def test_the_first_table_with_other_answers_parts_two_exposures(rules, own, other, parted):
    sides = [[reason(*each) for each in side] for side in (own, other)]
    assert why._find_parted(rules, *sides) == [reason(*each) for each in parted]


@pytest.mark.parametrize(
    ("cells", "read", "keywords"),
    [
        ({"FILTER": ["A", "B"], "PUPIL": ["A", "A"]}, "", ["FILTER"]),
        ({"TARG_RA": [1.0, 2.0], "GS_RA": [1.0, 2.0]}, "", ["TARG_RA"]),
        ({"VISITYPE": ["A", "B"]}, "", []),
        ({"VISITYPE": ["A", "B"], "TSOVISIT": ["t", "f"]}, "visitype=A, tsovisit=t", ["VISITYPE", "TSOVISIT"]),
        ({"VISITYPE": ["A", "A"]}, "visitype=A", []),
        ({"FILTER": [None, "B"]}, "", ["FILTER"]),
        ({"FILTER": [None, None]}, "", []),
    ],
)
def test_keywords_part_where_they_differ_and_count(rules, cells, read, keywords):
    parted = [reason("exposure_types", "a", read)] if read else []
    assert why._list_parting(rules, pd.DataFrame(cells), parted) == keywords


@pytest.mark.parametrize(
    ("all_of", "values"),
    [
        (True, [("FILTER", "A", "e"), ("FILTER", "B", "f"), ("RA", "1.5", "f")]),
        (False, [("FILTER", "A", "e")]),
    ],
)
def test_values_are_those_that_are_there(all_of, values):
    rows = pd.DataFrame({"exposure": ["e", "f"], "RA": [None, 1.5], "FILTER": ["A", "B"]})
    found = why._list_values(rows, ["FILTER", "RA"], all_of=all_of)
    assert [tuple(value)[:3] for value in found] == values


def test_keywords_of_positions_are_each_named_once(rules):
    pairs = ["CRVAL1", "CRVAL2", "RA_REF", "DEC_REF", "S_REGION", "TARG_RA", "TARG_DEC"]
    assert why._list_read(rules, "image") == pairs
    assert why._list_read(rules, "spec") == [*pairs[2:4], *pairs[:2], *pairs[4:]]
    assert why._list_read(rules, "fgs") == ["TARG_RA", "TARG_DEC"]


@pytest.mark.parametrize(
    ("need", "naming", "joins"),
    [("psf", "coronagraph", ["naming=coronagraph, role=psf"]), ("psf", "occulted", ["naming=occulted, role=psf"]), ("psf", "image", []), ("pair", "image", [])],
)  # fmt: skip
def test_a_need_is_named_with_what_joins_for_it(need, naming, joins):
    first, *others = why._cite_need(DMS, need, naming)
    assert (first.table, first.read) == ("needs", f"need={need}")
    assert [(other.table, other.read) for other in others] == [("joins", read) for read in joins]


def test_the_end_of_what_is_apart_is_whole(rules, run):
    told = explain_apart(rules, run, EXPOSURES[0], "jw09999-o001_t3_nircam_f405n-f444w")
    inside = run.members[run.members["product"] == "jw09999-o001_t3_nircam_f405n-f444w"]["exposure"].min()
    assert told.end == (
        f"not in jw09999-o001_t3_nircam_f405n-f444w, unlike {inside}: other values of what is in its name"
    )
    away = explain_apart(rules, run, "jw09999025001_02101_00001_nis", IMAGE)
    assert away.end == f"not in {IMAGE}, unlike {min(EXPOSURES)}"


def test_a_count_is_explained_where_no_header_has_it(rules):
    told = explain_cell(rules, trace(rules, jwst.example(rules)), "jw01018-o006_t1_niriss_clear-f200w", "nexposur")
    assert told.end == "nexposur is 2.0"
    assert told.values == ()
    combined = [own.read for own in told.reasons if own.table == "keywords"]
    assert combined == ["NEXPOSUR=missing: count"]
