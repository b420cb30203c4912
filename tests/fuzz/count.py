"""Count faults by kind and end.

    python -m tests.fuzz.count [FAULTS] [SEED]

Makes so many faults (1000), in turn at each target, on all processors, and prints how many of each kind ended in which
way. The exit code is 1 if any ended in a way that may not be. The same seed makes the same faults.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random
from typing import NamedTuple

from tests.fuzz import targets

FAILED = "MAY NOT BE"


class End(NamedTuple):
    """The target and the kind of a fault, how it ended, and what was wrong with that."""

    target: str
    kind: str
    end: str
    failure: str = ""


def attack(number: int, *, seed: int, names: Sequence[str] = tuple(targets.TARGETS)) -> End:
    """Return how one fault ended."""
    name = names[number % len(names)]
    try:
        return End(name, *targets.attack(name, Random(f"{seed} {number}")))
    except targets.FaultError as error:
        return End(name, str(error).split(": ")[1], FAILED, f"seed {seed}, number {number}: {error}")


def show(ends: Sequence[End]) -> None:
    """Print a table by target, kind and end, then what was wrong."""
    counted = Counter(ends_[:3] for ends_ in ends)
    columns = [*targets.ENDS.values(), FAILED]
    print(f"{'target':14} {'fault':22}" + "".join(f"{end:>15}" for end in columns))
    for target, kind in sorted({end[:2] for end in ends}):
        print(f"{target:14} {kind:22}" + "".join(f"{counted[target, kind, end]:15}" for end in columns))
    totals = Counter(end.end for end in ends)
    print(f"{'all':14} {len(ends):<22}" + "".join(f"{totals[end]:15}" for end in columns))
    for end in [end for end in ends if end.failure][:20]:
        print(end.failure)


def main(faults: int = 1000, seed: int = 0) -> int:
    with ProcessPoolExecutor() as pool:
        ends = list(pool.map(partial(attack, seed=seed), range(faults), chunksize=50))
    show(ends)
    return 1 if any(end.failure for end in ends) else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
