from __future__ import annotations

import cv2
import numpy as np
import pytest

from assistant.imaging.xray_field import find_field
from assistant.steps.motion.alignment import Fit
from assistant.steps.motion.motion import MotionMemory, _believed, _is_neighbour, follow, start_following
from assistant.steps.motion.pyramid import Pyramid
from assistant.steps.motion.template import learn_template
from assistant.vocabulary import Frame, Motion, Unknown
from tests.exposures import beam


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


def found(memory: MotionMemory, frame: Frame, waited_s: float = 1 / 8) -> Motion | Unknown:
    """The motion in a picture that came so long after the last one that was followed."""
    t_s = memory.t_s + waited_s if np.isfinite(memory.t_s) else 0.0
    at = beam(t_s, max(memory.stretch, 0) + (waited_s > 1.0))
    return follow([memory], 0, Pyramid(grey=frame.grey, white=frame.white), None, at)[0]


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
    other = cv2.GaussianBlur(np.random.default_rng(5).standard_normal((300, 320)).astype(np.float32), (0, 0), 1.8)

    def turned(index: int) -> Frame:
        clear = vertebra.frame().grey.astype(np.float32)
        shown = clear * (1.0 + 0.8 * other)
        return Frame(index=index, t_s=1.0 + index / 15, grey=np.clip(shown, 0, 255).astype(np.uint8))

    said = [found(memory, turned(k)) for k in range(24)]
    assert isinstance(said[0], Motion)
    assert 0.5 < said[0].confidence < 0.75
    assert isinstance(said[1], Unknown)
    assert "turns away" in said[1].reason
    assert isinstance(said[-1], Motion)


def test_just_after_a_loss_what_matches_badly_tells_nothing_of_cement_and_after_a_pause_it_does(tabletop):
    vertebra = tabletop()
    memory = started(vertebra)
    found(memory, vertebra.frame())
    clear = vertebra.frame().grey.astype(np.float32)
    half = Frame(index=2, t_s=0.0, grey=(0.5 * clear + 0.5 * np.roll(clear, (9, 6), axis=(0, 1))).astype(np.uint8))
    noise = np.random.default_rng(3).integers(60, 200, (300, 320)).astype(np.uint8)
    for waited_s, doubtful in ((0.2, True), (8.0, False)):
        assert isinstance(found(memory, Frame(index=1, t_s=0.1, grey=noise), 0.1), Unknown)
        motion = found(memory, half, waited_s)
        assert isinstance(motion, Motion)
        assert motion.confidence < 0.8
        assert memory.doubtful is doubtful


def shifted(mm: float, vertebra) -> np.ndarray:
    return np.array([[1.0, 0.0, mm / vertebra.mm_per_px], [0.0, 1.0, 0.0]])


def fit(pose: np.ndarray, correlation: float, clean: float = 1.0) -> Fit:
    return Fit(pose, correlation, clean, np.eye(4))


def test_far_from_where_it_was_seen_more_is_asked_and_near_it_less(tabletop):
    vertebra = tabletop()
    memory = started(vertebra)
    memory.t_s, memory.structure = 0.0, 1.0
    assert _believed(memory, fit(shifted(1.0, vertebra), 0.16, 0.3), 0.1)
    assert not _believed(memory, fit(shifted(5.0, vertebra), 0.16, 0.2), 0.1)
    assert _believed(memory, fit(shifted(1.0, vertebra), 0.40, 0.8), 0.1)
    # No breath goes so far in a tenth of a second; in a pause of five seconds it may have, but not to the neighbour.
    assert not _believed(memory, fit(shifted(5.0, vertebra), 0.50, 0.8), 0.1)
    assert _believed(memory, fit(shifted(5.0, vertebra), 0.50, 0.8), 5.0)
    assert not _believed(memory, fit(shifted(40.0, vertebra), 0.50, 0.8), 5.0)
    assert _believed(memory, fit(shifted(40.0, vertebra), 0.60, 0.8), 5.0)


