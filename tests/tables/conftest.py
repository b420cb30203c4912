"""Rule sets of one's own: copies of those that ship."""

import shutil
from pathlib import Path

import pytest

from scrub import diff
from tests.data import FINDINGS
from tests.rulesets import copy_shipped


@pytest.fixture(scope="session")
def shipped() -> diff.Version:
    """The JWST rules at their newest edition, to compare with."""
    return diff.read("jwst@3")


@pytest.fixture
def folder(tmp_path):
    """A copy of the JWST rules."""
    return copy_shipped(tmp_path, "jwst")


@pytest.fixture
def toy(tmp_path) -> Path:
    """A small rule set of its own, quick to read."""
    return Path(shutil.copytree(FINDINGS / "toy", tmp_path / "toy"))


@pytest.fixture
def rule_sets(tmp_path):
    """A copy of every shipped rule set."""
    return copy_shipped(tmp_path)
