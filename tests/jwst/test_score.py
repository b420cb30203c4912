"""Scores: what is counted, against an oracle and an independent tool."""

import dataclasses
import itertools
import json
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import jwst
from scrub.cli import main
from scrub.jwst import score
from scrub.tables import decide
from tests.data import SHARED
from tests.scores import counted, counts

COLUMNS = ["pool", "product", "group", "exposure", "exp_type"]


def rows(*groups, kind="NRC_IMAGE") -> pd.DataFrame:
    """Rows of groups written as ``pool/product/group: exposures``."""
    told = []
    for text in groups:
        key, members = text.split(": ")
        pool, product, group = key.split("/")
        told += [(pool, product, group, exposure, kind) for exposure in members.split()]
    return pd.DataFrame(told, columns=COLUMNS, dtype="str")


GROUPS = st.lists(
    st.tuples(st.sampled_from("pq"), st.sampled_from("ab"), st.sampled_from("12"), st.sets(st.sampled_from("vwxyz"), min_size=1)),
    max_size=5,
)  # fmt: skip


def frame(groups) -> pd.DataFrame:
    return rows(*(f"{pool}/{product}/{group}: {' '.join(members)}" for pool, product, group, members in groups))


def sets(groups) -> set:
    """The oracle: groups of one key are one, and sets of members inside a pool count once."""
    by_key: dict = {}
    for pool, product, group, members in groups:
        by_key[pool, product, group] = by_key.get((pool, product, group), frozenset()) | members
    return {(key[0], members) for key, members in by_key.items()}


@pytest.mark.slow
@given(GROUPS, GROUPS)
def test_groups_pairs_and_exposures_are_those_of_sets(predicted, true):
    found = counted(jwst.read_rules(), frame(predicted), frame(true))
    guess, held = sets(predicted), sets(true)
    pairs = [{(p, *x) for p, m in side for x in itertools.combinations(sorted(m), 2)} for side in (guess, held)]
    single = [{(p, x) for p, m in side for x in m} for side in (guess, held)]
    for what, (a, b) in {"exact": (guess, held), "pairs": pairs, "exposures": single}.items():
        assert counts(found, "all", what) == (len(a & b), len(a), len(b)), what
        if a or b:
            assert found.loc[("all", what), "f1"] == pytest.approx(2 * len(a & b) / (len(a) + len(b)))
            assert counts(found, "NRC_IMAGE", what) == counts(found, "all", what)
        else:
            assert pd.isna(found.loc[("all", what), "f1"])


def test_inputs_are_left_alone(rules):
    predicted, true = rows("p/jw01-o001_t1_a/: x y"), rows("p/jw01-o001_t1_a/: x y", "p/b/: z")
    before = predicted.copy(), true.copy()
    compared = score.compare(rules, predicted, true)
    kept = compared.copy()
    score.score(compared), score.mismatches(compared)
    for now, then in zip((predicted, true, compared), (*before, kept), strict=True):
        pd.testing.assert_frame_equal(now, then)


def test_pairs_are_of_two_exposures_each():
    rules = jwst.read_rules()
    predicted, true = rows("p/a/: v w x", "p/b/: y z", "q/a/: v w"), rows("p/a/: v w", "p/b/: x y z", "q/a/: v x")
    found = counted(rules, predicted, true)
    assert counts(found, "all", "exact") == (0, 3, 3)
    assert counts(found, "all", "pairs") == (2, 5, 5)  # v w, y z
    assert counts(found, "all", "exposures") == (6, 7, 7)
    assert counts(counted(rules, rows("p/a/: v"), rows("p/a/: v")), "all", "pairs") == (0, 0, 0)


def test_pairs_of_other_exposures_are_other_pairs():
    """Whatever the numbers of the exposures: no sum, or small product, of two numbers stands for a pair."""
    names = [f"x{number:02}" for number in range(12)]
    sets_ = [f"p/{at:03}/: {one} {other}" for at, (one, other) in enumerate(itertools.combinations(names, 2))]
    found = counted(jwst.read_rules(), rows(*sets_[::2]), rows(*sets_[1::2]))
    assert counts(found, "all", "pairs") == (0, 33, 33)


def test_groups_that_differ_are_listed_by_kind_and_name():
    rules = jwst.read_rules()
    predicted = rows("p/a/: v w", "p/b/: x", "p/c/: y", "p/d/: y", "q/e/: z")
    true = rows("p/a/: w v", "p/b/: x z", "p/g/: y", "p/f/: y", "q/e/: z")
    found = score.mismatches(score.compare(rules, predicted, true))
    assert list(found) == ["kind", "pool", "exp_type", "predicted", "true", "members"]
    assert found.drop(columns="exp_type").to_numpy().tolist() == [
        ["extra", "p", "b", "", "x"],
        ["missed", "p", "", "b", "x z"],
        ["name", "p", "c d", "f g", "y"],
    ]
    assert found.index.tolist() == [0, 1, 2]


