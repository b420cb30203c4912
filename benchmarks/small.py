"""Few exposures, as a model server asks for them; and what stands before: imports, and rule sets that are read."""

from collections.abc import Iterator

from benchmarks import made
from benchmarks.measure import Figure, cpu, cpu_alone
from scrub import hst_cal, hst_svm, jwst, tables

COUNTS = (2, 10, 100)
PANDAS = "import pandas"


def measure() -> Iterator[Figure]:
    """Yield what small inputs and imports cost, against ``import pandas`` in the same go."""
    pandas = cpu_alone("import pandas")
    yield Figure("before a run", PANDAS, pandas * 1e3, "ms")
    for what, seconds in (*_before(), *_hst()):
        yield Figure(
            "before a run" if "read" in what or "import" in what else "few rows",
            what,
            seconds * 1e3,
            "ms",
            PANDAS,
            seconds / pandas,
        )
    for name in ("jwst", "jwst_dms"):
        rules = tables.read(name)
        predict = jwst.prepare(rules)
        for count in COUNTS:
            table = jwst.example(rules) if count == 2 else made.exposures(count)
            for what, seconds in (
                ("jwst.run", cpu(lambda table=table, rules=rules: jwst.run(table, rules=rules), 15)),
                ("jwst.prepare, its function", cpu(lambda table=table, predict=predict: predict(table), 15)),
            ):
                yield Figure(
                    "few rows", f"{what}, {name}, {count} exposures", seconds * 1e3, "ms", PANDAS, seconds / pandas
                )


def _before() -> Iterator[tuple[str, float]]:
    """Yield the CPU seconds of imports, and of rule sets that are read the first time and again."""
    yield "import scrub", cpu_alone("import scrub")
    for name in ("jwst", "jwst_dms", "hst_svm", "hst_cal"):
        read = f"tables.read({name!r})"
        yield f"{read}, the first time", cpu_alone(read, "from scrub import tables\nimport pandas, numpy")
        yield f"{read}, again", cpu(lambda name=name: tables.read(name))


def _hst() -> Iterator[tuple[str, float]]:
    """Yield the CPU seconds of one data set of each HST pipeline."""
    for module, name in ((hst_cal, "hst_cal"), (hst_svm, "hst_svm")):
        rules = module.read_rules()
        table = made.rows_of(module.example(rules), 1)
        yield (
            f"{name}.run, 1 data set",
            cpu(lambda table=table, rules=rules, module=module: module.run(table, rules=rules), 15),
        )
