"""How long the exact picture of a random frame takes, by the way the film is coded; run by ``make bench``.

Twenty seconds of 1280 x 1024 at 30/s; beside the time on the clock the work of the processor, which other programs do
not lengthen. What counts is how many pictures have to be decoded before the wanted one, not how
long the film is: `bench_review` seeks in an hour.
"""

from __future__ import annotations

import random
import time
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.system.places import demo_run

FPS, FRAMES, SEEKS = 30, 600, 60
GOAL_MS = 50.0
_FFV1 = {"level": "3", "coder": "1", "context": "0", "g": "1", "slices": "4", "slicecrc": "1"}
WAYS = {
    "FFV1, as the program records": ("mkv", "ffv1", "gray", _FFV1, True),
    "Motion JPEG": ("avi", "mjpeg", "yuvj420p", {"q:v": "3"}, True),
    "H.264, every picture a key": ("mp4", "libx264", "yuv420p", {"g": "1", "preset": "ultrafast"}, True),
    "H.264, a key every 250": ("mp4", "libx264", "yuv420p", {"g": "250", "bf": "0", "preset": "ultrafast"}, False),
}

pytestmark = pytest.mark.timeout(3600)


def film(folder: Path, suffix: str, codec: str, pixels: str, options: dict[str, str]) -> Path:
    path = folder / f"film.{suffix}"
    source = open_source(str(demo_run()))
    pictures = [cv2.resize(frame.grey, (1280, 1024)) for frame in source.frames()][:120]
    source.close()
    rng = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = 1280, 1024, pixels
        for k in range(FRAMES):
            # New noise in each picture: a film that repeats itself is easier than a real one.
            grain = rng.integers(-3, 4, (256, 256), np.int16)
            grey = np.clip(pictures[k % len(pictures)] + np.tile(grain, (4, 5)), 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="gray")
            frame = frame if pixels == "gray" else frame.reformat(format=pixels)
            frame.pts, frame.time_base = k, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("way", WAYS)
def test_the_exact_picture_of_a_random_frame(way: str, tmp_path: Path) -> None:
    suffix, codec, pixels, options, is_easy = WAYS[way]
    source = open_source(str(film(tmp_path, suffix, codec, pixels, options)))
    rng = random.Random(1)
    took_ms, worked_ms = [], []
    try:
        source.frame_at(0)
        for frame in (rng.randrange(FRAMES) for _ in range(SEEKS)):
            start, worked = time.perf_counter(), time.process_time()
            assert source.frame_at(frame).index == frame
            took_ms.append(1000 * (time.perf_counter() - start))
            worked_ms.append(1000 * (time.process_time() - worked))
    finally:
        source.close()
    p95 = float(np.percentile(took_ms, 95))
    work = float(np.percentile(worked_ms, 95))
    print(f"{way:>30}: median {np.median(took_ms):.1f} ms, p95 {p95:.1f} ms; processor p95 {work:.1f} ms")  # noqa: T201
    if is_easy:
        assert p95 <= GOAL_MS
