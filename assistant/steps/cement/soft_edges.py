"""What fades out round its edge is gas, haze or glare: cement ends somewhere.

Cement's outline rises over the blur of the picture and not much more. A patch of bowel gas that leaves, scatter and the
border of an organ rise over millimetres, and what lies beside the part that stands out has a share of its contrast.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.imaging.resampling import box_round
from assistant.steps.cement.mask_limits import SoftEdgeLimits

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]


_ROOM: Final = 64
"""Masks of two seconds at the quickest pulses: more come only of a source whose clock stands or goes back [P]."""


@dataclass(slots=True, eq=False)
class RecentMasks:
    """Cement of the last second: frame time and mask."""

    masks: deque[tuple[float, Bool]] = field(default_factory=lambda: deque(maxlen=_ROOM))


def drop_diffuse(
    memory: RecentMasks,
    mask: Bool,
    body: Bool,
    steel: Bool | None,
    contrast: F32,
    mm_per_px: float,
    t_s: float,
    limits: SoftEdgeLimits,
) -> None:
    """Take out of the cement what is new and fades out round its edge.

    Parameters
    ----------
    memory : RecentMasks
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
    limits : SoftEdgeLimits
    """
    while len(memory.masks) > 1 and t_s - memory.masks[1][0] >= limits.new_s:
        memory.masks.popleft()
    # What was cement a second ago has been judged; what is new is judged by edges that are its own alone.
    old = memory.masks[0][1] if memory.masks else np.zeros_like(mask)
    fresh = mask & ~_grown(old, 3)
    valid = ~_grown(old if steel is None else old | steel, 5)
    box = box_round(fresh, limits.outer_px)
    known = contrast[old]
    if fresh[box].size and known.size:
        strong = limits.strong * float(np.percentile(known, 75))
        _judge(fresh[box], mask[box], valid[box], body[box], contrast[box], strong, mm_per_px, limits)
    memory.masks.append((t_s, mask.copy()))


def _judge(
    fresh: Bool,
    mask: Bool,
    valid: Bool,
    body: Bool,
    contrast: F32,
    strong: float,
    mm_per_px: float,
    limits: SoftEdgeLimits,
) -> None:
    """Look at each new part; ``told``: away from known cement and steel, whose edges are not its own."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(fresh.astype(np.uint8), connectivity=8)
    large = np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] * mm_per_px**2 >= limits.least_mm2) + 1
    if not len(large):
        return
    slope = cv2.magnitude(
        cv2.Sobel(contrast, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(contrast, cv2.CV_32F, 0, 1, scale=1 / 8)
    )
    for label in large:
        part = labels == label
        inside = part & valid
        ring = _grown(part, 3) & valid
        ring &= ~(cv2.erode(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
        outside = _grown(part, limits.outer_px) & ~_grown(part, limits.inner_px) & valid & ~mask
        if min(int(ring.sum()), int(outside.sum()), int(inside.sum())) < limits.least_ring_px:
            continue
        high = float(np.percentile(contrast[inside], 75))
        # Width of an edge: height over slope, h / |grad c|. Two signs are asked for at once: thick cement alone has a
        # wide edge, cement in haze alone has something beside it.
        wide_mm = high * mm_per_px / max(float(np.median(slope[ring])), 1e-3)
        around = float(np.median(contrast[outside])) / max(high, 1e-3)
        within = float(body[part].mean()) >= 0.5
        width_mm = limits.width_in_body_mm if within else limits.width_mm
        least_around = limits.around_in_body if within else limits.around
        if high < strong and wide_mm > width_mm and around > least_around:
            mask[part] = False


def _grown(mask: Bool, px: int) -> Bool:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((px, px), np.uint8)) > 0, dtype=bool)
