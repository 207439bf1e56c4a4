"""Grey values to a picture of Qt."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QImage

from assistant.vocabulary import Frame


def image_of_pixels(pixels: NDArray[np.uint8], pixel_format: QImage.Format) -> QImage:
    """A picture with pixels of its own.

    Parameters
    ----------
    pixels : array of uint8, (rows, cols) or (rows, cols, channels)
        C-contiguous.
    pixel_format : QImage.Format
        What the channels are.
    """
    rows, cols = pixels.shape[:2]
    # Qt's stubs know `bytes` alone, but PyQt takes any buffer; `tobytes` would copy each live picture once more.
    shared: QImage = QImage(pixels.data, cols, rows, pixels.strides[0], pixel_format)  # type: ignore[call-overload]
    return shared.copy()


def image_of_frame(frame: Frame) -> QImage:
    """The picture of a frame, 8 bits of it."""
    grey = frame.grey if frame.white == 255 else np.right_shift(frame.grey, 8).astype(np.uint8)
    bgra = np.asarray(cv2.cvtColor(np.asarray(grey, dtype=np.uint8), cv2.COLOR_GRAY2BGRA), dtype=np.uint8)
    return image_of_pixels(bgra, QImage.Format.Format_RGB32)
