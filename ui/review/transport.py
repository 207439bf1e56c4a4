"""Play, pause, step, speed, range: fields over the time line, each with its key drawn on it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui import theme, words
from ui.review import review_words
from ui.review.timeline import Timeline

SPEEDS = (-4.0, -2.0, -1.0, -0.5, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""The shuttle: negative plays backwards."""


def key_button(text: str, name: str, act: Callable[[], object], *, checkable: bool = False) -> QPushButton:
    """A field for one act, with its key in the text; never takes the keyboard."""
    button = QPushButton(text)
    button.setAccessibleName(name)
    button.setToolTip(name)
    # Space must always mean play, whatever was clicked last.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setMinimumHeight(44)
    button.setMinimumWidth(44)
    button.setCheckable(checkable)
    if checkable:
        button.setStyleSheet("QPushButton:checked{background:#1F57E0;border-color:#8FB0FF;}")
    button.clicked.connect(lambda: act())
    return button


class Card(QWidget):
    """A card of the review page."""

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the ground and the edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.setBrush(theme.CARD)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)


class Transport(Card):
    """The fields and the time line under them."""

    def __init__(self, acts: dict[str, Callable[[], object]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = Timeline()
        row = QHBoxLayout()
        row.setSpacing(8)
        self.play = key_button("Play  K", "Play or pause, Space", acts["play"])
        self.play.setMinimumWidth(100)
        self.range = key_button("A–B", "Loop the range from A to B, key P", acts["loop"], checkable=True)
        self.every = key_button("Every  F", "Show every frame, key F", acts["every"], checkable=True)
        self.beside = key_button("Beside  C", "Hold this picture beside, key C", acts["beside"], checkable=True)
        self.difference = key_button("Diff.  D", "Difference to before, key D", acts["difference"], checkable=True)
        for button in (
            key_button("◂◂ [", "Event before", acts["event_before"]),
            key_button("◂ ,", "Frame back", acts["back"]),
            self.play,
            key_button("▸ .", "Frame on", acts["on"]),
            key_button("▸▸ ]", "Next event", acts["event_next"]),
            key_button("− J", "Slower, then backwards", acts["slower"]),
            key_button("+ L", "Faster", acts["faster"]),
            self.range,
            self.every,
            self.beside,
            self.difference,
        ):
            row.addWidget(button)
        self.speed = QLabel()
        self.speed.setFont(theme.font(18, 700))
        self.speed.setMinimumWidth(56)
        row.addWidget(self.speed)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.line, 1)

    def tell(self, speed: float, *, playing: bool, every: bool, range_s: float | None, loops: bool) -> None:
        """Show how it plays."""
        self.play.setText("Pause  K" if playing else "Play  K")
        self.speed.setText(f"{speed:g} ×" if speed != 1.0 else "")
        self.every.setChecked(every)
        self.every.setToolTip(review_words.EVERY_FRAME if every else review_words.REAL_TIME)
        self.range.setChecked(loops)
        self.range.setText("A–B" if range_s is None else f"⟲ A–B {words.clock(range_s)}")
