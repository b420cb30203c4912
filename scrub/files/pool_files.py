"""Pool files: the tables of exposures from which the observatory makes associations, with ``|`` between cells."""

import gzip
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.frames.cells import TEXT

MARK = "|"


class Pool(NamedTuple):
    """The rows of a pool, the line of each, and the lines that are none: number, why, and what stands there."""

    frame: pd.DataFrame
    lines: list[int]
    torn: list[tuple[int, str, str]]


def read_pool(path: Path) -> Pool | None:
    r"""Return the rows of a pool file, every cell as text without blanks around it; None for any other file.

    A pool has a header with ``|`` and without commas and quotes. Its cells may hold both: they are never quoted.

    Args:
        path: of a CSV file, packed (``.gz``) or not.

    Raises:
        OSError: it cannot be read.
        ValueError: a column that stands twice, or bytes that are not UTF-8.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "jw01018_pool.csv"
    ...     _ = path.write_text("FILENAME|ASN_CANDIDATE\na|[('o001', 'OBSERVATION')]\nb\n")
    ...     pool = read_pool(path)
    >>> pool.frame["ASN_CANDIDATE"].tolist(), pool.torn
    (["[('o001', 'OBSERVATION')]"], [(3, 'a line of fewer than 2 cells', 'b')])
    """
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig") as stream:
        header = [cell.strip() for cell in stream.readline().rstrip("\n").split(MARK)]
        if len(header) < 2 or any(mark in cell for cell in header for mark in ',"'):
            return None
        if len(set(header)) < len(header):
            raise ValueError("line 1: a column stands twice: rename one of them")
        rows, lines, torn = [], [], []
        for number, line in enumerate(stream, start=2):
            cells = [cell.strip() for cell in line.rstrip("\n").split(MARK)]
            if len(cells) == len(header):
                rows.append(cells)
                lines.append(number)
            elif cells != [""]:
                size = "fewer" if len(cells) < len(header) else "more"
                torn.append((number, f"a line of {size} than {len(header)} cells", line.rstrip("\n")))
    columns = zip(*rows, strict=True) if rows else [()] * len(header)
    named = zip_longest(header, columns, fillvalue=())
    return Pool(pd.DataFrame({name: pd.array(list(cells), dtype=TEXT) for name, cells in named}), lines, torn)
