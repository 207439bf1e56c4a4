"""What would have warned when: another line or band over this run or all runs, as a table that fills itself."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from assistant import lengths
from assistant.errors import AssistantError
from assistant.identity import Identity
from assistant.language import sentence, tr, translate
from assistant.lengths import UNCAL
from assistant.plan import PlannedView
from assistant.reports import whatif_table
from assistant.results.looked_at import NONE_SEEN, NOT_TO_ITS_END
from assistant.review import whatif
from assistant.review.whatif import BASE, RunAndPlan, Variant, WhatIfJob
from assistant.settings.tree import Settings, changes_of
from assistant.system.plain import json_line
from assistant.system.processes import ChildProcess, Stream, module_command, module_environment
from ui import theme
from ui.review import review_words
from ui.review.transport import key_button

log = logging.getLogger(__name__)
_STOP_WAIT_S = 10.0
_BANDS_MM = (0.5, 10.0)
_SAME_MM = 0.04
"""The box shows a tenth of a mm, or of a percent: what is nearer to the setting than that is the setting."""


class WhatIfWork:
    """The child process that works on a folder, and the thread that hears how far it is.

    Parameters
    ----------
    folder : Path
    notify : callable
        Given (done, total, failure or "") from the thread; total 0 when the child has ended.
    """

    def __init__(self, folder: Path, notify: Callable[[int, int, str], None]) -> None:
        self.folder = folder
        self._notify = notify
        self._stopping = False
        command = module_command("assistant.review.whatif", str(folder))
        self._process = ChildProcess(command, environment=module_environment(), out=Stream.PIPE, words=Stream.PIPE)
        self._thread = threading.Thread(target=self._listen, name="analysis", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the child; finished rows stay."""
        self._stopping = True
        self._process.kill()
        self._thread.join(_STOP_WAIT_S)

    def _listen(self) -> None:
        process = self._process
        assert process.stderr is not None
        with process.output as out, process.stderr as err:
            self._read(out)
            failure = err.read().decode("utf-8", "replace").strip()
        if process.wait() == 0:
            failure = ""
        if not self._stopping:
            self._notify(0, 0, failure)

    def _read(self, out: IO[bytes]) -> None:
        for line in out:
            try:
                progress = json.loads(line)
                done, total = int(progress["done"]), int(progress["total"])
            except (ValueError, KeyError, TypeError):
                log.warning("the what-if work said %r", line[:80])
                continue
            if not self._stopping:
                self._notify(done, total, "")


