"""Cells that a spreadsheet would run as a formula: written behind an apostrophe, and read back as they were.

Text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return gets an apostrophe in front, unless it is
a number. So does text that begins with an apostrophe, which makes the way back certain. The sidecar of a CSV file says
whether any of its cells was written so; a file without a sidecar that fits it is read as it is.
"""

import json
import re
from pathlib import Path

import pandas as pd

from scrub.files import digest

KEY, FLAG = "skyscrub", "formulas_quoted"  # where a sidecar says so
_DOUBTFUL = tuple("=+-@\t\r'")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def quote(cell: str) -> str:
    """Return a cell of text as a spreadsheet shows it, and does not run it.

    >>> quote("=1+1"), quote("-0.5"), quote("'Oumuamua"), quote("NGC 104")
    ("'=1+1", '-0.5', "''Oumuamua", 'NGC 104')
    """
    return f"'{cell}" if cell.startswith(_DOUBTFUL) and not _NUMBER.fullmatch(cell) else cell


def quote_all(cells: list[str]) -> list[str]:
    """Return cells as ``quote`` gives each of them; their first letters tell whether any needs it.

    >>> quote_all(["=1+1", "NGC 104"])
    ["'=1+1", 'NGC 104']
    """
    return cells if {cell[:1] for cell in cells}.isdisjoint(_DOUBTFUL) else [*map(quote, cells)]


def sidecar(path: Path) -> Path:
    """Return where the description of a CSV file stands: beside it, under the name that CSV on the Web gives it.

    >>> sidecar(Path("out/products.csv")).name
    'products.csv-metadata.json'
    """
    return path.with_name(f"{path.name}-metadata.json")


def unquote(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return the rows of a CSV file as they were before formulas were quoted.

    Args:
        frame: its rows, all text.
        path: the file; only if its sidecar is of these very bytes, and says so, is any cell changed.
    """
    return strip(frame) if is_quoted(path) else frame


def strip(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of text without the apostrophe before a formula.

    Args:
        frame: rows of a file whose sidecar says that formulas are quoted, all text.
    """
    texts = [frame.iloc[:, i].str.removeprefix("'") for i in range(frame.shape[1])]
    whole = pd.concat(texts, axis=1) if texts else frame
    return whole.set_axis([str(column).removeprefix("'") for column in frame], axis=1)


def is_quoted(path: Path) -> bool:
    """Return whether the sidecar of a file is of its bytes, and says that formulas are quoted.

    Args:
        path: of a CSV file.
    """
    beside = sidecar(path)
    if not beside.is_file():
        return False
    try:
        content = json.loads(beside.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False  # no sidecar of ours: the stamp of such a file is refused, too
    own = content.get(KEY) if isinstance(content, dict) else None
    return isinstance(own, dict) and own.get(FLAG) is True and own.get("sha256") == digest.of_file(path)
