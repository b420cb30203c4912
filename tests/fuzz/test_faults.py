"""Damaged inputs: whatever the damage, the end is one that may be. ``.ci/nightly`` counts ten thousand of them."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import count, targets
from tests.profiles import times


@pytest.mark.parametrize("target", targets.TARGETS)
@settings(times(0.4), suppress_health_check=list(HealthCheck))
@given(chance=st.randoms(use_true_random=False))
def test_a_damaged_input_ends_as_it_may(target, chance):
    kind, end = targets.attack(target, chance)
    assert kind
    assert end in targets.ENDS.values()


@pytest.mark.parametrize("target", targets.RUNS)
def test_every_seed_ends_as_it_may_undamaged(target, tmp_path):
    for path in targets.seeds(target):
        folder = tmp_path / path.name
        folder.mkdir()
        end, _ = targets.RUNS[target](path.name, path.read_bytes(), folder)
        assert end in targets.ENDS.values()


def test_an_end_that_may_not_be_is_seen(monkeypatch):
    def fail(fault, folder):
        return targets.demand(holds=False, what="the input is changed")

    monkeypatch.setitem(targets.TARGETS, "fits", targets.TARGETS["fits"]._replace(run=fail))
    with pytest.raises(targets.FaultError, match="fits: .*: the input is changed"):
        targets.attack("fits", Random(1))
    end = count.attack(1, seed=1, names=["fits"])
    assert (end.target, end.end) == ("fits", count.FAILED)
    assert "the input is changed" in end.failure


def test_the_count_is_by_kind_and_end(capsys):
    ends = [
        count.End("csv", "a bit", "done"),
        count.End("csv", "a bit", "rejected"),
        count.End("csv", "a byte", "done"),
    ]
    count.show(ends)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["csv", "a", "bit", "1", "1", "0", "0", "0"],
        ["csv", "a", "byte", "1", "0", "0", "0", "0"],
        ["all", "3", "2", "1", "0", "0", "0"],
    ]
