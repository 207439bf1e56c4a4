"""What the acts of the review page do; their keys stand in `ui.keys.table`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.review import review_words

if TYPE_CHECKING:
    from ui.review.page import ReviewPage

_FAR_PX = 10
_WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_PAN_PX = 60


class Keys:
    """Does the acts of the page; their keys stand in `ui.keys.table`."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        player, shown = page.player, page.shown
        self._acts: dict[str, Callable[[], object]] = {
            "play": player.toggle,
            "slower": lambda: player.change_speed(-1),
            "faster": lambda: player.change_speed(1),
            "every": player.toggle_every,
            "event before": lambda: player.go_to_event(-1),
            "event next": lambda: player.go_to_event(1),
            "range from": lambda: player.set_end("A"),
            "range to": lambda: player.set_end("B"),
            "loop": player.toggle_loop,
            "first": lambda: page.jump(0),
            "last": self._end,
            "step back": lambda: player.step(-1),
            "step on": lambda: player.step(1),
            "step back 10": lambda: player.step(-10),
            "step on 10": lambda: player.step(10),
            "level view": page.picture.toggle_level_view,
            "bare": page.toggle_bare,
            "raw": lambda: page.show_raw(True),
            "zoom in": lambda: page.picture.zoom(1.25),
            "zoom out": lambda: page.picture.zoom(0.8),
            "key image": page.reviewing.key_image,
            "note": page.start_note,
            "what-if": lambda: page.cards.show_card(review_words.TABS[3]),
            "figures": shown.switch_figures,
            "anew": shown.analyse_anew,
            "reviewer": page.reviewing.next_person,
            "notes": page.header.toggle_notes,
            "report": lambda: page.exporter.export("pdf"),
            "export": self._show_export,
            "live": lambda: page.wanted.emit("theatre", None),
            "beside": shown.toggle_beside,
            "difference": shown.toggle_difference,
            "measure": lambda: page.cards.show_card(review_words.TABS[2]),
            "keep": page.reviewing.keep_measures,
            "clip": self._cut_clip,
            "leave": self._escape,
            "open": page.choose_run,
            "edit plan": page.edit_plan,
            "open plan": page.choose_plan,
            "other run": page.choose_other_run,
            "next field": page.plan_panel.next_field,
            "undo": self._undo,
            "redo": self._redo,
            "finish plan": page.plan_panel.finish,
            "next point": lambda: self._points(page.plan_panel.points.next_point),
            "ruler": page.plan_panel.ruler.toggle,
        }
        for way, (dx, dy) in _WAYS.items():
            # The picture goes the other way than the eye.
            self._acts[f"pan {way}"] = lambda dx=dx, dy=dy: page.picture.pan(-dx * _PAN_PX, -dy * _PAN_PX)
            for word, px in (("", 1), ("far ", _FAR_PX)):
                self._acts[f"point {word}{way}"] = lambda dx=dx * px, dy=dy * px: self._nudge(dx, dy)
        for number in range(1, 10):
            self._acts[f"card {number}"] = lambda number=number: self._card(number - 1)

    def places(self) -> tuple[str, ...]:
        """While points are placed their keys come first."""
        return ("review.points", "review") if self._page.editing else ("review",)

    def begin(self, act: str) -> None:
        """A key goes down."""
        self._acts[act]()

    def end(self, act: str) -> None:
        """`raw` is held, not pressed."""
        if act == "raw":
            self._page.show_raw(False)

    def _card(self, number: int) -> None:
        names = self._page.cards.names()
        if number < len(names):
            self._page.cards.show_card(names[number])

    def _nudge(self, dx: int, dy: int) -> None:
        self._points(lambda: self._page.plan_panel.points.nudge(dx, dy))

    def _undo(self) -> None:
        """The last point, the last measuring point, or the last word of the review."""
        page = self._page
        if page.editing:
            self._points(page.plan_panel.points.undo)
        elif page.board.points.get(page.board.tool):
            page.board.undo()
            page.measure.refresh()
            page.picture.update()
        else:
            page.reviewing.undo()

    def _redo(self) -> None:
        if self._page.editing:
            self._points(self._page.plan_panel.points.redo)
        else:
            self._page.reviewing.redo()

    def _points(self, act: Callable[[], object]) -> None:
        if self._page.editing:
            act()
            self._page.plan_panel.changed()
            self._page.picture.update()

    def _end(self) -> None:
        session = self._page.session
        if session is not None and session.last_frame is not None:
            self._page.jump(session.last_frame)

    def _show_export(self) -> None:
        if review_words.EXPORT in self._page.cards.names():
            self._page.cards.show_card(review_words.EXPORT)
        self._page.exporter.export("png", "csv")

    def _cut_clip(self) -> None:
        """A training clip of this run that stops at the picture on the screen."""
        session = self._page.session
        if session is not None:
            self._page.wanted.emit("training", ("cut", session.run, session.time_of(session.playhead)))

    def _escape(self) -> None:
        page = self._page
        if page.editing:
            page.end_editing()
            page.refresh()
        elif page.board.tool:
            page.measure.choose("")
        elif page.exporter.busy:
            page.exporter.stop()
        else:
            page.close_run()
