"""The heart's beat against a ball of flesh in a lung."""

import numpy as np
import pytest

from assistant.simulation.anatomy import heart
from assistant.simulation.scene import Volume

SPACING_MM = 3.0
RADIUS_MM = 45.0


def lung_with_ball(count: int = 60) -> tuple[Volume, np.ndarray]:
    origin = (heart.AHEAD_MM - 90.0, heart.LEFT_MM - 90.0, -90.0)
    axes = [np.arange(count) * SPACING_MM - 90.0] * 3
    away = np.sqrt(axes[0][:, None, None] ** 2 + axes[1][None, :, None] ** 2 + axes[2][None, None, :] ** 2)
    lack = 0.75 * np.clip((away - RADIUS_MM) / SPACING_MM + 0.5, 0.0, 1.0)
    return Volume(values=lack.astype(np.float32), spacing_mm=SPACING_MM, origin_mm=origin), away


def test_the_lung_loses_what_the_heart_gains() -> None:
    gas, away = lung_with_ball()
    beat = heart.beat(gas, heart.LEVEL)
    assert beat is not None
    lost_g = -float(beat.values.sum()) * (SPACING_MM / 10.0) ** 3
    larger_mm = RADIUS_MM + heart.SWELLING_MM
    shell_cm3 = 4.0 / 3.0 * np.pi * (larger_mm**3 - RADIUS_MM**3) / 1000.0
    assert lost_g == pytest.approx(0.75 * shell_cm3, rel=0.05)
    assert beat.values.max() <= 1e-6
    low = np.round((np.array(beat.origin_mm) - gas.origin_mm) / SPACING_MM).astype(int)[::-1]
    part = tuple(slice(a, a + n) for a, n in zip(low, beat.values.shape, strict=True))
    assert (np.asarray(gas.values)[part] + beat.values >= -1e-6).all()
    assert not beat.values[np.abs(away[part] - RADIUS_MM) > 4 * SPACING_MM].any()


def test_no_beat_without_a_lung_or_far_from_the_chest() -> None:
    gas, _ = lung_with_ball()
    empty = Volume(values=np.zeros((60, 60, 60), np.float32), spacing_mm=SPACING_MM, origin_mm=gas.origin_mm)
    assert heart.beat(empty, heart.LEVEL) is None
    assert heart.beat(gas, "L5") is None
