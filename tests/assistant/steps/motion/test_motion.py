from __future__ import annotations

import numpy as np
import pytest

from assistant.imaging.xray_field import find_field
from assistant.steps.motion.alignment import Pyramid, averaged, learn_pyramid_level
from assistant.steps.motion.motion import MotionMemory, _believed, _is_neighbour, follow, start_following
from assistant.vocabulary import Frame, Motion, Unknown


def started(vertebra) -> MotionMemory:
    reference = vertebra.frame()
    return start_following(
        0,
        reference.grey,
        255,
        find_field(reference.grey, 255),
        vertebra.mm_per_px,
        vertebra.body_px,
        vertebra.centre_px,
    )


def found(memory: MotionMemory, frame: Frame) -> Motion | Unknown:
    return follow([memory], 0, Pyramid(grey=frame.grey, white=frame.white), None)[0]


def corner_error_mm(vertebra, motion: Motion, true) -> float:
    ours, truth = motion.similarity.current_from_reference(), true.current_from_reference()
    points = vertebra.body_px
    gap = points @ ours[:, :2].T + ours[:, 2] - points @ truth[:, :2].T - truth[:, 2]
    return float(np.linalg.norm(gap, axis=1).mean()) * vertebra.mm_per_px


@pytest.mark.parametrize("inverted", [False, True])
def test_breathing_is_followed_below_the_pixel(tabletop, moved_by, inverted):
    vertebra = tabletop(inverted=inverted)
    memory = started(vertebra)
    errors = []
    for k in range(25):
        true = moved_by(2.0 * np.sin(k / 4), 4.0 * np.sin(k / 4 + 0.5), 0.5 * np.sin(k / 5))
        motion = found(memory, vertebra.frame(similarity=true))
        assert isinstance(motion, Motion)
        errors.append(corner_error_mm(vertebra, motion, true))
    assert np.median(errors) < 0.10
    assert max(errors) < 0.30


@pytest.mark.parametrize(("dx", "dy", "turn"), [(60, 20, 0), (-50, -45, 0), (20, 70, 5), (0, 0, -9)])
def test_a_jump_is_found_in_the_very_next_picture(tabletop, moved_by, dx, dy, turn):
    vertebra = tabletop()
    memory = started(vertebra)
    found(memory, vertebra.frame())
    true = moved_by(dx, dy, turn)
    motion = found(memory, vertebra.frame(similarity=true))
    assert isinstance(motion, Motion)
    assert corner_error_mm(vertebra, motion, true) < 0.4


def test_exposure_steps_move_nothing(tabletop, moved_by):
    vertebra = tabletop()
    memory = started(vertebra)
    for gain in (1.0, 1.3, 0.7, 1.1):
        motion = found(memory, vertebra.frame(gain=gain, similarity=moved_by(1.5, -1.0)))
        assert isinstance(motion, Motion)
        assert corner_error_mm(vertebra, motion, moved_by(1.5, -1.0)) < 0.2


def test_another_picture_is_not_taken_for_the_vertebra(tabletop):
    memory = started(tabletop())
    noise = np.random.default_rng(3).integers(60, 200, (300, 320)).astype(np.uint8)
    motion = found(memory, Frame(index=1, t_s=0.1, grey=noise))
    assert isinstance(motion, Unknown)
    assert motion.reason


def test_a_mirrored_picture_is_not_followed(tabletop):
    vertebra = tabletop()
    memory = started(vertebra)
    found(memory, vertebra.frame())
    mirrored = np.ascontiguousarray(vertebra.frame().grey[::-1])
    motion = found(memory, Frame(index=1, t_s=0.1, grey=mirrored))
    assert isinstance(motion, Unknown) or motion.confidence < 0.8


def test_the_vertebra_is_followed_again_when_it_comes_back(tabletop):
    vertebra = tabletop()
    memory = started(vertebra)
    found(memory, vertebra.frame())
    blank = np.random.default_rng(3).integers(60, 200, (300, 320)).astype(np.uint8)
    assert isinstance(found(memory, Frame(index=1, t_s=0.1, grey=blank)), Unknown)
    assert isinstance(found(memory, vertebra.frame()), Motion)


def test_sixteen_bit_pictures_are_followed_as_well(tabletop, moved_by):
    vertebra = tabletop()
    memory = started(vertebra)
    true = moved_by(2.3, -3.1)
    deep = vertebra.frame(similarity=true).grey.astype(np.uint16) * 257
    motion = found(memory, Frame(index=1, t_s=0.1, grey=deep, white=65535))
    assert isinstance(motion, Motion)
    assert corner_error_mm(vertebra, motion, true) < 0.15


def test_a_picture_that_begins_to_turn_away_loses_its_lines_and_what_stays_so_gets_them_back(tabletop, moved_by):
    """Half of the picture's contrast goes: still believed by itself, but not in two pictures running."""
    vertebra = tabletop()
    memory = started(vertebra)
    for _ in range(14):
        assert isinstance(found(memory, vertebra.frame()), Motion)
    other = np.random.default_rng(5)

    def turned(index: int) -> Frame:
        clear = vertebra.frame().grey.astype(np.float32)
        grain = 0.2 * clear * other.standard_normal(clear.shape).astype(np.float32)
        return Frame(index=index, t_s=1.0 + index / 15, grey=np.clip(clear + grain, 0, 255).astype(np.uint8))

    said = [found(memory, turned(k)) for k in range(9)]
    assert isinstance(said[0], Motion)
    assert 0.5 < said[0].confidence < 0.75
    assert isinstance(said[1], Unknown)
    assert "turns away" in said[1].reason
    assert isinstance(said[-1], Motion)


