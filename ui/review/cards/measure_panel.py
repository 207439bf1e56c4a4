"""The measuring tools and what they tell."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFormLayout, QGridLayout, QLabel, QVBoxLayout, QWidget

from assistant.language import tr, translate
from ui import theme
from ui.keys.key_map import with_keys
from ui.review import review_words
from ui.review.measure_board import MeasureBoard
from ui.review.transport import key_button


class MeasurePanel(QWidget):
    """Chooses a tool and lists the figures."""

    chosen = pyqtSignal()
    keep_wanted = pyqtSignal()

    def __init__(self, board: MeasureBoard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._buttons = {}
        grid = QGridLayout()
        grid.setSpacing(8)
        for k, (tool, (name, _count)) in enumerate(review_words.TOOLS.items()):
            button = key_button(name, name, partial(self.choose, tool), checkable=True)
            self._buttons[tool] = button
            grid.addWidget(button, k // 3, k % 3)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setFont(theme.font(17, 550))
        self.figures = QFormLayout()
        self.figures.setVerticalSpacing(6)
        self.keep = key_button(tr("Keep  {}"), tr("Keep the figures in the review"), self.keep_wanted.emit, key="keep")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addWidget(self.hint)
        column.addLayout(self.figures)
        column.addStretch(1)
        column.addWidget(self.keep)
        self.refresh()

    def choose(self, tool: str) -> None:
        """Take a tool up, or put it down."""
        self._board.choose(tool)
        self.refresh()
        self.chosen.emit()

    def refresh(self) -> None:
        """Show tool, hint and figures."""
        board = self._board
        for tool, button in self._buttons.items():
            button.setChecked(tool == board.tool)
        hint = with_keys(review_words.TOOL_HINTS.get(board.tool, review_words.MEASURE_HINT))
        uncalibrated = board.mm_per_px is None and board.figures()
        why = review_words.NO_SCALE_HERE.format(translate(board.why)) if board.why else review_words.UNCALIBRATED
        self.hint.setText(f"{hint} {why}." if uncalibrated else hint)
        while self.figures.rowCount():
            self.figures.removeRow(0)
        for name, value in board.figures():
            label, figure = QLabel(translate(name)), QLabel(translate(value))
            label.setFont(theme.font(17, 550))
            label.setWordWrap(True)
            figure.setFont(theme.font(17, 700))
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            figure.setTextFormat(Qt.TextFormat.PlainText)
            self.figures.addRow(label, figure)
        self.keep.setEnabled(any(board.points.values()))
