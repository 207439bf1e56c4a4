"""Where round a place the vertebra fits best: every shift is tried, each point of it counting by what it tells.

After a pause, or lost, the vertebra stands anywhere within a table's push. Gauss-Newton finds it from some millimetres
away; this looks at all places at once, on a lattice half as fine, and shows how much better the best is than chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from assistant.imaging.lattice import lattice_from_source, source_from_lattice
from assistant.steps.motion.limits import LIMITS
from assistant.steps.motion.pyramid import F32, F64, Outline, Pyramid
from assistant.steps.motion.template import Template

_HALF = 2
"""Pixels of this lattice are so many times as wide as those of the template's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """A shift at which the vertebra fits better than round it.

    Attributes
    ----------
    pose : array (2, 3)
        current_from_reference in source px.
    score : float
        Weighted correlation there, -1..1.
    above : float
        By how many standard deviations it stands above the other places.
    """

    pose: F64
    score: float
    above: float


def places_nearby(template: Template, outline: Outline, pyramid: Pyramid, about: F64, reach_mm: float) -> list[Place]:
    """The best shifts within a reach, best first.

    Parameters
    ----------
    template : Template
        The fine one.
    outline : Outline
    pyramid : Pyramid
        The new picture.
    about : array (2, 3)
        The pose whose neighbourhood is searched; its turn and scale stand.
    reach_mm : float
        To each side.
    """
    window = template.window
    pose = lattice_from_source(about, template.decimation)
    rows, cols = window.mean.shape
    reach = int(np.ceil(reach_mm / (outline.mm_per_px * template.decimation) / _HALF)) * _HALF
    # The picture round the place, turned and scaled back, with the reach on each side.
    lattice = template.part_of(pyramid, outline, pose, reach_mm)
    matrix = pose.copy()
    corner = np.array([window.reference.left - reach, window.reference.top - reach], dtype=np.float64)
    matrix[:, 2] += matrix[:, :2] @ corner - [lattice.left, lattice.top]
    size = (cols + 2 * reach, rows + 2 * reach)
    seen = _laid_back(lattice.band, matrix, size)
    there = _laid_back(np.ones_like(lattice.band), matrix, size)
    score = _score(*(_halved(each) for each in (seen, there, template.map, window.mean)))
    return _best(score, about, reach // _HALF, template.decimation * _HALF)


def _laid_back(picture: F32, matrix: F64, size: tuple[int, int]) -> F32:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_CONSTANT), np.float32)


def _halved(picture: F32) -> F32:
    rows, cols = (each // _HALF for each in picture.shape)
    trimmed = picture[: rows * _HALF, : cols * _HALF]
    return np.asarray(cv2.resize(trimmed, (cols, rows), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _score(seen: F32, there: F32, weight: F32, values: F32) -> F32:
    """At each shift ``sum w (f - f~) (t - t~)`` over the roots of both sums of squares."""
    total = float(weight.sum()) + 1e-9
    spread = float(np.sqrt((weight * values * values).sum() / total)) + 1e-9
    limit = np.float32(LIMITS.clip * spread)
    values, seen = np.clip(values, -limit, limit), np.clip(seen, -limit, limit) * there
    values = values - np.float32((weight * values).sum() / total)
    cross = cv2.matchTemplate(seen, weight * values, cv2.TM_CCORR)
    own = np.maximum(cv2.matchTemplate(there, weight, cv2.TM_CCORR), 1e-6)
    mean = cv2.matchTemplate(seen, weight, cv2.TM_CCORR)
    square = cv2.matchTemplate(np.square(seen), weight, cv2.TM_CCORR)
    variance = np.maximum(square - mean * mean / own, 1e-6 * total)
    fixed = cv2.matchTemplate(there, weight * values, cv2.TM_CCORR) * mean / own
    score = (cross - fixed) / np.sqrt(variance * float((weight * values * values).sum()) * own / total)
    return np.asarray(np.where(own < LIMITS.least_points * total, np.float32(0), score), dtype=np.float32)


def _best(score: F32, about: F64, reach: int, decimation: int) -> list[Place]:
    middle, spread = float(score.mean()), float(score.std()) + 1e-6
    left = score.copy()
    found: list[Place] = []
    for _ in range(LIMITS.nearby_places):
        _, best, _, (x, y) = cv2.minMaxLoc(left)
        shift = np.array([x - reach, y - reach], dtype=np.float64)
        pose = lattice_from_source(about, decimation)
        pose[:, 2] += pose[:, :2] @ shift
        found.append(
            Place(pose=source_from_lattice(pose, decimation), score=float(best), above=(best - middle) / spread)
        )
        cv2.rectangle(left, (x - 3, y - 3), (x + 3, y + 3), -1.0, -1)
    return found
