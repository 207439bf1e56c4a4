"""Figures of the vertebra and its filling at the end of a run."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant import geometry
from assistant.geometry import PointsPx
from assistant.language import sentence
from assistant.plan import PlannedView
from assistant.vocabulary import CementMask, Measures, Unknown

_TIGHT_SOLIDITY = 0.85
"""Share of its hull that cement fills from which it counts as tight [P]: the paper gives no number."""


def final_measures(view: PlannedView, cement: CementMask | Unknown, view_index: int = 0) -> Measures:
    """Work out heights, wedge angle and filling.

    Parameters
    ----------
    view : PlannedView
        Heights by the six points (Genant); wedge angle between the body's own endplates (Huang), positive when the
        anterior side is the lower one. Lateral views only.
    cement : CementMask or Unknown
        The last cement measured in this view.
    view_index : int
        Which of the plan's views it is.
    """
    if isinstance(cement, Unknown):
        area_mm2: float | Unknown = cement
        ratio: float | Unknown = cement
        grade = None
    else:
        area_mm2 = float(cement.mask.sum()) * view.mm_per_px**2
        inside = cement.mask & geometry.inside_ring(cement.crop, view.body_px)
        ratio = float(inside.sum()) / abs(float(cv2.contourArea(view.body_px.astype(np.float32))))
        grade = _grade(ratio, inside)
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
            view_index=view_index,
        )
    heights = np.linalg.norm(_height_points(view.inferior) - _height_points(view.superior), axis=1) * view.mm_per_px
    return Measures(
        cement_area_mm2=area_mm2,
        fill_area_ratio=ratio,
        distribution_grade=grade,
        anterior_height_mm=float(heights[0]),
        middle_height_mm=float(heights[1]),
        posterior_height_mm=float(heights[2]),
        wedge_angle_deg=_wedge_deg(view.superior, view.inferior),
        view_index=view_index,
    )


def _wedge_deg(superior: PointsPx, inferior: PointsPx) -> float:
    """Angle between the endplates' chords, positive where they open towards the posterior side."""
    chord = superior[-1] - superior[0]
    along_px = chord / np.linalg.norm(chord)
    away = np.array([-along_px[1], along_px[0]]) * geometry.side_of(superior, inferior.mean(axis=0))
    other = inferior[-1] - inferior[0]
    return float(np.degrees(np.arctan2(other @ away, other @ along_px)))


def _height_points(endplate: PointsPx) -> PointsPx:
    """Anterior, middle and posterior point: the marked ones where there are three, else the middle of the arc."""
    return endplate if len(endplate) == 3 else geometry.along(endplate, np.array([0.0, 0.5, 1.0]))


def _grade(ratio: float, inside: NDArray[np.bool_]) -> str:
    """Huang's grade from one view: III and IV need the second view, so one view says II at most."""
    if ratio < 0.5:
        return sentence("below I")
    contours, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(np.vstack(contours))
    # A hull through pixel centres falls half a pixel short on each side.
    hull_px = cv2.contourArea(hull) + 0.5 * cv2.arcLength(hull, closed=True) + 1.0
    return "I" if float(inside.sum()) / hull_px >= _TIGHT_SOLIDITY else "II"
