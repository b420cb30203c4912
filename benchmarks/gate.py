"""What the gate finds, and what bad rows cost it.

    python benchmarks/gate.py [--rows 100000] [--repeat 3]

First nine faults are planted in exposures, each in a row of its own, and looked for in every format, by line and
column. Then ``skyscrub validate`` runs on clean exposures, and on such with one row in ten bad: the ratio of CPU time,
best of several. Without rows it does not run. Exit code 1 if a fault is not found, or if a ratio is 3 or more.
"""

import argparse
import io
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd

from scrub import samples
from scrub.cli import main
from scrub.files.table_files import read_table

FORMATS = ("text", "json", "junit", "github", "gitlab", "sarif")
MOST = 3.0
FAULTS = {
    "TARG_RA": "400", "FILTER": "F200X", "EXP_TYPE": "NRC_IMAEG", "GS_MAG": "bright", "TARG_DEC": "-95", "INSTRUME": "",
    "NEXPOSUR": "-3", "PROGRAM": "08888",
}  # fmt: skip
KINDS = {
    "a number out of range": {"TARG_DEC": "-95"},
    "text in a column of numbers": {"GS_MAG": "bright"},
    "a word that is on no list": {"EXP_TYPE": "NRC_IMAEG"},
    "a program against the name": {"PROGRAM": "08888"},
    "five columns at once": {
        "TARG_DEC": "-95", "GS_MAG": "bright", "EXP_TYPE": "NRC_IMAEG", "INSTRUME": "", "NEXPOSUR": "-3",
    },
}  # fmt: skip


def make_exposures(folder: Path, rows: int) -> pd.DataFrame:
    """Clean exposures, as a run on the sample writes them, over and over."""
    main.main(["jwst", str(samples.TABLE), "--out", str(folder / "out"), "-q"])
    one = read_table(folder / "out" / "exposures.csv").good
    many = pd.concat([one] * (rows // len(one) + 1), ignore_index=True).head(rows)
    return many.assign(exposure=many["exposure"] + [f"-seg{number:06d}" for number in range(rows)])


def validate(path: Path, form: str = "text") -> tuple[float, str]:
    """CPU seconds of the command, and what it printed."""
    out, start = io.StringIO(), time.process_time()
    with redirect_stdout(out):
        main.main(["validate", "jwst/exposures", str(path), "--format", form])
    return time.process_time() - start, out.getvalue()


def find(form: str, text: str) -> set[tuple[int, str]]:
    """The line and the column of each finding in a document."""
    if form == "text":
        single = re.findall(r"\.csv:([0-9]+): (?:error|warning): ([\w/]+):", text)
        groups = re.findall(r"\.csv: (?:error|warning): (\w+): [^\n]*\n((?:  [^\n]*\n)+)", text)
        return pairs(single) | {
            (int(n), column) for column, lines in groups for n in re.findall(r"\.csv:([0-9]+)", lines)
        }
    if form == "json":
        return {(one["line"], one["column"]) for file in json.loads(text)["files"] for one in file["findings"]}
    if form == "junit":
        return pairs(re.findall(r"\.csv:([0-9]+): (?:error|warning): (\w+):", text))
    if form == "github":
        return pairs(re.findall(r"line=([0-9]+),title=(\w+)/", text))
    if form == "gitlab":
        own = json.loads(text)
        return {(one["location"]["lines"]["begin"], one["check_name"].partition("/")[0]) for one in own}
    places = [one["locations"][0] for one in json.loads(text)["runs"][0]["results"]]
    return {(one["physicalLocation"]["region"]["startLine"], one["logicalLocations"][0]["name"]) for one in places}


def pairs(matches: Iterable[tuple[str, str]]) -> set[tuple[int, str]]:
    return {(int(line), column) for line, column in matches}


def plant(table: pd.DataFrame) -> tuple[pd.DataFrame, set[tuple[int, str]]]:
    """A table with each fault in a row of its own, and one row twice; the line and the column of each."""
    rows = table.index[(table["EXP_TYPE"] == "NRC_IMAGE") & (table["FILTER"] != "")][: len(FAULTS)].tolist()
    bad = table.copy()
    for row, (column, value) in zip(rows, FAULTS.items(), strict=True):
        bad.loc[row, column] = value
    places = {(row + 2, column) for row, column in zip(rows, FAULTS, strict=True)}
    return pd.concat([bad, bad.tail(1)], ignore_index=True), places | {(len(bad) + 2, "exposure")}


def count_missed(folder: Path) -> int:
    """How many of the planted faults some format does not have."""
    bad, places = plant(make_exposures(folder, 57))
    bad.to_csv(folder / "nine.csv", index=False)
    missed = 0
    for form in FORMATS:
        own = find(form, validate(folder / "nine.csv", form)[1])
        print(f"{form:8} {len(places & own)} of {len(places)} faults by line and column")
        missed += len(places - own)
    return missed


def measure(folder: Path, rows: int, repeat: int) -> float:
    """The worst ratio of CPU time, of a table with bad rows to a clean one."""
    clean = make_exposures(folder, rows)
    clean.to_csv(folder / "clean.csv", index=False)
    bad = np.arange(rows) % 10 == 0
    paths = {}
    for number, (kind, cells) in enumerate(KINDS.items()):
        paths[kind] = folder / f"bad{number}.csv"
        clean.assign(**{name: clean[name].mask(bad, value) for name, value in cells.items()}).to_csv(
            paths[kind], index=False
        )
    times = {
        kind: min(validate(path)[0] for _ in range(repeat))
        for kind, path in {"clean": folder / "clean.csv", **paths}.items()
    }
    json_time = min(validate(paths["a number out of range"], "json")[0] for _ in range(repeat))
    times["a number out of range, as JSON"] = json_time
    for kind, seconds in times.items():
        print(f"{seconds:6.2f} s, {seconds / times['clean']:.2f} times clean: {kind}")
    return max(times.values()) / times["clean"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        missed = count_missed(Path(name))
        worst = measure(Path(name), options.rows, options.repeat) if options.rows else 0
    print(f"{missed} faults not found; worst ratio {worst:.2f}, {MOST} allowed")
    sys.exit(1 if missed or worst >= MOST else 0)
