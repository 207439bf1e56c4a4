"""Keys of the review page as a table: each act one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

from ui.review import review_words

if TYPE_CHECKING:
    from ui.review.page import ReviewPage

K = Qt.Key
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_ARROWS = {K.Key_Left: (-1, 0), K.Key_Right: (1, 0), K.Key_Up: (0, -1), K.Key_Down: (0, 1)}


class Keys:
    """Turns key events into acts of the page."""

    def __init__(self, page: ReviewPage) -> None:
        self._page = page
        player, shown = page.player, page.shown
        self._plain: dict[int, Callable[[], object]] = {
            K.Key_Space: player.toggle,
            K.Key_K: player.toggle,
            K.Key_J: lambda: player.change_speed(-1),
            K.Key_L: lambda: player.change_speed(1),
            K.Key_F: player.toggle_every,
            K.Key_BracketLeft: lambda: player.go_to_event(-1),
            K.Key_BracketRight: lambda: player.go_to_event(1),
            K.Key_A: lambda: player.set_end("A"),
            K.Key_B: lambda: player.set_end("B"),
            K.Key_P: player.toggle_loop,
            K.Key_Home: lambda: page.jump(0),
            K.Key_End: self._end,
            K.Key_Z: page.picture.toggle_level_view,
            K.Key_Tab: page.toggle_bare,
            K.Key_Plus: lambda: page.picture.zoom(1.25),
            K.Key_Minus: lambda: page.picture.zoom(0.8),
            K.Key_S: page.reviewing.key_image,
            K.Key_N: page.start_note,
            K.Key_W: lambda: page.cards.show_card(review_words.TABS[3]),
            K.Key_V: shown.switch_figures,
            K.Key_U: shown.analyse_anew,
            K.Key_I: page.header.toggle_notes,
            K.Key_R: lambda: page.exporter.export("pdf"),
            K.Key_E: self._show_export,
            K.Key_G: lambda: page.wanted.emit("theatre", None),
            K.Key_C: shown.toggle_beside,
            K.Key_D: shown.toggle_difference,
            K.Key_M: lambda: page.cards.show_card(review_words.TABS[2]),
            K.Key_Return: page.reviewing.keep_measures,
            K.Key_Enter: page.reviewing.keep_measures,
            K.Key_T: self._cut_clip,
            K.Key_Escape: self._escape,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; False where it means nothing here."""
        key, modifiers = event.key(), event.modifiers()
        page = self._page
        if modifiers & _CONTROL:
            return self._with_control(key)
        if page.editing and self._while_editing(key, big=bool(modifiers & _SHIFT)):
            return True
        if key == K.Key_O:
            page.show_raw(True)
            return True
        if key in (K.Key_Comma, K.Key_Less, K.Key_Semicolon, K.Key_Left):
            page.player.step(-10 if modifiers & _SHIFT else -1)
            return True
        if key in (K.Key_Period, K.Key_Greater, K.Key_Colon, K.Key_Right):
            page.player.step(10 if modifiers & _SHIFT else 1)
            return True
        if K.Key_1 <= key <= K.Key_9:
            return self._card(key - K.Key_1)
        act = self._plain.get(key)
        if act is None:
            return False
        act()
        return True

    def release(self, event: QKeyEvent) -> bool:
        """`O` is held, not pressed."""
        if event.key() == K.Key_O and not event.isAutoRepeat():
            self._page.show_raw(False)
            return True
        return False

    def _card(self, number: int) -> bool:
        names = self._page.cards.names()
        if number >= len(names):
            return False
        self._page.cards.show_card(names[number])
        return True

    def _with_control(self, key: int) -> bool:
        page = self._page
        acts: dict[int, Callable[[], object]] = {
            K.Key_O: page.choose_run,
            K.Key_P: page.edit_plan,
            K.Key_L: page.choose_plan,
            K.Key_B: page.choose_other_run,
            K.Key_Tab: page.plan_panel.next_field,
            K.Key_Left: lambda: page.picture.pan(60, 0),
            K.Key_Right: lambda: page.picture.pan(-60, 0),
            K.Key_Up: lambda: page.picture.pan(0, 60),
            K.Key_Down: lambda: page.picture.pan(0, -60),
            K.Key_Z: self._undo,
            K.Key_Y: self._redo,
        }
        act = acts.get(key)
        if act is None:
            return False
        act()
        return True

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

    def _while_editing(self, key: int, *, big: bool) -> bool:
        points = self._page.plan_panel.points
        if key in _ARROWS:
            dx, dy = _ARROWS[K(key)]
            far = 10 if big else 1
            self._points(lambda: points.nudge(dx * far, dy * far))
        elif key in (K.Key_Return, K.Key_Enter):
            self._page.plan_panel.finish()
        elif key == K.Key_Tab:
            self._points(points.next_point)
        elif key == K.Key_G:
            self._page.plan_panel.ruler.toggle()
        else:
            return False
        return True

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
            if page.session is not None and page.session.plan is not None:
                page.end_editing()
                page.refresh()
        elif page.board.tool:
            page.measure.choose("")
        elif page.exporter.busy:
            page.exporter.stop()
        else:
            page.close_run()
