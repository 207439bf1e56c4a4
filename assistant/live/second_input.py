"""A second grabber beside the first (AP beside lateral): shown, recorded and analysed; it never holds the first up.

It has its own memory, its own capture and analysis processes, its own lines and its own run folder (``second`` in the
first one's). What it finds is told in the first one's alarm list, under the name of its view. When the window dies it
ends by itself within seconds, in order: the new window opens it again, its lines unconfirmed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from assistant.alarm_table.table import TABLE, WATCH_SECOND
from assistant.errors import EnvironmentError_
from assistant.language import sentence
from assistant.live.alarms.alarm_list import Wanted
from assistant.live.input import LiveInput, Log
from assistant.live.messages import Child, FaultNotice, Lines, LinesVoid, Message, PlanRefused, SourceLost, StampedFrame
from assistant.live.orders import Acknowledge, Start
from assistant.live.plan_store import SECOND
from assistant.live.processes.supervisor import ChildSupervisor
from assistant.live.shared.shared_memory import Register, SessionMemory, read_signs
from assistant.live.status import ChildState, LiveStatus
from assistant.recording.keeping import begin_head, write_head
from assistant.settings.tree import Settings
from assistant.vocabulary import Grey, Priority

_ENDS_ALONE_AFTER_S: Final = 5.0
_CLOSE_WITHIN_S: Final = 4.0
_OF_SECOND: Final = frozenset(row.code for row in TABLE if row.of_second)
_TECHNICAL: Final = ("A7", "A8", "A11")
FOLDER: Final = "second"


class SecondInput:
    """The second picture.

    Parameters
    ----------
    source : str
        As for `LiveSession`.
    folder : Path
        The first input's run folder.
    settings : Settings
    log : callable
        Writes an event into the session's log.
    clock_ns : callable

    Attributes
    ----------
    input : LiveInput
        Its lines and what is known of its picture.
    conditions : tuple of Wanted
        What it has to tell, for the alarm list of the session.

    Raises
    ------
    EnvironmentError_
        If there is no room for it.
    """

    def __init__(
        self,
        source: str,
        folder: Path,
        settings: Settings,
        log: Log,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.source, self.folder = source, folder / FOLDER
        self._settings = replace(settings, live=replace(settings.live, orphan_after_s=_ENDS_ALONE_AFTER_S))
        self._clock_ns = clock_ns
        self.input = LiveInput(self.folder, settings, log, clock_ns(), SECOND)
        self.input.session_state.faults.clear()  # sound, log and clock are the session's
        self.conditions: tuple[Wanted, ...] = ()
        self._status: LiveStatus | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentError_(f"{self.folder}: cannot be made ({error.strerror}); choose another") from error
        self._session_memory: SessionMemory | None = SessionMemory.make()
        self._session_memory.beat(Register.WINDOW_BEAT)
        self._begun = begin_head(self.folder)
        self._write_head(None)
        children = (Child.CAPTURE, Child.ANALYSIS)
        self._supervisors = {
            child: ChildSupervisor(child, self._session_memory, self._orders, clock_ns) for child in children
        }

    def begin(self, events: Iterable[dict[str, Any]]) -> None:
        """Start its processes; lines that the event log holds for it come back, never confirmed."""
        for supervisor in self._supervisors.values():
            supervisor.begin()
        assert self._session_memory is not None
        self.input.begin(self._session_memory, events)

    def _orders(self, epoch: int) -> Start:
        assert self._session_memory is not None
        return Start(
            session_memory=str(self._session_memory.path),
            source=self.source,
            folder=str(self.folder),
            settings=self._settings,
            epoch=epoch,
        )

    @property
    def children(self) -> dict[Child, ChildState]:
        """How its processes are."""
        return {child: supervisor.state for child, supervisor in self._supervisors.items()}

    @property
    def status(self) -> LiveStatus | None:
        """What is to be shown of it, as of the last `poll`; None before the first."""
        return self._status

    def set_plan(self, document: dict[str, Any], references: Sequence[Grey]) -> int:
        """Work with lines of its own; unconfirmed until a person has looked at them.

        Raises
        ------
        UsageError, EnvironmentError_
        """
        return self.input.set_plan(document, references)

    def acknowledge(self) -> None:
        """A person has seen what stands."""
        if self._session_memory is not None:
            self._session_memory.to_analysis.put(Acknowledge())

    def poll(self, *, armed: bool) -> list[Message]:
        """Look after its processes, hear them, judge its picture anew; what the person has to know."""
        if self._session_memory is None:
            return []
        session_memory = self._session_memory
        session_memory.beat(Register.WINDOW_BEAT)
        self.input.session_state.armed = armed
        for supervisor in self._supervisors.values():
            for change in supervisor.look():
                self.input.child_changed(change)
        messages: list[Message] = []
        for message in (*session_memory.capture_says.take(), *session_memory.analysis_says.take()):
            self.input.handle(message)
            if isinstance(message, SourceLost):
                messages.append(
                    FaultNotice(
                        happened=sentence(f"No second picture: {message.reason}."), do=sentence("The first goes on.")
                    )
                )
            elif isinstance(message, PlanRefused):
                messages.append(
                    FaultNotice(
                        happened=sentence(f"The second picture's lines: {message.reason}."),
                        do=sentence("The first goes on."),
                    )
                )
            elif isinstance(message, FaultNotice):
                self.input.inbox.append(message)
        for each in self.input.inbox:
            if isinstance(each, LinesVoid):
                messages.append(
                    FaultNotice(
                        happened=sentence("The second picture's lines must be confirmed again:"), do=f"{each.reason}."
                    )
                )
            elif isinstance(each, FaultNotice):
                messages.append(FaultNotice(happened=sentence(f"Second picture: {each.happened}"), do=each.do))
        self.input.inbox.clear()
        self._look(session_memory)
        return messages

    def _look(self, session_memory: SessionMemory) -> None:
        session_state = self.input.session_state
        newest = session_memory.ring.newest_index
        stamp = session_memory.ring.stamp(newest)
        session_state.signs = read_signs(session_memory)
        seen = None if stamp is None else (newest, stamp[0])
        self._status, _, _ = session_state.look(self._clock_ns(), seen, self.children)
        self.input.follow(self._status.state)
        self.conditions = tuple(self._named(each) for each in session_state.wanted if self._concerns_person(each))

    def _concerns_person(self, each: Wanted) -> bool:
        """Without lines it is a picture to look at: only its recording has something to tell."""
        if each.code not in _OF_SECOND:
            return False
        return each.code == "A14" or self.input.session_state.lines is not Lines.NONE

    def _named(self, each: Wanted) -> Wanted:
        """Under the name of its view. That it is not monitored is graver than MEDIUM only where the first is not."""
        view = (self.input.session_state.views or ("second",))[0].upper()
        priority = min(each.priority, Priority.MEDIUM) if each.code in _TECHNICAL else each.priority
        action = WATCH_SECOND if each.code == "A7" else each.action
        return replace(each, view=view, headline=f"{view}: {each.headline}", action=action, priority=priority)

    def newest_frame(self) -> StampedFrame | None:
        """A copy of its newest frame; None before the first."""
        return self._session_memory.ring.newest() if self._session_memory is not None else None

    @property
    def newest_index(self) -> int:
        """Number of its newest frame; -1 before the first."""
        return self._session_memory.ring.newest_index if self._session_memory is not None else -1

    def stop(self) -> bool:
        """End it, its recording closed in order; True if it ended by itself in time. May be called twice."""
        if self._session_memory is None:
            return True
        self._session_memory.put(Register.CLOSING, 1)
        until_ns = self._clock_ns() + round(_CLOSE_WITHIN_S * 1e9)
        in_order = True
        for supervisor in self._supervisors.values():
            in_order &= supervisor.wait(max(0.0, (until_ns - self._clock_ns()) / 1e9))
            supervisor.end_now()
            supervisor.clear_note(self.folder)
        self._session_memory.remove()
        self._session_memory = None
        if in_order:
            self._write_head(("", 0))
        return in_order

    def _write_head(self, chain: tuple[str, int] | None) -> None:
        """A disk that takes no head takes no recording: its fault is told by that."""
        with contextlib.suppress(EnvironmentError_):
            write_head(self.folder, self.source, self._settings, chain, self._begun)
