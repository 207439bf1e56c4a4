"""Seams are found to the pixel; anatomy and blades are none."""

import cv2
import numpy as np

from assistant.geometry import Crop
from assistant.imaging.seams import Seams, overlap
from tests.two_pictures import film

FILM = film(30)
WIDE = Crop(x0_px=0, y0_px=0, width_px=600, height_px=300)
ONE = Crop(x0_px=0, y0_px=0, width_px=300, height_px=300)


def test_a_seam_is_found_to_the_pixel_both_ways() -> None:
    beside = np.hstack([FILM[25], FILM[2]])
    assert [abs(at - 300) <= 1 for at in Seams(beside, 255).upright(WIDE, strict=False)] == [True]
    above = np.ascontiguousarray(beside.T)
    tall = Crop(x0_px=0, y0_px=0, width_px=300, height_px=600)
    assert [abs(at - 300) <= 1 for at in Seams(above, 255).lying(tall, strict=False)] == [True]
    assert not Seams(above, 255).upright(tall, strict=False)


def test_one_picture_has_none_and_a_soft_edge_is_none() -> None:
    for picture in FILM[::5]:
        seams = Seams(picture, 255)
        assert not seams.upright(ONE, strict=False)
        assert not seams.lying(ONE, strict=False)
    soft = cv2.GaussianBlur(np.hstack([FILM[25], FILM[2]]), (121, 1), 0)
    assert not Seams(soft, 255).upright(WIDE, strict=False)


def test_16_bit_is_the_same() -> None:
    beside = np.hstack([FILM[25], FILM[2]])
    deep = beside.astype(np.uint16) * 257
    assert Seams(deep, 65535).upright(WIDE, strict=True) == Seams(beside, 255).upright(WIDE, strict=True)


def test_rectangles_overlap_where_they_share_a_pixel() -> None:
    assert overlap(ONE, WIDE)
    assert not overlap(ONE, Crop(x0_px=300, y0_px=0, width_px=9, height_px=9))
