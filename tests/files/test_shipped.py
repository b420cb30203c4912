"""Where rules and contracts are: in the package, or in a checkout beside it."""

import re

import pytest


def test_nothing_is_found_outside_a_package_or_a_checkout(tmp_path, monkeypatch):
    from scrub.files import shipped

    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "scrub")
    with pytest.raises(FileNotFoundError, match="no folder 'rules'"):
        shipped.find("rules")
    (tmp_path / "rules").mkdir()
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path))):
        shipped.find("rules")
    (tmp_path / "pyproject.toml").touch()
    assert shipped.find("rules") == tmp_path / "rules"
    (tmp_path / "scrub" / "rules").mkdir(parents=True)
    assert shipped.find("rules") == tmp_path / "scrub" / "rules"
