"""Square crops of a picture in the vertebra's own frame: what the model sees, and the way back from it to px.

Canonical frame: superior is up; lateral, anterior is at the left; AP, first is at the left. The same code serves
training and use, so that both see the same thing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx

CROP_PX = 64
BODY_SHARE = 0.44
"""Share of a fine crop's side that the body's mean of width and height takes."""
_LEAST_SPREAD = 1e-3


def size_px(points_px: PointsPx) -> float:
    """Mean of width and height of a body from its six points (superior first to last, then inferior)."""
    wide = np.linalg.norm(points_px[[2, 5]].mean(axis=0) - points_px[[0, 3]].mean(axis=0))
    tall = np.linalg.norm(points_px[3:].mean(axis=0) - points_px[:3].mean(axis=0))
    return float(wide + tall) / 2.0


def is_mirrored(points_px: PointsPx) -> bool:
    """Whether the frame of the six points is a mirror image of the canonical one."""
    across = points_px[[2, 5]].mean(axis=0) - points_px[[0, 3]].mean(axis=0)
    down = points_px[3:].mean(axis=0) - points_px[:3].mean(axis=0)
    return bool(across[0] * down[1] - across[1] * down[0] < 0)


def ordered(points_px: PointsPx, ap: bool) -> PointsPx:
    """In AP the sides have no name of their own: first is the left one with superior up. Lateral: as they are."""
    return points_px[[2, 1, 0, 5, 4, 3]] if ap and is_mirrored(points_px) else points_px


def halved(points_px: PointsPx) -> PointsPx:
    """The middle point of each endplate set half way between the ends, along the curve through the three.

    That is what a plan means by the middle; along a smooth endplate nothing in the picture marks the place.
    """
    placed = np.array(points_px, dtype=np.float64)
    for first in (0, 3):
        chord = placed[first + 2] - placed[first]
        from_first = placed[first + 1] - placed[first]
        share = float(from_first @ chord) / max(float(chord @ chord), 1e-9)
        # A parabola over the chord: a point that lies far from the middle says less of the middle's height.
        held = min(max(share, 0.2), 0.8)
        height = (from_first - share * chord) * (0.25 / (held * (1.0 - held)))
        placed[first + 1] = placed[first] + 0.5 * chord + height
    return placed


def square(
    centre_px: PointsPx, side_px: float, angle_rad: float, mirrored: bool, crop_px: int = CROP_PX
) -> NDArray[np.float64]:
    """2 x 3 matrix from source px to the px of a crop.

    Parameters
    ----------
    centre_px : array (2,)
        Where the crop's middle lies.
    side_px : float
        Side of the crop in source px.
    angle_rad : float
        Direction in the picture that becomes the crop's +x.
    mirrored : bool
        The crop's +y is then 90 degrees anticlockwise from its +x on the screen, in place of clockwise.
    crop_px : int
        Side of the crop in its own px.
    """
    zoom = crop_px / side_px
    along = np.array([np.cos(angle_rad), np.sin(angle_rad)])
    down = np.array([-along[1], along[0]]) * (-1.0 if mirrored else 1.0)
    linear = np.stack([along, down]) * zoom
    return np.column_stack([linear, np.full(2, (crop_px - 1) / 2.0) - linear @ centre_px])


def canonical(points_px: PointsPx) -> tuple[PointsPx, float, float, bool]:
    """Centre, side of the fine crop, angle and mirror that bring six points into the canonical frame."""
    across = points_px[[2, 5]].mean(axis=0) - points_px[[0, 3]].mean(axis=0)
    down = points_px[3:].mean(axis=0) - points_px[:3].mean(axis=0)
    mirrored = is_mirrored(points_px)
    turned = np.array([down[1], -down[0]]) * (-1.0 if mirrored else 1.0)
    # Both directions tell the angle; a wedge turns them apart and the middle serves.
    along = across / (np.linalg.norm(across) + 1e-9) + turned / (np.linalg.norm(turned) + 1e-9)
    angle = float(np.arctan2(along[1], along[0]))
    return points_px.mean(axis=0), size_px(points_px) / BODY_SHARE, angle, mirrored


def cut(
    picture: NDArray[np.float32],
    field: NDArray[np.float32],
    crop_from_source: NDArray[np.float64],
    crop_px: int = CROP_PX,
) -> NDArray[np.float32]:
    """A crop with its slow brightness taken off and its spread made 1; 0 where the field ends.

    Parameters
    ----------
    picture : array (rows, cols) of float32
    field : array (rows, cols) of float32
        1 in the X-ray field, 0 outside.
    crop_from_source : array (2 or 3, 3)
        Affine or projective.
    crop_px : int
        Side of the crop.
    """
    matrix = np.vstack([crop_from_source, [0, 0, 1]]) if len(crop_from_source) == 2 else crop_from_source
    zoom = np.sqrt(abs(float(np.linalg.det(matrix[:2, :2]))))
    reduce = max(1, int(1.0 / zoom))
    if reduce > 1:
        # Averaging before sampling: noise and edges finer than the crop's px must not fold into it.
        size = (picture.shape[1] // reduce, picture.shape[0] // reduce)
        trim = np.s_[: size[1] * reduce, : size[0] * reduce]
        picture = np.asarray(cv2.resize(picture[trim], size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        field = np.asarray(cv2.resize(field[trim], size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        off = (reduce - 1) / 2.0
        matrix = matrix @ np.array([[reduce, 0, off], [0, reduce, off], [0, 0, 1.0]])
    inside = cv2.warpPerspective(field, matrix, (crop_px, crop_px), flags=cv2.INTER_LINEAR, borderValue=0)
    seen = cv2.warpPerspective(
        picture, matrix, (crop_px, crop_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return normalised(np.asarray(seen, dtype=np.float32), np.asarray(inside > 0.9, dtype=np.float32))


def normalised(seen: NDArray[np.float32], inside: NDArray[np.float32]) -> NDArray[np.float32]:
    """Local mean off, spread to 1, within the mask; at most 4 spreads either way."""
    kernel = (len(seen) // 2 + 1, len(seen) // 2 + 1)
    weight = cv2.blur(inside, kernel, borderType=cv2.BORDER_CONSTANT) + np.float32(1e-6)
    mean = cv2.blur(seen * inside, kernel, borderType=cv2.BORDER_CONSTANT) / weight
    flat = (seen - mean) * inside
    spread = float(np.sqrt((flat * flat).sum() / max(float(inside.sum()), 1.0)))
    return np.asarray(np.clip(flat / max(spread, _LEAST_SPREAD), -4.0, 4.0), dtype=np.float32)
