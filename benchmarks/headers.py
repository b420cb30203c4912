"""FITS headers: two ``getheader`` calls a file, ours in one process and as a run reads them, and the bytes alone."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from astropy.io import fits

from benchmarks import made
from benchmarks.measure import Figure, cpu, wall
from scrub.files import fits_headers
from scrub.pipeline.column_names import list_lookalikes
from scrub.tables import read as read_rules

FEW = 60
YARDSTICK = "two getheader calls"


def measure(count: int) -> Iterator[Figure]:
    """Yield how many files a second are read, against two ``getheader`` calls.

    Args:
        count: how many files.
    """
    rules = read_rules("jwst")
    wanted: dict[str, list[str]] = {}
    for row in (*rules["keywords"].records(), *rules["checked_keywords"].records()):
        if row["hdu"] != "TABLE":
            wanted.setdefault(row["hdu"], []).append(row["keyword"])
    near = [name.upper() for name in list_lookalikes(rules)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = made.fits_files(folder, count)
        names = [file.name for file in files]

        def two_calls() -> None:
            for file in files[:FEW]:
                fits.getheader(file, 0)
                fits.getheader(file, 1)

        def one_by_one() -> None:
            for file in files[: 10 * FEW]:
                fits_headers.read_file(file, wanted, neighbours=near)

        def bytes_alone() -> None:
            for file in files[: 10 * FEW]:
                stream = os.open(file, os.O_RDONLY)
                os.pread(stream, file.stat().st_size, 0)
                os.close(stream)

        each = cpu(two_calls) / FEW
        yield Figure("headers", YARDSTICK, 1 / each, "files a second of CPU")
        for what, task in (("one process", one_by_one), ("pread alone", bytes_alone)):
            seconds = cpu(task) / min(count, 10 * FEW)
            yield Figure("headers", what, 1 / seconds, "files a second of CPU", YARDSTICK, each / seconds)
        each = wall(two_calls) / FEW
        seconds = wall(lambda: fits_headers.read_files(names, folder, wanted, neighbours=near), 3) / count
        what = f"read_files, {count} files, {os.cpu_count()} processors"
        yield Figure("headers", what, 1 / seconds, "files a second, wall", YARDSTICK, each / seconds)
