"""How long the shape model takes to be checked, started and asked; run by ``make bench``.

Beside the time on the clock the work of the processor, which other programs do not lengthen.
"""

from __future__ import annotations

import os
import time

import numpy as np
import pytest

from assistant.model_packs.model_process import ModelProcess
from assistant.model_packs.pack import read_pack
from assistant.system.places import models_folder
from assistant.vocabulary import Unknown

ASKED, STARTS = 300, 7
START_GOAL_MS, ASK_GOAL_MS = 300.0, 3.0

pytestmark = pytest.mark.timeout(600)


def worked_s() -> float:
    """Of this process and of the children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def test_start_and_one_answer(capsys: pytest.CaptureFixture[str]) -> None:
    started_ms, work_ms, asked_ms = [], [], []
    for _ in range(STARTS):
        began_s, before_s = time.perf_counter(), worked_s()
        pack = read_pack(models_folder() / "leak_shape")
        process = ModelProcess(pack)
        trouble = process.make_ready()
        started_ms.append(1000.0 * (time.perf_counter() - began_s))
        assert not trouble
        process.stop()
        work_ms.append(1000.0 * (worked_s() - before_s))
    with_process = ModelProcess(pack)
    assert not with_process.make_ready()
    for _ in range(ASKED):
        began_s = time.perf_counter()
        assert not isinstance(with_process.ask(pack.golden[:1], 20.0), Unknown)
        asked_ms.append(1000.0 * (time.perf_counter() - began_s))
    with_process.stop()
    with capsys.disabled():
        print(  # noqa: T201
            f"\npack read, verified, started, golden patches answered: {np.median(started_ms):.0f} ms "
            f"(least {min(started_ms):.0f}, work {np.median(work_ms):.0f}; goal {START_GOAL_MS:.0f}); "
            f"one answer, there and back: {np.median(asked_ms):.2f} ms (p99 {np.percentile(asked_ms, 99):.2f}; "
            f"goal {ASK_GOAL_MS:.0f})"
        )
    assert np.median(work_ms) <= START_GOAL_MS
    assert np.median(asked_ms) <= ASK_GOAL_MS
