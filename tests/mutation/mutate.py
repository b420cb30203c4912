"""Mutation of the code: single changes, and whether a test notices each.

    python -m tests.mutation.mutate [--count N] [--seed N] [--workers N] [--suite FILE] [FOLDER ...]

cosmic-ray lists the changes; N of them are drawn. Left out are changes of annotations alone, of ``strict`` of zip, and those
that ``equivalent.csv`` shows to change nothing: a change of one line, or, where ``is`` is ``*``, any value of a constant and
any outcome of a comparison with it, as long as a test forces both outcomes and finds the same answers. Each change is made in
a clone of what is committed, where only the tests that reach its line are run, those of the same folder and the quick ones
first. Prints what survived as a diff, and the score by folder: killed, of those that were decided. The exit code is 1 below
90 %. Which tests reach a line is measured first, and kept in ``--suite`` for the next run.
"""

import argparse
import ast
import compileall
import csv
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from difflib import ndiff
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import Queue
from typing import NamedTuple

import pandas as pd
import pytest

TOP = Path(__file__).resolve().parents[2]
FOLDERS = ["scrub/tables", "scrub/contracts", "scrub/frames", "scrub/jwst"]
WANTED = 0.9
BUDGET = 40.0  # seconds of tests for one change, as they took without a change
PATIENCE = 8  # how many times as long they may take
PRELOADED = ["pytest", "hypothesis", "pandera.pandas", "pyarrow.parquet", "astropy.io.fits", "astropy.coordinates"]
FORKS = multiprocessing.get_context("forkserver")  # loads what no change touches once
CONFIG = """[cosmic-ray]
module-path = {folders}
timeout = 60.0
excluded-modules = []
test-command = "true"
[cosmic-ray.distributor]
name = "local"
"""


class Mutant(NamedTuple):
    """One change: the module, its lines that change, its code after the change, and the change as two lines."""

    module: str
    lines: range
    code: str
    was: str
    now: str


class Suite(NamedTuple):
    """Which tests reach each line of each module, and how long each test takes (s)."""

    reached: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]


