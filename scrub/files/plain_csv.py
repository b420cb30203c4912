"""CSV files without quotes, torn lines or blank ones: read at once, several times faster than line by line.

Needs the extra ``parquet``. Any other file, and any file where it is not installed, is left to ``table_files``.
"""

import csv
import gzip
import zlib
from pathlib import Path

import pandas as pd

from scrub.frames.cells import TEXT

PIECE = 2**22  # bytes that are parsed at once


def read_plain(path: Path) -> pd.DataFrame | None:
    r"""Return the rows of a plain CSV file, every cell as text; None for any other file.

    Plain is a file of UTF-8 in which each line behind the header has as many cells as the header, two at least, and
    that has no quote. So the first row stands on line 2, the next on line 3, and so on.

    Args:
        path: of a CSV file, packed (``.gz``) or not.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "t.csv"
    ...     _ = path.write_text("a,b\n1,\n")
    ...     plain = read_plain(path)
    ...     _ = path.write_text("a,b\n1\n")
    ...     plain.to_dict("records"), read_plain(path)
    ([{'a': '1', 'b': ''}], None)
    """
    try:
        import pyarrow
        from pyarrow import csv as arrow_csv
    except ImportError:
        return None
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix.lower() == ".gz" else path.read_bytes()
        header = _read_header(data)
    except (OSError, EOFError, zlib.error, ValueError, csv.Error):
        return None
    if len(header) < 2 or b'"' in data or b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return None
    names = [str(number) for number in range(len(header))]
    kinds = dict.fromkeys(names, pyarrow.large_string())
    try:
        table = arrow_csv.read_csv(
            pyarrow.BufferReader(data),
            arrow_csv.ReadOptions(use_threads=False, block_size=PIECE, skip_rows=1, column_names=names),
            arrow_csv.ParseOptions(quote_char=False),
            arrow_csv.ConvertOptions(column_types=kinds, null_values=[], strings_can_be_null=False),
        )
    except pyarrow.ArrowInvalid:
        return None
    if table.num_rows != data.count(b"\n") - data.endswith(b"\n"):
        return None
    frame: pd.DataFrame = table.combine_chunks().to_pandas(types_mapper=lambda _: TEXT)
    return frame.set_axis(header, axis=1)


def _read_header(data: bytes) -> list[str]:
    """Return the names on the first line; a name that is empty as pandas calls it."""
    line, _, _ = data.partition(b"\n")
    names = next(csv.reader([line.decode("utf-8-sig")], strict=True), [])
    return [name or f"Unnamed: {number}" for number, name in enumerate(names)]
