"""Figures of the vertebra and its filling at the end of a run."""

from __future__ import annotations

import cv2
import numpy as np

from assistant import geometry
from assistant.geometry import PointsPx
from assistant.plan import PlannedView
from assistant.vocabulary import CementMask, Measures, Unknown

_TIGHT_SOLIDITY = 0.85
"""Share of its hull that cement fills from which it counts as tight [P]: the paper gives no number."""


def final_measures(view: PlannedView, cement: CementMask | Unknown) -> Measures:
    """Work out heights, wedge angle and filling.

    Parameters
    ----------
    view : PlannedView
        Heights by the six points (Genant); wedge angle between the body's own endplates (Huang), positive when the
        anterior side is the lower one. Lateral views only.
    cement : CementMask or Unknown
        The last cement measured in this view.
    """
    if isinstance(cement, Unknown):
        area_mm2: float | Unknown = cement
        ratio: float | Unknown = cement
        grade = None
    else:
        area_mm2 = float(cement.mask.sum()) * view.mm_per_px**2
        body_mm2 = abs(float(cv2.contourArea(view.body_px.astype(np.float32)))) * view.mm_per_px**2
        ratio = _inside_px(view, cement) * view.mm_per_px**2 / body_mm2
        grade = _grade(ratio, cement)
    if not view.is_lateral:
        lateral_only = Unknown("measured in the lateral view only")
        return Measures(
            cement_area_mm2=area_mm2,
            fill_area_ratio=ratio,
            distribution_grade=grade,
            anterior_height_mm=lateral_only,
            middle_height_mm=lateral_only,
            posterior_height_mm=lateral_only,
            wedge_angle_deg=lateral_only,
        )
    upper, lower = (geometry.along(line, np.array([0.0, 0.5, 1.0])) for line in (view.superior, view.inferior))
    heights = np.linalg.norm(lower - upper, axis=1) * view.mm_per_px
    return Measures(
        cement_area_mm2=area_mm2,
        fill_area_ratio=ratio,
        distribution_grade=grade,
        anterior_height_mm=float(heights[0]),
        middle_height_mm=float(heights[1]),
        posterior_height_mm=float(heights[2]),
        wedge_angle_deg=_wedge_deg(view.superior, view.inferior, anterior_lower=bool(heights[0] < heights[2])),
    )


def _wedge_deg(superior: PointsPx, inferior: PointsPx, *, anterior_lower: bool) -> float:
    a, b = superior[-1] - superior[0], inferior[-1] - inferior[0]
    between = float(np.degrees(abs(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))))
    return between if anterior_lower else -between


def _inside_px(view: PlannedView, cement: CementMask) -> float:
    body = np.zeros(cement.mask.shape, np.uint8)
    cv2.fillPoly(body, [(view.body_px - [cement.crop.x0_px, cement.crop.y0_px]).round().astype(np.int32)], 1)
    return float((cement.mask & (body > 0)).sum())


def _grade(ratio: float, cement: CementMask) -> str:
    """Huang's grade from one view: III and IV need the second view, so one view says II at most."""
    if ratio < 0.5:
        return "below I"
    points = cv2.findNonZero(cement.mask.astype(np.uint8))
    hull_px = cv2.contourArea(cv2.convexHull(points)) + 1e-6
    return "I" if float(cement.mask.sum()) / hull_px >= _TIGHT_SOLIDITY else "II"
