"""Training sets: measured products find their predicted ones, programs are never in two parts, scalers keep their rules."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import jwst, training
from scrub.files.table_files import SourceError
from scrub.pipeline.stamp import StampError

MEASURES = ["memory_gb", "seconds"]


@pytest.fixture(scope="module")
def rules():
    return jwst.read_rules()


@pytest.fixture(scope="module")
def answer(sample, rules):
    return jwst.run(sample, rules=rules)


@pytest.fixture(scope="module")
def measured(sample, answer):
    """Return what an observatory measured: a row a product, with the keywords of one of its exposures."""
    members = answer.members.dropna(subset="product_id").drop_duplicates("product_id")
    rows = sample.set_index("exposure").loc[members["exposure"]].reset_index(drop=True)
    several = answer.products.loc[members["product_id"], "DETECTOR"].str.contains("|", regex=False).to_numpy(dtype=bool)
    return rows.assign(
        exposure=[f"measured-{number}_i2d.fits" for number in range(len(rows))],
        DETECTOR=rows["DETECTOR"].where(~several, "MULTIPLE"),
        memory_gb=[1.0 + number for number in range(len(rows))],
        seconds=[str(60 * number) for number in range(len(rows))],
        wanted=members["product_id"].to_numpy(),
    )


def test_every_measured_product_finds_its_predicted_one(rules, sample, answer, measured):
    before = measured.copy()
    matched = training.match(rules, sample, measured, measures=MEASURES)
    pd.testing.assert_frame_equal(measured, before)
    named = {name: row["memory_gb"] for frame in matched.features.values() for name, row in frame.iterrows()}
    lost = set(matched.rejected["what"])
    wanted = measured[~measured["exposure"].str.removesuffix("_i2d.fits").isin(lost)]
    assert named == dict(zip(wanted["wanted"], wanted["memory_gb"], strict=True))
    assert len(named) + len(matched.unmeasured) == len(answer.products)
    assert len(named) > 0.9 * len(answer.products)
    for group, frame in matched.features.items():
        pd.testing.assert_frame_equal(frame.drop(columns=MEASURES), answer.features[group].loc[frame.index])


def test_nothing_measured_is_lost_without_a_reason(rules, sample, answer, measured):
    one = measured.head(1)
    out = answer.members.loc[answer.members["product_id"].isna(), "exposure"]
    left_out = sample[sample["exposure"].isin(out)].head(1).assign(memory_gb=1, seconds=1)
    odd = pd.concat(
        [
            left_out.assign(exposure="left_i2d.fits"),
            one.assign(exposure="elsewhere_i2d.fits", PROGRAM="77777"),
            one.assign(exposure="twice_i2d.fits", memory_gb=99.0),
            measured.iloc[[1]].assign(memory_gb="much"),
            one,
        ],
        ignore_index=True,
    )
    matched = training.match(rules, sample, odd, measures=MEASURES)
    reasons = dict(zip(matched.rejected["what"], matched.rejected["reason"], strict=True))
    assert reasons == {
        "left": "is no product: a rule leaves it out",
        "elsewhere": "no exposure belongs to this product",
        "twice": "measured several times, with other results",
        "measured-0": "measured several times, with other results",
        "measured-1": "no number",
    }
    assert not any(len(frame) for frame in matched.features.values())


@pytest.mark.parametrize(("measure", "why"), [("tons", "has no column"), ("nexposur", "is a feature already")])
def test_a_measure_that_is_none_is_refused(rules, sample, measured, measure, why):
    with pytest.raises(SourceError, match=f"^{measure}: {why}"):
        training.match(rules, sample, measured.assign(nexposur=1), measures=[measure])


PROGRAMS = st.lists(st.integers(1, 99999), min_size=1, max_size=40)


@given(programs=PROGRAMS, more=PROGRAMS, seed=st.integers(0, 3), data=st.data())
def test_a_program_is_in_one_part_whatever_else_there_is(programs, more, seed, data):
    def split(numbers):
        names = [f"jw{number:05d}-o00{i % 9}_t1_x" for i, number in enumerate(numbers)]
        frame = pd.DataFrame({"n": range(len(names))}, index=names)
        parts = training.split_by_program(frame, {"train": 0.7, "test": 0.3}, seed=seed)
        assert sum(map(len, parts.values())) == len(frame)
        places = [{name[2:7] for name in part.index} for part in parts.values()]
        assert not places[0] & places[1]
        return places[0]

    train, both = split(programs), split([*programs, *more])
    assert train == both & {f"{number:05d}" for number in programs}
    assert split(data.draw(st.permutations(programs))) == train


def test_shares_are_those_of_many_programs():
    frame = pd.DataFrame({"n": 1}, index=[f"jw{number:05d}-o001_t1" for number in range(4000)])
    parts = training.split_by_program(frame, {"train": 0.7, "check": 0.1, "test": 0.2})
    assert [round(len(part) / 4000, 1) for part in parts.values()] == [0.7, 0.1, 0.2]
    other = training.split_by_program(frame, {"train": 0.7, "check": 0.1, "test": 0.2}, seed=1)
    assert set(parts["train"].index) != set(other["train"].index)


@pytest.mark.parametrize("shares", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(ValueError, match="shares are at least 0 and 1 in all"):
        training.split_by_program(pd.DataFrame(index=["jw00001-o001"]), shares)


def test_a_name_without_a_program_is_refused():
    with pytest.raises(ValueError, match="^hst: no program in this name"):
        training.split_by_program(pd.DataFrame(index=["jw00001-o001", "hst"]), {"a": 1})


def test_a_scaler_is_that_of_scikit_learn(rules):
    from sklearn.preprocessing import PowerTransformer

    frame = pd.DataFrame(np.random.default_rng(7).exponential(100, (200, 2)), columns=["max_offset", "targ_max_offset"])
    scaler = training.fit_scaler(rules, frame, list(frame))
    told = training.scale(rules, scaler, frame.assign(filter=3))
    np.testing.assert_allclose(told[list(frame)], PowerTransformer().fit_transform(frame), atol=1e-4)
    assert set(told["filter"]) == {3}
    few = training.scale(rules, scaler, frame.head(1))
    np.testing.assert_array_equal(few, told[list(frame)].head(1))


def test_a_scaler_of_other_rules_is_refused(rules, tmp_path):
    frame = pd.DataFrame({"frac": [0.1, 0.5, 0.2]})
    path = training.write_scaler(training.fit_scaler(rules, frame, ["frac"]), tmp_path / "scaler.json")
    assert json.loads(path.read_text())["parameters"][0]["column"] == "frac"
    scaler = training.read_scaler(str(path))
    with pytest.raises(StampError, match="edition 3, here 2"):
        training.scale(jwst.read_rules(edition=2), scaler, frame)
    other = replace(rules, hashes={**rules.hashes, "encodings": "other"})
    with pytest.raises(StampError, match="encodings"):
        training.scale(other, scaler, frame)


@pytest.mark.parametrize(
    ("cells", "why"), [([1.0, np.nan], "the cell of 1 is no number: ''"), ([2, 2], "the same number everywhere")]
)
def test_a_column_that_cannot_be_scaled_is_named(rules, cells, why):
    with pytest.raises(ValueError, match=f"^frac: {why}"):
        training.fit_scaler(rules, pd.DataFrame({"frac": cells}), ["frac"])
    with pytest.raises(ValueError, match="^offset: no such column"):
        training.fit_scaler(rules, pd.DataFrame({"frac": cells}), ["offset"])


@pytest.mark.parametrize("change", ["format", "parameters", "stamp", "deviation", "text"])
def test_a_file_that_is_no_scaler_is_refused(rules, tmp_path, change):
    frame = pd.DataFrame({"frac": [0.1, 0.5, 0.2]})
    path = training.write_scaler(training.fit_scaler(rules, frame, ["frac"]), tmp_path / "scaler.json")
    content = json.loads(path.read_text())
    if change == "deviation":
        content["parameters"][0]["deviation"] = 0
    elif change == "format":
        content["format"] = "skyscrub scaler 9"
    else:
        content.pop(change, None)
    path.write_text("no json" if change == "text" else json.dumps(content))
    with pytest.raises(SourceError, match=str(path)):
        training.read_scaler(path)
