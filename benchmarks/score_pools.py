"""How well rule sets predict the Level-3 products of association pools.

    python benchmarks/score_pools.py POOLS_FOLDER [RULES…]

POOLS_FOLDER: ``headers/*.csv``, the exposures of one pool a file; ``truth.csv``, the members of the associations that
were made of them (pool, product, exposure, exptype, cand_type and more); ``exposures.csv`` (pool, exposure, exp_type);
``ignore*.csv`` (pool, exposure), what to leave out, may lack. RULES: rule sets, ``NAME`` or ``NAME@EDITION``; without
them ``jwst jwst_dms``. Each pool is run alone: pools have programs in common.
"""

import sys
import tempfile
from pathlib import Path

import pandas as pd

from scrub import jwst
from scrub.cli import score as cli_score
from scrub.jwst import score, score_inputs
from scrub.tables import Rules


def members(rules: Rules, folder: Path) -> pd.DataFrame:
    """Return the members of all pools, with a column pool."""
    paths = sorted((folder / "headers").glob("*.csv"))
    return pd.concat([jwst.run(path, rules=rules).members.assign(pool=path.stem) for path in paths], ignore_index=True)


def associate(rules: Rules, folder: Path) -> pd.DataFrame:
    """Return the members of the associations of all pools, those of background candidates included, with a column pool.

    ``lacking`` is the keyword that an exposure needs, in a row without a product.
    """
    frames = []
    for path in sorted((folder / "pools").glob("*.csv")):
        table = pd.read_csv(path, sep="|", dtype=str, keep_default_na=False)
        answer = jwst.run(table.rename(columns=str.upper), rules=rules, candidates="oc")
        unknown = answer.members.loc[answer.members["lacking"].fillna("") != "", ["exposure", "lacking"]]
        own = jwst.associations(rules, answer)
        own = own.assign(product_id=own["product_id"] + " " + own["asn_type"])
        frames.append(pd.concat([own, unknown.assign(product="")], ignore_index=True).assign(pool=path.stem))
    return pd.concat(frames, ignore_index=True)


def scored(rules: Rules, folder: Path) -> str:
    """Return the scores of a rule set, as ``skyscrub score`` prints them, and the groups that differ."""
    with tempfile.TemporaryDirectory() as scratch:
        predicted = Path(scratch) / "members.csv"
        members(rules, folder).to_csv(predicted, index=False)
        ignore = next(iter(sorted(folder.glob("ignore*.csv"))), None)
        inputs = score_inputs.load(
            rules, predicted, folder / "truth.csv", exposures=folder / "exposures.csv", ignore=ignore
        )
    compared = score.compare(rules, inputs.predicted, inputs.true)
    differ = score.mismatches(compared)
    told = differ[["kind", "pool", "exp_type", "predicted", "true"]].to_string(index=False)
    return f"{cli_score.write_text(inputs, score.score(compared))}\n\n{len(differ)} group(s) differ\n{told}"


def main(arguments: list[str]) -> None:
    folder, *names = arguments
    for name in names or ["jwst", "jwst_dms"]:
        base, _, edition = name.partition("@")
        rules = jwst.read_rules(base, edition=edition or None)
        print(f"rules {rules.name}, edition {rules.edition}\n{scored(rules, Path(folder))}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
