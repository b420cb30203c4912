"""Tables of a run in parts, written: large files by whoever is called for them, small ones here."""

import pytest

from scrub import samples
from scrub.files.run_folder import hash_files
from scrub.jwst import write_parts
from scrub.pipeline import save_parts
from scrub.pipeline.each import map_here
from tests.strategies import RULES


@pytest.mark.parametrize(("small", "sent"), [(0, 7), (30, 2), (10_000, 0)])
def test_files_are_the_same_whoever_writes_them(tmp_path, monkeypatch, small, sent):
    files = []

    def each(function, shared, things, /, *, desc):
        files.extend(things if desc == "files" else [])
        return map_here(function, shared, things, desc=desc)

    write_parts.run_and_write(RULES, samples.TABLE, tmp_path / "one", rows=20)
    monkeypatch.setattr(save_parts, "SMALL", small)
    write_parts.run_and_write(RULES, samples.TABLE, tmp_path / "other", rows=20, each=each)
    assert len(files) == sent
    assert all(sum(chunk.rows for chunk in file.chunks) > small for file in files)
    assert hash_files(tmp_path / "other") == hash_files(tmp_path / "one")
