"""Figures of points, against worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.review import measurements
from assistant.vocabulary import Unknown


def points(*pairs: tuple[float, float]) -> np.ndarray:
    return np.array(pairs, dtype=np.float64)


def test_a_distance_is_in_mm() -> None:
    assert measurements.distance_mm(points((0, 0))[0], points((3, 4))[0], 0.4) == pytest.approx(2.0)


@pytest.mark.parametrize(("b", "expected"), [((10, 0), 0.0), ((0, 10), 90.0), ((-10, 0), 180.0), ((5, -5), 45.0)])
def test_an_angle_between_two_arms(b: tuple[float, float], expected: float) -> None:
    corner = points((0, 0))[0]
    assert measurements.angle_deg(points((7, 0))[0], corner, points(b)[0]) == pytest.approx(expected)


def test_an_angle_without_an_arm_is_unknown() -> None:
    corner = points((1, 1))[0]
    assert isinstance(measurements.angle_deg(corner, corner, points((2, 2))[0]), Unknown)


# Anterior on the left: a body 30 px high behind and 15 px in front, 30 px deep.
SUPERIOR = points((0, 15), (15, 9), (30, 0))
INFERIOR = points((0, 30), (15, 30), (30, 30))


def test_six_points_of_a_wedge() -> None:
    figures = measurements.six_points(SUPERIOR, INFERIOR, 1.0)
    assert (figures.anterior_mm, figures.middle_mm, figures.posterior_mm) == (15.0, 21.0, 30.0)
    assert figures.beck_index == pytest.approx(0.5)
    assert figures.biconcavity == pytest.approx(0.7)
    assert figures.wedge_deg == pytest.approx(np.degrees(np.arctan(0.5)))


def test_the_wedge_keeps_its_sign_in_a_flipped_picture() -> None:
    mirror = np.array([-1.0, 1.0])
    upright = measurements.wedge_deg(SUPERIOR, INFERIOR)
    assert measurements.wedge_deg(SUPERIOR * mirror, INFERIOR * mirror) == pytest.approx(upright)
    assert measurements.wedge_deg(SUPERIOR * -mirror, INFERIOR * -mirror) == pytest.approx(upright)


@given(turn=st.floats(-180, 180), scale=st.floats(0.05, 5.0))
def test_ratios_and_angles_do_not_depend_on_place_or_scale(turn: float, scale: float) -> None:
    a = np.deg2rad(turn)
    matrix = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    plain = measurements.six_points(SUPERIOR, INFERIOR, 0.3)
    moved = measurements.six_points(SUPERIOR @ matrix.T + 100, INFERIOR @ matrix.T + 100, 0.3)
    assert moved.beck_index == pytest.approx(plain.beck_index)
    assert moved.wedge_deg == pytest.approx(plain.wedge_deg)
    assert moved.anterior_mm == pytest.approx(scale * plain.anterior_mm)


def test_cobb_is_positive_for_kyphosis() -> None:
    # The endplates meet in front (left): 10 degrees each way.
    upper = points((0, 0), (50, -50 * np.tan(np.deg2rad(10))))
    lower = points((0, 60), (50, 60 + 50 * np.tan(np.deg2rad(10))))
    assert measurements.cobb_deg(upper, lower) == pytest.approx(20.0)
    assert measurements.cobb_deg(upper * [1, -1] + [0, 0], lower * [1, -1]) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("loss", "grade"), [(0.0, 0), (0.199, 0), (0.2, 1), (0.249, 1), (0.25, 2), (0.399, 2), (0.4, 3), (0.9, 3)]
)
def test_genant_grades(loss: float, grade: int) -> None:
    assert measurements.genant_grade(loss) == grade


def test_heights_against_the_neighbours() -> None:
    injured = measurements.six_points(SUPERIOR, INFERIOR, 1.0)
    whole = measurements.six_points(points((0, 0), (15, 0), (30, 0)), INFERIOR, 1.0)
    ratios = measurements.height_ratios(injured, whole, whole)
    assert ratios.anterior == pytest.approx(0.5)
    assert ratios.middle == pytest.approx(0.7)
    assert ratios.posterior == pytest.approx(1.0)
    assert ratios.genant_grade == 3
    assert measurements.height_ratios(injured, None, whole).anterior == pytest.approx(0.5)
    assert isinstance(measurements.height_ratios(injured, None, None).genant_grade, Unknown)


def test_published_wedges_are_graded_as_their_paper_says() -> None:
    # Means of JOSR 2023, 10.1186/s13018-023-03758-w, table 1: Ha and Hp in mm; Ha/Hp was 65.5 % and 46.3 %.
    for anterior, posterior, ratio in ((20.2, 30.8, 0.656), (13.3, 28.6, 0.465)):
        top = points((0, posterior - anterior), (15, 0), (30, 0))
        bottom = points((0, posterior), (15, posterior), (30, posterior))
        assert measurements.six_points(top, bottom, 1.0).beck_index == pytest.approx(ratio, abs=0.002)
