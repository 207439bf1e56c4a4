"""A frame becomes a picture of Qt with pixels of its own."""

from __future__ import annotations

import numpy as np
from PyQt6.QtGui import QImage

from assistant.vocabulary import Frame
from ui.widgets.grey_image import image_of_frame, image_of_pixels


def test_the_picture_of_a_frame_has_its_greys_and_outlives_the_source_that_writes_again() -> None:
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    image = image_of_frame(Frame(index=0, t_s=0.0, grey=grey, white=255))
    grey[:] = 200
    assert (image.width(), image.height()) == (4, 3)
    assert [image.pixelColor(x, y).red() for y in range(3) for x in range(4)] == list(range(12))


def test_of_sixteen_bits_the_upper_eight_are_shown() -> None:
    grey = np.array([[0, 0x1234, 0xFFFF]], dtype=np.uint16)
    image = image_of_frame(Frame(index=0, t_s=0.0, grey=grey, white=65535))
    assert [image.pixelColor(x, 0).blue() for x in range(3)] == [0, 0x12, 255]


def test_rows_of_any_width_follow_each_other() -> None:
    pixels = np.arange(15, dtype=np.uint8).reshape(3, 5)
    image = image_of_pixels(pixels, QImage.Format.Format_Grayscale8)
    assert image.pixelColor(4, 2).red() == 14
