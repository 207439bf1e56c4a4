import numpy as np
import pytest

from assistant.geometry import Crop
from assistant.simulation.cement.cement_map import CementProjector
from assistant.simulation.imaging_chain import xray
from assistant.simulation.scene import CementFlow, Volume

LATTICE = Crop(x0_px=0, y0_px=0, width_px=300, height_px=280)


def make_view():
    return xray.view(
        "lateral",
        orbit_deg=3.0,
        tilt_deg=2.0,
        source_body_mm=700.0,
        source_detector_mm=1050.0,
        detector_px_mm=0.3,
        rotation_deg=10.0,
        mirrored=False,
        centre_px=(150.0, 140.0),
    )


def ball_flow(radius=8.0):
    at = (np.arange(50) - 24.5) * 0.5
    z, y, x = np.meshgrid(at, at, at, indexing="ij")
    r = np.sqrt(x**2 + y**2 + z**2)
    arrival = np.where(r < radius, 4.0 / 3.0 * np.pi * r**3 / 1000.0, np.inf).astype(np.float32)
    return CementFlow(
        arrival_ml=Volume(values=arrival, spacing_mm=0.5, origin_mm=(at[0],) * 3),
        schedule_s=np.array([0.0, 1.0]),
        schedule_ml=np.array([0.0, 3.0]),
        barium_g_per_cm3=0.25,
        cannulas=(),
        leak="none",
    )


def projector(flow, sites=None):
    sites = np.zeros(flow.arrival_ml.values.shape, np.uint8) if sites is None else sites
    return CementProjector(flow, sites, make_view(), LATTICE, 2)


def test_ball_has_the_closed_forms_path():
    grown = projector(ball_flow())
    grown.advance(10.0)
    exact = xray.ellipsoid_map(make_view(), LATTICE, np.zeros(3), np.full(3, 8.0))
    inner = exact > 6.0
    assert np.abs(grown.path_mm - exact)[inner].max() < 0.9  # staircase of 0.5 mm voxels
    assert np.abs(grown.path_mm - exact)[inner].mean() < 0.15
    # Blocks of 0.5 mm stand out over the ball, and their footprints too: the outline lies up to 0.25 mm farther out.
    radius_mm = np.sqrt((grown.path_mm >= 0.5).sum() / np.pi) * make_view().mm_per_px
    assert 8.0 <= radius_mm <= 8.25


def test_volume_from_the_map_is_that_of_the_voxels():
    flow = ball_flow()
    grown = projector(flow)
    grown.advance(1.0)
    voxels_mm3 = (flow.arrival_ml.values <= 1.0).sum() * 0.125
    # Path x area in the body's plane; the ball is small against the distance to the focus.
    assert grown.path_mm.sum() * make_view().mm_per_px ** 2 == pytest.approx(voxels_mm3, rel=2e-3)


def test_growing_in_steps_ends_the_same_and_never_shrinks():
    once, often = projector(ball_flow()), projector(ball_flow())
    once.advance(2.0)
    before = often.path_mm.copy()
    for volume in np.linspace(0.0, 2.0, 23):
        often.advance(float(volume))
        assert (often.path_mm >= before - 1e-6).all()
        before = often.path_mm.copy()
    assert np.allclose(once.path_mm, often.path_mm, atol=2e-4)


def test_nothing_before_the_first_drop():
    grown = projector(ball_flow())
    grown.advance(0.0)
    assert not grown.path_mm.any()


def test_leaked_voxels_have_a_map_of_their_own():
    flow = ball_flow()
    sites = np.zeros(flow.arrival_ml.values.shape, np.uint8)
    sites[35:] = 2  # cranial part
    grown = projector(flow, sites)
    grown.advance(5.0)
    assert not grown.leaked_mm[0].any()
    leaked_mm3 = (np.isfinite(flow.arrival_ml.values) & (sites == 2)).sum() * 0.125
    assert grown.leaked_mm[1].sum() * make_view().mm_per_px ** 2 == pytest.approx(leaked_mm3, rel=0.02)
    assert (grown.leaked_mm[1] <= grown.path_mm + 1e-4).all()
