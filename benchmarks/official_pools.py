"""How well rule sets predict what the official association generator makes of random programs, by exposure type.

    python -m benchmarks.official_pools JWST_PYTHON [RULES…] [--sets 50] [--seed 1] [--odd 0] [--level 3] [--keep DIR]
    python -m benchmarks.official_pools JWST_PYTHON [RULES…] --candidates oca [--twice] [--sets 50] [--seed 1] …

JWST_PYTHON is a Python that has the package ``jwst``: ``python -m venv e && e/bin/pip install jwst``. Random programs
are made (``official_sets.py``), the generator says the truth (``official_truth.py``), and each rule set is run on the
headers of each program alone and scored. ``--odd 0.3`` makes three observations in ten odd: words missing, flags that
no flight has. With ``--candidates``, observations are in candidates of random kinds (``official_candidates.py``), the
rule sets are run on the pools, and the table is by kind of candidate, too; with ``--twice``, observations are there
twice, so that candidates join more of them. ``--keep FOLDER`` leaves pools, headers and truth there, for
``score_pools.py``, which also lists the groups that differ. ``--level 2`` makes the associations of Level 2, of pools,
and compares every member with its role.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks import official_candidates, official_sets, score_pools
from scrub import jwst
from scrub.jwst import score, score_inputs
from scrub.tables import Rules

TRUTH = Path(__file__).with_name("official_truth.py")


def read_rules(name: str) -> Rules:
    """Return a rule set, by its name or ``NAME@EDITION``."""
    base, _, edition = name.partition("@")
    return jwst.read_rules(base, edition=edition or None)


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


def tabulate(folder: Path, names: list[str], *, level: int = 3) -> pd.DataFrame:
    """Return by exposure type, for each rule set: sets right of predicted and true, names right, exposures unknown."""
    columns = {}
    for name in names:
        rules = read_rules(name)
        members = score_pools.members(rules, folder) if level == 3 else score_pools.associate(rules, folder)
        members.to_csv(folder / "members.csv", index=False)
        inputs = score_inputs.load(
            rules,
            folder / "members.csv",
            folder / "truth.csv",
            exposures=folder / "exposures.csv",
            candidates=("observation", "background") if level == 2 else ("observation",),
            roles=level == 2,
        )
        found = score.score(score.compare(rules, inputs.predicted, inputs.true)).set_index(["exp_type", "counted"])
        exact, named = (found.xs(counted, level="counted") for counted in ("exact", "names"))
        columns[f"{name} sets"] = _write(exact, "{tp} of {predicted}, of {true}")
        columns[f"{name} names"] = _write(named, "{tp} of {predicted}")
        if "lacking" in members:
            types = pd.read_csv(folder / "exposures.csv", dtype=str).set_index(["pool", "exposure"])["exp_type"]
            own = members[members["lacking"].notna() & (members["lacking"] != "")]
            unknown = types.reindex(pd.MultiIndex.from_frame(own[["pool", "exposure"]])).value_counts()
            unknown["all"] = unknown.sum()
            columns[f"{name} unknown"] = unknown.astype(str)
    return pd.DataFrame(columns).fillna("").replace("0 of 0, of 0", "")


def _write(counts: pd.DataFrame, form: str) -> pd.Series:
    """Return counts as text, a line for each exposure type."""
    return pd.Series([form.format(**row) for row in counts.to_dict("records")], index=counts.index)


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
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(arguments)
    beyond = given.candidates is not None
    usual = {2: ["jwst_dms2"], 3: ["jwst_dms"] if beyond else ["jwst", "jwst_dms"]}
    names = given.rules or usual[given.level]
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        make_pools(
            folder,
            given.python,
            sets=given.sets,
            seed=given.seed,
            odd=given.odd,
            level=given.level,
            candidates=beyond,
            twice=given.twice,
        )
        with pd.option_context("display.width", 200, "display.max_rows", None, "display.max_columns", None):
            for name in names if beyond else ():
                print(f"rules {name}\n{official_candidates.tabulate(read_rules(name), folder, given.candidates)}\n")
            if not beyond:
                print(tabulate(folder, names, level=given.level))


if __name__ == "__main__":
    main()
