"""The account of a run: what came in is what went out, and which files the run wrote."""

from collections.abc import Mapping
from typing import Any

from scrub.files import digest

Ledger = dict[str, Any]


def balance(ledger: Ledger) -> list[str]:
    """Return the parts of a ledger that do not add up: each first number is the sum of the rest.

    >>> balance({"products": {"in": 3, "features": 2, "rejected": 1}, "rules": "jwst"})
    []
    >>> balance({"products": {"in": 3, "features": 2, "rejected": 0}})
    ['products: in is 3, the rest 2']
    """
    wrong = []
    for name, part in ledger.items():
        if isinstance(part, dict) and all(isinstance(number, int) for number in part.values()):
            (first, total), *rest = part.items()
            if total != sum(number for _, number in rest):
                wrong.append(f"{name}: {first} is {total}, the rest {sum(number for _, number in rest)}")
    return wrong


def close(ledger: Ledger) -> Ledger:
    """Return the ledger if it adds up.

    Raises:
        AssertionError: it does not, which is a fault of this library.
    """
    wrong = balance(ledger)
    if wrong:
        raise AssertionError(f"the ledger does not close: {'; '.join(wrong)}")
    return ledger


def seal(ledger: Ledger, contents: Mapping[str, str]) -> Ledger:
    """Return the ledger of a run that is to be written: with the hash of each content, and the run's id.

    The id is a hash of all else in the ledger: the same run twice has one id.

    Args:
        ledger: of a run.
        contents: the hash of the rows of each table, and of each other file.

    >>> sealed = seal({"rules": "jwst"}, {"products": "f00d"})
    >>> list(sealed), is_sealed(sealed), is_sealed({**sealed, "rules": "other"})
    (['run', 'rules', 'contents'], True, False)
    """
    sealed = {**ledger, "contents": dict(contents)}
    return {"run": digest.of(sealed), **sealed}


def is_sealed(ledger: Ledger) -> bool:
    """Return whether a ledger is as the run left it.

    Args:
        ledger: as it was read, with or without ``outputs``.
    """
    sealed = {name: part for name, part in ledger.items() if name not in ("run", "outputs")}
    return bool(ledger.get("run") == digest.of(sealed))
