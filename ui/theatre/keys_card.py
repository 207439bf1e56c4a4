"""The keys of the theatre on the screen: eight caps in two rows (six in three in the small layout); each is touched."""

from __future__ import annotations

from typing import Final

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from assistant.language import tr
from ui.theatre.cards import DrawnCard
from ui.widgets.keycap import Keycap

SHOWN: Final = ("inject", "ml in", "mark", "key image", "lines", "ap look", "raw", "bare")
SHOWN_SMALL: Final = ("inject", "ml in", "mark", "key image", "ap look", "raw")


class KeysCard(DrawnCard):
    """Caps that act like their keys."""

    pressed = pyqtSignal(str)
    released = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caps: dict[str, Keycap] = {}
        for act in SHOWN:
            small = tr("hold 1 s: off") if act == "inject" else ""
            cap = Keycap.of("theatre", act, small=small, parent=self)
            cap.pressed.connect(self.pressed)
            cap.released.connect(self.released)
            self.caps[act] = cap

    def arrange(self) -> None:
        """Put the caps where they belong for the present size."""
        shown, columns = (SHOWN_SMALL, 2) if self.small else (SHOWN, 4)
        edge, step_y = 16 * self.factor, (self.height() - 16 * self.factor) / (len(shown) // columns)
        # The first column holds the longest label.
        shares = [0.0, 0.5, 1.0] if self.small else [0.0, 0.258, 0.475, 0.734, 1.0]
        room = self.width() - 1.4 * edge
        for act, cap in self.caps.items():
            cap.setVisible(act in shown)
            if act not in shown:
                continue
            row, column = divmod(shown.index(act), columns)
            cap.factor = self.factor
            left = edge + shares[column] * room
            wide = (shares[column + 1] - shares[column]) * room - 2
            cap.setGeometry(round(left), round(8 * self.factor + row * step_y), round(wide), round(step_y - 4))

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Arrange anew."""
        self.arrange()

    def paintEvent(self, a0: object) -> None:
        """Draw the card; the caps draw themselves."""
        painter, _, _ = self.begin()
        painter.end()
