"""Pictures with grain, and a disk that fails where it is told to."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.recording.recording_files import Disk
from assistant.recording.writer import Recorder
from assistant.vocabulary import Grey
from tests.recorders import WRITER


@pytest.fixture(scope="session")
def grain() -> list[Grey]:
    rng = np.random.default_rng(3)
    return [rng.normal(120, 6, (64, 80)).clip(0, 255).astype(np.uint8) for _ in range(24)]


@pytest.fixture
def record(tmp_path: Path) -> Callable[..., Recorder]:
    """Record pictures at 25 a second of frame time; every second frame repeats the one before."""

    def make(pictures: list[Grey], disk: Disk | None = None, *, close: bool = True, **settings: float) -> Recorder:
        tmp_path.joinpath("run").mkdir(exist_ok=True)
        recorder = Recorder(tmp_path / "run", replace(WRITER, **settings), disk=disk)
        for k, picture in enumerate(pictures):
            for repeat in (0, 1):
                i = 2 * k + repeat
                recorder.offer(i, i * 40_000_000, 10**12 + i * 40_000_000, None if repeat else picture)
        if close:
            recorder.close()
        return recorder

    return make
