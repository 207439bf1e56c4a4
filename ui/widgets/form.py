"""Forms of the right panel: a label, a field, a note of what is wrong. Enter keeps, Esc leaves, Tab goes on."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from assistant.errors import AssistantError
from assistant.language import tr, translate
from ui import theme
from ui.keys.key_map import with_keys
from ui.widgets.form_sheet import FormSheet

Field = QLineEdit | QComboBox


class Form(QWidget):
    """One form.

    Parameters
    ----------
    sheet : FormSheet
        What it asks, and what becomes of the answers.

    Attributes
    ----------
    closed : signal (str)
        What was kept; empty where it was left.
    """

    closed = pyqtSignal(str)

    def __init__(self, sheet: FormSheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keep = sheet.keep
        self.fields: dict[str, Field] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(_label(sheet.title, 27, 700))
        if sheet.note:
            column.addWidget(_label(sheet.note, 18, 500, wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        for row, (name, label, value, choices) in enumerate(sheet.fields):
            field: Field
            if choices:
                field = QComboBox()
                for choice in choices:
                    field.addItem(translate(choice) or "—", choice)
                field.setCurrentIndex(list(choices).index(value) if value in choices else 0)
            else:
                field = QLineEdit(value)
            if isinstance(field, QComboBox):
                # Long choices may not make the panel wider than it is.
                field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                field.setMinimumContentsLength(6)
            field.setMinimumWidth(120)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            field.setMinimumHeight(44)
            field.setFont(theme.font(18))
            field.setAccessibleName(label)
            self.fields[name] = field
            grid.addWidget(_label(label, 17, 500, wrap=True), row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        column.addLayout(grid)
        self.wrong = _label("", 18, 600, wrap=True)
        self.wrong.setStyleSheet("color:#FFD400;")
        column.addWidget(self.wrong)
        row_of_buttons = QHBoxLayout()
        for word, act in (
            (tr("{button}   [[form:keep]]", button=sheet.button), self.keep),
            (tr("Leave   [[form:leave]]"), self.leave),
        ):
            made = QPushButton(with_keys(word))
            made.setFont(theme.font(20, 650))
            made.setMinimumHeight(56)
            made.setMinimumWidth(120)
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(act)
            row_of_buttons.addWidget(made)
        column.addLayout(row_of_buttons)
        column.addStretch(1)

    def do(self, act: str) -> None:
        """Do an act of a form (page ``form`` of `ui.keys.table`)."""
        acts: dict[str, Callable[[], None]] = {
            "keep": self.keep,
            "leave": self.leave,
            "next field": lambda: self.step(1),
            "field before": lambda: self.step(-1),
        }
        acts[act]()

    def values(self) -> dict[str, str]:
        """What stands in the fields; the empty choice is an empty text."""
        found = {}
        for name, field in self.fields.items():
            text = field.text() if isinstance(field, QLineEdit) else str(field.currentData())
            found[name] = "" if text == "—" else text.strip()
        return found

    def begin(self) -> None:
        """Put the focus into the first field."""
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus()

    def step(self, by: int) -> None:
        """The next field, or the one before."""
        every = list(self.fields.values())
        here = next((at for at, field in enumerate(every) if field.hasFocus()), -1)
        if every:
            every[(here + by) % len(every)].setFocus()

    def keep(self) -> None:
        """Keep what was entered, or say what is wrong with it."""
        try:
            message = self._keep(self.values())
        except AssistantError as error:
            self.wrong.setText(translate(error))
            return
        self.closed.emit(message)

    def leave(self) -> None:
        """Close without keeping."""
        self.closed.emit("")


def _label(text: str, size_px: int, weight: int, *, wrap: bool = False) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size_px, weight))
    made.setWordWrap(wrap)
    return made
