"""Large tables in pieces: lines of CSV and row groups of Parquet that can be read alone, in any order and process.

Pieces together have the rows of the table, the same cells, and the same torn lines with the same numbers.
"""

import csv
import gzip
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.files import atomic, formulas
from scrub.files.csv_records import is_plain, take_record
from scrub.files.table_files import SourceError, list_datafiles, list_torn, read_numbered, reject_torn
from scrub.frames.rejects import Split, none_rejected

ROW = 350  # bytes of CSV, about
_LOOSE = ("i", "u", "b")  # kinds of cells that pandas holds otherwise where some are missing


class CsvPiece(NamedTuple):
    """Whole records of a CSV file: from which byte to which, the number of their first line, and the file's header."""

    path: Path
    start: int
    end: int
    line: int
    header: bytes
    quoted: bool


class ParquetPiece(NamedTuple):
    """Row groups of a Parquet file, and the columns of the table that have a missing cell anywhere."""

    path: Path
    groups: tuple[int, ...]
    gaps: frozenset[str]


Piece = CsvPiece | ParquetPiece


def count_rows(path: Path) -> int:
    """Return how many rows a Parquet file or dataset has, by its footers; 0 where a file is none: its reader says why.

    Args:
        path: of a file, or of a folder of files.
    """
    try:
        return sum(_open(file).metadata.num_rows for file in _list(path))
    except (OSError, ValueError):
        return 0


def list_pieces(path: Path, work: Path, *, rows: int) -> list[Piece] | None:
    """Return the pieces of a table; None where it can be read as a whole only.

    That is a dataset whose files differ in their columns, or have columns in the names of their folders.

    Args:
        path: a CSV file, packed or not, a Parquet file, or a folder of Parquet files.
        work: a folder for a packed file's content.
        rows: about how many make a piece: of Parquet whole row groups, of CSV whole records.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        if ".csv" not in [suffix.lower() for suffix in path.suffixes[-2:]]:
            return _list_groups(path, rows)
        return list(_cut(_unpack(path, work), rows * ROW, formulas.is_quoted(path)))
    except (OSError, EOFError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def read_piece(piece: Piece, *, rows: int) -> Iterator[Split]:
    """Yield the rows of a piece, not many more than ``rows`` at a time, and the torn lines among them.

    Args:
        piece: of ``list_pieces``.
        rows: how many rows at a time, of Parquet.

    Raises:
        SourceError: it cannot be read.
    """
    if isinstance(piece, CsvPiece):
        yield _read_lines(piece)
        return
    try:
        for batch in _open(piece.path).iter_batches(batch_size=rows, row_groups=list(piece.groups)):
            frame = _loosen(batch.to_pandas(), piece.gaps)
            yield Split(frame, none_rejected())
    except (OSError, ValueError) as error:
        raise SourceError(f"{piece.path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def read_columns(piece: Piece) -> pd.DataFrame:
    """Return the columns of a piece as a frame without rows.

    Args:
        piece: of ``list_pieces``.
    """
    if isinstance(piece, ParquetPiece):
        return pd.DataFrame(columns=_open(piece.path).schema_arrow.names)
    return pd.DataFrame(columns=_parse_header(piece.header))


# ---- Parquet


def _open(path: Path) -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise SourceError(f"{path}: {atomic.NO_PARQUET}") from None
    return parquet.ParquetFile(path)


def _list(path: Path) -> list[Path]:
    return list_datafiles(path) if path.is_dir() else [path]


def _list_groups(path: Path, rows: int) -> list[Piece] | None:
    """Return row groups as pieces; None where files differ, or their folders are named by a column's value."""
    files = _list(path)
    opened = [_open(file) for file in files]
    if any("=" in part for file in files for part in file.relative_to(path).parts):
        return None
    schema = opened[0].schema_arrow.remove_metadata()
    if any(not file.schema_arrow.remove_metadata().equals(schema) for file in opened[1:]):
        return None
    gaps = frozenset(name for file in opened for name in _find_gaps(file))
    pieces: list[Piece] = []
    for path_, file in zip(files, opened, strict=True):
        groups, count = list[int](), 0
        for group in range(file.num_row_groups):
            groups.append(group)
            count += file.metadata.row_group(group).num_rows
            if count >= rows or group == file.num_row_groups - 1:
                pieces.append(ParquetPiece(path_, tuple(groups), gaps))
                groups, count = [], 0
    return pieces


