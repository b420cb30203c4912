"""How long 30,000 calibration rows take to encode, against one contract check of the same table.

Run it: ``python benchmarks/hst_cal.py [ROWS]``.
"""

import sys
import timeit
from collections.abc import Callable

import numpy as np
import pandas as pd

from scrub import hst_cal
from scrub.contracts import contracts


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return calibration rows as an archive table has them: text, every spelling of missing."""
    draw = np.random.default_rng(seed)
    numbers = draw.integers(0, 36**5, rows)
    names = [
        f"{letter}{number:07d}{end}"
        for letter, number, end in zip(
            draw.choice(list("jloi"), rows), numbers, draw.choice(list("0q"), rows), strict=True
        )
    ]
    return pd.DataFrame(
        {
            "ipst": names,
            "n_files": draw.integers(1, 200, rows).astype(str),
            "total_mb": draw.uniform(1, 5000, rows).round(3).astype(str),
            "DRIZCORR": draw.choice(["PERFORM", "OMIT"], rows),
            "PCTECORR": draw.choice(["PERFORM", "OMIT", "NaN"], rows),
            "CRSPLIT": draw.choice(["NaN", "1", "1.0", "2", "3"], rows),
            "SUBARRAY": draw.choice(["True", "False"], rows),
            "DETECTOR": draw.choice(["WFC", "UVIS", "IR", "FUV", "CCD"], rows),
        }
    )


def fastest(work: Callable[[], object], times: int = 9) -> float:
    """Return the shortest of several times, in milliseconds."""
    return 1000 * min(timeit.repeat(work, number=1, repeat=times))


def main(rows: int) -> None:
    rules = hst_cal.read_rules()
    raw = hst_cal.from_table(rules, table(rows)).good
    typed = hst_cal.datasets(rules, raw)
    contract = contracts.read("hst_cal/datasets", rules.lists)
    check = fastest(lambda: contracts.check(contract, typed))
    print(f"{rows} rows")
    print(f"one contract check of the data sets: {check:.1f} ms")
    text = table(rows)
    for name, work in {
        "encode": lambda: hst_cal.features.function(rules, typed),
        "encode, what comes out held against its contract": lambda: hst_cal.features.split(rules, typed),
        "encode, contracts checked on both sides": lambda: hst_cal.features(rules, typed),
        "run, from a table of text": lambda: hst_cal.run(text, rules=rules),
    }.items():
        spent = fastest(work)
        print(f"{name}: {spent:.1f} ms, {spent / check:.2f} checks")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
