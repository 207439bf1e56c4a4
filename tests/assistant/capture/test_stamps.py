from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.capture.stamps import StampClock

MS = Fraction(1, 1000)


def times(stamps: list[int | None], fps: float = 10.0) -> list[float]:
    clock = StampClock(MS, fps)
    return [clock.stamp(stamp) for stamp in stamps]


def test_true_stamps_are_told_from_the_first() -> None:
    assert times([500, 567, 633, 1200]) == pytest.approx([0.0, 0.067, 0.133, 0.7])


def test_without_stamps_the_nominal_rate_counts() -> None:
    assert times([None, None, None]) == pytest.approx([0.0, 0.1, 0.2])


def test_a_missing_stamp_costs_one_period_and_true_ones_take_over_again() -> None:
    assert times([0, 100, None, 310]) == pytest.approx([0.0, 0.1, 0.2, 0.31])


def test_a_clock_set_back_does_not_stop_the_time() -> None:
    assert times([0, 100, 20, 120, 220]) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_the_first_stamp_may_be_missing() -> None:
    assert times([None, 700, 800]) == pytest.approx([0.0, 0.1, 0.2])


@given(st.lists(st.one_of(st.none(), st.integers(-(2**40), 2**40)), max_size=40))
def test_time_never_falls(stamps: list[int | None]) -> None:
    told = times(stamps)
    assert all(late >= early for early, late in pairwise(told))
    assert told[:1] in ([], [0.0])
