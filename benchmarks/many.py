"""Many exposures: seconds, memory and growth of runs, in process and as commands, and what contracts take of them."""

import math
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from benchmarks import made
from benchmarks.measure import Figure, cpu, process
from scrub import hst_cal, hst_svm, jwst
from scrub.contracts import stage
from scrub.files.table_files import read_table
from scrub.samples import hst
from scrub.tables import read as read_rules

SMALLEST = 1000
DATA_SETS = 30_000
RULES = ("jwst", "jwst_dms")
IN_PROCESS = "import sys, pandas; from scrub import jwst; jwst.run(pandas.read_parquet(sys.argv[1]), rules=sys.argv[2])"


def measure(rows: int) -> Iterator[Figure]:
    """Yield figures for 1,000 exposures and ten times as many, until ``rows``.

    Args:
        rows: the most exposures.
    """
    counts = [SMALLEST * 10**power for power in range(int(math.log10(rows / SMALLEST)) + 1)]
    for name in RULES:
        seconds = 0.0
        for count in counts:
            before, seconds = seconds, _run(name, count)
            yield Figure("many rows", f"jwst.run, {name}, {count:,} exposures", seconds, "s of CPU")
            if before:
                yield Figure(
                    "many rows", f"growth of that from {count // 10:,}", math.log10(seconds / before), "exponent"
                )
    for count in (100, 100_000):
        yield _contracts(count)
    yield from _hst()
    for count in counts[1:]:
        yield from _commands(count)


def _hst() -> Iterator[Figure]:
    """Yield the CPU seconds of many data sets of each HST pipeline."""
    for module, table in ((hst_svm, read_table(hst.MOSAICS).good), (hst_cal, made.calibration(DATA_SETS))):
        rules, rows = module.read_rules(), made.rows_of(table, DATA_SETS)
        seconds = cpu(lambda rows=rows, rules=rules, module=module: module.run(rows, rules=rules))
        yield Figure("many rows", f"{rules.name}.run, {DATA_SETS:,} data sets", seconds, "s of CPU")


def _run(name: str, count: int) -> float:
    """Return the CPU seconds of one run in this process."""
    table, rules = made.exposures(count), read_rules(name)
    return cpu(lambda: jwst.run(table, rules=rules), 1 if count > 100_000 else 5)


def _contracts(count: int) -> Figure:
    """Return the share of a run that contracts take."""
    table, rules = made.exposures(count), read_rules("jwst")
    jwst.run(table, rules=rules)
    shares = []
    for _ in range(9):
        start = time.process_time()
        with _timed() as spent:
            jwst.run(table, rules=rules)
        shares.append(sum(spent) / (time.process_time() - start))
    return Figure("many rows", f"contracts, {count:,} exposures", min(shares), "of the run")


@contextmanager
def _timed() -> Iterator[list[float]]:
    """Give a list that grows by the CPU seconds of each look at a contract."""
    spent, split = [], stage.split_columns

    def timed(*arguments: object) -> object:
        start = time.process_time()
        try:
            return split(*arguments)
        finally:
            spent.append(time.process_time() - start)

    with mock.patch.object(stage, "split_columns", timed):
        yield spent


def _commands(count: int) -> Iterator[Figure]:
    """Yield the seconds and the peak memory of processes: the command on CSV and Parquet, and a frame in Python."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = made.exposures(count)
        table.to_csv(folder / "exposures.csv", index=False)
        table.to_parquet(folder / "exposures.parquet", index=False)
        parquet = str(folder / "exposures.parquet")
        skyscrub = (sys.executable, "-m", "scrub.cli", "jwst")
        out = ("--quiet", "--out", str(folder / "out"))
        commands = {
            "jwst.run of a frame": (sys.executable, "-c", IN_PROCESS, parquet, "jwst"),
            "skyscrub jwst, CSV to CSV": (*skyscrub, str(folder / "exposures.csv"), *out),
            "skyscrub jwst, Parquet to Parquet": (*skyscrub, parquet, "--format", "parquet", *out),
        }
        for what, command in commands.items():
            seconds, peak = process(*command)
            yield Figure("processes", f"{what}, {count:,} exposures", seconds, "s of CPU")
            yield Figure("processes", f"{what}, {count:,} exposures", peak, "MB at most")
