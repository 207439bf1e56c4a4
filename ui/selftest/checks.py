"""The checks of the start of the list: each does the thing itself, small, and says what it measured. No widgets."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from assistant.capture.opening import open_source
from assistant.language import sentence
from assistant.language.days import month_word
from assistant.live.machine.sleep_inhibitor import SleepInhibitor, try_out
from assistant.live.state.picture_state import NO_SIGNAL_MS
from assistant.model_packs.finding import find_pack
from assistant.pipeline import Pipeline
from assistant.plan import read_plan
from assistant.recording.writer import Recorder, WriterSettings
from assistant.settings.tree import Settings, check
from assistant.setup.sources import choices
from assistant.steps.liveness import LivenessMemory, judge_liveness
from assistant.system.places import data_home, demo_run
from assistant.system.processes import answer_of
from assistant.vocabulary import Frame, FrameState
from ui.selftest.check import Check, CheckOutcome, CheckStatus
from ui.selftest.mask_check import names_left
from ui.theatre.screen_saver import ScreenSaver

_LEAST_FREE: Final = 2_000_000_000
_WRITE_BYTES: Final = 16_000_000
_BYTES_A_MINUTE: Final = 300e6
_DELAY_FRAMES: Final = 60
_KILL_FRAMES: Final = 60
_MOST_LOST: Final = 12
_AWAKE_S: Final = 0.5


def video_input(_settings: Settings) -> CheckOutcome:
    """Which cameras and grabbers this machine has."""
    names = [choice.name for choice in choices() if not choice.rehearsal and not choice.address.startswith("resume")]
    if not names:
        return CheckOutcome(
            status=CheckStatus.NOTE, text=sentence("no camera found · rehearsal with a recording works")
        )
    return CheckOutcome(
        status=CheckStatus.PASSED,
        text=f"{names[0]}" + (sentence(f" and {len(names) - 1} more") if len(names) > 1 else ""),
    )


def delay(settings: Settings) -> CheckOutcome:
    """How long the pipeline takes for frames of the demo, from picture to alarm."""
    run = demo_run()
    plan = read_plan(run / "plan.json", settings.alarms.warning_lines)
    source = open_source(str(run))
    try:
        frames = list(islice(source.frames(), plan.views[0].reference_frame + _DELAY_FRAMES))
    finally:
        source.close()
    pipeline = Pipeline(plan, [frames[view.reference_frame] for view in plan.views], settings)
    took = sorted(pipeline.process(frame).processing_ms for frame in frames[-_DELAY_FRAMES:])
    p95, p99 = took[int(0.95 * len(took))], took[-1]
    limit_ms = settings.alarms.slow_ms
    text = sentence(f"p95 {p95:.0f} ms · longest {p99:.0f} ms · limit {limit_ms:.0f} ms")
    return CheckOutcome(status=CheckStatus.PASSED if p95 <= limit_ms else CheckStatus.FAILED, text=text)


def freeze_watch(settings: Settings) -> CheckOutcome:
    """A picture that repeats, and one that is black, are seen as what they are."""
    draw = np.random.default_rng(1)
    memory = LivenessMemory()
    grey = draw.normal(120, 12, (256, 256)).clip(0, 255).astype(np.uint8)
    seen: float | None = None
    for index in range(90):
        moving = draw.normal(120, 12, (256, 256)).clip(0, 255).astype(np.uint8) if index < 30 else grey
        liveness = judge_liveness(memory, Frame(index=index, t_s=index / 15, grey=moving), settings.liveness)
        if seen is None and index > 30 and liveness.state is FrameState.FROZEN:
            seen = (index - 30) / 15
    black = Frame(index=90, t_s=6.0, grey=np.zeros((256, 256), np.uint8))
    lost = judge_liveness(memory, black, settings.liveness).state is FrameState.NO_SIGNAL
    if seen is None or not lost:
        return CheckOutcome(
            status=CheckStatus.FAILED, text=sentence("a frozen or empty picture was not noticed: do not use")
        )
    return CheckOutcome(
        status=CheckStatus.PASSED,
        text=sentence(f"frozen seen in {seen:.1f} s · lost seen in {NO_SIGNAL_MS / 1000:.1f} s"),
    )


def second_process(_settings: Settings) -> CheckOutcome:
    """Another process of the program can be started and answers."""
    began = time.monotonic()
    code = "import assistant.live.processes.watchdog; print('here')"
    answer = answer_of([sys.executable, "-c", code], limit_s=20.0)
    took = time.monotonic() - began
    if answer.status or b"here" not in answer.out:
        return CheckOutcome(
            status=CheckStatus.FAILED, text=sentence("no second process can be started: use the C-arm screen")
        )
    return CheckOutcome(status=CheckStatus.PASSED, text=sentence(f"second process answered in {took:.1f} s"))


def disk(_settings: Settings) -> CheckOutcome:
    """Room and speed of the disk that recordings go to."""
    home = data_home()
    free = shutil.disk_usage(home).free
    block = os.urandom(1_000_000)
    began = time.monotonic()
    with tempfile.NamedTemporaryFile(dir=home, prefix="selftest_") as file:
        for _ in range(_WRITE_BYTES // len(block)):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    rate = _WRITE_BYTES / max(time.monotonic() - began, 1e-6) / 1e6
    minutes = free / _BYTES_A_MINUTE
    left = sentence(f"{minutes / 60:.0f} h left") if minutes >= 120 else sentence(f"{minutes:.0f} min left")
    status = CheckStatus.PASSED if free >= _LEAST_FREE else CheckStatus.FAILED
    return CheckOutcome(status=status, text=sentence(f"{left} · write test {rate:.0f} MB/s"))


def recorder(settings: Settings) -> CheckOutcome:
    """A recording that is broken off plays up to there: the files are copied while they are written."""
    draw = np.random.default_rng(2)
    with tempfile.TemporaryDirectory(prefix="selftest_", dir=data_home()) as folder:
        run, torn = Path(folder) / "run", Path(folder) / "torn"
        run.mkdir()
        writer = Recorder(run, WriterSettings.of(settings.recording))
        try:
            now_ns = time.monotonic_ns()
            for index in range(_KILL_FRAMES):
                grey = draw.integers(0, 255, (192, 192), dtype=np.uint8)
                writer.offer(index, index * 33_000_000, now_ns + index * 33_000_000, grey)
                time.sleep(0.002)
            time.sleep(0.3)
            shutil.copytree(run, torn)
        finally:
            writer.close()
        source = open_source(str(torn))
        try:
            played = sum(1 for _ in source.frames())
        finally:
            source.close()
    lost = _KILL_FRAMES - played
    text = sentence(f"kill test: {lost} pictures lost of {_KILL_FRAMES} · playable")
    return CheckOutcome(status=CheckStatus.PASSED if 0 <= lost <= _MOST_LOST else CheckStatus.FAILED, text=text)


def name_mask(settings: Settings) -> CheckOutcome:
    """What is written is looked at: screens with names are recorded with the site's mask and read back."""
    if settings.capture.layout == "whole":
        return CheckOutcome(
            status=CheckStatus.NOTE, text=sentence("nothing is masked: set so for a source without text")
        )
    left, screens = names_left(settings)
    if left or not screens:
        return CheckOutcome(
            status=CheckStatus.FAILED,
            text=sentence(f"a name is left in {left} of {screens} written pictures: do not record"),
        )
    return CheckOutcome(
        status=CheckStatus.PASSED, text=sentence(f"no name in {screens} pictures written and read back")
    )


