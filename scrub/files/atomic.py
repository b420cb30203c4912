"""Files that are written whole or not at all: JSON, lines, text and FITS; rows of text as CSV."""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from astropy.io.fits import HDUList

NO_PARQUET = "Parquet needs the extra: pip install 'skyscrub[parquet]'"
_MARKS = re.compile(r'[,"\r\n]')


def folder(path: Path, form: str) -> Path:
    """Make the folder that tables of a form (``csv``, ``parquet``) are to be written to; return it.

    Args:
        path: the folder.
        form: of the tables that go there: ``csv``, ``parquet`` or any other.

    Raises:
        OSError: it cannot be made, or the form needs a package that is not installed.
    """
    if form == "parquet" and find_spec("pyarrow") is None:
        raise OSError(NO_PARQUET)
    path.mkdir(parents=True, exist_ok=True)
    return path


def document(content: dict[str, Any], path: Path) -> Path:
    """Write a document as JSON; return the path.

    Args:
        content: what JSON can hold.
        path: where to.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"  # half a surrogate pair is written as JSON has it
    return whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8", errors="backslashreplace"))


def lines(names: Iterable[str], path: Path) -> Path:
    """Write names, one a line; return the path.

    Args:
        names: texts without line ends.
        path: where to.
    """
    text = "".join(f"{name}\n" for name in names)
    return whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def text(content: str, path: Path) -> Path:
    """Write a text as it is, in UTF-8; return the path.

    Args:
        content: the text.
        path: where to.
    """
    return whole(path, lambda temporary: temporary.write_bytes(content.encode()))


def csv_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    r"""Return rows of text as lines of CSV: commas, line feeds, quotes only where RFC 4180 needs them.

    >>> csv_lines([["word", "note"], ["F200W", 'a "wide", blocked']])
    ['word,note\n', 'F200W,"a ""wide"", blocked"\n']
    """
    return [",".join(map(quote, row)) + "\n" for row in rows]


def fits(content: "HDUList", path: Path) -> Path:
    """Write the headers and data of a FITS file; return the path.

    Args:
        content: headers and data.
        path: where to.
    """

    def fill(temporary: Path) -> None:
        with temporary.open("wb") as stream:
            content.writeto(stream)

    return whole(path, fill)


def whole(path: Path, fill: Callable[[Path], Any]) -> Path:
    """Fill a new file beside the path, then put it in its place; return the path.

    Args:
        path: where to.
        fill: writes the content to the path that it is given.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        fill(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def quote_all(cells: list[str]) -> list[str]:
    """Return cells as ``quote`` gives each of them; one look at all of them tells whether any needs it.

    >>> quote_all(["F200W", "a, b"])
    ['F200W', '"a, b"']
    """
    text = "".join(cells)
    return [*map(quote, cells)] if any(mark in text for mark in ',"\r\n') else cells


def quote(cell: str) -> str:
    """Return a cell as RFC 4180 has it."""
    return '"' + cell.replace('"', '""') + '"' if _MARKS.search(cell) else cell
