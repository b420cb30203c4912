"""Tables that are written whole or not at all, each with the stamp of the rules that made it: CSV and Parquet."""

from pathlib import Path

import pandas as pd

from scrub.files import atomic, csv_columns, digest, formulas
from scrub.files.csv_columns import Column
from scrub.files.formulas import sidecar
from scrub.frames.cells import as_text
from scrub.pipeline.stamp import Origin, Stamp, csvw, pack


def table(
    frame: pd.DataFrame,
    path: str | Path,
    stamp: Stamp | None = None,
    *,
    origin: Origin = Origin(),  # noqa: B008
    raw_cells: bool = False,
    content: str = "",
) -> Path:
    """Write a frame to a ``.csv`` or ``.parquet`` file, a named index as its first columns; return the path.

    Text, whole numbers and floats come back as they were; missing cells are empty. In CSV, text that a spreadsheet
    would run as a formula stands behind an apostrophe, which ``table_files.read_table`` takes away again.

    Args:
        frame: the rows.
        path: where to.
        stamp: of the rules and contracts behind it; it goes into the metadata of Parquet, and for CSV into a
            sidecar (``formulas.sidecar``).
        origin: what else made the rows, for the stamp.
        raw_cells: whether text that looks like a formula is written as it is.
        content: the hash of the rows (``digest.of_frame``), from whoever has it already.

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
    path, plain = Path(path), flatten(frame)
    if path.suffix == ".parquet":
        return atomic.whole(path, lambda temporary: _parquet(plain, temporary, stamp, origin, content))
    return atomic.whole(path, lambda temporary: _stamped_csv(plain, temporary, path, stamp, origin, raw_cells))


def flatten(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as it is written: a named index as its first column.

    Args:
        frame: the rows.

    >>> flatten(pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="name"))).columns.tolist()
    ['name', 'n']
    """
    return frame.reset_index() if frame.index.name else frame


def _parquet(frame: pd.DataFrame, temporary: Path, stamp: Stamp | None, origin: Origin, content: str) -> None:
    """Write a frame as pandas writes Parquet, with the stamp beside pandas' own metadata.

    Floats have no dictionary of distinct cells: they repeat too seldom, and are written in half the time without.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise OSError(atomic.NO_PARQUET) from None
    rows = pyarrow.Table.from_pandas(frame, preserve_index=False)
    own = {} if stamp is None else pack(stamp, content or digest.of_frame(frame), origin)
    repeated = [field.name for field in rows.schema if not pyarrow.types.is_floating(field.type)]
    rows = rows.replace_schema_metadata({**rows.schema.metadata, **own})
    parquet.write_table(rows, temporary, use_dictionary=repeated)


def _stamped_csv(
    frame: pd.DataFrame, temporary: Path, path: Path, stamp: Stamp | None, origin: Origin, raw_cells: bool
) -> None:
    """Write a frame as CSV, then its sidecar; the CSV takes its place only when both are on disk.

    A run that stops between the two leaves a sidecar whose hash is of no file that is there, which is refused.
    The other order could leave rows of new rules under the stamp of old ones, where both give the same bytes.
    """
    quoted = csv(frame, temporary, raw_cells)
    if stamp is not None or quoted:
        atomic.document(csvw(stamp, path, temporary, origin, formulas_quoted=quoted), sidecar(path))


def csv(frame: pd.DataFrame, path: Path, raw_cells: bool, *, head: bool = True) -> bool:
    """Write a frame as CSV, and return whether any cell was quoted as a formula.

    Distinct cells are turned into text once, which halves the time of pandas' own.

    Args:
        frame: the rows; its index is not written.
        path: where to.
        raw_cells: whether text that looks like a formula is written as it is.
        head: whether the names of the columns are written.
    """
    names = [str(column) for column in frame]
    columns = [_write_cells(frame.iloc[:, i], raw_cells) for i in range(len(names))]
    written = names if raw_cells else [formulas.quote(name) for name in names]
    with path.open("wb") as stream:
        if head:
            stream.write((",".join(map(atomic.quote, written)) + "\n").encode())
        csv_columns.write([cells for cells, _ in columns], stream)
    return written != names or any(quoted for _, quoted in columns)


def _write_cells(column: pd.Series, raw_cells: bool) -> tuple[Column, bool]:
    """Return the cells of a column as CSV has them, and whether any was quoted as a formula.

    Floats are the shortest text that reads back the same.
    """
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    if pd.api.types.is_float_dtype(column.dtype):
        words = ["" if value != value else repr(value) for value in distinct.tolist()]
    elif isinstance(column.dtype, pd.StringDtype):
        words = [*map(str.strip, distinct.fillna("").tolist())]
    else:
        words = [as_text(value) for value in distinct.tolist()]
    safe = words if raw_cells else formulas.quote_all(words)
    return Column(atomic.quote_all(safe), codes), safe != words
