"""Aorta, vena cava, plaques."""

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy_pose import VoxelGrid
from assistant.simulation.anatomy.anatomy_vessels import Aorta, aorta_calcium, draw_aorta, with_vessels

AORTA = Aorta(middle_x_mm=29.0, radius_mm=11.0, phase=0.0, calcified=0.1)


def block(spacing_mm: float = 1.0) -> VoxelGrid:
    count = round(60.0 / spacing_mm) + 1
    return VoxelGrid(
        origin_mm=(0.0, -50.0, -30.0), spacing_mm=spacing_mm, shape=(count, round(80 / spacing_mm) + 1, count)
    )


def test_plaques_lie_in_the_vessel_wall_and_never_in_bone() -> None:
    room = block()
    bone = np.zeros(room.shape, dtype=np.float32)
    bone[:, :, :10] = 0.2
    aorta_calcium(bone, room, np.random.default_rng(0), AORTA)
    plaque = bone == np.float32(0.55)
    assert plaque.any()
    x, y, z = room.axes_mm()
    at = np.nonzero(plaque)
    apart = np.hypot(x[at[2]] - 29.0, y[at[1]] - AORTA.middle_y_mm(z.astype(np.float32))[at[0]])
    assert apart == pytest.approx(11.0, abs=0.5)
    assert 0.03 < plaque.sum() / (2 * np.pi * 11.0 * 61) < 0.15
    assert (bone[:, :, :10] == np.float32(0.2)).all()


def test_a_clean_wall_stays_clean() -> None:
    bone = np.zeros(block().shape, dtype=np.float32)
    clean = Aorta(middle_x_mm=29.0, radius_mm=11.0, phase=0.0, calcified=0.0)
    aorta_calcium(bone, block(), np.random.default_rng(0), clean)
    assert not bone.any()


def test_blood_in_fat_and_no_vein_above_the_diaphragm() -> None:
    room = block(2.0)
    value = np.full(room.shape, 1.03, dtype=np.float32)
    value[:, :, :4] = 0.27  # lung stays lung
    made = with_vessels(value, room.plain(), AORTA, 0.0, 2.0)
    x, y, z = room.axes_mm()

    def at(x_mm: float, y_mm: float, z_mm: float) -> float:
        near = (np.abs(axis - mm).argmin() for axis, mm in ((z, z_mm), (y, y_mm), (x, x_mm)))
        return float(made[tuple(near)])

    assert at(29.0, 12.0, 10.0) == pytest.approx(1.06, abs=0.001)
    assert at(29.0, 12.0 + 14.0, 0.0) == pytest.approx(0.93, abs=0.01)
    assert at(30.0, -14.0, -20.0) == pytest.approx(1.06, abs=0.001)
    assert at(30.0, -14.0, 20.0) == pytest.approx(1.03, abs=0.001)
    assert (made[:, :, :4] == np.float32(0.27)).all()


def test_drawn_aortas_differ_and_some_are_clean() -> None:
    drawn = [draw_aorta(np.random.default_rng(seed), front_x_mm=16.0) for seed in range(60)]
    assert {a.middle_x_mm for a in drawn} == {29.0}
    assert all(9.0 <= a.radius_mm <= 13.0 for a in drawn)
    assert 12 <= sum(a.calcified == 0.0 for a in drawn) <= 36
