"""Events of the run, each a jump to its moment, and the leak card."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from assistant.vocabulary import Alarm, Distances, FrameState, Leak, Priority, Unknown
from ui import theme, words
from ui.moments import Moment

_MARK = {Priority.HIGH: "!!!", Priority.MEDIUM: "!!", Priority.LOW: "!", Priority.NONE: ""}


class EventsList(QListWidget):
    """Alarms in the order in which they were raised; Enter, double click or the keys [ ] jump to one."""

    jump = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(words.EVENTS_TITLE)
        self.setFont(theme.font(18, 600))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._frames: list[int] = []
        self.itemActivated.connect(lambda item: self.jump.emit(int(item.data(Qt.ItemDataRole.UserRole))))
        self.itemClicked.connect(lambda item: self.jump.emit(int(item.data(Qt.ItemDataRole.UserRole))))

    def add(self, alarm: Alarm, t_s: float) -> None:
        """Add an alarm that was raised."""
        site = words.SITE.get(alarm.site, "") if alarm.site is not None else ""
        text = f"{words.clock(t_s)}  {_MARK[alarm.priority]:<3}  {words.EVENT[alarm.kind]} {site}".rstrip()
        item = QListWidgetItem(text)
        item.setForeground(theme.priority_colour(alarm.priority))
        item.setData(Qt.ItemDataRole.UserRole, alarm.first_frame)
        self.addItem(item)
        self._frames.append(alarm.first_frame)

    def frames(self) -> list[int]:
        """First frames of all events."""
        return list(self._frames)

    def forget(self) -> None:
        """Empty the list for another run."""
        self.clear()
        self._frames.clear()


class LeakCard(QWidget):
    """The largest leak of the moment: where, how large, which route, which shape and how sure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(120)
        self._leak: Leak | None = None
        self._known = False

    def show_moment(self, moment: Moment | None) -> None:
        """Take over the leaks of a moment; "none seen" is said only of a picture that was measured."""
        leaks = moment.leaks if moment is not None else ()
        known = (
            moment is not None
            and moment.liveness.state in (FrameState.LIVE, FrameState.REPEAT)
            and isinstance(moment.distances, Distances)
        )
        # A disc leak has a shape to show; otherwise the largest.
        shaped = [leak for leak in leaks if leak.shape is not None]
        chosen = max(shaped or leaks, key=lambda leak: leak.area_mm2, default=None)
        if chosen != self._leak or known != self._known:
            self._leak, self._known = chosen, known
            self.setAccessibleName(f"{words.LEAK_TITLE}: {self.told()}")
            self.update()

    def told(self) -> str:
        """The card in words."""
        if self._leak is None:
            return words.NO_LEAK if self._known else "—"
        return words.LEAK_SITE[self._leak.site]

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.setBrush(theme.CARD)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        width = self.width() - 36
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(20, 700))
        painter.drawText(QRectF(18, 8, width, 30), Qt.AlignmentFlag.AlignVCenter, f"{words.LEAK_TITLE} · {self.told()}")
        leak = self._leak
        if leak is None:
            return
        painter.setFont(theme.font(18, 550))
        painter.setPen(theme.TEXT_2)
        size = f"≈ {leak.length_mm:.0f} mm · ≈ {leak.area_mm2:.0f} mm² · {leak.magnitude} · Yeom {leak.yeom}"
        painter.drawText(QRectF(18, 40, width, 26), Qt.AlignmentFlag.AlignVCenter, size)
        if leak.shape is None:
            return
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(24, 720))
        painter.drawText(QRectF(18, 66, width, 32), Qt.AlignmentFlag.AlignVCenter, f"Shape: {leak.shape.label}")
        painter.setFont(theme.font(15, 500))
        painter.setPen(theme.TEXT_3)
        p_spike = leak.shape.p_spike
        told = leak.shape.reason if isinstance(p_spike, Unknown) else f"score {p_spike:.2f}"
        reason = f" · {leak.shape.reason}" if leak.shape.reason and not isinstance(p_spike, Unknown) else ""
        line = painter.fontMetrics().elidedText(
            f"{told} · {leak.shape.model}{reason}", Qt.TextElideMode.ElideRight, int(width)
        )
        painter.drawText(QRectF(18, 96, width, 22), Qt.AlignmentFlag.AlignVCenter, line)
        if self.height() >= 150:
            painter.drawText(QRectF(18, 120, width, 22), Qt.AlignmentFlag.AlignVCenter, words.SHAPE_NOTE)
        self._axis(painter, p_spike)

    def _axis(self, painter: QPainter, p_spike: float | Unknown) -> None:
        """Round, undetermined, spike, and where the score stands."""
        left, width, top = self.width() - 220.0, 200.0, 78.0
        if left < 260:
            return
        for first, last, colour in ((0.0, 0.3, theme.TEXT_3), (0.3, 0.7, theme.RAISED), (0.7, 1.0, QColor("#FFFFFF"))):
            painter.fillRect(QRectF(left + first * width, top, (last - first) * width - 2, 12), colour)
        if not isinstance(p_spike, Unknown):
            painter.setPen(QPen(theme.LIMIT, 3))
            x = left + p_spike * width
            painter.drawLine(int(x), int(top) - 6, int(x), int(top) + 18)
