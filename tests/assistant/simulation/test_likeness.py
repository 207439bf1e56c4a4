"""Figures of likeness against pictures whose grain and edge are known."""

import math

import cv2
import numpy as np
import pytest

from assistant.simulation import likeness


def run_of(*, sigma_grey: float, blur_px: float = 0.0, kept: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(1)
    shown, pictures = None, []
    for _ in range(40):
        white = rng.standard_normal((192, 192)).astype(np.float32)
        if blur_px:
            white = cv2.GaussianBlur(white, (0, 0), blur_px)
            white /= white.std()
        shown = white if shown is None else kept * shown + (1 - kept) * white
        pictures.append(shown)
    noise = np.stack(pictures[8:])
    return np.clip(np.rint(120 + sigma_grey * noise / noise.std()), 0, 255).astype(np.uint8)


def test_white_noise_is_measured_and_reaches_nowhere() -> None:
    found = likeness.grain(run_of(sigma_grey=6.0))
    assert found.dark_grey == pytest.approx(6.0, rel=0.03)
    assert found.bright_grey == pytest.approx(6.0, rel=0.03)
    assert np.abs(found.reach).max() < 0.03
    assert abs(found.stays) < 0.05


def test_blurred_noise_reaches_as_far_as_its_blur() -> None:
    found = likeness.grain(run_of(sigma_grey=8.0, blur_px=0.8))
    # Correlation of white noise after a Gaussian: exp(-d² / 4 sigma²); the removal of coarse structure takes a little.
    for apart_px, value in zip((1, 2, 3), found.reach, strict=True):
        assert value == pytest.approx(math.exp(-(apart_px**2) / (4 * 0.8**2)), abs=0.06)


def test_a_recursive_filter_is_told_from_the_pictures() -> None:
    found = likeness.grain(run_of(sigma_grey=8.0, kept=0.4))
    # Neighbours share 0.4 of their noise, pictures three apart 0.064.
    assert found.stays == pytest.approx(1.0 - (1 - 0.4) / (1 - 0.4**3), abs=0.04)


@pytest.mark.parametrize("sigma_px", [1.5, 3.0])
def test_an_edge_is_as_wide_as_it_was_made(sigma_px: float) -> None:
    step = np.full((1, 120, 80), 40, dtype=np.float32)
    step[:, :, 40:] = 200
    made = cv2.GaussianBlur(step[0], (0, 0), sigma_px)[None].round().astype(np.uint8)
    assert likeness.edge_px(made, slice(10, 110), slice(0, 80)) == pytest.approx(2.563 * sigma_px, rel=0.06)
    flat = np.full((1, 120, 80), 90, dtype=np.uint8)
    assert math.isnan(likeness.edge_px(flat, slice(10, 110), slice(0, 80)))


def test_a_simulated_run_has_the_grain_that_its_knobs_ask_for() -> None:
    cine, _ = likeness.CHAINS["like cine"]
    found = likeness.grain(likeness.simulated(cine, side_px=256))
    assert found.stays < 0.2
    assert found.reach[0] > 0.3
