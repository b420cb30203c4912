"""Folders and paths: where the rule tables and contracts that ship lie, and paths of data that stay in theirs."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pandas as pd

_PACKAGE = Path(__file__).resolve().parents[1]


def find(folder: str) -> Path:
    """Return the folder ``rules`` or ``schemas`` that belongs to this code.

    An installed package carries both inside itself. A checkout has them beside the package, and is
    only believed to be one when ``pyproject.toml`` stands there too.

    Raises:
        FileNotFoundError: neither of them has the folder.

    >>> (find("rules") / "tables.toml").is_file()
    True
    """
    inside = _PACKAGE / folder
    if inside.is_dir():
        return inside
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / folder).is_dir():
        return checkout / folder
    raise FileNotFoundError(f"no folder {folder!r} in {_PACKAGE} or {checkout}")


def stays_inside(path: str) -> bool:
    """Return whether a path, as text, names something below the folder that it is joined to.

    >>> [stays_inside(path) for path in ("ibl738/a.fits", "../a.fits", "/etc/passwd", "")]
    [True, False, False, False]
    """
    parts = PurePosixPath(path).parts + PureWindowsPath(path).parts
    rooted = PurePosixPath(path).is_absolute() or bool(PureWindowsPath(path).anchor)
    return bool(parts) and not rooted and ".." not in parts and path.isprintable()


def find_leaving(paths: pd.Series) -> "pd.Series[bool]":
    """Return which of the paths would leave their folder; a missing one does not.

    >>> find_leaving(pd.Series(["a.fits", "x/../../a.fits", None])).tolist()
    [False, True, False]
    """
    codes, distinct = pd.factorize(paths)
    outside = [not stays_inside(path) for path in distinct]
    return pd.Series([*outside, False], dtype="bool").take(codes).set_axis(paths.index)
