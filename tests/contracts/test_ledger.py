"""The ledger must add up."""

import pytest


def test_the_ledger_must_add_up():
    from scrub.contracts import ledger

    with pytest.raises(AssertionError, match="the ledger does not close: products: in is 2, the rest 1"):
        ledger.close({"products": {"in": 2, "features": 1, "rejected": 0}})
