"""Spike, round or undetermined: the shape of an intradiscal leak by geometry alone.

Working rule (no published definition in numbers exists; a surgeon must confirm it). On the part of the mask beyond the
endplate: u along it, n away from it, h the largest n, w the width at the endplate. Spike: h/w >= 1 or an apex angle of
at most 60 degrees, with circularity below 0.6. Round: h/w < 1, a blunt apex (> 90 degrees) and circularity >= 0.7.
Otherwise, or when too small, "undetermined". Shapes named by Reyhani Yassavoly 2025 (J Orthop Spine Trauma 11:64).
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import MapMm
from assistant.vocabulary import Shape, Unknown

MODEL = "geometric-rule@1"
_LEAST_HEIGHT_MM = 1.0
_LEAST_HEIGHT_PX = 4.0


def classify_by_geometry(mask: NDArray[np.bool_], endplate: MapMm, mm_per_px: float) -> Shape:
    """Type one leak.

    Parameters
    ----------
    mask : array of bool
        All cement on the grid of the reference frame.
    endplate : map
        Signed distance to the endplate that the leak crossed.
    mm_per_px : float

    Returns
    -------
    Shape
        ``p_spike`` is a monotone score of height to width and apex, not a calibrated probability.
    """
    beyond = (mask & (endplate < 0)).astype(np.uint8)
    count, labels = cv2.connectedComponents(beyond, connectivity=8)
    if count < 2:
        return _undetermined("no cement beyond the endplate")
    sizes = np.bincount(labels.ravel(), minlength=count)
    sizes[0] = 0
    part = labels == int(np.argmax(sizes))
    height_mm = float(-endplate[part].min())
    if height_mm < max(_LEAST_HEIGHT_MM, _LEAST_HEIGHT_PX * mm_per_px):
        return _undetermined("too small to type")
    if part[0].any() or part[-1].any() or part[:, 0].any() or part[:, -1].any():
        return _undetermined("cut by the edge of the field")
    return _typed(part, endplate, mm_per_px, height_mm)


def _typed(part: NDArray[np.bool_], endplate: MapMm, mm_per_px: float, height_mm: float) -> Shape:
    axis = _along(part, endplate)
    rows, cols = np.nonzero(part)
    along_mm = (np.stack([cols, rows], axis=1) @ axis) * mm_per_px
    away_mm = -endplate[part]
    # A part that has come loose from the endplate has no foot there: its own lowest fifth counts.
    low_mm = float(away_mm.min())
    foot = away_mm <= low_mm + max(0.2 * (height_mm - low_mm), mm_per_px)
    width_mm = float(np.ptp(along_mm[foot])) + mm_per_px
    ratio = height_mm / width_mm
    apex_deg = _apex_deg(along_mm, away_mm, height_mm, mm_per_px)
    contours, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    circularity = 4 * np.pi * cv2.contourArea(contour) / max(cv2.arcLength(contour, True), 1e-6) ** 2
    score = 1 / (1 + np.exp(-(4.0 * (ratio - 0.8) + 0.05 * (75.0 - apex_deg) + 6.0 * (0.62 - circularity)) / 2))
    if (ratio >= 1 or apex_deg <= 60) and circularity < 0.6:
        label = "spike"
    elif ratio < 1 and apex_deg > 90 and circularity >= 0.7:
        label = "round"
    else:
        return Shape(label="undetermined", p_spike=float(score), model=MODEL, reason="between spike and round")
    return Shape(label=label, p_spike=float(score), model=MODEL)


def _along(part: NDArray[np.bool_], endplate: MapMm) -> NDArray[np.float64]:
    """Unit vector (x, y) along the endplate at the leak: across the gradient of the distance."""
    gy, gx = np.gradient(np.where(np.isfinite(endplate), endplate, 0.0))
    normal = np.array([float(np.median(gx[part])), float(np.median(gy[part]))])
    normal /= max(float(np.linalg.norm(normal)), 1e-9)
    return np.array([-normal[1], normal[0]])


def _apex_deg(along_mm: NDArray[np.float64], away_mm: NDArray[np.float32], height_mm: float, mm_per_px: float) -> float:
    """Opening angle of the outer 40 %: from how fast its width shrinks towards the tip."""
    levels = np.linspace(0.6, 1.0, 6) * height_mm
    widths = []
    for low, high in pairwise(levels):
        band = (away_mm >= low) & (away_mm <= high)
        widths.append(float(np.ptp(along_mm[band])) + mm_per_px if band.any() else 0.0)
    middles = 0.5 * (levels[:-1] + levels[1:])
    slope = float(np.polyfit(middles, widths, 1)[0])
    return float(2 * np.degrees(np.arctan2(max(-slope, 0.0), 2.0)))


def _undetermined(reason: str) -> Shape:
    return Shape(label="undetermined", p_spike=Unknown(reason), model=MODEL, reason=reason)