def inhibits_sleep(_settings: Settings) -> CheckOutcome:
    """Sleep and a shut lid can be held off, as they are while injecting."""
    return _held_off(try_out(SleepInhibitor(), lambda: time.sleep(_AWAKE_S)))


def screen_stays(_settings: Settings) -> CheckOutcome:
    """The screen saver and its lock can be held off, as they are while injecting."""
    return _held_off(ScreenSaver().try_out())


def _held_off(why_not: str) -> CheckOutcome:
    return CheckOutcome(
        status=CheckStatus.NOTE if why_not else CheckStatus.PASSED, text=why_not or sentence("held off while injecting")
    )


def shape_model(_settings: Settings) -> CheckOutcome:
    """The model that types leaks is whole, byte by byte."""
    found = find_pack()
    if found.pack is None:
        return CheckOutcome(
            status=CheckStatus.NOTE, text="; ".join(found.refused) or sentence("no model: the geometric rule answers")
        )
    identity = found.pack.identity
    return CheckOutcome(
        status=CheckStatus.PASSED, text=sentence(f"{identity.name} · {identity.sha256[:8]} · files whole")
    )


def clock(_settings: Settings) -> CheckOutcome:
    """The clock runs evenly beside the monotonic one, and its date can be."""
    offsets = []
    for _ in range(8):
        offsets.append(time.time() - time.monotonic())
        time.sleep(0.02)
    drift_ms = 1000 * (max(offsets) - min(offsets))
    now = datetime.now()
    if drift_ms > 20 or not 2024 <= now.year <= 2100:
        return CheckOutcome(
            status=CheckStatus.FAILED,
            text=sentence(f"the clock jumps ({drift_ms:.0f} ms) or its date is wrong: set it"),
        )
    spread = statistics.pstdev(offsets) * 1000
    date = f"{now:%d} {month_word(now)} {now:%Y %H:%M}"
    return CheckOutcome(status=CheckStatus.PASSED, text=sentence(f"{date} · even to {max(spread, 0.1):.1f} ms"))


def site_settings(settings: Settings) -> CheckOutcome:
    """Alarm limits lie within their ranges."""
    check(settings)
    percent = 100 * settings.alarms.warning_line_fraction
    return CheckOutcome(
        status=CheckStatus.PASSED,
        text=sentence(f"line b {percent:.0f} % · band {settings.alarms.posterior_band_mm:.0f} mm"),
    )


BEFORE_SOUND: Final = (
    Check(name=sentence("Video input"), run=video_input),
    Check(name=sentence("Delay, loop test"), run=delay),
    Check(name=sentence("Freeze, no signal"), run=freeze_watch),
)
AFTER_SOUND: Final = (
    Check(name=sentence("Second process"), run=second_process),
    Check(name="Disk", run=disk),  # sentences
    Check(name="Recorder", run=recorder),  # sentences
    Check(name=sentence("Name mask"), run=name_mask),
    Check(name=sentence("Sleep, lid"), run=inhibits_sleep),
    Check(name=sentence("Screen saver"), run=screen_stays),
    Check(name=sentence("Shape model"), run=shape_model),
    Check(name="Clock", run=clock),  # sentences
    Check(name=sentence("Alarm limits"), run=site_settings),
)
