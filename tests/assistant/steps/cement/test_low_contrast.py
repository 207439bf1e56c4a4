"""A lobe below the grain of single pixels is seen over a larger surrounding, and only inside the body."""

import cv2
import numpy as np
import pytest

from assistant.simulation.tabletop import Tabletop
from assistant.steps.cement.baseline import Baseline, cement_crop, start_baseline
from assistant.steps.cement.low_contrast import LowContrast, low_contrast_evidence


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    vertebra = Tabletop()
    grey = vertebra.frame().grey
    crop = cement_crop(vertebra.body_px, vertebra.mm_per_px, grey.shape[1], grey.shape[0])
    made = start_baseline(grey, 255, np.ones(grey.shape, bool), crop, vertebra.body_px, vertebra.mm_per_px)
    low_contrast_evidence(
        LowContrast(), made, np.zeros_like(made.mean), None, 0.0
    )  # finds the cannula; here the lobe alone counts
    made.cannula = None
    return made


def _disc(baseline: Baseline, at: tuple[float, float], radius_px: float) -> np.ndarray:
    drawn = np.zeros(baseline.mean.shape, np.uint8)
    cv2.circle(drawn, (round(at[0]), round(at[1])), round(radius_px), 1, -1)
    return drawn


def _grain(baseline: Baseline, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 8, baseline.mean.shape).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 1.0)


def _place(baseline: Baseline) -> tuple[float, float]:
    """In the body, off the cannula: its edges are noise of their own."""
    assert baseline.edges is not None
    inside = cv2.distanceTransform(baseline.body.astype(np.uint8), cv2.DIST_L2, 5) * baseline.mm_per_px > 5.0
    calm = np.where(inside, cv2.blur(baseline.edges, (21, 21)), np.inf)
    row, col = np.unravel_index(int(calm.argmin()), calm.shape)
    return float(col), float(row)


def _core(lobe: np.ndarray) -> np.ndarray:
    return cv2.erode(lobe, np.ones((9, 9), np.uint8)) > 0


def test_a_faint_lobe_stands_out_in_the_body_and_not_beside_it(baseline: Baseline) -> None:
    contrast = _grain(baseline, 3)
    lobe = _disc(baseline, baseline.middle, 4.0 / baseline.mm_per_px)
    outside = _disc(baseline, (15, 15), 10)
    assert not baseline.body[outside > 0].any()
    quiet = low_contrast_evidence(LowContrast(), baseline, contrast, None, 1.0)[0]
    contrast = contrast + 16.0 * (lobe + outside).astype(np.float32)
    evidence, sure = low_contrast_evidence(LowContrast(), baseline, contrast, None, 1.0)
    assert (quiet[baseline.body] > 0).mean() < 0.02
    assert (evidence[_core(lobe)] > 0).mean() > 0.8
    assert float(np.median(sure[_core(lobe)])) > 4.0
    assert not (evidence[outside > 0] > 0).any()


def _after_pictures(baseline: Baseline, memory: LowContrast, added: np.ndarray, count: int) -> np.ndarray:
    evidence = np.zeros_like(baseline.mean)
    for k in range(count):
        contrast = _grain(baseline, 100 + k) + added
        evidence, _ = low_contrast_evidence(memory, baseline, contrast.astype(np.float32), None, 1.0 + k / 15)
    return evidence


def test_a_fainter_one_is_seen_once_it_has_stood_for_a_second(baseline: Baseline) -> None:
    lobe = _disc(baseline, _place(baseline), 3.0 / baseline.mm_per_px)
    memory = LowContrast()
    _after_pictures(baseline, memory, np.zeros_like(baseline.mean), 15)
    at_once = _after_pictures(baseline, memory, 2.5 * lobe.astype(np.float32), 1)
    stood = _after_pictures(baseline, memory, 2.5 * lobe.astype(np.float32), 30)
    assert not (at_once[_core(lobe)] > 0).any()
    assert (stood[_core(lobe)] > 0).mean() > 0.5
    away = cv2.dilate(lobe, np.ones((21, 21), np.uint8)) == 0
    assert (stood[away & baseline.body] > 0).mean() < 0.02


def test_what_swings_beside_it_takes_the_certainty_away(baseline: Baseline) -> None:
    lobe = _disc(baseline, _place(baseline), 3.0 / baseline.mm_per_px)
    place = _place(baseline)
    side = (place[0] + 6.0 / baseline.mm_per_px, place[1])
    bright = _disc(baseline, side, 2.5 / baseline.mm_per_px)
    memory = LowContrast()
    added = 2.5 * lobe.astype(np.float32) - 8.0 * bright.astype(np.float32)
    assert not (_after_pictures(baseline, memory, added, 30)[_core(lobe)] > 0).any()