class WhatIfPanel(QWidget):
    """Chooses a variant and the runs, shows the table."""

    progressed = pyqtSignal(int, int, str)
    table_wanted = pyqtSignal(object, object)
    """Job and rows, to be written as CSV."""

    def __init__(self, home: Callable[[], Path], settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._home, self._settings = home, settings
        self._work: WhatIfWork | None = None
        self._job: WhatIfJob | None = None
        self._folder: Path | None = None
        self.runs: Callable[[bool], Sequence[RunAndPlan]] = lambda all_runs: ()
        """The run that is open, or all of the library; set by the page."""
        self.who: Callable[[RunAndPlan], Identity] = lambda pair: Identity(run_id="")
        """Which case, level and run a recording is; set by the page."""
        self._known: dict[RunAndPlan, Identity] = {}
        self.line = _box(5.0, 60.0, 35.0, " %", 0)
        self._view: PlannedView | None = None
        self._band_mm = 1.0
        """What a unit of the band's box is inside."""
        self.band = _box(*_BANDS_MM, settings.alarms.posterior_band_mm, " mm", 1)
        self.rule = key_button(
            translate(review_words.WHATIF_RULE), tr("Also with the geometric rule alone"), lambda: None, checkable=True
        )
        self.stop_button = key_button(review_words.WHATIF_STOP, review_words.WHATIF_STOP, self.stop)
        self.state = QLabel(review_words.WHATIF_STATES["idle"])
        self.state.setWordWrap(True)
        self.state.setFont(theme.font(16, 550))
        self.table = _empty_table()
        self._arrange()
        self.progressed.connect(self._progressed)
        self._refresh()

    def _arrange(self) -> None:
        title = QLabel(review_words.WHATIF_TITLE)
        title.setFont(theme.font(18, 700))
        choice = QHBoxLayout()
        for name, box in ((review_words.WHATIF_LINE, self.line), (review_words.WHATIF_BAND, self.band)):
            box.setAccessibleName(name)
            label = QLabel(name)
            label.setFont(theme.font(16, 550))
            choice.addWidget(label)
            choice.addWidget(box, 1)
        acts = QHBoxLayout()
        for button in (
            key_button(review_words.WHATIF_RUN, tr("Analyse this run so"), lambda: self.begin(all_runs=False)),
            key_button(
                review_words.WHATIF_ALL, tr("Analyse all runs of the library so"), lambda: self.begin(all_runs=True)
            ),
            self.stop_button,
            key_button(review_words.WHATIF_SAVE, tr("Write the table"), self._save),
        ):
            acts.addWidget(button)
        state_row = QHBoxLayout()
        state_row.addWidget(self.state, 1)
        state_row.addWidget(self.rule)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 6, 16, 12)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(choice)
        column.addLayout(acts)
        column.addLayout(state_row)
        column.addWidget(self.table, 1)

    def set_view(self, view: PlannedView | None) -> None:
        """The view of the open run: where it is not calibrated the band is chosen as a share of the depth."""
        band_mm = self.band.value() * self._band_mm
        in_mm = view is None or view.calibrated
        self._view = view
        self._band_mm = 1.0 if view is None or in_mm else lengths.depth_mm(view) / 100
        low, high = (each / self._band_mm for each in _BANDS_MM)
        self.band.setSuffix(" mm" if in_mm else tr(" % of depth {uncal}", uncal=UNCAL))
        self.band.setRange(low, high)
        self.band.setValue(band_mm / self._band_mm)

    def variants(self) -> list[Variant]:
        """As planned, and what is chosen."""
        chosen: list[Variant] = []
        fraction, band = self.line.value() / 100, self.band.value() * self._band_mm
        chosen.append(Variant(name=sentence(f"line b at {100 * fraction:.0f} %"), line_fraction=fraction))
        if abs(band - self._settings.alarms.posterior_band_mm) > _SAME_MM:
            settings = {"alarms.posterior_band_mm": band}
            band_text = sentence(f"band {lengths.about(band, self._view, digits=1).removeprefix('≈ ')}")
            chosen.append(Variant(name=band_text, settings=settings))
            both = sentence(f"line {100 * fraction:.0f} %, {band_text}")
            chosen.append(Variant(name=both, line_fraction=fraction, settings=settings))
        if self.rule.isChecked():
            chosen.append(Variant(name=review_words.WHATIF_RULE, model=whatif.RULE))
        return [Variant(name=BASE), *chosen]

    def begin(self, *, all_runs: bool) -> None:
        """Work on the runs; the same choice goes on where it was left."""
        self.stop()
        try:
            pairs = list(self.runs(all_runs))
        except AssistantError as error:
            self.state.setText(review_words.WHATIF_STATES["failed"].format(translate(error)))
            return
        if not pairs:
            self.state.setText(review_words.NO_LIBRARY)
            return
        job = WhatIfJob(runs=pairs, variants=self.variants(), settings=changes_of(self._settings))
        key = hashlib.sha256(json_line(job)).hexdigest()[:16]
        folder = self._home() / "whatif" / key
        try:
            whatif.begin(folder, job)
        except AssistantError as error:
            self.state.setText(review_words.WHATIF_STATES["failed"].format(translate(error)))
            return
        self._job, self._folder = job, folder
        self._known.clear()
        self._work = WhatIfWork(folder, self.progressed.emit)
        self._show_state("working")
        self._refresh()

    @property
    def working(self) -> bool:
        """Whether a child works."""
        return self._work is not None

    def stop(self) -> None:
        """End the work; what is done stays on the disk."""
        if self._work is not None:
            self._work.stop()
            self._work = None
            self._show_state("stopped")
            self._refresh()

    def rows(self) -> list[whatif.VariantResult]:
        """The rows that are finished."""
        return [] if self._folder is None else whatif.read_rows(self._folder)

    def _progressed(self, _done: int, total: int, failure: str) -> None:
        if self._work is None:
            return
        if total == 0:
            self._work.stop()
            self._work = None
            self._show_state("failed" if failure else "done", failure)
        else:
            self._show_state("working")
        self._refresh()

    def _show_state(self, state: str, failure: str = "") -> None:
        job = self._job
        total = 0 if job is None else len(job.runs) * len(job.variants)
        template = review_words.WHATIF_STATES[state]
        self.state.setText(
            template.format(translate(failure)) if state == "failed" else template.format(len(self.rows()), total)
        )

    def _refresh(self) -> None:
        self.stop_button.setEnabled(self.working)
        if self._job is None:
            return
        lines = whatif_table.table(self._job, self.rows(), self._who)
        self.table.setRowCount(len(lines))
        for k, (case, level, run_id, variant, line_s, first_s, moved, *near, leaks, problem) in enumerate(lines):
            lead = f"{first_s} s" if first_s else tr("none")
            run = " · ".join(part for part in (case, level, run_id) if part)
            way = translate(variant) if len(self._job.runs) == 1 else f"{run} · {translate(variant)}"
            cells = (
                way,
                translate(problem) or lead,
                f"{moved} s" if moved[:1] in ("+", "-") else translate(moved),
                f"{line_s} s" if line_s else tr("none"),
                _nearest(*near),
            )
            found = leaks or (NOT_TO_ITS_END if problem else NONE_SEEN)
            tips = (
                tr("{run} · {variant} · leaks: {leaks}", run=run, variant=translate(variant), leaks=translate(found)),
                translate(problem),
                "",
                "",
                "",
            )
            for column, (text, tip) in enumerate(zip(cells, tips, strict=True)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip or text)
                self.table.setItem(k, column, item)
        self.table.resizeRowsToContents()

    def _who(self, pair: RunAndPlan) -> Identity:
        """Asked for once a run: the table is drawn with each row that comes."""
        if pair not in self._known:
            self._known[pair] = self.who(pair)
        return self._known[pair]

    def _save(self) -> None:
        if self._job is not None:
            self.table_wanted.emit(self._job, self.rows())


