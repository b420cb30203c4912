"""How faults of tables end, by kind: the same answer, told, rejected, refused; and never a silent difference.

    python benchmarks/table_faults.py [--faults N] [--seed S] [--show]

Each fault is made in a CSV table of the samples and read in this process: a word in a cell, the name of a column, a
torn line, a row given twice, the order of rows. ``same`` is the answer of the clean table, ``told`` the same one with a
warning or a count of duplicates, ``rejected`` has a reject, ``refused`` is an error by name. What is left is
``silent``: another answer without a word. A fault that leaves no trace in the table (one number for another) is not
made.
"""

import argparse
import csv
import io
import random
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.cli.main import main as skyscrub
from scrub.pipeline import save
from scrub.samples import hst as hst_samples

ENDS = ("same", "told", "rejected", "refused", "silent", "crashed")
ODD_FLAGS = ("yes", "Y", "y", "on", "off", "2", "-1", "T F", "truth", "FALSCH", "1.5", "N", "ok", "tru", "fals")
FALSE_WORDS = ("f", "F", "False", "false", "FALSE", "0", "0.0", "no", "NO", "")
MISSING = ("", "NaN", "nan", "N/A", "NA", "NONE", "None", "none", "NULL", "null", "--")
NEAR_MISSING = ("n/a", "Null", "NAN", "Nan", "nOnE", "n/A")
FLAGS = ("BKGDTARG", "IS_IMPRT", "TSOVISIT", "CROWDFLD")
NUMBERS = ("TARG_RA", "TARG_DEC", "GS_MAG", "NUMDTHPT", "NEXPOSUR", "CRVAL1", "CRVAL2", "RA_REF", "DEC_REF")
WORDS = ("PUPIL", "GRATING", "CHANNEL", "BAND", "SUBARRAY", "FXD_SLIT", "GS_MAG", "NUMDTHPT", "TARGNAME")

Rows = list[list[str]]


class Table(NamedTuple):
    """A table: its header, its rows, and what runs on it."""

    header: list[str]
    rows: Rows
    run: Callable[[Path], Any]

    def at(self, column: str) -> int:
        return self.header.index(column)

    def text(self, rows: Rows | None = None, header: list[str] | None = None) -> str:
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows([header or self.header, *(rows or self.rows)])
        return stream.getvalue()

    def put(self, row: int, column: str, word: str) -> str:
        rows = [list(cells) for cells in self.rows]
        rows[row][self.at(column)] = word
        return self.text(rows)


class Fault(NamedTuple):
    """A fault: its kind, what was done, the table that has it, and the text of the file."""

    kind: str
    done: str
    table: Table
    text: str


def read(path: Path) -> tuple[list[str], Rows]:
    with path.open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    return header, rows


def one_letter_off(draw: random.Random, word: str) -> str:
    at = draw.randrange(len(word))
    letter = draw.choice("ABXZ_")
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    edits = [word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :], swapped]
    return draw.choice([edit for edit in edits if edit.lower() != word.lower() and edit] or [word + letter])


def fault_cells(draw: random.Random, sky: Table, cal: Table) -> Iterator[Fault]:
    """Words in cells: flags, numbers, spellings of missing, closed words of HST."""
    row = draw.randrange(len(sky.rows))
    flag, word = draw.choice(FLAGS), draw.choice(ODD_FLAGS)
    yield Fault("flag: a word that is none", f"{flag}={word}", sky, sky.put(row, flag, word))
    if sky.rows[row][sky.at(flag)] in FALSE_WORDS:
        word = draw.choice(FALSE_WORDS)
        yield Fault("flag: false in another word", f"{flag}={word}", sky, sky.put(row, flag, word))
    number = draw.choice(NUMBERS)
    value = sky.rows[row][sky.at(number)]
    if value not in MISSING:
        odd = draw.choice([f"{value}x", f"{value},5", f"{value} {value}", "O" + value, f"--{value}", "many"])
        yield Fault("number: a word that is none", f"{number}={odd}", sky, sky.put(row, number, odd))
        same = draw.choice([f" {value} ", f"{float(value)!r}", f"{float(value):.17e}", f"+{value.lstrip('+')}"])
        if not value.startswith("-"):
            yield Fault("number: in another spelling", f"{number}={same}", sky, sky.put(row, number, same))
    column = draw.choice(WORDS)
    empty = [i for i, cells in enumerate(sky.rows) if cells[sky.at(column)] in MISSING]
    if empty:
        row, word, near = draw.choice(empty), draw.choice(MISSING), draw.choice(NEAR_MISSING)
        yield Fault("missing: in another spelling", f"{column}={word}", sky, sky.put(row, column, word))
        if column != "TARGNAME":
            yield Fault("missing: in mixed case", f"{column}={near}", sky, sky.put(row, column, near))
    row, column = (
        draw.randrange(len(cal.rows)),
        draw.choice(["DRIZCORR", "PCTECORR", "DETECTOR", "CRSPLIT", "SUBARRAY"]),
    )
    value = cal.rows[row][cal.at(column)]
    if value not in MISSING:
        wrong = one_letter_off(draw, value) if not value.isdigit() else value + "x"
        yield Fault("HST: a word one letter off", f"{column}={wrong}", cal, cal.put(row, column, wrong))


