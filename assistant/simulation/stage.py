"""All that stands in the beam for one position of the C-arm, as path maps that are drawn once and moved per picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from assistant.geometry import Crop, PointsPx
from assistant.geometry import apply as apply_matrix
from assistant.simulation import tools
from assistant.simulation.anatomy import heart
from assistant.simulation.cement.cement_map import CementProjector
from assistant.simulation.imaging_chain import xray
from assistant.simulation.imaging_chain.attenuation import Paths
from assistant.simulation.imaging_chain.xray import Map, View
from assistant.simulation.scenario import Case
from assistant.simulation.scene import Anatomy, CementFlow, Region, Volume
from assistant.simulation.theatre import SceneMotion, ScenePose, Stand
from assistant.vocabulary import LeakSite

LEAK_SITES = tuple(LeakSite)
_SITE_OF_REGION = {
    Region.SUPERIOR_DISC: LeakSite.SUPERIOR_DISC,
    Region.INFERIOR_DISC: LeakSite.INFERIOR_DISC,
    Region.CANAL: LeakSite.POSTERIOR,
    Region.FORAMEN: LeakSite.POSTERIOR,
    Region.ANTERIOR: LeakSite.ANTERIOR,
    Region.LEFT: LeakSite.LATERAL,
    Region.RIGHT: LeakSite.LATERAL,
}
_OLD_BARIUM_G_PER_CM3 = 0.3
_TURN_STEP_DEG = 0.05
"""A turn out of the plane is drawn in such steps: 0.03 mm at 30 mm from the axis."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedPatient:
    """An anatomy with its soft tissue taken apart and its leak sites numbered.

    Attributes
    ----------
    anatomy, flow : what they are
    trunk, gas : Volume
        Soft tissue as if nothing were hollow, and what lung and bowel gas lack of it (g/cm³, positive).
    beat : Volume or None
        What the heart's swelling takes from ``gas`` (see `heart.beat`); None where no lung lies beside a heart.
    sites : array, the shape of the arrival volume, uint8
        0 inside the bone, k = 1.. for ``LEAK_SITES[k - 1]``.
    """

    anatomy: Anatomy
    flow: CementFlow
    trunk: Volume
    gas: Volume
    beat: Volume | None
    sites: NDArray[np.uint8] = field(repr=False)


def patient(anatomy: Anatomy, flow: CementFlow) -> SimulatedPatient:
    """Prepare an anatomy and a flow for the beam."""
    trunk, gas, beat, sites = _prepared(anatomy)
    return SimulatedPatient(anatomy=anatomy, flow=flow, trunk=trunk, gas=gas, beat=beat, sites=sites)


@lru_cache(maxsize=1)
def _prepared(anatomy: Anatomy) -> tuple[Volume, Volume, Volume | None, NDArray[np.uint8]]:
    """What of `SimulatedPatient` follows from the anatomy alone; many still cases are made of one."""
    soft = anatomy.soft
    density = np.asarray(soft.values, dtype=np.float32)
    thin, _ = ndimage.label(density < 0.15)
    rim = np.concatenate([thin[:, 0].ravel(), thin[:, -1].ravel(), thin[:, :, 0].ravel(), thin[:, :, -1].ravel()])
    outside = np.isin(thin, np.unique(rim[rim > 0]))
    full = np.where(outside, density, np.maximum(density, 0.97)).astype(np.float32)
    sites = np.zeros(anatomy.region.values.shape, dtype=np.uint8)
    for region, site in _SITE_OF_REGION.items():
        sites[np.asarray(anatomy.region.values) == int(region)] = LEAK_SITES.index(site) + 1
    sites.setflags(write=False)
    gas = Volume(values=full - density, spacing_mm=soft.spacing_mm, origin_mm=soft.origin_mm)
    trunk = Volume(values=full, spacing_mm=soft.spacing_mm, origin_mm=soft.origin_mm)
    return trunk, gas, heart.beat(gas, anatomy.level), sites


