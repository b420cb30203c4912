"""What the packaged models of the published toolkit (spacekit) answer to its own inputs and to those of skyscrub.

    python -m benchmarks.packaged_models PYTHON [--exposures 2000] [--table TABLE.csv]

PYTHON is a Python that has the package ``spacekit`` with its models: ``python -m venv e && e/bin/pip install
spacekit==1.1.4 tensorflow``. It prepares the exposures by itself and runs its two models of memory on both sets of
inputs (``packaged_peer.py``); products of the same exposures are compared. Predictions are in GB with two decimals, as
the toolkit gives them.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks import made
from scrub import jwst

PEER = Path(__file__).with_name("packaged_peer.py")
KINDS = ("image", "spec")


def prepare(table: Path, folder: Path) -> None:
    """Write the features of products and their exposures, a table for each kind of product."""
    answer = jwst.run(table, rules=jwst.read_rules("jwst", edition=3))
    members = answer.members.dropna(subset="product_id")
    exposures = members.groupby("product_id")["exposure"].agg(lambda names: " ".join(sorted(names)))
    for kind in KINDS:
        features = answer.features[kind]
        features.assign(exposures=exposures.reindex(features.index)).to_csv(folder / f"new-{kind}.csv")


def compare(python: str, table: Path) -> pd.DataFrame:
    """Return, for each kind of product, how many are in both, and how many of these have the same prediction."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(table, folder)
        command = [python, str(PEER.resolve()), str(table.resolve()), str(folder)]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        predictions = json.loads((folder / "predictions.json").read_text())
    rows = {}
    for kind, sides in predictions.items():
        both = sides["old"].keys() & sides["new"].keys()
        apart = {name: abs(sides["old"][name] - sides["new"][name]) for name in both}
        rows[kind] = {
            "products there": len(sides["old"]),
            "products here": len(sides["new"]),
            "same exposures": len(both),
            "same prediction": sum(difference == 0 for difference in apart.values()),
            "others, of two exposures": sum(
                difference > 0 and len(name.split()) == 2 for name, difference in apart.items()
            ),
            "largest difference, GB": max(apart.values(), default=0.0),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", metavar="PYTHON")
    parser.add_argument("--exposures", type=int, default=2000)
    parser.add_argument("--table", type=Path, help="exposures of your own, in place of those that are made")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        table = given.table or Path(scratch) / "exposures.csv"
        if not given.table:
            made.exposures(given.exposures).to_csv(table, index=False)
        with pd.option_context("display.width", 200, "display.max_columns", None):
            print(compare(given.python, table))


if __name__ == "__main__":
    main()
