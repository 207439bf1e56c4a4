"""Calls the plain U-Net, a peer: the whole frame in, at 192 x 192, the cement's mask out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from assistant.errors import InputError

SIDE_PX = 192


def as_input(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A frame (rows, cols, 0..255) as the network sees it: SIDE_PX square, 0..1, black beside what is not square."""
    height, width = picture.shape
    side = max(height, width)
    square = np.zeros((side, side), dtype=np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = picture
    small = cv2.resize(square, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small / np.float32(255.0), dtype=np.float32)


def as_frame(answer: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """A map of the network's size back on the frame that it was asked about."""
    side = max(height, width)
    square = cv2.resize(answer, (side, side), interpolation=cv2.INTER_LINEAR)
    top, left = (side - height) // 2, (side - width) // 2
    return np.asarray(square[top : top + height, left : left + width], dtype=np.float32)


class PlainUNet:
    """The network, on one core, as the program is measured."""

    def __init__(self, path: Path) -> None:
        """Load it.

        Raises
        ------
        InputError
            If there is none, or it is not one.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the runtime's own errors share no public class
            raise InputError(f"{path}: the peer's network cannot be read ({error})") from error

    def find(self, picture: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Mask of the cement in a whole frame (rows, cols, 0..255)."""
        (log_odds,) = self._session.run(None, {"picture": as_input(picture)[None, None]})
        mask: NDArray[np.bool_] = as_frame(np.asarray(log_odds[0, 0]), *picture.shape) > 0.0
        return mask
