from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from assistant.live.messages import AlarmNotice, Child, Condition, Lines, LiveMoment, LiveState
from assistant.live.shared.shared_memory import Signs
from assistant.live.state.session_state import SessionState
from assistant.live.status import ChildState, LiveStatus
from assistant.settings.tree import Settings
from assistant.vocabulary import Alarm, AlarmSite, EventKind, FrameState, Priority, Unknown

MS = 1_000_000
WELL = {child: ChildState(condition=Condition.RUNNING) for child in Child}


class SessionDrive:
    """Frames at 25 a second, analysed 20 ms later; the clock is turned by hand."""

    def __init__(self, moment: Callable[..., LiveMoment]) -> None:
        self.session_state = SessionState(since_ns=0, settings=Settings())
        self.session_state.lines, self.session_state.plan_number, self.session_state.views = (
            Lines.CONFIRMED,
            1,
            ("lateral",),
        )
        self.session_state.faults["sound"] = ""
        self.now_ns = 0
        self.index = 0
        self.last_ns = 0
        self.children = dict(WELL)
        self._moment = moment

    def run(self, frames: int, state: FrameState = FrameState.LIVE, age_s: float = 0.0, **changes: Any) -> LiveStatus:
        for _ in range(frames):
            self.now_ns += 40 * MS
            at = self.last_ns = self.now_ns
            moment = self._moment(state, age_s, frame_index=self.index, captured_ns=at, finished_ns=at, **changes)
            self.session_state.add_moment(moment)
            status, _, _ = self.session_state.look(self.now_ns, (self.index, at), self.children)
            self.index += 1
        return status

    def wait(self, ms: int) -> LiveStatus:
        self.now_ns += ms * MS
        return self.session_state.look(self.now_ns, (self.index - 1, self.last_ns), self.children)[0]


@pytest.fixture
def drive(moment: Callable[..., LiveMoment]) -> SessionDrive:
    return SessionDrive(moment)


def codes(status: LiveStatus) -> list[str]:
    return [alarm.code for alarm in status.alarms]


def test_a_quiet_armed_picture_says_that_no_crossing_is_seen(drive: SessionDrive) -> None:
    drive.session_state.armed = True
    status = drive.run(10)
    assert (status.state, status.drawable, codes(status)) == (LiveState.LIVE, True, [])
    assert status.quiet.seen_none


def test_until_the_sound_was_heard_nothing_is_known(drive: SessionDrive) -> None:
    drive.session_state.armed = True
    drive.session_state.faults["sound"] = "not heard"
    status = drive.run(10)
    assert codes(status) == ["A10"]
    assert not status.quiet.seen_none


def test_F_36_a_short_pause_of_the_source_is_no_alarm(drive: SessionDrive) -> None:
    """450 ms without a frame, its analysis 90 ms later: 540 ms after the picture analysed last, and nothing is late."""
    drive.session_state.armed = True
    drive.run(50)
    assert drive.wait(450).state is LiveState.STALE
    drive.index, drive.last_ns = drive.index + 1, drive.now_ns
    status = drive.wait(90)
    assert (status.state, status.drawable, codes(status)) == (LiveState.LIVE, False, [])
    status = drive.wait(420)
    assert (status.state, codes(status)) == (LiveState.STALE, [])


def test_signal_loss_by_the_times_of_the_table(drive: SessionDrive) -> None:
    """F-01: stale after 250 ms, no signal and HIGH after a second; nothing is drawn after 300 ms."""
    drive.session_state.armed = True
    assert drive.run(50).drawable
    assert drive.wait(240).state is LiveState.LIVE
    status = drive.wait(100)
    assert (status.state, status.drawable, codes(status)) == (LiveState.STALE, False, [])
    status = drive.wait(700)
    assert status.state is LiveState.NO_SIGNAL
    assert [(alarm.code, alarm.priority) for alarm in status.alarms] == [("A7", Priority.HIGH)]


def test_a_moment_of_an_old_plan_is_not_shown(drive: SessionDrive) -> None:
    drive.run(3)
    drive.session_state.plan_number = 2
    status = drive.run(1)
    assert status.moment is None
    assert not status.drawable


def test_after_the_analysis_died_nothing_old_is_drawn_and_a_crossing_keeps_standing(drive: SessionDrive) -> None:
    drive.session_state.armed = True
    crossing = Alarm(
        kind=EventKind.WARNING_LINE,
        site=AlarmSite.POSTERIOR,
        priority=Priority.HIGH,
        first_frame=1,
        last_frame=None,
        headline="CEMENT AT POSTERIOR LINE",
        action="Stop injecting.",
    )
    assert codes(drive.run(5, standing=(crossing,))) == ["A1"]
    drive.children[Child.ANALYSIS] = ChildState(condition=Condition.DIED)
    drive.session_state.forget_analysis()
    status = drive.wait(20)
    assert status.state is LiveState.ANALYSIS_LATE
    assert not status.drawable
    assert set(codes(status)) == {"A1", "A7"}
    assert [alarm.holds for alarm in status.alarms if alarm.code == "A1"] == [False]


