"""F-34, F-36: a process without a core for a while. The picture goes on, the state is told, nothing is started anew."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from assistant.live.messages import Child, Lines, LiveState
from assistant.live.session import LiveSession
from assistant.live.state.picture_state import NO_SIGNAL_MS
from assistant.live.status import LiveStatus
from tests.assistant.live.conftest import planned, run_file, session, until

__all__ = ["run_file", "session"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process is stopped by a signal")


def pid_of(session: LiveSession, child: Child) -> int:
    pid = session.status.children[child].pid
    assert pid is not None
    return pid


def test_F_34(session: LiveSession) -> None:
    """The analysis starves for more than a second: told as late, HIGH while armed, newest first afterwards."""
    planned(session)
    assert session.arm() == ""
    pid, index = pid_of(session, Child.ANALYSIS), session.newest_index
    os.kill(pid, signal.SIGSTOP)
    begun_ns = session.status.now_ns
    try:
        until(session, lambda status: status.state is LiveState.ANALYSIS_LATE)
        assert "behind the picture" in session.status.reason
        assert "A7" in [alarm.code for alarm in session.status.alarms]
        assert not session.status.drawable
        until(session, lambda _: session.newest_index > index + 8)
        until(session, lambda status: status.now_ns - begun_ns > 1_200_000_000)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(session, lambda status: status.state is LiveState.LIVE and status.drawable)
    assert session.status.lines is Lines.CONFIRMED
    assert session.status.children[Child.ANALYSIS].restarts == 0
    moment = session.status.moment
    assert moment is not None
    assert moment.skipped > 0


def test_F_36(session: LiveSession) -> None:
    """The capture pauses for 300 ms: stale at most; no alarm, lines stay confirmed.

    On a machine that starves all of us a pause may be longer, or the analysis late too: that is told then, rightly.
    """
    planned(session)
    assert session.arm() == ""
    session.acknowledge()
    until(session, lambda status: status.state is LiveState.LIVE and status.drawable)  # no lag from before
    codes = {alarm.code for alarm in session.status.alarms}
    pid, seen = pid_of(session, Child.CAPTURE), list[LiveStatus]()
    begun_ns = session.status.now_ns
    os.kill(pid, signal.SIGSTOP)
    try:
        until(session, lambda status: seen.append(status) or status.now_ns - begun_ns > 300_000_000)
    finally:
        os.kill(pid, signal.SIGCONT)
    until(session, lambda status: status.state in (LiveState.LIVE, LiveState.UNKNOWN_VIEW))
    oldest_ms = max(status.frame_age_ms for status in seen)
    told = {status.state for status in seen} - {LiveState.LIVE, LiveState.STALE}
    assert told <= ({LiveState.NO_SIGNAL} if oldest_ms > NO_SIGNAL_MS else {LiveState.ANALYSIS_LATE})
    if not told:
        assert session.status.lines is Lines.CONFIRMED
        assert "A7" not in {alarm.code for alarm in session.status.alarms} - codes
