"""A what-if over fifty runs by the real child: progress, a kill half way, going on, another line (``make bench``)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from assistant.review import whatif
from assistant.review.whatif import BASE, RunAndPlan, Variant, WhatIfJob
from assistant.system.processes import module_command, module_environment
from tests.small_run import write_small_run

RUNS, FRAMES = 50, 16

pytestmark = pytest.mark.timeout(1800)


def child(folder: Path) -> subprocess.Popen[str]:
    command = module_command("assistant.review.whatif", str(folder))
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=module_environment(), text=True)


def test_fifty_real_runs_are_stopped_gone_on_with_and_asked_again(tmp_path: Path) -> None:
    first = write_small_run(tmp_path / "runs" / "00", FRAMES)
    pairs = []
    for k in range(RUNS):
        folder = tmp_path / "runs" / f"{k:02d}"
        if k:
            folder.mkdir()
            for file in first.folder.iterdir():
                os.link(file, folder / file.name)
        else:
            folder = first.folder
        pairs.append(RunAndPlan(run=str(folder), plan=str(folder / "plan.json")))
    job = WhatIfJob(
        runs=pairs, variants=[Variant(name=BASE), Variant(name="line 40 %", line_fraction=0.4)], settings={}
    )
    work = tmp_path / "whatif" / "one"
    whatif.begin(work, job)
    start = time.perf_counter()
    process = child(work)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["done"] >= 41:
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    process.wait()
    half = len(whatif.read_rows(work))
    assert 41 <= half < 100
    process = child(work)
    assert process.stdout is not None
    told = [json.loads(line)["done"] for line in process.stdout]
    process.stdout.close()
    assert process.wait() == 0
    took_s = time.perf_counter() - start
    assert told[0] == half
    assert told[-1] == 100
    rows = whatif.read_rows(work)
    assert len({(row.run, row.variant) for row in rows}) == len(rows) == 100
    assert not [row.failure for row in rows if row.failure]
    other = tmp_path / "whatif" / "two"
    whatif.begin(
        other,
        WhatIfJob(runs=pairs, variants=[Variant(name=BASE), Variant(name="line 30 %", line_fraction=0.3)], settings={}),
    )
    start = time.perf_counter()
    process = child(other)
    process.communicate()
    again_s = time.perf_counter() - start
    print(f"{RUNS} runs of {FRAMES} frames, 2 ways: {took_s:.1f} s; another line: {again_s:.1f} s")  # noqa: T201
    assert again_s < took_s / 2
