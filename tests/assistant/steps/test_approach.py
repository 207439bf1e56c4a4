import numpy as np
import pytest

from assistant.acquisition import AcquisitionMemory, take_picture
from assistant.steps.approach import ApproachMemory, follow_approach
from assistant.vocabulary import Approach, Unknown


def followed(times: np.ndarray, distances: np.ndarray) -> list[Approach]:
    memory, beam = ApproachMemory(), AcquisitionMemory()
    return [
        follow_approach(memory, take_picture(beam, float(t)), float(d)) for t, d in zip(times, distances, strict=True)
    ]


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 4.0, 7.5, 15.0, 30.0])
def test_a_steady_front_has_its_speed_and_time(rate_hz: float) -> None:
    times = np.arange(0, 8, 1 / rate_hz)
    last = followed(times, 8.0 - 0.7 * times)[-1]
    assert last.approach_mm_per_s == pytest.approx(0.7)
    assert last.time_to_line_s == pytest.approx((8.0 - 0.7 * times[-1]) / 0.7)


def test_a_front_that_stands_has_no_time() -> None:
    times = np.arange(0, 4, 1 / 15)
    last = followed(times, np.full(len(times), 3.0))[-1]
    assert last.approach_mm_per_s == pytest.approx(0.0)
    assert last.time_to_line_s == Unknown("the cement does not come nearer")


def test_a_pause_between_stages_is_understood_within_the_window() -> None:
    times = np.arange(0, 12, 1 / 7.5)
    distances = np.where(times < 4, 9 - times, np.where(times < 8, 5.0, 5.0 - (times - 8)))
    answers = followed(times, distances)
    speed = {round(float(t), 3): a.approach_mm_per_s for t, a in zip(times, answers, strict=True)}
    at = sorted(speed)

    def near(t_s: float) -> float:
        value = speed[min(at, key=lambda t: abs(t - t_s))]
        assert isinstance(value, float)
        return value

    assert near(3.9) == pytest.approx(1.0, abs=0.05)
    assert near(6.6) == pytest.approx(0.0, abs=0.02)
    assert near(10.6) == pytest.approx(1.0, abs=0.05)


def test_one_wrong_picture_does_not_move_the_speed() -> None:
    times = np.arange(0, 2.4, 1 / 7.5)
    distances = 6.0 - 0.5 * times
    distances[9] -= 4.0
    assert followed(times, distances)[-1].approach_mm_per_s == pytest.approx(0.5, abs=0.05)


def test_noise_alone_seldom_gives_a_time() -> None:
    rng = np.random.default_rng(3)
    times = np.arange(0, 2.4, 1 / 7.5)
    said = [followed(times, 5 + 0.3 * rng.standard_normal(len(times)))[-1] for _ in range(300)]
    with_time = sum(isinstance(answer.time_to_line_s, float) for answer in said)
    assert with_time <= 0.06 * len(said)


def test_too_few_pictures_are_a_reason() -> None:
    answers = followed(np.array([0.0, 0.4, 0.8]), np.array([5.0, 4.0, 3.0]))
    assert {answer.approach_mm_per_s for answer in answers} == {Unknown("too few pictures to tell a speed")}


def test_a_reached_line_has_a_speed_and_no_time() -> None:
    times = np.arange(0, 2.4, 1 / 7.5)
    last = followed(times, 1.0 - times)[-1]
    assert last.approach_mm_per_s == pytest.approx(1.0)
    assert last.time_to_line_s == Unknown("the line is reached")


def test_a_far_line_has_no_time() -> None:
    times = np.arange(0, 2.4, 1 / 7.5)
    last = followed(times, 20 - 0.2 * times)[-1]
    assert last.time_to_line_s == Unknown("more than a minute at this speed")


def test_an_unmeasured_picture_says_why_and_old_ones_are_forgotten() -> None:
    memory, beam = ApproachMemory(), AcquisitionMemory()
    for t in np.arange(0, 2.4, 0.1):
        follow_approach(memory, take_picture(beam, float(t)), 5.0 - float(t))
    why = Unknown("no cement seen")
    assert follow_approach(memory, take_picture(beam, 2.5), why) == Approach(approach_mm_per_s=why, time_to_line_s=why)
    assert isinstance(follow_approach(memory, take_picture(beam, 30.0), 1.0).approach_mm_per_s, Unknown)
    assert len(memory.seen) <= 4


def test_memory_stays_small() -> None:
    memory, beam = ApproachMemory(), AcquisitionMemory()
    for t in np.arange(0, 60, 1 / 60):
        follow_approach(memory, take_picture(beam, float(t)), 5.0)
    assert len(memory.seen) <= 152


def test_a_pause_is_no_time_in_which_cement_comes_nearer() -> None:
    """Short exposures: after each pause there is more cement, within one it stands."""
    times = np.concatenate([start + np.arange(0, 1.2, 1 / 15) for start in (0.0, 3.0, 6.0)])
    distances = 8.0 - np.floor(times / 3.0)
    answers = followed(times, distances)
    speeds = [each.approach_mm_per_s for each in answers if not isinstance(each.approach_mm_per_s, Unknown)]
    assert speeds == pytest.approx([0.0] * len(speeds))
    assert isinstance(answers[18].approach_mm_per_s, Unknown), "the first picture after a pause has no speed"
