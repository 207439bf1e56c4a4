"""Pedicles and posterior elements."""

import numpy as np
import pytest

from assistant.simulation.anatomy.anatomy_sizes import TREATABLE, mean_size
from assistant.simulation.anatomy.vertebra_processes import posterior_limbs


@pytest.mark.parametrize("level", TREATABLE)
def test_every_level_has_its_parts_behind_the_body(level: str):
    size = mean_size(level)
    limbs = posterior_limbs(size, np.random.default_rng(0))
    assert len(limbs) >= 15
    ends = np.array([limb.end_mm for limb in limbs])
    assert ends[:, 0].max() < -size.depth_mm / 2 + 1.0
    assert ends[:, 0].min() < -size.depth_mm / 2 - 25.0  # the spinous process
    assert np.abs(ends[:, 1]).max() > 0.7 * size.transverse_reach_mm
    # Superior facets rise above the body's top, inferior ones hang below its bottom.
    assert ends[:, 2].max() > size.posterior_height_mm / 2
    assert ends[:, 2].min() < -size.posterior_height_mm / 2


def test_pedicles_mirror_each_other_and_are_narrowest_between():
    size = mean_size("T8")
    front_left, front_right, rear_left, _ = posterior_limbs(size, np.random.default_rng(0))[:4]
    assert front_left.mirrored() == front_right
    assert front_left.end_mm == rear_left.start_mm
    assert front_left.end_radii_mm == (size.pedicle_width_mm / 2, size.pedicle_height_mm / 2)
    assert front_left.start_radii_mm[0] > front_left.end_radii_mm[0] < rear_left.end_radii_mm[0]


def test_thoracic_spines_slope_down_and_lumbar_ones_hardly():
    def drop(level: str) -> float:
        spine = min(posterior_limbs(mean_size(level), np.random.default_rng(0)), key=lambda limb: limb.end_mm[0])
        return (spine.start_mm[2] - spine.end_mm[2]) / (spine.start_mm[0] - spine.end_mm[0])

    assert drop("T7") > 1.0
    assert drop("L3") < 0.3
