from __future__ import annotations

import cv2
import numpy as np

from assistant.steps.cement.baseline import cement_crop
from assistant.steps.cement.components import select_components
from assistant.steps.cement.memory import MaskMemory, start_masking
from tests.assistant.plain_figure import BODY_PX, MM, picture


def memory() -> MaskMemory:
    crop = cement_crop(BODY_PX, MM, 320, 300)
    return start_masking(picture(np.random.default_rng(0)), 255, np.ones((300, 320), bool), crop, BODY_PX, MM)


def lobe(like: MaskMemory, x: int, y: int, radius: int) -> np.ndarray:
    drawn = np.zeros(like.body.shape, np.uint8)
    cv2.circle(drawn, (x - like.crop.x0_px, y - like.crop.y0_px), radius, 1, -1)
    return drawn > 0


def seen(of: MaskMemory, parts: list[tuple[np.ndarray, float]], t_s: float) -> np.ndarray:
    contrast = np.zeros(of.body.shape, np.float32)
    for part, value in parts:
        contrast[part] = value
    of.mask = select_components(of, contrast > 0, contrast, contrast, t_s)
    return of.mask


def _as_seen(of: MaskMemory, parts: list[tuple[np.ndarray, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    contrast = np.zeros(of.body.shape, np.float32)
    for part, value in parts:
        contrast[part] = value
    return contrast > 0, contrast, contrast


def test_first_cement_is_kept_at_once_where_it_is_large_and_sure():
    own = memory()
    first = lobe(own, 160, 145, 8)
    assert (seen(own, [(first, 30.0)], 0.0) == first).all()
    assert own.started


def test_what_is_small_outside_or_faint_is_no_first_cement():
    for part, value in (
        (lobe(memory(), 160, 145, 1), 30.0),
        (lobe(memory(), 90, 145, 8), 30.0),
        (lobe(memory(), 160, 145, 8), 3.0),
    ):
        own = memory()
        assert not seen(own, [(part, value)], 0.0).any()
        assert not own.started


def test_what_shows_up_apart_and_fainter_has_to_stay_for_a_moment():
    own = memory()
    first, beside = lobe(own, 150, 145, 8), lobe(own, 163, 145, 2)
    seen(own, [(first, 40.0)], 0.0)
    assert not seen(own, [(first, 40.0), (beside, 10.0)], 0.05)[beside].any()
    for k in range(2, 9):
        last = seen(own, [(first, 40.0), (beside, 10.0)], 0.05 * k)
    assert last[beside].all()


def test_in_a_pause_cement_flows_on_farther_than_between_two_pictures():
    own = memory()
    first, tongue = lobe(own, 150, 145, 8), lobe(own, 168, 145, 6) | lobe(own, 160, 145, 5)
    both = [(first, 40.0), (tongue & ~first, 10.0)]
    seen(own, [(first, 40.0)], 0.0)
    in_film = select_components(own, *_as_seen(own, both), 1.0)
    own.last_s, own.since_s = 0.0, None
    after_pause = select_components(own, *_as_seen(own, both), 8.0, began_s=8.0)
    assert in_film[tongue].mean() < 0.8, "so far no front goes in a third of a second"
    assert after_pause[tongue].all()


def test_a_speck_beside_the_cement_has_to_stay_for_long_and_a_larger_part_has_not():
    own = memory()
    first, speck, part = lobe(own, 150, 145, 8), lobe(own, 163, 145, 1), lobe(own, 150, 158, 3)
    assert speck.sum() * MM**2 < 2.0 < part.sum() * MM**2
    shown = [(first, 40.0), (speck, 38.0), (part, 38.0)]
    kept = [bool(seen(own, shown, 0.1 * k)[speck].any()) for k in range(16)]
    assert not any(kept[:10])
    assert all(kept[11:])
    assert own.mask is not None
    assert own.mask[part].all()


def test_a_thin_spur_that_hangs_on_the_cement_is_no_speck():
    own = memory()
    first = lobe(own, 150, 145, 8)
    spur = np.zeros_like(first)
    rows, cols = np.nonzero(first)
    spur[int(rows.mean()), int(cols.max()) : int(cols.max()) + 4] = True
    seen(own, [(first, 40.0)], 0.0)
    assert seen(own, [(first | spur, 40.0)], 0.1)[spur].all()
