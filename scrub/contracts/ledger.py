"""The account of a run: what came in is what went out."""

from typing import Any

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
