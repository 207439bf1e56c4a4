"""What each key of the theatre does. Every act is logged by the session; none needs a dialog.

No single key disarms, deletes, or changes the line while armed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.live.messages import Lines
from ui.keys.key_map import word
from ui.keys.table import ACKNOWLEDGE
from ui.theatre.holding import Holding
from ui.theatre.layout import LEAST_HEIGHT_PX, LEAST_WIDTH_PX, fits

if TYPE_CHECKING:
    from ui.theatre.page import TheatrePage


class Acts:
    """The acts of a theatre page."""

    def __init__(self, page: TheatrePage) -> None:
        self._page = page
        self.holding = Holding(page)
        self._down: set[str] = set()
        self._acts: dict[str, Callable[[], None]] = {
            ACKNOWLEDGE: self._acknowledge,
            "inject": self._inject,
            "mark": self._mark,
            "ml in": self._ml_in,
            "ml back": self._ml_back,
            "cement clock": self._cement_clock,
            "stage": self._stage,
            "key image": self._key_image,
            "ap look": self._ap_look,
            "lines": self._lines,
            "raw": lambda: page.show_raw(raw=True),
            "level view": self._level_view,
            "bare": lambda: page.toggle_bare(),
            "next level": self._next_level,
            "second picture": lambda: page.next_second(),
            "bookmark": self._bookmark,
            "clip": self._clip,
            "set up": self._set_up,
        }

    def press(self, act: str) -> None:
        """A key, a pedal or a cap goes down."""
        if act in self._acts and act not in self._down and not self.holding.is_spent(act):
            self._down.add(act)
            self._acts[act]()

    def release(self, act: str) -> None:
        """It goes up."""
        self._down.discard(act)
        self.holding.end(act)
        if act == "raw":
            self._page.show_raw(raw=False)

    def let_go(self) -> None:
        """The window lost the keyboard: nothing is held any more."""
        for act in tuple(self._down):
            self.release(act)

    # Each act ---------------------------------------------------------------------------------------------------

    def _acknowledge(self) -> None:
        session = self._page.session
        if session is not None:
            session.acknowledge()
            self._page.refresh()

    def _inject(self) -> None:
        page = self._page
        session = page.session
        if session is None:
            page.begin_set_up()
            return
        if session.status.armed:
            self.holding.begin("inject", self._disarm)
        else:
            self.arm()

    def arm(self) -> None:
        """Arm the session, in a window that is large enough."""
        page = self._page
        session = page.session
        if session is None or session.status.armed:
            return
        window = page.window() or page
        if not fits(window.width(), window.height()):
            page.tell(f"This window is smaller than {LEAST_WIDTH_PX} × {LEAST_HEIGHT_PX}: make it larger to arm.")
            return
        reason = session.arm()
        page.tell(reason or f"Injecting. Hold {word('theatre', 'inject')} for one second to end.")
        page.refresh()

    def _disarm(self) -> None:
        session = self._page.session
        if session is not None:
            session.disarm()
            self._page.tell("Not injecting any more.")
            self._page.refresh()

    def _mark(self) -> None:
        self._page.desk.pauses += 1
        self._note("pause", f"Pause {self._page.desk.pauses} marked.")

    def _ml_in(self) -> None:
        total = self._page.desk.put_in()
        if total is not None:
            self._note("ml", f"{total:.1f} ml in", total_ml=total)

    def _ml_back(self) -> None:
        total = self._page.desk.take_back()
        if total is not None:
            self._note("ml_back", f"Taken back: {total:.1f} ml in", total_ml=total)

    def _cement_clock(self) -> None:
        page = self._page
        if page.desk.start_clock(page.now_ns()):
            self._note("cement_clock", "Cement clock started.")
        else:
            self.holding.begin("cement clock", self._restart_clock)

    def _restart_clock(self) -> None:
        self._page.desk.restart_clock(self._page.now_ns())
        self._note("cement_clock", "Cement clock started anew.")

    def _stage(self) -> None:
        stage = self._page.desk.next_stage(self._page.now_ns())
        if stage is not None:
            self._note("cement_stage", f"Cement: {stage}", stage=stage)

    def _ap_look(self) -> None:
        self._page.desk.ap_ns = self._page.now_ns()
        self._note("ap_look", "AP look noted.")

    def _bookmark(self) -> None:
        self._page.desk.bookmarks += 1
        number = self._page.desk.bookmarks
        self._note("bookmark", f"Bookmark {number}", number=number)

    def _level_view(self) -> None:
        """Both pictures in the same view."""
        page = self._page
        page.picture.toggle_level_view()
        page.board.beside.picture.show_level(wanted=page.picture.is_level)

    def _key_image(self) -> None:
        """Keep the present picture, bare and as shown."""
        page = self._page
        session, frame = page.session, page.frame
        if session is None or frame is None:
            page.tell("No picture to keep.")
            return
        page.desk.key_images += 1
        name = page.key_images.keep(session.folder, page.desk.key_images, frame, page.picture.grab())
        session.note("key_image", name, frame=frame.index, level=page.desk.level)
        page.tell(f"Key image {page.desk.key_images} kept.")

    def _clip(self) -> None:
        session = self._page.session
        if session is None:
            return
        seconds = self._page.settings.theatre.clip_s
        kept = session.clip(seconds)
        self._page.tell(
            "No picture yet." if kept is None else f"Last {seconds:.0f} s kept: frames {kept[0]} to {kept[1]}."
        )

    def _lines(self) -> None:
        page = self._page
        session = page.session
        if session is None or session.status.lines is Lines.NONE:
            page.begin_set_up()
        elif page.lines.asks:
            page.lines.confirm()
        elif page.lines.waits:
            page.lines.propose()
        elif session.status.armed:
            page.tell("The lines are confirmed. They change only while not armed.")
        else:
            page.begin_set_up(at="points")

    def _next_level(self) -> None:
        page = self._page
        if page.session is None:
            return
        if page.session.status.armed:
            page.tell(f"Next level: end injecting first (hold {word('theatre', 'inject')}).")
            return
        page.next_level()

    def _set_up(self) -> None:
        page = self._page
        if page.session is not None and page.session.status.armed:
            page.tell(f"Set-up: end injecting first (hold {word('theatre', 'inject')}).")
        else:
            page.begin_set_up()

    def _note(self, kind: str, told: str, **data: object) -> None:
        page = self._page
        if page.session is not None:
            page.session.note(kind, told, level=page.desk.level, **data)
        page.tell(told)
        page.refresh()
