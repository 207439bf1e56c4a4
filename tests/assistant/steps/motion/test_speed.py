from __future__ import annotations

import pytest

from assistant.acquisition import AcquisitionMemory, take_picture
from assistant.geometry import Similarity
from assistant.steps.motion.speed import SpeedMemory, too_fast
from assistant.vocabulary import Motion

MM_PER_PX = 0.5


def motion(x_mm: float, view_index: int = 0) -> Motion:
    similarity = Similarity(dx_px=x_mm / MM_PER_PX, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(10.0, 10.0))
    return Motion(view_index=view_index, similarity=similarity, confidence=1.0)


def said(places_mm: list[float], per_s: float, *, timed: bool = True) -> list[bool]:
    memory, beam = SpeedMemory(), AcquisitionMemory()
    return [
        too_fast(memory, motion(place), MM_PER_PX, take_picture(beam, k / per_s, timed=timed))
        for k, place in enumerate(places_mm)
    ]


@pytest.mark.parametrize("per_s", [30.0, 15.0, 8.0])
def test_a_table_push_is_too_fast_while_it_lasts(per_s):
    still, pushed = [0.0] * 8, [50.0 * (k + 1) / per_s for k in range(round(0.4 * per_s))]
    fast = said([*still, *pushed, *[pushed[-1]] * 12], per_s)
    assert not any(fast[: len(still)])
    late = round(0.1 * per_s)  # looked at over a tenth of a second
    assert all(fast[len(still) + late : len(still) + len(pushed)])
    assert not any(fast[len(still) + len(pushed) + round(0.2 * per_s) :])


def test_breathing_and_jitter_are_not():
    breathing = [6.0 * (k % 60) / 60 for k in range(60)]
    jitter = [0.9 * (k % 2) for k in range(60)]
    assert not any(said(breathing, 30.0))
    assert not any(said(jitter, 30.0))


def test_another_place_at_the_next_of_few_pictures_says_nothing_of_speed():
    assert not any(said([0.0, 0.0, 20.0, 20.0], 3.0))


def test_another_view_says_nothing_of_speed():
    memory, beam = SpeedMemory(), AcquisitionMemory()
    seen = [
        too_fast(memory, motion(30.0 * (k // 10), k // 10), MM_PER_PX, take_picture(beam, k / 30)) for k in range(20)
    ]
    assert not any(seen)


def test_pictures_whose_times_nobody_knows_have_no_speed():
    assert not any(said([0.0, 0.0, 0.0, 4.0, 8.0, 8.0, 0.0], 15.0, timed=False))
