from __future__ import annotations

import numpy as np
import pytest

from assistant.steps.liveness.learned_kinds import Change
from assistant.steps.liveness.two_kinds import TwoKinds


def told(shares, *, grain=3.0, two=None, fine=float("nan")) -> list[bool | None]:
    kinds = TwoKinds()
    twos = [float("nan")] * len(shares) if two is None else two
    return [
        kinds.tell(Change(share=each, grain_grey=grain, over_two=over_two, fine=fine))
        for each, over_two in zip(shares, twos, strict=True)
    ]


@pytest.mark.parametrize("line", [0.05, 0.2, 0.45])
def test_a_new_picture_is_told_after_minutes_of_held_ones(line):
    rng = np.random.default_rng(0)
    shares = line * np.exp(0.03 * rng.standard_normal(1200))
    shares[[300, 700, 1100]] = 1.0
    # The line's noise is another one in each frame; a new picture stays.
    two = line * np.exp(0.03 * rng.standard_normal(1200))
    two[[300, 301, 700, 701, 1100, 1101]] = 1.0
    got = told(shares.tolist(), two=two.tolist(), fine=0.5)
    assert np.flatnonzero(got[8:]).tolist() == [292, 692, 1092]


def test_changes_that_grow_over_two_frames_are_of_new_pictures():
    rng = np.random.default_rng(1)
    shares = 0.4 * np.exp(0.02 * rng.standard_normal(60))
    assert not any(told(shares.tolist(), two=shares.tolist(), fine=0.4)[8:])
    assert all(told(shares.tolist(), two=(1.25 * shares).tolist(), fine=0.4)[8:])


def test_changes_of_all_the_fine_grain_are_of_new_pictures():
    shares = [0.4] * 40
    assert all(told(shares, two=shares, fine=1.0))


def test_a_louder_line_is_not_a_new_picture_because_the_grain_is_another():
    """A line's noise is so many greys: a quieter picture under it makes a larger share of it."""
    kinds = TwoKinds()
    for k in range(60):
        kinds.tell(Change(share=1.0 if k % 4 == 0 else 0.2, grain_grey=5.0))
    assert not any(kinds.tell(Change(share=0.5, grain_grey=2.0)) for _ in range(20))
    assert kinds.tell(Change(share=1.0, grain_grey=5.0))


def test_pictures_that_move_do_not_become_what_still_ones_are_held_against():
    kinds = TwoKinds()
    for k in range(120):
        kinds.tell(Change(share=15.0 if k % 3 == 0 else 0.02, grain_grey=3.0))
    assert kinds.tell(Change(share=0.9, grain_grey=3.0))


def test_pictures_that_differ_little_more_than_the_line_are_not_lost():
    """Each shown twice: a strong filter under much noise; power grows over two frames by a tenth alone."""
    rng = np.random.default_rng(2)
    new = np.arange(400) % 2 == 0
    line, brings = 1.0, 0.42  # power in one frame, and in the change to a new picture
    one = np.sqrt((2.0 * line + brings * new) * (1.0 + 0.03 * rng.standard_normal(400)))
    both = np.sqrt((2.0 * line + brings) * (1.0 + 0.03 * rng.standard_normal(400)))
    got = np.array(told((one / 2.7).tolist(), grain=1.9, two=(both / 2.7).tolist()))
    # Most cannot be told one by one; that is said, and none is called the other.
    assert not any(each is False for each in got[new])
    assert not any(each is True for each in got[~new])
