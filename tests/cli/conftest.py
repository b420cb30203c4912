"""What the tests of commands share."""

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def table(tmp_path_factory, sample):
    """The sample with one exposure of every fate."""
    bad = sample.iloc[[0]].assign(exposure="jw09999001001_02101_00009_nrca1", EXP_TYPE="NRC_TYPO")
    path = tmp_path_factory.mktemp("table") / "table.csv"
    pd.concat([sample, bad]).to_csv(path, index=False)
    return path
