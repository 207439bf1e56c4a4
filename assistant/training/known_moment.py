"""A frame as it is known afterwards, in the words that the overlay draws: lines, distances and the cement's outline."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from assistant.errors import InputError
from assistant.geometry import apply
from assistant.lines import WARNING_THIRDS, Line
from assistant.plan import PlannedView
from assistant.readings.moments import Moment, Outline
from assistant.simulation.truth_masks import mask_at
from assistant.training.run_outcome import LINES, RunOutcome
from assistant.vocabulary import Approach, Distances, FrameState, Liveness, Measure, Motion, Unknown

_NOT_KEPT: Final = Unknown("not kept for training")
_LOOK_BACK: Final = 60
_KEPT: Final = 64


class KnownMoments:
    """Moments of an ending, made when they are looked at."""

    def __init__(self, run_outcome: RunOutcome) -> None:
        self._run_outcome = run_outcome
        self._outlines: OrderedDict[int, Outline] = OrderedDict()

    def at(self, frame: int) -> Moment:
        """The moment of a frame."""
        run_outcome = self._run_outcome
        frame = min(max(frame, run_outcome.first_frame), run_outcome.frames - 1)
        motion = self._motion(frame)
        outline = self._outline(frame, motion) if isinstance(motion, Motion) else ()
        planned = None
        if isinstance(motion, Motion) and run_outcome.plan is not None:
            planned = run_outcome.plan.views[motion.view_index]
        return Moment(
            frame_index=frame,
            t_s=run_outcome.t_s[frame],
            liveness=Liveness(state=FrameState(run_outcome.state[frame]), xray_age_s=_NOT_KEPT, noise_grey=_NOT_KEPT),
            motion=motion,
            distances=self._distances(frame, planned, outline),
            approach=Approach(approach_mm_per_s=_NOT_KEPT, time_to_line_s=_NOT_KEPT),
            standing=(),
            leaks=(),
            outline=outline,
            processing_ms=0.0,
        )

    def lines_at(self, frame: int) -> Moment:
        """The moment with the lines of the plan alone: nothing of the cement, for cases that are asked with lines."""
        return replace(self.at(frame), distances=_NOT_KEPT, outline=())

    def _motion(self, frame: int) -> Motion | Unknown:
        run_outcome = self._run_outcome
        similarity = run_outcome.motion[frame]
        views = [view.view for view in run_outcome.plan.views] if run_outcome.plan is not None else []
        if similarity is None or run_outcome.view[frame] not in views:
            return Unknown("where the vertebra stands is not known here")
        return Motion(view_index=views.index(run_outcome.view[frame]), similarity=similarity, confidence=1.0)

    def _distances(self, frame: int, planned: PlannedView | None, outline: Outline) -> Distances | Unknown:
        def mm(direction: str) -> Measure:
            found = self._run_outcome.distance_mm(direction, frame)
            return Unknown("no cement") if found is None else found

        area = self._run_outcome.area_mm2[frame]
        if np.isnan(area):
            return Unknown("not measured")
        thirds = [Unknown("not known for this third")] * 3 if planned is None else _thirds(planned, outline)
        kept: dict[Line, Measure] = {line: mm(direction) for direction, line in LINES.items()}
        kept |= dict(zip(WARNING_THIRDS, thirds, strict=True))
        return Distances(cement_area_mm2=area, mm=dict.fromkeys(Line, _NOT_KEPT) | kept)

    def _outline(self, frame: int, motion: Motion) -> Outline:
        folder = self._run_outcome.masks
        if folder is None:
            return ()
        for at in range(frame, max(-1, frame - _LOOK_BACK), -1):
            if at in self._outlines:
                return self._outlines[at]
            try:
                mask = mask_at(folder / f"{at:06d}.png")
            except InputError:
                return ()  # the figures stand without their outline
            if mask is None:
                continue
            contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
            back = motion.similarity.reference_from_current()
            made = tuple(
                apply(back, contour.reshape(-1, 2).astype(np.float64)).astype(np.float32)
                for contour in contours
                if len(contour) > 2
            )
            self._outlines[at] = made
            while len(self._outlines) > _KEPT:
                self._outlines.popitem(last=False)
            return made
        return ()


def _thirds(planned: PlannedView, outline: Outline) -> list[Measure]:
    """Each third of the warning line for itself: the cement's outline nearest to it, positive = not reached."""
    made: list[Measure] = [Unknown("no cement beside this third")] * 3
    line = planned.warning_line
    if line is None or not outline:
        return made
    points = np.vstack(outline).astype(np.float64)
    chord = line[-1] - line[0]
    length2 = float(chord @ chord)
    height = (points - line[0]) @ chord / length2
    own = np.stack([np.interp(height, (line - line[0]) @ chord / length2, line[:, k]) for k in (0, 1)], axis=1)
    normal = np.array([-chord[1], chord[0]]) / np.sqrt(length2)
    if float(normal @ (planned.first_wall.mean(axis=0) - line.mean(axis=0))) < 0:
        normal = -normal
    distance_mm = (points - own) @ normal * planned.mm_per_px
    for third in range(3):
        beside = (height >= third / 3) & (height < (third + 1) / 3)
        if beside.any():
            made[third] = float(distance_mm[beside].min())
    return made
