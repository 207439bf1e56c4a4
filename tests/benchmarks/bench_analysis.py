"""What a picture costs, on one core, beside a plain copy of the same picture; run by ``make bench``.

The times of a shared machine wander, so what to watch is the ratio to the copy, measured in the same run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

from assistant import pipeline as pipeline_module
from assistant.capture.opening import open_source
from assistant.pipeline import Pipeline
from assistant.plan import read_plan
from assistant.settings.tree import Settings
from assistant.simulation import scenario
from assistant.simulation.building import build_run
from assistant.simulation.writing import write_run
from assistant.steps.liveness import ScreenWatch
from assistant.steps.motion import DisplayWatch
from assistant.vocabulary import Frame, FrameState

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "out" / "bench"
GOALS_MS = {"new X-ray picture": (8.0, 20.0), "repeated picture": (0.5, None)}
FOLLOWING_GOALS_MS = (4.0, 10.0)
"""Of liveness and motion together, for a new picture."""
STEPS = (
    "Pyramid",
    "follow",
    "find_cement",
    "measure_distances",
    "follow_approach",
    "update_alarms",
    "find_leaks",
    "classify_by_geometry",
)
SIDES = (512, 1024)

pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(autouse=True)
def one_core() -> Iterator[None]:
    """One core, one thread."""
    threads = cv2.getNumThreads()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_setaffinity") else None
    cv2.setNumThreads(1)
    if cores:
        os.sched_setaffinity(0, {max(cores)})
    yield
    cv2.setNumThreads(threads)
    if cores:
        os.sched_setaffinity(0, cores)


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def simulated(side_px: int) -> Path:
    """A simulated run of 8 s, 15 pulses/s in 30 frames/s, square; made once and kept."""
    demo = scenario.load("demo")
    case = msgspec.structs.replace(
        demo,
        cement=msgspec.structs.replace(demo.cement, start_s=1.5, duration_s=5.0),
        run=msgspec.structs.replace(
            demo.run,
            duration_s=8.0,
            fps=30.0,
            pulses_per_s=15.0,
            width_px=side_px,
            height_px=side_px,
            output="ffv1",
        ),
    )
    folder = CACHE / f"run{side_px}"
    made_of = msgspec.json.encode(case)
    stamp = folder / "case.json"
    if not (stamp.is_file() and stamp.read_bytes() == made_of):
        say(f"simulating a run at {side_px} x {side_px} (kept in {folder.relative_to(ROOT)}) ...")
        shutil.rmtree(folder, ignore_errors=True)
        write_run(build_run(case, 1), folder, lambda *_: None)
        stamp.write_bytes(made_of)
    return folder


def load(folder: Path) -> tuple[Any, list[Frame], list[Frame]]:
    """Plan, reference frames and all frames of a run."""
    settings = Settings()
    plan = read_plan(folder / "plan.json", settings.alarms.warning_lines)
    source = open_source(str(folder))
    try:
        references = [source.frame_at(view.reference_frame) for view in plan.views]
        return plan, references, list(source.frames())
    finally:
        source.close()


def copy_ms(frames: list[Frame]) -> float:
    """Median time of `np.copyto` of one picture."""
    target, times = np.empty_like(frames[0].grey), []
    for frame in frames:
        started_ns = time.perf_counter_ns()
        np.copyto(target, frame.grey)
        times.append((time.perf_counter_ns() - started_ns) / 1e6)
    return float(np.median(times))


def line(name: str, times_ms: list[float], floor_ms: float, goals: tuple[float, float | None] | None = None) -> str:
    times = np.asarray(times_ms)
    if not len(times):
        return f"{name:<28} none"
    median, p99, worst = np.median(times), np.percentile(times, 99), times.max()
    goal = ""
    if goals is not None:
        p99_goal = "" if goals[1] is None else f", p99 {goals[1]:g}"
        met = median <= goals[0] and (goals[1] is None or p99 <= goals[1])
        goal = f"  goal: median {goals[0]:g}{p99_goal}: {'met' if met else 'NOT MET'}"
    return f"{name:<28} {len(times):>5} {median:>9.3f} {p99:>9.3f} {worst:>9.3f} {median / floor_ms:>8.1f}{goal}"


HEAD = f"{'':<28} {'count':>5} {'median ms':>9} {'p99 ms':>9} {'max ms':>9} {'x copy':>8}"


@pytest.mark.parametrize("side_px", SIDES)
def test_milliseconds_a_picture(side_px: int) -> None:
    plan, references, frames = load(simulated(side_px))
    pipeline = Pipeline(plan, references, Settings())
    by_state: dict[str, list[float]] = {"new X-ray picture": [], "repeated picture": []}
    for frame in frames:
        started_ns = time.perf_counter_ns()
        reading = pipeline.process(frame)
        spent_ms = (time.perf_counter_ns() - started_ns) / 1e6
        if reading.liveness.state is FrameState.LIVE and frame.index:
            by_state["new X-ray picture"].append(spent_ms)
        elif reading.liveness.state is FrameState.REPEAT:
            by_state["repeated picture"].append(spent_ms)
    floor_ms = copy_ms(frames)
    say(f"\n{side_px} x {side_px}, one core, the first picture left out")
    say(HEAD)
    say(line("np.copyto of the picture", [floor_ms] * len(frames), floor_ms))
    for name, times in by_state.items():
        say(line(name, times, floor_ms, GOALS_MS[name] if side_px == 1024 else None))
    assert min(map(len, by_state.values())) > 50
    assert {event.kind.value for event in pipeline.finish().events} >= {"warning_line"}


@pytest.mark.parametrize("side_px", SIDES)
def test_liveness_and_motion_of_a_new_picture(side_px: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the console shows, whether it is new, and where the vertebra went: all that comes before the cement."""
    plan, references, frames = load(simulated(side_px))
    spent_ms, within = [0.0], [0]

    def timed(owner: Any, name: str) -> None:
        inner: Callable[..., Any] = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            started_ns = time.perf_counter_ns()
            within[0] += 1
            try:
                return inner(*args, **kwargs)
            finally:
                within[0] -= 1
                if not within[0]:  # one of them that is called by another is in its time
                    spent_ms[0] += (time.perf_counter_ns() - started_ns) / 1e6

        monkeypatch.setattr(owner, name, call)

    pipeline = Pipeline(plan, references, Settings())
    timed(ScreenWatch, "judge")
    for name in ("explain", "judge", "as_planned", "as_shown"):
        timed(DisplayWatch, name)
    for name in ("Pyramid", "follow"):
        timed(pipeline_module, name)
    new_ms: list[float] = []
    for frame in frames:
        spent_ms[0] = 0.0
        if pipeline.process(frame).liveness.state is FrameState.LIVE and frame.index:
            new_ms.append(spent_ms[0])
    say(f"\n{side_px} x {side_px}, one core, the first picture left out")
    say(HEAD)
    say(line("liveness and motion", new_ms, copy_ms(frames), FOLLOWING_GOALS_MS if side_px == 1024 else None))
    assert len(new_ms) > 50
    assert min(new_ms) > 0


