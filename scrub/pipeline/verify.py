"""Verification: whether all files of a folder are those of one run, and unchanged."""

from pathlib import Path
from typing import NamedTuple

from scrub.contracts import ledger
from scrub.files import run_folder
from scrub.pipeline import stamp

TABLES = (".csv", ".parquet")


class Verified(NamedTuple):
    """The run in a folder (blank where there is none), how many outputs it has, and what is not as it left them."""

    run: str
    files: int
    changes: list[str]


def verify(folder: str | Path) -> Verified:
    """Return whether the files of a folder are those of one run, and unchanged: then there are no changes.

    Args:
        folder: where a command wrote its run.

    >>> verify("no-such-folder").changes
    ['no-such-folder: no ledger.json with the outputs of a run']
    """
    folder = Path(folder)
    content = run_folder.read_ledger(folder)
    outputs = run_folder.list_outputs(content)
    changes = run_folder.find_changes(folder)
    if outputs and not changes:
        if not ledger.is_sealed(content) or ledger.balance(content):
            changes.append(f"{folder / run_folder.LEDGER}: changed since the run")
        changes += [
            line for name in outputs if name.endswith(TABLES) for line in _find_stranger(folder / name, content)
        ]
    return Verified(str(content.get("run", "")), len(outputs), changes)


def _find_stranger(table: Path, content: ledger.Ledger) -> list[str]:
    """Return a line where the stamp of a table names another run than the ledger does, or cannot be believed."""
    try:
        run = stamp.read_origin(table).run
    except stamp.StampError as error:
        return [str(error)]
    return [] if run == content["run"] else [f"{table}: of run {run}, not of {content['run']}"]