def test_a_medium_is_still_to_be_read_when_x_ray_goes_off(drive: SessionDrive) -> None:
    near = Alarm(
        kind=EventKind.APPROACHING_POSTERIOR,
        site=AlarmSite.POSTERIOR,
        priority=Priority.MEDIUM,
        first_frame=1,
        last_frame=None,
        headline="CEMENT NEAR POSTERIOR LINE",
        action="Slow down.",
    )
    drive.session_state.armed = True
    drive.run(5, standing=(near,))
    status = drive.run(30, FrameState.FROZEN, 2.0, standing=(near,))
    assert status.state is LiveState.HELD
    assert [(alarm.code, alarm.before_held, alarm.silent) for alarm in status.alarms] == [("A4", True, True)]
    assert codes(drive.run(3)) == []


def test_cement_that_is_not_tracked_is_told_after_a_second(drive: SessionDrive) -> None:
    lost = {"motion": Unknown("x"), "cement_known": False}
    drive.session_state.armed = True
    drive.run(5)
    status = drive.run(20, FrameState.UNUSABLE, **lost)
    assert codes(status) == []
    assert not status.quiet.seen_none
    assert codes(drive.run(10, FrameState.UNUSABLE, **lost)) == ["A11"]


def test_a_driver_that_repeats_itself_bit_by_bit_is_frozen_where_held_pictures_had_noise(drive: SessionDrive) -> None:
    """F-02: `read` goes on saying True after the plug was pulled."""
    drive.session_state.armed = True
    for k in range(20):
        drive.run(1, picture=k)
    for k in range(40):
        status = drive.run(1, FrameState.FROZEN, 2.0, picture=20 + k)
    assert status.state is LiveState.HELD
    status = drive.run(12, FrameState.FROZEN, 4.0, picture=59)
    assert status.state is LiveState.FROZEN
    assert codes(status) == ["A7"]


def test_a_digital_source_that_holds_is_not_frozen(drive: SessionDrive) -> None:
    for k in range(20):
        drive.run(1, picture=k)
    status = drive.run(60, FrameState.FROZEN, 2.0, picture=19)
    assert status.state is LiveState.HELD


def test_a_recording_that_does_not_grow_is_told(drive: SessionDrive) -> None:
    recording = drive.session_state.recording
    drive.session_state.recording = replace(recording, fault="the disk is full")
    assert codes(drive.run(2)) == ["A14"]
    drive.session_state.recording = replace(recording, grew_ns=drive.now_ns)
    assert drive.run(2).recording.advancing(drive.now_ns)
    status = drive.run(150)
    assert not status.recording.advancing(drive.now_ns)
    assert "A14" in codes(status)


def test_a_mark_that_is_lit_over_a_picture_that_stands_still_is_frozen(drive: SessionDrive) -> None:
    drive.run(5)
    drive.session_state.signs = Signs(mark_lit=True, let_through=0.6)
    status = drive.run(40, FrameState.FROZEN, 2.0, picture=4)
    assert status.state is LiveState.FROZEN
    assert status.let_through == 0.6


def test_the_bar_and_the_plate_say_the_same_of_how_long_a_picture_is_held(drive: SessionDrive) -> None:
    drive.session_state.armed = True
    drive.run(25)
    for k in range(300):
        status = drive.run(1, FrameState.FROZEN if k > 25 else FrameState.REPEAT, (k + 1) * 0.04, picture=1000 + k)
    assert status.state is LiveState.HELD
    (held,) = [alarm for alarm in status.alarms if alarm.code == "A12"]
    assert isinstance(status.xray_age_s, float)
    assert held.headline == f"HELD IMAGE {int(status.xray_age_s)} s"
    assert int(status.xray_age_s) == 12


CROSSING = Alarm(
    kind=EventKind.WARNING_LINE,
    site=AlarmSite.POSTERIOR,
    priority=Priority.HIGH,
    first_frame=5,
    last_frame=None,
    headline="CEMENT AT POSTERIOR LINE",
    action="Stop injecting. Check both planes.",
)


def heard(drive: SessionDrive, alarm: Alarm, plan_number: int = 1) -> LiveStatus:
    at = drive.now_ns + 20 * MS
    drive.session_state.add_alarm(AlarmNotice(alarm=alarm, plan_number=plan_number, captured_ns=at, finished_ns=at))
    return drive.wait(40)


def test_an_alarm_that_is_handed_out_early_stands_and_sounds_before_its_moment_has_come(drive: SessionDrive) -> None:
    drive.session_state.armed = True
    drive.run(5)
    seen_ns = drive.now_ns + 20 * MS
    status = heard(drive, CROSSING)
    assert (codes(status), status.sound.priority, status.sound.bursts) == (["A1"], Priority.HIGH, 1)
    assert status.alarms[0].seen_ns == seen_ns, "the delay counts from the picture"
    status = drive.run(1, standing=(CROSSING,))
    assert (codes(status), status.sound.bursts) == (["A1"], 1)
    assert status.alarms[0].seen_ns == seen_ns


def test_an_early_alarm_of_lines_that_are_not_these_is_none(drive: SessionDrive) -> None:
    drive.run(5)
    assert codes(heard(drive, CROSSING, plan_number=7)) == []


def test_an_end_that_is_told_early_counts_at_once(drive: SessionDrive) -> None:
    near = replace(CROSSING, kind=EventKind.APPROACHING_POSTERIOR, priority=Priority.MEDIUM)
    drive.session_state.armed = True
    drive.run(60, standing=(near,))
    assert codes(heard(drive, replace(near, last_frame=9))) == []
