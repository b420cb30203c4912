"""Pin what each edition of each rule set that ships answers: ``python -m tests.goldens.release`` writes ``released.csv``.

A row holds the hash of one table at one edition, without sources, notes and the order of rows. A released edition keeps its
answers: run this only after a new edition, and read the difference: each line that changes, changes answers.
"""

from pathlib import Path

import pandas as pd

from scrub import tables
from scrub.pipeline import save
from scrub.tables import locate

RELEASED = Path(__file__).with_name("released.csv")


def pin() -> pd.DataFrame:
    """Return the hash of every table at every edition."""
    rows = []
    for name in locate.sets():
        for edition in tables.read(name, base=name)["editions"].rows["edition"]:
            hashes = tables.read(name, edition=edition, base=name).hashes
            rows += [(name, edition, table, hash_) for table, hash_ in sorted(hashes.items())]
    return pd.DataFrame(rows, columns=["rules", "edition", "table", "sha256"])


if __name__ == "__main__":
    save.table(pin(), RELEASED)
