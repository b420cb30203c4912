"""Where the rule tables and the contracts lie: in the installed package, or in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find(folder: str) -> Path:
    """Return the folder ``rules`` or ``schemas`` that belongs to this code.

    An installed package carries both inside itself. A checkout has them beside the package, and is
    only believed to be one when ``pyproject.toml`` stands there too.

    Raises:
        FileNotFoundError: neither place has the folder.

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
