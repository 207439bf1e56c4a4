"""The picture of one leak into a disc that a shape model looks at: same scale, same orientation, whatever the source.

One function, `leak_patch`, makes it for training, for evaluation and in the live chain, so that a model never sees
anything that it was not trained on. It works on the cement step's own lattice (`baseline.py`), where polarity is
settled and bone stands still. In the patch the endplate lies level, the disc is up, one px is `PATCH_MM_PER_PX`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant import geometry
from assistant.geometry import Crop, MapMm, PointsPx
from assistant.line_maps import OUTSIDE, LineMaps
from assistant.plan import PlannedView
from assistant.vocabulary import LeakSite, Unknown

F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

PATCH_PX = 64
PATCH_MM_PER_PX = 0.375
"""24 mm on a side: the widest disc leak simulated is 17 mm, the highest lumbar disc 14 mm (clinical facts §4)."""
BELOW_PX = 16
"""Rows below the endplate: 6 mm of the body."""
CHANNELS = ("leak", "cement", "distance", "difference", "picture")
LAYOUT = "leak-patch-1"
"""Name of all that this file fixes; a model pack made for another layout is refused."""

LEAST_HEIGHT_MM = 1.0
LEAST_HEIGHT_PX = 4.0
"""Below either a shape cannot be told (clinical facts §3.1)."""
_DISTANCE_MM = 9.0
_PICTURE_BLUR_MM = 0.4
_EDGE_MM = 0.6
_CUT_SHARE = 0.06
"""A leak is cut when more than this share of its rim lies at the field's edge [P]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """What the cement step knows on its lattice in one picture.

    Attributes
    ----------
    mask : array (height, width) of bool
        Cement.
    before : array of float32
        Logarithm of the picture before any cement, polarity settled.
    difference : array of float32
        Darkening since then, log units, smoothed in time.
    usable : array of bool
        The X-ray field.
    mm_per_px : float
        Of the lattice.
    source_mm_per_px : float
        Of the source's own pixels.
    """

    mask: Bool = field(repr=False)
    before: F32 = field(repr=False)
    difference: F32 = field(repr=False)
    usable: Bool = field(repr=False)
    mm_per_px: float
    source_mm_per_px: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endplate:
    """One endplate on the lattice; made once a plan.

    Attributes
    ----------
    away_mm : map
        Signed distance to the endplate run on straight past its ends (positive = inside the body).
    beyond : array of bool
        Pixels whose cement counts as a leak past this endplate.
    along : array (2,)
        Unit vector (x, y) along the endplate, from its first point to its last.
    """

    away_mm: MapMm = field(repr=False)
    beyond: Bool = field(repr=False)
    along: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeakPatch:
    """What a shape model is given, and what is known of it without a model.

    Attributes
    ----------
    values : array (channels, PATCH_PX, PATCH_PX) of float32
        In the order of `CHANNELS`: the leak, all cement (0..1), distance to the endplate / 9 mm (-2..1, negative in
        the disc), difference / that of the leak (-1..2), picture in spreads about its median (-2..2).
    height_mm, area_mm2 : float
        Of the leak's largest piece.
    blur_mm : float
        Contrast of the leak over the slope of its rim: how far its edge is spread.
    lattice_from_patch : array (2, 3)
        Takes (col, row) of the patch to (x, y) of the lattice.
    """

    values: F32 = field(repr=False)
    height_mm: float
    area_mm2: float
    blur_mm: float
    lattice_from_patch: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenPatch:
    """What a model was given of a leak, and where it lies.

    Attributes
    ----------
    frame_index : int
    values : array (channels, PATCH_PX, PATCH_PX) of float32
    reference_from_patch : array (2, 3)
        Takes (col, row) of the patch to reference px.
    """

    frame_index: int
    values: F32 = field(repr=False)
    reference_from_patch: NDArray[np.float64] = field(repr=False)


def seen_patch(frame_index: int, patch: LeakPatch, crop: Crop, step: int) -> SeenPatch:
    """Place a patch in the reference frame.

    Parameters
    ----------
    frame_index : int
    patch : LeakPatch
    crop : Crop
        The lattice, in its own px.
    step : int
        Source px to one px of the lattice.
    """
    matrix = patch.lattice_from_patch * step
    matrix[:, 2] += np.array([crop.x0_px, crop.y0_px]) * step + 0.5 * (step - 1)
    return SeenPatch(frame_index=frame_index, values=patch.values, reference_from_patch=matrix)


def endplate_on_lattice(view: PlannedView, maps: LineMaps, site: LeakSite, crop: Crop, step: int) -> Endplate:
    """Work out an endplate on the lattice of the cement step.

    Parameters
    ----------
    view : PlannedView
    maps : LineMaps
        Of that view, on the crop at full resolution.
    site : LeakSite
        One of the two discs.
    crop : Crop
        In px of the lattice.
    step : int
        Source px to one px of the lattice.
    """
    line = view.superior if site is LeakSite.SUPERIOR_DISC else view.inferior
    on_lattice = (line + 0.5) / step - 0.5
    inside = (view.body_px[:-1].mean(axis=0) + 0.5) / step - 0.5
    rows = np.minimum(np.arange(crop.height_px) * step + step // 2, maps.outside.shape[0] - 1)
    cols = np.minimum(np.arange(crop.width_px) * step + step // 2, maps.outside.shape[1] - 1)
    return Endplate(
        away_mm=geometry.signed_distance_map(crop, on_lattice, inside, view.mm_per_px * step, runs_on=True),
        beyond=np.asarray(maps.outside[np.ix_(rows, cols)] == OUTSIDE.index(site), dtype=bool),
        along=_unit(line),
    )


def leak_patch(ground: Ground, endplate: Endplate) -> LeakPatch | Unknown:
    """Cut the patch of the largest piece of cement beyond an endplate.

    Returns
    -------
    LeakPatch or Unknown
        With the reason why its shape cannot be told: nothing there, too small, cut by the edge of the field.
    """
    part = _largest(ground.mask & endplate.beyond)
    if part is None:
        return Unknown("no cement beyond the endplate")
    height_mm = float(-endplate.away_mm[part].min())
    if height_mm < max(LEAST_HEIGHT_MM, LEAST_HEIGHT_PX * ground.source_mm_per_px):
        return Unknown("too small to type")
    if _is_cut(part, ground):
        return Unknown("cut by the edge of the field")
    matrix = _lattice_from_patch(part, endplate, ground.mm_per_px)
    contrast = float(np.percentile(ground.difference[part], 80.0))
    if not contrast > 0:
        return Unknown("no contrast to the picture before the injection")
    return LeakPatch(
        values=_values(ground, endplate, part, matrix, contrast),
        height_mm=height_mm,
        area_mm2=float(part.sum()) * ground.mm_per_px**2,
        blur_mm=_blur_mm(part, ground, contrast),
        lattice_from_patch=matrix,
    )


def _unit(line_px: PointsPx) -> NDArray[np.float64]:
    chord = line_px[-1] - line_px[0]
    return np.asarray(chord / np.linalg.norm(chord), dtype=np.float64)


def _largest(beyond: Bool) -> Bool | None:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(beyond.astype(np.uint8), connectivity=8)
    if count < 2:
        return None
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), dtype=bool)


def _is_cut(part: Bool, ground: Ground) -> bool:
    """Whether the piece runs into the edge of the field or of what is looked at."""
    reach = max(1, round(_EDGE_MM / ground.mm_per_px))
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    inner = cv2.erode(ground.usable.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    rim = part & ~(cv2.erode(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    return float((rim & ~inner).sum()) > _CUT_SHARE * float(rim.sum())


def _lattice_from_patch(part: Bool, endplate: Endplate, mm_per_px: float) -> NDArray[np.float64]:
    """The patch stands on the endplate below the middle of the piece, its rows along the endplate there."""
    ys, xs = np.nonzero(part)
    middle = np.array([xs.mean(), ys.mean()])
    y, x = np.clip(np.rint(middle[::-1]).astype(int), 1, np.array(part.shape) - 2)
    around = np.clip(np.stack([ys, xs]), 1, np.array(part.shape)[:, None] - 2)
    away = endplate.away_mm
    inwards = np.array(
        [
            float(np.median(away[around[0], around[1] + 1] - away[around[0], around[1] - 1])),
            float(np.median(away[around[0] + 1, around[1]] - away[around[0] - 1, around[1]])),
        ]
    )
    inwards /= max(float(np.linalg.norm(inwards)), 1e-9)
    across = np.array([-inwards[1], inwards[0]])
    if across @ endplate.along < 0:
        across = -across
    foot = middle - inwards * float(away[y, x]) / mm_per_px
    scale = PATCH_MM_PER_PX / mm_per_px
    columns = np.column_stack([across * scale, inwards * scale])
    origin = foot - columns @ np.array([(PATCH_PX - 1) / 2, PATCH_PX - 1 - BELOW_PX])
    return np.column_stack([columns, origin])


def _values(ground: Ground, endplate: Endplate, part: Bool, matrix: NDArray[np.float64], contrast: float) -> F32:
    fine = 0.5 * PATCH_MM_PER_PX / ground.mm_per_px

    def sampled(layer: F32, sigma: float, border: int) -> F32:
        soft = cv2.GaussianBlur(layer, (0, 0), sigma) if sigma > 0.3 else layer
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (PATCH_PX, PATCH_PX)
        return np.asarray(cv2.warpAffine(soft, matrix, size, flags=flags, borderMode=border, borderValue=0))

    picture = sampled(ground.before - ground.difference, _PICTURE_BLUR_MM / ground.mm_per_px, cv2.BORDER_REPLICATE)
    picture = picture - np.median(picture)
    spread = 2.0 * 1.4826 * float(np.median(np.abs(picture))) + 1e-3
    values = np.stack(
        [
            sampled(part.astype(np.float32), fine, cv2.BORDER_CONSTANT),
            sampled(ground.mask.astype(np.float32), fine, cv2.BORDER_CONSTANT),
            np.clip(sampled(endplate.away_mm, 0.0, cv2.BORDER_REPLICATE) / _DISTANCE_MM, -2.0, 1.0),
            np.clip(sampled(ground.difference, fine, cv2.BORDER_CONSTANT) / contrast, -1.0, 2.0),
            np.clip(picture / spread, -2.0, 2.0),
        ]
    )
    return np.ascontiguousarray(values, dtype=np.float32)


def _blur_mm(part: Bool, ground: Ground, contrast: float) -> float:
    soft = cv2.GaussianBlur(ground.difference, (0, 0), 1.0)
    slope = cv2.magnitude(
        cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8)
    )
    rim = part & ~(cv2.erode(part.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    steepest = cv2.dilate(slope, np.ones((5, 5), np.uint8))
    return contrast / max(float(np.median(steepest[rim])), 1e-6) * ground.mm_per_px
