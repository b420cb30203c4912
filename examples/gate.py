"""A gate for CI: refuse the folder of a run if its tables break their contracts, or if other rules made them.

Run it: ``python gate.py FOLDER``, the folder that ``skyscrub jwst INPUT --out FOLDER`` wrote. The exit code is 0 if it
passes, and 1 if not; then each line says why. ``skyscrub validate STAGE TABLE --same-rules`` does so for one table.
"""

import json
import sys
from pathlib import Path

from scrub import jwst, stamp
from scrub.files.any_table import read_any
from scrub.formats.findings import place
from scrub.on_data import gate

TABLES = {
    "exposures": "jwst/exposures",
    "members": "jwst/members",
    "products": "jwst/products",
    **{f"features-{group}": "jwst/features" for group in ("image", "spec", "tac", "fgs")},
}
MOST_REJECTED = 0.01


def faults(folder: Path) -> list[str]:
    """Return what is wrong with the tables of a run, a line each."""
    rules = jwst.read_rules("jwst", edition=3)
    lines = []
    for name, stage in TABLES.items():
        table = folder / f"{name}.csv"
        report = gate.judge_table(gate.read_stage(stage, lambda base: rules), read_any(str(table)))  # noqa: ARG005
        lines += [f"{place(table.name, one)}: {one.sentence}" for one in report.findings if one.severity == "error"]
        try:
            stamp.demand(rules, "jwst", table)
        except stamp.StampError as error:
            lines += [f"{table.name}: {difference}" for difference in error.differences]
    exposures = json.loads((folder / "ledger.json").read_text())["exposures"]
    if exposures["rejected"] > MOST_REJECTED * exposures["in"]:
        lines.append(f"ledger.json: {exposures['rejected']} of {exposures['in']} exposures rejected")
    return lines


if __name__ == "__main__":
    lines = faults(Path(sys.argv[1]))
    print("\n".join(lines) or f"{len(TABLES)} tables pass")
    sys.exit(1 if lines else 0)
