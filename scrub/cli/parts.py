"""A run in parts as a command: its tables are put together in the folder of the run, and its ledger is printed."""

import argparse
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from scrub.cli import options as shared
from scrub.cli.terminal import show_json

if TYPE_CHECKING:
    from scrub.jwst.in_parts import Parts
    from scrub.pipeline.each import Each
    from scrub.tables import Rules

_KEPT = ".parts"


def run(options: argparse.Namespace, rules: "Rules", *, each: "Each", files: int = 10_000) -> int:
    """Run a pipeline in parts, print its ledger, and return the exit code.

    Args:
        options: of the command line.
        rules: a JWST rule set.
        each: calls a function for each part.
        files: how many FITS files make a piece.

    Raises:
        IndivisibleError: the input can be read in one piece only; nothing is written then.
    """
    from scrub.files import sorted_runs
    from scrub.frames.rejects import REJECTED, count_reasons
    from scrub.jwst import in_parts, kept_inputs

    with _open(options) as folder:
        kept = folder / _KEPT
        kept.mkdir()
        setup = kept_inputs.Setup(rules, kept, options.handle_unknown)._replace(
            rows=options.part or kept_inputs.PART,
            files=files,
            fast=options.fast,
            asn=folder / "asn" if options.asn else None,
        )
        parts = in_parts.run_in_parts(
            setup, Path(options.input), prefix=options.prefix, suffix=options.suffix, each=each
        )
        rejected = parts.tables["rejected"]
        batches = (batch[REJECTED] for chunk in rejected for batch in sorted_runs.read_rows(chunk.path))
        reasons = count_reasons(batches)
        ledger = _write(options, parts, folder, each, setup.rows) if options.out else parts.ledger
        shutil.rmtree(kept)
    if options.json:
        show_json(ledger)
    else:
        if not options.quiet:
            shared.print_ledger(ledger)
        shared.print_reasons(reasons)
    return shared.REJECTED if len(reasons) else shared.DONE


@contextmanager
def _open(options: argparse.Namespace) -> Iterator[Path]:
    """Give the hidden folder of a run; a folder that goes afterwards where nothing is to be written."""
    from scrub.files import run_folder

    if options.out:
        with run_folder.open_run(options.out, shared.list_inputs(options)) as folder:
            yield folder
    else:
        with TemporaryDirectory() as name:
            yield Path(name)


def _write(options: argparse.Namespace, parts: "Parts", folder: Path, each: "Each", rows: int) -> dict[str, Any]:
    """Write the files of a run; return its ledger with the run's id and the hash of each output."""
    from scrub.contracts import ledger as account
    from scrub.files import atomic, run_folder
    from scrub.pipeline import chunks, save_parts, stamp

    documents = {f"asn/{name}": known for name, known in run_folder.hash_files(folder / "asn").items()}
    contents = {name: chunks.hash_chunks(own) for name, own in parts.tables.items()}
    sealed = account.seal(shared.name_inputs(options, parts.ledger), {**contents, **documents})
    origin = stamp.Origin(sealed["run"], sealed["handle_unknown"])
    marks = save_parts.Marks(stamp.from_ledger(sealed), origin, options.raw_cells)
    save_parts.tables(parts.tables, folder, options.format, marks, rows=rows, each=each)
    outputs = {name: known for name, known in run_folder.hash_files(folder).items() if not name.startswith(f"{_KEPT}/")}
    written = {**sealed, "outputs": outputs}
    atomic.document(written, folder / run_folder.LEDGER)
    return written
