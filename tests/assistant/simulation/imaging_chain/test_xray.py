import numpy as np
import pytest

from assistant.geometry import Crop
from assistant.simulation.imaging_chain import xray
from assistant.simulation.scene import SimulatedCannula, Volume


def make_view(orbit=0.0, tilt=0.0, rotation=0.0, mirrored=False, pixel=0.3, look=(0.0, 0.0, 0.0)):
    return xray.view(
        "lateral",
        orbit_deg=orbit,
        tilt_deg=tilt,
        source_body_mm=700.0,
        source_detector_mm=1050.0,
        detector_px_mm=pixel,
        rotation_deg=rotation,
        mirrored=mirrored,
        centre_px=(150.0, 140.0),
        look_at_mm=look,
    )


LATTICE = Crop(x0_px=-20, y0_px=-16, width_px=360, height_px=328)


def brute_ray(view, x_px, y_px):
    """The ray through a source pixel by solving the projection, nothing shared with the code under test."""
    a = view.matrix[:, :3]
    direction = np.linalg.solve(a, np.array([x_px, y_px, 1.0]))
    direction /= np.linalg.norm(direction)
    return direction * np.sign(direction @ view.axis)


def test_magnification_and_scale():
    view = make_view()
    assert view.magnification == pytest.approx(1.5)
    assert view.mm_per_px == pytest.approx(0.2)
    # A 10 mm bar in the body's plane is 50 px long; 70 mm nearer to the focus it is larger by 700 / 630.
    bar = view.project(np.array([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0], [0.0, 70.0, 0.0], [10.0, 70.0, 0.0]]))
    assert np.linalg.norm(bar[1] - bar[0]) == pytest.approx(50.0)
    assert np.linalg.norm(bar[3] - bar[2]) == pytest.approx(50.0 * 700.0 / 630.0)


@pytest.mark.parametrize("orbit", [0.0, 4.0, 90.0, 35.0])
@pytest.mark.parametrize(("rotation", "mirrored"), [(0.0, False), (90.0, False), (20.0, True)])
def test_projection_is_the_pinhole(orbit, rotation, mirrored):
    view = make_view(orbit=orbit, tilt=3.0, rotation=rotation, mirrored=mirrored)
    point = np.array([[12.0, -7.0, 21.0]])
    pixel = view.project(point)[0]
    ray = brute_ray(view, *pixel)
    towards = point[0] - view.source_mm
    assert np.allclose(ray, towards / np.linalg.norm(towards), atol=1e-9)
    shift = view.project(np.array([[0.01, 0.02, -0.01]]))[0] - view.project(np.zeros((1, 3)))[0]
    assert np.allclose(shift, view.px_per_mm @ [0.01, 0.02, -0.01], atol=1e-4)


def test_head_is_up_and_rotation_turns_from_x_towards_y():
    up = make_view().project(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 5.0]]))
    assert up[1, 1] < up[0, 1]
    turned = make_view(rotation=90.0).project(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 5.0]]))
    assert turned[1, 0] > turned[0, 0]  # up (-y) turned by 90 degrees from +x towards +y points to +x


@pytest.mark.parametrize(("orbit", "tilt"), [(0.0, 0.0), (5.0, 4.0), (90.0, 0.0)])
def test_sphere_of_voxels_against_the_closed_form(orbit, tilt):
    spacing, radius = 0.5, 12.0
    at = (np.arange(60) - 29.5) * spacing
    z, y, x = np.meshgrid(at, at, at, indexing="ij")
    r = np.sqrt((x - 1.0) ** 2 + (y + 0.5) ** 2 + (z - 1.5) ** 2)
    values = np.clip((radius - r) / spacing + 0.5, 0.0, 1.0).astype(np.float32)
    volume = Volume(values=values, spacing_mm=spacing, origin_mm=(at[0], at[0], at[0]))
    view = make_view(orbit=orbit, tilt=tilt)
    path = xray.path_map(volume, view, LATTICE)
    exact = xray.ellipsoid_map(view, LATTICE, np.array([1.0, -0.5, 1.5]), np.full(3, radius)) / 10.0
    for x_px, y_px in ((150, 140), (170, 120), (130, 165), (190, 150)):
        ray = brute_ray(view, x_px, y_px)
        offset = view.source_mm - np.array([1.0, -0.5, 1.5])
        b = ray @ offset
        chord = 2.0 * np.sqrt(max(b * b - offset @ offset + radius**2, 0.0)) / 10.0
        row, col = y_px - LATTICE.y0_px, x_px - LATTICE.x0_px
        assert exact[row, col] == pytest.approx(chord, abs=2e-4)
        assert path[row, col] == pytest.approx(chord, abs=0.03 * 2.4)
    assert np.abs(path - exact).mean() < 0.005


