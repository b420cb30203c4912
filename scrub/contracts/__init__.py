"""What is allowed: contracts that frames keep, stages from one to the next, the ledger that adds up."""

from scrub.contracts.contracts import (
    Contract,
    check,
    failures,
    fingerprint,
    hashes,
    read,
    sentence,
    split,
    typed,
)
from scrub.contracts.parse import ContractError

__all__ = [
    "Contract", "ContractError", "check", "failures", "fingerprint", "hashes", "read", "sentence", "split", "typed",
]  # fmt: skip
