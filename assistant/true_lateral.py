"""Whether a lateral picture is a true lateral: what the doubled contours of wall and endplates say.

Off true lateral by an angle θ the left and the right rim of the posterior wall stand W · sin θ apart (W = 40 mm:
1.4 mm at 2°, 3.5 mm at 5°, 6.9 mm at 10°); off the level of the discs, the endplates' rims do. The contours are read as
profiles across the line: how the strength of the edges spreads out over the profile tells the angle. The spread of an
unturned body differs between people (a hollow endplate is a double line too), so the answer has a wide uncertainty, and
only a clear excess is called "not true lateral".
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx, along
from assistant.vocabulary import Grey

REACH_MM = 9.0
STEP_MM = 0.3
_SMOOTH_MM = 0.5
_PLACES = 48


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profiles:
    """Mean grey across posterior wall, superior and inferior endplate, from inside (-) to outside (+).

    Attributes
    ----------
    wall, superior, inferior : array (n,) of float64
        Steps of `STEP_MM` from -`REACH_MM` to +`REACH_MM`.
    """

    wall: NDArray[np.float64] = field(repr=False)
    superior: NDArray[np.float64] = field(repr=False)
    inferior: NDArray[np.float64] = field(repr=False)


def offsets_mm() -> NDArray[np.float64]:
    """Where the samples of a profile lie."""
    count = round(REACH_MM / STEP_MM)
    return np.arange(-count, count + 1, dtype=np.float64) * STEP_MM


def profiles(grey: Grey, white: int, points_px: PointsPx, mm_per_px: float) -> Profiles:
    """Read the three profiles.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    white : int
    points_px : array (6, 2)
        Superior endplate from anterior to posterior, then inferior.
    mm_per_px : float
    """
    picture = grey.astype(np.float32) * np.float32(255.0 / white)
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.4, _SMOOTH_MM / mm_per_px)), dtype=np.float32)
    inside = points_px.mean(axis=0)
    wall = np.stack([points_px[2], points_px[5]])
    return Profiles(
        wall=_across(picture, wall, inside, mm_per_px, (0.2, 0.8)),
        superior=_across(picture, _curved(points_px[:3]), inside, mm_per_px, (0.15, 0.85)),
        inferior=_across(picture, _curved(points_px[3:]), inside, mm_per_px, (0.15, 0.85)),
    )


def _curved(three: PointsPx) -> PointsPx:
    """A parabola through three points, as a polyline."""
    t = np.linspace(0.0, 1.0, 25)[:, None]
    middle = 2.0 * three[1] - 0.5 * (three[0] + three[2])
    curve: PointsPx = (1 - t) ** 2 * three[0] + 2 * t * (1 - t) * middle + t**2 * three[2]
    return curve


def _across(
    picture: NDArray[np.float32], line: PointsPx, inside: PointsPx, mm_per_px: float, part: tuple[float, float]
) -> NDArray[np.float64]:
    at = along(line, np.linspace(*part, _PLACES))
    chord = line[-1] - line[0]
    out = np.array([-chord[1], chord[0]]) / np.linalg.norm(chord)
    if out @ (inside - line.mean(axis=0)) > 0:
        out = -out
    where = at[:, None, :] + offsets_mm()[None, :, None] / mm_per_px * out
    x, y = where[..., 0].astype(np.float32), where[..., 1].astype(np.float32)
    seen = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen.mean(axis=0), dtype=np.float64)
