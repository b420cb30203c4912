"""A run is one thing: its files are written in a hidden folder, and take their place in the output folder together.

One run at a time writes into a folder. A run that is killed while it writes leaves the files of the run before as they
were; the next run clears what is left. A run that is killed while its files take their place leaves a part of its own
files, which the next run replaces. At no moment are there files of two runs.
"""

import json
import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from scrub.files import digest
from scrub.files.shipped import stays_inside

LEDGER = "ledger.json"
FORMS = ("csv", "parquet")  # of tables
STAGING, JOURNAL = ".skyscrub-run", "exchange.json"
WAIT = 60.0  # seconds
_PAUSE = 0.02  # seconds


class BusyError(OSError):
    """A folder that another run is writing into."""


@contextmanager
def open_run(folder: Path, inputs: Sequence[Path] = (), *, wait: float = WAIT) -> Iterator[Path]:
    """Give a hidden folder to write a run into; afterwards its files take their place in the folder, all of them.

    Outputs of the run before that this one does not make are removed, unless they were changed since. Other files are
    left alone. If the block raises, the folder stays as it was.

    Args:
        folder: where the run belongs; it may be a link.
        inputs: files and folders that the run has read: none of their files is replaced.
        wait: how long to wait for another run, in seconds.

    Raises:
        BusyError: another run writes into the folder all this time.
        OSError: an output would replace an input or a folder, or the folder cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     with open_run(Path(name)) as staging:
    ...         _ = (staging / "ledger.json").write_text("{}")
    ...     [file.name for file in Path(name).iterdir()]
    ['ledger.json']
    """
    with _lock(folder, wait):
        staging = folder / STAGING
        if staging.is_symlink() or staging.is_file():
            raise OSError(f"{staging} is in the way of a run: remove it")
        _exchange(folder, staging)
        staging.mkdir()
        try:
            yield staging
            files = _list_files(staging)
            earlier = list_outputs(read_ledger(folder))
            ours = [folder / name for name in (*earlier, LEDGER) if earlier]
            stale = [name for name, known in earlier.items() if name not in files and _has_hash(folder / name, known)]
            taken = [name for name in files if _holds_more(folder / name, {folder / name for name in stale})]
            refuse([folder / name for name in taken], inputs, ours)
            _refuse_parents(folder, files, stale)
            _write_journal(staging, {"files": files, "stale": stale})
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        _exchange(folder, staging)


@contextmanager
def _lock(folder: Path, wait: float) -> Iterator[None]:
    """Hold a folder against other runs; the lock goes with the process that holds it, however that ends."""
    try:
        import fcntl
    except ImportError:  # Windows, where a file that is open cannot be replaced
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        end = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise BusyError(f"{folder}: another run is writing into this folder: try again later") from None
                time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def _write_journal(staging: Path, content: Mapping[str, Sequence[str]]) -> None:
    """Write down which files take their place and which go: from here on the new run counts."""
    draft = staging / f".{JOURNAL}"
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(staging / JOURNAL)


def _exchange(folder: Path, staging: Path) -> None:
    """Put the files of a run that counts in their place, if there is one; clear its hidden folder.

    The files of the run before go first, its ledger before all; then the new ones come, their ledger after all.
    """
    if is_unfinished(folder):
        files, stale = _read_journal(staging / JOURNAL)
        coming = [name for name in files if (staging / name).exists()]
        for name in sorted(stale, key=lambda name: name != LEDGER):
            _remove_file(folder / name)
        for name in stale:
            _remove_empty((folder / name).parent, but=folder)
        for name in sorted(coming, key=lambda name: name != LEDGER):
            _remove_file(folder / name)
        for name in sorted(coming, key=lambda name: name == LEDGER):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(folder / name)
    shutil.rmtree(staging, ignore_errors=True)


def _remove_file(path: Path) -> None:
    """Remove a file if it is still one: where a run took its place already, it may be a folder, or below a file."""
    if path.is_file() or path.is_symlink():
        path.unlink()


def _remove_empty(part: Path, *, but: Path) -> None:
    """Remove a folder in which the run before was the only one to write."""
    if part != but and part.is_dir() and not any(part.iterdir()):
        part.rmdir()


def _read_journal(path: Path) -> tuple[list[str], list[str]]:
    """Return which files take their place and which go.

    Raises:
        OSError: the journal has other content, or a path that leaves the folder.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files, stale = list(content["files"]), list(content["stale"])
        good = all(stays_inside(name) for name in files + stale)
    except (ValueError, TypeError, KeyError, AttributeError):
        good = False
    if not good:
        raise OSError(f"{path}: no run of skyscrub wrote this: remove the folder {path.parent}")
    return files, stale


def is_unfinished(folder: Path) -> bool:
    """Return whether a run was stopped while its files took their place in a folder."""
    return (folder / STAGING / JOURNAL).is_file()


def _list_files(folder: Path) -> list[str]:
    """Return the files of a folder and of the folders in it, by their path in the folder, sorted."""
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def hash_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder and of the folders in it, by its path in the folder."""
    return {name: digest.of_file(folder / name) for name in _list_files(folder)}


