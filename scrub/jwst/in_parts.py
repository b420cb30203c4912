"""A run in parts: inputs that are larger than memory, read in pieces, answered by program, and put together on disk.

The run is a map over pieces of the input, then a map over parts, then a sum: whoever maps may do so on many computers.
"""

from functools import partial, reduce
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.contracts.ledger import Ledger, add
from scrub.files import fits_headers, folders, pieces, sorted_runs
from scrub.files.table_files import SourceError, list_datafiles
from scrub.frames.rejects import none_rejected
from scrub.jwst import asn_files, kept_inputs, parts
from scrub.jwst.answers import Answer, answer_inputs
from scrub.jwst.associations import associations
from scrub.jwst.inputs import Inputs
from scrub.jwst.kept_inputs import IndivisibleError, Setup
from scrub.jwst.parts import Part
from scrub.pipeline import chunks
from scrub.pipeline.chunks import Chunk
from scrub.pipeline.each import Each, map_here
from scrub.pipeline.save import flatten

LARGE = 250_000  # rows of Parquet from which on a table is read in parts
LARGE_CSV, LARGE_GZ = 100 * 2**20, 10 * 2**20  # bytes of CSV, and of packed CSV
LARGE_FOLDER = 100_000  # FITS files
_STAGES = ("table", "files", "jwst/headers", "jwst/exposures", "jwst/members", "jwst/products", "jwst/features")


class Done(NamedTuple):
    """What became of a part: its ledger, and the chunks of its tables."""

    ledger: Ledger
    tables: dict[str, Chunk]


class Parts(NamedTuple):
    """A run in parts: its ledger, and the chunks of each table in the order of the table."""

    ledger: Ledger
    tables: dict[str, list[Chunk]]


def is_large(source: Path, *, prefix: str = "", suffix: str = "_uncal.fits") -> bool:
    """Return whether an input is so large that it is read in parts.

    Args:
        source: a table file, a dataset (a folder of Parquet files), a folder of FITS files, or anything else.
        prefix: of the FITS files of a folder, those whose name starts so.
        suffix: and ends so.

    >>> is_large(Path("no-such-table.csv"))
    False
    """
    suffixes = [part.lower() for part in source.suffixes[-2:]]
    if source.is_dir():
        if list_datafiles(source):
            return pieces.count_rows(source) >= LARGE
        return folders.has_many(source, partial(fits_headers.is_wanted, prefix=prefix, suffix=suffix), LARGE_FOLDER)
    if not source.is_file():
        return False
    if ".csv" in suffixes:
        return source.stat().st_size >= (LARGE_GZ if ".gz" in suffixes else LARGE_CSV)
    return bool({".parquet", ".pq"} & set(suffixes)) and pieces.count_rows(source) >= LARGE


def run_in_parts(
    setup: Setup, source: Path, *, prefix: str = "", suffix: str = "_uncal.fits", each: Each = map_here
) -> Parts:
    """Return the tables of a run, in parts on disk: their rows are those of ``jwst.run``, in the same order.

    Args:
        setup: of the run; its folder is empty.
        source: a table file (CSV, Parquet), a folder of Parquet files, or a folder of FITS files.
        prefix: of the FITS files of a folder, those whose name starts so.
        suffix: and ends so.
        each: calls a function for each piece or part, see ``Each``.

    Raises:
        SourceError: nothing there to read, columns that must be there are not, or parts were answered by other rules,
            contracts or versions.
        IndivisibleError: pyarrow is not installed, a list of URLs, a dataset whose files differ, or rules by which an
            answer depends on another program.
    """
    if find_spec("pyarrow") is None:
        raise IndivisibleError("a run in parts needs the extra: pip install 'skyscrub[parquet]'")
    if not parts.is_by_program(setup.rules):
        raise IndivisibleError(f"{setup.rules.name}: rules by which a product may depend on another program")
    listed = kept_inputs.list_pieces(setup, source, prefix=prefix, suffix=suffix)
    kept = list(each(kept_inputs.keep, setup, list(enumerate(listed.pieces)), desc="pieces"))
    rejected = kept_inputs.join_rejects(listed, kept)
    runs = [run for piece in kept for run in piece.runs]
    rows = int((rejected["stage"] != "files").sum())
    if listed.files == 1 and not rows and not any(run.rows for run in runs):
        raise SourceError(f"{source}: a table without rows")
    none = next(sorted_runs.read_rows(runs[0].path)).iloc[:0]
    share = -(-sum(run.rows for run in runs) // setup.least)
    planned = parts.plan(runs, by_name=all(piece.by_name for piece in kept), rows=min(setup.rows, max(share, 1)))
    answered = each(_answer, setup, planned, desc="parts")
    first = _save(setup, 0, _run(setup, Inputs(none, rejected, listed.files, rows, "", (), 0)))
    sha256 = kept_inputs.hash_input(source, kept, rejected)
    done = [first, *answered]
    if any(part.ledger["fingerprint"] != first.ledger["fingerprint"] for part in done):
        raise SourceError(f"{source}: rules, contracts or version changed while the run went on: run it again")
    ledger = reduce(add, (part.ledger for part in done))
    tables = {
        name: chunks.arrange(
            [part.tables[name] for part in done], partial(_get_keys, name), setup.folder, rows=setup.rows
        )
        for name in first.tables
    }
    return Parts(_name_input(ledger, sha256, listed.passed_over), tables)


def _run(setup: Setup, read: Inputs) -> Answer:
    unknown, candidates = setup.handle_unknown, setup.candidates
    return answer_inputs(setup.rules, read, handle_unknown=unknown, candidates=candidates, fast=setup.fast)


def _answer(setup: Setup, part: Part) -> Done:
    """Return the answer of a part, on disk."""
    headers = parts.read_part(part)
    answer = _run(setup, Inputs(headers, none_rejected(), 0, len(headers), "", (), 0))
    if setup.asn:
        asn_files.save(asn_files.documents(associations(setup.rules, answer)), setup.asn, beside=True)
    return _save(setup, part.number + 1, answer)


def list_frames(answer: Answer) -> dict[str, pd.DataFrame]:
    """Return the frames of an answer by the name of their file.

    Args:
        answer: what ``jwst.run`` gave.
    """
    groups = {f"features-{group}": frame for group, frame in answer.features.items()}
    return {"exposures": answer.exposures, "members": answer.members, "products": answer.products, **groups}


def _save(setup: Setup, number: int, answer: Answer) -> Done:
    frames = {**list_frames(answer), "rejected": answer.rejected}
    path = partial(parts.get_path, setup.folder, number=number)
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


def _name_input(ledger: Ledger, sha256: str, passed_over: tuple[str, ...]) -> Ledger:
    """Return the ledger with what is of the input as a whole, where ``account`` has it."""
    whole: dict[str, Any] = {}
    for name, part in ledger.items():
        if name == "fingerprint":
            whole["input"] = {"sha256": sha256}
        whole[name] = part
        if name == "files" and passed_over:
            whole["not_looked_into"] = list(passed_over)
    return whole
