"""A table in two files: ``NAME.good.csv``, ``NAME.bad.csv``, and ``NAME.split.json`` with the account of both."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scrub.files import atomic, digest
from scrub.files.table_files import SourceError

ACCOUNT = ".split.json"


def name_parts(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """Return the files of a table that is divided: of the good rows, of the bad ones, and of their account.

    Args:
        folder: where they are.
        name: of the table, without a folder and a suffix.

    >>> [path.name for path in name_parts(Path("mended"), "night")]
    ['night.good.csv', 'night.bad.csv', 'night.split.json']
    """
    return folder / f"{name}.good.csv", folder / f"{name}.bad.csv", folder / f"{name}{ACCOUNT}"


def name_stem(file: str) -> str:
    """Return the name of a table without its folder and its suffixes.

    >>> name_stem("exports/night.csv.gz"), name_stem("stdin")
    ('night', 'stdin')
    """
    return Path(file).name.partition(".")[0] or "table"


def save(folder: Path, name: str, good: pd.DataFrame, bad: pd.DataFrame, account: Mapping[str, Any]) -> None:
    """Write the two parts of a table, each whole or not at all, and last their account.

    Cells are written as they are: the files are the table of whoever gave it.

    Args:
        folder: made if it is not there.
        name: of the table.
        good: rows of text.
        bad: rows of text.
        account: what else it says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = name_parts(folder, name)
    for frame, path in zip((good, bad), paths[:2], strict=True):
        atomic.text("".join(atomic.csv_lines([list(frame.columns), *frame.to_numpy().tolist()])), path)
    counts: dict[str, Any] = {
        "rows": len(good) + len(bad),
        "good": len(good),
        "bad": len(bad),
        "sha256": digest.of_file(paths[0]),
    }
    counts["sha256_bad"] = digest.of_file(paths[1])
    atomic.document({**account, **counts}, paths[2])


def refuse_mended(folder: Path, name: str) -> None:
    """Refuse to divide a table anew where somebody has mended its bad rows.

    Args:
        folder: where its parts are, if there are any.
        name: of the table.

    Raises:
        SourceError: the bad rows are not those that were written.
    """
    _, bad, path = name_parts(folder, name)
    if path.exists() and bad.exists() and digest.of_file(bad) != read_account(folder, name).get("sha256_bad"):
        raise SourceError(f"{bad}: changed since it was written: judge it with --replay, or name another folder")


def list_names(folder: Path) -> list[str]:
    """Return the tables that a folder has in two.

    Raises:
        SourceError: none.

    >>> list_names(Path("no-such-folder"))
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: no-such-folder: no NAME.split.json: nothing was divided into this folder
    """
    names = sorted(path.name.removesuffix(ACCOUNT) for path in folder.glob(f"*{ACCOUNT}"))
    if not names:
        raise SourceError(f"{folder}: no NAME{ACCOUNT}: nothing was divided into this folder")
    return names


def read_account(folder: Path, name: str) -> dict[str, Any]:
    """Return the account of a table in two.

    Args:
        folder: where it is.
        name: of the table.

    Raises:
        SourceError: it is no account, or the good rows are not those that were written.
    """
    good, _, path = name_parts(folder, name)
    try:
        account: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from None
    if not isinstance(account, dict) or not isinstance(account.get("rows"), int) or "sha256" not in account:
        raise SourceError(f"{path}: not the account of a table in two")
    if not good.is_file() or digest.of_file(good) != account["sha256"]:
        raise SourceError(f"{good}: changed since it was written: mend rows in {name}.bad.csv only")
    return account
