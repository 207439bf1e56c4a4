import numpy as np
import pytest

from assistant.simulation.imaging_chain import display
from assistant.simulation.scenario import Run, Screen

RNG = np.random.default_rng(0)


def shown(screen, picture):
    made = display.ConsoleDisplay(screen, side_px=picture.shape[0], mm_per_px=0.3)
    made.set_window(picture)
    return made, made.show(picture)


def ramp(side=128):
    return np.tile(np.linspace(0.4, 1.8, side, dtype=np.float32), (side, 1))


@pytest.mark.parametrize("curve", ["log", "gamma", "s"])
def test_brighter_stays_brighter_and_inversion_turns_it_round(curve):
    plain = Screen(curve=curve, edge=0.0, local_contrast=0.0, field="full", layout="plain")
    _, grey = shown(plain, ramp())
    assert (np.diff(grey[64].astype(int)) >= 0).all()
    assert int(grey[64, 110]) - int(grey[64, 18]) > 100
    inverted = Screen(curve=curve, edge=0.0, local_contrast=0.0, field="full", layout="plain", bright_cement=True)
    _, other = shown(inverted, ramp())
    assert np.abs(255 - grey.astype(int) - other).max() <= 1


@pytest.mark.parametrize(("field", "share"), [("circle", np.pi / 4), ("square", 1.0), ("octagon", 0.83)])
def test_field_covers_what_its_shape_says(field, share):
    mask = display.field_mask(400, Screen(field=field, field_share=0.9))
    assert mask.mean() == pytest.approx(share * 0.81, rel=0.01)
    assert mask[0, 0] == 0.0
    assert mask[200, 200] == 1.0


def test_blades_close_from_their_side():
    blades = (0.25, 0.0, 0.0, 0.5)
    opening = display.opening(200, blades, 1.0, 2.0)
    assert opening is not None
    assert opening[50, 30] < 0.01
    assert opening[50, 100] == pytest.approx(1.0)
    assert opening[150, 100] < 0.01
    assert display.opening(200, blades, 0.0, 2.0) is None


def test_contrast_to_noise_survives_a_linear_curve_and_dies_in_the_black():
    screen = Screen(curve="log", edge=0.0, local_contrast=0.0, field="full", contrast=0.5)
    made, _ = shown(screen, ramp())
    one = np.full((4, 4), 1.0, np.float32)
    cnr = made.contrast_to_noise(one * 0.95, one, one * 0.01)
    assert cnr == pytest.approx(np.full((4, 4), np.log(1 / 0.95) / (0.01 / 0.95)), rel=0.08)
    black = made.contrast_to_noise(one * 1e-3, one * 2e-3, one * 1e-5)
    assert black.max() < 1.0


def test_layout_puts_the_picture_into_its_box():
    run = Run(width_px=640, height_px=512)
    for kind in ("plain", "text", "panel"):
        screen = Screen(layout=kind)
        box = display.picture_box(run, screen)
        layout = display.ScreenSurround(run, screen, tube_kv=80.0, label="L1")
        picture = np.full((box.height_px, box.width_px), 77, np.uint8)
        frame = layout.frame(picture, live=True, clock_s=3.0, view="lateral")
        assert frame.shape == (512, 640)
        inner = frame[box.rows, box.cols][100:-100, 100:-100]
        assert (inner == 77).all()
    plain = display.ScreenSurround(run, Screen(layout="plain"), tube_kv=80.0, label="L1")
    box = display.picture_box(run, Screen(layout="plain"))
    frame = plain.frame(np.full((box.height_px, box.width_px), 77, np.uint8), live=True, clock_s=0.0, view="ap")
    assert (frame != 77).sum() == 640 * 512 - box.width_px * box.height_px


def test_line_noise_and_interlace():
    frame = np.full((64, 64), 100, np.uint8)
    noisy = display.video_line(frame, 2.0, np.random.default_rng(1))
    assert noisy.std() == pytest.approx(2.0, rel=0.1)
    assert display.video_line(frame, 0.0, RNG) is frame
    mixed = display.interlaced(np.zeros((4, 4), np.uint8), np.ones((4, 4), np.uint8))
    assert mixed[:, 0].tolist() == [1, 0, 1, 0]


def test_blades_leave_a_margin_round_points_and_open_no_farther_than_the_picture():
    points = np.array([[60.0, 80.0], [100.0, 120.0]])
    assert display.blades_round(points, 20.0, 200) == pytest.approx((0.2, 0.395, 0.3, 0.295))
    assert display.blades_round(points, 500.0, 200) == (0.0, 0.0, 0.0, 0.0)
