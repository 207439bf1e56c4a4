"""Spike, round or undetermined: the shape of an intradiscal leak, by a model where there is one, else by geometry.

The model is handed in (`assistant.leak_shape.model_protocol`); several pictures of the leak are weighed together, and
an answer that is not sure, or a patch that the model was not made for, is "undetermined" with the reason.

Working rule (no published definition in numbers exists; a surgeon must confirm it). On the part of the mask beyond the
endplate: u along it, n away from it, h the largest n, w the width at the endplate. Spike: h/w >= 1 or an apex angle of
at most 60 degrees, with circularity below 0.6. Round: h/w < 1, a blunt apex (> 90 degrees) and circularity >= 0.7.
Otherwise, or when too small, "undetermined". Shapes named by Reyhani Yassavoly 2025 (J Orthop Spine Trauma 11:64).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import MapMm
from assistant.language import sentence
from assistant.leak_shape.model_protocol import CLASSES, ShapeAnswer, ShapeLimits, ShapeModel, model_name
from assistant.leak_shape.patch import LeakPatch
from assistant.vocabulary import LeakSite, Shape, Unknown

MODEL = "geometric-rule@1"
_WEIGHED_S = 0.9
"""The latest pictures of so much film are weighed together: seven at 7.5 pictures a second, of single shots as many
[P]."""
_AS_LARGE = 0.75
"""... of those in which the leak is at least this share of the largest (a smaller one is another stage of it) [P]."""
_LEAST_HEIGHT_MM = 1.0
_LEAST_HEIGHT_PX = 4.0


@dataclass(slots=True, eq=False)
class ShapeMemory:
    """What a model said of one leak so far.

    Attributes
    ----------
    asked : dict of int to (float, float)
        Area of the leak (mm²) in each picture that was handed to the model, and film time of that, by frame.
    answers : dict of int to ShapeAnswer
    newest : (int, LeakPatch) or None
        The newest picture that the answer rests on.
    """

    asked: dict[int, tuple[float, float]] = field(default_factory=dict)
    answers: dict[int, ShapeAnswer] = field(default_factory=dict)
    newest: tuple[int, LeakPatch] | None = None


def classify(
    memory: ShapeMemory,
    model: ShapeModel | Unknown | None,
    site: LeakSite,
    frame_index: int,
    patch: LeakPatch | Unknown,
    rule: Shape,
    *,
    film_s: float,
) -> Shape:
    """Type one leak in one picture.

    Parameters
    ----------
    memory : ShapeMemory
        Of this leak; changed by the call.
    model : ShapeModel, Unknown or None
        Unknown: why there is none; None: none is wanted.
    site : LeakSite
    frame_index : int
    patch : LeakPatch or Unknown
        Of this picture.
    rule : Shape
        What `classify_by_geometry` says; it stands, with the reason, where no model answers.
    film_s : float
        The beam was on so long before this picture (`assistant.acquisition`).
    """
    if model is None:
        return rule
    if isinstance(model, Unknown):
        return _without_model(rule, model.reason)
    name = model_name(model.identity)
    open_reason = patch.reason if isinstance(patch, Unknown) else ""
    if not isinstance(patch, Unknown):
        if patch.blur_mm > model.limits.blur_mm:
            open_reason = sentence("too blurred to type")
        else:
            memory.asked[frame_index] = patch.area_mm2, film_s
            answers = model.ask(site, frame_index, patch.values)
            if isinstance(answers, Unknown):
                return _without_model(rule, answers.reason)
            # The model outlives a plan: what it answers of another vertebra, or another view, is none of this leak.
            memory.answers.update((a.frame_index, a) for a in answers if a.frame_index in memory.asked)
    if memory.answers:
        # One picture that cannot be typed does not undo what earlier ones showed.
        shape = _weighed(memory, model.limits, name)
        if not isinstance(patch, Unknown) and frame_index in shape.frames:
            memory.newest = (frame_index, patch)
        return shape
    if open_reason:
        return Shape(label="undetermined", p_spike=Unknown(open_reason), model=name, reason=open_reason)
    return _without_model(rule, sentence("the model has not answered yet"))


def _without_model(rule: Shape, why: str) -> Shape:
    return replace(rule, reason=sentence(f"by the geometric rule, {why}" + (f"; {rule.reason}" if rule.reason else "")))


def _weighed(memory: ShapeMemory, limits: ShapeLimits, name: str) -> Shape:
    """One answer from the latest pictures that show the leak at about its largest."""
    largest_mm2 = max(memory.asked[frame][0] for frame in memory.answers)
    as_large = [frame for frame in sorted(memory.answers) if memory.asked[frame][0] >= _AS_LARGE * largest_mm2]
    newest_s = memory.asked[as_large[-1]][1]
    frames = tuple(frame for frame in as_large if newest_s - memory.asked[frame][1] < _WEIGHED_S)
    strangeness = float(np.median([memory.answers[frame].strangeness for frame in frames]))
    if strangeness > limits.strangeness:
        reason = sentence(f"unlike what the model was trained on ({strangeness:.1f}, at most {limits.strangeness:.1f})")
        return Shape(label="undetermined", p_spike=Unknown(reason), model=name, reason=reason, frames=frames)
    logs = np.log(np.maximum([memory.answers[frame].probabilities for frame in frames], 1e-6)).mean(axis=0)
    p = np.exp(logs) / np.exp(logs).sum()
    # Of the two shapes that have a name: how much rather the one than the other.
    p_spike = float(p[0] / (p[0] + p[1]))
    best = int(np.argmax(p))
    if CLASSES[best] != "undetermined" and p[best] >= limits.decide:
        return Shape(label=CLASSES[best], p_spike=p_spike, model=name, frames=frames)
    shares = ", ".join(
        f"{word} {share:.2f}" for word, share in zip(("spike", "round", sentence("in between")), p, strict=True)
    )
    return Shape(
        label="undetermined", p_spike=p_spike, model=name, reason=sentence(f"not clear: {shares}"), frames=frames
    )


def classify_by_geometry(mask: NDArray[np.bool_], endplate: MapMm, mm_per_px: float) -> Shape:
    """Type one leak.

    Parameters
    ----------
    mask : array of bool
        All cement on the grid of the reference frame.
    endplate : map
        Signed distance to the endplate that the leak crossed.
    mm_per_px : float

    Returns
    -------
    Shape
        ``p_spike`` is a monotone score of height to width and apex, not a calibrated probability.
    """
    beyond = mask & (endplate < 0)
    if not beyond.any():
        return undetermined(sentence("no cement beyond the endplate"))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(beyond.view(np.uint8), connectivity=8)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, width, height = (int(stats[largest, k]) for k in range(4))
    box = (slice(max(y - 1, 0), y + height + 1), slice(max(x - 1, 0), x + width + 1))
    part = labels[box] == largest
    height_mm = float(-endplate[box][part].min())
    if height_mm < max(_LEAST_HEIGHT_MM, _LEAST_HEIGHT_PX * mm_per_px):
        return undetermined(sentence("too small to type"))
    if x == 0 or y == 0 or x + width == mask.shape[1] or y + height == mask.shape[0]:
        return undetermined(sentence("cut by the edge of the field"))
    return _typed(part, endplate[box], mm_per_px, height_mm)


def _typed(part: NDArray[np.bool_], endplate: MapMm, mm_per_px: float, height_mm: float) -> Shape:
    rows, cols = np.nonzero(part)
    along_mm = (np.stack([cols, rows], axis=1) @ _along(part, endplate)) * mm_per_px
    away_mm = -endplate[part]
    foot = away_mm <= max(0.25 * height_mm, 1.5 * mm_per_px)
    if not foot.any():
        return undetermined(sentence("not joined to the endplate"))
    width_mm = float(np.ptp(along_mm[foot])) + mm_per_px
    ratio = height_mm / width_mm
    apex_deg = _apex_deg(along_mm, away_mm, height_mm, mm_per_px)
    circularity = _circularity(part)
    score = _score(ratio, apex_deg, circularity)
    if (ratio >= 1 or apex_deg <= 60) and circularity < 0.6:
        return Shape(label="spike", p_spike=score, model=MODEL)
    if ratio < 1 and apex_deg > 90 and circularity >= 0.7:
        return Shape(label="round", p_spike=score, model=MODEL)
    reason = sentence(
        f"between spike and round: height to width {ratio:.1f}, apex {apex_deg:.0f}°, circularity {circularity:.2f}"
    )
    return Shape(label="undetermined", p_spike=score, model=MODEL, reason=reason)


def _score(ratio: float, apex_deg: float, circularity: float) -> float:
    """Monotone in each figure, 0.5 near the middle of the rule's limits. Not a calibrated probability."""
    weight = 2.0 * (ratio - 0.9) + 0.025 * (75.0 - apex_deg) + 8.0 * (0.65 - circularity)
    return float(1 / (1 + np.exp(-weight)))


