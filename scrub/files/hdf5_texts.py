"""Texts of any length in an HDF5 file, read by a process of their own.

The HDF5 library follows such texts through the file, and can follow those of a damaged file without end. So this module
is also a program, which reads them and nothing else, and is stopped when its time is up. What comes back are arrays,
never pickles.
"""

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

_SECONDS = 20.0  # to start a process and open a file
_RATE = 1e6  # bytes a second: far below what any disk gives


def read_texts(path: Path, columns: Mapping[str, tuple[str, str | None]]) -> dict[str, list[bytes]]:
    """Return the texts of some columns of an HDF5 file, as bytes.

    Args:
        path: of the file.
        columns: for each column the name of its data set, and of its field where the data set has fields.

    Raises:
        OSError: they cannot be read, or not within the time that a file of this size may take.
    """
    seconds = _SECONDS + path.stat().st_size / _RATE
    command = [sys.executable, "-P", __file__, str(path), json.dumps(columns)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise OSError(f"the texts of the file are not read after {seconds:.0f} s: the file is damaged") from None
    if done.returncode:
        raise OSError(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    with np.load(io.BytesIO(done.stdout), allow_pickle=False) as arrays:
        return {name: _cut(arrays[f"{i} texts"], arrays[f"{i} ends"]) for i, name in enumerate(columns)}


def _cut(texts: "np.ndarray[Any, Any]", ends: "np.ndarray[Any, Any]") -> list[bytes]:
    """Return each of the texts that stand end to end."""
    whole, ends_ = texts.tobytes(), ends.tolist()
    return [whole[start:end] for start, end in zip([0, *ends_[:-1]], ends_, strict=True)]


def _main(path: str, columns: str) -> None:
    """Write the texts of columns, end to end, and where each ends, to stdout."""
    import h5py

    arrays: dict[str, Any] = {}
    with h5py.File(path, "r") as file:
        for i, (name, field) in enumerate(json.loads(columns).values()):
            cells = file[name].fields(field)[:] if field else file[name][:]
            arrays[f"{i} ends"] = np.cumsum([len(cell) for cell in cells], dtype="int64")
            arrays[f"{i} texts"] = np.frombuffer(b"".join(cells), dtype="uint8")
    content = io.BytesIO()
    np.savez(content, **arrays)
    sys.stdout.buffer.write(content.getvalue())


if __name__ == "__main__":
    _main(*sys.argv[1:])
