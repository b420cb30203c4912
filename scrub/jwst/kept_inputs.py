"""Inputs of a run in parts: read in pieces, each of which may be read anywhere, and kept on disk by program."""

from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.files import digest, fits_headers, pieces, sorted_runs
from scrub.files.pieces import Piece
from scrub.files.sorted_runs import Run
from scrub.files.table_files import SourceError, list_datafiles
from scrub.frames.cells import TEXT
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import Split, join, none_rejected, reject
from scrub.jwst import parts
from scrub.jwst.candidates import OBSERVATIONS
from scrub.jwst.inputs import is_list_of_files, read_headers, to_headers
from scrub.pipeline.chunks import HASH
from scrub.pipeline.dataset_names import split_rows
from scrub.pipeline.load import hash_table
from scrub.tables import Rules

PART = 100_000  # rows that make a part, unless another number is asked for
FILES = 10_000  # FITS files that are read at a time
_STAGE = "jwst/headers"


class IndivisibleError(ValueError):
    """An input that can be read in one piece only."""


class Setup(NamedTuple):
    """What all parts of a run share: its rules and options, where rows are kept, and how many rows a part has.

    ``files`` is how many FITS files are a piece at most, ``asn`` where association files go, if there are to be any,
    and ``least`` how many pieces and parts there are at least, if there are as many files and programs: as many can be
    read and answered at once.
    ``candidates`` are what products are made of, as ``jwst.run`` takes them: those of a program are in one part.
    """

    rules: Rules
    folder: Path
    handle_unknown: HandleUnknown = "error"
    rows: int = PART
    files: int = FILES
    fast: bool = False
    asn: Path | None = None
    least: int = 1
    candidates: str = OBSERVATIONS


class Files(NamedTuple):
    """Some FITS files of a folder, by their paths below it: text travels at a tenth of what paths cost."""

    files: tuple[str, ...]
    folder: Path


class Source(NamedTuple):
    """An input in pieces, how many files it has, what of it nobody reads, and folders that nobody looked into."""

    pieces: list[Piece | Files]
    files: int
    rejected: pd.DataFrame
    passed_over: tuple[str, ...] = ()


class Kept(NamedTuple):
    """A piece as it is kept: its runs, rejects, the numbers of rows without a name, how many rows it has.

    ``by_name`` is whether all names have their programs in them; ``order`` are the headers of files in their order,
    with the hash of each.
    """

    runs: list[Run]
    rejected: pd.DataFrame
    unnamed: list[int]
    rows: int
    by_name: bool
    order: list[Path]


