"""Closed surfaces: reading, distances and axes, checked on a ball and on a procedural vertebra made into a mesh."""

import numpy as np
import pytest
from skimage import measure

from assistant.errors import InputError
from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid, block_around, turned
from assistant.simulation.anatomy.anatomy_sizes import mean_size
from assistant.simulation.anatomy.fracture import unbroken
from assistant.simulation.anatomy.real_anatomy_mesh import (
    from_labels,
    measured,
    outwards,
    read_csv,
    read_obj,
    signed_distance,
)
from assistant.simulation.anatomy.vertebra import body_distance_mm, limbs_distance_mm, make


def ball(radius: float, centre=(0.0, 0.0, 0.0)):
    step = 0.8
    axis = np.arange(-radius - 3, radius + 3 + step, step)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    vertices, faces, _, _ = measure.marching_cubes(np.sqrt(x**2 + y**2 + z**2) - radius, 0.0)
    points = axis[0] + step * vertices[:, ::-1] + np.array(centre)
    return outwards(points.astype(np.float64), faces.astype(np.intp))


@pytest.fixture(scope="module")
def vertebra():
    """A procedural L3 as a mesh, turned by known angles."""
    rng = np.random.default_rng(3)
    size = mean_size("L3")
    bone = make(size, unbroken(size, rng), rng)
    block = block_around(*bone.bounds_mm(), 0.9)
    grid = block.seen_from(VertebraPose(turn=np.eye(3), centre_mm=np.zeros(3)))
    level = np.minimum(body_distance_mm(bone, grid)[0], limbs_distance_mm(bone.limbs, grid, 2.5)[0])
    vertices, faces, _, _ = measure.marching_cubes(level, 0.0)
    points = np.array(block.origin_mm) + 0.9 * vertices[:, ::-1]
    pose = VertebraPose(turn=turned(12.0, 4.0, -6.0), centre_mm=np.array([30.0, -20.0, 100.0]))
    return size, pose, outwards(pose.to_patient(points), faces.astype(np.intp))


def test_distances_to_a_ball():
    block = VoxelGrid(origin_mm=(-14.0, -14.0, -14.0), spacing_mm=0.7, shape=(41, 41, 41))
    distance, upright = signed_distance(ball(10.0), block)
    grid = block.plain()
    exact = np.sqrt(grid.x_mm**2 + grid.y_mm**2 + grid.z_mm**2) - 10.0
    near = np.abs(exact) < 1.0
    assert np.abs(distance[near] - exact[near]).max() < 0.15
    assert (np.sign(distance) == np.sign(exact))[np.abs(exact) > 0.2].all()
    pole = near & (np.abs(grid.x_mm) < 1) & (np.abs(grid.y_mm) < 1)
    assert upright[pole].min() > 0.9


def test_the_inside_is_inside_even_where_the_grid_cuts_the_surface():
    block = VoxelGrid(origin_mm=(-2.0, -14.0, -14.0), spacing_mm=0.7, shape=(41, 41, 30))
    distance, _ = signed_distance(ball(12.0), block)
    grid = block.plain()
    exact = np.sqrt(grid.x_mm**2 + grid.y_mm**2 + grid.z_mm**2) - 12.0
    assert (np.sign(distance) == np.sign(exact))[np.abs(exact) > 0.2].all()


def test_axes_and_sizes_are_found_again(vertebra):
    size, pose, surface = vertebra
    found = measured(surface)
    for axis in range(3):
        assert float(found.pose.turn[:, axis] @ pose.turn[:, axis]) > np.cos(np.deg2rad(4.0))
    assert np.linalg.norm(found.pose.centre_mm - pose.centre_mm) < 2.5
    assert found.depth_mm == pytest.approx(size.depth_mm, abs=2.5)
    assert found.width_mm == pytest.approx(size.width_mm, abs=2.5)
    assert found.height_mm == pytest.approx(size.middle_height_mm, abs=2.0)
    assert found.canal_half_mm == pytest.approx(size.canal_width_mm / 2, abs=2.0)


def test_a_label_mask_becomes_a_surface_of_its_volume():
    z, y, x = np.meshgrid(*(np.arange(30) - 14.5,) * 3, indexing="ij")
    mask = x**2 + y**2 + z**2 < 10.0**2
    surface = from_labels(mask, (2.0, 2.0, 2.0), np.array([-29.0, -29.0, -29.0]))
    assert np.linalg.norm(surface.points_mm, axis=1) == pytest.approx(20.0, abs=1.0)


def test_obj_and_csv_are_read_and_bad_ones_refused(tmp_path):
    one, two = ball(8.0), ball(8.0, (0.0, 0.0, 40.0))
    lines = [f"v {x / 1000} {y / 1000} {z / 1000}" for x, y, z in one.points_mm]  # metres
    lines += [f"f {a + 1}//1 {b + 1}//1 {c + 1}//1" for a, b, c in one.faces]
    (tmp_path / "a.obj").write_text("\n".join(lines))
    assert np.allclose(read_obj(tmp_path / "a.obj").points_mm, one.points_mm, atol=1e-6)
    points = np.concatenate([one.points_mm, two.points_mm])
    faces = np.concatenate([one.faces, two.faces + len(one.points_mm)]) + 1
    np.savetxt(tmp_path / "v.csv", points, delimiter=",")
    np.savetxt(tmp_path / "f.csv", faces, delimiter=",", fmt="%d")
    upper, lower = read_csv(tmp_path / "v.csv", tmp_path / "f.csv")
    assert upper.points_mm[:, 2].mean() == pytest.approx(40.0, abs=0.5)
    assert len(lower.points_mm) == len(one.points_mm)
    (tmp_path / "b.obj").write_text("nothing here")
    with pytest.raises(InputError, match="not a triangle mesh"):
        read_obj(tmp_path / "b.obj")
    with pytest.raises(InputError, match="cannot be read"):
        read_obj(tmp_path / "absent.obj")
    with pytest.raises(InputError, match="cannot be read"):
        read_csv(tmp_path / "absent.csv", tmp_path / "f.csv")
