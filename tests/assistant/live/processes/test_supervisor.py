import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.live.messages import Child, Condition
from assistant.live.orders import Start
from assistant.live.processes import supervisor
from assistant.live.processes.supervisor import ChildSupervisor
from assistant.live.shared.shared_memory import Register, SessionMemory
from assistant.settings.tree import Settings
from tests.waiting import HUNG_S, wait_until

HANGS_AFTER_S = supervisor._HANGS_AFTER_S


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own limit, which other tests are spared."""
    monkeypatch.setattr(supervisor, "_HANGS_AFTER_S", HANGS_AFTER_S)


@pytest.fixture
def nurse(session_memory: SessionMemory, tmp_path: Path) -> Iterator[ChildSupervisor]:
    def start(epoch: int) -> Start:
        return Start(
            session_memory=str(session_memory.path), source="", folder=str(tmp_path), settings=Settings(), epoch=epoch
        )

    session_memory.beat(Register.WINDOW_BEAT)
    made = ChildSupervisor(Child.WATCHDOG, session_memory, start)
    yield made
    made.end_now()


def until(nurse: ChildSupervisor, holds: Callable[[], bool]) -> list[Condition]:
    seen: list[Condition] = []
    wait_until(holds, lambda: seen.extend(change.condition for change in nurse.look()), lambda: nurse.state)
    return seen


def test_a_child_starts_says_so_and_ends_when_the_session_closes(
    nurse: ChildSupervisor, session_memory: SessionMemory, tmp_path: Path
) -> None:
    nurse.begin()
    assert until(nurse, lambda: nurse.is_well) == [Condition.RUNNING]
    assert nurse.state.restarts == 0
    session_memory.put(Register.CLOSING, 1)
    assert nurse.wait(HUNG_S)
    nurse.clear_note(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_killed_child_is_started_again_at_once(nurse: ChildSupervisor) -> None:
    nurse.begin()
    until(nurse, lambda: nurse.is_well)
    first = nurse.state.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    seen = until(nurse, lambda: nurse.is_well and nurse.state.pid != first)
    assert seen == [Condition.DIED, Condition.STARTING, Condition.RUNNING]
    assert nurse.state.restarts == 1


def test_a_child_that_starts_slowly_is_given_longer_each_time(
    session_memory: SessionMemory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The machine's first starts take a minute: with one limit for ever it would never come up."""
    monkeypatch.setattr(supervisor, "_STARTS_WITHIN_S", 15.0)
    monkeypatch.setattr(
        supervisor, "_command", lambda _child: [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
    )
    now_s = [0.0]

    def start(epoch: int) -> Start:
        return Start(
            session_memory=str(session_memory.path), source="", folder=str(tmp_path), settings=Settings(), epoch=epoch
        )

    nurse = ChildSupervisor(Child.WATCHDOG, session_memory, start, clock_ns=lambda: round(now_s[0] * 1e9))
    nurse.begin()
    given_up = []
    while len(given_up) < 5:
        now_s[0] += 1.0
        given_up += [change.reason for change in nurse.look() if change.condition is Condition.HANGING]
    nurse.end_now()
    assert given_up == [f"did not start within {limit} s" for limit in (15, 30, 60, 120, 120)]


@pytest.mark.usefixtures("soon")
def test_a_child_that_hangs_is_ended_and_started_again(nurse: ChildSupervisor) -> None:
    nurse.begin()
    until(nurse, lambda: nurse.is_well)
    first = nurse.state.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    seen = until(nurse, lambda: nurse.is_well and nurse.state.pid != first)
    assert seen == [Condition.HANGING, Condition.STARTING, Condition.RUNNING]


def test_a_child_of_a_window_that_died_is_looked_after(nurse: ChildSupervisor, session_memory: SessionMemory) -> None:
    nurse.begin()
    until(nurse, lambda: nurse.is_well)
    other = ChildSupervisor(Child.WATCHDOG, session_memory, lambda epoch: None)
    pid = nurse.state.pid
    assert pid is not None
    other.adopt(pid)
    assert other.look() == []
    assert other.is_well
    session_memory.put(Register.CLOSING, 1)
    assert other.wait(HUNG_S)


@pytest.mark.usefixtures("soon")
def test_a_child_that_asks_for_patience_gets_it(nurse: ChildSupervisor, session_memory: SessionMemory) -> None:
    nurse.begin()
    until(nurse, lambda: nurse.is_well)
    pid = nurse.state.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    session_memory.ask_patience(Register.WATCHDOG_BEAT, 0.7)
    asked_ns = session_memory.get(Register.WATCHDOG_BEAT)  # in the product's clock: until when it is busy
    until(nurse, lambda: nurse.state.condition is Condition.HANGING)
    assert time.monotonic_ns() - asked_ns > HANGS_AFTER_S * 1e9
