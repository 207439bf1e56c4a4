"""Setting the lines: view, level, six points, scale, warning line; ends in a saved plan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
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
from assistant.errors import UsageError
from assistant.geometry import along
from assistant.lines import Of
from assistant.plan import SCHEMA, Plan, PlannedView, plan_from_document
from assistant.settings.tree import WarningLines
from assistant.setup.usual_depth import usual_depth
from assistant.system.files import whole_file
from assistant.system.plain import json_text
from ui import theme, words
from ui.keys.key_map import with_keys
from ui.widgets.plan_points import PlanPoints

LEVELS = [f"T{k}" for k in range(1, 13)] + [f"L{k}" for k in range(1, 6)]
GAUGES_MM = {"8G": 4.19, "10G": 3.40, "11G": 3.05, "13G": 2.41, "14G": 2.11}
"""Nominal outer diameters of cannulas (needle-gauge chart; brands differ)."""

_OF_THE_SCALE = ("ruler", "scale_by")
"""Keys of a view that give way to the scale as it is set here; what else a plan says of a view is kept."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed of a view without a scale: how deep, or how high, the body is."""

    of: Of
    whole_mm: float
    by: str
    """Where that comes from, in a few words."""

    def mm_per_px(self, placed: list[list[float]]) -> float:
        """The scale that this makes for six points."""
        pairs = ((0, 2), (3, 5)) if self.of is Of.DEPTH else ((2, 5),)
        length_px = sum(math.dist(placed[a], placed[b]) for a, b in pairs) / len(pairs)
        return self.whole_mm / max(length_px, 1e-6)


