"""Rules and steps go to other processes: what comes back is what went, and frozen as before."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toolz import pipe

from scrub import hst_cal, hst_svm, jwst, tables
from scrub.contracts import ContractError
from scrub.contracts.stage import stage
from scrub.files.table_files import SourceError
from scrub.frames.rejects import Split
from scrub.pipeline.stamp import StampError
from scrub.tables.frozen import freeze, thaw

TELESCOPES = [jwst, hst_svm, hst_cal]
WAYS = {"pickle": lambda value: pickle.loads(pickle.dumps(value)), "deepcopy": copy.deepcopy}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", ["jwst", "jwst_dms", "hst_svm", "hst_cal"])
def test_rules_come_back_as_they_were(name, way):
    rules = tables.read(name)
    back = way(rules)
    assert [back.name, back.edition, back.fingerprint] == [rules.name, rules.edition, rules.fingerprint]
    assert back.lists == rules.lists
    assert list(back.tables) == list(rules.tables)
    for one, other in zip(rules.tables.values(), back.tables.values(), strict=True):
        assert other.declaration == one.declaration
        assert isinstance(other.declaration.answers, MappingProxyType)
        assert isinstance(other.conditions, MappingProxyType)
        assert other.conditions == one.conditions
        pd.testing.assert_frame_equal(other.rows, one.rows)
        if isinstance(one.hits, np.ndarray):
            assert np.array_equal(one.hits, other.hits)
            assert not other.hits.flags.writeable
        else:
            assert repr(one.hits) == repr(other.hits)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("telescope", TELESCOPES, ids=lambda module: module.__name__)
def test_each_step_comes_back_and_gives_the_same(telescope, way):
    rules = telescope.read_rules()
    frame = telescope.example(rules)
    steps = telescope.steps(rules)
    back = way(steps)
    assert [step.func for step in back] == [step.func for step in steps]
    assert [step.keywords for step in back] == [step.keywords for step in steps]
    pd.testing.assert_frame_equal(pipe(frame, *back), pipe(frame, *steps))


def test_a_stage_that_no_module_has_by_its_name_is_not_pickled():
    @stage("jwst/headers", "jwst/headers")
    def inner(rules, frame):
        return Split(frame, frame)

    with pytest.raises((pickle.PicklingError, AttributeError), match="inner"):
        pickle.dumps(inner)


nested = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(nested)
def test_what_is_frozen_and_thawed_is_as_it_was(value):
    assert thaw(freeze(value)) == value
    assert freeze(thaw(freeze(value))) == freeze(value)


@pytest.mark.parametrize(
    "error",
    [
        StampError("features.csv", ["edition 1, here 3"]),
        ContractError("jwst/products: one row", pd.DataFrame({"what": ["p1"]})),
        SourceError("no such folder"),
        tables.RuleError("t.csv:2: gap"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_another_process_comes_back_whole(error):
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back)) == (type(error), str(error))
    assert getattr(back, "differences", None) == getattr(error, "differences", None)
    assert list(getattr(back, "rejected", [])) == list(getattr(error, "rejected", []))


def work(frame):
    """A run, as another process calls it."""
    return jwst.run(frame, rules=jwst.read_rules(edition=2))


@pytest.mark.slow
def test_a_run_in_another_process_gives_the_same():
    frame = jwst.example(jwst.read_rules())
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(work, frame).result()
    here = work(frame)
    pd.testing.assert_frame_equal(there.features["image"], here.features["image"])
    assert there.products.attrs == here.products.attrs
    assert there.ledger == here.ledger
