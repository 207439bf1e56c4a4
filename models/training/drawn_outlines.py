"""Outlines of leaks drawn in two dimensions, given a thickness and handed to the synthetic fluoroscope as cement.

Flow and anatomy of the fluoroscope give some families of shapes; a network trained on them alone may learn these by
heart. Here only the *outline* comes from another hand: families of outlines on a curved endplate, each with a path in
mm. Bone and soft tissue behind it, beam, camera and display are the fluoroscope's own (`simulation/`): nothing else in
the project makes X-ray pictures.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant import geometry
from assistant.geometry import Crop, Similarity
from assistant.leak_shape.patch import Ground
from assistant.simulation import tabletop
from assistant.simulation.imaging_chain import attenuation
from assistant.simulation.imaging_chain.camera import Camera
from assistant.simulation.imaging_chain.display import ConsoleDisplay
from assistant.simulation.imaging_chain.xray import Map
from assistant.simulation.leak_truth import shape_figures
from assistant.simulation.random_case import random_case
from assistant.simulation.scenario import Screen
from assistant.simulation.truth import PATH_MM
from assistant.steps.cement import USUAL_LIMITS
from models.training.small_run import KINDS, LeakSample

F32 = NDArray[np.float32]
_SIDE_MM = 36.0
_LEAST_MM2 = 2.0
_CLEARLY = 1.35
"""What was meant to lie in between and came out this slender does not."""
_LEAST_DICE = 0.6
"""A leak of which hardly anything was found has no shape to learn."""
_LOG_SCALE, _LOG_OFFSET = 100.0, 24.0
"""As in `assistant.steps.cement.baseline`."""
_BEFORE, _SKIPPED, _AFTER = 5, 3, 4
"""Pictures before the cement, those in which the filter settles, and those after."""
_IDENTITY = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(0.0, 0.0))


def drawn_outline(rng: np.random.Generator, number: int) -> LeakSample | None:
    """One leak; None where it came out too small to type.

    Parameters
    ----------
    rng : Generator
    number : int
        Says which kind is meant.
    """
    kind = KINDS[number % 3]
    mm_per_px = float(rng.uniform(0.16, 0.32))
    side = round(_SIDE_MM / mm_per_px)
    line, inside, u_mm, n_mm = _endplate(rng, side, mm_per_px)
    crop = Crop(x0_px=0, y0_px=0, width_px=side, height_px=side)
    away = geometry.signed_distance_map(crop, line, inside, mm_per_px, runs_on=False)
    leak = _outline(rng, kind, u_mm, n_mm)
    body = _filling(rng, u_mm, n_mm)
    true = (leak & (away < 0.8)) | (body & (away > -0.2))
    beyond = true & (away < 0)
    if beyond.sum() * mm_per_px**2 < _LEAST_MM2:
        return None
    figures = shape_figures(beyond, 0, 0, line, _IDENTITY, mm_per_px, away[true])
    if figures is None or not figures["large_enough"]:
        return None
    rule = figures.pop("label")
    if kind == "between" and figures["height_mm"] > _CLEARLY * figures["width_mm"]:
        return None
    thickness = _thickness(rng, true, mm_per_px)
    difference, before, mask = _imaged(rng, thickness, mm_per_px)
    seen = mask & (away < 0)
    if 2.0 * (seen & beyond).sum() < _LEAST_DICE * (seen.sum() + beyond.sum()):
        return None
    return LeakSample(
        ground=Ground(
            mask=mask,
            before=before,
            difference=difference,
            usable=np.ones(mask.shape, bool),
            mm_per_px=mm_per_px,
            source_mm_per_px=mm_per_px,
        ),
        true_mask=true,
        line_px=line,
        inside_px=inside,
        allowed=np.ones(mask.shape, bool),
        label=label_of(figures, kind),
        facts={**figures, "rule_label": rule, "opened": kind, "number": number, "site": "drawn"},
    )


def label_of(figures: dict[str, float], opened: str) -> str:
    """The working label: what was meant, where the outline bears it out (as in `simulation.leak_truth`)."""
    h, w, apex, circularity = (figures[key] for key in ("height_mm", "width_mm", "apex_deg", "circularity"))
    if opened == "spike" and (h >= w or apex <= 60.0) and circularity < 0.85:
        return "spike"
    if opened == "round" and h < w and apex > 75.0 and circularity >= 0.65:
        return "round"
    return "undetermined"


def _endplate(
    rng: np.random.Generator, side: int, mm_per_px: float
) -> tuple[geometry.PointsPx, NDArray[np.float64], F32, F32]:
    """A curved endplate somewhere near the middle at any angle, and coordinates along and away from it in mm."""
    angle = rng.uniform(-np.pi, np.pi)
    u, n = np.array([np.cos(angle), np.sin(angle)]), np.array([np.sin(angle), -np.cos(angle)])
    middle = np.array([side / 2, side / 2]) + rng.uniform(-2, 2, 2) / mm_per_px - 3.0 / mm_per_px * n
    half_mm, sag_mm = float(rng.uniform(9, 15)), float(np.clip(rng.normal(1.2, 1.2), -0.5, 4.0))
    count = int(rng.choice([3, 5]))
    at_mm = np.linspace(-half_mm, half_mm, count) - rng.uniform(-0.5, 0.5) * half_mm
    dip_mm = -sag_mm * (1 - (at_mm / half_mm) ** 2)
    line = middle + (at_mm[:, None] * u + dip_mm[:, None] * n) / mm_per_px
    ys, xs = np.mgrid[0:side, 0:side]
    off = np.stack([xs - middle[0], ys - middle[1]], axis=-1) * mm_per_px
    # Away from the true, smooth plate, of which the marks are only some points.
    along = (off @ u).astype(np.float32)
    smooth = np.interp(along, np.linspace(-2, 2, 81) * half_mm, -sag_mm * (1 - np.linspace(-2, 2, 81) ** 2)).astype(
        np.float32
    )
    height = (off @ n).astype(np.float32) - np.maximum(smooth, -sag_mm - 2.0)
    return line, middle - 12.0 / mm_per_px * n, along, height


def _outline(rng: np.random.Generator, kind: str, u_mm: F32, n_mm: F32) -> NDArray[np.bool_]:
    """A filled outline by its half width at each height."""
    height = float(np.exp(rng.uniform(np.log(2.0), np.log(10.0))))
    share = np.clip(n_mm / height, 0.0, 1.0)
    if kind == "spike":
        slender = float(rng.uniform(1.0, 4.0))
        profile = (1 - share ** rng.uniform(0.7, 1.7)) ** rng.uniform(0.7, 1.3)
    elif kind == "round":
        height = min(height, 7.5)
        share = np.clip(n_mm / height, 0.0, 1.0)
        slender = float(rng.uniform(0.35, 0.85))
        power = float(rng.uniform(1.7, 3.2))
        profile = (1 - share**power) ** (1 / power)
        if rng.random() < 0.3:  # a mushroom: wider above than at the way through
            profile = profile * (1 - rng.uniform(0.1, 0.45) * np.exp(-((share / 0.25) ** 2)))
    else:
        slender = float(rng.uniform(0.75, 1.15))
        power = float(rng.uniform(1.0, 1.7))
        profile = (1 - share**power) ** (1 / power)
    half = 0.5 * height / slender * profile
    grain = float(rng.uniform(1.0, 3.0))
    ripple = _field(rng, u_mm.shape, grain / 0.24) * rng.uniform(0.0, 0.12) * min(height, 2 * height / slender)
    middle = rng.uniform(-0.5, 0.5) * n_mm + rng.uniform(-0.03, 0.03) * n_mm**2
    leak = (np.abs(u_mm - middle) < half + ripple) & (n_mm < height) & (n_mm > -3.0)
    if kind == "spike" and rng.random() < 0.2:  # a second, smaller tongue
        off = float(rng.choice([-1, 1]) * rng.uniform(0.4, 1.0) * height / slender)
        tall = height * float(rng.uniform(0.3, 0.7))
        leak |= (np.abs(u_mm - off) < 0.4 * tall / slender * (1 - np.clip(n_mm / tall, 0, 1))) & (n_mm > -3.0)
    return np.asarray(leak, dtype=bool)


def _filling(rng: np.random.Generator, u_mm: F32, n_mm: F32) -> NDArray[np.bool_]:
    """Cement in the body below: a lump of any width that comes near the plate or only to the leak's foot."""
    top, wide = -float(rng.uniform(0.0, 3.0)), float(rng.uniform(3.0, 12.0))
    off = float(rng.uniform(-0.6, 0.6)) * wide
    lump = ((u_mm - off) / wide) ** 2 + ((n_mm - top + 8.0) / 8.0) ** 2 < 1.0
    neck = (np.abs(u_mm) < rng.uniform(0.8, 2.5)) & (n_mm < 0.0) & (n_mm > top - 4.0)
    return np.asarray(lump | neck, dtype=bool)


