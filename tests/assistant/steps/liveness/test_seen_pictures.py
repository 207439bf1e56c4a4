"""A picture is known again by its grain, and by nothing else."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.steps.liveness.seen_pictures import SeenPictures, Signature
from assistant.vocabulary import Frame

SIZE = 160
ANATOMY = np.add.outer(60 * np.sin(np.arange(SIZE) / 9.0), 40 * np.cos(np.arange(SIZE) / 14.0)) + 120


def shown(k: int, *, shift: int = 0, dose: float = 1.0) -> Frame:
    """Picture number k of a phantom that stands still (or was moved): the same but for its grain."""
    grain = np.random.default_rng(k).normal(0.0, 6.0 / dose**0.5, ANATOMY.shape)
    return frame(k / 15, np.roll(ANATOMY, shift, axis=1) + grain)


def frame(t_s: float, grey: NDArray[np.float64]) -> Frame:
    return Frame(index=0, t_s=t_s, grey=np.clip(np.rint(grey), 0, 255).astype(np.uint8))


def told(seen: SeenPictures, picture: Frame) -> bool:
    """Whether it was seen before; if not, it is kept, as the step does."""
    signature = seen.signature(picture)
    assert signature is not None
    if seen.recalls(signature):
        return True
    seen.keep(signature)
    return False


def test_a_phantom_that_stands_still_is_new_each_time_and_its_pictures_are_known_again() -> None:
    seen = SeenPictures()
    assert not any(told(seen, shown(k)) for k in range(200))
    assert all(told(seen, shown(k)) for k in range(100, 130))
    assert all(told(seen, shown(k)) for k in (7, 199, 3, 198, 0)), "in any order, however long ago"
    assert not told(seen, shown(200))
    assert not told(seen, shown(201))


def test_what_a_cable_or_a_codec_adds_hides_no_picture() -> None:
    seen, line = SeenPictures(), np.random.default_rng(5)

    def over_cable(k: int) -> Frame:
        picture = shown(k)
        return frame(picture.t_s, picture.grey + line.normal(0.0, 2.0, picture.grey.shape))

    assert not any(told(seen, over_cable(k)) for k in range(60))
    assert all(told(seen, over_cable(k)) for k in range(20, 60))


def test_a_place_that_is_come_back_to_and_another_dose_are_no_replay() -> None:
    seen = SeenPictures()
    shifts = [0] * 20 + list(range(40)) + [0] * 20 + [25] * 10 + [0] * 10
    assert not any(told(seen, shown(k, shift=shift)) for k, shift in enumerate(shifts))
    assert not any(told(seen, shown(1000 + k, dose=4.0)) for k in range(30))
    assert not any(told(seen, shown(2000 + k)) for k in range(30))


def test_grain_behind_a_recursive_filter_is_shared_with_the_pictures_just_before_alone() -> None:
    seen, mixed, grains = SeenPictures(), np.zeros(ANATOMY.shape), []
    for k in range(80):
        mixed = 0.7 * mixed + 0.3 * np.random.default_rng(k).normal(0.0, 12.0, ANATOMY.shape)
        grains.append(mixed)
        assert not told(seen, frame(k / 15, ANATOMY + mixed))
    assert all(told(seen, frame(10 + k / 15, ANATOMY + grains[k])) for k in range(20, 80))


def test_a_part_of_a_picture_that_is_the_same_makes_it_no_other_one() -> None:
    """A codec has smoothed the grain out of it, or nothing but the blades' shadow is there."""
    seen = SeenPictures()
    for k in range(40):
        grey = shown(k).grey.copy()
        grey[40:90] = ANATOMY[40:90].astype(np.uint8)
        assert not told(seen, Frame(index=0, t_s=k / 15, grey=grey))


def bone(fine: float, size: int = 320) -> NDArray[np.float32]:
    """Anatomy with structure as fine as grain, so large (grey)."""
    white = np.random.default_rng(7).normal(size=(2, size, size)).astype(np.float32)
    coarse, trabeculae = cv2.GaussianBlur(white[0], (0, 0), 20), cv2.GaussianBlur(white[1], (0, 0), 1.5)
    return np.asarray(120 + 25 * coarse / coarse.std() + fine * trabeculae / trabeculae.std(), dtype=np.float32)


class Fluoroscopy:
    """Live pictures of a scene; what of them is told to be a replay is counted."""

    def __init__(self, scene: NDArray[np.float32], kept_share: float = 1.0) -> None:
        self.scene, self.kept_share, self.chance = scene, kept_share, np.random.default_rng(3)
        self.seen, self.t_s, self.breath, self.replays = SeenPictures(), 0.0, 0.0, 0

    def expose(self, pictures: int, grain: float, *, swing_px: float = 0.0, field: float = 1.0) -> None:
        """One exposure, 5 s after the one before; breathing, behind a recursive filter and blades."""
        mixed, size = None, self.scene.shape[0]
        self.t_s += 5.0
        for _ in range(pictures):
            self.t_s += 1 / 15
            self.breath += (1.0 + self.chance.normal(0.0, 0.02)) / 60  # 4 s, no two alike
            y = swing_px * abs(np.sin(np.pi * self.breath)) ** 3
            moved = cv2.warpAffine(
                self.scene, np.array([[1, 0, 0.3 * y], [0, 1, y]]), (size, size), borderMode=cv2.BORDER_REFLECT
            )
            grey = moved + self.chance.normal(0.0, grain, moved.shape)
            mixed = grey if mixed is None else self.kept_share * grey + (1 - self.kept_share) * mixed
            shown_grey, edge = np.zeros_like(mixed), round((1 - field) / 2 * size)
            inside = slice(edge, size - edge)
            shown_grey[inside, inside] = mixed[inside, inside]
            self.replays += told(self.seen, frame(self.t_s, shown_grey))