NAMES = [
    ("JW01018-O006_T001_NIRCAM_F200W", "NRC_IMAGE", "jw01018-o006_X_nircam_f200w"),
    ("jw01018-o006_{source_id}_niriss_f115w", "NIS_WFSS", "jw01018-o006_X_niriss_f115w"),
    ("jw01018-o006_t002-{source_id}_nirspec_clear-prism-{slit_name}-sub", "NRS_FIXEDSLIT", "jw01018-o006_X_nirspec_clear-prism-sub"),
    ("jw01018-o006_s000000001_nirspec_clear-prism-s200a1-s200a1", "NRS_FIXEDSLIT", "jw01018-o006_X_nirspec_clear-prism-s200a1"),
    ("jw01018-o006_s000000001_nirspec_clear-prism-s200a1", "NRS_BRIGHTOBJ", "jw01018-o006_X_nirspec_clear-prism-s200a1"),
    ("jw01018-o006_t1_miri_ch3-long", "MIR_MRS", "jw01018-o006_X_miri"),
    ("jw01018-o006_t1_miri_ch3-long", "MIR_IMAGE", "jw01018-o006_X_miri_ch3-long"),
    ("jw00632-o003_t001_nircam_f212n-nrca1_{suffix}-05", "NRC_IMAGE", "jw00632-o003_X_nircam_f212n-nrca1"),
    ("jw00632-o003_t001_nircam_f212n-nrca1_wfscmb-05", "NRC_IMAGE", "jw00632-o003_X_nircam_f212n-nrca1"),
    ("jw01018-c1001_t1_miri_", "MIR_IMAGE", "jw01018-c1001_X_miri"),
    ("no name", "MIR_IMAGE", "no name"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "written"), NAMES, ids=[n[0] for n in NAMES])
def test_names_are_compared_without_what_no_header_knows(rules, name, kind, written):
    assert score.write_canonical(rules, pd.Series([name], index=[7]), pd.Series([kind], index=[7])).to_dict() == {
        7: written
    }


@pytest.mark.parametrize("cells", [{"pattern": "("}, {"replacement": r"\9"}])
def test_a_step_that_is_no_expression_is_refused_by_line(rules, cells):
    table = rules["score_names"]
    broken = table._replace(cells={**table.cells, **{name: (cell,) * len(table.rows) for name, cell in cells.items()}})
    spoilt = dataclasses.replace(rules, tables={**rules.tables, "score_names": broken})
    with pytest.raises(decide.RuleError, match=r"score_names\.csv:2: pattern: "):
        score.write_canonical(spoilt, pd.Series(["a"]), pd.Series(["b"]))


def test_names_count_on_exact_groups_only_and_any_name_of_a_set_will_do(rules):
    true = rows("p/jw01-o001_t1_a/x: 1 2", "p/jw01-o001_t1_b/y: 1 2", "p/jw01-o001_t1_c/: 3", "p/jw01-o001_t1_d/: 4")
    guess = rows("p/jw01-o001_t9_b/: 1 2", "p/jw01-o001_t1_d/: 3", "p/jw01-o001_t1_d/2: 5")
    found = counted(rules, guess, true)
    assert counts(found, "all", "exact") == (2, 3, 3)
    assert counts(found, "all", "names") == (1, 2, 2)
    assert counts(found, "all", "products") == (2, 2, 4)
    assert found.loc[("all", "names"), ["precision", "recall", "f1"]].tolist() == [0.5, 0.5, 0.5]


@pytest.mark.slow
def test_the_channels_of_one_cube_are_one_group_and_other_products_are_not(rules):
    bands = [
        "p/jw01-o001_t1_miri_ch1-short/: 1 2",
        "p/jw01-o001_t1_miri_ch3-long/: 3 4",
        "p/jw01-o001_t2_miri_ch1-short/: 5",
    ]
    true = rows("p/jw01-o001_t001_miri/: 1 2 3 4", "p/jw01-o001_t002_miri/: 5", kind="MIR_MRS")
    cubes = counted(rules, rows(*bands, kind="MIR_MRS"), true)
    assert counts(cubes, "MIR_MRS", "exact") == counts(cubes, "MIR_MRS", "names") == (2, 2, 2)
    assert counts(counted(rules, rows(*bands, kind="MIR_MRS"), rows(*bands, kind="MIR_MRS")), "all", "exact") == (
        2,
        2,
        2,
    )
    assert counts(counted(rules, rows(*bands), rows(*bands)), "all", "exact") == (3, 3, 3)
    apart = rows("p/jw01-o001_t1_miri/1: 1 2", "p/jw01-o001_t1_miri/2: 3 4", "p/jw01-o001_t2_miri/: 5", kind="MIR_MRS")
    assert counts(counted(rules, apart, true), "all", "exact") == (2, 2, 2)
    assert counts(counted(rules, apart.iloc[:0], apart), "all", "exact") == (0, 0, 3)