def test_a_place_that_matches_as_ever_is_no_neighbour_of_one_that_matches_badly(tabletop):
    """After a jump a neighbour was followed: the vertebra itself must win as soon as it stands still."""
    vertebra = tabletop()
    memory = started(vertebra)
    memory.structure = 1.0
    followed = fit(shifted(8.0, vertebra), 0.28, 0.4)
    assert not _is_neighbour(memory, followed, fit(shifted(-3.0, vertebra), 0.42, 0.4))
    assert _is_neighbour(memory, followed, fit(shifted(-3.0, vertebra), 0.31, 0.4))
    followed = fit(shifted(8.0, vertebra), 0.38, 0.4)
    assert _is_neighbour(memory, followed, fit(shifted(-30.0, vertebra), 0.42, 0.4))


def test_in_very_noisy_pictures_it_is_found_with_less_detail(tabletop, moved_by):
    vertebra = tabletop(dose_ngy=3.0)
    memory = started(vertebra)
    errors = []
    for k in range(12):
        true = moved_by(1.5 * np.sin(k / 2), 2.0 * np.sin(k / 2 + 0.5))
        motion = found(memory, vertebra.frame(similarity=true))
        assert isinstance(motion, Motion)
        errors.append(corner_error_mm(vertebra, motion, true))
    assert memory.fine.softness > 1
    assert np.median(errors) < 0.6


def test_where_it_was_it_is_found_although_the_coarse_search_goes_astray(tabletop, moved_by):
    """Ribs that breathe turn and shrink what is found coarsely."""
    vertebra = tabletop()
    memory = started(vertebra)
    turned = Pyramid(grey=vertebra.frame(similarity=moved_by(14.0, 0.0, -8.0)).grey, white=255)
    decimation = memory.coarse.decimation
    memory.coarse = learn_template(turned.lattice(decimation, vertebra.mm_per_px), decimation, memory.outline, 1000)
    true = moved_by(2.0, -1.0)
    motion = found(memory, vertebra.frame(similarity=true))
    assert isinstance(motion, Motion)
    assert corner_error_mm(vertebra, motion, true) < 0.2


def pose_of(motion: Motion | Unknown) -> tuple[float, float, float]:
    """Shift in px, rotation in degrees, scale less 1; all as sizes."""
    assert isinstance(motion, Motion)
    found_at = motion.similarity
    return float(np.hypot(found_at.dx_px, found_at.dy_px)), abs(found_at.rotation_deg), abs(found_at.scale - 1.0)


@pytest.mark.parametrize("dose_ngy", [20.0, 300.0])
def test_the_reference_frame_is_the_identity_at_any_place_in_the_run(tabletop, moved_by, dose_ngy):
    """A law: whatever was learned since, and whatever was believed just before."""
    vertebra = tabletop(dose_ngy=dose_ngy)
    reference = vertebra.frame()
    memory = start_following(
        0,
        reference.grey,
        255,
        find_field(reference.grey, 255),
        vertebra.mm_per_px,
        vertebra.body_px,
        vertebra.centre_px,
    )
    for k in range(36):
        true = moved_by(2.0 * np.sin(k / 4), 3.0 * np.sin(k / 4), 0.4 * np.sin(k / 5), 1.0 + 0.002 * np.sin(k / 3))
        found(memory, vertebra.frame(similarity=true))
        if k % 7 == 0:
            shift_px, turn_deg, scaled = pose_of(found(memory, reference))
            assert shift_px * vertebra.mm_per_px < 0.02
            assert turn_deg < 0.02
            assert scaled < 0.0005


def test_scale_and_rotation_hold_still_where_they_do(tabletop, moved_by):
    """In grain that hides the walls: a breath moves the vertebra and neither turns nor scales it."""
    vertebra = tabletop(dose_ngy=15.0)
    memory = started(vertebra)
    turns, scales = [], []
    for k in range(40):
        motion = found(memory, vertebra.frame(similarity=moved_by(2.0 * np.sin(k / 4), 5.0 * np.sin(k / 4 + 0.5))))
        assert isinstance(motion, Motion)
        turns.append(motion.similarity.rotation_deg)
        scales.append(motion.similarity.scale)
    assert np.std(turns) < 0.1
    assert np.std(scales) < 0.002


