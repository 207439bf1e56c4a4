"""Pictures for training: an imaging chain drawn anew each time, far more varied than one maker's."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.landmarks import crops

F32 = NDArray[np.float32]
STEP_MM = 0.6
_SIDE_MM = 160.0


@dataclass(frozen=True, slots=True)
class LandmarkSample:
    """A crop and its points in crop px (6, 2).

    ``ap`` tells the view, ``upright`` that it stands in the canonical frame, ``wide`` that it is a first look.
    """

    crop: F32
    points: NDArray[np.float64]
    ap: bool
    upright: bool
    wide: bool


def _tube(shape: tuple[int, int], ends: NDArray[np.float64], width_px: float, soft: float) -> F32:
    drawn = np.zeros(shape, np.uint8)
    ends = np.rint(ends * 8).astype(int)
    cv2.line(drawn, tuple(ends[0]), tuple(ends[1]), 255, max(1, round(width_px)), cv2.LINE_AA, 3)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), soft), np.float32) / np.float32(255)


def _bump(rng: np.random.Generator, side: int, sigma_px: float) -> F32:
    n = max(3, int(side / sigma_px))
    return np.asarray(
        cv2.resize(rng.standard_normal((n, n)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    )


def _bent(
    log: F32, points: NDArray[np.float64], rng: np.random.Generator, step_mm: float
) -> tuple[F32, NDArray[np.float64]]:
    """Everything pushed to and fro by a smooth field: other hollows, corners and waists than the simulator's.

    A field of 1.1 mm in the mean that changes over 7 to 20 mm; the points go along.
    """
    side = len(log)
    coarse = max(4, int(side * step_mm / rng.uniform(7, 20)))
    drawn = rng.standard_normal((coarse, coarse, 2)).astype(np.float32) * np.float32(rng.uniform(0.2, 2.0) / step_mm)
    field = cv2.GaussianBlur(cv2.resize(drawn, (side, side), interpolation=cv2.INTER_CUBIC), (0, 0), 3)
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    bent = cv2.remap(log, xs + field[..., 0], ys + field[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    placed = points.copy()
    for _ in range(4):  # the field is smooth: this settles to a hundredth of a px
        at = placed.astype(np.float32)[None]
        placed = points - cv2.remap(field, at[..., 0], at[..., 1], cv2.INTER_LINEAR)[0]
    return np.asarray(bent, np.float32), placed


def _anatomy(maps: dict[str, NDArray[np.generic]], k: int, rng: np.random.Generator, side: int) -> F32:
    """What bone, ribs and soft tissue take from the beam (log), each as strong as in some patient."""
    size = (side, side)
    bone = cv2.resize(np.asarray(maps["bone"][k], np.float32), size, interpolation=cv2.INTER_AREA)
    ribs = cv2.resize(np.asarray(maps["ribs"][k], np.float32), size, interpolation=cv2.INTER_LINEAR)
    soft = cv2.resize(np.asarray(maps["soft"][k], np.float32), size, interpolation=cv2.INTER_LINEAR)
    if ribs.any():
        shift = rng.normal(0, 5, 2)
        ribs = cv2.warpAffine(
            ribs, np.array([[1, 0, shift[0]], [0, 1, shift[1]]]), size, borderMode=cv2.BORDER_REPLICATE
        )
    mineral = bone * np.float32(np.exp(rng.uniform(-0.6, 0.4))) + ribs * np.float32(rng.uniform(0.3, 1.2))
    if rng.random() < 0.5:
        mineral = mineral * (1 + np.float32(rng.uniform(0.02, 0.15)) * _bump(rng, side, rng.uniform(2, 8)))
    mixed = np.float32(rng.uniform(0.17, 0.22)) * soft + np.float32(rng.uniform(0.3, 0.55)) * mineral
    log: F32 = np.asarray(mixed, np.float32)
    log = log + np.float32(rng.uniform(0, 0.25)) * _bump(rng, side, rng.uniform(15, 60))
    return log


def _with_cannula(
    log: F32,
    ends: NDArray[np.float64],
    points: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    other: bool,
    step_mm: float,
) -> F32:
    """A cannula between two ends (2, 2), or moved into a neighbour; now and then a second one."""
    size = log.shape
    if other:
        tall = points[3:].mean(axis=0) - points[:3].mean(axis=0)
        ends = ends + tall * rng.uniform(1.25, 1.5) * (1 if rng.random() < 0.5 else -1)
    if rng.random() < 0.3:
        ends[0] = ends[0] + (ends[1] - ends[0]) * rng.uniform(0, 0.15)
    width = rng.uniform(2.3, 4.4) / step_mm
    log = log + _tube(size, ends, width, rng.uniform(0.5, 1.0)) * np.float32(rng.uniform(1.0, 2.5))
    if rng.random() < 0.2:
        second = ends + rng.normal(0, 8, (2, 2))
        log = log + _tube(size, second, width, 0.7) * np.float32(rng.uniform(1.0, 2.5))
    return log


def _with_clutter(log: F32, points: NDArray[np.float64], rng: np.random.Generator) -> F32:
    """Now and then something long or round that belongs to nobody's spine."""
    side = len(log)
    size = (side, side)
    if rng.random() < 0.1:
        at = rng.uniform(0, side, (2, 2))
        log = log + _tube(size, at, rng.uniform(1, 10), 0.8) * np.float32(rng.uniform(0.3, 2.5))
    if rng.random() < 0.08:
        away = points.mean(axis=0) + rng.normal(0, 1, 2) * 60
        ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
        blob = np.exp(-(((xs - away[0]) / rng.uniform(8, 20)) ** 2 + ((ys - away[1]) / rng.uniform(8, 20)) ** 2) * 2)
        log = log + blob.astype(np.float32) * np.float32(rng.uniform(0.5, 2))
    return log


