import numpy as np
import pytest

from assistant.geometry import Similarity
from assistant.simulation import leak_truth
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.leak_truth import LeakTruth, shape_figures
from assistant.simulation.scenario import Case, Cement, Run, Screen

MM = 0.2
LINE = np.array([[20.0, 100.0], [100.0, 100.0], [180.0, 100.0]])
STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(100.0, 130.0))


def figures(inside):
    """Figures of a shape given by height above the line (px) and place along it (px)."""
    ys, xs = np.mgrid[0:200, 0:200]
    up = 100.0 - ys
    beyond = inside(up, xs - 100.0) & (up > 0)
    return shape_figures(beyond, 0, 0, LINE, STILL, MM, (-up[beyond] * MM).astype(np.float32))


def test_a_thin_triangle_is_a_spike_with_its_own_angle():
    # 8 mm high, 3 mm wide at its foot: apex angle 2 atan(1.5 / 8) = 21.2 degrees
    found = figures(lambda up, u: np.abs(u) <= 7.5 * (1.0 - up / 40.0))
    assert found["label"] == "spike"
    assert found["height_mm"] == pytest.approx(8.0, abs=0.3)
    assert found["width_mm"] == pytest.approx(3.0, abs=0.4)
    assert found["area_mm2"] == pytest.approx(12.0, rel=0.05)
    assert found["apex_deg"] == pytest.approx(21.2, abs=5.0)


def test_a_dome_is_round():
    found = figures(lambda up, u: (u / 28.0) ** 2 + (up / 28.0) ** 2 <= 1.0)
    assert found["label"] == "round"
    assert found["height_mm"] == pytest.approx(5.6, abs=0.25)
    assert found["width_mm"] == pytest.approx(11.2, abs=0.4)
    assert found["circularity"] == pytest.approx(0.747, abs=0.05)
    assert found["solidity"] > 0.95


def test_what_is_too_small_gets_no_label():
    assert figures(lambda up, u: (np.abs(u) <= 1) & (up <= 4))["label"] == "undetermined"
    assert figures(lambda up, u: up > 1000) is None


@pytest.mark.parametrize("size_px", [1, 2, 3])
def test_the_smallest_pieces_have_an_outline(size_px):
    piece = np.zeros((9, 9), dtype=bool)
    piece[4, 3 : 3 + size_px] = True
    round_px = 2.0 * np.sqrt(np.pi * size_px)
    assert 0.8 * round_px < leak_truth._perimeter_px(piece) < 1.8 * round_px


def test_leaks_against_the_voxels(toy_anatomy, toy_flow):
    case = Case(
        run=Run(duration_s=8.0, fps=10.0, pulses_per_s=5.0, width_px=320, height_px=320),
        cement=Cement(start_s=1.5),
        screen=Screen(layout="plain"),
    )
    run = Fluoroscope(case, 1, toy_anatomy, toy_flow)
    gathered = LeakTruth(fluoroscope=run)
    frames = list(run.frames())
    for frame in frames:
        gathered.add(frame)
    (leak,) = gathered.leaks()
    arrival = np.asarray(toy_flow.arrival_ml.values)
    in_disc = np.asarray(toy_anatomy.region.values) == 2
    final_ml = run.volume_ml(frames[-1].stored.t_s)
    assert leak["site"] == "superior_disc"
    assert leak["volume_mm3"] == pytest.approx((in_disc & (arrival <= final_ml)).sum() * 0.125, abs=1.0)
    third_voxel_ml = np.sort(arrival[in_disc])[2]
    onset = next(f for f in frames if f.stored.new and f.truth.volume_ml >= third_voxel_ml)
    assert leak["onset_3d_frame"] == onset.stored.index
    seen = next(f for f in frames if f.truth.beyond_mm2 and max(f.truth.beyond_mm2.values()) >= 2.0)
    assert leak["onset_2d_frame"] == seen.stored.index
    assert leak["shape"]["height_mm"] > 4.0
    assert leak["shape"]["opened"] == leak["shape"]["label"] == "spike"
    crossings = {(c["kind"], c["site"]): c for c in gathered.crossings()}
    first_past = next(f for f in frames if f.truth.distances_mm.get("superior_endplate", 1.0) < 0)
    assert crossings[("endplate", "superior_endplate")]["first_frame"] == first_past.stored.index
    assert ("posterior_wall", "posterior") not in crossings
    assert all(picture.cement.size == 0 for picture in gathered.pictures)


@pytest.mark.parametrize(
    ("opened", "height", "width", "apex", "circularity", "label"),
    [
        ("spike", 7.5, 4.5, 32.0, 0.61, "spike"),
        ("spike", 2.0, 5.0, 110.0, 0.75, "undetermined"),  # a sheet that the view shows from its flat side
        ("round", 4.0, 11.0, 95.0, 0.8, "round"),
        ("round", 8.0, 5.0, 40.0, 0.6, "undetermined"),
        ("between", 5.0, 5.0, 60.0, 0.7, "undetermined"),
        (None, 5.0, 5.0, 60.0, 0.5, "spike"),
    ],
)
def test_label_needs_both_the_leak_and_the_picture(opened, height, width, apex, circularity, label):
    figures = {"label": "spike", "large_enough": True, "height_mm": height, "width_mm": width, "apex_deg": apex}
    judged = leak_truth._judged(figures | {"circularity": circularity}, opened)
    assert judged["label"] == label
    assert judged["rule_label"] == "spike"
    too_small = leak_truth._judged(figures | {"circularity": circularity, "large_enough": False}, "spike")
    assert too_small["label"] == "undetermined"
