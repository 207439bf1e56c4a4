"""A roadmap or a subtraction: the console takes an earlier picture off, and only what has changed since is left.

No bone is in it, so nothing can be followed. It shows as a field that is grey throughout, dark or bright as the console
likes it, with grain of its own: the contrast that this patient's bone has in the reference frame is gone. What is told
of it is that, not that the vertebra is lost. Where a picture has no grain either it is clipped (burnt-out air, a
blade), at whatever grey a console shows that: nothing differs there in any picture, so it has no say.
"""

from __future__ import annotations

import math
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
_FLAT: Final = (0.30, 0.50)
"""By how many times the usual the greys of the middle pixels must lie closer together, in units of the grain, to be
called a subtraction, and to go on being one [P]. Pictures with bone of 12 patients lie about 1.0; the first one of an
exposure, which no filter has smoothed yet, at 0.39 to 0.7. Subtractions on grounds of 60 to 220 lie at 0.02 to 0.34,
0.39 when much has moved; 97 in 100 pictures of them begin one."""
_MIDDLE: Final = (25.0, 230.0)
"""Grey, of 255, about which it lies: any but nearly black or white, as a dark or over-exposed picture is [P]."""
_LEAST_SHOWN: Final = 0.25
"""Of the field: where less of it is not clipped, nothing is said [P]."""
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
    per_grain, _ = _look(grey, white, inside)
    return BoneContrast(inside=inside, per_grain=per_grain)


def is_subtraction(contrast: BoneContrast, grey: Grey, white: int, *, already: bool) -> bool:
    """Whether a picture shows what has changed, and no bone; ``already``: the one before did. Half a ms.

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
    per_grain, middle = _look(grey, white, contrast.inside)
    return _MIDDLE[0] < middle < _MIDDLE[1] and per_grain < _FLAT[already] * contrast.per_grain


def _look(grey: Grey, white: int, inside: Bool) -> tuple[float, float]:
    """How far apart the greys of the middle share of the field's px lie, in units of the grain, and about which grey.

    Nan where next to nothing of the field is shown.
    """
    shown = inside & ~_clipped(grey)
    if shown.sum() <= _LEAST_SHOWN * inside.sum():
        return math.nan, math.nan
    scale = np.float32(255.0 / white)
    small = cv2.resize(grey, _size(grey, _SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32) * scale
    smooth = np.asarray(cv2.GaussianBlur(small, (0, 0), _SMOOTH_PX), dtype=np.float32)
    width, middle = _closest(smooth[shown], _SHARE)
    fine = cv2.resize(grey, _size(grey, 2 * _SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32) * scale
    within = cv2.resize(shown.astype(np.uint8), fine.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    second = fine[:, :-2] - 2 * fine[:, 1:-1] + fine[:, 2:]
    # Half of normal values lie within 1.349 deviations; second differences have sqrt 6 times the deviation.
    grain = _closest(second[within[:, 1:-1]], 0.5)[0] / (1.349 * 2.449)
    return width / max(grain, _LEAST_GRAIN), middle


def _clipped(grey: Grey) -> Bool:
    """Where neighbours are equal to the last grey, on the small lattice."""
    # Single px, not means of some: those of a picture with little grain would be equal often.
    single = cv2.resize(grey, _size(grey, 2 * _SIDE_PX), interpolation=cv2.INTER_NEAREST)
    equal = cv2.morphologyEx(single, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) == 0
    small = cv2.resize(equal.astype(np.uint8), _size(grey, _SIDE_PX), interpolation=cv2.INTER_NEAREST)
    return np.asarray(small > 0, dtype=np.bool_)


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