def main() -> int:
    """Print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description="change the code, and see whether a test notices")
    parser.add_argument("folders", nargs="*", default=FOLDERS)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--suite", type=Path, help="a JSON file of what was measured, written if it is not there")
    options = parser.parse_args()
    FORKS.set_forkserver_preload(PRELOADED)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        clones: Queue[Path] = Queue()
        for number in range(options.workers):
            clones.put(clone(work / str(number)))
        first = clones.queue[0]
        suite = read_suite(options.suite, first)
        mutants = draw(first, work, options)
        print(f"{len(mutants)} changes, {len(suite.seconds)} tests", flush=True)

        def judge(mutant: Mutant) -> str:
            folder = clones.get()
            try:
                end = run_tests(folder, mutant, choose(suite, mutant))
            finally:
                clones.put(folder)
            if end != "killed":
                print(f"{end}: {mutant.module}:{mutant.lines.start}\n- {mutant.was}\n+ {mutant.now}", flush=True)
            return end

        with ThreadPoolExecutor(options.workers) as pool:
            ends = list(pool.map(judge, mutants))
    return report(mutants, ends)


def clone(folder: Path) -> Path:
    """Return a clone of what is committed, compiled so that the text of a module decides, not its time."""
    subprocess.run(["git", "clone", "--quiet", str(TOP), str(folder)], check=True)
    compileall.compile_dir(folder / "scrub", quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return folder


def run_pytest(folder: Path, output: Path, arguments: Sequence[str]) -> None:
    """Run pytest on a clone, in a process of its own, and end with its code; what it prints is in a file."""
    with output.open("wb") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    os.environ |= {"PYTHONPATH": str(folder), "HYPOTHESIS_PROFILE": "ci"}
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]  # this module and its packages are those of the checkout
    loaded = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    sys.exit(pytest.main(["-p", "no:cacheprovider", "-W", loaded, *arguments]))


def wait_for(folder: Path, seconds: float | None, *arguments: str) -> tuple[int | None, str]:
    """Return how pytest ends on a clone, nothing if it takes longer, and what it prints."""
    output = folder.parent / f"{folder.name}.out"
    process = FORKS.Process(target=run_pytest, args=(folder, output, arguments))
    process.start()
    process.join(seconds)
    end = process.exitcode
    process.kill()
    process.join()
    return end, output.read_text(errors="replace")


def read_suite(file: Path | None, folder: Path) -> Suite:
    """Return what was measured before; else measure, and keep it."""
    if file and file.exists():
        reached, seconds = json.loads(file.read_text())
        lines = {name: {int(line): set(tests) for line, tests in own.items()} for name, own in reached.items()}
        return Suite(lines, seconds)
    suite = measure(folder)
    if file:
        file.write_text(json.dumps(suite, default=sorted))
    return suite


def measure(folder: Path) -> Suite:
    """Run all tests once without a change."""
    from coverage import CoverageData

    code, printed = wait_for(
        folder, None, "-q", "-vv", "-m", "not nightly and not browser",
        "--cov=scrub", "--cov-context=test", "--cov-report=", "--durations=0",
    )  # fmt: skip
    failing = set(re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", printed, re.MULTILINE))
    if code and not failing:
        sys.exit(f"the tests do not run without a change:\n{printed[-3000:]}")
    print("".join(f"left out, for it fails without a change: {test}\n" for test in sorted(failing)), end="")
    seconds: dict[str, float] = defaultdict(float)
    for line in printed.splitlines():
        if match := re.match(r"\s*([0-9.]+)s (?:call|setup)\s+(.+)$", line):
            seconds[match[2]] += float(match[1])
    data = CoverageData(str(folder / ".coverage"))
    data.read()
    reached = {}
    for file in data.measured_files():
        contexts = data.contexts_by_lineno(file)
        module = Path(file).relative_to(folder).as_posix()
        reached[module] = {
            line: {c.rpartition("|")[0] for c in tests if c} - failing for line, tests in contexts.items()
        }
    return Suite(reached, seconds)


def draw(folder: Path, work: Path, options: argparse.Namespace) -> list[Mutant]:
    """Return changes at random, without those that change nothing."""
    from cosmic_ray.work_db import WorkDB, use_db

    config, session = work / "cosmic-ray.toml", work / "session.sqlite"
    config.write_text(CONFIG.format(folders=[str(folder / part) for part in options.folders]))
    subprocess.run([Path(sys.executable).with_name("cosmic-ray"), "init", str(config), str(session)], check=True)
    with use_db(str(session), WorkDB.Mode.open) as items:
        specs = sorted((item.mutations[0] for item in items.work_items), key=str)
    random.Random(options.seed).shuffle(specs)
    known, constants = read_equivalent()
    mutants: list[Mutant] = []
    for spec in specs:
        mutant = mutate(folder, spec, constants)
        if mutant and (mutant.module, mutant.was, mutant.now) not in known:
            mutants.append(mutant)
        if len(mutants) == options.count:
            break
    return mutants


def read_equivalent() -> tuple[set[tuple[str, str, str]], dict[str, set[str]]]:
    """Return the changes of lines that change nothing, and by module the constants whose every value does."""
    known, constants = set(), defaultdict(set)
    with Path(__file__).with_name("equivalent.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            if row["is"] == "*":
                constants[row["module"]].add(row["was"])
            else:
                known.add((row["module"], row["was"], row["is"]))
    return known, constants


def mutate(folder: Path, spec: object, constants: Mapping[str, set[str]]) -> Mutant | None:
    """Return one change; nothing where it changes annotations, or constants of speed, alone, or nothing."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    code = spec.module_path.read_text()
    try:
        changed = mutate_code(code, get_operator(spec.operator_name)(**spec.operator_args), spec.occurrence)
    except AttributeError:  # cosmic-ray renames no error that is written with a dot
        return None
    module = spec.module_path.relative_to(folder).as_posix()
    free = constants.get(module, set())
    if changed is None or not is_code(changed) or strip(code, free) == strip(changed, free):
        return None
    lines = [line for line in ndiff(code.splitlines(), changed.splitlines()) if line[0] in "+-"]
    was, now = (" ".join(line[2:].strip() for line in lines if line[0] == mark) for mark in "-+")
    if was.strip().startswith(("@once", "@cache", "@lru_cache")) or was.replace("*,", "/,") == now:
        return None  # a cache less answers the same; a mark in a signature is no operator
    return Mutant(module, range(spec.start_pos[0], spec.end_pos[0] + 1), changed, was, now)


