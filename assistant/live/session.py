"""One live session as the window sees it: starts the processes, hears them, keeps the state, tells what to show.

Nothing here waits: `LiveSession.poll` is called by the window's timer (every 16 to 33 ms) and returns at once.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from assistant.errors import EnvironmentError_, UsageError
from assistant.identity import Identity, session_of
from assistant.language import sentence
from assistant.live.input import Kept, LiveInput
from assistant.live.machine.machine_watch import MachineWatch
from assistant.live.machine.sleep_inhibitor import SleepInhibitor
from assistant.live.messages import (
    AlarmNotice,
    ArmedByGrowth,
    FaultNotice,
    Message,
    ShapeModelStatus,
    StampedFrame,
    StateChanged,
)
from assistant.live.orders import Acknowledge, Order, Start
from assistant.live.plan_store import second_left, split_plan
from assistant.live.processes.session_processes import SessionProcesses
from assistant.live.second_input import SecondInput
from assistant.live.session_events import AuditLog
from assistant.live.shared.shared_memory import Register, SessionMemory, read_signs
from assistant.live.state.arming import why_not
from assistant.live.status import LiveAlarm, LiveStatus
from assistant.recording.keeping import begin_head, write_head
from assistant.settings.tree import Settings
from assistant.vocabulary import Grey, Priority

_CLOSE_WITHIN_S: Final = 4.0


class LiveSession:
    """A live session.

    Parameters
    ----------
    source : str
        A camera ("0", "/dev/video0", "camera:0", an address), or a rehearsal: ``play:PATH``, ``loop:PATH``.
    folder : Path
    settings : Settings
    watchdog_window : sequence of str
        Command that opens the watchdog's own window (it is kept ready, hidden); empty: sound only.
    restart : sequence of str
        Command that starts the window again after it has died; empty: nobody does.
    clock_ns : callable
    """

    def __init__(
        self,
        source: str,
        folder: Path,
        settings: Settings,
        *,
        watchdog_window: Sequence[str] = (),
        restart: Sequence[str] = (),
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.source, self.folder, self._settings = source, folder, settings
        self._watchdog_window, self._restart = tuple(watchdog_window), tuple(restart)
        self._clock_ns = clock_ns
        self._processes: SessionProcesses | None = None
        self._input = LiveInput(folder, settings, self._log_event, clock_ns())
        self._session_state = self._input.session_state
        self.second: SecondInput | None = None
        self._status: LiveStatus | None = None
        self._audit_log: AuditLog | None = None
        self._machine, self._awake = MachineWatch(), SleepInhibitor()
        self._inbox: list[Message] = []
        self._begun = begin_head(folder)
        self.identity: Identity = session_of(self._begun)

    def start(self) -> None:
        """Start the processes and the event log.

        Raises
        ------
        EnvironmentError_
            If there is no room for the shared memory, or the folder cannot be made.
        UsageError
        """
        if self._processes is not None:
            raise UsageError("the live session has been started already")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError_(f"{self.folder}: cannot be made ({error.strerror}); choose another") from error
        self._processes = SessionProcesses(self.folder, self.source, self._orders, self._clock_ns)
        self._audit_log = AuditLog(self.folder, self._clock_ns)
        self._log_event("session_started", source=self.source, taken_over=self._processes.taken_over)
        try:
            write_head(self.folder, self.source, self._settings, None, self._begun)
        except EnvironmentError_:
            self._inbox.append(
                FaultNotice(
                    happened=sentence("The disk takes no recording."), do=sentence("Monitoring works. Make room.")
                )
            )
        self._session_state.armed = bool(self.session_memory.get(Register.ARMED))
        self._input.begin(self.session_memory, self.events)
        left = second_left(self.events)
        if left:
            self._inbox += self.open_second(left)

    def _orders(self, session_memory: str, epoch: int) -> Start:
        return Start(
            session_memory=session_memory,
            source=self.source,
            folder=str(self.folder),
            settings=self._settings,
            epoch=epoch,
            watchdog_window=self._watchdog_window,
            restart=self._restart,
        )

    @property
    def session_memory(self) -> SessionMemory:
        """The shared memory.

        Raises
        ------
        UsageError
        """
        if self._processes is None:
            raise UsageError("the live session has not been started")
        return self._processes.session_memory

    @property
    def goes_on(self) -> bool:
        """Whether it went on with what a dead window had left."""
        return self._processes is not None and self._processes.taken_over

    def stop(self) -> bool:
        """End all processes, the recording closed in order; True if all ended by themselves in time."""
        if self._processes is None or self._audit_log is None:
            return True
        self._log_event("session_ended")
        self._awake.follow(armed=False)
        self._audit_log.anchor(self.session_memory.to_capture, force=True)
        in_order = self.second is None or self.second.stop()
        in_order &= self._processes.end(self.folder, _CLOSE_WITHIN_S)
        in_order &= self._audit_log.close()
        with contextlib.suppress(EnvironmentError_):
            head = self._audit_log.head if in_order else None
            write_head(self.folder, self.source, self._settings, head, self._begun)
        self._processes = self._audit_log = self.second = None
        return in_order

    def poll(self) -> tuple[Message, ...]:
        """All news since the last call, in order; also looks after the children and brings `status` up to date."""
        session_memory = self.session_memory
        assert self._processes is not None
        messages: list[Message] = []
        for change in self._processes.look():
            messages.append(change)
            self._input.child_changed(change)
        received: list[Message] = [
            *session_memory.capture_says.take(),
            *session_memory.analysis_says.take(),
            *session_memory.watchdog_says.take(),
        ]
        for message in received:
            messages.append(message)
            self._hear(message)
        self._poll_second()
        for inbox in (self._inbox, self._input.inbox):
            messages += inbox
            inbox.clear()
        self._look_at_machine()
        messages += self._refresh()
        if self._audit_log is not None:
            self._audit_log.anchor(session_memory.to_capture)
        return tuple(messages)

    @property
    def status(self) -> LiveStatus:
        """Everything that is to be shown, as of the last `poll`."""
        if self._status is None:
            self._refresh()
        assert self._status is not None
        return self._status

    def newest_frame(self) -> StampedFrame | None:
        """A copy of the newest frame; None before the first."""
        return self.session_memory.ring.newest()

    @property
    def newest_index(self) -> int:
        """Number of the newest frame, without copying it; -1 before the first."""
        return self.session_memory.ring.newest_index

    def frame(self, index: int) -> StampedFrame | None:
        """A copy of one of the last frames; None where it is gone."""
        return self.session_memory.ring.read(index)

    @property
    def events(self) -> tuple[dict[str, Any], ...]:
        """What the event log of this folder held before the session started: for going on after a crash."""
        return self._audit_log.before if self._audit_log is not None else ()

    def set_plan(self, document: dict[str, Any], references: Sequence[Grey]) -> int:
        """Work with a plan; its lines are unconfirmed until `confirm_lines`.

        Parameters
        ----------
        document : dict
            ``plan.json`` of the contract; ``reference_frame`` are frame numbers of this session. A view with
            ``"input": 2`` is of the second input, which analyses it by itself.
        references : sequence of array
            The picture of each view's reference frame.

        Returns
        -------
        int
            The plan's number; ``PlanTaken`` or ``PlanRefused`` with it follows.

        Raises
        ------
        UsageError
            If it is no usable plan, or a view of it is of a second input that is not open.
        EnvironmentError_
            If the reference pictures cannot be kept.
        """
        first, second = split_plan(document, references)
        if second is not None and self.second is None:
            raise UsageError("a view of the plan is of the second input, and none is open; open it in set-up, step 1")
        number = self._input.set_plan(*first)
        if self.second is not None and second is not None:
            self.second.set_plan(*second)
        elif self.second is not None:
            self.second.input.drop_lines()
        return number

    def open_second(self, source: str) -> list[FaultNotice]:
        """Open a second grabber beside the first (the other plane); empty closes it. What went wrong, for the person.

        Never while armed: then it stays as it is.
        """
        if self._session_state.armed and self.second is not None:
            return [
                FaultNotice(happened=sentence("The second input stays as it is."), do=sentence("End injecting first."))
            ]
        if self.second is not None:
            self._log_event("second_closed")
            self.second.stop()
            self.second, self._session_state.second_conditions = None, ()
        if not source:
            return []
        try:
            self.second = SecondInput(source, self.folder, self._settings, self._log_event, self._clock_ns)
        except EnvironmentError_ as error:
            return [FaultNotice(happened=sentence(f"No second input: {error}."), do=sentence("The first goes on."))]
        self._log_event("second_opened", source=source)
        self.second.begin(self.events)
        return []

    @property
    def _inputs(self) -> list[LiveInput]:
        return [self._input] if self.second is None else [self._input, self.second.input]

    def look_at(self, place: tuple[float, float] | None) -> None:
        """Before a plan: look at the picture of the screen at this place; None: at the one that changes."""
        self._input.look_at(place)

    def take_display(self) -> Kept | None:
        """The person takes over how the console shows its pictures now; None where nothing is offered."""
        return next((kept for each in self._inputs if (kept := each.take_display()) is not None), None)

    @property
    def offered_display(self) -> str:
        """How a console shows its pictures, where that may be taken over; empty where nothing is offered."""
        states = (each.session_state for each in self._inputs)
        offered = (each.moment.offered for each in states if each.moment is not None)
        return next((each.words for each in offered if each is not None), "")

    def answer_before(self, *, is_there: bool) -> Kept | None:
        """The person says whether cement stood there before the start, or says it anew; None where nobody asked."""
        asking = [each for each in self._inputs if each.asks_before] or self._inputs
        answers = [kept for each in asking if (kept := each.answer_before(is_there=is_there)) is not None]
        return next((kept for kept in answers if kept.unwritten), answers[0] if answers else None)

    @property
    def counts_before(self) -> bool:
        """Whether such cement is counted, but for a no, in each picture of which that was asked."""
        asked = [each for each in self._inputs if each.asks_before or each.said_before]
        return bool(asked) and all(each.counts_before for each in asked)

    @property
    def asks_before(self) -> bool:
        """Whether it is asked if cement stood there before the start: once the lines are confirmed."""
        return any(each.asks_before for each in self._inputs)

    @property
    def said_before(self) -> tuple[bool, ...]:
        """What a person has said of that, of each view asked about; it may be said otherwise while the lines stand."""
        return tuple(answer for each in self._inputs for answer in each.said_before.values())

    def confirm_lines(self) -> None:
        """The person has looked at the lines on the first picture: they are right."""
        self._input.confirm_lines()

    def confirm_second_lines(self) -> None:
        """The person has looked at the lines on the second picture: they are right."""
        if self.second is not None:
            self.second.input.confirm_lines()

    def void_lines(self, reason: str) -> None:
        """The lines may not be right any more, on both pictures."""
        self._input.void_lines(reason)
        if self.second is not None:
            self.second.input.void_lines(reason)

    def arm(self, by: str = "key") -> str:
        """Injecting from now on; gives why it cannot be armed, in one sentence; empty when it is."""
        reason = why_not(self._session_state.lines, self._settings)
        if reason:
            self._log_event("arm_refused", reason=reason, by=by)
        elif not self._session_state.armed:
            self._session_state.armed = True
            self.session_memory.put(Register.ARMED, 1)
            self._log_event("armed", by=by)
        return reason

    def disarm(self) -> None:
        """Not injecting any more (the window asks for a key held one second)."""
        if self._session_state.armed:
            self._session_state.armed = False
            self._input.rest()
            if self.second is not None:
                self.second.input.rest()
            self.session_memory.put(Register.ARMED, 0)
            self._log_event("disarmed")

    def acknowledge(self) -> tuple[LiveAlarm, ...]:
        """The person has seen what stands now: its sound is off for a minute at most. Gives what was fresh."""
        fresh = self._session_state.alarms.acknowledge(self._clock_ns())
        self._order(Acknowledge())
        if self.second is not None:
            self.second.acknowledge()
        self._log_event("acknowledged", alarms=[alarm.code for alarm in fresh])
        return tuple(fresh)

    def sound_is(self, *, available: bool, reason: str = "") -> None:
        """Whether alarm sounds can be heard, as the window knows it: unheard until it says so."""
        self._fault("sound", "" if available else reason or sentence("no sound device"))

    def sounded(self, priority: Priority) -> None:
        """A burst has begun to play: what is heard with it for the first time is kept with its delay."""
        now_ns = self._clock_ns()
        if self._audit_log is not None:
            self._audit_log.sounded(self._session_state.alarms.sounded(now_ns, priority), now_ns)

    def shape_is(self, *, available: bool, reason: str = "") -> None:
        """Whether the shape of a leak can be told."""
        self._fault("shape", "" if available else reason or sentence("no model"))

    def note(self, kind: str, text: str = "", **data: Any) -> None:
        """Keep something that the person did or said in the event log (marks, millilitres, key images, AP looks)."""
        self._log_event(kind, text=text, **data)

    def clip(self, seconds: float) -> tuple[int, int] | None:
        """Mark the last seconds as a clip of the recording; its first and last frame, None before the first frame."""
        status = self.status
        if status.frame_index is None:
            return None
        back = round(seconds * status.frames_per_s) if isinstance(status.frames_per_s, float) else 0
        first, last = max(0, status.frame_index - back), status.frame_index
        self._log_event("clip", first_frame=first, last_frame=last, seconds=seconds)
        return first, last

    def _look_at_machine(self) -> None:
        news, session_state = self._machine.look(), self._session_state
        session_state.battery_percent = news.battery_percent
        # Kept in the log, told in the self-test: while injecting nobody can mend it, and a sleep voids the lines.
        self._fault("sleep", self._awake.follow(armed=session_state.armed))
        if news.slept_s:
            self._log_event("slept", seconds=round(news.slept_s, 1))
            self.void_lines(sentence("the computer slept"))
        if news.clock_jump_s:
            self._log_event("clock_set", seconds=round(news.clock_jump_s, 1))
            self._fault("clock", sentence(f"the clock was set by {news.clock_jump_s:+.0f} s"))

    def _refresh(self) -> list[Message]:
        session_memory, session_state = self.session_memory, self._session_state
        newest = session_memory.ring.newest_index
        stamp = session_memory.ring.stamp(newest)
        before, session_state.signs = session_state.state, read_signs(session_memory)
        children, seen = self._processes.states() if self._processes else {}, (newest, stamp[0]) if stamp else None
        self._status, raised, ended = session_state.look(self._clock_ns(), seen, children)
        self._input.follow(self._status.state)
        if self._audit_log is not None:
            session_state.faults["log"] = self._audit_log.fault
            self._audit_log.alarms(
                raised, ended, session_state.moment.frame_index if session_state.moment is not None else None
            )
        if session_state.state is before:
            return []
        self._log_event("state", before=before, after=session_state.state, reason=session_state.reason)
        return [StateChanged(before=before, after=session_state.state)]

    def _hear(self, message: Message) -> None:
        if isinstance(message, AlarmNotice):
            if self._audit_log is not None:
                self._audit_log.early_alarm(message)
            self._input.handle(message)
        elif isinstance(message, ShapeModelStatus):
            self.shape_is(available=message.available, reason=message.reason)
        else:
            self._input.handle(message)
            if self._input.grows:
                self._input.grows = False
                self._arm_by_growth("growing cement")

    def _arm_by_growth(self, by: str) -> None:
        """A person who has just ended injecting is told that it goes on, not left with the word that it ended."""
        was_armed = self._session_state.armed
        if not self.arm(by=by) and not was_armed:
            self._inbox.append(ArmedByGrowth(by=by))

    def _poll_second(self) -> None:
        """The second input: its conditions are told with those of the first."""
        if self.second is None:
            return
        self._inbox += self.second.poll(armed=self._session_state.armed)
        self._session_state.second_conditions = self.second.conditions
        if self.second.input.grows:
            self.second.input.grows = False
            self._arm_by_growth("growing cement in the second picture")

    def _fault(self, name: str, text: str) -> None:
        if self._session_state.faults.get(name, "") != text:
            self._session_state.faults[name] = text
            self._log_event("condition", name=name, fault=text)

    def _order(self, order: Order) -> None:
        if not self.session_memory.to_analysis.put(order):
            self._inbox.append(
                FaultNotice(happened=sentence("The analysis does not take orders."), do=sentence("Judge by eye."))
            )

    def _log_event(self, kind: str, **data: Any) -> None:
        if self._audit_log is not None:
            self._audit_log.event(kind, **data)
