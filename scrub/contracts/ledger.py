"""The account of a run: what came in is what went out, and which files the run wrote."""

from collections.abc import Mapping, Sequence
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


def add(one: Ledger, other: Ledger) -> Ledger:
    """Return the ledger of two parts of one run: counts are summed, and all else is the same in both.

    In whatever order and by whatever pairs the parts of a run are added, the sum is the same.

    Args:
        one: the ledger of a part.
        other: that of another part.

    Raises:
        ValueError: they are of different rules or options, or have different entries.

    >>> one = {"rules": "jwst", "products": {"in": 2, "features": 1, "rejected": 1}}
    >>> add(one, {"rules": "jwst", "products": {"in": 1, "features": 1, "rejected": 0}})["products"]
    {'in': 3, 'features': 2, 'rejected': 1}
    >>> add(one, {**one, "rules": "hst_cal"})
    Traceback (most recent call last):
    ValueError: ledgers of different runs cannot be added: rules is 'jwst' and 'hst_cal'
    """
    if set(one) != set(other):
        raise ValueError(f"ledgers of different runs cannot be added: one has {list(one)}, the other {list(other)}")
    return {name: _add_entry(name, part, other[name]) for name, part in one.items()}


def _add_entry(name: str, one: Any, other: Any) -> Any:
    """Return the sum of an entry of two ledgers: of numbers, of counts by name, of rows that count the same thing."""
    if type(one) is type(other) is int:
        return one + other
    if isinstance(one, dict) and isinstance(other, dict) and set(one) == set(other) and _is_counts(one):
        return {key: number + other[key] for key, number in one.items()}
    if isinstance(one, list) and isinstance(other, list):
        return _add_rows([*one, *other])
    if one != other:
        shown = f"is {one!r} and {other!r}" if isinstance(one, str) else "differs"
        raise ValueError(f"ledgers of different runs cannot be added: {name} {shown}")
    return one


def _is_counts(part: Mapping[str, Any]) -> bool:
    return all(type(number) is int for number in part.values())


def _add_rows(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows that say the same but for their counts as one row, sorted by what they say."""
    summed: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
    for row in rows:
        words = tuple((key, word) for key, word in row.items() if isinstance(word, str))
        before = summed.get(words, {})
        summed[words] = {key: cell if isinstance(cell, str) else cell + before.get(key, 0) for key, cell in row.items()}
    return [summed[words] for words in sorted(summed)]


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