@pytest.mark.parametrize("kept_share", [1.0, 0.5])
def test_two_doses_in_turn_are_live(kept_share: float) -> None:
    room = Fluoroscopy(bone(3.0), kept_share)
    for _ in range(3):
        room.expose(20, 8.0)
        room.expose(20, 2.0)
    assert room.replays == 0


def test_quiet_single_shots_between_noisy_fluoroscopy_are_live() -> None:
    room = Fluoroscopy(bone(3.0))
    for _ in range(6):
        room.expose(20, 8.0)
        room.expose(1, 2.0)
    assert room.replays == 0


@pytest.mark.parametrize("field", [0.5, 0.3, 0.2])
def test_a_field_collimated_tightly_is_live(field: float) -> None:
    room = Fluoroscopy(bone(2.0, 512))
    room.expose(20, 4.0)
    room.expose(40, 4.0, field=field)
    assert room.replays == 0


@pytest.mark.parametrize(
    ("fine", "grain", "kept_share", "swing_px"), [(8.0, 1.0, 0.4, 0.0), (4.0, 2.0, 1.0, 15.0), (4.0, 2.0, 0.4, 4.0)]
)
def test_a_quiet_phantom_and_a_breathing_patient_are_live(
    fine: float, grain: float, kept_share: float, swing_px: float
) -> None:
    """Bone larger than the grain decides most signs, and the same phase of a breath comes again."""
    room = Fluoroscopy(bone(fine), kept_share)
    for _ in range(3):
        room.expose(60, grain, swing_px=swing_px)
    assert room.replays == 0


def test_a_replay_of_another_dose_or_of_a_collimated_field_is_known() -> None:
    room = Fluoroscopy(bone(3.0))
    room.expose(20, 8.0)
    room.expose(30, 2.0)
    room.expose(30, 2.0, field=0.7)
    again = Fluoroscopy(room.scene)
    again.seen = room.seen
    again.expose(20, 8.0)
    again.expose(30, 2.0)
    again.expose(30, 2.0, field=0.7)
    assert (room.replays, again.replays) == (0, 80)


def test_pictures_near_to_earlier_ones_in_any_order_are_no_replay_for_long() -> None:
    """What was called a replay is not kept; so one that is none has to end by itself."""
    seen, chance = SeenPictures(), np.random.default_rng(2)
    everywhere = np.full(256, 255, np.uint8)

    def given(bits: NDArray[np.bool_], k: int) -> bool:
        signature = Signature(np.packbits(bits), everywhere, 6.0, (100, 100), k / 15)
        found = seen.recalls(signature)
        if not found:
            seen.keep(signature)
        return found

    pictures = [chance.random(2048) < 0.5 for _ in range(60)]
    assert not any(given(bits, k) for k, bits in enumerate(pictures))
    near = [bits ^ (chance.random(2048) < 0.15) for bits in pictures]
    assert all(given(bits, 100 + k) for k, bits in enumerate(near[10:30]))
    mixed = [given(near[k], 200 + n) for n, k in enumerate(range(54, 0, -6))]
    assert not all(mixed)


def test_what_is_kept_is_bounded_and_the_oldest_are_forgotten() -> None:
    seen = SeenPictures(most=50)
    assert not any(told(seen, shown(k)) for k in range(80))
    assert len(seen) == 50
    assert all(told(seen, shown(k)) for k in range(31, 80))
    assert not told(seen, shown(10))
    nothing = SeenPictures(most=0)
    assert nothing.signature(shown(0)) is None


def test_two_hours_of_different_grain_hold_no_picture_twice() -> None:
    """108 000 pictures at 15 a second, as signs of independent grain: the nearest of all pairs is far from the limit.

    By arithmetic: signs that differ at 2048 places with a chance of 0.4 each do so at fewer than 0.7 x 0.4 of them by
    chance 11 standard deviations below the mean, once in 10^28 pairs; 5.8 x 10^9 pairs are made in two hours.
    """
    seen, chance = SeenPictures(), np.random.default_rng(11)
    scene, everywhere = chance.random(2048) < 0.5, np.full(256, 255, np.uint8)
    for k in range(108_000):
        flips = np.packbits(chance.integers(0, 256, 2048, dtype=np.uint8) < 57)  # pairs differ at 0.35 of the places
        signature = Signature(np.packbits(scene) ^ flips, everywhere, 6.0, (100, 100), k / 15)
        assert k % 100 or not seen.recalls(signature)
        seen.keep(signature)
    assert len(seen) == 65_536


@pytest.mark.parametrize("white", [255, 65535])
def test_a_picture_too_small_has_no_signature(white: int) -> None:
    grey = np.zeros((40, 40), np.uint16 if white > 255 else np.uint8)
    assert SeenPictures().signature(Frame(index=0, t_s=0.0, grey=grey, white=white)) is None
