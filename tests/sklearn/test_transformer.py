"""Exposures to features, as scikit-learn calls it."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.files.table_files import SourceError, read_table
from scrub.sklearn import RejectedWarning, ScrubTransformer

RULES = jwst.read_rules()


@pytest.mark.parametrize("group", ["image", "spec", "tac", "fgs"])
def test_features_are_those_of_a_run_that_are_numbers(sample, group):
    expected = jwst.keep_numbers(RULES, jwst.run(sample).features[group])
    transformer = ScrubTransformer(group=group).fit(sample)
    features = transformer.transform(sample)
    pd.testing.assert_frame_equal(features, expected)
    assert transformer.get_feature_names_out().tolist() == expected.columns.tolist()
    assert transformer.left_out_ == ["fxd_slit"]
    assert features.to_numpy().dtype == "float64"
    assert transformer.n_features_in_ == len(sample.columns)
    assert transformer.feature_names_in_.tolist() == sample.columns.tolist()


@pytest.mark.parametrize("telescope", [hst_cal, hst_svm], ids=lambda module: module.__name__)
def test_data_sets_of_hst_have_no_group(telescope):
    name = telescope.__name__.rpartition(".")[2]
    frame = telescope.example(telescope.read_rules())
    features = ScrubTransformer(name).fit_transform(frame)
    pd.testing.assert_frame_equal(features, telescope.run(frame).features)


def test_editions_and_rule_sets_are_chosen_by_name(sample):
    assert ScrubTransformer(edition=1, group="spec").fit(sample).rules_.edition == "1"
    assert ScrubTransformer(rules="jwst_dms", group="spec").fit(sample).rules_.name == "jwst_dms"
    assert ScrubTransformer(rules=RULES, edition="3", group="spec").fit(sample).rules_ is RULES


def test_further_columns_and_another_order_do_not_count(sample):
    transformer = ScrubTransformer(group="image").fit(sample)
    other = sample[sample.columns[::-1]].assign(colour="red")
    pd.testing.assert_frame_equal(transformer.transform(other), transformer.transform(sample))


def test_rejected_rows_are_warned_of(sample):
    bad = sample.assign(TARG_RA=sample["TARG_RA"].where(sample.index != 0, "east"))
    transformer = ScrubTransformer(group="image").fit(sample)
    with pytest.warns(
        RejectedWarning, match=r"^1 rows rejected: the first is 'jw.*: TARG_RA not a number: 'east'; jwst\.run\(X\)"
    ) as seen:
        features = transformer.transform(bad)
    assert seen[0].filename == __file__
    pd.testing.assert_frame_equal(features, jwst.keep_numbers(RULES, jwst.run(bad).features["image"]))
    with warnings.catch_warnings(action="error"):
        transformer.transform(sample)


@pytest.mark.parametrize(
    ("transformer", "message"),
    [
        (ScrubTransformer(), "group is None: it must be 'image' or 'spec' or 'tac' or 'fgs'"),
        (ScrubTransformer(group="stars"), "group is 'stars': it must be 'image' or"),
        (ScrubTransformer("hst_cal", group="image"), "group is 'image': it must be None"),
        (ScrubTransformer(group="image", handle_unknown="ignore"), "handle_unknown is 'error' or 'use_encoded_value'"),
        (ScrubTransformer("hubble"), "no telescope 'hubble'"),
        (ScrubTransformer(group="image", edition=9), "no edition 9 of jwst"),
    ],
)
def test_parameters_that_are_none_are_refused(sample, transformer, message):
    with pytest.raises(ValueError, match=message):
        transformer.fit(sample)


def test_an_array_is_refused_in_words(sample):
    for X in (np.zeros((2, 3)), [sample], "folder"):  # noqa: N806
        with pytest.raises(ValueError, match="^X must be a frame of exposures, its columns named by keyword, not "):
            ScrubTransformer(group="image").fit(X)
    transformer = ScrubTransformer(group="image").fit(sample)
    with pytest.raises(SourceError, match="the table has no column INSTRUME"):
        transformer.transform(sample.drop(columns="INSTRUME"))


def test_a_transformer_that_is_not_fitted_says_so(sample):
    with pytest.raises(NotFittedError):
        ScrubTransformer(group="image").transform(sample)
    with pytest.raises(NotFittedError):
        clone(ScrubTransformer(group="image").fit(sample)).transform(sample)


def test_it_stands_at_the_head_of_a_pipeline(sample):
    pipeline = make_pipeline(ScrubTransformer(group="image"), StandardScaler()).set_output(transform="pandas")
    scaled = pipeline.fit_transform(sample)
    expected = jwst.run(sample).features["image"]
    assert scaled.index.tolist() == expected.index.tolist()
    assert abs(scaled["max_offset"].mean()) < 1e-9
    assert pipeline[:-1].get_feature_names_out().tolist() == scaled.columns.tolist()


def test_no_exposures_make_no_features(sample):
    transformer = ScrubTransformer(group="image").fit(sample)
    assert transformer.transform(sample.head(0)).shape == (0, 26)


def test_the_input_is_left_alone():
    sample = read_table(samples.TABLE).good
    before = sample.copy(deep=True)
    ScrubTransformer(group="image").fit_transform(sample)
    pd.testing.assert_frame_equal(sample, before)


def without_scikit_learn(code):
    code = f"import sys; sys.modules['sklearn'] = None; {code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)


@pytest.mark.parametrize("name", ["CodeEncoder", "ScrubTransformer", "RejectedWarning"])
def test_without_scikit_learn_the_message_says_what_to_install(name):
    done = without_scikit_learn(f"from scrub.sklearn import {name}")
    last = done.stderr.strip().splitlines()[-1]
    assert last == f"ImportError: {name} needs scikit-learn: pip install 'skyscrub[sklearn]'"


@pytest.mark.slow
def test_without_scikit_learn_help_on_the_package_works():
    done = without_scikit_learn("import pydoc, scrub; print(pydoc.render_doc(scrub), scrub.sklearn.__all__)")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("['CodeEncoder', 'RejectedWarning', 'ScrubTransformer']")


def test_a_name_that_is_none_is_no_attribute():
    import scrub.sklearn

    assert dir(scrub.sklearn) == scrub.sklearn.__all__
    assert not hasattr(scrub.sklearn, "Encoder")


def test_the_map_lists_its_names_only():
    import scrub

    assert dir(scrub) == sorted(scrub.__all__)
    assert {"jwst", "marks", "sklearn", "stamp"} <= set(dir(scrub))
