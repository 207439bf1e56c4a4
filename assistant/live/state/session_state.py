"""From all that was heard to what is shown: state, alarms, quiet line. Holds the session's memory of the picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from assistant.language import sentence
from assistant.live.alarms.alarm_list import LiveAlarms, Wanted
from assistant.live.alarms.conditions import Situation, of_cement, says_moved, technical
from assistant.live.alarms.early_alarms import EarlyAlarms
from assistant.live.messages import AlarmNotice, Child, Condition, Lines, LiveMoment, LiveState
from assistant.live.shared.shared_memory import Signs
from assistant.live.state.frozen_input import FrozenInputDetector
from assistant.live.state.picture_state import Known, Terms, judge, quiet
from assistant.live.state.timing import FrameTiming
from assistant.live.status import UNTIMED, ChildState, LiveAlarm, LiveStatus
from assistant.recording.recording_state import RecordingState
from assistant.run_facts import RunClock, RunFacts
from assistant.settings.tree import Settings
from assistant.vocabulary import Alarm, FrameState, Measure, Motion, Unknown

_UNTRACKED_S: Final = 1.0
_VALID_MS: Final = 300.0
_VALID_PERIODS: Final = 3.0
_NO_SOUND_YET: Final = sentence("the sound has not been heard yet")


@dataclass(slots=True)
class SessionState:
    """What the session remembers of the picture, the lines and the alarms.

    Attributes
    ----------
    settings : Settings
        Their limits are the ones of this session.
    views : tuple of str
        "lateral" or "ap" of each view of the present plan.
    faults : dict
        Faults that others tell: "sound", "shape", "log", "clock"; empty text or absent while all is well.
    wanted : tuple of Wanted
        The conditions of this picture that were true at the last look.
    second_conditions : tuple of Wanted
        Those of a second input, told with this one's.
    """

    since_ns: int
    settings: Settings
    state: LiveState = LiveState.NO_SIGNAL
    reason: str = ""
    armed: bool = False
    lines: Lines = Lines.NONE
    void_reason: str = ""
    views: tuple[str, ...] = ()
    plan_number: int = 0
    facts: RunFacts | None = None
    rehearsal: bool = False
    signs: Signs = field(default_factory=Signs)
    moment: LiveMoment | None = None
    newest_moment: LiveMoment | None = None
    recording: RecordingState = field(default_factory=RecordingState)
    recording_wanted: bool = True
    battery_percent: Measure = field(default_factory=lambda: Unknown("not on battery"))
    faults: dict[str, str] = field(default_factory=lambda: {"sound": _NO_SOUND_YET})
    frame_timing: FrameTiming = field(default_factory=FrameTiming)
    alarms: LiveAlarms = field(default_factory=LiveAlarms)
    frozen: FrozenInputDetector = field(default_factory=FrozenInputDetector)
    wanted: tuple[Wanted, ...] = ()
    second_conditions: tuple[Wanted, ...] = ()
    _early_alarms: EarlyAlarms = field(default_factory=EarlyAlarms)
    _untracked_since_ns: int | None = None
    _in_doubt_since_ns: int | None = None

    def new_plan(self, number: int, views: tuple[str, ...]) -> None:
        """Other lines from now on; nobody has confirmed them."""
        self.plan_number, self.views, self.moment = number, views, None
        self.lines, self.void_reason = Lines.UNCONFIRMED, ""
        self._early_alarms.forget()

    def add_alarm(self, notice: AlarmNotice) -> None:
        """An alarm raised or ended: it counts at once, and until the moment of its frame has come."""
        if notice.plan_number == self.plan_number:
            self._early_alarms.add(notice)

    def _standing(self) -> tuple[Alarm, ...]:
        """The alarms of the pipeline that stand by all that was heard."""
        return self._early_alarms.standing(self.moment.standing if self.moment is not None else ())

    def add_moment(self, moment: LiveMoment) -> None:
        """A new moment; one of an earlier plan tells only what the picture is."""
        self.frame_timing.see_moment(moment)
        self.frozen.see(moment)
        self.newest_moment = moment
        self._early_alarms.moment_came(moment.captured_ns)
        self.moment = moment if moment.plan_number == self.plan_number else None

    def forget_analysis(self) -> None:
        """The analysis died: nothing that it said is true of the picture now."""
        self.moment = self.newest_moment = None
        self._early_alarms.forget()
        self.frame_timing.forget_analysis()

    def look(
        self, now_ns: int, newest: tuple[int, int] | None, children: Mapping[Child, ChildState]
    ) -> tuple[LiveStatus, list[LiveAlarm], list[LiveAlarm]]:
        """Judge anew.

        Parameters
        ----------
        now_ns : int
        newest : tuple of int or None
            Number and capture time of the newest frame.
        children : mapping

        Returns
        -------
        LiveStatus, alarms raised, alarms ended
        """
        if newest is not None:
            analysed_ns = self.newest_moment.captured_ns if self.newest_moment is not None else None
            self.frame_timing.see_frame(*newest, analysed_ns)
        moved = says_moved(self._standing())
        self._judge(now_ns, newest, children, moved)
        self.wanted = tuple(self._conditions(now_ns, moved))
        raised, ended = self.alarms.update(now_ns, [*self.wanted, *self.second_conditions])
        return self._status(now_ns, newest, children, moved), raised, ended

    def _judge(
        self, now_ns: int, newest: tuple[int, int] | None, children: Mapping[Child, ChildState], moved: bool
    ) -> None:
        moment = self.newest_moment
        verdict = judge(
            Known(
                now_ns=now_ns,
                capture_well=_is_well(children.get(Child.CAPTURE)),
                analysis_well=_is_well(children.get(Child.ANALYSIS)),
                frame_ns=newest[1] if newest is not None else None,
                frame_period_ms=self.frame_timing.frame_period_ms(),
                waited_since_ns=self.frame_timing.waited_since_ns(moment.captured_ns) if moment is not None else None,
                frame_state=moment.liveness.state if moment is not None else None,
                frame_reason=moment.liveness.reason if moment is not None else "",
                noise_grey=moment.liveness.noise_grey if moment is not None else Unknown("nothing was analysed"),
                xray_age_s=moment.liveness.xray_age_s if moment is not None else Unknown("nothing was analysed"),
                frozen_after_s=self.settings.liveness.frozen_after_s,
                pulse_period_s=self.frame_timing.pulse_period_s(),
                mark_lit=self.signs.mark_lit,
                elsewhere=moment.liveness.elsewhere if moment is not None else "",
                in_colour=self.signs.in_colour,
                frozen=self.frozen.is_frozen,
                lines=self.lines,
                moved=moved,
            )
        )
        if verdict.state is not self.state:
            self.state, self.since_ns = verdict.state, now_ns
        self.reason = verdict.reason

    def _conditions(self, now_ns: int, moved: bool) -> list[Wanted]:
        cement: list[Wanted] = []
        if self.lines is not Lines.NONE:
            held = self.state in (
                LiveState.HELD,
                LiveState.FROZEN,
                LiveState.NO_SIGNAL,
                LiveState.NOT_FLUOROSCOPY,
            )
            cement = [
                replace(each, seen_ns=self._early_alarms.grabbed_ns(alarm))
                for alarm in self._standing()
                for each in of_cement((alarm,), held=held)
            ]
        untracked = self.state is LiveState.LIVE and not self._tracked
        self._untracked_since_ns = (self._untracked_since_ns or now_ns) if untracked else None
        lost_ns = now_ns - self._untracked_since_ns if self._untracked_since_ns is not None else 0
        seen = self.newest_moment if self.state in (LiveState.LIVE, LiveState.UNKNOWN_VIEW) else None
        in_doubt = seen is not None and bool(seen.liveness.doubt)
        self._in_doubt_since_ns = (self._in_doubt_since_ns or now_ns) if in_doubt else None
        situation = Situation(
            state=self.state,
            state_s=self._state_s(now_ns),
            armed=self.armed,
            lines=self.lines,
            void_reason=self.void_reason,
            moved=moved,
            tracked=lost_ns <= _UNTRACKED_S * 1e9,
            in_doubt_s=(now_ns - self._in_doubt_since_ns) / 1e9 if self._in_doubt_since_ns is not None else 0.0,
            sound_fault=self.faults.get("sound", ""),
            shape_fault=self.faults.get("shape", ""),
            recording_fault=self._recording_fault(now_ns),
            log_fault=self.faults.get("log", "") or self.faults.get("clock", ""),
            minutes_left=self.recording.minutes_left,
            lag_p95_ms=self.frame_timing.lags_ms(now_ns)[1],
            slow_ms=self.settings.alarms.slow_ms,
            dropped_share=self.frame_timing.dropped_share(now_ns),
            battery_percent=self.battery_percent,
        )
        return [*cement, *technical(situation)]

    @property
    def _is_untimed(self) -> bool:
        """A played run whose times are assumed: how long its X-ray was on nobody knows."""
        return self.facts is not None and self.facts.clock is RunClock.ASSUMED

    def _recording_fault(self, now_ns: int) -> str:
        if not self.recording_wanted:
            return ""
        if self.recording.fault:
            return self.recording.fault
        fresh = self.state in (LiveState.LIVE, LiveState.UNKNOWN_VIEW, LiveState.ANALYSIS_LATE)
        grown = self.recording.grew_ns
        if fresh and grown is not None and not self.recording.advancing(now_ns, within_s=4.0):
            return sentence("the file does not grow")
        return ""

    @property
    def _tracked(self) -> bool:
        moment = self.moment
        return (
            moment is not None
            and isinstance(moment.motion, Motion)
            and moment.cement_known
            and moment.liveness.state in (FrameState.LIVE, FrameState.REPEAT)
        )

    def _status(
        self, now_ns: int, newest: tuple[int, int] | None, children: Mapping[Child, ChildState], moved: bool
    ) -> LiveStatus:
        unknown = Unknown("no frame has come yet")
        period_ms = self.frame_timing.frame_period_ms()
        lag_ms, lag_p95_ms = self.frame_timing.lags_ms(now_ns)
        moment = self.moment
        terms = Terms(
            picture_live=self.state in (LiveState.LIVE, LiveState.UNKNOWN_VIEW, LiveState.ANALYSIS_LATE),
            lines_placed=self.lines is not Lines.NONE,
            analysis_in_time=self.state is not LiveState.ANALYSIS_LATE and moment is not None,
            lines_confirmed=self.lines is Lines.CONFIRMED,
            view_confirmed=not moved and self.state is LiveState.LIVE,
            tracking_good=self._tracked,
            sound_available=not self.faults.get("sound", ""),
            no_alarm_stands=not self.alarms.standing,
        )
        return LiveStatus(
            now_ns=now_ns,
            state=self.state,
            since_ns=self.since_ns,
            armed=self.armed,
            lines=self.lines,
            source=self.facts,
            rehearsal=self.rehearsal,
            reason=self.reason,
            frame_index=newest[0] if newest is not None else None,
            frame_age_ms=(now_ns - newest[1]) / 1e6 if newest is not None else unknown,
            xray_age_s=self._xray_age_s(now_ns),
            frames_per_s=period_ms if isinstance(period_ms, Unknown) else 1000.0 / period_ms,
            pictures_per_s=self.frame_timing.pictures_per_s(now_ns),
            lag_ms=lag_ms,
            lag_p95_ms=lag_p95_ms,
            limits=self.settings.alarms,
            moment=moment,
            drawable=self.state is LiveState.LIVE and _is_valid(moment, now_ns, period_ms),
            alarms=self.alarms.ordered(),
            quiet=quiet(terms, armed=self.armed, view=self._view()),
            sound=self.alarms.sound(now_ns),
            recording=self.recording,
            children=dict(children),
            push_s=UNTIMED if self._is_untimed else self.frame_timing.push_s(now_ns),
            xray_s=UNTIMED if self._is_untimed else self.frame_timing.known_xray_s,
            let_through=self.signs.let_through,
        )

    def _view(self) -> str:
        motion = self.moment.motion if self.moment is not None else None
        if isinstance(motion, Motion) and motion.view_index < len(self.views):
            return self.views[motion.view_index]
        return self.views[0] if self.views else ""

    def _state_s(self, now_ns: int) -> float:
        """How long the state has lasted; a held picture has been held since its X-ray, as the plate on it says."""
        age_s = self._xray_age_s(now_ns) if self.state is LiveState.HELD else Unknown("not held")
        return (now_ns - self.since_ns) / 1e9 if isinstance(age_s, Unknown) else age_s

    def _xray_age_s(self, now_ns: int) -> Measure:
        moment = self.newest_moment
        if moment is None:
            return Unknown("nothing was analysed")
        age_s = moment.liveness.xray_age_s
        return age_s if isinstance(age_s, Unknown) else age_s + (now_ns - moment.captured_ns) / 1e9


def _is_well(state: ChildState | None) -> bool:
    return state is not None and state.condition is Condition.RUNNING


def _is_valid(moment: LiveMoment | None, now_ns: int, period_ms: Measure) -> bool:
    """Everything drawn has a death time: three frame periods after its picture was grabbed, 300 ms at least."""
    if moment is None or not isinstance(moment.motion, Motion):
        return False
    periods_ms = 0.0 if isinstance(period_ms, Unknown) else _VALID_PERIODS * period_ms
    return (now_ns - moment.captured_ns) / 1e6 <= max(_VALID_MS, periods_ms)
