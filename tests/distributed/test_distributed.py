"""Runs on the workers of a scheduler: the answer of a run in one process, whoever did what, and who died."""

import os
import signal
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrub import distributed, samples
from scrub.cli import main
from scrub.files import pieces
from scrub.files.table_files import read_table
from scrub.jwst import write_parts
from scrub.pipeline import save_parts
from tests.strategies import RULES, crowds

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # Dask warns of what a busy computer does


@pytest.fixture(scope="module")
def client():
    """Two workers, each a process."""
    with distributed.connect(distributed.LOCAL, workers=2) as client:
        yield client


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The sample as twelve programs, in no order."""
    sample = read_table(samples.TABLE).good
    own = [sample.assign(PROGRAM=f"{p:05d}", exposure=f"jw{p:05d}" + sample["exposure"].str[7:]) for p in range(1, 13)]
    path = tmp_path_factory.mktemp("input") / "t.csv"
    pd.concat(own).sample(frac=1, random_state=2).to_csv(path, index=False)
    return path


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_shared_goes_to_each_worker_once(client):
    each = distributed.map_on(client)
    shared = {"base": 10}
    assert list(each(add, shared, list(range(5)), desc="sums")) == [10, 11, 12, 13, 14]
    plugins = set(client.run(list_plugins)[next(iter(client.scheduler_info()["workers"]))])
    assert list(each(add, shared, [7], desc="sums")) == [17]
    assert set(client.run(list_plugins)[next(iter(client.scheduler_info()["workers"]))]) == plugins


def test_nothing_is_shared_where_there_is_nothing_to_do(client):
    worker = next(iter(client.scheduler_info()["workers"]))
    plugins = client.run(list_plugins)[worker]
    assert list(distributed.map_on(client)(add, {"base": 10}, [], desc="sums")) == []
    assert client.run(list_plugins)[worker] == plugins


def add(shared: dict[str, int], thing: int) -> int:
    return shared["base"] + thing


def test_results_are_in_the_order_of_what_they_are_of(client):
    seconds = [0.5, 0.0, 0.3, 0.0]
    assert list(distributed.map_on(client)(wait, None, seconds, desc="waits")) == seconds


def wait(shared: None, seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_workers_of_this_computer_are_as_many_as_asked_for_and_have_settings_of_their_own(client):
    import dask

    assert distributed.count_parts(client) == 2
    for name, value in distributed._SETTINGS.items():
        assert set(client.run(dask.config.get, name).values()) == {value}


@pytest.mark.skipif("MALLOC_TRIM_THRESHOLD_" in os.environ, reason="whoever sets the variable decides")
def test_workers_of_this_computer_keep_their_memory_for_what_comes_next(client):
    assert set(client.run(os.getenv, "MALLOC_TRIM_THRESHOLD_").values()) == {None}
    assert set(client.run(os.getenv, "OMP_NUM_THREADS").values()) == {"1"}


def list_plugins(dask_worker=None) -> list[str]:
    return [name for name in dask_worker.plugins if name.startswith("skyscrub-")]


@settings(max_examples=5)
@given(table=crowds(), rows=st.sampled_from([1, 3, 10]), programs=st.randoms(use_true_random=False))
def test_no_partition_changes_an_answer(client, table, rows, programs):
    own = [programs.choice(["1018", "01019", "1020", "1x", ""]) for _ in range(len(table))]
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "ROW", 200)
        folder = Path(name)
        table.assign(PROGRAM=own).to_csv(folder / "t.csv", index=False)
        run = partial(write_parts.run_and_write, RULES, folder / "t.csv", form="csv")
        one = run(folder / "one", rows=1000)
        many = run(folder / "many", rows=rows, each=distributed.map_on(client))
        assert many.ledger == one.ledger
        assert read_all(folder / "many") == read_all(folder / "one")


def test_files_are_read_by_workers(client, tmp_path):
    samples.write_jwst(tmp_path / "in")
    (tmp_path / "in" / "jw0_uncal.fits").write_text("SIMPLE")
    run = partial(write_parts.run_and_write, RULES, tmp_path / "in")
    one = run(tmp_path / "one", rows=20)
    many = run(tmp_path / "many", rows=20, files=10, each=distributed.map_on(client))
    assert many.ledger == one.ledger
    assert read_all(tmp_path / "many") == read_all(tmp_path / "one")


@pytest.mark.parametrize("when", ["pieces", "parts", "files"])
def test_a_worker_that_dies_is_survived_and_named(client, table, tmp_path, when, monkeypatch):
    monkeypatch.setattr(save_parts, "SMALL", 0)  # so that workers write each file
    each = distributed.map_on(client)

    def kill_one(function, shared, things, /, *, desc):
        answers = each(function, shared, things, desc=desc)
        if desc == when:
            yield next(answers)
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        yield from answers

    run = partial(write_parts.run_and_write, RULES, table)
    one = run(tmp_path / "one", rows=60)
    with distributed.watch(client) as lost:
        many = run(tmp_path / "many", rows=60, each=kill_one)
        client.wait_for_workers(2, timeout=180)  # a busy machine starts them slowly
    assert many.ledger == one.ledger
    assert read_all(tmp_path / "many") == read_all(tmp_path / "one")
    assert [address.partition("://")[0] for address in lost] == ["tcp"]


def test_a_part_that_no_worker_survives_is_an_error():
    with distributed.connect(distributed.LOCAL, workers=1) as client:  # others would have to wait for a new worker
        each = distributed.map_on(client)
        with pytest.raises(distributed.LostError, match="no worker survives a part: give workers more memory"):
            list(each(die, None, [1], desc="deaths"))


def die(shared: None, thing: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_command_gives_the_same_by_a_scheduler(client, table, tmp_path, capfd):
    words = ["jwst", str(table), "--part", "100", "--out"]
    assert main.main([*words, str(tmp_path / "one")]) == 0
    whole = capfd.readouterr().out
    assert main.main([*words, str(tmp_path / "many"), "--scheduler", client.scheduler.address]) == 0
    assert capfd.readouterr().out == whole
    assert read_all(tmp_path / "many") == read_all(tmp_path / "one")


def test_a_scheduler_that_is_not_there_is_named(monkeypatch, tmp_path, capsys):
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        assert main.main(["jwst", str(samples.TABLE), "--scheduler", "tcp://127.0.0.1:9"]) == 3
    assert "tcp://127.0.0.1:9: no scheduler answers" in capsys.readouterr().err
    monkeypatch.setattr(distributed, "find_spec", lambda name: None)
    assert main.main(["jwst", str(samples.TABLE), "--scheduler", "local"]) == 3
    assert "a scheduler needs the extra: pip install 'skyscrub[dask]'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["s3://bucket/x"], [str(samples.TABLE), "--cache", "c.parquet"]])
def test_what_is_read_in_one_piece_is_wrong_usage(words, capsys):
    assert main.main(["jwst", *words, "--scheduler", "local"]) == 2
    assert "leave out --part and --scheduler" in capsys.readouterr().err
