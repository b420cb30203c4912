"""A run in parts: tables that are larger than memory, read in pieces, answered by program, and put together on disk.

The run is a map over pieces of the input, then a map over parts, then a sum: whoever maps may do so on many computers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import pandas as pd

from scrub.contracts.ledger import Ledger, add
from scrub.files import digest, pieces, sorted_runs
from scrub.files.pieces import Piece
from scrub.files.sorted_runs import Run
from scrub.files.table_files import SourceError, Track, list_datafiles, untracked
from scrub.frames.cells import TEXT
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import join, none_rejected, reject
from scrub.jwst import parts
from scrub.jwst.answers import Answer, answer_inputs
from scrub.jwst.inputs import Inputs, is_list_of_files, to_headers
from scrub.jwst.parts import Part
from scrub.pipeline import chunks
from scrub.pipeline.chunks import Chunk
from scrub.pipeline.dataset_names import split_rows
from scrub.pipeline.save import flatten
from scrub.tables import Rules

PART = 100_000  # rows that make a part
LARGE = 250_000  # rows of Parquet from which on a table is read in parts
LARGE_CSV, LARGE_GZ = 100 * 2**20, 10 * 2**20  # bytes of CSV, and of packed CSV
_STAGES = ("table", "files", "jwst/headers", "jwst/exposures", "jwst/members", "jwst/products", "jwst/features")
_HEADERS = "jwst/headers"
S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")


class Each(Protocol):
    """A way to call a function for each of many things, with what all calls share: here, or on other computers."""

    def __call__(self, function: Callable[[S, T], R], shared: S, things: Sequence[T], /, *, desc: str) -> Iterator[R]:
        """Yield what the function returns for each thing, in the order of the things."""


class Setup(NamedTuple):
    """What all parts share: the rules, the policy for unknown words, where rows are kept, how many rows a part has."""

    rules: Rules
    handle_unknown: HandleUnknown
    folder: Path
    rows: int


class Kept(NamedTuple):
    """A piece of the input as it was kept: its runs, rejects, the numbers of rows without a name, how many rows it has.

    ``told`` is whether all names tell their programs.
    """

    runs: list[Run]
    rejected: pd.DataFrame
    unnamed: list[int]
    rows: int
    told: bool


class Done(NamedTuple):
    """What became of a part: its ledger, and the chunks of its tables."""

    ledger: Ledger
    tables: dict[str, Chunk]


class Parts(NamedTuple):
    """A run in parts: its ledger, and the chunks of each table in the order of the table."""

    ledger: Ledger
    tables: dict[str, list[Chunk]]


def map_here(
    function: Callable[[S, T], R], shared: S, things: Sequence[T], /, *, desc: str, track: Track = untracked
) -> Iterator[R]:
    """Yield what a function returns for each thing, one after another, in this process.

    Args:
        function: called with what is shared, and a thing.
        shared: what all calls have.
        things: of each call.
        desc: what is done, for progress.
        track: wraps the iteration, to show progress.

    >>> list(map_here(lambda one, other: one + other, 1, [2, 3], desc="sums"))
    [3, 4]
    """
    return (function(shared, thing) for thing in track(things, total=len(things), desc=desc))


def is_large(source: Path) -> bool:
    """Return whether a table is so large that it is read in parts.

    Args:
        source: a table file, a dataset (a folder of Parquet files), or anything else, which is not.

    >>> is_large(Path("no-such-table.csv"))
    False
    """
    suffixes = [suffix.lower() for suffix in source.suffixes[-2:]]
    if source.is_dir():
        return bool(list_datafiles(source)) and pieces.count_rows(source) >= LARGE
    if not source.is_file():
        return False
    if ".csv" in suffixes:
        return source.stat().st_size >= (LARGE_GZ if ".gz" in suffixes else LARGE_CSV)
    return bool({".parquet", ".pq"} & set(suffixes)) and pieces.count_rows(source) >= LARGE


def run_in_parts(
    rules: Rules,
    source: Path,
    folder: Path,
    *,
    handle_unknown: HandleUnknown = "error",
    rows: int = PART,
    each: Each = map_here,
) -> Parts | None:
    """Return the tables of a run, in parts on disk: their rows are those of ``jwst.run``, in the same order.

    None where the input cannot be divided: a list of URLs, a dataset whose files differ, or rules by which an answer
    depends on another program.

    Args:
        rules: a JWST rule set.
        source: a table file (CSV, Parquet), or a folder of Parquet files.
        folder: where the rows are kept, empty.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        rows: how many make a part; a program is never divided.
        each: calls a function for each piece or part, see ``Each``.

    Raises:
        SourceError: nothing there to read, or columns that must be there are not.
    """
    if not parts.is_by_program(rules):
        return None
    listed = pieces.list_pieces(source, folder, rows=rows)
    if not listed or is_list_of_files(rules, pieces.read_columns(listed[0])):
        return None
    setup = Setup(rules, handle_unknown, folder, rows)
    kept = list(each(_keep, setup, list(enumerate(listed)), desc="pieces"))
    runs = [run for piece in kept for run in piece.runs]
    told = all(piece.told for piece in kept)
    planned = parts.plan(runs, told=told, rows=rows)
    rest = _reject_rest(kept)
    read = sum(piece.rows for piece in kept)
    if not read and rest.empty:
        raise SourceError(f"{source}: a table without rows")
    none = Inputs(_list_columns(runs), rest, 1, len(rest), "", (), 0)
    first = _save(setup, -1, answer_inputs(rules, none, handle_unknown=handle_unknown))
    done = [first, *each(_answer, setup, planned, desc="parts")]
    ledger = done[0].ledger
    for part in done[1:]:
        ledger = add(ledger, part.ledger)
    tables = {
        name: chunks.arrange([part.tables[name] for part in done], partial(_get_keys, name), folder, rows=rows)
        for name in first.tables
    }
    return Parts(_name_input(ledger, source), tables)


def _keep(setup: Setup, numbered: tuple[int, Piece]) -> Kept:
    """Return a piece of a table as headers on disk, by program."""
    number, piece = numbered
    runs, rejected, unnamed, rows, told = list[Run](), [none_rejected()], list[int](), 0, True
    for i, (raw, torn) in enumerate(pieces.read_piece(piece, rows=setup.rows)):
        headers = to_headers(setup.rules, raw)
        named = headers["exposure"].notna().to_numpy()
        good, odd = split_rows(headers[named], _HEADERS)
        programs = parts.find_programs(setup.rules, good)
        path = parts.get_path(setup.folder, f"headers-{number:06d}", i)
        runs.append(sorted_runs.write_run(good, programs, path))
        rejected += [torn, odd]
        unnamed += [rows + int(row) + 1 for row in (~named).nonzero()[0]]
        rows += len(headers)
        told = told and parts.are_told(good["exposure"], programs)
    return Kept(runs, join(rejected), unnamed, rows, told)


def _reject_rest(kept: Sequence[Kept]) -> pd.DataFrame:
    """Return the rejects of reading: torn lines, rows without a name by their number, cells that no table can hold."""
    before, numbers = 0, list[int]()
    for piece in kept:
        numbers += [before + number for number in piece.unnamed]
        before += piece.rows
    what = pd.DataFrame({"what": [f"row {number}" for number in numbers]}, dtype=TEXT)
    unnamed = reject(what, _HEADERS, "missing", "exposure", [""] * len(what))
    return join([*(piece.rejected for piece in kept), unnamed])


def _list_columns(runs: Sequence[Run]) -> pd.DataFrame:
    """Return headers without a row."""
    return next(sorted_runs.read_rows(runs[0].path)).iloc[:0]


def _answer(setup: Setup, part: Part) -> Done:
    """Return the answer of a part, on disk."""
    headers = parts.read_part(part)
    read = Inputs(headers, none_rejected(), 0, len(headers), "", (), 0)
    return _save(setup, part.number, answer_inputs(setup.rules, read, handle_unknown=setup.handle_unknown))


def list_frames(answer: Answer) -> dict[str, pd.DataFrame]:
    """Return the frames of an answer by the name of their file.

    Args:
        answer: what ``jwst.run`` gave.
    """
    groups = {f"features-{group}": frame for group, frame in answer.features.items()}
    return {"exposures": answer.exposures, "members": answer.members, "products": answer.products, **groups}


def _save(setup: Setup, number: int, answer: Answer) -> Done:
    frames = {**list_frames(answer), "rejected": answer.rejected}
    path = partial(parts.get_path, setup.folder, number=number + 1)
    saved = {
        name: chunks.save_chunk(flatten(frame), partial(_get_keys, name), path(name)) for name, frame in frames.items()
    }
    return Done(answer.ledger, saved)


def _get_keys(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what the rows of a table are sorted by."""
    if name != "rejected":
        return frame.iloc[:, :1]
    stages = frame["stage"].map({stage: str(i) for i, stage in enumerate(_STAGES)})
    return frame.assign(at=stages)[["at", "what", "column", "reason", "value"]]


def _name_input(ledger: Ledger, source: Path) -> Ledger:
    """Return the ledger with the hash of the input, where ``account`` has it."""
    whole: dict[str, Any] = {}
    for name, part in ledger.items():
        if name == "fingerprint":
            whole["input"] = {"sha256": hash_source(source)}
        whole[name] = part
    return whole


def hash_source(source: Path) -> str:
    """Return the hash of a table: of its bytes, or of those of each file of a dataset.

    Args:
        source: a table file, or a folder of Parquet files.
    """
    if not source.is_dir():
        return digest.of_file(source)
    return digest.of({file.relative_to(source).as_posix(): digest.of_file(file) for file in list_datafiles(source)})


def count_rejected(rejected: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the first reject of each stage, reason and column, and how many there are (``count``).

    Args:
        rejected: parts of all rejects, in order.
    """
    by = ["stage", "reason", "column"]
    firsts = [
        frame.groupby(by, sort=False).agg(what=("what", "first"), value=("value", "first"), count=("what", "size"))
        for frame in rejected
    ]
    whole = pd.concat(firsts).groupby(level=by).agg({"what": "first", "value": "first", "count": "sum"})
    return whole.reset_index()
