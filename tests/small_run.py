"""A small run on the disk, made in a moment: a vertebra of grey boxes, breathing, into which cement grows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import Frame

ROWS, COLS = 300, 320
FPS = 15
SUPERIOR = [[120.0, 110.0], [160.0, 113.0], [205.0, 108.0]]
INFERIOR = [[118.0, 182.0], [160.0, 176.0], [207.0, 180.0]]


def plan_document(**changes: Any) -> dict[str, Any]:
    """A plan of the small run; ``changes`` go into its only view."""
    view = {
        "view": "lateral",
        "level": "L1",
        "reference_frame": 2,
        "mm_per_px": 0.4,
        "landmarks": {"superior": SUPERIOR, "inferior": INFERIOR},
    }
    return {"schema": "fluoro-assistant/plan/1", "views": [view | changes]}


@cache
def pictures(count: int, *, repeat_each: int = 2, seed: int = 0) -> tuple[NDArray[np.uint8], ...]:
    """Pictures of which every ``repeat_each`` are the same X-ray; cement grows from the middle to behind the body."""
    rng = np.random.default_rng(seed)
    mottle = cv2.GaussianBlur(rng.standard_normal((ROWS, COLS)).astype(np.float32), (0, 0), 6)
    still = 150 + 60 * mottle / np.abs(mottle).max()
    for shift in (-92, 0, 92):
        ring = np.array([*SUPERIOR, *INFERIOR[::-1]]) + np.array([shift * 0.05, shift])
        body = np.zeros((ROWS, COLS), np.float32)
        cv2.fillPoly(body, [ring.round().astype(np.int32)], 1.0)
        cv2.polylines(body, [ring.round().astype(np.int32)], True, 1.8, 2)
        still -= 45 * body
    still = cv2.GaussianBlur(still, (0, 0), 1.0)
    ys, xs = np.mgrid[0:ROWS, 0:COLS]
    made: list[NDArray[np.uint8]] = []
    for k in range(count):
        if k % repeat_each:
            made.append(made[-1])
            continue
        grown = max(0.0, k / count - 0.25)
        cement = ((xs - 160) / (1 + 85 * grown)) ** 2 + ((ys - 146) / (1 + 30 * grown)) ** 2 <= 1
        picture = still * (1 - 0.4 * cv2.GaussianBlur((cement & (grown > 0)).astype(np.float32), (0, 0), 0.8))
        shift_px = 1.5 * np.sin(2 * np.pi * k / FPS / 3)
        matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, shift_px]])
        picture = cv2.warpAffine(picture, matrix, (COLS, ROWS), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        grain = cv2.GaussianBlur(rng.standard_normal((ROWS, COLS)).astype(np.float32), (0, 0), 0.7) * 4.0
        made.append(np.clip(picture + grain, 0, 255).astype(np.uint8))
    return tuple(made)


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