def _along(part: NDArray[np.bool_], endplate: MapMm) -> NDArray[np.float64]:
    """Unit vector (x, y) along the endplate at the leak: across the gradient of the distance."""
    gy, gx = np.gradient(np.where(np.isfinite(endplate), endplate, 0.0))
    normal = np.array([float(np.median(gx[part])), float(np.median(gy[part]))])
    normal /= max(float(np.linalg.norm(normal)), 1e-9)
    return np.array([-normal[1], normal[0]])


def _circularity(part: NDArray[np.bool_]) -> float:
    """4πA/P² of a piece that touches no edge, at most 1."""
    return min(4 * np.pi * float(part.sum()) / max(perimeter_px(part), 1e-6) ** 2, 1.0)


def perimeter_px(part: NDArray[np.bool_]) -> float:
    """Perimeter by Crofton's formula in four directions; a chain of pixels would be about 5 % too long.

    Half the integral, over all directions, of how often parallel lines cross the outline: π/8 times the crossings of
    rows and columns (lines 1 px apart) and of both diagonals (lines 1/√2 px apart).
    """
    inner = np.pad(part, 1)
    straight = np.count_nonzero(inner[1:] != inner[:-1]) + np.count_nonzero(inner[:, 1:] != inner[:, :-1])
    oblique = np.count_nonzero(inner[1:, 1:] != inner[:-1, :-1]) + np.count_nonzero(inner[1:, :-1] != inner[:-1, 1:])
    return float(np.pi / 8 * (straight + oblique / np.sqrt(2)))


def _apex_deg(along_mm: NDArray[np.float64], away_mm: NDArray[np.float32], height_mm: float, mm_per_px: float) -> float:
    """Angle between lines fitted to both flanks of the outer 40 % of the height; 180 where it is too small to tell."""
    left, right, at = [], [], []
    for level_mm in np.arange(0.6 * height_mm, height_mm, mm_per_px):
        row = np.abs(away_mm - level_mm) <= 0.6 * mm_per_px
        if row.any():
            left.append(float(along_mm[row].min()))
            right.append(float(along_mm[row].max()))
            at.append(float(level_mm))
    if len(at) < 3:
        return 180.0
    narrows = float(np.arctan(np.polyfit(at, left, 1)[0]) - np.arctan(np.polyfit(at, right, 1)[0]))
    return float(np.clip(np.degrees(narrows), 0.0, 180.0))


def undetermined(reason: str) -> Shape:
    """No shape, with the reason."""
    return Shape(label="undetermined", p_spike=Unknown(reason), model=MODEL, reason=reason)
