"""The same work done by others: the published toolkit, where its interpreter is named, and scikit-learn's encoder."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks import made
from benchmarks.measure import Figure, answer_of, cpu, process
from scrub import hst_svm, jwst
from scrub.files.table_files import read_table
from scrub.frames.encode import encode
from scrub.samples import hst
from scrub.tables import read as read_rules

PEER = Path(__file__).with_name("peer.py")
MOSAICS = 3600
CELLS = 100_000


def encoder() -> Iterator[Figure]:
    """Yield what the codes of a column of words cost, against scikit-learn's ``OrdinalEncoder``."""
    from sklearn.preprocessing import OrdinalEncoder

    rows = read_rules("jwst")["encodings"].records()
    pairs = {row["value"]: int(row["code"]) for row in rows if row["column"] == "exp_type"}
    frame = pd.DataFrame({"exp_type": (list(pairs) * (CELLS // len(pairs) + 1))[:CELLS]})
    other = OrdinalEncoder().fit(frame)
    theirs = cpu(lambda: other.transform(frame))
    yield Figure("encoding", f"OrdinalEncoder, {CELLS:,} cells", theirs * 1e3, "ms")
    ours = cpu(lambda: encode(pairs, frame["exp_type"]))
    yield Figure("encoding", f"encode, {CELLS:,} cells", ours * 1e3, "ms", "OrdinalEncoder", theirs / ours)


def toolkit(python: str, rows: int) -> Iterator[Figure]:
    """Yield how many times less CPU a run takes than the published toolkit on the same table.

    Args:
        python: the interpreter that has the toolkit.
        rows: the most exposures.
    """
    rules = read_rules("jwst")
    for count in (count for count in (1000, 10_000, 100_000) if count <= rows):
        table = made.exposures(count)
        ours = cpu(lambda table=table: jwst.run(table, rules=rules))
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "exposures.parquet"
            table.to_parquet(path, index=False)
            theirs = answer_of(python, str(PEER), "jwst", str(path))
            command = (
                sys.executable,
                "-m",
                "scrub.cli",
                "jwst",
                str(path),
                "--quiet",
                "--out",
                str(path.with_name("out")),
            )
            as_command, _ = process(*command, "--format", "parquet", repeat=3)
        yield from _pair(f"{count:,} exposures in process", theirs["seconds"], ours)
        yield from _pair(f"{count:,} exposures as a process, Parquet", theirs["process"], as_command)
    mosaics = made.rows_of(read_table(hst.MOSAICS).good, MOSAICS)
    rules = hst_svm.read_rules()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mosaics.csv"
        mosaics.to_csv(path, index=False)
        theirs = answer_of(python, str(PEER), "svm", str(path))
    yield from _pair(
        f"{MOSAICS:,} mosaics in process", theirs["seconds"], cpu(lambda: hst_svm.run(mosaics, rules=rules))
    )


def _pair(what: str, theirs: float, ours: float) -> Iterator[Figure]:
    """Yield the two figures of one comparison."""
    yield Figure("published toolkit", f"spacekit, {what}", theirs, "s of CPU")
    yield Figure("published toolkit", f"skyscrub, {what}", ours, "s of CPU", "spacekit", theirs / ours)