def is_code(text: str) -> bool:
    """Return whether a change left Python: ``{**a, **b}`` becomes ``{**a, |b}``, which is none."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


class Freed(ast.NodeTransformer):
    """Takes the values of constants, and the comparisons with them, out of code; and ``strict`` of zip.

    ``strict`` is a claim of the code about itself, not a part of an answer: no input may make lists of several lengths.
    """

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        sides = {side.id for side in (node.left, *node.comparators) if isinstance(side, ast.Name)}
        return ast.Constant("") if sides & self.names else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "zip":
            node.keywords = []
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return ast.Constant("") if names & self.names else self.generic_visit(node)


def strip(code: str, names: set[str]) -> str:
    """Return the code without its annotations, and without what depends on some constants alone, as text."""
    tree = Freed(names).visit(ast.parse(code))
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant("")
    return ast.dump(tree)


def choose(suite: Suite, mutant: Mutant) -> list[str]:
    """Return the tests that reach a change: those of the same folder first, quick ones first, while time lasts.

    A line that only an import reaches is held against every test that reaches its module.
    """
    by_line = suite.reached.get(mutant.module, {})
    tests = set().union(*(by_line.get(line, set()) for line in mutant.lines)) or set().union(*by_line.values())
    near = tuple(f"{part}/{mutant.module.split('/')[1]}/" for part in ("tests", "scrub"))
    chosen, spent = [], 0.0
    for test in sorted(tests, key=lambda test: (not test.startswith(near), suite.seconds.get(test, 0.0), test)):
        spent += suite.seconds.get(test, 0.0)
        if chosen and spent > BUDGET:
            break
        chosen.append(test)
    return chosen


def run_tests(folder: Path, mutant: Mutant, tests: list[str]) -> str:
    """Return how a change ends: killed, survived, or late."""
    if not tests:
        return "survived, no test reaches the line"
    module, names = folder / mutant.module, folder.parent / f"{folder.name}.txt"
    code = module.read_text()
    names.write_text("".join(f"{test}\n" for test in tests))
    module.write_text(mutant.code)
    try:
        end, printed = wait_for(folder, 30 + PATIENCE * BUDGET, "-q", "-x", "-n", "0", f"@{names}")
    finally:
        module.write_text(code)
    if "ERROR: not found: " in printed:
        sys.exit(f"a test of --suite is not there, measure it anew:\n{printed[-500:]}")
    return {None: "late", 0: "survived"}.get(end, "killed")


def report(mutants: Sequence[Mutant], ends: Sequence[str]) -> int:
    """Print the score of each folder and of all; return the exit code."""
    folders = pd.Series([mutant.module.rpartition("/")[0] for mutant in mutants], name="folder")
    decided = pd.Series([end.partition(",")[0] for end in ends], name="end")
    table = pd.crosstab(folders, decided).reindex(columns=["killed", "survived", "late"], fill_value=0)
    table.loc["all"] = table.sum()
    table["score"] = table["killed"] / (table["killed"] + table["survived"])
    print(table.round(3).to_string())
    return int(table.loc["all", "score"] < WANTED)


if __name__ == "__main__":
    sys.exit(main())
