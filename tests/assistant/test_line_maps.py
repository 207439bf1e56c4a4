"""Maps against a brute force that knows nothing of polylines, feet or signs: points sampled along the line."""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest
from scipy.spatial import cKDTree

from assistant.geometry import Crop, inside_ring
from assistant.line_maps import OUTSIDE, LineMaps, make_line_maps
from assistant.lines import Line
from assistant.plan import PlannedView, plan_from_document
from assistant.vocabulary import LeakSite

MM_PER_PX = 0.4
CROP = Crop(x0_px=20, y0_px=10, width_px=160, height_px=150)


def planned(view: str = "lateral", **landmarks: Any) -> PlannedView:
    marks = {
        "superior": [[60.0, 52.0], [95.0, 57.0], [130.0, 50.0]],
        "inferior": [[57.0, 112.0], [95.0, 106.0], [134.0, 115.0]],
        **landmarks,
    }
    entry = {"view": view, "level": "L1", "reference_frame": 0, "mm_per_px": MM_PER_PX, "landmarks": marks}
    return plan_from_document({"schema": "fluoro-assistant/plan/1", "views": [entry]}, 0.25).views[0]


CURVED = {
    "posterior": [[130.0, 50.0], [126.0, 70.0], [125.5, 90.0], [134.0, 115.0]],
    "anterior": [[60.0, 52.0], [64.0, 80.0], [57.0, 112.0]],
}
VIEWS = {"straight": planned(), "curved": planned(**CURVED), "ap": planned("ap")}


def brute_force(line: np.ndarray, inside: np.ndarray, *, runs_on: bool) -> np.ndarray:
    """Nearest of many points along the line; its side by a huge polygon that has the line as one of its sides."""
    chord = (line[-1] - line[0]) / np.linalg.norm(line[-1] - line[0])
    pieces = [a + np.linspace(0, 1, 4001)[:, None] * (b - a) for a, b in pairwise(line)]
    out = np.linspace(0, 400, 16001)[:, None] * chord
    points = np.vstack([*pieces, line[0] - out, line[-1] + out])
    past_px = np.concatenate([np.zeros(sum(map(len, pieces))), *[np.linspace(0, 400, 16001)] * 2])
    pixels = CROP.pixel_centres()
    nearest, which = cKDTree(points).query(pixels)
    normal = np.array([-chord[1], chord[0]])
    if (inside - line[0]) @ normal < 0:
        normal = -normal
    far = 2000.0
    long = np.vstack([line[0] - far * chord, line, line[-1] + far * chord])
    on_inside = winds_around(pixels, np.vstack([long, long[::-1] + far * normal]))
    signed = np.where(on_inside, nearest, -nearest) * MM_PER_PX
    if not runs_on:
        signed[past_px[which] * MM_PER_PX > 2.0] = np.inf
    return signed.reshape(CROP.height_px, CROP.width_px)


