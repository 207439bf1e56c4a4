"""What is drawn on the leak card keeps to its place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from ui.review.cards.leak_drawing import draw_crop, draw_rows

ROWS = [("Area", "≈ 12 mm²"), ("Route", "C · minor"), ("Model", "leak-shape@1")]


def drawn(draw: Callable[[QPainter], None]) -> np.ndarray:
    """Rows and columns of a black picture that something was drawn on."""
    image = QImage(300, 200, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    pixels = np.frombuffer(image.constBits().asstring(image.sizeInBytes()), np.uint8)
    return pixels.reshape(200, image.bytesPerLine())[:, :300] > 0


@pytest.mark.parametrize("high", [20, 50, 80, 160])
@pytest.mark.usefixtures("qapp")
def test_rows_that_do_not_fit_are_left_out_and_none_stands_past_the_place(high: int) -> None:
    place = QRectF(10, 20, 200, high)
    on = drawn(lambda painter: draw_rows(painter, place, ROWS))
    assert not on[:20].any()
    assert not on[20 + high + 1 :].any()
    assert on.any() == (high > 26)


@pytest.mark.usefixtures("qapp")
def test_without_a_picture_an_empty_box_stands_there() -> None:
    on = drawn(lambda painter: draw_crop(painter, QRectF(50, 40, 100, 100), None, None))
    rows, columns = np.nonzero(on)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (40, 140, 50, 150)
    assert not on[42:138, 52:148].any()
