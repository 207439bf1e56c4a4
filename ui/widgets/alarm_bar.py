"""The message bar: always there, one widget, five looks: HIGH, MEDIUM, LOW, quiet, not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from assistant.language import translate
from assistant.plan import PlannedView
from assistant.readings.moments import Moment
from assistant.vocabulary import FrameState, Motion, Priority, Unknown
from ui import theme, words
from ui.keys.key_map import with_keys

_HIGH_HALF_PERIOD_MS = 250
_MEDIUM_HALF_PERIOD_MS = 833


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the bar says."""

    priority: Priority
    headline: str
    action: str
    aside: str = ""
    known: bool = True


def message_for(
    moment: Moment | None,
    *,
    has_run: bool,
    has_plan: bool,
    views: Sequence[PlannedView] = (),
    editing: bool = False,
    failure: str = "",
) -> Message:
    """Choose the message of a moment: the highest alarm, else what is known; "no crossing" needs everything known."""
    if not has_run:
        return Message(
            priority=Priority.NONE, headline=words.NO_RUN, action=with_keys(words.NO_RUN_ACTION), known=False
        )
    if editing and has_plan:
        return Message(priority=Priority.NONE, headline=words.SET_UP, action=words.SET_UP_ACTION, known=False)
    if not has_plan:
        return Message(
            priority=Priority.NONE, headline=words.NO_PLAN, action=with_keys(words.NO_PLAN_ACTION), known=False
        )
    if moment is None and failure:
        action = words.ANALYSIS_STOPPED_ACTION
        return Message(priority=Priority.NONE, headline=words.ANALYSIS_STOPPED, action=action, known=False)
    if moment is None:
        return Message(priority=Priority.NONE, headline=words.NOT_KNOWN, action=words.ANALYSIS_WORKING, known=False)
    raised = [alarm for alarm in moment.standing if alarm.priority > Priority.LOW or alarm.action]
    if raised:
        first = raised[0]
        more = f"+ {len(raised) - 1}" if len(raised) > 1 else ""
        aside = " · ".join(part for part in (words.PRIORITY[first.priority], more) if part)
        # An alarm that stood when the X-ray went off is not lifted by that, and is not measured any more either.
        is_held = moment.liveness.state is FrameState.FROZEN and first.site is not None
        action = words.BEFORE_OFF.format(translate(first.action)) if is_held else translate(first.action)
        return Message(priority=first.priority, headline=translate(first.headline), action=action, aside=aside)
    missing = _missing(moment)
    if missing:
        return Message(priority=Priority.NONE, headline=words.NOT_KNOWN, action=missing, known=False)
    assert isinstance(moment.motion, Motion)
    lateral = not views or views[moment.motion.view_index].is_lateral
    action = words.LATERAL_ONLY if lateral else words.AP_ONLY
    return Message(priority=Priority.NONE, headline=words.NO_CROSSING, action=action)


def _missing(moment: Moment) -> str:
    """The first thing that is not known; empty when all is known."""
    if moment.liveness.state not in (FrameState.LIVE, FrameState.REPEAT):
        return translate(moment.liveness.reason) or words.STATE[moment.liveness.state]
    if not isinstance(moment.motion, Motion):
        return translate(moment.motion.reason)
    if isinstance(moment.distances, Unknown):
        return translate(moment.distances.reason)
    return ""


class AlarmBar(QWidget):
    """Shows a `Message`; HIGH and MEDIUM flash, their text stays readable in both phases."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(104)
        self.message = message_for(None, has_run=False, has_plan=False)
        self._phase = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._flash)

    def say(self, message: Message) -> None:
        """Show a message."""
        if message == self.message:
            return
        if message.priority is not self.message.priority:
            self._phase = 0
            if message.priority is Priority.HIGH:
                self._timer.start(_HIGH_HALF_PERIOD_MS)
            elif message.priority is Priority.MEDIUM:
                self._timer.start(_MEDIUM_HALF_PERIOD_MS)
            else:
                self._timer.stop()
        self.message = message
        self.setAccessibleName(f"{message.headline}. {message.action}")
        self.update()

    def stop(self) -> None:
        """No more flashing: the window closes."""
        self._timer.stop()

    def _flash(self) -> None:
        self._phase = 1 - self._phase
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw ground, shape, headline, action and aside."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, text = self._colours()
        painter.fillRect(self.rect(), ground)
        self._icon(painter, QRectF(20, self.height() / 2 - 34, 68, 68), text, ground)
        small = self.width() < 1500
        painter.setPen(text)
        # A long headline (a leak with its shape) gets smaller rather than be cut.
        for size in range(42 if small else 46, 25, -2):
            painter.setFont(theme.font(size, 800))
            if painter.fontMetrics().horizontalAdvance(self._headline()) <= self.width() - 316:
                break
        painter.drawText(QRectF(108, 8, self.width() - 300, 54), Qt.AlignmentFlag.AlignVCenter, self._headline())
        painter.setFont(theme.font(24 if small else 28, 600))
        painter.setPen(text if self.message.priority else theme.TEXT_2)
        painter.drawText(QRectF(108, 60, self.width() - 300, 38), Qt.AlignmentFlag.AlignVCenter, self.message.action)
        painter.setFont(theme.font(22, 700))
        painter.setPen(text)
        painter.drawText(
            QRectF(self.width() - 260, 0, 240, self.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            self.message.aside,
        )

    def _headline(self) -> str:
        is_quiet = self.message.headline == words.NO_CROSSING
        return f"{words.NO_CROSSING} {words.IN_THIS_VIEW}" if is_quiet else self.message.headline

    def _colours(self) -> tuple[QColor, QColor]:
        match self.message.priority:
            case Priority.HIGH:
                return theme.HIGH[self._phase], theme.TEXT_1
            case Priority.MEDIUM:
                return theme.MEDIUM[self._phase], theme.MEDIUM_TEXT[self._phase]
            case Priority.LOW:
                return theme.LOW, theme.LOW_TEXT
        return theme.CARD, theme.TEXT_1

    def _icon(self, painter: QPainter, box: QRectF, colour: QColor, ground: QColor) -> None:
        """HIGH octagon !!!, MEDIUM triangle !!, LOW disc !, watching an eye, not known a crossed eye."""
        priority = self.message.priority
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if priority is Priority.HIGH:
            c, r = box.center(), box.width() / 2
            k = r * 0.4142
            corners = ((-k, -r), (k, -r), (r, -k), (r, k), (k, r), (-k, r), (-r, k), (-r, -k))
            painter.drawPolygon(QPolygonF([QPointF(c.x() + x, c.y() + y) for x, y in corners]))
        elif priority is Priority.MEDIUM:
            painter.drawPolygon(QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]))
        elif priority is Priority.LOW:
            painter.drawEllipse(box)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 4))
            painter.drawEllipse(box.adjusted(0, 14, 0, -14))
            painter.setBrush(colour)
            painter.drawEllipse(box.center(), 9, 9)
            if not self.message.known:
                painter.drawLine(box.topLeft(), box.bottomRight())
            return
        painter.setPen(ground)
        painter.setFont(theme.font(34, 800))
        place = box.adjusted(0, 12, 0, 0) if priority is Priority.MEDIUM else box
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "!" * int(priority))
