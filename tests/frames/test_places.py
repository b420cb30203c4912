"""Places: positions within a tolerance of each other are one, and neither order nor rounding counts."""

import numpy as np
import pytest
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


@pytest.mark.parametrize(
    ("ra", "dec", "ranks"),
    [
        ([360.5, 10.0], [0.0, 0.0], [0, 1]), ([-0.5, 359.0], [0.0, 0.0], [1, 0]), ([-0.5, 359.8], [0.0, 0.0], [0, 1]),
        ([360.0, 0.0, 720.0], [0.0, 0.0, 0.0], [0, 0, 0]), ([5.0, 5.0], [0.0, -0.0], [0, 0]),
        ([5.0, 5.0], [10.0, -10.0], [1, 0]), ([6.0, 5.0], [-10.0, 10.0], [1, 0]),
        ([5.0, 5.0], [0.0, 0.999 / 3600], [0, 0]), ([5.0, 5.0], [0.0, 1.001 / 3600], [0, 1]),
        ([5.0, 5.0 + 0.999 / 3600], [0.0, 0.0], [0, 0]), ([5.0, 5.0 + 1.001 / 3600], [0.0, 0.0], [0, 1]),
        ([5.0, 5.0 + 1.998 / 3600], [60.0, 60.0], [0, 0]), ([5.0, 5.0 + 2.002 / 3600], [60.0, 60.0], [0, 1]),
        ([7.0, 5.0, 7.0, 5.0], [1.0, 1.0, 1.0, 1.0], [1, 0, 1, 0]),
        ([5.0, 9.0, 5.0], [0.0, 0.5 / 3600, 0.9 / 3600], [0, 1, 0]),
    ],
)  # fmt: skip
def test_positions_within_an_arcsecond_are_one_place_in_the_order_of_the_sky(ra, dec, ranks):
    assert rank_places(np.zeros(len(ra), dtype=int), np.array(ra), np.array(dec), 1.0).tolist() == ranks


def test_positions_are_linked_through_all_between_them():
    dec = np.array([4.5, 0.0, 2.7, 0.9, 3.6, 1.8, 9.0]) / 3600
    assert rank_places(np.zeros(7, dtype=int), np.full(7, 5.0), dec, 1.0).tolist() == [0, 0, 0, 0, 0, 0, 1]
    groups = np.array([0, 0, 1, 0, 0, 1, 0])
    assert rank_places(groups, np.full(7, 5.0), dec, 1.0).tolist() == [1, 0, 3, 0, 1, 3, 2]
