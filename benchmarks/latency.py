"""CPU of one run of few exposures, against ``import pandas`` in the same process: ratios, best of several.

Run it where skyscrub is installed: python benchmarks/latency.py
"""

import subprocess
import sys
import time
from collections.abc import Callable

START = time.process_time()
import pandas as pd  # noqa: E402

IMPORT_PANDAS = time.process_time() - START

from scrub import hst_cal, hst_svm, jwst, tables  # noqa: E402

TIMES = 9


def measure(task: Callable[[], object]) -> float:
    """Return the least CPU time of a task, after one run that is not counted."""
    task()
    best = float("inf")
    for _ in range(TIMES):
        start = time.process_time()
        task()
        best = min(best, time.process_time() - start)
    return best


def repeat(headers: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return so many exposures: the example's, each with a name of its own."""
    rows = pd.concat([headers] * (count // len(headers)), ignore_index=True)
    names = [f"jw01018006001_02101_{i:05d}_nis" for i in range(len(rows))]
    return rows.assign(exposure=names)


def import_scrub() -> float:
    """Return the CPU time of ``import scrub`` in a process of its own."""
    code = "import time; t = time.process_time(); import scrub; print(time.process_time() - t)"
    command = [sys.executable, "-c", code]
    return min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(3))


def main() -> None:
    """Print the figures."""
    print(f"import pandas: {IMPORT_PANDAS * 1000:.0f} ms of CPU\n")
    rows = [("import scrub", import_scrub()), ("read_rules, jwst", measure(jwst.read_rules))]
    rows.append(("read_rules, jwst_dms", measure(lambda: tables.read("jwst_dms"))))
    for name in ("jwst", "jwst_dms"):
        rules = jwst.read_rules(name)
        for count in (2, 10, 100, 1000):
            headers = repeat(jwst.example(rules), count)
            rows.append((f"{name}, {count} exposures", measure(lambda h=headers, r=rules: jwst.run(h, rules=r))))
    for module in (hst_cal, hst_svm):
        rules = module.read_rules()
        headers = module.example(rules).set_index(module.example(rules).columns[0])
        rows.append((f"{module.__name__}, 1 data set", measure(lambda m=module, h=headers, r=rules: m.run(h, rules=r))))
    for name, seconds in rows:
        print(f"{name:26} {seconds * 1000:8.1f} ms {seconds / IMPORT_PANDAS:8.3f} of import pandas")


if __name__ == "__main__":
    main()
