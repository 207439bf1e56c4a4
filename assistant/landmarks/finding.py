"""From a picture to six points: wide looks in many turns, then fine looks in the frame of the vertebra itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import PointsPx
from assistant.imaging.xray_field import field_at, find_field
from assistant.landmarks import crops
from assistant.landmarks.model import LandmarkModel
from assistant.landmarks.refining import refine
from assistant.vocabulary import Grey

WIDE_MM = 125.0
"""Side of a wide look where the scale is known."""
_FIELD_MM = 180.0
"""What an X-ray field shows of the plane of the vertebra, where the scale is not known: 115 to 280 mm are covered."""
_TURNS_DEG = (0.0, 90.0, 180.0, 270.0)
_CANDIDATES = 4
_ROUNDS = 3
_LOOKS = 8
_SIZES = (0.8, 1.0, 1.25)
_REFINED = 0.6
"""Share of the refiner in the answer, the network has the rest: the mean error of the calibration patients is flat from
0.4 to 0.75 and an eighth larger for either alone."""
_LEAST_BODY_PX = 6.0
"""A body smaller than this in a wide crop is none."""
_ODDS = 0.35
"""How much the log odds of standing upright weigh against the logarithm of the doubt [P]."""
_NO_RIVAL = 99.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoundLandmarks:
    """Six points with what tells how sure they are.

    Attributes
    ----------
    points_px : array (6, 2)
        Source px, in the order of the canonical frame.
    doubt_px, spread_px : array (6,)
        The network's own likely error, and the scatter of the refiner's answers, px of the fine crop.
    parted_px : array (6,)
        How far the refiner moved the network's points.
    upright : float
        Log odds that the body stands as the points say (superior is superior, anterior is anterior).
    px_per_crop_px : float
    rival : float
        By how many times the best other answer (another turn, or another vertebra) is worse; large = no rival.
    """

    points_px: PointsPx = field(repr=False)
    doubt_px: NDArray[np.float64] = field(repr=False)
    parted_px: NDArray[np.float64] = field(repr=False)
    spread_px: NDArray[np.float64] = field(repr=False)
    upright: float
    px_per_crop_px: float
    rival: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _LookedAt:
    grey: NDArray[np.float32] = field(repr=False)
    inside: NDArray[np.float32] = field(repr=False)
    ap: bool


def find(
    grey: Grey,
    white: int,
    model: LandmarkModel,
    *,
    ap: bool,
    click_px: tuple[float, float] | None,
    mm_per_px: float | None,
) -> FoundLandmarks | None:
    """Look for the vertebra; None where no look gives a usable body.

    Parameters
    ----------
    grey : array (rows, cols), uint8 or uint16
    white : int
    model : LandmarkModel
    ap : bool
    click_px : (x, y) or None
        None: the body that is level with the middle of the X-ray field.
    mm_per_px : float or None
    """
    small = find_field(grey, white)
    inside = field_at(small, grey.shape[0], grey.shape[1], inset=0.01).astype(np.float32)
    picture = _LookedAt(grey=grey.astype(np.float32) * np.float32(1.0 / white), inside=inside, ap=ap)
    rows, cols = np.nonzero(inside)
    if len(rows) < 100:
        return None
    middle = np.array([cols.mean(), rows.mean()])
    aim = middle if click_px is None else np.asarray(click_px, dtype=np.float64)
    extent = float(max(np.ptp(rows), np.ptp(cols)) + 1)
    side = WIDE_MM / mm_per_px if mm_per_px else extent * WIDE_MM / _FIELD_MM
    starts = _wide(picture, model, aim, side, known=mm_per_px is not None)
    answers = [answer for start in starts if (answer := _fine(picture, model, start)) is not None]
    meant = _is_level_with if click_px is None else _holds
    answers = [a for a in answers if meant(a.points_px, aim)]
    if not answers:
        return None
    answers.sort(key=_badness)
    best = answers[0]
    others = [_badness(a) for a in answers[1:] if _differs(a.points_px, best.points_px)]
    rival = float(np.exp(min(others) - _badness(best))) if others else _NO_RIVAL
    return replace(best, rival=rival)


def _wide(
    picture: _LookedAt, model: LandmarkModel, aim: PointsPx, side_px: float, *, known: bool
) -> list[tuple[PointsPx, bool]]:
    """Places to begin from and their mirror, the likeliest first, each different from the others."""
    sides = [side_px * size for size in ((1.0,) if known else _SIZES)]
    looks = [
        (crops.square(aim, side, np.deg2rad(turn), mirrored), side, mirrored)
        for side in sides
        for turn in _TURNS_DEG
        for mirrored in ((False,) if picture.ap else (False, True))
    ]
    answer = model.look(
        np.stack([crops.cut(picture.grey, picture.inside, matrix) for matrix, _, _ in looks]), picture.ap
    )
    found = []
    for k, (matrix, side, mirrored) in enumerate(looks):
        at = answer.places_px[k]
        if crops.size_px(at) < _LEAST_BODY_PX or (not picture.ap and crops.is_mirrored(at)):
            continue
        points = _back(matrix, at)
        size = crops.size_px(points)
        near = float(np.linalg.norm(points.mean(axis=0) - aim)) / size
        doubt = float(answer.doubt_px[k].mean()) / size * side
        found.append((np.log(doubt) + near**2 - _ODDS * float(answer.upright[k]), k, points, mirrored))
    found.sort(key=lambda f: f[:2])
    kept: list[tuple[PointsPx, bool]] = []
    for _, _, points, mirrored in found:
        if all(_differs(points, other) for other, _ in kept):
            kept.append((points, mirrored))
        if len(kept) == _CANDIDATES:
            break
    return kept


def _fine(picture: _LookedAt, model: LandmarkModel, start: tuple[PointsPx, bool]) -> FoundLandmarks | None:
    """Look again in the frame of the last answer; at the end from several shifted frames."""
    points, mirrored = start
    for _ in range(_ROUNDS):
        centre, side, angle, turned = crops.canonical(points)
        if turned != mirrored or not _usable(picture, points, side):
            return None
        matrix = crops.square(centre, side, angle, mirrored)
        answer = model.look(crops.cut(picture.grey, picture.inside, matrix)[None], picture.ap)
        points = _back(matrix, answer.places_px[0])
    centre, side, angle, turned = crops.canonical(points)
    if turned != mirrored or not _usable(picture, points, side):
        return None
    matrices = []
    for k in range(_LOOKS):
        round_ = 2.0 * np.pi * k / _LOOKS
        off = 0.05 * side * crops.BODY_SHARE * np.array([np.cos(round_), np.sin(round_)])
        resized = side * (0.94, 1.0, 1.07)[k % 3]
        matrices.append(crops.square(centre + off, resized, angle + np.deg2rad((-4.0, 4.0, 0.0, 2.0)[k % 4]), mirrored))
    answer = model.look(np.stack([crops.cut(picture.grey, picture.inside, matrix) for matrix in matrices]), picture.ap)
    back = crops.halved(
        np.mean([_back(matrix, at) for matrix, at in zip(matrices, answer.places_px, strict=True)], axis=0)
    )
    zoom = side / crops.CROP_PX
    refined = refine(model.refiner, picture.grey, back, ap=picture.ap)
    if refined is None:
        return None
    refined_px, spread = refined
    # The network and the refiner fail in different ways: how far they are apart tells too.
    parted = np.linalg.norm(refined_px - back, axis=1) / zoom
    return FoundLandmarks(
        points_px=crops.halved(_REFINED * refined_px + (1.0 - _REFINED) * back),
        parted_px=parted,
        doubt_px=answer.doubt_px.mean(axis=0),
        spread_px=spread,
        upright=float(answer.upright.mean()),
        px_per_crop_px=zoom,
        rival=_NO_RIVAL,
    )


def _back(matrix: NDArray[np.float64], places: PointsPx) -> PointsPx:
    inverse = np.linalg.inv(matrix[:, :2])
    points: PointsPx = (places - matrix[:, 2]) @ inverse.T
    return points


def _usable(picture: _LookedAt, points: PointsPx, side_px: float) -> bool:
    """A body of a real size whose middle lies in the field."""
    rows, cols = picture.inside.shape
    x, y = np.rint(points.mean(axis=0)).astype(int)
    return bool(0 <= x < cols and 0 <= y < rows and picture.inside[y, x] > 0 and 16.0 < side_px < 3.0 * max(rows, cols))


def _badness(found: FoundLandmarks) -> float:
    apart = float(np.mean(found.doubt_px + 2.0 * found.spread_px)) + 1e-6
    return float(np.log(apart)) - _ODDS * float(np.clip(found.upright, -8.0, 8.0))


def _holds(points: PointsPx, aim: PointsPx) -> bool:
    """Whether the body (drawn a little larger) holds the click."""
    centre = points.mean(axis=0)
    ring = centre + (points[[0, 1, 2, 5, 4, 3]] - centre) * 1.15
    return cv2.pointPolygonTest(ring.astype(np.float32), (float(aim[0]), float(aim[1])), False) >= 0


def _is_level_with(points: PointsPx, aim: PointsPx) -> bool:
    """Whether a line through the middle of the field across the spine meets the body: else a neighbour is as likely."""
    down = points[3:].mean(axis=0) - points[:3].mean(axis=0)
    off = float((aim - points.mean(axis=0)) @ down) / max(float(down @ down), 1e-9)
    return abs(off) <= 0.5


def _differs(one: PointsPx, other: PointsPx) -> bool:
    """Another turn, another vertebra or another size: the points lie more than a third of a body apart."""
    apart = float(np.linalg.norm(one - other, axis=1).mean())
    return apart > 0.3 * crops.size_px(other)
