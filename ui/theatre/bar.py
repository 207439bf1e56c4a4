"""The message bar of the theatre: the highest alarm with its count, time and key; quiet or not known without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.alarm_table.table import SITE_OF_LEAK
from assistant.language import tr, translate, trn
from assistant.lines import WARNING_THIRDS, Line
from assistant.live.messages import LiveState
from assistant.live.status import LiveAlarm, LiveStatus
from assistant.vocabulary import AlarmSite, EventKind, Priority, Unknown
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.theatre.looks import live_elsewhere
from ui.widgets import icons
from ui.widgets.alarm_bar import AlarmBar, Message

_SITE_WORDS = {
    AlarmSite.POSTERIOR: "posterior",
    AlarmSite.SUPERIOR_ENDPLATE: tr("superior endplate"),
    AlarmSite.INFERIOR_ENDPLATE: tr("inferior endplate"),
    AlarmSite.ANTERIOR: "anterior",
    AlarmSite.LATERAL: "lateral",
}
_LEAK_WORDS = {SITE_OF_LEAK[site]: told for site, told in words.LEAK_SITE.items()}
_TECHNICAL_FROM = 7
_CLEARLY_PAST_MM = -1.0
_BEFORE = {
    LiveState.NO_SIGNAL: tr("Before signal loss"),
    LiveState.FROZEN: tr("Before it froze"),
    LiveState.HELD: tr("Before X-ray off"),
    LiveState.NOT_FLUOROSCOPY: tr("Before this picture"),
}
_STANDS = tr("Still stands")
_HEADLINE_PX, _ACTION_PX = 34, 24
"""From these sizes on the side gives way, before the headline and what is to be done get any smaller."""
_LEAST_PX = 14
_SIDE_PX, _SIDE_SHAPE_PX, _LEAST_SIDE_PX = 20, 38, 150.0
_SHAPES = {Priority.HIGH: "high", Priority.MEDIUM: "medium", Priority.LOW: "low"}
_DISAGREE = tr("Figure past the line without alarm. Judge by eye.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """An alarm about the patient that is not the bar's headline: since when, its name, its priority."""

    since: str
    name: str
    priority: Priority

    @property
    def words(self) -> str:
        """In one line."""
        return f"{self.since}  {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveMessage(Message):
    """A message with its right-hand side.

    Attributes
    ----------
    under : str
        Second line on the right.
    key : str
        What the key at the right does now; empty: no key.
    key_word : str
        What stands on its cap.
    steady : bool
        Acknowledged: no flash.
    behind : Behind or None
        ``under`` tells of an alarm about the patient that another one, or the picture's state, would hide.
    """

    under: str = ""
    key: str = ""
    key_word: str = tr("Space")
    steady: bool = False
    behind: Behind | None = None


def message_of(
    status: LiveStatus | None, *, quiet_aside: tuple[str, str] = ("", ""), asked: str = "", question: str = ""
) -> LiveMessage:
    """What the bar says of a status.

    Parameters
    ----------
    status : LiveStatus or None
        None: no session runs.
    quiet_aside : tuple of str
        Two lines at the right while nothing stands: the last AP look, the last act.
    asked : str
        A question of the page, in place of what is to be done.
    question : str
        What the analysis asks; of an alarm about the patient what is to be done stays.
    """
    if status is None:
        action = with_keys(tr("Choose a source: [[theatre:set up]]."))
        return LiveMessage(priority=Priority.NONE, headline=tr("NO SOURCE"), action=asked or action, known=False)
    standing = [alarm for alarm in status.alarms if not alarm.before_held]
    if not standing and status.quiet.seen_none and _crossed(status):
        # Two parts of the program disagree: the graver of the two is believed.
        return LiveMessage(priority=Priority.NONE, headline=words.NOT_KNOWN, action=_DISAGREE, known=False)
    behind = _behind(status, standing)
    tail = behind.words if behind is not None else ""
    if not standing:
        seen = status.quiet.seen_none
        headline = words.NO_CROSSING if seen else translate(status.quiet.headline)
        action = asked or question or with_keys(translate(status.quiet.action))
        first, second = quiet_aside
        return LiveMessage(
            priority=Priority.NONE,
            headline=headline,
            action=action,
            aside=first,
            under=tail or second,
            known=seen,
            behind=behind,
        )
    top = standing[0]
    fresh = [alarm for alarm in standing if _sounds(alarm, status.now_ns)]
    paused = _paused_words(standing, status.now_ns)
    return LiveMessage(
        priority=top.priority,
        headline=translate(top.headline),
        action=asked or (question if _is_technical(top) else "") or translate(top.action),
        aside=_count(status, standing),
        under=tail or paused or _where(status, top),
        key=tr("Acknowledge") if fresh else "",
        steady=top.paused_until_ns is not None and top.paused_until_ns > status.now_ns,
        behind=behind,
    )


