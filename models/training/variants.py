"""A sample as the program could meet it: exact, with a marking error, another scale, a worse mask, more noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant import geometry
from assistant.geometry import END_TOLERANCE_MM, Crop
from assistant.leak_shape.patch import Endplate, Ground, LeakPatch, leak_patch
from assistant.vocabulary import Unknown
from models.training.small_run import LeakSample


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """What is done to a sample before the patch is cut.

    Attributes
    ----------
    off_mm : float
        The whole endplate marked too far out (positive) or in.
    turn_deg : float
        ... and turned.
    bend_mm : float
        Standard deviation of each of its points.
    scale : float
        The plan's scale is wrong by this factor.
    noise : float
        Added grain, in shares of the leak's contrast.
    blur_mm : float
        The difference seen through more blur.
    true_mask : bool
        The simulator's mask in place of the program's.
    grow_mm : float
        That mask grown, or shrunk where negative.
    swap : bool
        The other polarity of the picture before the cement.
    ragged_mm : float
        The mask's edge frayed by so much.
    missing : float
        The outer share of the leak's height that the mask lacks: a front that the cement step has not reached.
    haze : float
        Uneven veil on the difference, in shares of the leak's contrast.
    tone : float
        Exponent of another tone curve on the difference.
    """

    off_mm: float = 0.0
    turn_deg: float = 0.0
    bend_mm: float = 0.0
    scale: float = 1.0
    noise: float = 0.0
    blur_mm: float = 0.0
    true_mask: bool = False
    grow_mm: float = 0.0
    swap: bool = False
    ragged_mm: float = 0.0
    missing: float = 0.0
    haze: float = 0.0
    tone: float = 1.0


def drawn(rng: np.random.Generator) -> Perturbation:
    """A change for training: what people and machines do, now and then by a good deal."""
    is_true = bool(rng.random() < 0.35)
    return Perturbation(
        off_mm=float(np.clip(rng.normal(0.0, 0.5), -1.2, 1.2)),
        turn_deg=float(rng.normal(0.0, 2.0)),
        bend_mm=float(rng.uniform(0.0, 0.4)),
        scale=float(np.exp(np.clip(rng.normal(0.0, 0.1), -0.22, 0.22))),
        noise=float(rng.uniform(0.0, 0.25)) if rng.random() < 0.5 else 0.0,
        blur_mm=float(rng.uniform(0.1, 0.6)) if rng.random() < 0.3 else 0.0,
        true_mask=is_true,
        grow_mm=float(rng.normal(0.0, 0.25)) if is_true else float(rng.normal(0.0, 0.1)),
        swap=bool(rng.random() < 0.1),
    )


def changed(sample: LeakSample, change: Perturbation, rng: np.random.Generator) -> tuple[Ground, Endplate]:
    """What `leak_patch` is given of a changed sample."""
    ground = sample.ground
    mask = _grown(sample.true_mask if change.true_mask else ground.mask, change.grow_mm, ground.mm_per_px)
    if change.ragged_mm > 0:
        mask = _frayed(mask, change.ragged_mm, ground.mm_per_px, rng)
    difference, before = _rendered(ground, mask, change, rng), ground.before
    if change.blur_mm > 0:
        soft = cv2.GaussianBlur(difference, (0, 0), change.blur_mm / ground.mm_per_px)
        difference = np.asarray(soft, dtype=np.float32)
    if change.noise > 0:
        level = change.noise * max(float(np.percentile(difference[mask], 80)) if mask.any() else 1.0, 1.0)
        grain = cv2.GaussianBlur(rng.standard_normal(mask.shape).astype(np.float32), (0, 0), 1.2)
        difference = difference + np.float32(level / max(float(grain.std()), 1e-6)) * grain
    if change.swap:
        before = -before
    line = _marked(sample, change, rng)
    crop = Crop(x0_px=0, y0_px=0, width_px=mask.shape[1], height_px=mask.shape[0])
    scale = ground.mm_per_px * change.scale
    away = geometry.signed_distance_map(crop, line, sample.inside_px, scale, runs_on=True)
    chord = line[-1] - line[0]
    at = (crop.pixel_centres() - line[0]) @ chord / np.linalg.norm(chord)
    past = np.maximum(-at, at - np.linalg.norm(chord)).reshape(mask.shape) * scale
    beyond = sample.allowed & (away < 0) & (past <= END_TOLERANCE_MM)
    if change.missing > 0 and (mask & beyond).any():
        mask = mask & (away > (1.0 - change.missing) * float(away[mask & beyond].min()))
    seen = replace(
        ground,
        mask=mask,
        before=before,
        difference=np.asarray(difference, dtype=np.float32),
        mm_per_px=scale,
        source_mm_per_px=ground.source_mm_per_px * change.scale,
    )
    return seen, Endplate(away_mm=away, beyond=beyond, along=chord / np.linalg.norm(chord))


def patch_of(sample: LeakSample, change: Perturbation, rng: np.random.Generator) -> LeakPatch | Unknown:
    """The patch of a changed sample."""
    return leak_patch(*changed(sample, change, rng))


def _marked(sample: LeakSample, change: Perturbation, rng: np.random.Generator) -> NDArray[np.float64]:
    line = sample.line_px
    mm_per_px = sample.ground.mm_per_px
    outwards = line.mean(axis=0) - sample.inside_px
    outwards /= np.linalg.norm(outwards)
    angle = np.deg2rad(change.turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = line.mean(axis=0)
    marked = (line - middle) @ turn.T + middle + outwards * change.off_mm / mm_per_px
    marked += rng.normal(0.0, 1.0, line.shape) * change.bend_mm / mm_per_px
    return np.asarray(marked, dtype=np.float64)


def _rendered(
    ground: Ground, mask: NDArray[np.bool_], change: Perturbation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """The difference through another tone curve and under a veil."""
    if change.tone == 1.0 and change.haze == 0.0:
        return ground.difference
    level = max(float(np.percentile(ground.difference[mask], 80)) if mask.any() else 1.0, 1.0)
    bent = level * np.sign(ground.difference) * np.abs(ground.difference / level) ** change.tone
    veil = cv2.GaussianBlur(rng.standard_normal(mask.shape).astype(np.float32), (0, 0), 5.0 / ground.mm_per_px)
    return np.asarray(bent + change.haze * level * veil / max(float(veil.std()), 1e-6), dtype=np.float32)


def _frayed(mask: NDArray[np.bool_], by_mm: float, mm_per_px: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The same mask with an edge that wanders by ``by_mm`` over less than a millimetre."""
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    waves = cv2.GaussianBlur(rng.standard_normal(mask.shape).astype(np.float32), (0, 0), 0.35 / mm_per_px)
    waves = waves * np.float32(by_mm / max(float(waves.std()), 1e-6))
    return np.asarray((outside - inside) * mm_per_px < waves, dtype=bool)


def _grown(mask: NDArray[np.bool_], by_mm: float, mm_per_px: float) -> NDArray[np.bool_]:
    if abs(by_mm) < 0.05:
        return mask
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray((outside - inside) * mm_per_px < by_mm + 0.5 * mm_per_px * np.sign(by_mm), dtype=bool)
