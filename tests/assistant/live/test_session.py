"""A whole session, with real processes: what the window gets to see and what lies on the disk afterwards."""

import json
import os
import signal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.capture.run_folder import RunFolder
from assistant.cli import main
from assistant.errors import EnvironmentError_, UsageError
from assistant.live.messages import (
    AlarmNotice,
    ArmedByGrowth,
    Child,
    Condition,
    Lines,
    LinesVoid,
    LiveState,
    Message,
    Moved,
    PlanRefused,
    SourceOpened,
)
from assistant.live.session import LiveSession
from assistant.live.state.arming import CementGrowth
from assistant.readings.live_line import FILES, lines_of
from assistant.settings.tree import Settings
from assistant.validation.validate import validate
from assistant.vocabulary import Unknown
from tests.assistant.live.conftest import planned, until
from tests.small_run import pictures, plan_document


def test_a_session_from_its_start_to_its_end(
    session: LiveSession, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Message] = []
    poll = session.poll
    # The run goes on while the lines are confirmed: on a busy machine its first alarm may be heard by then.
    monkeypatch.setattr(session, "poll", lambda: told.extend(fresh := poll()) or fresh)
    session.start()
    heard = until(session, lambda status: status.frame_index is not None and status.frame_index >= 5)
    (opened,) = [message for message in heard if isinstance(message, SourceOpened)]
    assert opened.rehearsal
    assert opened.facts.width_px == 320
    frame = session.newest_frame()
    assert frame is not None
    assert frame.grey.shape == (300, 320)
    assert session.status.lines is Lines.NONE
    assert session.arm().startswith("There are no lines yet")

    planned(session)
    assert session.arm() == ""
    until(session, lambda status: any(alarm.code == "A1" for alarm in status.alarms))
    assert any(isinstance(message, AlarmNotice) for message in told)
    until(session, lambda _: sum(isinstance(message, Moved) for message in told) > 20)
    assert session.acknowledge()
    session.note("millilitres", "0.2 ml in", total_ml=0.2)
    clip = session.clip(1.0)
    assert clip is not None
    assert clip[1] > clip[0]
    until(session, lambda status: status.recording.advancing(status.now_ns))
    assert session.stop()

    source = RunFolder(session.folder, "live")
    assert source.recorded.losses == ""
    assert source.log_fault() == ""
    kinds = [json.loads(line)["kind"] for line in (session.folder / "events.jsonl").read_text().splitlines()]
    wanted = ["session_started", "plan_set", "lines_confirmed", "armed", "alarm", "acknowledged", "millilitres", "clip"]
    assert [kind for kind in wanted if kind not in kinds] == []
    assert kinds[-1] == "session_ended"
    originals = {picture.tobytes() for picture in pictures(100)}
    assert all(frame.grey.tobytes() in originals for frame in source.frames())
    assert len([entry for entry in lines_of(next(session.folder.glob(FILES))) if "row" in entry]) > 10
    source.close()
    assert all(finding.status == 0 for finding in validate(session.folder, Settings()))
    results = session.folder.parent / "results"
    assert (
        main(["analyze", str(session.folder), "--plan", str(session.folder / "plan.json"), "--out", str(results)]) == 0
    )
    document = json.loads((results / "result.json").read_text())
    assert document["complete"]
    assert document["run"]["frames"] == len(source.recorded.lines)


def test_the_source_may_not_be_there_and_comes_later(session: LiveSession, run_file: Path, tmp_path: Path) -> None:
    session.source = f"play:{tmp_path / 'later.mkv'}"
    session.start()
    until(session, lambda status: status.children[Child.CAPTURE].condition is Condition.RUNNING)
    assert session.status.state is LiveState.NO_SIGNAL
    os.link(run_file, tmp_path / "later.mkv")
    until(session, lambda status: status.frame_index is not None)


