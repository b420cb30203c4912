"""The stamp of a run on its frames: kept by what pandas does, read back, and a warning where other rules made them."""

import json
import warnings

import pandas as pd
import pytest

from scrub import hst_cal, hst_svm, jwst, samples, tables
from scrub.pipeline import save, stamp
from scrub.pipeline.marks import OtherRulesWarning, read_mark, warn_of_others
from scrub.pipeline.stamp import StampError
from scrub.sklearn import CodeEncoder, ScrubTransformer

RULES = jwst.read_rules()
ANSWER = jwst.run(samples.TABLE)
FEATURES = ANSWER.features["image"]
OLD = jwst.run(samples.TABLE, edition=1)
STATED = {"band": {0: "NONE"}, "visitype": {1: "PRIME_WFSC_ROUTINE"}}


@pytest.mark.parametrize("telescope", [jwst, hst_svm, hst_cal], ids=lambda module: module.__name__)
def test_every_frame_of_a_run_has_its_stamp(telescope):
    rules = telescope.read_rules()
    answer = telescope.run(telescope.example(rules))
    features = answer.features.values() if telescope is jwst else [answer.features]
    frames = [*(part for part in answer if isinstance(part, pd.DataFrame)), *features]
    assert len(frames) >= 3
    for frame in frames:
        assert read_mark(frame) == stamp.from_ledger(answer.ledger)


KEEPS = {
    "copy": lambda frame: frame.copy(),
    "columns": lambda frame: frame[["filter", "pupil"]],
    "rows": lambda frame: frame[frame["filter"] > 0],
    "head": lambda frame: frame.head(2),
    "assign": lambda frame: frame.assign(label=1),
    "reset_index": lambda frame: frame.reset_index(),
    "astype": lambda frame: frame.astype({"filter": "float64"}),
    "sort": lambda frame: frame.sort_values("filter"),
    "concat": lambda frame: pd.concat([frame.head(1), frame.tail(1)]),
    "merge": lambda frame: frame.merge(frame[["frac"]], left_index=True, right_index=True),
    "numbers": lambda frame: jwst.keep_numbers(RULES, frame),
}


@pytest.mark.parametrize("change", KEEPS.values(), ids=KEEPS)
def test_what_pandas_makes_of_a_frame_keeps_the_stamp(change):
    assert read_mark(change(FEATURES)) == stamp.of(RULES, "jwst")


def test_the_attribute_is_plain_json_and_goes_through_parquet(tmp_path):
    assert json.loads(json.dumps(FEATURES.attrs)) == FEATURES.attrs
    FEATURES.to_parquet(tmp_path / "own.parquet")
    save.table(FEATURES, tmp_path / "ours.parquet", stamp.of(RULES, "jwst"))
    for name in ("own", "ours"):
        assert read_mark(pd.read_parquet(tmp_path / f"{name}.parquet")) == stamp.of(RULES, "jwst")
    assert stamp.read(tmp_path / "ours.parquet") == stamp.of(RULES, "jwst")


def test_a_run_leaves_the_attributes_of_its_input_alone():
    headers = jwst.example(RULES)
    headers.attrs["mine"] = 1
    answer = jwst.run(headers)
    assert headers.attrs == {"mine": 1}
    assert read_mark(answer.products).edition == "3"


USES = {
    "decode": lambda frame: jwst.decode(RULES, frame, representatives=STATED),
    "inverse_transform": lambda frame: (
        CodeEncoder().fit(FEATURES[["filter"]].astype("str")).inverse_transform(frame[["filter"]])
    ),
    "encode": lambda frame: CodeEncoder(features=["filter"]).fit(frame[["fxd_slit"]]).transform(frame[["fxd_slit"]]),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_other_rules_are_warned_of_without_being_asked(use):
    with warnings.catch_warnings(action="error"):
        use(FEATURES)
        use(pd.DataFrame(FEATURES.to_dict("series")))
    with pytest.warns(OtherRulesWarning, match="^other rules made this frame: edition 1, here 3; table "):
        use(OLD.features["image"])


def test_a_transformer_warns_of_exposures_of_other_rules(sample):
    transformer = ScrubTransformer(group="image").fit(sample)
    headers = jwst.from_table(RULES, sample).good
    headers.attrs = dict(OLD.exposures.attrs)
    with pytest.warns(OtherRulesWarning, match="edition 1, here 3"):
        transformer.transform(headers)


def test_the_warning_names_the_line_of_the_caller():
    with pytest.warns(OtherRulesWarning) as seen:
        jwst.decode(RULES, OLD.features["image"][["filter"]])
    assert seen[0].filename == __file__


def test_a_stamp_that_is_asked_for_refuses_in_place_of_a_warning():
    frame = OLD.features["image"][["filter"]]
    with warnings.catch_warnings(action="error"), pytest.raises(StampError, match="edition 1, here 3"):
        jwst.decode(RULES, frame, stamp=read_mark(frame))


@pytest.mark.parametrize("text", ["", "{}", "no json", 7, None, json.dumps({"rules": "jwst"})], ids=repr)
def test_a_stamp_that_is_not_whole_is_warned_of(text):
    frame = FEATURES[["filter"]].copy()
    frame.attrs["skyscrub"] = text
    if text is None:
        assert read_mark(frame) is None
        return
    with pytest.raises(StampError):
        read_mark(frame)
    with pytest.warns(OtherRulesWarning, match="^other rules made this frame: .*stamp"):
        warn_of_others(RULES, frame)


def test_contracts_do_not_count_for_codes(tmp_path):
    rules = tables.read("jwst")
    entry = json.loads(FEATURES.attrs["skyscrub"])
    own = stamp.of(rules, "jwst")
    assert entry["contracts"] == dict(own.contracts)
    with warnings.catch_warnings(action="error"):
        warn_of_others(rules, FEATURES)


def test_a_warning_names_the_first_differences_only():
    official = jwst.run(samples.TABLE, rules="jwst_dms").features["image"]
    with pytest.warns(OtherRulesWarning, match=r"^other rules made this frame: edition .*; and [0-9]+ more$") as seen:
        warn_of_others(RULES, official)
    assert str(seen[0].message).count(";") == 5
