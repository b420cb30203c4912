"""Tables that are written whole or not at all, each with the stamp of the rules that made it: CSV and Parquet."""

from pathlib import Path

import numpy as np
import pandas as pd

from scrub.files import atomic
from scrub.frames.cells import as_text
from scrub.pipeline.stamp import Stamp, csvw, pack, sidecar


def table(frame: pd.DataFrame, path: Path, stamp: Stamp | None = None, *, run: str = "") -> Path:
    """Write a frame to a ``.csv`` or ``.parquet`` file, a named index as its first columns; return the path.

    Text, whole numbers and floats come back as they were; missing cells are empty.

    Args:
        frame: the rows.
        path: where to.
        stamp: of the rules and contracts behind it; it goes into the metadata of Parquet, and for CSV into a
            sidecar (``stamp.sidecar``).
        run: the id of the run that made the rows, for the stamp.

    Raises:
        OSError: it cannot be written, or is to be Parquet and pyarrow is not installed.

    >>> from tempfile import TemporaryDirectory
    >>> from scrub import hst_cal
    >>> from scrub.pipeline import stamp
    >>> stamped = stamp.of(hst_cal.read_rules(), "hst_cal")
    >>> with TemporaryDirectory() as folder:
    ...     path = table(pd.DataFrame({"a": ["x"]}), Path(folder) / "t.csv", stamped)
    ...     path.read_text().split(), stamp.read(path) == stamped
    (['a', 'x'], True)
    """
    plain = flatten(frame)
    fill = _parquet if path.suffix == ".parquet" else _stamped_csv
    return atomic.whole(path, lambda temporary: fill(plain, temporary, path, stamp, run))


def flatten(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as it is written: a named index as its first column.

    Args:
        frame: the rows.

    >>> flatten(pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="name"))).columns.tolist()
    ['name', 'n']
    """
    return frame.reset_index() if frame.index.name else frame


def _parquet(frame: pd.DataFrame, temporary: Path, path: Path, stamp: Stamp | None, run: str) -> None:  # noqa: ARG001
    """Write a frame as pandas writes Parquet, with the stamp beside pandas' own metadata."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise OSError(atomic.NO_PARQUET) from None
    content = pyarrow.Table.from_pandas(frame, preserve_index=False)
    own = {} if stamp is None else pack(stamp, frame, run)
    parquet.write_table(content.replace_schema_metadata({**content.schema.metadata, **own}), temporary)


def _stamped_csv(frame: pd.DataFrame, temporary: Path, path: Path, stamp: Stamp | None, run: str) -> None:
    """Write a frame as CSV, then its sidecar; the CSV takes its place only when both are on disk.

    A run that stops between the two leaves a sidecar whose hash is of no file that is there, which is refused.
    The other order could leave rows of new rules under the stamp of old ones, where both give the same bytes.
    """
    _csv(frame, temporary)
    if stamp is not None:
        atomic.document(csvw(stamp, path, temporary, run), sidecar(path))


def _csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as CSV; distinct cells are turned into text once, which halves the time of pandas' own."""
    columns = [_write_cells(frame[column]) for column in frame]
    lines = map(",".join, zip(*columns, strict=True))
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(atomic.quote(str(column)) for column in frame) + "\n")
        stream.writelines(line + "\n" for line in lines)


def _write_cells(column: pd.Series) -> list[str]:
    """Return the cells of a column as CSV has them; floats as the shortest text that reads back the same."""
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    if pd.api.types.is_float_dtype(column.dtype):
        words = ["" if value != value else repr(value) for value in distinct.tolist()]
    else:
        words = [atomic.quote(as_text(value)) for value in distinct.tolist()]
    cells: list[str] = np.array([*words, ""], dtype=object)[codes].tolist()
    return cells
