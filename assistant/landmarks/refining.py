"""The last step: points moved by what the edges round them say, from several starts whose scatter tells how sure it is.

Supervised descent (Xiong & De la Torre 2013, doi 10.1109/CVPR.2013.75): a cascade of linear regressions from the edges
round the present points to where the points should go, learned for each view.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx
from assistant.landmarks import crops, patches

STAGES = 4
_STARTS = 12
_SHIFT, _STRETCH, _EACH = 0.035, 0.04, 0.02
"""Shares of the body by which the starts differ."""
_ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RefiningStage:
    """One regression: ``step = ((features - mean) · scale) · weights + constant``, in px of the frame."""

    mean: NDArray[np.float32] = field(repr=False)
    scale: NDArray[np.float32] = field(repr=False)
    weights: NDArray[np.float32] = field(repr=False)
    constant: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refiner:
    """The cascades of both views."""

    lateral: tuple[RefiningStage, ...]
    ap: tuple[RefiningStage, ...]


def to_bytes(refiner: Refiner) -> bytes:
    """The content of ``refine.npz``."""
    held = {}
    for view, stages in (("lateral", refiner.lateral), ("ap", refiner.ap)):
        for k, stage in enumerate(stages):
            held[f"{view}_{k}_mean"] = stage.mean.astype(np.float16)
            held[f"{view}_{k}_scale"] = stage.scale.astype(np.float16)
            held[f"{view}_{k}_weights"] = stage.weights.astype(np.float16)
            held[f"{view}_{k}_constant"] = stage.constant.astype(np.float32)
    into = io.BytesIO()
    np.savez_compressed(into, allow_pickle=False, **held)
    return into.getvalue()


def from_bytes(content: bytes) -> Refiner:
    """Read ``refine.npz``.

    Raises
    ------
    ValueError, KeyError, OSError
        For content that is none.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        held = {name: np.asarray(file[name], dtype=np.float32) for name in file.files}
    views = {}
    for view in ("lateral", "ap"):
        stages = []
        for k in range(STAGES):
            names = ("mean", "scale", "weights", "constant")
            mean, scale, weights, constant = (held[f"{view}_{k}_{name}"] for name in names)
            if weights.shape != (patches.FEATURES, 12) or mean.shape != scale.shape or len(mean) != patches.FEATURES:
                raise ValueError(f"stage {k} has another size than this program's")
            stages.append(RefiningStage(mean=mean, scale=scale, weights=weights, constant=constant))
        views[view] = tuple(stages)
    return Refiner(lateral=views["lateral"], ap=views["ap"])


def frame_of(picture: NDArray[np.float32], points_px: PointsPx) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The refiner's frame for six points: the picture in it, and the 2 x 3 matrix from source px."""
    centre, side, angle, mirrored = crops.canonical(points_px)
    matrix = crops.square(centre, side, angle, mirrored) * (patches.FRAME_PX / crops.CROP_PX)
    matrix[:, 2] += 0.5 * (patches.FRAME_PX / crops.CROP_PX - 1.0)
    zoom = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if zoom < 1.0:
        # Smoothed to the frame's resolution: cheaper than a reduced copy, and noise does not fold.
        reach = 4 + int(np.ceil(side))
        x0, y0 = np.maximum(np.floor(centre - reach), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(centre + reach), [picture.shape[1], picture.shape[0]]).astype(int)
        picture = np.asarray(cv2.GaussianBlur(picture[y0:y1, x0:x1], (0, 0), 0.45 / zoom), dtype=np.float32)
        matrix = matrix.copy()
        matrix[:, 2] += matrix[:, :2] @ np.array([x0, y0])
        shift = np.array([x0, y0], dtype=np.float64)
    else:
        shift = np.zeros(2)
    size = (patches.FRAME_PX, patches.FRAME_PX)
    frame = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    whole = matrix.copy()
    whole[:, 2] -= matrix[:, :2] @ shift
    return np.asarray(frame, dtype=np.float32), whole


def starts(points: PointsPx, rng: np.random.Generator, count: int) -> list[PointsPx]:
    """Six points and slightly different ones."""
    centre, size = points.mean(axis=0), crops.size_px(points)
    found = [points]
    for _ in range(count - 1):
        bend = np.eye(2) + rng.normal(0, _STRETCH, (2, 2))
        moved = (points - centre) @ bend.T + centre + rng.normal(0, _SHIFT, 2) * size
        found.append(moved + rng.normal(0, _EACH, (6, 2)) * size)
    return found


def descend(edge_maps: NDArray[np.float32], points: PointsPx, stages: tuple[RefiningStage, ...]) -> PointsPx:
    """Run the cascade from one start, all in px of the frame."""
    for stage in stages:
        seen = (patches.features(edge_maps, points) - stage.mean) * stage.scale
        points = points + (seen @ stage.weights + stage.constant).astype(np.float64).reshape(6, 2)
    return points


def refine(
    refiner: Refiner, picture: NDArray[np.float32], points_px: PointsPx, *, ap: bool
) -> tuple[PointsPx, NDArray[np.float64]] | None:
    """Move six points to their edges.

    Parameters
    ----------
    refiner : Refiner
    picture : array (rows, cols) of float32
    points_px : array (6, 2)
        Source px.
    ap : bool

    Returns
    -------
    points_px : array (6, 2)
    spread_px : array (6,)
        Scatter of the answers from different starts, px of the fine crop; None (for both) where the points no longer
        make a body.
    """
    rng = np.random.default_rng(0)
    stages = refiner.ap if ap else refiner.lateral
    mirrored = crops.is_mirrored(points_px)
    spread = np.zeros(6)
    for _ in range(_ROUNDS):
        if crops.is_mirrored(points_px) != mirrored or crops.size_px(points_px) < 6.0:
            return None
        frame, matrix = frame_of(picture, points_px)
        edge_maps = patches.edges(frame)
        begin = points_px @ matrix[:, :2].T + matrix[:, 2]
        ends = np.stack([crops.halved(descend(edge_maps, start, stages)) for start in starts(begin, rng, _STARTS)])
        middle = np.median(ends, axis=0)
        spread = np.sqrt(np.mean(np.sum((ends - middle) ** 2, axis=2), axis=0))
        middle = crops.halved(middle)
        points_px = (middle - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    return points_px, spread * (crops.CROP_PX / patches.FRAME_PX)
