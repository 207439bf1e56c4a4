"""A stretch of the run as MP4, a picture as PNG."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from assistant.errors import EnvironmentError_, InputError, UsageError
from assistant.identity import Identity
from assistant.plan import read_plan
from assistant.reports.drawing import STRIP_PX
from assistant.reports.video import write_png, write_video
from tests.small_run import FPS, SmallRun, frames, write_small_run

IDENTITY = Identity(case_id="K-7F3QD", level="L1", run_id="B-7F3QK2MA")


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 20)


def write(run: SmallRun, path: Path, first: int = 3, last: int = 12, **more: object) -> None:
    views = read_plan(run.plan, 0.25).views
    stretch = {"first": first, "last": last, "moment_at": lambda _index: None, "views": views}
    write_video(str(run.folder), path, identity=IDENTITY, **stretch, **more)


def test_the_stretch_plays_with_the_times_of_the_run(run: SmallRun, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write(run, tmp_path / "out" / "a.mp4", progress=lambda done, total: told.append((done, total)))
    with av.open(str(tmp_path / "out" / "a.mp4")) as video:
        stream = video.streams.video[0]
        assert video.metadata["title"] == IDENTITY.words
        assert (stream.width, stream.height) == (320, 300 + STRIP_PX)
        times = [frame.time for frame in video.decode(stream)]
    assert np.allclose(times, np.arange(10) / FPS, atol=2e-3)
    assert told[-1] == (10, 10)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.mp4"]


def test_stopped_or_failed_leaves_nothing(run: SmallRun, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def stop(_done: int, _total: int) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write(run, out / "a.mp4", progress=stop)
    with pytest.raises(InputError):
        write(run, out / "a.mp4", last=99)
    assert list(out.iterdir()) == []
    with pytest.raises(UsageError, match="no stretch"):
        write(run, out / "a.mp4", first=5, last=4)
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentError_):
        write(run, tmp_path / "file" / "a.mp4")


def test_a_picture_with_and_without_its_overlay(tmp_path: Path) -> None:
    frame = frames(3)[2]
    raw = write_png(tmp_path / "p.png", frame, None, (), IDENTITY)
    assert (cv2.imread(str(raw), cv2.IMREAD_UNCHANGED) == frame.grey).all()
    for path in (raw, tmp_path / "p.png"):
        assert IDENTITY.words.encode() in path.read_bytes()[:200]
    assert cv2.imread(str(tmp_path / "p.png")).shape == (300 + STRIP_PX, 320, 3)
