"""The figures of the moment in numbers, and which layers are drawn over the picture."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from assistant import lengths
from assistant.language import sentence, tr, translate
from assistant.lines import WARNING_THIRDS, WHOLE_LINES, Line, Of
from assistant.plan import PlannedView
from assistant.readings.moments import Moment, view_of
from assistant.vocabulary import Distances, FrameState, Measure, Motion, Unknown
from ui import theme, words
from ui.review import review_words
from ui.review.transport import key_button
from ui.widgets.distance_card import marked

_LINES = (*WARNING_THIRDS, *(line for line in WHOLE_LINES if line is not Line.WARNING_LINE))
"""All but line b, which stands large above."""
_OTHERS = (sentence("Cement"), sentence("Speed"), sentence("State"), sentence("Moved"), sentence("Analysis"))
_ROWS = (*(line.words for line in _LINES), *_OTHERS)


class FiguresCard(QWidget):
    """The distance to line b large, every other figure under it with its reason where it is not known."""

    layers_changed = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = set(review_words.LAYERS)
        row = QHBoxLayout()
        row.setSpacing(6)
        for layer, name in review_words.LAYERS.items():
            button = key_button(
                name, tr("Show or hide: {name}", name=name), partial(self._switch, layer), checkable=True
            )
            button.setChecked(True)
            row.addWidget(button)
        self.big = QLabel("—")
        self.big.setFont(theme.font(34, 750))
        form = QFormLayout()
        form.setVerticalSpacing(3)
        self._cells: dict[str, QLabel] = {}
        for name in _ROWS:
            label, cell = QLabel(translate(name)), QLabel("—")
            label.setFont(theme.font(16, 550))
            cell.setFont(theme.font(16, 700))
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            form.addRow(label, cell)
            self._cells[name] = cell
        for cell in (self.big, *self._cells.values()):
            cell.setTextFormat(Qt.TextFormat.PlainText)
            cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.big)
        column.addLayout(form)
        column.addStretch(1)

    def _switch(self, layer: str) -> None:
        self._layers ^= {layer}
        self.layers_changed.emit(frozenset(self._layers))

    def show_moment(self, moment: Moment | None, views: tuple[PlannedView, ...]) -> None:
        """Take over what is known."""
        text, reached = _big(moment, views)
        self.big.setText(text)
        # With the mark the line is longer: it must not be the mark that is cut off.
        self.big.setFont(theme.font(26 if lengths.UNCAL in text else 34, 750))
        self.big.setStyleSheet(f"color:{(theme.HIGH_FIGURE if reached else theme.TEXT_1).name()};")
        self.setAccessibleName(text)
        for name, cell_text in _cell_texts(moment, view_of(moment, views)).items():
            self._cells[name].setText(cell_text)
            self._cells[name].setToolTip(cell_text)


def _big(moment: Moment | None, views: tuple[PlannedView, ...]) -> tuple[str, bool]:
    """The distance to line b (AP: to the side wall) in words, and whether it is reached."""
    if moment is None:
        return "—", False
    if moment.liveness.state is FrameState.FROZEN:
        return f"—  {words.NOT_ON_HELD}", False
    d = moment.distances
    if isinstance(d, Unknown):
        return f"—  {translate(d.reason)}", False
    view = view_of(moment, views)
    lateral = view is None or view.is_lateral
    value = d.mm[Line.WARNING_LINE] if lateral else d.mm[Line.SIDE_WALL]
    if isinstance(value, Unknown):
        return f"—  {translate(value.reason)}", False
    inside, past = (words.BEFORE_LINE, words.PAST_LINE) if lateral else (words.INSIDE_WALL, words.BEYOND_WALL)
    return marked(f"{lengths.figure(value, view)} {past if value <= 0 else inside}", view), value <= 0


def _cell_texts(moment: Moment | None, view: PlannedView | None) -> dict[str, str]:
    texts = dict.fromkeys(_ROWS, "—")
    if moment is None:
        return texts
    reason = f" ({translate(moment.liveness.reason)})" if moment.liveness.reason else ""
    texts["State"] = words.STATE[moment.liveness.state] + reason
    texts["Analysis"] = f"{moment.processing_ms:.0f} ms"
    texts["Speed"] = _speed(moment.approach.approach_mm_per_s, view)
    if isinstance(moment.motion, Motion):
        s = moment.motion.similarity
        texts["Moved"] = f"{s.dx_px:+.1f}, {s.dy_px:+.1f} px · {s.rotation_deg:+.1f}° · " + tr(
            "sure {confidence:.2f}", confidence=moment.motion.confidence
        )
    d = moment.distances
    if isinstance(d, Distances) and moment.liveness.state is not FrameState.FROZEN:
        texts["Cement"] = translate(lengths.about_area(d.cement_area_mm2, view))
        texts |= {line.words: _length(d.mm[line], view, line.of) for line in _LINES}
    return texts


def _length(measure: Measure, view: PlannedView | None, of: Of) -> str:
    if isinstance(measure, Unknown):
        return f"— ({translate(measure.reason)})"
    text = translate(lengths.about(measure, view, of, digits=1))
    return f"{text} {tr('past') if measure < 0 else tr('before it')}"


def _speed(measure: Measure, view: PlannedView | None) -> str:
    return "—" if isinstance(measure, Unknown) else translate(lengths.about_speed(measure, view))
