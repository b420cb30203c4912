"""Rule sets of one's own: copies of those that ship."""

import pytest

from tests.rulesets import copy_shipped


@pytest.fixture
def folder(tmp_path):
    """A copy of the JWST rules."""
    return copy_shipped(tmp_path, "jwst")


@pytest.fixture
def rule_sets(tmp_path):
    """A copy of every shipped rule set."""
    return copy_shipped(tmp_path)
