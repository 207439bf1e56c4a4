"""One vertebra: distances, density, texture."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy_pose import VertebraPose, block_around
from assistant.simulation.anatomy.anatomy_sizes import mean_size
from assistant.simulation.anatomy.fracture import unbroken
from assistant.simulation.anatomy.vertebra import (
    CORTEX_G_PER_CM3,
    SpineCondition,
    body_distance_mm,
    density,
    limbs_distance_mm,
    make,
    spongy_tile,
)

UPRIGHT = VertebraPose(turn=np.eye(3), centre_mm=np.zeros(3))


@pytest.fixture(scope="module")
def bone():
    rng = np.random.default_rng(2)
    size = mean_size("L2")
    return make(size, unbroken(size, rng), rng)


@pytest.fixture(scope="module")
def sampled(bone):
    block = block_around(*bone.bounds_mm(), 0.7)
    grid = block.seen_from(UPRIGHT)
    body, _ = body_distance_mm(bone, grid)
    limbs, _, _ = limbs_distance_mm(bone.limbs, grid, 2.5)
    mineral = density(bone, grid, 0.7, np.full(block.shape, 0.1, dtype=np.float32))
    return block, body, limbs, mineral


def test_the_body_has_its_depth_width_height_and_volume(bone, sampled):
    block, body, _, _ = sampled
    x, y, z = block.axes_mm()
    inside = body <= 0
    assert np.ptp(x[inside.any(axis=(0, 1))]) == pytest.approx(bone.size.depth_mm, abs=2.5)
    assert np.ptp(y[inside.any(axis=(0, 2))]) == pytest.approx(bone.size.width_mm, abs=2.5)
    assert np.ptp(z[inside.any(axis=(1, 2))]) == pytest.approx(bone.size.middle_height_mm, abs=2.0)
    volume_ml = inside.sum() * 0.7**3 / 1000.0
    assert 20.0 < volume_ml < 36.0  # 26.1 ± 6.0 ml over all levels


def test_endplates_and_posterior_wall_are_hollow(bone, sampled):
    block, body, _, _ = sampled
    x, y, z = block.axes_mm()
    inside = body <= 0
    column = [int(inside[:, np.argmin(np.abs(y)), np.argmin(np.abs(x - at))].sum()) for at in (0.0, 13.5)]
    assert column[0] * 0.7 < column[1] * 0.7 - 1.5
    row = inside[np.argmin(np.abs(z - 4.0))]
    behind = [float(x[np.argmax(row[np.argmin(np.abs(y - at))])]) for at in (0.0, 9.0)]
    assert behind[0] > behind[1] + 1.0  # the mid-line lies farther forward


def test_pedicles_leave_the_upper_half_and_keep_the_canal_free(bone, sampled):
    block, body, limbs, _ = sampled
    x, y, z = block.axes_mm()
    solid = (np.minimum(body, limbs) <= 0)[:, :, np.argmin(np.abs(x + bone.size.depth_mm / 2 + 4.0))]
    heights = z[solid.any(axis=1)]
    assert heights.mean() > 2.0
    assert not solid[:, np.abs(y) < 0.42 * bone.size.canal_width_mm].any()


def test_the_shell_is_dense_and_the_inside_spongy(sampled):
    _, body, _, mineral = sampled
    core = mineral[body < -4.0]
    assert core.mean() == pytest.approx(0.1, rel=0.02)
    assert mineral.max() <= CORTEX_G_PER_CM3
    assert mineral[(body > -0.6) & (body < 0.0)].mean() > 0.35
    assert not mineral[body > 30.0].any()


def test_mineral_of_the_shell_is_its_thickness_times_its_density():
    # One ray through an endplate-free side wall: the integral does not depend on the voxel size.
    size = mean_size("L2")
    rng = np.random.default_rng(2)
    bone = make(size, unbroken(size, rng), rng)
    integrals = []
    for spacing in (0.3, 0.6):
        low, high = np.array([6.0, 12.0, -4.0]), np.array([7.2, 26.0, -2.8])
        block = block_around(low, high, spacing)
        zero = np.zeros(block.shape, dtype=np.float32)
        integrals.append(float(density(bone, block.seen_from(UPRIGHT), spacing, zero).sum(axis=1).mean() * spacing))
    assert integrals[0] == pytest.approx(integrals[1], rel=0.1)
    assert integrals[0] > 0.9 * 0.42 * CORTEX_G_PER_CM3


def test_the_texture_has_its_mean_runs_upright_and_repeats_without_a_seam():
    tile = spongy_tile(np.random.default_rng(0), 0.6, 0.08, side=64)
    assert tile.mean() == pytest.approx(0.08, rel=1e-3)
    assert tile.min() > 0
    centred = tile - tile.mean()
    along = float((centred * np.roll(centred, 3, axis=0)).mean())
    across = float((centred * np.roll(centred, 3, axis=1)).mean())
    assert along > 1.5 * across
    seam = np.abs(tile[0] - tile[-1]).mean()
    assert seam < 1.5 * np.abs(tile[1] - tile[0]).mean()


def test_thin_cortex_and_faint_soft_endplates_weigh_less_and_stand_where_they_stood(bone, sampled):
    block, body, _, mineral = sampled
    spongy = np.full(block.shape, 0.1, dtype=np.float32)

    def of(**condition):
        changed = replace(bone, condition=SpineCondition(**condition))
        return density(changed, block.seen_from(UPRIGHT), 0.7, spongy)

    assert of().sum() == mineral.sum()
    thin, faint = of(cortex=0.5), of(endplate=0.35, endplate_soft_mm=1.5)
    assert thin.sum() < 0.85 * mineral.sum()
    assert faint.sum() < mineral.sum()
    x, y, _ = (np.abs(axis).argmin() for axis in block.axes_mm())
    assert 0 < faint[:, y, x].max() < 0.6 * mineral[:, y, x].max()
    assert (thin[body < -3] == mineral[body < -3]).all()