def fault_columns(draw: random.Random, table: Table, *, dotted: bool = False) -> Iterator[Fault]:
    """Names of columns: blanks, case, one letter off, doubled."""
    at = draw.randrange(1, len(table.header))
    name = table.header[at]

    def renamed(new: str) -> str:
        return table.text(header=[new if i == at else old for i, old in enumerate(table.header)])

    blank = draw.choice([f"{name} ", f" {name}", f"\t{name}"])
    yield Fault("column: with a blank", repr(blank), table, renamed(blank))
    case = draw.choice([name.lower(), name.title(), name.swapcase()])
    yield Fault("column: in another case", case, table, renamed(case))
    block, dot, last = name.rpartition(".") if dotted else ("", "", name)
    wrong = block + dot + one_letter_off(draw, last)
    yield Fault("column: one letter off", f"{name} {wrong}", table, renamed(wrong))
    again = draw.choice([name, f"{name}.1", f"{name} ", name.lower()])
    others = draw.choice(table.rows)[at]
    rows = [[*cells, others] for cells in table.rows]
    yield Fault("column: twice", again, table, table.text(rows, [*table.header, again]))


def fault_lines(draw: random.Random, table: Table, kind: str = "line") -> Iterator[Fault]:
    """Torn lines: cut, too long, joined, split, with a quote too many; and line breaks in quotes."""
    lines = table.text().splitlines(keepends=True)
    at = draw.randrange(1, len(lines))
    line = lines[at].rstrip("\n")
    commas = [i for i, letter in enumerate(line) if letter == ","]
    if '"' not in line:
        place = draw.randrange(1, commas[-1] + 1)
        torn = {
            "cut": line[:place] + "\n",
            "with a cell too many": f"{line},more\n",
            "split in two": f"{line[:place]}\n{line[place:]}\n",
            "with a quote too many": line[: (start := draw.choice(commas) + 1)] + '"' + line[start:] + "\n",
        }
        for name, text in torn.items():
            yield Fault(f"{kind}: {name}", f"line {at + 1}", table, "".join([*lines[:at], text, *lines[at + 1 :]]))
    if at + 1 < len(lines):
        yield Fault(f"{kind}: joined", f"line {at + 1}", table, "".join([*lines[:at], line, *lines[at + 1 :]]))
    note = draw.choice(["two\nlines", "a, b\n\nc", 'a "word"\n', "\r\nx"])
    rows = [[*cells, note if i == at - 1 else ""] for i, cells in enumerate(table.rows)]
    yield Fault(f"{kind}: a line break in quotes", repr(note), table, table.text(rows, [*table.header, "remark"]))


def fault_rows(draw: random.Random, table: Table, changed: dict[str, str]) -> Iterator[Fault]:
    """Rows given twice, the same or with another cell, and rows in another order."""
    row, rows = draw.choice(table.rows), list(table.rows)
    for _ in range(draw.randrange(1, 3)):
        rows.insert(draw.randrange(len(rows) + 1), row)
    yield Fault("row: given again", row[0], table, table.text(rows))
    column, word = draw.choice(list(changed.items()))
    other = [word if name == column else cell for name, cell in zip(table.header, row, strict=True)]
    if other != row:
        rows = list(table.rows)
        rows.insert(draw.randrange(len(rows) + 1), other)
        yield Fault("row: given again with another cell", f"{row[0]} {column}", table, table.text(rows))
    rows = draw.sample(table.rows, len(table.rows))
    yield Fault("row: in another order", "", table, table.text(rows))


def flatten(answer: Any) -> list[Any]:
    """What an answer says: its frames and lists, but for rejects and ledger."""
    parts: list[Any] = []
    for name, part in answer._asdict().items():
        if name not in ("rejected", "ledger"):
            parts += list(part.values()) if isinstance(part, dict) else [part]
    return parts