def list_pieces(setup: Setup, source: Path, *, prefix: str, suffix: str) -> Source:
    """Return an input in pieces.

    Args:
        setup: of the run.
        source: a table file (CSV, Parquet), a folder of Parquet files, or a folder of FITS files.
        prefix: of the FITS files of a folder, those whose name starts so.
        suffix: and ends so.

    Raises:
        SourceError: nothing there to read.
        IndivisibleError: a list of URLs, or a dataset whose files differ.
    """
    if source.is_dir() and not list_datafiles(source):
        try:
            files, rejected, passed_over = fits_headers.find_files(source, prefix=prefix, suffix=suffix)
        except FileNotFoundError as error:
            raise SourceError(str(error)) from None
        if not files:
            raise IndivisibleError(f"{source}: none of its files can be opened")
        size = min(setup.files, -(-len(files) // setup.least))
        own = [Files(tuple(files[start : start + size]), source) for start in range(0, len(files), size)]
        return Source([*own], len(files) + len(rejected), rejected, passed_over)
    listed = pieces.list_pieces(source, setup.folder, rows=setup.rows)
    if not listed or is_list_of_files(setup.rules, pieces.read_columns(listed[0])):
        raise IndivisibleError(f"{source}: a table that can be read in one piece only")
    return Source([*listed], 1, none_rejected())


def keep(setup: Setup, numbered: tuple[int, Piece | Files]) -> Kept:
    """Return a piece of an input as headers on disk, by program.

    Args:
        setup: of the run.
        numbered: the number of the piece, and the piece.
    """
    number, piece = numbered
    path = partial(parts.get_path, setup.folder, f"headers-{number:06d}")
    if isinstance(piece, Files):
        headers, rejected = _read_files(setup, piece)
        sorted_runs.write_rows(headers.assign(**{HASH: _hash(headers, none_rejected())}), path(1))
        kept = Kept([], rejected, [], 0, True, [path(1)])
        return _keep_rows(setup, kept, headers, path(0))
    kept = Kept([], none_rejected(), [], 0, True, [])
    for i, (raw, torn) in enumerate(pieces.read_piece(piece, rows=setup.rows)):
        headers = to_headers(setup.rules, raw)
        named = headers["exposure"].notna().to_numpy()
        good, odd = split_rows(headers[named], _STAGE)
        unnamed = [kept.rows + int(row) + 1 for row in (~named).nonzero()[0]]
        kept = kept._replace(rejected=join([kept.rejected, torn, odd]), unnamed=kept.unnamed + unnamed)
        kept = _keep_rows(setup, kept, good, path(i))._replace(rows=kept.rows + len(headers))
    return kept


def _read_files(setup: Setup, piece: Files) -> Split:
    loaded = read_headers(setup.rules, piece.files, piece.folder, fast=setup.fast)
    return Split(loaded.frame, loaded.rejected)


def _keep_rows(setup: Setup, kept: Kept, headers: pd.DataFrame, path: Path) -> Kept:
    """Return a piece with more headers."""
    programs = parts.find_programs(setup.rules, headers)
    run = sorted_runs.write_run(headers, programs, path)
    by_name = kept.by_name and parts.have_programs(headers["exposure"], programs)
    return kept._replace(runs=[*kept.runs, run], rows=kept.rows + len(headers), by_name=by_name)


def join_rejects(source: Source, kept: Sequence[Kept]) -> pd.DataFrame:
    """Return the rejects of reading: of files, torn lines, rows without a name, cells that no table can hold.

    Args:
        source: the input.
        kept: its pieces, in order.
    """
    before, numbers = 0, list[int]()
    for piece in kept:
        numbers += [before + number for number in piece.unnamed]
        before += piece.rows
    what = pd.DataFrame({"what": [f"row {number}" for number in numbers]}, dtype=TEXT)
    unnamed = reject(what, _STAGE, "missing", "exposure", [""] * len(what))
    return join([source.rejected, *(piece.rejected for piece in kept), unnamed])


def hash_input(path: Path, kept: Sequence[Kept], rejected: pd.DataFrame) -> str:
    """Return the hash of an input, as a run in one piece has it.

    Args:
        path: of the input.
        kept: its pieces, in order.
        rejected: the rejects of reading.
    """
    order = [file for piece in kept for file in piece.order]
    if not order:
        return hash_table(path)
    first = _read_first(order, len(rejected))
    beside = _hash(first, rejected)
    hashes = np.concatenate([batch for file in order for batch in sorted_runs.read_column(file, HASH)] or [beside])
    return digest.of_rows([*first.columns, *rejected.columns], [beside, hashes[len(rejected) :]])


def _read_first(files: Sequence[Path], count: int) -> pd.DataFrame:
    """Return the first rows of files, as many as are asked for or as there are."""
    held = [next(sorted_runs.read_rows(files[0])).iloc[:0]]
    for batch in chain.from_iterable(map(sorted_runs.read_rows, files)):
        if sum(map(len, held)) >= count:
            break
        held.append(batch)
    return pd.concat(held, ignore_index=True).head(count).drop(columns=HASH)


def _hash(headers: pd.DataFrame, rejected: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """Return the hash of each row of headers with the reject of the same number beside it, as ``load`` has them."""
    whole = pd.concat([headers.reset_index(drop=True), rejected], axis="columns").astype(TEXT)
    return digest.hash_rows(whole)
