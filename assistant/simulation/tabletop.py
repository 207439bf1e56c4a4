"""A small patient on a table, ready in seconds: what tests and examples look at when they need a real picture at once.

It is the same simulator (anatomy, beam, camera, display), with bone sampled coarsely and a picture of 320 x 300 px:
`small_run` is a whole run of it, `Tabletop` makes single pictures whose motion and cement are given by the caller.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx, Similarity
from assistant.simulation.anatomy.anatomy import procedural
from assistant.simulation.building import build_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.imaging_chain import attenuation
from assistant.simulation.imaging_chain.camera import Camera
from assistant.simulation.imaging_chain.display import ConsoleDisplay
from assistant.simulation.imaging_chain.xray import Map
from assistant.simulation.scenario import Case, Cement, Exposure, Geometry, Run, Screen, Theatre
from assistant.simulation.scene import Anatomy
from assistant.vocabulary import Frame

LEVEL, PATIENT = "L1", 4
COLS, ROWS = 320, 300
MM_PER_PX = 0.4
FPS, PULSES_PER_S, DURATION_S = 15.0, 7.5, 8.0
_BONE_SPACING_MM = 1.0
_LENS_MM = 3.3
"""Path through given cement one millimetre inside its outline: a lens, flat in its middle."""


@cache
def small_patient() -> Anatomy:
    """The patient, made once a process."""
    return procedural(LEVEL, PATIENT, bone_spacing_mm=_BONE_SPACING_MM)


def small_case(*, dose_ngy: float = 300.0, bright_cement: bool = False) -> Case:
    """The case: 0.4 mm/px in the plane of the vertebra, breathing, cement that runs back through the posterior wall."""
    geometry = Geometry()
    magnification = geometry.source_detector_mm / geometry.source_body_mm
    return Case(
        title="Small run",
        cement=Cement(
            leak="posterior_cortical",
            start_s=0.25 * DURATION_S,
            duration_s=0.7 * DURATION_S,
            total_ml=3.5,
            leak_ml=0.3,
            reach=0.1,
            style="lobulated",
            access="left",
        ),
        geometry=Geometry(field_mm=MM_PER_PX * ROWS * magnification, offset_mm=(0.0, -4.5 * MM_PER_PX * magnification)),
        exposure=Exposure(dose_ngy=dose_ngy),
        screen=Screen(curve="log", contrast=0.8, edge=0.2, field="full", layout="plain", bright_cement=bright_cement),
        run=Run(duration_s=DURATION_S, fps=FPS, pulses_per_s=PULSES_PER_S, width_px=COLS, height_px=ROWS),
        theatre=Theatre(breaths_per_min=20.0),
    )


def small_run(seed: int = 0) -> Fluoroscope:
    """The whole run, 120 frames of which every second one is a new picture."""
    case = small_case()
    return Fluoroscope(case, seed, small_patient(), build_flow(case, seed, small_patient()))


@cache
def _at_rest() -> tuple[Fluoroscope, attenuation.Paths]:
    """The run, and what the beam crosses in its reference frame."""
    made = small_run()
    pose = made.theatre.pose(made.planned(0).reference_frame / FPS)
    return made, made.stage_of("lateral").paths(pose, 0.0, made.injection_end_s, cannula_in=True)


class Tabletop:
    """Pictures of the small patient with the cannula in place, one by one; no lag, no filter, no brightness control."""

    mm_per_px = MM_PER_PX

    def __init__(self, *, seed: int = 0, dose_ngy: float = 600.0, inverted: bool = False) -> None:
        """Set up the camera; the window is that of the picture without cement.

        Parameters
        ----------
        seed : int
            Of the grain.
        dose_ngy : float
            Detector dose of a picture: 600 gives about 2 grey values of noise, 150 about 4.
        inverted : bool
            Bone and cement bright.
        """
        run, self._paths = _at_rest()
        view = run.planned(0)
        self.body_px: PointsPx = view.body_px
        self.centre_px = view.centre_px
        self._box = run.box
        self._rng = np.random.default_rng(seed)
        case = small_case(dose_ngy=dose_ngy, bright_cement=inverted)
        # A camera that forgets each picture.
        steady = msgspec.structs.replace(case.exposure, lag=0.0, recursion=1.0, control_s=0.0)
        geometry = run.view_of("lateral")
        self._beam = attenuation.beam(steady.tube_kv)
        self._camera = Camera(steady, detector_px_mm=geometry.detector_px_mm, mm_per_px=geometry.mm_per_px)
        self._display = ConsoleDisplay(case.screen, side_px=self._box.width_px, mm_per_px=geometry.mm_per_px)
        self._barium = run.flow.barium_g_per_cm3
        self._white = self._grain()
        self._display.set_window(self._linear(self._paths, self._white))

    def frame(
        self,
        index: int = 0,
        t_s: float = 0.0,
        similarity: Similarity | None = None,
        cement: NDArray[np.bool_] | None = None,
        gain: float = 1.0,
        new_noise: bool = True,
    ) -> Frame:
        """A frame.

        Parameters
        ----------
        index, t_s : int, float
            Of the frame.
        similarity : Similarity or None
            Where everything went since the reference (source px).
        cement : array (300, 320) of bool or None
            Its outline in reference px; its thickness is a lens.
        gain : float
            Light of this picture against the first one's.
        new_noise : bool
            False: the grain of the picture before.
        """
        if new_noise:
            self._white = self._grain()
        paths = self._paths if cement is None else replace(self._paths, cement_mm=self._lens(cement))
        if similarity is not None:
            paths = self._moved(paths, similarity)
        linear = self._linear(paths, self._white) * np.float32(gain)
        grey = np.zeros((ROWS, COLS), dtype=np.uint8)
        grey[self._box.rows, self._box.cols] = self._display.show(linear)
        return Frame(index=index, t_s=t_s, grey=grey)

    def _grain(self) -> Map:
        return self._rng.standard_normal((self._box.height_px, self._box.width_px), dtype=np.float32)

    def _linear(self, paths: attenuation.Paths, white: Map) -> Map:
        kept = attenuation.transmitted(self._beam, paths, self._barium)
        part = Crop(x0_px=0, y0_px=0, width_px=16, height_px=16)
        return self._camera.expose(kept, kept[part.rows, part.cols], None, 0.0, white)[0]

    def _lens(self, cement: NDArray[np.bool_]) -> Map:
        inwards_px = cv2.distanceTransform(cement.astype(np.uint8), cv2.DIST_L2, 5)
        path_mm = _LENS_MM * np.sqrt(inwards_px * np.float32(MM_PER_PX))
        return np.ascontiguousarray(path_mm[self._box.rows, self._box.cols], dtype=np.float32)

    def _moved(self, paths: attenuation.Paths, similarity: Similarity) -> attenuation.Paths:
        corner = np.array([[1.0, 0.0, self._box.x0_px], [0.0, 1.0, self._box.y0_px], [0.0, 0.0, 1.0]])
        moved = np.vstack([similarity.current_from_reference(), [0.0, 0.0, 1.0]])
        matrix = (np.linalg.inv(corner) @ moved @ corner)[:2]
        size = (self._box.width_px, self._box.height_px)

        def warped(layer: Map) -> Map:
            moved_layer = cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
            return np.asarray(moved_layer, dtype=np.float32)

        return replace(
            paths,
            soft_g_cm2=warped(paths.soft_g_cm2),
            bone_g_cm2=warped(paths.bone_g_cm2),
            steel_mm=None if paths.steel_mm is None else np.maximum(warped(paths.steel_mm), np.float32(0.0)),
            cement_mm=None if paths.cement_mm is None else np.maximum(warped(paths.cement_mm), np.float32(0.0)),
        )
