"""One recorded run from its first frame to its last: source -> pipeline -> result files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.capture.source import Source
from assistant.errors import AssistantError, InputError, UsageError
from assistant.pipeline import Pipeline
from assistant.plan import Plan, check_against_run
from assistant.results import ResultWriter
from assistant.settings import Settings
from assistant.vocabulary import Frame

log = logging.getLogger(__name__)
Progress = Callable[[int, int | None], None]


class Interrupted(AssistantError):
    """A person stopped the analysis (Ctrl-C); what was analysed is kept and marked incomplete."""

    exit_status = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an analysis came to: the document that was written and the error that ended it early, if any."""

    document: dict[str, Any]
    failure: AssistantError | None


def reference_frames(source: Source, plan: Plan) -> list[Frame]:
    """Read the reference frame of each of the plan's views.

    Raises
    ------
    UsageError
        If the plan does not fit the run.
    """
    facts = source.facts
    check_against_run(plan, facts.width_px, facts.height_px, facts.frame_count)
    frames = []
    for k, view in enumerate(plan.views):
        try:
            frames.append(source.frame_at(view.reference_frame))
        except InputError as error:
            raise UsageError(
                f"views[{k}]: reference_frame {view.reference_frame} cannot be read from {facts.source}: {error}"
            ) from error
    return frames


def analyze(
    source: Source,
    plan: Plan,
    settings: Settings,
    folder: Path,
    *,
    masks: bool,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Analyse a run to its end and write the results.

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

    Raises
    ------
    UsageError
        If the plan does not fit the run; nothing is written then.
    EnvironmentError_
        If the results cannot be written.
    """
    pipeline = Pipeline(plan, reference_frames(source, plan), settings)
    writer = ResultWriter(folder, plan, source.facts, masks=masks)
    failure: AssistantError | None = None
    done = 0
    try:
        for frame in source.frames():
            if should_stop():
                failure = Interrupted(f"{source.facts.source}: stopped after {done} frames; they are kept in {folder}")
                break
            writer.add(pipeline.process(frame))
            done += 1
            if progress is not None:
                progress(done, source.facts.frame_count)
    except AssistantError as error:
        failure = error
    except KeyboardInterrupt:
        failure = Interrupted(f"{source.facts.source}: stopped after {done} frames; they are kept in {folder}")
    if done == 0 and isinstance(failure, InputError):
        writer.discard()
        raise failure
    summary = pipeline.finish()
    document = writer.close(
        complete=failure is None,
        events=summary.events,
        leaks=summary.leaks,
        measures=summary.measures,
        models=summary.models,
    )
    return Outcome(document=document, failure=failure)
