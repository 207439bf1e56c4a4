"""One simulated run, frame by frame: the theatre moves, the beam goes through, the camera sees, the console shows.

This is the only place where the parts of the simulator meet; everything before it is a function of time, everything
after it writes files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.errors import UsageError
from assistant.geometry import Crop, Similarity
from assistant.plan import PlannedView
from assistant.settings.tree import WarningLines
from assistant.simulation import pedal, truth
from assistant.simulation.crossing import crossing_paths
from assistant.simulation.imaging_chain import attenuation, source_faults
from assistant.simulation.imaging_chain import display as display_module
from assistant.simulation.imaging_chain.camera import Camera, Clean
from assistant.simulation.imaging_chain.display import ConsoleDisplay, Grey8, ScreenSurround
from assistant.simulation.imaging_chain.distortion import Distortion
from assistant.simulation.imaging_chain.source_faults import Stored
from assistant.simulation.imaging_chain.xray import Map, View
from assistant.simulation.marked_view import MarkedView, marked_otherwise, marked_plan
from assistant.simulation.scenario import Case
from assistant.simulation.scene import Anatomy, CementFlow
from assistant.simulation.shown_pose import shown_poses
from assistant.simulation.stage import Stage, Stages, ap_landmarks, in_source, lateral_landmarks, patient
from assistant.simulation.theatre import MOVING_MM_PER_S, SceneMotion, ScenePose, Stand
from assistant.simulation.truth import PictureTruth, Ruler
from assistant.vocabulary import FrameState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedFrame:
    """One stored frame with its truth.

    ``truth`` is that of the X-ray picture the frame shows (None where it shows none, or a spoiled one).
    """

    stored: Stored
    state: FrameState
    view: str
    grey: Grey8 = field(repr=False)
    truth: PictureTruth | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Exposed:
    shown: Grey8
    truth: PictureTruth | None
    stand: Stand
    moving: bool
    t_s: float


class Fluoroscope:
    """A case, a seed, a patient: one run."""

    def __init__(
        self, case: Case, seed: int, anatomy: Anatomy, flow: CementFlow, lines: WarningLines | None = None
    ) -> None:
        """Lay out the run in time and mark the plan, which states its warning line where ``lines`` are given.

        Raises
        ------
        UsageError
            If the case never shows a view before the cement.
        """
        self.case, self.seed, self.anatomy, self.flow = case, seed, anatomy, flow
        streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(7)]
        self._noise, self._line_noise, faults, theatre, self._marks, self._spoil, foot = streams
        down = pedal.exposures(case, foot)
        self.theatre = SceneMotion(case, theatre, pedal.pushes(down))
        self.pulses = pedal.Pulses(
            times_s=source_faults.pulse_times_s(case, self.theatre, down),
            pulses_per_s=case.run.pulses_per_s,
            start_off={exposure.from_s: exposure.start_off for exposure in down},
        )
        self._shown_poses = shown_poses(case, self.theatre, self.pulses)
        self.stored = source_faults.timeline(case, self.pulses.times_s, faults)
        self._patient = patient(anatomy, flow)
        self.box = display_module.picture_box(case.run, case.screen)
        self._stages = Stages(self._patient, case, self.theatre, self.box)
        self._distortion = Distortion(self.box, case.screen.distortion) if case.screen.distortion else None
        self._beam = attenuation.beam(case.exposure.tube_kv)
        self.injection_end_s = case.cement.start_s + float(flow.schedule_s[-1])
        self._lines = lines
        self._marked = self._marked_views()
        if not self._marked:
            raise UsageError("the case shows no lateral or AP picture before the cement: start the cement later")
        self.plan, self.marked_document = marked_plan(self._marked, anatomy.level, case.plan.error_mm, self._marks)
        self.marked_document |= marked_otherwise(case, self.marked_document)
        self._rulers = [Ruler(view, in_source(self.stage_of(view.view).part, self.box)) for view in self.plan.views]

    # ---- where the C-arm stands -------------------------------------------------------------------------------

    def stage_of(self, view: str) -> Stage:
        """Path maps and geometry of the first shot with that view."""
        shot = next(shot for shot in self.case.geometry.shots if shot.view == view)
        return self._stages.at(view, self.theatre.orbit_deg(shot))

    def view_of(self, name: str) -> View:
        """The geometry of one of the case's views."""
        return self.stage_of(name).view

    def volume_ml(self, t_s: float) -> float:
        """Millilitres injected at a moment of the run."""
        since = t_s - self.case.cement.start_s
        return float(np.interp(since, self.flow.schedule_s, self.flow.schedule_ml)) if since > 0 else 0.0

    # ---- the plan ---------------------------------------------------------------------------------------------

    def _marked_views(self) -> list[MarkedView]:
        """The views that the plan holds: all that are seen before the cement, but for oblique ones."""
        marked = []
        for view in dict.fromkeys(shot.view for shot in self.case.geometry.shots):
            reference = source_faults.frame_to_mark(self.case, self.theatre, self.stored, self.pulses.times_s, view)
            if view == "oblique" or reference is None:
                continue
            stage, fraction = self.stage_of(view), None
            if self._lines is not None and view == "lateral":
                fraction = self._lines.at(self.anatomy.level)
            points = self.case.plan.points
            marked.append(
                MarkedView(
                    view=view,
                    frame=reference.index,
                    stage=stage,
                    pose=self._shown_poses[reference.pulse],
                    landmarks_mm=ap_landmarks(self.anatomy, stage.view)
                    if view == "ap"
                    else lateral_landmarks(self.anatomy, points),
                    distortion=self._distortion,
                    line_fraction=fraction,
                )
            )
        return marked

    def planned(self, index: int) -> PlannedView:
        """The plan's true entry (without marking errors)."""
        return self.plan.views[index]

    def ruler(self, index: int) -> Ruler:
        """Distances to the lines of a planned view."""
        return self._rulers[index]

    @property
    def sites(self) -> NDArray[np.uint8]:
        """Site of leak of each voxel of the flow (see `stage.Patient.sites`)."""
        return self._patient.sites

    def similarity(self, view_index: int, pose: ScenePose) -> Similarity:
        """Where the vertebra went since the reference frame of a planned view."""
        return self._marked[view_index].similarity(pose, self.plan.views[view_index].centre_px)

    # ---- pictures ---------------------------------------------------------------------------------------------

    def frames(self) -> Iterator[SimulatedFrame]:
        """All stored frames in order, with truth."""
        case = self.case
        layout = ScreenSurround(case.run, case.screen, tube_kv=case.exposure.tube_kv, label=self.anatomy.level)
        pictures = self._pictures()
        # The console keeps what it may play again, and the picture before, whose half lines an interlaced one has.
        kept: deque[_Exposed] = deque(maxlen=source_faults.pictures_kept(case))
        done, mask = -1, None
        field_ = display_module.field_mask(self.box.width_px, case.screen)
        for stored in self.stored:
            while done < stored.pulse:
                kept.append(next(pictures))
                done += 1
            back = done - stored.pulse
            picture = kept[-1 - back] if kept else None
            older = kept[-2 - back] if len(kept) > back + 1 else None
            if picture is not None:
                mask = picture.shown if stored.content == "picture" else mask
                shown = source_faults.by_console(picture.shown, stored.content, field_, mask)
                picture = replace(picture, shown=shown)
            yield self._stored_frame(stored, picture, older, layout)
        pictures.close()

    def _stored_frame(
        self, stored: Stored, picture: _Exposed | None, older: _Exposed | None, layout: ScreenSurround
    ) -> SimulatedFrame:
        screen = self.case.screen
        if picture is None:
            grey = np.full((self.case.run.height_px, self.case.run.width_px), 16, dtype=np.uint8)
            return SimulatedFrame(stored=stored, state=FrameState.NO_SIGNAL, view="", grey=grey, truth=None)
        live = stored.age_s <= 2.0 / self.case.run.pulses_per_s + 0.25
        shown = picture.shown
        if screen.interlaced and stored.new and older is not None:
            shown = display_module.interlaced(older.shown, shown)
        grey = layout.frame(shown, live=live, clock_s=picture.t_s, view=picture.stand.view)
        grey = source_faults.spoiled(grey, stored.content, self._spoil)
        grey = source_faults.laid_over(grey, stored, self._spoil)
        grey = display_module.video_line(grey, screen.analogue_noise, self._line_noise)
        taken_over = self.case.plan.takes_displays_over and source_faults.display_of(stored.content) is not None
        usable, seen = stored.content == "picture" or taken_over, picture.truth
        if seen is not None and taken_over:
            height, width = grey.shape
            matrix = source_faults.current_from_planned(stored.content, width, height)
            seen = truth.shown_elsewhere(seen, matrix, width, height)
        return SimulatedFrame(
            stored=stored,
            state=source_faults.state_of(stored, moving=picture.moving),
            view=picture.stand.view if usable and not picture.stand.swinging else "",
            grey=grey,
            truth=seen if usable else None,
        )

    def _pictures(self) -> Generator[_Exposed, None, None]:
        """Every pulse's picture in order."""
        case, side = self.case, self.box.width_px
        any_view = self.stage_of(case.geometry.shots[0].view).view
        display = ConsoleDisplay(case.screen, side_px=side, mm_per_px=any_view.mm_per_px)
        camera: Camera | None = None
        last_part, last_s = None, -np.inf
        with ThreadPoolExecutor(1) as ahead:
            # The noise of the next pulse is drawn on the other core; one stream, one order, so the bits stay the same.
            upcoming = ahead.submit(_white, self._noise, side)
            for t_s, in_picture in zip(self.pulses.times_s.tolist(), self._shown_poses, strict=True):
                white = upcoming.result()
                upcoming = ahead.submit(_white, self._noise, side)
                stand, pose = self.theatre.stand(t_s), self.theatre.pose(t_s)
                full = not stand.swinging
                stage = self._stages.of(stand, pose)
                if camera is None:
                    camera = Camera(
                        case.exposure,
                        detector_px_mm=any_view.detector_px_mm,
                        mm_per_px=any_view.mm_per_px,
                        zoom=case.screen.zoom,
                    )
                if self.pulses.starts_anew(t_s, last_s):
                    camera.restart()
                    if t_s in self.pulses.start_off:
                        camera.start_off(self.pulses.start_off[t_s], t_s)
                part = stage.part if full else Crop(x0_px=0, y0_px=0, width_px=16, height_px=16)
                if part is not last_part:
                    camera.look_at(part)
                kept, kept_without = self._beam_through(stage, pose, t_s, part, full=full)
                opening = display_module.opening(
                    side, self._blades(stand.view), self.theatre.blades_share(t_s), 1.5 / any_view.detector_px_mm
                )
                linear, clean = camera.expose(kept, kept_without, opening, t_s, white)
                if self._distortion is not None:
                    linear, clean = self._distortion.bend_pulse(linear, clean, part)
                if last_s == -np.inf:
                    display.set_window(linear)
                elif stand.swinging:
                    display.adapt(linear, 0.25)
                shown = display.show(linear)
                seen = self._truth(stand, stage, in_picture, t_s, clean, display) if full else None
                moving = stand.swinging or pose.speed_mm_per_s > MOVING_MM_PER_S
                last_part, last_s = part, t_s
                yield _Exposed(shown=shown, truth=seen, stand=stand, moving=moving, t_s=t_s)

    def _blades(self, view: str) -> display_module.Blades:
        """How far the blades come in, in a view."""
        margin_mm = self.case.screen.blades_round_body_mm
        index = next((k for k, each in enumerate(self.plan.views) if each.view == view), None)
        if margin_mm <= 0 or index is None:
            return self.case.screen.blades
        body_px = self.planned(index).body_px - np.array([self.box.x0_px, self.box.y0_px])
        return display_module.blades_round(body_px, margin_mm / self.planned(index).mm_per_px, self.box.width_px)

    def _beam_through(self, stage: Stage, pose: ScenePose, t_s: float, part: Crop, *, full: bool) -> tuple[Map, Map]:
        stage.projector.advance(self.volume_ml(t_s))
        paths = stage.paths(pose, t_s, self.injection_end_s, cannula_in=True)
        paths = crossing_paths(self.case, stage, paths, t_s)
        opaque = self.flow.barium_g_per_cm3, self.flow.zirconia_g_per_cm3
        kept = attenuation.transmitted(self._beam, paths, *opaque)
        if not full:
            size = (self.box.width_px, self.box.height_px)
            kept = np.asarray(cv2.resize(kept, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
            return kept, kept[part.rows, part.cols]
        if paths.cement_mm is None:
            return kept, kept[part.rows, part.cols]
        without = attenuation.without_cement(paths, part)
        return kept, attenuation.transmitted(self._beam, without, *opaque)

    def _truth(
        self, stand: Stand, stage: Stage, pose: ScenePose, t_s: float, clean: Clean, display: ConsoleDisplay
    ) -> PictureTruth:
        index = next((k for k, view in enumerate(self.plan.views) if view.view == stand.view), -1)
        path, leaked = stage.cement_paths(pose)
        shaft = stage.shaft_mm(pose)
        if self._distortion is not None:
            path = self._distortion.bend(path, stage.part)
            shaft = self._distortion.bend(shaft, stage.part)
            leaked = [self._distortion.bend(layer, stage.part) for layer in leaked]
        cnr = display.contrast_to_noise(clean.with_cement, clean.without_cement, clean.sigma)
        cnr = np.where(display.field[stage.part.rows, stage.part.cols] > 0.5, cnr, np.float32(0.0))
        return truth.measure(
            view_index=index,
            view=self.plan.views[index] if index >= 0 else None,
            ruler=self._rulers[index] if index >= 0 else None,
            similarity=self.similarity(index, pose) if index >= 0 else None,
            volume_ml=self.volume_ml(t_s),
            path_mm=path,
            leaked_mm=leaked,
            contrast_to_noise=cnr,
            shaft_mm=shaft,
            part=in_source(stage.part, self.box),
            mm_per_px=stage.view.mm_per_px,
        )


def _white(noise: np.random.Generator, side: int) -> Map:
    return noise.standard_normal((side, side), dtype=np.float32)
