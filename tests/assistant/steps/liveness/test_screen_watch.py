"""Each picture of a screen is judged for itself; without a plan the one that changes is looked at."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assistant.settings.tree import Settings
from assistant.steps.liveness.screen_watch import ScreenWatch, picture_with
from assistant.vocabulary import Frame, FrameState
from tests.two_pictures import LEFT, RIGHT, Picture, film, screen

FILM = film(48)
SETTINGS = Settings().liveness
IN_LEFT, IN_RIGHT = (190.0, 300.0), (490.0, 300.0)


def frame(k: int, grey: Picture) -> Frame:
    return Frame(index=k, t_s=k / 15, grey=grey)


def live_right(k: int) -> Frame:
    return frame(k, screen((FILM[3], LEFT), (FILM[k], RIGHT)))


def test_without_a_plan_the_one_that_changes_is_looked_at() -> None:
    watch = ScreenWatch(SETTINGS)
    states = [watch.judge(live_right(k)).state for k in range(40)]
    assert [(each.where, each.looked_at, each.live) for each in sorted(watch.fields, key=lambda each: each.where)] == [
        ("left", False, False),
        ("right", True, True),
    ]
    assert FrameState.LIVE in states[-4:]
    assert FrameState.FROZEN not in states


def test_a_person_chooses_and_is_told_that_the_other_one_is_live() -> None:
    watch = ScreenWatch(SETTINGS)
    for k in range(6):
        watch.judge(live_right(k))
    watch.look_at(IN_LEFT)
    found = [watch.judge(live_right(k)) for k in range(6, 44)]
    assert FrameState.LIVE not in {each.state for each in found}
    assert found[-1].state is FrameState.FROZEN
    assert found[-1].elsewhere == "right"
    watch.look_at(None)
    watch.judge(live_right(44))
    assert [each.where for each in watch.fields if each.looked_at] == ["right"]


def test_with_a_plan_its_picture_is_looked_at_whatever_moves() -> None:
    watch = ScreenWatch(SETTINGS, [IN_LEFT], live_right(0))
    states = [watch.judge(live_right(k)).state for k in range(40)]
    assert FrameState.LIVE not in states[1:]
    assert states[-1] is FrameState.FROZEN
    assert "at the left" in watch.notes[0]


def test_a_screen_with_one_picture_has_nothing_to_choose() -> None:
    watch = ScreenWatch(SETTINGS)
    states = {watch.judge(frame(k, screen((FILM[k], LEFT)))).state for k in range(20)}
    assert states == {FrameState.LIVE, FrameState.REPEAT}
    assert watch.fields == ()
    assert watch.notes == ()


def test_the_reference_is_shown_alone() -> None:
    alone = picture_with(IN_RIGHT, live_right(9))
    assert not alone.grey[:, : RIGHT[0] - 12].any()
    assert alone.grey[200:400, RIGHT[0] + 20 : RIGHT[0] + 280].all()


def test_few_frames_a_second_are_enough_to_tell_the_live_one() -> None:
    """An analysis that comes too late passes frames over: a picture that is live in them is not called held."""
    watch = ScreenWatch(SETTINGS)
    for k in range(0, 48, 6):
        found = watch.judge(Frame(index=k, t_s=k / 5, grey=live_right(k).grey))
    assert [(each.where, each.live) for each in watch.fields if each.looked_at] == [("right", True)]
    watch.look_at(IN_LEFT)
    for k in range(48, 66, 6):
        found = watch.judge(Frame(index=k, t_s=k / 5, grey=live_right(k - 28).grey))
    assert found.elsewhere == "right"


def pulsed(per_s: float, *, fps: float = 15.0, also_left: bool = False) -> Callable[[int], Frame]:
    """The film in the right picture, with new noise at each pulse; the left one held, or pulsed with it."""

    def made(k: int) -> Frame:
        pulse = int(k / fps * per_s + 1e-9)
        # So much that a picture of the film that comes again is another one.
        noise = np.random.default_rng(pulse).normal(0.0, 9.0, FILM[0].shape)
        new = np.clip(FILM[pulse % 48] + noise, 0, 255).astype(np.uint8)
        return Frame(index=k, t_s=k / fps, grey=screen((new if also_left else FILM[3], LEFT), (new, RIGHT)))

    return made


@pytest.mark.parametrize("per_s", [0.5, 1.0, 1.5, 3.0, 15.0])
def test_at_any_pulse_rate_the_live_one_is_told_without_a_break_and_once(per_s: float) -> None:
    drawn = pulsed(per_s)
    watch = ScreenWatch(SETTINGS, [IN_LEFT], drawn(0))
    told = [(k / 15, watch.judge(drawn(k)).elsewhere) for k in range(12 * 15)]
    first_s = next(t_s for t_s, at in told if at)
    assert first_s <= max(SETTINGS.frozen_after_s, 2.0 / per_s) + 0.5
    assert {at for t_s, at in told if t_s >= first_s} == {"right"}
    assert sum("was live" in note for note in watch.notes) == 1
    stops = [watch.judge(replace(drawn(179), index=k, t_s=k / 15)).elsewhere for k in range(180, 180 + 6 * 15)]
    assert stops[-1] == "", "a picture that has stopped is not called live"
    again = [watch.judge(replace(drawn(k), index=k, t_s=k / 15)).elsewhere for k in range(270, 360)]
    assert "right" in again
    assert sum("was live" in note for note in watch.notes) == 1, "told once a place"


@pytest.mark.parametrize("per_s", [0.5, 1.0])
def test_slow_pulses_in_both_pictures_make_neither_the_wrong_one(per_s: float) -> None:
    drawn = pulsed(per_s, also_left=True)
    watch = ScreenWatch(SETTINGS, [IN_LEFT], drawn(0))
    told = [watch.judge(drawn(k)).elsewhere for k in range(12 * 15)]
    assert set(told[int(3 * 15 / per_s) :]) == {""}


def test_two_single_shots_are_no_pulses() -> None:
    """A held picture that a person changes for another is not live."""
    watch = ScreenWatch(SETTINGS, [IN_LEFT], live_right(0))
    told = []
    for k in range(20 * 15):
        told.append(watch.judge(Frame(index=k, t_s=k / 15, grey=live_right(6 * (k // 60)).grey)).elsewhere)
    assert set(told) == {""}