def test_another_scale_is_believed_where_nothing_else_fits(tabletop, moved_by):
    """A C-arm that was lowered in a pause: 6 % larger, and it stays so."""
    vertebra = tabletop()
    memory = started(vertebra)
    for _ in range(3):
        found(memory, vertebra.frame())
    for _ in range(4):
        true = moved_by(3.0, -2.0, 0.0, 1.06)
        motion = found(memory, vertebra.frame(similarity=true), waited_s=8.0)
        assert isinstance(motion, Motion)
    assert corner_error_mm(vertebra, motion, true) < 0.2


def grainy(vertebra, similarity, noise: np.ndarray, times: float) -> Frame:
    clear = vertebra.frame(similarity=similarity).grey.astype(np.float32)
    return Frame(index=0, t_s=0.0, grey=np.clip(clear * (1 + times * noise), 0, 255).astype(np.uint8))


def test_the_first_picture_of_an_exposure_is_found_although_the_ones_before_shared_their_grain(tabletop, moved_by):
    """Behind a recursive filter the reference frame and the next pictures are nearly the same grain; then a pause."""
    vertebra = tabletop(dose_ngy=3000.0)
    rng = np.random.default_rng(11)
    shared = rng.standard_normal((300, 320)).astype(np.float32)
    reference = grainy(vertebra, None, shared, 0.08)
    memory = start_following(
        0,
        reference.grey,
        255,
        find_field(reference.grey, 255),
        vertebra.mm_per_px,
        vertebra.body_px,
        vertebra.centre_px,
    )
    for _ in range(4):
        shared = 0.9 * shared + 0.44 * rng.standard_normal(shared.shape).astype(np.float32)
        found(memory, grainy(vertebra, None, shared, 0.08))
    true = moved_by(9.0, -14.0)
    motion = found(memory, grainy(vertebra, true, rng.standard_normal(shared.shape).astype(np.float32), 0.16), 8.0)
    assert isinstance(motion, Motion)
    assert motion.confidence > 0.7
    assert not memory.doubtful
    assert corner_error_mm(vertebra, motion, true) < 0.4


def test_opaque_cement_at_once_does_not_count_against_the_match(tabletop, moved_by, disc):
    """A still before and a still after the injection: no mask holds that cement yet."""
    vertebra = tabletop()
    memory = started(vertebra)
    found(memory, vertebra.frame())
    x, y = vertebra.centre_px
    true = moved_by(4.0, -6.0)
    motion = found(memory, vertebra.frame(similarity=true, cement=disc(x, y, 22.0)), waited_s=60.0)
    assert isinstance(motion, Motion)
    assert motion.confidence > 0.8
    assert not memory.doubtful
    assert corner_error_mm(vertebra, motion, true) < 0.2


def test_single_shots_are_measured_each(tabletop, moved_by):
    """Ten seconds apart, each at another place and brightness, one lost in between: none of the others is withheld."""
    vertebra = tabletop()
    memory = started(vertebra)
    rng = np.random.default_rng(12)
    for k in range(12):
        if k == 5:
            noise = rng.integers(60, 200, (300, 320)).astype(np.uint8)
            assert isinstance(found(memory, Frame(index=k, t_s=0.0, grey=noise), 10.0), Unknown)
            continue
        true = moved_by(*rng.uniform(-14, 14, 2), rng.uniform(-0.5, 0.5))
        motion = found(memory, vertebra.frame(similarity=true, gain=rng.uniform(0.8, 1.2)), waited_s=10.0)
        assert isinstance(motion, Motion)
        assert not memory.doubtful
        assert corner_error_mm(vertebra, motion, true) < 0.2
