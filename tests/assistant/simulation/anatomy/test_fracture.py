"""Fracture shapes against Genant's grades and the measured table."""

import numpy as np
import pytest

from assistant.errors import UsageError
from assistant.simulation.anatomy.anatomy_sizes import draw_sizes, mean_size
from assistant.simulation.anatomy.fracture import broken, parse, unbroken


def heights(form, size):
    front = form.superior_front_mm - form.inferior_front_mm
    back = form.superior_back_mm - form.inferior_back_mm
    hollow = form.superior_dish_mm + form.inferior_dish_mm
    return front, 0.5 * (front + back) - hollow, back


@pytest.mark.parametrize(
    ("level", "grade", "mean", "sd"),
    [("L1", 1, 12.0, 1.8), ("T12", 2, 16.8, 2.6), ("L1", 2, 16.9, 2.5), ("T11", 3, 22.9, 6.0), ("T12", 3, 24.4, 4.3)],
)
def test_wedge_angles_are_those_of_the_table(level: str, grade: int, mean: float, sd: float):
    angles = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        size = draw_sizes((level,), rng)[0]
        angles.append(broken(f"wedge{grade}", size, rng).wedge_angle_deg(size.depth_mm))
    assert abs(np.mean(angles) - mean) < sd
    assert np.percentile(np.abs(np.array(angles) - mean), 90) < 2.5 * sd


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_heights_lost_follow_the_grade(grade: int):
    low, high = {1: (0.19, 0.30), 2: (0.24, 0.45), 3: (0.38, 0.68)}[grade]
    size = mean_size("L1")
    for seed in range(20):
        front, middle, back = heights(broken(f"crush{grade}", size, np.random.default_rng(seed)), size)
        assert low <= 1 - front / size.anterior_height_mm <= high
        assert back < size.posterior_height_mm * (1.0 - 0.8 * low)
        whole = heights(unbroken(size, np.random.default_rng(seed)), size)
        front, middle, back = heights(broken(f"biconcave{grade}", size, np.random.default_rng(seed)), size)
        assert middle < whole[1] * (1 - 0.8 * low)
        assert middle > 2.0
        assert back == pytest.approx(whole[2])


def test_an_unbroken_body_has_its_own_heights():
    size = mean_size("T8")
    front, _, back = heights(unbroken(size, np.random.default_rng(0)), size)
    assert (front, back) == pytest.approx((size.anterior_height_mm, size.posterior_height_mm))


@pytest.mark.parametrize("name", ["wedge", "wedge4", "burst2", ""])
def test_unknown_names_are_refused(name: str):
    with pytest.raises(UsageError, match="wedge, biconcave or crush"):
        parse(name)
