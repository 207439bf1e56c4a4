"""What the set-up asks of the theatre: sessions are begun and ended, lines taken, injecting begins. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.errors import AssistantError
from assistant.language import tr, translate
from assistant.live.messages import StampedFrame
from assistant.live.procedure import Procedure
from assistant.live.resuming import RESUME, left_session
from assistant.live.session import LiveSession
from assistant.plan import Plan
from assistant.vocabulary import Frame
from ui.theatre.confirming import Confirming
from ui.theatre.host import Pictures, SessionImport, SessionSound, TheatreView

LEAST_WIDTH_PX, LEAST_HEIGHT_PX = 1280, 1024
"""Smaller windows refuse to arm."""
_TOO_SMALL: Final = tr(
    "This window is smaller than {least_width_px} × {least_height_px}: make it larger to arm.",
    least_width_px=LEAST_WIDTH_PX,
    least_height_px=LEAST_HEIGHT_PX,
)


class TheatreHost:
    """Who has the session that is set up (`ui.setup.host.SetupHost`).

    Parameters
    ----------
    procedure : Procedure
    view : TheatreView
    pictures : Pictures
    sound : SessionSound
    session_import : SessionImport

    Attributes
    ----------
    lines : Confirming
    """

    def __init__(
        self,
        procedure: Procedure,
        view: TheatreView,
        pictures: Pictures,
        sound: SessionSound,
        session_import: SessionImport,
    ) -> None:
        self._procedure, self._view, self._pictures = procedure, view, pictures
        self._sound, self._import = sound, session_import
        self.lines = Confirming(procedure, view, pictures)

    @property
    def session(self) -> LiveSession | None:
        """The session that runs."""
        return self._procedure.session

    @property
    def has_plan(self) -> bool:
        """Whether the session has lines."""
        return self._procedure.plan is not None

    @property
    def levels_done(self) -> Sequence[str]:
        """Levels treated before in this session, with their words."""
        return self._procedure.log.levels_done

    def frame_of(self, number: int) -> StampedFrame | None:
        """The newest frame of the first or the second input."""
        return self._procedure.frame if number == 1 else self._procedure.second_frame

    def start_session(self, source: str) -> bool:
        """Begin with a source (or go on with the one left); False, with the reason told, where it cannot be."""
        left = left_session() if source == RESUME else None
        if source == RESUME and left is None:
            self._view.show_message(tr("There is no session to go on with."))
            return False
        self.end_session()
        self._import.begin()
        try:
            self._procedure.start(source, left)
        except AssistantError as error:
            self._view.show_message(translate(error))
            return False
        finally:
            # Also where going on with what was left fails: a session that runs is never without its sound.
            self._sound.tell_session(self._procedure.session)
        self._pictures.forget(1, kept=True)
        self._pictures.forget(2)
        if left is not None:
            again = tr(" Confirm the lines again: [[theatre:lines]]") if self.has_plan else ""
            self._view.show_message(tr("The session goes on.{again}", again=again))
        self._view.refresh()
        return True

    def end_session(self) -> None:
        """End the session that runs, its recording closed in order."""
        if self._procedure.session is None:
            return
        self._sound.tell_session(None)
        if not self._procedure.end():
            self._view.show_message(tr("The session did not end by itself; what was recorded until then is whole."))
        self.lines.forget()
        for number in (1, 2):
            self._pictures.forget(number)
        self._view.refresh()

    def open_second(self, source: str) -> None:
        """Open a second grabber beside the first; empty closes it."""
        session = self._procedure.session
        if session is None:
            return
        for fault in self._procedure.open_second(source):
            self._view.show_message(f"{fault.happened} {fault.do}")
        self._pictures.forget(2)
        self._pictures.show_second_input(is_open=session.second is not None)

    def take_plan(self, plan: Plan, references: tuple[Frame, ...]) -> bool:
        """Work with these lines; they count once they are confirmed."""
        if self._procedure.session is None:
            return False
        try:
            self._procedure.take_plan(plan, references)
        except AssistantError as error:
            self._view.show_message(translate(error))
            return False
        return True

    def end_set_up(self) -> None:
        """Show the figures again."""
        self._view.close_set_up()

    def arm(self) -> None:
        """Arm with lines of which each point was confirmed in the set-up, which ends."""
        self.lines.placed()
        self.end_set_up()
        self._pictures.show_level(wanted=True)
        self.begin_injecting()

    def begin_injecting(self) -> None:
        """Arm the session, in a window that is large enough."""
        session = self._procedure.session
        if session is None or session.status.armed:
            return
        width_px, height_px = self._view.window_px()
        if width_px < LEAST_WIDTH_PX or height_px < LEAST_HEIGHT_PX:
            self._view.show_message(_TOO_SMALL)
            return
        reason = session.arm()
        self._view.show_message(reason or tr("Injecting. Hold [[theatre:inject]] for one second to end."))
        self._view.refresh()