def test_a_group_is_of_its_most_frequent_type_and_of_the_first_exposure_where_two_are(rules):
    kinds = pd.DataFrame(
        {"exposure": ["1", "2", "3", "4"], "exp_type": ["mir_image", "fgs_image", "FGS_IMAGE", "NIS_AMI"]}
    )
    plain = rows("p/a/: 1 2 3", "p/b/: 4 1", "p/c/: 9").drop(columns="exp_type")
    typed = score.add_types(plain, [kinds])
    groups = score.compare(rules, typed, typed.iloc[:0]).set_index("product")["exp_type"]
    assert groups.to_dict() == {"a": "FGS_IMAGE", "b": "MIR_IMAGE", "c": "UNKNOWN"}


def test_the_first_table_says_the_type_and_two_types_in_one_are_refused():
    plain = rows("p/a/: 1", "q/a/: 1").drop(columns="exp_type")
    first = pd.DataFrame({"pool": ["p"], "exposure": ["1"], "exp_type": ["A"]})
    second = pd.DataFrame({"exposure": ["1"], "exp_type": ["b"]})
    assert score.add_types(plain, [first, second])["exp_type"].tolist() == ["A", "B"]
    with pytest.raises(ValueError, match="exposure '1' has two exposure types, 'C' is one of them"):
        score.add_types(plain, [pd.concat([second, second.assign(exp_type="c")])])


def test_wilson_intervals_are_those_of_the_paper():
    low, high = score.wilson(pd.Series([0, 10, 81, 0]), pd.Series([10, 10, 263, 0]))
    assert low[:3].round(4).tolist() == [0.0, 0.7225, 0.2553]
    assert high[:3].round(4).tolist() == [0.2775, 1.0, 0.3662]
    assert low.isna().tolist() == high.isna().tolist() == [False, False, False, True]


def test_mismatches_tell_which_groups_differ(rules):
    guess = rows("p/jw01-o001_t1_a/: 2 1", "p/jw01-o001_t1_b/: 3", "p/jw01-o001_t1_c/: 4")
    true = rows("p/jw01-o001_t9_a/: 1 2", "p/jw01-o001_t1_d/: 3", "p/jw01-o001_t1_c/: 4 5")
    told = score.mismatches(score.compare(rules, guess, true))
    assert told.to_numpy().tolist() == [
        ["extra", "p", "NRC_IMAGE", "jw01-o001_t1_c", "", "4"],
        ["missed", "p", "NRC_IMAGE", "", "jw01-o001_t1_c", "4 5"],
        ["name", "p", "NRC_IMAGE", "jw01-o001_t1_b", "jw01-o001_t1_d", "3"],
    ]


@pytest.fixture(scope="module")
def pools(tmp_path_factory):
    """Predictions for pools with known associations, as both tools read them, and the other tool's scores."""
    data, tool = SHARED / "jwst_pools", SHARED.parent / "tools" / "score_level3.py"
    if not (data.is_dir() and tool.is_file()):
        pytest.skip("no data from outside here")
    rules = jwst.read_rules(edition=3)
    members = [
        jwst.run(str(path), rules=rules).members.assign(pool=path.stem)
        for path in sorted((data / "headers").glob("*.csv"))
    ]
    made = pd.concat(members).dropna(subset="product").drop(columns="group").rename(columns={"product_id": "group"})
    path = tmp_path_factory.mktemp("pools") / "predicted.csv"
    made[["pool", "product", "exposure", "group"]].to_csv(path, index=False)
    options = ["--exposures", str(data / "exposures.csv"), "--ignore", str(data / "ignore_poor.csv")]
    arguments = [str(path), str(data / "truth.csv"), *options]
    told = subprocess.run([sys.executable, str(tool), *arguments], capture_output=True, check=True, text=True)
    return arguments, json.loads(told.stdout)