def _centred(step: int, x0_px: float, y0_px: float) -> NDArray[np.float64]:
    """3 x 3 matrix from columns and rows of a grid ``step`` px wide, whose first pixel begins at a corner, to px."""
    off = (step - 1.0) / 2.0
    return np.array([[step, 0.0, x0_px + off], [0.0, step, y0_px + off], [0.0, 0.0, 1.0]])


class Stage:
    """One view of a patient: maps at rest, and their paths in the picture at a pose."""

    def __init__(
        self, patient_: SimulatedPatient, case: Case, theatre: SceneMotion, view: View, box: Crop, *, coarse: bool
    ) -> None:
        """Project every layer once.

        Parameters
        ----------
        patient_ : SimulatedPatient
        case : Case
        theatre : SceneMotion
            For the farthest movement (padding).
        view : View
        box : Crop
            The picture in source px.
        coarse : bool
            Halved resolution of bone, for pictures that are blurred by a swing anyway.
        """
        self.view, self.box = view, box
        self.whole = Crop(x0_px=0, y0_px=0, width_px=box.width_px, height_px=box.height_px)
        self._patient, self._case, self._theatre = patient_, case, theatre
        pad = int(np.ceil(theatre.farthest_mm() / view.mm_per_px)) + 12
        pad += -(2 * pad + box.width_px) % 8 // 2
        side = (box.width_px + 2 * pad) // 8 * 8
        self._lattice = Crop(x0_px=box.x0_px - pad, y0_px=box.y0_px - pad, width_px=side, height_px=side)
        anatomy = patient_.anatomy
        self._bone_step = 2 if coarse else 1
        bone = xray.path_map(anatomy.bone, view, self._lattice, self._bone_step)
        self._bone = bone
        self._ribs = xray.path_map(anatomy.ribs, view, self._lattice, 2) if np.any(anatomy.ribs.values) else None
        self._trunk = xray.path_map(patient_.trunk, view, self._lattice, 4)
        self._gas = xray.path_map(patient_.gas, view, self._lattice, 4)
        beat = patient_.beat
        self._beat = None if beat is None else xray.path_map(beat, view, self._lattice, 4)
        self._steel_fixed = self._screws() if case.theatre.screws else None
        self._old_cement = self._old_blob() if case.theatre.old_cement else None
        self._steel_at: tuple[float, float, tuple[tools.Placed, ...]] | None = None
        self._steel_map: Map | None = self._steel_fixed
        self._steel_part = self.whole
        self.projector = CementProjector(patient_.flow, patient_.sites, view, self._lattice, len(LEAK_SITES))
        self._centre_px = view.project(np.zeros((1, 3)))[0]
        self.part = self._cement_part()

    def current_from_rest(self, pose: ScenePose, shift_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """2 x 3 matrix from source px at rest to source px at a pose, for a layer with that shift."""
        angle = np.deg2rad(pose.rotation_deg)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        moved = self._centre_px + self.view.px_per_mm @ shift_mm
        return np.column_stack([turn, moved - turn @ self._centre_px])

    def landmarks_px(self, points_mm: NDArray[np.float64], pose: ScenePose) -> PointsPx:
        """Source px of points of the vertebra at a pose."""
        view = xray.turned(self.view, *pose.turn_deg) if pose.turn_deg.any() else self.view
        return apply_matrix(self.current_from_rest(pose, pose.spine_mm), view.project(points_mm))

    def turned(self, roll_deg: float, tilt_deg: float) -> Stage:
        """The same view of the patient turned out of the picture's plane; cement stays within the same `part`."""
        view = xray.turned(self.view, roll_deg, tilt_deg)
        stage = Stage(self._patient, self._case, self._theatre, view, self.box, coarse=self._bone_step > 1)
        stage.part = self.part
        return stage

    def _warp(
        self,
        layer: Map,
        step: int,
        matrix: NDArray[np.float64],
        *,
        fine: bool = False,
        part: Crop | None = None,
        shrink: int = 1,
    ) -> Map:
        """A layer moved into the picture (or a part of it, in picture px), on a grid ``shrink`` times as coarse."""
        lattice_to_source = _centred(step, self._lattice.x0_px, self._lattice.y0_px)
        corner, size = (self.box.x0_px, self.box.y0_px), (self.box.width_px, self.box.height_px)
        if part is not None:
            corner = (corner[0] + part.x0_px, corner[1] + part.y0_px)
            size = (part.width_px, part.height_px)
        coarse = (-(-size[0] // shrink), -(-size[1] // shrink))
        picture_to_source = _centred(shrink, *corner)
        full = np.linalg.inv(picture_to_source) @ np.vstack([matrix, [0.0, 0.0, 1.0]]) @ lattice_to_source
        flags = cv2.INTER_CUBIC if fine else cv2.INTER_LINEAR
        moved = cv2.warpAffine(layer, full[:2], coarse, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, dtype=np.float32)

    def _enlarged(self, coarse: Map, shrink: int) -> Map:
        """A layer on the coarse grid of `_warp` brought to the picture's."""
        size = (coarse.shape[1] * shrink, coarse.shape[0] * shrink)
        large = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(large[: self.box.height_px, : self.box.width_px], dtype=np.float32)

    def _placed(self, layer: Map, matrix: NDArray[np.float64], part: Crop) -> Map:
        """A layer that is empty outside a part of the picture."""
        whole = np.zeros((self.box.height_px, self.box.width_px), dtype=np.float32)
        whole[part.rows, part.cols] = self._warp(layer, 1, matrix, part=part)
        return whole

    def paths(self, pose: ScenePose, t_s: float, injection_end_s: float, cannula_in: bool) -> Paths:
        """What the beam crosses in the picture at a pose, with the cement as far as the projector has come."""
        spine = self.current_from_rest(pose, pose.spine_mm)
        breathing = self.current_from_rest(pose, pose.ribs_mm)
        gas_at = self.current_from_rest(pose, pose.gas_mm)
        table = self.current_from_rest(pose, 0.85 * pose.spine_mm + 0.15 * pose.ribs_mm)
        gas = self._gas if self._beat is None else self._gas + np.float32(pose.heart) * self._beat
        # Soft tissue and ribs hold nothing finer than their voxels: a coarse grid is exact enough.
        soft = self._warp(self._trunk, 4, table, shrink=4) - self._warp(gas, 4, gas_at, shrink=4)
        bone = self._warp(self._bone, self._bone_step, spine, fine=True)
        if self._ribs is not None:
            ribs = self._enlarged(self._warp(self._ribs, 2, breathing, fine=True, shrink=2), 2)
            bone = np.asarray(cv2.add(bone, ribs), dtype=np.float32)
        steel = self._steel(t_s, injection_end_s, cannula_in)
        contrast = self.balloon_g_per_cm2(pose, t_s)
        if self._old_cement is not None:
            old = self._warp(self._old_cement, 1, spine)
            # Barium by its ratio to iodine at 60 keV: one contrast layer is enough.
            iodine_old = old * np.float32(_OLD_BARIUM_G_PER_CM3 / 10.0 * 5.116 / 7.579)
            contrast = iodine_old if contrast is None else iodine_old + contrast
        return Paths(
            soft_g_cm2=self._enlarged(soft, 4),
            bone_g_cm2=bone,
            steel_mm=None if steel is None else self._placed(steel, spine, self._steel_part),
            cement_mm=self._placed(self.projector.path_mm, spine, self.part) if self.projector.volume_ml > 0 else None,
            iodine_g_cm2=contrast,
        )

    def cement_paths(self, pose: ScenePose) -> tuple[Map, list[Map]]:
        """The cement's path in mm in `part` at a pose, as a whole and by site of leak."""
        spine = self.current_from_rest(pose, pose.spine_mm)
        whole = self._warp(self.projector.path_mm, 1, spine, part=self.part)
        dry = np.zeros_like(whole)
        reached = self.projector.reached
        return whole, [
            self._warp(site, 1, spine, part=self.part) if k in reached else dry
            for k, site in enumerate(self.projector.leaked_mm)
        ]

    def balloon_g_per_cm2(self, pose: ScenePose, t_s: float) -> Map | None:
        """Iodine of the balloon in the picture at a pose; None while it is empty."""
        balloon = self._balloon(t_s)
        return None if balloon is None else self._warp(balloon, 1, self.current_from_rest(pose, pose.spine_mm))

    def shaft_mm(self, pose: ScenePose) -> Map:
        """Steel along the pedicles (and screws) in `part` at a pose, as the last `paths` had it; path in mm."""
        spine = self.current_from_rest(pose, pose.spine_mm)
        layer = self._steel_map
        if layer is None:
            return np.zeros((self.part.height_px, self.part.width_px), dtype=np.float32)
        return self._warp(layer, 1, spine, part=self.part)

    def _steel(self, t_s: float, injection_end_s: float, cannula_in: bool) -> Map | None:
        cannulas = self._patient.flow.cannulas if cannula_in else ()
        if not cannulas:
            return self._steel_fixed
        back_mm = self._theatre.pulled_back_mm(t_s, injection_end_s)
        turn_deg = round(self._theatre.levered_deg(t_s), 2)
        knobs, lever = self._case.theatre.tools, self._theatre.lever_axis
        others = tools.placed(knobs, cannulas, self._patient.anatomy, t_s)
        if self._steel_at != (back_mm, turn_deg, others):
            self._steel_at = back_mm, turn_deg, others
            standing = tuple(each.levered(turn_deg, lever) for each in tools.standing(knobs, cannulas))
            total = xray.cannula_map(self.view, self._lattice, standing, back_mm)
            for tool in others:
                total += tools.tool_map(self.view, self._lattice, tool, lever)
            self._steel_map = total if self._steel_fixed is None else total + self._steel_fixed
            self._steel_part = self._reach_of(self._steel_map)
        return self._steel_map

    def _reach_of(self, layer: Map) -> Crop:
        """The part of the picture that a layer of the lattice can ever reach, at any pose."""
        rows, cols = np.flatnonzero(layer.any(axis=1)), np.flatnonzero(layer.any(axis=0))
        if not len(rows):
            return Crop(x0_px=0, y0_px=0, width_px=16, height_px=16)
        offset = np.array([self.box.x0_px - self._lattice.x0_px, self.box.y0_px - self._lattice.y0_px])
        margin = self._theatre.farthest_mm() / self.view.mm_per_px + 3.0
        limit = np.array([self.box.width_px, self.box.height_px])
        low = np.clip(np.array([cols[0], rows[0]]) - offset - margin, 0, limit - 16).astype(int)
        high = np.clip(np.array([cols[-1], rows[-1]]) - offset + margin + 1, low + 16, limit).astype(int)
        return Crop(
            x0_px=int(low[0]), y0_px=int(low[1]), width_px=int(high[0] - low[0]), height_px=int(high[1] - low[1])
        )

    def _balloon(self, t_s: float) -> Map | None:
        share = self._theatre.balloon_share(t_s)
        if share <= 0:
            return None
        marks = self._patient.anatomy.landmarks_mm
        height = float(marks["superior"][2, 2] - marks["inferior"][2, 2])
        radii = share * self._case.theatre.balloon_size * np.array([8.5, 7.0, 0.36 * height])
        centre = np.array([3.0, 0.0, 0.0])
        path = xray.ellipsoid_map(self.view, self._lattice, centre, radii)
        return path * np.float32(self._case.theatre.balloon_iodine_g_per_cm3 / 10.0)

    def _neighbour_mm(self, side: int) -> float:
        """Height of the neighbouring body's centre above the treated one's (side +1 cranial, -1 caudal)."""
        marks = self._patient.anatomy.landmarks_mm
        height = float(np.mean(marks["superior"][[0, -1], 2]) - np.mean(marks["inferior"][[0, -1], 2]))
        return side * 1.32 * height

    def _old_blob(self) -> Map:
        """Cement of an earlier operation in the next body down: a few overlapping lobes, path in mm."""
        z = self._neighbour_mm(-1)
        lobes = [((2, -6, 1), (8, 6, 5)), ((6, -2, -2), (6, 7, 4)), ((-3, 5, 2), (7, 6, 4)), ((1, 9, -3), (5, 4, 4))]
        total = np.zeros((self._lattice.height_px, self._lattice.width_px), dtype=np.float32)
        for centre, radii in lobes:
            at = np.array([centre[0], centre[1], centre[2] + z], dtype=np.float64)
            total += xray.ellipsoid_map(self.view, self._lattice, at, np.array(radii, dtype=np.float64))
        return total

    def _screws(self) -> Map:
        """A pair of pedicle screws in the next body up: core, thread, head."""
        z = self._neighbour_mm(1)
        total = np.zeros((self._lattice.height_px, self._lattice.width_px), dtype=np.float32)
        for side in (-1.0, 1.0):
            tip = np.array([5.0, side * 9.0, z + 1.0])
            back = np.array([-1.0, side * 0.12, 0.05])
            back /= np.linalg.norm(back)
            pieces = [(0.0, 41.0, 4.4, 0.0), (41.0, 14.0, 11.0, 0.0)]
            pieces += [(1.0 + pitch, 0.9, 6.2, 4.4) for pitch in np.arange(0.0, 38.0, 2.4)]
            for from_mm, length_mm, outer_mm, inner_mm in pieces:
                total += xray.tube_map(
                    self.view,
                    self._lattice,
                    start_mm=tip + from_mm * back,
                    direction=back,
                    length_mm=length_mm,
                    outer_mm=outer_mm,
                    inner_mm=inner_mm,
                )
        return total

    def _cement_part(self) -> Crop:
        """The part of the picture (picture px) that cement can ever reach, at any pose."""
        arrival = self._patient.flow.arrival_ml
        iz, iy, ix = np.nonzero(np.isfinite(np.asarray(arrival.values, dtype=np.float32)))
        points = np.stack([ix, iy, iz], axis=1) * arrival.spacing_mm + np.asarray(arrival.origin_mm)
        if not len(points):
            points = np.zeros((1, 3))
        px = self.view.project(points) - [self.box.x0_px, self.box.y0_px]
        margin = (self._theatre.farthest_mm() + 3.0) / self.view.mm_per_px
        margin += abs(self._case.screen.distortion) * self.box.width_px
        limit = np.array([self.box.width_px, self.box.height_px])
        low = np.clip(np.floor(px.min(axis=0) - margin), 0, limit - 16).astype(int)
        high = np.clip(np.ceil(px.max(axis=0) + margin), low + 16, limit).astype(int)
        return Crop(
            x0_px=int(low[0]), y0_px=int(low[1]), width_px=int(high[0] - low[0]), height_px=int(high[1] - low[1])
        )


def c_arm_view(case: Case, box: Crop, name: str, *, orbit_deg: float, shrink: int) -> View:
    """What a position of the C-arm sees of a case.

    Parameters
    ----------
    case : Case
    box : Crop
        The picture in source px.
    name : str
        "lateral", "ap" or "oblique".
    orbit_deg : float
    shrink : int
        Source px to one px of the view.
    """
    geometry = case.geometry
    pixel_mm = geometry.field_mm / case.screen.zoom / box.width_px
    middle = np.array([box.x0_px + (box.width_px - 1) / 2.0, box.y0_px + (box.height_px - 1) / 2.0])
    turn = np.deg2rad(geometry.rotation_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    # The body stands off the central ray by shifting what is looked at, as a table does.
    offset = np.asarray(geometry.offset_mm, dtype=np.float64) * geometry.source_body_mm / geometry.source_detector_mm
    flip = np.diag([-1.0 if geometry.mirrored else 1.0, 1.0])
    right_down = (rotation @ flip).T @ offset
    theta = np.deg2rad(orbit_deg)
    right = np.array([-np.cos(theta), np.sin(theta), 0.0])
    look = -(right_down[0] * right - right_down[1] * np.array([0.0, 0.0, 1.0]))
    return xray.view(
        name,
        orbit_deg=orbit_deg,
        tilt_deg=geometry.tilt_error_deg,
        source_body_mm=geometry.source_body_mm,
        source_detector_mm=geometry.source_detector_mm,
        detector_px_mm=pixel_mm * shrink,
        rotation_deg=geometry.rotation_deg,
        mirrored=geometry.mirrored,
        centre_px=((middle[0] + 0.5) / shrink - 0.5, (middle[1] + 0.5) / shrink - 0.5),
        look_at_mm=(float(look[0]), float(look[1]), float(look[2])),
    )


class Stages:
    """The stages of one run: those of the C-arm's stands are drawn once, those of a movement picture by picture."""

    def __init__(self, patient_: SimulatedPatient, case: Case, theatre: SceneMotion, box: Crop) -> None:
        """Nothing is drawn yet."""
        self._patient, self._case, self._theatre, self._box = patient_, case, theatre, box
        self._drawn: dict[float, Stage] = {}
        self._turned: tuple[tuple[float, float, float], Stage] | None = None

    def at(self, name: str, orbit_deg: float) -> Stage:
        """The C-arm's view ``name`` at an orbit angle, of the patient as he lay at first."""
        if orbit_deg not in self._drawn:
            view = c_arm_view(self._case, self._box, name, orbit_deg=orbit_deg, shrink=1)
            self._drawn[orbit_deg] = Stage(self._patient, self._case, self._theatre, view, self._box, coarse=False)
        return self._drawn[orbit_deg]

    def of(self, stand: Stand, pose: ScenePose) -> Stage:
        """What one picture shows."""
        if stand.swinging:
            return self._passing(stand)
        stage = self.at(stand.view, stand.orbit_deg)
        roll, tilt = (_TURN_STEP_DEG * np.rint(pose.turn_deg / _TURN_STEP_DEG)).round(3).tolist()
        if not roll and not tilt:
            return stage
        # A turn goes on or is over: of all its steps the last alone is wanted again.
        if self._turned is None or self._turned[0] != (stand.orbit_deg, roll, tilt):
            self._turned = (stand.orbit_deg, roll, tilt), stage.turned(roll, tilt)
        return self._turned[1]

    def _passing(self, stand: Stand) -> Stage:
        """A stage for one picture of a swing, at a third of the resolution."""
        shrink = 3
        side = self._box.width_px // shrink
        box = Crop(x0_px=self._box.x0_px // shrink, y0_px=self._box.y0_px // shrink, width_px=side, height_px=side)
        view = c_arm_view(self._case, self._box, "oblique", orbit_deg=stand.orbit_deg, shrink=shrink)
        return Stage(self._patient, self._case, self._theatre, view, box, coarse=True)


def in_source(part: Crop, box: Crop) -> Crop:
    """A part of the picture in source px."""
    return Crop(
        x0_px=part.x0_px + box.x0_px, y0_px=part.y0_px + box.y0_px, width_px=part.width_px, height_px=part.height_px
    )


def lateral_landmarks(anatomy: Anatomy, points: int) -> dict[str, NDArray[np.float64]]:
    """Landmarks of the lateral and the oblique view, patient mm: 3 or 5 an endplate, from anterior to posterior."""
    marks = anatomy.landmarks_mm
    take = [0, 2, 4] if points == 3 else [0, 1, 2, 3, 4]
    return {"superior": marks["superior"][take], "inferior": marks["inferior"][take]}


def ap_landmarks(anatomy: Anatomy, view: View) -> dict[str, NDArray[np.float64]]:
    """Landmarks of the AP view, patient mm: from left to right in its picture."""
    marks = anatomy.landmarks_mm
    sides = [marks["right"], marks["left"]]
    px = [float(view.project(side[1:2])[0, 0]) for side in sides]
    if px[0] > px[1]:
        sides.reverse()
    first, last = sides
    return {
        "superior": np.stack([first[0], marks["superior"][2], last[0]]),
        "inferior": np.stack([first[-1], marks["inferior"][2], last[-1]]),
    }
