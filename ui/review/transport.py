"""Play, pause, step, speed, range: fields over the time line, each with its key drawn on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from assistant.language import tr
from assistant.review.curves import Curves
from ui import theme, words
from ui.keys.key_map import word
from ui.review import review_words
from ui.review.timeline import Timeline


class KeyButton(QPushButton):
    """A field for one act. ``{}`` in its text stands for the key that the act has here; its tip names it too."""

    def __init__(self, text: str, name: str, key: str = "") -> None:
        super().__init__()
        self._key, self._name = key, name
        self.say(text)

    def say(self, text: str) -> None:
        """Another text."""
        self._text = text
        key = word("review", self._key) if self._key else ""
        super().setText(text.format(key) if self._key else text)
        name = tr("{name}, key {key}", name=self._name, key=key) if key else self._name
        self.setAccessibleName(name)
        self.setToolTip(name)

    def setText(self, text: str | None) -> None:
        """The same: each time that the field comes into sight it says anew what was said last."""
        self.say(text or "")

    def showEvent(self, a0: QShowEvent | None) -> None:
        """The key that the act has now."""
        self.say(self._text)
        super().showEvent(a0)


def key_button(text: str, name: str, act: Callable[[], object], *, key: str = "", checkable: bool = False) -> KeyButton:
    """A field for one act (``key``: its name in the table of keys); never takes the keyboard."""
    button = KeyButton(text, name, key)
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

    def __init__(self, curves: Curves, do: Callable[[str], None], parent: QWidget | None = None) -> None:
        """``do``: does an act of the page."""
        super().__init__(parent)
        self.line = Timeline(curves)
        row = QHBoxLayout()
        row.setSpacing(8)

        def field(text: str, name: str, act: str, *, checkable: bool = False) -> KeyButton:
            return key_button(text, name, partial(do, act), key=act, checkable=checkable)

        self.play = field(tr("Play  {}"), tr("Play or pause"), "play")
        self.play.setMinimumWidth(100)
        self.range = field("A–B", tr("Loop the range from A to B"), "loop", checkable=True)
        self.every = field(tr("Every  {}"), tr("Show every frame"), "every", checkable=True)
        self.beside = field(tr("Beside  {}"), tr("Hold this picture beside"), "beside", checkable=True)
        self.difference = field(tr("Diff.  {}"), tr("Difference to before"), "difference", checkable=True)
        for button in (
            field("◂◂ {}", tr("Event before"), "event before"),
            field("◂ {}", tr("Frame back"), "step back"),
            self.play,
            field("▸ {}", tr("Frame on"), "step on"),
            field("▸▸ {}", tr("Next event"), "event next"),
            field("− {}", tr("Slower, then backwards"), "slower"),
            field("+ {}", tr("Faster"), "faster"),
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

    def show_state(self, speed: float, *, playing: bool, every: bool, range_s: float | None, loops: bool) -> None:
        """Show how it plays."""
        self.play.say(tr("Pause  {}") if playing else tr("Play  {}"))
        self.speed.setText(f"{speed:g} ×" if speed != 1.0 else "")
        self.every.setChecked(every)
        self.every.setToolTip(review_words.EVERY_FRAME if every else review_words.REAL_TIME)
        self.range.setChecked(loops)
        self.range.say("A–B" if range_s is None else f"⟲ A–B {words.clock(range_s)}")
