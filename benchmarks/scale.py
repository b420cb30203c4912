"""What large inputs cost: memory of a run in parts, and how much faster several workers are than one process.

    python -m benchmarks.scale [--rows N] [--files N] [--large N] [--workers N] [--table FILE] [--folder DIR]

Memory is the peak of a command of its own, on tables of a million and of ``--large`` (10,000,000) exposures. Wall
seconds are those of a run in parts on ``--rows`` (2,000,000) exposures and ``--files`` (20,000) FITS files, in one
process, on ``--workers`` (2) workers that wait for work, and in as many plain processes: that is what the machine can
give, for two processors that are threads of one core give less than twice the work of one. The figures say something
only on a machine that does nothing else. ``--table`` and ``--folder`` name inputs in place of those that are made.
0 leaves a part out. Inputs and outputs stand in the folder for temporary files (TMPDIR): ten million exposures need
6 GB there.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import made
from benchmarks.measure import Figure, compile_package, process
from scrub import distributed, jwst
from scrub.jwst import write_parts
from scrub.pipeline.each import Each, map_here

MILLION = 1_000_000
ROWS, LARGE, FILES, FEW, WORKERS = 2 * MILLION, 10 * MILLION, 20_000, 1_000, 2
TABLE_ROUNDS, FOLDER_ROUNDS = 2, 5  # runs of each kind, one after the other: the least of each counts
BATCH = 57 * 1000  # exposures that are made at a time: the sample as so many programs
PROGRAMS = 99_000
WORDS = ("--format", "parquet", "-q")


def write_table(path: Path, count: int) -> Path:
    """Write so many exposures as Parquet: the sample as other programs, then as other observations of these."""
    import pyarrow
    from pyarrow import parquet

    batch, writer, programs = made.exposures(BATCH), None, BATCH // 57
    for number in range(-(-count // BATCH)):
        round_, first = divmod(number * programs, PROGRAMS)
        program = (batch["PROGRAM"].astype(int) + first).astype("str").str.zfill(5)
        observation = (batch["OBSERVTN"].astype(int) + 100 * round_).astype("str").str.zfill(3)
        name = "jw" + program + observation + batch["exposure"].str[10:]
        own = batch.assign(PROGRAM=program, OBSERVTN=observation, exposure=name).head(count - number * BATCH)
        table = pyarrow.Table.from_pandas(own, preserve_index=False)
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    return path


def measure_memory(folder: Path, count: int) -> Iterator[Figure]:
    """Yield the peak memory and the CPU seconds of a command on a table."""
    table = write_table(folder / f"{count}.parquet", count)
    command = (sys.executable, "-m", "scrub.cli", "jwst", str(table), "--out", str(folder / f"{count}"), *WORDS)
    seconds, memory = process(*command)
    yield Figure("large inputs", f"skyscrub jwst, {count:,} exposures, peak", memory, "MB")
    yield Figure("large inputs", f"skyscrub jwst, {count:,} exposures", seconds, "s of CPU")


def measure_run(source: Path, folder: Path, each: Each, least: int = 1) -> float:
    """Return the wall seconds of a run in parts."""
    start = time.perf_counter()
    write_parts.run_and_write(jwst.read_rules(), source, folder, files=distributed.FILES, least=least, each=each)
    return time.perf_counter() - start


def map_plainly(pool: ProcessPoolExecutor, function: Any, shared: Any, things: Any, /, **_: str) -> Iterator[Any]:
    """Return what a function returns for each thing, from plain processes."""
    return pool.map(partial(function, shared), things)


@contextmanager
def open_workers(count: int) -> Iterator[Each]:
    """Give a way to call functions on so many workers of this machine."""
    with distributed.connect(distributed.LOCAL, workers=count) as client:
        yield distributed.map_on(client)


def compare(source: Path, small: Path, what: str, folder: Path, workers: int, rounds: int) -> Iterator[Figure]:
    """Yield the wall seconds of one process, of plain ones and of workers, after runs on little that do not count.

    The machine may be faster in one minute than in the next: they run in turn, and the least of each counts. The share
    of the processors that other virtual machines took says how idle it was: from a few % on, the ratio says little.
    """
    import psutil  # which Dask needs, too

    before = psutil.cpu_times()
    one, plain, several = list[float](), list[float](), list[float]()
    measure_run(small, folder / "warm", map_here)
    for _ in range(rounds):
        one.append(measure_run(source, folder / "run", map_here))
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            measure_run(small, folder / "warm", partial(map_plainly, pool), workers)
            plain.append(measure_run(source, folder / "run", partial(map_plainly, pool), workers))
        with open_workers(workers) as each:
            measure_run(small, folder / "warm", each, workers)
            several.append(measure_run(source, folder / "run", each, workers))
    alone = min(one)
    yield Figure("large inputs", f"{what}, one process", alone, "s of wall")
    for kind, seconds in ((f"{workers} plain processes", min(plain)), (f"{workers} workers", min(several))):
        yield Figure("large inputs", f"{what}, {kind}", seconds, "s of wall", "one process", alone / seconds)
    taken = [after - then for after, then in zip(psutil.cpu_times(), before, strict=True)]
    share = 100 * taken[before._fields.index("steal")] / sum(taken) if "steal" in before._fields else 0.0
    yield Figure("large inputs", f"{what}, taken by other machines", share, "% of the processors")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="measure large inputs")
    parser.add_argument("--rows", type=int, default=ROWS, help="exposures of a table for workers (2,000,000)")
    parser.add_argument("--files", type=int, default=FILES, help="FITS files for workers (20,000)")
    parser.add_argument("--large", type=int, default=LARGE, help="exposures of the largest table (10,000,000)")
    parser.add_argument("--workers", type=int, default=WORKERS, help="workers (2)")
    parser.add_argument("--table", type=Path, help="a table in place of one that is made")
    parser.add_argument("--folder", type=Path, help="a folder of FITS files in place of one that is made")
    options = parser.parse_args()
    compile_package()
    for figure in measure(**vars(options)):
        ratio = "" if figure.ratio is None else f"  {figure.ratio:.2f} times as fast as {figure.yardstick}"
        print(f"{figure.what:50} {figure.value:10.1f} {figure.unit}{ratio}", flush=True)


def measure(
    *,
    rows: int = ROWS,
    files: int = FILES,
    large: int = LARGE,
    workers: int = WORKERS,
    table: Path | None = None,
    folder: Path | None = None,
) -> Iterator[Figure]:
    """Yield what large inputs cost.

    Args:
        rows: exposures of a table for workers; 0 for none.
        files: FITS files for workers; 0 for none.
        large: exposures of the largest table; 0 leaves memory out.
        workers: how many.
        table: a table in place of one that is made.
        folder: a folder of FITS files in place of one that is made.
    """
    with tempfile.TemporaryDirectory() as name:
        own = Path(name)
        for count in (MILLION, large) if large else ():
            yield from measure_memory(own, count)
        if rows or table:
            what = f"{rows:,} exposures" if table is None else "a table"
            small = write_table(own / "small.parquet", BATCH)
            yield from compare(
                table or write_table(own / "rows.parquet", rows), small, what, own, workers, TABLE_ROUNDS
            )
        if files or folder:
            made.fits_files(own / "few", FEW)
            if folder is None:
                made.fits_files(own / "files", files)
            what = f"{files:,} FITS files" if folder is None else "a folder of FITS files"
            yield from compare(folder or own / "files", own / "few", what, own, workers, FOLDER_ROUNDS)


if __name__ == "__main__":
    main()
