"""Pictures that do not say whether they are native or inverted: no bone, no steel."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey8 = NDArray[np.uint8]


def nothing_tells(count: int, cement_from: int, *, dark: bool) -> list[Grey8]:
    """A picture of grain and blotches, of as many dark as bright ones, in which a spot grows from the middle."""
    rng = np.random.default_rng(5)
    still = cv2.GaussianBlur(rng.normal(0.0, 1.0, (300, 320)), (0, 0), 4.0)
    still = 128.0 + 22.0 * still / still.std()
    made = []
    for k in range(count):
        grain = cv2.GaussianBlur(rng.normal(0.0, 1.0, still.shape), (0, 0), 0.8)
        level = np.roll(still, round(3.0 * np.sin(0.8 * k)), axis=0) + 5.0 * grain / grain.std()
        if k >= cement_from:
            spot = np.zeros(still.shape)
            cv2.circle(spot, (160, 146 + round(3.0 * np.sin(0.8 * k))), min(4 + (k - cement_from), 22), 1.0, -1)
            level += cv2.GaussianBlur(spot, (0, 0), 2.0) * (-60.0 if dark else 60.0)
        made.append(np.clip(np.rint(level), 0, 255).astype(np.uint8))
    return made
