"""The six points of a vertebra found in one still picture, or why none are proposed.

A proposal is only ever proposed: nothing uses it before a person has confirmed each point.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx
from assistant.landmarks import crops
from assistant.landmarks.finding import FoundLandmarks, find
from assistant.landmarks.model import LandmarkModel, SurenessFile, model_that_came_with_the_program
from assistant.language import sentence
from assistant.vocabulary import Grey, Unknown

_FLOOR_PX = 0.1
_SIZES_MM = (13.0, 52.0)
"""Mean of width and height of a body, with room for fractures and for a scale that is a little off."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proposal:
    """Six points and the outline through them.

    Attributes
    ----------
    view : str
        "lateral" or "ap".
    points_px : array (6, 2), float64
        (x, y) in source px: first, middle and last point of the superior endplate, then of the inferior one. Lateral:
        anterior, middle, posterior. AP: from the picture's left to its right. The plan's order.
    outline_px : array (n, 2), float64
        The body's outline, closed by its first point.
    confidence : array (6,), float64
        0..1 for each point: how sure it is that the point lies within 2 mm.
    expected_error_px : array (6,), float64
        How far off each point is likely to be.
    """

    view: str
    points_px: PointsPx = field(repr=False)
    outline_px: PointsPx = field(repr=False)
    confidence: NDArray[np.float64] = field(repr=False)
    expected_error_px: NDArray[np.float64] = field(repr=False)


def propose(
    grey: Grey,
    white: int,
    view: str,
    click_px: tuple[float, float] | None = None,
    mm_per_px: float | None = None,
) -> Proposal | Unknown:
    """Propose the six points of one vertebra.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
        A still picture as the source stores it, before the cement.
    white : int
        Grey of full white.
    view : str
        "lateral" or "ap".
    click_px : (x, y) or None
        A place inside the wanted body, source px. None: the body in the middle of the X-ray field.
    mm_per_px : float or None
        Scale in the plane of the vertebra where it is known.

    Returns
    -------
    Proposal or Unknown
        Unknown with a reason where the program is not sure of every point.

    Raises
    ------
    ValueError
        For a view that is neither "lateral" nor "ap", or a picture that is not a plane of grey values.
    """
    if view not in ("lateral", "ap"):
        raise ValueError(f"view must be lateral or ap, not {view!r}")
    if grey.ndim != 2:
        raise ValueError(f"one plane of grey values is needed, not shape {grey.shape}")
    model = model_that_came_with_the_program()
    if isinstance(model, str):
        return Unknown(model)
    return propose_with(model, grey, white, view, click_px, mm_per_px)


def propose_with(
    model: LandmarkModel,
    grey: Grey,
    white: int,
    view: str,
    click_px: tuple[float, float] | None = None,
    mm_per_px: float | None = None,
) -> Proposal | Unknown:
    """`propose` with a model of one's own."""
    ap = view == "ap"
    found = find(grey, white, model, ap=ap, click_px=click_px, mm_per_px=mm_per_px)
    if found is None:
        return Unknown("no vertebral body is recognised " + ("there" if click_px else "in the middle of the picture"))
    sureness = model.manifest.sureness
    sure = confidence(found, sureness)
    doubt = _why_not(found, sure, sureness, mm_per_px, ap=ap)
    if doubt:
        return Unknown(doubt)
    points = _in_plan_order(found.points_px, ap)
    apart_px = found.doubt_px + found.spread_px + found.parted_px
    order = [int(np.argmin(np.linalg.norm(found.points_px - point, axis=1))) for point in points]
    return Proposal(
        view=view,
        points_px=points,
        outline_px=np.vstack([points[:3], points[:2:-1], points[:1]]),
        confidence=sure[order],
        expected_error_px=(sureness.error * apart_px * found.px_per_crop_px)[order],
    )


def confidence(found: FoundLandmarks, sureness: SurenessFile) -> NDArray[np.float64]:
    """How sure each point is, 0..1 (see `assistant.landmarks.model.SurenessFile`)."""
    features = np.log(np.stack([found.doubt_px, found.spread_px, found.parted_px]) + _FLOOR_PX)
    weights = np.array([sureness.doubt, sureness.spread, sureness.parted])
    return np.asarray(1.0 / (1.0 + np.exp(-(sureness.constant + weights @ features))), dtype=np.float64)


def _why_not(
    found: FoundLandmarks, sure: NDArray[np.float64], sureness: SurenessFile, mm_per_px: float | None, *, ap: bool
) -> str:
    """Why the program is not sure; empty when it is."""
    if mm_per_px is not None:
        size_mm = crops.size_px(found.points_px) * mm_per_px
        if not _SIZES_MM[0] <= size_mm <= _SIZES_MM[1]:
            return sentence(f"what was found is {size_mm:.0f} mm large, which no vertebral body is")
    if found.upright < sureness.upright:
        return sentence("not sure which side is up or in front")
    if found.rival < sureness.rival:
        return sentence("not sure which body is meant; click into it")
    if float(sure.mean()) < (sureness.least_ap if ap else sureness.least):
        return sentence("the contour is not clear enough to be sure of every point")
    return ""


def _in_plan_order(points_px: PointsPx, ap: bool) -> PointsPx:
    """AP: from the picture's left to its right, however the picture is turned."""
    across = points_px[[2, 5]].mean(axis=0) - points_px[[0, 3]].mean(axis=0)
    return points_px[[2, 1, 0, 5, 4, 3]] if ap and across[0] < 0 else points_px
