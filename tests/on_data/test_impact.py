"""What a change of rules does to a table: exposures, products and features."""

import json
from pathlib import Path

import pandas as pd
import pytest

from scrub import diff, jwst, samples, tables
from scrub.on_data import report
from scrub.on_data.impact import compare_runs, find_effects
from scrub.pipeline.reasons import Run
from tests.rulesets import copy_shipped, edit
from tests.rulesets import run_rules as run


@pytest.fixture
def folder(tmp_path):
    """A copy of the JWST rules."""
    return copy_shipped(tmp_path, "jwst")


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> Path:
    """Rules by which exposures of one type make no product, and others another one."""
    folder = copy_shipped(tmp_path_factory.mktemp("changed"), "jwst")
    edit(folder, "exposure_types", "MIR_IMAGE,false,image,image,image,own", "MIR_IMAGE,false,none,,,")
    edit(folder, "name_parts", "detector,DETECTOR,-", "detector,DETECTOR,-d")
    return folder


@pytest.fixture(scope="module")
def runs(changed) -> tuple[jwst.Answer, jwst.Answer]:
    """The sample by the rules that ship, and by those."""
    return jwst.run(samples.TABLE), jwst.run(samples.TABLE, rules=changed)


def fallen(runs) -> pd.Series:
    """Which exposures fall out of the products."""
    before, after = runs
    return before.members["product_id"].notna() & after.members["product_id"].isna()


@pytest.mark.slow
def test_a_table_shows_which_exposures_products_and_features_change(changed, runs, capsys):
    code, out = run(capsys, "diff", "jwst@3", f"{changed}@3", "--on", str(samples.TABLE), "--format", "json")
    assert code == 1
    before, after = runs
    told = pd.DataFrame(json.loads(out)["on"]["changes"])
    lost = told[(told["of"] == "exposure") & (told["kind"] == "REMOVE")]
    assert set(lost["name"]) == set(before.members.loc[fallen(runs), "exposure"])
    renamed = told[(told["of"] == "product") & (told["kind"] == "RENAME")]
    assert list(renamed["was"]) == sorted(set(before.products.index) - set(after.products.index) - set(lost["was"]))
    assert fallen(runs).any()


@pytest.mark.slow
def test_people_and_pull_requests_read_the_same_counts(changed, runs):
    versions = diff.versions("jwst@3", f"{changed}@3")
    rules = [version.editions["3"] for version in versions]
    effects = find_effects(*rules, "jwst", samples.TABLE)
    comparison = report.Comparison("jwst@3", "own", diff.rule_sets(*versions), str(samples.TABLE), effects)
    count = fallen(runs).sum()
    for text in (report.as_text(comparison), report.as_markdown(comparison)):
        assert f"on {samples.TABLE}: 57 rows" in text
        assert f"changes of exposure: {count}: {count} REMOVE" in text


@pytest.mark.slow
def test_features_that_change_are_told_with_the_number_before_and_after(folder):
    path = folder / "encodings.csv"
    lines = path.read_text().splitlines()
    (i,) = [i for i, line in enumerate(lines) if line.startswith("filter,F200W,")]
    code = lines[i].split(",")[2]
    lines[i] = lines[i].replace(f"F200W,{code},", "F200W,912,")
    path.write_text("\n".join(lines) + "\n")
    told = find_effects(tables.read("jwst"), tables.read(folder), "jwst", samples.TABLE).changes
    coded = jwst.run(samples.TABLE).features
    own = [name for frame in coded.values() for name in frame.index[frame["filter"] == int(code)]]
    assert told[["kind", "of", "column", "was", "now"]].drop_duplicates().to_numpy().tolist() == [
        ["RENUMBER", "feature", "filter", code, "912"]
    ]
    assert sorted(told["name"]) == sorted(own)


@pytest.mark.slow
def test_products_made_one_are_merged_and_products_parted_are_regrouped(folder):
    edit(folder, "name_parts", "observation,OBSERVTN,-o,", "observation,OBSERVTN,-o,1")
    before, after = tables.read("jwst"), tables.read(folder)
    example = jwst.example(before)
    two = pd.concat([example, example.assign(OBSERVTN="7", exposure=["a", "b"])])
    merged = find_effects(before, after, "jwst", two).changes
    assert merged.loc[merged["of"] == "product", ["kind", "was", "now"]].to_numpy().tolist() == [
        [
            "MERGE",
            "jw01018-o006_t1_niriss_clear-f200w + jw01018-o007_t1_niriss_clear-f200w",
            "jw01018-o0_t1_niriss_clear-f200w",
        ]
    ]
    parted = find_effects(after, before, "jwst", two).changes
    assert set(parted.loc[parted["of"] == "product", "kind"]) == {"REGROUP"}


