"""Exposures, pauses, film time and X-ray time, from the times at which new pictures appear in a video."""

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.acquisition import Acquisition, AcquisitionMemory, AcquisitionMode, decide, take_picture
from assistant.vocabulary import Unknown

CONTINUOUS = ((0.0, 20.0),)
SHORT = tuple((at, at + length) for at, length in zip(range(1, 90, 9), np.linspace(0.5, 2.0, 10), strict=True))
SHOTS = tuple((float(at), at + 0.01) for at in range(2, 120, 8))


def seen(exposures: Sequence[tuple[float, float]], pulses_per_s: float, fps: float) -> list[float]:
    """When a video of so many frames a second shows a new picture: each pulse is in the next frame."""
    times: list[float] = []
    for began_s, ended_s in exposures:
        pulses = np.arange(began_s, ended_s, 1 / pulses_per_s)
        times += sorted({float(np.ceil(at * fps - 1e-6) / fps) for at in pulses})
    return times


def taken(times: Sequence[float]) -> tuple[AcquisitionMemory, list[Acquisition]]:
    memory = AcquisitionMemory()
    return memory, [take_picture(memory, t_s) for t_s in times]


@pytest.mark.parametrize("fps", [25.0, 50.0, 60.0])
@pytest.mark.parametrize("pulses_per_s", [3.0, 4.0, 7.5, 12.5, 15.0, 25.0, 30.0])
def test_xray_time_of_film_is_right_to_5_percent(pulses_per_s, fps):
    for exposures in (CONTINUOUS, SHORT):
        memory, _ = taken(seen(exposures, pulses_per_s, fps))
        pulses = [len(np.arange(began, ended, 1 / pulses_per_s)) / pulses_per_s for began, ended in exposures]
        assert len(memory.xray_s) == len(exposures)
        assert sum(memory.xray_s) == pytest.approx(sum(pulses), rel=0.05)


def test_each_single_shot_is_an_exposure_of_one_pulse():
    memory, pictures = taken(seen(SHOTS, 15.0, 25.0))
    assert [each.exposure for each in pictures] == list(range(len(SHOTS)))
    assert sum(memory.xray_s) == pytest.approx(len(SHOTS) * 0.1), "nobody knows the rate of one picture"
    known, _ = taken(seen([(-10.0, -5.0), *SHOTS], 7.5, 25.0))
    assert sum(known.xray_s) == pytest.approx(5.0 + len(SHOTS) / 7.5, rel=0.05)
    assert pictures[3].mode is AcquisitionMode.SINGLE_SHOTS
    assert all(each.pause_s == pytest.approx(8.0, abs=0.1) for each in pictures[1:])
    assert all(each.picture == 0 for each in pictures)
    assert isinstance(pictures[-1].pulses_per_s, Unknown)


def test_a_pause_is_no_film():
    memory, pictures = taken(seen([(0.0, 1.0), (11.0, 12.0)], 10.0, 50.0))
    first_again = next(each for each in pictures if each.exposure == 1)
    assert first_again.picture == 0
    assert first_again.pause_s == pytest.approx(10.1)
    assert first_again.film_s == pytest.approx(1.0)
    assert pictures[-1].film_s == pytest.approx(1.9)
    assert pictures[-1].since_beam_on_s == pytest.approx(0.9)
    assert pictures[-1].pause_s == 0.0
    assert memory.xray_s == pytest.approx((1.0, 1.0))


def test_modes():
    _, film = taken(seen(CONTINUOUS, 15.0, 30.0))
    _, short = taken(seen(SHORT, 15.0, 30.0))
    _, shots = taken(seen(SHOTS, 15.0, 30.0))
    assert {each.mode for each in film if each.film_s < 3} == {AcquisitionMode.UNKNOWN}
    assert {each.mode for each in film if each.film_s > 3.1} == {AcquisitionMode.CONTINUOUS}
    assert {each.mode for each in short if each.exposure > 1} == {AcquisitionMode.SHORT_EXPOSURES}
    assert {each.mode for each in shots if each.exposure > 0} == {AcquisitionMode.SINGLE_SHOTS}


def test_slow_pulses_are_no_shots_and_a_rate_may_change():
    _, slow = taken([float(at) for at in range(20)])
    assert slow[-1].exposure == 0, "one pulse a second is film"
    _, changed = taken([*np.arange(0, 10, 1 / 15), *np.arange(10, 40, 1.0)])
    assert changed[-1].exposure - changed[-10].exposure == 0
    assert changed[-1].pulses_per_s == pytest.approx(1.0)


def test_some_lost_frames_make_no_pause():
    times = [at for at in np.arange(0, 10, 1 / 15) if not 4.0 < at < 4.45]
    memory, _ = taken(times)
    assert len(memory.exposures) == 1


def test_times_that_go_back_begin_anew():
    memory, pictures = taken([0.0, 0.1, 0.2, 0.0, 0.1])
    assert [each.exposure for each in pictures] == [0, 0, 0, 1, 1]
    assert all(each.pause_s == 0.0 for each in pictures)
    assert len(memory.xray_s) == 2


def test_a_picture_that_was_not_seen_does_not_slow_the_pulses_down():
    memory, _ = taken([0.0, 0.24, 0.76, *np.arange(8.0, 80.0, 8.0)])
    assert memory.pulses_per_s == pytest.approx(4.0, rel=0.05)
    assert sum(memory.xray_s) == pytest.approx((4 + 9) / 4.0, rel=0.05)


def test_without_times_a_picture_may_be_a_shot_of_its_own():
    memory = AcquisitionMemory()
    pictures = [take_picture(memory, k / 15, timed=False) for k in range(4)]
    assert [each.passed_s for each in pictures] == [0.0, 1.0, 2.0, 3.0]
    assert all(each.began_s == each.passed_s for each in pictures)
    _, film = taken(seen(SHORT, 10.0, 50.0))
    assert all(each.passed_s == each.t_s and each.began_s <= each.t_s for each in film)


def test_without_times_no_pause_is_seen_whatever_is_held():
    memory = AcquisitionMemory()
    pictures = [take_picture(memory, k / 15, timed=False) for k in (*range(40), *range(70, 75))]
    assert [each.passed_s for each in pictures] == list(range(45))
    assert {each.exposure for each in pictures} == {0}


def test_what_could_not_be_told_is_counted_once_it_is_decided() -> None:
    """The first pictures of a film are in doubt, then held ones: both are decided when the kinds are known."""
    memory, plain = AcquisitionMemory(), AcquisitionMemory()
    for k in range(60):
        take_picture(memory, k / 15, in_doubt=k < 30)
        if k < 20 or k >= 30:
            take_picture(plain, k / 15)
    assert memory.doubt is not None
    decide(memory, 4.0, [(4.0 - k / 15, k < 20) for k in range(30)])
    assert memory.doubt is None
    assert not memory.undecided
    assert memory.xray_s == pytest.approx(plain.xray_s, abs=1e-6)


def test_of_pictures_in_doubt_for_long_no_more_than_the_newest_are_kept_open() -> None:
    memory = AcquisitionMemory()
    for k in range(4000):
        take_picture(memory, k / 15, in_doubt=k == 0 or k % 500 < 250)
    assert len(memory.undecided) <= 512
    doubtful_s = sum(last_s - first_s for first_s, last_s in memory.doubts_s)
    assert doubtful_s == pytest.approx(4000 / 15 / 2, rel=0.05)
    assert sum(memory.xray_s) == pytest.approx(4000 / 15 / 2, rel=0.05)
