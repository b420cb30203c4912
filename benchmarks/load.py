"""What bad rows and many files cost: time and memory of a run with them against one without.

    python -m benchmarks.load [ROWS] [FILES]

ROWS (1,000,000): a table of so many exposures, all good, and with every tenth one bad in one of several ways; each run
is a process of its own. Wanted: at most 1.3 times the time and the memory of the clean run. FILES (100,000): FITS files
in one folder, against 1,000 of them. Wanted: at most 1.1 times the time for each file. The files are made of one
header, in the folder for temporary files (TMPDIR).
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks import made
from scrub import samples

FEW = 1000
REPEAT = 3
RUN = """
import resource, sys, time
import pandas as pd
from scrub import jwst
table = pd.read_parquet(sys.argv[1])
before = time.process_time()
answer = jwst.run(table)
seconds = time.process_time() - before
exposures = answer.ledger["exposures"]
assert exposures["in"] == sum(count for name, count in exposures.items() if name != "in")
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, exposures["rejected"])
"""
RUN_FOLDER = """
import sys, time
from scrub import jwst
before = time.perf_counter()
answer = jwst.run(sys.argv[1])
print(time.perf_counter() - before, answer.ledger["files"]["read"])
"""
BAD = (
    {"EXP_TYPE": "NRC_TYPO"}, {"CRVAL1": "x"}, {"TARG_RA": "400"}, {"PROGRAM": "1x"}, {"exposure": ""},
    {"CRVAL2": "north"}, {"GS_MAG": "bright"}, {"TSOVISIT": "maybe"}, {"INSTRUME": "NIRSPOC"}, {"DEC_REF": "x"},
)  # fmt: skip


def break_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Every tenth row bad, in each way in turn."""
    broken = table.copy()
    for number, cells in enumerate(BAD):
        rows = range(10 * number, len(table), 10 * len(BAD))
        for column, cell in cells.items():
            broken.iloc[rows, broken.columns.get_loc(column)] = cell
    return broken


def measure(table: Path) -> tuple[float, float, int]:
    """CPU seconds, peak GB and rejects of a run in a process of its own."""
    done = subprocess.run([sys.executable, "-c", RUN, str(table)], capture_output=True, text=True, check=True)
    seconds, peak, rejected = done.stdout.split()
    return float(seconds), float(peak), int(rejected)


def compare_rows(count: int, folder: Path) -> None:
    table = made.exposures(count)
    table.to_parquet(folder / "clean.parquet")
    break_rows(table).to_parquet(folder / "broken.parquet")
    del table
    clean, broken = measure(folder / "clean.parquet"), measure(folder / "broken.parquet")
    for what, (seconds, peak, rejected) in (("clean", clean), ("10 % bad", broken)):
        print(f"{count} rows, {what:9} {seconds:8.1f} s CPU {peak:6.2f} GB peak {rejected:8} rejected")
    print(f"time {broken[0] / clean[0]:.2f} times, memory {broken[1] / clean[1]:.2f} times (wanted: 1.3)")


def fill(folder: Path, count: int, header: bytes) -> Path:
    """A folder of so many exposures, each another observation."""
    folder.mkdir()
    for number in range(count):
        program, observation = f"{number // 999 + 1:05d}", f"{number % 999 + 1:03d}"
        own = header.replace(b"'09999'", f"'{program}'".encode()).replace(b"'001'  ", f"'{observation}'  ".encode())
        (folder / f"jw{program}{observation}001_02101_00001_nrca1_uncal.fits").write_bytes(own)
    return folder


def rate(folder: Path, count: int, repeat: int) -> float:
    """Least seconds for each file of runs of a folder."""
    times = []
    for _ in range(repeat):
        command = [sys.executable, "-c", RUN_FOLDER, str(folder)]
        seconds, read = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert int(read) == count, f"{read} files were read, not {count}"
        times.append(float(seconds) / count)
    return min(times)


def compare_files(count: int, folder: Path) -> None:
    paths = samples.write_jwst(folder / "sample")
    header = next(path for path in paths if path.name.startswith("jw09999001001_02101_00001_nrca1")).read_bytes()
    start = time.perf_counter()
    few, many = fill(folder / "few", FEW, header), fill(folder / "many", count, header)
    print(f"{count + FEW} files made in {time.perf_counter() - start:.0f} s")
    of_few, of_many = rate(few, FEW, REPEAT), rate(many, count, 1)
    print(f"{FEW} files: {of_few * 1e6:.0f} µs each; {count} files: {of_many * 1e6:.0f} µs each")
    print(f"time for each file {of_many / of_few:.2f} times (wanted: 1.1)")


def main(rows: int = 1_000_000, files: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        if rows:
            compare_rows(rows, Path(folder))
        if files:
            compare_files(files, Path(folder))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