def shifted(mm: float, vertebra) -> np.ndarray:
    return np.array([[1.0, 0.0, mm / vertebra.mm_per_px], [0.0, 1.0, 0.0]])


def test_far_from_where_it_was_seen_more_is_asked_and_near_it_less(tabletop):
    vertebra = tabletop()
    memory = started(vertebra)
    memory.accepted, memory.expected, memory.seen_at = 50, 0.30, shifted(0.0, vertebra)
    assert _believed(memory, (shifted(1.0, vertebra), 0.16), 0.0)
    assert not _believed(memory, (shifted(5.0, vertebra), 0.16), 0.0)
    memory.expected = 0.8
    assert _believed(memory, (shifted(5.0, vertebra), 0.50), 0.0)
    assert not _believed(memory, (shifted(40.0, vertebra), 0.50), 0.0)
    assert _believed(memory, (shifted(40.0, vertebra), 0.60), 0.0)


def test_a_place_that_matches_as_ever_is_no_neighbour_of_one_that_matches_badly(tabletop):
    """After a jump a neighbour was followed: the vertebra itself must win as soon as it stands still."""
    vertebra = tabletop()
    memory = started(vertebra)
    memory.accepted, memory.expected, memory.varies, memory.seen_at = 50, 0.40, 0.04, shifted(0.0, vertebra)
    followed = shifted(8.0, vertebra), 0.28
    assert not _is_neighbour(memory, followed, (shifted(-3.0, vertebra), 0.42))
    assert _is_neighbour(memory, followed, (shifted(-3.0, vertebra), 0.31))
    followed = shifted(8.0, vertebra), 0.38
    assert _is_neighbour(memory, followed, (shifted(-30.0, vertebra), 0.42))


def test_in_very_noisy_pictures_it_is_found_with_less_detail(tabletop, moved_by):
    vertebra = tabletop(dose_ngy=2.0)
    memory = started(vertebra)
    errors = []
    for k in range(12):
        true = moved_by(1.5 * np.sin(k / 2), 2.0 * np.sin(k / 2 + 0.5))
        motion = found(memory, vertebra.frame(similarity=true))
        assert isinstance(motion, Motion)
        errors.append(corner_error_mm(vertebra, motion, true))
    assert memory.fine is not memory.soft  # averaged since
    assert memory.fine.softness > 1
    assert np.median(errors) < 0.6


def test_a_view_that_has_just_come_up_is_followed_on_although_it_matches_less_than_the_other(tabletop):
    vertebra = tabletop()
    memory = started(vertebra)
    still = np.column_stack([np.eye(2), np.zeros(2)])
    match = still.copy(), 0.30
    assert not _believed(memory, (np.add(still, [[0, 0, 20.0], [0, 0, 0]]), 0.30), known=0.7)
    assert not _believed(memory, match, known=0.7)
    memory.pose = still
    assert _believed(memory, match, known=0.7)


def test_a_grainy_reference_frame_is_known_as_itself(tabletop):
    vertebra = tabletop(dose_ngy=3.0)
    grey = vertebra.frame().grey
    memory = start_following(
        0, grey, 255, find_field(grey, 255), vertebra.mm_per_px, vertebra.body_px, vertebra.centre_px
    )
    found(memory, Frame(index=0, t_s=0.0, grey=grey))
    assert memory.accepted == 0  # it says nothing of what another picture will match


def test_where_it_was_it_is_found_although_the_coarse_search_goes_astray(tabletop, moved_by):
    """Ribs that breathe turn and shrink what is found coarsely."""
    vertebra = tabletop()
    memory = started(vertebra)
    turned = Pyramid(grey=vertebra.frame(similarity=moved_by(14.0, 0.0, -8.0)).grey, white=255)
    decimation = memory.coarse.decimation
    memory.coarse = learn_pyramid_level(
        turned.lattice(decimation, vertebra.mm_per_px), decimation, memory.outline, 1000
    )
    true = moved_by(2.0, -1.0)
    motion = found(memory, vertebra.frame(similarity=true))
    assert isinstance(motion, Motion)
    assert corner_error_mm(vertebra, motion, true) < 0.2


def test_what_pulls_the_pictures_that_are_averaged_moves_no_line(tabletop, moved_by):
    """Each picture is averaged where it was found; the reference frame's own place in the mean is known."""
    vertebra = tabletop()
    memory = started(vertebra)
    pulled = np.array([[1.0, 0.0, 1.5], [0.0, 1.0, -1.0]])
    for _ in range(2):
        frame = vertebra.frame()
        memory.fine = averaged(memory.fine, memory.outline, Pyramid(grey=frame.grey, white=255), pulled, 4000)
    for _ in range(6):
        motion = found(memory, vertebra.frame())
    assert isinstance(motion, Motion)
    assert np.hypot(*memory.pose[:, 2]) > 0.2
    assert corner_error_mm(vertebra, motion, moved_by(0.0, 0.0)) < 0.06
