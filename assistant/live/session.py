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
from assistant.live.arming import CementGrowth, why_not
from assistant.live.crew import Crew
from assistant.live.deck import Cell, Deck, read_signs
from assistant.live.ledger import Ledger
from assistant.live.machine import MachineWatch
from assistant.live.messages import (
    STARTED_AGAIN,
    AlarmHeard,
    Child,
    ChildChanged,
    Condition,
    Fault,
    Lines,
    LinesVoid,
    Message,
    Moment,
    Moved,
    PlanRefused,
    RecordingTold,
    ShapeTold,
    SourceEnded,
    SourceLost,
    SourceOpened,
    StampedFrame,
    StateChanged,
)
from assistant.live.orders import Acknowledge, Order, Start, TakePlan
from assistant.live.outlook import Outlook
from assistant.live.plan_keeping import keep_plan, plan_left
from assistant.live.status import LiveAlarm, LiveStatus
from assistant.plan import Plan, plan_from_document
from assistant.recording.keeping import write_head
from assistant.settings import Settings
from assistant.vocabulary import Distances, Grey, RunFacts

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
        self._crew: Crew | None = None
        self._plan: TakePlan | None = None
        self._plan_number = 0
        self._outlook = Outlook(since_ns=clock_ns())
        self._growth = CementGrowth()
        self._status: LiveStatus | None = None
        self._ledger: Ledger | None = None
        self._machine = MachineWatch()
        self._inbox: list[Message] = []

    def start(self) -> None:
        """Start the processes and the event log.

        Raises
        ------
        EnvironmentError_
            If there is no room for the shared memory, or the folder cannot be made.
        UsageError
        """
        if self._crew is not None:
            raise UsageError("the live session has been started already")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError_(f"{self.folder}: cannot be made ({error.strerror}); choose another") from error
        self._crew = Crew(self.folder, self.source, self._orders, self._clock_ns)
        self._ledger = Ledger(self.folder, self._clock_ns)
        self._log_event("session_started", source=self.source, taken_over=self._crew.taken_over)
        try:
            write_head(self.folder, self.source, self._settings, None)
        except EnvironmentError_:
            self._inbox.append(Fault(happened="The disk takes no recording.", do="Monitoring works. Make room."))
        self._bring_plan_back()

    def _orders(self, deck: str, epoch: int) -> Start:
        return Start(
            deck=deck,
            source=self.source,
            folder=str(self.folder),
            settings=self._settings,
            epoch=epoch,
            watchdog_window=self._watchdog_window,
            restart=self._restart,
        )

    @property
    def deck(self) -> Deck:
        """The shared memory.

        Raises
        ------
        UsageError
        """
        if self._crew is None:
            raise UsageError("the live session has not been started")
        return self._crew.deck

    @property
    def goes_on(self) -> bool:
        """Whether it went on with what a dead window had left."""
        return self._crew is not None and self._crew.taken_over

    def stop(self) -> bool:
        """End all processes, the recording closed in order; True if all ended by themselves in time."""
        if self._crew is None or self._ledger is None:
            return True
        self._log_event("session_ended")
        self._ledger.witness(self.deck.to_capture, force=True)
        in_order = self._crew.end(self.folder, _CLOSE_WITHIN_S)
        in_order &= self._ledger.close()
        with contextlib.suppress(EnvironmentError_):
            write_head(self.folder, self.source, self._settings, self._ledger.head if in_order else None)
        self._crew = self._ledger = None
        return in_order

    def poll(self) -> tuple[Message, ...]:
        """All news since the last call, in order; also looks after the children and brings `status` up to date."""
        deck = self.deck
        assert self._crew is not None
        messages: list[Message] = [*self._inbox]
        self._inbox.clear()
        for change in self._crew.look():
            messages += [change, *self._child_changed(change)]
        heard: list[Message] = [*deck.capture_says.take(), *deck.analysis_says.take(), *deck.watchdog_says.take()]
        for message in heard:
            messages += [message, *self._hear(message)]
        self._look_at_machine()
        messages += self._refresh()
        if self._ledger is not None:
            self._ledger.witness(deck.to_capture)
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
        return self.deck.ring.newest()

    @property
    def newest_index(self) -> int:
        """Number of the newest frame, without copying it; -1 before the first."""
        return self.deck.ring.newest_index

    def frame(self, index: int) -> StampedFrame | None:
        """A copy of one of the last frames; None where it is gone."""
        return self.deck.ring.read(index)

    @property
    def events(self) -> tuple[dict[str, Any], ...]:
        """What the event log of this folder held before the session started: for going on after a crash."""
        return self._ledger.before if self._ledger is not None else ()

    def set_plan(self, document: dict[str, Any], references: Sequence[Grey]) -> int:
        """Work with a plan; its lines are unconfirmed until `confirm_lines`.

        Parameters
        ----------
        document : dict
            ``plan.json`` of the contract; ``reference_frame`` are frame numbers of this session.
        references : sequence of array
            The picture of each view's reference frame.

        Returns
        -------
        int
            The plan's number; ``PlanTaken`` or ``PlanRefused`` with it follows.

        Raises
        ------
        UsageError
            If it is no usable plan, or lines are changed while armed.
        EnvironmentError_
            If the reference pictures cannot be kept.
        """
        plan: Plan = plan_from_document(document, self._settings.alarms.warning_line_fraction)
        if len(references) != len(plan.views):
            raise UsageError(f"the plan has {len(plan.views)} views and {len(references)} reference pictures came")
        self._plan_number += 1
        self._plan = keep_plan(self.folder, self._plan_number, document, references)
        self._outlook.new_plan(self._plan_number, tuple(view.view for view in plan.views))
        self._growth = CementGrowth()
        self._order(self._plan)
        self._log_event("plan_set", plan_number=self._plan_number, plan=document, references=self._plan.references)
        return self._plan_number

    def _bring_plan_back(self) -> None:
        """After a crash the lines come back, never confirmed: what was under them may have moved meanwhile."""
        left = plan_left(self.events, self._settings.alarms.warning_line_fraction)
        if left is None or isinstance(left, str):
            self._log_event("no_plan_brought_back", reason=left or "there was none")
            return
        self._plan, views = left
        self._plan_number = self._plan.plan_number
        self._outlook.new_plan(self._plan_number, views)
        self._outlook.void_reason = "the program was started again"
        self._outlook.armed = bool(self.deck.get(Cell.ARMED))
        self._order(self._plan)
        self._inbox.append(LinesVoid(reason=self._outlook.void_reason))
        self._log_event("plan_brought_back", plan_number=self._plan_number)

    def confirm_lines(self) -> None:
        """The person has looked at the lines on the picture: they are right."""
        if self._plan is not None and self._outlook.lines is not Lines.CONFIRMED:
            self._outlook.lines, self._outlook.void_reason = Lines.CONFIRMED, ""
            self._log_event("lines_confirmed", plan_number=self._plan_number)

    def void_lines(self, reason: str) -> None:
        """The lines may not be right any more."""
        if self._outlook.lines is Lines.CONFIRMED:
            self._outlook.lines, self._outlook.void_reason = Lines.UNCONFIRMED, reason
            self._log_event("lines_void", reason=reason)
            self._inbox.append(LinesVoid(reason=reason))

    def arm(self, by: str = "key") -> str:
        """Injecting from now on; gives why it cannot be armed, in one sentence; empty when it is."""
        reason = why_not(self._outlook.lines, self._settings)
        if reason:
            self._log_event("arm_refused", reason=reason, by=by)
        elif not self._outlook.armed:
            self._outlook.armed = True
            self.deck.put(Cell.ARMED, 1)
            self._log_event("armed", by=by)
        return reason

    def disarm(self) -> None:
        """Not injecting any more (the window asks for a key held one second)."""
        if self._outlook.armed:
            self._outlook.armed = False
            self._growth.rest()
            self.deck.put(Cell.ARMED, 0)
            self._log_event("disarmed")

    def acknowledge(self) -> tuple[LiveAlarm, ...]:
        """The person has seen what stands now: its sound is off for a minute at most. Gives what was fresh."""
        fresh = self._outlook.alarms.acknowledge(self._clock_ns())
        self._order(Acknowledge())
        self._log_event("acknowledged", alarms=[alarm.code for alarm in fresh])
        return tuple(fresh)

    def sound_is(self, *, available: bool, reason: str = "") -> None:
        """Whether alarm sounds can be heard, as the window knows it: unheard until it says so."""
        self._fault("sound", "" if available else reason or "no sound device")

    def shape_is(self, *, available: bool, reason: str = "") -> None:
        """Whether the shape of a leak can be told."""
        self._fault("shape", "" if available else reason or "no model")

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
        news, outlook = self._machine.look(), self._outlook
        outlook.battery_percent = news.battery_percent
        if news.slept_s:
            self._log_event("slept", seconds=round(news.slept_s, 1))
            self.void_lines("the computer slept")
        if news.clock_jump_s:
            self._log_event("clock_set", seconds=round(news.clock_jump_s, 1))
            self._fault("clock", f"the clock was set by {news.clock_jump_s:+.0f} s")

    def _refresh(self) -> list[Message]:
        deck, outlook = self.deck, self._outlook
        newest = deck.ring.newest_index
        stamp = deck.ring.stamp(newest)
        before, outlook.signs = outlook.state, read_signs(deck)
        children, seen = self._crew.states() if self._crew else {}, (newest, stamp[0]) if stamp else None
        self._status, raised, ended = outlook.look(self._clock_ns(), seen, children)
        if self._ledger is not None:
            outlook.faults["log"] = self._ledger.fault
            self._ledger.alarms(raised, ended, outlook.moment.frame_index if outlook.moment is not None else None)
        if outlook.state is before:
            return []
        self._log_event("state", before=before, after=outlook.state, reason=outlook.reason)
        return [StateChanged(before=before, after=outlook.state)]

    def _child_changed(self, change: ChildChanged) -> list[Message]:
        self._log_event("process", process=change.child, condition=change.condition, reason=change.reason)
        if change.condition not in (Condition.DIED, Condition.HANGING):
            return []
        if change.child is Child.ANALYSIS:
            self._outlook.forget_analysis()
            self.deck.to_analysis.forget()
            if self._plan is not None:
                self._order(self._plan)
            self.void_lines("the analysis was started again")
        elif change.child is Child.CAPTURE:
            self.void_lines("the capture was started again")
        return [STARTED_AGAIN[change.child]]

    def _hear(self, message: Message) -> list[Message]:
        outlook = self._outlook
        if isinstance(message, Moved):
            outlook.hear_moment(message.moment)
            self._arm_by_growth(message.moment)
        elif isinstance(message, AlarmHeard):
            if self._ledger is not None:
                self._ledger.heard(message)
        elif isinstance(message, SourceOpened):
            changed = outlook.facts is not None and _size(outlook.facts) != _size(message.facts)
            outlook.facts, outlook.rehearsal = message.facts, message.rehearsal
            notes = dict(message.facts.notes)
            self._log_event("source_opened", source=message.facts.source, notes=notes, rehearsal=message.rehearsal)
            if changed:
                self.void_lines("the picture has another size")
        elif isinstance(message, SourceLost):
            self._log_event("source_lost", reason=message.reason)
            self.void_lines("the picture was lost")
        elif isinstance(message, ShapeTold):
            self.shape_is(available=message.available, reason=message.reason)
        elif isinstance(message, SourceEnded):
            self._log_event("source_ended")
        elif isinstance(message, RecordingTold):
            if message.state.fault != outlook.recording.fault:
                self._log_event("recording", fault=message.state.fault, lost_frames=message.state.lost_frames)
            outlook.recording = message.state
        elif isinstance(message, PlanRefused) and message.plan_number == self._plan_number:
            outlook.lines, outlook.void_reason = Lines.NONE, ""
            self._log_event("plan_refused", plan_number=message.plan_number, reason=message.reason)
        return []

    def _arm_by_growth(self, moment: Moment) -> None:
        distances, outlook = moment.distances, self._outlook
        may = outlook.lines is Lines.CONFIRMED and not outlook.armed and moment.plan_number == self._plan_number
        if may and isinstance(distances, Distances) and self._growth.grows(moment.t_s, distances.cement_area_mm2):
            self.arm(by="growing cement")

    def _fault(self, name: str, text: str) -> None:
        if self._outlook.faults.get(name, "") != text:
            self._outlook.faults[name] = text
            self._log_event("condition", name=name, fault=text)

    def _order(self, order: Order) -> None:
        if not self.deck.to_analysis.put(order):
            self._inbox.append(Fault(happened="The analysis does not take orders.", do="Judge by eye."))

    def _log_event(self, kind: str, **data: Any) -> None:
        if self._ledger is not None:
            self._ledger.event(kind, **data)


def _size(facts: RunFacts) -> tuple[int, int]:
    return facts.width_px, facts.height_px
