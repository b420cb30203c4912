"""A pickle of a transformer holds the stamp of its rules, and loads only where the rules at hand are those."""

import os
import pickle
import subprocess
import sys

import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from scrub import jwst
from scrub.pipeline import stamp
from scrub.pipeline.stamp import StampError
from scrub.sklearn import CodeEncoder, ScrubTransformer

RULES = jwst.read_rules()
WORDS = pd.DataFrame({"FILTER": ["F200W", "CLEAR"]})
EXPOSURES = jwst.example(RULES)
FITTED = {
    "encoder": (lambda **rules: CodeEncoder(**rules).fit(WORDS), WORDS),
    "transformer": (lambda **rules: ScrubTransformer(group="image", **rules).fit(EXPOSURES), EXPOSURES),
}


def overlay(folder, code):
    """A folder of rules in which the filter CLEAR has another code."""
    own = folder / "jwst"
    own.mkdir(exist_ok=True)
    (own / "encodings.csv").write_text(f"column,value,code,since,until,source,note\nfilter,NEW,{code},,,a page,\n")
    return folder


@pytest.mark.parametrize("kind", FITTED)
@pytest.mark.parametrize("rules", [{}, {"edition": 2}, {"rules": "jwst_dms"}, {"rules": RULES}], ids=str)
def test_a_pickle_comes_back_as_it_was(kind, rules):
    fit, data = FITTED[kind]
    fitted = fit(**rules)
    back = pickle.loads(pickle.dumps(fitted))
    assert back.stamp_ == fitted.stamp_ == stamp.of(back.rules_, "jwst")
    assert pd.DataFrame(back.transform(data)).equals(pd.DataFrame(fitted.transform(data)))
    assert back.get_feature_names_out().tolist() == fitted.get_feature_names_out().tolist()


@pytest.mark.parametrize("kind", FITTED)
def test_a_pickle_holds_no_rules_but_their_stamp(kind):
    fitted = FITTED[kind][0]()
    assert "rules_" not in fitted.__getstate__()
    assert fitted.__getstate__()["stamp_"].fingerprint == stamp.of(RULES, "jwst").fingerprint
    assert "rules_" in vars(fitted)
    assert len(pickle.dumps(fitted)) < 20_000 < len(pickle.dumps(RULES))


@pytest.mark.parametrize("kind", FITTED)
def test_a_pickle_of_other_rules_is_refused(tmp_path, kind):
    content = pickle.dumps(FITTED[kind][0](rules=overlay(tmp_path, 97)))
    assert pickle.loads(content).rules_["encodings"].rows["value"].isin(["NEW"]).any()
    overlay(tmp_path, 98)
    with pytest.raises(StampError, match=r"^made by rules .*: refused: table encodings.csv differs$") as error:
        pickle.loads(content)
    assert error.value.differences == ["table encodings.csv differs"]


@pytest.mark.parametrize("kind", FITTED)
def test_a_pickle_keeps_the_edition_that_was_the_newest(kind, monkeypatch):
    content = pickle.dumps(FITTED[kind][0](edition=2))
    state = pickle.loads(content)
    assert state.rules_.edition == "2"
    newest = pickle.dumps(FITTED[kind][0]())
    read = jwst.read_rules
    monkeypatch.setattr(jwst, "read_rules", lambda name, *, edition: read(name, edition=edition or "1"))
    assert pickle.loads(newest).rules_.edition == "3"


@pytest.mark.parametrize("kind", FITTED)
def test_what_is_not_fitted_is_pickled_too(kind):
    bare = clone(FITTED[kind][0]())
    back = pickle.loads(pickle.dumps(bare))
    assert back.get_params() == bare.get_params()
    with pytest.raises(NotFittedError):
        back.transform(FITTED[kind][1])


@pytest.mark.slow
def test_another_process_reads_the_pickle(tmp_path):
    fitted = FITTED["encoder"][0]()
    (tmp_path / "encoder.pickle").write_bytes(pickle.dumps(fitted))
    code = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).transform([['F200W']]).tolist())"
    command = [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "encoder.pickle")]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(fitted.transform(WORDS.head(1)).tolist())
