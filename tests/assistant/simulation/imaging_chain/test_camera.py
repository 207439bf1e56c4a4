import itertools

import numpy as np
import pytest

from assistant.geometry import Crop
from assistant.simulation.imaging_chain.camera import Camera, blurred, gaussian_gain, spread
from assistant.simulation.scenario import Exposure

SIDE = 128
PART = Crop(x0_px=40, y0_px=40, width_px=32, height_px=32)


def camera(**knobs):
    plain = {
        "scatter_to_primary": 0.0,
        "glare": 0.0,
        "electronic_quanta": 0.0,
        "lag": 0.0,
        "recursion": 1.0,
        "scaler_px": 0.0,
    }
    made = Camera(Exposure(**(plain | knobs)), detector_px_mm=0.3, mm_per_px=0.2)
    made.look_at(PART)
    return made


def flat(value=0.01):
    return np.full((SIDE, SIDE), value, np.float32)


def white(rng):
    return rng.standard_normal((SIDE, SIDE), dtype=np.float32)


def cut(picture):
    return picture[PART.rows, PART.cols]


def test_noise_variance_is_that_of_the_counts():
    rng = np.random.default_rng(1)
    made = camera(detector_blur_mm=0.0, focal_mm=0.0)
    # 45 nGy x 30 000 /mm²/µGy x 0.09 mm² x 0.65
    assert made.target_quanta == pytest.approx(78.98, abs=0.01)
    pictures = np.stack([made.expose(flat(), cut(flat()), None, 0.1 * k, white(rng))[0] for k in range(40)])
    assert pictures.mean() == pytest.approx(1.0, abs=2e-3)
    assert pictures.var(axis=0, ddof=1).mean() * made.target_quanta == pytest.approx(1.0, rel=0.02)


def test_detector_blur_and_electronics_change_the_noise_as_said():
    rng = np.random.default_rng(2)
    made = camera(detector_blur_mm=0.25, focal_mm=0.0, electronic_quanta=5.0)
    pictures = np.stack([made.expose(flat(), cut(flat()), None, 0.1 * k, white(rng))[0] for k in range(60)])
    expected = (made.target_quanta + 25.0) / made.target_quanta**2 * gaussian_gain(0.25 / 0.3)
    assert pictures[:, 16:-16, 16:-16].var(axis=0, ddof=1).mean() == pytest.approx(expected, rel=0.03)


def test_recursive_filter_and_lag_and_the_noise_they_promise():
    rng = np.random.default_rng(3)
    made = camera(recursion=0.4, lag=0.1, detector_blur_mm=0.2, focal_mm=0.0, electronic_quanta=3.0)
    pictures = []
    for k in range(300):
        picture, clean = made.expose(flat(), cut(flat()), None, 0.1 * k, white(rng))
        if k > 20:
            # What `Clean.sigma` promises: the noise after a Gaussian of 0.5 mm (2.5 px here).
            pictures.append(cut(blurred(picture, 2.5)))
    assert np.stack(pictures).std(axis=0).mean() == pytest.approx(float(clean.sigma.mean()), rel=0.05)


def test_twin_is_the_noise_free_picture():
    made = camera(recursion=0.5, lag=0.05, scatter_to_primary=1.0, glare=0.05, control_s=0.0)
    still = np.zeros((SIDE, SIDE), np.float32)
    with_cement = flat()
    with_cement[50:60, 50:60] = 0.005
    for k in range(30):
        picture, clean = made.expose(with_cement, cut(flat()), None, 0.1 * k, still)
    assert np.allclose(cut(picture), clean.with_cement, atol=1e-5)
    assert (clean.without_cement >= clean.with_cement - 1e-6).all()
    # Scatter dilutes: half of the signal comes from where no cement is.
    assert (clean.without_cement - clean.with_cement).max() < 0.30


def test_air_scatters_nothing_and_the_middle_as_much_as_said():
    made = camera(scatter_to_primary=1.5)
    behind = flat(0.01)
    haze = made._haze(behind)
    assert haze == pytest.approx(0.015, rel=1e-3)
    with_air = flat(0.01)
    with_air[:, :8] = 1.0  # beside the patient
    assert made._haze(with_air)[60, 60] < 2.0 * made._haze(behind)[60, 60]
    thick = flat(0.01)
    thick[:, 100:] = 0.005
    # Less light, but more to scatter it: haze falls by less than the primary beam.
    assert made._haze(thick)[64, 120] > 0.6 * made._haze(behind)[64, 120]


def test_digital_zoom_smooths_the_grain():
    rng = np.random.default_rng(6)
    plain, zoomed = (
        Camera(
            Exposure(scatter_to_primary=0.0, lag=0.0, recursion=1.0, scaler_px=0.3),
            detector_px_mm=0.2,
            mm_per_px=0.14,
            zoom=zoom,
        )
        for zoom in (1.0, 1.5)
    )
    for made in (plain, zoomed):
        made.look_at(PART)
    grain = white(rng)
    spreads = [np.diff(c.expose(flat(), cut(flat()), None, 0.0, grain)[0], axis=1).std() for c in (plain, zoomed)]
    assert spreads[1] < 0.9 * spreads[0]


def test_control_follows_slowly_and_within_its_limit():
    made = camera(control_s=1.0, dose_limit=1.5)
    still = np.zeros((SIDE, SIDE), np.float32)
    made.expose(flat(0.01), cut(flat(0.01)), None, 0.0, still)
    means = [float(made.expose(flat(0.008), cut(flat(0.008)), None, 0.1 * k, still)[0].mean()) for k in range(1, 60)]
    assert means[0] < 0.85
    assert means[-1] == pytest.approx(1.0, abs=0.05)
    assert all(b >= a - 1e-6 for a, b in itertools.pairwise(means))
    darker = [float(made.expose(flat(0.002), cut(flat(0.002)), None, 6 + 0.1 * k, still)[0].mean()) for k in range(90)]
    assert darker[-1] == pytest.approx(0.3, abs=0.02)  # 1.5 times the first output at a fifth of the light


def test_wide_blur_keeps_the_mean():
    rng = np.random.default_rng(4)
    picture = rng.random((96, 96)).astype(np.float32)
    wide = spread(picture, 30.0)
    assert wide.mean() == pytest.approx(picture.mean(), rel=0.01)
    assert wide.std() < 0.02


def test_gain_of_a_gaussian():
    assert gaussian_gain(0.0) == 1.0
    assert gaussian_gain(3.0) == pytest.approx(1.0 / (4.0 * np.pi * 9.0), rel=1e-3)
