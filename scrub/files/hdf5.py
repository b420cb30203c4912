"""HDF5 tables, read without ever unpickling: h5py sees typed data, and nothing else is read.

A table is one dataset with named fields (pandas writes it with ``format="table", data_columns=True``), or a
group of one-dimensional datasets, one a column. pandas keeps columns of objects as pickles: refused.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scrub.files.hdf5_texts import read_texts
from scrub.files.table_files import SourceError
from scrub.frames.cells import TEXT

_PACKED = "values_block_"


def read_table(path: Path) -> pd.DataFrame:
    """Return the one table of an HDF5 file; texts are decoded, no other cell is changed.

    Raises:
        SourceError: h5py is not installed, not HDF5, no table or several, or columns of objects.
    """
    try:
        import h5py
    except ImportError:
        raise SourceError(f"{path}: HDF5 needs the extra: pip install 'skyscrub[hdf5]'") from None
    try:
        with h5py.File(path, "r") as file:
            tables = _list_tables(h5py, file)
            if len(tables) != 1:
                names = ", ".join(sorted(tables)) or "none"
                raise SourceError(f"{path}: one table is required, not {names}")
            (columns,) = tables.values()
            cells = {name: _read_cells(h5py, path, name, data) for name, data in columns.items()}
            long = {name: _locate(data) for name, data in columns.items() if cells[name] is None}
        texts = read_texts(path, long) if long else {}
        return pd.DataFrame({name: _decode(path, name, texts.get(name, own)) for name, own in cells.items()})
    except SourceError:
        raise
    except (OSError, RuntimeError, LookupError, TypeError, ValueError, RecursionError, MemoryError) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None  # whatever HDF5 makes of a damaged file


def _list_tables(h5py: Any, file: Any) -> dict[str, dict[str, Any]]:
    """Return the tables of a file: for each the data of its columns, not yet read."""
    tables: dict[str, dict[str, Any]] = {}

    def visit(name: str, item: Any) -> None:
        if any(part.startswith("_i_") for part in name.split("/")):
            return
        if isinstance(item, h5py.Dataset) and item.dtype.names:
            tables[name] = {field: (item, field) for field in item.dtype.names}
        elif isinstance(item, h5py.Group) and (columns := _list_columns(h5py, item)):
            tables[name] = columns

    visit("/", file)
    file.visititems(visit)
    return tables


def _list_columns(h5py: Any, group: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a group whose every member is one-dimensional data of one length."""
    members = dict(group.items())
    plain = all(isinstance(m, h5py.Dataset) and not m.dtype.names for m in members.values())
    if not plain or not members:
        return {}
    return {name: (member, None) for name, member in members.items()}


def _read_cells(h5py: Any, path: Path, name: str, data: tuple[Any, str | None]) -> Any:
    """Return the cells of one column; nothing where they are texts of any length (``hdf5_texts``)."""
    item, field = data
    dtype = item.dtype[field] if field else item.dtype
    text = h5py.check_string_dtype(dtype)
    if (text is None and dtype.kind not in "biuf") or name.startswith(_PACKED) or item.ndim != 1 or dtype.shape:
        raise SourceError(
            f"{path}: {item.name}: {name}: not plain text or numbers, and pickles are never read; "
            'write the table with to_hdf(format="table", data_columns=True)'
        )
    if text is not None and text.length is None:
        return None
    return np.asarray(item.fields(field)[:] if field else item[:])


def _locate(data: tuple[Any, str | None]) -> tuple[str, str | None]:
    """Return the name of the data set of a column, and of its field."""
    item, field = data
    return item.name, field


def _decode(path: Path, name: str, cells: Any) -> Any:
    """Return bytes as texts, and numbers as they are."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "biuf":
        return cells
    try:
        return pd.array([cell.decode("utf-8") for cell in cells], dtype=TEXT)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: {name}: {error}") from None