class PlanPanel(QWidget):
    """The form beside the picture while the points are placed."""

    saved = pyqtSignal(object, str)

    def __init__(self, lines: WarningLines, parent: QWidget | None = None) -> None:
        """``lines``: where line b stands at each level unless a person moves it."""
        super().__init__(parent)
        self._lines, self._level = lines, "L1"
        self.points = PlanPoints()
        self._reference_frame = 0
        self._default_path = Path("plan.json")
        self._others: dict[str, PlannedView] = {}
        self._documents: dict[str, dict[str, Any]] = {}
        self._assumed: Assumed | None = None
        self._scale_by = ""
        self.view = QComboBox()
        self.view.addItems(["lateral", "ap"])
        self.level = QComboBox()
        self.level.addItems(LEVELS)
        self.level.setCurrentText(self._level)
        self.scale = QDoubleSpinBox()
        self.scale.setDecimals(4)
        self.scale.setRange(0.0, 10.0)
        self.scale.setSingleStep(0.005)
        self.scale.setSpecialValueText("not set")
        self.scale.setSuffix(" mm/px")
        self.gauge = QComboBox()
        self.gauge.addItems([f"cannula {name} · {size} mm" for name, size in GAUGES_MM.items()])
        self.gauge.setCurrentIndex(2)
        self.ruler = QPushButton()
        self.ruler.setCheckable(True)
        self.fraction = QDoubleSpinBox()
        self.fraction.setRange(0, 100)
        self.fraction.setDecimals(0)
        self.fraction.setValue(100 * lines.at(self._level))
        self.fraction.setSuffix(" % of depth")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setFont(theme.font(18, 550))
        self.save = QPushButton()
        self._lay_out()
        self.view.currentTextChanged.connect(self._view_changed)
        self.level.currentTextChanged.connect(self._level_changed)
        self.scale.valueChanged.connect(self._scale_changed)
        self.ruler.toggled.connect(self._ruler_toggled)
        self.save.clicked.connect(lambda: self.finish())
        self.refresh()

    def _lay_out(self) -> None:
        title = QLabel(words.PLAN_TITLE)
        title.setFont(theme.font(27, 750))
        hint = QLabel(words.PLAN_HINT)
        hint.setWordWrap(True)
        form = QFormLayout()
        form.setSpacing(10)
        form.addRow("View", self.view)
        form.addRow("Level", self.level)
        level_note = QLabel(words.LEVEL_NOTE)
        level_note.setWordWrap(True)
        form.addRow("", level_note)
        form.addRow("Scale", self.scale)
        form.addRow("or by", self.gauge)
        form.addRow("", self.ruler)
        form.addRow("Your line b", self.fraction)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        for widget in (title, hint, self.list):
            column.addWidget(widget)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.save)
        for widget in (self.view, self.level, self.scale, self.gauge, self.ruler, self.fraction, self.save):
            widget.setMinimumHeight(44)
        for widget, name in (
            (self.view, "View"),
            (self.level, "Level"),
            (self.scale, "Scale in millimetres a pixel"),
            (self.gauge, "Cannula size"),
            (self.fraction, "Warning line, percent of the depth"),
            (self.list, "Points"),
        ):
            widget.setAccessibleName(name)

    def showEvent(self, a0: QShowEvent | None) -> None:
        """The keys that the acts have now."""
        self.ruler.setText(with_keys("Measure the cannula  [[review:ruler]]"))
        self.save.setText(with_keys(words.SAVE_AND_START + "  [[review:finish plan]]"))
        super().showEvent(a0)

    def start(self, reference_frame: int, hint_mm_per_px: float | None, default_path: Path) -> None:
        """Begin with a frame; a scale that the file states is proposed, never used unasked."""
        self._reference_frame = reference_frame
        self._default_path = default_path
        if hint_mm_per_px is not None and self.scale.value() == 0.0 and self._assumed is None:
            self._put_scale(hint_mm_per_px, "from the file")
        self.refresh()

    def begin_with(self, plan: Plan | None, view_index: int) -> None:
        """Start from a plan's own points; its other views stay as they are until they are chosen here."""
        self._others = {} if plan is None else {each.view: each for each in plan.views}
        self._documents = {} if plan is None else {each["view"]: each for each in plan.document["views"]}
        if plan is not None:
            self.view.setCurrentText(plan.views[view_index].view)
            self._load(self.view.currentText())

    def _load(self, name: str) -> None:
        """The points of a view as the plan has them; none where it has no such view."""
        planned = self._others.get(name)
        if planned is None:
            self.points.begin([])
            # The same body is as high in this view: what is assumed of the other one goes on.
            other = next((each for each in self._others.values() if not each.calibrated), None)
            self._assume(None if other is None else _as_high(other))
        else:
            rows = [
                line if len(line) == 3 else along(line, np.array([0.0, 0.5, 1.0]))
                for line in (planned.superior, planned.inferior)
            ]
            self.points.begin([(float(x), float(y)) for x, y in np.vstack(rows)])
            if planned.level is not None:
                self.level.setCurrentText(planned.level)
            self._assume(None if planned.calibrated else _as_before(planned))
            ruler = self._documents[name].get("ruler") or {}
            self._put_scale(planned.mm_per_px if planned.calibrated else 0.0, planned.scale_by or ruler.get("what", ""))
            self.fraction.setValue(100 * planned.warning_line_fraction)
            self._reference_frame = planned.reference_frame
        self.refresh()

    def _view_changed(self, name: str) -> None:
        if self._others:
            self._load(name)
        self.refresh()

    def _assume(self, assumed: Assumed | None) -> None:
        """What is assumed of this view as long as no scale is set."""
        self._assumed = assumed
        self.scale.setSpecialValueText("not set" if assumed is None else lengths.UNCAL)

    def _put_scale(self, mm_per_px: float, by: str) -> None:
        """A scale and where it comes from."""
        self.scale.setValue(mm_per_px)
        self._scale_by = by

    def _scale_changed(self, mm_per_px: float) -> None:
        self._scale_by = "typed" if mm_per_px > 0 else ""
        self.refresh()

    def set_reference_frame(self, index: int) -> None:
        """The frame on which the points stand."""
        self._reference_frame = index

    def _ruler_toggled(self, checked: bool) -> None:
        self.points.ruler_mode = checked
        if checked:
            self.points.ruler = [None, None]
        self.refresh()

    def changed(self) -> None:
        """A point was placed or moved on the picture."""
        first, second = self.points.ruler
        if self.points.ruler_mode and first is not None and second is not None:
            length_px = ((first[0] - second[0]) ** 2 + (first[1] - second[1]) ** 2) ** 0.5
            if length_px > 1:
                name, size_mm = list(GAUGES_MM.items())[self.gauge.currentIndex()]
                self._put_scale(size_mm / length_px, f"cannula {name}")
        self.refresh()

    def refresh(self) -> None:
        """Show which points stand and what is missing."""
        names = words.POINTS if self.view.currentText() == "lateral" else words.POINTS_AP
        self.list.clear()
        for k, name in enumerate(names):
            mark = "✓" if self.points.points[k] is not None else "…"
            self.list.addItem(f"{mark} {k + 1}  {name}")
        self.list.setCurrentRow(self.points.active)
        self.note.setText(words.RULER_HINT if self.points.ruler_mode else self.missing())
        self.save.setEnabled(not self.missing())

    def missing(self) -> str:
        """What keeps the plan from being used; empty when nothing does."""
        if not self.points.whole:
            return f"Place point {self.points.active + 1}."
        if self.scale.value() <= 0 and self._assumed is None:
            return "Set the scale: type it, or measure the cannula."
        try:
            plan_from_document(self.document(), self._lines)
        except UsageError as error:
            return str(error)
        return ""

    def _level_changed(self, level: str) -> None:
        """Line b goes to where it stands at this level, unless it was moved by hand; so does an assumed depth."""
        if abs(self.fraction.value() - 100 * self._lines.at(self._level)) < 0.5:
            self.fraction.setValue(100 * self._lines.at(level))
        if self._assumed is not None and self.view.currentText() == "lateral":
            self._assume(_as_usual(level))
        self._level = level

    def document(self) -> dict[str, Any]:
        """The plan as the file holds it."""
        placed = [[round(x, 2), round(y, 2)] for x, y in (point for point in self.points.points if point is not None)]
        scale, by, assumed = self.scale.value(), self._scale_by, self._assumed
        calibrated = scale > 0 or assumed is None
        if not calibrated and assumed is not None:
            scale, by = assumed.mm_per_px(placed), assumed.by
        own = {
            "view": self.view.currentText(),
            "level": self.level.currentText(),
            "reference_frame": self._reference_frame,
            "mm_per_px": round(scale, 6),
            "calibrated": calibrated,
            **({"scale_by": by} if by else {}),
            "warning_line_fraction": round(self.fraction.value() / 100, 4),
            "landmarks": {"superior": placed[:3], "inferior": placed[3:]},
        }
        before = self._documents.get(own["view"], {})
        kept = {key: value for key, value in before.items() if key not in own and key not in _OF_THE_SCALE}
        others = [each for name, each in self._documents.items() if name != own["view"]]
        return {"schema": SCHEMA, "views": [own | kept, *others]}

    def finish(self) -> bool:
        """Save the plan beside the run and hand it on; False with the reason shown when it cannot be used."""
        missing = self.missing()
        if missing:
            self.note.setText(missing)
            return False
        document = self.document()
        self.saved.emit(plan_from_document(document, self._lines), self._save(document))
        return True

    def _save(self, document: dict[str, Any]) -> str:
        """Write the plan whole or not at all, keep an earlier one beside it, and say in words what came of it."""
        path = self._default_path
        try:
            with whole_file(path, durable=True) as part:
                part.write_text(json_text(document), encoding="utf-8")
                kept = _keep_earlier(path)
        except OSError as error:
            return words.PLAN_NOT_SAVED.format(path, error.strerror)
        return words.PLAN_SAVED.format(path) if kept is None else words.PLAN_KEPT.format(path, kept.name)

    def next_field(self) -> None:
        """Give the keyboard to the next field of the form; after the last one, back to the picture."""
        fields: list[QWidget] = [self.view, self.level, self.scale, self.gauge, self.fraction]
        at = next((k for k, each in enumerate(fields) if each.hasFocus()), -1)
        if at + 1 < len(fields):
            fields[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            fields[at].clearFocus()


def _as_before(planned: PlannedView) -> Assumed:
    """What a plan assumes stays as it is, also where it is not what is usual."""
    return Assumed(Of.DEPTH, lengths.depth_mm(planned), planned.scale_by or "assumed depth")


def _as_high(other: PlannedView) -> Assumed:
    return Assumed(Of.HEIGHT, lengths.height_mm(other), "assumed height, as in the other view")


def _as_usual(level: str) -> Assumed:
    usual = usual_depth(level)
    return Assumed(Of.DEPTH, usual.mm, f"assumed depth, {usual.source}")


def _keep_earlier(path: Path) -> Path | None:
    """Move a plan that stands there already out of the way; a plan of the team is never overwritten."""
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}.before-{number}{path.suffix}")).exists():
        number += 1
    kept.write_bytes(path.read_bytes())
    return kept
