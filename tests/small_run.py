"""A small run on the disk, made in a moment: the simulator's small patient, breathing, into whom cement flows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from assistant.simulation.tabletop import COLS as COLS
from assistant.simulation.tabletop import ROWS as ROWS
from assistant.simulation.tabletop import small_run as simulated
from assistant.vocabulary import Frame

SUPERIOR = [[121.4, 116.8], [160.8, 118.4], [200.2, 117.2]]
INFERIOR = [[118.9, 175.5], [159.0, 175.2], [199.0, 178.4]]
"""As the simulator's plan has them (checked in its own tests): known here without making the run."""
REFERENCE = 2
"""Frame in which its lines are marked: before it nobody looks for cement."""
FPS = 15


def plan_document(**changes: Any) -> dict[str, Any]:
    """A plan of the small run; ``changes`` go into its only view."""
    view = {
        "view": "lateral",
        "level": "L1",
        "reference_frame": REFERENCE,
        "mm_per_px": 0.4,
        "landmarks": {"superior": SUPERIOR, "inferior": INFERIOR},
    }
    return {"schema": "fluoro-assistant/plan/1", "views": [view | changes]}


@cache
def _xray_pictures() -> tuple[NDArray[np.uint8], ...]:
    """The X-ray pictures of the simulator's small run, made once a process."""
    return tuple(frame.grey for frame in simulated().frames() if frame.stored.new)


@cache
def pictures(count: int, *, repeat_each: int = 2) -> tuple[NDArray[np.uint8], ...]:
    """The small run in ``count`` frames, from before the cement to behind the body; ``repeat_each`` show one X-ray."""
    made = _xray_pictures()
    return tuple(made[round((k - k % repeat_each) / count * (len(made) - 1))] for k in range(count))


def frames(count: int) -> list[Frame]:
    """The same as frames of a source."""
    return [Frame(index=k, t_s=k / FPS, grey=picture) for k, picture in enumerate(pictures(count))]


def write_video(path: Path, made: Sequence[NDArray[np.uint8]], *, codec: str = "ffv1") -> Path:
    """Pictures as a video: FFV1 gives every grey value back; each stands for itself (no picture needs another)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS)
        stream.height, stream.width = made[0].shape
        stream.pix_fmt = "gray"
        stream.time_base = stream.codec_context.time_base = Fraction(1, FPS)
        for k, picture in enumerate(made):
            frame = av.VideoFrame.from_ndarray(picture, format="gray")
            frame.pts = k
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@dataclass(frozen=True)
class SmallRun:
    """A run folder with its plan."""

    folder: Path
    video: Path
    plan: Path
    frame_count: int
    out: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "out", self.folder.parent / "out")

    def arguments(self, *more: str) -> list[str]:
        """The command line that analyses it."""
        return ["analyze", str(self.video), "--plan", str(self.plan), "--out", str(self.out), *more]

    def save_plan(self, document: Any) -> None:
        """Put another plan in place."""
        self.plan.write_text(json.dumps(document), encoding="utf-8")


def write_small_run(folder: Path, count: int = 46) -> SmallRun:
    """Make a run folder ``folder/run`` with ``run.mkv`` and ``plan.json``."""
    run = folder / "run"
    run.mkdir(parents=True)
    video = write_video(run / "run.mkv", pictures(count))
    small = SmallRun(folder=run, video=video, plan=run / "plan.json", frame_count=count)
    small.save_plan(plan_document())
    return small