@pytest.mark.slow
def test_measures_that_move_are_changes_and_said_by_how_much(folder):
    edit(folder, "pixel_scales", "NIRCAM,*,short,0.03,", "NIRCAM,*,short,0.04,")
    effects = find_effects(tables.read("jwst"), tables.read(folder), "jwst", samples.TABLE)
    assert set(effects.changes["kind"]) == {"CHANGE"}
    before, after = (jwst.run(samples.TABLE, rules=tables.read(name)).features for name in ("jwst", folder))
    moved = {n for g in before for n in before[g].index if not before[g].loc[n].equals(after[g].loc[n])}
    assert set(effects.changes["name"]) == moved
    versions = [diff.read("jwst@3"), diff.read(str(folder), base="jwst")]
    text = report.as_text(report.Comparison("jwst@3", "own", diff.rule_sets(*versions), "t.csv", effects))
    assert f"  CHANGE targ_max_offset: {len(moved)} products, times 0.75, such as jw09999-o001_t3" in text


def test_a_measure_from_or_to_nothing_has_no_factor():
    rows = pd.DataFrame({"kind": "CHANGE", "of": "feature", "column": ["a", "a", "b"], "name": list("pqr"),
                         "was": ["1.0", "0.0", ""], "now": ["1.5", "2.0", "3.0"]})  # fmt: skip
    assert list(report._write_effects(rows)) == [
        "CHANGE a: 2 products, times 1.5; 1 from or to 0 or missing, such as p: 1.0 -> 1.5",
        "CHANGE b: 1 products, from or to 0 or missing, such as r:  -> 3.0",
    ]


NOTHING = pd.DataFrame()
MEMBERS = pd.DataFrame(
    {
        "exposure": ["a", "b"],
        "product_id": ["p", "p"],
        "product": "p",
        "group": "image",
        "rule": "t.csv:2",
        "role": "science",
    }
)
RAW = pd.DataFrame(
    {"product": ["p"], "CHANNEL": ["SHORT"], "offset": [1.5], "NEXPOSUR": pd.array([2], "Int64")}, index=["p"]
)
REJECTS = pd.DataFrame({"what": ["c"], "stage": ["s"], "reason": ["odd"], "column": ["TARG_RA"], "value": ["x"]})
RUN = Run(NOTHING, [], MEMBERS, RAW, pd.DataFrame(index=["p"]), REJECTS, 3)


@pytest.mark.parametrize(
    ("other", "change"),
    [
        ({"members": MEMBERS.assign(role=["psf", "science"])}, ["CHANGE", "member", "a", "role", "science", "psf"]),
        ({"members": MEMBERS.assign(group=["image", "tac"])}, ["CHANGE", "member", "b", "group", "image", "tac"]),
        ({"raw": RAW.assign(CHANNEL=None)}, ["CHANGE", "raw column", "p", "CHANNEL", "SHORT", ""]),
        ({"raw": RAW.assign(offset=1.75)}, ["CHANGE", "raw column", "p", "offset", "1.5", "1.75"]),
        ({"raw": RAW.assign(NEXPOSUR=3)}, ["CHANGE", "raw column", "p", "NEXPOSUR", "2", "3"]),
        ({"rejected": REJECTS.iloc[:0]}, ["REMOVE", "reject", "c", "TARG_RA", "odd", ""]),
        ({"rejected": REJECTS.assign(reason="far")}, ["CHANGE", "reject", "c", "TARG_RA", "odd", "far"]),
        ({"rejected": pd.concat([REJECTS, REJECTS.assign(what="d")])}, ["APPEND", "reject", "d", "TARG_RA", "", "odd"]),
        ({}, None),
    ],
)
def test_groups_roles_raw_columns_and_rejects_that_change_are_named(other, change):
    told = compare_runs(RUN, RUN._replace(**other)).changes
    columns = ["kind", "of", "name", "column", "was", "now"]
    assert told[columns].to_numpy().tolist() == ([change] if change else [])
    lines = list(report._write_effects(told)) if change else []
    assert lines == (
        [f"{change[0]} {change[2]} {change[3]}: {change[4] or 'none'} -> {change[5] or 'none'}"] if change else []
    )
