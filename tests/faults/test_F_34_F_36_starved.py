"""F-34, F-36: a process without a core for a while. The picture goes on, the state is told, nothing is started anew."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from assistant.live.messages import Child, Lines, LiveState
from assistant.live.session import LiveSession
from tests.assistant.live.conftest import planned, run_file, session, until

__all__ = ["run_file", "session"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process is stopped by a signal")


def pid_of(session: LiveSession, child: Child) -> int:
    pid = session.status.children[child].pid
    assert pid is not None
    return pid


def test_F_34(session: LiveSession) -> None:
    """The analysis starves for 1.2 s: late within a second, HIGH while armed, newest first afterwards."""
    planned(session)
    assert session.arm() == ""
    pid, index = pid_of(session, Child.ANALYSIS), session.newest_index
    os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        until(session, lambda status: status.state is LiveState.ANALYSIS_LATE)
        late_s = time.monotonic() - begun
        assert late_s < 1.0
        assert "A7" in [alarm.code for alarm in session.status.alarms]
        assert not session.status.drawable
        until(session, lambda _: session.newest_index > index + 8)
        while time.monotonic() - begun < 1.2:
            session.poll()
            time.sleep(0.01)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(session, lambda status: status.state is LiveState.LIVE and status.drawable)
    assert session.status.lines is Lines.CONFIRMED
    assert session.status.children[Child.ANALYSIS].restarts == 0
    moment = session.status.moment
    assert moment is not None
    assert moment.skipped > 0


def test_F_36(session: LiveSession) -> None:
    """The capture pauses for 300 ms: stale at most; no alarm, lines stay confirmed."""
    planned(session)
    assert session.arm() == ""
    session.acknowledge()
    until(session, lambda status: status.state is LiveState.LIVE and status.drawable)  # no lag from before
    codes = {alarm.code for alarm in session.status.alarms}
    pid, seen = pid_of(session, Child.CAPTURE), set()
    os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        while time.monotonic() - begun < 0.3:
            session.poll()
            seen.add(session.status.state)
            time.sleep(0.01)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(session, lambda status: status.state is LiveState.LIVE)
    assert seen <= {LiveState.LIVE, LiveState.STALE}
    assert session.status.lines is Lines.CONFIRMED
    assert "A7" not in {alarm.code for alarm in session.status.alarms} - codes
