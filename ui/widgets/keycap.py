"""A keycap with its label: drawn on the screen, touched like a key; the touch field reaches to the label's end."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PyQt6.QtWidgets import QWidget

from ui import theme
from ui.keys.key_map import word
from ui.keys.table import TABLE

_CAP_HEIGHT = 48
_LEAST_WIDTH = 46


class Keycap(QWidget):
    """One act: its key and what it does.

    Parameters
    ----------
    act : str
        Name of the act, handed on by the signals.
    key, label, small : str
        What stands on the cap, beside it, and under that.
    """

    pressed = pyqtSignal(str)
    released = pyqtSignal(str)

    def __init__(self, act: str, key: str, label: str, small: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.act, self.key, self.label, self.small = act, key, label, small
        self.is_down = False
        self.is_strong = False
        self.factor = 1.0
        self._held = 0.0
        self.row: tuple[str, str] | None = None
        self.setMinimumHeight(_CAP_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{label} {small}, key {key}".replace(" ,", ","))

    @classmethod
    def of(
        cls, page: str, act: str, label: str = "", *, small: str = "", name: str = "", parent: QWidget | None = None
    ) -> Keycap:
        """The cap of an act of the table, with the key that it has here; ``name`` is handed on in its place."""
        made = cls(name or act, word(page, act), label or TABLE[page, act].word, small, parent)
        made.row = (page, act)
        return made

    def showEvent(self, a0: QShowEvent | None) -> None:
        """The key that the act has now."""
        self.read_key()

    def read_key(self) -> None:
        """The key that the act has now."""
        if self.row is not None and (key := word(*self.row)) != self.key:
            self.key = key
            self.setAccessibleName(f"{self.label} {self.small}, key {key}".replace(" ,", ","))
            self.updateGeometry()

    def set_held(self, share: float) -> None:
        """How much of the hold has passed, 0 to 1: the cap fills from the left."""
        if share != self._held:
            self._held = share
            self.update()

    def set_strong(self, *, strong: bool) -> None:
        """Show the cap as the one that was chosen, or as the others."""
        if strong != self.is_strong:
            self.is_strong = strong
            self.update()

    def set_down(self, down: bool) -> None:
        """Show the cap pressed or at rest."""
        if down != self.is_down:
            self.is_down = down
            self.update()

    def sizeHint(self) -> QSize:
        """Cap and label."""
        return QSize(self._cap_width() + 14 + self._label_width(), round(_CAP_HEIGHT * self.factor))

    def _cap_width(self) -> int:
        painter_font = theme.font(round(20 * self.factor), 700)
        return max(round(_LEAST_WIDTH * self.factor), QFontMetrics(painter_font).horizontalAdvance(self.key) + 24)

    def _label_width(self) -> int:
        wide = QFontMetrics(theme.font(round(20 * self.factor), 550)).horizontalAdvance(self.label)
        return max(wide, QFontMetrics(theme.font(round(18 * self.factor), 500)).horizontalAdvance(self.small))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw cap and label."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.42)
        height = round(44 * self.factor)
        top = (self.height() - height) / 2 + (2 if self.is_down else 0)
        cap = QRectF(1, top, self._cap_width() - 2, height - 2)
        inverted = self.is_down or self.is_strong
        painter.setPen(QPen(theme.CONTROL_EDGE, 1.5))
        painter.setBrush(theme.TEXT_1 if inverted else theme.RAISED)
        painter.drawRoundedRect(cap, 7, 7)
        if not inverted:
            painter.setPen(QPen(theme.CONTROL_EDGE, 3))
            painter.drawLine(int(cap.left()) + 7, int(cap.bottom()), int(cap.right()) - 7, int(cap.bottom()))
        if self._held > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(242, 245, 248, 210))
            painter.setClipRect(QRectF(cap.left(), cap.top(), cap.width() * min(self._held, 1.0), cap.height()))
            painter.drawRoundedRect(cap, 7, 7)
            painter.setClipping(False)
        painter.setPen(theme.GROUND if inverted or self._held > 0.5 else theme.TEXT_1)
        painter.setFont(theme.font(round(20 * self.factor), 700))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.key)
        left = self._cap_width() + 12
        painter.setPen(theme.TEXT_1)
        painter.setFont(theme.font(round(20 * self.factor), 550))
        room = self.width() - left
        if not self.small:
            text = painter.fontMetrics().elidedText(self.label, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(left, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            return
        middle = self.height() / 2
        text = painter.fontMetrics().elidedText(self.label, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, middle - 26, room, 26), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(round(18 * self.factor), 500))
        text = painter.fontMetrics().elidedText(self.small, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(left, middle - 2, room, 24), Qt.AlignmentFlag.AlignVCenter, text)

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        """The same as the key."""
        if a0 is not None and self.isEnabled() and a0.button() == Qt.MouseButton.LeftButton:
            self.set_down(True)
            self.pressed.emit(self.act)

    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        """The same as letting the key go."""
        if a0 is not None and self.is_down:
            self.set_down(False)
            self.released.emit(self.act)
