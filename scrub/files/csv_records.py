"""The records of CSV text: which lines are rows of a table, which are parts of one, and which are torn."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO, NamedTuple

_QUOTED = re.compile(r'(?<![^,])"[^"]*(?:""[^"]*)*"(?=[,\r\n]|$)')


class Torn(NamedTuple):
    """A line that is no row: its number, why, and what stands there."""

    number: int
    reason: str
    text: str


class Record(NamedTuple):
    """The cells of a record, the number of its first line, its lines, and why it is none; blank if it is one."""

    number: int
    lines: list[str]
    cells: list[str]
    fault: str


class Scan(NamedTuple):
    """What is known of a CSV file before it is parsed: its header, the records that are rows, the lines that are not.

    Records are None where none is torn: then the file is parsed as it is. Each row has the number of its first line.
    """

    header: list[str]
    numbers: list[int]
    records: list[str] | None
    torn: list[Torn]


def scan(stream: IO[str]) -> Scan:
    """Return the header of a CSV file and which of its lines are rows; a file of plain lines is not kept.

    Raises:
        ValueError: a header that is no record, or that holds whole lines.
    """
    first = next(read_records(stream), Record(1, [], [], ""))
    if reason := first.fault or _find_swallowed(first, max(len(first.cells) - 1, 1)):
        raise ValueError(f"line {first.number}: the header has {reason}: mend that line")
    header = [name or f"Unnamed: {i}" for i, name in enumerate(first.cells)]  # as pandas calls it
    commas, numbers = len(header) - 1, list[int]()
    for number, line in enumerate(stream, start=first.number + len(first.lines)):
        if '"' in line or (line.count(",") != commas and line.strip()):
            break
        if line.strip():
            numbers.append(number)
    else:
        return Scan(header, numbers, None, [])
    return _sort_lines(stream, first, header)


def read_records(lines: Iterator[str]) -> Iterator[Record]:
    """Yield the records of some lines; blank lines between them are none."""
    number = 1
    for line in lines:
        if line.strip():
            yield (record := _read_record(number, chain([line], lines)))
            number += len(record.lines)
        else:
            number += 1


def _read_record(number: int, lines: Iterator[str]) -> Record:
    """Return the record that some lines begin with, with the lines that were read for it: no more than it needs."""
    taken: list[str] = []

    def take() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    try:
        return Record(number, taken, next(csv.reader(take(), strict=True)), "")
    except csv.Error as error:
        if '"' not in "".join(taken):
            return Record(number, taken, [], f"a cell that cannot be read: {error}")
        wrong = len(taken) == 1 and "expected after" in str(error)
        return Record(number, taken, [], f"a quote that {'stands wrong' if wrong else 'is never closed'}")


def _find_swallowed(record: Record, commas: int) -> str:
    """Return what is wrong with a record if one of its cells holds whole lines, with so many commas; else blank."""
    held = len(record.lines) > 1 and any(cell.count(",") >= commas for cell in record.cells if "\n" in cell)
    return "a quoted cell that holds whole lines" if held else ""


def _sort_lines(stream: IO[str], first: Record, header: list[str]) -> Scan:
    """Return each line of a file as a row, a part of one (a quoted line break) or torn."""
    stream.seek(0)
    lines = stream.readlines()
    at = first.number - 1 + len(first.lines)
    records, numbers, torn, width = ["".join(first.lines)], list[int](), list[Torn](), len(header)
    while at < len(lines):
        text = lines[at]
        if not text.strip():
            at += 1
        elif is_plain(text, width):
            records.append(text)
            numbers.append(at + 1)
            at += 1
        else:
            taken, reason = take_record(lines, at, width)
            if reason:
                torn.append(Torn(at + 1, reason, text.rstrip("\r\n")))
            else:
                records.append("".join(lines[at : at + taken]))
                numbers.append(at + 1)
            at += taken
    return Scan(header, numbers, records if torn else None, torn)


def is_plain(line: str, width: int) -> bool:
    """Return whether a line is surely a record of so many cells: its quotes, if any, stand around whole cells.

    Args:
        line: of a CSV file.
        width: how many cells.
    """
    bare = _QUOTED.sub("", line) if '"' in line else line
    return '"' not in bare and bare.count(",") == width - 1


def take_record(lines: Sequence[str], at: int, width: int) -> tuple[int, str]:
    """Return how many lines the record takes that begins at a line, and why it is torn, if it is: then it takes one.

    Args:
        lines: of a CSV file.
        at: the position of the line.
        width: how many cells a row has.
    """
    record = _read_record(at + 1, (lines[i] for i in range(at, len(lines))))
    if reason := record.fault or _find_swallowed(record, width - 1):
        return 1, reason
    if any(record.cells[width:]):
        return 1, f"a line of more than {width} cells"
    if len(record.cells) < width:
        return 1, f"a line of fewer than {width} cells"
    return len(record.lines), ""