def is_same(one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(
        a.equals(b) if isinstance(a, pd.DataFrame) else a == b for a, b in zip(one, other, strict=True)
    )


def end(fault: Fault, path: Path, clean: list[Any]) -> str:
    """Read the table with its fault; return how that ends."""
    path.write_text(fault.text, encoding="utf-8", newline="")
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        try:
            answer = fault.table.run(path)
        except ValueError:
            return "refused"
        except Exception as error:
            print(f"crashed: {fault.kind}: {fault.done}: {type(error).__name__}: {error}", file=sys.stderr)
            return "crashed"
    if isinstance(answer, int):
        return "rejected" if answer == 1 else "refused" if answer else "silent" if fault.done != "clean" else "same"
    if len(answer.rejected):
        return "rejected"
    same = is_same(flatten(answer), clean)
    duplicates = answer.ledger.get("exposures", answer.ledger.get("datasets")).get("duplicates", 0)
    return "silent" if not same and not raised else "told" if raised or duplicates else "same"


def validate(path: Path) -> int:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return skyscrub(["validate", "jwst/products", str(path)])


def make_tables(folder: Path) -> dict[str, Table]:
    """The tables that faults are made in."""
    rules, svm_rules, cal_rules = jwst.read_rules(), hst_svm.read_rules(), hst_cal.read_rules()
    mosaics = pd.read_csv(hst_samples.MOSAICS, dtype="str", keep_default_na=False)
    plain = mosaics.drop(columns="category")
    classes = mosaics[["header.TARGNAME", "category"]].set_axis(["targname", "category"], axis=1).drop_duplicates()
    classes.to_csv(folder / "classes.csv", index=False)
    written = save.table(jwst.run(samples.TABLE, rules=rules).products, folder / "products.csv")

    def classify(path: Path) -> Any:
        return hst_svm.run(plain, classify=hst_svm.classes(svm_rules, path), rules=svm_rules)

    return {
        "jwst": Table(*read(Path(samples.TABLE)), lambda path: jwst.run(path, rules=rules)),
        "hst_cal": Table(*read(Path(hst_samples.CALIBRATION)), lambda path: hst_cal.run(path, rules=cal_rules)),
        "hst_svm": Table(*read(Path(hst_samples.MOSAICS)), lambda path: hst_svm.run(path, rules=svm_rules)),
        "classes": Table(*read(folder / "classes.csv"), classify),
        "products": Table(*read(written), validate),
    }


def draw_faults(draw: random.Random, tables: dict[str, Table]) -> Iterator[Fault]:
    """Every kind of fault once, each at a random place."""
    sky, cal, svm = tables["jwst"], tables["hst_cal"], tables["hst_svm"]
    yield from fault_cells(draw, sky, cal)
    yield from fault_columns(draw, draw.choice([sky, sky, cal, tables["classes"]]))
    yield from fault_columns(draw, svm, dotted=True)
    yield from fault_lines(draw, draw.choice([sky, cal, svm]))
    yield from fault_rows(draw, sky, {"CRVAL1": "12.5", "FILTER": "F560W", "TSOVISIT": "True", "GS_MAG": "9.99"})
    yield from fault_rows(draw, cal, {"n_files": "99", "SUBARRAY": "True", "DETECTOR": "IR", "total_mb": "9999.5"})
    yield from fault_rows(draw, svm, {"header.NUMEXP": "99", "rms_ra": "77.5", "category": "STAR"})
    torn = [fault for fault in fault_lines(draw, tables["products"], "validate") if "quotes" not in fault.kind]
    yield from torn
    yield from fault_lines(draw, tables["classes"], "classes")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print each silent fault")
    options = parser.parse_args()
    draw, counts, total = random.Random(options.seed), dict[str, Counter[str]](), 0
    with TemporaryDirectory() as name:
        tables = make_tables(Path(name))
        path = Path(name) / "fault.csv"
        clean = {}
        for key, table in tables.items():
            path.write_text(table.text(), encoding="utf-8", newline="")
            answer = table.run(path)
            clean[id(table.run)] = [] if isinstance(answer, int) else flatten(answer)
            assert answer == 0 if isinstance(answer, int) else answer.rejected.empty, key
        while total < options.faults:
            for fault in draw_faults(draw, tables):
                how = end(fault, path, clean[id(fault.table.run)])
                counts.setdefault(fault.kind, Counter())[how] += 1
                total += 1
                if options.show and how in ("silent", "crashed"):
                    print(f"{how}: {fault.kind}: {fault.done}")
    table = pd.DataFrame([{end_: own[end_] for end_ in ENDS} for own in counts.values()], index=list(counts))
    table.insert(0, "faults", table.sum(axis=1))
    table.loc["all"] = table.sum()
    print(table.to_string())
    return int(table.loc["all", ["silent", "crashed"]].sum() > 0)


if __name__ == "__main__":
    sys.exit(main())
