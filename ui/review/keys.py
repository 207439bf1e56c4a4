"""Keys of the replay window as a table: each act one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from ui.review.page import ReviewPage

K = Qt.Key
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier
_ARROWS = {K.Key_Left: (-1, 0), K.Key_Right: (1, 0), K.Key_Up: (0, -1), K.Key_Down: (0, 1)}


class Keys:
    """Turns key events into acts of the window."""

    def __init__(self, window: ReviewPage) -> None:
        self._window = window
        self._plain: dict[int, Callable[[], object]] = {
            K.Key_Space: window.toggle_play,
            K.Key_K: window.toggle_play,
            K.Key_J: lambda: window.change_speed(-1),
            K.Key_L: lambda: window.change_speed(1),
            K.Key_BracketLeft: lambda: window.go_to_event(-1),
            K.Key_BracketRight: lambda: window.go_to_event(1),
            K.Key_Home: lambda: window.go(0),
            K.Key_End: self._end,
            K.Key_Z: window.picture.toggle_level_view,
            K.Key_Tab: window.toggle_bare,
            K.Key_P: window.edit_plan,
            K.Key_Plus: lambda: window.picture.zoom(1.25),
            K.Key_Minus: lambda: window.picture.zoom(0.8),
            K.Key_Escape: self._escape,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; False where it means nothing here."""
        key, modifiers = event.key(), event.modifiers()
        if modifiers & _CONTROL:
            return self._with_control(key)
        if self._window.editing and self._while_editing(key, big=bool(modifiers & _SHIFT)):
            return True
        if key == K.Key_O:
            self._window.show_raw(True)
            return True
        if key in (K.Key_Comma, K.Key_Less, K.Key_Semicolon, K.Key_Left):
            self._window.step(-10 if modifiers & _SHIFT else -1)
            return True
        if key in (K.Key_Period, K.Key_Greater, K.Key_Colon, K.Key_Right):
            self._window.step(10 if modifiers & _SHIFT else 1)
            return True
        act = self._plain.get(key)
        if act is None:
            return False
        act()
        return True

    def release(self, event: QKeyEvent) -> bool:
        """`O` is held, not pressed."""
        if event.key() == K.Key_O and not event.isAutoRepeat():
            self._window.show_raw(False)
            return True
        return False

    def _with_control(self, key: int) -> bool:
        window = self._window
        acts: dict[int, Callable[[], object]] = {
            K.Key_O: window.choose_run,
            K.Key_P: window.choose_plan,
            K.Key_Tab: window.plan_panel.next_field,
            K.Key_Left: lambda: window.picture.pan(60, 0),
            K.Key_Right: lambda: window.picture.pan(-60, 0),
            K.Key_Up: lambda: window.picture.pan(0, 60),
            K.Key_Down: lambda: window.picture.pan(0, -60),
            K.Key_Z: lambda: self._points(window.plan_panel.points.undo),
            K.Key_Y: lambda: self._points(window.plan_panel.points.redo),
        }
        act = acts.get(key)
        if act is None:
            return False
        act()
        return True

    def _while_editing(self, key: int, *, big: bool) -> bool:
        points = self._window.plan_panel.points
        if key in _ARROWS:
            dx, dy = _ARROWS[K(key)]
            far = 10 if big else 1
            self._points(lambda: points.nudge(dx * far, dy * far))
        elif key in (K.Key_Return, K.Key_Enter):
            self._window.plan_panel.finish()
        elif key == K.Key_Tab:
            self._points(points.next_point)
        elif key == K.Key_G:
            self._window.plan_panel.ruler.toggle()
        else:
            return False
        return True

    def _points(self, act: Callable[[], object]) -> None:
        if self._window.editing:
            act()
            self._window.plan_panel.changed()
            self._window.picture.update()

    def _end(self) -> None:
        session = self._window.session
        if session is not None and session.last_frame is not None:
            self._window.go(session.last_frame)

    def _escape(self) -> None:
        session = self._window.session
        if self._window.editing and session is not None and session.plan is not None:
            self._window.end_editing()
            self._window.refresh()
        elif not self._window.editing:
            self._window.wanted.emit("cases", None)
