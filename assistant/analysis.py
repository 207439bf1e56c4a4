"""One recorded run from its first frame to its last: source -> pipeline -> result files."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.capture.masking.field_shape import stretched_by
from assistant.capture.source import Source
from assistant.errors import AssistantError, EnvironmentError_, InputError, UsageError, describe
from assistant.guarded_pipeline import GuardedPipeline
from assistant.imaging.xray_field import find_field
from assistant.language import sentence
from assistant.leak_shape.model_protocol import ShapeModel
from assistant.pipeline import Pipeline
from assistant.plan import Plan, check_against_run
from assistant.results.moment_lines import MomentLines
from assistant.results.writer import ResultWriter
from assistant.settings.tree import Settings
from assistant.vocabulary import Frame, Reading, Unknown

Progress = Callable[[int, int | None], None]

SAVE_EVERY_S = 10.0
"""So often ``result.json`` is written while the run goes on: what a killed process leaves is this old at most."""


class Interrupted(AssistantError):
    """A person stopped the analysis (Ctrl-C); what was analysed is kept and marked incomplete."""

    exit_status = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisOutcome:
    """What an analysis came to: the document that was written and the error that ended it early, if any."""

    document: dict[str, Any]
    failure: AssistantError | None


def reference_frames(source: Source, plan: Plan) -> list[Frame]:
    """Read the reference frame of each of the plan's views.

    Raises
    ------
    UsageError
        If the plan does not fit the run.
    InputError
        If the run has that frame, as far as it says, and it cannot be read.
    """
    facts = source.facts
    check_against_run(plan, facts.width_px, facts.height_px, facts.end_frame)
    frames = []
    for k, view in enumerate(plan.views):
        try:
            frame = source.frame_at(view.reference_frame)
            if frame.lost:
                raise UsageError(
                    f"views[{k}]: reference_frame {view.reference_frame} of {facts.source} could not be decoded "
                    f"({frame.lost}); choose another frame"
                )
            frames.append(frame)
        except InputError as error:
            if facts.frame_count is not None:
                raise
            raise UsageError(
                f"views[{k}]: reference_frame {view.reference_frame} cannot be read from {facts.source}: {error}"
            ) from error
    return frames


def stretch_notes(source: Source, plan: Plan) -> tuple[str, ...]:
    """What is said where the round X-ray field of a reference frame is an ellipse: a scaler stretched the picture."""
    for frame in reference_frames(source, plan):
        ratio = stretched_by(find_field(frame.grey, frame.white))
        if ratio is not None:
            return (
                sentence(
                    f"The X-ray field is an ellipse, {ratio:.2f} times as wide as high: the picture seems to have been "
                    f"stretched on its way here. Then lengths along x and y differ by that factor, and no distance is "
                    f"right in both; set the recorder or grabber to the console's own size."
                ),
            )
    return ()


def start_pipeline(
    source: Source, plan: Plan, settings: Settings, shapes: ShapeModel | Unknown | None = None
) -> GuardedPipeline:
    """Read the reference frames and make the pipeline ready for the first frame; ``shapes`` as in `Pipeline`.

    Raises
    ------
    UsageError
        If the plan does not fit the run, or nothing can be followed in its reference frames.
    InputError
        If a reference frame cannot be read.
    """
    references = reference_frames(source, plan)
    try:
        return GuardedPipeline(Pipeline(plan, references, settings, shapes=shapes, clock=source.facts.clock))
    except Exception as error:
        numbers = " and ".join(str(view.reference_frame) for view in plan.views)
        raise UsageError(
            f"nothing can be followed in reference frame {numbers} of {source.facts.source} ({describe(error)}); "
            f"choose one in which the vertebra is well seen"
        ) from error


def analyze(
    source: Source,
    plan: Plan,
    settings: Settings,
    folder: Path,
    *,
    masks: bool,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    shapes: ShapeModel | Unknown | None = None,
    keeps_moments: bool = False,
) -> AnalysisOutcome:
    """Analyse a run to its end and write the results.

    Memory does not grow with the run: a frame is read, analysed, written and forgotten.

    Parameters
    ----------
    source : Source
    plan : Plan
    settings : Settings
    folder : Path
        For ``measurements.csv``, ``result.json`` and ``masks/``.
    masks : bool
    progress : callable, optional
        Told (frames done, frames in all or None).
    should_stop : callable
        Asked before each frame.
    shapes : ShapeModel, Unknown or None
        As in `Pipeline`.
    keeps_moments : bool
        Also write ``moments.jsonl``, so that the run can be opened again at once (`assistant.results.moment_lines`).

    Raises
    ------
    UsageError
        If the plan does not fit the run; nothing is written then.
    InputError, Interrupted
        If it ends before the first frame was analysed; nothing is written then.
    EnvironmentError_
        If not even what was analysed so far can be kept.
    """
    pipeline = start_pipeline(source, plan, settings, shapes)
    facts = replace(source.facts, notes=(*source.facts.notes, *stretch_notes(source, plan)))
    writer = ResultWriter(folder, plan, facts, settings, masks=masks)
    lines = MomentLines(folder, plan.views) if keeps_moments else None

    def keep(reading: Reading) -> None:
        writer.add(reading)
        if lines is not None:
            lines.add(reading)

    try:
        failure = _run_through(source, pipeline, writer, keep, progress, should_stop)
        if lines is not None and writer.begun:
            lines.close()
        return _concluded(source, pipeline, writer, failure)
    finally:
        writer.close()
        if lines is not None:
            lines.close()


def _concluded(
    source: Source, pipeline: GuardedPipeline, writer: ResultWriter, failure: AssistantError | None
) -> AnalysisOutcome:
    """Write what the run came to, also where it ended early; raises as `analyze` does."""
    if isinstance(failure, EnvironmentError_):
        writer.make_room()
    elif not writer.begun:
        raise failure or InputError(f"{source.facts.source}: holds no frame; choose another recording")
    failure = failure or _trouble(source, pipeline)
    try:
        document = _save(pipeline, writer, complete=failure is None)
    except EnvironmentError_ as error:
        # Not even the room held back was enough. A result.json saved earlier is still there and says "incomplete".
        kept = sentence(f"; the first {writer.rows} frames are kept in measurements.csv there") if writer.rows else ""
        raise EnvironmentError_(f"{error}{kept}") from failure
    return AnalysisOutcome(document=document, failure=failure)


def _run_through(
    source: Source,
    pipeline: GuardedPipeline,
    writer: ResultWriter,
    keep: Callable[[Reading], None],
    progress: Progress | None,
    should_stop: Callable[[], bool],
) -> AssistantError | None:
    """All frames, one after the other; gives what ended it early."""
    name, total = source.facts.source, source.facts.frame_count
    done = 0
    saved_s: float | None = None
    try:
        for frame in source.frames():
            if should_stop():
                raise KeyboardInterrupt
            keep(pipeline.process(frame))
            done += 1
            now_s = time.monotonic()
            if saved_s is None or now_s - saved_s >= SAVE_EVERY_S:
                _save(pipeline, writer, complete=False)
                saved_s = now_s
            if progress is not None:
                progress(done, total)
    except KeyboardInterrupt:
        return Interrupted(sentence(f"{name}: stopped after {done} frames"))
    except AssistantError as error:
        return error
    except Exception as error:
        # A fault of ours in the source must not lose what was analysed before it.
        return InputError(
            f"{name}: cannot be read on after {done} frames ({describe(error)}); convert it to FFV1 in MKV"
        )
    return None


def _save(pipeline: GuardedPipeline, writer: ResultWriter, *, complete: bool) -> dict[str, Any]:
    summary = pipeline.finish()
    return writer.write(
        complete=complete and not pipeline.fault,
        events=summary.events,
        leaks=summary.leaks,
        measures=summary.measures,
        models=summary.models,
        notes=summary.notes,
        screen_changes=summary.screen_changes,
        xray_s=summary.xray_s,
    )


def _trouble(source: Source, pipeline: GuardedPipeline) -> AssistantError | None:
    """The sentence for a run that was read to its end and is not known whole."""
    if not pipeline.trouble:
        return None
    kind = AssistantError if pipeline.fault else InputError
    return kind(f"{source.facts.source}: {pipeline.trouble}")


def with_place(outcome: AnalysisOutcome, folder: Path) -> AssistantError:
    """The failure of an outcome that has one, with where to find what was analysed before it."""
    failure = outcome.failure
    assert failure is not None
    frames = outcome.document["run"]["frames"]
    return type(failure)(sentence(f"{failure}; what was analysed ({frames} frames) is in {folder}, marked incomplete"))
