"""Run the official association generator on pools, and write the members of the associations of one level.

    JWST_PYTHON benchmarks/official_truth.py POOLS_FOLDER [--level 2] [--public]

JWST_PYTHON is a Python that has the package ``jwst`` and need not have this project. POOLS_FOLDER has ``pools/*.csv``;
``truth.csv`` is written beside that folder, in the form that ``score_pools.py`` reads. The level is 3 unless stated.
With ``--public``, the pools are first written there: those of the package's own tests that ``headers/*.csv`` name.
"""

import argparse
import csv
import logging
import warnings
from pathlib import Path

FLAGS = ["is_psf", "is_imprt", "bkgdtarg", "tsovisit"]
COLUMNS = ["pool", "asn_name", "asn_rule", "asn_type", "asn_id", "cand_type", "program", "product", "expname",
           "exposure", "exptype", "exp_type"]  # fmt: skip


def list_members(path, level):
    """Yield a row for each member of each association of a level that the generator makes of a pool."""
    from jwst.associations import AssociationPool
    from jwst.associations.main import Main
    from jwst.associations.tests import helpers

    pool = AssociationPool.read(str(path))
    rules = helpers.level2_rule_path() if level == 2 else helpers.level3_rule_path()
    arguments = ["--dry-run", "--ignore-default", "-r", rules]
    for asn in Main.cli(arguments, pool=pool).associations:
        head = [
            path.stem,
            asn.asn_name,
            asn["asn_rule"],
            asn["asn_type"],
            asn["asn_id"],
            asn.acid.type.lower(),
            asn["program"],
        ]
        for product in asn["products"]:
            for member in product["members"]:
                exposure = member["expname"].rpartition("_")[0]
                exp_type = member.item["exp_type"] if hasattr(member.item, "keys") else ""
                yield [*head, product["name"], member["expname"], exposure, member["exptype"], exp_type]


def write_pools(folder):
    """Write the pools that the package ships for its own tests, filled in as its tests fill them in.

    Lines that repeat the header are left out. Flags ``y`` and ``n`` are written as ``t`` and ``f``.
    """
    from jwst.associations import tests
    from jwst.associations.tests.helpers import combine_pools

    (folder / "pools").mkdir(exist_ok=True)
    for path in sorted((folder / "headers").glob("*.csv")):
        pool = combine_pools([str(Path(tests.__file__).parent / "data" / path.name)])
        rows = [[str(row[name]) for name in pool.colnames] for row in pool]
        own = [row for row in rows if row[0].lower() != pool.colnames[0].lower()]
        rows = [pool.colnames, *(list(map(_write_flag, pool.colnames, row)) for row in own)]
        (folder / "pools" / path.name).write_text("".join("|".join(row) + "\n" for row in rows), encoding="utf-8")


def _write_flag(name, cell):
    """Return a cell; a flag as ``t`` or ``f``."""
    return {"y": "t", "n": "f"}.get(cell, cell) if name.lower() in FLAGS else cell


def main():
    """Write the truth of all pools of a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--level", type=int, choices=(2, 3), default=3)
    parser.add_argument("--public", action="store_true")
    given = parser.parse_args()
    folder = given.folder
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    if given.public:
        write_pools(folder)
    with (folder / "truth.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for path in sorted((folder / "pools").glob("*.csv")):
            writer.writerows(sorted(list_members(path, given.level)))


if __name__ == "__main__":
    main()
