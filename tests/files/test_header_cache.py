"""Headers that are kept: only new files are read, the answer is the same, and nothing else is believed or written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from scrub import jwst, samples
from scrub.cli import main
from scrub.files import fits_headers, header_cache
from scrub.files.table_files import SourceError

pytest.importorskip("pyarrow")


@pytest.fixture
def folder(tmp_path):
    samples.write_jwst(tmp_path / "in")
    return tmp_path / "in"


@pytest.fixture
def readings(monkeypatch):
    """The names of the files that are read."""
    names = []
    read = fits_headers.read_file
    monkeypatch.setattr(
        fits_headers, "read_file", lambda path, *a, **k: (names.append(Path(path).name), read(path, *a, **k))[1]
    )
    return names


def tables(answer):
    return [answer.exposures, answer.members, answer.products, *answer.features.values(), answer.rejected]


def assert_same(one, other):
    for a, b in zip(tables(one), tables(other), strict=True):
        pd.testing.assert_frame_equal(a, b)
    assert one.ledger | {"cached": 0} == other.ledger | {"cached": 0}


def test_only_new_files_are_read_and_the_answer_is_the_same(folder, tmp_path, readings):
    plain = jwst.run(folder)
    cache = tmp_path / "headers.parquet"
    first = jwst.run(folder, cache=cache)
    readings.clear()
    again = jwst.run(folder, cache=cache)
    assert readings == []
    assert (first.ledger["cached"], again.ledger["cached"]) == (0, 57)
    assert_same(plain, first)
    assert_same(plain, again)


def test_a_file_that_changed_or_moved_is_read_again(folder, tmp_path, readings):
    cache = tmp_path / "headers.parquet"
    jwst.run(folder, cache=cache)
    changed, moved, gone, *_ = sorted(folder.glob("*.fits"))
    os.utime(changed, ns=(1, 1))
    other = moved.rename(folder / moved.name.replace("_00001_", "_00009_"))
    gone.unlink()
    readings.clear()
    answer = jwst.run(folder, cache=cache)
    assert sorted(readings) == sorted([changed.name, other.name])
    assert answer.ledger["cached"] == 54
    assert_same(jwst.run(folder), answer)


def test_a_file_that_cannot_be_read_is_not_kept(folder, tmp_path, readings):
    broken = min(folder.glob("*.fits"))
    broken.write_bytes(broken.read_bytes()[:4000])
    for _ in range(2):
        readings.clear()
        answer = jwst.run(folder, cache=tmp_path / "headers.parquet")
        assert len(answer.rejected) == 1
        assert broken.name in readings


@pytest.mark.parametrize("change", [{"fast": True}, {"rules": "jwst_dms"}])
def test_a_cache_of_other_keywords_or_options_does_not_count(folder, tmp_path, change):
    cache = tmp_path / "headers.parquet"
    jwst.run(folder, cache=cache)
    answer = jwst.run(folder, cache=cache, **change)
    assert answer.ledger["cached"] == 0
    assert_same(jwst.run(folder, **change), answer)


def test_a_cache_of_another_reader_does_not_count(folder, tmp_path, monkeypatch):
    cache = tmp_path / "headers.parquet"
    jwst.run(folder, cache=cache)
    monkeypatch.setattr(header_cache.digest, "of_file", lambda path: "another reader")
    assert jwst.run(folder, cache=cache).ledger["cached"] == 0


@pytest.mark.parametrize("content", ["parquet", "text"])
def test_a_file_that_is_no_cache_is_left_alone(folder, tmp_path, content):
    path = tmp_path / "mine.parquet"
    if content == "parquet":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    else:
        path.write_text("mine")
    before = path.read_bytes()
    with pytest.raises(SourceError, match=r"mine\.parquet: not a cache of headers, and is left alone"):
        jwst.run(folder, cache=path)
    assert path.read_bytes() == before


def test_an_interrupted_run_keeps_what_it_read(folder, tmp_path, monkeypatch, capsys):
    read, names = fits_headers.read_file, []

    def stop(path, *arguments, **options):
        names.append(path)
        if len(names) == 11:
            raise KeyboardInterrupt
        return read(path, *arguments, **options)

    monkeypatch.setattr(fits_headers, "read_file", stop)
    cache = tmp_path / "headers.parquet"
    assert main.main(["jwst", str(folder), "--cache", str(cache)]) == 130
    message = f"skyscrub: interrupted: the headers of 10 files that were read are kept in {cache}\n"
    assert capsys.readouterr().err == message
    assert main.main(["jwst", str(folder), "--cache", str(cache), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cached"] == 10


def test_a_cache_needs_pyarrow(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SourceError, match=r"headers\.parquet: Parquet needs the extra"):
        jwst.run(folder, cache=tmp_path / "headers.parquet")


@pytest.mark.slow
def test_a_cache_serves_the_next_process(folder, tmp_path):
    code = "from pathlib import Path; from scrub import jwst; print(jwst.run({!r}, cache=Path({!r})).ledger['cached'])"
    command = [sys.executable, "-c", code.format(str(folder), str(tmp_path / "headers.parquet"))]
    cached = [
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2")
    ]
    assert [int(count) for count in cached] == [0, 57]
