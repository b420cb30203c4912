"""Places: positions within a tolerance of each other are one, and neither order nor rounding counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scrub.frames.places import rank_places

STEPS = st.lists(st.integers(0, 30), min_size=1, max_size=12)  # in units of the tolerance


@given(STEPS, st.sampled_from([0.0, 359.999, 12.5]))
def test_places_are_chains_of_near_positions(steps, start):
    dec, ra = np.zeros(len(steps)), (start + np.array(steps) * 0.99 / 3600) % 360
    ranks = rank_places(np.zeros(len(steps), dtype=int), ra, dec, 1.0)
    distinct = sorted(set(steps))
    chain = dict(zip(distinct, np.cumsum([0, *(np.diff(distinct) > 1)]), strict=True))
    told = {(chain[step], rank) for step, rank in zip(steps, ranks.tolist(), strict=True)}
    assert len(told) == len({number for number, _ in told}) == len(set(ranks.tolist()))


@given(STEPS, st.permutations(range(12)))
def test_the_order_of_rows_changes_no_rank(steps, order):
    order = [i for i in order if i < len(steps)]
    groups, ra = np.array(steps) % 2, 5 + np.array(steps) * 0.7 / 3600
    ranks = rank_places(groups, ra, ra, 1.0)
    assert rank_places(groups[order], ra[order], ra[order], 1.0).tolist() == ranks[order].tolist()


def test_places_of_two_groups_are_two_and_come_in_their_order():
    ranks = rank_places(np.array([1, 0, 1]), np.array([10.0, 20.0, 30.0]), np.zeros(3), 1.0)
    assert ranks.tolist() == [1, 0, 2]


def test_near_a_pole_right_ascensions_are_near():
    assert rank_places(
        np.zeros(2, dtype=int), np.array([0.0, 180.0]), np.array([89.99999, 89.99999]), 1.0
    ).tolist() == [0, 0]


def test_a_whole_turn_is_the_meridian_and_comes_first():
    assert rank_places(np.zeros(2, dtype=int), np.array([360.0, 10.0]), np.zeros(2), 1.0).tolist() == [0, 1]