@pytest.mark.slow
def test_scores_equal_those_of_an_independent_tool(pools, capsys):
    arguments, other = pools
    assert main.main(["score", *arguments, "--json"]) == 0
    ours = json.loads(capsys.readouterr().out)["scores"]
    theirs = {"all": other["overall"], **other["by_exp_type"]}
    assert set(ours) == set(theirs)
    assert ours["all"]["exact"]["true"] > 100

    def rounded(cell):
        return {
            "tp": cell["tp"], "n_pred": cell["predicted"], "n_true": cell["true"],
            **{k: None if cell[k] is None else round(cell[k], 4) for k in ("precision", "recall", "f1")},
        }  # fmt: skip

    for kind, expected in theirs.items():
        for what in ("exact", "pairs", "exposures"):
            assert rounded(ours[kind][what]) == expected[what], (kind, what)
        assert rounded(ours[kind]["products"]) == expected["names"]["set_strict"], kind
        on_exact = expected["names"]["on_exact"]
        names = rounded(ours[kind]["names"])
        assert (names["n_true"], names["precision"]) == (on_exact["n"], on_exact["strict"]), kind


FORMED = ["pool", "product", "name", "exp_type", "members"]
CUBE = "jw01-o001_t1_miri"


@pytest.mark.parametrize(
    ("guessed", "product", "kind", "formed"),
    [
        (True, CUBE, "MIR_MRS", [("1", "2", "3")]),
        (False, CUBE, "MIR_MRS", [("2", "3"), ("1",)]),
        (True, CUBE, "MIR_IMAGE", [("2", "3"), ("1",)]),
        (False, f"{CUBE}_ch1-short", "MIR_MRS", [("1", "2", "3")]),
        (False, f"{CUBE}_ch1-short", "MIR_IMAGE", [("2", "3"), ("1",)]),
        (False, f" {CUBE.upper()} ", "MIR_MRS", [("2", "3"), ("1",)]),
    ],
)
def test_groups_of_one_cube_are_merged_where_a_step_says_so(rules, guessed, product, kind, formed):
    table = rows("p/x/z: 3 2 3", "p/x/a: 1", kind=kind).assign(product=product)
    groups = score._form_groups(rules, table, guessed=guessed)
    assert list(groups) == FORMED
    assert groups["members"].tolist() == formed
    assert set(groups["exp_type"]) == {kind}


def test_groups_are_in_the_order_of_their_first_rows(rules):
    formed = score._form_groups(rules, rows("q/b/2: 2 1", "p/b/2: 3", "p/a/1: 4"), guessed=True)
    assert formed.to_numpy().tolist() == [
        ["q", "b", "b", "NRC_IMAGE", ("1", "2")],
        ["p", "b", "b", "NRC_IMAGE", ("3",)],
        ["p", "a", "a", "NRC_IMAGE", ("4",)],
    ]
    compared = score.compare(rules, rows("q/b/2: 2 1", "p/b/2: 3"), rows("p/c/: 3", "p/d/: 1 2"))
    assert compared[["side", "product", "set"]].to_numpy().tolist() == [
        ["predicted", "b", 0],
        ["predicted", "b", 1],
        ["true", "c", 1],
        ["true", "d", 2],
    ]


def test_groups_are_numbered_and_each_exposure_counts_once():
    numbered = score._number_groups(rows("q/b/2: 2 1 2", "p/b/2: 3 1"))
    assert numbered["key"].tolist() == [0, 0, 1, 1]
    assert numbered["exposure"].tolist() == ["2", "1", "3", "1"]
    assert numbered["kind"].tolist() == ["NRC_IMAGE"] * 4


def test_members_that_are_no_science_have_their_role_and_the_type_of_the_science(rules):
    table = rows("p/a/: 1 jw01-o001_t1_c 3", "p/b/: 4").assign(
        exptype=["science", "psf", "background", "psf"], exp_type=["NRC_CORON", "X", "Y", "Z"]
    )
    found = score.add_roles(rules, table)
    assert found["exposure"].tolist() == ["1", "psf:jw01-o001_X_c", "background:3", "psf:4"]
    assert found["exp_type"].tolist() == ["NRC_CORON"] * 3 + ["UNKNOWN"]


def test_each_pair_of_a_group_counts_once(rules):
    found = counted(rules, rows("p/a/: 1 2 3 4"), rows("p/a/: 1 2 3", "p/b/: 4 5"))
    assert counts(found, "all", "pairs") == (3, 6, 4)
    assert counts(found, "all", "exposures") == (4, 4, 5)
    assert counts(found, "all", "exact") == (0, 1, 2)
