"""All moments of a small run, as its analysis found them."""

from __future__ import annotations

from pathlib import Path

from assistant.analysis import start_pipeline
from assistant.capture.opening import open_source
from assistant.plan import read_plan
from assistant.readings.moments import Moment, MomentStore
from assistant.settings.tree import Settings
from tests.small_run import write_small_run


def run_moments(folder: Path, count: int) -> list[Moment]:
    """Write a run of so many frames into a folder, and analyse it."""
    run = write_small_run(folder, count)
    source = open_source(str(run.folder))
    pipeline, store = start_pipeline(source, read_plan(run.plan, 0.25), Settings()), MomentStore()
    for frame in source.frames():
        store.add(pipeline.process(frame))
    source.close()
    return store.between(0, count)