def _thickness(rng: np.random.Generator, true: NDArray[np.bool_], mm_per_px: float) -> F32:
    """Path in mm: as deep as wide, or a sheet, with lumps."""
    depth = cv2.distanceTransform(true.astype(np.uint8), cv2.DIST_L2, 5) * mm_per_px
    power = float(rng.uniform(0.3, 0.9))
    path = rng.uniform(1.5, 4.0) * depth**power * (1 + 0.25 * _field(rng, true.shape, 1.5 / mm_per_px))
    return np.asarray(np.where(true, np.maximum(path, PATH_MM), 0.0), dtype=np.float32)


def _imaged(rng: np.random.Generator, path_mm: F32, mm_per_px: float) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Difference, ground and mask as the cement step would have them, from pictures of the fluoroscope."""
    case = random_case(rng, "outline")
    side = path_mm.shape[0]
    magnification = case.geometry.source_detector_mm / case.geometry.source_body_mm
    beam = attenuation.beam(case.exposure.tube_kv)
    steady = msgspec.structs.replace(case.exposure, control_s=0.0)
    camera = Camera(steady, detector_px_mm=mm_per_px * magnification, mm_per_px=mm_per_px)
    display = ConsoleDisplay(_plain(case.screen), side_px=side, mm_per_px=mm_per_px)
    barium_g_per_cm3 = float(rng.uniform(0.15, 0.30))
    part = Crop(x0_px=0, y0_px=0, width_px=16, height_px=16)
    place = _place(rng, side, mm_per_px)

    def taken(cement_mm: F32 | None, off_px: NDArray[np.float64]) -> F32:
        """One picture as the cement step has it: the logarithm of the grey."""
        moved = place.copy()
        moved[:, 2] += off_px
        paths = attenuation.Paths(soft_g_cm2=_seen(0, moved, side), bone_g_cm2=_seen(1, moved, side))
        kept = attenuation.transmitted(beam, replace(paths, cement_mm=cement_mm), barium_g_per_cm3)
        white = rng.standard_normal((side, side), dtype=np.float32)
        linear, _ = camera.expose(kept, kept[part.rows, part.cols], None, 0.0, white)
        if first:
            display.set_window(linear)
        return np.asarray(_LOG_SCALE * np.log(display.show(linear) + np.float32(_LOG_OFFSET)), dtype=np.float32)

    first = True
    before = np.zeros((side, side), np.float32)
    for _ in range(_BEFORE):
        before += taken(None, np.zeros(2)) / _BEFORE
        first = False
    after = np.zeros((side, side), np.float32)
    # Registration leaves some hundredths of a millimetre.
    off_px = rng.normal(0.0, 0.05, 2) / mm_per_px
    for k in range(_SKIPPED + _AFTER):
        picture = taken(path_mm, off_px)
        if k >= _SKIPPED:  # lag and filter have settled
            after += picture / _AFTER
    soft = cv2.GaussianBlur(before - after, (0, 0), USUAL_LIMITS.baseline.smooth_mm / mm_per_px)
    free = path_mm <= 0
    difference = np.asarray(soft - np.median(soft[free]), dtype=np.float32)
    noise = 1.4826 * float(np.median(np.abs(difference[free])))
    reach = max(1, round(0.8 / mm_per_px))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    edge = np.maximum(rng.uniform(0.15, 0.4) * cv2.dilate(difference, kernel), 3.0 * noise)
    low = (difference > edge).astype(np.uint8)
    count, labels = cv2.connectedComponents(low, connectivity=8)
    keep = np.zeros(count, bool)
    keep[np.unique(labels[path_mm > 1.0])] = True
    keep[0] = False
    return difference, before, np.asarray(keep[labels], dtype=bool)


def _plain(screen: Screen) -> Screen:
    """A console's curve, edges and contrast without what lies outside a piece of its picture; polarity is settled."""
    return msgspec.structs.replace(
        screen, field="full", layout="plain", bright_cement=False, distortion=0.0, zoom=1.0, interlaced=False
    )