def test_coarse_lattice_agrees_with_the_fine_one():
    at = np.linspace(-20.0, 20.0, 21)
    z, y, x = np.meshgrid(at, at, at, indexing="ij")
    volume = Volume(
        values=np.exp(-(x**2 + y**2 + z**2) / 100.0).astype(np.float32), spacing_mm=2.0, origin_mm=(-20.0,) * 3
    )
    view = make_view(tilt=2.0)
    fine = xray.path_map(volume, view, LATTICE)
    coarse = xray.path_map(volume, view, LATTICE, 4)
    averaged = fine.reshape(82, 4, 90, 4).mean(axis=(1, 3))
    assert np.abs(averaged - coarse).max() < 0.02 * fine.max()


def test_rod_across_the_beam_and_hollow_tube():
    view = make_view()
    start, along = np.array([-30.0, 3.0, 2.0]), np.array([1.0, 0.0, 0.0])
    rod = xray.tube_map(view, LATTICE, start_mm=start, direction=along, length_mm=60.0, outer_mm=4.0)
    centre = view.project(np.array([[5.0, 3.0, 2.0]]))[0].round().astype(int)
    value = rod[centre[1] - LATTICE.y0_px, centre[0] - LATTICE.x0_px]
    assert value == pytest.approx(4.0, abs=0.03)
    # Its shadow is as wide as the magnified diameter (a little more: the edge rays graze it).
    column = rod[:, centre[0] - LATTICE.x0_px]
    width_px = np.count_nonzero(column > 0)
    assert width_px == pytest.approx(4.0 * 1050.0 / (700.0 - 3.0) / 0.3, abs=1.5)
    tube = xray.tube_map(view, LATTICE, start_mm=start, direction=along, length_mm=60.0, outer_mm=4.0, inner_mm=3.0)
    assert tube[centre[1] - LATTICE.y0_px, centre[0] - LATTICE.x0_px] == pytest.approx(1.0, abs=0.05)


def test_oblique_rod_against_marching():
    view = make_view(orbit=10.0, tilt=-5.0)
    direction = np.array([-0.8, 0.5, 0.33166])
    direction /= np.linalg.norm(direction)
    start = np.array([2.0, -3.0, 1.0])
    tube = xray.tube_map(view, LATTICE, start_mm=start, direction=direction, length_mm=25.0, outer_mm=3.0, inner_mm=2.0)
    rng = np.random.default_rng(1)
    steps = np.arange(600.0, 800.0, 0.01)
    for row, col in zip(*(np.nonzero(tube > 0.2)[k] for k in (0, 1)), strict=True):
        if rng.random() > 0.01:
            continue
        points = view.source_mm + steps[:, None] * brute_ray(view, col + LATTICE.x0_px, row + LATTICE.y0_px)
        axial = (points - start) @ direction
        radial = np.linalg.norm(points - start - axial[:, None] * direction, axis=1)
        inside = (axial >= 0) & (axial <= 25.0) & (radial <= 1.5) & (radial > 1.0)
        assert tube[row, col] == pytest.approx(0.01 * inside.sum(), abs=0.05)


def test_cannula_pulled_back_moves_its_tip():
    cannula = SimulatedCannula(
        tip_mm=(0.0, 0.0, 0.0), towards_handle=(-1.0, 0.0, 0.0), outer_diameter_mm=3.0, inner_diameter_mm=2.4
    )
    view = make_view()
    tips = []
    for back in (0.0, 6.0):
        steel = xray.cannula_map(view, LATTICE, [cannula], back)
        tips.append(np.nonzero(steel[140 - LATTICE.y0_px] > 0.05)[0].min())  # the handle points to the picture's right
    assert tips[1] - tips[0] == pytest.approx(30, abs=1)
