"""Takes the program's own pipeline through a run without writing anything: the quick way while a step is being tuned.

What counts is the command (`runs.analyse`): this way leaves out the command line, the result files and their rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.analysis import reference_frames
from assistant.capture.source import Source
from assistant.evaluation.outcome import MethodAnswers, MethodEvent, MethodLeak, MethodShape
from assistant.evaluation.truth import LINES, MOTION, Truth
from assistant.leak_shape.model_protocol import ShapeModel
from assistant.lines import WHOLE_LINES
from assistant.model_packs.starting import recorded_shape_model
from assistant.pipeline import Pipeline
from assistant.plan import Plan
from assistant.readings.csv_row import why_unmeasured
from assistant.results.writer import mask_in_frame
from assistant.settings.file import default_settings
from assistant.steps.cement import USUAL_LIMITS, CementLimits
from assistant.vocabulary import Alarm, CementMask, Distances, FrameState, Leak, Motion, Reading, Unknown, value_or_none


def run_program(truth: Truth, source: Source, limits: CementLimits = USUAL_LIMITS) -> MethodAnswers:
    """Answers of the pipeline on one run, with these numbers of the cement step.

    Raises
    ------
    InputError
        If the source cannot be read on.
    """
    with recorded_shape_model() as shapes:
        return _run(truth, source, shapes, limits)


@dataclass(slots=True, eq=False)
class _Frames:
    """What the pipeline says of each frame of a run, gathered while it goes."""

    state: list[str]
    view: list[str]
    registered: NDArray[np.bool_]
    motion: dict[str, NDArray[np.float64]]
    mirrored: NDArray[np.bool_]
    distance_mm: dict[str, NDArray[np.float64]]
    area_mm2: NDArray[np.float64]
    processing_ms: NDArray[np.float64]
    outline_sigma_mm: NDArray[np.float64]
    alarm: list[str]
    reason: list[str]
    masks: dict[int, NDArray[np.uint8]]
    """Packed bits, of live frames alone."""

    def take(self, i: int, reading: Reading, plan: Plan, shape: tuple[int, int]) -> None:
        """Take in the reading of frame ``i``; unknown stays NaN."""
        self.state[i], self.processing_ms[i] = reading.liveness.state.value, reading.processing_ms
        self.alarm[i], self.reason[i] = reading.alarm.word, why_unmeasured(reading)
        if isinstance(reading.motion, Motion):
            self.registered[i], self.view[i] = True, plan.views[reading.motion.view_index].view
            self.mirrored[i] = reading.motion.similarity.mirrored
            for name in MOTION:
                self.motion[name][i] = getattr(reading.motion.similarity, name)
        if isinstance(reading.cement, CementMask):
            self.outline_sigma_mm[i] = reading.cement.outline_sigma_mm
        if isinstance(reading.distances, Distances):
            self.area_mm2[i] = reading.distances.cement_area_mm2
            for line in WHOLE_LINES:
                value = value_or_none(reading.distances.mm[line])
                self.distance_mm[line.value][i] = np.nan if value is None else value
        if (
            reading.liveness.state is FrameState.LIVE
            and isinstance(reading.cement, CementMask)
            and isinstance(reading.motion, Motion)
        ):
            mask = mask_in_frame(reading.cement, reading.motion.similarity, shape[1], shape[0])
            self.masks[i] = np.packbits(mask > 0)


def _no_frames(n: int) -> _Frames:
    """Nothing said yet of any of ``n`` frames."""
    return _Frames(
        state=[""] * n,
        view=[""] * n,
        registered=np.zeros(n, dtype=bool),
        motion={name: np.full(n, np.nan) for name in MOTION},
        mirrored=np.zeros(n, dtype=bool),
        distance_mm={line: np.full(n, np.nan) for line in LINES},
        area_mm2=np.full(n, np.nan),
        processing_ms=np.full(n, np.nan),
        outline_sigma_mm=np.full(n, np.nan),
        alarm=[""] * n,
        reason=[""] * n,
        masks={},
    )


def pipeline_for(
    truth: Truth, source: Source, shapes: ShapeModel | Unknown, limits: CementLimits = USUAL_LIMITS
) -> Pipeline:
    """The pipeline of a run, its plan known, before its first frame."""
    return Pipeline(
        truth.plan,
        reference_frames(source, truth.plan),
        default_settings(),
        shapes=shapes,
        clock=source.facts.clock,
        cement_limits=limits,
    )


def event_of(alarm: Alarm) -> MethodEvent:
    """An alarm of the pipeline as an event of ``result.json``."""
    return MethodEvent(
        kind=alarm.kind.value,
        site=None if alarm.site is None else alarm.site.value,
        first_frame=alarm.first_frame,
        last_frame=alarm.last_frame,
        priority=alarm.priority.word,
    )


def _run(truth: Truth, source: Source, shapes: ShapeModel | Unknown, limits: CementLimits) -> MethodAnswers:
    plan = truth.plan
    pipeline = pipeline_for(truth, source, shapes, limits)
    shape = (source.facts.height_px, source.facts.width_px)
    frames = _no_frames(truth.frames)
    for frame in source.frames():
        frames.take(frame.index, pipeline.process(frame), plan, shape)

    def mask_of(frame: int) -> NDArray[np.bool_] | None:
        if frame not in frames.masks:
            return None
        bits: NDArray[np.bool_] = np.unpackbits(frames.masks[frame], count=shape[0] * shape[1]).reshape(shape) > 0
        return bits

    summary = pipeline.finish()
    return MethodAnswers(
        complete=True,
        state=frames.state,
        view=frames.view,
        registered=frames.registered,
        motion=frames.motion,
        mirrored=frames.mirrored,
        area_mm2=frames.area_mm2,
        distance_mm=frames.distance_mm,
        processing_ms=frames.processing_ms,
        alarm=frames.alarm,
        reason=frames.reason,
        outline_sigma_mm=frames.outline_sigma_mm,
        events=tuple(event_of(event) for event in summary.events),
        leaks=tuple(_said(leak) for leak in summary.leaks),
        exposures=None if summary.xray_s is None else len(summary.xray_s),
        xray_s=None if summary.xray_s is None else sum(summary.xray_s),
        notes=pipeline.before.notes,
        mask=mask_of,
    )


def _said(leak: Leak) -> MethodLeak:
    shape = leak.shape
    answer = None if shape is None else MethodShape(label=shape.label, p_spike=value_or_none(shape.p_spike))
    return MethodLeak(site=leak.site.value, first_frame=leak.first_frame, area_mm2=leak.area_mm2, shape=answer)
