"""Trunk, ribs, sacrum."""

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy_pose import VertebraPose
from assistant.simulation.anatomy.anatomy_sizes import mean_size
from assistant.simulation.anatomy.anatomy_trunk import ribs, sacrum_limbs, soft_tissue

UPRIGHT = VertebraPose(turn=np.eye(3), centre_mm=np.zeros(3))


def lung_share(level_z_mm: dict[str, float]) -> float:
    value, _ = soft_tissue(np.random.default_rng(1), level_z_mm=level_z_mm, skin_back_mm=-75.0, spacing_mm=6.0)
    return float(((value > 0.15) & (value < 0.6)).mean())


def test_lungs_lie_above_the_diaphragm_only():
    thorax = lung_share({"T7": 25.0, "T8": 0.0, "T9": -25.0})
    loins = lung_share({"L3": 36.0, "L4": 0.0, "L5": -36.0})
    assert thorax > 0.08
    assert loins < 0.25 * thorax


def test_there_is_air_all_round_and_flesh_at_the_spine():
    value, block = soft_tissue(np.random.default_rng(2), level_z_mm={"L2": 0.0}, skin_back_mm=-75.0, spacing_mm=6.0)
    assert value[:, 0].max() < 0.01
    assert value[:, :, 0].max() < 0.01
    index = [round((0.0 - origin) / 6.0) for origin in block.origin_mm]
    assert value[index[2], index[1], index[0]] == pytest.approx(1.055, abs=0.1)


def test_a_thoracic_level_has_a_pair_of_ribs_and_a_lumbar_one_none():
    value, block = ribs((mean_size("T8"),), (UPRIGHT,), np.random.default_rng(0), spacing_mm=2.0)
    _, y, _ = block.axes_mm()
    left, right = value[:, y > 0].sum(), value[:, y < 0].sum()
    assert left > 0
    assert left == pytest.approx(right, rel=0.1)
    assert y.max() > 100.0
    none, _ = ribs((mean_size("L3"),), (UPRIGHT,), np.random.default_rng(0))
    assert not none.any()


def test_ribs_fall_to_the_front():
    value, block = ribs((mean_size("T8"),), (UPRIGHT,), np.random.default_rng(0), spacing_mm=2.0)
    x, _, z = block.axes_mm()
    behind, before = value[:, :, x < -20.0], value[:, :, x > 40.0]
    heights = [float((part.sum(axis=(1, 2)) * z).sum() / part.sum()) for part in (behind, before)]
    assert heights[1] < heights[0] - 25.0


def test_the_sacrum_mirrors_itself():
    wing, other, *_ = sacrum_limbs(mean_size("S1"))
    assert wing.mirrored() == other