def _nearest(mm: str, share: str) -> str:
    """The smallest distance to line b in words, from the cells of the table."""
    if not mm and not share:
        return "—"
    length = f"≈ {abs(float(mm)):.1f} mm" if mm else f"≈ {100 * abs(float(share)):.0f} % {UNCAL}"
    return tr("{length} past", length=length) if float(mm or share) < 0 else length


def _box(low: float, high: float, value: float, suffix: str, decimals: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setDecimals(decimals)
    box.setValue(value)
    box.setSuffix(suffix)
    box.setMinimumHeight(44)
    box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return box


def _empty_table() -> QTableWidget:
    table = QTableWidget(0, len(review_words.WHATIF_COLUMNS))
    table.setHorizontalHeaderLabels(list(review_words.WHATIF_COLUMNS))
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setFont(theme.font(15, 550))
    table.setWordWrap(True)
    table.setAccessibleName(review_words.WHATIF_TITLE)
    header, side = table.horizontalHeader(), table.verticalHeader()
    if header is not None and side is not None:
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setFont(theme.font(14, 600))
        side.hide()
    table.setStyleSheet(
        "QTableWidget{background:#161C23;border:1px solid #34404C;gridline-color:#34404C;}"
        "QHeaderView::section{background:#222B35;color:#BAC6D1;border:none;padding:4px 4px;}"
    )
    return table