@pytest.mark.parametrize("side_px", SIDES)
def test_where_the_time_goes(side_px: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, references, frames = load(simulated(side_px))
    spent: dict[str, list[float]] = {}

    def timed(name: str) -> None:
        inner: Callable[..., Any] | None = getattr(pipeline_module, name, None)
        if inner is None:
            return
        times = spent.setdefault(name, [])

        def call(*args: Any, **kwargs: Any) -> Any:
            started_ns = time.perf_counter_ns()
            try:
                return inner(*args, **kwargs)
            finally:
                times.append((time.perf_counter_ns() - started_ns) / 1e6)

        monkeypatch.setattr(pipeline_module, name, call)

    pipeline = Pipeline(plan, references, Settings())
    for name in STEPS:
        timed(name)
    for frame in frames:
        pipeline.process(frame)
    floor_ms = copy_ms(frames)
    say(f"\n{side_px} x {side_px}, by step")
    say(HEAD)
    for name, times in spent.items():
        say(line(name, times, floor_ms))
    assert spent["find_cement"]


_PEAK = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
)


@pytest.mark.parametrize("masks", [False, True])
def test_the_whole_command_from_outside(masks: bool, tmp_path: Path) -> None:
    folder = simulated(1024)
    command = [sys.executable, "-c", "import sys; from ui.entry import main; sys.exit(main())", "analyze", str(folder)]
    command.append("--defaults")
    command += ["--plan", str(folder / "plan.json"), "--out", str(tmp_path / "out"), *(["--masks"] if masks else [])]
    measured = [sys.executable, "-c", _PEAK, *command]
    started_s = time.monotonic()
    done = subprocess.run(measured, cwd=ROOT, check=True, capture_output=True, text=True)
    wall_s = time.monotonic() - started_s
    rows = len((tmp_path / "out" / "measurements.csv").read_text().splitlines()) - 1
    with_masks = " with masks" if masks else ""
    say(
        f"\nanalyze{with_masks}, 1024 x 1024, FFV1, one core: {wall_s:.1f} s for {rows} frames, "
        f"{1000 * wall_s / rows:.1f} ms a frame with start, decoding and files, "
        f"at most {done.stdout.split()[-1]} MB of memory"
    )
    assert rows > 200


def test_how_long_a_start_takes() -> None:
    for words, arguments in (
        ("--version", ["--version"]),
        ("validate of a plan", ["validate", str(simulated(512) / "plan.json")]),
    ):
        command = [sys.executable, "-c", "import sys; from ui.entry import main; sys.exit(main())", *arguments]
        times = []
        for _ in range(3):
            started_s = time.monotonic()
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            times.append(time.monotonic() - started_s)
        say(f"\nfrom nothing to the end of {words}: {1000 * min(times):.0f} ms (best of 3)")
        assert times
