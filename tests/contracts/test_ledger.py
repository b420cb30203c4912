"""The ledger must add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.contracts.ledger import add, balance, close, is_sealed, seal


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


@pytest.mark.parametrize(
    ("ledger", "wrong"),
    [
        ({"a": {"in": 2, "out": 1, "kept": 1}, "rules": "jwst"}, []),
        ({"a": {"in": 1, "out": 1, "kept": 1}}, ["a: in is 1, the rest 2"]),
        ({"a": {"in": 3, "out": 1, "kept": 1}, "b": {"in": 1, "out": 0}}, ["a: in is 3, the rest 2", "b: in is 1, the rest 0"]),
        ({"a": {"in": 3, "out": "x"}}, []),
    ],
)  # fmt: skip
def test_each_part_that_does_not_add_up_is_named(ledger, wrong):
    assert balance(ledger) == wrong
    if not wrong:
        assert close(ledger) is ledger


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({"n": 1}, {"n": 2}, {"n": 3}),
        ({"n": False}, {"n": False}, {"n": False}),
        ({"n": {"in": 1, "out": 0}}, {"n": {"in": 2, "out": 5}}, {"n": {"in": 3, "out": 5}}),
        ({"n": {"on": "a"}}, {"n": {"on": "a"}}, {"n": {"on": "a"}}),
        ({"n": [{"w": "b", "k": 1}]}, {"n": [{"w": "a", "k": 2}, {"w": "b", "k": 4}]}, {"n": [{"w": "a", "k": 2}, {"w": "b", "k": 5}]}),
    ],
)  # fmt: skip
def test_entries_of_two_parts_are_summed(one, other, wanted):
    assert add(one, other) == wanted


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, "one has ['a'], the other ['a', 'b']"),
        ({"a": "x"}, {"a": "y"}, "a is 'x' and 'y'"),
        ({"a": {"in": 1}}, {"a": {"out": 1}}, "a differs"),
        ({"a": 1}, {"a": False}, "a differs"),
        ({"a": {"in": 1}}, {"a": [1]}, "a differs"),
    ],
)
def test_what_two_parts_do_not_share_is_named(one, other, message):
    with pytest.raises(ValueError, match="cannot be added") as raised:
        add(one, other)
    assert str(raised.value) == f"ledgers of different runs cannot be added: {message}"


def test_a_ledger_is_sealed_until_an_entry_of_it_changes():
    sealed = seal({"rules": "jwst", "n": 1}, {"products": "f00d"})
    assert (sealed["contents"], list(sealed)) == ({"products": "f00d"}, ["run", "rules", "n", "contents"])
    assert is_sealed({**sealed, "outputs": ["a.csv"]})
    for other in ({**sealed, "n": 2}, {**sealed, "run": "0"}, {**sealed, "contents": {}}, {**sealed, "more": 1}):
        assert not is_sealed(other)
    assert not is_sealed({})
