"""What one run of few exposures costs, and a rule set that is read: CPU against ``import pandas``, measured in one go.

    python benchmarks/latency.py

Each figure is the least of several. ``import pandas``, ``import scrub`` and a rule set that is read for the first time
are measured in processes of their own; the runs in this one, each after a run that does not count. 2 exposures are
``jwst.example``, one product; more are the sample over and over, as other programs. ``predict`` is what
``jwst.prepare`` returns, prepared before.
"""

import subprocess
import sys
import time
import timeit
from collections.abc import Callable, Iterator

import pandas as pd

from scrub import hst_cal, hst_svm, jwst, samples, tables

REPEAT = 9
COUNTS = (10, 100, 1000)
NAMES = ("jwst", "jwst_dms", "hst_cal", "hst_svm")


def cpu(task: Callable[[], object]) -> float:
    """Least CPU seconds of several calls, after one that does not count."""
    task()
    return min(timeit.repeat(task, number=1, repeat=REPEAT, timer=time.process_time))


def cpu_alone(task: str, before: str = "") -> float:
    """Least CPU seconds of a line of Python, each time in a process of its own, after a line that does not count."""
    code = f"import time\n{before}\nstart = time.process_time()\n{task}\nprint(time.process_time() - start)"
    command = [sys.executable, "-c", code]
    return min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(REPEAT))


def exposures(count: int) -> pd.DataFrame:
    """The sample exposures over and over, each time as the next program."""
    table = pd.read_csv(samples.TABLE, dtype="str", keep_default_na=False)
    programs = [
        table.assign(PROGRAM=f"{i:05d}", exposure=f"jw{i:05d}" + table["exposure"].str[7:])
        for i in range(count // len(table) + 1)
    ]
    return pd.concat(programs, ignore_index=True).head(count)


def data_sets(example: pd.DataFrame, count: int) -> pd.DataFrame:
    """The example over and over, each row with a name of its own (the first column)."""
    rows = pd.concat([example] * count, ignore_index=True)
    name = str(rows.columns[0])
    return rows.assign(**{name: rows[name] + pd.Series(range(count)).astype("str")})


def measure() -> Iterator[tuple[str, float]]:
    """What is measured, and its CPU seconds."""
    yield "import scrub", cpu_alone("import scrub")
    for name in NAMES:
        read = f"tables.read({name!r})"
        yield f"{read}, the first time", cpu_alone(read, "from scrub import tables\nimport pandas")
        yield f"{read}, again", cpu(lambda name=name: tables.read(name))
    for name in NAMES[:2]:
        rules = tables.read(name)
        for count, table in ((2, jwst.example(rules)), *((count, exposures(count)) for count in COUNTS)):
            run = cpu(lambda table=table, rules=rules: jwst.run(table, rules=rules))
            yield f"jwst.run, {name}, {count} exposures", run
            predict = jwst.prepare(rules)
            yield f"predict, {name}, {count} exposures", cpu(lambda table=table, predict=predict: predict(table))
    for module, name in ((hst_cal, "hst_cal"), (hst_svm, "hst_svm")):
        rules = module.read_rules()
        for count in (1, *COUNTS):
            table = data_sets(module.example(rules), count)
            run = cpu(lambda table=table, rules=rules, module=module: module.run(table, rules=rules))
            yield f"{name}.run, {count} data sets", run


def main() -> None:
    pandas = cpu_alone("import pandas")
    print(f"{'import pandas':44} {pandas * 1000:8.1f} ms")
    for what, seconds in measure():
        print(f"{what:44} {seconds * 1000:8.1f} ms {seconds / pandas:8.3f} of import pandas")


if __name__ == "__main__":
    main()
