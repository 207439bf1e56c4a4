"""One picture of a session with its lines: what is known of it, and the plan that its analysis works with.

A session has one of these, and a second one where a second grabber shows the other plane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.language import sentence
from assistant.live.messages import (
    RESTARTED,
    AlarmNotice,
    Child,
    ChildChanged,
    Condition,
    FaultNotice,
    Lines,
    LinesVoid,
    LiveMoment,
    LiveState,
    Message,
    Moved,
    PlanRefused,
    RecordingStatus,
    SourceEnded,
    SourceLost,
    SourceOpened,
)
from assistant.live.orders import AnswerBefore, LookAt, Order, TakeDisplay, TakePlan
from assistant.live.plan_store import (
    CEMENT_BEFORE,
    DISPLAY_TAKEN,
    answers_in,
    keep_answer,
    keep_display,
    keep_plan,
    plan_left,
)
from assistant.live.shared.shared_memory import SessionMemory
from assistant.live.state.arming import CementGrowth
from assistant.live.state.session_state import SessionState
from assistant.plan import Plan, plan_from_document
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.vocabulary import Distances, Grey

Log = Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the session now keeps because a person said so.

    Attributes
    ----------
    words : str
        What it is; empty where that was said by the key itself.
    unwritten : str
        Why the disk does not hold it; empty where it does.
    """

    words: str
    unwritten: str


