"""Leaks and crossings of a whole run, gathered picture by picture: where, when in 3-D, when in 2-D, what shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.measure import find_contours

from assistant.geometry import PointsPx, along
from assistant.simulation.fluoroscope import Fluoroscope, SimulatedFrame
from assistant.simulation.stage import LEAK_SITES
from assistant.simulation.truth import LEAK_MM2, LEAK_MM3, PictureTruth, first_lasting, points_of
from assistant.vocabulary import LeakSite

_CROSSINGS = (
    ("warning_line", "posterior", "warning_line"),
    ("posterior_wall", "posterior", "posterior_wall"),
    ("endplate", "superior_endplate", "superior_endplate"),
    ("endplate", "inferior_endplate", "inferior_endplate"),
)


@dataclass(slots=True, kw_only=True)
class LeakTruth:
    """Gathers; `leaks` and `crossings` give the answer at the end of the run."""

    fluoroscope: Fluoroscope
    frames: list[int] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    pictures: list[PictureTruth] = field(default_factory=list)
    onset_2d: dict[LeakSite, int] = field(default_factory=dict)
    area_mm2: dict[LeakSite, float] = field(default_factory=dict)
    shapes: dict[LeakSite, dict[str, Any]] = field(default_factory=dict)
    end_s: float = 0.0

    def add(self, frame: SimulatedFrame) -> None:
        """One stored frame in order."""
        self.end_s = frame.stored.t_s
        if frame.truth is None or not frame.stored.new:
            return
        light = frame.truth
        self.frames.append(frame.stored.index)
        self.times_s.append(frame.stored.t_s)
        for site, area in light.beyond_mm2.items():
            if area >= LEAK_MM2:
                self.onset_2d.setdefault(site, frame.stored.index)
            self.area_mm2[site] = area
        self.shapes.update(disc_shapes(self.fluoroscope, light))
        self.pictures.append(_without_masks(light))

    def leaks(self) -> list[dict[str, Any]]:
        """One entry for each site where at least `LEAK_MM3` left the body."""
        flow = self.fluoroscope.flow
        arrival = np.asarray(flow.arrival_ml.values, dtype=np.float64)
        sites = self.fluoroscope.sites
        voxel_mm3 = flow.arrival_ml.spacing_mm**3
        last_s = self.times_s[-1] if self.times_s else 0.0
        final_ml = self.fluoroscope.volume_ml(last_s)
        found = []
        for number, site in enumerate(LEAK_SITES, start=1):
            times = np.sort(arrival[(sites == number) & np.isfinite(arrival)])
            needed = max(int(np.ceil(LEAK_MM3 / voxel_mm3 - 1e-9)), 1)
            if len(times) < needed or times[needed - 1] > final_ml:
                continue
            onset_ml = times[needed - 1]
            onset = next((f for f, p in zip(self.frames, self.pictures, strict=True) if p.volume_ml >= onset_ml), None)
            found.append(
                {
                    "site": site.value,
                    "onset_3d_frame": onset,
                    "volume_mm3": round(float((times <= final_ml).sum() * voxel_mm3), 3),
                    "onset_2d_frame": self.onset_2d.get(site),
                    "area_mm2": round(self.area_mm2.get(site, 0.0), 3),
                    "shape": self.shapes.get(site),
                }
            )
        return found

    def crossings(self) -> list[dict[str, Any]]:
        """Every line that the true mask passed for long enough, and when that could be seen."""
        found = []
        for kind, site, line in _CROSSINGS:
            first = first_lasting(
                self.frames, self.times_s, [p.distances_mm.get(line, 1.0) < 0 for p in self.pictures], self.end_s
            )
            if first is None:
                continue
            visible = first_lasting(
                self.frames, self.times_s, [p.visible_mm.get(line, 1.0) < 0 for p in self.pictures], self.end_s
            )
            found.append({"kind": kind, "site": site, "first_frame": first, "visible_first_frame": visible})
        return found


def disc_shapes(fluoroscope: Fluoroscope, light: PictureTruth) -> dict[LeakSite, dict[str, Any]]:
    """Figures of each leak into a disc that a lateral picture shows beyond its endplate."""
    if light.view_index < 0 or not fluoroscope.planned(light.view_index).is_lateral or light.similarity is None:
        return {}
    planned = fluoroscope.planned(light.view_index)
    ruler = fluoroscope.ruler(light.view_index)
    found = {}
    for site, name, line in (
        (LeakSite.SUPERIOR_DISC, "superior_endplate", planned.superior),
        (LeakSite.INFERIOR_DISC, "inferior_endplate", planned.inferior),
    ):
        if light.beyond_mm2.get(site, 0.0) <= 0:
            continue
        distance = ruler.per_pixel_mm(name, points_of(light.cement, light.part), light.similarity)
        beyond = np.zeros_like(light.cement)
        beyond[light.cement] = distance < 0
        figures = shape_figures(
            beyond, light.part.x0_px, light.part.y0_px, line, light.similarity, planned.mm_per_px, distance
        )
        if figures is not None:
            opened = fluoroscope.flow.leak.removeprefix(f"{site.value}_")
            found[site] = _judged(figures, opened if opened in ("spike", "round", "between") else None)
    return found


def _judged(figures: dict[str, Any], opened: str | None) -> dict[str, Any]:
    """The label: what was opened in 3-D, where the picture bears it out; "undetermined" where it does not.

    The literal working rule stays beside it as ``rule_label``: on clean shapes its limits of circularity fall between
    two ways of measuring a perimeter, so it alone would call many clear spikes undetermined.
    """
    rule = figures["label"]
    slender = figures["height_mm"] >= figures["width_mm"] or figures["apex_deg"] <= 60.0
    blunt = figures["height_mm"] < figures["width_mm"] and figures["apex_deg"] > 75.0
    label = rule
    if opened is not None:
        circularity = figures["circularity"]
        borne_out = {"spike": slender and circularity < 0.85, "round": blunt and circularity >= 0.65}
        label = opened if figures["large_enough"] and borne_out.get(opened, False) else "undetermined"
    return {**figures, "label": label, "rule_label": rule, "opened": opened}


def shape_figures(
    beyond: NDArray[np.bool_],
    x0_px: int,
    y0_px: int,
    line_px: PointsPx,
    similarity: Any,
    mm_per_px: float,
    distance_mm: NDArray[np.float32],
) -> dict[str, Any] | None:
    """Figures of the largest piece beyond an endplate, and the working label that follows from them.

    The rule is the working one of the clinical facts (§3.1): h/w and the apex angle with circularity; below 1 mm or
    4 px of height no label is given. ``w`` is the width near the endplate.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(beyond.astype(np.uint8), connectivity=8)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    piece = labels == largest
    contours, _ = cv2.findContours(piece.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=len)
    area_mm2 = float(piece.sum()) * mm_per_px**2
    perimeter_mm = _perimeter_px(piece) * mm_per_px
    hull_mm2 = (
        cv2.contourArea(cv2.convexHull(outline)) + 0.5 * cv2.arcLength(cv2.convexHull(outline), closed=True)
    ) * (mm_per_px**2)
    ends = along(line_px, np.array([0.0, 1.0])) @ similarity.current_from_reference()[:, :2].T
    direction = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    ys, xs = np.nonzero(piece)
    u_mm = ((xs + x0_px) * direction[0] + (ys + y0_px) * direction[1]) * mm_per_px
    height = np.zeros(beyond.shape, dtype=np.float32)
    height[beyond] = -distance_mm[distance_mm < 0]
    n_mm = height[piece]
    h = float(n_mm.max())
    near = n_mm <= max(0.25 * h, 1.5 * mm_per_px)
    w = float(u_mm[near].max() - u_mm[near].min()) + mm_per_px if near.any() else 0.0
    apex = _apex_angle_deg(u_mm, n_mm, h, mm_per_px)
    circularity = min(4.0 * np.pi * area_mm2 / max(perimeter_mm, 1e-6) ** 2, 1.0)
    figures = {
        "height_mm": h,
        "width_mm": w,
        "area_mm2": area_mm2,
        "apex_deg": apex,
        "circularity": circularity,
        "solidity": min(area_mm2 / max(hull_mm2, 1e-6), 1.0),
    }
    label = "undetermined"
    large_enough = h >= max(1.0, 4.0 * mm_per_px)
    if large_enough:
        if (h / max(w, 1e-6) >= 1.0 or apex <= 60.0) and circularity < 0.6:
            label = "spike"
        elif h / max(w, 1e-6) < 1.0 and apex > 90.0 and circularity >= 0.7:
            label = "round"
    rounded = {name: round(float(value), 3) for name, value in figures.items()}
    return {"label": label, "large_enough": large_enough, **rounded}


