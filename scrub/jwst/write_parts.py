"""A run in parts, written: the same files as those of a run in one piece, which take their place together."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd

from scrub.contracts import ledger
from scrub.contracts.ledger import Ledger
from scrub.files import atomic, run_folder, sorted_runs
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import REJECTED, count_reasons
from scrub.jwst.candidates import OBSERVATIONS
from scrub.jwst.in_parts import Parts, run_in_parts
from scrub.jwst.kept_inputs import FILES, PART, Setup
from scrub.pipeline import chunks, save_parts, stamp
from scrub.pipeline.each import Each, map_here
from scrub.tables import Rules

_KEPT = ".parts"


class Written(NamedTuple):
    """The ledger of a run that was written, and how many rejects there are for each reason, with the first of them."""

    ledger: Ledger
    reasons: pd.DataFrame


def run_and_write(
    rules: Rules,
    source: Path,
    out: Path | None,
    *,
    handle_unknown: HandleUnknown = "error",
    candidates: str = OBSERVATIONS,
    prefix: str = "",
    suffix: str = "_uncal.fits",
    fast: bool = False,
    asn: bool = False,
    form: str = "parquet",
    raw_cells: bool = False,
    inputs: Sequence[Path] = (),
    rows: int = PART,
    files: int = FILES,
    least: int = 1,
    each: Each = map_here,
) -> Written:
    """Write a run in parts into a folder; return its ledger, and its rejects by reason.

    Args:
        rules: a JWST rule set.
        source: a table file (CSV, Parquet), a folder of Parquet files, or a folder of FITS files.
        out: the folder; made if it is not there. None to write nothing.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        candidates: of what products are made, as ``jwst.run`` takes them.
        prefix: of the FITS files of a folder, those whose name starts so.
        suffix: and ends so.
        fast: whether packed files are read no further than their headers.
        asn: whether an association file is written for each product.
        form: of the tables: ``csv``, or ``parquet``, where a large table is a folder of files.
        raw_cells: whether text that looks like a formula is written as it is.
        inputs: files and folders, beside the source, which no output may replace.
        rows: how many make a part; a program is never divided.
        files: how many FITS files are read at a time.
        least: how many parts there are at least, if there are as many programs.
        each: calls a function for each piece or part, see ``pipeline.each``.

    Raises:
        SourceError: nothing there to read, or columns that must be there are not.
        IndivisibleError: an input that can be read in one piece only; nothing is written then.
        OSError: the folder cannot be written, or an output would replace an input.

    >>> from scrub import jwst, samples
    >>> run_and_write(jwst.read_rules(), samples.TABLE, None).ledger["products"]
    {'in': 25, 'features': 25, 'rejected': 0}
    """
    with _open(out, [source, *inputs], form) as folder:
        kept = folder / _KEPT
        kept.mkdir()
        documents = folder / "asn" if asn else None
        setup = Setup(rules, kept, handle_unknown, rows, files, fast, documents, least, candidates)
        parts = run_in_parts(setup, source, prefix=prefix, suffix=suffix, each=each)
        rejected = parts.tables["rejected"]
        reasons = count_reasons(batch[REJECTED] for chunk in rejected for batch in sorted_runs.read_rows(chunk.path))
        if out is None:
            return Written(parts.ledger, reasons)
        sealed = _write(parts, folder, form, raw_cells, rows, each)
        shutil.rmtree(kept)
        written = {**sealed, "outputs": run_folder.hash_files(folder)}
        atomic.document(written, folder / run_folder.LEDGER)
    return Written(written, reasons)


@contextmanager
def _open(out: Path | None, inputs: Sequence[Path], form: str) -> Iterator[Path]:
    """Give the hidden folder of a run; a folder that goes afterwards where nothing is to be written."""
    if out is None:
        with TemporaryDirectory() as name:
            yield Path(name)
    else:
        with run_folder.open_run(atomic.folder(out, form), inputs) as folder:
            yield folder


def _write(parts: Parts, folder: Path, form: str, raw_cells: bool, rows: int, each: Each) -> Ledger:
    """Write the tables of a run; return its ledger with the run's id."""
    _sweep(folder)
    documents = {f"asn/{name}": known for name, known in run_folder.hash_files(folder / "asn").items()}
    contents = {name: chunks.hash_chunks(own) for name, own in parts.tables.items()}
    sealed = ledger.seal(parts.ledger, {**contents, **documents})
    origin = stamp.Origin(sealed["run"], sealed["handle_unknown"])
    marks = save_parts.Marks(stamp.from_ledger(sealed), origin, raw_cells)
    save_parts.tables(parts.tables, folder, form, marks, rows=rows, each=each)
    _sweep(folder)
    return sealed


def _sweep(folder: Path) -> None:
    """Remove drafts of files: whoever wrote them died, and another wrote the files."""
    for path in folder.rglob(".*"):
        if path.is_file():
            path.unlink()
