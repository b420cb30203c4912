"""One prediction at a time: the features, members and rejects of ``run``, from a function that was prepared."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scrub import jwst, samples
from scrub.tables import Rules
from tests.profiles import times
from tests.strategies import DMS, RULES, crowds, exposure, tables

UNKNOWN = ("error", "use_encoded_value")
PREPARED = {
    (rules.name, unknown): jwst.prepare(rules, handle_unknown=unknown) for rules in (RULES, DMS) for unknown in UNKNOWN
}


def read_sample() -> pd.DataFrame:
    return pd.read_csv(samples.TABLE, dtype="str", keep_default_na=False)


def assert_as_run(rules: Rules, table: pd.DataFrame, unknown: str) -> None:
    """Hold a prediction against a run on the same rows: equal frames, with equal stamps."""
    prediction = PREPARED[rules.name, unknown](table)
    answer = jwst.run(table, rules=rules, handle_unknown=unknown)
    assert list(prediction.features) == list(answer.features)
    pairs = [(prediction.features[group], answer.features[group]) for group in answer.features]
    for one, other in [*pairs, (prediction.members, answer.members), (prediction.rejected, answer.rejected)]:
        assert_frame_equal(one, other, check_exact=True)
        assert one.attrs == other.attrs != {}


@times(0.4)
@given(crowds(), st.sampled_from(UNKNOWN))
def test_a_prediction_is_what_a_run_gives(table, unknown):
    assert_as_run(RULES, table, unknown)


@times(0.4)
@given(tables(rules=DMS), st.sampled_from(UNKNOWN))
def test_a_prediction_under_the_rules_of_associations_is_what_a_run_gives(table, unknown):
    assert_as_run(DMS, table, unknown)


@times(0.3)
@given(st.lists(exposure(), min_size=1, max_size=4), st.data())
def test_rows_of_one_name_and_cells_that_are_none_are_treated_as_in_a_run(rows, data):
    names = st.sampled_from(["e0", "e1", "", "N/A"])
    odd = st.sampled_from(["x", "", "NaN", None, 7, 2.5, True, ["a"], 10**60])
    keyword = data.draw(st.sampled_from(sorted(rows[0])))
    table = pd.DataFrame([{"exposure": data.draw(names), **row, keyword: data.draw(odd)} for row in rows])
    assert_as_run(RULES, table, "error")


def test_the_whole_sample_is_predicted_as_in_a_run():
    assert_as_run(RULES, read_sample(), "error")
    assert_as_run(RULES, read_sample().head(0), "error")


def test_a_word_without_a_code_is_a_reject_of_its_product():
    table = jwst.example(RULES).assign(SUBARRAY="ODDSUB")
    rejected = PREPARED["jwst", "error"](table).rejected
    assert rejected[["stage", "reason", "column", "value"]].values.tolist() == [
        ["jwst/features", "no code for this word", "subarray", "ODDSUB"]
    ]
    assert_as_run(RULES, table, "use_encoded_value")


def test_every_exposure_is_a_member_or_a_reject():
    table = read_sample().assign(GS_MAG=lambda rows: rows["GS_MAG"].where(rows.index % 3 > 0, "bright"))
    prediction = PREPARED["jwst", "error"](table)
    assert sorted([*prediction.members["exposure"], *prediction.rejected["what"]]) == sorted(table["exposure"])
    assert prediction.members["rule"].notna().all()


def test_a_column_that_must_be_there_is_named():
    with pytest.raises(jwst.SourceError, match="the table has no column EXP_TYPE"):
        PREPARED["jwst", "error"](read_sample().drop(columns="EXP_TYPE"))


def test_rules_are_given_by_name_folder_or_edition():
    table, older = jwst.example(RULES), jwst.read_rules(edition="1")
    for predict in (jwst.prepare("jwst", edition=1), jwst.prepare(older)):
        frame = predict(table).features["image"]
        assert_frame_equal(frame, jwst.run(table, rules=older).features["image"])
        assert frame.attrs == jwst.run(table, edition=1).features["image"].attrs


def test_a_prediction_leaves_its_input_alone_and_is_the_callers_own():
    table, predict = read_sample().head(4), PREPARED["jwst", "error"]
    before = table.copy()
    first = predict(table)
    assert_frame_equal(table, before)
    for frame in (*first.features.values(), first.members, first.rejected):
        for column in list(frame):
            del frame[column]
        frame.attrs["scrub"] = "changed"
    assert_as_run(RULES, table, "error")


def test_what_is_prepared_can_be_pickled_and_shared_by_threads():
    table = read_sample()
    parts = [table.loc[rows] for rows in table.groupby("PROGRAM").groups.values()]
    predict = pickle.loads(pickle.dumps(PREPARED["jwst", "error"]))
    expected = [jwst.run(part, rules=RULES).features for part in parts]
    with ThreadPoolExecutor(4) as pool:
        for features, wanted in zip(pool.map(lambda part: predict(part).features, parts), expected, strict=True):
            for group, frame in wanted.items():
                assert_frame_equal(features[group], frame)
