"""Folders: the files that are asked for, and an account of what was not looked at."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.frames.cells import TEXT
from scrub.frames.rejects import REJECTED, write

_STAGE = "files"


class Found(NamedTuple):
    """The files of a folder, sorted by path; rejects of what is there and cannot be read; folders not looked into.

    A reject is a link to nothing, another thing that is no file, or a folder that cannot be opened. All paths are text,
    with ``/`` between their parts, and relative to the folder. Only in those of files may bytes stand that no table
    can hold.
    """

    files: list[str]
    rejected: pd.DataFrame
    passed_over: tuple[str, ...] = ()


def find_files(folder: Path, is_wanted: Callable[[str], bool]) -> Found:
    """Return the files of a folder, or of the folders in it when it has none itself.

    Folders that are passed over: those with such files beside files of the folder itself, and those further down.

    Args:
        folder: a folder.
        is_wanted: says of a name whether it is asked for.

    Raises:
        OSError: the folder cannot be opened.
    """
    top = _look(folder, "", is_wanted)
    below = {path: _try(folder, path, is_wanted) for path in top.folders}
    odd = [*top.odd]
    if top.files:
        passed = [path for path, level in below.items() if not isinstance(level, _Level) or level.files or level.odd]
        return _account(top.files, odd, passed)
    files: list[str] = []
    deeper: list[str] = []
    for path, level in below.items():
        if isinstance(level, _Level):
            files += level.files
            odd += level.odd
            deeper += [inner for inner in level.folders if not inner.rpartition("/")[2].startswith(".")]
        else:
            odd.append((path, f"a folder that cannot be read: {level}"))
    return _account(files, odd, deeper)


def has_many(folder: Path, is_wanted: Callable[[str], bool], count: int) -> bool:
    """Return whether a folder, or the folders in it if it has none itself, have so many files that are asked for.

    Names are counted, up to that number, and no file is looked at; a folder that cannot be opened has none.

    Args:
        folder: a folder.
        is_wanted: says of a name whether it is asked for.
        count: how many are many.

    >>> has_many(Path(__file__).parent, lambda name: name == "folders.py", 1), has_many(Path("no-such-folder"), bool, 1)
    (True, False)
    """
    own, below = _list_names(folder)
    wanted = filter(is_wanted, own)
    if any(map(is_wanted, own)):
        return _reach(wanted, count)
    return _reach((name for path in below for name in _list_names(path)[0] if is_wanted(name)), count)


def _list_names(folder: Path) -> tuple[list[str], list[Path]]:
    """Return the names in a folder, and the folders in it; none where it cannot be opened."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError:
        return [], []
    return [entry.name for entry in listed], [folder / entry.name for entry in listed if _is_folder(entry)]


def _reach(things: Iterable[object], count: int) -> bool:
    """Return whether there are so many of them, at least."""
    return sum(1 for _ in islice(things, count)) == count


class _Level(NamedTuple):
    """What lies in one folder: files that are asked for, what has such a name and is no file, and folders."""

    files: list[str]
    odd: list[tuple[str, str]]
    folders: list[str]


def _try(top: Path, inner: str, is_wanted: Callable[[str], bool]) -> _Level | str:
    """Return what lies in a folder below another, or why it cannot be opened."""
    try:
        return _look(top, inner, is_wanted)
    except OSError as error:
        return error.strerror or type(error).__name__


def _look(top: Path, inner: str, is_wanted: Callable[[str], bool]) -> _Level:
    """Return what lies in a folder below another, which is blank for the other itself."""
    level = _Level([], [], [])
    with os.scandir(top / inner) as entries:
        for entry in entries:
            path = f"{inner}/{entry.name}" if inner else entry.name
            if not is_wanted(entry.name):
                if _is_folder(entry):
                    level.folders.append(path)
            elif reason := _name_oddity(entry):
                level.odd.append((path, reason))
            else:
                level.files.append(path)
    return level


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _name_oddity(entry: "os.DirEntry[str]") -> str:
    """Return why an entry with the name of a file cannot be read as one; blank for a file. Nothing is opened."""
    try:
        if entry.is_file():
            return ""
        mode = entry.stat().st_mode
    except OSError as error:
        return "a link to nothing" if entry.is_symlink() else f"cannot be read: {error.strerror}"
    return "a folder, and no file" if stat.S_ISDIR(mode) else "no plain file"


def _account(files: list[str], odd: list[tuple[str, str]], passed: list[str]) -> Found:
    rows = [[write(path), _STAGE, reason, "", ""] for path, reason in sorted(odd, key=lambda row: _rank(row[0]))]
    rejected = pd.DataFrame(rows, columns=REJECTED, dtype=TEXT)
    return Found(sorted(files, key=_rank), rejected, tuple(sorted(map(write, passed))))


def _rank(path: str) -> str:
    """Return a path so that its order as text is the order of its parts: a folder comes before all longer names."""
    return path.replace("/", "\0")


def walk_files(folder: Path, is_wanted: Callable[[str], bool]) -> Found:
    """Return the files of a folder and of every folder below it; links to folders are passed over.

    Args:
        folder: a folder.
        is_wanted: says of a name whether it is asked for.

    Raises:
        OSError: the folder cannot be opened.
    """
    files: list[str] = []
    odd: list[tuple[str, str]] = []
    passed: list[str] = []
    for level in _walk(folder, is_wanted, odd):
        files += level.files
        odd += level.odd
        passed += [path for path in level.folders if (folder / path).is_symlink()]
    return _account(files, odd, passed)


def _walk(folder: Path, is_wanted: Callable[[str], bool], odd: list[tuple[str, str]]) -> Iterator[_Level]:
    """Yield what lies in a folder and in every folder below it, but for links; add what cannot be opened to ``odd``."""
    waiting = [_look(folder, "", is_wanted)]
    while waiting:
        level = waiting.pop()
        yield level
        for path in (path for path in level.folders if not (folder / path).is_symlink()):
            inner = _try(folder, path, is_wanted)
            if isinstance(inner, _Level):
                waiting.append(inner)
            else:
                odd.append((path, f"a folder that cannot be read: {inner}"))