def test_a_killed_analysis_comes_back_with_lines_that_nobody_has_confirmed(session: LiveSession) -> None:
    """F-29: told, back by itself, the picture goes on. How soon: `bench_faults.py`."""
    planned(session)
    session.arm()
    pid = session.status.children[Child.ANALYSIS].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    heard = until(session, lambda status: status.state is LiveState.ANALYSIS_LATE)
    assert not session.status.drawable
    assert "A7" in [alarm.code for alarm in session.status.alarms]
    index = session.newest_index
    heard += until(session, lambda status: status.state is LiveState.UNKNOWN_VIEW)
    assert session.newest_index > index
    assert any(isinstance(message, LinesVoid) for message in heard)
    assert session.status.lines is Lines.UNCONFIRMED
    session.confirm_lines()
    until(session, lambda status: status.drawable)


def test_a_killed_capture_comes_back_and_numbers_go_on(session: LiveSession) -> None:
    """F-28: the recording of before plays, the new one follows in files of its own."""
    planned(session)
    pid, index = session.status.children[Child.CAPTURE].pid, session.newest_index
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(session, lambda status: status.state is LiveState.NO_SIGNAL)
    until(session, lambda status: session.newest_index > index + 10)
    assert session.status.lines is Lines.UNCONFIRMED
    assert session.stop()
    source = RunFolder(session.folder, "live")
    lines = source.recorded.lines
    assert [line.i for line in lines] == list(range(len(lines)))
    assert all(b.t >= a.t for a, b in pairwise(lines))
    assert source.recorded.lost_frames <= 3
    assert {line.v for line in lines if line.v >= 0} == {0, 1}
    source.close()


def test_a_plan_that_cannot_be_followed_is_refused(session: LiveSession) -> None:
    session.start()
    until(session, lambda status: status.frame_index is not None)
    with pytest.raises(UsageError, match="reference pictures"):
        session.set_plan(plan_document(), [])
    session.set_plan(plan_document(), [np.zeros((100, 100), np.uint8)])
    heard = until(session, lambda status: status.lines is Lines.NONE)
    assert any(isinstance(message, PlanRefused) for message in heard)


def test_cement_that_grows_arms_again_and_says_so(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended by hand, and the cement grows on: nobody is left with the word that injecting has ended."""
    told: list[Message] = []
    poll = session.poll
    monkeypatch.setattr(session, "poll", lambda: told.extend(fresh := poll()) or fresh)
    session.start()
    until(session, lambda status: status.frame_index is not None and status.frame_index >= 5)
    planned(session)
    assert session.arm() == ""
    assert not any(isinstance(message, ArmedByGrowth) for message in told)  # the person said so
    session.disarm()
    monkeypatch.setattr(CementGrowth, "grows", lambda *_: True)
    until(session, lambda status: status.armed)
    until(session, lambda _: any(isinstance(message, ArmedByGrowth) for message in told))
    assert sum(isinstance(message, ArmedByGrowth) for message in told) == 1


def test_lines_that_are_void_cannot_be_armed(session: LiveSession) -> None:
    planned(session)
    session.void_lines("the table was moved")
    session.poll()
    assert session.status.state is LiveState.UNKNOWN_VIEW
    assert "not confirmed" in session.arm()
    assert session.status.moment is None or isinstance(session.status.xray_age_s, (float, Unknown))


def test_a_second_window_is_refused_and_names_the_first(session: LiveSession, tmp_path: Path, monkeypatch) -> None:
    """F-13."""
    session.start()
    session.poll()
    first = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: first + 1)
    other = LiveSession(session.source, tmp_path / "other", Settings())
    with pytest.raises(EnvironmentError_, match=f"another window of the program \\(process {first}\\)"):
        other.start()
    monkeypatch.undo()


def test_before_its_start_a_session_says_so(session: LiveSession) -> None:
    with pytest.raises(UsageError, match="not been started"):
        session.poll()
    assert session.stop()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentError_, match="cannot be made"):
        LiveSession("play:x", tmp_path / "file" / "run", Settings()).start()
