"""The six points of a vertebra found in one still picture, or why none are proposed.

A proposal is only ever proposed: nothing uses it before a person has confirmed each point.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx
from assistant.vocabulary import Grey, Unknown


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
    return Unknown("the model of the points is not installed; place the points by hand")
