"""A procedure in the theatre: its session and what belongs to it, lines, newest frames, curve, log of the team, name.

Whoever shows it asks it; it tells nobody. What cannot be done is raised as an error for the person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.live.messages import FaultNotice, StampedFrame
from assistant.live.plan_store import split_plan
from assistant.live.procedure_log import ProcedureLog
from assistant.live.processes.running_session import Running
from assistant.live.resuming import left_plan
from assistant.live.second_input import FOLDER as SECOND_FOLDER
from assistant.live.session import LiveSession
from assistant.live.status import UNTIMED, LiveStatus
from assistant.live.trace import Trace
from assistant.plan import Plan, PlannedView, plan_from_document
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from assistant.vocabulary import Frame, Unknown

SessionMaker = Callable[[str, Path, Settings], LiveSession]


class Procedure:
    """One session at a time.

    Parameters
    ----------
    settings : Settings
    make_session : callable
        Source, folder, settings → session.

    Attributes
    ----------
    session : LiveSession or None
    plan, second_plan : Plan or None
        The lines of the first and of the second input.
    references : tuple of Frame
        The pictures on which the lines of the first input were placed, from before the cement.
    frame, second_frame : StampedFrame or None
        The newest one of each input.
    case : str
        Case, level and views, for the strip, from the session's first moment on; its run will be kept under this id.
    log : ProcedureLog
    trace : Trace
    """

    def __init__(self, settings: Settings, make_session: SessionMaker) -> None:
        self.settings, self._make_session = settings, make_session
        self.session: LiveSession | None = None
        self.plan: Plan | None = None
        self.second_plan: Plan | None = None
        self.references: tuple[Frame, ...] = ()
        self.frame: StampedFrame | None = None
        self.second_frame: StampedFrame | None = None
        self.case = ""
        self.log = ProcedureLog.by(settings.theatre)
        self.trace = Trace()

    @property
    def status(self) -> LiveStatus | None:
        """All that is to be shown of the session; None where none runs."""
        return self.session.status if self.session is not None else None

    @property
    def armed(self) -> bool:
        """Whether a session runs and injecting is on."""
        return self.session is not None and self.session.status.armed

    @property
    def views(self) -> tuple[PlannedView, ...]:
        """Views of the present plan, those of the first input."""
        return self.plan.views if self.plan is not None else ()

    @property
    def second_views(self) -> tuple[PlannedView, ...]:
        """Views of the second input."""
        return self.second_plan.views if self.second_plan is not None else ()

    def start(self, source: str, left: Running | None = None) -> None:
        """Begin with a source, or go on with the session that a dead window left. The one before has to be ended first.

        Raises
        ------
        AssistantError
        """
        source, folder = (source, new_folder()) if left is None else (left.source, left.folder)
        session = self._make_session(source, folder, self.settings)
        session.start()
        self._forget()
        self.session, self.references = session, ()
        self.log = ProcedureLog.by(self.settings.theatre)
        self.trace.clear()
        if left is not None:
            self.plan, self.references = left_plan(folder, self.settings)
            self.second_plan, _ = left_plan(folder / SECOND_FOLDER, self.settings)
            self.log.recall(session.events, time.monotonic_ns(), time.time_ns())
        self._name_case()

    def end(self) -> bool:
        """End the session that runs, its recording closed in order; True if it ended by itself."""
        session, self.session = self.session, None
        if session is None:
            return True
        self.log.log_xray(session.note, is_over=True, second_is_over=True)
        in_order = session.stop()
        self._forget()
        self.case = ""
        return in_order

    def _forget(self) -> None:
        self.plan, self.second_plan, self.frame, self.second_frame = None, None, None, None

    def open_second(self, source: str) -> list[FaultNotice]:
        """Open a second grabber beside the first; empty closes it. What went wrong, for the person."""
        if self.session is None:
            return []
        before = self.session.second
        self._see_xray(self.session.status, second_is_over=True)  # what it has counted goes with it
        faults = self.session.open_second(source)
        if self.session.second is not before:
            self.log.second_xray.begin_anew()
        self.second_plan, self.second_frame = None, None
        return faults

    def take_plan(self, plan: Plan, references: tuple[Frame, ...]) -> None:
        """Work with these lines; they count once they are confirmed.

        Raises
        ------
        AssistantError
        """
        if self.session is None:
            return
        pictures = [frame.grey for frame in references]
        self.session.set_plan(plan.document, pictures)
        first, second = split_plan(plan.document, pictures)
        lines = self.settings.alarms.warning_lines
        self.plan = plan_from_document(first[0], lines)
        self.second_plan = None if second is None else plan_from_document(second[0], lines)
        self.references = references[: len(self.plan.views)]
        self.trace.clear()
        self.log.at_level(self.plan.views[0].level or "")
        self._name_case()

    def next_level(self) -> None:
        """End work at the present level."""
        self.log.next_level()
        self.note("next_level", "Next level", done=list(self.log.levels_done))

    def note(self, kind: str, text: str, **data: Any) -> None:
        """Keep an act of the team in the session's event log, with the level that is worked on."""
        if self.session is not None:
            self.session.note(kind, text, level=self.log.level, **data)

    def look(self, status: LiveStatus) -> bool:
        """Take the newest frames over, and count X-ray; whether the first input has a new frame."""
        session = self.session
        if session is None:
            return False
        index, fresh = session.newest_index, False
        if index >= 0 and (self.frame is None or index != self.frame.index):
            frame = session.newest_frame()
            if frame is not None:
                self.frame, fresh = frame, True
        second = session.second
        self._see_xray(status)
        if second is not None:
            index = second.newest_index
            if index >= 0 and (self.second_frame is None or index != self.second_frame.index):
                self.second_frame = second.newest_frame() or self.second_frame
        return fresh

    def _see_xray(self, status: LiveStatus, *, second_is_over: bool = False) -> None:
        """Count the X-ray of both inputs; one whose times nobody knows is not counted."""
        session = self.session
        if session is None:
            return
        beside = session.second.status if session.second is not None else None
        if not isinstance(status.xray_s, Unknown):
            self.log.xray.see(status.xray_s)
        elif status.xray_s != UNTIMED:
            self.log.xray.doubt = status.xray_s.reason
        if beside is not None and not isinstance(beside.xray_s, Unknown):
            self.log.second_xray.see(beside.xray_s)
        elif beside is not None and isinstance(beside.xray_s, Unknown) and beside.xray_s != UNTIMED:
            self.log.second_xray.doubt = beside.xray_s.reason
        self.log.log_xray(
            session.note,
            is_over=isinstance(status.push_s, Unknown),
            second_is_over=second_is_over or beside is None or isinstance(beside.push_s, Unknown),
        )

    def _name_case(self) -> None:
        self.case = _case_words(self.session, (*self.views, *self.second_views))


def new_folder() -> Path:
    """Where a new session is recorded."""
    return data_home() / "live" / datetime.now().strftime("%Y-%m-%d_%H-%M-%S_%f")[:-3]


def _case_words(session: LiveSession | None, views: Sequence[PlannedView]) -> str:
    if session is None:
        return ""
    level = next((view.level for view in views if view.level), "")
    kinds = " + ".join(view.view for view in views)
    return " · ".join(part for part in (session.identity.case_id, level, kinds) if part)
