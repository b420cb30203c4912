"""Runs killed while they write, and several at once, into one folder: how many folders hold files of two runs.

    python benchmarks/kill_runs.py [N]

A folder has the run of one table. A second run, of another table, is killed (SIGKILL) at one of N random steps at which
it opens, renames or removes a file. Then four runs at once write into one folder, N / 5 rounds. Prints how many folders
hold one whole run, a part of one, or files of two, and of how many ``verify`` or a stamp says so.
"""

import collections
import contextlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pandas as pd

from scrub import samples, stamp
from scrub.cli.main import main
from scrub.files.table_files import read_table

EVENTS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}
FORMS = ("csv", "parquet")


def run(table: Path, out: Path, form: str) -> int:
    """Run the command quietly; return its exit code."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(["jwst", str(table), "--out", str(out), "--format", form])


def fork(table: Path, out: Path, form: str, stop: int | None = None) -> int:
    """Run the command in a child, which kills itself at one step of writing; return the child's number."""
    if child := os.fork():
        return child
    steps = 0

    def count(event: str, arguments: tuple) -> None:
        nonlocal steps
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in EVENTS or writes) and str(out) in str(arguments[0]):
            steps += 1
            if steps == stop:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    code = run(table, out, form)
    (out.parent / "steps").write_text(str(steps))
    os._exit(code)


def read(out: Path) -> dict[str, bytes]:
    """Return the files of a run by name; hidden ones are none of its files."""
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file() and path.name[0] != "."}


def refuses(out: Path) -> bool:
    """Return whether a stamp, or ``verify`` where there is one, refuses the folder."""
    for path in out.iterdir():
        if path.suffix in (".csv", ".parquet"):
            try:
                stamp.read(path)
            except stamp.StampError:
                return True
    try:
        from scrub.pipeline.verify import verify
    except ImportError:
        return False
    return bool(verify(out).changes)


def judge(out: Path, wholes: list[dict[str, bytes]]) -> str:
    """Return how a folder ended."""
    files = read(out)
    if files in wholes:
        return "one whole run"
    part = any(files.items() <= whole.items() for whole in wholes)
    return ("part of one run" if part else "two runs") + (", refused" if refuses(out) else ", unnoticed")


def main_() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    draw = random.Random(3)
    folder = Path(tempfile.mkdtemp())
    exposures = read_table(samples.TABLE).good
    tables = []
    for name, part in {"one": exposures, "two": exposures.iloc[::2]}.items():
        part.to_csv(folder / f"{name}.csv", index=False)
        tables.append(folder / f"{name}.csv")
    ends = pd.DataFrame({form: _judge_form(folder, tables, form, count, draw) for form in FORMS}).fillna(0).astype(int)
    print(ends.to_string())
    shutil.rmtree(folder)


def _judge_form(folder: Path, tables: list[Path], form: str, count: int, draw: random.Random) -> collections.Counter:
    """Return how many folders ended how."""
    wholes, ends, out = [], collections.Counter(), folder / form
    for table in tables:
        run(table, folder / f"{form}-{table.stem}", form)
        wholes.append(read(folder / f"{form}-{table.stem}"))
    run(tables[0], out, form)
    os.waitpid(fork(tables[1], out, form), 0)
    steps = int((folder / "steps").read_text())
    for _ in range(count):
        shutil.rmtree(out)
        run(tables[0], out, form)
        os.waitpid(fork(tables[1], out, form, draw.randint(1, steps)), 0)
        ends[f"killed: {judge(out, wholes)}"] += 1
        ends["killed: something hidden is left"] += any(path.name.startswith(".") for path in out.iterdir())
        run(tables[1], out, form)
        ends["run again: " + judge(out, wholes[1:])] += 1
        ends["run again: something hidden is left"] += any(path.name.startswith(".") for path in out.iterdir())
    for _ in range(count // 5):
        shutil.rmtree(out)
        children = [fork(table, out, form) for table in tables * 2]
        ends["four at once: odd exit codes"] += sum(os.waitpid(child, 0)[1] != 0 for child in children)
        ends[f"four at once: {judge(out, wholes)}"] += 1
    return ends


if __name__ == "__main__":
    main_()
