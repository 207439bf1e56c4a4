"""Laws of lines, distances and transforms, whatever the vertebra and the cement."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.geometry import Crop, Similarity, apply, signed_distance_px, similarity_from_matrix
from assistant.line_maps import LineMaps, make_line_maps
from assistant.lines import WHOLE_LINES, Line
from assistant.plan import PlannedView, plan_from_document
from assistant.steps.distances import measure_distances
from assistant.vocabulary import CementMask, Distances, Unknown

WIDTH_PX, HEIGHT_PX = 90, 80
CROP = Crop(x0_px=0, y0_px=0, width_px=WIDTH_PX, height_px=HEIGHT_PX)
wobble = st.floats(-4, 4, width=32)


@st.composite
def marked(draw: st.DrawFn) -> dict[str, list[list[float]]]:
    """Landmarks of a vertebra that no person would call impossible."""

    def near(x: float, y: float) -> list[float]:
        return [x + draw(wobble), y + draw(wobble)]

    superior = [near(22, 22), near(45, 26), near(68, 22)]
    inferior = [near(20, 58), near(45, 54), near(70, 58)]
    marks = {"superior": superior, "inferior": inferior}
    if draw(st.booleans()):
        marks["posterior"] = [superior[-1], near(64, 40), inferior[-1]]
    return marks


def planned(marks: dict[str, Any], mm_per_px: float = 0.5, view: str = "lateral") -> PlannedView:
    entry = {"view": view, "reference_frame": 0, "mm_per_px": mm_per_px, "landmarks": marks}
    return plan_from_document({"schema": "fluoro-assistant/plan/1", "views": [entry]}, 0.25).views[0]


def cement(seed: int, blobs: int = 3) -> CementMask:
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    mask = np.zeros((HEIGHT_PX, WIDTH_PX), dtype=np.bool_)
    for _ in range(blobs):
        x, y, radius = rng.uniform(0, WIDTH_PX), rng.uniform(0, HEIGHT_PX), rng.uniform(0.6, 12)
        mask |= (xs - x) ** 2 + (ys - y) ** 2 <= radius**2
    return CementMask(crop=CROP, mask=mask, evidence=np.zeros(mask.shape, np.float32), outline_sigma_mm=0.1)


def numbers(distances: Distances) -> dict[Line, float]:
    """What is known; +inf for what is not."""
    return {line: np.inf if isinstance(mm, Unknown) else mm for line, mm in distances.mm.items()}


views = st.sampled_from(["lateral", "ap"])
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=40)


@few
@given(marked(), views, seeds, seeds)
def test_more_cement_never_raises_a_distance(marks: dict[str, Any], view: str, one: int, other: int) -> None:
    maps = make_line_maps(planned(marks, view=view), CROP)
    less = cement(one)
    more = replace(less, mask=less.mask | cement(other).mask)
    before, after = measure_distances(less, maps), measure_distances(more, maps)
    assert after.cement_area_mm2 >= before.cement_area_mm2
    was, now = numbers(before), numbers(after)
    assert all(now[name] <= was[name] for name in Line)


@few
@given(marked(), seeds, st.floats(0.1, 0.9), st.floats(1.05, 3.0))
def test_distances_of_lines_that_run_on_scale_with_the_scale(
    marks: dict[str, Any], seed: int, mm_per_px: float, times: float
) -> None:
    seen = cement(seed)
    one = measure_distances(seen, make_line_maps(planned(marks, mm_per_px), CROP))
    two = measure_distances(seen, make_line_maps(planned(marks, mm_per_px * times), CROP))
    small, large = numbers(one), numbers(two)
    np.testing.assert_allclose(two.cement_area_mm2, one.cement_area_mm2 * times**2, rtol=1e-9)
    for name in (Line.POSTERIOR_WALL, Line.WARNING_LINE, Line.POSTERIOR_MIDDLE, Line.WARNING_LOWER):
        np.testing.assert_allclose(large[name], small[name] * times, rtol=1e-5, atol=1e-4)


def mirrored(marks: dict[str, Any], axis: int) -> dict[str, Any]:
    size = (WIDTH_PX, HEIGHT_PX)[axis] - 1
    flip = [[size - p[0], p[1]] if axis == 0 else [p[0], size - p[1]] for line in marks.values() for p in line]
    points = iter(flip)
    return {name: [next(points) for _ in line] for name, line in marks.items()}


@few
@given(marked(), seeds, st.sampled_from([0, 1]))
def test_a_picture_seen_in_a_mirror_has_the_same_distances(marks: dict[str, Any], seed: int, axis: int) -> None:
    seen = cement(seed)
    straight = numbers(measure_distances(seen, make_line_maps(planned(marks), CROP)))
    flipped_maps = make_line_maps(planned(mirrored(marks, axis)), CROP)
    flipped = numbers(measure_distances(replace(seen, mask=np.flip(seen.mask, 1 - axis)), flipped_maps))
    for name in (Line.POSTERIOR_WALL, Line.WARNING_LINE):
        np.testing.assert_allclose(straight[name], flipped[name], atol=1e-4)
    for name in (Line.SUPERIOR_ENDPLATE, Line.INFERIOR_ENDPLATE, Line.ANTERIOR_WALL):
        # A pixel just 2 mm past a line's end may fall to either side of that limit.
        if np.isfinite(straight[name]) and np.isfinite(flipped[name]):
            np.testing.assert_allclose(straight[name], flipped[name], atol=0.5)


@few
@given(marked(), views)
def test_each_pixel_outside_is_beyond_a_line_and_none_inside_is(marks: dict[str, Any], view: str) -> None:
    maps: LineMaps = make_line_maps(planned(marks, view=view), CROP)
    lines = [maps.mm.get(line) for line in WHOLE_LINES if line is not Line.WARNING_LINE]
    least = np.min([line for line in lines if line is not None], axis=0)
    np.testing.assert_array_equal(maps.outside > 0, least < -1e-4)


similarities = st.builds(
    Similarity,
    dx_px=st.floats(-300, 300),
    dy_px=st.floats(-300, 300),
    rotation_deg=st.floats(-179, 179),
    scale=st.floats(0.3, 3.0),
    centre_px=st.tuples(st.floats(0, 2000), st.floats(0, 2000)),
)
coordinates = st.floats(-500, 2500, width=32)
points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=8)


@given(similarities, points)
def test_there_and_back_is_where_one_was(similarity: Similarity, places: list[tuple[float, float]]) -> None:
    start = np.array(places)
    there = apply(similarity.current_from_reference(), start)
    np.testing.assert_allclose(apply(similarity.reference_from_current(), there), start, atol=1e-6)
    np.testing.assert_allclose(
        apply(similarity.current_from_reference(), apply(similarity.reference_from_current(), start)), start, atol=1e-6
    )


@given(similarities)
def test_a_matrix_is_read_back(similarity: Similarity) -> None:
    found = similarity_from_matrix(similarity.current_from_reference(), similarity.centre_px)
    for name in ("dx_px", "dy_px", "scale", "rotation_deg"):
        np.testing.assert_allclose(getattr(found, name), getattr(similarity, name), atol=1e-6)


def by_sampling(place: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    pieces = [a + np.linspace(0, 1, 2001)[:, None] * (b - a) for a, b in pairwise(line)]
    return float(np.linalg.norm(np.vstack(pieces) - place, axis=1).min())


@given(similarities, points, st.floats(-5, 5))
def test_distance_moves_with_the_picture(similarity: Similarity, places: list[tuple[float, float]], bow: float) -> None:
    """Turning, moving and zooming line and points together scales the distance; the side stays; brute force agrees."""
    line = np.array([[100.0, 100.0], [100.0 + bow, 160.0], [100.0, 220.0]])
    inside = np.array([40.0, 160.0])
    here = np.array(places)
    matrix = similarity.current_from_reference()
    before, _ = signed_distance_px(here, line, inside)
    after, _ = signed_distance_px(apply(matrix, here), apply(matrix, line), apply(matrix, inside[None])[0])
    np.testing.assert_allclose(np.abs(after), np.abs(before) * similarity.scale, rtol=1e-6, atol=1e-6)
    clear = (np.abs(before) > 1e-3) & (here[:, 1] > 101) & (here[:, 1] < 219)
    np.testing.assert_array_equal(np.sign(after[clear]), np.sign(before[clear]))
    np.testing.assert_allclose(np.abs(before), [by_sampling(p, line) for p in here], atol=0.02)
