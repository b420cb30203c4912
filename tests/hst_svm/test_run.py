"""HST single-visit mosaics: whatever the input, the same rows; labels kept, nothing lost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import hst_svm
from scrub.contracts import contracts
from scrub.tables.findings import RuleError
from tests import hst
from tests.data import read_cases

cells = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(["0", "1"]),
        "category": st.sampled_from([*hst.CATEGORIES, "WEIRD;X"]),
        "header.TARGNAME": st.sampled_from(["ANY", "M-1", "NONE"]),
        "number_of_sources.point": st.sampled_from(["5", "-5", "x", ""]),
        "gen_info.imgname": st.sampled_from(["../x.fits", ""]),
        "nmatches": st.sampled_from([3, float("nan")]),
    },
)
rows = st.tuples(st.integers(0, 30), st.sampled_from([*hst.DETECTORS, "xyz"]), cells)


@st.composite
def tables(draw):
    told = draw(st.lists(rows, min_size=1, max_size=6))
    labelled = draw(st.booleans())
    found = [hst.row(i, detector, **more) for i, detector, more in told]
    frame = pd.DataFrame(found).assign(index=[hst.index(i, d, f"_{n}") for n, (i, d, _) in enumerate(told)])
    return (
        frame.assign(label=[more.get("label", "1") for _, _, more in told])
        if labelled
        else frame.drop(columns="label", errors="ignore")
    )


@pytest.mark.slow
@given(tables(), st.lists(st.booleans(), min_size=6, max_size=6))
def test_any_subset_of_rows_gives_the_same_rows_and_none_is_lost(table, chosen):
    untouched = table.copy()
    answer = hst_svm.run(table)
    told = answer.ledger["datasets"]
    assert told["in"] == len(table) == told["features"] + told["rejected"]
    some = np.array(chosen[: len(table)])
    parts = [hst_svm.run(part) for part in (table[some], table[~some]) if len(part)]
    if kept := [part.features for part in parts if len(part.features)]:
        pd.testing.assert_frame_equal(answer.features, pd.concat(kept).reindex(answer.features.index))
    lost = pd.concat([part.rejected for part in parts], ignore_index=True)
    order = ["what", "stage", "reason", "column", "value"]
    pd.testing.assert_frame_equal(
        answer.rejected.sort_values(order, ignore_index=True), lost.sort_values(order, ignore_index=True)
    )
    assert len(answer.features) == sum(len(part.features) for part in parts)
    pd.testing.assert_frame_equal(table, untouched)


@pytest.mark.slow
@given(tables())
def test_labels_are_never_lost(table):
    answer = hst_svm.run(table)
    if "label" in table:
        given_ = table.set_index("index")["label"].astype(int)
        assert answer.features.columns.tolist() == [*hst.FEATURES, "label"]
        assert answer.features["label"].tolist() == given_[answer.features.index].tolist()
        assert answer.positive == [name for name in answer.features.index if given_[name] == 1]
        assert answer.raw["label"].tolist() == given_[answer.raw.index].tolist()
    else:
        assert answer.features.columns.tolist() == hst.FEATURES
        assert answer.positive == []
    corrupted = hst_svm.run(table, crpt=True)
    assert corrupted.positive == corrupted.features.index.tolist() == answer.features.index.tolist()
    assert corrupted.subset == []


@given(tables(), st.integers(0, 2**32 - 1))
def test_a_subset_repeats_with_its_seed_and_covers_each_detector_and_category_once(table, seed):
    answer = hst_svm.run(table, seed=seed)
    assert answer.subset == hst_svm.subset(answer.features, seed=seed)
    aligned = answer.features
    if "label" in aligned:
        aligned = aligned[aligned["label"] == 0]
    drawn = aligned.loc[answer.subset, ["det", "cat"]]
    assert not drawn.duplicated().any()
    assert drawn.to_numpy().tolist() == aligned[["det", "cat"]].drop_duplicates().to_numpy().tolist()


def test_301_rows_of_which_3_lack_the_gaia_count():
    table = hst.table(301)
    gaia = "Number_of_GAIA_sources.Number_of_GAIA_sources"
    table[gaia] = table[gaia].astype("object")
    table.loc[[5, 100, 300], gaia] = [None, "NaN", ""]
    answer = hst_svm.run(table)
    assert len(answer.features) == 298
    assert answer.rejected["column"].tolist() == ["number_of_gaia_sources"] * 3
    assert answer.rejected["reason"].tolist() == ["missing"] * 3
    assert answer.rejected["what"].tolist() == table["index"].iloc[[5, 100, 300]].tolist()
    assert answer.ledger["datasets"] == {"in": 301, "features": 298, "rejected": 3, "duplicates": 0}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["what"]) for case in read_cases("hst_svm")])
def test_cases(case):
    told = {name: case[name] for name in ("category", "wcstype") if case[name]}
    answer = hst_svm.run(pd.DataFrame([hst.row(1, case["detector"] or "ir", **told)]))
    if case["answer"] == "reject":
        assert answer.rejected["column"].tolist() == [case["feature"]]
    else:
        assert str(answer.features.iloc[0][case["feature"]].astype(int)) == case["answer"]


def test_a_step_called_alone_raises():
    good = hst_svm.mosaics(hst.RULES, hst_svm.from_table(hst.RULES, hst.table(2)).good)
    with pytest.raises(contracts.ContractError, match="column rms_ra: no such column"):
        hst_svm.alignments(hst.RULES, good.drop(columns="rms_ra"))
    with pytest.raises(contracts.ContractError, match="column category: no such column"):
        hst_svm.targets(hst.RULES, hst_svm.alignments(hst.RULES, good.drop(columns="category")))
    with pytest.raises(RuleError):
        hst_svm.read_rules(edition=9)
