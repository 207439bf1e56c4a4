"""A roadmap or a subtraction: the console takes an earlier picture off, and only what has changed since is left.

No bone is in it, so nothing can be followed. It shows as a field that is grey throughout, at half the display's range,
with grain of its own; what is told of it is that, not that the vertebra is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.xray_field import field_at, find_field
from assistant.vocabulary import Grey

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_SIDE_PX: Final = 96
_SMOOTH_PX: Final = 1.5
_SHARE: Final = 0.4
_FLAT: Final = (0.30, 0.60)
"""By how many times the usual the greys of the middle pixels must lie closer together, in units of the grain, to be
called a subtraction, and to go on being one: pictures with bone of 12 runs reach down to 0.44, subtractions lie at 0.02
to 0.27, and at 0.5 long after their mask, when much has moved [P]."""
_MIDDLE: Final = (100.0, 156.0)
"""Grey, of 255, about which it lies."""
_LEAST_GRAIN: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoneContrast:
    """What is kept of the reference frame: where its field lies, and how much its greys vary in units of the grain."""

    inside: Bool = field(repr=False)
    per_grain: float


def learn_contrast(grey: Grey, white: int) -> BoneContrast:
    """Prepare the reference frame once."""
    cols, rows = _size(grey, _SIDE_PX)
    inside = field_at(find_field(grey, white), rows, cols, inset=0.05)
    width, _, grain = _look(grey, white, inside)
    return BoneContrast(inside=inside, per_grain=width / grain)


def is_subtraction(contrast: BoneContrast, grey: Grey, white: int, *, already: bool) -> bool:
    """Whether a picture shows what has changed, and no bone; ``already``: the one before did. A third of a ms.

    Parameters
    ----------
    contrast : BoneContrast
    grey : array (rows, cols), uint8 or uint16
        Of the same size as the reference frame.
    white : int
    already : bool
    """
    if _size(grey, _SIDE_PX) != contrast.inside.shape[::-1] or not contrast.inside.any():
        return False
    width, middle, grain = _look(grey, white, contrast.inside)
    return _MIDDLE[0] < middle < _MIDDLE[1] and width / grain < _FLAT[already] * contrast.per_grain


def _look(grey: Grey, white: int, inside: Bool) -> tuple[float, float, float]:
    """How far apart the greys of the middle share of the field's px lie, about which grey, and the grain; of 255."""
    scale = np.float32(255.0 / white)
    small = cv2.resize(grey, _size(grey, _SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32) * scale
    smooth = np.asarray(cv2.GaussianBlur(small, (0, 0), _SMOOTH_PX), dtype=np.float32)
    width, middle = _closest(smooth[inside], _SHARE)
    fine = cv2.resize(grey, _size(grey, 2 * _SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32) * scale
    within = cv2.resize(inside.astype(np.uint8), fine.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    second = fine[:, :-2] - 2 * fine[:, 1:-1] + fine[:, 2:]
    # Half of normal values lie within 1.349 deviations; second differences have sqrt 6 times the deviation.
    grain = _closest(second[within[:, 1:-1]], 0.5)[0] / (1.349 * 2.449)
    return width, middle, max(grain, _LEAST_GRAIN)


def _closest(values: F32, share: float) -> tuple[float, float]:
    """Width and middle of the shortest range that holds a share of the values: what stands out has no say."""
    ordered = np.sort(values)
    count = max(int(share * len(ordered)), 1)
    if count >= len(ordered):
        return 0.0, float(np.median(ordered)) if len(ordered) else 0.0
    widths = ordered[count:] - ordered[:-count]
    at = int(np.argmin(widths))
    return float(widths[at]), float(ordered[at + count // 2])


def _size(grey: Grey, side_px: int) -> tuple[int, int]:
    zoom = side_px / max(grey.shape)
    return max(round(grey.shape[1] * zoom), 1), max(round(grey.shape[0] * zoom), 1)
