"""Before the first case: what training keeps, and whether the person agrees."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.keys.key_map import with_keys
from ui.training import training_words as words
from ui.training.violet import TrainingCard, label
from ui.widgets.keycap import Keycap


class Welcome(QWidget):
    """The page before anyone trains here."""

    act = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        card = TrainingCard(words.WELCOME, 34)
        card.setFixedWidth(980)
        text = label(with_keys(words.WELCOME_TEXT), 22, 500, wrap=True)
        text.setMinimumHeight(text.heightForWidth(980 - 44))
        card.column.addWidget(text)
        row = QHBoxLayout()
        for act in words.WELCOME_KEYS:
            cap = Keycap.of("training", act)
            cap.is_strong = act == "agree"
            cap.pressed.connect(self.act)
            cap.setMinimumWidth(cap.sizeHint().width())
            row.addWidget(cap)
        row.addStretch(1)
        card.column.addSpacing(12)
        card.column.addLayout(row)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)
