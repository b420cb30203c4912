"""How fast the rule workbench is: checking all shipped tables, and comparing two editions on a table.

    python benchmarks/rules_speed.py [TABLE.csv]

TABLE.csv: exposures by keyword, 100,000 of them or so; without it, the sample over and over, as other programs.
Prints CPU seconds of a check of every shipped rule set, and the ratio of ``rules diff jwst@2 jwst@3 --on TABLE``
to a plain run on the same table; best of several, both in this process.
"""

import contextlib
import io
import sys
import tempfile
import time
import timeit
from pathlib import Path

import pandas as pd

from scrub import samples
from scrub.cli import main as command
from scrub.files.table_files import read_table
from scrub.tables import locate
from scrub.tables.lint.check import check

REPEAT = 3


def cpu(function) -> float:
    """Least CPU seconds of several calls; what they print goes nowhere."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return min(timeit.repeat(function, number=1, repeat=REPEAT, timer=time.process_time))


def cold_check() -> float:
    """CPU seconds of the whole command on all shipped tables, start-up included."""
    import resource
    import subprocess

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, "-m", "scrub.cli", "rules", "check"], check=True, capture_output=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            path = Path(sys.argv[1])
        else:
            sample = read_table(samples.TABLE).good
            copies = [sample.assign(PROGRAM=str(10000 + i), exposure=sample["exposure"] + f"_{i}") for i in range(1754)]
            path = Path(folder) / "exposures.csv"
            pd.concat(copies).to_csv(path, index=False)
        names = locate.sets()
        print(f"check of {', '.join(names)}: {cpu(lambda: [check(name) for name in names]):.2f} s, ", end="")
        print(f"as a command from its start {min(cold_check() for _ in range(REPEAT)):.2f} s")
        plain = cpu(lambda: command.main(["jwst", str(path)]))
        compared = cpu(lambda: command.main(["rules", "diff", "jwst@2", "jwst@3", "--on", str(path)]))
        print(f"diff --on: {compared / plain:.2f} times a plain run ({compared:.2f} s and {plain:.2f} s)")


if __name__ == "__main__":
    main()