def winds_around(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Winding number of a polygon about points."""
    rays = np.vstack([polygon, polygon[:1]])[None] - points[:, None]
    angles = np.arctan2(rays[..., 1], rays[..., 0])
    turns = (np.diff(angles, axis=1) + np.pi) % (2 * np.pi) - np.pi
    return np.abs(turns.sum(axis=1)) > np.pi


CASES = [
    ("curved", "posterior_wall", "last_wall", True),
    ("curved", "warning_line", "warning_line", True),
    ("curved", "anterior_wall", "first_wall", False),
    ("straight", "superior_endplate", "superior", False),
    ("straight", "inferior_endplate", "inferior", False),
    ("ap", "left_wall", "first_wall", False),
    ("ap", "right_wall", "last_wall", False),
]


@pytest.mark.parametrize(("view_name", "name", "line_name", "runs_on"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_each_map_by_brute_force(view_name: str, name: str, line_name: str, runs_on: bool) -> None:
    view = VIEWS[view_name]
    maps = make_line_maps(view, CROP)
    found = getattr(maps, name) if name in ("left_wall", "right_wall") else maps.mm[Line(name)]
    line = getattr(view, line_name)
    expected = brute_force(line, view.body_px[:-1].mean(axis=0), runs_on=runs_on)
    assert found.dtype == np.float32
    # At the 2 mm past the ends, and on the line itself, half a pixel decides.
    both = np.isfinite(found) & np.isfinite(expected)
    assert (np.isfinite(found) != np.isfinite(expected)).sum() <= 2 * (CROP.width_px + CROP.height_px) * 0.05
    np.testing.assert_allclose(np.abs(found[both]), np.abs(expected[both]), atol=0.01)
    clear = both & (np.abs(expected) > 0.02)
    np.testing.assert_array_equal(np.sign(found[clear]), np.sign(expected[clear]))


@pytest.fixture(scope="module")
def maps() -> LineMaps:
    return make_line_maps(VIEWS["straight"], CROP)


def at(maps_array: np.ndarray, x_px: int, y_px: int) -> Any:
    return maps_array[y_px - CROP.y0_px, x_px - CROP.x0_px]


def test_inside_the_body_nothing_is_crossed_but_the_warning_line(maps: LineMaps) -> None:
    for name in ("superior_endplate", "inferior_endplate", "posterior_wall", "anterior_wall"):
        assert (maps.mm[Line(name)][maps.body] > -1e-4).all()
    line_b = maps.mm[Line.WARNING_LINE]
    assert at(line_b, 125, 80) < 0 < at(line_b, 100, 80)
    assert maps.left_wall is None
    assert maps.right_wall is None


def test_the_ap_view_has_sides_and_no_front_or_back() -> None:
    ap = make_line_maps(VIEWS["ap"], CROP)
    assert set(ap.mm) == {Line.SUPERIOR_ENDPLATE, Line.INFERIOR_ENDPLATE, Line.SIDE_WALL}
    assert ap.thirds is None
    assert ap.left_wall is not None
    assert ap.right_wall is not None
    assert at(ap.left_wall, 30, 80) < 0 < at(ap.left_wall, 100, 80)
    assert at(ap.right_wall, 160, 80) < 0 < at(ap.right_wall, 100, 80)


def test_thirds_go_by_the_height_of_the_wall_and_run_on(maps: LineMaps) -> None:
    assert maps.thirds is not None
    assert [at(maps.thirds, 132, y) for y in (15, 55, 69, 75, 90, 96, 110, 155)] == [1, 1, 1, 2, 2, 3, 3, 3]


def test_sizes_are_those_of_the_lines(maps: LineMaps) -> None:
    assert maps.body_height_mm == pytest.approx(np.hypot(4, 65) * MM_PER_PX)
    assert maps.depth_mm == pytest.approx(0.5 * (np.hypot(70, 2) + np.hypot(77, 3)) * MM_PER_PX)
    outline = VIEWS["straight"].body_px.astype(np.float32)
    assert maps.body.sum() == pytest.approx(cv2.contourArea(outline), rel=0.005)


@pytest.mark.parametrize(
    ("view_name", "place", "site"),
    [
        ("straight", (95, 80), None),
        ("straight", (150, 80), LeakSite.POSTERIOR),
        ("straight", (150, 20), LeakSite.POSTERIOR),  # behind the disc is the canal too
        ("straight", (95, 40), LeakSite.SUPERIOR_DISC),
        ("straight", (95, 130), LeakSite.INFERIOR_DISC),
        ("straight", (40, 80), LeakSite.ANTERIOR),
        ("straight", (58, 40), LeakSite.SUPERIOR_DISC),  # both, but farther past the endplate
        ("straight", (40, 50), LeakSite.ANTERIOR),
        ("straight", (30, 20), None),  # beside no line at all
        ("ap", (40, 80), LeakSite.LATERAL),
        ("ap", (160, 80), LeakSite.LATERAL),
        ("ap", (95, 40), LeakSite.SUPERIOR_DISC),
    ],
)
def test_each_pixel_outside_belongs_to_one_line(view_name: str, place: tuple[int, int], site: LeakSite | None) -> None:
    maps = make_line_maps(VIEWS[view_name], CROP)
    assert OUTSIDE[at(maps.outside, *place)] is site
    assert (maps.outside[maps.body] == 0).all()


def test_a_ring_holds_the_centres_inside_it() -> None:
    ring = np.array([[1.5, 0.5], [6.5, 2.5], [3.0, 6.2], [1.5, 0.5]])
    crop = Crop(x0_px=-1, y0_px=-2, width_px=10, height_px=11)
    found = inside_ring(crop, ring)
    expected = [
        cv2.pointPolygonTest(ring[:-1].astype(np.float32), (float(x), float(y)), False) > 0
        for x, y in crop.pixel_centres()
    ]
    np.testing.assert_array_equal(found.ravel(), expected)
    assert found.sum() > 8