def _behind(status: LiveStatus, standing: list[LiveAlarm]) -> Behind | None:
    """The gravest alarm about the patient that the headline does not name: from before, or behind a technical one."""
    hidden = standing if standing and _is_technical(standing[0]) else []
    told = [alarm for alarm in status.alarms if alarm.before_held or (alarm in hidden and not _is_technical(alarm))]
    if not told:
        return None
    since = f"{_BEFORE.get(status.state, _STANDS)}:"
    return Behind(since=since, name=translate(told[0].headline).lower(), priority=told[0].priority)


def _sounds(alarm: LiveAlarm, now_ns: int) -> bool:
    paused = alarm.paused_until_ns is not None and alarm.paused_until_ns > now_ns
    latched_open = alarm.latched and alarm.paused_until_ns is None
    repeats = not alarm.silent and alarm.burst_s is not None
    return (repeats or latched_open) and not paused


def _is_technical(alarm: LiveAlarm) -> bool:
    return alarm.code[1:].isdigit() and int(alarm.code[1:]) >= _TECHNICAL_FROM


def _count(status: LiveStatus, standing: list[LiveAlarm]) -> str:
    top = standing[0]
    seconds = max(0.0, (status.now_ns - top.raised_ns) / 1e9)
    technical = _is_technical(top)
    what = (
        tr("technical") if technical and len(standing) == 1 else trn("{count} alarm", "{count} alarms", len(standing))
    )
    if top.priority is Priority.LOW:
        what = trn("{count} message", "{count} messages", len(standing))
    return tr(
        "{priority} · {what} · for {time}",
        priority=words.PRIORITY[top.priority],
        what=what,
        time=words.clock(seconds),
    )


def _where(status: LiveStatus, top: LiveAlarm) -> str:
    elsewhere = live_elsewhere(status)
    if top.code == "A7" and elsewhere:
        return elsewhere
    if top.code == "A7":
        if status.state in (LiveState.NO_SIGNAL, LiveState.FROZEN):
            return tr("stays until the picture is back")
        if status.state is LiveState.NOT_FLUOROSCOPY:
            return tr("stays until the C-arm's picture is back")
        return tr("stays until the analysis is back")
    if top.code == "A12":
        return tr("press the X-ray pedal for a new picture")
    thirds = _thirds(status, top)
    if thirds:
        return thirds
    if top.latched and not top.holds:
        return tr("not seen now · stays until acknowledged")
    names = _LEAK_WORDS if top.kind is EventKind.LEAK else _SITE_WORDS
    return names.get(top.site, "") if top.site is not None else ""


def _thirds(status: LiveStatus, top: LiveAlarm) -> str:
    """Which thirds an alarm of the posterior line is about."""
    moment = status.moment
    if top.code not in ("A1", "A4") or not top.holds or moment is None or not status.drawable:
        return ""
    distances = moment.distances
    if isinstance(distances, Unknown):
        return ""
    limit = 0.0 if top.code == "A1" else status.limits.posterior_band_mm
    values = [distances.mm[line] for line in WARNING_THIRDS]
    names = [
        name.lower()
        for name, value in zip(words.THIRDS, values, strict=True)
        if not isinstance(value, Unknown) and value <= limit
    ]
    return "" if not names else tr("all thirds") if len(names) == 3 else tr("{names} third", names=" and ".join(names))


def _crossed(status: LiveStatus) -> bool:
    distances = status.moment.distances if status.moment is not None and status.drawable else None
    if distances is None or isinstance(distances, Unknown):
        return False
    line = distances.mm[Line.WARNING_LINE]
    return not isinstance(line, Unknown) and line < _CLEARLY_PAST_MM