def _perimeter_px(piece: NDArray[np.bool_]) -> float:
    """Length of the outline, smoothed over 0.7 px: a chain of pixels is 5 % too long, Crofton's estimate too short."""
    soft = cv2.GaussianBlur(np.pad(piece, 4).astype(np.float32), (0, 0), 0.7)
    # A piece of a pixel or two is smoothed below one half everywhere.
    outlines = find_contours(soft, 0.5 * min(1.0, float(soft.max())))
    return max(float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum()) for line in outlines)


def _apex_angle_deg(u_mm: NDArray[np.float64], n_mm: NDArray[np.float32], h: float, mm_per_px: float) -> float:
    """Angle between lines fitted to both flanks of the outer 40 % of the height; 180 where it is too small to tell."""
    levels = np.arange(0.6 * h, h, mm_per_px)
    left, right, at = [], [], []
    for level in levels:
        row = np.abs(n_mm - level) <= 0.6 * mm_per_px
        if row.any():
            left.append(u_mm[row].min())
            right.append(u_mm[row].max())
            at.append(level)
    if len(at) < 3:
        return 180.0
    slope_left, slope_right = np.polyfit(at, left, 1)[0], np.polyfit(at, right, 1)[0]
    return float(np.clip(np.rad2deg(np.arctan(slope_left) - np.arctan(slope_right)), 0.0, 180.0))


def _without_masks(light: PictureTruth) -> PictureTruth:
    """The same without the masks: a long run keeps only figures."""
    empty = np.zeros((0, 0), dtype=np.bool_)
    return PictureTruth(
        view_index=light.view_index,
        similarity=light.similarity,
        volume_ml=light.volume_ml,
        cement=empty,
        visible=empty,
        contrast_to_noise=empty.astype(np.float32),
        path_mm=empty.astype(np.float32),
        part=light.part,
        distances_mm=light.distances_mm,
        visible_mm=light.visible_mm,
        cement_mm2=light.cement_mm2,
        visible_mm2=light.visible_mm2,
        free_mm2=light.free_mm2,
        beyond_mm2=light.beyond_mm2,
    )
