"""The ledger must add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.contracts.ledger import add


def test_the_ledger_must_add_up():
    from scrub.contracts import ledger

    with pytest.raises(AssertionError, match="the ledger does not close: products: in is 2, the rest 1"):
        ledger.close({"products": {"in": 2, "features": 1, "rejected": 0}})


counts = st.integers(0, 9)
words = st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3)), unique_by=lambda row: row[0]).map(
    lambda rows: [{"word": word, "exposures": count} for word, count in sorted(rows)]
)
ledgers = st.fixed_dictionaries(
    {
        "rules": st.just("jwst"),
        "fast": st.just(False),
        "cached": counts,
        "products": st.fixed_dictionaries({"in": counts, "features": counts}),
        "new_words": words,
    }
)


@given(ledgers, ledgers, ledgers)
def test_parts_are_summed_in_any_order_and_by_any_pairs(one, other, third):
    assert add(one, other) == add(other, one)
    assert add(add(one, other), third) == add(one, add(other, third))
    whole = add(add(one, other), third)
    assert whole["products"]["in"] == sum(part["products"]["in"] for part in (one, other, third))
    assert whole["cached"] == sum(part["cached"] for part in (one, other, third))
    counted = [row["exposures"] for part in (one, other, third) for row in part["new_words"]]
    assert sum(row["exposures"] for row in whole["new_words"]) == sum(counted)
    assert len({row["word"] for row in whole["new_words"]}) == len(whole["new_words"])


@pytest.mark.parametrize("other", [{"rules": "jwst", "fast": True}, {"rules": "jwst"}])
def test_ledgers_of_different_runs_are_no_sum(other):
    with pytest.raises(ValueError, match="ledgers of different runs cannot be added: "):
        add({"rules": "jwst", "fast": False}, other)
