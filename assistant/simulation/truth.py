"""What is true in each picture, by the contract's conventions: masks, distances, leaks, crossings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant import geometry
from assistant.geometry import END_TOLERANCE_MM, Crop, Similarity
from assistant.lines import WHOLE_LINES
from assistant.plan import PlannedView
from assistant.simulation.imaging_chain.xray import Map
from assistant.vocabulary import LeakSite

Mask = NDArray[np.bool_]

PATH_MM = 0.5
"""scoring.md: cement is where the projected path is at least this."""
SPECK_MM2 = 0.5
VISIBLE_CNR = 3.0
LEAK_MM3 = 0.3
LEAK_MM2 = 2.0
CROSSED_FOR_S = 0.2
SHAFT_MM = 0.3
"""From so much steel on a pixel lies behind a shaft."""
_REMAP_MOST = 30_000
LINES = tuple(line.value for line in WHOLE_LINES)
_LINE_OF_SITE = {
    LeakSite.POSTERIOR: "posterior_wall",
    LeakSite.SUPERIOR_DISC: "superior_endplate",
    LeakSite.INFERIOR_DISC: "inferior_endplate",
    LeakSite.ANTERIOR: "anterior_wall",
    LeakSite.LATERAL: "side_wall",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PictureTruth:
    """One X-ray picture's truth.

    Attributes
    ----------
    view_index : int
        Entry of the plan's views; -1 where the picture shows none of them.
    similarity : Similarity or None
        Where the vertebra went since the plan's reference frame.
    volume_ml : float
    cement, visible : array (part) of bool
        Masks in `part`.
    contrast_to_noise : array (part) of float32
        Of the cement in the noise-free picture: what the visible mask rests on.
    path_mm : array (part) of float32
        The cement's projected path: what both masks rest on.
    part : Crop
        Rectangle of the source frame.
    distances_mm, visible_mm : dict of str to float
        By line; a line that this view lacks, or that no cement lies before, is missing.
    cement_mm2, visible_mm2, free_mm2 : float
        The last: what is visible beside the shafts of cannulas and tools.
    beyond_mm2 : dict of LeakSite to float
        Visible area of leaked cement beyond the site's line.
    """

    view_index: int
    similarity: Similarity | None
    volume_ml: float
    cement: Mask = field(repr=False)
    visible: Mask = field(repr=False)
    contrast_to_noise: Map = field(repr=False)
    path_mm: Map = field(repr=False)
    part: Crop
    distances_mm: dict[str, float]
    visible_mm: dict[str, float]
    cement_mm2: float
    visible_mm2: float
    free_mm2: float
    beyond_mm2: dict[LeakSite, float]


def without_specks(mask: Mask, mm_per_px: float) -> Mask:
    """Drop connected pieces (8 neighbours) of less than `SPECK_MM2`."""
    if not mask.any():
        return mask
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = stats[:, cv2.CC_STAT_AREA] * mm_per_px**2 >= SPECK_MM2
    keep[0] = False
    kept: Mask = keep[labels]
    return kept


def lines_of(view: PlannedView) -> dict[str, tuple[list[NDArray[np.float64]], bool]]:
    """Polylines of a planned view by name, and whether they run on past their ends."""
    if view.is_lateral:
        assert view.warning_line is not None
        return {
            "posterior_wall": ([view.last_wall], True),
            "warning_line": ([view.warning_line], True),
            "superior_endplate": ([view.superior], False),
            "inferior_endplate": ([view.inferior], False),
            "anterior_wall": ([view.first_wall], False),
        }
    return {
        "superior_endplate": ([view.superior], False),
        "inferior_endplate": ([view.inferior], False),
        "side_wall": ([view.first_wall, view.last_wall], False),
    }


class Ruler:
    """Signed distances of cement to the lines of one planned view; the maps are drawn once, in the reference frame."""

    def __init__(self, view: PlannedView, part: Crop) -> None:
        """Draw the maps.

        Parameters
        ----------
        view : PlannedView
        part : Crop
            Rectangle of the reference frame that cement can reach.
        """
        self._view, self._part = view, part
        inside = np.asarray(view.centre_px)
        self._maps: dict[str, list[tuple[Map, Map]]] = {}
        by_px = 4.0 * (part.width_px + part.height_px)
        shape = (part.height_px, part.width_px)
        centres = part.pixel_centres()
        for name, (polylines, runs_on) in lines_of(view).items():
            self._maps[name] = []
            for polyline in polylines:
                line = geometry.extended(polyline, by_px)
                distance, foot = geometry.signed_distance_px(centres, line, inside)
                past = np.maximum(by_px - foot, foot - (geometry.length_px(line) - by_px)) * view.mm_per_px
                if runs_on:
                    past = np.full_like(past, -np.inf)
                pair = (
                    (distance * view.mm_per_px).astype(np.float32).reshape(shape),
                    past.astype(np.float32).reshape(shape),
                )
                self._maps[name].append(pair)

    def per_pixel_mm(self, name: str, points_px: NDArray[np.float64], similarity: Similarity) -> NDArray[np.float32]:
        """Signed distance of current source px (n, 2) to a line; inf where the pixel does not count for it."""
        at = geometry.apply(similarity.reference_from_current(), points_px)
        x = (at[:, 0] - self._part.x0_px).astype(np.float32)[None]
        y = (at[:, 1] - self._part.y0_px).astype(np.float32)[None]
        best = np.full(len(points_px), np.inf, dtype=np.float32)
        for distance, past in self._maps[name]:
            value = _sampled(distance, x[0], y[0])
            beyond = past[
                np.clip(np.rint(y[0]), 0, past.shape[0] - 1).astype(int),
                np.clip(np.rint(x[0]), 0, past.shape[1] - 1).astype(int),
            ]
            best = np.minimum(best, np.where(beyond <= END_TOLERANCE_MM, value, np.inf))
        return best

    def names(self) -> list[str]:
        """The lines this view has."""
        return list(self._maps)


def points_of(mask: Mask, part: Crop) -> NDArray[np.float64]:
    """Source px of a mask's pixels, (n, 2)."""
    ys, xs = np.nonzero(mask)
    return np.stack([xs + part.x0_px, ys + part.y0_px], axis=1).astype(np.float64)


