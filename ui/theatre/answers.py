"""The keys that answer what the analysis asks, as touch fields at the foot of the picture: there while it is asked."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QWidget

from assistant.language import tr, translate
from ui import theme
from ui.theatre.cards import DrawnCard
from ui.widgets.keycap import Keycap

LABELS: Final = {
    "take display": tr("Take as shown"),
    "cement before": tr("yes"),
    "none before": tr("no"),
    "lines": tr("Confirm"),
    "set up": tr("Set-up"),
}
_GAP: Final = 14
_WRAPPED: Final = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
_ABOVE: Final = 68
"""In bare view they stand above the plates ANT and POST."""


class AnswerFields(DrawnCard):
    """Caps that act like their keys; hidden where nothing is asked.

    Attributes
    ----------
    acts : tuple of str
        Those that answer.
    heading : str
        What they answer: a field never stands without it.
    chosen : tuple of str
        Those that were given as the answer: their caps stand out, and any may be pressed to change it.
    """

    has_ground = False
    pressed = pyqtSignal(str)
    released = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caps: dict[str, Keycap] = {}
        self.acts: tuple[str, ...] = ()
        self.chosen: tuple[str, ...] = ()
        self.heading = ""
        self._heading_place = QRect()
        for act, label in LABELS.items():
            cap = Keycap.of("theatre", act, translate(label), parent=self)
            cap.pressed.connect(self.pressed)
            cap.released.connect(self.released)
            cap.setMinimumHeight(0)  # on a small screen as high as the line in which it stands
            self.caps[act] = cap
        self.hide()

    def arrange(self, legend: QRect, picture: QRect) -> QRect:
        """Take the right end of the legend's place; where there is none, one over the picture's lower left corner.

        An answer that was given never covers the picture.

        Returns
        -------
        QRect
            What is left of the legend's place.
        """
        self.setVisible(bool(self.acts) and not (self.chosen and legend.isEmpty()))
        high = max(legend.height(), round(48 * self.factor))
        self._heading_place = QRect(_GAP, 0, self._heading_width(high), high)
        self.setAccessibleName(self.heading)
        x = self._heading_place.right() + 1 + _GAP
        for act, cap in self.caps.items():
            cap.factor = self.factor
            cap.setVisible(act in self.acts)
            cap.set_strong(strong=act in self.chosen)
            if act in self.acts:
                wide = cap.sizeHint().width() + _GAP
                cap.setGeometry(x, 0, wide, high)
                x += wide + _GAP
        if legend.isEmpty():
            self.setGeometry(picture.left(), picture.bottom() - high - round(_ABOVE * self.factor), x, high)
        else:
            self.setGeometry(legend.right() + 1 - x, legend.top(), x, high)
        self.raise_()
        return legend if not self.acts else QRect(legend.left(), legend.top(), legend.width() - x, legend.height())

    def paintEvent(self, a0: object) -> None:
        """Draw the ground and the heading; the caps draw themselves."""
        painter, width, height = self.begin()
        painter.fillRect(QRectF(0, 0, width, height), theme.BARS)
        painter.resetTransform()
        painter.setFont(self._heading_font())
        painter.setPen(theme.TEXT_1)
        painter.drawText(self._heading_place, _WRAPPED, self.heading)
        painter.end()

    def _heading_font(self) -> QFont:
        return theme.font(round(17 * self.factor), 650)

    def _heading_width(self, high: int) -> int:
        """Of the narrowest place in which it stands on as many lines as there is height for."""
        metrics = QFontMetrics(self._heading_font())
        whole = metrics.horizontalAdvance(self.heading) + 2
        for wide in range(whole // 3, whole, 8):
            needed = metrics.boundingRect(QRect(0, 0, wide, high), _WRAPPED, self.heading)
            if needed.height() <= high and needed.width() <= wide:
                return wide
        return whole
