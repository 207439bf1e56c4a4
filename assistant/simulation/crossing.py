"""Hands and instruments that pass through the beam above the patient: they move in the picture, not with the spine."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from assistant.simulation.imaging_chain.attenuation import Paths
from assistant.simulation.imaging_chain.xray import Map
from assistant.simulation.scenario import Case
from assistant.simulation.stage import Stage

_STRIKES_PER_S = 1.6
_STEP = 2
"""Silhouettes are drawn at half resolution: they are out of focus anyway."""


def crossing_paths(case: Case, stage: Stage, paths: Paths, t_s: float) -> Paths:
    """The paths with whatever passes through the beam at a moment."""
    for crossing in case.theatre.crossings:
        share = (t_s - crossing.at_s) / max(crossing.takes_s, 1e-3)
        if not 0.0 < share < 1.0:
            continue
        height, width = paths.soft_g_cm2.shape
        # In from the side, to the middle, and out again.
        reach = np.sin(np.pi * share)
        if crossing.what == "hand":
            soft, bone = _hand(height, width, reach, stage.view.mm_per_px)
            paths = replace(paths, soft_g_cm2=paths.soft_g_cm2 + soft, bone_g_cm2=paths.bone_g_cm2 + bone)
        else:
            if crossing.what == "hammer":
                steel = _hammer(height, width, reach, t_s - crossing.at_s, stage.view.mm_per_px)
            else:
                steel = _rod(height, width, reach, stage.view.mm_per_px)
            paths = replace(paths, steel_mm=steel if paths.steel_mm is None else paths.steel_mm + steel)
    return paths


def _capsule(height: int, width: int, start: tuple[float, float], end: tuple[float, float], radius_px: float) -> Map:
    """Thickness (as a share of the diameter) of a round bar seen from the side, at half resolution, then enlarged."""
    ys, xs = np.mgrid[0 : height // _STEP, 0 : width // _STEP].astype(np.float32) * _STEP
    dx, dy = end[0] - start[0], end[1] - start[1]
    # Nearest point of the segment; a round bar at distance d from its axis is sqrt(1 - d^2 / r^2) of its diameter
    # thick.
    along = np.clip(((xs - start[0]) * dx + (ys - start[1]) * dy) / max(dx * dx + dy * dy, 1e-6), 0.0, 1.0)
    gap = ((xs - start[0] - along * dx) ** 2 + (ys - start[1] - along * dy) ** 2) / np.float32(radius_px**2)
    thickness = np.sqrt(np.maximum(1.0 - gap, 0.0)).astype(np.float32)
    return np.asarray(cv2.resize(thickness, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _hand(height: int, width: int, reach: float, mm_per_px: float) -> tuple[Map, Map]:
    """Four fingers and a palm from the right: soft tissue and bone in g/cm²."""
    soft = np.zeros((height, width), dtype=np.float32)
    bone = np.zeros((height, width), dtype=np.float32)
    tip_x = width * (1.02 - 0.62 * reach)
    for k in range(4):
        y = height * 0.32 + k * 21.0 / mm_per_px
        lead = (8.0, 0.0, 3.0, 14.0)[k] / mm_per_px
        radius = 8.5 / mm_per_px
        start, end = (tip_x + lead, y), (tip_x + lead + 90.0 / mm_per_px, y + 6.0 / mm_per_px)
        soft += 1.7 * _capsule(height, width, start, end, radius)
        bone += 0.35 * _capsule(height, width, (start[0] + radius * 0.4, start[1]), end, 0.42 * radius)
    palm = (tip_x + 125.0 / mm_per_px, height * 0.32 + 32.0 / mm_per_px)
    soft += 2.6 * _capsule(height, width, palm, (palm[0] + 120.0 / mm_per_px, palm[1]), 46.0 / mm_per_px)
    return soft, bone


def _rod(height: int, width: int, reach: float, mm_per_px: float) -> Map:
    """A steel clamp from above, path in mm."""
    tip = (width * 0.62, height * (-0.05 + 0.6 * reach))
    return 4.0 * _capsule(
        height, width, tip, (tip[0] + width * 0.12, tip[1] - height), 2.0 / mm_per_px
    ) + 4.0 * _capsule(
        height, width, (tip[0] + 5.0 / mm_per_px, tip[1]), (tip[0] + width * 0.2, tip[1] - height), 2.0 / mm_per_px
    )


def _hammer(height: int, width: int, reach: float, since_s: float, mm_per_px: float) -> Map:
    """A hammer's head and handle from the left, striking as it stands; path in mm."""
    back = 18.0 * abs(np.sin(np.pi * _STRIKES_PER_S * since_s)) / mm_per_px
    at = (width * (-0.3 + 0.55 * reach) - back, height * 0.36)
    head = 22.0 * _capsule(height, width, (at[0] - 34.0 / mm_per_px, at[1]), at, 11.0 / mm_per_px)
    middle = at[0] - 17.0 / mm_per_px
    return head + 8.0 * _capsule(height, width, (middle, at[1]), (middle - 0.1 * width, -0.2 * height), 4.0 / mm_per_px)