def _paused_words(standing: list[LiveAlarm], now_ns: int) -> str:
    until = [alarm.paused_until_ns for alarm in standing if alarm.paused_until_ns is not None]
    left_s = max((end - now_ns for end in until), default=0) / 1e9
    return tr("Sound back in {time}", time=words.clock(left_s + 0.999)) if left_s > 0 else ""


class SideLine(NamedTuple):
    """One of the two lines at the bar's right."""

    row: int
    text: str
    weight: int
    shape: Priority = Priority.NONE


def _wide(painter: QPainter, row: int, text: str, weight: int, shape: Priority) -> float:
    return _long(painter, (text, weight), _SIDE_PX) + 20 + (_SIDE_SHAPE_PX if shape else 0)


def _long(painter: QPainter, line: tuple[str, int], size_px: int) -> float:
    painter.setFont(theme.font(size_px, line[1]))
    return float(painter.fontMetrics().horizontalAdvance(line[0]))


def _fitting(painter: QPainter, line: tuple[str, int], most_px: int, room: float) -> int:
    """The largest size at which a line has room, down to the least."""
    return next((size for size in range(most_px, _LEAST_PX, -2) if _long(painter, line, size) <= room), _LEAST_PX)


class LiveBar(AlarmBar):
    """Shows a `LiveMessage`; its key is a touch field."""

    touched = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.small = False
        self.setMinimumHeight(0)
        self.setMaximumHeight(16777215)

    def say(self, message: Message) -> None:
        """Show a message; an acknowledged one stands still."""
        if message == self.message:
            return
        super().say(message)
        if isinstance(message, LiveMessage) and message.steady:
            self._timer.stop()
            self._phase = 0
        elif message.priority in (Priority.HIGH, Priority.MEDIUM) and not self._timer.isActive():
            self._timer.start(250 if message.priority is Priority.HIGH else 833)
        self.setAccessibleName(f"{words.PRIORITY[message.priority]} {message.headline}. {message.action}".strip())

    def _live(self) -> LiveMessage:
        message = self.message
        if isinstance(message, LiveMessage):
            return message
        return LiveMessage(
            priority=message.priority, headline=message.headline, action=message.action, known=message.known
        )

    def key_rect(self) -> QRectF:
        """Where the key can be touched, in px of the widget; empty without one."""
        if not self._live().key:
            return QRectF()
        width = 400 if self.small else 300
        return QRectF(self.width() - width * self.factor, 0, width * self.factor, self.height())

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw ground, shape, headline, action, count and key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        message = self._live()
        ground, text = self._colours()
        painter.fillRect(self.rect(), ground)
        if not message.priority:
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.scale(self.factor, self.factor)
        width, height = self.width() / self.factor, self.height() / self.factor
        self._shape(painter, QRectF(22, height / 2 - 38, 76, 76), text, ground)
        right = self._paint_key(painter, width, height, ground, text)
        left, room = 122.0, max(right - 122.0 - 16, 40.0)
        side = self._side(painter)
        wanted = min(max((_wide(painter, *part) for part in side), default=0.0), room)
        largest = (42, 30) if self.small else (46, 32)
        sizes = [_fitting(painter, line, most, room) for line, most in zip(self._lines(), largest, strict=True)]
        free = room - wanted
        if any(_long(painter, line, size) > free for line, size in zip(self._lines(), sizes, strict=True)):
            # Words that are too long beside the side get smaller, to a size that is read from far; then the side goes.
            least = (_HEADLINE_PX, _ACTION_PX)
            sizes = [
                min(size, max(_fitting(painter, line, size, free), low))
                for line, size, low in zip(self._lines(), sizes, least, strict=True)
            ]
            free = max(_long(painter, line, size) for line, size in zip(self._lines(), sizes, strict=True))
        self._paint_side(painter, side, QRectF(left + free, 0, room - free, height), text)
        middle = height / 2
        painter.setPen(text)
        painter.setFont(theme.font(sizes[0], 800))
        self._paint_headline(painter, QRectF(left, middle - 52, room, 58))
        painter.setFont(theme.font(sizes[1], 600))
        painter.setPen(text if message.priority else theme.TEXT_2)
        painter.drawText(QRectF(left, middle + 4, room, 42), Qt.AlignmentFlag.AlignVCenter, message.action)

    def _lines(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """Headline and what is to be done, each with its weight."""
        return (self._headline(), 800), (self.message.action, 600)

    def _shape(self, painter: QPainter, place: QRectF, text: QColor, ground: QColor) -> None:
        """HIGH stands in its other red, so that the shape is seen in both phases."""
        name = _SHAPES.get(self.message.priority)
        if name is None:
            icons.draw(painter, "watching" if self.message.known else "not watching", place, text)
            return
        other = theme.HIGH[1] if ground == theme.HIGH[0] else theme.HIGH[0]
        icons.draw(painter, name, place, other if name == "high" else text)

    def _paint_headline(self, painter: QPainter, place: QRectF) -> None:
        if self.message.headline != words.NO_CROSSING:
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.message.headline)
            return
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words.NO_CROSSING)
        wide = painter.fontMetrics().horizontalAdvance(words.NO_CROSSING + " ")
        painter.setFont(theme.font(painter.font().pixelSize(), 500))
        painter.drawText(place.adjusted(wide, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words.IN_THIS_VIEW)

    def _paint_key(self, painter: QPainter, width: float, height: float, ground: QColor, text: QColor) -> float:
        message = self._live()
        if not message.key:
            return width - 28
        cap_w, cap_h = (134.0, 68.0) if self.small else (88.0, 48.0)
        label_w = 168.0 if self.small else 148.0
        left = width - 24 - label_w - 12 - cap_w
        cap = QRectF(left, height / 2 - cap_h / 2, cap_w, cap_h)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(text)
        painter.drawRoundedRect(cap, 7, 7)
        painter.setPen(ground)
        painter.setFont(theme.font(24 if self.small else 20, 700))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, message.key_word)
        painter.setPen(text)
        place = QRectF(cap.right() + 12, height / 2 - 30, label_w, 60)
        if self.small:
            painter.setFont(theme.font(_fitting(painter, (message.key, 700), 22, label_w), 700))
            painter.drawText(place.adjusted(0, 2, 0, -28), Qt.AlignmentFlag.AlignVCenter, message.key)
            painter.setFont(theme.font(18, 500))
            painter.drawText(place.adjusted(0, 30, 0, 0), Qt.AlignmentFlag.AlignVCenter, tr("sound off 60 s"))
        else:
            painter.setFont(theme.font(_fitting(painter, (message.key, 600), 20, label_w), 600))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, message.key)
        return left - 24

    def _side(self, painter: QPainter) -> list[SideLine]:
        """The two lines at the right, as far as they are wanted; each with its place, weight and shape before it."""
        message = self._live()
        behind = message.behind
        shape = behind.priority if behind is not None else Priority.NONE
        lines = [SideLine(0, message.aside, 700), SideLine(1, message.under, 600, shape)]
        # In the small layout the alarm list holds count and time; the countdown and what is hidden stay in the bar.
        if self.small and behind is not None and message.priority:
            lines = [SideLine(0, behind.since, 600), SideLine(1, behind.name, 700, shape)]
        elif self.small and message.priority:
            lines = [SideLine(0, message.under if message.under.startswith("Sound back") else "", 700)]
        elif self.small and behind is None:
            lines = lines[:1]
        return [line for line in lines if line.text]

    def _paint_side(self, painter: QPainter, side: list[SideLine], room: QRectF, text: QColor) -> None:
        """Draw the side where it has room; what is too long there ends in an ellipsis, or is left out."""
        if room.width() < _LEAST_SIDE_PX:
            return
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for row, words_, weight, shape in side:
            painter.setFont(theme.font(_SIDE_PX, weight))
            painter.setPen(text if self.message.priority or row == 0 else theme.TEXT_2)
            own = room.width() - 16 - (_SIDE_SHAPE_PX if shape else 0)
            words_ = painter.fontMetrics().elidedText(words_, Qt.TextElideMode.ElideRight, int(own))
            wide = painter.fontMetrics().horizontalAdvance(words_)
            y = room.center().y() - (30 if row == 0 else 0)
            painter.drawText(QRectF(room.right() - wide - 4, y, wide + 4, 30), align, words_)
            if shape:
                place = QRectF(room.right() - wide - _SIDE_SHAPE_PX, y + 2, 26, 26)
                icons.draw(painter, _SHAPES[shape], place, text if self.message.priority else theme.MEDIUM[0])

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """The key of the bar is touched."""
        if a0 is not None and self.key_rect().contains(a0.position()):
            self.touched.emit()
