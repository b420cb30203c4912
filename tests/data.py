"""Data that tests read: cases that an expert can add, goldens, and what may lie outside the repository."""

import csv
from pathlib import Path

import pandas as pd

TOP = Path(__file__).resolve().parents[1]
CASES = Path(__file__).with_name("cases")
FINDINGS = Path(__file__).parent / "tables" / "lint" / "findings"
GOLDENS = Path(__file__).with_name("goldens")
SHARED = TOP.parent / "shared" / "data"
TABLES = [
    "exposures", "members", "products", "features-image", "features-spec", "features-tac", "features-fgs", "rejected",
]  # fmt: skip


def read_cases(name: str) -> list[dict[str, str]]:
    """Return the cases of one file of ``tests/cases``."""
    with (CASES / f"{name}.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def read_written(folder: Path, name: str) -> pd.DataFrame:
    """Return a table that a command wrote as CSV, as text."""
    return pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)


def frame_of(golden: dict) -> pd.DataFrame:
    """Return a table of a golden file."""
    return pd.DataFrame(golden["data"], columns=golden["columns"], index=golden["index"])
