"""How well rule sets predict what the official association generator makes of random programs, by exposure type.

    python -m benchmarks.official_pools JWST_PYTHON [RULES…] [--sets 50] [--seed 1] [--odd 0] [--level 3] [--keep DIR]
    python -m benchmarks.official_pools JWST_PYTHON [RULES…] --candidates oca [--twice] [--sets 50] [--seed 1] …
    python -m benchmarks.official_pools JWST_PYTHON [RULES…] --public POOLS_FOLDER [--level 3] [--keep DIR]

JWST_PYTHON is a Python that has the package ``jwst``: ``python -m venv e && e/bin/pip install jwst``. Random programs
are made (``official_sets.py``), the generator says the truth (``official_truth.py``), and each rule set is run on the
headers of each program alone and scored. ``--odd 0.3`` makes three observations in ten odd: words missing, flags that
no flight has. With ``--candidates``, observations are in candidates of random kinds (``official_candidates.py``), the
rule sets are run on the pools, and the table is by kind of candidate, too; with ``--twice``, observations are there
twice, so that candidates join more of them. ``--keep FOLDER`` leaves pools, headers and truth there, for
``score_pools.py``, which also lists the groups that differ. ``--level 2`` makes the associations of Level 2, of pools,
and compares every member with its role; with ``--headers`` it runs on the headers. ``--public`` takes the pools that
the package ships in place of random ones: those whose headers are in POOLS_FOLDER.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks import official_candidates, official_sets, score_pools

TRUTH = Path(__file__).with_name("official_truth.py")


def make_pools(
    folder: Path,
    python: str,
    *,
    sets: int,
    seed: int,
    odd: float,
    level: int = 3,
    candidates: bool = False,
    twice: bool = False,
) -> None:
    """Write headers, pools, exposures and truth of random programs, with candidates if they are wanted."""
    for name in ("headers", "pools"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    exposures = []
    for number in range(seed, seed + sets):
        headers, pool = official_sets.make_set(number, odd=odd, level=level)
        if candidates:
            list_them = official_candidates.double if twice else official_candidates.add_candidates
            pool = list_them(pool, number)
        headers.to_csv(folder / "headers" / f"set_{number}.csv", index=False)
        pool.to_csv(folder / "pools" / f"set_{number}.csv", index=False, sep="|")
        exposures.append(headers[["exposure", "EXP_TYPE"]].assign(pool=f"set_{number}"))
    pd.concat(exposures).rename(columns=str.lower).to_csv(folder / "exposures.csv", index=False)
    subprocess.run([python, str(TRUTH), str(folder), "--level", str(level)], check=True)


def copy_pools(folder: Path, python: str, like: Path, *, level: int = 3) -> None:
    """Write headers, pools, exposures and truth of the pools that the official package ships.

    Args:
        folder: where to.
        python: that has the package.
        like: a folder of pools, whose ``headers/*.csv`` say which, and which has their ``exposures.csv``.
        level: of the truth.
    """
    shutil.copytree(like, folder, dirs_exist_ok=True)
    subprocess.run([python, str(TRUTH), str(folder), "--level", str(level), "--public"], check=True)


def main(arguments: list[str] | None = None) -> None:
    """Make pools and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", metavar="JWST_PYTHON")
    parser.add_argument("rules", metavar="RULES", nargs="*")
    parser.add_argument("--sets", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--odd", type=float, default=0.0)
    parser.add_argument("--candidates", metavar="LETTERS", help="of oca: observations, of the proposal, discovered")
    parser.add_argument("--twice", action="store_true", help="with candidates: observations are there twice")
    parser.add_argument("--level", type=int, choices=(2, 3), default=3)
    parser.add_argument("--headers", action="store_true", help="at Level 2: run on headers in place of pools")
    parser.add_argument("--public", type=Path, metavar="POOLS_FOLDER", help="pools of the package, by these headers")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_intermixed_args(arguments)
    candidates = given.candidates is not None
    beyond = candidates and given.level == 3
    names = given.rules or (["jwst_dms"] if beyond else score_pools.USUAL[given.level])
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        if given.public:
            copy_pools(folder, given.python, given.public, level=given.level)
        else:
            make_pools(
                folder,
                given.python,
                sets=given.sets,
                seed=given.seed,
                odd=given.odd,
                level=given.level,
                candidates=candidates,
                twice=given.twice,
            )
        with pd.option_context("display.width", 200, "display.max_rows", None, "display.max_columns", None):
            for rules in map(score_pools.read_rules, names if beyond else ()):
                print(f"rules {rules.name}\n{official_candidates.tabulate(rules, folder, given.candidates)}\n")
        if not beyond:
            table = score_pools.tabulate(folder, names, level=given.level, headers=given.headers)
            print(score_pools.write_markdown(table))


if __name__ == "__main__":
    main()