def _find_gaps(file: Any) -> Iterator[str]:
    """Yield the columns of whole numbers and flags of a Parquet file that have a missing cell."""
    from pyarrow import types

    loose = (types.is_integer, types.is_boolean)
    names = [field.name for field in file.schema_arrow if any(is_loose(field.type) for is_loose in loose)]
    for name in names:
        column = file.schema_arrow.names.index(name)
        known = [file.metadata.row_group(group).column(column).statistics for group in range(file.num_row_groups)]
        if all(statistics is not None and statistics.has_null_count for statistics in known):
            count = sum(statistics.null_count for statistics in known)
        else:
            count = sum(batch.column(0).null_count for batch in file.iter_batches(columns=[name]))
        if count:
            yield name


def _loosen(frame: pd.DataFrame, gaps: frozenset[str]) -> pd.DataFrame:
    """Return a frame with the types that its columns have in the whole table, where other rows lack a cell."""
    kinds = {str(column): frame[column].dtype for column in frame if str(column) in gaps}
    own = {name: dtype for name, dtype in kinds.items() if isinstance(dtype, np.dtype) and dtype.kind in _LOOSE}
    return frame.astype({name: "object" if dtype.kind == "b" else "float64" for name, dtype in own.items()})


# ---- CSV


def _unpack(path: Path, work: Path) -> Path:
    """Return the path of a file's content."""
    if path.suffix.lower() != ".gz":
        return path
    plain = work / "input.csv"
    with gzip.open(path, "rb") as packed, plain.open("wb") as stream:
        shutil.copyfileobj(packed, stream, 2**20)
    return plain


class _Header(NamedTuple):
    """The first record of a CSV file with blank lines before it: its bytes, and how many cells and lines it has."""

    content: bytes
    width: int
    lines: int


def _read_header(path: Path) -> _Header:
    """Return the header of a CSV file; all of the file where its first record never ends."""
    content, lines = b"", 0
    with path.open("rb") as stream:
        for line in stream:
            content += line
            lines += _count_lines(line)
            if content.count(b'"') % 2 == 0 and content.strip(b"\xef\xbb\xbf \t\r\n"):
                break
    return _Header(content, len(_parse_header(content)), lines)


def _parse_header(content: bytes) -> list[str]:
    """Return the cells of the first record."""
    return next(csv.reader(content.decode("utf-8-sig").lstrip().splitlines(keepends=True)), [])


def _count_lines(content: bytes) -> int:
    """Return how many line ends there are: of any system, as an editor counts them."""
    returns = content.count(b"\r")
    return content.count(b"\n") + (returns - content.count(b"\r\n") if returns else 0)


def _cut(path: Path, block: int, quoted: bool) -> Iterator[CsvPiece]:
    """Yield the records of a CSV file, about ``block`` bytes at a time."""
    header = _read_header(path)
    start, line, rest, wanted = len(header.content), header.lines + 1, b"", block
    with path.open("rb") as stream:
        stream.seek(start)
        while True:
            fresh = stream.read(wanted)
            content = rest + fresh
            end = _find_end(content, header.width) if fresh else len(content)
            if end:
                yield CsvPiece(path, start, start + end, line, header.content, quoted)
                start, line = start + end, line + _count_lines(content[:end])
            rest, wanted = content[end:], max(block - (len(content) - end), block if not end else 2**16)
            if not fresh:
                return


def _find_end(content: bytes, width: int) -> int:
    """Return where the last record ends that surely is whole; 0 where none is."""
    whole = content.rfind(b"\n") + 1
    if b'"' not in content:
        return whole
    lines = content[:whole].splitlines(keepends=True)
    at = end = 0
    while at < len(lines):
        taken = 1
        if b'"' in lines[at]:
            text = lines[at].decode("utf-8", "surrogateescape")
            if not is_plain(text, width):
                rest = _Decoded(lines)
                taken, _ = take_record(rest, at, width)
                if rest.last == len(lines) - 1:
                    return end
        end += sum(map(len, lines[at : at + taken]))
        at += taken
    return end


class _Decoded(Sequence[str]):
    """Lines as text, decoded when they are asked for; the last that was."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines, self.last = lines, -1

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, at: Any) -> Any:
        self.last = max(self.last, at)
        return self.lines[at].decode("utf-8", "surrogateescape")


def _read_lines(piece: CsvPiece) -> Split:
    """Return the records of a piece, read as a file of their own."""
    with TemporaryDirectory() as folder, piece.path.open("rb") as stream:
        own = Path(folder) / "piece.csv"
        stream.seek(piece.start)
        own.write_bytes(piece.header + stream.read(piece.end - piece.start))
        try:
            good, torn, _ = read_numbered(own)
        except SourceError as error:
            raise SourceError(str(error).replace(str(own), str(piece.path))) from None
    shift = piece.line - _count_lines(piece.header) - 1
    rejected = reject_torn([line._replace(number=line.number + shift) for line in list_torn(torn)])
    return Split(formulas.strip(good) if piece.quoted else good, rejected)