def _sampled(values: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values at points; in pieces, because OpenCV's remap takes no more than 32767 in a row."""
    pieces = range(0, len(x), _REMAP_MOST)
    return np.concatenate(
        [np.zeros(0, np.float32)]
        + [
            cv2.remap(
                values,
                x[None, k : k + _REMAP_MOST],
                y[None, k : k + _REMAP_MOST],
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )[0]
            for k in pieces
        ]
    )


def measure(
    *,
    view_index: int,
    view: PlannedView | None,
    ruler: Ruler | None,
    similarity: Similarity | None,
    volume_ml: float,
    path_mm: Map,
    leaked_mm: list[Map],
    contrast_to_noise: Map,
    shaft_mm: Map,
    part: Crop,
    mm_per_px: float,
) -> PictureTruth:
    """Truth of one picture.

    Parameters
    ----------
    path_mm : array (part)
        The cement's projected path at the picture's pose.
    leaked_mm : list of array (part)
        The same by site, in the order of `LeakSite`.
    contrast_to_noise : array (part)
        From the noise-free picture.
    shaft_mm : array (part)
        Steel along the pedicles, its path.
    part : Crop
        In source px.
    mm_per_px : float
        Of the view, in the plane of the vertebra.
    """
    cement = without_specks(path_mm >= PATH_MM, mm_per_px)
    visible = cement & (contrast_to_noise >= VISIBLE_CNR)
    per_line: dict[str, NDArray[np.float32]] = {}
    if ruler is not None and similarity is not None and view is not None and cement.any():
        points = points_of(cement, part)
        per_line = {name: ruler.per_pixel_mm(name, points, similarity) for name in ruler.names()}
    is_seen = visible[cement]
    beyond: dict[LeakSite, float] = {}
    for site, layer in zip(LeakSite, leaked_mm, strict=True) if per_line else ():
        if _LINE_OF_SITE[site] in per_line:
            there = is_seen & (layer[cement] >= 0.5 * PATH_MM) & (per_line[_LINE_OF_SITE[site]] < 0)
            beyond[site] = float(there.sum() * mm_per_px**2)
    return PictureTruth(
        view_index=view_index,
        similarity=similarity,
        volume_ml=volume_ml,
        cement=cement,
        visible=visible,
        contrast_to_noise=contrast_to_noise,
        path_mm=path_mm,
        part=part,
        distances_mm=_nearest(per_line),
        visible_mm=_nearest({name: values[is_seen] for name, values in per_line.items()}),
        cement_mm2=float(cement.sum() * mm_per_px**2),
        visible_mm2=float(visible.sum() * mm_per_px**2),
        free_mm2=float((visible & (shaft_mm < SHAFT_MM)).sum() * mm_per_px**2),
        beyond_mm2=beyond,
    )


def shown_elsewhere(
    light: PictureTruth, current_from_planned: NDArray[np.float64], width: int, height: int
) -> PictureTruth:
    """The same truth in a frame that the console shows mirrored or zoomed: what is in mm and mm² stays.

    Parameters
    ----------
    light : PictureTruth
    current_from_planned : array (2, 3)
        From px of a frame shown as planned to those of this one.
    width, height : int
        Of the frame.
    """
    part = light.part
    ends = np.array([[part.x0_px, part.y0_px], [part.x0_px + part.width_px - 1, part.y0_px + part.height_px - 1]])
    moved = geometry.apply(current_from_planned, ends.astype(np.float64))
    low = np.clip(np.floor(moved.min(axis=0)), 0, [width - 1, height - 1]).astype(int)
    high = np.clip(np.ceil(moved.max(axis=0)) + 1, low + 1, [width, height]).astype(int)
    there = Crop(x0_px=int(low[0]), y0_px=int(low[1]), width_px=int(high[0] - low[0]), height_px=int(high[1] - low[1]))
    from_part = np.array([[1.0, 0.0, part.x0_px], [0.0, 1.0, part.y0_px]])
    to_part = np.array([[1.0, 0.0, -there.x0_px], [0.0, 1.0, -there.y0_px]])
    matrix = geometry.after(to_part, geometry.after(current_from_planned, from_part))

    def warped(layer: NDArray[np.generic], flags: int) -> Map:
        size = (there.width_px, there.height_px)
        return np.asarray(cv2.warpAffine(layer.astype(np.float32), matrix, size, flags=flags), dtype=np.float32)

    similarity = light.similarity
    if similarity is not None:
        both = geometry.after(current_from_planned, similarity.current_from_reference())
        similarity = geometry.similarity_from_matrix(both, similarity.centre_px)
    return replace(
        light,
        similarity=similarity,
        cement=warped(light.cement, cv2.INTER_NEAREST) > 0.5,
        visible=warped(light.visible, cv2.INTER_NEAREST) > 0.5,
        contrast_to_noise=warped(light.contrast_to_noise, cv2.INTER_LINEAR),
        path_mm=warped(light.path_mm, cv2.INTER_LINEAR),
        part=there,
    )


def _nearest(per_line: dict[str, NDArray[np.float32]]) -> dict[str, float]:
    """The smallest distance to each line that any of the cement has one to."""
    return {name: float(values.min()) for name, values in per_line.items() if np.isfinite(values).any()}


def first_lasting(frames: list[int], times_s: list[float], past: list[bool], end_s: float) -> int | None:
    """First picture from which ``past`` holds for `CROSSED_FOR_S`; a picture holds until the next one (or the end)."""
    start: int | None = None
    for k, is_past in enumerate(past):
        if not is_past:
            start = None
            continue
        start = k if start is None else start
        until_s = times_s[k + 1] if k + 1 < len(times_s) else end_s
        if until_s - times_s[start] >= CROSSED_FOR_S - 1e-9:
            return frames[start]
    return None
