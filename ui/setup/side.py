"""The right-hand side of the set-up: what the present step asks, and its keys. Draws what `StepContent` says alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from ui import theme
from ui.setup.points import MAGNIFIED, magnify
from ui.setup.rows import ChoiceRow
from ui.widgets import icons
from ui.widgets.keycap import Keycap

_V = Qt.AlignmentFlag.AlignVCenter
_R = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_WRAP = Qt.TextFlag.TextWordWrap


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContent:
    """What a step shows.

    Attributes
    ----------
    number : int
    title, note : str
        Head of the card, and a small word beside it.
    big, big_note : str
        A large figure with its explanation; empty: none.
    big_colour : QColor
    text : str
        One paragraph.
    rows : tuple of ChoiceRow
    foot : str
        Small print at the foot of the rows.
    message : str
        What happened last, or what is missing.
    magnified : tuple or None
        Picture and place (in its px) of the magnifier.
    keys : tuple
        (act, key, label) for each cap.
    """

    number: int
    title: str
    note: str = ""
    big: str = ""
    big_note: str = ""
    big_colour: QColor = field(default_factory=lambda: theme.TEXT_1)
    text: str = ""
    rows: tuple[ChoiceRow, ...] = ()
    foot: str = ""
    message: str = ""
    magnified: tuple[QImage, tuple[float, float]] | None = None
    keys: tuple[tuple[str, str, str], ...] = ()


class SetupSide(QWidget):
    """Two cards: the question, and the keys.

    Attributes
    ----------
    acted : signal (str)
        An act: its cap or its row was touched.
    picked : signal (str, int)
        One of several: its kind, and its number.
    """

    acted = pyqtSignal(str)
    picked = pyqtSignal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factor = 1.0
        self.small = False
        self.shown = StepContent(number=1, title="")
        self._caps: list[Keycap] = []
        self._touch: list[tuple[QRectF, ChoiceRow]] = []

    def show_step(self, step_content: StepContent) -> None:
        """Show another step, or the same one with other words."""
        step_content = _in_language(step_content)
        if step_content.keys != self.shown.keys or len(self._caps) != len(step_content.keys):
            self._make_caps(step_content)
        self.shown = step_content
        name = ". ".join(
            part for part in (step_content.title, step_content.big, step_content.text, step_content.message) if part
        )
        self.setAccessibleName(name)
        self.update()

    def _make_caps(self, step_content: StepContent) -> None:
        for cap in self._caps:
            cap.hide()
            cap.deleteLater()
        self._caps = []
        for act, key, label in step_content.keys:
            cap = Keycap(act, key, label, "", self)
            cap.is_strong = act == "arm"
            cap.pressed.connect(self.acted)
            cap.show()
            self._caps.append(cap)
        self._arrange()

    def _keys_rect(self) -> QRectF:
        rows = 3 if self.small else 2
        height = (rows * 60 + 22) * self.factor
        return QRectF(0, self.height() - height, self.width(), height)

    def _arrange(self) -> None:
        columns = 2 if self.small else 3
        rect = self._keys_rect()
        step_x, step_y = (rect.width() - 40 * self.factor) / columns, 60 * self.factor
        for k, cap in enumerate(self._caps):
            row, column = divmod(k, columns)
            cap.factor = self.factor * (0.9 if self.small else 1.0)
            x = rect.left() + 20 * self.factor + column * step_x
            y = rect.top() + 11 * self.factor + row * step_y
            cap.setGeometry(round(x), round(y), round(step_x - 6), round(step_y - 6))

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Caps find their places."""
        self._arrange()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the step."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        keys = self._keys_rect()
        body = QRectF(0, 0, self.width(), keys.top() - 14 * self.factor)
        for rect in (body, keys):
            painter.setPen(QPen(theme.HAIRLINE, 1))
            painter.setBrush(theme.CARD)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.scale(self.factor, self.factor)
        width, height = self.width() / self.factor, body.height() / self.factor
        y = self._head(painter, width)
        upper = self._words if self.shown.magnified is None else self._magnifier
        y = upper(painter, y, width)
        self._rows(painter, y, width, height)
        self._foot(painter, width, height)

    def _head(self, painter: QPainter, width: float) -> float:
        step_content = self.shown
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.TEXT_1)
        painter.drawEllipse(QRectF(20, 18, 36, 36))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(theme.GROUND)
        painter.setFont(theme.font(20, 800))
        painter.drawText(QRectF(20, 18, 36, 36), Qt.AlignmentFlag.AlignCenter, str(step_content.number))
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(24 if self.small else 27, 750))
        painter.drawText(QRectF(70, 14, width - 90, 44), _V, step_content.title)
        title_end = 70 + painter.fontMetrics().horizontalAdvance(step_content.title)
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(18, 500))
        if title_end + painter.fontMetrics().horizontalAdvance(step_content.note) + 40 < width:
            painter.drawText(QRectF(70, 14, width - 92, 44), _R, step_content.note)
        return 70.0

    def _words(self, painter: QPainter, y: float, width: float) -> float:
        step_content = self.shown
        if step_content.big:
            painter.setPen(step_content.big_colour)
            for size in range(60, 29, -4):
                painter.setFont(theme.font(size, 780))
                if painter.fontMetrics().horizontalAdvance(step_content.big) <= width - 44:
                    break
            painter.drawText(QRectF(22, y, width - 44, 74), _V, step_content.big)
            y += 76
        if step_content.big_note:
            painter.setPen(theme.TEXT_2)
            painter.setFont(theme.font(20, 500))
            place = QRectF(22, y, width - 44, 90)
            box = painter.boundingRect(place, _WRAP, step_content.big_note)
            painter.drawText(place, _WRAP, step_content.big_note)
            y += box.height() + 12
        if step_content.text:
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(22, 600))
            place = QRectF(22, y, width - 44, 160)
            box = painter.boundingRect(place, _WRAP, step_content.text)
            painter.drawText(place, _WRAP, step_content.text)
            y += box.height() + 16
        return y

    def _magnifier(self, painter: QPainter, y: float, width: float) -> float:
        assert self.shown.magnified is not None
        image, at = self.shown.magnified
        size = 210.0 if self.small else 372.0
        circle = QRectF(22, y - 4, size, size)
        magnify(painter, circle, image, at, MAGNIFIED * (0.62 if self.small else 1.0))
        left = circle.right() + (16 if self.small else 24)
        room = width - left - 18
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(18, 500))
        painter.drawText(
            QRectF(left, circle.top(), room, 26), _V, tr("Magnifier {magnified:.0f} ×", magnified=MAGNIFIED)
        )
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(20 if self.small else 27, 720))
        place = QRectF(left, circle.top() + 30, room, 120)
        box = painter.boundingRect(place, _WRAP, self.shown.big)
        painter.drawText(place, _WRAP, self.shown.big)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(18 if self.small else 20, 500))
        place = QRectF(left, place.top() + box.height() + 10, room, 150)
        painter.drawText(place, _WRAP, self.shown.big_note)
        if self.shown.text:
            painter.setPen(theme.TEXT_1)
            place = QRectF(left, circle.bottom() - 84, room, 84)
            if self.small:
                place = QRectF(22, circle.bottom() + 4, width - 44, 50)
            painter.drawText(place, _WRAP | Qt.AlignmentFlag.AlignBottom, self.shown.text)
        return circle.bottom() + (58 if self.small else 16)

    def _rows(self, painter: QPainter, y: float, width: float, height: float) -> None:
        self._touch.clear()
        rows = self.shown.rows
        if not rows:
            return
        tall = any(row.detail for row in rows)
        room = height - y - (92 if self.shown.foot or self.shown.message else 20)
        step = min(78.0 if tall else 52.0, room / len(rows))
        for row in rows:
            rect = QRectF(12, y, width - 24, step - 2)
            if row.chosen:
                painter.setPen(QPen(theme.TEXT_1, 2) if tall else Qt.PenStyle.NoPen)
                painter.setBrush(theme.RAISED)
                painter.drawRoundedRect(rect, 7, 7)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            self._row(painter, rect, row, tall=tall)
            if row.act:
                scaled = QRectF(rect.left(), rect.top(), rect.width(), rect.height())
                self._touch.append((scaled, row))
            y += step

    def _row(self, painter: QPainter, rect: QRectF, row: ChoiceRow, *, tall: bool) -> None:
        left, right = rect.left() + 14, rect.right() - 14
        painter.setPen(theme.TEXT_3 if row.quiet else theme.TEXT_1)
        painter.setFont(theme.font(20, 700))
        value_wide = painter.fontMetrics().horizontalAdvance(row.value)
        painter.drawText(QRectF(left, rect.top(), right - left, rect.height()), _R, row.value)
        if row.icon:
            place = QRectF(right - value_wide - 40, rect.center().y() - 12, 24, 24)
            colour = theme.LOW if row.icon == "low" else theme.TEXT_3 if row.quiet else theme.TEXT_1
            icons.draw(painter, row.icon, place, colour)
            value_wide += 44
        room = right - left - value_wide - 14
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(22 if tall else 20, 650 if tall else 550))
        name = painter.fontMetrics().elidedText(row.text, Qt.TextElideMode.ElideRight, int(room))
        if not row.detail:
            painter.drawText(QRectF(left, rect.top(), room, rect.height()), _V, name)
            return
        painter.drawText(QRectF(left, rect.top() + 8, room, 32), _V, name)
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(18, 500))
        detail = painter.fontMetrics().elidedText(row.detail, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(left, rect.top() + 38, room, 28), _V, detail)

    def _foot(self, painter: QPainter, width: float, height: float) -> None:
        painter.setFont(theme.font(18, 500))
        painter.setPen(theme.TEXT_3)
        bottom = height - 14
        if self.shown.message:
            painter.setPen(theme.TEXT_1)
            painter.setFont(theme.font(20, 650))
            place = QRectF(22, bottom - 54, width - 44, 54)
            painter.drawText(place, _WRAP | Qt.AlignmentFlag.AlignBottom, self.shown.message)
        elif self.shown.foot:
            place = QRectF(22, bottom - 76, width - 44, 76)
            painter.drawText(place, _WRAP | Qt.AlignmentFlag.AlignBottom, self.shown.foot)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """A row is touched."""
        if a0 is None:
            return
        at = a0.position() / self.factor
        for rect, row in self._touch:
            if rect.contains(at):
                if row.number is None:
                    self.acted.emit(row.act)
                else:
                    self.picked.emit(row.act, row.number)
                return


def _in_language(content: StepContent) -> StepContent:
    """What is kept in English (steps, how the scale was made, where points are from) in the language of the program."""
    rows = tuple(
        replace(row, text=translate(row.text), value=translate(row.value), detail=translate(row.detail))
        for row in content.rows
    )
    return replace(
        content,
        rows=rows,
        title=translate(content.title),
        note=translate(content.note),
        big=translate(content.big),
        big_note=translate(content.big_note),
        text=translate(content.text),
        foot=translate(content.foot),
        message=translate(content.message),
    )
