"""What the report of ten thousand products costs: CPU seconds, and the size of the page.

    python benchmarks/report_page.py [PROGRAMS]

The sample over and over, as so many programs (400 unless given) of 25 products each.
"""

import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from scrub import samples
from scrub.cli import main
from scrub.files.table_files import read_table
from scrub.report.page import report


def write_run(folder: Path, programs: int) -> Path:
    """Run the sample as several programs; return the folder of the run."""
    sample = read_table(samples.TABLE).good
    names = [f"{10_000 + i}" for i in range(programs)]
    parts = [sample.assign(PROGRAM=n, exposure=sample["exposure"].str.replace("jw09999", f"jw{n}")) for n in names]
    pd.concat(parts, ignore_index=True).to_csv(folder / "table.csv", index=False)
    assert main.main(["jwst", str(folder / "table.csv"), "--out", str(folder / "out"), "--quiet"]) == 0
    return folder / "out"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        run = write_run(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else 400)
        start = time.process_time()
        page = report(run).page
        seconds = time.process_time() - start
        print(f"{len(pd.read_csv(run / 'products.csv'))} products: {seconds:.1f} s, {len(page.encode()) / 1e6:.1f} MB")
