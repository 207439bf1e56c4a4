"""The figures of the moment in numbers, and which layers are drawn over the picture."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from assistant.plan import PlannedView
from assistant.vocabulary import Distances, Measure, Motion, Unknown
from ui import theme, words
from ui.distance_card import DistanceCard
from ui.moments import Moment
from ui.review import review_words
from ui.review.transport import key_button


class FiguresCard(QWidget):
    """Distances as in the theatre, further figures under them."""

    layers_changed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = set(review_words.LAYERS)
        row = QHBoxLayout()
        row.setSpacing(6)
        for layer, name in review_words.LAYERS.items():
            button = key_button(name, f"Show or hide: {name}", lambda layer=layer: self._switch(layer), checkable=True)
            button.setChecked(True)
            row.addWidget(button)
        self.distances = DistanceCard()
        form = QFormLayout()
        form.setVerticalSpacing(4)
        self._cells: dict[str, QLabel] = {}
        for name in ("State", "Posterior wall", "Anterior wall", "Cement", "Speed", "Moved", "Analysis"):
            label, cell = QLabel(name), QLabel("—")
            for each in (label, cell):
                each.setFont(theme.font(16, 550 if each is label else 700))
            cell.setTextFormat(Qt.TextFormat.PlainText)
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            form.addRow(label, cell)
            self._cells[name] = cell
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.distances, 1)
        column.addLayout(form)

    def _switch(self, layer: str) -> None:
        self._layers ^= {layer}
        self.layers_changed.emit(frozenset(self._layers))

    def show_moment(self, moment: Moment | None, views: tuple[PlannedView, ...]) -> None:
        """Take over what is known."""
        self.distances.show_moment(moment, views)
        for name, text in _told(moment).items():
            self._cells[name].setText(text)


def _told(moment: Moment | None) -> dict[str, str]:
    if moment is None:
        return dict.fromkeys(("State", "Posterior wall", "Anterior wall", "Cement", "Speed", "Moved", "Analysis"), "—")
    d = moment.distances
    known = isinstance(d, Distances)
    moved = "—"
    if isinstance(moment.motion, Motion):
        s = moment.motion.similarity
        moved = f"{s.dx_px:+.1f}, {s.dy_px:+.1f} px · {s.rotation_deg:+.1f}° · {moment.motion.confidence:.2f}"
    reason = f" ({moment.liveness.reason})" if moment.liveness.reason else ""
    return {
        "State": words.STATE[moment.liveness.state] + reason,
        "Posterior wall": _mm(d.posterior_wall_mm) if known else "—",
        "Anterior wall": _mm(d.anterior_wall_mm) if known else "—",
        "Cement": f"≈ {d.cement_area_mm2:.0f} mm²" if isinstance(d, Distances) else "—",
        "Speed": _speed(moment.approach.approach_mm_per_s),
        "Moved": moved,
        "Analysis": f"{moment.processing_ms:.0f} ms",
    }


def _mm(measure: Measure) -> str:
    if isinstance(measure, Unknown):
        return f"— ({measure.reason})"
    return f"≈ {abs(measure):.1f} mm {'past' if measure < 0 else 'before it'}"


def _speed(measure: Measure) -> str:
    return "—" if isinstance(measure, Unknown) else words.SPEED.format(measure)
