"""Files that are written whole or not at all: CSV, Parquet and JSON."""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scrub.missing import as_text
from scrub.stamp import Stamp, csvw, packed, sidecar

if TYPE_CHECKING:
    from astropy.io.fits import HDUList

_NO_PARQUET = "Parquet needs the extra: pip install 'skyscrub[parquet]'"
_MARKS = re.compile(r'[,"\r\n]')


def folder(path: Path, form: str) -> Path:
    """Make the folder that tables of a form (``csv``, ``parquet``) are to be written to; return it.

    Raises:
        OSError: it cannot be made, or the form needs a package that is not installed.
    """
    if form == "parquet" and find_spec("pyarrow") is None:
        raise OSError(_NO_PARQUET)
    path.mkdir(parents=True, exist_ok=True)
    return path


def table(frame: pd.DataFrame, path: Path, stamp: Stamp | None = None) -> Path:
    """Write a frame to a ``.csv`` or ``.parquet`` file, a named index as its first columns; return the path.

    Text, whole numbers and floats come back as they were; missing cells are empty.

    Args:
        frame: the rows.
        path: where to.
        stamp: of the rules and contracts it was made by; it goes into the metadata of Parquet, and for CSV into a
            sidecar (``stamp.sidecar``).

    Raises:
        OSError: it cannot be written, or is to be Parquet and pyarrow is not installed.

    >>> from tempfile import TemporaryDirectory
    >>> from scrub import hst_cal, stamp
    >>> made = stamp.of(hst_cal.read_rules(), "hst_cal")
    >>> with TemporaryDirectory() as folder:
    ...     path = table(pd.DataFrame({"a": ["x"]}), Path(folder) / "t.csv", made)
    ...     path.read_text().split(), stamp.read(path) == made
    (['a', 'x'], True)
    """
    plain = frame.reset_index() if frame.index.name else frame
    fill = _parquet if path.suffix == ".parquet" else _stamped_csv
    return _whole(path, lambda temporary: fill(plain, temporary, path, stamp))


def _parquet(frame: pd.DataFrame, temporary: Path, path: Path, stamp: Stamp | None) -> None:  # noqa: ARG001
    """Write a frame as pandas writes Parquet, with the stamp beside pandas' own metadata."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise OSError(_NO_PARQUET) from None
    content = pyarrow.Table.from_pandas(frame, preserve_index=False)
    told = {} if stamp is None else packed(stamp)
    parquet.write_table(content.replace_schema_metadata({**content.schema.metadata, **told}), temporary)


def _stamped_csv(frame: pd.DataFrame, temporary: Path, path: Path, stamp: Stamp | None) -> None:
    """Write a frame as CSV, then its sidecar; the CSV takes its place only when both are on disk.

    A run that stops between the two leaves a sidecar whose hash is of no file that is there, which is refused.
    The other order could leave rows of new rules under the stamp of old ones, where both give the same bytes.
    """
    _csv(frame, temporary)
    if stamp is not None:
        document(csvw(stamp, path, temporary), sidecar(path))


def document(content: dict[str, Any], path: Path) -> Path:
    """Write a document as JSON; return the path."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return _whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def lines(names: Iterable[str], path: Path) -> Path:
    """Write names, one a line; return the path."""
    text = "".join(f"{name}\n" for name in names)
    return _whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def text(content: str, path: Path) -> Path:
    """Write a text as it is, in UTF-8; return the path."""
    return _whole(path, lambda temporary: temporary.write_bytes(content.encode()))


def csv_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    r"""Return rows of text as lines of CSV: commas, line feeds, quotes only where RFC 4180 needs them.

    >>> csv_lines([["word", "note"], ["F200W", 'a "wide", blocked']])
    ['word,note\n', 'F200W,"a ""wide"", blocked"\n']
    """
    return [",".join(map(_quoted, row)) + "\n" for row in rows]


def fits(content: "HDUList", path: Path) -> Path:
    """Write the headers and data of a FITS file; return the path."""

    def fill(temporary: Path) -> None:
        with temporary.open("wb") as stream:
            content.writeto(stream)

    return _whole(path, fill)


def _whole(path: Path, fill: Callable[[Path], Any]) -> Path:
    """Fill a new file beside the path, then put it in its place."""
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


def _csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV; distinct cells are turned into text once, which halves the time of pandas' own."""
    columns = [_cells(frame[column]) for column in frame]
    lines = map(",".join, zip(*columns, strict=True))
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(_quoted(str(column)) for column in frame) + "\n")
        stream.writelines(line + "\n" for line in lines)


def _cells(column: pd.Series) -> list[str]:
    """Return the cells of a column as CSV has them; floats as the shortest text that reads back the same."""
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    if pd.api.types.is_float_dtype(column.dtype):
        told = ["" if value != value else repr(value) for value in distinct.tolist()]
    else:
        told = [_quoted(as_text(value)) for value in distinct.tolist()]
    cells: list[str] = np.array([*told, ""], dtype=object)[codes].tolist()
    return cells


def _quoted(cell: str) -> str:
    """Return a cell as RFC 4180 has it."""
    return '"' + cell.replace('"', '""') + '"' if _MARKS.search(cell) else cell
