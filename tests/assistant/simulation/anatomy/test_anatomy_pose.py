"""Poses and grids."""

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid, block_around, stack, turned
from assistant.simulation.anatomy.anatomy_sizes import draw_sizes
from assistant.simulation.anatomy.fracture import broken, unbroken

LEVELS = ("T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1")


def column(fracture: str | None = None, seed: int = 3):
    rng = np.random.default_rng(seed)
    sizes = draw_sizes(LEVELS, rng)
    forms = [unbroken(size, np.random.default_rng(1)) for size in sizes]
    if fracture:
        forms[2] = broken(fracture, sizes[2], np.random.default_rng(1))
    return sizes, tuple(forms), stack(sizes, tuple(forms), 2, np.random.default_rng(5))


def test_to_patient_and_back():
    pose = VertebraPose(turn=turned(10.0, 3.0, -4.0), centre_mm=np.array([1.0, 2.0, 3.0]))
    points = np.random.default_rng(0).normal(size=(20, 3))
    assert np.allclose(pose.to_own(pose.to_patient(points)), points)
    assert np.allclose(pose.turn @ pose.turn.T, np.eye(3))


def test_tilt_lifts_the_front():
    assert (turned(10.0) @ np.array([1.0, 0.0, 0.0]))[2] > 0


def test_a_block_sees_what_the_pose_says():
    block = VoxelGrid(origin_mm=(-3.0, -2.0, -1.0), spacing_mm=0.5, shape=(5, 6, 7))
    pose = VertebraPose(turn=turned(7.0, 1.0, 2.0), centre_mm=np.array([0.3, 0.2, 0.1]))
    grid = block.seen_from(pose)
    point = np.array([-3.0 + 4 * 0.5, -2.0 + 3 * 0.5, -1.0 + 2 * 0.5])
    assert [grid.x_mm[2, 3, 4], grid.y_mm[2, 3, 4], grid.z_mm[2, 3, 4]] == pytest.approx(pose.to_own(point), abs=1e-4)


def test_a_crop_holds_its_box_and_is_none_outside():
    block = block_around(np.array([-10.0, -10.0, -10.0]), np.array([10.0, 10.0, 10.0]), 0.5)
    crop = block.crop(np.array([-1.0, 2.0, 3.0]), np.array([1.0, 4.0, 6.0]))
    assert crop is not None
    z, y, x = crop
    assert block.origin_mm[0] + x.start * 0.5 <= -1.0
    assert block.origin_mm[2] + (z.stop - 1) * 0.5 >= 6.0
    assert (y.stop - y.start) * 0.5 <= 4.0
    assert block.crop(np.array([30.0, 0.0, 0.0]), np.array([40.0, 1.0, 1.0])) is None


def test_levels_follow_each_other_at_the_height_of_body_and_disc():
    sizes, _, poses = column()
    for upper, lower, size, below in zip(poses[:-1], poses[1:], sizes[:-1], sizes[1:], strict=True):
        apart = np.linalg.norm(upper.centre_mm - lower.centre_mm)
        wanted = 0.5 * (size.middle_height_mm + below.middle_height_mm) + size.disc_height_mm
        assert apart == pytest.approx(wanted, rel=0.2)
        assert upper.centre_mm[2] > lower.centre_mm[2]


def test_the_loins_are_hollow_backed():
    _, _, poses = column()
    tilt = [float(np.rad2deg(np.arcsin(pose.turn[2, 0]))) for pose in poses]
    assert tilt[2] - tilt[6] > 15.0  # L1 to L5: lordosis


def test_the_treated_body_stands_at_the_origin_with_a_sagittal_tilt_only():
    _, forms, poses = column("wedge3")
    centre = poses[2].to_patient(np.array(forms[2].centre_mm(30.0)))
    assert np.allclose(centre, 0.0, atol=1e-9)
    assert np.allclose(poses[2].turn[:, 1], [0.0, 1.0, 0.0])


def test_a_wedge_bends_the_column_forwards():
    _, _, straight = column()
    _, _, bent = column("wedge3")
    tilt = [float(np.rad2deg(np.arcsin(poses[1].turn[2, 0] - poses[2].turn[2, 0]))) for poses in (straight, bent)]
    assert tilt[1] < tilt[0] - 4.0
