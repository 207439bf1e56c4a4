"""A screen is taken apart into its pictures; one picture is left whole."""

import itertools

import cv2
import numpy as np
import pytest

from assistant.geometry import Crop
from assistant.imaging.screen_fields import ScreenField, find_fields
from assistant.simulation.tabletop import small_run
from tests.two_pictures import LEFT, RIGHT, Picture, film, screen

FILM = film(30)
LIVE, HELD = FILM[25], FILM[2]


def boxes(grey: Picture) -> list[tuple[int, int, int, int]]:
    found = [each.box for each in find_fields(grey, 255)]
    return sorted((box.x0_px, box.y0_px, box.width_px, box.height_px) for box in found)


def round_one(picture: Picture) -> Picture:
    """The same behind a round collimator."""
    y, x = np.mgrid[-1 : 1 : picture.shape[0] * 1j, -1 : 1 : picture.shape[1] * 1j]
    return np.where(np.hypot(x, y) < 0.96, picture, 0).astype(np.uint8)


def is_near(found: list[tuple[int, int, int, int]], wanted: list[tuple[int, int, int, int]]) -> bool:
    return len(found) == len(wanted) and float(np.abs(np.array(found) - np.array(sorted(wanted))).max()) <= 12


@pytest.mark.parametrize(("gap_px", "ground", "words"), list(itertools.product((0, 2, 30), (0, 74), (False, True))))
@pytest.mark.parametrize("shape", [np.ascontiguousarray, round_one], ids=["square", "round"])
def test_two_beside_each_other(shape, gap_px: int, ground: int, words: bool) -> None:
    second = (RIGHT[0] + gap_px, RIGHT[1])
    grey = screen((shape(LIVE), LEFT), (shape(HELD), second), ground=ground, words=words)
    assert is_near(boxes(grey), [(*LEFT, 300, 300), (*second, 300, 300)])


def test_two_of_different_size_and_one_above_the_other() -> None:
    small = cv2.resize(HELD, (200, 200), interpolation=cv2.INTER_AREA)
    assert is_near(boxes(screen((LIVE, LEFT), (small, RIGHT))), [(*LEFT, 300, 300), (*RIGHT, 200, 200)])
    grey = screen((LIVE, (210, 10)), (HELD, (210, 310)), ground=74)
    assert is_near(boxes(grey), [(210, 10, 300, 300), (210, 310, 300, 300)])


def test_one_laid_into_a_corner_is_a_hole_of_the_other() -> None:
    large = cv2.resize(LIVE, (600, 600))
    dark = (cv2.resize(HELD, (180, 180)) // 3 + 12).astype(np.uint8)
    found = find_fields(screen((large, (60, 20)), (dark, (480, 20))), 255)
    assert [len(each.holes) for each in found] == [1, 0]
    assert found[0].holds(200, 400)
    assert not found[0].holds(560, 80)
    assert found[1].holds(560, 80)


def test_one_picture_is_left_whole() -> None:
    """Also where a grey panel with words stands beside it, and with all frames of a run."""
    assert not boxes(screen((LIVE, LEFT)))
    assert not boxes(screen((round_one(LIVE), LEFT), ground=74, words=True))
    assert not boxes(LIVE)
    for frame in small_run().frames():
        if frame.stored.new:
            assert not boxes(frame.grey)


def test_what_has_no_grain_is_no_picture() -> None:
    menu = np.repeat(np.repeat(np.random.default_rng(1).integers(40, 200, (10, 10), np.uint8), 30, 0), 30, 1)
    assert not boxes(screen((LIVE, LEFT), (menu, RIGHT)))


def test_a_field_alone_is_black_elsewhere_and_cut_out_is_its_box() -> None:
    field = ScreenField(
        box=Crop(x0_px=40, y0_px=160, width_px=300, height_px=300),
        holes=(Crop(x0_px=50, y0_px=170, width_px=20, height_px=20),),
    )
    grey = screen((LIVE, LEFT), (HELD, RIGHT))
    alone, cut = field.alone(grey), field.cut_out(grey)
    assert alone.shape == grey.shape
    assert not alone[:, 340:].any()
    assert not alone[170:190, 50:70].any()
    assert np.array_equal(alone[160:460, 40:340], cut)
    assert np.array_equal(cut[40:], LIVE[40:])
