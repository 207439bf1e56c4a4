"""A labelled CT: sampling, bone, soft tissue, contrast put back to blood."""

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError
from assistant.simulation.anatomy.anatomy_pose import VertebraPose, VoxelGrid
from assistant.simulation.anatomy.real_anatomy_ct import Scan, read_scan
from assistant.simulation.anatomy.real_anatomy_nifti import ScanVolume

UPRIGHT = VertebraPose(turn=np.eye(3), centre_mm=np.zeros(3))


@pytest.fixture(scope="module")
def scan() -> Scan:
    """Water with a bar of bone (no label), a labelled block and air round it; 2 mm voxels, 80 mm a side."""
    units = np.full((40, 40, 40), -1000.0, dtype=np.float32)
    units[:, 3:-3, 3:-3] = 0.0
    units[:, 5:8, 5:8] = 800.0
    units[10:22, 14:26, 14:26] = 200.0
    labels = np.zeros(units.shape, dtype=np.uint8)
    labels[10:22, 14:26, 14:26] = 31
    words = {"spacing_mm": (2.0, 2.0, 2.0), "origin_mm": (-39.0, -39.0, -39.0)}
    return Scan(
        kind="ct-lumbar", hounsfield=ScanVolume(values=units, **words), labels=ScanVolume(values=labels, **words)
    )


def test_labels_become_levels(scan):
    surfaces = scan.surfaces()
    assert list(surfaces) == ["L1"]
    assert np.ptp(surfaces["L1"].points_mm, axis=0) == pytest.approx(24.0, abs=1.5)


def test_unlabelled_bone_is_found_at_its_place_and_the_labelled_left_out(scan):
    block = VoxelGrid(origin_mm=(-30.0, -30.0, -20.0), spacing_mm=1.0, shape=(30, 50, 50))
    bone = scan.other_bone(UPRIGHT, 1.0, block)
    assert bone[15, 3, 3] == pytest.approx((800.0 - 60.0) / 1200.0, rel=0.05)
    assert not bone[:, 20:, 20:].any()
    outside, wide = scan.bone_outside(UPRIGHT, 1.0, block)
    crop = wide.crop(np.array([-28.0, -28.0, -18.0]), np.array([10.0, 10.0, 5.0]))
    assert not outside[crop].any()
    assert outside.any()


def test_scaling_and_turning_move_the_bone(scan):
    block = VoxelGrid(origin_mm=(-40.0, -40.0, -1.0), spacing_mm=1.0, shape=(3, 80, 80))
    x, y, _ = block.axes_mm()

    def centre(pose: VertebraPose, scale: float):
        bone = scan.other_bone(pose, scale, block)[1]
        return float((bone * x).sum() / bone.sum()), float((bone * y[:, None]).sum() / bone.sum())

    assert centre(UPRIGHT, 1.0) == pytest.approx((-27.0, -27.0), abs=0.3)
    assert centre(UPRIGHT, 1.1) == pytest.approx((-29.7, -29.7), abs=0.3)
    quarter = VertebraPose(turn=np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), centre_mm=np.zeros(3))
    assert centre(quarter, 1.0) == pytest.approx((-27.0, 27.0), abs=0.3)


def test_soft_tissue_goes_on_above_and_below_the_scan_and_is_air_beside_it(scan):
    soft, block = scan.soft_tissue(UPRIGHT, 1.0)
    x, y, z = block.axes_mm()
    middle = soft[:, np.argmin(np.abs(y)), np.argmin(np.abs(x - 28.0))]
    assert middle == pytest.approx(1.0, abs=0.02)
    assert (z.min(), z.max()) == pytest.approx((-150.0, 150.0), abs=3.0)
    assert soft[:, :, 0].max() < 0.01
    assert scan.holds(UPRIGHT, 1.0, np.zeros(3), margin_mm=20.0)
    assert not scan.holds(UPRIGHT, 1.0, np.array([0.0, 0.0, 30.0]), margin_mm=20.0)


def test_density_inside_is_relative_to_its_mean(scan):
    block = VoxelGrid(origin_mm=(-8.0, -8.0, -16.0), spacing_mm=1.0, shape=(16, 16, 16))
    inside = np.ones(block.shape, dtype=bool)
    assert scan.relative_density(UPRIGHT, 1.0, block, inside).mean() == pytest.approx(1.0, abs=0.05)


def test_a_folder_without_a_ct_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="holds no CT"):
        read_scan(tmp_path)
