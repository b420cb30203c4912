"""Replay: a table is divided into good rows and bad ones, people mend the bad ones, and all are judged once more."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from scrub.files import any_table, split_tables
from scrub.files.any_table import Table
from scrub.files.table_files import SourceError
from scrub.formats.findings import Finding, Report
from scrub.on_data import quarantine
from scrub.on_data.gate import Stage, judge_table

_TORN = [quarantine.ROW, quarantine.REASONS, quarantine.TORN]
Harden = Callable[[Report], Report]


def check_names(files: Iterable[str]) -> None:
    """Refuse tables whose parts would have one name.

    Args:
        files: the tables.

    Raises:
        SourceError: two tables of one name.

    >>> check_names(["a/night.csv", "b/night.parquet"])
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: --split: more than one table is called night: divide them into two folders
    """
    counts = Counter("stdin" if file == any_table.STDIN else split_tables.name_stem(file) for file in files)
    for name, number in counts.items():
        if number > 1:
            raise SourceError(f"--split: more than one table is called {name}: divide them into two folders")


def split(folder: Path, table: Table, report: Report) -> None:
    """Write a table into a folder, good rows and bad ones apart.

    Args:
        folder: where to.
        table: as it was read.
        report: of the table.

    Raises:
        SourceError: a part would replace the table, or rows that were mended.
    """
    split_tables.refuse_mended(folder, split_tables.name_stem(table.name))
    parts = split_tables.name_parts(folder, split_tables.name_stem(table.name))
    if Path(table.name).resolve() in [part.resolve() for part in parts]:
        raise SourceError(f"{table.name}: a part of it would replace it: name another folder than {folder}")
    good, bad = quarantine.divide(table, report)
    account = {"input": table.name, "stage": report.stage}
    split_tables.save(folder, split_tables.name_stem(table.name), good, bad, account)


def replay(stage: Stage, folder: Path, harden: Harden | None = None) -> Iterator[Report]:
    """Yield the reports of tables that were divided into a folder, judged whole; the files are written anew.

    Args:
        stage: what the tables are held against.
        folder: with the parts of each table, and their account.
        harden: changes the report of a table.

    Raises:
        SourceError: a part is not as it was written, but for the cells of bad rows, or another stage divided it.
    """
    for name in split_tables.list_names(folder):
        account = split_tables.read_account(folder, name)
        if account.get("stage", stage.name) != stage.name:
            raise SourceError(f"{folder}: {name} was divided by {account['stage']}, not by {stage.name}")
        good_file, bad_file, _ = split_tables.name_parts(folder, name)
        joined = quarantine.rejoin(any_table.read_any(str(good_file)), any_table.read_any(str(bad_file)), account)
        whole = Table(str(account.get("input", name)), joined.frame, [], [number + 1 for number in joined.numbers])
        report = judge_table(stage, whole)
        report = harden(report) if harden else report
        good, bad = _divide(whole, report, joined)
        rest = {str(key): account[key] for key in ("input", "stage") if key in account}
        split_tables.save(folder, name, good, bad, rest)
        bad_numbers = [int(number) for number in bad[quarantine.ROW].tolist()]
        good_numbers = [number for number in joined.numbers if number not in set(bad_numbers)]
        torn = [
            Finding("torn", "", reason, text, line=int(number) + 1)
            for number, reason, text in bad.loc[bad[quarantine.TORN] != "", _TORN].to_numpy().tolist()
        ]
        yield _place(report, good_file, good_numbers)
        yield _place(report._replace(findings=(*report.findings, *torn)), bad_file, bad_numbers)


def _divide(whole: Table, report: Report, joined: quarantine.Joined) -> quarantine.Parts:
    """Return the parts of a table that was in two before, with the numbers and lines that its rows had."""
    good, bad = quarantine.divide(whole, report)
    numbers = (bad[quarantine.LINE].astype("int64") - 1).astype(str)
    lines = numbers.map(lambda number: joined.lines.get(number, ""))
    numbered = bad.assign(**{quarantine.ROW: numbers, quarantine.LINE: lines})
    unmended = joined.torn.assign(**{quarantine.REASONS: "a torn line: fill its cells in, and blank its text"})
    columns = [str(column) for column in whole.frame.columns]
    return quarantine.Parts(good, quarantine.sort_bad([numbered, unmended], columns))


def _place(report: Report, path: Path, numbers: Sequence[int]) -> Report:
    """Return the part of a report that is on the rows of a file, at their lines there.

    Args:
        report: of a table whose rows have their number and one as line.
        path: the file.
        numbers: of its rows, in order.
    """
    lines = any_table.read_any(str(path)).lines
    at = {number + 1: line for number, line in zip(numbers, lines, strict=True)}
    whole = {0, 1}  # no line, and the header's
    own = [
        one if one.line in whole else one._replace(line=at[one.line])
        for one in report.findings
        if one.line in at or one.line in whole
    ]
    return report._replace(file=str(path), findings=tuple(own), rows=len(numbers))
