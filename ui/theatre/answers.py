"""The keys that answer what the analysis asks, as touch fields at the foot of the picture: there while it is asked."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import QRect, QRectF, pyqtSignal
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
}
_GAP: Final = 14
_ABOVE: Final = 68
"""In bare view they stand above the plates ANT and POST."""


class AnswerFields(DrawnCard):
    """Caps that act like their keys; hidden where nothing is asked."""

    has_ground = False
    pressed = pyqtSignal(str)
    released = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caps: dict[str, Keycap] = {}
        self.acts: tuple[str, ...] = ()
        for act, label in LABELS.items():
            cap = Keycap.of("theatre", act, translate(label), parent=self)
            cap.pressed.connect(self.pressed)
            cap.released.connect(self.released)
            self.caps[act] = cap
        self.hide()

    def arrange(self, legend: QRect, picture: QRect) -> QRect:
        """Take the right end of the legend's place; where there is none, one over the picture's lower left corner.

        Returns
        -------
        QRect
            What is left of the legend's place.
        """
        self.setVisible(bool(self.acts))
        x, high = _GAP, max(legend.height(), round(48 * self.factor))
        for act, cap in self.caps.items():
            cap.factor = self.factor
            cap.setVisible(act in self.acts)
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
        """Draw the ground; the caps draw themselves."""
        painter, width, height = self.begin()
        painter.fillRect(QRectF(0, 0, width, height), theme.BARS)
        painter.end()