class LiveInput:
    """What a session remembers of one input.

    Parameters
    ----------
    folder : Path
        The input's run folder.
    settings : Settings
    log : callable
        Writes an event: its kind, and what it holds by name.
    since_ns : int
        Monotonic time of the beginning.
    number : int
        1 or 2; stands in each event of the second one.

    Attributes
    ----------
    session_state : SessionState
    inbox : list of Message
        For the person, until the next look.
    grows : bool
        Cement was seen to grow while lines were confirmed and nobody had armed; to be taken back by who reads it.
    """

    def __init__(self, folder: Path, settings: Settings, log: Log, since_ns: int, number: int = 1) -> None:
        self._folder, self._settings, self._number = folder, settings, number
        self._log = log if number == 1 else partial(log, input=number)
        self.session_state = SessionState(since_ns=since_ns, settings=settings)
        self.inbox: list[Message] = []
        self.grows = False
        self._growth = CementGrowth()
        self._plan: TakePlan | None = None
        self._plan_number = 0
        self._session_memory: SessionMemory | None = None
        self._screen_changed = ""
        self._counts_before: tuple[int, ...] = ()
        self._told_before: set[int] = set()
        """Views of the plan in which earlier pictures have told of cement before the start."""

    def begin(self, session_memory: SessionMemory, events: Iterable[dict[str, Any]]) -> None:
        """Its processes run now. After a crash the lines of the event log come back, never confirmed."""
        self._session_memory = session_memory
        left = plan_left(events, self._settings.alarms.warning_lines, self._number)
        if left is None or isinstance(left, str):
            self._log("no_plan_brought_back", reason=left or sentence("there was none"))
            return
        self._plan, views = left
        self._plan_number = self._plan.plan_number
        self.session_state.new_plan(self._plan_number, views)
        self.session_state.void_reason = sentence("the program was started again")
        self._order(self._plan)
        self.inbox.append(LinesVoid(reason=self.session_state.void_reason))
        self._log("plan_brought_back", plan_number=self._plan_number)

    def set_plan(self, document: dict[str, Any], references: Sequence[Grey]) -> int:
        """Work with a plan; its lines are unconfirmed until `confirm_lines`. See `LiveSession.set_plan`.

        Raises
        ------
        UsageError, EnvironmentError_
        """
        plan: Plan = plan_from_document(document, self._settings.alarms.warning_lines)
        if len(references) != len(plan.views):
            raise UsageError(f"the plan has {len(plan.views)} views and {len(references)} reference pictures came")
        self._plan_number += 1
        kept = keep_plan(self._folder, self._plan_number, document, references)
        self._plan = kept.order
        if kept.unwritten:
            happened = sentence("The lines count, but are not on the disk: plan.json cannot be written.")
            self.inbox.append(FaultNotice(happened=happened, do=sentence("Free some space.")))
        self.session_state.new_plan(self._plan_number, tuple(view.view for view in plan.views))
        self._growth, self._screen_changed = CementGrowth(), ""
        self._counts_before, self._told_before = (), set()
        self._order(self._plan)
        self._log(
            "plan_set",
            plan_number=self._plan_number,
            plan=document,
            references=self._plan.references,
            unwritten=kept.unwritten,
        )
        return self._plan_number

    def take_display(self) -> Kept | None:
        """The person takes over how the console shows the pictures now; None where nothing is offered."""
        moment = self.session_state.moment
        if moment is None or moment.offered is None or self._plan is None:
            return None
        kept = keep_display(self._folder, self._plan, moment.offered)
        self._plan = kept.order
        self._order(TakeDisplay(plan_number=self._plan_number, display=moment.offered))
        self._log(
            DISPLAY_TAKEN,
            text=moment.offered.words,
            plan_number=self._plan_number,
            plan=self._plan.document,
            references=self._plan.references,
            unwritten=kept.unwritten,
        )
        return Kept(words=moment.offered.words, unwritten=kept.unwritten)

    @property
    def asks_before(self) -> tuple[int, ...]:
        """Views of which it is asked if cement stood there before the start: once the lines are confirmed."""
        moment = self.session_state.moment
        if moment is None or self.session_state.lines is not Lines.CONFIRMED:
            return ()
        answered = answers_in(self._plan)
        return tuple(view for view in moment.asks_before if view not in answered)

    @property
    def said_before(self) -> dict[int, bool]:
        """What a person has said of that, by view; it may be said otherwise while the lines stand."""
        return answers_in(self._plan) if self.session_state.lines is Lines.CONFIRMED else {}

    @property
    def counts_before(self) -> bool:
        """Whether such cement is counted, but for a no: pictures from before the lines have told all of it."""
        asked = {*self.asks_before, *self.said_before}
        return bool(asked) and asked <= self._told_before

    def answer_before(self, *, is_there: bool) -> Kept | None:
        """The person says whether cement stood there before the start; None where nobody asked.

        While a question stands it is answered; else what was said before is said anew.
        """
        asked = self.asks_before or tuple(self.said_before)
        if not asked or self._plan is None:
            return None
        kept = keep_answer(self._folder, self._plan, asked, is_there=is_there)
        self._plan = kept.order
        self._order(AnswerBefore(plan_number=self._plan_number, is_there=is_there, views=asked))
        self._log(
            CEMENT_BEFORE,
            is_there=is_there,
            plan_number=self._plan_number,
            plan=self._plan.document,
            references=self._plan.references,
            unwritten=kept.unwritten,
        )
        return Kept(words="", unwritten=kept.unwritten)

    def look_at(self, place: tuple[float, float] | None) -> None:
        """Before a plan: which of the screen's pictures is looked at, by a place in it; None: the one that changes."""
        self._order(LookAt(place=place))
        self._log("field_chosen", place=place)

    def confirm_lines(self) -> None:
        """The person has looked at the lines on the picture: they are right."""
        if self._plan is not None and self.session_state.lines is not Lines.CONFIRMED:
            self.session_state.lines, self.session_state.void_reason = Lines.CONFIRMED, ""
            self._log("lines_confirmed", plan_number=self._plan_number)

    def drop_lines(self) -> None:
        """Work goes on with lines that are not of this picture (another level): its own count no more."""
        if self.session_state.lines is not Lines.NONE:
            self.session_state.lines, self.session_state.void_reason = Lines.NONE, ""
            self._log("lines_dropped", plan_number=self._plan_number)

    def void_lines(self, reason: str) -> None:
        """The lines may not be right any more."""
        if self.session_state.lines is Lines.CONFIRMED:
            self.session_state.lines, self.session_state.void_reason = Lines.UNCONFIRMED, reason
            self._log("lines_void", reason=reason)
            self.inbox.append(LinesVoid(reason=reason))

    def follow(self, state: LiveState) -> None:
        """What the picture is now: while none came the C-arm may have been moved, and the screen says so."""
        if state is LiveState.NO_SIGNAL:
            self.void_lines(sentence("the picture was lost"))

    def rest(self) -> None:
        """Disarmed by hand: only cement that grows from now on counts."""
        self._growth.rest()

    def child_changed(self, change: ChildChanged) -> None:
        """A process changed its condition: what it said before is not true of the picture now."""
        self._log("process", process=change.child, condition=change.condition, reason=change.reason)
        if change.condition not in (Condition.DIED, Condition.HANGING):
            return
        self.inbox.append(RESTARTED[change.child])
        if change.child is Child.ANALYSIS and self._session_memory is not None:
            self.session_state.forget_analysis()
            self._session_memory.to_analysis.forget()
            if self._plan is not None:
                self._order(self._plan)
            self.void_lines(sentence("the analysis was started again"))
        elif change.child is Child.CAPTURE:
            self.void_lines(sentence("the capture was started again"))

    def handle(self, message: Message) -> None:
        """Take one message of a process over."""
        session_state = self.session_state
        if isinstance(message, Moved):
            session_state.add_moment(message.moment)
            self._see_growth(message.moment)
            self._see_screen(message.moment)
        elif isinstance(message, AlarmNotice):
            session_state.add_alarm(message)
        elif isinstance(message, SourceOpened):
            changed = session_state.facts is not None and _size(session_state.facts) != _size(message.facts)
            session_state.facts, session_state.rehearsal = message.facts, message.rehearsal
            facts = message.facts
            details, notes = dict(facts.details), list(facts.notes)
            self._log("source_opened", source=facts.source, details=details, notes=notes, rehearsal=message.rehearsal)
            if changed:
                self.void_lines(sentence("the picture has another size"))
        elif isinstance(message, SourceLost):
            self._log("source_lost", reason=message.reason)
            self.void_lines(sentence("the picture was lost"))
        elif isinstance(message, SourceEnded):
            self._log("source_ended")
        elif isinstance(message, RecordingStatus):
            if message.state.fault != session_state.recording.fault:
                self._log("recording", fault=message.state.fault, lost_frames=message.state.lost_frames)
            session_state.recording = message.state
        elif isinstance(message, FaultNotice):
            self._log("fault", happened=message.happened, do=message.do)
        elif isinstance(message, PlanRefused) and message.plan_number == self._plan_number:
            session_state.lines, session_state.void_reason = Lines.NONE, ""
            self._log("plan_refused", plan_number=message.plan_number, reason=message.reason)

    def _see_growth(self, moment: LiveMoment) -> None:
        distances, session_state = moment.distances, self.session_state
        if moment.plan_number == self._plan_number and moment.counts_before != self._counts_before:
            # What is counted from now on, or no more, has not grown.
            self._counts_before = moment.counts_before
            self._told_before |= {*moment.counts_before}
            self._growth.rest()
        may = (
            session_state.lines is Lines.CONFIRMED
            and not session_state.armed
            and moment.plan_number == self._plan_number
        )
        if may and isinstance(distances, Distances):
            self.grows |= self._growth.grows(moment.t_s, distances.cement_area_mm2)

    def _see_screen(self, moment: LiveMoment) -> None:
        """Pictures that come, go or change places on the screen: the lines may not be on the live one any more."""
        if moment.plan_number == self._plan_number and moment.screen_changed != self._screen_changed:
            self._screen_changed = moment.screen_changed
            if moment.screen_changed:  # none after a new start of the analysis: nothing has changed since
                self.void_lines(moment.screen_changed)

    def _order(self, order: Order) -> None:
        if isinstance(order, TakePlan) and self.session_state.facts is not None:
            order = replace(order, clock=self.session_state.facts.clock)
        if self._session_memory is None or not self._session_memory.to_analysis.put(order):
            self.inbox.append(
                FaultNotice(happened=sentence("The analysis does not take orders."), do=sentence("Judge by eye."))
            )


def _size(facts: RunFacts) -> tuple[int, int]:
    return facts.width_px, facts.height_px
