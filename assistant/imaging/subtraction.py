"""The present picture minus the one before the injection, the vertebra held still: what was added stands out."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Similarity
from assistant.vocabulary import Frame

_MIDDLE = 128.0
_GAIN = 2.0


def subtracted(current: Frame, reference: Frame, motion: Similarity) -> NDArray[np.uint8]:
    """Difference picture on the grid of the current frame.

    The reference picture is moved to where the vertebra lies now, and both are brought to logarithms: equal thickness
    of cement then gives equal grey over thin and thick parts. Unchanged is mid-grey, added cement is dark; where the
    reference picture has nothing to compare with, the answer is mid-grey too.

    Parameters
    ----------
    current, reference : Frame
        Of the same size.
    motion : Similarity
        Where reference points lie in the current frame.

    Raises
    ------
    ValueError
        If the two differ in size.
    """
    if current.grey.shape != reference.grey.shape:
        raise ValueError(f"pictures of {current.grey.shape} and {reference.grey.shape} cannot be subtracted")
    rows, cols = current.grey.shape
    matrix = motion.current_from_reference()
    # The reference is moved, not the present picture: what a person looks at keeps its own sharpness. -1 marks what
    # the reference does not show; the logarithm is never negative.
    before = cv2.warpAffine(_logarithm(reference), matrix, (cols, rows), flags=cv2.INTER_LINEAR, borderValue=-1.0)
    now = _logarithm(current)
    outside = before < 0
    # The middle of what both show is what exposure changed, not cement.
    offset = float(np.median((now - before)[~outside])) if not outside.all() else 0.0
    difference = _MIDDLE + _GAIN * 255.0 * (now - before - offset)
    difference[outside] = _MIDDLE
    return np.asarray(np.clip(difference, 0, 255), dtype=np.uint8)


def _logarithm(frame: Frame) -> NDArray[np.float32]:
    """Log of the grey values, 0 (black) to 1 (white), smoothed by a pixel against noise."""
    grey = cv2.GaussianBlur(frame.grey.astype(np.float32) / frame.white, (0, 0), 1.0)
    return np.asarray(np.log1p(15.0 * grey) / np.log(16.0), dtype=np.float32)
