"""Runs on many computers: the parts of a run are answered by the workers of a Dask scheduler.

Pieces of the input are read by workers and kept, by program, in the folder of the run, which all of them must see.
Each part is then answered by one worker, and its rows are written there. Only counts and the places of rows travel.
Rules are sent once to each worker, also to those that come later. What a worker that dies had to do, others do.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from scrub.files.table_files import Track, untracked
from scrub.pipeline.each import Each

if TYPE_CHECKING:
    from distributed import Client

LOCAL = "local"
FILES = 2_500  # FITS files that a worker reads at a time, at most
# What Dask does to watch itself costs two workers of one computer a twentieth of their time: it looks less often.
# Memory that is given back to the system at once costs as much again, and no worker ends up with less of it.
_SETTINGS = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}
S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")


class LostError(OSError):
    """A part that no worker survives, or a scheduler that is not there."""


@contextmanager
def connect(address: str, *, workers: int | None = None) -> "Iterator[Client]":
    """Give a client of a Dask scheduler.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``; ``local`` for workers on this computer, which stop
            afterwards.
        workers: how many there are on this computer; None for one for each core.

    Raises:
        LostError: no scheduler is there, or Dask is not installed.
    """
    if find_spec("distributed") is None:
        raise LostError("a scheduler needs the extra: pip install 'skyscrub[dask]'")
    import dask
    from distributed import Client, LocalCluster

    client: Any = Client  # which has no types, nor has the other
    local: Any = LocalCluster
    if address == LOCAL:
        options = {"n_workers": workers or os.cpu_count(), "threads_per_worker": 1, "dashboard_address": ":0"}
        with (
            dask.config.set(_SETTINGS),
            TemporaryDirectory() as folder,
            local(**options, local_directory=folder, silence_logs="ERROR") as cluster,
            client(cluster) as connected,
        ):
            yield connected
        return
    try:
        connected = client(address)
    except (OSError, ValueError) as error:
        raise LostError(f"{address}: no scheduler answers: {error}") from None
    with connected:
        yield connected


def count_parts(client: Any) -> int:
    """Return into how many parts a run is divided at least: one for each thread of a worker.

    Args:
        client: of a scheduler.
    """
    threads: dict[str, int] = client.nthreads()
    return sum(threads.values())


def map_on(client: "Client", *, track: Track = untracked) -> Each:
    """Return a way to call a function for each of many things on the workers of a client.

    Args:
        client: of a scheduler.
        track: wraps the iteration over what is done, to show progress.
    """
    return partial(_map, client, track, {})


def _map(
    client: Any,
    track: Track,
    sent: dict[int, tuple[str, Any]],
    function: Callable[[S, T], R],
    shared: S,
    things: Sequence[T],
    /,
    *,
    desc: str,
) -> Iterator[R]:
    """Start a function for each thing; yield what it returns, in the order of the things.

    What is shared goes to each worker once, as a plugin: ``sent`` has what did.
    """
    if not things:
        return iter(())
    if id(shared) not in sent:
        name = f"skyscrub-{uuid4().hex}"
        client.register_plugin(_make_plugin(shared), name=name)
        sent[id(shared)] = name, shared
    call = partial(_call, sent[id(shared)][0], function)
    futures = client.map(call, things, pure=False, key=f"{desc}-{uuid4().hex}")
    return _collect(client, track, futures, desc)


def _collect(client: Any, track: Track, futures: list[Any], desc: str) -> Iterator[Any]:
    """Yield the results of what was started, in that order: each is fetched when it is there, and waits its turn."""
    from distributed import KilledWorker, as_completed

    fetch: Any = as_completed  # which has no types
    numbers = {future.key: number for number, future in enumerate(futures)}
    waiting: dict[int, Any] = {}
    turn = 0
    try:
        for future, result in track(fetch(futures, with_results=True), total=len(futures), desc=desc):
            waiting[numbers[future.key]] = result
            future.release()
            while turn in waiting:
                yield waiting.pop(turn)
                turn += 1
    except KilledWorker as error:
        raise LostError(f"no worker survives a part: give workers more memory, or parts fewer rows: {error}") from None
    finally:
        client.cancel(futures)


def _make_plugin(shared: object) -> Any:
    """Return what keeps a thing on each worker, also on workers that come later."""
    from distributed import WorkerPlugin

    plugin: Any = WorkerPlugin()
    plugin.shared = shared
    return plugin


def _call(name: str, function: Callable[[Any, T], R], thing: T) -> R:
    """Return what a function returns on a worker, with what the worker keeps by this name."""
    from distributed import get_worker

    plugin: Any = get_worker().plugins[name]
    return function(plugin.shared, thing)


@contextmanager
def watch(client: Any) -> Iterator[list[str]]:
    """Give a list of the workers that die from now on: their addresses, as they die.

    Args:
        client: of a scheduler.
    """
    lost: list[str] = []

    def note(event: tuple[float, Any]) -> None:
        _, message = event
        if isinstance(message, dict) and message.get("action") == "remove-worker" and not message.get("expected"):
            lost.append(str(message["worker"]))

    client.subscribe_topic("all", note)
    try:
        yield lost
    finally:
        client.unsubscribe_topic("all")
