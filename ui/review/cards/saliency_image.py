"""What a shape model's answer hangs on, as a picture that lies over the leak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage, QTransform

from assistant.vocabulary import Saliency

FOR_SPIKE, FOR_ROUND = QColor("#FFB000"), QColor("#4C8DFF")
"""Told apart by everyone: orange and blue."""
_MOST_ALPHA = 190
_FAINT = 0.15
"""Below this share of the strongest place nothing is drawn."""


def saliency_image(saliency: Saliency) -> QImage:
    """Orange where the place speaks for a spike, blue where for a round leak; the stronger, the denser."""
    strength = np.abs(saliency.values) / max(float(np.abs(saliency.values).max()), 1e-6)
    alpha = np.where(strength < _FAINT, 0.0, strength * _MOST_ALPHA)
    pixels = np.empty((*saliency.values.shape, 4), np.uint8)
    for channel, (spike, round_) in enumerate(zip(_bgr(FOR_SPIKE), _bgr(FOR_ROUND), strict=True)):
        pixels[..., channel] = np.where(saliency.values > 0, spike, round_)
    pixels[..., 3] = alpha
    rows, cols = saliency.values.shape
    return QImage(pixels.tobytes(), cols, rows, 4 * cols, QImage.Format.Format_ARGB32).copy()


def saliency_place(saliency: Saliency, frame_from_reference: NDArray[np.float64]) -> QTransform:
    """Takes (col, row) of the saliency to px of a frame."""
    whole = np.vstack([frame_from_reference, [0, 0, 1]]) @ np.vstack([saliency.reference_from_patch, [0, 0, 1]])
    (a, b, x), (c, d, y) = whole[:2].tolist()
    return QTransform(a, c, b, d, x, y)


def _bgr(colour: QColor) -> tuple[int, int, int]:
    return colour.blue(), colour.green(), colour.red()
