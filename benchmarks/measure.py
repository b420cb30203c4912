"""What is measured, and how: CPU seconds, wall seconds and memory, the least of several."""

import compileall
import json
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import scrub

REPEAT = 5
STARTER = """
import json, os, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


class Figure(NamedTuple):
    """One figure: which part and what, its value and unit, and, where it has one, the yardstick and the ratio to it."""

    part: str
    what: str
    value: float
    unit: str
    yardstick: str = ""
    ratio: float | None = None


def compile_package() -> None:
    """Compile the package, as pip does when it installs one: no process that is measured compiles it again."""
    compileall.compile_dir(Path(scrub.__file__).parent, quiet=1)


def cpu(task: Callable[[], object], repeat: int = REPEAT) -> float:
    """Return the least CPU seconds of several calls, after one that does not count."""
    task()
    return min(timeit.repeat(task, number=1, repeat=repeat, timer=time.process_time))


def wall(task: Callable[[], object], repeat: int = REPEAT) -> float:
    """Return the least wall seconds of several calls, after one that does not count."""
    task()
    return min(timeit.repeat(task, number=1, repeat=repeat))


def cpu_alone(task: str, before: str = "", *, python: str = sys.executable, repeat: int = REPEAT) -> float:
    """Return the least CPU seconds of a line of Python, each time in a process of its own.

    Args:
        task: what is measured.
        before: a line that does not count.
        python: whose interpreter runs it.
        repeat: how many times.
    """
    code = f"import time\n{before}\nstart = time.process_time()\n{task}\nprint(time.process_time() - start)"
    runs = (subprocess.run([python, "-c", code], capture_output=True, text=True, check=True) for _ in range(repeat))
    return min(float(run.stdout.splitlines()[-1]) for run in runs)


def process(*command: str, repeat: int = 1) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory (MB) of a whole process, the least of several.

    A small process starts each: a peak that is inherited from this one would be counted.

    Raises:
        CalledProcessError: the process ended with another code than 0.
    """
    runs = [answer_of(sys.executable, "-I", "-S", "-c", STARTER, *command) for _ in range(repeat)]
    return min(seconds for seconds, _ in runs), min(peak for _, peak in runs)


def answer_of(*command: str) -> Any:
    """Return the JSON that a process prints as its last line; what it leaves in its working folder goes."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
