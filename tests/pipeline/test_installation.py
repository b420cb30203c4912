"""The installation: what is here, what is too old, and what an extra lacks."""

from importlib import metadata

import pytest

from scrub.pipeline import installation
from scrub.tables import locate


def test_an_installation_names_packages_extras_folders_and_rules():
    found = installation.describe()
    assert found.faults == []
    assert found.versions["pandas"] == metadata.version("pandas")
    assert {"parquet", "hdf5", "mast"} <= set(found.extras)
    assert not {"test", "dev", "all"} & set(found.extras)
    assert set(found.rules) == set(locate.sets())
    lines = list(installation.list_lines(found))
    assert f"pandas {metadata.version('pandas')}" in lines
    assert any(line.startswith("rules from ") for line in lines)


@pytest.mark.parametrize(
    ("version", "fault"),
    [("1.5.0", "pandas 1.5.0 is installed, >=3 is required"), (None, "pandas is not installed")],
)
def test_a_package_too_old_or_absent_is_a_fault(monkeypatch, version, fault):
    ask = metadata.version

    def version_of(name):
        if name != "pandas":
            return ask(name)
        if version is None:
            raise metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr(metadata, "version", version_of)
    found = installation.describe()
    assert found.faults == [fault]
    assert f"fault: {fault}" in list(installation.list_lines(found))


def test_an_extra_says_what_it_lacks_and_how_to_install_it(monkeypatch):
    monkeypatch.setattr(installation, "_find_version", lambda name: None if name == "h5py" else "99")
    lines = list(installation.list_lines(installation.describe()))
    assert "extra hdf5: h5py is not installed: pip install 'skyscrub[hdf5]'" in lines
    assert "extra parquet: installed" in lines


def test_rules_that_cannot_be_read_are_a_fault(monkeypatch):
    def read(name, *, base):
        raise installation.RuleError("filters.csv:2: word: F999W is on no list")

    monkeypatch.setattr(installation, "read", read)
    assert "rules jwst: filters.csv:2: word: F999W is on no list" in installation.describe().faults
