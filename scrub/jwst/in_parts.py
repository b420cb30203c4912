"""A run in parts: tables that are larger than memory, read in pieces, answered by program, and put together on disk.

The run is a map over pieces of the input, then a map over parts, then a sum: whoever maps may do so on many computers.
"""

from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.contracts.ledger import Ledger, add
from scrub.files import pieces, sorted_runs
from scrub.files.pieces import Piece
from scrub.files.sorted_runs import Run
from scrub.files.table_files import SourceError, list_datafiles
from scrub.frames.cells import TEXT
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import join, none_rejected, reject
from scrub.jwst import asn_files, parts
from scrub.jwst.answers import Answer, answer_inputs
from scrub.jwst.associations import associations
from scrub.jwst.inputs import Inputs, is_list_of_files, to_headers
from scrub.jwst.parts import Part
from scrub.pipeline import chunks
from scrub.pipeline.chunks import Chunk
from scrub.pipeline.dataset_names import split_rows
from scrub.pipeline.each import Each, map_here
from scrub.pipeline.load import hash_table
from scrub.pipeline.save import flatten
from scrub.tables import Rules

PART = 100_000  # rows that make a part
LARGE = 250_000  # rows of Parquet from which on a table is read in parts
LARGE_CSV, LARGE_GZ = 100 * 2**20, 10 * 2**20  # bytes of CSV, and of packed CSV
_STAGES = ("table", "files", "jwst/headers", "jwst/exposures", "jwst/members", "jwst/products", "jwst/features")
_HEADERS = "jwst/headers"


class IndivisibleError(ValueError):
    """An input that can be read in one piece only."""


class Setup(NamedTuple):
    """What all parts share: rules, the policy for unknown words, where rows are kept, how many a part has, ``asn``."""

    rules: Rules
    handle_unknown: HandleUnknown
    folder: Path
    rows: int
    asn: Path | None


class Kept(NamedTuple):
    """A piece of the input as it was kept: its runs, rejects, the numbers of rows without a name, how many rows it has.

    ``by_name`` is whether all names tell their programs.
    """

    runs: list[Run]
    rejected: pd.DataFrame
    unnamed: list[int]
    rows: int
    by_name: bool


class Done(NamedTuple):
    """What became of a part: its ledger, and the chunks of its tables."""

    ledger: Ledger
    tables: dict[str, Chunk]


class Parts(NamedTuple):
    """A run in parts: its ledger, and the chunks of each table in the order of the table."""

    ledger: Ledger
    tables: dict[str, list[Chunk]]


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
    asn: Path | None = None,
    each: Each = map_here,
) -> Parts:
    """Return the tables of a run, in parts on disk: their rows are those of ``jwst.run``, in the same order.

    Args:
        rules: a JWST rule set.
        source: a table file (CSV, Parquet), or a folder of Parquet files.
        folder: where the rows are kept, empty.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        rows: how many make a part; a program is never divided.
        asn: a folder for an association file of each product; none are written unless one is named.
        each: calls a function for each piece or part, see ``Each``.

    Raises:
        SourceError: nothing there to read, or columns that must be there are not.
        IndivisibleError: pyarrow is not installed, a list of URLs, a dataset whose files differ, or rules by which an
            answer depends on another program.
    """
    if find_spec("pyarrow") is None:
        raise IndivisibleError("a run in parts needs the extra: pip install 'skyscrub[parquet]'")
    listed = pieces.list_pieces(source, folder, rows=rows)
    if not listed or is_list_of_files(rules, pieces.read_columns(listed[0])):
        raise IndivisibleError(f"{source}: a table that can be read in one piece only")
    if not parts.is_by_program(rules):
        raise IndivisibleError(f"{rules.name}: rules by which a product may depend on another program")
    setup = Setup(rules, handle_unknown, folder, rows, asn)
    kept = list(each(_keep, setup, list(enumerate(listed)), desc="pieces"))
    runs = [run for piece in kept for run in piece.runs]
    by_name = all(piece.by_name for piece in kept)
    planned = parts.plan(runs, by_name=by_name, rows=rows)
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
    runs, rejected, unnamed, rows, by_name = list[Run](), [none_rejected()], list[int](), 0, True
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
        by_name = by_name and parts.have_programs(good["exposure"], programs)
    return Kept(runs, join(rejected), unnamed, rows, by_name)


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
    answer = answer_inputs(setup.rules, read, handle_unknown=setup.handle_unknown)
    if setup.asn:
        asn_files.save(asn_files.documents(associations(setup.rules, answer)), setup.asn, beside=True)
    return _save(setup, part.number, answer)


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
            whole["input"] = {"sha256": hash_table(source)}
        whole[name] = part
    return whole
