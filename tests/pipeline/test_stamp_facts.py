"""What a stamp says beside rules and contracts: the number of the code, the run, the policy for words without a code."""

import json
import warnings

import pytest

from scrub import jwst, samples
from scrub.cli import main
from scrub.pipeline import stamp
from scrub.pipeline.stamp import StampError


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    options = ["--out", str(folder), "--handle-unknown", "use_encoded_value"]
    assert main.main(["jwst", str(samples.TABLE), *options]) == 0
    return folder


def test_other_code_is_refused_as_other_code_and_not_as_other_rules(out, rules, monkeypatch):
    made = stamp.read(out / "products.csv")
    assert made == stamp.of(rules, "jwst")
    monkeypatch.setattr(stamp, "_read_code", lambda: "7")
    here = stamp.of(rules, "jwst")
    assert here.fingerprint != made.fingerprint
    with pytest.raises(StampError) as refused:
        stamp.demand(rules, "jwst", out / "products.csv")
    assert refused.value.differences == [f"made by other code: its answers have the number {made.code}, here 7"]


def test_the_ledger_has_the_number_of_the_code(out, rules):
    ledger = json.loads((out / "ledger.json").read_text())
    assert ledger["fingerprint"]["code"] == stamp.of(rules, "jwst").code
    assert stamp.from_ledger(ledger) == stamp.of(rules, "jwst")


def test_another_policy_for_words_without_a_code_warns_and_refuses_nothing(out, rules):
    for path in (out / "products.csv", out):
        assert stamp.read_origin(path).handle_unknown == "use_encoded_value"
        with pytest.warns(UserWarning, match="made with --handle-unknown use_encoded_value"):
            stamp.demand(rules, "jwst", path, handle_unknown="error")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            stamp.demand(rules, "jwst", path, handle_unknown="use_encoded_value")
            stamp.demand(rules, "jwst", path)
            jwst.decode(rules, jwst.run(samples.TABLE).features["image"][["filter"]], stamp=stamp.read(path))
