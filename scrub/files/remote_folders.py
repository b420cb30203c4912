"""Folders far away: the files that are asked for, and an account of what was not looked at."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from scrub.files import urls
from scrub.files.cards import HeaderError
from scrub.files.remote_access import LISTING, Access, connect, explain, map_many
from scrub.files.remote_errors import persist
from scrub.files.table_files import SourceError
from scrub.frames.cells import TEXT
from scrub.frames.rejects import REJECTED

_STAGE = "files"


class Listed(NamedTuple):
    """URLs, the sizes that are known of them (bytes), rejects of what cannot be listed, and folders passed over."""

    files: list[str]
    sizes: Mapping[str, int]
    rejected: pd.DataFrame
    passed_over: tuple[str, ...] = ()


def find_files(url: str, is_wanted: Callable[[str], bool]) -> Listed:
    """Return the files of a remote folder, or of the folders in it when it has none itself; of a file, the file.

    Args:
        url: of a folder (an S3 prefix, a page of links), or of a FITS file.
        is_wanted: says of a name whether it is asked for.

    Raises:
        SourceError: no URL that is read, no answer, or no such file; or the extra is not installed.
    """
    if fault := urls.find_fault(url):
        raise SourceError(f"{urls.show(url)}: {fault}")
    if urls.name(url).endswith((".fits", ".fits.gz")):
        return list_files([url], is_wanted)
    if urls.name(url).endswith((".csv", ".csv.gz", ".parquet", ".pq", ".txt")):
        raise SourceError(f"{urls.show(url)}: a table far away is not read: copy it, and give the copy")
    if "?" in url:
        raise SourceError(f"{urls.show(url)}: a folder with a query is not read: give a list of its files")
    access = connect(urls.protocol(url))
    try:
        top = _look(access, url, is_wanted)
    except HeaderError as error:
        raise SourceError(f"{urls.show(url)}: {explain(error, access)}") from None
    listed = _account(top, []) if top.files else _look_below(access, top.folders, is_wanted)
    if listed.files or len(listed.rejected):
        return listed
    raise SourceError(f"{urls.show(url)}: no files of the names that are asked for, there or one folder down")


class _Level(NamedTuple):
    """The files in one remote folder that are asked for, with their sizes where they are known, and its folders."""

    files: dict[str, int | None]
    folders: list[str]


def _look(access: Access, url: str, is_wanted: Callable[[str], bool]) -> _Level:
    """Return what lies in a remote folder."""
    options = {"timeout": LISTING} if access.fs.async_impl else {}
    entries = persist(lambda: access.fs.ls(url, detail=True, **options), access.errors, access.stopped)
    level = _Level({}, [])
    for entry in sorted(entries, key=lambda entry: str(entry["name"])):
        inner = _complete(url, entry["name"])
        if entry["type"] == "directory":
            if inner.rstrip("/") != url.rstrip("/"):
                level.folders.append(inner)
        elif is_wanted(urls.name(inner)):
            level.files[inner] = entry["size"]
    return level


def _complete(url: str, name: str) -> str:
    """Return the URL of what a listing names: some file systems leave the protocol out."""
    return name if "://" in name else f"{urls.protocol(url)}://{name.lstrip('/')}"


def _look_below(access: Access, folders: Sequence[str], is_wanted: Callable[[str], bool]) -> Listed:
    """Return the files of several remote folders as those of one."""
    whole, odd = _Level({}, []), []

    def look(folder: str) -> _Level | str:
        try:
            return _look(access, folder, is_wanted)
        except HeaderError as error:
            return explain(error, access)

    for folder, level in zip(folders, map_many(look, folders, [access]), strict=True):
        if isinstance(level, _Level):
            whole.files.update(level.files)
            whole.folders.extend(level.folders)
        else:
            odd.append([urls.show(folder), _STAGE, f"a folder that cannot be read: {level}", "", ""])
    return _account(whole, odd)


def _account(level: _Level, odd: list[list[str]]) -> Listed:
    sizes = {file: size for file, size in level.files.items() if size is not None}
    rejected = pd.DataFrame(odd, columns=REJECTED, dtype=TEXT)
    return Listed(list(level.files), sizes, rejected, tuple(urls.show(folder) for folder in level.folders))


def list_files(lines: Sequence[str], is_wanted: Callable[[str], bool]) -> Listed:
    """Return the URLs of a list that may be read; the others are rejected, each with its reason.

    Args:
        lines: the list.
        is_wanted: says of a name whether it is asked for.
    """
    faults = [urls.find_fault(line) or _name_unwanted(urls.name(line), is_wanted) for line in lines]
    odd = [[urls.show(line), _STAGE, fault, "", ""] for line, fault in zip(lines, faults, strict=True) if fault]
    files = [line for line, fault in zip(lines, faults, strict=True) if not fault]
    return Listed(files, {}, pd.DataFrame(odd, columns=REJECTED, dtype=TEXT))


def _name_unwanted(name: str, is_wanted: Callable[[str], bool]) -> str:
    return "" if is_wanted(name) else "not a name that is asked for (--prefix, --suffix)"