def refuse(outputs: Sequence[Path], inputs: Sequence[Path], ours: Sequence[Path] = ()) -> None:
    """Refuse to write over a folder or an input, also where the output is another name of the same file.

    Args:
        outputs: what is to be written.
        inputs: files, and folders: a file in one of them counts as an input, unless it is one of ``ours``.
        ours: outputs of an earlier run.

    Raises:
        OSError: one is a folder or an input.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     table = Path(name) / "products.csv"
    ...     _ = table.write_text("exposure")
    ...     refuse([table], [Path(name)], ours=[table])
    """
    files = [path for path in inputs if path.is_file()]
    folders = [path.resolve() for path in inputs if path.is_dir()]
    for path in outputs:
        if path.is_dir():
            raise OSError(f"{path} is a folder, and an output has its name: move it, or name another output")
        if not path.exists():
            continue
        place = path.parent.resolve()
        inside = path not in ours and any(place.is_relative_to(folder) for folder in folders)
        if inside or any(path.samefile(file) for file in files):
            raise OSError(f"{path} is an input, and an output would replace it: name another output")


def _holds_more(path: Path, stale: Collection[Path]) -> bool:
    """Return whether more than files that go is in the way of a file: a folder of them goes with them."""
    inside = list(path.iterdir()) if path.is_dir() and not path.is_symlink() else []
    return not inside or any(file not in stale for file in inside)


def _refuse_parents(folder: Path, files: Sequence[str], stale: Sequence[str]) -> None:
    """Refuse to write into a sub-folder that is a file that stays, leads elsewhere, or cannot be written."""
    for part in {(folder / name).parent for name in files} - {folder, *(folder / name for name in stale)}:
        if part.is_symlink() or (part.exists() and not part.is_dir()):
            raise OSError(f"{part} is no folder of its own, and outputs go into a folder of this name: move it")
        if part.is_dir() and not os.access(part, os.W_OK):
            raise OSError(f"{part}: outputs go into this folder, and it cannot be written")


def read_ledger(folder: Path) -> dict[str, Any]:
    """Return the ledger in a folder; nothing where there is none that can be read.

    >>> read_ledger(Path("no-such-folder"))
    {}
    """
    try:
        ledger: Any = json.loads((folder / LEDGER).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return ledger if isinstance(ledger, dict) else {}


def list_outputs(ledger: Mapping[str, Any]) -> dict[str, str]:
    """Return the outputs that a ledger has, with their hashes; paths that leave the folder are passed over.

    >>> list_outputs({"outputs": {"products.csv": "f00d", "../x.csv": "f00d"}})
    {'products.csv': 'f00d'}
    """
    outputs = ledger.get("outputs")
    if not isinstance(outputs, Mapping):
        return {}
    return {name: known for name, known in outputs.items() if isinstance(known, str) and stays_inside(name)}


def _list_datasets(folder: Path, outputs: Collection[str]) -> list[str]:
    """Return what is in the folders of tables that are datasets, a file for each part: a reader takes all of it."""
    datasets = sorted({name.partition("/")[0] for name in outputs if ".parquet/" in name})
    return [f"{name}/{file}" for name in datasets for file in _list_files(folder / name)]


def _has_hash(path: Path, known: str) -> bool:
    return path.is_file() and not path.is_symlink() and digest.of_file(path) == known


def _is_there(folder: Path, name: str) -> bool:
    return stays_inside(name) and (folder / name).exists()


def refuse_outputs(path: Path, folder: Path) -> None:
    """Refuse to write over a file of the run in a folder.

    Args:
        path: what is to be written.
        folder: of a run.

    Raises:
        OSError: it is a folder, or a file of the run.
    """
    refuse([path], [folder / name for name in (*list_outputs(read_ledger(folder)), LEDGER)])


def find_changes(folder: Path) -> list[str]:
    """Return what is not as the run in a folder left it, a line for each file.

    Args:
        folder: of a run.

    >>> find_changes(Path("no-such-folder"))
    ['no-such-folder: no ledger.json with the outputs of a run']
    """
    if is_unfinished(folder):
        return [f"{folder}: a run was stopped while its files took their place: run it again"]
    ledger = read_ledger(folder)
    outputs = list_outputs(ledger)
    if not outputs:
        return [f"{folder}: no {LEDGER} with the outputs of a run"]
    gone = {name for name in outputs if not (folder / name).is_file()}
    contents = ledger.get("contents")
    twins = (f"{name}.{form}" for name in (contents if isinstance(contents, Mapping) else ()) for form in FORMS)
    ours = {*outputs, *(PurePosixPath(name).parent.as_posix() for name in outputs)}
    beside = [twin for twin in twins if twin not in ours and _is_there(folder, twin)]
    inside = [name for name in _list_datasets(folder, outputs) if name not in outputs]
    strangers = [f"{folder / name}: not of this run" for name in (*beside, *inside)]
    return strangers + [
        f"{folder / name}: " + ("gone" if name in gone else "changed since the run")
        for name, known in outputs.items()
        if name in gone or digest.of_file(folder / name) != known
    ]
