"""What fades out round its edge is gas, haze or glare: cement ends somewhere.

Cement's outline rises over the blur of the picture and not much more. A patch of bowel gas that leaves, scatter and the
border of an organ rise over millimetres, and what lies beside the part that stands out has a share of its contrast.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import box_round

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

_NEW_S = 1.0
"""What has been cement for so long is not judged again."""
_LEAST_MM2 = 1.0
_LEAST_RING_PX = 6
_WIDTH_MM, _AROUND = 1.6, 0.15
_WIDTH_IN_BODY_MM, _AROUND_IN_BODY = 2.0, 0.2
"""A part is refused if its edge is wider than this (its contrast over the slope at its edge) and if what lies 0.5 to
1 mm outside has this share of its contrast. Of 262 false parts outside the body (64 simulated runs used for tuning)
0.69 are so, of 757 real ones 0.007; inside, where thick cement rises slowly, more is asked: 0.40 and 0.009 [P]."""
_STRONG = 0.5
"""What has this share of the known cement's contrast is thick, and rises slowly [P]."""
_INNER_PX, _OUTER_PX = 5, 9


@dataclass(slots=True, eq=False)
class Lately:
    """Cement of the last second: frame time and mask."""

    masks: deque[tuple[float, Bool]] = field(default_factory=deque)


def drop_diffuse(
    memory: Lately, mask: Bool, body: Bool, steel: Bool | None, contrast: F32, mm_per_px: float, t_s: float
) -> None:
    """Take out of the cement what is new and fades out round its edge.

    Parameters
    ----------
    memory : Lately
        Changed by the call.
    mask : array (rows, cols) of bool
        Changed by the call.
    body : array (rows, cols) of bool
    steel : array (rows, cols) of bool or None
        The cannula: its edges are none of the cement.
    contrast : array (rows, cols)
        Log units.
    mm_per_px : float
    t_s : float
        Frame time.
    """
    while len(memory.masks) > 1 and t_s - memory.masks[1][0] >= _NEW_S:
        memory.masks.popleft()
    old = memory.masks[0][1] if memory.masks else np.zeros_like(mask)
    fresh = mask & ~_grown(old, 3)
    told = ~_grown(old if steel is None else old | steel, 5)
    box = box_round(fresh, _OUTER_PX)
    known = contrast[old]
    if fresh[box].size and known.size:
        strong = _STRONG * float(np.percentile(known, 75))
        _judge(fresh[box], mask[box], told[box], body[box], contrast[box], strong, mm_per_px)
    memory.masks.append((t_s, mask.copy()))


def _judge(fresh: Bool, mask: Bool, told: Bool, body: Bool, contrast: F32, strong: float, mm_per_px: float) -> None:
    """Look at each new part; ``told``: away from known cement and steel, whose edges are not its own."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(fresh.astype(np.uint8), connectivity=8)
    large = np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] * mm_per_px**2 >= _LEAST_MM2) + 1
    if not len(large):
        return
    slope = cv2.magnitude(
        cv2.Sobel(contrast, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(contrast, cv2.CV_32F, 0, 1, scale=1 / 8)
    )
    for label in large:
        part = labels == label
        inside = part & told
        ring = _grown(part, 3) & told
        ring &= ~(cv2.erode(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
        outside = _grown(part, _OUTER_PX) & ~_grown(part, _INNER_PX) & told & ~mask
        if min(int(ring.sum()), int(outside.sum()), int(inside.sum())) < _LEAST_RING_PX:
            continue
        high = float(np.percentile(contrast[inside], 75))
        wide_mm = high * mm_per_px / max(float(np.median(slope[ring])), 1e-3)
        around = float(np.median(contrast[outside])) / max(high, 1e-3)
        within = float(body[part].mean()) >= 0.5
        limits = (_WIDTH_IN_BODY_MM, _AROUND_IN_BODY) if within else (_WIDTH_MM, _AROUND)
        if high < strong and wide_mm > limits[0] and around > limits[1]:
            mask[part] = False


def _grown(mask: Bool, px: int) -> Bool:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((px, px), np.uint8)) > 0, dtype=bool)
