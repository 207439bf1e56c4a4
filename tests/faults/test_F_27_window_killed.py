"""F-27: kill -9 of the window. The watchdog tells it; recording unbroken; lines come back unconfirmed.

How soon (a second, five seconds): `bench_faults.py`.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.live.messages import Child, Lines, LiveState
from assistant.live.processes.running_session import find_running
from assistant.live.session import LiveSession
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.settings.tree import Settings
from tests.assistant.live.conftest import until
from tests.small_run import pictures, plan_document, write_video
from tests.waiting import wait_until

WINDOW = """
import json, sys, time
from pathlib import Path
import numpy as np
from assistant.live.session import LiveSession
from assistant.live.messages import LiveState
from assistant.settings.tree import Settings
session = LiveSession(sys.argv[1], Path(sys.argv[2]), Settings())
session.start()
session.sound_is(available=True)
plan, planned = json.loads(sys.argv[3]), False
while True:
    session.poll()
    if session.second is None and sys.argv[5]:
        session.open_second(sys.argv[5])
    inputs = 1 if session.second is None else 2
    if not planned and session.newest_index > 3 and (inputs == 1 or session.second.newest_index > 3):
        session.set_plan(plan, [np.load(sys.argv[4])] * inputs)
        session.confirm_lines()
        session.confirm_second_lines()
        session.arm()
        planned = True
    if planned and session.status.drawable and (inputs == 1 or session.second.status.drawable):
        sys.stdout.write("live\\n")
        sys.stdout.flush()
    time.sleep(0.02)
"""


Window = tuple[subprocess.Popen[bytes], str]


def open_window(folder: Path, *, two: bool) -> Window:
    """A window of its own process, monitoring and armed, with one input or with two; and the source."""
    run = write_video(folder / "run.mkv", pictures(100))
    np.save(folder / "reference.npy", pictures(100)[2])
    plan, source = plan_document(), f"loop:{run}"
    if two:
        lateral = plan["views"][0]
        plan = {**plan, "views": [lateral, {**lateral, "input": 2}]}
    arguments = [source, str(folder / "live"), json.dumps(plan), str(folder / "reference.npy"), source if two else ""]
    process = subprocess.Popen([sys.executable, "-c", WINDOW, *arguments], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"live\n"
    return process, source


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Callable[..., Window]]:
    opened: list[subprocess.Popen[bytes]] = []

    def make(*, two: bool = False) -> Window:
        made = open_window(tmp_path, two=two)
        opened.append(made[0])
        return made

    yield make
    for process in opened:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_F_27(window: Callable[..., Window], tmp_path: Path) -> None:
    process, source = window()
    left = find_running()
    assert left is not None
    assert left.session_memory is not None
    session_memory: SessionMemory = left.session_memory
    pids = left.living()
    assert set(pids) == set(Child)

    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until(lambda: session_memory.get(Register.WATCHDOG_ALARM))
    index = session_memory.ring.newest_index
    wait_until(lambda: session_memory.ring.newest_index > index + 5)

    session = LiveSession(source, tmp_path / "live", Settings())
    session.start()
    session.sound_is(available=True)
    assert session.goes_on
    until(session, lambda status: status.frame_index is not None and status.state is LiveState.UNKNOWN_VIEW)
    status = session.status
    assert status.lines is Lines.UNCONFIRMED
    assert not status.drawable
    assert status.armed
    assert "A8" in [alarm.code for alarm in status.alarms]
    assert {child: state.pid for child, state in status.children.items()} == pids
    session.confirm_lines()
    until(session, lambda status: status.state is LiveState.LIVE and status.drawable)
    until(session, lambda _: not session_memory.get(Register.WATCHDOG_ALARM))
    session.stop()

    recording = RunFolder(tmp_path / "live", "live")
    assert recording.recorded.losses == ""
    assert recording.log_fault() == ""
    # No time between two frames is asked for: a machine that starves everyone for a second is not the window's doing.
    numbers = [line.i for line in recording.recorded.lines]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert {line.v for line in recording.recorded.lines} == {0}
    recording.close()


def test_F_27_with_two_inputs(window: Callable[..., Window], tmp_path: Path) -> None:
    """The second input comes back with the window: its picture goes on, lines not confirmed, nothing lost."""
    process, source = window(two=True)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    session = LiveSession(source, tmp_path / "live", Settings())
    begun_ns = time.monotonic_ns()
    session.start()
    session.sound_is(available=True)
    second = session.second
    assert second is not None
    assert second.source == source
    until(session, lambda _: second.newest_index > 3 and session.newest_index > 3)
    until(session, lambda _: second.input.session_state.lines is Lines.UNCONFIRMED)
    assert second.status is not None
    assert not second.status.drawable
    session.confirm_lines()
    session.confirm_second_lines()
    until(session, lambda status: status.drawable and second.status is not None and second.status.drawable)
    until(session, lambda status: status.now_ns - begun_ns > 7e9)  # the processes of before have ended by themselves
    index = second.newest_index
    until(session, lambda _: second.newest_index > index + 20)
    assert session.stop()
    for folder in (tmp_path / "live", tmp_path / "live" / "second"):
        recording = RunFolder(folder, folder.name)
        assert recording.recorded.losses == "", folder
        times = [line.t for line in recording.recorded.lines]
        assert times == sorted(times)
        recording.close()
