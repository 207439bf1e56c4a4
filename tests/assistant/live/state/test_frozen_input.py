from collections.abc import Callable
from dataclasses import replace

from assistant.live.messages import LiveMoment
from assistant.live.state.frozen_input import FrozenInputDetector
from assistant.vocabulary import FrameState

MS = 1_000_000

Made = Callable[..., LiveMoment]


def seen(frozen: FrozenInputDetector, moment: Made, pictures: list[int], state: FrameState, start: int = 0) -> None:
    for k, picture in enumerate(pictures):
        frozen.see(moment(state, picture=picture, captured_ns=(start + k) * 40 * MS))


def test_only_a_source_whose_held_pictures_had_noise_can_be_stuck(moment: Made) -> None:
    frozen = FrozenInputDetector()
    seen(frozen, moment, list(range(40)), FrameState.FROZEN)
    assert not frozen.is_frozen
    seen(frozen, moment, [39] * 10, FrameState.FROZEN, 40)
    assert frozen.is_frozen


def test_a_source_that_repeats_bit_by_bit_between_pulses_is_never_stuck(moment: Made) -> None:
    frozen = FrozenInputDetector()
    seen(frozen, moment, [k // 4 for k in range(200)], FrameState.REPEAT)
    seen(frozen, moment, [50] * 100, FrameState.FROZEN, 200)
    assert not frozen.is_frozen


def test_frames_that_do_not_come_are_no_proof(moment: Made) -> None:
    """A machine that is starved of its cores gives few frames, not identical ones."""
    frozen = FrozenInputDetector()
    seen(frozen, moment, list(range(40)), FrameState.FROZEN)
    seen(frozen, moment, [39], FrameState.FROZEN, 90)
    assert not frozen.is_frozen


def test_what_moves_in_another_picture_of_the_screen_is_no_noise_of_the_held_one(
    moment: Made,
) -> None:
    frozen = FrozenInputDetector()
    for k in range(40):
        held = moment(FrameState.FROZEN, picture=k, captured_ns=k * 40 * MS)
        frozen.see(replace(held, same_field=True))
    seen(frozen, moment, [39] * 10, FrameState.FROZEN, 40)
    assert not frozen.is_frozen
