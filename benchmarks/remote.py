"""Remote files: how many bytes and requests the headers of a large one cost, counted by a web server here."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure
from scrub import jwst, samples
from tests.range_server import serve

PIXELS = 50_000_000  # bytes


def measure() -> Iterator[Figure]:
    """Yield what a run on one large file asks of its server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = samples.write_jwst(folder / "sample")[0]
        large = path.rename(folder / path.name)
        with large.open("r+b") as stream:
            stream.truncate(PIXELS)
        with serve(folder) as server:
            ledger = jwst.run(f"{server.url}/{large.name}").ledger
        if ledger["files"]["read"] != 1:
            raise RuntimeError(f"{large.name} was not read: {ledger}")
        sent, requests = server.bytes[large.name], server.requests[large.name]
    yield Figure("remote files", f"headers of a file of {PIXELS / 1e6:.0f} MB", sent / 1e3, "kB sent")
    yield Figure("remote files", f"headers of a file of {PIXELS / 1e6:.0f} MB", requests, "requests")
