"""Play, pause, step, seek, speed: a time line with the states and events of the run under the picture."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from assistant.vocabulary import Alarm, FrameState, Priority
from ui import theme, words

SPEEDS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_STATE_COLOUR = {
    FrameState.FROZEN: QColor("#8B99A7"),
    FrameState.NO_SIGNAL: QColor("#FF7A73"),
    FrameState.UNUSABLE: QColor("#FFD400"),
    FrameState.MOVING: QColor("#FFD400"),
}


class TimeLine(QWidget):
    """The whole run at a glance: analysed part, states, events, playhead. Press or drag to go there."""

    seek = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(54)
        self.setAccessibleName("Time line")
        self._frames = 1
        self._playhead = 0
        self._analysed = 0
        self._states: list[tuple[int, FrameState]] = []
        self.noted = 0
        """Frames whose state is known here; they come in order."""
        self._events: list[Alarm] = []

    def set_run(self, frames: int) -> None:
        """Another run."""
        self._frames = max(1, frames)
        self._playhead = self._analysed = self.noted = 0
        self._states.clear()
        self._events.clear()
        self.update()

    def set_place(self, playhead: int, analysed: int) -> None:
        """Where the picture stands and how far the analysis is."""
        self._playhead, self._analysed = playhead, analysed
        self._frames = max(self._frames, analysed)
        self.update()

    def note_state(self, index: int, state: FrameState) -> None:
        """A state began at this frame."""
        self.noted = max(self.noted, index + 1)
        if not self._states or self._states[-1][1] is not state:
            self._states.append((index, state))

    def note_event(self, alarm: Alarm) -> None:
        """An alarm was raised."""
        self._events.append(alarm)

    def _x(self, index: float) -> float:
        return 10 + index / max(1, self._frames - 1) * (self.width() - 20)

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QRectF(10, 30, self.width() - 20, 12)
        painter.fillRect(line, theme.RAISED)
        painter.fillRect(QRectF(10, 30, self._x(self._analysed) - 10, 12), theme.HAIRLINE)
        ends = [index for index, _ in self._states[1:]] + [self._analysed]
        for (first, state), last in zip(self._states, ends, strict=False):
            colour = _STATE_COLOUR.get(state)
            if colour is not None:
                rect = QRectF(self._x(first), 30, max(1.0, self._x(last) - self._x(first)), 12)
                painter.fillRect(rect, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        for alarm in self._events:
            self._mark(painter, self._x(alarm.first_frame), alarm.priority)
        x = self._x(self._playhead)
        painter.setPen(QPen(theme.TEXT_1, 2))
        painter.drawLine(QPointF(x, 22), QPointF(x, 50))
        painter.setBrush(theme.TEXT_1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([QPointF(x - 7, 16), QPointF(x + 7, 16), QPointF(x, 26)]))

    @staticmethod
    def _mark(painter: QPainter, x: float, priority: Priority) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.HIGH[0] if priority is Priority.HIGH else theme.priority_colour(priority))
        if priority is Priority.HIGH:
            painter.drawRect(QRectF(x - 5, 4, 10, 10))
        elif priority is Priority.MEDIUM:
            painter.drawPolygon(QPolygonF([QPointF(x, 3), QPointF(x + 6, 14), QPointF(x - 6, 14)]))
        else:
            painter.drawEllipse(QPointF(x, 9), 4, 4)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """Go there."""
        self._go(a0)

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        """Go along."""
        if a0 is not None and a0.buttons() & Qt.MouseButton.LeftButton:
            self._go(a0)

    def _go(self, event: QMouseEvent | None) -> None:
        if event is not None:
            share = (event.position().x() - 10) / max(1, self.width() - 20)
            self.seek.emit(round(min(max(share, 0.0), 1.0) * (self._frames - 1)))


class Transport(QWidget):
    """Buttons over the time line. Each has its key drawn on it."""

    step = pyqtSignal(int)
    play_toggled = pyqtSignal()
    speed_changed = pyqtSignal(int)
    event_wanted = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = TimeLine()
        row = QHBoxLayout()
        row.setSpacing(6)
        self.play = self._button("Play  ␣", "Play or pause", self.play_toggled.emit)
        for button in (
            self._button("◂◂ [", "Event before", lambda: self.event_wanted.emit(-1)),
            self._button("◂ ,", "Frame back", lambda: self.step.emit(-1)),
            self.play,
            self._button("▸ .", "Frame on", lambda: self.step.emit(1)),
            self._button("▸▸ ]", "Next event", lambda: self.event_wanted.emit(1)),
            self._button("− J", "Slower", lambda: self.speed_changed.emit(-1)),
            self._button("+ L", "Faster", lambda: self.speed_changed.emit(1)),
        ):
            # "Pause" is the longest word and has to be read at the smallest window.
            row.addWidget(button, 2 if button is self.play else 1)
        self.place = QLabel()
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.place.setFont(theme.font(17, 650))
        self.place.setMinimumWidth(210)
        row.addWidget(self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addLayout(row)

    @staticmethod
    def _button(text: str, name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        button.setToolTip(name)
        # Space must always mean play, whatever was clicked last.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setMinimumHeight(44)
        button.setMinimumWidth(48)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: act())
        return button

    def tell(self, index: int, frames: int | None, t_s: float, speed: float, *, playing: bool) -> None:
        """Show where the run stands."""
        self.play.setText("Pause  ␣" if playing else "Play  ␣")
        of = f" / {frames}" if frames else ""
        rate = "" if speed == 1.0 else f" · {speed:g} ×"
        self.place.setText(f"{words.clock(t_s)}.{int(t_s * 100) % 100:02d} · frame {index}{of}{rate}")