@cache
def _behind() -> tuple[Map, Map]:
    """Soft tissue and bone of the fluoroscope's small patient, g/cm², without cement or steel."""
    run = tabletop.small_run()
    pose = run.theatre.pose(0.0)
    paths = run.stage_of("lateral").paths(pose, 0.0, run.injection_end_s, cannula_in=False)
    return paths.soft_g_cm2, paths.bone_g_cm2


def _place(rng: np.random.Generator, side: int, mm_per_px: float) -> NDArray[np.float64]:
    """2 x 3 matrix from px of the outline to px of a piece of the small patient, turned and mirrored by chance."""
    rows, cols = _behind()[0].shape
    angle, zoom = float(rng.uniform(-np.pi, np.pi)), mm_per_px / tabletop.MM_PER_PX
    flip = np.diag([float(rng.choice([-1.0, 1.0])), 1.0])
    turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ flip
    far = 0.5 * side * zoom
    middle = rng.uniform([far, far], [cols - far, rows - far])
    return np.column_stack([turn, middle - turn @ np.array([(side - 1) / 2, (side - 1) / 2])])


def _seen(layer: int, place: NDArray[np.float64], side: int) -> Map:
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    piece = cv2.warpAffine(_behind()[layer], place, (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(np.maximum(piece, np.float32(0.0)), dtype=np.float32)


def _field(rng: np.random.Generator, shape: tuple[int, ...], sigma_px: float) -> F32:
    """Smooth noise of unit spread."""
    step = max(1, int(sigma_px / 2))
    small = rng.standard_normal((shape[0] // step + 4, shape[1] // step + 4)).astype(np.float32)
    soft = cv2.GaussianBlur(small, (0, 0), max(sigma_px / step, 0.3))
    wide = cv2.resize(soft, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide / max(float(wide.std()), 1e-6), dtype=np.float32)
