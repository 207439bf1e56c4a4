"""The strip at the top of the theatre: liveness, armed word, case; rate and lag, recording, sound, clock."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, QTime
from PyQt6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from assistant.capture.masking.masking import is_masked
from assistant.language import tr, translate
from assistant.live.messages import LiveState, StampedFrame
from assistant.live.status import LiveStatus
from assistant.vocabulary import Unknown
from ui import theme
from ui.theatre.looks import age_words, look_of, second_word
from ui.widgets import icons

_WHOLE = 0.995
Part = tuple[str, str, QColor, int]
"""Icon ("" for none), text, colour, weight."""


class LiveStrip(QWidget):
    """Shows a `LiveStatus`; live has no frame and no header fill: the absence is the third look."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.small = False
        self._status: LiveStatus | None = None
        self._case = ""
        self._sound = ""
        self._played = False
        self._frame: StampedFrame | None = None
        self._content: tuple[object, ...] = ()

    def show_status(
        self,
        status: LiveStatus | None,
        case: str,
        sound_fault: str,
        *,
        played: bool = False,
        frame: StampedFrame | None = None,
    ) -> None:
        """Take over what is known; drawn anew only where a word changed. A played source is always marked.

        ``frame`` is the newest one, as it is written: its mask is looked at.
        """
        self._status, self._case, self._sound, self._played, self._frame = status, case, sound_fault, played, frame
        content = (self.left_words(), tuple(self._right()))
        if content != self._content:
            self._content = content
            self.setAccessibleName(", ".join(self.left_words()))
            self.update()

    def left_words(self) -> tuple[str, ...]:
        """State, armed word, case."""
        if self._status is None:
            return (tr("NO SOURCE"), tr("NOT ARMED"), self._case)
        case = self._case
        if self._status.rehearsal or self._played:
            case = tr("REHEARSAL · {count}", count=case) if case else tr("REHEARSAL")
        return (translate(self._status.state), second_word(self._status), case)

    def recording_words(self) -> tuple[str, bool, str]:
        """Words, whether it records, and the time left; "REC" only while the file grows on the disk."""
        status = self._status
        if status is None:
            return tr("NOT RECORDING"), False, ""
        state = status.recording
        if not state.advancing(status.now_ns):
            return tr("NOT RECORDING"), False, ""
        left = ""
        if not isinstance(state.minutes_left, Unknown):
            minutes = state.minutes_left
            left = (
                tr("{minutes:.0f} h left", minutes=minutes / 60)
                if minutes >= 90
                else tr("{minutes:.0f} min left", minutes=minutes)
            )
        return tr("REC {bytes_written}", bytes_written=_bytes(state.bytes_written)), True, left

    def mask_words(self) -> tuple[str, bool]:
        """Whether names are masked in the newest picture that was written, and whether they are not."""
        status = self._status
        if status is None or isinstance(status.let_through, Unknown) or self._frame is None:
            return "", False
        if not is_masked(self._frame.grey, status.let_through):
            return tr("MASK FAILED"), True
        # Without a border nothing was black before: whatever stands in the picture is recorded with it.
        return (tr("Name masked"), False) if status.let_through < _WHOLE else (tr("Nothing masked"), False)

    def rate_words(self) -> tuple[str, bool]:
        """Rate of new pictures and lag, and whether it is too slow."""
        status = self._status
        if status is None:
            return "", False
        rate = 0.0 if isinstance(status.pictures_per_s, Unknown) else status.pictures_per_s
        if status.state is LiveState.NO_SIGNAL:
            return tr("0 p/s · no frames"), False
        if status.state in (LiveState.HELD, LiveState.FROZEN):
            return tr("0 p/s · no new frames"), False
        lag = "—" if isinstance(status.lag_ms, Unknown) else tr("{lag_ms:.0f} ms", lag_ms=status.lag_ms)
        slow = not isinstance(status.lag_p95_ms, Unknown) and status.lag_p95_ms > status.limits.slow_ms
        return tr("{rate:.1f} p/s · lag {lag}", rate=rate, lag=lag), slow

    def _right(self) -> list[Part]:
        rate, slow = self.rate_words()
        words, records, left = self.recording_words()
        parts: list[Part] = []
        masked, bad = self.mask_words()
        if masked and (bad or not self.small):
            parts.append(
                ("low" if bad else "name masked", masked, theme.LOW if bad else theme.TEXT_2, 700 if bad else 500)
            )
        if rate:
            parts.append(("low" if slow else "", rate, theme.LOW if slow else theme.TEXT_2, 500))
        if records:
            parts.append(("recording", words + (f"|{left}" if left and not self.small else ""), theme.TEXT_1, 700))
        else:
            parts.append(("low", words, theme.LOW, 700))
        paused = self._status.sound.paused_until_ns if self._status is not None else None
        if self._sound:
            parts.append(("no sound", "" if self.small else tr("No sound"), theme.MEDIUM[0], 700))
        elif paused is not None and self._status is not None and paused > self._status.now_ns:
            seconds = int((paused - self._status.now_ns) / 1e9) + 1
            parts.append(("sound paused", f"{seconds // 60:02d}:{seconds % 60:02d}", theme.TEXT_1, 700))
        else:
            parts.append(("sound", "", theme.TEXT_1, 700))
        parts.append(("", QTime.currentTime().toString("HH:mm:ss"), theme.TEXT_1, 700))
        return parts

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the strip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.BARS)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.scale(self.factor, self.factor)
        width, height = self.width() / self.factor, self.height() / self.factor
        end = self._paint_right(painter, self._parts_beside(painter, width), width, height)
        self._paint_left(painter, height, end)

    def _parts_beside(self, painter: QPainter, width: float) -> list[Part]:
        """What stands at the right: rate and clock make room before a word at the left is cut off."""
        state, second, case = self.left_words()
        body = 18 if self.small else 20
        painter.setFont(theme.font(24 if self.small else 30, 800, spacing_percent=6))
        left = 62.0 + painter.fontMetrics().horizontalAdvance(state)
        painter.setFont(theme.font(body, 700))
        left += 70.0 + painter.fontMetrics().horizontalAdvance(second)
        left += 34.0 + painter.fontMetrics().horizontalAdvance(case) if case else 0.0
        parts = self._right()
        rate = self.rate_words()[0]
        for spare in (rate, parts[-1][1]):
            if left + 20 + sum(32 + self._width(painter, part) for part in parts) <= width:
                break
            parts = [part for part in parts if part[1] != spare or part[0]]
        return parts

    def _width(self, painter: QPainter, part: Part) -> float:
        icon, text, _, weight = part
        painter.setFont(theme.font(18 if self.small else 20, weight))
        main, _, rest = text.partition("|")
        wide = painter.fontMetrics().horizontalAdvance(main) if main else 0
        rest_wide = painter.fontMetrics().horizontalAdvance(rest) + 10 if rest else 0
        arrow = 24 if icon == "recording" else 0
        return wide + rest_wide + arrow + (26 + (8 if main else 0) if icon else 0)

    def _paint_left(self, painter: QPainter, height: float, end: float) -> None:
        state, second, case = self.left_words()
        body = 18 if self.small else 20
        x = 20.0
        icon = "no signal" if self._status is None else look_of(self._status).icon
        icons.draw(painter, icon, QRectF(x, height / 2 - 16, 32, 32), theme.TEXT_1)
        x = self._text(
            painter, x + 42, height, state, theme.font(24 if self.small else 30, 800, spacing_percent=6), end
        )
        armed = self._status is not None and self._status.armed
        watched = armed and self._status is not None and self._status.state is LiveState.LIVE
        alarming = armed and second.endswith("NOT MONITORING")
        colour = theme.HIGH_FIGURE if alarming else theme.TEXT_1
        x = self._divider(painter, x, height)
        icons.draw(painter, "watching" if watched else "not watching", QRectF(x, height / 2 - 13, 26, 26), colour)
        x = self._text(painter, x + 36, height, second, theme.font(body, 700), end, colour)
        if case:
            x = self._divider(painter, x, height)
            self._text(painter, x, height, case, theme.font(body, 700), end)

    def _paint_right(self, painter: QPainter, parts: list[Part], width: float, height: float) -> float:
        x = width - 20
        body = 18 if self.small else 20
        for part in reversed(parts):
            icon, text, colour, weight = part
            x -= self._width(painter, part)
            painter.setFont(theme.font(body, weight))
            main, _, rest = text.partition("|")
            wide = painter.fontMetrics().horizontalAdvance(main) if main else 0
            rest_wide = painter.fontMetrics().horizontalAdvance(rest) + 10 if rest else 0
            arrow = 24 if icon == "recording" else 0
            at = x
            if icon:
                icons.draw(painter, icon, QRectF(at, height / 2 - 12, 24, 24), colour)
                at += 26 + (8 if main else 0)
            painter.setPen(colour)
            painter.setFont(theme.font(body, weight))
            painter.drawText(QRectF(at, 0, wide + 4, height), Qt.AlignmentFlag.AlignVCenter, main)
            if arrow:
                icons.draw(painter, "arrow up", QRectF(at + wide + 5, height / 2 - 10, 20, 20), colour)
            if rest:
                painter.setPen(theme.TEXT_3)
                painter.setFont(theme.font(body, 500))
                place = QRectF(at + wide + arrow + 8, 0, rest_wide, height)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, rest)
            x -= 16
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.drawLine(int(x), 12, int(x), int(height) - 12)
            x -= 16
        return x

    @staticmethod
    def _divider(painter: QPainter, x: float, height: float) -> float:
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(int(x + 16), 12, int(x + 16), int(height) - 12)
        return x + 34

    @staticmethod
    def _text(
        painter: QPainter, x: float, height: float, text: str, font: QFont, end: float, colour: QColor = theme.TEXT_1
    ) -> float:
        painter.setPen(colour)
        painter.setFont(font)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(int(end - x), 0))
        wide = painter.fontMetrics().horizontalAdvance(elided)
        painter.drawText(QRectF(x, 0, wide + 6, height), Qt.AlignmentFlag.AlignVCenter, elided)
        return x + wide

    def age(self) -> str:
        """Age of the picture in words."""
        return "—" if self._status is None else age_words(self._status)


def _bytes(count: int) -> str:
    return (
        tr("{count:.2f} GB", count=count / 1000000000.0)
        if count >= 1e9
        else tr("{count:.0f} MB", count=count / 1000000.0)
    )
