"""Pin what each edition of each rule set that ships answers: ``python -m tests.goldens.release`` writes the two tables.

``released.csv`` holds the hash of each table at each edition, and ``answers.csv`` the hash of what each pipeline answers
for the sample and the goldens, with the number of the code (``rules/code.toml``).

A released edition keeps its answers: run this only after a new edition, or after the number of the code went up. Read the
difference: each line that changes, changes answers.
"""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from scrub import hst_cal, hst_svm, jwst, samples, tables
from scrub.files import digest
from scrub.pipeline import save, stamp
from scrub.tables import locate

FOLDER = Path(__file__).parent
RELEASED, ANSWERS = FOLDER / "released.csv", FOLDER / "answers.csv"


def pin() -> pd.DataFrame:
    """Return the hash of every table at every edition."""
    rows = []
    for name in locate.sets():
        for edition in tables.read(name, base=name)["editions"].rows["edition"]:
            hashes = tables.read(name, edition=edition, base=name).hashes
            rows += [(name, edition, table, hash_) for table, hash_ in sorted(hashes.items())]
    return pd.DataFrame(rows, columns=["rules", "edition", "table", "sha256"])


def pin_answers() -> pd.DataFrame:
    """Return the hash of what each pipeline answers at its newest edition, with the number of the code.

    Numbers count to six decimals: machines differ in the last bits.
    """
    rows = []
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings(action="ignore"):
        for rules, case, run in _list_cases(Path(name)):
            answer = run(rules)
            frames = [digest.of_frame(save.flatten(frame).round(6)) for frame in _list_frames(answer)]
            code = stamp.from_ledger(answer.ledger).code
            rows.append((rules.name, rules.edition, case, digest.of([frames, answer.ledger["files"]]), code))
    return pd.DataFrame(rows, columns=["rules", "edition", "case", "sha256", "code"])


def _list_cases(folder: Path) -> Iterator[tuple[tables.Rules, str, Callable[[tables.Rules], Any]]]:
    """Yield each rule set, what is run on it, and the run."""
    samples.write_all(folder)
    classes = hst_svm.classes(hst_svm.read_rules(), folder / "hst-svm" / "classes.csv")
    for name in ("jwst", "jwst_dms", "jwst_dms2"):
        rules = jwst.read_rules(name)
        yield rules, "sample", lambda rules: jwst.run(folder / "jwst", rules=rules)
        yield rules, "jwst300/input.csv", lambda rules: jwst.run(FOLDER / "jwst300" / "input.csv", rules=rules)
    yield hst_svm.read_rules(), "sample", lambda rules: hst_svm.run(folder / "hst-svm", classify=classes, rules=rules)
    yield hst_cal.read_rules(), "sample", lambda rules: hst_cal.run(folder / "hst-cal", rules=rules)


def _list_frames(answer: Any) -> Iterator[pd.DataFrame]:
    """Yield the frames of an answer; rejects by what was rejected and where, not by their sentences."""
    for field, part in answer._asdict().items():
        if field == "rejected":
            yield part[["what", "stage", "column"]]
        elif isinstance(part, pd.DataFrame):
            yield part.drop(columns="rule", errors="ignore")
        elif isinstance(part, dict) and field == "features":
            yield from part.values()


if __name__ == "__main__":
    save.table(pin(), RELEASED)
    save.table(pin_answers(), ANSWERS)
