"""Closed forms and brute force; the conventions are the contract's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.geometry import (
    END_TOLERANCE_MM,
    Crop,
    Similarity,
    along,
    apply,
    extended,
    length_px,
    side_of,
    signed_distance_map,
    signed_distance_px,
    similarity_from_matrix,
)

similarities = st.builds(
    Similarity,
    dx_px=st.floats(-200, 200),
    dy_px=st.floats(-200, 200),
    rotation_deg=st.floats(-170, 170),
    scale=st.floats(0.5, 2.0),
    centre_px=st.tuples(st.floats(0, 1024), st.floats(0, 1024)),
)
POINTS = np.array([[0.0, 0.0], [100.0, 7.0], [512.5, 900.0]])


@given(similarities)
def test_a_similarity_is_the_formula_of_the_contract(similarity: Similarity) -> None:
    angle = np.deg2rad(similarity.rotation_deg)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array(similarity.centre_px)
    expected = (
        similarity.scale * (POINTS - centre) @ rotation.T + centre + np.array([similarity.dx_px, similarity.dy_px])
    )
    np.testing.assert_allclose(apply(similarity.current_from_reference(), POINTS), expected, atol=1e-7)


def test_a_positive_rotation_turns_right_towards_down() -> None:
    quarter = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=90.0, scale=1.0, centre_px=(10.0, 10.0))
    moved = apply(quarter.current_from_reference(), np.array([[11.0, 10.0]]))
    np.testing.assert_allclose(moved, [[10.0, 11.0]], atol=1e-12)


@given(similarities)
def test_there_and_back_again(similarity: Similarity) -> None:
    there = apply(similarity.current_from_reference(), POINTS)
    np.testing.assert_allclose(apply(similarity.reference_from_current(), there), POINTS, atol=1e-6)


@given(similarities)
def test_a_matrix_is_read_back_as_the_similarity_it_came_from(similarity: Similarity) -> None:
    back = similarity_from_matrix(similarity.current_from_reference(), similarity.centre_px)
    for name in ("dx_px", "dy_px", "rotation_deg", "scale"):
        assert getattr(back, name) == pytest.approx(getattr(similarity, name), abs=1e-7)


def test_points_along_a_bent_line() -> None:
    line = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])
    assert length_px(line) == 7.0
    np.testing.assert_allclose(along(line, np.array([0.0, 3 / 7, 5 / 7, 1.0])), [[0, 0], [3, 0], [3, 2], [3, 4]])


def test_a_line_runs_on_parallel_to_its_chord() -> None:
    line = np.array([[0.0, 0.0], [5.0, 5.0], [10.0, 0.0]])
    np.testing.assert_allclose(extended(line, 4.0), [[-4, 0], [0, 0], [5, 5], [10, 0], [14, 0]])


def test_distance_to_a_straight_line_in_closed_form() -> None:
    line = np.array([[50.0, 0.0], [50.0, 100.0]])
    points = np.array([[30.0, 40.0], [50.0, 70.0], [65.0, 10.0]])
    distance, foot = signed_distance_px(points, line, np.array([0.0, 50.0]))
    np.testing.assert_allclose(distance, [20.0, 0.0, -15.0])
    np.testing.assert_allclose(foot, [40.0, 70.0, 10.0])


coordinates = st.floats(0, 60, allow_nan=False, width=32)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=4, max_size=12), st.floats(-6, 6))
def test_distance_to_a_bowed_line_by_brute_force(places: list[tuple[float, float]], bow_px: float) -> None:
    # A posterior wall bowed by up to 6 px, cut into very short pieces.
    line = np.array([[30.0 + bow_px * np.sin(np.pi * y / 60), y] for y in np.linspace(0.0, 60.0, 13)])
    points = np.array(places)
    distance, _ = signed_distance_px(points, line, np.array([-100.0, 30.0]))
    fine = along(line, np.linspace(0, 1, 4001))
    nearest = np.linalg.norm(points[:, None] - fine, axis=2).min(axis=1)
    np.testing.assert_allclose(np.abs(distance), nearest, atol=0.02)
    left = points[:, 0] < np.interp(points[:, 1], line[:, 1], line[:, 0])
    inside_ends = (points[:, 1] > 0.5) & (points[:, 1] < 59.5) & (nearest > 0.02)
    np.testing.assert_array_equal(distance[inside_ends] > 0, left[inside_ends])


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=8))
def test_a_mirror_changes_no_distance(places: list[tuple[float, float]]) -> None:
    line = np.array([[40.0, 0.0], [44.0, 30.0], [41.0, 60.0]])
    points, inside = np.array(places), np.array([10.0, 30.0])
    flip = np.array([-1.0, 1.0])
    straight, _ = signed_distance_px(points, line, inside)
    mirrored, _ = signed_distance_px(points * flip, line * flip, inside * flip)
    np.testing.assert_allclose(straight, mirrored, atol=1e-9)


def test_the_order_of_a_line_does_not_choose_the_side() -> None:
    line = np.array([[40.0, 0.0], [44.0, 30.0], [41.0, 60.0]])
    points, inside = np.array([[20.0, 30.0], [60.0, 30.0]]), np.array([10.0, 30.0])
    assert side_of(line, inside) == -side_of(line[::-1], inside)
    there, _ = signed_distance_px(points, line, inside)
    back, _ = signed_distance_px(points, line[::-1], inside)
    np.testing.assert_allclose(there, back)
    assert there[0] > 0 > there[1]


CROP = Crop(x0_px=10, y0_px=20, width_px=60, height_px=50)


def test_a_crop_counts_whole_pixels_row_by_row() -> None:
    picture = np.arange(100 * 80).reshape(100, 80)
    cut = picture[CROP.rows, CROP.cols]
    assert cut.shape == (50, 60)
    centres = CROP.pixel_centres()
    np.testing.assert_array_equal(centres[0], [10, 20])
    np.testing.assert_array_equal(centres[1], [11, 20])
    np.testing.assert_array_equal(picture[centres[:, 1].astype(int), centres[:, 0].astype(int)], cut.ravel())


def test_a_map_is_in_mm_and_follows_the_scale() -> None:
    line, inside = np.array([[50.0, 30.0], [50.0, 60.0]]), np.array([20.0, 45.0])
    fine = signed_distance_map(CROP, line, inside, 0.25, runs_on=True)
    coarse = signed_distance_map(CROP, line, inside, 0.5, runs_on=True)
    assert fine.shape == (50, 60)
    assert fine[45 - 20, 30 - 10] == pytest.approx(20 * 0.25)
    np.testing.assert_allclose(coarse, 2 * fine, rtol=1e-5)


def test_a_wall_runs_on_and_an_endplate_ends_2_mm_past_its_corner() -> None:
    line, inside = np.array([[50.0, 30.0], [50.0, 60.0]]), np.array([20.0, 45.0])
    runs_on = signed_distance_map(CROP, line, inside, 0.5, runs_on=True)
    ends = signed_distance_map(CROP, line, inside, 0.5, runs_on=False)
    assert np.isfinite(runs_on).all()
    rows = np.arange(20, 70)
    past_mm = np.maximum(30 - rows, rows - 60) * 0.5
    counts = past_mm <= END_TOLERANCE_MM
    np.testing.assert_array_equal(np.isfinite(ends), np.repeat(counts[:, None], 60, axis=1))
    np.testing.assert_array_equal(ends[counts], runs_on[counts])
