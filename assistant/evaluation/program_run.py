"""Takes the program's own pipeline through a run without writing anything: the quick way while a step is being tuned.

What counts is the command (`runs.analyse`): this way leaves out the command line, the result files and their rounding.
"""

from __future__ import annotations

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
from assistant.results.writer import mask_in_frame
from assistant.settings.file import default_settings
from assistant.steps.cement import USUAL_LIMITS, CementLimits
from assistant.vocabulary import CementMask, Distances, FrameState, Leak, Motion, Unknown, value_or_none


def run_program(truth: Truth, source: Source, limits: CementLimits = USUAL_LIMITS) -> MethodAnswers:
    """Answers of the pipeline on one run, with these numbers of the cement step.

    Raises
    ------
    InputError
        If the source cannot be read on.
    """
    with recorded_shape_model() as shapes:
        return _run(truth, source, shapes, limits)


def _run(truth: Truth, source: Source, shapes: ShapeModel | Unknown, limits: CementLimits) -> MethodAnswers:
    plan = truth.plan
    pipeline = Pipeline(
        plan,
        reference_frames(source, plan),
        default_settings(),
        shapes=shapes,
        clock=source.facts.clock,
        cement_limits=limits,
    )
    shape = (source.facts.height_px, source.facts.width_px)
    n = truth.frames
    state, view = [""] * n, [""] * n
    registered = np.zeros(n, dtype=bool)
    motion = {name: np.full(n, np.nan) for name in MOTION}
    distance_mm = {line: np.full(n, np.nan) for line in LINES}
    area_mm2, spent_ms, front_mm = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    masks: dict[int, NDArray[np.uint8]] = {}
    for frame in source.frames():
        i, reading = frame.index, pipeline.process(frame)
        state[i], spent_ms[i] = reading.liveness.state.value, reading.processing_ms
        if isinstance(reading.motion, Motion):
            registered[i], view[i] = True, plan.views[reading.motion.view_index].view
            for name in MOTION:
                motion[name][i] = getattr(reading.motion.similarity, name)
        if isinstance(reading.cement, CementMask):
            front_mm[i] = reading.cement.front_mm
        if isinstance(reading.distances, Distances):
            area_mm2[i] = reading.distances.cement_area_mm2
            for line in WHOLE_LINES:
                value = value_or_none(reading.distances.mm[line])
                distance_mm[line.value][i] = np.nan if value is None else value
        if (
            reading.liveness.state is FrameState.LIVE
            and isinstance(reading.cement, CementMask)
            and isinstance(reading.motion, Motion)
        ):
            masks[i] = np.packbits(mask_in_frame(reading.cement, reading.motion.similarity, shape[1], shape[0]) > 0)

    def mask_of(frame: int) -> NDArray[np.bool_] | None:
        if frame not in masks:
            return None
        bits: NDArray[np.bool_] = np.unpackbits(masks[frame], count=shape[0] * shape[1]).reshape(shape) > 0
        return bits

    summary = pipeline.finish()
    return MethodAnswers(
        complete=True,
        state=state,
        view=view,
        registered=registered,
        motion=motion,
        area_mm2=area_mm2,
        distance_mm=distance_mm,
        processing_ms=spent_ms,
        front_mm=front_mm,
        events=tuple(
            MethodEvent(
                kind=event.kind.value,
                site=None if event.site is None else event.site.value,
                first_frame=event.first_frame,
                last_frame=event.last_frame,
                priority=event.priority.word,
            )
            for event in summary.events
        ),
        leaks=tuple(_said(leak) for leak in summary.leaks),
        mask=mask_of,
    )


def _said(leak: Leak) -> MethodLeak:
    shape = leak.shape
    said = None if shape is None else MethodShape(label=shape.label, p_spike=value_or_none(shape.p_spike))
    return MethodLeak(site=leak.site.value, first_frame=leak.first_frame, area_mm2=leak.area_mm2, shape=said)
