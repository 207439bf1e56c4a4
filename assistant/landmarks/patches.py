"""What the refiner sees round each of the six points: edges with their direction, but neither polarity nor brightness.

Dark on bright and bright on dark give the same figures, so that an inverted display needs nothing of its own.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx

FRAME_PX = 128
"""Side of the refiner's frame: the fine crop's square at twice its resolution."""
_STRIDE_PX = 2.0
_SAMPLES = 11
CHANNELS = 3
FEATURES = 6 * _SAMPLES * _SAMPLES * CHANNELS
_SOFT_PX = 1.1
_LOCAL_PX = 12.0


def edges(frame: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strength and doubled direction of the edges, evened out over the frame.

    Parameters
    ----------
    frame : array (rows, cols) of float32

    Returns
    -------
    array (rows, cols, 3) of float32
        Strength, strength · cos 2φ, strength · sin 2φ.
    """
    soft = cv2.GaussianBlur(frame, (0, 0), _SOFT_PX)
    gx = cv2.Scharr(soft, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(soft, cv2.CV_32F, 0, 1, scale=1 / 32)
    square = gx * gx + gy * gy
    strength = np.sqrt(square) + np.float32(1e-6)
    # A cannula's edge is many times a cortex's: what is strong for its neighbourhood counts, within limits.
    local = np.sqrt(cv2.GaussianBlur(square, (0, 0), _LOCAL_PX)) + np.float32(1e-4)
    even = np.minimum(strength / local, 3.0)
    channels = np.dstack(
        [even, even * (gx * gx - gy * gy) / square.clip(1e-12), even * 2 * gx * gy / square.clip(1e-12)]
    )
    return np.asarray(cv2.GaussianBlur(channels, (0, 0), _SOFT_PX), dtype=np.float32)


def features(edge_maps: NDArray[np.float32], points: PointsPx) -> NDArray[np.float32]:
    """The edges round six points (frame px) as one row of `FEATURES` numbers."""
    reach = (np.arange(_SAMPLES) - (_SAMPLES - 1) / 2) * _STRIDE_PX
    x = (points[:, 0, None, None] + reach[None, None, :] + 0 * reach[None, :, None]).reshape(6, -1)
    y = (points[:, 1, None, None] + reach[None, :, None] + 0 * reach[None, None, :]).reshape(6, -1)
    seen = cv2.remap(
        edge_maps, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(seen.reshape(-1), dtype=np.float32)
