"""How fast the JWST pipeline is, against the loop that an exposure-wise toolkit makes.

    python benchmarks/jwst_speed.py [TABLE.csv]

TABLE.csv: exposures by keyword, 100,000 of them or so; without it, the sample over and over, as other
programs. Prints ratios of CPU time, best of several: the loop makes two
``SkyCoord(ra, dec, unit="deg").separation(other)`` for each exposure. Then peak memory, and the exponent of the growth
of time from a tenth of the table to all of it.
"""

import math
import resource
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path

import pandas as pd
from astropy.coordinates import SkyCoord

from scrub import jwst, samples
from scrub.files.table_files import read_table

REPEAT = 5


def cpu(function) -> float:
    """Least CPU seconds of several calls."""
    return min(timeit.repeat(function, number=1, repeat=REPEAT, timer=time.process_time))


def loop(table: pd.DataFrame, count: int = 500) -> float:
    """CPU seconds for one exposure of the old way."""
    rows = list(table[["RA_REF", "DEC_REF"]].head(count).astype(float).itertuples(index=False, name=None))
    other = SkyCoord(*rows[0], unit="deg")

    def run() -> None:
        for ra, dec in rows:
            SkyCoord(ra, dec, unit="deg").separation(other)
            SkyCoord(ra, dec, unit="deg").separation(other)

    return cpu(run) / len(rows)


def command(*arguments: str) -> tuple[float, float]:
    """CPU seconds and peak MB of the whole command."""
    code = (
        "import resource, runpy, sys; sys.argv = ['skyscrub', *sys.argv[1:]]\n"
        "try: runpy.run_module('scrub.cli', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    seconds, peak = done.stderr.splitlines()[-1].split()[-2:]
    return float(seconds), float(peak)


def sample_over_and_over(count: int = 100_000) -> pd.DataFrame:
    """The sample exposures, each time as the next program."""
    table = read_table(samples.TABLE).good
    times = range(count // len(table) + 1)
    programs = [table.assign(PROGRAM=f"{p:05d}", exposure=f"jw{p:05d}" + table["exposure"].str[7:]) for p in times]
    return pd.concat(programs, ignore_index=True).head(count)


def main(path: Path) -> None:
    table = read_table(path).good
    small = table.head(len(table) // 10)
    each = loop(table)
    whole, tenth = cpu(lambda: jwst.run(table)), cpu(lambda: jwst.run(small))
    print(f"{len(table)} exposures, {each * 1e6:.0f} µs each by the loop")
    print(f"jwst.run(frame): {whole:.2f} s CPU, {each * len(table) / whole:.1f} times less than the loop")
    print(f"growth from a tenth: exponent {math.log10(whole / tenth):.3f}")
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        ten = Path(folder) / "ten.csv"
        table.head(10).to_csv(ten, index=False)
        start = min(command("jwst", str(ten), "--out", folder)[0] for _ in range(REPEAT))
        full, peak = min(command("jwst", str(path), "--out", folder) for _ in range(REPEAT))
        imports = min(command_of_imports() for _ in range(REPEAT))
    beyond = full - start
    print(f"skyscrub jwst beyond its start-up: {beyond:.2f} s CPU, {each * len(table) / beyond:.1f} times less")
    print(f"peak memory of the command: {peak:.0f} MB")
    print(f"ten rows: {start:.2f} s CPU, {start / imports:.2f} times importing pandas, pandera and astropy")


def command_of_imports() -> float:
    code = (
        "import resource, pandas, pandera.pandas, astropy\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(used.ru_utime + used.ru_stime)"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "exposures.csv"
            sample_over_and_over().to_csv(made, index=False)
            main(made)
