"""Signed distances against closed forms."""

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy_pose import VoxelGrid
from assistant.simulation.anatomy.anatomy_shapes import Limb, coverage, outline_table, smooth_max, smooth_min


def ball_limb(radius: float) -> Limb:
    return Limb(
        start_mm=(-5.0, 0.0, 0.0),
        end_mm=(5.0, 0.0, 0.0),
        across=(0.0, 1.0, 0.0),
        start_radii_mm=(radius, radius),
        end_radii_mm=(radius, radius),
    )


@pytest.fixture(scope="module")
def block() -> VoxelGrid:
    return VoxelGrid(origin_mm=(-12.0, -8.0, -8.0), spacing_mm=0.4, shape=(41, 41, 61))


def test_a_round_bar_is_a_capsule(block: VoxelGrid):
    grid = block.plain()
    got = ball_limb(3.0).distance_mm(grid)
    beyond = np.maximum(np.abs(grid.x_mm) - 5.0, 0.0)
    exact = np.sqrt(beyond**2 + grid.y_mm**2 + grid.z_mm**2) - 3.0
    assert np.abs(got - exact).max() < 1e-3


def test_an_elliptic_bar_has_its_radii(block: VoxelGrid):
    limb = Limb(
        start_mm=(-30.0, 0.0, 0.0),
        end_mm=(30.0, 0.0, 0.0),
        across=(0.0, 1.0, 0.0),
        start_radii_mm=(4.0, 2.0),
        end_radii_mm=(4.0, 2.0),
    )
    inside = limb.distance_mm(block.plain()) <= 0
    area = inside[:, :, 30].sum() * 0.4**2
    assert area == pytest.approx(np.pi * 4.0 * 2.0, rel=0.05)


def test_a_mirrored_bar_is_the_mirror_image(block: VoxelGrid):
    limb = Limb(
        start_mm=(-3.0, 1.0, -2.0),
        end_mm=(4.0, 5.0, 3.0),
        across=(0.1, 1.0, 0.3),
        start_radii_mm=(3.0, 1.0),
        end_radii_mm=(2.0, 1.5),
    )
    grid = block.plain()
    assert np.allclose(limb.mirrored().distance_mm(grid), limb.distance_mm(grid)[:, ::-1], atol=1e-3)


def test_smooth_union_contains_both_and_equals_the_minimum_far_apart():
    a, b = np.array([1.0, 5.0, -2.0], np.float32), np.array([1.2, -3.0, 4.0], np.float32)
    union = smooth_min(a, b, 2.0)
    assert (union <= np.minimum(a, b) + 1e-6).all()
    assert union[1:] == pytest.approx([-3.0, -2.0])
    assert (smooth_max(a, b, 2.0) >= np.maximum(a, b) - 1e-6).all()


def test_coverage_adds_up_to_the_volume_of_a_ball():
    block = VoxelGrid(origin_mm=(-6.0, -6.0, -6.0), spacing_mm=0.5, shape=(25, 25, 25))
    grid = block.plain()
    distance = np.sqrt(grid.x_mm**2 + grid.y_mm**2 + grid.z_mm**2) - 4.3
    assert coverage(distance, 0.5).sum() * 0.5**3 == pytest.approx(4 / 3 * np.pi * 4.3**3, rel=0.01)


def test_the_outline_table_is_exact_for_a_rectangle():
    table = outline_table(np.array([[-10.0, -5.0], [10.0, -5.0], [10.0, 5.0], [-10.0, 5.0]]))
    x, y = np.array([0.0, 12.0, 13.0, 0.0], np.float32), np.array([1.3, 0.0, 9.0, 4.0], np.float32)
    assert table(x, y) == pytest.approx([-3.7, 2.0, 5.0, -1.0], abs=0.05)