def _exposed(log: F32, rng: np.random.Generator) -> F32:
    """The beam behind the patient: scatter, blur and grain."""
    size = log.shape
    beam = np.exp(-np.clip(log - np.median(log), -4, 6)).astype(np.float32)
    scatter = cv2.resize(cv2.GaussianBlur(cv2.resize(beam, (33, 33)), (0, 0), 6), size)
    beam = beam + np.float32(rng.uniform(0.2, 2.2)) * scatter
    beam = np.asarray(cv2.GaussianBlur(beam, (0, 0), rng.uniform(0.3, 1.2)), np.float32)
    beam = beam / np.float32(beam.mean())
    relative = np.exp(rng.uniform(np.log(0.004), np.log(0.12)))
    grain = rng.standard_normal(size, dtype=np.float32)
    if rng.random() < 0.7:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 1.0)), np.float32)
        grain = grain / np.float32(grain.std())
    beam = beam + grain * np.sqrt(np.maximum(beam, 0.02)) * np.float32(relative)
    return np.asarray(beam, np.float32)


def _field(side: int, rng: np.random.Generator) -> F32:
    """The field of the imaging chain: round, square, square with cut corners, or all; 1 inside."""
    size = (side, side)
    half = rng.uniform(0.82, 1.05) * side / 2
    ys, xs = np.abs(np.mgrid[0:side, 0:side].astype(np.float32) - (side - 1) / 2)
    shape = rng.integers(4)
    field = np.ones(size, np.float32)
    if shape == 0:
        field = (np.hypot(xs, ys) < half).astype(np.float32)
    elif shape == 1:
        field = (np.maximum(xs, ys) < half).astype(np.float32)
    elif shape == 2:
        field = ((np.maximum(xs, ys) < half) & (xs + ys < 1.42 * half)).astype(np.float32)
    return field


def _displayed(beam: F32, rng: np.random.Generator) -> F32:
    """The picture (0..1) that a maker's processing makes of a beam: window, flattening, edges, curve, polarity."""
    low, high = np.percentile(np.log(np.maximum(beam[::4, ::4], 1e-3)), [1, 97])
    u = (np.log(np.maximum(beam, 1e-3)) - np.float32(low)) / np.float32(max(high - low, 0.2))
    u = (u - 0.5) * np.float32(rng.uniform(0.7, 1.3)) + 0.5 + np.float32(rng.uniform(-0.1, 0.1))
    if rng.random() < 0.4:
        u = u - np.float32(rng.uniform(0.1, 0.7)) * (cv2.GaussianBlur(u, (0, 0), rng.uniform(12, 40)) - 0.5)
    if rng.random() < 0.5:
        u = u + np.float32(rng.uniform(0.2, 1.5)) * (u - cv2.GaussianBlur(u, (0, 0), rng.uniform(0.8, 2.5)))
    u = np.clip(u, 0, 1)
    u = u ** np.float32(np.exp(rng.uniform(-0.5, 0.5)))
    if rng.random() < 0.3:
        u = 1 / (1 + np.exp(-np.float32(rng.uniform(3, 7)) * (u - 0.5)))
    if rng.random() < 0.3:
        u = 1 - u
    return np.asarray(u, np.float32)


