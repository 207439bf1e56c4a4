"""Setting the lines: view, level, six points, scale, warning line; ends in a saved plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from assistant import lengths
from assistant.language import tr, translate
from assistant.plan import Plan
from assistant.settings.tree import WarningLines
from assistant.setup.model import GAUGES_MM, LEVELS
from assistant.setup.plan_draft import MOST_MM_PER_PX, SCALE_PLACES, PlanDraft, Saved
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.widgets.plan_points import PlanPoints


class PlanPanel(QWidget):
    """The form beside the picture while the points are placed."""

    saved = pyqtSignal(object, str)

    def __init__(self, lines: WarningLines, parent: QWidget | None = None) -> None:
        """``lines``: where line b stands at each level unless a person moves it."""
        super().__init__(parent)
        self.points = PlanPoints()
        self.draft = PlanDraft(lines, self.points)
        self.view = QComboBox()
        for text, view in ((tr("lateral"), "lateral"), (tr("ap"), "ap")):
            self.view.addItem(text, view)
        self.level = QComboBox()
        self.level.addItems(LEVELS)
        self.level.setCurrentText(self.draft.level)
        self.scale = QDoubleSpinBox()
        self.scale.setDecimals(SCALE_PLACES)
        self.scale.setRange(0.0, MOST_MM_PER_PX)
        self.scale.setSingleStep(0.005)
        self.scale.setSpecialValueText(tr("not set"))
        self.scale.setSuffix(" mm/px")
        self.gauge = QComboBox()
        self.gauge.addItems(
            [tr("cannula {name} · {size} mm", name=name, size=size) for name, size in GAUGES_MM.items()]
        )
        self.gauge.setCurrentIndex(list(GAUGES_MM).index(self.draft.gauge))
        self.ruler = QPushButton()
        self.ruler.setCheckable(True)
        self.fraction = QDoubleSpinBox()
        self.fraction.setRange(0, 100)
        self.fraction.setDecimals(0)
        self.fraction.setValue(self.draft.line_percent)
        self.fraction.setSuffix(tr(" % of depth"))
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setFont(theme.font(18, 550))
        self.save = QPushButton()
        self._lay_out()
        self.view.currentIndexChanged.connect(lambda _: self._do(self.draft.choose_view, self.view.currentData()))
        self.level.currentTextChanged.connect(partial(self._do, self.draft.choose_level))
        self.scale.valueChanged.connect(partial(self._do, self.draft.type_scale))
        self.fraction.valueChanged.connect(self._line_moved)
        self.gauge.currentIndexChanged.connect(self._gauge_chosen)
        self.ruler.toggled.connect(partial(self._do, self.points.measure))
        self.save.clicked.connect(lambda: self.finish())
        self.refresh()

    def _lay_out(self) -> None:
        title = QLabel(words.PLAN_TITLE)
        title.setFont(theme.font(27, 750))
        hint = QLabel(words.PLAN_HINT)
        hint.setWordWrap(True)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow(tr("View"), self.view)
        form.addRow(tr("Level"), self.level)
        level_note = QLabel(words.LEVEL_NOTE)
        level_note.setWordWrap(True)
        form.addRow("", level_note)
        form.addRow(tr("Scale"), self.scale)
        form.addRow(tr("or by"), self.gauge)
        form.addRow("", self.ruler)
        form.addRow(tr("Your line b"), self.fraction)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        widget: QWidget
        for widget in (title, hint, self.list):
            column.addWidget(widget)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.save)
        for widget in (self.view, self.level, self.scale, self.gauge, self.ruler, self.fraction, self.save):
            widget.setMinimumHeight(44)
        for widget, name in (
            (self.view, tr("View")),
            (self.level, tr("Level")),
            (self.scale, tr("Scale in millimetres a pixel")),
            (self.gauge, tr("Cannula size")),
            (self.fraction, tr("Warning line, percent of the depth")),
            (self.list, tr("Points")),
        ):
            widget.setAccessibleName(name)

    def showEvent(self, a0: QShowEvent | None) -> None:
        """The keys that the acts have now."""
        self.ruler.setText(with_keys(tr("Measure the cannula  [[review:ruler]]")))
        self.save.setText(with_keys(words.SAVE_AND_START + tr("  [[review:finish plan]]")))
        super().showEvent(a0)

    def start(self, reference_frame: int, hint_mm_per_px: float | None, default_path: Path) -> None:
        """Begin with a frame; a scale that the file states is proposed, never used unasked."""
        self._do(self.draft.start, reference_frame, hint_mm_per_px, default_path)

    def begin_with(self, plan: Plan | None, view_index: int) -> None:
        """Start from a plan's own points; its other views stay as they are until they are chosen here."""
        self._do(self.draft.begin_with, plan, view_index)

    def set_reference_frame(self, index: int) -> None:
        """The frame on which the points stand."""
        self.draft.reference_frame = index

    def changed(self) -> None:
        """A point was placed or moved on the picture."""
        self._do(self.draft.measured)

    def _line_moved(self, percent: float) -> None:
        self.draft.line_percent = round(percent)

    def _gauge_chosen(self, index: int) -> None:
        self.draft.gauge = list(GAUGES_MM)[index]

    def _do(self, act: Callable[..., None], *given: object) -> None:
        act(*given)
        self.refresh()

    def refresh(self) -> None:
        """Show the draft: its fields, which points stand and what is missing."""
        draft = self.draft
        unset = tr("not set") if draft.assumed is None else lengths.UNCAL
        with QSignalBlocker(self.view), QSignalBlocker(self.level):
            self.view.setCurrentIndex(self.view.findData(draft.view))
            self.level.setCurrentText(draft.level)
        if self.scale.specialValueText() != unset:
            self.scale.setSpecialValueText(unset)
        for field, value in ((self.scale, draft.mm_per_px), (self.fraction, draft.line_percent)):
            if field.value() != value:  # else what is just being typed would be written anew
                with QSignalBlocker(field):
                    field.setValue(value)
        names = words.POINTS if draft.view == "lateral" else words.POINTS_AP
        self.list.clear()
        for k, name in enumerate(names):
            mark = "✓" if self.points.places[k] is not None else "…"
            self.list.addItem(f"{mark} {k + 1}  {name}")
        self.list.setCurrentRow(self.points.active)
        missing = self.missing()
        self.note.setText(words.RULER_HINT if self.points.ruler_mode else missing)
        self.save.setEnabled(not missing)

    def missing(self) -> str:
        """What keeps the plan from being used; empty when nothing does."""
        return self.draft.missing()

    def finish(self) -> bool:
        """Save the plan beside the run and hand it on; False with the reason shown when it cannot be used."""
        missing = self.missing()
        if missing:
            self.note.setText(missing)
            return False
        self.saved.emit(self.draft.plan(), _words_of(self.draft.save()))
        return True

    def next_field(self) -> None:
        """Give the keyboard to the next field of the form; after the last one, back to the picture."""
        fields: list[QWidget] = [self.view, self.level, self.scale, self.gauge, self.fraction]
        at = next((k for k, each in enumerate(fields) if each.hasFocus()), -1)
        if at + 1 < len(fields):
            fields[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            fields[at].clearFocus()


def _words_of(saved: Saved) -> str:
    if saved.fault:
        return words.PLAN_NOT_SAVED.format(saved.path, translate(saved.fault))
    return words.PLAN_KEPT.format(saved.path, saved.earlier) if saved.earlier else words.PLAN_SAVED.format(saved.path)
