"""A training crop made harder: residual motion, grain, gain, tone, sharpening, codec, vessels, steel, first cement.

All of it acts on the change in log units, as it lies before the maps are scaled, so that nothing simulated is needed
again. What is pasted in keeps the labels honest: steel hides cement, contrast that runs through a vessel is none, and
where neither can be said the px has no weight.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.steps.cement.reader_inputs import maps_of
from models.training.cement_reader.runs import SampledRun

F32 = NDArray[np.float32]
SIDE_PX = 112
_SPREAD_PX = 18.0
"""How far a crop's middle lies from the body's, standard deviation."""
_GRAIN_AFTER = 0.27
"""Noise of a picture after a Gaussian of 0.5 mm, share of its grain."""


@dataclass(slots=True, kw_only=True, eq=False)
class TrainingCrop:
    """A crop before its maps are scaled; changed in place.

    Attributes
    ----------
    change, half_s, long_s, bright, mean, depth_mm, steel, usable : array (rows, cols) of float32
    grain : float
    right, weight : array
        Share of the px that is cement in sight, and how much that counts.
    path_mm, path_weight : array
    mm_per_px : float
    """

    change: F32 = field(repr=False)
    half_s: F32 = field(repr=False)
    long_s: F32 = field(repr=False)
    bright: F32 = field(repr=False)
    mean: F32 = field(repr=False)
    depth_mm: F32 = field(repr=False)
    steel: F32 = field(repr=False)
    usable: F32 = field(repr=False)
    grain: float
    right: F32 = field(repr=False)
    weight: F32 = field(repr=False)
    path_mm: F32 = field(repr=False)
    path_weight: F32 = field(repr=False)
    mm_per_px: float

    def darken(self, by: F32, half_s: float = 1.0, long_s: float = 1.0) -> None:
        """Add to the change; to the averages by shares, as long as it has been there."""
        self.change = self.change + by
        self.half_s = self.half_s + np.float32(half_s) * by
        self.long_s = self.long_s + np.float32(long_s) * by

    def maps(self) -> F32:
        """What the network is given."""
        return maps_of(
            (self.change, self.half_s, self.long_s),
            self.bright,
            self.grain,
            self.mean,
            self.depth_mm,
            self.steel > 0.5,
            self.usable > 0.5,
        )


def crop_of(run: SampledRun, k: int, rng: np.random.Generator) -> TrainingCrop:
    """Cut a crop round the body out of a picture."""
    seen, (rows, cols) = run.pictures[k], run.body.shape
    ys, xs = np.nonzero(run.body)
    middle = (float(ys.mean()), float(xs.mean())) if len(ys) else (rows / 2, cols / 2)
    corner = [
        int(np.clip(at - SIDE_PX / 2 + rng.normal(0.0, _SPREAD_PX), 0, max(most - SIDE_PX, 0)))
        for at, most in zip(middle, (rows, cols), strict=True)
    ]
    part = slice(corner[0], corner[0] + SIDE_PX), slice(corner[1], corner[1] + SIDE_PX)

    def cut(values: NDArray[np.generic]) -> F32:
        return np.array(values[part], np.float32)

    right, usable, path = cut(seen.visible), cut(run.usable), cut(seen.path_mm)
    return TrainingCrop(
        change=cut(seen.change),
        half_s=cut(seen.half_s),
        long_s=cut(seen.long_s),
        bright=cut(seen.bright),
        mean=cut(seen.mean),
        depth_mm=cut(run.depth_mm),
        steel=cut(seen.steel),
        usable=usable,
        grain=seen.grain,
        right=right,
        weight=usable * (1 - cut(seen.ignored)),
        path_mm=path,
        path_weight=usable * (right > 0.5) * (path > 0.3),
        mm_per_px=run.mm_per_px,
    )


def vary(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """Each kind by its chance, in the order in which the picture gets them."""
    for chance, change in (
        (0.35, residual_motion),
        (0.30, more_grain),
        (0.40, other_gain),
        (0.20, haze),
        (0.15, tone),
        (0.12, sharpening),
        (0.08, codec_blocks),
        (0.06, vessels),
        (0.22, steel_comes),
        (0.10, steel_not_found),
    ):
        if rng.random() < chance:
            change(crop, rng)


def residual_motion(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """A motion that was not quite found, half a px."""
    gx, gy = (cv2.Sobel(crop.mean, cv2.CV_32F, *way, scale=0.125) for way in ((1, 0), (0, 1)))
    dx, dy = rng.normal(0.0, 0.5, 2)
    crop.darken(dx * gx + dy * gy, rng.uniform(0.2, 1.0), rng.uniform(0.0, 0.6))


def more_grain(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """Less dose."""
    by = rng.uniform(0.1, 0.45) * crop.grain
    shape = crop.change.shape
    first, second = (
        1.6 * cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 0.6) for _ in range(2)
    )
    crop.change = crop.change + np.float32(by) * first
    crop.half_s = crop.half_s + np.float32(0.5 * by) * second
    crop.grain = float(np.hypot(crop.grain, 0.7 * by))


def other_gain(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """A display of more or less contrast."""
    gain = np.float32(np.exp(rng.uniform(-0.35, 0.35)))
    crop.change, crop.half_s, crop.long_s = gain * crop.change, gain * crop.half_s, gain * crop.long_s
    crop.bright, crop.grain = gain * crop.bright, max(float(gain) * crop.grain, 0.5)
    crop.mean = crop.mean * np.float32(np.exp(rng.uniform(-0.35, 0.35)))


def haze(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """Slow brightness: gas, scatter, exposure."""
    rows, cols = crop.change.shape
    coarse = rng.normal(0.0, rng.uniform(0.5, 3.0), (4, 4)).astype(np.float32)
    crop.darken(np.asarray(cv2.resize(coarse, (cols, rows), interpolation=cv2.INTER_CUBIC)), 1.0, rng.uniform(0.0, 1.0))


def tone(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """A display curve that moves: what changes follows from the grey."""
    x = np.clip((crop.mean - crop.mean.mean()) / (crop.mean.std() + 1), -2.5, 2.5)
    by = np.float32(rng.normal(0.0, 0.35) * crop.grain) * x + np.float32(rng.normal(0.0, 0.2) * crop.grain) * (
        x * x - 1
    )
    crop.darken(by, rng.uniform(0.4, 1.0), rng.uniform(0.0, 1.0))


def sharpening(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """Edge enhancement by the console."""
    gain, width = np.float32(rng.uniform(0.2, 0.9)), rng.uniform(0.8, 2.0)

    def sharp(values: F32) -> F32:
        return np.asarray(values + gain * (values - cv2.GaussianBlur(values, (0, 0), width)), np.float32)

    crop.change, crop.half_s, crop.long_s = sharp(crop.change), sharp(crop.half_s), sharp(crop.long_s)
    crop.grain *= 1 + 0.7 * float(gain)


def codec_blocks(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """A video codec that flattens blocks in which little is seen."""
    rows, cols = crop.change.shape
    side, share = int(rng.choice([4, 8])), np.float32(rng.uniform(0.3, 0.9))
    small = cv2.resize(crop.change, (max(cols // side, 1), max(rows // side, 1)), interpolation=cv2.INTER_AREA)
    blocks = cv2.resize(small, (cols, rows), interpolation=cv2.INTER_NEAREST)
    flat = np.abs(crop.change - blocks) < 2 * crop.grain
    crop.change = np.where(flat, crop.change + share * (blocks - crop.change), crop.change).astype(np.float32)
    crop.grain = max(crop.grain * (1 - 0.5 * float(share)), 0.5)


def vessels(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """Contrast medium that runs through vessels; taught as none only where no cement is in sight at all."""
    rows, cols = crop.change.shape
    drawn = np.zeros((rows, cols), np.uint8)
    for _ in range(int(rng.integers(2, 6))):
        at, angle, points = np.array([rng.uniform(0, cols), rng.uniform(0, rows)]), rng.uniform(0, 2 * np.pi), []
        for _ in range(40):
            points.append(at.copy())
            angle += rng.normal(0.0, 0.25)
            at = at + 5 * np.array([np.cos(angle), np.sin(angle)])
        cv2.polylines(drawn, [np.array(points, np.int32)], False, 255, int(rng.integers(1, 5)), cv2.LINE_AA)
    shape = cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), 0.8)
    crop.darken(np.float32(rng.uniform(0.5, 2.5) * crop.grain) * shape, rng.uniform(0.4, 1.0), rng.uniform(0.0, 0.4))
    if crop.right.max() > 0.02 or rng.random() < 0.5:
        crop.weight = crop.weight * ((shape < 0.1) | (crop.right > 0.9))


def steel_comes(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """A bar comes in, or moves: dark where it is, bright where it was; cement under it is not in sight."""
    now, old = _bars(crop.change.shape, rng)
    dark = np.float32(rng.uniform(15.0, 90.0))
    moved = rng.random() < 0.4
    by = now - np.float32(rng.uniform(0.5, 1.0)) * old if moved else now
    stands = rng.random() < 0.5
    crop.darken(dark * by, 1.0 if stands else rng.uniform(0.3, 1.0), 1.0 if stands else rng.uniform(0.0, 0.7))
    crop.bright = np.maximum(crop.bright, -cv2.GaussianBlur(crop.half_s, (0, 0), 1.0))
    crop.path_weight = crop.path_weight * (now < 0.05)
    crop.right = crop.right * (now < 0.3)
    crop.weight = crop.weight * ((np.abs(by) < 0.08) | (crop.right < 0.02))
    if rng.random() < 0.35:
        crop.steel = np.maximum(crop.steel, (now > 0.4).astype(np.float32))


def steel_not_found(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """The cannula was not recognised."""
    crop.steel = np.zeros_like(crop.steel)


def _bars(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[F32, F32]:
    """Where a bar is, and where it was: weights 0..1."""
    rows, cols = shape
    angle = rng.uniform(0, 2 * np.pi)
    tip = np.array([cols * rng.uniform(0.15, 0.85), rows * rng.uniform(0.15, 0.85)])
    width = int(rng.choice([2, 3, 4, 6, 8, 10]))
    found = []
    for along in (0.0, float(rng.uniform(2.0, 30.0))):
        turned = angle + (rng.normal(0.0, 0.05) if along else 0.0)
        begin = tip + along * np.array([np.cos(angle), np.sin(angle)])
        end = begin + 400 * np.array([np.cos(turned), np.sin(turned)])
        drawn = np.zeros((rows, cols), np.uint8)
        corners = [tuple(int(v) for v in point * 16) for point in (begin, end)]
        cv2.line(drawn, corners[0], corners[1], 255, width, cv2.LINE_AA, 4)
        found.append(np.asarray(cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), 0.7), np.float32))
    return found[0], found[1]


def first_cement(crop: TrainingCrop, rng: np.random.Generator) -> None:
    """A small lobe by the cannula, in the body or beside it; in sight from three times the noise on."""
    body = (crop.depth_mm > 0).astype(np.uint8)
    steel = (crop.steel > 0.5).astype(np.uint8)
    kind = rng.random()
    near = cv2.dilate(steel, np.ones((13, 13), np.uint8)) * body
    wide = cv2.dilate(body, np.ones((41, 41), np.uint8))
    where = near if kind < 0.6 and near.any() else body if kind < 0.85 and body.any() else wide
    ys, xs = np.nonzero(where)
    if not len(ys):
        return
    k = int(rng.integers(len(ys)))
    inside, share = _lobe(crop.change.shape, (float(ys[k]), float(xs[k])), crop.mm_per_px, rng)
    noise = float(rng.uniform(0.22, 0.33)) * crop.grain
    contrast = min(noise * float(np.exp(rng.uniform(np.log(2.5), np.log(40.0)))), 110.0)
    width = float(rng.uniform(0.3, 0.6)) / crop.mm_per_px
    dark = cv2.GaussianBlur(np.maximum(share, 0) * np.float32(contrast), (0, 0), width) * (1 - np.float32(0.5) * steel)
    seen = ((dark >= 3 * noise) & inside).astype(np.float32) * crop.usable
    long_s = rng.uniform(0.15, 1.0)
    crop.darken(dark, rng.uniform(max(0.5, long_s), 1.0), long_s)
    crop.path_weight = crop.path_weight * (dark < 0.3 * noise)
    crop.right, crop.weight = np.maximum(crop.right, seen), np.maximum(crop.weight, seen)


def _lobe(
    shape: tuple[int, ...], at: tuple[float, float], mm_per_px: float, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], F32]:
    """Where an uneven ellipse of 1 to 6 mm is, and its thickness, 0..1 and a little more."""
    rows, cols = shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    radius = float(np.exp(rng.uniform(np.log(0.9), np.log(6.0)))) / mm_per_px
    angle, long = rng.uniform(0, np.pi), float(np.exp(rng.uniform(0.0, 0.9)))
    dx, dy = x - np.float32(at[1]), y - np.float32(at[0])
    u = (dx * np.cos(angle) + dy * np.sin(angle)) / long
    v = (dy * np.cos(angle) - dx * np.sin(angle)) * min(long, 1.6)

    def uneven(cells: int) -> F32:
        drawn = rng.standard_normal((cells, cells)).astype(np.float32)
        return np.asarray(cv2.resize(drawn, (cols, rows), interpolation=cv2.INTER_CUBIC), np.float32)

    inside = radius * (1 + 0.35 * uneven(int(rng.integers(8, 28)))) - np.hypot(u, v)
    thick = np.clip(inside / (0.6 * radius), 0, 1) ** 0.6 * (1 + 0.25 * uneven(40))
    return np.asarray(inside > 0, bool), np.asarray(thick, np.float32)
