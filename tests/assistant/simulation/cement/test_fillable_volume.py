"""The room that safety margins leave in a box-shaped body (depth 32, width 40, height 24 mm)."""

import numpy as np
import pytest

from assistant.simulation.cement.fillable_volume import fillable_volume, near_axis, nearest, ragged
from assistant.simulation.scene import SimulatedCannula


def limits(room):
    z, y, x = np.nonzero(room.allowed)
    origin, step = np.array(room.origin_mm), room.spacing_mm
    low = origin + step * np.array([x.min(), y.min(), z.min()])
    return low, origin + step * np.array([x.max(), y.max(), z.max()])


@pytest.mark.parametrize("margin_mm", [0.5, 1.5, 4.0])
def test_margins_hold_on_every_side(toy_anatomy, margin_mm: float):
    low, high = limits(fillable_volume(toy_anatomy, margin_mm, 0.0))
    assert high[0] <= 16.0 - margin_mm
    assert low[0] >= -16.0 + margin_mm
    assert np.abs([low[1], high[1]]).max() <= 20.0 - margin_mm
    assert np.abs([low[2], high[2]]).max() <= 12.0 - margin_mm
    assert high[0] >= 15.5 - margin_mm - 1.6  # and no more than the grid costs is given away


@pytest.mark.parametrize("reach", [0.15, 0.25, 0.5])
def test_reach_is_a_share_of_the_depth(toy_anatomy, reach: float):
    low, _ = limits(fillable_volume(toy_anatomy, 1.0, reach))
    assert low[0] == pytest.approx(-16.0 + reach * 32.0, abs=0.75)


def test_steel_is_found_behind_the_tip_only(toy_anatomy):
    room = fillable_volume(toy_anatomy, 1.0, 0.0)
    steel = SimulatedCannula(
        tip_mm=(0.0, 0.0, 0.0), towards_handle=(-1.0, 0.0, 0.0), outer_diameter_mm=4.0, inner_diameter_mm=3.0
    )
    inside = near_axis(room, steel, 2.0, from_mm=0.0)
    _, _, x = np.nonzero(inside)
    assert room.origin_mm[0] + 0.5 * x.max() < 0.01
    length = room.origin_mm[0] * -1.0
    assert inside.sum() * 0.125 == pytest.approx(np.pi * 4.0 * length, rel=0.12)


def test_nearest_allowed_voxel(toy_anatomy):
    room = fillable_volume(toy_anatomy, 1.0, 0.0)
    index = nearest(room, room.allowed, np.array([100.0, 0.2, 0.2]))
    assert room.allowed[index]
    assert index[2] == np.nonzero(room.allowed)[2].max()


def test_ragged_limits_slow_the_rim_and_the_corners_and_nothing_else(toy_anatomy):
    room = fillable_volume(toy_anatomy, 1.0, 0.0)
    cost = np.ones(room.body.shape, dtype=np.float32)
    rough = ragged(room, cost, None, np.random.default_rng(0))
    x, y, z = room.points_mm()
    span = [float(np.abs(axis[room.allowed]).max()) for axis in np.broadcast_arrays(x, y, z)]
    deep = (x / span[0]) ** 2 + (y / span[1]) ** 2 + (z / span[2]) ** 2 < 0.15
    assert (rough[deep] == 1.0).all()
    assert (rough >= 1.0).all()
    corner = room.allowed & (np.abs(x) > 0.9 * span[0]) & (np.abs(z) > 0.9 * span[2])
    assert corner.any()
    assert np.median(rough[corner]) > 25.0
    behind, ahead = (corner & side for side in (x < 0, x > 0))
    assert np.median(rough[behind]) > np.median(rough[ahead])


def test_the_way_to_the_goal_stays_free(toy_anatomy):
    room = fillable_volume(toy_anatomy, 1.0, 0.0)
    goal = np.zeros_like(room.body)
    index = nearest(room, room.allowed, np.array([-100.0, 0.0, 0.0]))
    goal[index] = True
    rough = ragged(room, np.ones(room.body.shape, dtype=np.float32), goal, np.random.default_rng(0))
    assert rough[index] == 1.0
