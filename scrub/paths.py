"""Paths that come from data: none of them may leave the folder they belong to."""

from pathlib import PurePosixPath, PureWindowsPath

import pandas as pd


def stays_inside(path: str) -> bool:
    """Return whether a path, as text, names something below the folder that it is joined to.

    >>> [stays_inside(path) for path in ("ibl738/a.fits", "../a.fits", "/etc/passwd", "")]
    [True, False, False, False]
    """
    parts = PurePosixPath(path).parts + PureWindowsPath(path).parts
    rooted = PurePosixPath(path).is_absolute() or bool(PureWindowsPath(path).anchor)
    return bool(parts) and not rooted and ".." not in parts and path.isprintable()


def leaving(paths: pd.Series) -> "pd.Series[bool]":
    """Return which of the paths would leave their folder; a missing one does not.

    >>> leaving(pd.Series(["a.fits", "x/../../a.fits", None])).tolist()
    [False, True, False]
    """
    codes, distinct = pd.factorize(paths)
    told = [not stays_inside(path) for path in distinct]
    return pd.Series([*told, False], dtype="bool").take(codes).set_axis(paths.index)
