"""What the team enters by hand, key by key: millilitres, the cement's clock and stage, pauses, looks, pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.language import sentence
from assistant.live.procedure import Procedure
from ui.theatre.holding import Holding
from ui.theatre.host import TheatreView


class Entries:
    """Each is kept in the procedure's log, told, and shown.

    Parameters
    ----------
    procedure : Procedure
    view : TheatreView
    holding : Holding
    clock_ns : callable
        The clock that the session uses.

    Attributes
    ----------
    acts : mapping
        By their names in `ui.keys.table`.
    """

    def __init__(self, procedure: Procedure, view: TheatreView, holding: Holding, clock_ns: Callable[[], int]) -> None:
        self._procedure, self._view, self._holding, self._now_ns = procedure, view, holding, clock_ns
        self.acts: Mapping[str, Callable[[], None]] = {
            "mark": self._mark,
            "ml in": self._ml_in,
            "ml back": self._ml_back,
            "cement clock": self._cement_clock,
            "stage": self._stage,
            "key image": self._key_image,
            "ap look": self._ap_look,
            "bookmark": self._bookmark,
            "clip": self._clip,
        }

    def _mark(self) -> None:
        log = self._procedure.log
        log.pauses += 1
        self._note("pause", sentence(f"Pause {log.pauses} marked."))

    def _ml_in(self) -> None:
        total = self._procedure.log.put_in()
        if total is not None:
            self._note("ml", sentence(f"{total:.1f} ml in"), total_ml=total)

    def _ml_back(self) -> None:
        total = self._procedure.log.take_back()
        if total is not None:
            self._note("ml_back", sentence(f"Taken back: {total:.1f} ml in"), total_ml=total)

    def _cement_clock(self) -> None:
        if self._procedure.log.start_clock(self._now_ns()):
            self._note("cement_clock", sentence("Cement clock started."))
        else:
            self._holding.begin("cement clock", self._restart_clock)

    def _restart_clock(self) -> None:
        self._procedure.log.restart_clock(self._now_ns())
        self._note("cement_clock", sentence("Cement clock started anew."))

    def _stage(self) -> None:
        stage = self._procedure.log.next_stage(self._now_ns())
        if stage is not None:
            self._note("cement_stage", sentence(f"Cement: {stage}"), stage=stage)

    def _ap_look(self) -> None:
        self._procedure.log.ap_ns = self._now_ns()
        self._note("ap_look", sentence("AP look noted."))

    def _bookmark(self) -> None:
        log = self._procedure.log
        log.bookmarks += 1
        self._note("bookmark", sentence(f"Bookmark {log.bookmarks}"), number=log.bookmarks)

    def _key_image(self) -> None:
        """Keep the present picture, bare and as shown."""
        procedure = self._procedure
        if procedure.session is None or procedure.frame is None:
            self._view.show_message(sentence("No picture to keep."))
            return
        procedure.log.key_images += 1
        number, frame = procedure.log.key_images, procedure.frame.index
        procedure.note("key_image", self._view.keep_image(number), frame=frame)
        self._view.show_message(sentence(f"Key image {number} kept."))

    def _clip(self) -> None:
        session = self._procedure.session
        if session is None:
            return
        seconds = self._procedure.settings.theatre.clip_s
        kept = session.clip(seconds)
        if kept is None:
            self._view.show_message(sentence("No picture yet."))
        else:
            self._view.show_message(sentence(f"Last {seconds:.0f} s kept: frames {kept[0]} to {kept[1]}."))

    def _note(self, kind: str, text: str, **data: Any) -> None:
        self._procedure.note(kind, text, **data)
        self._view.show_message(text)
        self._view.refresh()