def picture(
    maps: dict[str, NDArray[np.generic]],
    k: int,
    rng: np.random.Generator,
    *,
    cannula: str,
    step_mm: float = STEP_MM,
) -> tuple[F32, F32, NDArray[np.float64]]:
    """One picture (0..1) of pose ``k``, its field, and its six points in picture px.

    ``cannula``: "own" in the wanted body, "other" in a neighbour, "none". ``step_mm``: edge of a px.
    """
    side = round(_SIDE_MM / step_mm)
    zoom = side / maps["bone"].shape[1]
    points = (maps["points"][k].astype(np.float64) + 0.5) * zoom - 0.5
    log = _anatomy(maps, k, rng, side)
    if rng.random() < 0.7:
        log, points = _bent(log, points, rng, step_mm)
    if cannula != "none":
        tip = (maps["tip"][k].astype(np.float64) + 0.5) * zoom - 0.5
        log = _with_cannula(log, tip, points, rng, other=cannula == "other", step_mm=step_mm)
    beam = _exposed(_with_clutter(log, points, rng), rng)
    field = _field(side, rng)
    shown = _displayed(beam, rng)
    return np.asarray(np.rint(shown * 255) / 255, np.float32), field, points


def samples(
    maps: dict[str, NDArray[np.generic]], k: int, rng: np.random.Generator, *, coarse: int, fine: int, wrong: int
) -> list[LandmarkSample]:
    """Crops of one freshly drawn picture: wide and fine ones in the canonical frame, and some that stand wrong."""
    ap = bool(maps["view"][k])
    cannula = str(rng.choice(["own", "other", "none"], p=[0.55, 0.15, 0.3]))
    shown, field, points = picture(maps, k, rng, cannula=cannula)
    points = crops.ordered(points, ap)
    centre, side, angle, mirrored = crops.canonical(points)
    size = crops.size_px(points)
    found = []
    for number in range(coarse + fine + wrong):
        wide = number < coarse or (number >= coarse + fine and rng.random() < 0.4)
        upright = number < coarse + fine
        if wide:
            off = np.clip(rng.normal(0, 1, 2), -1.6, 1.6) * 0.27 * size
            across = 125.0 / STEP_MM * np.exp(rng.uniform(-0.42, 0.42))
            turn = float(rng.normal(0, 0.17))
        else:
            off = rng.normal(0, 0.055, 2) * size
            across = side * np.exp(np.clip(rng.normal(0, 0.08), -0.25, 0.25))
            turn = float(rng.normal(0, 0.09))
        flip = False
        if not upright:
            flip = bool(rng.random() < 0.5)
            quarter = int(rng.integers(1, 4)) if ap or not flip else int(rng.integers(0, 4))
            turn += quarter * np.pi / 2
        matrix = crops.square(centre + off, across, angle + turn, mirrored != flip)
        # Stretch, shear and a little perspective: other bodies than the simulator's.
        middle = (crops.CROP_PX - 1) / 2.0
        bend = np.eye(3)
        bend[:2, :2] += rng.normal(0, 0.05, (2, 2))
        bend[2, :2] = rng.normal(0, 0.0012, 2)
        to, back = np.eye(3), np.eye(3)
        to[:2, 2], back[:2, 2] = -middle, middle
        matrix = back @ bend @ to @ np.vstack([matrix, [0, 0, 1]])
        moved = np.column_stack([points, np.ones(6)]) @ matrix.T
        placed = moved[:, :2] / moved[:, 2:]
        crop = crops.cut(shown, field, matrix)
        placed = crops.ordered(placed, ap)
        found.append(LandmarkSample(crop=crop, points=placed, ap=ap, upright=upright, wide=wide))
    return found
